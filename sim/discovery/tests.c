/* SPDX-License-Identifier: BSD-2-Clause */
#include "discovery/tests.h"

#include <glib.h>
#include <string.h>

#include "discovery/finding.h"
#include "discovery/tests_path.h"
#include "discovery/tests_stray.h"
#include "probe/steps.h"

/* --- idle timers: always asked by the server's packets, as those are what a push is (and an inside packet may
 * silently open the state anew) --- */
static const struct nap_procedure udp_1 = { "udp-1", { UDP },
	{ NAP_CLIENT_DATA(0), NAP_IDLE(0), NAP_ASK_SERVER(0) } };
static const struct nap_procedure udp_2 = { "udp-2", { UDP },
	{ NAP_CLIENT_DATA(0), NAP_SERVER_DATA(0), NAP_PAUSE(3 * NAP_S), NAP_SERVER_DATA(0), NAP_IDLE(0),
		NAP_ASK_SERVER(0) } };
static const struct nap_procedure udp_3 = { "udp-3", { UDP },
	{ UDP_STREAM, NAP_IDLE(0), NAP_ASK_SERVER(0) } };
static const struct nap_procedure udp_quick = { "udp-quick", { UDP },
	{ NAP_CLIENT_DATA(0), NAP_SERVER_DATA(0), NAP_IDLE(0), NAP_ASK_SERVER(0) } };
static const struct nap_procedure icmp = { "icmp", { ECHO },
	{ NAP_CLIENT_DATA(0), NAP_SERVER_DATA(0), NAP_CLIENT_DATA(0), NAP_IDLE(0), NAP_ASK_SERVER(0) } };
static const struct nap_procedure tcp_1 = { "tcp-1", { RAW },
	{ RAW_STREAM, NAP_IDLE(0), NAP_ASK_SERVER_SEG(0, DATA, 1) } };
static const struct nap_procedure tcp_1_sockets = { "tcp-1", { TCP },
	{ TCP_STREAM, NAP_IDLE(0), NAP_ASK_SERVER(0) } };
static const struct nap_procedure tcp_syn = { "tcp-syn", { RAW },
	{ NAP_CLIENT_SEG(0, NAP_SYN, 0), NAP_IDLE(0), NAP_ASK_SERVER_SEG(0, NAP_SYN | NAP_ACK, 0) } };
static const struct nap_procedure tcp_syn_ack = { "tcp-syn-ack", { RAW },
	{ NAP_CLIENT_SEG(0, NAP_SYN, 0), NAP_SERVER_SEG(0, NAP_SYN | NAP_ACK, 0), NAP_IDLE(0),
		NAP_BY(SERVER, ASK, 0, .act = NAP_ACT_SEGMENT, .flags = NAP_SYN | NAP_ACK, .again = true) } };
static const struct nap_procedure tcp_fin_client = { "tcp-fin-client", { RAW },
	{ RAW_STREAM, NAP_CLIENT_SEG(0, NAP_FIN | NAP_ACK, 0), NAP_SERVER_SEG(0, NAP_ACK, 0), NAP_IDLE(0),
		NAP_ASK_SERVER_SEG(0, DATA, 1) } };
/* The pause: or the FIN might overtake the acknowledgement that the stack sent just before, and boxes take the two in another order. */
static const struct nap_procedure tcp_fin_client_sockets = { "tcp-fin-client", { TCP },
	{ TCP_STREAM, NAP_PAUSE(NAP_S), NAP_BY(CLIENT, SEND, 0, .act = NAP_ACT_FIN), NAP_IDLE(0),
		NAP_ASK_SERVER(0) } };
static const struct nap_procedure tcp_fin_server = { "tcp-fin-server", { RAW },
	{ RAW_STREAM, NAP_SERVER_SEG(0, NAP_FIN | NAP_ACK, 0), NAP_CLIENT_SEG(0, NAP_ACK, 0), NAP_IDLE(0),
		NAP_ASK_SERVER_SEG(0, NAP_ACK, 0) } };
