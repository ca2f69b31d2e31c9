/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What must hold of every middlebox whatever the traffic: random packets over random behaviours. Nothing gets in
 * without a mapping and a filter that allow it, no two sessions share an external endpoint towards one destination,
 * counts balance, limits hold, and nothing that ran out comes back.
 */
#include "box_random.h"
#include "box_test.h"
#include "kernel/snapshot.h"
#include "middlebox/alone.h"

enum { BOXES = 120, PACKETS = 10000 };

/* What an onlooker knows: who sent to whom, through which external endpoint, and when it was last used. */
struct seen {
	struct nap_endpoint mapped; /* the latest */
	bool through[LAST_PORT + 1 - FIRST_PORT];
};

struct onlooker {
	struct nap_box *box;
	struct nap_box_config config;
	struct nap_rng rng;
	nap_time now, longest; /* no timer is longer */
	struct seen seen[PROTOS][INSIDES][REMOTES];
	nap_time used[PROTOS][INSIDES]; /* last packet of any session of that inside endpoint */
	uint64_t inbound_passed, refused;
	GArray *deaths; /* nap_time, of sessions in the last mapping-hold */
};

static uint32_t below(struct onlooker *o, uint32_t n)
{
	return nap_rng_below(&o->rng, n);
}

static void vary(struct onlooker *o)
{
	box_vary(&o->config, &o->rng);
	box_vary_zones(&o->config, &o->rng);
	o->longest = 0;
	for (int t = 0; t < NAP_TIMERS; t++)
		o->longest = nap_time_max(o->longest, o->config.timer[t]);
}

static void send_out(struct onlooker *o)
{
	uint32_t proto = below(o, PROTOS), i = below(o, INSIDES), r = below(o, REMOTES);
	struct nap_packet p = random_packet(&o->rng, proto, inside_end(i), remote_end(r));
	struct nap_box_effect fx;

	if (p.proto == NAP_ICMP) {
		p.icmp_type = 8;
		p.dst.port = p.src.port;
	}
	if (nap_box_input(o->box, o->now, NAP_INSIDE, &p, &fx) != NAP_PASS) {
		o->refused += fx.refused;
		return;
	}
	if (fx.klass == NAP_CLASS_INVALID ||
		fx.klass == NAP_CLASS_UNTRACKED) { /* such a packet leaves as it came, and opens nothing */
		g_assert_cmpuint(p.src.addr, ==, inside_end(i).addr);
		return;
	}
	g_assert_cmpuint(p.src.addr, ==, NAT_A);
	g_assert_true(p.src.port >= FIRST_PORT && p.src.port <= LAST_PORT);
	o->seen[proto][i][r].mapped = p.src;
	o->seen[proto][i][r].through[p.src.port - FIRST_PORT] = true;
	o->used[proto][i] = o->now;
}

/* Which inside endpoint, -1 for none. */
static int inside_index(struct nap_endpoint e)
{
	for (int i = 0; i < INSIDES; i++)
		if (nap_endpoint_equal(inside_end((uint32_t)i), e))
			return i;
	return -1;
}

/* Did inside endpoint i speak to r (as far as the filter asks) through that external endpoint? */
static bool allowed(const struct onlooker *o, uint32_t proto, int i, uint32_t r, struct nap_endpoint mapped)
{
	for (uint32_t k = 0; k < REMOTES; k++) {
		const struct seen *s = &o->seen[proto][i][k];
		bool same_address = k / SERVICES == r / SERVICES, same = k == r;

		if (protos[proto] == NAP_ICMP) /* an identifier is no port of the remote end */
			same = same_address;
		if (mapped.addr != NAT_A || !s->through[mapped.port - FIRST_PORT])
			continue;
		if (o->config.filtering == NAP_ENDPOINT_INDEPENDENT || same ||
			(o->config.filtering == NAP_ADDRESS_DEPENDENT && same_address))
			return true;
	}
	return false;
}

