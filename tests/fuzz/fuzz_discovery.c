/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A discovery told by a server that lies, or taken up from findings that somebody invented: events of any kind, flow, tag
 * and time in the past. It may find nonsense, but must neither crash nor stand still, and what it finds keeps to its
 * ranges. Arguments: rounds, seed.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glib.h>

#include "discovery/discovery.h"
#include "kernel/rng.h"

#define TURNS     20000
#define START     NAP_H
#define HANG_S    20
#define MOST_OPEN 600
#define TAGS      64

struct liar {
	struct nap_prober head;
	struct nap_rng rng;
	nap_time now;
	uint32_t flows, open;
	uint32_t honesty; /* of ten events */
	struct {
		nap_flow flow;
		struct nap_sending what;
	} sent[TAGS];
	uint32_t n_sent;
};

static uint32_t below(struct liar *l, uint32_t n)
{
	return nap_rng_below(&l->rng, n);
}

static nap_time liar_now(struct nap_prober *p)
{
	return ((struct liar *)p)->now;
}

static nap_flow liar_open(struct nap_prober *p, const struct nap_flow_spec *spec)
{
	struct liar *l = (struct liar *)p;

	(void)spec;
	if (l->open >= MOST_OPEN)
		return NAP_NO_FLOW;
	l->open++;
	return l->flows++;
}

static void liar_close(struct nap_prober *p, nap_flow flow)
{
	(void)flow;
	((struct liar *)p)->open--;
}

static bool liar_send(struct nap_prober *p, nap_flow flow, const struct nap_sending *what)
{
	struct liar *l = (struct liar *)p;

	l->sent[l->n_sent % TAGS].flow = flow;
	l->sent[l->n_sent++ % TAGS].what = *what;
	return below(l, 50) != 0;
}

/* A time before now, but not before the flows were opened: the probers see to that. */
static nap_time past(struct liar *l)
{
	static const nap_time spans[] = { 1, NAP_MS, NAP_S, NAP_H, NAP_DAY };

	nap_time ago = (nap_time)below(l, 1000) * spans[below(l, G_N_ELEMENTS(spans))] / 1000;

	return nap_time_max(START, l->now - ago);
}

static bool liar_wait(struct nap_prober *p, nap_time until, struct nap_probe_event *ev)
{
	struct liar *l = (struct liar *)p;
	uint32_t i = below(l, TAGS);
	bool honest = below(l, 10) < l->honesty,
	     real = honest || below(l, 2); /* about a packet that was sent */

	if (below(l, 3) == 0 || !l->n_sent) {
		l->now = nap_time_max(l->now, nap_time_min(until, l->now + NAP_DAY));
		return false;
	}
	i = (l->n_sent - 1 - MIN(i % (1 + below(l, TAGS)), l->n_sent - 1)) % TAGS;
	l->now += below(l, 4) ? 0 : (nap_time)below(l, 300) * NAP_MS;
	*ev = (struct nap_probe_event){ .at = honest ? l->now : past(l),
		.sent = below(l, 2) ? NAP_NEVER : past(l),
		.flow = real ? l->sent[i].flow : below(l, l->flows + 1),
		.what = (uint8_t)(real ? NAP_GOT_PACKET : below(l, NAP_GOT_MAPPED + 1)),
		.end = (uint8_t)(real ? !l->sent[i].what.from : below(l, 2)),
		.place = (uint8_t)below(l, NAP_SERVER_PLACES),
		.flags = (uint8_t)below(l, 64),
		.ttl = (uint8_t)below(l, 256),
		.icmp_type = (uint8_t)below(l, 256),
		.icmp_code = (uint8_t)below(l, 256),
		.tag = real || below(l, 2) ? l->sent[i].what.tag : (uint32_t)nap_rng_next(&l->rng) % 4096,
		.seen = { below(l, 3), (uint16_t)below(l, 3) } };
	return true;
}

static struct nap_endpoint liar_local(struct nap_prober *p, nap_flow flow)
{
	(void)p;
	return (struct nap_endpoint){ 1, (uint16_t)flow };
}

static struct nap_flow_activity liar_activity(struct nap_prober *p, nap_flow flow)
{
	struct liar *l = (struct liar *)p;
	nap_time sent = past(l);

