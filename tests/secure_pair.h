/* SPDX-License-Identifier: BSD-2-Clause */
/* For tests of QUIC and WireGuard: a pair that logs each packet sent, over a wire that can be cut. */
#ifndef NAP_TESTS_SECURE_PAIR_H
#define NAP_TESTS_SECURE_PAIR_H

#include "pair.h"

#define SECURE_LOG 8192

struct secure_packet {
	nap_time at;
	bool up;
	uint8_t message;
	uint32_t len;
	struct nap_endpoint src;
};

struct secure_pair {
	struct pair p; /* first: the wire's context */
	bool cut;
	uint32_t largest; /* probes of the MTU above it do not pass; 0: all do */
	uint32_t n;
	struct secure_packet log[SECURE_LOG];
};

static inline bool secure_drops(struct pair *p, const struct nap_packet *pkt, bool up)
{
	struct secure_pair *s = (struct secure_pair *)(void *)p;

	g_assert_cmpuint(s->n, <, SECURE_LOG);
	s->log[s->n++] = (struct secure_packet){ p->now, up, pkt->message, pkt->len, pkt->src };
	return s->cut || (s->largest > 0 && pkt->message == NAP_MSG_MTU_PROBE && pkt->len > s->largest);
}

/* Keys as the profiles have them; delay 10 ms each way. Free with g_free. */
static inline struct secure_pair *secure_pair_new(enum nap_tls tls, const char *policy, nap_time interval)
{
	struct secure_pair *s = g_new0(struct secure_pair, 1);
	struct nap_app_config *app = &s->p.app;

	pair_init(&s->p, NAP_OVER_UDP, policy, 0);
	app->tls = tls;
	app->interval = interval;
	app->keepalive_size = 32;
	app->push_size = 132;
	app->rekey_jitter = 333 * NAP_MS;
	app->rekey_attempt_time = 90 * NAP_S;
	app->reject_after = 180 * NAP_S;
	app->passive_keepalive = 10 * NAP_S;
	app->max_ack_delay = 25 * NAP_MS;
	app->pto_packets = 2;
	app->idle_restarts = true;
	if (tls == NAP_WIREGUARD) {
		app->answer_size = 80;
		app->rekey = 120 * NAP_S;
		app->open_timeout = 5 * NAP_S;
	} else {
		app->answer_size = app->keepalive_answer = 38;
		app->reliable = true;
		app->certificates = 0;
		app->open_timeout = 200 * NAP_MS;
		app->open_limit = 5 * NAP_S;
	}
	pair_set_interval(&s->p, interval);
	s->p.delay = 10 * NAP_MS;
	s->p.drop = secure_drops;
	return s;
}

static inline void secure_pair_free(struct secure_pair *s)
{
	pair_clear(&s->p);
	g_free(s);
}

/* The app's keys are as they are to be. */
static inline void secure_pair_begin(struct secure_pair *s)
{
	nap_client_init(&s->p.c, &s->p.setup, s->p.c.self, s->p.c.peer, 0);
	nap_server_init(&s->p.s, &s->p.server_setup, s->p.s.self);
}

/* Packet number i, from 0, of those sent from a time on that way with that message. */
static inline const struct secure_packet *secure_find(
	const struct secure_pair *s, nap_time from, bool up, uint8_t message, uint32_t i)
{
	for (uint32_t k = 0; k < s->n; k++)
		if (s->log[k].at >= from && s->log[k].up == up && s->log[k].message == message && i-- == 0)
			return &s->log[k];
	return NULL;
}

static inline uint32_t secure_count(
	const struct secure_pair *s, nap_time from, nap_time to, bool up, uint8_t message)
{
	uint32_t n = 0;

	for (uint32_t k = 0; k < s->n; k++)
		n += s->log[k].at >= from && s->log[k].at < to && s->log[k].up == up &&
		     s->log[k].message == message;
	return n;
}

/* When that packet went; it must have. */
static inline nap_time secure_time(
	const struct secure_pair *s, nap_time from, bool up, uint8_t message, uint32_t i)
{
	const struct secure_packet *found = secure_find(s, from, up, message, i);

	g_assert_nonnull(found);
	return found->at;
}

#endif
