/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/tcp.h"

#include <string.h>

#include "client/mix.h"

/* As Linux announces itself: what trackers of windows in middleboxes expect. */
#define SYN_WINDOW  64240u
#define WSCALE      7u
#define WINDOW      502u         /* 64256 bytes, scaled */
#define GRANULARITY NAP_MS       /* G of RFC 6298 */
#define TIME_WAIT   (60 * NAP_S) /* Linux; also how long FIN-WAIT-2 lasts */

static bool seq_before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

static struct nap_tcp_segment *segment(struct nap_tcp *t, uint32_t i)
{
	return &t->queue[(t->first + i) % NAP_TCP_QUEUE];
}

static uint32_t segment_end(const struct nap_tcp_segment *s)
{
	return s->seq + s->len + (s->flags != 0);
}

static void enqueue(struct nap_tcp *t, const struct nap_tcp_segment *s)
{
	struct nap_tcp_segment *slot;

	g_assert(t->n < NAP_TCP_QUEUE);
	slot = segment(t, t->n++);
	*slot = *s;
	slot->seq = t->write;
	t->write = segment_end(slot);
}

static void reset(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now, struct nap_endpoint self,
	struct nap_endpoint peer, const struct nap_tcp_keepalive *option)
{
	/* connections are told apart by their numbers as by a clock: RFC 9293 3.4.1, 4 us a number */
	uint32_t iss = (uint32_t)(now / (4 * NAP_US)) + self.port * 2654435761u;

	t->self = self;
	t->peer = peer;
	t->state = NAP_TCP_CLOSED;
	t->backoff = t->probes = t->first = t->n = t->n_sent = 0;
	t->ack_cause = NAP_CAUSE_RECONNECT;
	t->ack_due = false;
	t->una = t->nxt = t->write = iss;
	t->rcv = 0;
	t->acked = 0;
	t->rto = cfg->rto_initial;
	t->srtt = t->rttvar = 0;
	t->timed = t->retry = t->keep = NAP_NEVER;
	t->timed_end = 0;
	t->oldest = t->heard = now;
	t->option = *option;
	enqueue(t, &(struct nap_tcp_segment){ .flags = NAP_SYN, .cause = NAP_CAUSE_RECONNECT });
}

void nap_tcp_connect(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now,
	struct nap_endpoint self, struct nap_endpoint peer, const struct nap_tcp_keepalive *option)
{
	reset(t, cfg, now, self, peer, option);
	t->state = NAP_TCP_SYN_SENT;
}

void nap_tcp_accept(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now,
	const struct nap_packet *p, const struct nap_tcp_keepalive *option)
{
	reset(t, cfg, now, p->dst, p->src, option);
	t->state = NAP_TCP_SYN_RECEIVED;
	t->rcv = p->seq + 1;
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
	last = segment(t, t->n - 1u);
	last->len += len;
	t->write = segment_end(last);
}

void nap_tcp_close(struct nap_tcp *t, uint8_t cause)
{
	switch ((enum nap_tcp_state)t->state) {
	case NAP_TCP_SYN_RECEIVED:
	case NAP_TCP_ESTABLISHED:
		t->state = NAP_TCP_FIN_WAIT_1;
		break;
	case NAP_TCP_CLOSE_WAIT:
		t->state = NAP_TCP_LAST_ACK;
		break;
	case NAP_TCP_SYN_SENT:
		t->state = NAP_TCP_CLOSED;
		return;
	default:
		return;
	}
	enqueue(t, &(struct nap_tcp_segment){ .flags = NAP_FIN, .cause = cause });
}

static void transmit(const struct nap_tcp *t, uint32_t seq, uint32_t flags, const struct nap_tcp_segment *s,
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
	};
}

static void transmit_segment(struct nap_tcp *t, uint32_t i, nap_time now, struct nap_outbox *out)
{
	const struct nap_tcp_segment *s = segment(t, i);
	uint32_t flags = s->flags;

	if (t->state != NAP_TCP_SYN_SENT)
		flags |= NAP_ACK;
	if (s->len > 0)
		flags |= NAP_PSH;
	transmit(t, s->seq, flags, s, now, out);
	t->ack_due = false;
	if (seq_before(t->nxt, segment_end(s))) {
		t->nxt = segment_end(s);
		if (t->timed == NAP_NEVER) {
			t->timed = now;
			t->timed_end = t->nxt;
		}
	}
}