	/* settled or not as long as no time passes: who asks again without letting time pass stands still */
	return (struct nap_flow_activity){ sent, nap_time_max(sent, past(l)),
		((uint64_t)(l->now / NAP_MS) + flow) % 4 != 0, flow % 8 == 0, flow % 3 };
}

static const struct nap_prober_ops liar_ops = { .now = liar_now,
	.open = liar_open,
	.close = liar_close,
	.send = liar_send,
	.wait = liar_wait,
	.local = liar_local,
	.activity = liar_activity };

/* What a state file may say of a test (live/state.c checks no more than that). */
static void invent(struct liar *l, struct nap_discovery *d, uint32_t i)
{
	struct nap_finding f = *nap_discovery_finding(d, i);
	nap_time span = 1 + (nap_time)(nap_rng_next(&l->rng) % (uint64_t)(36500 * NAP_DAY));

	f.state = (enum nap_finding_state)below(l, NAP_FINDING_FAILED);
	f.bracket.alive = (nap_time)(nap_rng_next(&l->rng) % (uint64_t)span);
	f.bracket.dead = below(l, 3) ? span : NAP_NEVER;
	f.trials = (uint32_t)nap_rng_next(&l->rng);
	f.repeats = (uint32_t)nap_rng_next(&l->rng);
	f.contradictions = below(l, 5);
	f.error = nap_rng_unit(&l->rng);
	f.hops = (uint32_t)nap_rng_next(&l->rng);
	nap_discovery_restore(d, &f);
}

static void check(const struct nap_discovery *d, uint64_t round)
{
	if (nap_trials_in_time(nap_discovery_trials(d)) < 0)
		g_error("round %" G_GUINT64_FORMAT ": packets arrive before they are sent", round);
	for (uint32_t i = 0; i < nap_discovery_count(d); i++) {
		const struct nap_finding *f = nap_discovery_finding(d, i);

		if (f->state > NAP_FINDING_SKIPPED || !(f->error >= 0) ||
			(f->test->kind == NAP_TEST_TIMER && f->bracket.alive > f->bracket.dead) ||
			!memchr(f->word, 0, sizeof(f->word)) || !memchr(f->detail, 0, sizeof(f->detail)))
			g_error("round %" G_GUINT64_FORMAT ": %s is out of range", round, f->test->name);
	}
}

int main(int argc, char **argv)
{
	uint64_t rounds = argc > 1 ? g_ascii_strtoull(argv[1], NULL, 10) : 300;
	uint64_t seed = argc > 2 ? g_ascii_strtoull(argv[2], NULL, 10) : 1, ended = 0, events = 0;

	for (uint64_t round = 0; round < rounds; round++) {
		struct liar l = { .head = { .ops = &liar_ops, .max_flows = MOST_OPEN },
			.rng = nap_rng_stream(seed, 0, round, NAP_RNG_SEARCH),
			.now = START };
		struct nap_discovery_options o = nap_discovery_defaults;
		struct nap_discovery *d;

		l.head.can = (uint32_t)nap_rng_next(&l.rng) & NAP_CAN_ALL;
		l.head.slack = below(&l, 100) * NAP_MS;
		l.head.pace = below(&l, 2) * 5 * NAP_MS;
		l.honesty = below(&l, 11);
		o.control = 10 + below(&l, 60);
		o.bindings = 256;
		o.naive = below(&l, 8) == 0;
		alarm(HANG_S);
		d = nap_discovery_new(&l.head, &o);
		for (uint32_t i = 0; round % 2 && i < nap_discovery_count(d); i++)
			if (below(&l, 3) == 0)
				invent(&l, d, i);
		for (uint32_t i = 0; i < TURNS && !nap_discovery_done(d); i++, events++)
			nap_discovery_turn(d, NAP_NEVER);
		check(d, round);
		ended += nap_discovery_ended(d);
		nap_discovery_free(d);
	}
	printf("fuzz_discovery: %" G_GUINT64_FORMAT " discoveries, seed %" G_GUINT64_FORMAT
	       ": %" G_GUINT64_FORMAT " turns, %" G_GUINT64_FORMAT " tests ended\n",
		rounds, seed, events, ended);
	return 0;
}
