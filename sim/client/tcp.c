/* SPDX-License-Identifier: BSD-2-Clause */
/* The connection itself: opening and closing, what is sent, what is heard. Its timers are in tcp_timer.c. */
#include "client/tcp_inside.h"

#include <string.h>

/* As Linux announces itself: what trackers of windows in middleboxes expect. */
#define SYN_WINDOW    64240u
#define WSCALE        7u
#define WINDOW        (NAP_TCP_SCALED_WINDOW >> WSCALE)
#define INVALID_PAUSE (500 * NAP_MS) /* Linux, tcp_invalid_ratelimit */
#define TIME_WAIT     (60 * NAP_S)   /* Linux; also how long FIN-WAIT-2 lasts */
#define RTO_FALLBACK  (3 * NAP_S)    /* where the handshake gave no round trip: RFC 6298 5.7 */

static void enqueue(struct nap_tcp *t, const struct nap_tcp_segment *s)
{
	struct nap_tcp_segment *slot;

	g_assert(t->n < NAP_TCP_QUEUE);
	slot = nap_tcp_segment(t, t->n++);
	*slot = *s;
	slot->seq = t->write;
	t->write = nap_tcp_segment_end(slot);
}

static void reset(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now, struct nap_endpoint self,
	struct nap_endpoint peer, const struct nap_tcp_keepalive *option)
{
	/* connections are told apart by their numbers as by a clock: RFC 9293 3.4.1, 4 us a number */
	uint32_t iss = (uint32_t)(now / (4 * NAP_US)) + self.port * 2654435761u;

	memset(t, 0, offsetof(struct nap_tcp, queue));
	t->self = self;
	t->peer = peer;
	t->window = NAP_TCP_WINDOW;
	t->ack_cause = NAP_CAUSE_RECONNECT;
	t->stamps = cfg->timestamps;
	t->una = t->nxt = t->write = iss;
	t->rto = cfg->rto_initial;
	t->retry = t->keep = t->since = NAP_NEVER;
	t->heard = now;
	t->option = *option;
	enqueue(t, &(struct nap_tcp_segment){ .flags = NAP_SYN, .cause = NAP_CAUSE_RECONNECT });
}

void nap_tcp_connect(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now,
	struct nap_endpoint self, struct nap_endpoint peer, const struct nap_tcp_keepalive *option)
{
	reset(t, cfg, now, self, peer, option);
	t->state = NAP_TCP_SYN_SENT;
	t->since = now; /* the user's time-out counts from here (Linux) */
}

void nap_tcp_accept(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now,
	const struct nap_packet *p, const struct nap_tcp_keepalive *option)
{
	reset(t, cfg, now, p->dst, p->src, option);
	t->state = NAP_TCP_SYN_RECEIVED;
	t->rcv = p->seq + 1;
	t->stamps &= p->stamps.sent > 0;
	t->recent = p->stamps.sent;
}

void nap_tcp_write(
	struct nap_tcp *t, uint8_t message, uint32_t len, uint8_t cause, uint32_t tag, nap_time stamp)
{
	struct nap_tcp_segment *last;

	if (t->state == NAP_TCP_CLOSED || t->state > NAP_TCP_CLOSE_WAIT)
		return; /* nothing follows a FIN */
	if (nap_tcp_room(t) > 0) {
		enqueue(t,
			&(struct nap_tcp_segment){
				.len = len, .tag = tag, .message = message, .cause = cause, .stamp = stamp });
		return;
	}
	last = nap_tcp_segment(t, t->n - 1u);
	last->len += len;
	t->write = nap_tcp_segment_end(last);
}

/* A FIN behind what is queued; false where none can follow. */
static bool finish(struct nap_tcp *t, uint8_t cause)
{
	switch ((enum nap_tcp_state)t->state) {
	case NAP_TCP_SYN_RECEIVED:
	case NAP_TCP_ESTABLISHED:
		t->state = NAP_TCP_FIN_WAIT_1;
		break;
	case NAP_TCP_CLOSE_WAIT:
		t->state = NAP_TCP_LAST_ACK;
		break;
	default:
		return false;
	}
	enqueue(t, &(struct nap_tcp_segment){ .flags = NAP_FIN, .cause = cause });
	return true;
}

