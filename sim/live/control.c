/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/control.h"

#include <string.h>

#include <glib.h>

#include "live/association.h"

#define FIRST_RTO  (300 * NAP_MS)
#define HELLO_PACE (150 * NAP_MS)
#define MAX_RTO    (2 * NAP_S)
#define EAGER      12 /* HELLOs before the pace slows down */
#define TOP_UPS    8  /* times that more is paid for an order that is told to be unpaid */
#define POLL_MIN   (50 * NAP_MS)
#define POLL_MAX   (5 * NAP_S) /* also what keeps the control flow's own binding */
#define LOST_AFTER                                                                                           \
	(10 * NAP_S) /* without an answer: perhaps the server has a new key; ask for a cookie again */
#define LEAVES 3     /* copies of the last order, whose answer nobody waits for */
#define SPARE  8     /* credit kept for events, which come unasked */

struct pending {
	struct nap_record_order order;
	uint32_t price;
	nap_time sent, due, rto;
	uint32_t top_ups; /* times that more was paid for it */
};

struct news {
	struct nap_record_event event;
	nap_time at;
};

struct nap_control {
	nap_control_send_fn send;
	nap_control_done_fn done;
	void *ctx;
	uint64_t association;
	uint32_t hello_first; /* of those that are not answered yet */
	uint32_t seq, hello_seq, hellos, op, epoch;
	enum nap_record_refusal refused; /* by the last answer; 0: it was not */
	bool answered;                   /* the session has been, ever */
	nap_time topped_up;              /* when more was last paid for an order */
	uint8_t mac[NAP_RECORD_MAC];
	bool welcomed;
	struct nap_record_welcome welcome;
	nap_time hello_due, hello_rto, hello_at;
	nap_time cookie_at;   /* when the cookie came */
	nap_time heard;       /* when the server last answered */
	uint32_t poll_seq;    /* of the last poll, 0 once it is answered */
	uint32_t asked_seq;   /* of the last poll, answered or not; */
	uint32_t asked_acked; /* what it told of events had */
	nap_time poll_at, poll_due, poll_gap;
	nap_time rtt, worst;
	uint32_t acked, newest; /* events had without a gap; the last the server spoke of */
	int64_t credit; /* what the server would still send, as far as is known: reported, less what is ordered */
	bool had[NAP_ASSOCIATION_EVENTS]; /* of the events after acked, at number % size */
	GArray *pending;                  /* struct pending */
	GQueue news;                      /* struct news *, to be handed out */
};

struct nap_control *nap_control_new(
	uint64_t association, nap_time now, nap_control_send_fn send, nap_control_done_fn done, void *ctx)
{
	struct nap_control *c = g_new0(struct nap_control, 1);

	c->association = association;
	c->send = send;
	c->done = done;
	c->ctx = ctx;
	c->hello_due = now;
	c->hello_rto = HELLO_PACE;
	c->hello_first = 1;
	c->heard = now;
	c->poll_due = NAP_NEVER;
	c->poll_gap = POLL_MIN;
	c->pending = g_array_new(FALSE, FALSE, sizeof(struct pending));
	g_queue_init(&c->news);
	return c;
}

void nap_control_free(struct nap_control *c)
{
	if (!c)
		return;
	g_array_unref(c->pending);
	g_queue_clear_full(&c->news, g_free);
	g_free(c);
}

const struct nap_record_welcome *nap_control_welcome(const struct nap_control *c)
{
	return c->welcomed ? &c->welcome : NULL;
}

void nap_control_stamp(struct nap_control *c, struct nap_record *w)
{
	w->association = c->association;
	w->seq = ++c->seq;
	w->epoch = c->epoch;
	memcpy(w->mac, c->mac, sizeof(w->mac));
}

bool nap_control_ours(const struct nap_control *c, uint64_t association)
{
	return association == c->association;
}

static void send_record(struct nap_control *c, struct nap_record *w)
{
	uint8_t buf[NAP_RECORD_SIZE];

	nap_control_stamp(c, w);
	nap_record_write(w, buf);
	c->send(c->ctx, buf, sizeof(buf));
}

