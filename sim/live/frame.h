/* SPDX-License-Identifier: BSD-2-Clause */
/* Captured frames taken apart: TCP segments and ICMP errors about TCP. Every length in them is a stranger's claim. */
#ifndef NAP_LIVE_FRAME_H
#define NAP_LIVE_FRAME_H

#include <stddef.h>

#include "kernel/time.h"
#include "kernel/time.h"
#include "live/segment.h"

struct nap_frame {
	struct nap_segment segment; /* icmp: the quoted one, as it was sent; its numbers may be missing (0) */
	bool icmp;
	uint8_t icmp_type, icmp_code;
	struct nap_inet offender; /* icmp: who sent the error */
	uint8_t hops_left;        /* of the frame's own IP header */
	nap_time at;              /* when it arrived; 0: unknown. Set by whoever captured it */
};

/* link: libpcap's DLT_ value (raw IP, Ethernet, Linux cooked 1 and 2). False when it is anything else, or cut short. */
bool nap_frame_read(int link, const uint8_t *data, size_t n, struct nap_frame *out);

#endif