void nap_tcp_close(struct nap_tcp *t, uint8_t cause)
{
	if (t->state == NAP_TCP_SYN_SENT)
		t->state = NAP_TCP_CLOSED;
	else if (finish(t, cause))
		t->left = true;
}

void nap_tcp_shutdown(struct nap_tcp *t, uint8_t cause)
{
	finish(t, cause);
}

/* Segments of data in one, as a retransmission joins them; a FIN stays by itself. */
static void join_data(struct nap_tcp *left, struct nap_tcp *t)
{
	left->n = left->n_sent = left->first = 0;
	for (uint32_t i = 0; i < t->n; i++) {
		const struct nap_tcp_segment *s = nap_tcp_segment(t, i);

		if (left->n > 0 && s->flags == 0 && left->queue[0].flags == 0) {
			left->queue[0].len += s->len;
			continue;
		}
		g_assert(left->n < NAP_TCP_LEFT);
		left->queue[left->n++] = *s;
		left->n_sent = (uint8_t)(left->n_sent + (i < t->n_sent));
	}
}

void nap_tcp_leave(struct nap_tcp *t, struct nap_tcp *left)
{
	memcpy(left, t, offsetof(struct nap_tcp, queue));
	join_data(left, t);
	t->state = NAP_TCP_CLOSED;
}

void nap_tcp_transmit(const struct nap_tcp *t, uint32_t seq, uint32_t flags, const struct nap_tcp_segment *s,
	nap_time now, struct nap_outbox *out)
{
	bool syn = flags & NAP_SYN;

	*nap_outbox_add(out) = (struct nap_packet){
		.src = t->self,
		.dst = t->peer,
		.proto = NAP_TCP,
		.flags = (uint8_t)flags,
		.seq = seq,
		.ack = flags & NAP_ACK ? t->rcv : 0,
		.win = (uint16_t)(syn ? SYN_WINDOW : WINDOW),
		.wscale = (uint8_t)(syn ? WSCALE + 1 : 0),
		.len = s ? s->len : 0,
		.message = s ? s->message : 0,
		.cause = s ? s->cause : t->ack_cause,
		.tag = s ? s->tag : 0,
		.stamp = s && s->stamp ? s->stamp : now,
		.stamps = { t->stamps ? now + 1 : 0, t->stamps ? t->recent : 0 },
	};
}

void nap_tcp_transmit_segment(struct nap_tcp *t, uint32_t i, nap_time now, struct nap_outbox *out)
{
	struct nap_tcp_segment *s = nap_tcp_segment(t, i);
	uint32_t flags = s->flags;

	if (t->state != NAP_TCP_SYN_SENT)
		flags |= NAP_ACK;
	if (s->len > 0)
		flags |= NAP_PSH;
	nap_tcp_transmit(t, s->seq, flags, s, now, out);
	t->ack_due = false;
	s->sent = now;
	s->again = !nap_tcp_before(t->nxt, nap_tcp_segment_end(s));
	if (!s->again)
		t->nxt = nap_tcp_segment_end(s);
}

/* May segment number n_sent go now? Nothing overtakes a SYN. */
static bool may_send(struct nap_tcp *t)
{
	if (t->n_sent >= t->n)
		return false;
	if (t->n_sent == 0)
		return true;
	return !(nap_tcp_segment(t, 0)->flags & NAP_SYN) && t->n_sent < t->window;
}

void nap_tcp_flush(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now, struct nap_outbox *out)
{
	if (t->state == NAP_TCP_CLOSED)
		return;
	while (may_send(t)) {
		nap_tcp_transmit_segment(t, t->n_sent++, now, out);
		nap_tcp_arm_sent(t, cfg, now);
	}
	if (t->ack_due)
		nap_tcp_transmit(t, t->nxt, NAP_ACK, NULL, now, out);
	t->ack_due = false;
}

