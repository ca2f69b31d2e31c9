/* SPDX-License-Identifier: BSD-2-Clause */
#include "peer/relay.h"

#define FIRST_RELAYED 49152 /* RFC 8656 7.2 */

/* What a request is answered by, without its payload's meaning. */
static struct nap_packet *answer(
	struct nap_outbox *out, const struct nap_packet *p, uint8_t message, uint64_t len)
{
	struct nap_packet *a = nap_outbox_add(out);

	*a = *p;
	a->src = p->dst;
	a->dst = p->src;
	a->message = message;
	a->len = (uint32_t)len;
	a->quote = (struct nap_quote){ .proto = p->proto };
	return a;
}

/* The rendezvous over TCP: a connection of which nothing but its opening matters. */
static void greet(const struct nap_packet *p, struct nap_outbox *out)
{
	struct nap_packet *a;

	if (!(p->flags & NAP_SYN))
		return;
	a = answer(out, p, NAP_PEER_TOLD, 0);
	a->flags = NAP_SYN | NAP_ACK;
	a->ack = p->seq + 1;
	a->seq = 0;
	a->quote.src = p->src;
}

static void allocate(struct nap_relay *r, const struct nap_peer_config *cfg, nap_time now,
	const struct nap_packet *p, struct nap_outbox *out)
{
	struct nap_packet *a;

	/* asked again, as the answer was lost: the same one */
	if (!nap_endpoint_equal(r->client, p->src) || now >= r->until) {
		*r = (struct nap_relay){ .client = p->src, .made = (uint16_t)(r->made + 1) };
		r->relayed = (struct nap_endpoint){ NAP_RELAY_ADDR, (uint16_t)(FIRST_RELAYED + r->made) };
	}
	r->until = nap_time_after(now, cfg->allocation_lifetime);
	a = answer(out, p, NAP_PEER_ALLOCATED, cfg->check_answer);
	a->quote.src = r->relayed;
}

/* What the client of the allocation sends. */
static bool from_client(struct nap_relay *r, const struct nap_peer_config *cfg, nap_time now,
	const struct nap_packet *p, struct nap_outbox *out)
{
	struct nap_packet *on;

	switch (p->message) {
	case NAP_PEER_REFRESH:
		r->until = p->tag == 0 ? now : nap_time_after(now, cfg->allocation_lifetime);
		answer(out, p, NAP_PEER_REFRESHED, cfg->check_answer)->tag = p->tag;
		return true;
	case NAP_PEER_BIND:
		r->channel = p->quote.dst;
		r->permitted = p->quote.dst.addr;
		r->permitted_until = nap_time_after(now, cfg->permission_lifetime);
		r->channel_until = nap_time_after(now, cfg->channel_lifetime);
		answer(out, p, NAP_PEER_BOUND, cfg->check_answer);
		return true;
	case NAP_PEER_INDICATE:
		return true;
	default:
		if (now >= r->channel_until || now >= r->permitted_until)
			return true;
		on = nap_outbox_add(out);
		*on = *p;
		on->src = r->relayed;
		on->dst = r->channel;
		on->len = p->len - (uint32_t)cfg->relay_overhead;
		return false;
	}
}

/* From anybody to the relayed address: on to the client, which is told where it came from. */
static bool from_peer(const struct nap_relay *r, const struct nap_peer_config *cfg, nap_time now,
	const struct nap_packet *p, struct nap_outbox *out)
{
	struct nap_packet *on;

	if (nap_relay_open_until(r, now, p->src.addr) == 0 || p->dst.port != r->relayed.port)
		return false;
	on = nap_outbox_add(out);
	*on = *p;
	on->src = (struct nap_endpoint){ NAP_RELAY_ADDR, NAP_STUN_PORT };
	on->dst = r->client;
	on->len = p->len + (uint32_t)cfg->relay_overhead;
	if (p->message == NAP_PEER_CHECK || p->message == NAP_PEER_CHECKED)
		on->quote.src = p->src;
	return false;
}

bool nap_relay_input(struct nap_relay *r, const struct nap_peer_config *cfg, nap_time now,
	const struct nap_packet *p, struct nap_outbox *out)
{
	if (p->proto == NAP_ICMP)
		return true;
	if (p->proto == NAP_TCP) {
		greet(p, out);
		return true;
	}
	if (p->message == NAP_PEER_ASK) {
		answer(out, p, NAP_PEER_TOLD, cfg->check_answer)->quote.src = p->src;
		return true;
	}
	if (p->dst.addr != NAP_RELAY_ADDR || p->dst.port != NAP_STUN_PORT)
		return from_peer(r, cfg, now, p, out);
	if (p->message == NAP_PEER_ALLOCATE) {
		allocate(r, cfg, now, p, out);
		return true;
	}
	if (nap_endpoint_equal(r->client, p->src) && now < r->until)
		return from_client(r, cfg, now, p, out);
	if (p->message == NAP_PEER_REFRESH || p->message == NAP_PEER_BIND)
		answer(out, p, NAP_PEER_MISMATCH, cfg->check_answer);
	return true;
}

nap_time nap_relay_open_until(const struct nap_relay *r, nap_time now, nap_addr from)
{
	nap_time until = nap_time_min(r->until, r->permitted_until);

	return from == r->permitted && now < until ? until : 0;
}
