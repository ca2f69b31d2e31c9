/* SPDX-License-Identifier: BSD-2-Clause */
/* Experiments on mappings, filters and their timers: RFC 4787, RFC 7857 sections 5 to 9. */
#include <string.h>

#include "conformance/check.h"
#include "discovery/tests.h"
#include "probe/steps.h"

#define SECONDS_TEXT 32

/* A time as "N s". */
static const char *seconds(nap_time t, char out[SECONDS_TEXT])
{
	if (t == NAP_NEVER)
		g_strlcpy(out, "more than a day", SECONDS_TEXT);
	else
		g_snprintf(out, SECONDS_TEXT, "%.0f s", nap_time_seconds(t));
	return out;
}

/* The procedure of a test, but that a RST may be stopped on its way: what becomes of the connection is asked all the same. */
static struct nap_procedure of_test(const char *test)
{
	struct nap_procedure s = *nap_dut_procedure(test);

	for (uint32_t i = 0; i < nap_procedure_steps(&s); i++)
		if (s.step[i].probe.act == NAP_ACT_SEGMENT && (s.step[i].probe.flags & NAP_RST))
			s.step[i].what = NAP_DO_TELL;
	return s;
}

enum nap_check_verdict nap_check_survives(struct nap_dut *b, const struct nap_requirement *r)
{
	for (uint32_t i = 0; i < G_N_ELEMENTS(r->test) && r->test[i]; i++) {
		struct nap_procedure s = of_test(r->test[i]);
		struct nap_trial_result t;
		char text[SECONDS_TEXT];
		nap_time life;

		nap_dut_fresh(b);
		if (!nap_dut_run(b, &s, r->idle - NAP_MS, &t)) {
			if (t.procedure->step[t.steps - 1].flow == 0 && t.steps == 1)
				return nap_untested(b, "not even the first packet of %s passes", r->test[i]);
			return NAP_VIOLATES;
		}
		life = nap_dut_least_life(b, &s, 0, r->idle, NULL);
		if (life < r->idle)
			return nap_violates(b,
				"%s: the server's packet after %.0f s is lost; the state lives %s",
				r->test[i], nap_time_seconds(r->idle), seconds(life, text));
	}
	return nap_meets(b, "the server's packet after %.0f s still arrives", nap_time_seconds(r->idle));
}

/* The answer of a once-test of discovery, in its own words. */
static bool classify(struct nap_dut *b, const char *test, struct nap_finding *f)
{
	struct nap_trial_result t;

	memset(f, 0, sizeof *f);
	nap_dut_fresh(b);
	if (!nap_dut_run(b, nap_dut_procedure(test), 0, &t))
		return false;
	for (uint32_t i = 0; i < nap_n_tests; i++)
		if (!strcmp(nap_tests[i].name, test))
			nap_tests[i].judge(&t, f);
	return true;
}

enum nap_check_verdict nap_check_mapping(struct nap_dut *b, const struct nap_requirement *r)
{
	struct nap_finding f;

	if (!classify(b, r->test[0], &f))
		return NAP_NOT_TESTED;
	if (!strcmp(f.word, "endpoint-independent"))
		return nap_meets(b, "%s", f.detail);
	return nap_violates(b, "%s: %s", f.word, f.detail);
}

enum nap_check_verdict nap_check_filtering(struct nap_dut *b, const struct nap_requirement *r)
{
	struct nap_finding f;

	if (!classify(b, r->test[0], &f))
		return NAP_NOT_TESTED;
	if (!strcmp(f.word, "address-and-port-dependent"))
		return nap_violates(b, "%s: %s", f.word, f.detail);
	return nap_meets(b, "%s: %s", f.word, f.detail);
}

enum nap_check_verdict nap_check_filtering_eif(struct nap_dut *b, const struct nap_requirement *r)
{
	struct nap_finding f;

