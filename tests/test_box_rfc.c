/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 4787, 5382 and 6888 as tables: all mappings by all filters, parity, pooling, blocks, random victims. */
#include "box_test.h"

static const char *const words[] = { "endpoint-independent", "address-dependent",
	"address-and-port-dependent" };
static const char *const trackers[] = { "rfc7857", "rfc6146", "simple" };

/* One packet of either protocol, a TCP one being the SYN; true when it passed, *p as it left. */
static bool send(struct nap_box *box, nap_time now, enum nap_side side, struct nap_packet *p,
	struct nap_box_effect *fx)
{
	if (p->proto == NAP_TCP)
		p->flags = NAP_SYN;
	return nap_box_input(box, now, side, p, fx) == NAP_PASS;
}

static struct nap_endpoint out_to(struct nap_box *box, uint8_t proto, nap_addr dst, uint16_t dport)
{
	struct nap_packet p = udp_packet(IN_A, 5000, dst, dport);
	struct nap_box_effect fx;

	p.proto = proto;
	g_assert_true(send(box, NAP_S, NAP_INSIDE, &p, &fx));
	return p.src;
}

static bool in_from(struct nap_box *box, uint8_t proto, nap_addr src, uint16_t sport, struct nap_endpoint to)
{
	struct nap_packet p = udp_packet(src, sport, to.addr, to.port);
	struct nap_box_effect fx;
	bool passed;

	p.proto = proto;
	passed = send(box, 2 * NAP_S, NAP_OUTSIDE, &p, &fx);
	if (passed)
		g_assert_true(nap_endpoint_equal(p.dst, (struct nap_endpoint){ IN_A, 5000 }));
	return passed;
}

/* RFC 4787 4.1 and section 5: what keeps the external endpoint, who may send to it. */
static void check_combination(const char *keys, uint8_t proto, int mapping, int filtering)
{
	struct nap_scenario *sc = box_scenario(keys);
	struct nap_box *box = box_of(sc, 1);
	struct nap_endpoint first = out_to(box, proto, OUT_A, 80);
	struct nap_endpoint other_port = out_to(box, proto, OUT_A, 82);
	struct nap_endpoint other_host = out_to(box, proto, OUT_B, 82);

	g_assert_cmpint(nap_endpoint_equal(other_port, first), ==, mapping != 2);
	g_assert_cmpint(nap_endpoint_equal(other_host, first), ==, mapping == 0);
	g_assert_true(in_from(box, proto, OUT_A, 80, first));
	g_assert_cmpint(in_from(box, proto, OUT_A, 81, first), ==, filtering != 2);
	g_assert_cmpint(in_from(box, proto, OUT_B + 1, 80, first), ==, filtering == 0);
	/* the filter of each mapping is its own, and a host spoken to may now answer */
	g_assert_true(in_from(box, proto, OUT_B, 82, other_host));
	g_assert_cmpint(in_from(box, proto, OUT_B, 83, other_host), ==, filtering != 2);
	g_assert_cmpint(in_from(box, proto, OUT_B, 84, first), ==,
		filtering == 0 || (filtering == 1 && mapping == 0));
	nap_box_free(box);
	nap_scenario_free(sc);
}

static void test_combinations(void)
{
	for (int n = 0; n < 3 * 3 * 3; n++)
		for (int tcp = 0; tcp < 2; tcp++) {
			int m = n / 9, f = n / 3 % 3, t = n % 3;
			g_autofree char *keys = g_strdup_printf(
				"ports = random\ntracker = %s\nmapping = %s\nfiltering = %s\n", trackers[t],
				words[m], words[f]);

			g_test_message("%s, %s", keys, tcp ? "tcp" : "udp");
			check_combination(keys, tcp ? NAP_TCP : NAP_UDP, m, f);
		}
}

/* tcp-mapping and tcp-filtering leave UDP alone. */
static void test_tcp_apart(void)
{
	for (int n = 0; n < 81; n++) {
		int m = n / 27, f = n / 9 % 3, tm = n / 3 % 3, tf = n % 3;
		g_autofree char *keys =
			g_strdup_printf("ports = random\nmapping = %s\nfiltering = %s\ntcp-mapping = "
					"%s\ntcp-filtering = %s\n",
				words[m], words[f], words[tm], words[tf]);

		check_combination(keys, NAP_UDP, m, f);
		check_combination(keys, NAP_TCP, tm, tf);
	}
}

