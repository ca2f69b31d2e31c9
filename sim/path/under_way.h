/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is under way on a path with delays: pushes sent up to a moment are decided; of those sent since, spans of time whose pushes do
 * not get through. Spans are disjoint, in no order; there is mostly one. Private to path/.
 */
#ifndef NAP_PATH_UNDER_WAY_H
#define NAP_PATH_UNDER_WAY_H

#include "kernel/snapshot.h"
#include "kernel/time.h"
#include "net/packet.h"

/* A push sent from there on until then does not get through. */
struct nap_sent_span {
	nap_time from, to;
};

struct nap_under_way {
	nap_time counted; /* pushes sent up to here are decided */
	nap_addr to;      /* what came to the device last was sent there, zero: nothing came ... */
	uint16_t to_port; /* ... and to this port */
	uint8_t open;     /* other parts than boxes that are, a bit each; they stay so */
	uint8_t spans; /* 0, 1: so many, in own; else n, in more, with room for so many that four divides it */
	union {
		struct nap_sent_span own;
		struct {
			struct nap_sent_span *more;
			uint32_t n;
		};
	};
};

/* Pushes sent in that span do not get through. */
void nap_under_way_close(struct nap_under_way *u, nap_time from, nap_time to);

/* Pushes sent before `to` are decided: how long they got through, of the time since the last such moment. */
nap_time nap_under_way_count(struct nap_under_way *u, nap_time to);

/* Nothing is under way any more. */
void nap_under_way_free(struct nap_under_way *u);

/* For whole cycles (path/cycle.h): mixed into a number, moved on. */
extern const struct nap_fields *const nap_under_way_tables[];
uint64_t nap_under_way_mark(uint64_t h, const struct nap_under_way *u, const struct nap_moment *m);
void nap_under_way_shift(struct nap_under_way *u, nap_time span);

#endif