static void fin_acknowledged(struct nap_tcp *t, nap_time now)
{
	switch ((enum nap_tcp_state)t->state) {
	case NAP_TCP_FIN_WAIT_1:
		t->state = NAP_TCP_FIN_WAIT_2;
		break;
	case NAP_TCP_CLOSING:
		t->state = NAP_TCP_TIME_WAIT;
		break;
	case NAP_TCP_LAST_ACK:
		t->state = NAP_TCP_CLOSED;
		return;
	default:
		return;
	}
	/* a program that still reads may wait for ever */
	t->keep = t->state == NAP_TCP_FIN_WAIT_2 && !t->left ? NAP_NEVER : now + TIME_WAIT;
}

/* The oldest segment is acknowledged. Returns its round trip, NAP_NEVER when it is not known which transmission was answered. */
static nap_time pop(struct nap_tcp *t, nap_time now)
{
	const struct nap_tcp_segment *s = nap_tcp_segment(t, 0);
	nap_time rtt = s->again ? NAP_NEVER : now - s->sent;

	if (s->cause == NAP_CAUSE_PUSH && s->tag > 0)
		t->acked = s->tag;
	if (s->flags & NAP_FIN)
		fin_acknowledged(t, now);
	t->first = (uint8_t)((t->first + 1) % NAP_TCP_QUEUE);
	t->n--;
	if (t->n_sent > 0)
		t->n_sent--;
	if (t->window < NAP_TCP_WINDOW)
		t->window++;
	return rtt;
}

/* Part of the oldest segment is acknowledged, which a retransmission had joined. */
static void shorten(struct nap_tcp *t, uint32_t ack)
{
	struct nap_tcp_segment *s = nap_tcp_segment(t, 0);

	s->len -= ack - s->seq;
	s->seq = ack;
}

/* Is there anything new in p's acknowledgement? */
static bool take_ack(
	struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now, const struct nap_packet *p)
{
	nap_time rtt = NAP_NEVER;

	if (!nap_tcp_before(t->una, p->ack) || nap_tcp_before(t->nxt, p->ack))
		return false;
	t->una = p->ack;
	while (t->n > 0 && !nap_tcp_before(p->ack, nap_tcp_segment_end(nap_tcp_segment(t, 0)))) {
		nap_time one = pop(t, now);

		rtt = rtt == NAP_NEVER ? one : rtt;
	}
	if (t->n > 0 && nap_tcp_before(nap_tcp_segment(t, 0)->seq, p->ack))
		shorten(t, p->ack);
	if (rtt == NAP_NEVER && t->stamps && p->stamps.echo > 0) /* RFC 7323 4.3 */
		rtt = now + 1 - p->stamps.echo;
	t->retransmits = 0;
	t->since = NAP_NEVER;
	t->recovering &= nap_tcp_before(t->una, t->recovered);
	t->probed &= nap_tcp_before(t->una, t->probe_end);
	if (rtt != NAP_NEVER) { /* else the time-out stays as it is, backed off: Karn, RFC 6298 5 */
		nap_tcp_rtt_sample(&t->rtt, rtt, cfg->rto_min, t->una, t->nxt);
		t->rto = nap_tcp_fresh_rto(t, cfg);
		t->backoff = 0;
	}
	nap_tcp_arm_acked(t, cfg, now);
	return true;
}

/* The handshake is over. */
static void establish(struct nap_tcp *t)
{
	t->state = NAP_TCP_ESTABLISHED;
	t->keep = nap_time_after(t->heard, t->option.idle);
	if (t->rtt.srtt == 0)
		t->rto = RTO_FALLBACK;
}

unsigned nap_tcp_abort(struct nap_tcp *t)
{
	t->state = NAP_TCP_CLOSED;
	t->n = t->n_sent = 0;
	t->ack_due = false;
	t->retry = t->keep = NAP_NEVER;
	return NAP_TCP_ABORTED;
}

/*
 * ICMP errors about this connection. While it opens each that names a fault of the way or of the host ends it. Later
 * none does but protocol and port unreachable where the host follows RFC 1122 4.2.3.9 (RFC 5461); net and host
 * unreachable tell that it was not congestion that lost a segment (RFC 6069).
 */