static const struct nap_procedure tcp_fin_both = { "tcp-fin-both", { RAW },
	{ RAW_STREAM, NAP_CLIENT_SEG(0, NAP_FIN | NAP_ACK, 0), NAP_SERVER_SEG(0, NAP_FIN | NAP_ACK, 0),
		NAP_CLIENT_SEG(0, NAP_ACK, 0), NAP_IDLE(0), NAP_ASK_SERVER_SEG(0, NAP_ACK, 0) } };
static const struct nap_procedure tcp_rst_client = { "tcp-rst-client", { RAW },
	{ RAW_STREAM, NAP_CLIENT_SEG(0, NAP_RST | NAP_ACK, 0), NAP_IDLE(0),
		NAP_ASK_SERVER_SEG(0, NAP_ACK, 0) } };
static const struct nap_procedure tcp_rst_server = { "tcp-rst-server", { RAW },
	{ RAW_STREAM, NAP_SERVER_SEG(0, NAP_RST | NAP_ACK, 0), NAP_IDLE(0),
		NAP_ASK_SERVER_SEG(0, NAP_ACK, 0) } };

/* --- mapping --- */
#define TO(slot, pl) NAP_BY(CLIENT, SEND, slot, .act = NAP_ACT_DATA, .place = (pl))
#define SYN_TO(slot) NAP_CLIENT_SEG(slot, NAP_SYN, 0)
#define SAME(pl)                                                                                             \
	{                                                                                                    \
		.proto = NAP_TCP, .raw = true, .same_local = true, .like = 0, .place = (pl)                  \
	}

static const struct nap_procedure mapping = { "mapping", { UDP },
	{ TO(0, NAP_AT_MAIN), TO(0, NAP_AT_OTHER_ADDRESS), TO(0, NAP_AT_OTHER_BOTH) } };
/* where only one port of another address can be had */
static const struct nap_procedure mapping_of_two = { "mapping", { UDP },
	{ TO(0, NAP_AT_MAIN), TO(0, NAP_AT_OTHER_ADDRESS) } };
static const struct nap_procedure tcp_mapping = { "tcp-mapping",
	{ RAW, SAME(NAP_AT_OTHER_ADDRESS), SAME(NAP_AT_OTHER_BOTH) }, { SYN_TO(0), SYN_TO(1), SYN_TO(2) } };

static void judge_mapping(const struct nap_trial_result *r, struct nap_finding *f)
{
	const struct nap_endpoint *a = &r->answer[0].seen, *b = &r->answer[1].seen, *c = &r->answer[2].seen;
	bool two = nap_procedure_steps(r->procedure) == 2;

	if (a->addr == r->local[0].addr && a->port == r->local[0].port)
		nap_finding_say(f, "none", "no translation");
	else if (two && nap_endpoint_equal(*a, *b))
		nap_finding_say(f, "endpoint-independent", "one external endpoint for two destinations");
	else if (two)
		nap_finding_say(f, NAP_DEPENDENT,
			"another external endpoint for another address; whether ports count too needs a "
			"second server with two ports");
	else if (nap_endpoint_equal(*a, *b) && nap_endpoint_equal(*a, *c))
		nap_finding_say(f, "endpoint-independent", "one external endpoint for three destinations");
	else if (nap_endpoint_equal(*b, *c))
		nap_finding_say(f, "address-dependent",
			"another external endpoint for another address, the same for another port");
	else
		nap_finding_say(
			f, "address-and-port-dependent", "another external endpoint for every destination");
}

/* --- filtering: two flows, so that what a refused packet does to one cannot hide in the other --- */
static const struct nap_procedure filtering = { "filtering", { UDP, UDP },
	{ NAP_CLIENT_DATA(0), NAP_ASK_SERVER_FROM(0, NAP_AT_OTHER_BOTH), NAP_CLIENT_DATA(1),
		NAP_ASK_SERVER_FROM(1, NAP_AT_OTHER_PORT) } };
