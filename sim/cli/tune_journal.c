/* SPDX-License-Identifier: BSD-2-Clause */
/* The journal of natnap tune --out: a search asks for the same simulations each time, so those that are finished need not be run again. */
#include <stdio.h>

#include "cli/folder_journal.h"
#include "cli/tune_job.h"

/* A digest of all that the search depends on. */
static char *digest(const struct nap_tune_job *j)
{
	const struct nap_tune_options *o = j->options;
	const struct nap_goal_options *g = &o->goal;
	const char *const texts[] = { "tune", j->document->text, j->read, o->confidence, o->margin, o->solve,
		o->blocking, o->policies ? "policies" : NULL, g->reachable, g->users, g->push_delay,
		g->lost_pushes, g->bindings_lost, g->battery, g->minimise };
	g_autoptr(GChecksum) c = g_checksum_new(G_CHECKSUM_SHA256);
	g_autofree char *replications = g_strdup_printf("%d", o->replications);

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		nap_folder_digest(c, texts[i]);
	nap_folder_digest(c, replications);
	for (uint32_t i = 0; i < j->n_overrides; i++) {
		nap_folder_digest(c, j->overrides[i].group);
		nap_folder_digest(c, j->overrides[i].key);
		nap_folder_digest(c, j->overrides[i].text);
	}
	for (char **over = o->over; over && *over; over++)
		nap_folder_digest(c, *over);
	return g_strdup(g_checksum_get_string(c));
}

bool nap_tune_job_journal(struct nap_tune_job *j, GError **error)
{
	static const uint32_t low[NAP_TUNE_AXES] = { 0 };
	const char *dir = j->options->out;
	struct nap_scenario *sc = nap_tune_scenario(j, 0, NULL, NULL, &j->keys, low, error);
	g_autofree char *input = digest(j);
	struct nap_journal *journal;

	if (!sc)
		return false;
	journal = nap_folder_journal_open(dir, input, sc->general.seed, j->options->force, error);
	nap_scenario_free(sc);
	if (!journal)
		return false;
	j->ensemble.journal = journal;
	nap_folder_journal_say_damage(journal, dir);
	if (nap_journal_found(journal) > 0)
		fprintf(stderr,
			"natnap: %" G_GUINT64_FORMAT " replications of an interrupted search are in %s: "
			"going on with it (--force begins anew)\n",
			nap_journal_found(journal), dir);
	return true;
}