static void send_in(struct onlooker *o)
{
	uint32_t proto = below(o, PROTOS), r = below(o, REMOTES), i = below(o, INSIDES);
	struct nap_endpoint to = o->seen[proto][i][below(o, REMOTES)].mapped;
	struct nap_packet p;
	struct nap_box_effect fx;
	int got;

	if (!to.addr || below(o, 10) == 0)
		to = (struct nap_endpoint){ NAT_A, (uint16_t)(FIRST_PORT + below(o, 70)) };
	p = random_packet(&o->rng, proto, remote_end(r), to);
	if (p.proto == NAP_ICMP)
		p.src.port = p.dst.port;
	if (nap_box_input(o->box, o->now, NAP_OUTSIDE, &p, &fx) != NAP_PASS)
		return;
	got = inside_index(p.dst);
	g_assert_cmpint(got, >=, 0);
	g_assert_true(allowed(o, proto, got, r, to));
	/* at most two stages of the RFC trackers, the hold, and a late purge */
	if (o->config.expiry != NAP_EXPIRE_CANDIDATE && o->config.filtered != NAP_FILTERED_REFRESH)
		g_assert_cmpint(o->now - o->used[proto][got], <=,
			2 * o->longest + o->config.mapping_hold + o->config.purge_interval);
	o->used[proto][got] = o->now;
	o->inbound_passed++;
}

/* No two live sessions are the same to the outside; without overloading, no external endpoint has two owners. */
static void check_table(const struct onlooker *o)
{
	struct nap_session_view v[512];
	unsigned n = 0;

	for (uint32_t id = 0; id < 512; id++)
		n += nap_box_session(o->box, o->now, id, &v[n]);
	for (unsigned a = 0; a < n; a++) {
		g_assert_cmpint(v[a].end, >, o->now);
		for (unsigned b = 0; b < a; b++) {
			bool shared =
				v[a].proto == v[b].proto && nap_endpoint_equal(v[a].mapped, v[b].mapped);
			bool own = inside_index(v[a].inside) >= 0 && inside_index(v[b].inside) >= 0;

			/* what ends at the box is in zone 0, where the answers to other zones come, and Linux does not mind */
			if (shared && (own || !o->config.raw_rules) &&
				nap_endpoint_equal(v[a].remote, v[b].remote))
				g_error("two sessions are one to the outside");
			if (shared && own && !o->config.overload)
				g_assert_true(nap_endpoint_equal(v[a].inside, v[b].inside));
		}
	}
}

static void check_counts(const struct onlooker *o)
{
	struct nap_box_counts c;

	counts_at(o->box, o->now, &c);
	g_assert_cmpuint(c.created, ==, c.live + c.expired + c.evicted + c.closed);
	g_assert_cmpuint(c.live, <=, c.peak);
	if (o->config.capacity)
		g_assert_cmpuint(c.peak, <=, o->config.capacity);
	g_assert_cmpuint(c.ports_live, <=, c.ports_peak);
	/* a port is in use by sessions, or by a mapping that outlives its last one by mapping-hold */
	while (o->deaths->len && g_array_index(o->deaths, nap_time, 0) <= o->now - o->config.mapping_hold)
		g_array_remove_index(o->deaths, 0);
	g_assert_cmpuint(c.ports_live, <=, c.live + o->deaths->len);
	g_assert_cmpuint(c.dropped, <=, c.packets);
}

/* All gone in the end: nothing is left over of ports, blocks, sessions. */
static void check_end(struct onlooker *o)
{
	struct nap_box_counts c;

	nap_box_reboot(o->box, o->now);
	counts_at(o->box, o->now + 100 * NAP_S, &c);
	g_assert_cmpuint(c.live, ==, 0);
	g_assert_cmpuint(c.created, ==, c.expired + c.evicted + c.closed);
	g_assert_cmpuint(c.blocks_live, ==, 0);
	g_assert_cmpuint(c.ports_live, ==, 0);
}

static void note_death(
	void *ctx, enum nap_ended what, nap_time born, nap_time died, const struct nap_box_flow *whose)
{
	struct onlooker *o = ctx;

	(void)born, (void)whose;
	if (what == NAP_ENDED_SESSION || what == NAP_ENDED_EVICTED)
		g_array_append_val(o->deaths, died);
}

static void no_emission(void *ctx, enum nap_side side, const struct nap_packet *p, nap_time now,
	const struct nap_box_flow *about)
{
	(void)ctx, (void)side, (void)p, (void)now, (void)about;
}

