/* SPDX-License-Identifier: BSD-2-Clause */
/* Experiments on connections: RFC 5383, RFC 5382, RFC 7857 section 2. */
#include <string.h>

#include "conformance/check.h"
#include "probe/steps.h"

#define EXCHANGE(n)                                                                                          \
	NAP_SERVER_SEG(0, DATA, n), NAP_CLIENT_SEG(0, NAP_ACK, 0), NAP_CLIENT_SEG(0, DATA, n),               \
		NAP_SERVER_SEG(0, NAP_ACK, 0)
#define AGAIN                                                                                                \
	{                                                                                                    \
		.what = NAP_DO_TELL, .probe = {                                                              \
			.from = NAP_SERVER,                                                                  \
			.act = NAP_ACT_SEGMENT,                                                              \
			.flags = DATA,                                                                       \
			.len = 1,                                                                            \
			.again = true                                                                        \
		}                                                                                            \
	}

/* Ports that RFC 5383 sections 3 and 6 name: IMAP and submission. */
static const uint16_t mail_ports[] = { 143, 587 };

static const struct nap_procedure stream = { "open and exchange data", { RAW }, { RAW_STREAM } };

enum nap_check_verdict nap_check_mail_ports(struct nap_dut *b, const struct nap_requirement *r)
{
	(void)r;
	for (uint32_t i = 0; i < G_N_ELEMENTS(mail_ports); i++) {
		struct nap_trial_result t;

		nap_dut_fresh(b);
		if (!nap_dut_run_port(b, &stream, 0, mail_ports[i], &t))
			return NAP_VIOLATES;
	}
	return nap_meets(b, "connections to ports 143 and 587 open and carry data");
}

enum nap_check_verdict nap_check_acap(struct nap_dut *b, const struct nap_requirement *r)
{
	struct nap_trial_result t;

	(void)r;
	nap_dut_fresh(b);
	if (!nap_dut_run_port(b, &stream, 0, 674, &t))
		return NAP_VIOLATES;
	return nap_meets(b, "a connection to port 674 opens and carries data");
}

/* Services of old and of today, and ports that are nobody's. */
enum nap_check_verdict nap_check_any_port(struct nap_dut *b, const struct nap_requirement *r)
{
	static const uint16_t ports[] = { 22, 119, 443, 993, 1935, 5222, 8883, 31337, 49151, 65000 };

	(void)r;
	for (uint32_t i = 0; i < G_N_ELEMENTS(ports); i++) {
		struct nap_trial_result t;

		nap_dut_fresh(b);
		if (!nap_dut_run_port(b, &stream, 0, ports[i], &t))
			return NAP_VIOLATES;
	}
	return nap_meets(b, "ten ports from 22 to 65000: connections open and carry data");
}

/* Segments of many sizes both ways, as extensions of mail protocols need: all arrive. */
static const struct nap_procedure dialogue = { "dialogue", { RAW },
	{ NAP_RAW_OPEN(0), EXCHANGE(1), EXCHANGE(50), EXCHANGE(536), EXCHANGE(1400), EXCHANGE(3) } };

bool nap_check_dialogues(struct nap_dut *b)
{
	for (uint32_t i = 0; i < G_N_ELEMENTS(mail_ports); i++) {
		struct nap_trial_result t;

		nap_dut_fresh(b);
		if (!nap_dut_run_port(b, &dialogue, 0, mail_ports[i], &t))
			return false;
	}
	return true;
}

/* Submission asks IMAP for a message (RFC 4468): a short connection between hosts that no client takes part in. */
static const struct nap_procedure between_servers = { "submission to IMAP",
	{ { .proto = NAP_TCP, .raw = true, .host = 9 } },
	{ NAP_RAW_OPEN(0), EXCHANGE(60), NAP_PAUSE(2 * NAP_MIN), EXCHANGE(1400) } };

enum nap_check_verdict nap_check_server_leg(struct nap_dut *b, const struct nap_requirement *r)
{
	struct nap_trial_result t;