/* May segment number n_sent go now? Nothing overtakes a SYN; after a time-out one goes at a time until it is acknowledged. */
static bool may_send(struct nap_tcp *t)
{
	if (t->n_sent >= t->n)
		return false;
	if (t->n_sent == 0)
		return true;
	return !(segment(t, 0)->flags & NAP_SYN) && t->backoff == 0 && t->n_sent < NAP_TCP_WINDOW;
}

void nap_tcp_flush(struct nap_tcp *t, nap_time now, struct nap_outbox *out)
{
	if (t->state == NAP_TCP_CLOSED)
		return;
	while (may_send(t)) {
		if (t->n_sent == 0 && t->retry == NAP_NEVER)
			t->oldest = now;
		transmit_segment(t, t->n_sent++, now, out);
		if (t->retry == NAP_NEVER)
			t->retry = nap_time_after(now, t->rto);
	}
	if (t->ack_due)
		transmit(t, t->nxt, NAP_ACK, NULL, now, out);
	t->ack_due = false;
}

/* RFC 6298 2.2, 2.3 in integers. */
static void measure(struct nap_tcp *t, nap_time rtt)
{
	nap_time off = t->srtt > rtt ? t->srtt - rtt : rtt - t->srtt;

	if (t->srtt == 0) {
		t->srtt = nap_time_max(rtt, 1);
		t->rttvar = rtt / 2;
	} else {
		t->rttvar += (off - t->rttvar) / 4;
		t->srtt += (rtt - t->srtt) / 8;
	}
}

/* The RTO that the estimator gives, without back-off. */
static nap_time fresh_rto(const struct nap_tcp *t, const struct nap_tcp_config *cfg)
{
	nap_time rto = t->srtt + nap_time_max(GRANULARITY, 4 * t->rttvar);

	if (t->srtt == 0)
		return cfg->rto_initial;
	return nap_time_min(nap_time_max(rto, cfg->rto_min), cfg->rto_max);
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
	t->keep = now + TIME_WAIT;
}

/* Is there anything new in ack? */
static bool take_ack(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now, uint32_t ack)
{
	if (!seq_before(t->una, ack) || seq_before(t->nxt, ack))
		return false;
	if (t->timed != NAP_NEVER && !seq_before(ack, t->timed_end)) {
		measure(t, now - t->timed);
		t->timed = NAP_NEVER;
	}
	t->una = ack;
	while (t->n > 0 && !seq_before(ack, segment_end(segment(t, 0)))) {
		const struct nap_tcp_segment *s = segment(t, 0);

		if (s->cause == NAP_CAUSE_PUSH && s->tag > 0)
			t->acked = s->tag;
		if (s->flags & NAP_FIN)
			fin_acknowledged(t, now);
		t->first = (uint8_t)((t->first + 1) % NAP_TCP_QUEUE);
		t->n--;
		if (t->n_sent > 0)
			t->n_sent--;
	}
	/* as hosts with time stamps do: new data acknowledged ends the back-off */
	t->backoff = 0;
	t->rto = fresh_rto(t, cfg);
	t->oldest = now;
	t->retry = t->n_sent > 0 ? nap_time_after(now, t->rto) : NAP_NEVER;
	return true;
}

/* Where segments are no longer lost without notice: the connection is gone. */
static unsigned abort_connection(struct nap_tcp *t)
{
	t->state = NAP_TCP_CLOSED;
	t->n = t->n_sent = 0;
	t->ack_due = false;
	t->retry = t->keep = NAP_NEVER;
	return NAP_TCP_ABORTED;
}

/* ICMP errors about this connection: RFC 1122 4.2.3.9, RFC 5461. Net, host unreachable, time exceeded and the like are soft. */
static unsigned take_icmp(struct nap_tcp *t, const struct nap_tcp_config *cfg, const struct nap_packet *p)
{
	bool hard = p->icmp_type == 3 && (p->icmp_code == 2 || p->icmp_code == 3);

	if (hard && (cfg->hard_errors || t->state == NAP_TCP_SYN_SENT))
		return abort_connection(t);
	return 0;
}