/* How many of 32 flows of one host, ports 5000 to 5031, keep their parity. */
static int same_parity(const char *keys)
{
	struct nap_scenario *sc = box_scenario(keys);
	struct nap_box *box = box_of(sc, 3);
	int n = 0;

	for (uint16_t i = 0; i < 32; i++) {
		/* another host has the port already, so that preservation cannot help */
		struct nap_endpoint taken = udp_out(box, 0, IN_B, (uint16_t)(5000 + i), OUT_A, 53);
		struct nap_endpoint e = udp_out(box, 0, IN_A, (uint16_t)(5000 + i), OUT_A, 53);

		g_assert_false(nap_endpoint_equal(taken, e));
		n += e.port != 0 && e.port % 2 == i % 2;
	}
	nap_box_free(box);
	nap_scenario_free(sc);
	return n;
}

static void test_parity(void)
{
	static const char *const kinds[] = { "random", "sequential", "preserve" };

	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		g_autofree char *with = g_strdup_printf("ports = %s\nparity = yes\n", kinds[i]),
				*without = g_strdup_printf("ports = %s\nparity = no\n", kinds[i]);

		g_assert_cmpint(same_parity(with), ==, 32);
		g_assert_cmpint(same_parity(without), <, 32);
	}
}

/* External addresses that 40 flows of one host show, and whether those of both hosts are apart. */
static uint32_t addresses_shown(const char *keys)
{
	struct nap_scenario *sc = box_scenario(keys);
	struct nap_box *box = box_of(sc, 3);
	uint32_t seen = 0;

	for (uint16_t i = 0; i < 40; i++)
		seen |= 1u << (udp_out(box, 0, IN_A, (uint16_t)(5000 + i), OUT_A, 53).addr - NAT_A);
	nap_box_free(box);
	nap_scenario_free(sc);
	return seen;
}

#define POOL "addresses = 203.0.113.1-203.0.113.4\n"

static void test_pooling(void)
{
	uint32_t one = addresses_shown(POOL "pooling = paired\n");

	g_assert_cmpuint(one & (one - 1), ==, 0); /* a single one */
	g_assert_cmpuint(addresses_shown(POOL "pooling = arbitrary\n"), ==, 15);
	one = addresses_shown(POOL "pooling = paired\nports = block 16\nport-range = 2000-2159\n");
	g_assert_cmpuint(one & (one - 1), ==, 0);
	g_assert_cmpuint(
		addresses_shown(POOL "pooling = arbitrary\nports = block 4\nblocks-per-subscriber = 0\n"), >,
		3);
}

/* Block and log counts: two records a block (given, taken back) instead of two a port. */
static void test_blocks(void)
{
	struct nap_scenario *sc =
		box_scenario("ports = block 8\nport-range = 2000-2031\nblocks-per-subscriber = 2\n"
			     "udp = 30s\nudp-stream = 30s\n");
	struct nap_box *box = box_of(sc, 3);
	struct nap_box_counts c;
	uint32_t used[2][4] = { { 0 } };

	for (uint16_t i = 0; i < 20; i++) {
		struct nap_endpoint a = udp_out(box, 0, IN_A, (uint16_t)(5000 + i), OUT_A, 53);
		struct nap_endpoint b = udp_out(box, 0, IN_B, (uint16_t)(5000 + i), OUT_A, 53);

		g_assert_cmpint(a.port != 0, ==, i < 16);
		g_assert_cmpint(b.port != 0, ==, i < 16);
		if (i < 16) {
			used[0][(a.port - 2000) / 8]++;
			used[1][(b.port - 2000) / 8]++;
		}
	}
	for (int b = 0; b < 4; b++) /* a block has one owner, and is full before another is given */
		g_assert_cmpuint(used[0][b] + used[1][b] == 8 && used[0][b] * used[1][b] == 0, ==, true);
	counts_at(box, NAP_S, &c);
	g_assert_cmpuint(c.blocks_live, ==, 4);
	g_assert_cmpuint(c.log_records, ==, 4);
	g_assert_cmpuint(c.refused_ports, ==, 8);
	counts_at(box, 31 * NAP_S, &c);
	g_assert_cmpuint(c.blocks_live, ==, 0);
	g_assert_cmpuint(c.blocks_peak, ==, 4);
	g_assert_cmpuint(c.log_records, ==, 8);
	g_assert_cmpuint(c.ports_live, ==, 0);
	nap_box_free(box);
	nap_scenario_free(sc);
}