#define OPEN_SLOT(s) NAP_RAW_OPEN(s)
#define SYN_FROM(slot, pl)                                                                                   \
	NAP_BY(SERVER, ASK, slot, .act = NAP_ACT_SEGMENT, .flags = NAP_SYN, .place = (pl), .seq_shift = 5000)
static const struct nap_procedure tcp_filtering = { "tcp-filtering", { RAW, RAW },
	{ OPEN_SLOT(0), SYN_FROM(0, NAP_AT_OTHER_BOTH), OPEN_SLOT(1), SYN_FROM(1, NAP_AT_OTHER_PORT) } };

static void judge_filtering_steps(
	const struct nap_trial_result *r, struct nap_finding *f, uint32_t other, uint32_t port)
{
	f->error = (r->answer[other].got ? 0 : r->answer[other].error) +
		   (r->answer[port].got ? 0 : r->answer[port].error);
	if (r->answer[other].got)
		nap_finding_say(f, "endpoint-independent", "a packet from an address never sent to came in");
	else if (r->answer[port].got)
		nap_finding_say(f, "address-dependent",
			"a packet from another port came in, one from another address did not");
	else
		nap_finding_say(f, "address-and-port-dependent", "only what was sent to can answer");
}

static void judge_filtering(const struct nap_trial_result *r, struct nap_finding *f)
{
	judge_filtering_steps(r, f, 1, 3);
}

static void judge_tcp_filtering(const struct nap_trial_result *r, struct nap_finding *f)
{
	const struct nap_answer *refused = r->answer[7].got ? &r->answer[3] : &r->answer[7];

	judge_filtering_steps(r, f, 3, 7);
	if (refused->got)
		return;
	g_strlcpy(f->after_server,
		refused->rst    ? "RST"
		: refused->icmp ? "ICMP"
				: "silence",
		sizeof(f->after_server));
	g_snprintf(f->detail + strlen(f->detail), sizeof(f->detail) - strlen(f->detail),
		"; a SYN that does not meets %s", f->after_server);
}

/* --- ports --- */
static const struct nap_procedure ports = { "ports", { UDP, UDP, UDP, UDP },
	{ NAP_CLIENT_DATA(0), NAP_CLIENT_DATA(1), NAP_CLIENT_DATA(2), NAP_CLIENT_DATA(3) } };

static void judge_ports(const struct nap_trial_result *r, struct nap_finding *f)
{
	bool kept = true, rising = true, parity = true;
	uint16_t p[NAP_PROCEDURE_FLOWS];

	for (uint32_t i = 0; i < NAP_PROCEDURE_FLOWS; i++) {
		p[i] = r->answer[i].seen.port;
		kept = kept && p[i] == r->local[i].port;
		parity = parity && p[i] % 2 == r->local[i].port % 2;
		if (i)
			rising = rising && p[i] > p[i - 1] && p[i] - p[i - 1] <= 16;
	}
	nap_finding_say(f, kept ? "preserve" : rising ? "sequential" : "random", "");
	g_snprintf(f->detail, sizeof(f->detail), "local %u %u %u %u seen as %u %u %u %u; parity %s",
		r->local[0].port, r->local[1].port, r->local[2].port, r->local[3].port, p[0], p[1], p[2],
		p[3], parity ? "kept" : "not kept");
}

/* --- hairpinning: both ways, so that each has sent to the other before its packet counts. The first packet's fate says nothing --- */
#define HAIRPIN(how, sender, receiver)                                                                       \
	{                                                                                                    \
		.what = NAP_DO_##how, .flow = (sender), .to = (receiver) + 1,                                \
		.probe = { .from = NAP_CLIENT, .act = NAP_ACT_DATA },                                        \
	}
static const struct nap_procedure hairpin = { "hairpin", { UDP, UDP },
	{ NAP_CLIENT_DATA(0), NAP_CLIENT_DATA(1), HAIRPIN(TELL, 0, 1), HAIRPIN(ASK, 1, 0),
		HAIRPIN(ASK, 0, 1) } };

