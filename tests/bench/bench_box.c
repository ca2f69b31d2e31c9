/* SPDX-License-Identifier: BSD-2-Clause */
/* Packet decisions per second of a middlebox, and bytes a session, over small and large tables. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <glib.h>

#include "middlebox/box.h"
#include "middlebox/fetch.h"
#include "text/embed.h"

enum { BATCH = 1024, REPEATS = 2 };

struct load {
	const char *name, *profile, *overrides;
	uint32_t sessions; /* live at once */
	uint32_t packets;
	uint8_t proto;
	bool singly; /* one by one, as a run asks: its flow's memory was fetched a few packets before */
};

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct nap_scenario *scenario_of(const struct load *l)
{
	g_autofree char *text = g_strdup_printf("[scenario]\ntitle = bench\nduration = "
						"1h\n[path]\nmiddleboxes = b\n[middlebox b]\nprofile = %s\n"
						"addresses = 198.51.100.0/24\n%s",
		l->profile, l->overrides);
	char *why = NULL;
	struct nap_scenario *sc = nap_scenario_parse(text, &why);

	if (!sc)
		g_error("%s", why);
	return sc;
}

/* Packet of flow i: 100 flows a subscriber, to one of a few servers. */
static struct nap_packet packet_of(const struct load *l, uint32_t i)
{
	struct nap_packet p = { .proto = l->proto, .len = 20, .win = 65535 };

	p.src = (struct nap_endpoint){ NAP_ADDR(100, 64, 0, 0) + i / 100, (uint16_t)(10000 + i % 100) };
	p.dst = (struct nap_endpoint){ NAP_ADDR(203, 0, 113, 1) + i % 7, 443 };
	if (l->proto == NAP_TCP)
		p.flags = NAP_ACK, p.seq = 1001, p.ack = 5001, p.len = 0;
	return p;
}

/* Opens flow i; returns its external endpoint. */
static struct nap_endpoint open_flow(struct nap_box *box, const struct load *l, uint32_t i, nap_time now)
{
	struct nap_packet p = packet_of(l, i), q;
	struct nap_box_effect fx;
	struct nap_endpoint out, remote = p.dst;

	if (l->proto == NAP_TCP)
		p.flags = NAP_SYN, p.seq = 1000, p.ack = 0;
	g_assert_cmpint(nap_box_input(box, now, NAP_INSIDE, &p, &fx), ==, NAP_PASS);
	out = p.src;
	q = (struct nap_packet){ .proto = l->proto, .src = remote, .dst = out, .win = 65535 };
	if (l->proto == NAP_TCP)
		q.flags = NAP_SYN | NAP_ACK, q.seq = 5000, q.ack = 1001;
	g_assert_cmpint(nap_box_input(box, now, NAP_OUTSIDE, &q, &fx), ==, NAP_PASS);
	p = packet_of(l, i);
	g_assert_cmpint(nap_box_input(box, now, NAP_INSIDE, &p, &fx), ==, NAP_PASS);
	return out;
}

static uint32_t flow_of(const struct load *l, uint64_t r)
{
	return (uint32_t)(((r >> 32) * l->sessions) >> 32);
}

/* Its answer. */
static struct nap_packet answer_of(const struct load *l, const struct nap_endpoint *outside, uint32_t i)
{
	struct nap_packet p = packet_of(l, i);

	p.src = p.dst;
	p.dst = outside[i];
	p.seq = 5001;
	p.ack = 1001;
	return p;
}

/* A random packet of a random flow, half of them answers. Windows differ, or acknowledgements would look like retransmissions. */
static struct nap_packet random_packet(
	const struct load *l, const struct nap_endpoint *outside, struct nap_rng *rng, enum nap_side *side)
{
	uint64_t r = nap_rng_next(rng);
	uint32_t flow = flow_of(l, r);
	struct nap_packet p = r & 1 ? answer_of(l, outside, flow) : packet_of(l, flow);

	*side = r & 1 ? NAP_OUTSIDE : NAP_INSIDE;
	p.win = (uint16_t)(65535 - (r >> 8 & 1023));
	return p;
}

/* Every flow is answered once more, later: trackers that tell streams from short exchanges have made up their minds. */
static void settle(
	struct nap_box *box, const struct load *l, const struct nap_endpoint *outside, nap_time now)
{
	for (uint32_t i = 0; i < l->sessions; i++) {
		struct nap_packet p = answer_of(l, outside, i);
		struct nap_box_effect fx;

		g_assert_cmpint(nap_box_input(box, now, NAP_OUTSIDE, &p, &fx), ==, NAP_PASS);
	}
}

/* What a run does: the queue says who comes next. */
static void input_singly(
	struct nap_box *box, const struct nap_box_arrival *arrival, enum nap_verdict *verdict)
{
	enum { AHEAD = 16 };
	struct nap_box_effect fx;

	for (uint32_t i = 0; i < BATCH; i++) {
		const struct nap_packet *soon = arrival[MIN(i + AHEAD, BATCH - 1)].packet;

		if (arrival[MIN(i + AHEAD, BATCH - 1)].side == NAP_INSIDE)
			nap_box_fetch(box, soon->proto, soon->src, soon->dst);
		verdict[i] = nap_box_input(box, arrival[i].at, arrival[i].side, arrival[i].packet, &fx);
	}
}

