/* SPDX-License-Identifier: BSD-2-Clause */
/* The connection itself: opening and closing, what is sent, what is heard. Its timers are in tcp_timer.c, errors in tcp_errors.c. */
#include "client/tcp_inside.h"

#include <string.h>

#define SYN_WINDOW   64240u /* as Linux announces itself: what trackers of windows in middleboxes expect */
#define WINDOW       502u   /* after that, scaled ... */
#define WINDOW_MOST  (3u << 20 >> NAP_TCP_SCALE) /* ... and as far as it grows: half of Linux' tcp_rmem */
#define TIME_WAIT    (60 * NAP_S)                /* Linux */
#define RTO_FALLBACK (3 * NAP_S)                 /* where the handshake gave no round trip: RFC 6298 5.7 */
#define FIRST_GUESS  536u                        /* of the peer's segments: RFC 9293 3.7.1 */

void nap_tcp_clear(struct nap_tcp *t)
{
	if (nap_tcp_is_none(t))
		return;
	if (t->room > 0)
		g_free(t->more);
	g_free(nap_tcp_store_of(t));
	g_free(nap_tcp_epoch_of(t));
	g_clear_pointer(&t->aside, g_free);
	t->n = t->n_sent = t->first = t->sacked = t->lost = t->resent = 0;
	t->room = 0;
	t->messages = 0;
	t->gathers = false;
	t->state = NAP_TCP_CLOSED;
}

/* What the host knows of the path stays. */
static void empty(struct nap_tcp *t)
{
	struct nap_tcp fresh = { .pmtu = t->pmtu, .may_be_cut = t->may_be_cut, .pmtu_until = t->pmtu_until };

	nap_tcp_clear(t);
	*t = fresh;
}

static void reset(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now, struct nap_endpoint self,
	struct nap_endpoint peer, const struct nap_tcp_keepalive *option)
{
	/* connections are told apart by their numbers as by a clock: RFC 9293 3.4.1, 4 us a number */
	uint32_t iss = (uint32_t)(now / (4 * NAP_US)) + self.port * 2654435761u;

	empty(t);
	t->self = self;
	t->peer = peer;
	t->ack_cause = NAP_CAUSE_RECONNECT;
	t->stamps = cfg->timestamps;
	t->window = WINDOW;
	t->own_mss = (uint16_t)cfg->mss;
	t->got = FIRST_GUESS;
	t->cwnd = (uint16_t)cfg->initial_window;
	t->ssthresh = NAP_TCP_NO_THRESH;
	t->una = t->nxt = t->write = t->small = t->latest = iss;
	t->latest_sent = -1;
	t->min_rtt = NAP_NEVER;
	t->rto = cfg->rto_initial;
	t->retry = t->keep = t->probed_at = t->since = t->ack_at = NAP_NEVER;
	t->heard = now;
	t->option = option;
	nap_tcp_enqueue(t, &(struct nap_tcp_segment){ .flags = NAP_SYN, .cause = NAP_CAUSE_RECONNECT });
	nap_tcp_set_mss(t, cfg, now);
}

void nap_tcp_connect(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now,
	struct nap_endpoint self, struct nap_endpoint peer, const struct nap_tcp_keepalive *option)
{
	reset(t, cfg, now, self, peer, option);
	t->state = NAP_TCP_SYN_SENT;
	t->since = now; /* the user's time-out counts from here (Linux) */
}

/* What the peer's SYN says. */
static void synchronise(
	struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now, const struct nap_packet *p)
{
	t->rcv = t->told = p->seq + 1;
	t->stamps &= p->stamps.sent > 0;
	t->recent = p->stamps.sent;
	t->peer_mss = p->mss > 0 ? p->mss : FIRST_GUESS;
	t->peer_window = p->win;
	nap_tcp_set_mss(t, cfg, now);
}