static unsigned take_in_syn_sent(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now,
	const struct nap_packet *p, struct nap_outbox *out)
{
	if ((p->flags & NAP_ACK) && p->ack != t->nxt) {
		nap_tcp_refuse(p, out);
		return 0;
	}
	if (p->flags & NAP_RST)
		return p->flags & NAP_ACK ? abort_connection(t) : 0;
	if (!(p->flags & NAP_SYN))
		return 0;
	t->rcv = p->seq + 1;
	t->heard = now;
	if (!(p->flags & NAP_ACK)) { /* simultaneous open: the SYN goes again, as a SYN-ACK */
		t->state = NAP_TCP_SYN_RECEIVED;
		t->n_sent = 0;
		return 0;
	}
	t->state = NAP_TCP_ESTABLISHED;
	t->ack_due = true;
	take_ack(t, cfg, now, p->ack);
	t->keep = nap_time_after(now, t->option.idle);
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
	unsigned events = 0;

	if (p->len == 0 && !(p->flags & NAP_FIN)) {
		/* a keepalive probe looks like an old segment (RFC 1122 4.2.3.6) */
		if (p->seq == t->rcv - 1)
			t->ack_due = true;
		return 0;
	}
	t->ack_due = true;
	t->ack_cause = p->cause;
	if (p->seq != t->rcv)
		return 0;
	t->rcv += p->len;
	if (p->len > 0)
		events |= NAP_TCP_MESSAGE;
	if (p->flags & NAP_FIN) {
		t->rcv++;
		events |= NAP_TCP_ENDED;
		take_fin(t, now);
	}
	return events;
}

unsigned nap_tcp_input(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now,
	const struct nap_packet *p, struct nap_outbox *out)
{
	unsigned events = 0;

	if (p->proto == NAP_ICMP)
		return take_icmp(t, cfg, p);
	if (t->state == NAP_TCP_SYN_SENT)
		return take_in_syn_sent(t, cfg, now, p, out);
	if (p->flags & NAP_RST) /* in the window: RFC 9293 3.10.7.4 */
		return p->seq - t->rcv <= WINDOW << WSCALE ? abort_connection(t) : 0;
	if (p->flags & NAP_SYN) {
		if (t->state == NAP_TCP_SYN_RECEIVED && p->seq + 1 == t->rcv && !(p->flags & NAP_ACK)) {
			t->n_sent = 0; /* our SYN-ACK was lost */
			return 0;
		}
		if (t->state != NAP_TCP_SYN_RECEIVED) {
			t->ack_due = true; /* challenge: RFC 5961 4.2 */
			return 0;
		}
	}
	if (!(p->flags & NAP_ACK))
		return 0;
	t->heard = now;
	t->probes = 0;
	if (take_ack(t, cfg, now, p->ack) && t->n == 0)
		events |= NAP_TCP_SETTLED;
	if (t->state == NAP_TCP_CLOSED)
		return 0;
	if (t->state == NAP_TCP_SYN_RECEIVED && p->ack == t->una) {
		t->state = NAP_TCP_ESTABLISHED;
		t->keep = nap_time_after(now, t->option.idle);
		events |= NAP_TCP_CONNECTED;
	}
	return events | take_payload(t, now, p);
}

nap_time nap_tcp_patience(const struct nap_tcp_config *cfg)
{
	nap_time sum = 0, rto = nap_time_max(cfg->rto_min, 1);

	for (uint32_t i = 0; i <= cfg->retries; i++) {
		sum = nap_time_after(sum, rto);
		rto = nap_time_min(2 * rto, cfg->rto_max);
	}
	return sum;
}

static nap_time patience(const struct nap_tcp_config *cfg)
{
	return cfg->user_timeout != NAP_NEVER ? cfg->user_timeout : nap_tcp_patience(cfg);
}

static bool gives_up(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now)
{
	if (t->state == NAP_TCP_SYN_SENT)
		return t->backoff >= cfg->syn_retries;
	if (t->state == NAP_TCP_SYN_RECEIVED)
		return t->backoff >= cfg->synack_retries;
	return now - t->oldest >= patience(cfg);
}