	(void)r;
	nap_dut_fresh(b);
	if (!nap_dut_run_port(b, &between_servers, 0, 143, &t))
		return NAP_VIOLATES;
	return nap_meets(
		b, "a server behind the box opened a connection to port 143 outside and fetched data");
}

/* IDLE, renewed as well-behaved clients do. */
#define RENEWAL                                                                                              \
	NAP_PAUSE(29 * NAP_MIN), NAP_CLIENT_SEG(0, DATA, 12), NAP_SERVER_SEG(0, DATA, 20),                   \
		NAP_CLIENT_SEG(0, NAP_ACK, 0)
static const struct nap_procedure idling = { "IDLE renewed every 29 min", { RAW },
	{ RAW_STREAM, RENEWAL, RENEWAL, RENEWAL } };

/* Does all of a procedure get through that begins so late? If not, observed says what does not. */
static bool runs_after(struct nap_dut *b, const struct nap_procedure *s, uint16_t port, nap_time after)
{
	struct nap_trial_result t;

	nap_dut_fresh(b);
	nap_dut_pass(b, after);
	return nap_dut_run_port(b, s, 0, port, &t);
}

enum nap_check_verdict nap_check_maintained(struct nap_dut *b, const struct nap_requirement *r)
{
	(void)r;
	for (uint32_t i = 0; i < G_N_ELEMENTS(mail_ports); i++) {
		nap_time after;

		nap_dut_least_life(b, nap_dut_procedure("tcp-1"), mail_ports[i], 29 * NAP_MIN, &after);
		if (!runs_after(b, &idling, mail_ports[i], after))
			return NAP_VIOLATES;
	}
	return nap_meets(b, "connections to ports 143 and 587 that spoke every 29 min were maintained");
}

#define A_DAY_AND_MORE (25 * NAP_H)

/* Busy: often enough for its idle timer, and at least every 20 s. */
static bool lives_busily(struct nap_dut *b, uint16_t port)
{
	nap_time life = nap_dut_least_life(b, nap_dut_procedure("tcp-1"), port, 0, NULL);
	struct nap_trial_spec spec = { .procedure = nap_dut_procedure("tcp-duration"),
		.idle = A_DAY_AND_MORE,
		.gap = nap_time_max(nap_time_min(20 * NAP_S, life / 2), 50 * NAP_MS),
		.server_port = port };
	struct nap_trial_result t;
	nap_time age;

	nap_dut_fresh(b);
	nap_trials_run(b->trials, &spec, &t);
	age = t.why_void == NAP_NOT_VOID ? t.end - t.start : t.last_alive;
	if (t.why_void == NAP_NOT_VOID && t.last_alive >= A_DAY_AND_MORE)
		return true;
	g_snprintf(b->observed, sizeof b->observed,
		"busy every %.3g s, the connection to port %u was dead at the age of %.0f s",
		nap_time_seconds(spec.gap), port ? port : b->prober->usual_port, nap_time_seconds(age));
	return false;
}

enum nap_check_verdict nap_check_duration(struct nap_dut *b, const struct nap_requirement *r)
{
	static const uint16_t ports[] = { 0, 143 };

	(void)r;
	for (uint32_t i = 0; i < G_N_ELEMENTS(ports); i++) {
		struct nap_trial_result t;

		nap_dut_fresh(b);
		if (!nap_dut_run_port(b, &stream, 0, ports[i], &t))
			continue; /* which is another requirement's */
		if (!lives_busily(b, ports[i]))
			return NAP_VIOLATES;
	}
	return nap_meets(
		b, "always busy, connections to ports %u and 143 lived for 25 h", b->prober->usual_port);
}

/* The device is out of reach for 4 min: the server repeats its data, nothing answers; then the device is back. */
static const struct nap_procedure outage = { "outage", { RAW },
	{ RAW_STREAM, NAP_SERVER_SEG(0, DATA, 1), NAP_PAUSE(NAP_S), AGAIN, NAP_PAUSE(2 * NAP_S), AGAIN,
		NAP_PAUSE(4 * NAP_S), AGAIN, NAP_PAUSE(8 * NAP_S), AGAIN, NAP_PAUSE(16 * NAP_S), AGAIN,
		NAP_PAUSE(32 * NAP_S), AGAIN, NAP_PAUSE(177 * NAP_S), NAP_ASK_CLIENT_SEG(0, NAP_ACK, 0),
		NAP_ASK_SERVER_SEG(0, DATA, 1) } };

