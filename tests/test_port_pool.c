/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pools of external ports that are nearly or quite used up: the search over 64 ports at a look must come to the same
 * port, or to none, as the one that tries port after port.
 */
#include "box_test.h"
#include "middlebox/state.h"

enum { HOSTS = 6, BOXES = 300, PACKETS = 3000, LOWEST = 1000 };

/* A NAT at random whose ports are few for the sessions that come. */
static void vary(struct nap_box_config *c, struct nap_rng *r)
{
	static const char *const forwards[] = { "udp/1010-1019 > 10.0.0.2:10", NULL };

	static const struct nap_port_range sets[] = { { 1001, 1019 }, { 1024, 1024 }, { 1030, 1087 },
		{ 1100, 1130 } };

	c->tracker = 1 + nap_rng_below(r, 3); /* Linux has a search of its own */
	c->timer_scope = nap_rng_below(r, 2);
	c->expiry = nap_rng_below(r, 6) == 0 ? NAP_EXPIRE_CANDIDATE : NAP_EXPIRE_EAGER;
	c->purge_interval = nap_rng_below(r, 3) == 0 ? 10 * NAP_S : 0;
	c->duration_limit = nap_rng_below(r, 3) == 0 ? 20 * NAP_S : NAP_NEVER;
	c->capacity = nap_rng_below(r, 3) == 0 ? 200 : 0;
	c->eviction = nap_rng_below(r, 3);
	c->filtering = nap_rng_below(r, 3);
	c->mapping = nap_rng_below(r, 3);
	for (int t = 0; t < NAP_TIMERS; t++)
		c->timer[t] = (1 + nap_rng_below(r, 20)) * NAP_S;
	c->ports.word = nap_rng_below(r, 4);
	c->ports.arg = 40 + nap_rng_below(r, 40);
	c->port_range.lo = (uint16_t)(LOWEST + nap_rng_below(r, 30));
	c->port_range.hi = (uint16_t)(c->port_range.lo + 80 + nap_rng_below(r, 100));
	if (nap_rng_below(r, 3) == 0)
		c->port_range = (struct nap_port_ranges){ 1001, 1130, sets, G_N_ELEMENTS(sets) };
	c->parity = nap_rng_below(r, 3) == 0;
	c->overload = nap_rng_below(r, 2);
	c->port_classes = nap_rng_below(r, 2);
	c->port_clash = nap_rng_below(r, 2) ? NAP_CLASH_OTHER : NAP_CLASH_OVERRIDE;
	c->port_hold_down = nap_rng_below(r, 2) * 5 * NAP_S;
	c->mapping_hold = nap_rng_below(r, 3) == 0 ? 3 * NAP_S : 0;
	c->pooling = nap_rng_below(r, 3);
	c->input = nap_rng_below(r, 2);
	c->forwards = nap_rng_below(r, 3) == 0 ? forwards : NULL;
	c->block_hold = nap_rng_below(r, 2) * 4 * NAP_S;
	c->blocks_per_subscriber = 0;
}

static struct nap_packet any_packet(struct nap_rng *r, enum nap_side *side)
{
	struct nap_packet p = udp_packet(IN_A + nap_rng_below(r, HOSTS),
		(uint16_t)(LOWEST + nap_rng_below(r, 300)), OUT_A + nap_rng_below(r, 2), 53);

	p.proto = nap_rng_below(r, 6) ? NAP_UDP : NAP_ICMP;
	p.icmp_type = 8;
	if (p.proto == NAP_ICMP)
		p.dst.port = p.src.port;
	*side = nap_rng_below(r, 8) ? NAP_INSIDE : NAP_OUTSIDE;
	if (*side == NAP_OUTSIDE) {
		nap_addr host = p.dst.addr;

		p.dst.addr = NAT_A + nap_rng_below(r, 2);
		p.src.addr = host;
	}
	return p;
}

/* Sends the same to both; returns whether it was refused. */
static bool send_both(
	struct nap_box *a, struct nap_box *b, nap_time now, struct nap_packet p, enum nap_side side)
{
	struct nap_packet q = p;
	struct nap_box_effect fa, fb;