	if (!classify(b, r->test[0], &f))
		return NAP_NOT_TESTED;
	return !strcmp(f.word, "endpoint-independent") ? nap_meets(b, "%s", f.detail)
						       : nap_violates(b, "%s: %s", f.word, f.detail);
}

/* --- ports --- */

enum nap_check_verdict nap_check_port_class(struct nap_dut *b, const struct nap_requirement *r)
{
	static const uint16_t locals[] = { 600, 900, 2000, 40000 };

	(void)r;
	nap_dut_fresh(b);
	for (uint32_t i = 0; i < G_N_ELEMENTS(locals); i++)
		for (uint8_t host = 0; host < 3; host++) { /* the second and third cannot all keep the port */
			struct nap_opened o;

			nap_dut_open(b, host, locals[i], 0, &o);
			if (o.seen.port && (o.seen.port < 1024) != (locals[i] < 1024))
				return nap_violates(b, "local port %u became %u", locals[i], o.seen.port);
		}
	return nap_meets(b, "local ports below 1024 stayed below, others above");
}

enum nap_check_verdict nap_check_parity(struct nap_dut *b, const struct nap_requirement *r)
{
	(void)r;
	nap_dut_fresh(b);
	for (uint16_t i = 0; i < 16; i++)
		for (uint8_t host = 0; host < 2; host++) {
			struct nap_opened o;

			nap_dut_open(b, host, (uint16_t)(40000 + i), 0, &o);
			if (o.seen.port && o.seen.port % 2 != i % 2)
				return nap_violates(b, "local port %u became %u", 40000 + i, o.seen.port);
		}
	return nap_meets(b, "16 ports of two hosts kept their parity, in conflict too");
}

/* Two hosts, the same local port, the same server: two external endpoints, and both flows live. */
enum nap_check_verdict nap_check_overloading(struct nap_dut *b, const struct nap_requirement *r)
{
	struct nap_opened o[2];

	(void)r;
	nap_dut_fresh(b);
	for (uint8_t host = 0; host < 2; host++)
		nap_dut_open(b, host, 40000, 0, &o[host]);
	if (!o[0].seen.port || !o[1].seen.port)
		return nap_untested(b, "the box refuses the second flow");
	if (nap_endpoint_equal(o[0].seen, o[1].seen))
		return nap_violates(b,
			"two hosts were given the same external port %u to the same destination",
			o[0].seen.port);
	if (!nap_dut_reaches(b, o[0].flow) || !nap_dut_reaches(b, o[1].flow))
		return nap_violates(b, "the second host's flow cost the first its mapping");
	return nap_meets(b, "two hosts with one local port had external ports %u and %u, both alive",
		o[0].seen.port, o[1].seen.port);
}

static const struct nap_procedure tcp_overloading = { "two hosts, one port",
	{ { .proto = NAP_TCP, .raw = true, .local_port = 40000 },
		{ .proto = NAP_TCP, .raw = true, .local_port = 40000, .host = 1 } },
	{ NAP_RAW_OPEN(0), NAP_RAW_OPEN(1), NAP_ASK_SERVER_SEG(0, NAP_ACK | NAP_PSH, 1),
		NAP_ASK_SERVER_SEG(1, NAP_ACK | NAP_PSH, 1) } };

enum nap_check_verdict nap_check_tcp_overloading(struct nap_dut *b, const struct nap_requirement *r)
{
	struct nap_trial_result t;

	(void)r;
	nap_dut_fresh(b);
	if (!nap_dut_run(b, &tcp_overloading, 0, &t))
		return nap_untested(
			b, "a second host with the same local port could not open to the same server");
	if (nap_endpoint_equal(t.answer[0].seen, t.answer[3].seen))
		return nap_violates(b,
			"two hosts were given the same external port %u to the same destination",
			t.answer[0].seen.port);
	if (!t.answer[6].got || !t.answer[7].got)
		return nap_violates(b, "the second host's connection cost the first its own");
	return nap_meets(b, "two hosts with one local port had external ports %u and %u, both alive",
		t.answer[0].seen.port, t.answer[3].seen.port);
}