static void send_hello(struct nap_control *c, nap_time now)
{
	struct nap_record w = { .type = NAP_RECORD_HELLO, .association = c->association, .seq = ++c->seq };
	uint8_t buf[NAP_RECORD_SIZE];

	/* an old cookie, none at first: who shows one need not queue with strangers */
	w.epoch = c->epoch;
	memcpy(w.mac, c->mac, sizeof(w.mac));
	nap_record_write(&w, buf);
	c->send(c->ctx, buf, sizeof(buf));
	c->hello_seq = w.seq;
	c->hello_at = now;
	c->hello_due = now + c->hello_rto;
	if (++c->hellos >= EAGER) /* at first often: a flood may be before the door */
		c->hello_rto = MIN(2 * c->hello_rto, 8 * NAP_S);
}

static void send_credit(struct nap_control *c, int64_t n)
{
	for (; n > 0; n--, c->credit++) {
		struct nap_record w = { .type = NAP_RECORD_CREDIT };

		send_record(c, &w);
	}
}

/* Pays for n records more, and SPARE beyond: whatever a server tells of its balance, an order draws no more than that. */
static void pay(struct nap_control *c, uint32_t n)
{
	c->credit -= n;
	send_credit(c, MIN(SPARE - c->credit, (int64_t)n + SPARE));
}

/* A server has it that an order is unpaid: what that lacks is paid, once in a round trip, and not for ever. */
static void top_up(struct nap_control *c, struct pending *p, nap_time now, uint32_t told)
{
	if (p->top_ups >= TOP_UPS || now - c->topped_up < MAX(c->rtt, POLL_MIN))
		return;
	p->top_ups++;
	c->topped_up = now;
	send_credit(c, (int64_t)p->price + SPARE - MIN(told, p->price + SPARE));
}

/* The server told its balance; orders under way will still take from it. */
static void balance(struct nap_control *c, uint32_t told)
{
	c->credit = told;
	for (guint i = 0; i < c->pending->len; i++)
		if (g_array_index(c->pending, struct pending, i).sent)
			c->credit -= g_array_index(c->pending, struct pending, i).price;
}

static void send_order(struct nap_control *c, struct pending *p, nap_time now)
{
	struct nap_record w = { .type = NAP_RECORD_ORDER, .order = p->order };

	w.order.acked = c->acked;
	send_record(c, &w);
	p->sent = now;
	p->due = now + p->rto;
	p->rto = MIN(2 * p->rto, MAX_RTO);
}

/* The server remembers the results of the last NAP_ASSOCIATION_OPS orders: none may run further ahead of the oldest open one. */
static bool may_send(const struct nap_control *c, const struct pending *p)
{
	return p->order.op - g_array_index(c->pending, struct pending, 0).order.op < NAP_ASSOCIATION_OPS;
}

static void send_orders(struct nap_control *c, nap_time now)
{
	for (guint i = 0; i < c->pending->len; i++) {
		struct pending *p = &g_array_index(c->pending, struct pending, i);

		if (p->due > now || !may_send(c, p))
			continue;
		if (!p->sent)
			pay(c, p->price);
		send_order(c, p, now);
	}
}

void nap_control_order(
	struct nap_control *c, nap_time now, const struct nap_record_order *order, uint32_t price)
{
	struct pending p = { .order = *order, .price = price, .rto = MAX(FIRST_RTO, 3 * c->worst) };

	p.order.op = ++c->op;
	p.due = now;
	g_array_append_val(c->pending, p);
	send_orders(c, now);
	nap_control_expect(c, now);
}

bool nap_control_busy(const struct nap_control *c, uint32_t flow)
{
	for (guint i = 0; i < c->pending->len; i++)
		if (g_array_index(c->pending, struct pending, i).order.flow == flow)
			return true;
	return false;
}

