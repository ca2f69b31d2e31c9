/* SPDX-License-Identifier: BSD-2-Clause */
/* The live flows of a trace, found by their ends as each box sees them. */
#ifndef NAP_REPLAY_FLOWS_H
#define NAP_REPLAY_FLOWS_H

#include "middlebox/index.h"
#include "path/chain.h"
#include "replay/keepalive.h"

/* What one middlebox did to a flow. */
struct nap_flow_hop {
	struct nap_endpoint inside; /* as the flow comes to it; port 0 and address 0: it has not */
	bool open;                  /* it has a session for it, by the last packet */
	uint32_t cuts;              /* times a session ended that the ends had not closed */
	uint64_t refused;           /* packets for which it had no room */
	nap_time cut_at;            /* the first time, NAP_NEVER: never */
};

struct nap_flow {
	uint32_t id;
	uint64_t number; /* flows are counted as they begin, from 0 */
	uint8_t proto;
	bool stays;            /* multicast, link-local: no middlebox sees it */
	bool known[2], fin[2]; /* TCP, by up: next is known; it has closed its direction */
	bool outside_known;
	bool passed_known;
	uint32_t passed;  /* TCP: the number behind what the device has sent and all boxes have let out */
	uint32_t next[2]; /* TCP: the number that each side sends next, by up */
	struct nap_endpoint remote, outside; /* outside: the flow behind all boxes */
	nap_time begun, last;
	nap_time longest_gap;
	uint64_t packets[2], bytes[2]; /* by up */
	struct nap_exchange exchange;
	struct nap_rhythms *rhythms;
	struct nap_wide paid, seen[NAP_SEEN_N];
	uint64_t promotions;
	nap_time connected; /* radio's time in connected states that it paid for */
	nap_time closed;    /* both ends have closed it, NAP_NEVER: not */
	nap_time shut;      /* not reachable through the boxes since then, NAP_NEVER: it is */
	nap_time unreachable;
	nap_time used;       /* first used after it was cut, NAP_NEVER: never */
	uint64_t after[2];   /* packets since it was cut first while a box had no session for it, by up */
	uint64_t stopped;    /* packets that some box did not pass */
	struct nap_ip ip[2]; /* the device's, the other's */
	uint16_t port[2];
	struct nap_keepalive keepalive; /* when it has ended */
	struct nap_flow_hop hop[];      /* of each box; the first one's inside is the flow's own end */
};

struct nap_flows {
	uint32_t hops;
	struct nap_flow **slot; /* by id; NULL: free */
	uint32_t n, room, live, first_free;
	uint32_t *next_free;
	struct nap_index index;
};

void nap_flows_open(struct nap_flows *t, uint32_t hops);
void nap_flows_close(struct nap_flows *t); /* all flows are gone */

/* The flow that hop's box knows by these ends, NULL: none. */
struct nap_flow *nap_flows_find(const struct nap_flows *t, uint32_t hop, uint8_t proto,
	struct nap_endpoint inside, struct nap_endpoint remote);

/* A new one of these ends; all else is the caller's. */
struct nap_flow *nap_flows_add(
	struct nap_flows *t, uint8_t proto, struct nap_endpoint inside, struct nap_endpoint remote);

/* It comes to hop's box as that now. */
void nap_flows_appear(struct nap_flows *t, struct nap_flow *f, uint32_t hop, struct nap_endpoint inside);

/* Nobody finds it any more; its memory stays. */
void nap_flows_hide(struct nap_flows *t, struct nap_flow *f);
void nap_flows_remove(struct nap_flows *t, struct nap_flow *f); /* hidden before */

#endif
