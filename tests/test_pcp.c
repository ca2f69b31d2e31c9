/* SPDX-License-Identifier: BSD-2-Clause */
/* Mappings by request: what a box grants, when a client asks and asks again, and both in a run. */
#include "box_test.h"
#include "client/client.h"
#include "client/pcp.h"
#include "harness.h"
#include "net/pcp.h"

static const struct nap_endpoint none = { 0, 0 };

static struct nap_packet request(nap_addr src, uint16_t port, uint32_t seconds)
{
	struct nap_packet p = udp_packet(src, NAP_PCP_CLIENT_PORT, NAP_PCP_ANYCAST, NAP_PCP_PORT);

	p.message = NAP_PCP_MAP;
	p.len = NAP_PCP_BYTES;
	p.tag = seconds;
	p.quote = (struct nap_quote){ NAP_UDP, { src, port }, none };
	return p;
}

/* What the box answers; message 0 when it does not. */
static struct nap_packet answer_to(struct nap_box *box, nap_time now, struct nap_packet p)
{
	struct nap_box_effect fx;
	enum nap_verdict v = nap_box_input(box, now, NAP_INSIDE, &p, &fx);

	if (v != NAP_LOCAL || !fx.answered)
		return (struct nap_packet){ 0 };
	g_assert_true(nap_endpoint_equal(fx.reply.dst, p.src) && nap_endpoint_equal(fx.reply.src, p.dst));
	return fx.reply;
}

static nap_time open_until(const struct nap_box *box, nap_time now, nap_addr from, struct nap_endpoint to)
{
	struct nap_packet p = udp_packet(from, 53, to.addr, to.port);
	nap_time t = nap_box_open_until(box, now, NAP_OUTSIDE, &p);

	g_assert_true(t == 0 || (p.dst.addr == IN_A && p.dst.port == 5000));
	return t;
}

#define STRICT                                                                                               \
	"tracker = simple\nmapping = address-and-port-dependent\nfiltering = address-and-port-dependent\n"   \
	"udp = 60s\nudp-stream = 60s\nports = random\npcp = pcp\n"

/* The strictest box lets all in for the lifetime and no longer; its own timers end sessions, not the mapping. */
static void test_lifetime(void)
{
	struct nap_scenario *sc = box_scenario(STRICT);
	struct nap_box *box = box_of(sc, 1);
	struct nap_packet a = answer_to(box, 0, request(IN_A, 5000, 3600));
	struct nap_endpoint at = a.quote.dst;
	struct nap_box_counts counts;

	g_assert_cmpint(a.message, ==, NAP_PCP_GRANTED);
	g_assert_cmpuint(a.tag, ==, 3600);
	g_assert_cmpuint(at.addr, ==, NAT_A);
	g_assert_cmpint(open_until(box, NAP_S, OUT_B, at), ==, 3600 * NAP_S);
	g_assert_true(udp_in(box, 1000 * NAP_S, OUT_B, 9, at));
	/* independent of the remote end: all that leaves that port has the granted one */
	g_assert_true(nap_endpoint_equal(udp_out(box, 2000 * NAP_S, IN_A, 5000, OUT_A, 53), at));
	g_assert_true(nap_endpoint_equal(udp_out(box, 2000 * NAP_S, IN_A, 5000, OUT_B, 54), at));
	g_assert_false(nap_endpoint_equal(udp_out(box, 2000 * NAP_S, IN_A, 5001, OUT_A, 53), at));
	/* a session made late outlives the mapping by its own timer, but for its own remote end only */
	g_assert_true(udp_in(box, 3590 * NAP_S, OUT_A, 53, at));
	g_assert_cmpint(open_until(box, 3595 * NAP_S, OUT_A, at), ==, 3650 * NAP_S);
	g_assert_cmpint(open_until(box, 3595 * NAP_S, OUT_B, at), ==, 3600 * NAP_S);
	g_assert_false(udp_in(box, 3600 * NAP_S, OUT_B, 9, at));
	g_assert_cmpint(open_until(box, 3600 * NAP_S, OUT_B, at), ==, 0);
	counts_at(box, 4000 * NAP_S, &counts);
	g_assert_cmpuint(counts.live, ==, 0);
	g_assert_cmpuint(counts.ports_live, ==, 0);
	nap_box_free(box);
	nap_scenario_free(sc);
}