enum nap_check_verdict nap_check_random_ports(struct nap_dut *b, const struct nap_requirement *r)
{
	struct nap_opened o[24];
	uint32_t n = G_N_ELEMENTS(o), kept = 0, near = 0;

	(void)r;
	nap_dut_fresh(b);
	for (uint32_t i = 0; i < n; i++) {
		nap_dut_open(b, 0, 0, 0, &o[i]);
		kept += o[i].seen.port == o[i].local.port;
		near += i && o[i].seen.port > o[i - 1].seen.port && o[i].seen.port - o[i - 1].seen.port <= 4;
	}
	if (kept == n)
		return nap_meets(b, "ports are preserved, so as hard to guess as the hosts'");
	if (near > n / 2)
		return nap_violates(b, "%u of %u ports followed the one before by at most 4", near, n - 1);
	return nap_meets(b, "%u of %u ports followed the one before by at most 4", near, n - 1);
}

/* --- hairpinning --- */

#define HAIRPIN(sender, receiver)                                                                            \
	{                                                                                                    \
		.what = NAP_DO_ASK, .flow = (sender), .to = (receiver) + 1, .probe = {                       \
			.from = NAP_CLIENT,                                                                  \
			.act = NAP_ACT_DATA                                                                  \
		}                                                                                            \
	}
static const struct nap_procedure hairpin = { "hairpin", { UDP, { .proto = NAP_UDP, .host = 1 } },
	{ NAP_CLIENT_DATA(0), NAP_CLIENT_DATA(1), HAIRPIN(0, 1), HAIRPIN(1, 0), HAIRPIN(0, 1) } };
#define HAIRPIN_SYN(sender, receiver)                                                                        \
	{                                                                                                    \
		.what = NAP_DO_ASK, .flow = (sender), .to = (receiver) + 1, .probe = {                       \
			.from = NAP_CLIENT,                                                                  \
			.act = NAP_ACT_SEGMENT,                                                              \
			.flags = NAP_SYN,                                                                    \
			.seq_shift = 7000                                                                    \
		}                                                                                            \
	}
static const struct nap_procedure tcp_hairpin = { "tcp hairpin",
	{ RAW, { .proto = NAP_TCP, .raw = true, .host = 1 } },
	{ NAP_RAW_OPEN(0), NAP_RAW_OPEN(1), HAIRPIN_SYN(0, 1), HAIRPIN_SYN(1, 0), HAIRPIN_SYN(0, 1) } };

static enum nap_check_verdict judge_hairpin(
	struct nap_dut *b, const struct nap_trial_result *t, uint32_t first)
{
	uint32_t open[2] = { 0,
		first == 2 ? 1 : 3 }; /* the steps in which the server saw the two flows first */
	const struct nap_answer *a = &t->answer[first + 2];
	uint32_t sender = 0;

	if (!a->got) {
		a = &t->answer[first + 1];
		sender = 1;
	}
	if (!a->got)
		return nap_violates(b, "hosts cannot reach each other by their external endpoints");
	/* with a mapping for each destination the endpoint is one that the server has not seen, of the same address */
	if (a->seen.addr != t->answer[open[sender]].seen.addr ||
		nap_endpoint_equal(a->seen, t->local[sender]))
		return nap_violates(b, "it arrives, but does not show the sender's external endpoint");
	return nap_meets(b, "it arrives and shows the sender's external endpoint");
}

/*
 * With a mapping for each destination, nobody knows from which external endpoint a host would speak to another, so none can
 * open its filter to the other first, unless ports are preserved and it can be guessed.
 */
static bool hairpins_blindly(struct nap_dut *b, const char *mapping, const char *filtering)
{
	struct nap_finding map, filter;

	return classify(b, mapping, &map) && classify(b, filtering, &filter) &&
	       strcmp(map.word, "endpoint-independent") != 0 &&
	       strcmp(filter.word, "endpoint-independent") != 0;
}