enum nap_check_verdict nap_check_outage(struct nap_dut *b, const struct nap_requirement *r)
{
	struct nap_trial_result t;

	(void)r;
	nap_dut_fresh(b);
	if (!nap_dut_run(b, &outage, 0, &t))
		return NAP_NOT_TESTED;
	if (t.heard[NAP_CLIENT].rst || t.heard[NAP_SERVER].rst)
		return nap_violates(b,
			"the box reset the connection %.0f s after its opening, during the outage",
			nap_time_seconds(t.heard[t.heard[NAP_SERVER].rst ? NAP_SERVER : NAP_CLIENT].rst_at));
	if (!nap_last_answer(&t)->got)
		return nap_violates(b,
			"after 4 min in which the server repeated its data in vain, the connection was dead");
	return nap_meets(b, "the connection outlived 4 min in which the server repeated its data in vain");
}

/* 2 h 4 min, whichever end speaks then, and on the mail ports too. */
static const struct nap_procedure idle_client = { "idle, then the client", { RAW },
	{ RAW_STREAM, NAP_IDLE(0), NAP_ASK_CLIENT_SEG(0, DATA, 1) } };

enum nap_check_verdict nap_check_mail_idle(struct nap_dut *b, const struct nap_requirement *r)
{
	static const uint16_t ports[] = { 0, 143, 587 };
	const struct nap_procedure *const procedures[] = { nap_dut_procedure("tcp-1"), &idle_client };

	for (uint32_t i = 0; i < G_N_ELEMENTS(ports); i++)
		for (uint32_t k = 0; k < G_N_ELEMENTS(procedures); k++) {
			struct nap_trial_result t;

			nap_dut_fresh(b);
			if (!nap_dut_run_port(b, procedures[k], r->idle - NAP_MS, ports[i], &t))
				return NAP_VIOLATES;
			if (!nap_last_answer(&t)->got || t.heard[NAP_CLIENT].rst || t.heard[NAP_SERVER].rst ||
				(k == 0 && nap_dut_least_life(b, procedures[0], ports[i], r->idle, NULL) <
						   r->idle))
				return nap_violates(b, "idle for %.0f s (port %u), then the %s spoke: %s",
					nap_time_seconds(r->idle),
					ports[i] ? ports[i] : b->prober->usual_port, k ? "client" : "server",
					t.heard[NAP_CLIENT].rst || t.heard[NAP_SERVER].rst
						? "the box had reset the connection"
						: "lost");
		}
	return nap_meets(b, "after %.0f s of idleness both ends reach each other, on ports 143 and 587 too",
		nap_time_seconds(r->idle));
}

/* --- legal sequences --- */

#define C_FIN NAP_CLIENT_SEG(0, NAP_FIN | NAP_ACK, 0)
#define S_FIN NAP_SERVER_SEG(0, NAP_FIN | NAP_ACK, 0)
#define C_ACK NAP_CLIENT_SEG(0, NAP_ACK, 0)
#define S_ACK NAP_SERVER_SEG(0, NAP_ACK, 0)