void nap_tcp_accept(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now,
	const struct nap_packet *p, const struct nap_tcp_keepalive *option)
{
	reset(t, cfg, now, p->dst, p->src, option);
	t->state = NAP_TCP_SYN_RECEIVED;
	synchronise(t, cfg, now, p);
}

void nap_tcp_write(
	struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now, const struct nap_tcp_words *w)
{
	struct nap_tcp_segment s = { .len = w->len, .cause = w->cause, .stamp = w->stamp };

	if (t->state == NAP_TCP_CLOSED || t->state > NAP_TCP_CLOSE_WAIT)
		return; /* nothing follows a FIN */
	if (nap_tcp_room(t) > 0) {
		s.flags = NAP_PSH;
		s.message = w->message;
		s.tag = w->tag;
	}
	if (t->pmtu > 0)
		nap_tcp_set_mss(t, cfg, now);
	nap_tcp_enqueue_message(t, s);
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
	nap_tcp_enqueue(t, &(struct nap_tcp_segment){ .flags = NAP_FIN, .cause = cause });
	return true;
}

void nap_tcp_close(struct nap_tcp *t, uint8_t cause)
{
	if (t->state == NAP_TCP_SYN_SENT)
		nap_tcp_abort(t);
	else if (finish(t, cause))
		t->left = true;
}

void nap_tcp_shutdown(struct nap_tcp *t, uint8_t cause)
{
	finish(t, cause);
}

/* The options that a segment carries, and what it says of what came. */
static void put_options(const struct nap_tcp *t, nap_time now, struct nap_packet *p)
{
	p->stamps = (struct nap_stamps){ t->stamps ? now + 1 : 0, t->stamps ? t->recent : 0 };
	if (p->flags & NAP_SYN) {
		p->win = SYN_WINDOW;
		p->wscale = NAP_TCP_SCALE + 1;
		p->mss = t->own_mss;
	} else if (p->len == 0 && (p->flags & NAP_FIN) == 0) {
		p->sack = nap_tcp_store_block(t);
	}
}

void nap_tcp_transmit(struct nap_tcp *t, const struct nap_tcp_config *cfg, uint32_t seq, uint32_t flags,
	const struct nap_tcp_segment *s, nap_time now, struct nap_outbox *out)
{
	struct nap_packet *p = nap_outbox_add(out);

	*p = (struct nap_packet){
		.src = t->self,
		.dst = t->peer,
		.proto = NAP_TCP,
		.flags = (uint8_t)flags,
		.seq = seq,
		.ack = flags & NAP_ACK ? t->rcv : 0,
		.win = t->window,
		.len = s ? s->len : 0,
		.ip_frag = t->may_be_cut ? 0 : NAP_DF,
		.message = s ? s->message : 0,
		.says = cfg->pings && s && s->len > 0 && s->cause == NAP_CAUSE_KEEPALIVE ? NAP_SAYS_PING
											 : NAP_SAYS_NOTHING,
		.cause = s ? s->cause : t->ack_cause,
		.tag = s ? s->tag : 0,
		.stamp = !s         ? 0
			 : s->stamp ? s->stamp
				    : now,
	};
	put_options(t, now, p);
	if (flags & NAP_ACK)
		nap_tcp_ack_sent(t, cfg);
}

void nap_tcp_transmit_segment(
	struct nap_tcp *t, const struct nap_tcp_config *cfg, uint32_t i, nap_time now, struct nap_outbox *out)
{
	struct nap_tcp_segment *s = nap_tcp_segment(t, i);
	bool again = i < t->n_sent;
	uint32_t flags = s->flags;

	if (t->state != NAP_TCP_SYN_SENT)
		flags |= NAP_ACK;
	if (s->len > 0) {
		nap_tcp_ack_answered(t, now);
		t->wrote = now;
	}
	nap_tcp_transmit(t, cfg, s->seq, flags, s, now, out);
	s->sent = now;
	if (t->recovery == NAP_TCP_FAST && t->repaid < UINT16_MAX)
		t->repaid++;
	if (again) {
		nap_tcp_mark(t, s, NAP_TCP_AGAIN, 0);
		return;
	}
	t->n_sent = i + 1;
	t->nxt = nap_tcp_segment_end(s);
	if (s->len < t->mss)
		t->small = t->nxt;
}