static void test_random(void)
{
	struct nap_scenario *sc = box_scenario("addresses = 203.0.113.1\n");
	uint64_t passed = 0, refused = 0, packets = 0;

	for (uint32_t k = 0; k < BOXES; k++) {
		g_autofree struct onlooker *o = g_new0(struct onlooker, 1);

		o->config = sc->middlebox[0].box;
		o->rng = nap_rng_stream(20, k, 0, NAP_RNG_PHASE);
		vary(o);
		o->box = nap_box_new(&o->config, nap_rng_stream(21, k, 0, NAP_RNG_PORTS), 16);
		o->deaths = g_array_new(FALSE, FALSE, sizeof(nap_time));
		nap_box_watch(o->box, note_death, o);
		for (uint32_t n = 0; n < PACKETS; n++) {
			o->now += below(o, 40) == 0 ? below(o, 20) * NAP_S : below(o, 200) * NAP_MS;
			if (below(o, 2))
				send_out(o);
			else
				send_in(o);
			if (n % 50 == 0) {
				nap_box_advance(o->box, o->now, no_emission, NULL);
				check_table(o);
				check_counts(o);
			}
			packets++;
		}
		check_end(o);
		passed += o->inbound_passed;
		refused += o->refused;
		nap_box_free(o->box);
		g_array_free(o->deaths, TRUE);
	}
	g_test_message("%" G_GUINT64_FORMAT " packets, %" G_GUINT64_FORMAT " got in, %" G_GUINT64_FORMAT
		       " refused",
		packets, passed, refused);
	g_assert_cmpuint(packets, >=, 1000000);
	g_assert_cmpuint(passed, >, packets / 100); /* the traffic does get through, or nothing was tested */
	g_assert_cmpuint(refused, >, 100);
	nap_scenario_free(sc);
}

/* nap_box_open_until says of a packet what nap_box_input then does, and for how long. */
static void test_open_until(void)
{
	struct nap_scenario *sc = box_scenario("addresses = 203.0.113.1\n");
	uint64_t asked = 0;

	for (uint32_t k = 0; k < BOXES; k++) {
		g_autofree struct onlooker *o = g_new0(struct onlooker, 1);

		o->config = sc->middlebox[0].box;
		o->rng = nap_rng_stream(22, k, 0, NAP_RNG_PHASE);
		vary(o);
		o->config.capacity = o->config.session_rate = o->config.sessions_per_subscriber =
			o->config.ports_per_subscriber = 0; /* room for all */
		o->box = nap_box_new(&o->config, nap_rng_stream(23, k, 0, NAP_RNG_PORTS), 16);
		for (uint32_t n = 0; n < 300; n++) {
			struct nap_box_effect fx;
			struct nap_packet p, q;
			nap_time until;
			uint32_t r = below(o, REMOTES), proto = below(o, 2);

			o->now += below(o, 3000) * NAP_MS;
			send_out(o);
			p = random_packet(
				&o->rng, proto, remote_end(r), o->seen[proto][below(o, INSIDES)][r].mapped);
			p.ttl = 64;
			q = p;
			until = nap_box_open_until(o->box, o->now, NAP_OUTSIDE, &q);
			g_assert_true(until == 0 || until > o->now);
			if (until != 0 && until != NAP_NEVER && below(o, 2))
				o->now = until - 1; /* up to the last moment */
			if (nap_box_input(o->box, o->now, NAP_OUTSIDE, &p, &fx) == NAP_PASS) {
				g_assert_cmpint(until, >, 0);
				g_assert_true(nap_endpoint_equal(p.dst, q.dst));
				asked++;
			} else {
				g_assert_cmpint(until, ==, 0);
			}
		}
		nap_box_free(o->box);
	}
	g_assert_cmpuint(asked, >, 1000);
	nap_scenario_free(sc);
}

enum { BURST = 200 };

static void same_effect(const struct nap_box_effect *a, const struct nap_box_effect *b, enum nap_verdict v)
{
	g_assert_cmpint(a->klass, ==, b->klass);
	g_assert_cmpuint(a->session, ==, b->session);
	g_assert_true(a->created == b->created && a->refused == b->refused && a->answered == b->answered);
	if (v == NAP_PASS)
		g_assert_cmpint(a->out_side, ==, b->out_side);
	if (a->answered)
		g_assert_true(nap_endpoint_equal(a->reply.dst, b->reply.dst) &&
			      a->reply.flags == b->reply.flags && a->reply.icmp_code == b->reply.icmp_code);
}

