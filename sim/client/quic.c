/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/quic.h"

#include <string.h>

#include "client/message.h"

#define GRANULARITY NAP_MS /* RFC 9002 6.1.2 */
#define ACK_AFTER   2      /* RFC 9000 13.2.2: packets that are acknowledged at once */
#define MTU_NEAR    20     /* bytes: a search that has come so near is over */
#define MTU_PAUSE   5      /* round trips from one probe of the MTU to the next */

void nap_quic_init(struct nap_quic *q, const struct nap_speaker *sp)
{
	memset(q, 0, sizeof *q);
	q->first = q->probe = q->ack = q->answer = NAP_NEVER;
	q->idle = q->got = sp->now;
	q->mtu = (uint16_t)sp->app->mtu_from;
	q->mtu_above = (uint16_t)MAX(sp->app->mtu_to, sp->app->mtu_from);
}

/* Does it ask for an acknowledgement? */
static bool asks(uint8_t message)
{
	return message != NAP_MSG_ACK && message != NAP_MSG_BYE;
}

/* Is it said again when it is not acknowledged? An opening's steps are the client's to repeat. */
static bool is_kept(uint8_t message)
{
	return asks(message) && message != NAP_MSG_OPEN_UP && message != NAP_MSG_OPEN_DOWN;
}

/* --- round trips ------------------------------------------------------------------------------------------------- */

nap_time nap_quic_timeout(const struct nap_quic *q, const struct nap_app_config *app, uint32_t backoff)
{
	nap_time base = q->srtt == 0
				? app->open_timeout
				: q->srtt + nap_time_max(4 * q->rttvar, GRANULARITY) + app->max_ack_delay;

	return base << MIN(backoff, 24u);
}

/* RFC 9002 5.3: a round trip, of which the other end says that it waited so long. */
static void measure(struct nap_quic *q, nap_time latest, nap_time delay)
{
	nap_time off;

	if (q->srtt == 0) {
		q->srtt = q->min_rtt = latest;
		q->rttvar = latest / 2;
		return;
	}
	q->min_rtt = nap_time_min(q->min_rtt, latest);
	if (latest >= q->min_rtt + delay)
		latest -= delay;
	off = q->srtt > latest ? q->srtt - latest : latest - q->srtt;
	/* programs reckon in microseconds */
	q->rttvar = (3 * q->rttvar + off) / 4 / NAP_US * NAP_US;
	q->srtt = (7 * q->srtt + latest) / 8 / NAP_US * NAP_US;
}

/*
 * The number of a packet sent now: its time, and for pushes of which several go at once the next that is free. An
 * acknowledgement of the first would else tell that the others are lost, which are still under way.
 */
static nap_time number(const struct nap_quic *q, nap_time now, uint8_t message)
{
	bool push = message == NAP_MSG_PUSH || message == NAP_MSG_PUSH_SILENT;

	return nap_time_max(now, push ? q->sent + 1 : q->sent);
}

/* --- the path's MTU ---------------------------------------------------------------------------------------------- */

/* A probe rides on what is sent or has come, if it is time for one. */
static void probe_mtu(struct nap_quic *q, const struct nap_speaker *sp, uint8_t cause)
{
	uint16_t size = (uint16_t)((q->mtu + q->mtu_above) / 2);

	if (!q->confirmed || q->mtu_probe > 0 || q->mtu_above - q->mtu <= MTU_NEAR || sp->now < q->mtu_next)
		return;
	q->mtu_probe = size;
	q->mtu_sent = sp->now;
	q->mtu_next = nap_time_after(sp->now, MTU_PAUSE * q->srtt);
	sp->say(sp->ctx,
		&(struct nap_saying){
			.message = NAP_MSG_MTU_PROBE, .cause = cause, .len = size, .stamp = sp->now });
}

/* What went up to a time is acknowledged or lost; if the probe is among it, the other end tells which. */
static void settle_mtu(struct nap_quic *q, nap_time acked, uint16_t heard)
{
	if (q->mtu_probe == 0 || acked < q->mtu_sent)
		return;
	if (heard >= q->mtu_probe)
		q->mtu = q->mtu_probe;
	else
		q->mtu_above = q->mtu_probe;
	q->mtu_probe = 0;
}

/* --- packets ----------------------------------------------------------------------------------------------------- */

void nap_quic_confirm(struct nap_quic *q, const struct nap_speaker *sp)
{
	q->confirmed = true;
	q->mtu_next = nap_time_after(sp->now, MTU_PAUSE * q->srtt);
}

/*
 * When p was sent, what it acknowledges and how long that had to wait, and the largest probe that came. A probe of the
 * MTU carries nothing but itself.
 */