/* The first that is lost and did not go again, n_sent when there is none. */
static uint32_t first_lost(struct nap_tcp *t)
{
	uint32_t i = 0;

	if (t->lost <= t->resent)
		return t->n_sent;
	while (i < t->n_sent &&
		(nap_tcp_segment(t, i)->marks & (NAP_TCP_LOST | NAP_TCP_RESENT)) != NAP_TCP_LOST)
		i++;
	return i;
}

/*
 * Nagle's algorithm as Linux has it (Minshall's): what does not fill a segment waits while one that was not full is out,
 * but a program's last words for nothing.
 */
static bool gathers(struct nap_tcp *t, const struct nap_tcp_config *cfg)
{
	return !cfg->nodelay && t->write - t->nxt < t->mss && nap_tcp_before(t->una, t->small) &&
	       !nap_tcp_is_opening(t) && !(nap_tcp_segment(t, t->n - 1)->flags & NAP_FIN);
}

/* Which segment may go now? What is lost comes first; nothing overtakes a SYN. False: none. */
static bool may_send(struct nap_tcp *t, uint32_t *i)
{
	*i = first_lost(t);
	if (*i < t->n_sent)
		return nap_tcp_is_opening(t) || nap_tcp_in_flight(t) < t->cwnd;
	if (t->n_sent == t->n)
		return false;
	if (nap_tcp_is_opening(t))
		return t->n_sent == 0;
	return nap_tcp_in_flight(t) < t->cwnd &&
	       !nap_tcp_before(t->una + t->peer_window, nap_tcp_segment_end(nap_tcp_segment(t, *i)));
}

/* Leaves some room for what else the call has to say. */
static bool is_full(const struct nap_outbox *out)
{
	return out->n + 4 >= NAP_OUTBOX_MAX;
}

static void send_allowed(
	struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now, struct nap_outbox *out)
{
	uint32_t i;
	/* what has waited for an acknowledgement is one segment in truth, and waits no more */
	bool sent = false, together = t->gathers && !nap_tcp_before(t->una, t->small);

	while (may_send(t, &i)) {
		t->gathers = i == t->n_sent && !together && gathers(t, cfg);
		if (t->gathers)
			break;
		if (is_full(out)) { /* the rest goes at once, with the next */
			t->resume = true;
			break;
		}
		if (i < t->n_sent) {
			nap_tcp_mark(t, nap_tcp_segment(t, i), NAP_TCP_RESENT, 0);
			t->since = nap_time_min(t->since, now);
		}
		nap_tcp_transmit_segment(t, cfg, i, now, out);
		nap_tcp_arm_sent(t, cfg, now);
		sent = true;
	}
	if (!nap_tcp_is_opening(t) && (sent || t->n_sent < t->n))
		nap_tcp_note_use(t);
}

void nap_tcp_flush(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now, struct nap_outbox *out)
{
	bool waits = t->n_sent < t->n || t->lost > t->resent;

	if (t->state == NAP_TCP_CLOSED || !(waits || t->ack_due || t->resume))
		return;
	if (t->resume)
		t->ack_at = NAP_NEVER;
	t->resume = false;
	if (t->n_sent == 0 && t->n > 0 && (t->cwnd > cfg->initial_window || t->ssthresh != NAP_TCP_NO_THRESH))
		nap_tcp_after_idle(t, cfg, now);
	if (waits)
		send_allowed(t, cfg, now, out);
	if (t->ack_due)
		nap_tcp_transmit(t, cfg, t->nxt, NAP_ACK, NULL, now, out);
	if (t->resume)
		t->ack_at = now;
}

