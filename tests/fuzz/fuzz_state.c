/* SPDX-License-Identifier: BSD-2-Clause */
/* Damaged state files: read, or refused with a reason, and what was read holds to its ranges. Arguments: rounds, seed. */
#include <stdio.h>
#include <string.h>

#include <glib.h>
#include <glib/gstdio.h>

#include "idle_prober.h"
#include "kernel/rng.h"
#include "live/state.h"

/* Another value in the place of one: what a field may hold, what it may not. */
static void change_value(GString *s, gsize at, struct nap_rng *rng)
{
	static const char *const words[] = { "null", "-1", "1e309", "\"\"", "[]", "{}",
		"99999999999999999999", "true", ",", "\"\\u0000\"", "0", "1", "2", "0.5", "false",
		"29000000000", "4294967295", "\"yes\"", "\"\\u001b[2J\"", "\"udp-3\"",
		"9223372036854775807" };
	const char *colon = strchr(s->str + at, ':');

	at = colon ? (gsize)(colon - s->str) + 1 : at;
	g_string_erase(s, (gssize)at, (gssize)strcspn(s->str + at, ",}"));
	g_string_insert(s, (gssize)at, words[nap_rng_below(rng, G_N_ELEMENTS(words))]);
}

static void damage(GString *s, struct nap_rng *rng)
{
	bool values = nap_rng_below(rng, 4); /* only these: JSON that parses */

	do {
		gsize at = s->len ? nap_rng_below(rng, (uint32_t)s->len) : 0;
		gsize span = nap_rng_below(rng, 40);

		switch (values ? 3 : s->len ? nap_rng_below(rng, 4) : 4) {
		case 0:
			s->str[at] = (char)nap_rng_next(rng);
			break;
		case 1:
			g_string_truncate(s, at + 1);
			break;
		case 2:
			g_string_erase(s, (gssize)at, (gssize)MIN(s->len - at, span));
			break;
		case 3:
			change_value(s, at, rng);
			break;
		default:
			g_string_append(s, "null");
		}
	} while (nap_rng_below(rng, 3) == 0);
}

/* Not g_file_set_contents: it syncs, or (with no flags) leaves the end of what was longer. */
static void write_over(const char *path, const GString *s)
{
	FILE *f = fopen(path, "w");

	if (!f || fwrite(s->str, 1, s->len, f) != s->len || fclose(f))
		g_error("%s cannot be written", path);
}

int main(int argc, char **argv)
{
	uint64_t rounds = argc > 1 ? g_ascii_strtoull(argv[1], NULL, 10) : 3000;
	struct nap_rng rng =
		nap_rng_stream(argc > 2 ? g_ascii_strtoull(argv[2], NULL, 10) : 1, 0, 0, NAP_RNG_SEARCH);
	struct nap_discovery *d = nap_discovery_new(&idle_prober, &nap_discovery_defaults);
	g_autofree char *folder = g_dir_make_tmp("natnap-fuzz-XXXXXX", NULL),
			*path = g_build_filename(folder, "state", NULL), *good = NULL;
	uint64_t taken = 0;
	gsize n;

	if (!nap_state_save(path, "x", d, NULL) || !g_file_get_contents(path, &good, &n, NULL))
		return 1;
	for (uint64_t i = 0; i < rounds; i++) {
		GString *s = g_string_new_len(good, (gssize)n);
		GError *error = NULL;

		damage(s, &rng);
		write_over(path, s);
		if (nap_state_load(path, "x", d, &error))
			taken++;
		else if (!g_str_has_prefix(error->message, path))
			g_error("a refusal without its file: %s", error->message);
		g_clear_error(&error);
		for (uint32_t k = 0; k < nap_discovery_count(d); k++) {
			const struct nap_finding *f = nap_discovery_finding(d, k);

			if (f->state > NAP_FINDING_SKIPPED || f->bracket.alive >= f->bracket.dead ||
				!(f->error >= 0 && f->error <= 1))
				g_error("a finding out of range");
		}
		g_string_free(s, TRUE);
	}
	printf("fuzz_state: %" G_GUINT64_FORMAT " damaged files, %" G_GUINT64_FORMAT
	       " still whole enough to be taken\n",
		rounds, taken);
	nap_discovery_free(d);
	g_unlink(path);
	g_rmdir(folder);
	return 0;
}
