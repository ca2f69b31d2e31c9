/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TCP segments that no stack sends: their numbers, and how a probe's tag rides
 * in them. The tag's low bits are the window field, which middleboxes leave
 * alone and which is always large enough to be believed.
 */
#ifndef NAP_LIVE_SEGMENT_H
#define NAP_LIVE_SEGMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "live/inet.h"

#define NAP_SEGMENT_DATA  128 /* payload bytes at most */
#define NAP_SEGMENT_MARKS 0x4000

struct nap_segment {
	struct nap_inet src, dst;
	uint32_t seq, ack;
	uint16_t window, len; /* len: payload bytes, all zero */
	uint8_t flags, ttl;   /* enum nap_tcp_flags; ttl 0: as usual */
};

/* One end of a raw flow. */
struct nap_tcb {
	uint32_t next, expected; /* sequence number to send next, and to come next */
	uint32_t last;     /* sequence number of the last segment sent in order, which `again` repeats */
	bool synchronised; /* expected is known */
};

/* Fills in the numbers of a segment whose flags and len are set; a shifted or repeated one leaves the flow's state as it is. */
void nap_tcb_send(struct nap_tcb *t, bool again, int32_t shift, struct nap_segment *s);

/* A segment came. */
void nap_tcb_receive(struct nap_tcb *t, const struct nap_segment *s);

static inline uint16_t nap_segment_window(uint32_t tag)
{
	return (uint16_t)(0x8000 | tag % NAP_SEGMENT_MARKS);
}

/* The mark in a window field; 0 when there is none, as in what boxes and stacks send. */
static inline uint32_t nap_segment_mark(uint16_t window)
{
	return window / NAP_SEGMENT_MARKS == 2 ? window % NAP_SEGMENT_MARKS : 0;
}

#endif
