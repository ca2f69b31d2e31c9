/* SPDX-License-Identifier: BSD-2-Clause */
/* A link between two hops: delay, order, loss and its bursts. The only one: every packet of every command crosses it. */
#ifndef NAP_NET_LINK_H
#define NAP_NET_LINK_H

#include "kernel/dist.h"
#include "kernel/time.h"

/* What all packets of a link share. Plain; delay is the caller's and must outlive it. */
struct nap_link {
	const struct nap_dist *delay; /* one way, ns */
	double loss;                  /* share of packets lost, each way */
	double burst; /* mean length of a burst of losses, packets; 1 or less: losses are independent */
	bool steady;  /* draws nothing for a packet: its delay is `fixed` */
	nap_time fixed;
};

/* A link of such values. */
static inline struct nap_link nap_link_of(const struct nap_dist *delay, double loss, double burst)
{
	bool steady = loss <= 0.0 && delay->kind == NAP_DIST_CONSTANT;

	return (struct nap_link){ delay, loss, burst, steady, steady ? (nap_time)delay->a : 0 };
}

/* One direction of a link, as one flow of packets sees it; zeroed: nothing has passed yet. */
struct nap_link_way {
	nap_time last; /* the latest arrival: links keep order */
	bool bad;      /* in a burst of losses */
};

/* The same of a link that is not steady. */
bool nap_link_cross_by_chance(const struct nap_link *l, struct nap_link_way *way, nap_time now,
	struct nap_rng *loss, struct nap_rng *delay, nap_time *at);

/* A packet enters at now: false when it is lost, else *at is when it arrives, behind all that entered before it. */
static inline bool nap_link_cross(const struct nap_link *l, struct nap_link_way *way, nap_time now,
	struct nap_rng *loss, struct nap_rng *delay, nap_time *at)
{
	if (!l->steady)
		return nap_link_cross_by_chance(l, way, now, loss, delay, at);
	*at = way->last = nap_time_max(nap_time_after(now, l->fixed), way->last);
	return true;
}

#endif
