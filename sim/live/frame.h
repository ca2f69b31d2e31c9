/* SPDX-License-Identifier: BSD-2-Clause */
/* Captured frames taken apart: TCP segments, ICMP errors about TCP, echo requests. Every length in them is a stranger's claim. */
#ifndef NAP_LIVE_FRAME_H
#define NAP_LIVE_FRAME_H

#include <stddef.h>

#include "kernel/time.h"
#include "live/segment.h"

#define NAP_FRAME_PAYLOAD 128

struct nap_frame {
	struct nap_segment segment; /* icmp: the quoted one, as it was sent; its numbers may be missing (0) */
	bool icmp;
	bool echo;          /* an echo request: the segment's ends bear its identifier as port */
	uint16_t n_payload; /* of an echo request, */
	uint8_t payload[NAP_FRAME_PAYLOAD]; /* as much of it as fits */
	uint8_t icmp_type, icmp_code;
	struct nap_inet offender; /* icmp: who sent the error */
	uint8_t hops_left;        /* of the frame's own IP header */
	nap_time at;              /* when it arrived; 0: unknown. Set by whoever captured it */
};

/* link: libpcap's DLT_ value (raw IP, Ethernet, Linux cooked 1 and 2). False when it is anything else, or cut short. */
bool nap_frame_read(int link, const uint8_t *data, size_t n, struct nap_frame *out);

#endif