void nap_tcp_fin_acknowledged(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now)
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
	if (t->state == NAP_TCP_FIN_WAIT_2) /* a program that still reads may wait for ever */
		t->keep =
			t->left ? nap_tcp_wheel(cfg, now, nap_time_after(now, cfg->fin_timeout)) : NAP_NEVER;
}

/* The handshake is over. A SYN that had to be repeated twice tells of a poor path (RFC 5681 3.1). */
static void establish(struct nap_tcp *t, const struct nap_tcp_config *cfg, uint32_t repeats)
{
	t->state = NAP_TCP_ESTABLISHED;
	t->keep = nap_tcp_wheel(cfg, t->heard, nap_time_after(t->heard, t->option->idle));
	if (t->rtt.srtt == 0)
		t->rto = RTO_FALLBACK;
	if (repeats > 1)
		t->cwnd = 1;
}

unsigned nap_tcp_abort(struct nap_tcp *t)
{
	nap_tcp_clear(t);
	t->ack_due = t->resume = false;
	t->retry = t->keep = t->ack_at = NAP_NEVER;
	return NAP_TCP_ABORTED;
}

void nap_tcp_reset(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now, uint8_t cause,
	struct nap_outbox *out)
{
	if (t->state == NAP_TCP_CLOSED)
		return;
	t->ack_cause = cause;
	nap_tcp_transmit(t, cfg, t->nxt, NAP_RST | NAP_ACK, NULL, now, out);
	nap_tcp_abort(t);
}

/* The SYN goes again. */
static void send_again(struct nap_tcp *t)
{
	if (t->n_sent > 0)
		nap_tcp_mark(t, nap_tcp_segment(t, 0), NAP_TCP_LOST, NAP_TCP_RESENT);
}

/* Does p answer the first SYN, so that the others were for nothing? opened: when that went. */
static bool answers_first(const struct nap_packet *p, nap_time opened)
{
	return p->stamps.echo > 0 && p->stamps.echo == opened + 1;
}