/* The onlooker's box, drawn from streams of that seed and the next, and another that is the same. */
static struct nap_box *draw_pair(
	struct onlooker *o, const struct nap_box_config *base, uint64_t seed, uint32_t number)
{
	o->config = *base;
	o->rng = nap_rng_stream(seed, number, 0, NAP_RNG_PHASE);
	vary(o);
	o->box = nap_box_new(&o->config, nap_rng_stream(seed + 1, number, 0, NAP_RNG_PORTS), 16);
	return nap_box_new(&o->config, nap_rng_stream(seed + 1, number, 0, NAP_RNG_PORTS), 16);
}

/* Packets put in by bursts fare as they do one by one. */
static void test_burst(void)
{
	struct nap_scenario *sc = box_scenario("addresses = 203.0.113.1\n");
	uint64_t passed = 0, created = 0;

	for (uint32_t k = 0; k < BOXES; k++) {
		g_autofree struct onlooker *o = g_new0(struct onlooker, 1);
		struct nap_box *single = draw_pair(o, &sc->middlebox[0].box, 24, k);

		for (uint32_t round = 0; round < 20; round++) {
			static struct nap_packet p[BURST], q[BURST];
			static struct nap_box_arrival a[BURST];
			static struct nap_box_effect fx[BURST], gx;
			static enum nap_verdict v[BURST];
			uint32_t n = 1 + below(o, BURST);

			for (uint32_t i = 0; i < n; i++) {
				o->now += below(o, 40) == 0 ? below(o, 20) * NAP_S : below(o, 200) * NAP_MS;
				a[i] = (struct nap_box_arrival){ o->now, &p[i], NAP_INSIDE };
				p[i] = q[i] = any_packet(&o->rng, &a[i].side);
			}
			nap_box_input_burst(o->box, a, n, v, fx);
			for (uint32_t i = 0; i < n; i++) {
				g_assert_cmpint(
					nap_box_input(single, a[i].at, a[i].side, &q[i], &gx), ==, v[i]);
				same_effect(&fx[i], &gx, v[i]);
				g_assert_true(nap_endpoint_equal(p[i].src, q[i].src) &&
					      nap_endpoint_equal(p[i].dst, q[i].dst));
				passed += v[i] == NAP_PASS && a[i].side == NAP_OUTSIDE;
				created += fx[i].created;
			}
		}
		g_assert_cmpuint(nap_box_fingerprint(o->box, o->now, true, NULL), ==,
			nap_box_fingerprint(single, o->now, true, NULL));
		nap_box_free(o->box);
		nap_box_free(single);
	}
	g_assert_cmpuint(passed, >, 1000);
	g_assert_cmpuint(created, >, 1000);
	nap_scenario_free(sc);
}

/* Sum of what is told of ends, whatever their order. */
static void sum_ended(
	void *ctx, enum nap_ended what, nap_time born, nap_time died, const struct nap_box_flow *whose)
{
	uint64_t *sum = ctx, h = (uint64_t)what << 8 | whose->proto;

	h = nap_mix(nap_mix(h, (uint64_t)born), (uint64_t)died);
	h = nap_mix(h, (uint64_t)whose->inside.addr << 16 | whose->inside.port);
	*sum += nap_mix(h, (uint64_t)whose->mapped.addr << 16 | whose->mapped.port);
}

/* A flow of few, so that many have mapping and port to themselves; sometimes of any. */
static struct nap_packet thin_packet(struct onlooker *o, enum nap_side *side)
{
	struct nap_packet p = any_packet(&o->rng, side);

	if (*side == NAP_INSIDE && p.proto != NAP_ICMP && below(o, 8)) {
		p.src.port = (uint16_t)(5000 + p.src.addr % HOSTS);
		p.dst = remote_end(0);
	}
	return p;
}

