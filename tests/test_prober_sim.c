/* SPDX-License-Identifier: BSD-2-Clause */
/* The simulated prober: it probes the very boxes that a run passes its packets through; its flows are told apart. */
#include "discovery_scenario.h"
#include "harness.h"
#include "probe/sim_flows.h"

/* --- one box for run and discover --- */

/* A box whose timer for unanswered flows is drawn. */
static char *drawn_box(const char *keys, uint64_t seed, const char *rest)
{
	return g_strdup_printf(
		"[scenario]\nduration = 2h\nreplications = 1\nseed = %" G_GUINT64_FORMAT
		"\nsubscribers = %u\n[path]\nmiddleboxes = home; box\ndelay = 20ms\n"
		"[middlebox home]\nprofile = linux\nudp = 1h\n[middlebox box]\nprofile = linux\n"
		"udp = uniform 40s 300s\n%s\n%s\n",
		seed, strstr(keys, "shared") ? 3 : 1, keys, rest);
}

static double expired_at(const char *keys, uint64_t seed, nap_time interval)
{
	g_autofree char *rest = g_strdup_printf(
				"[radio]\nprofile = wired\n[client]\napplication = udp\npolicy = "
				"fixed\ninterval = %.3fs\n",
				nap_time_seconds(interval)),
			*text = drawn_box(keys, seed, rest);
	struct h_run *h = h_run(text, 1);
	double expired = h_mean(h, "bindings_expired");

	h_free(h);
	return expired;
}

/* What discover finds of a drawn timer is what a run's keepalives meet, in private boxes and in shared ones. */
static void test_same_box(void)
{
	static const char *const only[] = { "udp-1", NULL };
	static const char *const keys[] = { "", "shared = yes\nports = random" };
	struct nap_discovery_options o = nap_discovery_defaults;
	nap_time found[G_N_ELEMENTS(keys)][3];

	o.only = only;
	o.flows = 128;
	for (uint32_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		for (uint64_t seed = 1; seed <= 3; seed++) {
			g_autofree char *text = drawn_box(keys[i], seed, "");
			struct nap_scenario *sc = scenario_of_text(text);
			struct nap_prober *prober;
			struct nap_discovery *d = discover(sc, &o, seed, &prober);
			struct nap_bracket b = nap_discovery_find(d, "udp-1", 0)->bracket;

			g_assert_cmpint(b.dead, <=, 301 * NAP_S);
			if (i ==
				0) /* of three subscribers the others have their own home boxes, but one shared one */
				g_assert_cmpfloat(expired_at(keys[i], seed, b.alive - NAP_S), ==, 0);
			else
				g_assert_cmpfloat(expired_at(keys[i], seed, b.alive - NAP_S), ==, 0);
			g_assert_cmpfloat(expired_at(keys[i], seed, b.dead + NAP_S), >, 1);
			found[i][seed - 1] = b.alive;
			nap_discovery_free(d);
			prober->ops->free(prober);
			nap_scenario_free(sc);
		}
		g_assert_true(found[i][0] != found[i][1] || found[i][1] != found[i][2]);
	}
}

/* A box that restarts in a run restarts under the prober too, at the same times. */
static void test_restarts(void)
{
	struct nap_scenario *sc =
		scenario_of_text("[scenario]\nduration = 1h\n[path]\nmiddleboxes = box\n"
				 "[middlebox box]\nprofile = linux\nreboots = periodic 10min\n");
	struct nap_prober *p = nap_prober_sim_new(sc, 1);
	struct nap_flow_spec spec = { .proto = NAP_UDP };
	struct nap_sending out = NAP_SENDING_INIT, in = NAP_SENDING_INIT;
	struct nap_probe_event ev;
	uint32_t arrived = 0;
	nap_flow flow = p->ops->open(p, &spec);

	out.from = NAP_CLIENT;
	in.from = NAP_SERVER;
	p->ops->send(p, flow, &out);
	while (p->ops->wait(p, NAP_S, &ev))
		;
	/* answered every 20 s the flow would live for ever */
	for (nap_time t = 20 * NAP_S; t < 15 * NAP_MIN; t += 20 * NAP_S) {
		p->ops->send(p, flow, &in);
		while (p->ops->wait(p, t, &ev))
			arrived += ev.end == NAP_CLIENT;
	}
	g_assert_cmpuint(arrived, >, 20);
	g_assert_cmpuint(arrived, <, 32);
	p->ops->free(p);
	nap_scenario_free(sc);
}

/* --- its TCP --- */

/* All that happens up to `until`; how often what did, at which end. */
static uint32_t count(struct nap_prober *p, nap_time until, uint8_t what, uint8_t end)
{
	struct nap_probe_event ev;
	uint32_t n = 0;

	while (p->ops->wait(p, until, &ev))
		n += ev.what == what && ev.end == end;
	return n;
}

static bool order(struct nap_prober *p, nap_flow flow, uint8_t from, uint8_t act)
{
	struct nap_sending what = NAP_SENDING_INIT;

	what.from = from;
	what.act = act;
	what.tag = 1;
	return p->ops->send(p, flow, &what);
}

