/* SPDX-License-Identifier: BSD-2-Clause */
/* What is wrong: ICMP errors and resets that come, what does not belong to the connection, and refusing what belongs to none. */
#include "client/tcp_inside.h"

#define INVALID_PAUSE (500 * NAP_MS) /* Linux, tcp_invalid_ratelimit */

/*
 * ICMP errors about this connection. While it opens each that names a fault of the way or of the host ends it. Later
 * none does but protocol and port unreachable where the host follows RFC 1122 4.2.3.9 (RFC 5461); net and host
 * unreachable tell that it was not congestion that lost a segment (RFC 6069).
 */
unsigned nap_tcp_take_icmp(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now,
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
	if (p->icmp_type == NAP_ICMP_UNREACHABLE && p->icmp_code == NAP_ICMP_TOO_BIG)
		nap_tcp_too_big(t, cfg, now, p->mtu);
	return way ? nap_tcp_revert_backoff(t, cfg, now, out) : 0;
}

/*
 * What does not belong to the connection is answered by what is expected, but, as in Linux (tcp_invalid_ratelimit), what carries
 * nothing only every half second: else two ends that disagree would answer each other for ever.
 */
void nap_tcp_answer_invalid(struct nap_tcp *t, nap_time now, const struct nap_packet *p)
{
	if (p->len == 0 && now < t->quiet)
		return;
	if (p->len == 0)
		t->quiet = now + INVALID_PAUSE;
	t->ack_cause = p->cause; /* a keepalive probe is such, and its answer the keepalive's */
	t->ack_due = true;
}

/*
 * A RST counts that has the number expected next, or, as in Linux, the FIN's that came before it: it crossed that. One
 * that only lies in the window may be forged, and is asked about: who means it says it again, with the right number
 * (RFC 9293 3.10.7.4, RFC 5961 3.2).
 */
unsigned nap_tcp_take_reset(struct nap_tcp *t, nap_time now, const struct nap_packet *p)
{
	bool ended =
		t->state == NAP_TCP_CLOSE_WAIT || t->state == NAP_TCP_LAST_ACK || t->state == NAP_TCP_CLOSING;

	if (p->seq == t->rcv || (ended && p->seq == t->rcv - 1))
		return nap_tcp_abort(t);
	if (p->seq - t->rcv > nap_tcp_own_window(t))
		return 0;
	if (t->state == NAP_TCP_SYN_RECEIVED) /* nothing is lost by it */
		return nap_tcp_abort(t);
	nap_tcp_answer_invalid(t, now, p);
	return 0;
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
