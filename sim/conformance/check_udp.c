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

enum nap_check_verdict nap_check_survives(struct nap_dut *b, const struct nap_requirement *r)
{
	for (uint32_t i = 0; i < G_N_ELEMENTS(r->test) && r->test[i]; i++) {
		struct nap_trial_result t;

		nap_dut_fresh(b);
		if (!nap_dut_run(b, nap_dut_procedure(r->test[i]), r->idle - NAP_MS, &t)) {
			if (t.procedure->step[t.steps - 1].flow == 0 && t.steps == 1)
				return nap_untested(b, "not even the first packet of %s passes", r->test[i]);
			return NAP_VIOLATES;
		}
		if (!nap_last_answer(&t)->got) {
			char life[SECONDS_TEXT];

			return nap_violates(b,
				"%s: the server's packet after %.0f s is lost; the state lives %s",
				r->test[i], nap_time_seconds(r->idle),
				seconds(nap_dut_life(b, r->test[i]), life));
		}
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
		return nap_violates(
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
	if (!nap_endpoint_equal(a->seen, t->answer[open[sender]].seen))
		return nap_violates(b, "it arrives, but does not show the sender's external endpoint");
	return nap_meets(b, "it arrives and shows the sender's external endpoint");
}

enum nap_check_verdict nap_check_hairpin(struct nap_dut *b, const struct nap_requirement *r)
{
	struct nap_trial_result t;

	(void)r;
	nap_dut_fresh(b);
	return nap_dut_run(b, &hairpin, 0, &t) ? judge_hairpin(b, &t, 2) : NAP_NOT_TESTED;
}

enum nap_check_verdict nap_check_tcp_hairpin(struct nap_dut *b, const struct nap_requirement *r)
{
	struct nap_trial_result t;

	(void)r;
	nap_dut_fresh(b);
	return nap_dut_run(b, &tcp_hairpin, 0, &t) ? judge_hairpin(b, &t, 6) : NAP_NOT_TESTED;
}

/* --- what refreshes --- */

nap_time nap_check_udp_life(struct nap_dut *b)
{
	if (!b->udp_life)
		b->udp_life = nap_dut_life(b, "udp-3");
	return b->udp_life;
}

#define STREAM                                                                                               \
	NAP_CLIENT_DATA(0), NAP_SERVER_DATA(0), NAP_PAUSE(3 * NAP_S), NAP_CLIENT_DATA(0),                    \
		NAP_SERVER_DATA(0), NAP_CLIENT_DATA(0)
#define TELL(end, ...)                                                                                       \
	{                                                                                                    \
		.what = NAP_DO_TELL, .probe = {.from = NAP_##end, __VA_ARGS__ }                              \
	}

static const struct nap_procedure refresh_out = { "outbound refresh", { UDP },
	{ STREAM, NAP_IDLE_SHARE(0, 60), TELL(CLIENT, .act = NAP_ACT_DATA), NAP_IDLE_SHARE(0, 70),
		NAP_ASK_SERVER(0) } };
/* the idle time of the next three counts from the last packet that may refresh: what is told in between does not move it */
static const struct nap_procedure refresh_filtered = { "filtered packets", { UDP },
	{ STREAM, NAP_PAUSE(0), TELL(SERVER, .act = NAP_ACT_DATA, .place = NAP_AT_OTHER_BOTH), NAP_PAUSE(0),
		TELL(SERVER, .act = NAP_ACT_DATA, .place = NAP_AT_OTHER_BOTH), NAP_PAUSE(0),
		TELL(SERVER, .act = NAP_ACT_DATA, .place = NAP_AT_OTHER_BOTH), NAP_PAUSE(0),
		NAP_ASK_SERVER(0) } };
static const struct nap_procedure refresh_reset = { "refusals", { UDP },
	{ STREAM, NAP_PAUSE(0),
		TELL(CLIENT, .act = NAP_ACT_ICMP, .icmp_type = NAP_ICMP_UNREACHABLE,
			.icmp_code = NAP_ICMP_NO_PORT),
		NAP_PAUSE(0),
		TELL(CLIENT, .act = NAP_ACT_ICMP, .icmp_type = NAP_ICMP_UNREACHABLE,
			.icmp_code = NAP_ICMP_NO_PORT),
		NAP_PAUSE(0), NAP_ASK_SERVER(0) } };
static const struct nap_procedure refresh_icmp = { "ICMP errors", { UDP },
	{ STREAM, NAP_PAUSE(0),
		TELL(SERVER, .act = NAP_ACT_ICMP, .icmp_type = NAP_ICMP_UNREACHABLE,
			.icmp_code = NAP_ICMP_NO_HOST),
		NAP_PAUSE(0),
		TELL(SERVER, .act = NAP_ACT_ICMP, .icmp_type = NAP_ICMP_UNREACHABLE,
			.icmp_code = NAP_ICMP_NO_HOST),
		NAP_PAUSE(0), NAP_ASK_SERVER(0) } };
static const struct nap_procedure filter_probe = { "filter", { UDP },
	{ NAP_CLIENT_DATA(0), NAP_ASK_SERVER_FROM(0, NAP_AT_OTHER_BOTH) } };

static bool run_gap(struct nap_dut *b, const struct nap_procedure *s, nap_time idle, nap_time gap,
	struct nap_trial_result *t)
{
	struct nap_trial_spec spec = { .procedure = s, .idle = idle, .gap = gap };

	nap_dut_fresh(b);
	nap_trials_run(b->trials, &spec, t);
	return t->why_void == NAP_NOT_VOID;
}

enum nap_check_verdict nap_check_outbound_refresh(struct nap_dut *b, const struct nap_requirement *r)
{
	nap_time life = nap_check_udp_life(b);
	struct nap_trial_result t;

	(void)r;
	if (!life || life == NAP_NEVER)
		return nap_untested(b, "the UDP timer is not known or longer than a day");
	if (!run_gap(b, &refresh_out, life - NAP_S, 0, &t))
		return nap_untested(b, "the flow could not be opened");
	return nap_last_answer(&t)->got
		       ? nap_meets(b, "with a packet out at 60 %% the state outlived its timer of %.0f s",
				 nap_time_seconds(life))
		       : nap_violates(b, "a packet out at 60 %% of the timer of %.0f s did not prolong it",
				 nap_time_seconds(life));
}

/* A flow told something, gap apart, n times in all within its life and beyond: dead when asked in the end? */
static enum nap_check_verdict must_die(
	struct nap_dut *b, const struct nap_procedure *s, uint32_t pauses, const char *what)
{
	nap_time life = nap_check_udp_life(b);
	struct nap_trial_result t;

	if (!life || life == NAP_NEVER)
		return nap_untested(b, "the UDP timer is not known or longer than a day");
	/* the pauses add up to 130 % of the life and to a purge interval more at most */
	if (!run_gap(b, s, 0, (life + b->middlebox->box.purge_interval) / 10 * 13 / pauses, &t))
		return nap_untested(b, "the flow could not be opened");
	return nap_last_answer(&t)->got
		       ? nap_violates(b, "%s prolonged the state beyond its timer of %.0f s", what,
				 nap_time_seconds(life))
		       : nap_meets(b, "%s did not keep the state: it died after %.0f s as without them", what,
				 nap_time_seconds(life));
}

enum nap_check_verdict nap_check_filtered_refresh(struct nap_dut *b, const struct nap_requirement *r)
{
	struct nap_trial_result t;

	(void)r;
	nap_dut_fresh(b);
	if (nap_dut_run(b, &filter_probe, 0, &t) && nap_last_answer(&t)->got)
		return nap_does_not_apply(b, "nothing is filtered");
	return must_die(b, &refresh_filtered, 4, "packets from a stranger, which the filter stopped,");
}

enum nap_check_verdict nap_check_refusal_refresh(struct nap_dut *b, const struct nap_requirement *r)
{
	(void)r;
	return must_die(b, &refresh_reset, 3, "outbound ICMP errors");
}

enum nap_check_verdict nap_check_icmp_refresh(struct nap_dut *b, const struct nap_requirement *r)
{
	(void)r;
	return must_die(b, &refresh_icmp, 3, "ICMP errors");
}

/* --- one protocol's mapping must not admit the other --- */

static const struct nap_procedure protocols = { "TCP mapping, UDP packet",
	{ { .proto = NAP_TCP, .raw = true, .local_port = 40000 }, { .proto = NAP_UDP, .local_port = 40000 } },
	{ NAP_RAW_OPEN(0), { .what = NAP_DO_ASK,
				   .flow = 1,
				   .to = 1,
				   .probe = { .from = NAP_SERVER, .act = NAP_ACT_DATA } } } };

enum nap_check_verdict nap_check_protocols(struct nap_dut *b, const struct nap_requirement *r)
{
	(void)r;
	return nap_dut_question(b, &protocols, false, "a UDP packet came in through a mapping of TCP",
		"a UDP packet to the external port of a TCP mapping did not come in");
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
	if (strcmp(conflict, alone.word))
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
	if (strcmp(loaded.word, filter.word))
		return nap_violates(
			b, "filtering is %s, but %s beside 200 other flows", filter.word, loaded.word);
	return nap_meets(b, "mapping %s with a contested port too; filtering %s beside 200 other flows too",
		alone.word, filter.word);
}