static const struct nap_procedure sequences[] = {
	{ "close by the client", { RAW }, { RAW_STREAM, C_FIN, S_ACK, S_FIN, C_ACK } },
	{ "close by the server", { RAW }, { RAW_STREAM, S_FIN, C_ACK, C_FIN, S_ACK } },
	{ "close by both at once", { RAW }, { RAW_STREAM, C_FIN, S_FIN, C_ACK, S_ACK } },
	{ "half-close by the client, then data", { RAW },
		{ RAW_STREAM, C_FIN, S_ACK, NAP_SERVER_SEG(0, DATA, 900), C_ACK, NAP_SERVER_SEG(0, DATA, 900),
			C_ACK, S_FIN, C_ACK } },
	{ "half-close by the server, then data", { RAW },
		{ RAW_STREAM, S_FIN, C_ACK, NAP_CLIENT_SEG(0, DATA, 900), S_ACK, NAP_CLIENT_SEG(0, DATA, 900),
			S_ACK, C_FIN, S_ACK } },
	{ "a repeated SYN", { RAW },
		{ NAP_CLIENT_SEG(0, NAP_SYN, 0),
			NAP_BY(CLIENT, SEND, 0, .act = NAP_ACT_SEGMENT, .flags = NAP_SYN, .again = true),
			NAP_SERVER_SEG(0, NAP_SYN | NAP_ACK, 0), C_ACK, EXCHANGE(10) } },
};

enum nap_check_verdict nap_check_sequences(struct nap_dut *b, const struct nap_requirement *r)
{
	(void)r;
	for (uint32_t i = 0; i < G_N_ELEMENTS(sequences); i++) {
		struct nap_trial_result t;

		nap_dut_fresh(b);
		if (!nap_dut_run(b, &sequences[i], 0, &t))
			return nap_violates(
				b, "%s: segment %u did not get through", sequences[i].name, t.steps);
	}
	return nap_meets(b, "%u orders of opening and closing: every segment got through",
		(unsigned)G_N_ELEMENTS(sequences));
}

static const struct nap_procedure simultaneous = { "simultaneous open", { RAW },
	{ NAP_CLIENT_SEG(0, NAP_SYN, 0), NAP_SERVER_SEG(0, NAP_SYN, 0),
		NAP_BY(CLIENT, SEND, 0, .act = NAP_ACT_SEGMENT, .flags = NAP_SYN | NAP_ACK, .again = true),
		NAP_BY(SERVER, SEND, 0, .act = NAP_ACT_SEGMENT, .flags = NAP_SYN | NAP_ACK, .again = true),
		EXCHANGE(10) } };

enum nap_check_verdict nap_check_simultaneous(struct nap_dut *b, const struct nap_requirement *r)
{
	struct nap_trial_result t;

	(void)r;
	nap_dut_fresh(b);
	if (!nap_dut_run(b, &simultaneous, 0, &t))
		return nap_violates(b, "segment %u of a simultaneous open did not get through", t.steps);
	return nap_meets(b, "SYNs from both ends, both acknowledged, then data both ways: all got through");
}

/* --- unsolicited SYNs (RFC 5382 REQ-4) --- */

#define STRANGER_SYN                                                                                         \
	{                                                                                                    \
		.what = NAP_DO_ASK, .probe = {                                                               \
			.from = NAP_SERVER,                                                                  \
			.act = NAP_ACT_SEGMENT,                                                              \
			.flags = NAP_SYN,                                                                    \
			.place = NAP_AT_OTHER_BOTH,                                                          \
			.seq_shift = 9000                                                                    \
		}                                                                                            \
	}
#define NAP_SYN_HOLD (6 * NAP_S)

static const struct nap_procedure stranger = { "a stranger's SYN", { RAW },
	{ NAP_RAW_OPEN(0), STRANGER_SYN, NAP_PAUSE(30 * NAP_S) } };
static const struct nap_procedure nobody = { "a connection left alone", { RAW },
	{ NAP_RAW_OPEN(0), NAP_PAUSE(34 * NAP_S) } }; /* as long as the longest of those below */
static const struct nap_procedure both_syns = { "a stranger's SYN, then one to it",
	{ RAW, { .proto = NAP_TCP, .raw = true, .same_local = true, .like = 0, .place = NAP_AT_OTHER_BOTH } },
	{ NAP_RAW_OPEN(0), STRANGER_SYN, NAP_PAUSE(3 * NAP_S), NAP_CLIENT_SEG(1, NAP_SYN, 0),
		NAP_PAUSE(30 * NAP_S) } };