/* A client that has closed its side reads on, however long the server is silent; what it writes is refused. */
static void test_half_close(void)
{
	struct nap_scenario *sc =
		scenario_of_profile("linux", "delay = 20ms", "tcp-close-wait = 1h\ntcp-fin-wait = 1h");
	struct nap_prober *p = nap_prober_sim_new(sc, 1);
	struct nap_flow_spec spec = { .proto = NAP_TCP };
	nap_flow flow = p->ops->open(p, &spec);

	g_assert_true(order(p, flow, NAP_CLIENT, NAP_ACT_CONNECT));
	g_assert_cmpuint(count(p, NAP_S, NAP_GOT_OPEN, NAP_CLIENT), ==, 1);
	g_assert_true(order(p, flow, NAP_CLIENT, NAP_ACT_FIN));
	g_assert_cmpuint(count(p, 2 * NAP_S, NAP_GOT_FIN, NAP_SERVER), ==, 1);
	g_assert_cmpuint(count(p, 20 * NAP_MIN, NAP_GOT_RST, NAP_CLIENT), ==, 0);
	g_assert_true(p->ops->activity(p, flow).settled);
	g_assert_true(order(p, flow, NAP_SERVER, NAP_ACT_DATA));
	g_assert_false(p->ops->activity(p, flow).settled);
	g_assert_cmpuint(count(p, 21 * NAP_MIN, NAP_GOT_PACKET, NAP_CLIENT), ==, 1);
	g_assert_true(p->ops->activity(p, flow).settled);
	g_assert_false(order(p, flow, NAP_CLIENT, NAP_ACT_DATA));
	p->ops->free(p);
	nap_scenario_free(sc);
}

/* Its time-outs are those of the scenario's host. */
static void test_give_up(void)
{
	static const char text[] = "[scenario]\nduration = 1h\n[path]\nmiddleboxes = box\ndelay = 20ms\n"
				   "[middlebox box]\nprofile = linux\nblocked-ports = tcp/7000\n"
				   "[client]\napplication = tcp\npolicy = none\n%s";
	static const struct {
		const char *keys;
		nap_time until; /* 1 s a repeat while linear, then doubling */
	} rows[] = { { "", 131 * NAP_S }, { "syn-retries = 2\nsyn-linear-timeouts = 0", 7 * NAP_S } };

	for (uint32_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *own = g_strdup_printf(text, rows[i].keys);
		struct nap_scenario *sc = scenario_of_text(own);
		struct nap_prober *p = nap_prober_sim_new(sc, 1);
		struct nap_flow_spec spec = { .proto = NAP_TCP };
		nap_flow flow = p->ops->open(p, &spec);

		g_assert_true(order(p, flow, NAP_CLIENT, NAP_ACT_CONNECT));
		g_assert_cmpuint(count(p, rows[i].until - NAP_MS, NAP_GOT_FAILED, NAP_CLIENT), ==, 0);
		g_assert_cmpuint(count(p, rows[i].until + NAP_MS, NAP_GOT_FAILED, NAP_CLIENT), ==, 1);
		p->ops->free(p);
		nap_scenario_free(sc);
	}
}

/* --- flows --- */

static nap_flow open_at(struct nap_sim_flows *t, uint8_t proto, uint8_t host)
{
	struct nap_flow_spec spec = { .proto = proto, .host = host, .local_port = 4000, .server_port = 7000 };

	return nap_sim_flows_open(t, &spec);
}

/* Endpoints that agree in their port, in the last half of their address or in all but the protocol are different ones. */
static void test_flows(void)
{
	static const uint8_t protos[] = { NAP_UDP, NAP_TCP, NAP_ICMP };
	static const nap_addr seen[] = { NAP_ADDR(198, 51, 100, 1), NAP_ADDR(203, 0, 100, 1),
		NAP_ADDR(198, 51, 101, 1) };
	struct nap_sim_flows t;
	nap_flow flow[3][3];

	nap_sim_flows_init(&t, NAP_ADDR(10, 0, 0, 2));
	for (uint32_t i = 0; i < 3; i++) {
		for (uint8_t host = 0; host < 3; host++) {
			flow[i][host] = open_at(&t, protos[i], host);
			nap_sim_flows_seen(&t, flow[i][host], (struct nap_endpoint){ seen[host], 4000 });
		}
	}
	for (uint32_t i = 0; i < 3; i++) {
		for (uint8_t host = 0; host < 3; host++) {
			struct nap_endpoint local = { NAP_ADDR(10, 0, 0, 2u + host), 4000 };
			struct nap_endpoint mapped = { seen[host], 4000 };

			g_assert_cmpuint(nap_sim_flows_local(&t, protos[i], local), ==, flow[i][host]);
			g_assert_cmpuint(nap_sim_flows_server(&t, protos[i], mapped), ==, flow[i][host]);
		}
	}
	nap_sim_flows_close(&t, flow[1][1]);
	g_assert_cmpuint(
		nap_sim_flows_local(&t, NAP_TCP, (struct nap_endpoint){ NAP_ADDR(10, 0, 0, 3), 4000 }), ==,
		NAP_NO_FLOW);
	g_assert_cmpuint(
		nap_sim_flows_local(&t, NAP_UDP, (struct nap_endpoint){ NAP_ADDR(10, 0, 0, 3), 4000 }), ==,
		flow[0][1]);
	nap_sim_flows_clear(&t);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/prober-sim/same-box", test_same_box);
	g_test_add_func("/prober-sim/restarts", test_restarts);
	g_test_add_func("/prober-sim/half-close", test_half_close);
	g_test_add_func("/prober-sim/give-up", test_give_up);
	g_test_add_func("/prober-sim/flows", test_flows);
	return g_test_run();
}
