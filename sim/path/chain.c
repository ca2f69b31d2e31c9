/* SPDX-License-Identifier: BSD-2-Clause */
#include "path/chain.h"

#include <string.h>

#include "path/proxy.h"

#define FIRST_DEVICE   NAP_ADDR(10, 0, 0, 2)
#define PEERS_NAT      NAP_ADDR(192, 0, 2, 65)
#define FIRST_INNER(k) NAP_ADDR(100 + (k), 64, 0, 2) /* of private NATs before another box (RFC 6598 space) */

enum {
	ID_BITS = 20,   /* the usual width */
	OTHER_BITS = 3, /* of devices: room for the networks, then the bit of the other address */
};

#define LAST_ADDRESS UINT32_C(15) /* of NATs that change theirs; the first is 0 */

void nap_chain_plan_init(struct nap_chain_plan *plan, const struct nap_middlebox *middlebox, uint32_t n_hops,
	uint32_t n_path_hops, uint32_t subscribers, uint64_t seed)
{
	memset(plan, 0, sizeof *plan);
	plan->middlebox = middlebox;
	plan->n_hops = n_hops;
	plan->subscribers = subscribers;
	plan->seed = seed;
	plan->id_bits = ID_BITS;
	while (plan->id_bits < 31 && subscribers > UINT32_C(1) << plan->id_bits)
		plan->id_bits++;
	for (uint32_t k = 0; k < n_hops; k++) {
		plan->shared[k] = nap_middlebox_is_shared(&middlebox[k], subscribers);
		if (middlebox[k].n_draws > 0 || middlebox[k].hop.changes.n > 0)
			plan->drawn |= UINT64_C(1) << k;
		if (middlebox[k].hop.readdresses.kind != NAP_ARRIVALS_NONE)
			plan->readdressed |= UINT64_C(1) << k;
	}
	plan->drawn |= plan->readdressed;
	nap_chain_plan_add(plan, 0, n_path_hops);
}

void nap_chain_plan_add(struct nap_chain_plan *plan, uint32_t first, uint32_t n)
{
	plan->net[plan->n_nets].first = first;
	plan->net[plan->n_nets++].n = n;
}

void nap_chain_plan_add_peer(struct nap_chain_plan *plan, uint32_t first, uint32_t n, bool joined)
{
	plan->peer_net = plan->n_nets;
	plan->joined = joined;
	nap_chain_plan_add(plan, first, n);
}

void nap_chain_plan_turn(struct nap_chain_plan *plan, uint32_t n)
{
	plan->net[0].n -= n;
	plan->served = plan->net[0].first + plan->net[0].n;
	plan->n_served = n;
	for (uint32_t k = 0; k < n; k++)
		plan->turned |= UINT64_C(1) << (plan->served + k);
}

bool nap_chain_service(const struct nap_chain_plan *plan, struct nap_box *const *box, uint8_t proto,
	struct nap_endpoint *service)
{
	for (uint32_t k = plan->served; k < plan->served + plan->n_served; k++)
		if (plan->middlebox[k].box.kind == NAP_BOX_NAT && !nap_box_forwards(box[k], proto, service))
			return false;
	return true;
}

bool nap_chain_served(const struct nap_chain_plan *plan, struct nap_box *const *box, uint8_t proto,
	struct nap_endpoint *own)
{
	for (uint32_t k = plan->served + plan->n_served; k-- > plan->served;)
		if (plan->middlebox[k].box.kind == NAP_BOX_NAT && !nap_box_forwarded(box[k], proto, own))
			return false;
	return true;
}

static uint64_t entity(const struct nap_chain_plan *plan, uint32_t hop, uint32_t id)
{
	return (uint64_t)(hop + 1) << 32 | (plan->shared[hop] ? NAP_NOBODY : id);
}

static struct nap_rng stream(const struct nap_chain_plan *plan, uint32_t replication, uint32_t hop,
	uint32_t id, enum nap_purpose purpose)
{
	return nap_rng_stream(plan->seed, replication, entity(plan, hop, id), purpose);
}

/* Values that the profile gives as distributions, drawn for this box. */
static void draw_values(const struct nap_middlebox *m, struct nap_rng rng, struct nap_box_config *config)
{
	for (uint32_t i = 0; i < m->n_draws; i++) {
		const struct nap_param_draw *d = &m->draws[i];
		void *field = (char *)config + d->row->offset;
		nap_time t = nap_dist_draw_time(&d->dist, &rng);

		if (d->row->type == NAP_P_TIME)
			*(nap_time *)field = nap_time_max(t, 1);
		else if (d->row->type == NAP_P_UINT)
			*(uint32_t *)field = (uint32_t)nap_time_min(nap_time_max(t, 1), UINT32_MAX);
		else if (d->row->type == NAP_P_UINT64)
			*(uint64_t *)field = (uint64_t)nap_time_max(t, 1);
	}
}