/* The same without the stranger. */
static const struct nap_procedure one_syn = { "a connection, then a SYN to a stranger",
	{ RAW, { .proto = NAP_TCP, .raw = true, .same_local = true, .like = 0, .place = NAP_AT_OTHER_BOTH } },
	{ NAP_RAW_OPEN(0), NAP_IDLE(0), NAP_CLIENT_SEG(1, NAP_SYN, 0), NAP_PAUSE(30 * NAP_S) } };

/* When would the server hear of the connections themselves, whose end may be told it? NAP_NEVER: not within the wait. */
static nap_time end_told(struct nap_dut *b, const struct nap_procedure *alone, nap_time idle)
{
	struct nap_trial_result t;

	nap_dut_fresh(b);
	if (!nap_dut_run(b, alone, idle, &t))
		return NAP_NEVER;
	return t.heard[NAP_SERVER].rst ? t.heard[NAP_SERVER].rst_at : NAP_NEVER;
}

/* When was the stranger answered? NAP_NEVER: not; 0: the question does not arise, observed says why. */
static nap_time answer_to_stranger(struct nap_dut *b, struct nap_trial_result *t)
{
	const struct nap_heard *h = &t->heard[NAP_SERVER];
	nap_time at = NAP_NEVER, told = end_told(b, &nobody, 0);

	nap_dut_fresh(b);
	if (!nap_dut_run(b, &stranger, 0, t))
		return 0;
	if (t->answer[3].got) {
		g_snprintf(b->observed, sizeof b->observed, "the filter lets such a SYN in");
		return 0;
	}
	if (h->rst && h->rst_at != told)
		at = h->rst_at;
	if (h->icmp)
		at = nap_time_min(at, h->icmp_at);
	return at == NAP_NEVER ? at : nap_time_max(at, 1);
}

enum nap_check_verdict nap_check_no_early_answer(struct nap_dut *b, const struct nap_requirement *r)
{
	struct nap_trial_result t;
	nap_time at = answer_to_stranger(b, &t);

	(void)r;
	if (!at)
		return NAP_NOT_APPLICABLE;
	if (at == NAP_NEVER)
		return nap_meets(b, "an unsolicited SYN had no answer within 30 s");
	if (at < NAP_SYN_HOLD)
		return nap_violates(b, "an unsolicited SYN was answered after %.3f s", nap_time_seconds(at));
	return nap_meets(b, "an unsolicited SYN was answered after %.3f s", nap_time_seconds(at));
}

enum nap_check_verdict nap_check_late_answer(struct nap_dut *b, const struct nap_requirement *r)
{
	struct nap_trial_result t;
	nap_time at = answer_to_stranger(b, &t);
	const struct nap_heard *h = &t.heard[NAP_SERVER];

	(void)r;
	if (!at)
		return NAP_NOT_APPLICABLE;
	if (at == NAP_NEVER)
		return nap_violates(b, "an unsolicited SYN had no answer within 30 s");
	if (!h->icmp || h->icmp_type != NAP_ICMP_UNREACHABLE || h->icmp_code != NAP_ICMP_NO_PORT)
		return nap_violates(b, "an unsolicited SYN was answered, but not by ICMP 3/3");
	return nap_meets(
		b, "an unsolicited SYN was answered by ICMP 3/3 after %.3f s", nap_time_seconds(h->icmp_at));
}

enum nap_check_verdict nap_check_held_syn(struct nap_dut *b, const struct nap_requirement *r)
{
	struct nap_trial_result t;
	const struct nap_heard *h = &t.heard[NAP_SERVER];

	(void)r;
	nap_dut_fresh(b);
	if (!nap_dut_run(b, &both_syns, 0, &t))
		return NAP_NOT_TESTED;
	if (t.answer[3].got)
		return nap_does_not_apply(b, "the filter lets such a SYN in");
	if (!nap_endpoint_equal(t.answer[0].seen, t.answer[5].seen))
		return nap_does_not_apply(
			b, "the client's SYN leaves from another external port, so they do not meet");
	if (h->icmp || (h->rst && h->rst_at != end_told(b, &one_syn, t.answer[5].at - t.answer[2].at)))
		return nap_violates(b, "the SYN was answered although the client's own crossed it after 3 s");
	return nap_meets(b, "the client's SYN crossed it after 3 s, and the first was dropped in silence");
}