/* One host's first packet to the external endpoint that the other would have if its port were kept, and what comes of it. */
static bool reaches_host(
	struct nap_dut *b, const nap_flow *flow, uint8_t proto, uint32_t from, struct nap_probe_event *got)
{
	struct nap_sending what = { .from = NAP_CLIENT,
		.act = proto == NAP_TCP ? NAP_ACT_SEGMENT : NAP_ACT_DATA,
		.flags = proto == NAP_TCP ? NAP_SYN : 0,
		.tag = nap_trials_tag(b->trials),
		.to = NAP_NO_FLOW };
	struct nap_probe_event ev;
	bool arrived = false;

	b->prober->ops->send(b->prober, flow[from], &what);
	while (b->prober->ops->wait(b->prober, b->prober->ops->now(b->prober), &ev))
		if (ev.flow == flow[!from] && ev.end == NAP_CLIENT && ev.what == NAP_GOT_PACKET &&
			ev.tag == what.tag) {
			arrived = true;
			*got = ev;
		}
	return arrived;
}

#define GUESSED 41000 /* and the next: local ports that have not spoken yet */

/* Two hosts that speak to each other first, by endpoints that they guess. */
static enum nap_check_verdict hairpin_by_guess(struct nap_dut *b, uint8_t proto)
{
	struct nap_flow_spec spec = { .proto = proto, .raw = proto == NAP_TCP };
	struct nap_probe_event ev;
	struct nap_opened o;
	nap_flow flow[2];
	bool arrived = false;

	nap_dut_fresh(b);
	nap_dut_open(b, 2, GUESSED + 2, 0, &o);
	if (o.seen.port != GUESSED + 2)
		return nap_untested(b,
			"each destination has a mapping of its own and strangers are stopped, so that no "
			"host can be spoken to first");
	spec.server = o.seen.addr;
	for (uint8_t host = 0; host < 2; host++) {
		spec.host = host;
		spec.local_port = (uint16_t)(GUESSED + host);
		spec.server_port = (uint16_t)(GUESSED + !host);
		flow[host] = b->prober->ops->open(b->prober, &spec);
	}
	for (uint32_t i = 0; i < 3 && !arrived; i++)
		arrived = reaches_host(b, flow, proto, i % 2, &ev);
	if (!arrived)
		return nap_violates(b, "hosts cannot reach each other by their external endpoints");
	return ev.seen.addr == spec.server
		       ? nap_meets(b, "it arrives and shows the sender's external endpoint")
		       : nap_violates(b, "it arrives, but does not show the sender's external endpoint");
}

static enum nap_check_verdict check_hairpin(struct nap_dut *b, const struct nap_procedure *s, uint32_t first,
	const char *mapping, const char *filtering)
{
	struct nap_trial_result t;

	nap_dut_fresh(b);
	if (!nap_dut_run(b, s, 0, &t))
		return NAP_NOT_TESTED;
	if (!t.answer[first + 1].got && !t.answer[first + 2].got && hairpins_blindly(b, mapping, filtering))
		return hairpin_by_guess(b, s->flow[0].proto);
	return judge_hairpin(b, &t, first);
}

enum nap_check_verdict nap_check_hairpin(struct nap_dut *b, const struct nap_requirement *r)
{
	(void)r;
	return check_hairpin(b, &hairpin, 2, "mapping", "filtering");
}

enum nap_check_verdict nap_check_tcp_hairpin(struct nap_dut *b, const struct nap_requirement *r)
{
	(void)r;
	return check_hairpin(b, &tcp_hairpin, 6, "tcp-mapping", "tcp-filtering");
}

/* --- what refreshes --- */