void nap_quic_stamp(struct nap_quic *q, const struct nap_speaker *sp, struct nap_packet *p)
{
	bool alone = p->message == NAP_MSG_MTU_PROBE;

	p->stamps = (struct nap_stamps){ .sent = asks(p->message) ? number(q, sp->now, p->message) : sp->now,
		.echo = alone || q->owed == 0 ? -1 : q->heard };
	if (alone) {
		p->ip_frag = NAP_DF;
		return;
	}
	p->seq = (uint32_t)nap_time_min(sp->now - q->got, sp->app->max_ack_delay);
	p->win = q->mtu_heard;
	q->owed = 0;
	q->ack = NAP_NEVER;
}

void nap_quic_sent(struct nap_quic *q, const struct nap_speaker *sp, const struct nap_saying *what)
{
	if (!asks(what->message))
		return;
	q->sent = number(q, sp->now, what->message);
	q->first = nap_time_min(q->first, q->sent);
	if (!q->said && sp->app->idle_restarts)
		q->idle = sp->now;
	q->said = true;
	if (!is_kept(what->message))
		return;
	q->probe = nap_time_after(sp->now, nap_quic_timeout(q, sp->app, q->backoff));
	if (what->message == NAP_MSG_MTU_PROBE)
		return;
	q->last = *what;
	probe_mtu(q, sp, what->cause);
}

/* p acknowledges what went up to echo, and something of that for the first time. */
static unsigned take_ack(struct nap_quic *q, const struct nap_speaker *sp, const struct nap_packet *p)
{
	nap_time echo = p->stamps.echo;

	measure(q, nap_time_max(sp->now - echo, 0), nap_time_min(p->seq, sp->app->max_ack_delay));
	settle_mtu(q, echo, p->win);
	q->backoff = 0;
	if (echo < q->sent) {
		q->first = echo + 1;
		if (q->probe != NAP_NEVER)
			q->probe = nap_time_after(q->sent, nap_quic_timeout(q, sp->app, 0));
		return 0;
	}
	q->first = q->probe = NAP_NEVER;
	return NAP_SECURE_ACKED;
}

unsigned nap_quic_heard(struct nap_quic *q, const struct nap_speaker *sp, const struct nap_packet *p)
{
	unsigned events = p->stamps.echo >= q->first ? take_ack(q, sp, p) : 0;

	q->idle = sp->now;
	q->said = false;
	if (p->message == NAP_MSG_ACK || p->message == NAP_MSG_MTU_PROBE)
		events |= NAP_SECURE_OWN;
	if (p->message == NAP_MSG_MTU_PROBE)
		q->mtu_heard = (uint16_t)MAX(q->mtu_heard, p->len);
	if (!asks(p->message))
		return events;
	if (q->owed == 0 || p->stamps.sent > q->heard) {
		q->heard = p->stamps.sent;
		q->got = sp->now;
	}
	q->owed_cause = p->cause;
	q->owed = (uint8_t)MIN(q->owed + 1, UINT8_MAX);
	if (q->ack == NAP_NEVER)
		q->ack = nap_time_after(sp->now, sp->app->max_ack_delay);
	return events;
}

static void acknowledge(const struct nap_quic *q, const struct nap_speaker *sp)
{
	sp->say(sp->ctx,
		&(struct nap_saying){ .message = NAP_MSG_ACK, .cause = q->owed_cause, .stamp = sp->now });
}

void nap_quic_settle(struct nap_quic *q, const struct nap_speaker *sp)
{
	if (q->owed > 0)
		probe_mtu(q, sp, q->owed_cause);
	if (q->owed >= ACK_AFTER)
		acknowledge(q, sp);
}

void nap_quic_work(struct nap_quic *q, const struct nap_speaker *sp, uint32_t tag)
{
	q->answer = nap_time_after(sp->now, sp->app->handshake_time);
	q->answer_tag = tag;
}

unsigned nap_quic_timer(struct nap_quic *q, const struct nap_speaker *sp)
{
	unsigned events = 0;

	if (sp->now >= q->answer) {
		q->answer = NAP_NEVER;
		events |= NAP_SECURE_ANSWER;
	}
	if (sp->now >= q->ack)
		acknowledge(q, sp);
	if (sp->now >= q->probe) {
		if (q->backoff < UINT8_MAX)
			q->backoff++;
		q->probe = nap_time_after(sp->now, nap_quic_timeout(q, sp->app, q->backoff));
		events |= NAP_SECURE_PROBE;
	}
	return events;
}

nap_time nap_quic_deadline(const struct nap_quic *q)
{
	return nap_time_min(q->probe, nap_time_min(q->ack, q->answer));
}

nap_time nap_quic_idle_end(const struct nap_quic *q, const struct nap_app_config *app, nap_time silence)
{
	if (silence == NAP_NEVER)
		return NAP_NEVER;
	return nap_time_after(q->idle, nap_time_max(silence, 3 * nap_quic_timeout(q, app, 0)));
}
