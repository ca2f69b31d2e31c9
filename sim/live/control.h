/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The client's half of the control flow: gets and renews the cookie, sees
 * orders through (repeated until answered, done once), fetches events (each
 * handed out once), pays ahead, and measures the round trip. No socket: records
 * go out through a function, so tests run it against a reflector in memory.
 */
#ifndef NAP_LIVE_CONTROL_H
#define NAP_LIVE_CONTROL_H

#include "kernel/time.h"
#include "live/record.h"

struct nap_control;

typedef void (*nap_control_send_fn)(void *ctx, const uint8_t *data, size_t n);

/* What became of an order: result is enum nap_record_result, at when it was carried out, in the client's clock. */
typedef void (*nap_control_done_fn)(
	void *ctx, const struct nap_record_order *order, uint8_t result, nap_time at);

/* association: random, secret, not 0. Starts by asking for a cookie. Free with nap_control_free, which accepts NULL. */
struct nap_control *nap_control_new(
	uint64_t association, nap_time now, nap_control_send_fn send, nap_control_done_fn done, void *ctx);
void nap_control_free(struct nap_control *c);

/* What the server said of itself; NULL until it has. */
const struct nap_record_welcome *nap_control_welcome(const struct nap_control *c);

/* Gives w (its type and body are set) association, sequence number and cookie. Each record is stamped once and sent once. */
void nap_control_stamp(struct nap_control *c, struct nap_record *w);

/* Is this the number of this association? Records that do not carry it are from strangers. */
bool nap_control_ours(const struct nap_control *c, uint64_t association);

/* Starts an order; its op and acked are set here. price: records that carrying it out will cost the server. */
void nap_control_order(
	struct nap_control *c, nap_time now, const struct nap_record_order *order, uint32_t price);

/* Are orders for this flow under way? */
bool nap_control_busy(const struct nap_control *c, uint32_t flow);

/* Something was sent on a flow: news is to be expected, so poll soon. */
void nap_control_expect(struct nap_control *c, nap_time now);

/* A record from the server; what is not an answer of this association is ignored. */
void nap_control_input(struct nap_control *c, nap_time now, const struct nap_record *w);

/* The next event not yet handed out, and when it happened in the client's clock. */
bool nap_control_event(struct nap_control *c, struct nap_record_event *event, nap_time *at);

/* When nap_control_advance wants to be called; it repeats what is due, polls, and renews the cookie. */
nap_time nap_control_deadline(const struct nap_control *c);
void nap_control_advance(struct nap_control *c, nap_time now);

/* When the server last answered this session; a WELCOME is none. */
nap_time nap_control_heard(const struct nap_control *c);

/* Has it ever? And why does it refuse to, by its last answer; 0: it does not. */
bool nap_control_answered(const struct nap_control *c);
enum nap_record_refusal nap_control_refused(const struct nap_control *c);

/* Tells the server that this is the end, so that the place is another's. */
void nap_control_leave(struct nap_control *c);

/* The least round trip seen; and half of the greatest one seen lately: the server's times are off by no more than that. */
nap_time nap_control_rtt(const struct nap_control *c);
nap_time nap_control_slack(const struct nap_control *c);

#endif
