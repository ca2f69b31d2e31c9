/* SPDX-License-Identifier: BSD-2-Clause */
#include "run/account.h"

#include "run/warm.h"
#include "run/workspace.h"

/* Of the processor, all causes together. */
static struct nap_wide processors(const struct nap_workspace *ws, struct nap_wide sum)
{
	const struct nap_tally *t = ws->line.tally;

	for (int c = 0; c < NAP_CAUSES; c++) {
		sum = nap_wide_charge(sum, ws->wake_price, t->wakeups[c]);
		sum = nap_wide_charge(sum, ws->awake_price, t->awake_ns[c]);
	}
	return sum;
}

static struct nap_wide energy_of(const struct nap_workspace *ws)
{
	const struct nap_line *line = &ws->line;
	struct nap_wide sum = { 0, 0 };

	for (uint32_t i = 0; i < line->n_nets; i++)
		sum = nap_wide_sum(sum, nap_meter_price(&line->meter[i], line->net[i].tech, &ws->prices[i]));
	return line->processor ? processors(ws, sum) : sum;
}

void nap_account_bill(struct nap_workspace *ws, struct nap_meter *meter, bool on)
{
	ws->billed = (struct nap_wide){ 0, 0 };
	on = on && !ws->line.processor; /* which no bill runs along with */
	for (uint32_t i = 0; i < ws->line.n_nets; i++) {
		ws->bill[i] = (struct nap_bill){ &ws->prices[i], &ws->billed };
		meter[i].bill = on ? &ws->bill[i] : NULL;
	}
}

/* What was counted since the last charge. */
static inline uint64_t since(uint64_t now, uint64_t *charged)
{
	uint64_t more = now - *charged;

	*charged = now;
	return more;
}

/* Without bills: what the meters come to, less what was charged. */
static G_NO_INLINE struct nap_wide priced(const struct nap_workspace *ws, struct nap_charged *charged)
{
	struct nap_wide sum = energy_of(ws), more = nap_wide_difference(sum, charged->energy);

	charged->energy = sum;
	return more;
}

static G_NO_INLINE void charge_rare(const struct nap_workspace *ws, struct nap_charged *charged,
	struct nap_account *a, uint64_t *delay_charged)
{
	const struct nap_tally *t = ws->line.tally;

	a->offered += (uint32_t)since(t->pushes_offered, &charged->offered);
	a->delivered += (uint32_t)since(t->pushes_delivered, &charged->delivered);
	a->bindings_lost +=
		(uint32_t)since(t->bindings_expired + t->bindings_evicted, &charged->bindings_lost);
	a->delay_ns += since(ws->push_delay.sum, delay_charged);
}

NAP_HOT void nap_account_charge(struct nap_workspace *ws, struct nap_charged *charged, struct nap_account *a)
{
	const struct nap_tally *t = ws->line.tally;
	struct nap_wide more = G_LIKELY(ws->line.meter->bill) ? ws->billed : priced(ws, charged);
	struct nap_wide energy = nap_wide_sum((struct nap_wide){ a->energy_high, a->energy_low }, more);
	uint64_t rare = t->pushes_offered + t->pushes_delivered + t->bindings_expired + t->bindings_evicted;

	ws->billed = (struct nap_wide){ 0, 0 };
	a->energy_low = energy.low;
	a->energy_high = (uint32_t)energy.high;
	a->reachable_ns += since(t->reachable_ns, &charged->reachable_ns);
	if (rare != charged->rare) {
		charged->rare = rare;
		charge_rare(ws, charged, a, &ws->delay_charged);
	}
}

void nap_account_end(struct nap_workspace *ws, bool first)
{
	struct nap_account a = { 0 };

	if (first)
		ws->charged = (struct nap_charged){ 0 };
	nap_account_charge(ws, &ws->charged, &a);
	if (nap_warm_account(ws->warm, &a, ws->plan->sc, ws->warm ? &ws->warm->changes : NULL))
		nap_each_add(&ws->each, ws->plan->sc, &a);
}
