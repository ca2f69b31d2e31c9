/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The boxes of a scenario, as every command meets them: which values each has
 * (drawn from streams named by seed, replication, box and owner), which
 * addresses it and the devices have, and what becomes of a packet at one of
 * them. run, discover, check, script and the figures all pass packets through
 * this.
 */
#ifndef NAP_PATH_CHAIN_H
#define NAP_PATH_CHAIN_H

#include "middlebox/box.h"
#include "path/path_config.h"

#define NAP_HOPS_MAX 8 /* middleboxes of a scenario */
#define NAP_NETS_MAX 4 /* networks that a device moves between */

#define NAP_NOBODY UINT32_MAX /* no subscriber; also who owns a shared box */

#define NAP_SERVER_ADDR NAP_ADDR(192, 0, 2, 1)
#define NAP_ROUTER_ADDR NAP_ADDR(192, 0, 2, 254) /* before the server */

/* What all boxes of a scenario follow from. Plain: filled by nap_chain_plan_init, then the same for the whole run. */
struct nap_chain_plan {
	const struct nap_middlebox *middlebox; /* the caller's: of all networks, from the client outwards */
	uint32_t n_hops, n_nets, subscribers;
	struct {
		uint32_t first,
			n; /* its own hops: so many from there on; behind them those before the server */
	} net[NAP_NETS_MAX];
	uint32_t served,
		n_served; /* hops before the server, which all networks lead to: so many from there on */
	bool shared[NAP_HOPS_MAX]; /* one box for all subscribers */
	uint64_t
		drawn; /* bit k: hop k has values drawn for each box made, or changes them: none serves two */
	uint64_t readdressed; /* bit k: hop k gets other addresses (address-changes) */
	uint64_t turned;      /* bit k: hop k stands before the server, which is on its inside */
	uint64_t seed;
	uint32_t peer_net; /* network of a peer, whose outer NAT is another than the path's; 0: none */
	bool ends; /* whole ends speak over it, so that proxies end their connections; else they watch segments pass */
	bool joined; /* the peer's boxes stand on the inside of one of the path's */
	unsigned
		id_bits; /* addresses of devices: so many bits for the subscriber, those above for the network */
};

/* One network; further ones are added by nap_chain_plan_add. middlebox: all hops of all networks. The last hops of the path may
 * stand before the server: see nap_chain_plan_turn. */
void nap_chain_plan_init(struct nap_chain_plan *plan, const struct nap_middlebox *middlebox, uint32_t n_hops,
	uint32_t n_path_hops, uint32_t subscribers, uint64_t seed);
void nap_chain_plan_add(struct nap_chain_plan *plan, uint32_t first, uint32_t n);

/* The network of a peer ([peer]); joined: see struct nap_chain_plan. The last one to be added. */
void nap_chain_plan_add_peer(struct nap_chain_plan *plan, uint32_t first, uint32_t n, bool joined);

/* The last n hops of the first network, the only one so far, stand before the server, and all networks lead to them. */
void nap_chain_plan_turn(struct nap_chain_plan *plan, uint32_t n);

/* The side of hop's box at which what goes up or down arrives; or that what leaves on side goes up. */
static inline bool nap_chain_is_turned(const struct nap_chain_plan *plan, uint32_t hop)
{
	return plan->turned >> hop & 1;
}
static inline enum nap_side nap_chain_side(const struct nap_chain_plan *plan, uint32_t hop, bool up)
{
	return up != nap_chain_is_turned(plan, hop) ? NAP_INSIDE : NAP_OUTSIDE;
}
static inline bool nap_chain_goes_up(const struct nap_chain_plan *plan, uint32_t hop, enum nap_side side)
{
	return (side == NAP_OUTSIDE) != nap_chain_is_turned(plan, hop);
}

/*
 * Where the boxes before the server lead what is sent to *service, as that of the world: the server's own address and port, as port
 * forwards say now. False: nowhere.
 */
bool nap_chain_service(const struct nap_chain_plan *plan, struct nap_box *const *box, uint8_t proto,
	struct nap_endpoint *service);

/* The other way: as what the world knows *own. False: it does not; nothing leads there now. */
bool nap_chain_served(const struct nap_chain_plan *plan, struct nap_box *const *box, uint8_t proto,
	struct nap_endpoint *own);

/*
 * A new box of hop for subscriber id (a shared one, whoever asks, is nobody's), with its values, address and stream of a
 * replication. expected as in nap_box_new. Free with nap_box_free.
 */
struct nap_box *nap_chain_box(
	const struct nap_chain_plan *plan, uint32_t replication, uint32_t hop, uint32_t id, size_t expected);

/* The same where there is one for each subscriber at once: what is the same for all stays the plan's, which lives longer. */
struct nap_box *nap_chain_box_of_many(
	const struct nap_chain_plan *plan, uint32_t replication, uint32_t hop, uint32_t id, size_t expected);

/* nap_chain_box from one made for another subscriber, whose memory is kept; *box may be NULL. True: it is another object now. */
bool nap_chain_renew(const struct nap_chain_plan *plan, uint32_t replication, uint32_t hop, uint32_t id,
	struct nap_box **box);

/*
 * The address of subscriber id's device on a network; other: the one it gets there after an outage that takes its address away.
 * Devices behind NATs of their own have equal ones, as in life.
 */
nap_addr nap_chain_device(const struct nap_chain_plan *plan, uint32_t id, uint32_t net, bool other);

/* The address that the box of a hop with address-changes gets when its changes-th one comes, having box' present one. */
nap_addr nap_chain_next_address(
	const struct nap_chain_plan *plan, const struct nap_box *box, uint32_t changes);

/* Is a packet for dst, before hop's box on its way in, for another address that this had or will have, and so lost? */
bool nap_chain_misses(
	const struct nap_chain_plan *plan, uint32_t hop, const struct nap_box *box, nap_addr dst);

/*
 * Whose flow is it that a shared hop knows by these ends? box: the hop's chain, where NATs that are shared stand in for all
 * subscribers. NAP_NOBODY when an inner box does not know it any more.
 */
uint32_t nap_chain_owner(const struct nap_chain_plan *plan, struct nap_box *const *box, uint32_t hop,
	nap_time now, const struct nap_box_flow *flow);

/* A packet that leaves a box: own, when the box made it, else it is the one that came, or a piece of it. */
typedef void (*nap_chain_out_fn)(void *ctx, enum nap_side side, const struct nap_packet *p, bool own);

/* What leaves a box for a packet that does not just go on. */
void nap_chain_leave(struct nap_box *box, enum nap_side side, struct nap_packet *p,
	const struct nap_box_effect *fx, enum nap_verdict verdict, nap_chain_out_fn out, void *ctx);

/*
 * Packet p arrives at box on side, at a time at which the box has acted on all that was due. True: it goes on as it is now, to the
 * other side. False: it does not, and what leaves the box for it (pieces of it, an answer, the packet back to its side) was told
 * to out. fx: as nap_box_input leaves it.
 */
static inline bool nap_chain_pass(struct nap_box *box, nap_time now, enum nap_side side, struct nap_packet *p,
	struct nap_box_effect *fx, enum nap_verdict *verdict, nap_chain_out_fn out, void *ctx)
{
	*verdict = nap_box_input(box, now, side, p, fx);
	if (*verdict == NAP_PASS && fx->mtu == 0 && fx->out_side != side)
		return true;
	nap_chain_leave(box, side, p, fx, *verdict, out, ctx);
	return false;
}

#endif
