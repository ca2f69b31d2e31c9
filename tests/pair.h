/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client and a server joined by a wire (client/pair.h) for tests: packets
 * dropped by a function, and a binding with one idle timeout between them.
 */
#ifndef NAP_TESTS_PAIR_H
#define NAP_TESTS_PAIR_H

#include <glib.h>
#include <string.h>

#include "client/message.h"
#include "client/pair.h"
#include "text/tcp_text.h"

#define PAIR_LOG      4096
#define PAIR_BINDINGS 8

struct pair;
typedef bool (*pair_drop_fn)(struct pair *p, const struct nap_packet *pkt, bool up);

struct pair {
	struct nap_app_config app;
	struct nap_server_config server_config;
	uint64_t policy_config[32];
	struct nap_client_setup setup;
	struct nap_server_setup server_setup;
	struct nap_client_world world;
	struct nap_rng policy_rng, loss_rng;
	struct nap_client c;
	struct nap_server s;
	struct nap_outbox out; /* of calls that a test makes by itself: pair_collect */
	struct nap_pair wire;
	bool begun;
	nap_time now, delay;
	pair_drop_fn drop;
	double loss;
	/* the binding: NAP_NEVER as timeout passes everything untouched */
	nap_time timeout;
	bool inbound_refreshes, keep_port;
	struct pair_binding {
		struct nap_endpoint inside;
		nap_time until;
		uint16_t port; /* outside */
	} binding[PAIR_BINDINGS];
	uint16_t next_port;
	/* what happened */
	uint32_t keepalives, opened, dead, reconnects, closed, delivered, up, down, expired;
	nap_time last_dead, last_opened, last_delivered, last_closed;
	nap_time log[PAIR_LOG];           /* when the client sent its packets */
	nap_time keepalive_log[PAIR_LOG]; /* and its keepalives */
	uint64_t bytes_up, bytes_down;
	uint32_t answered, failed, met_dead; /* requests of the client's */
	nap_time last_answered, last_made, last_failed;
};

static inline void pair_init(struct pair *p, uint32_t transport, const char *policy, nap_time start)
{
	static const struct nap_tcp_keepalive off = { NAP_NEVER, 75 * NAP_S, 9 };

	memset(p, 0, sizeof *p);
	p->app = (struct nap_app_config){
		.transport = transport,
		.keepalive_size = 1,
		.push_size = 100,
		.answer_size = 1,
		.answer = true,
		.follow = true,
		.certificates = 3000,
		.answer_timeout = 30 * NAP_S,
		.answer_tries = 1,
		.open_timeout = NAP_S,
		.open_tries = 7,
		.push_timeout = NAP_S,
		.push_tries = 8,
		.answer_last = NAP_NEVER,
		.answer_most = NAP_NEVER,
		.rekey = NAP_NEVER,
		.renew = NAP_NEVER,
		.liveness = NAP_NEVER,
		.answer_growth = 2.0,
		.window = NAP_NEVER,
		.session_timeout = NAP_NEVER,
		.idle_timeout = NAP_NEVER,
		.server_idle = NAP_NEVER,
		.server_keepalive = NAP_NEVER,
		.connect_timeout = NAP_NEVER,
		.open_limit = NAP_NEVER,
		.validation_limit = 3,
		.move_size = 140,
		.server_ping_stretch = 1.0,
		.server_ping_timeout = NAP_NEVER,
		.ping_backoff = 1.0,
		.reconnect_growth = 2.0,
		.reopen = true,
		.reconnect_max = 30 * NAP_MIN,
		.tcp_keepalive = off,
		.server_tcp_keepalive = off,
	};
	p->server_config = (struct nap_server_config){ .answer = true,
		.queue = true,
		.idle_timeout = NAP_NEVER,
		.max_age = NAP_NEVER,
		.keepalive = NAP_NEVER,
		.keepalive_size = 20,
		.tcp_keepalive = off,
		.user_timeout = NAP_NEVER };
	nap_tcp_config_init(&p->app.tcp);
	p->server_config.tcp = p->app.tcp;
	p->setup = (struct nap_client_setup){
		.app = &p->app, .policy = nap_policy_find(policy), .policy_config = p->policy_config
	};
	g_assert_nonnull(p->setup.policy);
	p->server_setup =
		(struct nap_server_setup){ &p->app, &p->server_config, p->setup.policy, p->policy_config };
	p->policy_rng = nap_rng_stream(1, 0, 0, NAP_RNG_POLICY);
	p->loss_rng = nap_rng_stream(1, 0, 0, NAP_RNG_LOSS);
	p->world = (struct nap_client_world){ .rng = &p->policy_rng };
	p->delay = 50 * NAP_MS;
	p->timeout = NAP_NEVER;
	p->next_port = 10000;
	nap_client_init(&p->c, &p->setup, (struct nap_endpoint){ NAP_ADDR(10, 0, 0, 2), 40000 },
		(struct nap_endpoint){ NAP_ADDR(203, 0, 113, 9), 4500 }, start);
	nap_server_init(&p->s, &p->server_setup, (struct nap_endpoint){ NAP_ADDR(203, 0, 113, 9), 4500 });
}

