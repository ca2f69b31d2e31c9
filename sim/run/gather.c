/* SPDX-License-Identifier: BSD-2-Clause */
/* Adding parts up, in order, to a replication. */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "run/batches.h"
#include "run/workspace.h"

#define PARTS 20 /* at least: from so many on Student's t is little more than the normal distribution */

struct nap_gather *nap_gather_new(const struct nap_plan *plan)
{
	struct nap_gather *g = g_new0(struct nap_gather, 1);

	for (uint32_t k = 0; k < plan->sc->n_middleboxes; k++) {
		if (!plan->chain.shared[k])
			continue;
		g->occupancy[k] = nap_occupancy_new(plan->sc->general.duration, NAP_OCCUPANCY_BINS);
		g->ports[k] = nap_occupancy_new(plan->sc->general.duration, NAP_OCCUPANCY_BINS);
		g->blocks[k] = nap_occupancy_new(plan->sc->general.duration, NAP_OCCUPANCY_BINS);
	}
	return g;
}

uint64_t nap_gather_bytes(const struct nap_plan *plan)
{
	uint64_t bytes = sizeof(struct nap_gather), hop = 3 * NAP_OCCUPANCY_BINS * 2 * sizeof(uint64_t);

	for (uint32_t k = 0; k < plan->sc->n_middleboxes; k++)
		bytes += plan->chain.shared[k] ? hop : 0;
	return bytes;
}

void nap_gather_free(struct nap_gather *g)
{
	if (!g)
		return;
	for (uint32_t k = 0; k < NAP_HOPS_MAX; k++) {
		nap_occupancy_free(g->occupancy[k]);
		nap_occupancy_free(g->ports[k]);
		nap_occupancy_free(g->blocks[k]);
	}
	nap_each_clear(&g->each);
	nap_load_free(g->load);
	g_free(g->batch);
	g_free(g);
}

static void gather_sketch(struct nap_sketch *into, struct nap_sketch *from)
{
	nap_sketch_merge(into, from);
	if (from->count > 0)
		memset(from, 0, sizeof *from);
}

void nap_workspace_gather(struct nap_workspace *ws, struct nap_gather *g)
{
	for (uint32_t k = 0; ws->kind && k < ws->plan->kinds; k++)
		nap_workspace_gather(ws->kind[k], g);
	gather_sketch(&g->push_delay, &ws->push_delay);
	gather_sketch(&g->request_delay, &ws->request_delay);
	ws->delay_charged = 0;
	if (ws->batches && !g->batch)
		g->batch = g_memdup2(ws->batches->part, sizeof ws->batches->part);
	nap_each_merge(&g->each, &ws->each);
	nap_each_clear(&ws->each);
	if (ws->load && !g->load)
		g->load = nap_load_new(ws->plan);
	if (ws->load)
		nap_load_move(g->load, ws->load);
	for (uint32_t k = 0; k < NAP_HOPS_MAX; k++) {
		if (!g->occupancy[k])
			continue;
		g->session_s[k] += ws->session_s[k];
		g->session_ns[k] += ws->session_ns[k];
		ws->session_s[k] = ws->session_ns[k] = 0;
		nap_occupancy_move(g->occupancy[k], ws->occupancy[k]);
		nap_occupancy_move(g->ports[k], ws->ports[k]);
		nap_occupancy_move(g->blocks[k], ws->blocks[k]);
	}
}

static void add_words(double *into, const uint64_t *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		into[i] += (double)words[i];
}

static void add_energy(struct nap_energy *into, const struct nap_energy *e)
{
	into->total += e->total;
	into->promotion += e->promotion;
	into->transfer += e->transfer;
	into->tail += e->tail;
	into->drx += e->drx;
	into->paging += e->paging;
	into->base += e->base;
	into->processor += e->processor;
	into->idle += e->idle;
	for (int i = 0; i < NAP_CAUSES; i++)
		into->cause[i] += e->cause[i];
}

static void add_processor(struct nap_replication *r, const struct nap_scenario *sc, const struct nap_tally *t)
{
	double wakeups[NAP_CAUSES] = { 0.0 }, awake_ns[NAP_CAUSES] = { 0.0 };

	add_words(wakeups, t->wakeups, NAP_CAUSES);
	add_words(awake_ns, t->awake_ns, NAP_CAUSES);
	nap_device_energy(&sc->device, wakeups, awake_ns, &r->energy);
}

static void add_packets(struct nap_replication *r, const struct nap_meter *m)
{
	for (unsigned link = 0; link < NAP_LINKS; link++) {
		r->keepalive_packets += (double)m->packets[link][NAP_CAUSE_KEEPALIVE];
		for (unsigned c = 0; c < NAP_CAUSES; c++)
			r->packets += (double)m->packets[link][c];
	}
}

/* Of one kind's subscribers. */
static void add_part(struct nap_replication *r, const struct nap_scenario *sc, const struct nap_part *p)
{
	r->subscribers += p->subscribers;
	add_words(r->tally, (const uint64_t *)&p->tally, G_N_ELEMENTS(r->tally));
	for (uint32_t i = 0; i <= sc->n_networks; i++) {
		const struct nap_radio_tech *tech = i == 0 ? sc->radio : sc->network[i - 1].radio;
		struct nap_energy e = nap_meter_energy(&p->meter[i], tech);
		nap_time asleep;

		add_energy(&r->energy, &e);
		r->promotions += (double)nap_meter_promotions(&p->meter[i], tech);
		add_packets(r, &p->meter[i]);
		r->pages += (double)p->meter[i].pages;
		r->signalling += (double)nap_meter_signalling(&p->meter[i], tech);
		r->connected_ns += (double)nap_meter_connected(&p->meter[i], tech);
		r->radio_events += (double)p->meter[i].events;
		r->sleeps += (double)nap_meter_sleeps(&p->meter[i], tech, &asleep);
		r->asleep_ns += (double)asleep;
	}
	if (nap_device_pays(&sc->device))
		add_processor(r, sc, &p->tally);
	for (uint32_t k = 0; k < sc->n_middleboxes; k++)
		add_words(r->box[k], (const uint64_t *)&p->box[k], G_N_ELEMENTS(r->box[k]));
}

