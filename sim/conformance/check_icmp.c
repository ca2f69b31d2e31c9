/* SPDX-License-Identifier: BSD-2-Clause */
/* Experiments with ICMP: RFC 5508, RFC 4787 REQ-12, RFC 5382 REQ-9 and REQ-10, RFC 5383 section 4.2. */
#include "conformance/check.h"
#include "probe/steps.h"

#define OPEN NAP_RAW_OPEN(0), NAP_CLIENT_SEG(0, DATA, 1), NAP_SERVER_SEG(0, NAP_ACK, 0)
#define ERROR(how, ...)                                                                                      \
	{                                                                                                    \
		.what = NAP_DO_##how, .probe = {.from = NAP_SERVER, .act = NAP_ACT_ICMP, __VA_ARGS__ }       \
	}

/* Type and code are put into the step of the error. */
static const struct nap_procedure tcp_error = { "ICMP error, then data", { RAW },
	{ OPEN, ERROR(TELL, 0), NAP_PAUSE(NAP_S), NAP_ASK_SERVER_SEG(0, DATA, 1) } };
static const struct nap_procedure udp_error = { "ICMP error, then a datagram", { UDP },
	{ NAP_CLIENT_DATA(0), NAP_SERVER_DATA(0), NAP_CLIENT_DATA(0), ERROR(TELL, 0), NAP_PAUSE(NAP_S),
		NAP_ASK_SERVER(0) } };

struct icmp {
	uint8_t type, code;
};

/* Does the flow live after each of these errors? */
static enum nap_check_verdict lives_after(
	struct nap_dut *b, const struct nap_procedure *base, const struct icmp *errors, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		struct nap_procedure s = *base;
		struct nap_trial_result t;

		for (uint32_t k = 0; k < nap_procedure_steps(base); k++)
			if (s.step[k].probe.act == NAP_ACT_ICMP) {
				s.step[k].probe.icmp_type = errors[i].type;
				s.step[k].probe.icmp_code = errors[i].code;
			}
		nap_dut_fresh(b);
		if (!nap_dut_run(b, &s, 0, &t))
			return NAP_NOT_TESTED;
		if (!nap_last_answer(&t)->got)
			return nap_violates(b, "dead after ICMP %u/%u", errors[i].type, errors[i].code);
	}
	return nap_meets(b, "alive after each of %u ICMP errors", n);
}

static const struct icmp soft[] = { { NAP_ICMP_UNREACHABLE, NAP_ICMP_NO_NET },
	{ NAP_ICMP_UNREACHABLE, NAP_ICMP_NO_HOST }, { NAP_ICMP_UNREACHABLE, NAP_ICMP_NO_SOURCE_ROUTE } };
static const struct icmp any[] = { { 3, 0 }, { 3, 1 }, { 3, 2 }, { 3, 3 }, { 3, 4 }, { 3, 5 }, { 3, 6 },
	{ 3, 7 }, { 3, 8 }, { 3, 9 }, { 3, 10 }, { 3, 11 }, { 3, 12 }, { 3, 13 }, { 3, 14 }, { 3, 15 },
	{ 4, 0 }, { 11, 0 }, { 11, 1 }, { 12, 0 } };

enum nap_check_verdict nap_check_soft_errors(struct nap_dut *b, const struct nap_requirement *r)
{
	(void)r;
	return lives_after(b, &tcp_error, soft, G_N_ELEMENTS(soft));
}

enum nap_check_verdict nap_check_icmp_kills_tcp(struct nap_dut *b, const struct nap_requirement *r)
{
	(void)r;
	return lives_after(b, &tcp_error, any, G_N_ELEMENTS(any));
}

enum nap_check_verdict nap_check_icmp_kills_udp(struct nap_dut *b, const struct nap_requirement *r)
{
	(void)r;
	return lives_after(b, &udp_error, any, G_N_ELEMENTS(any));
}

static const struct nap_procedure tcp_unreachable = { "ICMP 3/4 about TCP", { RAW },
	{ OPEN, ERROR(ASK, .icmp_type = NAP_ICMP_UNREACHABLE, .icmp_code = NAP_ICMP_TOO_BIG) } };
static const struct nap_procedure udp_unreachable = { "ICMP 3/3 about UDP", { UDP },
	{ NAP_CLIENT_DATA(0),
		ERROR(ASK, .icmp_type = NAP_ICMP_UNREACHABLE, .icmp_code = NAP_ICMP_NO_PORT) } };
static const struct nap_procedure from_elsewhere = { "ICMP from a router", { UDP },
	{ NAP_CLIENT_DATA(0), ERROR(ASK, .icmp_type = NAP_ICMP_UNREACHABLE, .icmp_code = NAP_ICMP_NO_PORT,
				      .place = NAP_AT_OTHER_ADDRESS) } };
