/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A trace as a client: its packets drive the radio, the meter and the boxes of a scenario, those of the first subscriber in the first
 * replication of a run. The capture is taken to be the device's: what it sends is there before the radio has it, what comes to it
 * after. What a box would have stopped costs the radio what it cost in the trace: what the device would have done instead nobody knows.
 */
#ifndef NAP_REPLAY_REPLAY_H
#define NAP_REPLAY_REPLAY_H

#include "path/subscriber.h"
#include "replay/flows.h"
#include "replay/series.h"
#include "replay/trace.h"
#include "run/scenario.h"

struct nap_replay;

/* Packets of all flows between two silences of NAP_BURST_GAP. */
struct nap_burst {
	nap_time begun, last;
	uint64_t packets, bytes, promotions;
	uint64_t flow; /* number of the flow that began it */
	bool up;
	struct nap_wide paid;
};

/* What is told as soon as it is known; functions may be NULL. */
struct nap_replay_sink {
	void *ctx;
	void (*flow)(void *ctx, const struct nap_flow *f);
	void (*burst)(void *ctx, const struct nap_burst *b);
};

/* Flows that a middlebox has cut. */
struct nap_replay_hop {
	uint64_t cut, used_after; /* flows; of these, those that the trace used afterwards */
	struct nap_box_counts counts;
};

struct nap_replay_sums {
	nap_time duration;
	uint64_t packets[2], bytes[2]; /* by up */
	struct nap_energy energy;      /* mJ */
	struct nap_wide seen[NAP_SEEN_N];
	uint64_t promotions;
	nap_time connected, dwell[NAP_RADIO_STATES_MAX];
	uint64_t bent, asleep; /* as in struct nap_cost */
	uint64_t flows, bursts, flows_cut, flows_used_after, flows_kept_alive;
	uint64_t live_peak;   /* flows at once */
	uint64_t unsolicited; /* packets of flows that the device had not opened before */
	struct nap_replay_hop hop[NAP_HOPS_MAX];
};

/* sc must stay. sink and observer (or NULL) watch. Free with nap_replay_free, which accepts NULL. */
struct nap_replay *nap_replay_new(const struct nap_scenario *sc, const struct nap_replay_sink *sink,
	const struct nap_observer *observer);
void nap_replay_free(struct nap_replay *r);

/* Fill *s, which has to stay, from here on. Before the first packet. */
void nap_replay_series(struct nap_replay *r, struct nap_series *s);

/* The next packet; ctx is the struct nap_replay: a nap_trace_fn. */
void nap_replay_packet(void *ctx, const struct nap_trace_packet *p);

/* The trace is over. end: when; NAP_NEVER: when the radio has come to rest after the last packet. What is not told yet is. */
void nap_replay_finish(struct nap_replay *r, nap_time end, struct nap_replay_sums *out);

#endif
