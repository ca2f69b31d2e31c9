/* SPDX-License-Identifier: BSD-2-Clause */
#include "parallel/ensemble.h"

#include <string.h>

#include <glib.h>

#include "parallel/journal.h"
#include "text/scenario.h"

static void keep(
	struct nap_member *m, const struct nap_replication *r, const struct nap_each *each, uint32_t n)
{
	nap_each_merge(&m->each, each);
	m->replication = g_renew(struct nap_replication, m->replication, m->n + n);
	memcpy(m->replication + m->n, r, n * sizeof *r);
	m->n += n;
	m->sc->general.replications = m->n;
}

bool nap_ensemble_run(
	struct nap_ensemble *e, const struct nap_batch *batch, uint32_t n, char **why, uint32_t *which)
{
	g_autofree struct nap_point *point = g_new0(struct nap_point, n);
	struct nap_campaign c = { .point = point,
		.n = n,
		.threads = e->threads,
		.stop = e->stop,
		.progress = e->progress,
		.progress_ctx = e->progress_ctx,
		.journal = e->journal,
		.number = e->points };
	const char *reason = NULL;
	bool done;

	*why = NULL;
	e->points += n;
	for (uint32_t i = 0; i < n; i++) {
		point[i].sc = batch[i].member->sc;
		point[i].first = batch[i].first;
		batch[i].member->sc->general.replications = batch[i].count;
	}
	done = nap_campaign_plan(&c, &reason, which);
	if (!done)
		*why = g_strdup(reason);
	if (done && c.journal)
		nap_journal_restore(c.journal, &c);
	done = done && nap_campaign_run(&c);
	for (uint32_t i = 0; i < n; i++) {
		batch[i].member->sc->general.replications = batch[i].member->n;
		if (done)
			keep(batch[i].member, point[i].replication, &point[i].each, batch[i].count);
		e->runs += done ? batch[i].count : 0;
	}
	nap_campaign_clear(&c);
	return done;
}

struct nap_campaign nap_ensemble_campaign(struct nap_member *const *member, uint32_t n)
{
	struct nap_campaign c = { .point = g_new0(struct nap_point, n), .n = n };

	for (uint32_t i = 0; i < n; i++) {
		struct nap_point *p = &c.point[i];

		p->sc = member[i]->sc;
		p->replication = member[i]->replication;
		p->each = member[i]->each; /* the member's own */
		p->done = g_new(bool, member[i]->n);
		memset(p->done, true, member[i]->n);
	}
	return c;
}

void nap_member_clear(struct nap_member *m)
{
	nap_scenario_free(m->sc);
	g_free(m->replication);
	nap_each_clear(&m->each);
	*m = (struct nap_member){ 0 };
}