static const struct nap_procedure bad_checksum = { "ICMP error with a wrong checksum", { UDP },
	{ NAP_CLIENT_DATA(0), ERROR(ASK, .icmp_type = NAP_ICMP_UNREACHABLE, .icmp_code = NAP_ICMP_NO_PORT,
				      .bad_csum = true) } };

/* Does the error get to the client, with the quoted packet translated back (else it would not find its flow)? */
static enum nap_check_verdict translated(struct nap_dut *b, const struct nap_procedure *s)
{
	struct nap_trial_result t;

	nap_dut_fresh(b);
	if (!nap_dut_run(b, s, 0, &t))
		return NAP_NOT_TESTED;
	return nap_last_answer(&t)->got
		       ? nap_meets(b, "%s reaches the client, inner header translated", s->name)
		       : nap_violates(b, "%s does not reach the client", s->name);
}

enum nap_check_verdict nap_check_icmp_tcp(struct nap_dut *b, const struct nap_requirement *r)
{
	(void)r;
	return translated(b, &tcp_unreachable);
}

enum nap_check_verdict nap_check_icmp_udp(struct nap_dut *b, const struct nap_requirement *r)
{
	(void)r;
	return translated(b, &udp_unreachable);
}

enum nap_check_verdict nap_check_icmp_in(struct nap_dut *b, const struct nap_requirement *r)
{
	enum nap_check_verdict v = translated(b, &tcp_unreachable);

	(void)r;
	return v == NAP_MEETS ? translated(b, &udp_unreachable) : v;
}

/* The client refuses what came: the server is told, and by the box' address. */
static const struct nap_procedure client_refuses = { "the client's ICMP 3/3 about UDP", { UDP },
	{ NAP_CLIENT_DATA(0), NAP_SERVER_DATA(0),
		NAP_BY(CLIENT, ASK, 0, .act = NAP_ACT_ICMP, .icmp_type = NAP_ICMP_UNREACHABLE,
			.icmp_code = NAP_ICMP_NO_PORT) } };

enum nap_check_verdict nap_check_icmp_out(struct nap_dut *b, const struct nap_requirement *r)
{
	const struct nap_answer *a;
	struct nap_trial_result t;

	(void)r;
	nap_dut_fresh(b);
	if (!nap_dut_run(b, &client_refuses, 0, &t))
		return NAP_NOT_TESTED;
	a = nap_last_answer(&t);
	if (!a->got)
		return nap_violates(b, "the client's ICMP 3/3 does not reach the server");
	if (a->seen.addr != t.answer[0].seen.addr)
		return nap_violates(b, "it reaches the server from another address than the flow's");
	return nap_meets(b, "the client's ICMP 3/3 reaches the server, from the address of its flow");
}

enum nap_check_verdict nap_check_icmp_any_source(struct nap_dut *b, const struct nap_requirement *r)
{
	(void)r;
	return nap_dut_question(b, &from_elsewhere, true, "an error from a third address reaches the client",
		"an error from a third address does not reach the client");
}

enum nap_check_verdict nap_check_icmp_checksum(struct nap_dut *b, const struct nap_requirement *r)
{
	(void)r;
	return nap_dut_question(b, &bad_checksum, false, "an error with a wrong checksum reaches the client",
		"an error with a wrong checksum is dropped");
}

static const struct nap_procedure echo = { "echo", { ECHO }, { NAP_CLIENT_DATA(0), NAP_ASK_SERVER(0) } };

enum nap_check_verdict nap_check_echo(struct nap_dut *b, const struct nap_requirement *r)
{
	struct nap_trial_result t;

	(void)r;
	nap_dut_fresh(b);
	if (!nap_dut_run(b, &echo, 0, &t))
		return nap_violates(b, "an echo request does not get out");
	return nap_last_answer(&t)->got ? nap_meets(b, "echo request and reply pass")
					: nap_violates(b, "the echo reply does not get in");
}

/* Errors of both ends about a flow whose state has gone. */
static const struct nap_procedure forgotten = { "ICMP about a forgotten flow", { UDP },
	{ NAP_CLIENT_DATA(0), NAP_SERVER_DATA(0), NAP_IDLE(0),
		NAP_BY(CLIENT, ASK, 0, .act = NAP_ACT_ICMP, .icmp_type = NAP_ICMP_UNREACHABLE,
			.icmp_code = NAP_ICMP_NO_PORT),
		ERROR(ASK, .icmp_type = NAP_ICMP_UNREACHABLE, .icmp_code = NAP_ICMP_NO_PORT) } };

/* An end's error about a flow that has expired. */
static enum nap_check_verdict unknown_stops(struct nap_dut *b, enum nap_end from)
{
	nap_time life =
		nap_dut_life(b, nap_dut_procedure("udp-quick"), 0, 0); /* which opens as that one does */
	struct nap_trial_result t;