static unsigned take_in_syn_sent(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now,
	const struct nap_packet *p, struct nap_outbox *out)
{
	nap_time opened = t->since;
	uint32_t repeats = t->retransmits;

	if ((p->flags & NAP_ACK) && p->ack != t->nxt) {
		nap_tcp_refuse(p, out);
		return 0;
	}
	if (p->flags & NAP_RST)
		return p->flags & NAP_ACK ? nap_tcp_abort(t) : 0;
	if (!(p->flags & NAP_SYN))
		return 0;
	synchronise(t, cfg, now, p);
	t->heard = now;
	if (!(p->flags & NAP_ACK)) { /* simultaneous open: the SYN goes again, as a SYN-ACK */
		t->state = NAP_TCP_SYN_RECEIVED;
		send_again(t);
		return 0;
	}
	t->ack_due = true;
	nap_tcp_take_ack(t, cfg, now, p);
	establish(t, cfg, answers_first(p, opened) ? 0 : repeats);
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

/* The window grows with what comes in one go, as Linux' does: programs read at once. */
static void grow_window(struct nap_tcp *t)
{
	uint64_t wanted = (2 * (uint64_t)t->burst + 16u * t->own_mss) >> NAP_TCP_SCALE;

	t->window = (uint16_t)MAX(t->window, MIN(wanted, WINDOW_MOST));
}

/* Payload in order. Returns its events. */
static unsigned take_data(
	struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now, const struct nap_packet *p)
{
	bool gap = nap_tcp_store_waits(t);
	unsigned events = p->flags & NAP_PSH ? NAP_TCP_MESSAGE | NAP_TCP_DATA : NAP_TCP_DATA;

	t->rcv = p->seq + p->len;
	t->burst += p->len;
	grow_window(t);
	if (p->flags & NAP_PSH)
		t->burst = 0;
	events |= nap_tcp_store_advance(t);
	nap_tcp_ack_data(t, cfg, now, p->len);
	t->ack_due |= gap; /* RFC 5681 4.2 */
	return events;
}

/* Payload and FIN; what is not in order is answered by saying what is expected. */
static unsigned take_payload(
	struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now, const struct nap_packet *p)
{
	uint32_t end = p->seq + p->len; /* of the payload */
	bool fin = p->flags & NAP_FIN;
	unsigned events = 0;

	if (p->len == 0 && !fin)
		return 0;
	t->ack_cause = p->cause;
	if (nap_tcp_before(t->rcv, p->seq)) {
		nap_tcp_store_add(t, p);
		nap_tcp_ack_quickly(t, cfg);
		return 0;
	}
	if (!nap_tcp_before(t->rcv, end + fin)) { /* it has been here */
		nap_tcp_ack_quickly(t, cfg);
		return 0;
	}
	if (nap_tcp_before(t->rcv, end))
		events |= take_data(t, cfg, now, p);
	if (fin && t->rcv == end) {
		t->rcv++;
		events |= NAP_TCP_ENDED;
	}
	if (events & NAP_TCP_ENDED) {
		take_fin(t, now);
		nap_tcp_ack_fin(t, cfg, now);
	}
	return events;
}

/* Does any of p lie in the window (RFC 9293 3.10.7.4)? A keepalive probe does not: it is of old (RFC 1122 4.2.3.6). */
static bool acceptable(const struct nap_tcp *t, const struct nap_packet *p)
{
	uint32_t end = p->seq + p->len + ((p->flags & NAP_FIN) != 0);

	return !nap_tcp_before(end, t->rcv) && !nap_tcp_before(t->rcv + nap_tcp_own_window(t), p->seq);
}

/* A segment with ACK and without SYN or RST, of a connection that is beyond SYN-SENT. */
static unsigned take_segment(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now,
	const struct nap_packet *p, struct nap_outbox *out)
{
	unsigned events = 0;
	uint32_t repeats;
	bool news;

	if (!acceptable(t, p)) {
		nap_tcp_answer_invalid(t, now, p);
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
	repeats = t->retransmits;
	news = nap_tcp_take_ack(t, cfg, now, p);
	if (news && t->n == 0)
		events |= NAP_TCP_SETTLED;
	if (t->state == NAP_TCP_CLOSED)
		return 0;
	if (t->state == NAP_TCP_SYN_RECEIVED) {
		if (!news) { /* it does not acknowledge our SYN: RFC 9293 3.10.7.4 */
			nap_tcp_refuse(p, out);
			return 0;
		}
		establish(t, cfg, repeats);
		events |= NAP_TCP_CONNECTED;
	}
	return events | take_payload(t, cfg, now, p);
}

static unsigned take(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now,
	const struct nap_packet *p, struct nap_outbox *out)
{
	if (p->proto == NAP_ICMP)
		return nap_tcp_take_icmp(t, cfg, now, p, out);
	if (t->state == NAP_TCP_SYN_SENT)
		return take_in_syn_sent(t, cfg, now, p, out);
	if (p->flags & NAP_RST)
		return nap_tcp_take_reset(t, now, p);
	if (p->flags & NAP_SYN) {
		if (t->state == NAP_TCP_SYN_RECEIVED && p->seq + 1 == t->rcv && !(p->flags & NAP_ACK)) {
			send_again(t); /* our SYN-ACK was lost */
			return 0;
		}
		if (t->state != NAP_TCP_SYN_RECEIVED) {
			nap_tcp_answer_invalid(t, now, p); /* challenge: RFC 5961 4.2 */
			return 0;
		}
	}
	return p->flags & NAP_ACK ? take_segment(t, cfg, now, p, out) : 0;
}

/* What is to go by the host's own doing goes before the program says anything. */
unsigned nap_tcp_input(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now,
	const struct nap_packet *p, struct nap_outbox *out)
{
	unsigned events = take(t, cfg, now, p, out);

	nap_tcp_flush(t, cfg, now, out);
	return events;
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
		.win = t->window,
		.len = 1,
	};
}
