/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/occupancy.h"

#include "run/workspace.h"
#include "text/csv.h"

/* What has come up to the end of an interval. */
struct level {
	int64_t sessions, ports, blocks;
};

bool nap_occupancy_is_known(const struct nap_scenario *sc)
{
	for (uint32_t k = 0; k < sc->n_middleboxes; k++)
		if (nap_middlebox_is_shared(&sc->middlebox[k], sc->general.subscribers))
			return true;
	return false;
}

/* The row of one middlebox for the bins of an interval that ends at a time. */
static void put_row(struct nap_csv_writer *w, const char *name, nap_time at, const struct nap_gather *g,
	uint32_t hop, uint32_t interval, struct level *l)
{
	const struct nap_occupancy *o = g->occupancy[hop];
	const struct nap_load_box *box = &g->load->box[hop][interval];
	int64_t peak = l->sessions;
	uint64_t opened = 0;

	for (uint32_t i = o->n * interval / NAP_LOAD_ROWS; i < o->n * (interval + 1) / NAP_LOAD_ROWS; i++) {
		l->sessions += o->change[i];
		l->ports += g->ports[hop]->change[i];
		l->blocks += g->blocks[hop]->change[i];
		opened += o->births[i];
		peak = MAX(peak, l->sessions);
	}
	nap_csv_put_digits(w, nap_time_seconds(at), 10);
	nap_csv_put(w, name);
	nap_csv_put_int(w, l->sessions);
	nap_csv_put_int(w, peak);
	nap_csv_put_int(w, (int64_t)opened);
	nap_csv_put_int(w, l->ports);
	nap_csv_put_int(w, l->blocks);
	nap_csv_put_int(w, (int64_t)box->refused);
	nap_csv_put_int(w, (int64_t)box->evicted);
	nap_csv_put_int(w, (int64_t)box->log_records);
	nap_csv_end(w);
}

GString *nap_occupancy_csv(const struct nap_scenario *sc, const struct nap_gather *g)
{
	static const char *const head[] = { "time_s", "middlebox", "sessions", "sessions_peak", "opened",
		"ports", "blocks", "refused", "evicted", "log_records", NULL };
	struct nap_csv_writer w;
	struct level level[NAP_HOPS_MAX] = { { 0, 0, 0 } };

	nap_csv_begin(&w, head);
	for (uint32_t i = 0; i < NAP_LOAD_ROWS; i++)
		for (uint32_t k = 0; k < sc->n_middleboxes; k++) {
			const struct nap_occupancy *o = g->occupancy[k];
			nap_time end;

			if (!o)
				continue;
			end = (nap_time)(o->n * (i + 1) / NAP_LOAD_ROWS) * o->width;
			put_row(&w, sc->middlebox[k].name, nap_time_min(end, sc->general.duration), g, k, i,
				&level[k]);
		}
	return w.text;
}
