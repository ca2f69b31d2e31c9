/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a radio did, as integers: dwell, on-time, counts, bytes. Meters add up
 * in any order to the same sums; energy is computed from them once, at the end.
 */
#ifndef NAP_RADIO_METER_H
#define NAP_RADIO_METER_H

#include <stdint.h>

#include "kernel/api.h"
#include "kernel/time.h"
#include "net/packet.h"
#include "radio/tech.h"

/*
 * Watches state changes, in time order for one radio. edge NAP_RADIO_NONE: state is entered at that time; else the
 * transition along that edge towards state begins (its end is reported as an entry when the machine is next touched).
 */
struct nap_radio_observer {
	void (*change)(void *ctx, nap_time at, uint8_t state, uint8_t edge);
	void *ctx;
};

/* One state's or edge's row: all that one touch writes lies close together. */
struct nap_meter_state {
	nap_time dwell[NAP_CAUSES];            /* ns in the state, by the cause of the last activity before */
	nap_time on[NAP_CAUSES];               /* of these, in on-windows of its cycle */
	uint64_t cycles[NAP_CAUSES];           /* on-windows begun */
	uint64_t bytes[NAP_LINKS][NAP_CAUSES]; /* carried in the state */
};

struct nap_meter_edge {
	uint64_t taken[NAP_CAUSES];
	nap_time ns[NAP_CAUSES]; /* time spent in transition */
};

struct nap_bill; /* radio/price.h */

struct nap_meter {
	struct nap_meter_state state[NAP_RADIO_STATES_MAX];
	struct nap_meter_edge edge[NAP_RADIO_EDGES_MAX];
	uint64_t packets[NAP_LINKS][NAP_CAUSES];
	uint64_t events; /* edges taken */
	uint64_t pages;  /* of these first ones for a packet to a device whose user plane is down */
	const struct nap_radio_observer *observer; /* NULL: none; not merged */
	struct nap_bill *bill;                     /* NULL: none; not merged */
};

/* --- natnap.h --- */
/*
 * Where energy went, mJ. The seven components sum to total; so do idle and the causes. None is negative: on-windows or
 * transfers that need less than their state are charged all they need, and the state's own time goes without them.
 */
struct nap_energy {
	double total;
	double promotion;         /* transitions on traffic */
	double transfer;          /* bytes, above the state's own power */
	double tail;              /* time in connected states, and demotions that take time */
	double drx;               /* on-windows in connected states, above the state's power */
	double paging;            /* on-windows in other states, above the state's power */
	double base;              /* time in other states */
	double processor;         /* of the device, where it is asked for: wake-ups and time awake */
	double idle;              /* paging and base: nobody's doing */
	double cause[NAP_CAUSES]; /* all else, by what caused it */
};
/* --- */

/* --- natnap.h --- */
/* A meter that has counted nothing, for whoever does not know its size. Free with nap_meter_free, which accepts NULL. */
NAP_API struct nap_meter *nap_meter_new(void);
NAP_API void nap_meter_free(struct nap_meter *meter);
/* --- */

/* into += n times from; observers stay. tech says how many rows are in use. */
void nap_meter_add(
	struct nap_meter *into, const struct nap_meter *from, uint64_t n, const struct nap_radio_tech *tech);

/* to = a - b: what happened between two readings; a is the later, to may be either. */
void nap_meter_difference(struct nap_meter *to, const struct nap_meter *a, const struct nap_meter *b,
	const struct nap_radio_tech *tech);

/* --- natnap.h --- */
/* The energy of what the meter counted on tech. */
NAP_API struct nap_energy nap_meter_energy(const struct nap_meter *meter, const struct nap_radio_tech *tech);

/* Promotions taken; ns in states whose user plane is up. */
NAP_API uint64_t nap_meter_promotions(const struct nap_meter *meter, const struct nap_radio_tech *tech);
NAP_API nap_time nap_meter_connected(const struct nap_meter *meter, const struct nap_radio_tech *tech);
/* --- */

/* Messages of signalling that its transitions and pages took, as the profile counts them. */
uint64_t nap_meter_signalling(const struct nap_meter *meter, const struct nap_radio_tech *tech);

/* How often the device fell asleep where the network cannot reach it; *ns: for how long in all. */
uint64_t nap_meter_sleeps(const struct nap_meter *meter, const struct nap_radio_tech *tech, nap_time *ns);

/* Bytes carried in one direction, all states and causes. */
uint64_t nap_meter_bytes(const struct nap_meter *meter, enum nap_direction link);

#endif
