/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The device's radio: one interpreter for every technology's table of states
 * and edges. Nothing is queued for it: inactivity timers are settled when the
 * machine is next touched, in order and at their own times.
 */
#ifndef NAP_RADIO_RADIO_H
#define NAP_RADIO_RADIO_H

#include "kernel/rng.h"
#include "kernel/time.h"
#include "net/packet.h"
#include "radio/meter.h"
#include "radio/tech.h"

/* One device's machine. Plain; all of it is here, so that a population's radios lie in one array. */
struct nap_radio {
	nap_time since;	 /* when the current state was entered (a promotion under way: when it ends) */
	nap_time active; /* the last activity that restarts inactivity timers */
	uint8_t state;	 /* index into tech->state */
	uint8_t cause;	 /* enum nap_cause of the last activity: pays for the tail */
};

void nap_radio_init(struct nap_radio *r, const struct nap_radio_tech *tech, nap_time now);

/* Take all demotions that are due by now; meter gets dwell and transitions. */
void nap_radio_settle(
	struct nap_radio *r, const struct nap_radio_tech *tech, nap_time now, struct nap_meter *meter);

/*
 * The device hands bytes to the radio at now. Returns when the last of them is on the air: now or later by
 * promotions and transfer time; NAP_NEVER when the packet cannot be sent. Times of calls must not decrease, but may
 * lie before a time returned earlier (a packet handed over during a promotion waits for its end).
 */
nap_time nap_radio_send(struct nap_radio *r, const struct nap_radio_tech *tech, nap_time now, uint32_t bytes,
	enum nap_cause cause, struct nap_rng *rng, struct nap_meter *meter);

/*
 * The network has bytes for the device at now. Returns when the device has them: after DRX, paging and promotion; NAP_NEVER when
 * the network drops them (device not reachable and no buffering).
 */
nap_time nap_radio_receive(struct nap_radio *r, const struct nap_radio_tech *tech, nap_time now,
	uint32_t bytes, enum nap_cause cause, struct nap_rng *rng, struct nap_meter *meter);

/* Is the device's user plane up (no promotion needed to send) at now? For policies that ride on it. Looks, does not touch. */
bool nap_radio_connected(const struct nap_radio *r, const struct nap_radio_tech *tech, nap_time now);

/* State relative to now, mixed into one number: equal numbers, equal future. For exact cycle skipping. */
uint64_t nap_radio_fingerprint(const struct nap_radio *r, const struct nap_radio_tech *tech, nap_time now);

/* Move all of the machine's times by span: what n whole cycles do. */
void nap_radio_shift(struct nap_radio *r, nap_time span);

#endif