void nap_control_expect(struct nap_control *c, nap_time now)
{
	c->poll_gap = MAX(POLL_MIN, 2 * c->rtt);
	c->poll_due = nap_time_min(c->poll_due, now + c->poll_gap);
}

/* A round trip was seen. The least is the path; `worst` fades so that one stall does not stay for ever. */
static void measure(struct nap_control *c, nap_time trip)
{
	c->rtt = c->rtt ? nap_time_min(c->rtt, trip) : trip;
	c->worst = nap_time_max(trip, c->worst - c->worst / 64);
}

static void take_welcome(struct nap_control *c, nap_time now, const struct nap_record *w)
{
	if (w->seq < c->hello_first || w->seq > c->hello_seq)
		return; /* a path may be longer than the pace */
	c->epoch = w->epoch;
	memcpy(c->mac, w->mac, sizeof(c->mac));
	if (!c->welcomed && w->seq == c->hello_seq)
		measure(c, now - c->hello_at);
	c->hello_first = c->seq + 1;
	c->welcomed = true;
	c->welcome = w->welcome;
	c->cookie_at = now;
	c->hello_rto = FIRST_RTO;
	c->hello_due = NAP_NEVER;
	c->poll_due = nap_time_min(c->poll_due, now);
}

static void take_done(struct nap_control *c, nap_time now, const struct nap_record *w)
{
	for (guint i = 0; i < c->pending->len; i++) {
		struct pending *p = &g_array_index(c->pending, struct pending, i);
		struct nap_record_order order = p->order;
		nap_time at = now - c->rtt / 2;

		if (order.op != w->done.op)
			continue;
		if (w->done.result == NAP_RECORD_NO_CREDIT) {
			top_up(c, p, now, w->done.credit);
			if (p->top_ups < TOP_UPS)
				p->due = nap_time_min(p->due, now + MAX(c->rtt, POLL_MIN));
			return;
		}
		g_array_remove_index(c->pending, i);
		if (c->done)
			c->done(c->ctx, &order, w->done.result, at);
		return;
	}
}

/* polled: it answers a poll, so what it does not tell has to be asked for; else the rest is on its way. */
static void take_event(struct nap_control *c, nap_time now, const struct nap_record_event *e, bool polled)
{
	struct news *n;
	bool *had = &c->had[e->number % NAP_ASSOCIATION_EVENTS];

	c->poll_due = nap_time_min(c->poll_due, now + (polled && e->newest != e->number ? 0 : c->poll_gap));
	c->newest = MAX(c->newest, e->newest);
	if (e->number - c->acked - 1 >= NAP_ASSOCIATION_EVENTS || *had)
		return;
	*had = true;
	while (c->had[(c->acked + 1) % NAP_ASSOCIATION_EVENTS])
		c->had[++c->acked % NAP_ASSOCIATION_EVENTS] = false;
	n = g_new(struct news, 1);
	n->event = *e;
	/* an age no association can have is a lie; it must not carry the time out of range */
	n->at = now - c->rtt / 2 - (nap_time)MIN(e->age_us, UINT64_C(86400000000)) * NAP_US;
	g_queue_push_tail(&c->news, n);
}

/*
 * seq: of the poll that it answers. A path may reorder: an IDLE says nothing of events that came after its poll was answered. But a
 * server that knows less than this poll told it has started anew.
 */
static void take_idle(struct nap_control *c, nap_time now, uint32_t seq, const struct nap_record_idle *idle)
{
	if (seq != c->asked_seq)
		return;
	if (idle->newest < c->asked_acked) {
		c->acked = c->newest = idle->newest;
		memset(c->had, 0, sizeof(c->had));
	}
	c->poll_gap = MIN(2 * c->poll_gap, POLL_MAX);
	c->poll_due = now + c->poll_gap;
}

