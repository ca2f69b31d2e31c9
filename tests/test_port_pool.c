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

/* All 64,512 ports of an address given out one by one: every one is found, none twice, and then no more. */
static void test_to_the_last(void)
{
	static const char *const keys[] = { "overload = no\n",
		"overload = yes\nmapping = address-and-port-dependent\n", "parity = yes\n" };

	for (unsigned i = 0; i < G_N_ELEMENTS(keys); i++) {
		g_autofree char *text =
			g_strconcat("tracker = simple\nports = random\nport-range = 1024-65535\nudp = 1h\n",
				keys[i], NULL);
		g_autofree bool *seen = g_new0(bool, 65536);
		struct nap_scenario *sc = box_scenario(text);
		struct nap_box *box = box_of(sc, 1);
		uint32_t given = 0, refused = 0;

		for (uint32_t n = 0; n < 70000; n++) {
			uint16_t port =
				udp_out(box, 0, IN_A + n / 10000, (uint16_t)(2000 + n % 10000), OUT_A, 53)
					.port;

			g_assert_true(!port || (port >= 1024 && !seen[port]));
			seen[port] = port != 0;
			*(port ? &given : &refused) += 1;
		}
		g_assert_cmpuint(given, ==, i == 2 ? 2 * 32256 : 64512);
		g_assert_cmpuint(refused, ==, 70000 - 64512);
		nap_box_free(box);
		nap_scenario_free(sc);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/port-pool/same-port", test_same_port);
	g_test_add_func("/port-pool/to-the-last", test_to_the_last);
	return g_test_run();
}