static void judge_hairpin(const struct nap_trial_result *r, struct nap_finding *f)
{
	const struct nap_answer *a = r->answer[4].got ? &r->answer[4] : &r->answer[3];
	uint32_t sender = a == &r->answer[4] ? 0 : 1;

	if (!a->got) {
		f->error = r->answer[4].error;
		nap_finding_say(
			f, "no", "two flows of one host cannot reach each other by external endpoints");
	} else if (nap_endpoint_equal(a->seen, r->answer[sender].seen)) {
		nap_finding_say(f, "yes", "the receiver sees the sender's external endpoint");
	} else if (nap_endpoint_equal(a->seen, r->local[sender])) {
		nap_finding_say(f, "internal", "hairpins, but shows the sender's internal endpoint");
	} else {
		nap_finding_say(f, "box", "hairpins, but shows another source");
	}
}

/*
 * --- which direction refreshes. 60 % and 70 % of the timer: past it since the start, not since the packet between. A second flow has
 * packets both ways between: if that one dies too, something else has ended both ---
 */
#define BOTH_WAYS(slot) NAP_CLIENT_DATA(slot), NAP_SERVER_DATA(slot)
#define REFRESH_BY(who)                                                                                      \
	BOTH_WAYS(0), BOTH_WAYS(1), NAP_PAUSE(3 * NAP_S), BOTH_WAYS(0), NAP_CLIENT_DATA(0), BOTH_WAYS(1),    \
		NAP_CLIENT_DATA(1), NAP_IDLE_SHARE(0, 60), NAP_##who##_DATA(0), BOTH_WAYS(1),                \
		NAP_IDLE_SHARE(0, 70), NAP_ASK_SERVER(0), NAP_ASK_SERVER(1)
static const struct nap_procedure refresh_out = { "refresh-outbound", { UDP, UDP }, { REFRESH_BY(CLIENT) } };
static const struct nap_procedure refresh_in = { "refresh-inbound", { UDP, UDP }, { REFRESH_BY(SERVER) } };

static void judge_refresh(const struct nap_trial_result *r, struct nap_finding *f)
{
	uint32_t n = nap_procedure_steps(r->procedure);
	const struct nap_answer *asked = &r->answer[n - 2], *control = &r->answer[n - 1];

	f->error = asked->got ? 0 : asked->error;
	if (!asked->got && !control->got) {
		f->state = NAP_FINDING_UNSURE;
		g_strlcpy(f->detail, "a flow with packets both ways died, too", sizeof(f->detail));
		return;
	}
	nap_finding_say(f, asked->got ? "yes" : "no",
		asked->got ? "a packet at 60 % of the timer kept the flow beyond it"
			   : "the flow died although a packet passed at 60 % of the timer; one with packets "
			     "both "
			     "ways lived");
}

/* --- limits of duration: kept busy, the server's packet first, as an inside one would hide a cut --- */
#define BUSY(ask, tell)                                                                                      \
	{ .what = NAP_DO_PAUSE }, ask, tell,                                                                 \
	{                                                                                                    \
		.what = NAP_DO_REPEAT, .back = 3                                                             \
	}
#define STOPPING(...)                                                                                        \
	{                                                                                                    \
		.what = NAP_DO_ASK, .flow = 0, .stop = true, .probe = {.from = NAP_SERVER, __VA_ARGS__ }     \
	}
static const struct nap_procedure udp_duration = { "udp-duration", { UDP },
	{ UDP_STREAM, BUSY(STOPPING(.act = NAP_ACT_DATA), NAP_CLIENT_DATA(0)) } };
static const struct nap_procedure udp_in_use = { "udp in use", { UDP },
	{ BOTH_WAYS(0), NAP_CLIENT_DATA(0), BUSY(STOPPING(.act = NAP_ACT_DATA), NAP_CLIENT_DATA(0)) } };
