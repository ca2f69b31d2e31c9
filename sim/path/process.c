/* SPDX-License-Identifier: BSD-2-Clause */
#include "path/process.h"

struct nap_rng nap_process_stream(const struct nap_chain_plan *plan, uint32_t replication, uint32_t id,
	enum nap_process_kind kind, uint32_t hop)
{
	uint64_t number = (uint64_t)kind + (kind == NAP_PROCESS_REBOOTS ? hop : 0);
	bool common = kind == NAP_PROCESS_RESTARTS || (kind == NAP_PROCESS_REBOOTS && plan->shared[hop]);
	uint32_t whose = common ? NAP_NOBODY : id;

	return nap_rng_stream(plan->seed, replication, whose | number << 40, NAP_RNG_OUTAGE);
}

void nap_process_begin(struct nap_process *p, const struct nap_arrivals *a, const struct nap_chain_plan *plan,
	uint32_t replication, uint32_t id, enum nap_process_kind kind, uint32_t hop)
{
	p->state = (struct nap_arrivals_state){ 0 };
	p->rng = nap_process_stream(plan, replication, id, kind, hop);
	nap_process_advance(p, a);
}

void nap_process_advance(struct nap_process *p, const struct nap_arrivals *a)
{
	p->next = nap_arrivals_next(a, &p->state, &p->rng);
}

nap_time nap_process_outage(
	struct nap_process *p, const struct nap_arrivals *a, const struct nap_dist *length)
{
	nap_time end = nap_time_after(p->next, nap_dist_draw_time(length, &p->rng));

	do
		nap_process_advance(p, a);
	while (p->next <= end && p->next != NAP_NEVER);
	return end;
}
