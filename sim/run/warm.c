/* SPDX-License-Identifier: BSD-2-Clause */
#include "run/warm.h"

#include <string.h>

#include "kernel/wide.h"
#include "run/workspace.h"

struct nap_warm *nap_warm_new(const struct nap_plan *plan)
{
	struct nap_warm *w;

	if (plan->sc->general.warm_up == 0)
		return NULL;
	w = g_new0(struct nap_warm, 1);
	w->account = g_array_new(FALSE, FALSE, sizeof(struct nap_account));
	return w;
}

void nap_warm_free(struct nap_warm *w)
{
	if (!w)
		return;
	g_array_unref(w->account);
	g_free(w->part);
	g_free(w);
}

/* Reachable time lies between nothing and all; what lies beyond is of pushes under way when the warm-up ended. */
static uint64_t bounded(int64_t reachable, const struct nap_scenario *sc, struct nap_tally *changes)
{
	int64_t bound = CLAMP(reachable, 0, nap_measured(sc));

	changes->reachable_ns += (uint64_t)(bound - reachable);
	return (uint64_t)bound;
}

bool nap_warm_account(
	struct nap_warm *w, struct nap_account *a, const struct nap_scenario *sc, struct nap_tally *changes)
{
	const struct nap_account *b;
	struct nap_wide energy;
	uint32_t late;

	if (!w)
		return true;
	if (w->going) {
		g_array_append_val(w->account, *a);
		return false;
	}
	b = &g_array_index(w->account, struct nap_account, w->next++);
	energy = nap_wide_difference((struct nap_wide){ a->energy_high, a->energy_low },
		(struct nap_wide){ b->energy_high, b->energy_low });
	a->energy_low = energy.low;
	a->energy_high = (uint32_t)energy.high;
	a->reachable_ns = bounded((int64_t)(a->reachable_ns - b->reachable_ns), sc, changes);
	a->delay_ns -= b->delay_ns;
	a->offered -= b->offered;
	a->delivered -= b->delivered;
	late = a->delivered > a->offered ? a->delivered - a->offered : 0;
	a->offered += late;
	changes->pushes_offered += late;
	a->bindings_lost -= b->bindings_lost;
	return true;
}

/* ---- one job, twice ---------------------------------------------------------------------------------------------------- */

/* Modulo 2^64: what is added between two such calls is taken off instead. */
static void negate(uint64_t *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		words[i] = -words[i];
}

static void negate_gathered(struct nap_workspace *ws)
{
	negate((uint64_t *)&ws->push_delay, sizeof ws->push_delay / sizeof(uint64_t));
	negate((uint64_t *)&ws->request_delay, sizeof ws->request_delay / sizeof(uint64_t));
	negate(ws->session_s, NAP_HOPS_MAX);
	negate(ws->session_ns, NAP_HOPS_MAX);
	ws->delay_charged = ws->push_delay.sum;
}

static void set_phase(struct nap_workspace *ws, bool going)
{
	const struct nap_general_config *g = &ws->plan->sc->general;

	negate_gathered(ws);
	ws->line.duration = going ? g->warm_up : g->duration;
	ws->warm->going = going;
	ws->warm->next = 0;
	memset(&ws->warm->changes, 0, sizeof ws->warm->changes);
	if (going)
		g_array_set_size(ws->warm->account, 0);
	for (uint32_t k = 0; ws->kind && k < ws->plan->kinds; k++)
		set_phase(ws->kind[k], going);
}

static void subtract(uint64_t *words, const uint64_t *less, size_t n)
{
	for (size_t i = 0; i < n; i++)
		words[i] -= less[i];
}

/* Peaks stay those of the whole run. */
static void subtract_box(struct nap_box_sums *s, const struct nap_box_sums *less)
{
	struct nap_box_sums whole = *s;

	subtract((uint64_t *)s, (const uint64_t *)less, sizeof *s / sizeof(uint64_t));
	s->peak = whole.peak;
	s->ports_peak = whole.ports_peak;
	s->blocks_peak = whole.blocks_peak;
}

static void subtract_part(struct nap_part *p, const struct nap_part *less)
{
	const size_t meter_words = offsetof(struct nap_meter, observer) / sizeof(uint64_t);

	g_assert(p->subscribers == less->subscribers);
	subtract((uint64_t *)&p->tally, (const uint64_t *)&less->tally, sizeof p->tally / sizeof(uint64_t));
	for (uint32_t i = 0; i < NAP_NETS_MAX; i++)
		subtract((uint64_t *)&p->meter[i], (const uint64_t *)&less->meter[i], meter_words);
	for (uint32_t k = 0; k < NAP_HOPS_MAX; k++)
		subtract_box(&p->box[k], &less->box[k]);
}

/* The parts that a job has filled: all in the global order, else its own of each kind. */
static void take_off(struct nap_workspace *ws, uint32_t job, struct nap_part *parts)
{
	const struct nap_plan *plan = ws->plan;

	for (uint32_t i = plan->global ? 0 : job; i < nap_plan_parts(plan);
		i += plan->global ? 1 : plan->parts) {
		const struct nap_workspace *of = ws->kind ? ws->kind[i / plan->parts] : ws;

		subtract_part(&parts[i], &ws->warm->part[i]);
		if (plan->global) /* they were made in place */
			continue;
		parts[i].tally.reachable_ns += of->warm->changes.reachable_ns;
		parts[i].tally.pushes_offered += of->warm->changes.pushes_offered;
	}
}

void nap_warm_run(struct nap_workspace *ws, uint32_t replication, uint32_t job,
	const struct nap_observer *observer, struct nap_part *parts,
	void (*run)(struct nap_workspace *ws, uint32_t replication, uint32_t job,
		const struct nap_observer *observer, struct nap_part *parts))
{
	if (!ws->warm->part)
		ws->warm->part = g_new(struct nap_part, nap_plan_parts(ws->plan));
	set_phase(ws, true);
	run(ws, replication, job, NULL, ws->warm->part);
	set_phase(ws, false);
	run(ws, replication, job, observer, parts);
	if (!nap_workspace_stopped(ws)) /* else nobody reads it */
		take_off(ws, job, parts);
}