static const struct nap_procedure tcp_duration = { "tcp-duration", { RAW },
	{ RAW_STREAM, { .what = NAP_DO_PAUSE }, STOPPING(.act = NAP_ACT_SEGMENT, .flags = DATA, .len = 1),
		NAP_CLIENT_SEG(0, NAP_ACK, 0), NAP_CLIENT_SEG(0, DATA, 1), NAP_SERVER_SEG(0, NAP_ACK, 0),
		{ .what = NAP_DO_REPEAT, .back = 5 } } };
static const struct nap_procedure tcp_duration_sockets = { "tcp-duration", { TCP },
	{ TCP_STREAM, BUSY(STOPPING(.act = NAP_ACT_DATA), NAP_CLIENT_DATA(0)) } };

const uint16_t nap_test_ports[] = { 53, 123, 443, 500, 3478, 4500, 5060, 5683 };
const uint32_t nap_n_test_ports = sizeof(nap_test_ports) / sizeof(nap_test_ports[0]);

#define TIMER(n, t, s, k)                                                                                    \
	{                                                                                                    \
		.name = n, .title = t, .kind = NAP_TEST_TIMER, .procedure = s, .sockets = k                  \
	}
#define ONCE(n, t, s, after, j)                                                                              \
	{                                                                                                    \
		.name = n, .title = t, .kind = NAP_TEST_ONCE, .procedure = s, .timer = after, .judge = j     \
	}

/* What a path is like, which takes seconds: known before the searches, which take long and fill tables. */
#define AT_ONCE(n, t, s, k, j)                                                                               \
	{                                                                                                    \
		.name = n, .title = t, .kind = NAP_TEST_ONCE, .procedure = s, .sockets = k, .first = true,   \
		.judge = j                                                                                   \
	}