	g_assert_cmpint(nap_box_input(a, now, side, &p, &fa), ==, nap_box_input(b, now, side, &q, &fb));
	g_assert_true(nap_endpoint_equal(p.src, q.src) && nap_endpoint_equal(p.dst, q.dst));
	g_assert_cmpint(fa.refused, ==, fb.refused);
	return fa.refused;
}

static void test_same_port(void)
{
	struct nap_scenario *sc = box_scenario("addresses = 203.0.113.1; 203.0.113.2\n");
	uint64_t refused = 0, pools = 0, overloaded = 0;

	for (uint32_t k = 0; k < BOXES; k++) {
		struct nap_rng r = nap_rng_stream(5, k, 0, NAP_RNG_PHASE),
			       ports = nap_rng_stream(6, k, 0, NAP_RNG_PORTS);
		struct nap_box_config c = *nap_scenario_box(sc, "box");
		struct nap_box *plain, *pooled;
		nap_time now = 0, pause = (1 + nap_rng_below(&r, 100)) * NAP_MS;

		vary(&c, &r);
		plain = nap_box_new(&c, ports, 16);
		pooled = nap_box_new(&c, ports, 16);
		plain->pools.patience = UINT32_MAX;
		pooled->pools.patience = nap_rng_below(&r, 3) * 4;
		for (int i = 0; i < PACKETS; i++) {
			enum nap_side side;
			struct nap_packet p = any_packet(&r, &side);

			now += (nap_time)nap_rng_below(&r, 2000) * pause / 1000;
			if (nap_rng_below(&r, 500) == 0)
				now += 10 * NAP_S;
			refused += send_both(plain, pooled, now, p, side);
		}
		g_assert_cmpuint(plain->pools.n, ==, 0);
		*(c.overload ? &overloaded : &pools) += pooled->pools.n;
		nap_box_free(plain);
		nap_box_free(pooled);
	}
	g_test_message("%u refused, %u pools, %u of overloaded ports", (unsigned)refused, (unsigned)pools,
		(unsigned)overloaded);
	g_assert_cmpuint(refused, >, BOXES * PACKETS / 50);
	g_assert_cmpuint(pools, >, BOXES / 2);
	g_assert_cmpuint(overloaded, >, BOXES / 2);
	nap_scenario_free(sc);
}

/* Every port of an address given out one by one: each is found, none twice, none beside the ranges, and then no more. */
static void give_out(const char *keys, const char *range, uint32_t has)
{
	g_autofree char *text =
		g_strconcat("tracker = simple\nudp = 1h\n", keys, "port-range = ", range, "\n", NULL);
	g_autofree bool *seen = g_new0(bool, 65536);
	struct nap_scenario *sc = box_scenario(text);
	const struct nap_port_ranges *p = &sc->middlebox[0].box.port_range;
	struct nap_box *box = box_of(sc, 1);
	uint32_t given = 0, asked = has + 5500;

	for (uint32_t i = 0; i < asked; i++) {
		uint16_t port =
			udp_out(box, 0, IN_A + i / 10000, (uint16_t)(2000 + i % 10000), OUT_A, 53).port;
		bool in = p->n == 0 && port >= p->lo && port <= p->hi;

		for (uint32_t k = 0; k < p->n; k++)
			in |= port >= p->range[k].lo && port <= p->range[k].hi;
		g_assert_true(!port || (in && !seen[port]));
		seen[port] = port != 0;
		given += port != 0;
	}
	g_assert_cmpuint(given, ==, has);
	nap_box_free(box);
	nap_scenario_free(sc);
}

/* 240 ports in 15 sets of 16, of a customer of MAP-E (RFC 7597 5.1: PSID offset 4, 12 bits and 4 more). */
static char *map_e_sets(void)
{
	GString *s = g_string_new(NULL);

	for (unsigned a = 1; a < 16; a++)
		g_string_append_printf(s, "%u-%u; ", a * 4096 + 1040, a * 4096 + 1055);
	return g_string_free(s, FALSE);
}

