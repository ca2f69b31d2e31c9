/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a trace's packets do to the radio, and who pays: all energy but that of rest goes to the packet that was the last one
 * when it was spent. A tail so belongs to the packet, flow and burst that caused it, and a promotion to the packet that took it.
 */
#ifndef NAP_REPLAY_COST_H
#define NAP_REPLAY_COST_H

#include "kernel/wide.h"
#include "radio/price.h"
#include "radio/radio.h"

struct nap_cost {
	const struct nap_radio_tech *tech;
	struct nap_radio radio;
	struct nap_meter meter;
	struct nap_rng rng;
	nap_time last;  /* the radio's latest event */
	double slowest; /* ns of a byte for the device, in the state that is the slowest */
	bool updates;   /* the device speaks by itself (tracking area updates), which no packet pays for */
	uint64_t bent,
		asleep; /* packets that the radio would have handed over later, or that find the device asleep */
	struct nap_prices prices; /* those of rest and of updates are 0 */
	struct nap_bill bill, aside_bill;
	struct nap_wide billed, aside;
	struct nap_meter scratch;
};

/* At rest at time 0. c must not move after it. */
void nap_cost_init(struct nap_cost *c, const struct nap_radio_tech *tech, struct nap_rng rng);

/* A packet of so many bytes that the device gave to the radio at now: returns when it is on the air. */
nap_time nap_cost_up(struct nap_cost *c, nap_time now, uint32_t bytes);

/*
 * One that the device had from the radio at now: when the network gave it to the radio, so that it came then; the latest such time,
 * not before the event before it, nor after `by`.
 */
nap_time nap_cost_sent(struct nap_cost *c, nap_time now, nap_time by, uint32_t bytes);

/* Is the radio up at now, listening all the time, so that nothing waits at it? Looks, does not touch. */
bool nap_cost_is_ready(const struct nap_cost *c, nap_time now);

/* How long so many bytes for the device are on the air at most. */
nap_time nap_cost_air(const struct nap_cost *c, uint32_t bytes);

/*
 * One of so many bytes came to the device at `came`: had the network given it to the radio before the device sent something else at
 * `sent`, since it could not have come by then otherwise? Looks, does not touch.
 */
bool nap_cost_is_before(
	const struct nap_cost *c, nap_time came, uint32_t bytes, nap_time sent, uint32_t sent_bytes);

/* The network gives the radio a packet at `sent`, as nap_cost_sent found. False: the device would have been asleep. */
bool nap_cost_down(struct nap_cost *c, nap_time sent, uint32_t bytes);

/*
 * What all packets so far pay for, up to now (not before the last event). Differences of it are what was spent between; in units of
 * radio/price.h.
 */
struct nap_wide nap_cost_paid(struct nap_cost *c, nap_time now);

/* Units as joules. */
double nap_cost_joules(struct nap_wide units);

/* ns in states whose user plane is up, no packet's update among them; of stretches that have ended. */
nap_time nap_cost_connected(const struct nap_cost *c);

/* When the radio is at rest after its last event, if nothing else comes. */
nap_time nap_cost_rests(const struct nap_cost *c);

/* All energy up to now (not before the last event), mJ, and time in connected states. Looks, does not touch. */
struct nap_energy nap_cost_energy(const struct nap_cost *c, nap_time now, nap_time *connected);

/* The end of the trace. */
void nap_cost_close(struct nap_cost *c, nap_time now);

#endif