/* Each kind may have another battery. */
static void add_kind(
	struct nap_replication *r, const struct nap_scenario *sc, const struct nap_part *parts, uint32_t n)
{
	double mj = r->energy.total, subscribers = r->subscribers, mw;

	for (uint32_t i = 0; i < n; i++)
		add_part(r, sc, &parts[i]);
	subscribers = r->subscribers - subscribers;
	if (subscribers == 0.0)
		return;
	mw = (r->energy.total - mj) / subscribers / nap_time_seconds(nap_measured(sc));
	r->battery_percent += sc->battery.capacity_mah > 0.0
				      ? subscribers * nap_battery_percent_per_day(&sc->battery, mw)
				      : (double)NAN;
	r->battery_life_h += sc->battery.capacity_mah > 0.0
				     ? subscribers * nap_battery_life_h(&sc->battery, mw)
				     : (double)NAN;
	r->current_ma += sc->voltage_v > 0.0 ? subscribers * mw / sc->voltage_v : (double)NAN;
	r->mah_per_day += sc->battery.capacity_mah > 0.0
				  ? subscribers * nap_battery_mah_per_day(&sc->battery, mw)
				  : subscribers * 24.0 * mw / sc->voltage_v;
}

static void sum_each(struct nap_replication *r, const struct nap_scenario *sc, const struct nap_each *each)
{
	for (int i = 0; i < NAP_EACH_N; i++)
		for (int k = 0; k < NAP_QUANTILES; k++)
			r->each[i][k] = nap_each_quantile(each, sc, (enum nap_quantity)i, nap_quantiles[k]);
	for (int i = 0; i < NAP_BOUNDS_MAX; i++)
		r->within[i] = (double)each->within[i];
	r->within_all = (double)each->within_all;
}

uint32_t nap_plan_batches(const struct nap_plan *plan)
{
	if (nap_batches_wanted(plan))
		return NAP_BATCHES;
	for (uint32_t i = 0; i < plan->sc->kinds.n_traits; i++)
		if (plan->sc->kinds.trait[i].enumerated)
			return 0; /* parts are then of different kinds */
	return plan->sc->general.replications == 1 && !nap_scenario_joins(plan->sc) && plan->parts >= PARTS
		       ? plan->parts
		       : 0;
}

void nap_batch_sum(struct nap_replication *r, const struct nap_plan *plan, const struct nap_part *parts,
	const struct nap_gather *g, uint32_t batch)
{
	memset(r, 0, sizeof *r);
	if (g->batch) {
		add_kind(r, plan->sc, &g->batch[batch], 1);
		for (uint32_t k = 0; k < NAP_HOPS_MAX; k++) /* middleboxes are not read in between */
			for (size_t i = 0; i < G_N_ELEMENTS(r->box[k]); i++)
				r->box[k][i] = (double)NAN;
	} else {
		for (uint32_t k = 0; k < (plan->kinds ? plan->kinds : 1); k++)
			add_kind(r, plan->kinds ? plan->sc->kinds.kind[k] : plan->sc,
				parts + k * plan->parts + batch, 1);
	}
	for (int i = 0; i < 3; i++)
		r->push_delay_ns[i] = r->request_delay_ns[i] = (double)NAN;
	for (uint32_t k = 0; k < NAP_HOPS_MAX; k++)
		r->shared_peak[k] = r->shared_ports[k] = r->shared_blocks[k] = (double)NAN;
}

/* After the warm-up; NAN: the box is not shared. */
static double peak_of(const struct nap_occupancy *o, const struct nap_scenario *sc)
{
	return o ? (double)nap_occupancy_peak(o, sc->general.warm_up) : (double)NAN;
}

static void quantiles(const struct nap_sketch *sketch, double ns[3])
{
	static const double q[] = { 0.5, 0.95, 0.99 };

	for (int i = 0; i < 3; i++) {
		nap_time t = nap_sketch_quantile(sketch, q[i]);

		ns[i] = t < 0 ? (double)NAN : (double)t;
	}
}

void nap_replication_sum(struct nap_replication *r, const struct nap_plan *plan, const struct nap_part *parts,
	const struct nap_gather *g)
{
	memset(r, 0, sizeof *r);
	for (uint32_t k = 0; k < (plan->kinds ? plan->kinds : 1); k++)
		add_kind(r, plan->kinds ? plan->sc->kinds.kind[k] : plan->sc, parts + k * plan->parts,
			plan->parts);
	quantiles(&g->push_delay, r->push_delay_ns);
	quantiles(&g->request_delay, r->request_delay_ns);
	sum_each(r, plan->sc, &g->each);
	for (uint32_t k = 0; k < NAP_HOPS_MAX; k++) {
		r->shared_peak[k] = peak_of(g->occupancy[k], plan->sc);
		r->shared_ports[k] = peak_of(g->ports[k], plan->sc);
		r->shared_blocks[k] = peak_of(g->blocks[k], plan->sc);
		if (plan->chain.shared[k])
			NAP_BOXED(r, k, session_ns) =
				(double)g->session_s[k] * 1e9 + (double)(int64_t)g->session_ns[k];
	}
}