/* The network that hop belongs to, where it does not stand before the server. */
static uint32_t net_of(const struct nap_chain_plan *plan, uint32_t hop)
{
	uint32_t net = 0;

	while (net + 1 < plan->n_nets && hop >= plan->net[net].first + plan->net[net].n)
		net++;
	return net;
}

/* Is hop's box a NAT of each subscriber's own, which hides the device from those behind it? */
static bool hides(const struct nap_chain_plan *plan, uint32_t hop)
{
	return plan->middlebox[hop].box.kind == NAP_BOX_NAT && !plan->shared[hop] &&
	       !nap_chain_is_turned(plan, hop);
}

/* Has the last NAT of the path this address, too? Profiles give all the same. */
static bool is_taken(const struct nap_chain_plan *plan, nap_addr address)
{
	uint32_t k = plan->net[0].first + plan->net[0].n;

	while (k-- > plan->net[0].first) {
		const struct nap_addr_list *own = &plan->middlebox[k].box.addresses;

		if (!hides(plan, k))
			continue;
		for (uint32_t i = 0; i < own->n; i++)
			if (own->addr[i] == address)
				return true;
		break;
	}
	return false;
}

/* Of the NATs before the server, is hop's the one that clients meet first? */
static bool is_outermost(const struct nap_chain_plan *plan, uint32_t hop)
{
	while (hop-- > 0 && nap_chain_is_turned(plan, hop))
		if (plan->middlebox[hop].box.kind == NAP_BOX_NAT)
			return false;
	return true;
}

/* A private NAT before another box needs an address of its own there; the last one keeps the scenario's. */
static void readdress(const struct nap_chain_plan *plan, struct nap_box *box, uint32_t hop, uint32_t id)
{
	uint32_t net = net_of(plan, hop);
	bool last = plan->n_served == 0 && hop + 1 == plan->net[net].first + plan->net[net].n;

	if (nap_chain_is_turned(plan, hop)) {
		/* clients know the server by the address of the outermost one */
		if (plan->middlebox[hop].box.kind == NAP_BOX_NAT && is_outermost(plan, hop))
			nap_box_readdress(box, NAP_SERVER_ADDR);
		return;
	}
	if (hides(plan, hop) && (!last || (net > 0 && net == plan->peer_net && plan->joined)))
		nap_box_readdress(box, FIRST_INNER(hop) + id);
	else if (hides(plan, hop) && net > 0 && net == plan->peer_net && is_taken(plan, nap_box_address(box)))
		nap_box_readdress(box, PEERS_NAT);
}

/* kept: the plan's boxes live longer than this one. */
static struct nap_box *make(const struct nap_chain_plan *plan, uint32_t replication, uint32_t hop,
	uint32_t id, size_t expected, bool kept)
{
	const struct nap_middlebox *m = &plan->middlebox[hop];
	struct nap_rng ports = stream(plan, replication, hop, id, NAP_RNG_PORTS);
	struct nap_box_config drawn;
	struct nap_box *box;

	if (kept && !m->n_draws) {
		box = nap_box_new_shared(&m->box, ports, expected);
	} else {
		drawn = m->box;
		draw_values(m, stream(plan, replication, hop, id, NAP_RNG_PROFILE), &drawn);
		box = nap_box_new(&drawn, ports, expected);
	}
	if (m->box.kind == NAP_BOX_PROXY && plan->ends)
		nap_box_terminate(box, &nap_proxy_termination);
	readdress(plan, box, hop, id);
	return box;
}

struct nap_box *nap_chain_box(
	const struct nap_chain_plan *plan, uint32_t replication, uint32_t hop, uint32_t id, size_t expected)
{
	return make(plan, replication, hop, id, expected, false);
}

struct nap_box *nap_chain_box_of_many(
	const struct nap_chain_plan *plan, uint32_t replication, uint32_t hop, uint32_t id, size_t expected)
{
	return make(plan, replication, hop, id, expected, true);
}

bool nap_chain_renew(const struct nap_chain_plan *plan, uint32_t replication, uint32_t hop, uint32_t id,
	struct nap_box **box)
{
	if (*box && !(plan->drawn >> hop & 1)) {
		nap_box_reset(*box, stream(plan, replication, hop, id, NAP_RNG_PORTS));
		readdress(plan, *box, hop, id);
		return false;
	}
	nap_box_free(*box);
	*box = nap_chain_box(plan, replication, hop, id, 4);
	return true;
}

