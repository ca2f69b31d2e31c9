/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/discovery_verdict.h"

#include <string.h>

#include "io/json.h"
#include "report/discovery_report.h"

#define MARGIN    10 /* percent of the idle time that a flow was seen to outlive: clocks, delays, jitter */
#define LEAST     2  /* packets of UDP, which nobody repeats, that fit into it */
#define MOST      10
#define ALL_LOST  1e-3 /* and so many that all are lost more seldom than this */
#define NO_ANSWER ""

static const char *const chance_words[] = {
	[NAP_CHANCE_UNKNOWN] = "unknown",
	[NAP_CHANCE_UNLIKELY] = "unlikely",
	[NAP_CHANCE_LIKELY] = "likely",
};

/* What the mapping and the filtering are called together: RFC 3489 section 5, RFC 4787 and 5382 otherwise. */
static const struct {
	const char *mapping, *filtering, *name;
} types[] = {
	{ "none", "endpoint-independent", "open internet" },
	{ "none", NULL, "firewall without translation" },
	{ "endpoint-independent", "endpoint-independent", "full cone" },
	{ "endpoint-independent", "address-dependent", "restricted cone" },
	{ "endpoint-independent", "address-and-port-dependent", "port-restricted cone" },
	{ "address-dependent", NULL, "symmetric" },
	{ "address-and-port-dependent", NULL, "symmetric" },
	{ NAP_DEPENDENT, NULL, "symmetric" },
};

static const char *const nat_tests[] = { "mapping", "filtering", "tcp-mapping", "tcp-filtering", NULL };
static const char *const timer_tests[] = { "udp-3", "udp-1", "tcp-1", NULL };

static bool any(const struct nap_discovery *d, const char *const *tests)
{
	for (; *tests; tests++)
		if (nap_discovery_find(d, *tests, 0))
			return true;
	return false;
}

static const struct nap_finding *answered(const struct nap_discovery *d, const char *test)
{
	const struct nap_finding *f = nap_discovery_find(d, test, 0);

	return f && (f->state == NAP_FINDING_DONE || f->state == NAP_FINDING_BEYOND ||
			    f->state == NAP_FINDING_VARIES)
		       ? f
		       : NULL;
}

static const char *word(const struct nap_discovery *d, const char *test)
{
	const struct nap_finding *f = answered(d, test);

	return f ? f->word : NO_ANSWER;
}

