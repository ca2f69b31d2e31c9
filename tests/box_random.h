/* SPDX-License-Identifier: BSD-2-Clause */
/* Middleboxes and packets at random, for properties that hold of all of them. */
#ifndef NAP_TESTS_BOX_RANDOM_H
#define NAP_TESTS_BOX_RANDOM_H

#include "box_test.h"

enum {
	HOSTS = 3,
	PORTS = 4,
	SERVERS = 3,
	SERVICES = 3,
	INSIDES = HOSTS * PORTS,
	REMOTES = SERVERS * SERVICES,
	PROTOS = 3
};
enum { FIRST_PORT = 4998, LAST_PORT = 5070 };
static const uint8_t protos[PROTOS] = { NAP_UDP, NAP_TCP, NAP_ICMP };

static inline struct nap_endpoint inside_end(uint32_t i)
{
	return (struct nap_endpoint){ IN_A + i / PORTS, (uint16_t)(5000 + i % PORTS) };
}

static inline struct nap_endpoint remote_end(uint32_t i)
{
	return (struct nap_endpoint){ OUT_A + i / SERVICES, (uint16_t)(80 + i % SERVICES) };
}

/* Port sets that do not touch, as MAP-E has them. */
static const struct nap_port_range several_ports[] = { { FIRST_PORT, 5004 }, { 5007, 5007 }, { 5020, 5030 },
	{ 5040, LAST_PORT } };

/* What boxes do beside tracking, and their rules. */
static inline void box_vary_rules(struct nap_box_config *c, struct nap_rng *r)
{
	static const char *const raw[] = { "notrack inside udp dport 81", "drop outside len 120-65535",
		NULL },
				 *const after[] = { "reject inside tcp dport 82",
					 "drop outside udp len 60-200", NULL };

	c->invalid = nap_rng_below(r, 2);
	c->forward = nap_rng_below(r, 24) == 0 ? NAP_FORWARD_ANSWERS : c->forward;
	c->reset_refresh = nap_rng_below(r, 2);
	c->track_own_resets = nap_rng_below(r, 2);
	c->hairpin_by = nap_rng_below(r, 2);
	c->hairpin_unsent = nap_rng_below(r, 2);
	c->port_search = nap_rng_below(r, 2);
	c->port_takeover = nap_rng_below(r, 2);
	c->peer_port = nap_rng_below(r, 2);
	c->closed_count = nap_rng_below(r, 2);
	c->reopen = nap_rng_below(r, 2);
	c->raw_rules = nap_rng_below(r, 8) == 0 ? raw : NULL;
	c->rules = nap_rng_below(r, 8) == 0 ? after : NULL;
}

/* A behaviour at random: timers of seconds, ranges of few ports, all policies. */
static inline void box_vary(struct nap_box_config *c, struct nap_rng *r)
{
	c->tracker = nap_rng_below(r, 4);
	c->mapping = nap_rng_below(r, 3);
	c->filtering = nap_rng_below(r, 3);
	c->refresh = nap_rng_below(r, 3);
	c->timer_scope = nap_rng_below(r, 2);
	c->filtered = nap_rng_below(r, 3);
	c->mapping_hold = nap_rng_below(r, 3) == 0 ? 3 * NAP_S : 0;
	for (int t = 0; t < NAP_TIMERS; t++)
		c->timer[t] = (1 + nap_rng_below(r, 20)) * NAP_S;
	c->udp_stream_after = nap_rng_below(r, 3) * NAP_S;
	c->purge_interval = nap_rng_below(r, 3) == 0 ? 10 * NAP_S : 0;
	c->expiry = nap_rng_below(r, 6) == 0 ? NAP_EXPIRE_CANDIDATE : NAP_EXPIRE_EAGER;
	c->duration_limit = nap_rng_below(r, 4) == 0 ? 30 * NAP_S : NAP_NEVER;
	c->reject = nap_rng_below(r, 3);
	c->on_miss = nap_rng_below(r, 3);
	c->input = nap_rng_below(r, 2);
	c->tcp_loose = nap_rng_below(r, 2);
	c->icmp_errors = nap_rng_below(r, 4);
	c->resets = nap_rng_below(r, 3);
	c->session_rate = nap_rng_below(r, 4) == 0 ? 2 : 0;
	c->ports.word = nap_rng_below(r, 4);
	c->ports.arg = 4;
	c->port_range =
		(struct nap_port_ranges){ FIRST_PORT, (uint16_t)(5004 + nap_rng_below(r, 60)), NULL, 0 };
	if (nap_rng_below(r, 3) == 0)
		c->port_range = (struct nap_port_ranges){ FIRST_PORT, LAST_PORT, several_ports, 4 };
	c->parity = nap_rng_below(r, 3) == 0;
	c->overload =
		nap_rng_below(r, 2) && c->mapping != NAP_ENDPOINT_INDEPENDENT; /* the latter is refused */
	c->reuse_mapping = nap_rng_below(r, 2);
	c->port_clash = nap_rng_below(r, 3);
	c->port_classes = nap_rng_below(r, 3);
	c->port_hold_down = nap_rng_below(r, 3) == 0 ? 5 * NAP_S : 0;
	c->pooling = nap_rng_below(r, 3);
	c->hairpin = nap_rng_below(r, 2);
	c->capacity = nap_rng_below(r, 2) ? 5 + nap_rng_below(r, 40) : 0;
	c->eviction = nap_rng_below(r, 4);
	c->hash_buckets = nap_rng_below(r, 2) ? 1 + nap_rng_below(r, 60) : 0;
	c->sessions_per_destination = nap_rng_below(r, 4) == 0 ? 3 : 0;
	c->sessions_per_subscriber = nap_rng_below(r, 3) == 0 ? 8 : 0;
	c->ports_per_subscriber = nap_rng_below(r, 3) == 0 ? 4 : 0;
	c->blocks_per_subscriber = 2;
	c->block_hold = nap_rng_below(r, 2) * 4 * NAP_S;
	box_vary_rules(c, r);
}