/* A subscriber's own NAT hides its device's address; where none does, before a shared box, devices must differ. */
static bool devices_differ(const struct nap_chain_plan *plan)
{
	if (plan->n_nets > 1)
		return true;
	for (uint32_t k = 0; k < plan->n_hops && !plan->shared[k]; k++)
		if (hides(plan, k))
			return false;
	return true;
}

nap_addr nap_chain_device(const struct nap_chain_plan *plan, uint32_t id, uint32_t net, bool other)
{
	return FIRST_DEVICE + (devices_differ(plan) ? id : 0) + (net << plan->id_bits) +
	       (other ? UINT32_C(1) << (plan->id_bits + OTHER_BITS) : 0);
}

nap_addr nap_chain_next_address(
	const struct nap_chain_plan *plan, const struct nap_box *box, uint32_t changes)
{
	nap_addr step = UINT32_C(1) << plan->id_bits;

	return changes % (LAST_ADDRESS + 1) ? nap_box_address(box) + step
					    : nap_box_address(box) - LAST_ADDRESS * step;
}

bool nap_chain_misses(
	const struct nap_chain_plan *plan, uint32_t hop, const struct nap_box *box, nap_addr dst)
{
	nap_addr step = UINT32_C(1) << plan->id_bits, off = dst - nap_box_address(box);

	return (plan->readdressed >> hop & 1) && off != 0 && off % step == 0 &&
	       off + LAST_ADDRESS * step <= 2 * LAST_ADDRESS * step;
}

/* The subscriber whose address it is, one of so many of his, each of which differs from the others' only by his number. */
static uint32_t numbered(const struct nap_chain_plan *plan, nap_addr first, nap_addr a, uint32_t many)
{
	uint32_t off = a - first, id = off & ((UINT32_C(1) << plan->id_bits) - 1);

	return off >> plan->id_bits < many && id < plan->subscribers ? id : NAP_NOBODY;
}

/* The subscriber one of whose devices' addresses it is: in any network, the other one, too. */
static uint32_t device_of(const struct nap_chain_plan *plan, nap_addr a)
{
	return numbered(plan, FIRST_DEVICE, a, UINT32_C(2) << OTHER_BITS);
}

/* The subscriber whom p comes to, going in through a network's hops from the one before `hop` to its first. */
NAP_HOT static uint32_t comes_to(const struct nap_chain_plan *plan, struct nap_box *const *box, uint32_t hop,
	uint32_t first, nap_time now, struct nap_packet p)
{
	while (hop-- > first) {
		if (hides(plan, hop))
			return numbered(plan, FIRST_INNER(hop), p.dst.addr,
				plan->readdressed >> hop & 1 ? LAST_ADDRESS + 1 : 1);
		if (plan->middlebox[hop].box.kind == NAP_BOX_NAT &&
			!nap_box_leads_on(box[hop], now, NAP_OUTSIDE, &p))
			return NAP_NOBODY;
	}
	return device_of(plan, p.dst.addr);
}

NAP_HOT uint32_t nap_chain_owner(const struct nap_chain_plan *plan, struct nap_box *const *box, uint32_t hop,
	nap_time now, const struct nap_box_flow *flow)
{
	struct nap_packet p = { .src = flow->remote, .dst = flow->inside, .proto = flow->proto };
	uint32_t first = plan->net[net_of(plan, hop)].first, id = NAP_NOBODY;

	if (!nap_chain_is_turned(plan, hop))
		return hop == first ? device_of(plan, flow->inside.addr)
				    : comes_to(plan, box, hop, first, now, p);
	p.src = flow->mapped; /* its inside is the server */
	p.dst = flow->remote;
	for (uint32_t i = 0; i < plan->n_nets && id == NAP_NOBODY; i++)
		id = comes_to(plan, box, plan->net[i].first + plan->net[i].n, plan->net[i].first, now, p);
	return id;
}

void nap_chain_leave(struct nap_box *box, enum nap_side side, struct nap_packet *p,
	const struct nap_box_effect *fx, enum nap_verdict verdict, nap_chain_out_fn out, void *ctx)
{
	struct nap_packet piece;

	switch (verdict) {
	case NAP_PASS:
		for (uint32_t i = 0; nap_box_piece(box, fx, p, i, &piece); i++)
			out(ctx, fx->out_side, &piece, false);
		break;
	case NAP_REJECT_RST:
	case NAP_REJECT_ICMP:
	case NAP_LOCAL:
		if (fx->answered)
			out(ctx, side, &fx->reply, true);
		break;
	case NAP_DROP:
	case NAP_HELD:
		break;
	}
}
