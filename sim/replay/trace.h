/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A capture's packets on their way to whoever replays them: whose device it is (told, or found out from the first packets), which
 * way each goes, and a clock that never goes back.
 */
#ifndef NAP_REPLAY_TRACE_H
#define NAP_REPLAY_TRACE_H

#include "kernel/time.h"
#include "replay/frame.h"

#define NAP_TRACE_DEVICES 8 /* addresses of the device */

/* A packet that the device sent, or that came to it, in the trace's own time. */
struct nap_trace_packet {
	nap_time at;
	bool up;
	uint8_t device; /* which of the device's addresses it has, NAP_TRACE_DEVICES: none (multicast) */
	bool simulated; /* its times are a simulation's: no network was quicker than the radio */
	struct nap_frame frame;
};

/* Told of each packet in order of time. */
typedef void (*nap_trace_fn)(void *ctx, const struct nap_trace_packet *p);

struct nap_trace {
	struct nap_ip device[NAP_TRACE_DEVICES];
	uint32_t devices;
	bool inferred;            /* nobody said which these are ... */
	uint64_t seen, explained; /* ... and of so many packets looked at they explain so many */
	bool simulated;           /* the clock began with the trace: its times are those of a scenario */
	uint64_t packets, frames, skipped[NAP_SKIPS];
	uint64_t back,
		steps; /* frames earlier than the one before: a little (taken as then), or since the clock was set back */
	nap_time first, last; /* of packets, in the trace's own time */
	/* inside */
	nap_trace_fn fn;
	void *ctx;
	nap_time span;        /* of the scenario */
	nap_time clock;       /* of the latest frame */
	nap_time base, shift; /* time of a capture's clock that is 0 here; what was set back since */
	bool begun;
	struct nap_waiting *waiting; /* until the device is known */
};

/*
 * device: n addresses of it; 0: they are to be found out. A capture whose clock begins within span of 1970 is a simulation's, whose times
 * are taken as they are; all others begin with their first packet.
 */
void nap_trace_init(struct nap_trace *t, const struct nap_ip *device, uint32_t n, nap_time span,
	nap_trace_fn fn, void *ctx);

/* The next frame of the capture: captured bytes of wire, at seconds and nanoseconds of its clock. */
void nap_trace_frame(struct nap_trace *t, int64_t s, int64_t ns, int link, const uint8_t *data,
	uint32_t captured, uint32_t wire);

/* No more come. */
void nap_trace_end(struct nap_trace *t);
void nap_trace_clear(struct nap_trace *t);

#endif