/* Clamped at both ends, renewed in place, given back; the mapping that packets have made is the one that is granted. */
static void test_grants(void)
{
	struct nap_scenario *sc = box_scenario(
		"tracker = simple\nports = random\npcp = pcp\npcp-minimum = 5min\npcp-maximum = 1h\n");
	struct nap_box *box = box_of(sc, 1);
	struct nap_endpoint before, at;

	before = udp_out(box, 0, IN_A, 5000, OUT_A, 53);
	g_assert_cmpuint(answer_to(box, NAP_S, request(IN_A, 5000, 10)).tag, ==, 300);
	at = answer_to(box, 100 * NAP_S, request(IN_A, 5000, 86400)).quote.dst;
	g_assert_true(nap_endpoint_equal(at, before));
	g_assert_cmpint(open_until(box, 200 * NAP_S, OUT_B, at), ==, 3700 * NAP_S);
	/* a shorter renewal shortens: the last word counts (RFC 6887 11.3) */
	g_assert_cmpuint(answer_to(box, 1000 * NAP_S, request(IN_A, 5000, 600)).tag, ==, 600);
	g_assert_cmpint(open_until(box, 1000 * NAP_S, OUT_B, at), ==, 1600 * NAP_S);
	g_assert_cmpuint(answer_to(box, 1100 * NAP_S, request(IN_A, 5000, 0)).message, ==, NAP_PCP_GRANTED);
	g_assert_cmpint(open_until(box, 1100 * NAP_S, OUT_B, at), ==, 0);
	nap_box_free(box);
	nap_scenario_free(sc);
}

static void test_refusals(void)
{
	struct nap_scenario *sc = box_scenario("pcp = nat-pmp\nports-per-subscriber = 1\nports = random\n");
	struct nap_box *box = box_of(sc, 1);
	struct nap_packet p = request(IN_A, 5000, 600);

	g_assert_cmpint(answer_to(box, 0, p).message, ==, NAP_PCP_OTHER_VERSION);
	p.message = NAP_PMP_MAP;
	g_assert_cmpint(answer_to(box, 0, p).message, ==, NAP_PCP_GRANTED);
	p.quote.src.port = 5001;
	g_assert_cmpint(answer_to(box, 0, p).message, ==, NAP_PCP_NO_RESOURCES);
	g_assert_cmpint(
		answer_to(box, 600 * NAP_S, p).message, ==, NAP_PCP_GRANTED); /* the other has ended */
	p.message = NAP_PCP_GRANTED;
	g_assert_cmpint(answer_to(box, 600 * NAP_S, p).message, ==, 0);
	nap_box_free(box);
	nap_scenario_free(sc);

	sc = box_scenario("pcp = pcp\n");
	box = box_of(sc, 1);
	p = request(IN_A, 5000, 600);
	p.src.addr = IN_B; /* a NAT before this one has changed it */
	g_assert_cmpint(answer_to(box, 0, p).message, ==, NAP_PCP_WRONG_ADDRESS);
	p.message = NAP_PMP_MAP;
	g_assert_cmpint(answer_to(box, 0, p).message, ==, 0);
	nap_box_free(box);
	nap_scenario_free(sc);

	sc = box_scenario("profile = linux\n"); /* without service: a packet like any other */
	box = box_of(sc, 1);
	g_assert_cmpint(answer_to(box, 0, request(IN_A, 5000, 600)).message, ==, 0);
	nap_box_free(box);
	nap_scenario_free(sc);
}

