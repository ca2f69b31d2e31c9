/* SPDX-License-Identifier: BSD-2-Clause */
#include "path/process.h"

struct nap_rng nap_process_stream(const struct nap_chain_plan *plan, uint32_t replication, uint32_t id,
	enum nap_process_kind kind, uint32_t hop)
{
	bool of_box =
		kind == NAP_PROCESS_REBOOTS || kind == NAP_PROCESS_READDRESSES || kind == NAP_PROCESS_CHANGES;
	uint64_t number = (uint64_t)kind + (of_box ? hop : 0);
	bool common = kind == NAP_PROCESS_RESTARTS || (of_box && plan->shared[hop]);
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

void nap_hop_process_begin(struct nap_hop_process *p, const struct nap_chain_plan *plan, uint32_t replication,
	uint32_t id, uint32_t hop, enum nap_hop_event event)
{
	static const enum nap_process_kind kinds[] = {
		[NAP_HOP_REBOOT] = NAP_PROCESS_REBOOTS,
		[NAP_HOP_READDRESS] = NAP_PROCESS_READDRESSES,
		[NAP_HOP_CHANGE] = NAP_PROCESS_CHANGES,
	};

	p->times = 0;
	nap_process_begin(&p->process, nap_hop_arrivals(&plan->middlebox[hop].hop, event), plan, replication,
		id, kinds[event], hop);
}

static void change(struct nap_box *box, nap_time now, const struct nap_settings *changes)
{
	for (uint32_t i = 0; i < changes->n; i++)
		if (changes->row[i].at == now)
			nap_box_set(box, now, changes->row[i].row, changes->row[i].value);
}

void nap_hop_process_take(struct nap_hop_process *p, const struct nap_chain_plan *plan, uint32_t hop,
	enum nap_hop_event event, struct nap_box *box)
{
	nap_time now = p->process.next;

	p->times++;
	nap_process_advance(&p->process, nap_hop_arrivals(&plan->middlebox[hop].hop, event));
	if (!box)
		return;
	if (event == NAP_HOP_REBOOT)
		nap_box_reboot(box, now);
	else if (event == NAP_HOP_CHANGE)
		change(box, now, &plan->middlebox[hop].hop.changes);
	else
		nap_box_move(box, now, nap_chain_next_address(plan, box, p->times));
}
