/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A plain mutation fuzzer: takes inputs from a corpus, changes them a little or much, and hands them to the target,
 * which may do anything but crash, hang or break its own promises (g_assert). The seed is printed; FUZZ_SEED repeats a
 * run, FUZZ_RUNS sets its length. For libFuzzer, link the target's file with -fsanitize=fuzzer and without main.
 */
#ifndef NAP_TESTS_FUZZ_H
#define NAP_TESTS_FUZZ_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <glib.h>

#include "kernel/rng.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_RUNS_DEFAULT 20000
#define FUZZ_HANG_S       20 /* one input may take so long */

static inline uint32_t fuzz_below(struct nap_rng *r, size_t n)
{
	return n ? nap_rng_below(r, (uint32_t)n) : 0;
}

/* One small change: a byte, a span copied, cut or doubled, a word put in. */
static inline void fuzz_mutate(GString *s, const char *const *words, size_t n_words, struct nap_rng *r)
{
	size_t at = fuzz_below(r, s->len + 1), n = fuzz_below(r, MIN(s->len - at, 40) + 1);

	switch (fuzz_below(r, 6)) {
	case 0:
		if (at < s->len)
			s->str[at] = (char)nap_rng_next(r);
		break;
	case 1:
		g_string_erase(s, (gssize)at, (gssize)n);
		break;
	case 2: {
		g_autofree char *copy = g_memdup2(s->str + at, n);

		g_string_insert_len(s, fuzz_below(r, s->len + 1), copy ? copy : "", (gssize)(copy ? n : 0));
		break;
	}
	case 3:
		g_string_insert_c(s, (gssize)at, (char)(' ' + fuzz_below(r, 95)));
		break;
	default:
		if (n_words)
			g_string_insert(s, (gssize)at, words[fuzz_below(r, n_words)]);
	}
}

/* All of a run: corpus inputs first as they are, then changed. */
static inline int fuzz_run(const char *const *corpus, size_t n, const char *const *words, size_t n_words)
{
	const char *seed_text = g_getenv("FUZZ_SEED"), *runs_text = g_getenv("FUZZ_RUNS");
	uint64_t seed = seed_text ? g_ascii_strtoull(seed_text, NULL, 10) : (uint64_t)g_get_real_time();
	uint64_t runs = runs_text ? g_ascii_strtoull(runs_text, NULL, 10) : FUZZ_RUNS_DEFAULT;

	printf("# FUZZ_SEED=%" G_GUINT64_FORMAT " FUZZ_RUNS=%" G_GUINT64_FORMAT "\n", seed, runs);
	fflush(stdout);
	for (uint64_t i = 0; i < runs + n; i++) {
		struct nap_rng r = nap_rng_stream(seed, 0, i, NAP_RNG_APP);
		const char *text = corpus[i < n ? i : fuzz_below(&r, n)];
		GString *s = g_string_new(text);
		unsigned changes = i < n ? 0 : 1 + fuzz_below(&r, 1u << fuzz_below(&r, 6));

		while (changes--)
			fuzz_mutate(s, words, n_words, &r);
		alarm(FUZZ_HANG_S);
		LLVMFuzzerTestOneInput((const uint8_t *)s->str, s->len);
		g_string_free(s, TRUE);
	}
	return 0;
}

#endif