/* One of six becomes a box that may have zones, and has them. */
static inline void box_vary_zones(struct nap_box_config *c, struct nap_rng *r)
{
	static const char *const zones[] = { "opener-zone 5 inside udp dport 81",
		"opener-zone 6 inside udp src 10.0.0.3", "zone 7 tcp sport 80", "zone 7 tcp dport 80", NULL };

	if (nap_rng_below(r, 6) != 0)
		return;
	c->tracker = NAP_TRACK_LINUX;
	c->overload = true;
	c->mapping = c->filtering = NAP_ADDRESS_AND_PORT_DEPENDENT;
	c->raw_rules = zones;
}

static inline struct nap_packet random_packet(
	struct nap_rng *r, uint32_t proto, struct nap_endpoint src, struct nap_endpoint dst)
{
	static const uint8_t flags[] = { NAP_SYN, NAP_SYN | NAP_ACK, NAP_ACK, NAP_ACK, NAP_ACK | NAP_PSH,
		NAP_FIN | NAP_ACK, NAP_RST, NAP_RST | NAP_ACK, 0 };
	struct nap_packet p = { .proto = protos[proto], .src = src, .dst = dst };

	if (p.proto == NAP_TCP) {
		p.flags = flags[nap_rng_below(r, G_N_ELEMENTS(flags))];
		p.seq = 1000 + nap_rng_below(r, 3);
		p.ack = 1000 + nap_rng_below(r, 3);
		p.win = 1000;
	}
	p.bad_csum = nap_rng_below(r, 50) == 0;
	p.ttl = nap_rng_below(r, 50) == 0 ? 1 : 64;
	return p;
}

/* Any packet of any flow, from either side. */
static inline struct nap_packet any_packet(struct nap_rng *r, enum nap_side *side)
{
	uint32_t proto = nap_rng_below(r, PROTOS), remote = nap_rng_below(r, REMOTES);
	struct nap_endpoint to = { NAT_A, (uint16_t)(FIRST_PORT + nap_rng_below(r, 12)) };
	struct nap_packet p;

	*side = nap_rng_below(r, 2) ? NAP_INSIDE : NAP_OUTSIDE;
	if (*side == NAP_INSIDE)
		p = random_packet(r, proto, inside_end(nap_rng_below(r, INSIDES)), remote_end(remote));
	else
		p = random_packet(r, proto, remote_end(remote), to);
	if (p.proto == NAP_ICMP) {
		p.icmp_type = *side == NAP_INSIDE ? 8 : 0;
		p.src.port = p.dst.port = *side == NAP_INSIDE ? p.src.port : p.dst.port;
	}
	if (nap_rng_below(r, 20) == 0) { /* an error about any flow */
		p.proto = NAP_ICMP;
		p.icmp_type = 3;
		p.quote = (struct nap_quote){ NAP_UDP, p.dst, p.src };
	}
	return p;
}

#endif