/*
 * Decisions alone are timed: packets are made in batches that stay in cache, as from a driver's ring. Time runs so
 * that a flow is touched every 5 s.
 */
static double run(const struct load *l, struct nap_box *box, struct nap_endpoint *outside, uint64_t *passed)
{
	static struct nap_packet packet[BATCH];
	static struct nap_box_arrival arrival[BATCH];
	static struct nap_box_effect fx[BATCH];
	static enum nap_verdict verdict[BATCH];
	struct nap_rng rng = nap_rng_stream(7, 0, 0, NAP_RNG_PHASE);
	nap_time now = 4 * NAP_S, gap = 5 * NAP_S / l->sessions + 1;
	double spent = 0;

	*passed = 0;
	for (uint32_t n = 0; n < l->packets; n += BATCH) {
		double t0;

		for (uint32_t i = 0; i < BATCH; i++) {
			arrival[i] = (struct nap_box_arrival){ now += gap, &packet[i], NAP_INSIDE };
			packet[i] = random_packet(l, outside, &rng, &arrival[i].side);
		}
		t0 = seconds();
		if (l->singly)
			input_singly(box, arrival, verdict);
		else
			nap_box_input_burst(box, arrival, BATCH, verdict, fx);
		spent += seconds() - t0;
		for (uint32_t i = 0; i < BATCH; i++)
			*passed += verdict[i] == NAP_PASS;
	}
	return spent / l->packets * 1e9;
}

static void bench(const struct load *l)
{
	struct nap_scenario *sc = scenario_of(l);
	struct nap_endpoint *outside = g_new(struct nap_endpoint, l->sessions);
	double best = 1e9, opening;
	uint64_t passed = 0;
	struct nap_box_counts c = { 0 };

	for (int k = 0; k < REPEATS; k++) {
		struct nap_box *box = nap_box_new(
			&sc->middlebox[0].box, nap_rng_stream(1, 0, 0, NAP_RNG_PORTS), l->sessions);
		double t0 = seconds(), ns;

		for (uint32_t i = 0; i < l->sessions; i++)
			outside[i] = open_flow(box, l, i, 0);
		opening = (seconds() - t0) / (3.0 * l->sessions) * 1e9;
		settle(box, l, outside, 3 * NAP_S);
		ns = run(l, box, outside, &passed);
		best = ns < best ? ns : best;
		g_assert_cmpuint(passed, ==, l->packets);
		nap_box_settle(box, NAP_MIN);
		nap_box_counts(box, NAP_MIN, &c);
		printf("# %s: opening %.1f ns a packet, then %.1f ns\n", l->name, opening, ns);
		nap_box_free(box);
	}
	printf("%-34s %9u sessions  %6.1f ns a decision  %6.1f million/s\n", l->name, l->sessions, best,
		1e3 / best);
	g_free(outside);
	nap_scenario_free(sc);
}

/* An argument: only the loads whose names match it (with * and ?). */
int main(int argc, char **argv)
{
	static const char cgn[] = "ports = random\nport-range = 1024-65535\nsessions-per-subscriber = "
				  "0\nports-per-subscriber = 0\n";
	const struct load loads[] = {
		{ "one subscriber, UDP, linux", "linux", "", 4, 4096000, NAP_UDP, false },
		{ "one subscriber, TCP, linux", "linux", "", 4, 4096000, NAP_TCP, false },
		{ "one subscriber, UDP, RFC", "rfc-recommended", "", 4, 4096000, NAP_UDP, false },
		{ "home table, UDP, linux", "linux", "capacity = 0\nudp = 300s\nudp-stream = 300s\n", 10000,
			3072000, NAP_UDP, false },
		{ "carrier NAT, UDP", "cgn-rfc6888", cgn, 1000000, 3072000, NAP_UDP, false },
		{ "carrier NAT, TCP", "cgn-rfc6888", cgn, 1000000, 3072000, NAP_TCP, false },
		{ "carrier NAT, UDP, one by one", "cgn-rfc6888", cgn, 1000000, 3072000, NAP_UDP, true },
		{ "carrier NAT, TCP, one by one", "cgn-rfc6888", cgn, 1000000, 3072000, NAP_TCP, true },
		{ "carrier firewall, UDP, linux", "linux", "kind = firewall\ncapacity = 0\nudp = 300s\n",
			1000000, 3072000, NAP_UDP, false },
		{ "carrier NAT, UDP, linux", "linux", "capacity = 0\nudp = 300s\n", 1000000, 3072000, NAP_UDP,
			false },
		{ "carrier NAT, TCP, linux", "linux", "capacity = 0\n", 1000000, 3072000, NAP_TCP, false },
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("# a session takes %zu bytes, its entry in the wheel %zu, in the index 2 x 8 at 5/8 full or "
	       "less\n",
		nap_box_session_bytes(), (size_t)16);
	for (size_t i = 0; i < G_N_ELEMENTS(loads); i++)
		if (argc < 2 || g_pattern_match_simple(argv[1], loads[i].name))
			bench(&loads[i]);
	return 0;
}
