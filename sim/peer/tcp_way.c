/* SPDX-License-Identifier: BSD-2-Clause */
/* A direct way over TCP: connections begun from both ends at once, from one port each (RFC 5128 3.4, RFC 9293 3.5). */
#include "peer/agent_inside.h"

static const struct nap_tcp_keepalive no_keepalive = { .idle = NAP_NEVER };

void nap_tcp_way_clear(struct nap_agent *a)
{
	for (int i = 0; i < NAP_PEER_CONNS; i++)
		nap_tcp_clear(&a->conn[i]);
}

nap_time nap_tcp_way_deadline(const struct nap_agent *a)
{
	nap_time t = NAP_NEVER;

	for (int i = 0; i < NAP_PEER_CONNS; i++)
		if (a->conn[i].state != NAP_TCP_CLOSED)
			t = nap_time_min(t, nap_tcp_deadline(&a->conn[i]));
	return t;
}

void nap_tcp_way_flush(struct nap_agent_call *k)
{
	for (int i = 0; i < NAP_PEER_CONNS; i++) {
		uint32_t n = k->out->n;

		if (k->a->conn[i].state != NAP_TCP_CLOSED)
			nap_tcp_flush(&k->a->conn[i], k->tcp, k->now, k->out);
		k->a->sent += k->out->n - n;
	}
}

/* The connection with that address, or, where there is none and fresh, one that is free; NULL: there is none. */
static struct nap_tcp *conn_of(struct nap_agent *a, struct nap_endpoint with, bool fresh)
{
	struct nap_tcp *free = NULL;

	for (int i = NAP_PEER_CONNS; i-- > 0;) {
		if (a->conn[i].state == NAP_TCP_CLOSED)
			free = &a->conn[i];
		else if (nap_endpoint_equal(a->conn[i].peer, with))
			return &a->conn[i];
	}
	return fresh ? free : NULL;
}

void nap_tcp_way_connect(struct nap_agent_call *k, struct nap_endpoint to)
{
	struct nap_tcp *t = conn_of(k->a, to, true);

	if (t && t->state == NAP_TCP_CLOSED)
		nap_tcp_connect(t, k->tcp, k->now, k->a->self, to, &no_keepalive);
}

void nap_tcp_way_write(
	struct nap_agent_call *k, uint8_t message, uint8_t cause, uint32_t len, uint32_t tag, nap_time stamp)
{
	nap_tcp_write(&k->a->conn[k->a->chosen], k->tcp, k->now,
		&(struct nap_tcp_words){ message, cause, MAX(len, 1), tag, stamp });
}

/* Connection number is the way; those that are only tried end. */
static void choose(struct nap_agent_call *k, uint8_t number)
{
	struct nap_agent *a = k->a;

	a->chosen = number;
	for (uint8_t i = 0; i < NAP_PEER_CONNS; i++)
		if (i != number && a->conn[i].state == NAP_TCP_SYN_SENT)
			nap_tcp_clear(&a->conn[i]);
	if (!a->direct)
		nap_agent_found(k, a->self, a->conn[number].peer);
}

/* What has come about on connection t; p: what ended a message. True: it is the program's. */
static bool take(struct nap_agent_call *k, struct nap_tcp *t, unsigned events, const struct nap_packet *p)
{
	struct nap_agent *a = k->a;
	uint8_t number = (uint8_t)(t - a->conn);

	if ((events & NAP_TCP_CONNECTED) && !a->direct)
		choose(k, number);
	if (events & (NAP_TCP_ABORTED | NAP_TCP_ENDED)) {
		nap_tcp_clear(t);
		if (a->direct && number == a->chosen)
			nap_agent_lost(k);
		return false;
	}
	if (!(events & NAP_TCP_MESSAGE) || !p)
		return false;
	if (!a->direct || number != a->chosen) /* the other end has chosen this one */
		choose(k, number);
	if (p->message < NAP_PEER_ASK)
		return true;
	nap_checks_input(k, p);
	return false;
}

/* Whose connection an ICMP error is about. */
static struct nap_endpoint other_end(const struct nap_packet *p)
{
	return p->proto == NAP_ICMP ? p->quote.dst : p->src;
}

bool nap_tcp_way_input(struct nap_agent_call *k, struct nap_packet *p)
{
	struct nap_agent *a = k->a;
	bool opens = p->proto == NAP_TCP && (p->flags & (NAP_SYN | NAP_ACK)) == NAP_SYN &&
		     a->phase != NAP_AGENT_IDLE;
	struct nap_tcp *t = conn_of(a, other_end(p), opens);
	uint32_t n = k->out->n;
	unsigned events;

	if (!t) {
		if (p->proto == NAP_TCP && !nap_relay_is(p->src.addr))
			nap_tcp_refuse(p, k->out);
		return false;
	}
	if (t->state == NAP_TCP_CLOSED) {
		nap_tcp_accept(t, k->tcp, k->now, p, &no_keepalive);
		return false;
	}
	events = nap_tcp_input(t, k->tcp, k->now, p, k->out);
	a->sent += k->out->n - n;
	return take(k, t, events, p);
}

void nap_tcp_way_timer(struct nap_agent_call *k)
{
	struct nap_agent *a = k->a;

	for (int i = 0; i < NAP_PEER_CONNS; i++) {
		uint32_t n = k->out->n;
		unsigned events;

		if (a->conn[i].state == NAP_TCP_CLOSED || nap_tcp_deadline(&a->conn[i]) > k->now)
			continue;
		events = nap_tcp_timer(&a->conn[i], k->tcp, k->now, k->out);
		a->sent += k->out->n - n;
		take(k, &a->conn[i], events, NULL);
	}
}