void nap_control_input(struct nap_control *c, nap_time now, const struct nap_record *w)
{
	if (w->association != c->association)
		return;
	if (w->type == NAP_RECORD_WELCOME) { /* whom it greets it need not serve: that is not being heard */
		take_welcome(c, now, w);
		return;
	}
	if (!c->welcomed || w->type < NAP_RECORD_DONE)
		return;
	if (w->type == NAP_RECORD_REFUSED) {
		c->refused = w->refusal;
		c->poll_due = nap_time_max(c->poll_due, now + NAP_S);
		return;
	}
	c->refused = 0;
	c->answered = true;
	c->heard = now;
	if (w->seq && w->seq == c->poll_seq) {
		measure(c, now - c->poll_at);
		c->poll_seq = 0;
	}
	if (w->type == NAP_RECORD_DONE) {
		balance(c, w->done.credit);
		take_done(c, now, w);
	} else if (w->type == NAP_RECORD_EVENT) {
		balance(c, w->event.credit);
		take_event(c, now, &w->event, w->seq != 0);
	} else if (w->type == NAP_RECORD_IDLE) {
		balance(c, w->idle.credit);
		take_idle(c, now, w->seq, &w->idle);
	}
}

bool nap_control_event(struct nap_control *c, struct nap_record_event *event, nap_time *at)
{
	struct news *n = g_queue_pop_head(&c->news);

	if (!n)
		return false;
	*event = n->event;
	*at = n->at;
	g_free(n);
	return true;
}

nap_time nap_control_deadline(const struct nap_control *c)
{
	nap_time t = nap_time_min(c->hello_due, c->welcomed ? c->poll_due : NAP_NEVER);

	if (c->welcomed)
		t = nap_time_min(t, c->cookie_at + (nap_time)c->welcome.rotate_s * NAP_S / 2);
	for (guint i = 0; c->welcomed && i < c->pending->len; i++)
		if (may_send(c, &g_array_index(c->pending, struct pending, i)))
			t = nap_time_min(t, g_array_index(c->pending, struct pending, i).due);
	return t;
}

static void send_poll(struct nap_control *c, nap_time now)
{
	struct nap_record w = { .type = NAP_RECORD_POLL, .acked = c->acked };

	send_record(c, &w);
	c->poll_seq = c->asked_seq = c->seq;
	c->asked_acked = c->acked;
	c->poll_at = now;
	/* when the answer is lost: soon again if it is known that there is news, slowly if nobody answers at all */
	if (now - c->heard >= LOST_AFTER)
		c->poll_due = now + POLL_MAX;
	else
		c->poll_due = now + (c->newest != c->acked ? MAX(POLL_MIN, 2 * c->rtt)
							   : MAX(FIRST_RTO, c->poll_gap));
}

nap_time nap_control_heard(const struct nap_control *c)
{
	return c->heard;
}

bool nap_control_answered(const struct nap_control *c)
{
	return c->answered;
}

enum nap_record_refusal nap_control_refused(const struct nap_control *c)
{
	return c->refused;
}

void nap_control_leave(struct nap_control *c)
{
	struct nap_record w = { .type = NAP_RECORD_ORDER };

	if (!c->welcomed)
		return;
	w.order.op = ++c->op;
	w.order.act = NAP_RECORD_END;
	for (int i = 0; i < LEAVES; i++)
		send_record(c, &w);
}

void nap_control_advance(struct nap_control *c, nap_time now)
{
	bool stale = c->welcomed && now >= c->cookie_at + (nap_time)c->welcome.rotate_s * NAP_S / 2;
	bool lost = c->welcomed && now - c->heard >= LOST_AFTER;

	if ((stale || lost) && c->hello_due == NAP_NEVER)
		c->hello_due = now;
	if (c->hello_due <= now)
		send_hello(c, now);
	if (!c->welcomed)
		return;
	if (stale)
		c->cookie_at = now; /* asked for; the old one is good for as long again */
	send_orders(c, now);
	if (c->poll_due <= now)
		send_poll(c, now);
}

nap_time nap_control_rtt(const struct nap_control *c)
{
	return c->rtt;
}

nap_time nap_control_slack(const struct nap_control *c)
{
	return c->worst / 2 + NAP_MS;
}