static unsigned retransmit(
	struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now, struct nap_outbox *out)
{
	if (gives_up(t, cfg, now))
		return abort_connection(t);
	t->timed = NAP_NEVER; /* Karn: no round trip is measured on a retransmitted segment */
	t->backoff++;
	t->n_sent = 1;
	transmit_segment(t, 0, now, out);
	t->timed = NAP_NEVER;
	t->rto = nap_time_min(2 * t->rto, cfg->rto_max);
	t->retry = nap_time_after(now, t->rto);
	if (cfg->user_timeout != NAP_NEVER && t->state != NAP_TCP_SYN_SENT &&
		t->state != NAP_TCP_SYN_RECEIVED)
		t->retry = nap_time_min(t->retry, nap_time_after(t->oldest, cfg->user_timeout));
	return 0;
}

static unsigned probe(
	struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now, struct nap_outbox *out)
{
	nap_time silent = now - t->heard;

	if (t->n > 0 || silent < t->option.idle) { /* not while data is outstanding: RFC 9293 MUST-26 */
		t->keep = nap_time_after(t->n > 0 ? now : t->heard, t->option.idle);
		return 0;
	}
	t->ack_cause = NAP_CAUSE_KEEPALIVE;
	if (t->probes >= t->option.count || (t->probes > 0 && silent >= cfg->user_timeout)) {
		transmit(t, t->nxt, NAP_RST | NAP_ACK, NULL, now, out);
		return abort_connection(t);
	}
	transmit(t, t->nxt - 1, NAP_ACK, NULL, now, out);
	out->notes |= NAP_NOTE_KEEPALIVE;
	t->probes++;
	t->keep = nap_time_after(now, t->option.interval);
	return 0;
}

unsigned nap_tcp_timer(
	struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now, struct nap_outbox *out)
{
	unsigned events = 0;

	if (now >= t->retry)
		events |= retransmit(t, cfg, now, out);
	if (now < t->keep)
		return events;
	if (t->state == NAP_TCP_FIN_WAIT_2 || t->state == NAP_TCP_TIME_WAIT)
		abort_connection(t); /* over in the normal way: nothing to tell */
	else
		events |= probe(t, cfg, now, out);
	return events;
}

nap_time nap_tcp_deadline(const struct nap_tcp *t)
{
	return t->state == NAP_TCP_CLOSED ? NAP_NEVER : nap_time_min(t->retry, t->keep);
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
		.win = WINDOW,
		.len = 1,
	};
}

uint64_t nap_tcp_fingerprint(const struct nap_tcp *t, nap_time now)
{
	uint64_t h = nap_mix(t->state, ((uint64_t)t->backoff << 24) | ((uint64_t)t->probes << 16) |
					       ((uint64_t)t->n << 8) | t->n_sent);

	h = nap_mix(h, ((uint64_t)t->ack_cause << 1) | t->ack_due);
	h = nap_mix(h, ((uint64_t)(t->nxt - t->una) << 32) | (t->write - t->nxt));
	h = nap_mix(h, (uint64_t)t->rto);
	h = nap_mix(h, (uint64_t)t->srtt);
	h = nap_mix(h, (uint64_t)t->rttvar);
	h = nap_mix_time(h, t->timed, now);
	h = nap_mix_time(h, t->retry, now);
	h = nap_mix_time(h, t->keep, now);
	if (t->option.idle != NAP_NEVER)
		h = nap_mix_time(h, t->heard, now);
	for (uint32_t i = 0; i < t->n; i++) {
		const struct nap_tcp_segment *s = &t->queue[(t->first + i) % NAP_TCP_QUEUE];

		h = nap_mix(h, ((uint64_t)(s->seq - t->una) << 32) | s->len);
		h = nap_mix(h, ((uint64_t)s->message << 16) | ((uint64_t)s->cause << 8) | s->flags);
		h = nap_mix_time(h, s->stamp, now);
	}
	return t->n > 0 ? nap_mix_time(h, t->oldest, now) : h;
}

void nap_tcp_shift(struct nap_tcp *t, nap_time span)
{
	nap_move_time(&t->timed, span);
	nap_move_time(&t->retry, span);
	nap_move_time(&t->keep, span);
	nap_move_time(&t->oldest, span);
	nap_move_time(&t->heard, span);
	for (uint32_t i = 0; i < t->n; i++)
		t->queue[(t->first + i) % NAP_TCP_QUEUE].stamp += span;
}
