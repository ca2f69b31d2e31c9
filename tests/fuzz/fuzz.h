/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A plain mutation fuzzer: takes inputs from a corpus, changes them a little or much, and hands them to the target,
 * which may do anything but crash, hang or break its own promises (g_assert). The seed is printed; FUZZ_SEED repeats a
 * run, FUZZ_RUNS sets its length. `make fuzz` links the target with libFuzzer, whose main takes the place of its own; FUZZ_DUMP
 * then names a folder for what it is to begin with.
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

/* What libFuzzer begins with: an input a file, and the words as its dictionary. */
static inline int fuzz_dump(
	const char *folder, const char *const *corpus, size_t n, const char *const *words, size_t n_words)
{
	g_autofree char *dictionary = g_build_filename(folder, "words", NULL);
	g_autoptr(GString) text = g_string_new(NULL);

	for (size_t i = 0; i < n; i++) {
		g_autofree char *name = g_strdup_printf("seed-%zu", i),
				*path = g_build_filename(folder, name, NULL);

		if (!g_file_set_contents(path, corpus[i], -1, NULL))
			return 1;
	}
	for (size_t i = 0; i < n_words; i++) {
		g_string_append_c(text, '"');
		for (const char *p = words[i]; *p; p++)
			g_string_append_printf(text, "\\x%02x", (unsigned char)*p);
		g_string_append(text, "\"\n");
	}
	return !g_file_set_contents(dictionary, text->str, -1, NULL);
}

#ifdef main /* libFuzzer's is the main */
int main();
int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	if (g_getenv("FUZZ_DUMP"))
		exit(main());
	return 0;
}
#endif

/* All of a run: corpus inputs first as they are, then changed. */
static inline int fuzz_run(const char *const *corpus, size_t n, const char *const *words, size_t n_words)
{
	const char *seed_text = g_getenv("FUZZ_SEED"), *runs_text = g_getenv("FUZZ_RUNS");
	uint64_t seed = seed_text ? g_ascii_strtoull(seed_text, NULL, 10) : (uint64_t)g_get_real_time();
	const char *folder = g_getenv("FUZZ_DUMP");
	uint64_t runs = runs_text ? g_ascii_strtoull(runs_text, NULL, 10) : FUZZ_RUNS_DEFAULT;

	if (folder)
		return fuzz_dump(folder, corpus, n, words, n_words);
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