/* What its ends hold is given back; a pair that ends with its test is `PAIR p;`. */
static inline void pair_clear(struct pair *p)
{
	nap_client_clear(&p->c, &p->setup);
	nap_server_clear(&p->s, &p->server_setup);
}

#define PAIR __attribute__((cleanup(pair_clear))) struct pair

/* The binding of an inside endpoint, or the one that has been silent for longest. */
static inline struct pair_binding *pair_binding_of(struct pair *p, struct nap_endpoint inside)
{
	struct pair_binding *oldest = &p->binding[0];

	for (uint32_t i = 0; i < PAIR_BINDINGS; i++) {
		if (nap_endpoint_equal(p->binding[i].inside, inside))
			return &p->binding[i];
		if (p->binding[i].until < oldest->until)
			oldest = &p->binding[i];
	}
	*oldest = (struct pair_binding){ .inside = inside };
	return oldest;
}

/* Through the NAT, at now; false: dropped there. */
static inline bool pair_nat(struct pair *p, struct nap_packet *pkt, bool up)
{
	if (p->timeout == NAP_NEVER)
		return true;
	if (up) {
		struct pair_binding *b = pair_binding_of(p, pkt->src);

		if (p->now >= b->until) {
			p->expired += b->port > 0;
			b->port = p->keep_port ? pkt->src.port : p->next_port++;
		}
		b->until = p->now + p->timeout;
		pkt->src = (struct nap_endpoint){ NAP_ADDR(198, 51, 100, 1), b->port };
		return true;
	}
	for (uint32_t i = 0; i < PAIR_BINDINGS; i++) {
		struct pair_binding *b = &p->binding[i];

		if (b->port != pkt->dst.port || p->now >= b->until)
			continue;
		if (p->inbound_refreshes)
			b->until = p->now + p->timeout;
		pkt->dst = b->inside;
		return true;
	}
	return false;
}

/* An end sends a packet: is it neither dropped nor lost, and does it pass the NAT? */
static inline bool pair_sends(void *ctx, struct nap_packet *pkt, bool up)
{
	struct pair *p = ctx;

	p->now = p->wire.now;
	if (up) {
		p->log[p->up % PAIR_LOG] = p->now;
		p->up++;
		p->bytes_up += nap_packet_bytes(pkt);
	} else {
		p->down++;
		p->bytes_down += nap_packet_bytes(pkt);
	}
	if ((p->drop && p->drop(p, pkt, up)) || (p->loss > 0 && nap_rng_unit(&p->loss_rng) < p->loss) ||
		!pair_nat(p, pkt, up))
		return false;
	p->wire.delay = p->delay; /* which drop may have set */
	return true;
}

