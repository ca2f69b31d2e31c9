/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/occupancy.h"

#include "run/workspace.h"

/* What has come up to the end of an interval. */
struct level {
	int64_t sessions, ports;
};

bool nap_occupancy_is_known(const struct nap_scenario *sc)
{
	for (uint32_t k = 0; k < sc->n_middleboxes; k++)
		if (nap_hop_shared(sc, k))
			return true;
	return false;
}

/* The row of one middlebox for bins from first up to end. */
static void append_row(GString *s, const char *name, nap_time at, const struct nap_occupancy *sessions,
	const struct nap_occupancy *ports, uint32_t first, uint32_t end, struct level *l)
{
	int64_t peak = l->sessions;
	uint64_t opened = 0;

	for (uint32_t i = first; i < end; i++) {
		l->sessions += sessions->change[i];
		l->ports += ports->change[i];
		opened += sessions->births[i];
		peak = MAX(peak, l->sessions);
	}
	g_string_append_printf(s,
		"%.10g,%s,%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT ",%" G_GUINT64_FORMAT ",%" G_GINT64_FORMAT
		"\n",
		nap_time_seconds(at), name, l->sessions, peak, opened, l->ports);
}

GString *nap_occupancy_csv(const struct nap_scenario *sc, const struct nap_gather *g)
{
	GString *s = g_string_new("time_s,middlebox,sessions,sessions_peak,opened,ports\n");
	struct level level[NAP_HOPS_MAX] = { { 0, 0 } };

	for (uint32_t i = 0; i < NAP_OCCUPANCY_ROWS; i++)
		for (uint32_t k = 0; k < sc->n_middleboxes; k++) {
			const struct nap_occupancy *o = g->occupancy[k];

			if (o)
				append_row(s, sc->middlebox[k].name,
					nap_time_min(
						(nap_time)((uint64_t)o->n * (i + 1) / NAP_OCCUPANCY_ROWS) *
							o->width,
						sc->general.duration),
					o, g->ports[k], o->n * i / NAP_OCCUPANCY_ROWS,
					o->n * (i + 1) / NAP_OCCUPANCY_ROWS, &level[k]);
		}
	return s;
}
