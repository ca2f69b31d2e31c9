/* SPDX-License-Identifier: BSD-2-Clause */
/* What tcp.c and tcp_timer.c share; nobody else's. */
#ifndef NAP_CLIENT_TCP_INSIDE_H
#define NAP_CLIENT_TCP_INSIDE_H

#include "client/tcp.h"

#define NAP_TCP_SCALED_WINDOW (502u << 7) /* as announced: 64256 bytes */

static inline bool nap_tcp_before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

/* The i-th segment of the queue, and the sequence number behind one. */
static inline struct nap_tcp_segment *nap_tcp_segment(struct nap_tcp *t, uint32_t i)
{
	return &t->queue[(t->first + i) % NAP_TCP_QUEUE];
}

static inline uint32_t nap_tcp_segment_end(const struct nap_tcp_segment *s)
{
	return s->seq + s->len + (s->flags != 0);
}

/* Is the handshake still going on? */
static inline bool nap_tcp_is_opening(const struct nap_tcp *t)
{
	return t->state == NAP_TCP_SYN_SENT || t->state == NAP_TCP_SYN_RECEIVED;
}

/* A segment of no payload of its own (s NULL) or one of the queue. */
void nap_tcp_transmit(const struct nap_tcp *t, uint32_t seq, uint32_t flags, const struct nap_tcp_segment *s,
	nap_time now, struct nap_outbox *out);

/* Number i of the queue, for the first time or again. */
void nap_tcp_transmit_segment(struct nap_tcp *t, uint32_t i, nap_time now, struct nap_outbox *out);

/* Where segments are no longer lost without notice: the connection is gone. */
unsigned nap_tcp_abort(struct nap_tcp *t);

/* Sets the timer after sending something; after an acknowledgement of something. */
void nap_tcp_arm_sent(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now);
void nap_tcp_arm_acked(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now);

/* The time-out that the estimate gives, without back-off. */
nap_time nap_tcp_fresh_rto(const struct nap_tcp *t, const struct nap_tcp_config *cfg);

/* Net or host unreachable: a time-out was none of congestion's, and its back-off is undone (RFC 6069). */
unsigned nap_tcp_revert_backoff(
	struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now, struct nap_outbox *out);

#endif