/* Traffic both ways for 12 s: older than any age that is asked of a stream before the timer of streams applies. */
#define AND_LATER NAP_PAUSE(3 * NAP_S), NAP_CLIENT_DATA(0), NAP_SERVER_DATA(0)
#define STREAM                                                                                               \
	NAP_CLIENT_DATA(0), NAP_SERVER_DATA(0), AND_LATER, AND_LATER, AND_LATER, AND_LATER, NAP_CLIENT_DATA(0)

static const struct nap_procedure old_stream = { "a stream of UDP", { UDP },
	{ STREAM, NAP_IDLE(0), NAP_ASK_SERVER(0) } };

/* How long a stream that begins with the box outlives its last packet (nap_dut_life), measured once a box. */
static nap_time stream_life(struct nap_dut *b)
{
	if (!b->stream_life)
		b->stream_life = nap_dut_life(b, &old_stream, 0, 0);
	return b->stream_life;
}

#define TELL(end, ...)                                                                                       \
	{                                                                                                    \
		.what = NAP_DO_TELL, .probe = {.from = NAP_##end, __VA_ARGS__ }                              \
	}
#define REFUSE(end, code)                                                                                    \
	TELL(end, .act = NAP_ACT_ICMP, .icmp_type = NAP_ICMP_UNREACHABLE, .icmp_code = NAP_ICMP_##code)

/* A stream that would end a moment after something is told: is it alive a moment after that end? */
#define TOLD(...)                                                                                            \
	{                                                                                                    \
		STREAM, NAP_IDLE(0), __VA_ARGS__, NAP_PAUSE(0), NAP_ASK_SERVER(0)                            \
	}
static const struct nap_procedure told_both = { "packets both ways", { UDP },
	TOLD(TELL(SERVER, .act = NAP_ACT_DATA), TELL(CLIENT, .act = NAP_ACT_DATA)) };
static const struct nap_procedure told_outbound = { "an outbound packet", { UDP },
	TOLD(TELL(CLIENT, .act = NAP_ACT_DATA)) };
static const struct nap_procedure told_filtered = { "a filtered packet", { UDP },
	TOLD(TELL(SERVER, .act = NAP_ACT_DATA, .place = NAP_AT_OTHER_BOTH)) };
static const struct nap_procedure told_refusal = { "a refusal", { UDP }, TOLD(REFUSE(CLIENT, NO_PORT)) };
static const struct nap_procedure filter_probe = { "filter", { UDP },
	{ NAP_CLIENT_DATA(0), NAP_ASK_SERVER_FROM(0, NAP_AT_OTHER_BOTH) } };

#define MOMENT NAP_S

bool nap_check_lives_beyond(struct nap_dut *b, const struct nap_procedure *s, nap_time life)
{
	nap_time moment = nap_time_min(MOMENT, life / 10);
	struct nap_trial_spec spec = { .procedure = s, .idle = life - moment, .gap = 2 * moment };
	struct nap_trial_result t;

	nap_dut_fresh(b);
	nap_trials_run(b->trials, &spec, &t);
	return t.why_void == NAP_NOT_VOID && nap_last_answer(&t)->got;
}

/* A stream, which, told nothing, does not. */
static bool outlives(struct nap_dut *b, const struct nap_procedure *s)
{
	return nap_check_lives_beyond(b, s, stream_life(b));
}

/* Can it be told what prolongs a stream? If not, observed says why. */
static bool has_known_end(struct nap_dut *b)
{
	nap_time life = stream_life(b);

	if (!life || life == NAP_NEVER)
		nap_untested(b, "the UDP timer is not known or longer than a day");
	else if (!outlives(b, &told_both))
		nap_untested(b, "the state ends after %.0f s even if packets go both ways: it has its age",
			nap_time_seconds(life));
	else
		return true;
	return false;
}

bool nap_check_outbound_restarts(struct nap_dut *b)
{
	return !has_known_end(b) || outlives(b, &told_outbound);
}

enum nap_check_verdict nap_check_outbound_refresh(struct nap_dut *b, const struct nap_requirement *r)
{
	(void)r;
	if (!has_known_end(b))
		return NAP_NOT_TESTED;
	return outlives(b, &told_outbound)
		       ? nap_meets(b, "with a packet out just before, the state outlived its timer of %.0f s",
				 nap_time_seconds(stream_life(b)))
		       : nap_violates(b,
				 "a packet out just before the end of the timer of %.0f s did not prolong it",
				 nap_time_seconds(stream_life(b)));
}

/* A stream told something within its life: dead when asked after it? */
static enum nap_check_verdict must_die(struct nap_dut *b, const struct nap_procedure *s, const char *what)
{
	double life;

	if (!has_known_end(b))
		return NAP_NOT_TESTED;
	life = nap_time_seconds(stream_life(b));
	return outlives(b, s)
		       ? nap_violates(b, "%s prolonged the state beyond its timer of %.0f s", what, life)
		       : nap_meets(
				 b, "%s did not keep the state: it died after %.0f s as without", what, life);
}

enum nap_check_verdict nap_check_filtered_refresh(struct nap_dut *b, const struct nap_requirement *r)
{
	struct nap_trial_result t;

	(void)r;
	nap_dut_fresh(b);
	if (nap_dut_run(b, &filter_probe, 0, &t) && nap_last_answer(&t)->got)
		return nap_does_not_apply(b, "nothing is filtered");
	return must_die(b, &told_filtered, "a packet from a stranger, which the filter stopped,");
}

enum nap_check_verdict nap_check_refusal_refresh(struct nap_dut *b, const struct nap_requirement *r)
{
	(void)r;
	return must_die(b, &told_refusal, "an outbound ICMP error");
}

/* --- one protocol's mapping must not be the other's --- */

#define OF_OTHER(to_slot, a, ...)                                                                            \
	{                                                                                                    \
		.what = NAP_DO_ASK, .flow = 1, .to = (to_slot) + 1,                                          \
		.probe = { .from = NAP_SERVER, .act = (a), __VA_ARGS__ },                                    \
	}
static const struct nap_procedure udp_to_tcp = { "TCP mapping, UDP packet",
	{ { .proto = NAP_TCP, .raw = true, .local_port = 40000 }, { .proto = NAP_UDP, .local_port = 40000 } },
	{ NAP_RAW_OPEN(0), OF_OTHER(0, NAP_ACT_DATA, 0) } };
static const struct nap_procedure tcp_to_udp = { "UDP mapping, SYN",
	{ { .proto = NAP_UDP, .local_port = 40000 }, { .proto = NAP_TCP, .raw = true, .local_port = 40000 } },
	{ NAP_CLIENT_DATA(0), OF_OTHER(0, NAP_ACT_SEGMENT, .flags = NAP_SYN) } };

/*
 * Even a filter that stops both shows it when ports are not preserved: the same local ports, first of TCP, then of UDP in another
 * order, have the same external ones. Not all at once, as boxes let few sessions begin in a second.
 */
#define BETWEEN (NAP_S / 2)

static bool same_ports(struct nap_dut *b)
{
	static const uint16_t locals[] = { 40000, 40005, 40002, 40007 };
	struct nap_endpoint tcp[G_N_ELEMENTS(locals)];
	bool kept = true;

	nap_dut_fresh(b);
	for (uint32_t i = 0; i < G_N_ELEMENTS(locals); i++) {
		struct nap_flow_spec spec = { .proto = NAP_TCP, .raw = true, .local_port = locals[i] };
		struct nap_sending syn = { .from = NAP_CLIENT, .act = NAP_ACT_SEGMENT, .flags = NAP_SYN };

		tcp[i] = nap_dut_exchange(b, b->prober->ops->open(b->prober, &spec), syn).event.seen;
		kept = kept && tcp[i].port == locals[i];
		nap_dut_pass(b, BETWEEN);
	}
	for (uint32_t i = G_N_ELEMENTS(locals); i-- > 0;) {
		struct nap_opened o;

		nap_dut_open(b, 0, locals[i], 0, &o);
		nap_dut_pass(b, BETWEEN);
		if (!o.seen.port || !nap_endpoint_equal(o.seen, tcp[i]))
			return false;
	}
	return !kept;
}

enum nap_check_verdict nap_check_protocols(struct nap_dut *b, const struct nap_requirement *r)
{
	enum nap_check_verdict v =
		nap_dut_question(b, &udp_to_tcp, false, "a UDP packet came in through a mapping of TCP",
			"a UDP packet to the external port of a TCP mapping did not come in");

	(void)r;
	if (v == NAP_MEETS)
		v = nap_dut_question(b, &tcp_to_udp, false, "a SYN came in through a mapping of UDP",
			"neither a UDP packet to the external port of a TCP mapping nor a SYN to that of a "
			"UDP mapping came in");
	if (v == NAP_MEETS && same_ports(b))
		return nap_violates(b,
			"four local ports had the same external ports in UDP as in TCP, and not their own");
	return v;
}

/* --- determinism: the same classes when a port is contested and under load --- */

static const struct nap_procedure contested = { "mapping under conflict",
	{ { .proto = NAP_UDP, .local_port = 40000, .host = 1 }, { .proto = NAP_UDP, .local_port = 40000 } },
	{ NAP_CLIENT_DATA(0), NAP_CLIENT_DATA(1),
		NAP_BY(CLIENT, SEND, 1, .act = NAP_ACT_DATA, .place = NAP_AT_OTHER_ADDRESS),
		NAP_BY(CLIENT, SEND, 1, .act = NAP_ACT_DATA, .place = NAP_AT_OTHER_BOTH) } };

static const char *dependence(
	const struct nap_endpoint *a, const struct nap_endpoint *c, const struct nap_endpoint *d)
{
	if (nap_endpoint_equal(*a, *c) && nap_endpoint_equal(*a, *d))
		return "endpoint-independent";
	return nap_endpoint_equal(*c, *d) ? "address-dependent" : "address-and-port-dependent";
}

enum nap_check_verdict nap_check_deterministic(struct nap_dut *b, const struct nap_requirement *r)
{
	struct nap_finding alone, filter, loaded;
	struct nap_trial_result t;
	const char *conflict;

	(void)r;
	if (!classify(b, "mapping", &alone) || !classify(b, "filtering", &filter))
		return NAP_NOT_TESTED;
	nap_dut_fresh(b);
	if (!nap_dut_run(b, &contested, 0, &t))
		return nap_violates(b, "another host's flow with the same local port stops a flow");
	conflict = dependence(&t.answer[1].seen, &t.answer[2].seen, &t.answer[3].seen);
	if (strcmp(conflict, alone.word) != 0)
		return nap_violates(
			b, "mapping is %s, but %s when another host has the port", alone.word, conflict);
	nap_dut_fresh(b);
	for (uint32_t i = 0; i < 200; i++) {
		struct nap_opened o;

		nap_dut_open(b, (uint8_t)(1 + i % 4), 0, 0, &o);
	}
	memset(&loaded, 0, sizeof loaded);
	if (!nap_dut_run(b, nap_dut_procedure("filtering"), 0, &t))
		return nap_untested(b, "no further flow beside 200 others");
	for (uint32_t i = 0; i < nap_n_tests; i++)
		if (!strcmp(nap_tests[i].name, "filtering"))
			nap_tests[i].judge(&t, &loaded);
	if (strcmp(loaded.word, filter.word) != 0)
		return nap_violates(
			b, "filtering is %s, but %s beside 200 other flows", filter.word, loaded.word);
	return nap_meets(b, "mapping %s with a contested port too; filtering %s beside 200 other flows too",
		alone.word, filter.word);
}