	if (!life || life == NAP_NEVER)
		return nap_untested(b, "the UDP timer is not known or longer than a day");
	nap_dut_fresh(b);
	if (!nap_dut_run(b, &forgotten, life + NAP_S, &t))
		return NAP_NOT_TESTED;
	if (nap_last_answer(&t)[from == NAP_CLIENT ? -1 : 0].got)
		return nap_violates(b, "%s error about a flow that has expired got through",
			from == NAP_CLIENT ? "the client's" : "the server's");
	return nap_meets(b, "%s error about a flow that has expired was dropped",
		from == NAP_CLIENT ? "the client's" : "the server's");
}

enum nap_check_verdict nap_check_icmp_unknown_in(struct nap_dut *b, const struct nap_requirement *r)
{
	(void)r;
	return unknown_stops(b, NAP_SERVER);
}

enum nap_check_verdict nap_check_icmp_unknown_out(struct nap_dut *b, const struct nap_requirement *r)
{
	(void)r;
	return unknown_stops(b, NAP_CLIENT);
}

/* One inside host refuses what another sent it by its external endpoint: does the refusal come back? */
#define HAIRPIN(sender, receiver)                                                                            \
	{                                                                                                    \
		.what = NAP_DO_ASK, .flow = (sender), .to = (receiver) + 1,                                  \
		.probe = { .from = NAP_CLIENT, .act = NAP_ACT_DATA },                                        \
	}
static const struct nap_procedure hairpin = { "hairpinned ICMP error",
	{ UDP, { .proto = NAP_UDP, .host = 1 } },
	{ NAP_CLIENT_DATA(0), NAP_CLIENT_DATA(1), HAIRPIN(0, 1), HAIRPIN(1, 0), HAIRPIN(0, 1),
		{ .what = NAP_DO_ASK,
			.flow = 1,
			.to = 1,
			.probe = { .from = NAP_CLIENT,
				.act = NAP_ACT_ICMP,
				.icmp_type = NAP_ICMP_UNREACHABLE,
				.icmp_code = NAP_ICMP_NO_PORT } } } };

enum nap_check_verdict nap_check_hairpin_error(struct nap_dut *b, const struct nap_requirement *r)
{
	struct nap_trial_result t;

	nap_dut_fresh(b);
	if (!nap_dut_run(b, &hairpin, 0, &t) && t.answer[4].got)
		return NAP_NOT_TESTED;
	if (!t.answer[4].got)
		return nap_check_hairpin(b, r) == NAP_VIOLATES
			       ? nap_does_not_apply(b, "packets are not hairpinned (4787-REQ-9)")
			       : nap_untested(
					 b, "no host can be spoken to by the endpoint that the server sees");
	return nap_last_answer(&t)->got
		       ? nap_meets(b, "the refusal of a hairpinned packet reaches its sender")
		       : nap_violates(b, "the refusal of a hairpinned packet does not reach its sender");
}

/* --- what an error does to a query session: told a moment before its end, and at once --- */
#define QUERY NAP_CLIENT_DATA(0), NAP_SERVER_DATA(0), NAP_CLIENT_DATA(0)
#define PASS(end)                                                                                            \
	{                                                                                                    \
		.what = NAP_DO_TELL, .probe = {.from = NAP_##end, .act = NAP_ACT_DATA }                      \
	}
#define REFUSED ERROR(TELL, .icmp_type = NAP_ICMP_UNREACHABLE, .icmp_code = NAP_ICMP_NO_HOST)
static const struct nap_procedure query_both = { "an echo reply and a request", { ECHO },
	{ QUERY, NAP_IDLE(0), PASS(SERVER), PASS(CLIENT), NAP_PAUSE(0), NAP_ASK_SERVER(0) } };
static const struct nap_procedure query_error = { "an ICMP error about an echo request", { ECHO },
	{ QUERY, NAP_IDLE(0), REFUSED, NAP_PAUSE(0), NAP_ASK_SERVER(0) } };
static const struct nap_procedure query_refused = { "an ICMP error about an echo request, at once", { ECHO },
	{ QUERY, REFUSED, NAP_PAUSE(0), NAP_ASK_SERVER(0) } };

enum nap_check_verdict nap_check_icmp_refresh(struct nap_dut *b, const struct nap_requirement *r)
{
	nap_time life = nap_dut_life(b, nap_dut_procedure("icmp"), 0, 0);
	double seconds = nap_time_seconds(life);

	(void)r;
	if (!life || life == NAP_NEVER)
		return nap_untested(b, "the timer of ICMP queries is not known or longer than a day");
	if (!nap_check_lives_beyond(b, &query_refused, life))
		return nap_violates(b, "an ICMP error about an echo request ended its session");
	if (!nap_check_lives_beyond(b, &query_both, life))
		return nap_untested(b,
			"the session ends after %.0f s even if packets go both ways: it has its age",
			seconds);
	return nap_check_lives_beyond(b, &query_error, life)
		       ? nap_violates(
				 b, "an ICMP error prolonged the session beyond its timer of %.0f s", seconds)
		       : nap_meets(b,
				 "an ICMP error neither ended the session nor kept it: it died after %.0f s "
				 "as "
				 "without",
				 seconds);
}
