/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of TCP share; nobody else's. */
#ifndef NAP_CLIENT_TCP_INSIDE_H
#define NAP_CLIENT_TCP_INSIDE_H

#include "client/tcp.h"

#define NAP_TCP_SCALE     7u
#define NAP_TCP_HEADERS   40u        /* IPv4 and TCP without options */
#define NAP_TCP_NO_THRESH UINT16_MAX /* nothing was lost yet */

/* What is known of a segment sent. */
enum nap_tcp_mark {
	NAP_TCP_AGAIN = 1,  /* it went more than once */
	NAP_TCP_SACKED = 2, /* it has arrived, behind a gap */
	NAP_TCP_LOST = 4,   /* it is taken for lost ... */
	NAP_TCP_RESENT = 8, /* ... and went again since */
};

enum nap_tcp_recovery {
	NAP_TCP_ORDERLY,
	NAP_TCP_FAST,    /* fast recovery: until all that was out then is acknowledged */
	NAP_TCP_TIMEOUT, /* the same after a time-out */
};

/* What the retransmission timer stands for. */
enum nap_tcp_due {
	NAP_TCP_DUE_TIMEOUT,
	NAP_TCP_DUE_PROBE,   /* of a tail loss (RFC 8985 7) */
	NAP_TCP_DUE_REORDER, /* whether what is missing was overtaken or lost is settled (RFC 8985 6) */
};

static inline bool nap_tcp_before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

/* What few connections have, kept until they are cleared; each NULL where there is none. */
struct nap_tcp_aside {
	struct nap_tcp_store *store; /* what came behind a gap: tcp_store.c */
	struct nap_tcp_epoch *epoch; /* congestion avoidance since the last loss: tcp_growth.c */
};

static inline struct nap_tcp_store *nap_tcp_store_of(const struct nap_tcp *t)
{
	return t->aside ? t->aside->store : NULL;
}

static inline struct nap_tcp_epoch *nap_tcp_epoch_of(const struct nap_tcp *t)
{
	return t->aside ? t->aside->epoch : NULL;
}

/* To put some there. */
struct nap_tcp_aside *nap_tcp_aside(struct nap_tcp *t);

/* How many segments its queue has room for. */
static inline uint32_t nap_tcp_queue_room(const struct nap_tcp *t)
{
	return UINT32_C(1) << t->room;
}

/* The i-th segment of the queue, and the sequence number behind one. */
static inline struct nap_tcp_segment *nap_tcp_segment(struct nap_tcp *t, uint32_t i)
{
	return (t->room > 0 ? t->more : t->own) + ((t->first + i) & (nap_tcp_queue_room(t) - 1));
}

static inline uint32_t nap_tcp_segment_end(const struct nap_tcp_segment *s)
{
	return s->seq + s->len + ((s->flags & (NAP_SYN | NAP_FIN)) != 0);
}

/* Bytes from rcv on that this end takes. */
static inline uint32_t nap_tcp_own_window(const struct nap_tcp *t)
{
	return (uint32_t)t->window << NAP_TCP_SCALE;
}

/* Is the handshake still going on? */
static inline bool nap_tcp_is_opening(const struct nap_tcp *t)
{
	return t->state == NAP_TCP_SYN_SENT || t->state == NAP_TCP_SYN_RECEIVED;
}

/* Segments that are under way, as far as is known. */
static inline uint32_t nap_tcp_in_flight(const struct nap_tcp *t)
{
	return t->n_sent - t->sacked - t->lost + t->resent;
}

/* --- the queue: tcp_queue.c -------------------------------------------------------------------------------------- */

void nap_tcp_enqueue(struct nap_tcp *t, const struct nap_tcp_segment *s);

/* A message (flags NAP_PSH) or bytes alone (0), in segments of t->mss. */
void nap_tcp_enqueue_message(struct nap_tcp *t, struct nap_tcp_segment s);

/* The oldest segment, or part of it, is done with. */
void nap_tcp_dequeue(struct nap_tcp *t);
void nap_tcp_shorten(struct nap_tcp *t, uint32_t ack);

/* Segments are cut again, to t->mss, which has become smaller. */
void nap_tcp_recut(struct nap_tcp *t);

/* Sets a mark of a segment that was sent, and takes marks off, with the counts. */
void nap_tcp_mark(struct nap_tcp *t, struct nap_tcp_segment *s, uint8_t set, uint8_t clear);

/* --- what came out of order: tcp_store.c ------------------------------------------------------------------------- */

/* Keeps p, which begins behind rcv. */
void nap_tcp_store_add(struct nap_tcp *t, const struct nap_packet *p);

/* rcv goes on over what is kept. Returns the events of it. */
unsigned nap_tcp_store_advance(struct nap_tcp *t);