/* A restart loses it; the client gets the port back that it suggests. A firewall opens a pinhole. */
static void test_reboot_and_firewall(void)
{
	struct nap_scenario *sc = box_scenario(STRICT);
	struct nap_box *box = box_of(sc, 1);
	struct nap_packet p = request(IN_A, 5000, 3600);
	struct nap_endpoint at = answer_to(box, 0, p).quote.dst, inside = { IN_A, 5000 };

	nap_box_reboot(box, NAP_S);
	g_assert_cmpint(open_until(box, NAP_S, OUT_A, at), ==, 0);
	p.quote.dst = at;
	g_assert_true(nap_endpoint_equal(answer_to(box, 2 * NAP_S, p).quote.dst, at));
	nap_box_free(box);
	nap_scenario_free(sc);

	sc = box_scenario("kind = firewall\n" STRICT);
	box = box_of(sc, 1);
	g_assert_cmpint(open_until(box, 0, OUT_A, inside), ==, 0);
	g_assert_true(nap_endpoint_equal(answer_to(box, 0, request(IN_A, 5000, 3600)).quote.dst, inside));
	g_assert_cmpint(open_until(box, 0, OUT_A, inside), ==, 3600 * NAP_S);
	g_assert_true(udp_in(box, 3599 * NAP_S, OUT_A, 9, inside));
	nap_box_free(box);
	nap_scenario_free(sc);
}

/* Fingerprints leave grants out: with one, a box does not rest, and no cycle is stepped over. */
static void test_rest(void)
{
	struct nap_scenario *sc = box_scenario(STRICT);
	struct nap_box *box = box_of(sc, 1);

	g_assert_true(nap_box_rests(box));
	answer_to(box, 0, request(IN_A, 5000, 3600));
	g_assert_false(nap_box_rests(box));
	nap_box_free(box);
	nap_scenario_free(sc);
}

/* Thousands of requests: each inside endpoint has an external one of its own, also where ports are shared between destinations. */
static void test_many(void)
{
	struct nap_scenario *sc = box_scenario("profile = linux\npcp = pcp\n");
	struct nap_box *box = box_of(sc, 1);
	g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
	struct nap_box_counts counts;

	for (uint32_t i = 0; i < 3000; i++) {
		struct nap_packet a = answer_to(box, (nap_time)i * NAP_MS,
			request(IN_A + i, (uint16_t)(5000 + i % 7), 200 + i % 900));

		g_assert_cmpint(a.message, ==, NAP_PCP_GRANTED);
		g_assert_true(g_hash_table_add(seen, GUINT_TO_POINTER(a.quote.dst.port)));
	}
	counts_at(box, 5 * NAP_S, &counts);
	g_assert_cmpuint(counts.ports_live, ==, 3000);
	counts_at(box, 2000 * NAP_S, &counts);
	g_assert_cmpuint(counts.ports_live, ==, 0);
	nap_box_free(box);
	nap_scenario_free(sc);
}

/* --- the client -------------------------------------------------------------------------------------------------- */

struct asking {
	struct nap_pcp pcp;
	struct nap_pcp_config config;
	struct nap_rng rng;
	struct nap_outbox out;
	nap_time now;
};

static struct asking begin(enum nap_pcp_version version, uint64_t seed)
{
	struct asking a = { .config = { 3600 * NAP_S, version },
		.rng = nap_rng_stream(seed, 0, 0, NAP_RNG_POLICY) };

	nap_pcp_begin(&a.pcp, &a.config, 0, NAP_UDP, (struct nap_endpoint){ IN_A, 5000 }, &a.rng, &a.out);
	return a;
}

/* On to its next event; true when that was a request. */
static enum nap_pcp_outcome step(struct asking *a, bool *asked)
{
	enum nap_pcp_outcome o;

	a->now = a->pcp.at;
	a->out.n = 0;
	o = nap_pcp_timer(&a->pcp, &a->config, a->now, &a->rng, &a->out);
	*asked = a->out.n == 1;
	g_assert_true(a->pcp.at > a->now);
	return o;
}

