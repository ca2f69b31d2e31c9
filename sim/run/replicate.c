/* SPDX-License-Identifier: BSD-2-Clause */
#include "run/replicate.h"

#include <string.h>

#include <glib.h>

#include "run/metrics.h"

struct nap_replication *nap_replicate(const struct nap_scenario *scenario, uint32_t number, char **why)
{
	struct nap_plan *plan = g_new(struct nap_plan, 1);
	struct nap_replication *r = NULL;

	if (nap_plan_make(plan, scenario)) {
		struct nap_workspace *ws = nap_workspace_new(plan, NULL);
		struct nap_gather *gather = nap_gather_new(plan);
		struct nap_part *part = g_new(struct nap_part, nap_plan_parts(plan));

		for (uint32_t job = 0; job < nap_plan_jobs(plan); job++)
			nap_run_job(ws, number, job, NULL, part);
		nap_workspace_gather(ws, gather);
		r = g_new0(struct nap_replication, 1);
		nap_replication_sum(r, plan, part, gather);
		g_free(part);
		nap_gather_free(gather);
		nap_workspace_free(ws);
	} else if (why) {
		*why = g_strdup(plan->why);
	}
	g_free(plan);
	return r;
}

void nap_replication_free(struct nap_replication *r)
{
	g_free(r);
}

static const struct nap_metric *find(const struct nap_metric *metrics, const char *name)
{
	for (; metrics->name; metrics++)
		if (strcmp(metrics->name, name) == 0)
			return metrics;
	return NULL;
}

/* Which middlebox name starts with, before a dot; without one the outermost. n_middleboxes when there is none. */
static uint32_t hop_of(const struct nap_scenario *sc, const char **name)
{
	const char *dot = strchr(*name, '.');
	uint32_t k = 0;

	if (!dot)
		return nap_scenario_own_boxes(sc) ? nap_scenario_own_boxes(sc) - 1 : sc->n_middleboxes;
	while (k < sc->n_middleboxes &&
		(strlen(sc->middlebox[k].name) != (size_t)(dot - *name) ||
			strncmp(sc->middlebox[k].name, *name, (size_t)(dot - *name)) != 0))
		k++;
	*name = dot + 1;
	return k;
}

/* A column over subscribers: a quantile, or the share that keeps to a bound. */
static bool metric_of_each(
	const struct nap_scenario *sc, const struct nap_replication *r, const char *name, double *value)
{
	for (uint32_t i = 0; i < NAP_EACH_N * NAP_QUANTILES; i++) {
		enum nap_quantity of = (enum nap_quantity)(i / NAP_QUANTILES);
		g_autofree char *own = nap_each_quantile_name(of, i % NAP_QUANTILES);

		if (strcmp(name, own) == 0) {
			*value = r->each[of][i % NAP_QUANTILES];
			return true;
		}
	}
	for (uint32_t i = 0; i < sc->general.bounds.n; i++) {
		g_autofree char *own = nap_each_bound_name(&sc->general.bounds.bound[i]);

		if (strcmp(name, own) == 0) {
			*value = r->within[i] / r->subscribers;
			return true;
		}
	}
	return false;
}

bool nap_replication_metric(
	const struct nap_scenario *sc, const struct nap_replication *r, const char *name, double *value)
{
	const struct nap_metric *m = find(nap_metrics, name);
	uint32_t k;

	if (!m && strcmp(name, nap_metric_events.name) == 0)
		m = &nap_metric_events;
	if (m) {
		*value = m->value(sc, r);
		return true;
	}
	if (metric_of_each(sc, r, name, value))
		return true;
	k = hop_of(sc, &name);
	m = find(nap_box_metrics, name);
	if (!m || k >= sc->n_middleboxes)
		return false;
	*value = m->of_box(sc, r, k);
	return true;
}
