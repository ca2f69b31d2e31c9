/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The round trip as Linux estimates it (RFC 6298 with its refinements): in microseconds, the variance with a floor of
 * rto-min, rising at once and decaying by a quarter a round trip. The retransmission time-out is the sum of both.
 */
#ifndef NAP_CLIENT_TCP_RTT_H
#define NAP_CLIENT_TCP_RTT_H

#include <stdint.h>

#include "kernel/time.h"

/* Zeroed: nothing measured yet. */
struct nap_tcp_rtt {
	uint32_t srtt;     /* us, times 8; 0: no sample */
	uint32_t mdev;     /* us, times 4: smoothed deviation */
	uint32_t mdev_max; /* the same: its largest in this round trip */
	uint32_t rttvar;   /* the same: what the time-out takes */
	uint32_t round;    /* the sequence number that ends this round trip */
};

/* A round trip was measured; una, nxt: oldest unacknowledged and next to be sent, the acknowledgement counted. */
void nap_tcp_rtt_sample(struct nap_tcp_rtt *r, nap_time rtt, nap_time rto_min, uint32_t una, uint32_t nxt);

/* What the estimate gives as retransmission time-out, not beyond max; there must be a sample. */
nap_time nap_tcp_rtt_rto(const struct nap_tcp_rtt *r, nap_time max);

/* The smoothed round trip; 0: none measured. */
nap_time nap_tcp_rtt_smoothed(const struct nap_tcp_rtt *r);

#endif