/* --- resets --- */

#define FIVE_MINUTES NAP_PAUSE(5 * NAP_MIN - NAP_MS)

static const struct nap_procedure blind = { "blind reset", { RAW },
	{ RAW_STREAM,
		{ .what = NAP_DO_TELL,
			.probe = { .from = NAP_SERVER,
				.act = NAP_ACT_SEGMENT,
				.flags = NAP_RST,
				.seq_shift = 1000000 } },
		FIVE_MINUTES, NAP_ASK_SERVER_SEG(0, DATA, 1) } };
static const struct nap_procedure no_reset = { "no reset", { RAW },
	{ RAW_STREAM, FIVE_MINUTES, NAP_ASK_SERVER_SEG(0, DATA, 1) } };

enum nap_check_verdict nap_check_blind_reset(struct nap_dut *b, const struct nap_requirement *r)
{
	struct nap_trial_result t;

	(void)r;
	nap_dut_fresh(b);
	if (!nap_dut_run(b, &no_reset, 0, &t))
		return NAP_NOT_TESTED;
	if (!nap_last_answer(&t)->got)
		return nap_untested(b, "the connection does not live for 5 min anyway");
	return nap_dut_question(b, &blind, true,
		"5 min after a RST a million beyond the window the connection lived",
		"a RST a million beyond the window ended the connection within 5 min");
}

static const struct nap_procedure resets[] = {
	{ "the client's RST", { RAW }, { RAW_STREAM, NAP_CLIENT_SEG(0, NAP_RST | NAP_ACK, 0) } },
	{ "the server's RST", { RAW }, { RAW_STREAM, NAP_SERVER_SEG(0, NAP_RST | NAP_ACK, 0) } },
};

enum nap_check_verdict nap_check_reset_passes(struct nap_dut *b, const struct nap_requirement *r)
{
	(void)r;
	for (uint32_t i = 0; i < G_N_ELEMENTS(resets); i++) {
		struct nap_trial_result t;

		nap_dut_fresh(b);
		if (!nap_dut_run(b, &resets[i], 0, &t))
			return nap_violates(b, "%s did not get through", resets[i].name);
	}
	return nap_meets(b, "RSTs of both ends got through");
}

#define RST_OF(end)                                                                                          \
	{                                                                                                    \
		.what = NAP_DO_TELL, .probe = {                                                              \
			.from = NAP_##end,                                                                   \
			.act = NAP_ACT_SEGMENT,                                                              \
			.flags = NAP_RST | NAP_ACK                                                           \
		}                                                                                            \
	}
#define REVIVAL                                                                                              \
	NAP_PAUSE(100 * NAP_S), NAP_ASK_CLIENT_SEG(0, DATA, 1), FIVE_MINUTES, NAP_ASK_SERVER_SEG(0, DATA, 1)

static const struct nap_procedure revived[] = {
	{ "data after the server's RST", { RAW }, { RAW_STREAM, RST_OF(SERVER), REVIVAL } },
	{ "data after the client's RST", { RAW }, { RAW_STREAM, RST_OF(CLIENT), REVIVAL } },
};
static const struct nap_procedure unharmed = { "data without RST", { RAW }, { RAW_STREAM, REVIVAL } };

enum nap_check_verdict nap_check_reset_revives(struct nap_dut *b, const struct nap_requirement *r)
{
	struct nap_trial_result t;

	(void)r;
	nap_dut_fresh(b);
	if (!nap_dut_run(b, &unharmed, 0, &t) || !nap_last_answer(&t)->got)
		return nap_untested(b, "without RST the connection does not live for 5 min either");
	for (uint32_t i = 0; i < G_N_ELEMENTS(revived); i++) {
		enum nap_check_verdict v = nap_dut_question(b, &revived[i], true,
			"data 100 s after a RST brought the connection back: alive 5 min later",
			"data 100 s after a RST did not bring the connection back: dead 5 min later");

		if (v != NAP_MEETS)
			return v;
	}
	return NAP_MEETS;
}
