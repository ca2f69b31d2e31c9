/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/occupancy.h"

#include "run/workspace.h"

/* What has come up to the end of an interval. */
struct level {
	int64_t sessions, ports, blocks;
};

bool nap_occupancy_is_known(const struct nap_scenario *sc)
{
	for (uint32_t k = 0; k < sc->n_middleboxes; k++)
		if (nap_hop_shared(sc, k))
			return true;
	return false;
}

/* The row of one middlebox for the bins of an interval that ends at a time. */
static void append_row(GString *s, const char *name, nap_time at, const struct nap_gather *g, uint32_t hop,
	uint32_t interval, struct level *l)
{
	const struct nap_occupancy *o = g->occupancy[hop];
	int64_t peak = l->sessions;
	uint64_t opened = 0;

	for (uint32_t i = o->n * interval / NAP_OCCUPANCY_ROWS;
		i < o->n * (interval + 1) / NAP_OCCUPANCY_ROWS; i++) {
		l->sessions += o->change[i];
		l->ports += g->ports[hop]->change[i];
		l->blocks += g->blocks[hop]->change[i];
		opened += o->births[i];
		peak = MAX(peak, l->sessions);
	}
	g_string_append_printf(s,
		"%.10g,%s,%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT ",%" G_GUINT64_FORMAT ",%" G_GINT64_FORMAT
		",%" G_GINT64_FORMAT "\n",
		nap_time_seconds(at), name, l->sessions, peak, opened, l->ports, l->blocks);
}

GString *nap_occupancy_csv(const struct nap_scenario *sc, const struct nap_gather *g)
{
	GString *s = g_string_new("time_s,middlebox,sessions,sessions_peak,opened,ports,blocks\n");
	struct level level[NAP_HOPS_MAX] = { { 0, 0, 0 } };

	for (uint32_t i = 0; i < NAP_OCCUPANCY_ROWS; i++)
		for (uint32_t k = 0; k < sc->n_middleboxes; k++) {
			const struct nap_occupancy *o = g->occupancy[k];
			nap_time end;

			if (!o)
				continue;
			end = (nap_time)(o->n * (i + 1) / NAP_OCCUPANCY_ROWS) * o->width;
			append_row(s, sc->middlebox[k].name, nap_time_min(end, sc->general.duration), g, k, i,
				&level[k]);
		}
	return s;
}
