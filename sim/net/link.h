/* SPDX-License-Identifier: BSD-2-Clause */
/* A link between two hops: delay, order, loss and its bursts. The only one: every packet of every command crosses it. */
#ifndef NAP_NET_LINK_H
#define NAP_NET_LINK_H

#include "kernel/dist.h"
#include "kernel/time.h"

/* What all packets of a link share. Plain; delay is the caller's and must outlive it. */
struct nap_link {
	const struct nap_dist *delay;           /* one way, ns ... */
	const struct nap_dist_changes *changes; /* ... which these take the place of; NULL: none does */
	double loss;                            /* share of packets lost, each way */
	double burst; /* mean length of a burst of losses, packets; 1 or less: losses are independent */
	bool draws;   /* something is drawn for a packet */
	bool steady;  /* nothing is, and its delay is always `fixed` */
	nap_time fixed;
};

/* A link of such values, that always stay the same; and one whose delay changes (an empty list: it does not). */
struct nap_link nap_link_of(const struct nap_dist *delay, double loss, double burst);
struct nap_link nap_link_changing(
	const struct nap_dist *delay, const struct nap_dist_changes *changes, double loss, double burst);

/* The delay of what enters at now: how many changes there were by then, and what it is after so many. */
uint32_t nap_link_changed(const struct nap_link *l, nap_time now);
static inline const struct nap_dist *nap_link_delay(const struct nap_link *l, uint32_t changed)
{
	return changed ? &l->changes->row[changed - 1].dist : l->delay;
}

/* When it changes for the n-th time, counted from 0; NAP_NEVER: not so often. */
static inline nap_time nap_link_change(const struct nap_link *l, uint32_t n)
{
	return l->changes && n < l->changes->n ? l->changes->row[n].at : NAP_NEVER;
}

/* What a delay is taken for where reach is reckoned: its mean; one without a mean counts as none. */
nap_time nap_link_usual(const struct nap_dist *delay);

/* One direction of a link, as one flow of packets sees it; zeroed: nothing has passed yet. */
struct nap_link_way {
	nap_time last; /* the latest arrival: links keep order */
	bool bad;      /* in a burst of losses */
};

/* The same of a link that is not steady. */
bool nap_link_cross_by_chance(const struct nap_link *l, struct nap_link_way *way, nap_time now,
	struct nap_rng *loss, struct nap_rng *delay, nap_time *at);

/* The same over a steady link, which loses nothing: when it arrives. *last: when the one before it did. */
static inline nap_time nap_link_cross_steady(const struct nap_link *l, nap_time *last, nap_time now)
{
	return *last = nap_time_max(nap_time_after(now, l->fixed), *last);
}

/* A packet enters at now: false when it is lost, else *at is when it arrives, behind all that entered before it. */
static inline bool nap_link_cross(const struct nap_link *l, struct nap_link_way *way, nap_time now,
	struct nap_rng *loss, struct nap_rng *delay, nap_time *at)
{
	if (!l->steady)
		return nap_link_cross_by_chance(l, way, now, loss, delay, at);
	*at = nap_link_cross_steady(l, &way->last, now);
	return true;
}

#endif
