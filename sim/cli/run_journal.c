/* SPDX-License-Identifier: BSD-2-Clause */
/* The journal of natnap run --out: what a run is, so that another one is not mistaken for it, and going on with it. */
#include <stdio.h>
#include <string.h>

#include "cli/agree.h"
#include "cli/cli.h"
#include "cli/run_job.h"
#include "io/outfile.h"
#include "parallel/journal.h"

static void add(GChecksum *c, const char *text)
{
	g_checksum_update(c, (const guchar *)text,
		(gssize)strlen(text) + 1); /* with its NUL: no two lists look alike */
}

/* A digest of all that the numbers depend on: the scenario, what was set over it, its profiles, and the files that it names. */
static char *digest(const struct nap_run_job *j)
{
	g_autoptr(GChecksum) c = g_checksum_new(G_CHECKSUM_SHA256);
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free), texts = g_ptr_array_new();
	g_autofree char *points = g_strdup_printf("%u", j->study.campaign.n);

	add(c, j->study.document->text);
	add(c, j->read);
	add(c, points);
	for (uint32_t i = 0; i < j->study.n_overrides; i++) {
		add(c, j->study.overrides[i].group);
		add(c, j->study.overrides[i].key);
		add(c, j->study.overrides[i].text);
	}
	nap_study_profiles(&j->study, names, texts);
	for (guint i = 0; i < names->len; i++) {
		add(c, names->pdata[i]);
		add(c, texts->pdata[i]);
	}
	return g_strdup(g_checksum_get_string(c));
}

void nap_run_job_take_up(struct nap_run_job *j)
{
	uint64_t taken = nap_journal_restore(j->journal, &j->study.campaign);
	uint64_t damage = nap_journal_damage(j->journal);

	if (damage > 0)
		fprintf(stderr,
			"natnap: %s/" NAP_RUN_JOURNAL ": the last %" G_GUINT64_FORMAT
			" bytes are cut off or damaged: what they held is done again\n",
			j->folder, damage);
	if (taken > 0)
		fprintf(stderr,
			"natnap: %" G_GUINT64_FORMAT " replications of an interrupted run are in %s\n", taken,
			j->folder);
	else
		fprintf(stderr, "natnap: there is no interrupted run in %s: this one begins anew\n",
			j->folder);
}

bool nap_run_job_journal(struct nap_run_job *j, uint32_t n, const struct nap_run_options *o, GError **error)
{
	g_autofree char *build = nap_build_text(), *input = digest(j), *path = NULL;
	struct nap_journal_head head = { build, input, j->study.scenario[0]->general.seed };
	enum nap_journal_use use = o->resume  ? NAP_JOURNAL_RESUME
				   : o->force ? NAP_JOURNAL_FORCE
					      : NAP_JOURNAL_BEGIN;

	j->folder = n == 1 ? g_strdup(o->out) : g_build_filename(o->out, j->name, NULL);
	path = g_build_filename(j->folder, NAP_RUN_JOURNAL, NULL);
	if (!nap_all_agree(nap_make_folder(j->folder, error), error))
		return false;
	j->journal = nap_journal_open(path, &head, use, error);
	if (!j->journal)
		return false;
	nap_run_job_sweep_up(j);
	return true;
}

void nap_run_job_journal_end(struct nap_run_job *j, bool whole)
{
	struct nap_journal *journal = g_steal_pointer(&j->journal);

	if (journal && nap_journal_fault(journal))
		fprintf(stderr, "natnap: %s: what was finished since is not kept for --resume\n",
			nap_journal_fault(journal));
	if (nap_journal_close(journal, whole))
		fprintf(stderr,
			"natnap: what is finished is kept in %s/" NAP_RUN_JOURNAL
			": the same command with --resume does the rest\n",
			j->folder);
}