static unsigned take_icmp(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now,
	const struct nap_packet *p, struct nap_outbox *out)
{
	bool unreachable = p->icmp_type == NAP_ICMP_UNREACHABLE && p->icmp_code != NAP_ICMP_TOO_BIG;
	bool way = p->icmp_type == NAP_ICMP_UNREACHABLE && p->icmp_code <= NAP_ICMP_NO_HOST;
	bool other = p->icmp_type == NAP_ICMP_TIME_EXCEEDED || p->icmp_type == NAP_ICMP_PARAMETER_PROBLEM;

	if (t->state == NAP_TCP_SYN_SENT)
		return unreachable || other ? nap_tcp_abort(t) : 0;
	if (t->state == NAP_TCP_SYN_RECEIVED)
		return way || other ? nap_tcp_abort(t) : 0;
	if (cfg->hard_errors && p->icmp_type == NAP_ICMP_UNREACHABLE &&
		(p->icmp_code == NAP_ICMP_NO_PROTOCOL || p->icmp_code == NAP_ICMP_NO_PORT))
		return nap_tcp_abort(t);
	return way ? nap_tcp_revert_backoff(t, cfg, now, out) : 0;
}

static unsigned take_in_syn_sent(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now,
	const struct nap_packet *p, struct nap_outbox *out)
{
	if ((p->flags & NAP_ACK) && p->ack != t->nxt) {
		nap_tcp_refuse(p, out);
		return 0;
	}
	if (p->flags & NAP_RST)
		return p->flags & NAP_ACK ? nap_tcp_abort(t) : 0;
	if (!(p->flags & NAP_SYN))
		return 0;
	t->rcv = p->seq + 1;
	t->stamps &= p->stamps.sent > 0;
	t->recent = p->stamps.sent;
	t->heard = now;
	if (!(p->flags & NAP_ACK)) { /* simultaneous open: the SYN goes again, as a SYN-ACK */
		t->state = NAP_TCP_SYN_RECEIVED;
		t->n_sent = 0;
		return 0;
	}
	t->ack_due = true;
	take_ack(t, cfg, now, p);
	establish(t);
	return NAP_TCP_CONNECTED;
}

static void take_fin(struct nap_tcp *t, nap_time now)
{
	switch ((enum nap_tcp_state)t->state) {
	case NAP_TCP_FIN_WAIT_1:
		t->state = NAP_TCP_CLOSING;
		break;
	case NAP_TCP_FIN_WAIT_2:
		t->state = NAP_TCP_TIME_WAIT;
		t->keep = now + TIME_WAIT;
		break;
	default:
		t->state = NAP_TCP_CLOSE_WAIT;
		break;
	}
}

/* Payload and FIN in order; everything else is answered by saying what is expected. */
static unsigned take_payload(struct nap_tcp *t, nap_time now, const struct nap_packet *p)
{
	uint32_t end = p->seq + p->len; /* of the payload */
	unsigned events = 0;

	if (p->len == 0 && !(p->flags & NAP_FIN))
		return 0;
	t->ack_due = true;
	t->ack_cause = p->cause;
	if (nap_tcp_before(t->rcv, p->seq))
		return 0;
	if (nap_tcp_before(t->rcv, end)) {
		t->rcv = end;
		events |= NAP_TCP_MESSAGE;
	}
	if ((p->flags & NAP_FIN) && t->rcv == end) {
		t->rcv++;
		events |= NAP_TCP_ENDED;
		take_fin(t, now);
	}
	return events;
}

/* Does any of p lie in the window (RFC 9293 3.10.7.4)? A keepalive probe does not: it is of old (RFC 1122 4.2.3.6). */
static bool acceptable(const struct nap_tcp *t, const struct nap_packet *p)
{
	uint32_t end = p->seq + p->len + ((p->flags & NAP_FIN) != 0);

	return !nap_tcp_before(end, t->rcv) && !nap_tcp_before(t->rcv + NAP_TCP_SCALED_WINDOW, p->seq);
}