static void test_to_the_last(void)
{
	static const char *const keys[] = { "ports = random\n",
		"ports = random\noverload = yes\nmapping = address-and-port-dependent\n",
		"ports = random\nparity = yes\n", "ports = sequential\n", "ports = preserve\n" };
	g_autofree char *sets = map_e_sets();

	for (unsigned i = 0; i < G_N_ELEMENTS(keys); i++) {
		give_out(keys[i], "1024-65535", 64512);
		give_out(keys[i], sets, 240);
		give_out(keys[i], "1024-20001; 20003; 30001-65534", 18978 + 1 + 35534);
	}
}

/* Parity has the ports of its kind alone, whatever ranges they lie in: three even and two odd ones. */
static void test_parity(void)
{
	struct nap_scenario *sc = box_scenario("tracker = simple\nports = random\nudp = 1h\nparity = yes\n"
					       "port-range = 2000; 3001-3002; 4007-4008\n");

	for (uint64_t seed = 1; seed < 50; seed++) {
		struct nap_box *box = box_of(sc, seed);
		uint32_t got[2] = { 0, 0 };

		for (uint16_t i = 0; i < 20; i++) {
			uint16_t port = udp_out(box, 0, IN_A, (uint16_t)(6000 + i), OUT_A, 53).port;

			g_assert_true(!port || port % 2 == i % 2);
			got[i % 2] += port != 0;
		}
		g_assert_cmpuint(got[0], ==, 3);
		g_assert_cmpuint(got[1], ==, 2);
		nap_box_free(box);
	}
	nap_scenario_free(sc);
}

/* Blocks are cut from the ports as they are counted, over the gaps too: eleven ports are two blocks of five. */
static void test_blocks(void)
{
	struct nap_scenario *sc =
		box_scenario("tracker = simple\nudp = 1h\nports = block 5\n"
			     "blocks-per-subscriber = 1\nport-range = 2000-2002; 3000-3003; 4000-4003\n");
	struct nap_box *box = box_of(sc, 1);
	struct nap_box_counts c;
	uint32_t hosts = 0;

	for (uint32_t host = 0; host < 3; host++) {
		uint32_t got = 0, low = 0;

		for (uint16_t i = 0; i < 8; i++) {
			uint16_t port = udp_out(box, 0, IN_A + host, (uint16_t)(6000 + i), OUT_A, 53).port;

			got += port != 0;
			low += port != 0 && port <= 3001;
		}
		g_assert_true(got == 0 || (got == 5 && low % 5 == 0));
		hosts += got == 5;
	}
	g_assert_cmpuint(hosts, ==, 2);
	counts_at(box, 0, &c);
	g_assert_cmpuint(c.blocks_live, ==, 2);
	g_assert_cmpuint(c.ports_live, ==, 10);
	g_assert_cmpuint(c.refused, ==, 2 * 3 + 8);
	nap_box_free(box);
	nap_scenario_free(sc);
}

/* Random ports come from every range as its size has it. */
static void test_even(void)
{
	struct nap_scenario *sc = box_scenario("tracker = simple\nports = random\nudp = 1ms\n"
					       "port-range = 2000-2099; 3000-3199; 5000-5699\n");
	struct nap_box *box = box_of(sc, 1);
	uint32_t in[3] = { 0, 0, 0 };

	for (uint32_t i = 0; i < 20000; i++) {
		uint16_t port = udp_out(box, i * NAP_S, IN_A, 6000, OUT_A, 53).port;

		in[port < 3000 ? 0 : port < 5000 ? 1 : 2]++;
	}
	/* 4.4 standard deviations */
	g_assert_cmpint(abs((int)in[0] - 2000), <, 187);
	g_assert_cmpint(abs((int)in[1] - 4000), <, 249);
	g_assert_cmpint(abs((int)in[2] - 14000), <, 286);
	nap_box_free(box);
	nap_scenario_free(sc);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/port-pool/same-port", test_same_port);
	g_test_add_func("/port-pool/to-the-last", test_to_the_last);
	g_test_add_func("/port-pool/parity", test_parity);
	g_test_add_func("/port-pool/blocks", test_blocks);
	g_test_add_func("/port-pool/even", test_even);
	return g_test_run();
}