/* A session that stands for its mapping and port is what one with records is. */
static void test_alone(void)
{
	struct nap_scenario *sc = box_scenario("addresses = 203.0.113.1\n");
	uint64_t alone = 0, shared = 0;

	for (uint32_t k = 0; k < BOXES; k++) {
		g_autofree struct onlooker *o = g_new0(struct onlooker, 1);
		uint64_t ended[2] = { 0, 0 };
		struct nap_box *recorded = draw_pair(o, &sc->middlebox[0].box, 26, k);

		nap_alone_end(recorded);
		nap_box_watch(o->box, sum_ended, &ended[0]);
		nap_box_watch(recorded, sum_ended, &ended[1]);
		for (uint32_t n = 0; n < PACKETS / 4; n++) {
			struct nap_box_effect fx, gx;
			struct nap_packet p, q;
			enum nap_verdict v;
			enum nap_side side;

			o->now += below(o, 40) == 0 ? below(o, 20) * NAP_S : below(o, 200) * NAP_MS;
			p = q = thin_packet(o, &side);
			nap_box_settle(o->box, o->now);
			nap_box_settle(recorded, o->now);
			g_assert_cmpint(nap_box_open_until(o->box, o->now, side, &p), ==,
				nap_box_open_until(recorded, o->now, side, &q));
			p = q = thin_packet(o, &side);
			v = nap_box_input(o->box, o->now, side, &p, &fx);
			g_assert_cmpint(nap_box_input(recorded, o->now, side, &q, &gx), ==, v);
			same_effect(&fx, &gx, v);
			g_assert_true(nap_endpoint_equal(p.src, q.src) && nap_endpoint_equal(p.dst, q.dst));
			if (below(o, 400) == 0) {
				nap_box_move(o->box, o->now, NAT_A + n % 2);
				nap_box_move(recorded, o->now, NAT_A + n % 2);
			}
			alone += o->box->live - o->box->crowd;
			shared += o->box->has_alone ? o->box->crowd : 0;
		}
		nap_box_tell_live(o->box, o->now);
		nap_box_tell_live(recorded, o->now);
		g_assert_cmpuint(ended[0], ==, ended[1]);
		g_assert_cmpint(memcmp(&o->box->counts, &recorded->counts, sizeof recorded->counts), ==, 0);
		nap_box_free(o->box);
		nap_box_free(recorded);
	}
	g_assert_cmpuint(alone, >, 10000);
	g_assert_cmpuint(shared, >, 10000);
	nap_scenario_free(sc);
}

/* Skipping whole cycles leaves the box as if each had been played. */
static void test_shift(void)
{
	static const char *const keys[] = { "profile = linux\n",
		"profile = linux\nudp = 20s\nudp-stream = 20s\n", "profile = rfc-recommended\n",
		"profile = pf-default\n", "profile = cgn-rfc6888\naddresses = 203.0.113.1\n" };

	for (size_t k = 0; k < G_N_ELEMENTS(keys); k++) {
		struct nap_scenario *sc = box_scenario(keys[k]);
		struct nap_box *slow = box_of(sc, 1), *fast = box_of(sc, 1);
		struct nap_box_counts a, b, c;
		nap_time span = 25 * NAP_S;

		for (int n = 0; n < 40; n++) {
			struct nap_box *boxes[] = { slow, n < 4 ? fast : NULL };

			for (int i = 0; i < 2 && boxes[i]; i++) {
				struct nap_endpoint e = udp_out(boxes[i], n * span, IN_A, 5000, OUT_A, 53);

				g_assert_cmpuint(e.port, !=, 0);
				udp_in(boxes[i], n * span + NAP_S, OUT_A, 53, e);
			}
			if (n == 2)
				counts_at(fast, 2 * span + NAP_S, &a);
			if (n == 3) {
				g_assert_cmpuint(nap_box_fingerprint(slow, n * span + NAP_S, true, NULL), ==,
					nap_box_fingerprint(fast, n * span + NAP_S, true, NULL));
				counts_at(fast, 3 * span + NAP_S, &b);
				nap_box_repeat_counts(fast, &a, &b, 36);
				nap_box_shift(fast, 36 * span, b.created != a.created);
			}
		}
		g_assert_cmpuint(nap_box_fingerprint(slow, 39 * span + NAP_S, true, NULL), ==,
			nap_box_fingerprint(fast, 39 * span + NAP_S, true, NULL));
		counts_at(slow, 39 * span + 400 * NAP_S, &c);
		counts_at(fast, 39 * span + 400 * NAP_S, &b);
		g_assert_cmpint(memcmp(&b, &c, sizeof b), ==, 0);
		nap_box_free(slow);
		nap_box_free(fast);
		nap_scenario_free(sc);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/box/random-packets", test_random);
	g_test_add_func("/box/open-until", test_open_until);
	g_test_add_func("/box/burst", test_burst);
	g_test_add_func("/box/alone", test_alone);
	g_test_add_func("/box/shift", test_shift);
	return g_test_run();
}
