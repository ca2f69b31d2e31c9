/* SPDX-License-Identifier: BSD-2-Clause */
#include "run/account.h"

#include "run/workspace.h"

static struct nap_wide energy_of(const struct nap_workspace *ws)
{
	const struct nap_line *line = &ws->line;
	struct nap_wide sum = nap_meter_price(&line->meter[0], line->net[0].tech, &ws->prices[0]);

	for (uint32_t i = 1; i < line->n_nets; i++)
		sum = nap_wide_sum(sum, nap_meter_price(&line->meter[i], line->net[i].tech, &ws->prices[i]));
	return sum;
}

NAP_HOT void nap_account_charge(struct nap_workspace *ws, struct nap_charged *charged, struct nap_account *a)
{
	const struct nap_tally *t = ws->line.tally;
	struct nap_charged now = { t->reachable_ns, t->pushes_offered, t->pushes_delivered,
		t->bindings_expired + t->bindings_evicted, energy_of(ws) };
	struct nap_wide energy = nap_wide_sum(nap_wide_difference(now.energy, charged->energy),
		(struct nap_wide){ a->energy_high, a->energy_low });

	a->reachable_ns += now.reachable_ns - charged->reachable_ns;
	a->offered += (uint32_t)(now.offered - charged->offered);
	a->delivered += (uint32_t)(now.delivered - charged->delivered);
	a->bindings_lost += (uint32_t)(now.bindings_lost - charged->bindings_lost);
	a->energy_low = energy.low;
	a->energy_high = (uint32_t)energy.high;
	a->delay_ns += ws->push_delay.sum - ws->delay_charged;
	ws->delay_charged = ws->push_delay.sum;
	*charged = now;
}

void nap_account_end(struct nap_workspace *ws, bool first)
{
	struct nap_account a = { 0 };

	if (first)
		ws->charged = (struct nap_charged){ 0 };
	nap_account_charge(ws, &ws->charged, &a);
	nap_each_add(&ws->each, ws->plan->sc, &a);
}