/*
 * What does not belong to the connection is answered by what is expected, but, as in Linux (tcp_invalid_ratelimit), what carries
 * nothing only every half second: else two ends that disagree would answer each other for ever.
 */
static void answer_invalid(struct nap_tcp *t, nap_time now, const struct nap_packet *p)
{
	if (p->len == 0 && now < t->quiet)
		return;
	if (p->len == 0)
		t->quiet = now + INVALID_PAUSE;
	t->ack_due = true;
}

/* A segment with ACK and without SYN or RST, of a connection that is beyond SYN-SENT. */
static unsigned take_segment(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now,
	const struct nap_packet *p, struct nap_outbox *out)
{
	unsigned events = 0;
	bool news;

	if (!acceptable(t, p)) {
		answer_invalid(t, now, p);
		return 0;
	}
	if (t->left && p->len > 0 &&
		nap_tcp_before(t->rcv, p->seq + p->len)) { /* nobody is there to read it */
		nap_tcp_refuse(p, out);
		return nap_tcp_abort(t);
	}
	t->heard = now;
	t->probes = 0;
	if (!nap_tcp_before(t->rcv, p->seq) && p->stamps.sent > t->recent) /* RFC 7323 4.3 */
		t->recent = p->stamps.sent;
	news = take_ack(t, cfg, now, p);
	if (news && t->n == 0)
		events |= NAP_TCP_SETTLED;
	if (t->state == NAP_TCP_CLOSED)
		return 0;
	if (t->state == NAP_TCP_SYN_RECEIVED) {
		if (!news) { /* it does not acknowledge our SYN: RFC 9293 3.10.7.4 */
			nap_tcp_refuse(p, out);
			return 0;
		}
		establish(t);
		events |= NAP_TCP_CONNECTED;
	}
	return events | take_payload(t, now, p);
}

unsigned nap_tcp_input(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now,
	const struct nap_packet *p, struct nap_outbox *out)
{
	if (p->proto == NAP_ICMP)
		return take_icmp(t, cfg, now, p, out);
	if (t->state == NAP_TCP_SYN_SENT)
		return take_in_syn_sent(t, cfg, now, p, out);
	if (p->flags & NAP_RST) /* in the window: RFC 9293 3.10.7.4 */
		return p->seq - t->rcv <= NAP_TCP_SCALED_WINDOW ? nap_tcp_abort(t) : 0;
	if (p->flags & NAP_SYN) {
		if (t->state == NAP_TCP_SYN_RECEIVED && p->seq + 1 == t->rcv && !(p->flags & NAP_ACK)) {
			t->n_sent = 0; /* our SYN-ACK was lost */
			return 0;
		}
		if (t->state != NAP_TCP_SYN_RECEIVED) {
			answer_invalid(t, now, p); /* challenge: RFC 5961 4.2 */
			return 0;
		}
	}
	return p->flags & NAP_ACK ? take_segment(t, cfg, now, p, out) : 0;
}

void nap_tcp_refuse(const struct nap_packet *p, struct nap_outbox *out)
{
	bool ack = p->flags & NAP_ACK;

	if (p->flags & NAP_RST)
		return;
	*nap_outbox_add(out) = (struct nap_packet){
		.src = p->dst,
		.dst = p->src,
		.proto = NAP_TCP,
		.flags = (uint8_t)(ack ? NAP_RST : NAP_RST | NAP_ACK),
		.seq = ack ? p->ack : 0,
		.ack = ack ? 0 : p->seq + p->len + !!(p->flags & NAP_SYN) + !!(p->flags & NAP_FIN),
		.cause = p->cause,
	};
}

struct nap_packet nap_tcp_sample(const struct nap_tcp *t)
{
	return (struct nap_packet){
		.src = t->self,
		.dst = t->peer,
		.proto = NAP_TCP,
		.flags = NAP_ACK | NAP_PSH,
		.seq = t->nxt,
		.ack = t->rcv,
		.win = (uint16_t)WINDOW,
		.len = 1,
	};
}
