/* SPDX-License-Identifier: BSD-2-Clause */
/* The journal of natnap run --out: what a run is, so that another one is not mistaken for it, and going on with it. */
#include <stdio.h>

#include "cli/folder_journal.h"
#include "cli/run_job.h"

/* A digest of all that the numbers depend on: the scenario, what was set over it, its profiles, and the files that it names. */
static char *digest(const struct nap_run_job *j)
{
	g_autoptr(GChecksum) c = g_checksum_new(G_CHECKSUM_SHA256);
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free), texts = g_ptr_array_new();
	g_autofree char *points = g_strdup_printf("%u", j->study.campaign.n);

	nap_folder_digest(c, j->study.document->text);
	nap_folder_digest(c, j->read);
	nap_folder_digest(c, points);
	for (uint32_t i = 0; i < j->study.n_overrides; i++) {
		nap_folder_digest(c, j->study.overrides[i].group);
		nap_folder_digest(c, j->study.overrides[i].key);
		nap_folder_digest(c, j->study.overrides[i].text);
	}
	nap_study_profiles(&j->study, names, texts);
	for (guint i = 0; i < names->len; i++) {
		nap_folder_digest(c, names->pdata[i]);
		nap_folder_digest(c, texts->pdata[i]);
	}
	return g_strdup(g_checksum_get_string(c));
}

void nap_run_job_take_up(struct nap_run_job *j, bool asked)
{
	uint64_t taken = nap_journal_restore(j->journal, &j->study.campaign);

	nap_folder_journal_say_damage(j->journal, j->folder);
	if (taken > 0)
		fprintf(stderr,
			"natnap: %" G_GUINT64_FORMAT " replications of an interrupted run are in %s: going "
			"on with it (--force begins anew)\n",
			taken, j->folder);
	else if (asked)
		fprintf(stderr, "natnap: there is no interrupted run in %s: this one begins anew\n",
			j->folder);
}

bool nap_run_job_journal(struct nap_run_job *j, uint32_t n, const struct nap_run_options *o, GError **error)
{
	g_autofree char *input = digest(j);

	j->folder = n == 1 ? g_strdup(o->out) : g_build_filename(o->out, j->name, NULL);
	j->journal = nap_folder_journal_open(
		j->folder, input, j->study.scenario[0]->general.seed, o->force, error);
	if (!j->journal)
		return false;
	nap_run_job_sweep_up(j);
	return true;
}

void nap_run_job_journal_end(struct nap_run_job *j, bool whole)
{
	nap_folder_journal_close(g_steal_pointer(&j->journal), j->folder, whole);
}