const struct nap_test nap_tests[] = {
	TIMER("udp-1", "UDP, one packet out, none back", &udp_1, &udp_1),
	TIMER("udp-2", "UDP, one packet out, several back", &udp_2, &udp_2),
	TIMER("udp-3", "UDP, packets both ways", &udp_3, &udp_3),
	TIMER("udp-quick", "UDP, one packet out, one back at once", &udp_quick, &udp_quick),
	TIMER("tcp-1", "TCP, established and idle", &tcp_1, &tcp_1_sockets),
	TIMER("tcp-syn", "TCP, after SYN", &tcp_syn, NULL),
	TIMER("tcp-syn-ack", "TCP, after SYN and SYN/ACK", &tcp_syn_ack, NULL),
	TIMER("tcp-fin-client", "TCP, after the client's FIN", &tcp_fin_client, &tcp_fin_client_sockets),
	TIMER("tcp-fin-server", "TCP, after the server's FIN", &tcp_fin_server, NULL),
	TIMER("tcp-fin-both", "TCP, after both FINs", &tcp_fin_both, NULL),
	TIMER("tcp-rst-client", "TCP, after the client's RST", &tcp_rst_client, NULL),
	TIMER("tcp-rst-server", "TCP, after the server's RST", &tcp_rst_server, NULL),
	TIMER("icmp", "ICMP echo", &icmp, &icmp),
	{ .name = "udp-1",
		.title = "UDP, one packet out, none back",
		.kind = NAP_TEST_TIMER,
		.procedure = &udp_1,
		.sockets = &udp_1,
		.per_port = true },
	{ .name = "udp-3",
		.title = "UDP, packets both ways",
		.kind = NAP_TEST_TIMER,
		.procedure = &udp_3,
		.sockets = &udp_3,
		.per_port = true },
	{ .name = "path",
		.title = "hops to the server",
		.kind = NAP_TEST_HOPS,
		.procedure = &nap_script_path },
	AT_ONCE("mapping", "UDP mapping", &mapping, &mapping_of_two, judge_mapping),
	AT_ONCE("filtering", "UDP filtering", &filtering, NULL, judge_filtering),
	AT_ONCE("tcp-mapping", "TCP mapping", &tcp_mapping, NULL, judge_mapping),
	AT_ONCE("tcp-filtering", "TCP filtering", &tcp_filtering, NULL, judge_tcp_filtering),
	AT_ONCE("ports", "external ports", &ports, NULL, judge_ports),
	AT_ONCE("hairpin", "hairpinning", &hairpin, NULL, judge_hairpin),
	ONCE("refresh-outbound", "an outbound packet refreshes", &refresh_out, "udp-3", judge_refresh),
	ONCE("refresh-inbound", "an inbound packet refreshes", &refresh_in, "udp-3", judge_refresh),
	{ .name = "refresh-ttl",
		.title = "a packet that dies on its way refreshes",
		.kind = NAP_TEST_HOPS,
		.procedure = &nap_script_refresh_ttl,
		.timer = "udp-3" },
	ONCE("tcp-stray-rst", "TCP, RST far outside of the window", &nap_script_stray_rst, NULL,
		nap_judge_stray_rst),
	ONCE("tcp-stray-refresh", "TCP data far outside of the window refreshes", &nap_script_stray_data,
		"tcp-1", nap_judge_stray_data),
	ONCE("udp-expiry", "UDP at expiry", &nap_script_udp_expiry, "udp-3", nap_judge_expiry),
	{ .name = "tcp-expiry",
		.title = "TCP at expiry",
		.kind = NAP_TEST_ONCE,
		.procedure = &nap_procedure_tcp_expiry,
		.sockets = &nap_procedure_tcp_expiry_sockets,
		.timer = "tcp-1",
		.judge = nap_judge_expiry },
	ONCE("tcp-after-expiry", "TCP that goes on after expiry", &nap_procedure_tcp_expiry, "tcp-1",
		nap_judge_after_expiry),
	ONCE("tcp-closing-expiry", "TCP at expiry, half closed", &nap_script_closing_expiry, "tcp-fin-client",
		nap_judge_expiry),
	{ .name = "udp-duration",
		.title = "UDP, never idle",
		.kind = NAP_TEST_DURATION,
		.procedure = &udp_duration,
		.sockets = &udp_duration,
		.timer = "udp-3" },
	{ .name = "tcp-duration",
		.title = "TCP, never idle",
		.kind = NAP_TEST_DURATION,
		.procedure = &tcp_duration,
		.sockets = &tcp_duration_sockets,
		.timer = "tcp-1" },
	{ .name = "bindings",
		.title = "UDP flows at once",
		.kind = NAP_TEST_BINDINGS,
		.procedure = &udp_1 /* what each flow does, about: tells who can */ },
};
const uint32_t nap_n_tests = sizeof(nap_tests) / sizeof(nap_tests[0]);

static const char *unable(const struct nap_procedure *s, const struct nap_prober *p)
{
	return p->ops->unable ? p->ops->unable((struct nap_prober *)p, s) : NULL;
}

static bool can_run(const struct nap_procedure *s, const struct nap_prober *p)
{
	return s && !(nap_procedure_needs(s) & ~p->can) && !unable(s, p);
}

const struct nap_procedure *nap_test_procedure(const struct nap_test *t, const struct nap_prober *p)
{
	if (can_run(t->procedure, p))
		return t->procedure;
	return can_run(t->sockets, p) ? t->sockets : NULL;
}

const struct nap_procedure *nap_procedure_in_use(bool tcp, const struct nap_prober *p)
{
	if (!tcp)
		return can_run(&udp_in_use, p) ? &udp_in_use : NULL;
	if (can_run(&tcp_duration, p))
		return &tcp_duration;
	return can_run(&tcp_duration_sockets, p) ? &tcp_duration_sockets : NULL;
}

const char *nap_test_advice(const struct nap_test *t, struct nap_prober *p)
{
	const struct nap_procedure *easier = t->sockets ? t->sockets : t->procedure;
	uint32_t lacks = easier ? nap_procedure_needs(easier) & ~p->can : 0;
	const char *why = easier && !lacks ? unable(easier, p) : NULL;

	if (!why && p->ops->advice)
		why = p->ops->advice(p, lacks);
	return why ? why : "this prober cannot do it";
}
