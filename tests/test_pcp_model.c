/* SPDX-License-Identifier: BSD-2-Clause */
/* Random requests for mappings against the plainest server there could be: a list of grants, each with its end. */
#include "box_test.h"
#include "net/pcp.h"

enum { HOSTS = 4, PORTS = 5, RANGE = 12, REQUESTS = 4000, GRANTS = 2 * HOSTS * PORTS };

static const uint8_t protos[2] = { NAP_UDP, NAP_TCP };

struct grant {
	nap_time until; /* 0: none */
	struct nap_endpoint outside;
};

struct model {
	struct grant grant[GRANTS];
	nap_time least, most;
	bool pmp;
};

static struct grant *grant_of(struct model *m, nap_addr host, uint16_t port, uint8_t proto)
{
	return &m->grant[((host - IN_A) * PORTS + (port - 5000u)) * 2 + (proto == NAP_TCP)];
}

static uint32_t live(const struct model *m, uint8_t proto, nap_time now)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < GRANTS; i++)
		n += m->grant[i].until > now && protos[i % 2] == proto;
	return n;
}

/* No two have one port, and all are of the range. */
static void check_apart(const struct model *m, const struct grant *g, nap_time now)
{
	g_assert_cmpuint(g->outside.addr, ==, NAT_A);
	g_assert_true(g->outside.port >= 6000 && g->outside.port < 6000 + RANGE);
	for (uint32_t i = 0; i < GRANTS; i++) {
		const struct grant *other = &m->grant[i];

		g_assert_true(other == g || other->until <= now || (g - m->grant) % 2 != i % 2 ||
			      !nap_endpoint_equal(other->outside, g->outside));
	}
}

static void check_open(struct nap_box *box, const struct grant *g, uint8_t proto, nap_time now)
{
	struct nap_packet p = udp_packet(OUT_B, 99, g->outside.addr, g->outside.port);

	p.proto = proto;
	p.flags = proto == NAP_TCP ? NAP_SYN : 0;
	g_assert_cmpint(nap_box_open_until(box, now, NAP_OUTSIDE, &p), ==, g->until);
}

/* Each request's answer, told by the model. */
static void one(struct nap_box *box, struct model *m, struct nap_rng *r, nap_time now)
{
	nap_addr host = IN_A + nap_rng_below(r, HOSTS), about = nap_rng_below(r, 12) ? host : host + 1;
	uint16_t port = (uint16_t)(5000 + nap_rng_below(r, PORTS));
	uint8_t proto = nap_rng_below(r, 15) ? protos[nap_rng_below(r, 2)] : NAP_ICMP;
	struct nap_packet p = udp_packet(host, NAP_PCP_CLIENT_PORT, NAP_PCP_ANYCAST, NAP_PCP_PORT);
	bool pmp = nap_rng_below(r, 3) == 0, heard;
	struct nap_box_effect fx;
	struct grant *g;
	enum nap_verdict v;

	p.message = pmp ? NAP_PMP_MAP : NAP_PCP_MAP;
	p.len = NAP_PCP_BYTES;
	p.tag = nap_rng_below(r, 4) ? nap_rng_below(r, 140) : 0;
	p.quote = (struct nap_quote){ proto, { about, port }, { 0, 0 } };
	heard = proto != NAP_ICMP && !(pmp && about != host);
	v = nap_box_input(box, now, NAP_INSIDE, &p, &fx);
	g_assert_true((v == NAP_LOCAL && fx.answered) == heard);
	if (!heard)
		return;
	g_assert_cmpuint(fx.reply.len, ==, pmp ? NAP_PMP_ANSWER_BYTES : NAP_PCP_BYTES);
	if (!pmp && m->pmp) {
		g_assert_cmpuint(fx.reply.message, ==, NAP_PCP_OTHER_VERSION);
		return;
	}
	if (about != host) { /* RFC 6887 7.4: errors that last, and that pass */
		g_assert_cmpuint(fx.reply.message, ==, NAP_PCP_WRONG_ADDRESS);
		g_assert_cmpuint(fx.reply.tag, ==, 30 * 60);
		return;
	}
	g = grant_of(m, host, port, proto);
	if (p.tag == 0) {
		g_assert_cmpuint(fx.reply.message, ==, NAP_PCP_GRANTED);
		g_assert_cmpuint(fx.reply.tag, ==, 0);
		*g = (struct grant){ 0 };
		return;
	}
	if (g->until <= now && live(m, proto, now) == RANGE) {
		g_assert_cmpuint(fx.reply.message, ==, NAP_PCP_NO_RESOURCES);
		g_assert_cmpuint(fx.reply.tag, ==, 30);
		return;
	}
	g_assert_cmpuint(fx.reply.message, ==, NAP_PCP_GRANTED);
	g_assert_cmpuint(
		fx.reply.tag, ==, CLAMP(p.tag, (uint32_t)(m->least / NAP_S), (uint32_t)(m->most / NAP_S)));
	g_assert_true(g->until <= now || nap_endpoint_equal(g->outside, fx.reply.quote.dst));
	g->outside = fx.reply.quote.dst;
	g->until = now + fx.reply.tag * NAP_S;
	check_apart(m, g, now);
	check_open(box, g, proto, now);
}

static void play(const char *ports, bool pmp, uint32_t least, uint32_t most)
{
	g_autofree char *keys = g_strdup_printf(
		"tracker = simple\nmapping = endpoint-independent\nfiltering = address-and-port-dependent\n"
		"ports = %s\nport-range = 6000-%d\naddresses = 203.0.113.1\npcp = %s\npcp-minimum = %us\n"
		"pcp-maximum = %us\n",
		ports, 6000 + RANGE - 1, pmp ? "nat-pmp" : "pcp", least, most);
	struct nap_scenario *sc = box_scenario(keys);
	struct nap_box *box = box_of(sc, 1);
	struct nap_rng r = nap_rng_stream(31, least, most, NAP_RNG_PHASE);
	struct model m = { .least = least * NAP_S, .most = most * NAP_S, .pmp = pmp };
	nap_time now = 0;

	for (uint32_t i = 0; i < REQUESTS; i++) {
		/* whole seconds: that of an end among them */
		now += nap_rng_below(&r, 4) ? 0 : (1 + nap_rng_below(&r, 5)) * NAP_S;
		one(box, &m, &r, now);
	}
	nap_box_free(box);
	nap_scenario_free(sc);
}

static void test_model(void)
{
	static const char *const ports[] = { "preserve", "random", "sequential" };

	for (uint32_t i = 0; i < G_N_ELEMENTS(ports); i++)
		for (int pmp = 0; pmp < 2; pmp++) {
			play(ports[i], pmp, 1, 200);
			play(ports[i], pmp, 20, 60);
			play(ports[i], pmp, 60, 60);
		}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/pcp/model", test_model);
	return g_test_run();
}
