/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The device's radio: one interpreter for every technology's table of states
 * and edges. Nothing is queued for it: inactivity timers are settled when the
 * machine is next touched, in order and at their own times.
 */
#ifndef NAP_RADIO_RADIO_H
#define NAP_RADIO_RADIO_H

#include "kernel/api.h"
#include "kernel/rng.h"
#include "kernel/snapshot.h"
#include "kernel/time.h"
#include "net/packet.h"
#include "radio/meter.h"
#include "radio/tech.h"

/* --- natnap.h --- */
/* What nap_radio_receive returns when the network holds a packet for a device that sleeps: hand it over again when the
 * device has spoken or wakes by itself (nap_radio_wakes); or, when the profile's buffer_time has passed first, drop it and say so
 * (nap_radio_unhold). */
#define NAP_RADIO_HELD (NAP_NEVER - 1)

/* One device's machine: 40 bytes, all of it here, so that a population's radios lie in one array. */
struct nap_radio {
	nap_time since;  /* start of the current stretch: entry into state or last activity in it; in the
				future while a transition is under way: its end */
	nap_time active; /* end of the last transfer: inactivity timers run from it */
	nap_time wake;   /* the network's packets wait for the on-window at this time; NAP_NEVER: none do */
	uint32_t draw;   /* seed of what this activity draws; constant when nothing is drawn */
	uint32_t wake_bytes; /* what waits */
	uint8_t state;       /* index into tech->state */
	uint8_t edge;        /* the last edge taken, NAP_RADIO_NONE before the first */
	uint8_t before;      /* the one before it, which may be under way still when that one is to follow */
	uint8_t edge_cause;  /* enum nap_cause that took it */
	uint8_t before_cause;
	uint8_t cause;      /* enum nap_cause of the last activity: pays for the tail */
	uint8_t wake_cause; /* of what waits */
	uint8_t held;       /* packets the network holds while the device is not reachable */
};

/* At rest in the start state since now. */
NAP_API void nap_radio_init(struct nap_radio *r, const struct nap_radio_tech *tech, nap_time now);

/* Take all demotions that are due by now; meter gets dwell and transitions. */
NAP_API void nap_radio_settle(
	struct nap_radio *r, const struct nap_radio_tech *tech, nap_time now, struct nap_meter *meter);

/*
 * The device hands bytes to the radio at now. Returns when the last of them is on the air: now or later by
 * promotions and transfer time; NAP_NEVER when the packet cannot be sent. Times of calls must not decrease, but may
 * lie before a time returned earlier (a packet handed over during a promotion waits for its end).
 */
NAP_API nap_time nap_radio_send(struct nap_radio *r, const struct nap_radio_tech *tech, nap_time now,
	uint32_t bytes, enum nap_cause cause, struct nap_rng *rng, struct nap_meter *meter);

/*
 * The network has bytes for the device at now. Returns when the device has them: after DRX, paging and promotion; NAP_NEVER when
 * the network drops them (device not reachable and no buffering).
 */
NAP_API nap_time nap_radio_receive(struct nap_radio *r, const struct nap_radio_tech *tech, nap_time now,
	uint32_t bytes, enum nap_cause cause, struct nap_rng *rng, struct nap_meter *meter);

/* A packet that the network holds is dropped: its place is free. */
NAP_API void nap_radio_unhold(struct nap_radio *r);
/* --- */

/*
 * With the packet just sent, at the same now, the device told the network what follows it: nothing, or one answer. A network that asks
 * for it (tech->assists) releases the connection accordingly; else nothing happens. What is sent next takes it back.
 */
void nap_radio_assist(struct nap_radio *r, const struct nap_radio_tech *tech, enum nap_assist says);

/* What waits for a page is given up: the device will not hear it. */
void nap_radio_unpage(
	struct nap_radio *r, const struct nap_radio_tech *tech, nap_time now, struct nap_meter *meter);

/* --- natnap.h --- */
/* Is the device's user plane up (no promotion needed to send) at now? For policies that ride on it. Looks, does not touch. */
NAP_API bool nap_radio_connected(const struct nap_radio *r, const struct nap_radio_tech *tech, nap_time now);
/* --- */

/*
 * When a packet that the network has at now would be through, where that takes no more than a look: a state that listens all the time,
 * whose timer has not ended. NAP_NEVER: nap_radio_receive on a copy knows. Looks, does not touch.
 */
static inline nap_time nap_radio_hears_at_once(
	const struct nap_radio *r, const struct nap_radio_tech *tech, nap_time now, uint32_t bytes)
{
	const struct nap_radio_state *s = &tech->state[r->state];

	if (!s->connected || !s->reachable || s->cycle != 0 || s->n[NAP_DOWNLINK] != 0 || tech->random ||
		r->since > now || r->wake != NAP_NEVER)
		return NAP_NEVER;
	if (s->idle_edge != NAP_RADIO_NONE &&
		nap_time_after(nap_time_max(r->since, r->active), tech->edge[s->idle_edge].after) <= now)
		return NAP_NEVER;
	return nap_time_max(now, r->active) + (nap_time)((double)bytes * s->byte_ns[NAP_DOWNLINK] + 0.5);
}

/* State relative to now, mixed into one number: equal numbers, equal future. For exact cycle skipping. */
uint64_t nap_radio_fingerprint(const struct nap_radio *r, const struct nap_radio_tech *tech, nap_time now);

/* Move all of the machine's times by span: what n whole cycles do. */
void nap_radio_shift(struct nap_radio *r, nap_time span);

/* The field tables of this directory's structs, NULL-terminated. */
extern const struct nap_fields *const nap_radio_tables[];

/* --- natnap.h --- */
/*
 * Until when could a downlink packet reach the device (at its next on-window at the latest) if nothing else
 * happened? NAP_NEVER: always; 0: not now, also when it falls asleep before that window. Looks, does not touch.
 */
NAP_API nap_time nap_radio_reachable_until(
	const struct nap_radio *r, const struct nap_radio_tech *tech, nap_time now);

/*
 * When a device that sleeps, or is about to without a window before, next wakes by its own timers (periodic updates):
 * after now; NAP_NEVER when it must speak first. Looks, does not touch.
 */
NAP_API nap_time nap_radio_wakes(const struct nap_radio *r, const struct nap_radio_tech *tech, nap_time now);

/* Settle and account the dwell up to now, cutting what reaches beyond: the end of a run. The machine is spent after it. */
NAP_API void nap_radio_close(
	struct nap_radio *r, const struct nap_radio_tech *tech, nap_time now, struct nap_meter *meter);
/* --- */

/* *out: what meter will say once r is closed at now. Touches neither. */
void nap_radio_reading(const struct nap_radio *r, const struct nap_radio_tech *tech, nap_time now,
	const struct nap_meter *meter, struct nap_meter *out);

#endif