/* eviction = random: the table stays full, and victims are of every age. */
static void test_random_victims(void)
{
	struct nap_scenario *sc = box_scenario("capacity = 100\neviction = random\n");
	struct nap_box *box = box_of(sc, 3);
	struct nap_box_counts c;
	int old = 0, young = 0;

	for (uint16_t i = 0; i < 200; i++)
		g_assert_cmpuint(
			udp_out(box, i * NAP_MS, IN_A, (uint16_t)(5000 + i), OUT_A, 53).port, ==, 5000 + i);
	for (uint16_t i = 0; i < 200; i++)
		*(i < 100 ? &old : &young) +=
			udp_in(box, NAP_S, OUT_A, 53, (struct nap_endpoint){ NAT_A, (uint16_t)(5000 + i) });
	counts_at(box, NAP_S, &c);
	g_assert_cmpuint(c.live, ==, 100);
	g_assert_cmpuint(c.evicted, ==, 100);
	g_assert_cmpint(old + young, ==, 100);
	/* an old one survives 100 draws of 100 with 37 %; all old ones gone is lru, all there is refuse */
	g_assert_cmpint(old, >, 20);
	g_assert_cmpint(old, <, 55);
	nap_box_free(box);
	nap_scenario_free(sc);
}

/* An error about a protocol without ports finds its session, whatever stands where ports would be. */
static void test_error_about_other(void)
{
	struct nap_scenario *sc = box_scenario("profile = linux\nkind = firewall\n");
	struct nap_box *box = box_of(sc, 1);
	struct nap_packet esp = { .proto = 50, .src = { IN_A, 0 }, .dst = { OUT_A, 0 }, .len = 100 },
			  error = { .proto = NAP_ICMP,
				  .src = { OUT_A, 0 },
				  .dst = { IN_A, 0 },
				  .icmp_type = 3,
				  .icmp_code = 2,
				  .len = 28,
				  .quote = { 50, { IN_A, 0x1234 }, { OUT_A, 0x5678 } } };
	struct nap_box_effect fx;

	g_assert_true(send(box, NAP_S, NAP_INSIDE, &esp, &fx));
	g_assert_true(send(box, 2 * NAP_S, NAP_OUTSIDE, &error, &fx));
	g_assert_cmpint(fx.klass, ==, NAP_CLASS_RELATED);
	nap_box_free(box);
	nap_scenario_free(sc);
}

/* RFC 792: an error quotes the header and eight bytes of what it answers, whatever that was long; it goes back to its sender. */
static void test_error_length(void)
{
	static const uint32_t sizes[] = { 0, 8, 1400 };

	for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
		struct nap_scenario *sc = box_scenario("reject = icmp\n");
		struct nap_box *box = box_of(sc, 1);
		struct nap_packet p = udp_packet(OUT_A, 80, IN_A, 5000);
		struct nap_box_effect fx;

		p.len = sizes[i];
		p.cause = (uint8_t)(i + 1); /* who is charged for it, and by which name its sender knows it */
		p.tag = (uint32_t)i + 7;
		g_assert_false(send(box, NAP_S, NAP_OUTSIDE, &p, &fx));
		g_assert_cmpuint(fx.reply.cause, ==, i + 1);
		g_assert_cmpuint(fx.reply.tag, ==, i + 7);
		g_assert_cmpuint(fx.reply.proto, ==, NAP_ICMP);
		g_assert_cmpuint(fx.reply.len, ==, 20 + 8);
		g_assert_cmpuint(fx.reply.quote.proto, ==, NAP_UDP);
		g_assert_true(nap_endpoint_equal(fx.reply.quote.src, (struct nap_endpoint){ OUT_A, 80 }));
		g_assert_cmpuint(fx.reply.dst.addr, ==, OUT_A);
		nap_box_free(box);
		nap_scenario_free(sc);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/box-rfc/mapping-by-filtering", test_combinations);
	g_test_add_func("/box-rfc/tcp-apart", test_tcp_apart);
	g_test_add_func("/box-rfc/parity", test_parity);
	g_test_add_func("/box-rfc/pooling", test_pooling);
	g_test_add_func("/box-rfc/blocks", test_blocks);
	g_test_add_func("/box-rfc/random-victims", test_random_victims);
	g_test_add_func("/box/rfc/error-length", test_error_length);
	g_test_add_func("/box-rfc/error-about-other", test_error_about_other);
	return g_test_run();
}