static inline void pair_notes(void *ctx, const struct nap_outbox *out, bool from_client)
{
	struct pair *p = ctx;

	p->now = p->wire.now;
	if ((out->notes & (NAP_NOTE_KEEPALIVE | NAP_NOTE_TCP_PROBE)) && from_client)
		p->keepalive_log[p->keepalives++ % PAIR_LOG] = p->now;
	p->dead += !!(out->notes & NAP_NOTE_DEAD);
	p->reconnects += !!(out->notes & NAP_NOTE_RECONNECT);
	p->closed += !!(out->notes & NAP_NOTE_CLOSED);
	if (out->notes & NAP_NOTE_OPENED) {
		p->opened++;
		p->last_opened = p->now;
	}
	if (out->notes & NAP_NOTE_DEAD)
		p->last_dead = p->now;
	if ((out->notes & NAP_NOTE_CLOSED) && from_client)
		p->last_closed = p->now;
	p->answered += !!(out->notes & NAP_NOTE_ANSWERED);
	p->failed += !!(out->notes & NAP_NOTE_FAILED);
	p->met_dead += !!(out->notes & NAP_NOTE_MET_DEAD);
	if (out->notes & NAP_NOTE_ANSWERED) {
		p->last_answered = p->now;
		p->last_made = out->made;
	}
	if (out->notes & NAP_NOTE_FAILED)
		p->last_failed = p->now;
	if (out->delivered > 0)
		p->last_delivered = p->now;
	p->delivered += out->delivered;
}

/* The wire as it is to be from now on: tests set its delay, and the ends' settings. */
static inline void pair_wire(struct pair *p)
{
	if (!p->begun) { /* what the ends need follows from the settings */
		p->setup.plain = nap_client_is_plain(&p->setup);
		nap_server_settle(&p->server_config, &p->app, p->setup.policy);
		nap_server_init(&p->s, &p->server_setup, p->s.self);
		nap_server_seed(&p->s, &p->server_setup, nap_rng_stream(1, 0, 0, NAP_RNG_SERVER));
		nap_server_seed_serving(&p->s, &p->server_setup, nap_rng_stream(1, 0, 0, NAP_RNG_APP));
		if (nap_app_requests(&p->app)) /* the client was made before there were any */
			nap_requests_init(nap_client_requests(&p->c, &p->setup));
		p->begun = true;
	}
	p->wire.client = &p->c;
	p->wire.client_setup = &p->setup;
	p->wire.world = &p->world;
	p->wire.server = &p->s;
	p->wire.server_setup = &p->server_setup;
	p->wire.now = p->now;
	p->wire.delay = p->delay;
	p->wire.sends = pair_sends;
	p->wire.notes = pair_notes;
	p->wire.ctx = p;
}

/* Takes what the last call put in the outbox, and empties it. */
static inline void pair_collect(struct pair *p, bool from_client)
{
	pair_wire(p);
	nap_pair_take(&p->wire, &p->out, from_client);
	p->out.n = p->out.notes = p->out.delivered = 0;
}

static inline void pair_push(struct pair *p)
{
	pair_wire(p);
	nap_server_push(&p->s, &p->server_setup, p->now, &(struct nap_push_offer){ .at = p->now }, &p->out);
	pair_collect(p, false);
}

/* The client's application makes a request. */
static inline void pair_request(struct pair *p)
{
	pair_wire(p);
	nap_client_report(&p->c, &p->setup, p->now, &p->world, &p->out);
	pair_collect(p, true);
}

/* Runs all events up to and including until. */
static inline void pair_run(struct pair *p, nap_time until)
{
	pair_wire(p);
	nap_pair_run(&p->wire, until);
	p->now = until;
}

/* The policy `fixed` speaks so often. */
static inline void pair_set_interval(struct pair *p, nap_time interval)
{
	memcpy(p->policy_config, &interval, sizeof interval);
}

/* Wires that are cut: towards the server, both ways. */
static inline bool pair_drop_up(struct pair *p, const struct nap_packet *pkt, bool up)
{
	(void)p, (void)pkt;
	return up;
}

static inline bool pair_drop_all(struct pair *p, const struct nap_packet *pkt, bool up)
{
	(void)p, (void)pkt, (void)up;
	return true;
}

#endif