/* The block of what is kept that holds the latest. Both 0: nothing is. */
struct nap_sack nap_tcp_store_block(const struct nap_tcp *t);

bool nap_tcp_store_waits(const struct nap_tcp *t); /* is there a gap? */

/* --- acknowledgements: tcp_ack.c --------------------------------------------------------------------------------- */

/* Payload came in order, and an acknowledgement of it goes now or waits. */
void nap_tcp_ack_data(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now, uint32_t len);

/* Something is amiss: acknowledgements go at once for a while. */
void nap_tcp_ack_quickly(struct nap_tcp *t, const struct nap_tcp_config *cfg);

/* The peer has closed: the program is about to. */
void nap_tcp_ack_fin(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now);

/* A segment with acknowledgement went; one with payload. */
void nap_tcp_ack_sent(struct nap_tcp *t, const struct nap_tcp_config *cfg);
void nap_tcp_ack_answered(struct nap_tcp *t, nap_time now);

/* The delayed acknowledgement's timer. */
void nap_tcp_ack_timer(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now);

/* --- what the peer acknowledges, and what is lost: tcp_recovery.c ------------------------------------------------- */

/* Takes p's acknowledgement. True: there is something new in it. */
bool nap_tcp_take_ack(
	struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now, const struct nap_packet *p);

/* A time-out: all is lost but what went lately. */
void nap_tcp_enter_timeout(struct nap_tcp *t, nap_time now);

/* What is missing has had its time. */
void nap_tcp_reorder_over(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now);

/* The path takes only so many bytes: what was larger goes again in smaller segments, without a smaller window. */
void nap_tcp_too_big(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now, uint32_t mtu);

/* Payload of a segment, from what both ends and the path take. */
void nap_tcp_set_mss(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now);

/* --- the window: tcp_growth.c ------------------------------------------------------------------------------------ */

/* So many segments have newly arrived. */
void nap_tcp_grow(struct nap_tcp *t, nap_time now, uint32_t acked);

/* What the window is to be after a loss; cubic forgets its epoch. */
uint16_t nap_tcp_after_loss(struct nap_tcp *t);

/* What ssthresh stands for when nothing is being recovered from (Linux, tcp_current_ssthresh). */
uint16_t nap_tcp_current_thresh(const struct nap_tcp *t);

/* Payload is about to go after nothing was out. */
void nap_tcp_after_idle(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now);

/* Was the window what kept more from going? To be called when all that may go has gone. */
void nap_tcp_note_use(struct nap_tcp *t);

void nap_tcp_epoch_clear(struct nap_tcp *t);

/* --- sending: tcp.c ---------------------------------------------------------------------------------------------- */

/* A segment of no payload of its own (s NULL) or one of the queue. */
void nap_tcp_transmit(struct nap_tcp *t, const struct nap_tcp_config *cfg, uint32_t seq, uint32_t flags,
	const struct nap_tcp_segment *s, nap_time now, struct nap_outbox *out);

/* Number i of the queue, for the first time or again. */
void nap_tcp_transmit_segment(struct nap_tcp *t, const struct nap_tcp_config *cfg, uint32_t i, nap_time now,
	struct nap_outbox *out);

/* Its FIN has been acknowledged. */
void nap_tcp_fin_acknowledged(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now);

/* Where segments are no longer lost without notice: the connection is gone. */
unsigned nap_tcp_abort(struct nap_tcp *t);

/* --- what is wrong: tcp_errors.c --------------------------------------------------------------------------------- */

/* An ICMP error about it, a RST: its events. What does not belong to it is answered by what does. */
unsigned nap_tcp_take_icmp(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now,
	const struct nap_packet *p, struct nap_outbox *out);
unsigned nap_tcp_take_reset(struct nap_tcp *t, nap_time now, const struct nap_packet *p);
void nap_tcp_answer_invalid(struct nap_tcp *t, nap_time now, const struct nap_packet *p);

/* --- timers: tcp_timer.c ----------------------------------------------------------------------------------------- */

/*
 * When a timer fires that is set now for at: the kernel's wheel rounds the wait up to the granule of its level. The wait, not
 * the moment, so that the same cycle looks the same at any time.
 */
nap_time nap_tcp_wheel(const struct nap_tcp_config *cfg, nap_time now, nap_time at);

/* Sets the timer after sending something; after an acknowledgement of something. */
void nap_tcp_arm_sent(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now);
void nap_tcp_arm_acked(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now);

/* The time-out that the estimate gives, without back-off. */
nap_time nap_tcp_fresh_rto(const struct nap_tcp *t, const struct nap_tcp_config *cfg);

/* Net or host unreachable: a time-out was none of congestion's, and its back-off is undone (RFC 6069). */
unsigned nap_tcp_revert_backoff(
	struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now, struct nap_outbox *out);

#endif