static enum nap_pcp_outcome grant(struct asking *a, uint32_t seconds, uint16_t port)
{
	struct nap_packet p = request(IN_A, 5000, seconds);

	p.message = NAP_PCP_GRANTED;
	p.quote.dst = (struct nap_endpoint){ NAT_A, port };
	return nap_pcp_input(&a->pcp, &a->config, a->now, &p, &a->rng, &a->out);
}

/* RFC 6887 8.1.1: 3 s, doubling, at most 1024 s, each within 10 %, for ever; NAT-PMP: 250 ms, nine times. */
static void test_retries(void)
{
	struct asking a = begin(NAP_PCP_V2, 7), b = begin(NAP_PCP_V0, 7);
	double wait = 3;
	bool asked;

	for (int i = 0; i < 30; i++) {
		nap_time before = a.now;
		double expected = i == 0 ? 3 : MIN(2 * wait, 1024);

		step(&a, &asked);
		g_assert_true(asked);
		wait = nap_time_seconds(a.now - before);
		g_assert_cmpfloat(wait, >=, 0.9 * expected);
		g_assert_cmpfloat(wait, <=, 1.1 * expected);
	}
	for (int i = 1; i <= 8; i++) {
		step(&b, &asked);
		g_assert_true(asked);
		g_assert_cmpint(b.now, ==, 250 * NAP_MS * ((1 << i) - 1));
	}
	step(&b, &asked);
	g_assert_false(asked);
	g_assert_cmpint(b.pcp.at, ==, NAP_NEVER);
}

/* RFC 6887 11.2.1: uniform in [1/2, 5/8], then [3/4, 13/16], [7/8, 29/32] ..., never less than 4 s apart. */
static void test_renewals(void)
{
	double least[3] = { 1, 1, 1 }, most[3] = { 0 };
	bool asked;

	for (uint64_t seed = 0; seed < 2000; seed++) {
		struct asking a = begin(NAP_PCP_V2, seed);
		nap_time before = 0;

		grant(&a, 3600, 80);
		for (int i = 0; i < 3; i++) {
			step(&a, &asked);
			g_assert_true(asked);
			least[i] = MIN(least[i], nap_time_seconds(a.now) / 3600);
			most[i] = MAX(most[i], nap_time_seconds(a.now) / 3600);
		}
		for (before = a.now; a.pcp.until > 0 && a.pcp.at < 3600 * NAP_S; before = a.now) {
			step(&a, &asked);
			g_assert_cmpint(a.now - before, >=, 4 * NAP_S);
		}
		g_assert_cmpint(step(&a, &asked), ==, NAP_PCP_LOST);
		g_assert_cmpint(a.now, ==, 3600 * NAP_S);
		g_assert_true(asked);
	}
	for (int i = 0; i < 3; i++) {
		double low = 1 - 1.0 / (2 << i), high = low + 1.0 / (8 << i);

		g_assert_cmpfloat(least[i], >=, low);
		g_assert_cmpfloat(least[i], <, low + 0.02 * (high - low));
		g_assert_cmpfloat(most[i], <=, high);
		g_assert_cmpfloat(most[i], >, high - 0.02 * (high - low));
	}
}

