/* SPDX-License-Identifier: BSD-2-Clause */
/* Damaged state files: read, or refused with a reason, and what was read holds to its ranges. Arguments: rounds, seed. */
#include <stdio.h>
#include <string.h>

#include <glib.h>
#include <glib/gstdio.h>

#include "kernel/rng.h"
#include "live/state.h"

static nap_time still(struct nap_prober *p)
{
	(void)p;
	return 0;
}

static nap_flow none(struct nap_prober *p, const struct nap_flow_spec *spec)
{
	(void)p;
	(void)spec;
	return NAP_NO_FLOW;
}

static const struct nap_prober_ops idle_ops = { .now = still, .open = none };
static struct nap_prober idle_prober = { .ops = &idle_ops, .max_flows = 1 };

static void damage(GString *s, struct nap_rng *rng)
{
	static const char *const words[] = { "null", "-1", "1e309", "\"\"", "[]", "{}",
		"99999999999999999999", "true", ",", "\\u0000" };

	do {
		gsize at = s->len ? nap_rng_below(rng, (uint32_t)s->len) : 0;
		gsize span = nap_rng_below(rng, 40);
		const char *word = words[nap_rng_below(rng, G_N_ELEMENTS(words))];

		switch (s->len ? nap_rng_below(rng, 4) : 4) {
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
			at = (gsize)(strchr(s->str + at, ':') ? strchr(s->str + at, ':') - s->str + 1
							      : (gssize)at);
			g_string_erase(s, (gssize)at, (gssize)strcspn(s->str + at, ",}"));
			g_string_insert(s, (gssize)at, word);
			break;
		default:
			g_string_append(s, word);
		}
	} while (nap_rng_below(rng, 3) == 0);
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
		if (!g_file_set_contents_full(
			    path, s->str, (gssize)s->len, G_FILE_SET_CONTENTS_NONE, 0600, NULL))
			return 1;
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