static bool is(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static const char *type_of(const char *mapping, const char *filtering)
{
	for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
		if (is(types[i].mapping, mapping) &&
			(types[i].filtering ? is(types[i].filtering, filtering)
					    : *filtering || is(types[i].name, "symmetric")))
			return types[i].name;
	return NO_ANSWER;
}

/* One external endpoint whoever it speaks to: peers can be told of it (RFC 5128 3.4, RFC 4787 4.1). */
static enum nap_chance punch(const char *mapping)
{
	return !*mapping                                                    ? NAP_CHANCE_UNKNOWN
	       : is(mapping, "none") || is(mapping, "endpoint-independent") ? NAP_CHANCE_LIKELY
									    : NAP_CHANCE_UNLIKELY;
}

/* Downwards to a number that people would set. */
static nap_time rounded_down(nap_time t)
{
	nap_time unit = t >= 10 * NAP_MIN ? NAP_MIN : t >= 10 * NAP_S ? NAP_S : 100 * NAP_MS;

	return t / unit * unit;
}

/* packets that have to be lost in a row, at the loss measured outwards, for a flow to be given up */
static uint32_t packets_of_udp(const struct nap_discovery *d)
{
	double share = nap_loss_share(nap_trials_loss(nap_discovery_trials(d), NAP_CLIENT)), all = share;
	uint32_t n = 1;

	for (; n < MOST && all > ALL_LOST; n++)
		all *= share;
	return MAX(n, LEAST);
}

static struct nap_speak speak(const struct nap_finding *f, uint32_t packets)
{
	struct nap_speak s = { 0 };

	if (!f || !f->bracket.alive)
		return s;
	s.lives = f->bracket.alive;
	s.at_least = f->bracket.dead == NAP_NEVER;
	s.packets = packets;
	s.every = rounded_down(s.lives / 100 * (100 - MARGIN) / packets);
	return s;
}

void nap_verdict_of(const struct nap_discovery *d, struct nap_verdict *out)
{
	const struct nap_finding *syn = answered(d, "tcp-filtering"), *udp = answered(d, "udp-3");

	*out = (struct nap_verdict){ .mapping = word(d, "mapping"),
		.filtering = word(d, "filtering"),
		.tcp_mapping = word(d, "tcp-mapping"),
		.tcp_filtering = word(d, "tcp-filtering"),
		.tcp_refused = syn && is(syn->after_server, "RST"),
		.of_nat = any(d, nat_tests),
		.of_timers = any(d, timer_tests),
		.inside_is_silent = is(word(d, "refresh-outbound"), "no"),
		.udp = speak(udp ? udp : answered(d, "udp-1"), packets_of_udp(d)),
		.tcp = speak(answered(d, "tcp-1"), 1) };
	out->nat_type = type_of(out->mapping, out->filtering);
	out->udp_punch = punch(out->mapping);
	out->tcp_punch = punch(out->tcp_mapping);
	if (out->tcp_refused) /* the peer's SYN that comes first is answered before this side's opens the way */
		out->tcp_punch = NAP_CHANCE_UNLIKELY;
}

bool nap_verdict_ripe(const struct nap_discovery *d)
{
	for (size_t i = 0; nat_tests[i]; i++) {
		const struct nap_finding *f = nap_discovery_find(d, nat_tests[i], 0);

		if (f && f->state == NAP_FINDING_OPEN)
			return false;
	}
	return true;
}

/* --- text --- */

char *nap_span(nap_time t)
{
	long s = (long)(t / NAP_S);

	if (t < 10 * NAP_S && t % NAP_S)
		return g_strdup_printf("%.1f s", nap_time_seconds(t));
	if (s >= 86400)
		return g_strdup_printf("%ld d %ld h", s / 86400, s / 3600 % 24);
	if (s >= 3600)
		return g_strdup_printf("%ld h %ld min", s / 3600, s / 60 % 60);
	return s >= 600 ? g_strdup_printf("%ld min %ld s", s / 60, s % 60) : g_strdup_printf("%ld s", s);
}

static const char *or_unknown(const char *word)
{
	return *word ? word : "unknown";
}

static void nat_text(const struct nap_verdict *v, GString *out)
{
	if (is(v->mapping, "none"))
		g_string_append_printf(
			out, "no translation, %s filtering (RFC 4787)", or_unknown(v->filtering));
	else
		g_string_append_printf(out, "%s mapping, %s filtering (RFC 4787)", or_unknown(v->mapping),
			or_unknown(v->filtering));
	if (*v->nat_type)
		g_string_append_printf(out, ": %s%s", v->nat_type, is(v->mapping, "none") ? "" : " NAT");
}

static void tcp_text(const struct nap_verdict *v, GString *out)
{
	if (!*v->tcp_mapping && !*v->tcp_filtering)
		return;
	if (is(v->tcp_mapping, v->mapping) && is(v->tcp_filtering, v->filtering))
		g_string_append(out, "; TCP the same (RFC 5382)");
	else if (is(v->tcp_mapping, "none"))
		g_string_append_printf(out, "; TCP: %s filtering (RFC 5382)", or_unknown(v->tcp_filtering));
	else
		g_string_append_printf(out, "; TCP: %s mapping, %s filtering (RFC 5382)",
			or_unknown(v->tcp_mapping), or_unknown(v->tcp_filtering));
}

static void punch_text(const struct nap_verdict *v, GString *out)
{
	g_string_append_printf(out, "%s by UDP", chance_words[v->udp_punch]);
	if (v->udp_punch == NAP_CHANCE_UNLIKELY)
		g_string_append(out, " (another external endpoint for each peer)");
	g_string_append_printf(out, ", %s by TCP", chance_words[v->tcp_punch]);
	if (v->tcp_refused)
		g_string_append(out, " (a peer's SYN that comes first is answered by a RST)");
}

char *nap_verdict_behaviour(const struct nap_verdict *v)
{
	GString *out = g_string_new(v->of_nat ? "NAT:           " : "");

	if (!v->of_nat)
		return g_string_free(out, FALSE);
	nat_text(v, out);
	tcp_text(v, out);
	g_string_append(out, "\nHole punching: ");
	punch_text(v, out);
	g_string_append_c(out, '\n');
	return g_string_free(out, FALSE);
}

/* What is kept of the idle time that a flow outlives. */
static void margin_text(const struct nap_speak *s, GString *out)
{
	g_autofree char *lives = nap_span(s->lives);

	g_string_append_printf(
		out, " (an idle flow lives %s%s; %d %% kept", s->at_least ? "more than " : "", lives, MARGIN);
	if (s->packets > 1)
		g_string_append_printf(out, ", and %u packet%s in a row may be lost", s->packets - 1,
			s->packets > 2 ? "s" : "");
	g_string_append(out, s->at_least ? "; longer was not tried)" : ")");
}

static void every_text(const struct nap_speak *s, const char *proto, GString *out)
{
	g_autofree char *every = nap_span(s->every);

	if (!s->every) {
		g_string_append_printf(out, "by %s: not known", proto);
		return;
	}
	g_string_append_printf(out, "every %s%s by %s", every, s->at_least ? " or more seldom" : "", proto);
	margin_text(s, out);
}

char *nap_verdict_speak(const struct nap_verdict *v)
{
	GString *out = g_string_new(v->of_timers ? "Speak:         " : "");

	if (!v->of_timers)
		return g_string_free(out, FALSE);
	every_text(&v->udp, "UDP", out);
	g_string_append(out,
		v->inside_is_silent ? ", and the server has to: packets from inside keep nothing;\n" : ",\n");
	g_string_append(out, "               ");
	every_text(&v->tcp, "TCP", out);
	g_string_append_c(out, '\n');
	return g_string_free(out, FALSE);
}

/* "2 h 4 min" of 2h4min. Free with g_free. */
static char *spaced(const char *text)
{
	GString *out = g_string_new(NULL);

	for (const char *c = text; *c; c++) {
		if (c > text && c[-1] != '.' && *c != '.' && !g_ascii_isdigit(c[-1]) != !g_ascii_isdigit(*c))
			g_string_append_c(out, ' ');
		g_string_append_c(out, *c);
	}
	return g_string_free(out, FALSE);
}

/* "forgets UDP after 3 min", or "keeps UDP for more than 2 d"; after one of the same verb without it. */
static void forgets_text(
	const struct nap_finding *f, const char *proto, const struct nap_finding *before, GString *out)
{
	bool keeps = f && f->state == NAP_FINDING_BEYOND;
	bool same = before && (before->state == NAP_FINDING_BEYOND) == keeps;
	g_autofree char *result = f ? nap_finding_result(f) : NULL, *value = NULL;
	const char *text = result;

	if (!result)
		return;
	while (*text && !g_ascii_isdigit(*text)) /* "> 2d", "from 30s" */
		text++;
	value = spaced(text);
	g_string_append_printf(out, "%s%s%s %s %s%s",
		!before ? ""
		: same  ? " and "
			: ", ",
		same    ? ""
		: keeps ? "keeps "
			: "forgets ",
		proto, keeps ? "for more than" : "after", value,
		f->state == NAP_FINDING_VARIES ? " at the earliest" : "");
}

static const char *suits(const struct nap_verdict *v)
{
	if (is(v->mapping, "none"))
		return is(v->filtering, "endpoint-independent") ? "nothing is translated or filtered"
								: "nothing is translated";
	return v->udp_punch == NAP_CHANCE_LIKELY     ? "its mapping suits peer to peer"
	       : v->udp_punch == NAP_CHANCE_UNLIKELY ? "its mapping does not suit peer to peer"
						     : NO_ANSWER;
}

char *nap_discovery_answer(const struct nap_discovery *d)
{
	const struct nap_finding *udp = answered(d, "udp-3"), *tcp = answered(d, "tcp-1");
	GString *out = g_string_new(NULL);
	struct nap_verdict v;
	const char *mapping;

	udp = udp ? udp : answered(d, "udp-1");
	nap_verdict_of(d, &v);
	mapping = suits(&v);
	forgets_text(udp, "UDP", NULL, out);
	forgets_text(tcp, "TCP", udp, out);
	if (*mapping)
		g_string_append_printf(out, "%s%s", out->len ? "; " : "", mapping);
	if (out->len > 0) {
		g_string_prepend(out, udp || tcp ? "The path " : "On this path ");
		g_string_append_c(out, '.');
	}
	return g_string_free(out, FALSE);
}

/* --- for programs --- */

static void speak_json(JsonBuilder *b, const char *name, const struct nap_speak *s)
{
	json_builder_set_member_name(b, name);
	if (!s->every) {
		json_builder_add_null_value(b);
		return;
	}
	json_builder_begin_object(b);
	nap_json_put_time(b, "every_s", s->every);
	nap_json_put_time(b, "alive_at_s", s->lives);
	json_builder_set_member_name(b, "longer_not_tried");
	json_builder_add_boolean_value(b, s->at_least);
	nap_json_put_count(b, "may_be_lost_in_a_row", s->packets - 1);
	nap_json_put_count(b, "margin_percent", MARGIN);
	json_builder_end_object(b);
}

static const char *value(const struct nap_verdict *v, const char *name)
{
	const struct {
		const char *name, *value;
	} all[] = {
		{ "nat-type", or_unknown(v->nat_type) },
		{ "hole-punching-udp", chance_words[v->udp_punch] },
		{ "hole-punching-tcp", chance_words[v->tcp_punch] },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
		if (is(all[i].name, name))
			return all[i].value;
	return NULL;
}

const char *nap_verdict_word(const struct nap_verdict *v, const char *name)
{
	g_autofree char *dashed = g_strdelimit(g_strdup(name), "_", '-');

	return value(v, dashed);
}

void nap_verdict_json(JsonBuilder *b, const struct nap_verdict *v)
{
	static const char *const names[] = { "nat_type", "hole_punching_udp", "hole_punching_tcp" };

	json_builder_set_member_name(b, "verdict");
	json_builder_begin_object(b);
	nap_json_put_text(b, "mapping", or_unknown(v->mapping));
	nap_json_put_text(b, "filtering", or_unknown(v->filtering));
	nap_json_put_text(b, "tcp_mapping", or_unknown(v->tcp_mapping));
	nap_json_put_text(b, "tcp_filtering", or_unknown(v->tcp_filtering));
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		nap_json_put_text(b, names[i], nap_verdict_word(v, names[i]));
	speak_json(b, "speak_udp", &v->udp);
	speak_json(b, "speak_tcp", &v->tcp);
	json_builder_set_member_name(b, "server_must_speak");
	json_builder_add_boolean_value(b, v->inside_is_silent);
	json_builder_end_object(b);
}