static void test_client(void)
{
	struct asking a = begin(NAP_PCP_V0, 1), b = begin(NAP_PCP_V2, 1);
	struct nap_packet no = request(IN_A, 5000, 1800);
	bool asked;

	g_assert_cmpint(grant(&a, 1000, 80), ==, NAP_PCP_KEPT);
	step(&a, &asked);
	g_assert_true(asked);
	g_assert_cmpint(a.now, ==, 500 * NAP_S); /* NAT-PMP: at half */
	g_assert_cmpuint(a.out.packet[0].quote.dst.port, ==, 80);
	g_assert_cmpint(grant(&a, 1000, 81), ==, NAP_PCP_MOVED);
	no.quote.src.port++;
	no.message = NAP_PCP_GRANTED;
	g_assert_cmpint(nap_pcp_input(&a.pcp, &a.config, a.now, &no, &a.rng, &a.out), ==, NAP_PCP_NOTHING);

	no = request(IN_A, 5000, 1800);
	no.message = NAP_PCP_WRONG_ADDRESS;
	nap_pcp_input(&b.pcp, &b.config, 0, &no, &b.rng, &b.out);
	g_assert_cmpint(b.pcp.at, ==, 1800 * NAP_S);
	no.message = NAP_PCP_OTHER_VERSION;
	b.out.n = 0;
	nap_pcp_input(&b.pcp, &b.config, 0, &no, &b.rng, &b.out);
	g_assert_cmpint(b.out.packet[0].message, ==, NAP_PMP_MAP);
}

/* --- runs -------------------------------------------------------------------------------------------------------- */

static struct h_run *run(const char *boxes, const char *more)
{
	static const char home[] = "[middlebox home]\nudp = 60s\nudp-stream = 60s\ntcp-established = 60s\n"
				   "tracker = simple\npcp = pcp\n",
			  plain[] = "[middlebox plain]\nudp = 60s\nudp-stream = 60s\n"
				    "addresses = 203.0.113.9\n";
	g_autofree char *text =
		g_strdup_printf("[scenario]\nduration = 7d\n[path]\nmiddleboxes = %s\ndelay = 20ms\n%s%s"
				"[client]\npolicy = pcp\nrequest = 1d\nfallback = 55s\n%s"
				"[server]\npush = poisson 1/h\n",
			boxes, strstr(boxes, "home") ? home : "", strstr(boxes, "plain") ? plain : "", more);

	return h_run(text, 1);
}

static void test_runs(void)
{
	static const char *const apps[] = { "application = udp\n", "application = imap-idle\n",
		"application = udp\nprotocol = nat-pmp\n" };
	struct h_run *h;

	for (size_t i = 0; i < G_N_ELEMENTS(apps); i++) {
		h = run("home", apps[i]);
		g_assert_cmpfloat(h_mean(h, "reachable_fraction"), >=, 0.999);
		g_assert_cmpfloat(h_mean(h, "pushes_delivered"), >=, h_mean(h, "pushes_offered") - 1);
		g_assert_cmpfloat(h_mean(h, "keepalives_sent"), <=, 5 * 7);
		g_assert_cmpfloat(h_mean(h, "keepalives_sent"), >=, 7);
		h_free(h);
	}
	/* nobody to ask, the wrong box to ask, and a second box behind the one that grants */
	h = run("plain", apps[0]);
	g_assert_cmpfloat(h_mean(h, "reachable_fraction"), >=, 0.999);
	g_assert_cmpfloat(h_mean(h, "keepalives_sent"), >, 7 * 1500);
	h_free(h);
	h = run("plain; home", apps[0]);
	g_assert_cmpfloat(h_mean(h, "reachable_fraction"), >=, 0.999);
	g_assert_cmpfloat(h_mean(h, "keepalives_sent"), >, 7 * 1500);
	h_free(h);
	h = run("home; plain", apps[0]);
	g_assert_cmpfloat(h_mean(h, "reachable_fraction"), <, 0.1);
	h_free(h);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/pcp/lifetime", test_lifetime);
	g_test_add_func("/pcp/grants", test_grants);
	g_test_add_func("/pcp/refusals", test_refusals);
	g_test_add_func("/pcp/reboot-and-firewall", test_reboot_and_firewall);
	g_test_add_func("/pcp/rest", test_rest);
	g_test_add_func("/pcp/many", test_many);
	g_test_add_func("/pcp/retries", test_retries);
	g_test_add_func("/pcp/renewals", test_renewals);
	g_test_add_func("/pcp/client", test_client);
	g_test_add_func("/pcp/runs", test_runs);
	return g_test_run();
}
