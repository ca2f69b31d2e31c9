/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/discovery_report.h"

#include <string.h>

#include "io/json.h"
#include "text/csv.h"

#include "report/discovery_verdict.h"
#include "text/quantity.h"
#include "report/text_table.h"

#define EVIDENCE_AT 66 /* characters before a row's evidence */

static const char *const state_words[] = {
	[NAP_FINDING_OPEN] = "unfinished",
	[NAP_FINDING_DONE] = "found",
	[NAP_FINDING_BEYOND] = "beyond",
	[NAP_FINDING_VARIES] = "varies",
	[NAP_FINDING_FAILED] = "failed",
	[NAP_FINDING_SKIPPED] = "skipped",
	[NAP_FINDING_UNSURE] = "unsure",
};

static bool has_bracket(const struct nap_finding *f)
{
	return f->test->kind == NAP_TEST_TIMER || f->test->kind == NAP_TEST_DURATION;
}

bool nap_finding_answered(const struct nap_finding *f)
{
	return f->state == NAP_FINDING_DONE || f->state == NAP_FINDING_BEYOND ||
	       f->state == NAP_FINDING_VARIES;
}

char *nap_finding_value(const struct nap_finding *f)
{
	return f->bracket.dead == NAP_NEVER ? g_strdup("never")
					    : nap_time_format(nap_bracket_round(&f->bracket));
}

/* A time to the millisecond: measured ones have no more to say. */
static char *measured(nap_time t)
{
	return t == NAP_NEVER ? g_strdup("-") : g_strdup_printf("%.3f s", nap_time_seconds(t));
}

/* The answer in a few words. */
char *nap_finding_result(const struct nap_finding *f)
{
	g_autofree char *value = has_bracket(f) ? nap_finding_value(f) : NULL, *at = NULL;

	switch (f->state) {
	case NAP_FINDING_DONE:
	case NAP_FINDING_VARIES:
		if (value)
			return g_strdup_printf("%s%s", f->state == NAP_FINDING_VARIES ? "from " : "", value);
		if (f->test->kind == NAP_TEST_BINDINGS)
			return g_strdup_printf("%" G_GUINT64_FORMAT, f->bindings);
		return g_strdup(f->word);
	case NAP_FINDING_BEYOND:
		if (f->test->kind == NAP_TEST_BINDINGS)
			return g_strdup_printf("%" G_GUINT64_FORMAT " or more", f->bindings);
		at = nap_time_format(f->bracket.alive / NAP_S * NAP_S);
		return g_strdup_printf("> %s", at);
	case NAP_FINDING_OPEN:
	case NAP_FINDING_FAILED:
	case NAP_FINDING_UNSURE:
	case NAP_FINDING_SKIPPED:
		break;
	}
	return g_strdup(state_words[f->state]);
}

static char *evidence_text(const struct nap_finding *f)
{
	g_autofree char *alive = measured(f->bracket.alive), *dead = measured(f->bracket.dead);

	if (!has_bracket(f) || *f->detail)
		return g_strdup(f->detail);
	if (f->state == NAP_FINDING_OPEN && !f->bracket.alive && f->bracket.dead == NAP_NEVER)
		return f->voids ? g_strdup_printf("%u trials have come to nothing so far", f->voids)
				: g_strdup("");
	if (f->bracket.dead == NAP_NEVER)
		return g_strdup_printf("alive at %s", alive);
	return g_strdup_printf("alive at %s, dead at %s", alive, dead);
}

static char *name_text(const struct nap_finding *f)
{
	return f->port ? g_strdup_printf("%s port %u", f->test->name, f->port) : g_strdup(f->test->name);
}

/* What the control flow told of the path. */
static void loss_text(const struct nap_discovery *d, GString *out)
{
	const struct nap_trials *trials = nap_discovery_trials(d);

	if (!nap_trials_loss(trials, NAP_CLIENT)->sent && !nap_trials_loss(trials, NAP_SERVER)->sent) {
		g_string_append(out, "Control flow: not measured\n");
		return;
	}
	for (int end = 0; end < 2; end++) {
		const struct nap_loss *l = nap_trials_loss(trials, (enum nap_end)end);

		g_string_append_printf(out, "%s %.2f %% of %" G_GUINT64_FORMAT,
			end == NAP_CLIENT ? "Control flow: lost outbound" : ", inbound",
			100 * nap_loss_share(l), l->sent);
	}
	g_string_append_printf(out, "; in time within %.3f s one way, the longest %.3f s\n",
		nap_time_seconds(nap_trials_in_time(trials)), nap_time_seconds(nap_trials_transit(trials)));
}

/* The time it took, against the timer that none of it can be shorter than. */
static void summary_text(const struct nap_discovery *d, GString *out)
{
	struct nap_discovery_summary s;
	g_autofree char *elapsed = NULL, *timers = NULL, *longest = NULL;

	nap_discovery_summary(d, &s);
	elapsed = nap_span(s.elapsed);
	g_string_append_printf(out, "Elapsed %s", elapsed);
	if (s.timers && s.longest) {
		timers = nap_span(s.timers);
		longest = nap_span(s.longest);
		g_string_append_printf(out, "; all timers known after %s, %.2f times the longest (%s)",
			timers, (double)s.timers / (double)s.longest, longest);
	}
	g_string_append_printf(out, ".\nChance that any finding is wrong: at most %.2g.\n", s.error);
}

uint32_t nap_discovery_answered(const struct nap_discovery *d)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < nap_discovery_count(d); i++)
		n += nap_finding_answered(nap_discovery_finding(d, i));
	return n;
}

/* --- as it becomes known --- */

#define HOLD (30 * NAP_S) /* rows wait so long for the verdict that opens the report */

struct nap_discovery_news {
	const struct nap_discovery *d;
	const char *origin;
	bool *said; /* by finding */
	bool opened, judged;
	nap_time held; /* the first row waits since then */
	bool holding;
	bool whole;    /* rows wait for the end */
	GString *kept; /* those that wait */
};

struct nap_discovery_news *nap_discovery_news_new(
	const struct nap_discovery *d, const char *origin, bool whole)
{
	struct nap_discovery_news *n = g_new0(struct nap_discovery_news, 1);

	n->d = d;
	n->origin = origin;
	n->whole = whole;
	n->kept = g_string_new(NULL);
	n->said = g_new0(bool, MAX(1, nap_discovery_count(d)));
	return n;
}

void nap_discovery_news_free(struct nap_discovery_news *n)
{
	if (!n)
		return;
	g_string_free(n->kept, TRUE);
	g_free(n->said);
	g_free(n);
}

static void row_text(const struct nap_finding *f, GString *out)
{
	g_autofree char *name = name_text(f), *result = nap_finding_result(f), *evidence = evidence_text(f),
			*error = NULL;

	error = !nap_finding_answered(f) ? g_strdup("-")
		: f->silences            ? g_strdup_printf("%.1e", f->error)
					 : g_strdup("0");
	g_string_append_printf(out, "%-18s %-28s %6u %9s  ", name, result, f->trials, error);
	nap_table_wrap(out, evidence, EVIDENCE_AT);
	g_string_append_c(out, '\n');
}

/* Rows that have ended and were not told; with those that have not, at the end. */
static void rows_text(struct nap_discovery_news *n, bool open, GString *out)
{
	for (uint32_t i = 0; i < nap_discovery_count(n->d); i++) {
		const struct nap_finding *f = nap_discovery_finding(n->d, i);

		if (n->said[i] || (f->state == NAP_FINDING_OPEN) != open)
			continue;
		n->said[i] = true;
		row_text(f, out);
	}
}

static bool any_row(const struct nap_discovery_news *n)
{
	for (uint32_t i = 0; i < nap_discovery_count(n->d); i++)
		if (!n->said[i] && nap_discovery_finding(n->d, i)->state != NAP_FINDING_OPEN)
			return true;
	return false;
}

/* May rows be told? They wait for the verdict above them, which takes seconds, but not for one that does not come. */
static bool may_open(struct nap_discovery_news *n, nap_time now)
{
	if (n->opened || nap_verdict_ripe(n->d))
		return true;
	if (!n->holding)
		n->held = now;
	n->holding = true;
	return now - n->held >= HOLD;
}

static void verdict_text(struct nap_discovery_news *n, bool over, GString *out)
{
	struct nap_verdict v;
	g_autofree char *behaviour = NULL, *speak = NULL;

	nap_verdict_of(n->d, &v);
	if (!n->judged && (over || nap_verdict_ripe(n->d))) {
		behaviour = nap_verdict_behaviour(&v);
		n->judged = true;
		g_string_append(out, behaviour);
	}
	speak = over ? nap_verdict_speak(&v) : NULL;
	if (over)
		g_string_append(out, speak);
}

/* The answer in a sentence, and a line between it and what follows. */
static void answer_text(const struct nap_discovery *d, GString *out)
{
	g_autofree char *answer = nap_discovery_answer(d);

	if (*answer)
		g_string_append_printf(out, "%s\n\n", answer);
}

static bool any_open_timer(const struct nap_discovery *d)
{
	for (uint32_t i = 0; i < nap_discovery_count(d); i++) {
		const struct nap_finding *f = nap_discovery_finding(d, i);

		if (f->state == NAP_FINDING_OPEN && f->test->kind == NAP_TEST_TIMER)
			return true;
	}
	return false;
}

/* What is known while timers are still looked for: enough for who only asks whether two peers will meet. */
static void provisional_text(const struct nap_discovery *d, GString *out)
{
	g_autofree char *answer = nap_discovery_answer(d);

	if (*answer)
		g_string_append_printf(out, "So far: %c%s%s\n\n", g_ascii_tolower(*answer), answer + 1,
			any_open_timer(d)
				? " How long idle flows live takes as long as they do: below as it is "
				  "found, the answer at the end."
				: "");
}

static void open_report(struct nap_discovery_news *n, GString *out)
{
	if (n->opened)
		return;
	if (!n->whole) {
		provisional_text(n->d, out);
		verdict_text(n, false, out);
	}
	g_string_append_printf(out, "%s%s\n%-18s %-28s %6s %9s  %s\n", out->len ? "\n" : "", n->origin,
		"test", "result", "trials", "error <=", "evidence");
	g_string_append(out, n->kept->str);
	n->opened = true;
}

void nap_discovery_news_hurry(struct nap_discovery_news *n)
{
	n->whole = false;
}

char *nap_discovery_news_take(struct nap_discovery_news *n, nap_time now)
{
	GString *out = g_string_new(NULL);

	if (n->whole) {
		rows_text(n, false, n->kept);
	} else if ((any_row(n) || (!n->opened && n->kept->len > 0)) && may_open(n, now)) {
		open_report(n, out);
		rows_text(n, false, out);
	}
	return g_string_free(out, FALSE);
}

char *nap_discovery_news_end(struct nap_discovery_news *n)
{
	GString *out = g_string_new(NULL);

	n->whole |= !n->opened; /* all is known before anything was told */
	if (n->whole) {
		answer_text(n->d, out);
		verdict_text(n, true, out);
	}
	open_report(n, out);
	rows_text(n, false, out);
	rows_text(n, true, out);
	g_string_append_c(out, '\n');
	if (!n->whole) {
		answer_text(n->d, out);
		verdict_text(n, true, out);
	}
	loss_text(n->d, out);
	summary_text(n->d, out);
	return g_string_free(out, FALSE);
}

/* --- JSON --- */

/* A hop's number, left out when it is not known. */
static void member_hop(JsonBuilder *b, const char *name, uint32_t hop)
{
	if (hop)
		nap_json_put_count(b, name, hop);
}

static void finding_json(JsonBuilder *b, const struct nap_finding *f)
{
	json_builder_begin_object(b);
	nap_json_put_text(b, "test", f->test->name);
	if (f->port)
		nap_json_put_count(b, "port", f->port);
	nap_json_put_text(b, "title", f->test->title);
	nap_json_put_text(b, "state", state_words[f->state]);
	if (has_bracket(f)) {
		nap_json_put_time(b, "value_s",
			f->bracket.dead == NAP_NEVER ? NAP_NEVER : nap_bracket_round(&f->bracket));
		nap_json_put_time(b, "alive_at_s", f->bracket.alive);
		nap_json_put_time(b, "dead_at_s", f->bracket.dead);
	} else if (f->test->kind == NAP_TEST_BINDINGS) {
		nap_json_put_count(b, "flows", f->bindings);
	} else {
		nap_json_put_text(b, "answer", f->word);
	}
	if (*f->after_server)
		nap_json_put_text(b, "server_packet_meets", f->after_server);
	if (*f->after_client) {
		nap_json_put_text(b, "client_packet_meets", f->after_client);
		json_builder_set_member_name(b, "opened_anew_from_inside");
		json_builder_add_boolean_value(b, f->recreated);
	}
	member_hop(b, "hops", f->hops);
	member_hop(b, "least_ttl", f->least_ttl);
	member_hop(b, "rst_from_hop", f->rst_hop);
	member_hop(b, "server_packet_answered_by_hop", f->server_answer_hop);
	member_hop(b, "client_packet_answered_by_hop", f->client_answer_hop);
	nap_json_put_text(b, "detail", f->detail);
	nap_json_put_count(b, "trials", f->trials);
	nap_json_put_count(b, "silences", f->silences);
	nap_json_put_count(b, "repeats", f->repeats);
	nap_json_put_count(b, "contradictions", f->contradictions);
	nap_json_put_count(b, "voids", f->voids);
	nap_json_put_number(b, "error", f->error);
	nap_json_put_time(b, "elapsed_s", f->elapsed);
	json_builder_end_object(b);
}

static void loss_json(JsonBuilder *b, const struct nap_discovery *d)
{
	static const char *const names[] = { "outbound", "inbound" };

	json_builder_set_member_name(b, "loss");
	json_builder_begin_object(b);
	for (int end = 0; end < 2; end++) {
		const struct nap_loss *l = nap_trials_loss(nap_discovery_trials(d), (enum nap_end)end);
		uint64_t after, failed;

		json_builder_set_member_name(b, names[end]);
		json_builder_begin_object(b);
		nap_json_put_count(b, "sent", l->sent);
		nap_json_put_count(b, "lost", l->lost);
		nap_loss_after(l, nap_trials_in_time(nap_discovery_trials(d)), &after, &failed);
		nap_json_put_count(b, "sent_after_arrival", after);
		nap_json_put_count(b, "lost_after_arrival", failed);
		json_builder_end_object(b);
	}
	json_builder_end_object(b);
}

static void summary_json(JsonBuilder *b, const struct nap_discovery *d)
{
	struct nap_discovery_summary s;

	nap_discovery_summary(d, &s);
	nap_json_put_time(b, "elapsed_s", s.elapsed);
	if (s.timers && s.longest) {
		nap_json_put_time(b, "timers_known_after_s", s.timers);
		nap_json_put_time(b, "longest_timer_s", s.longest);
		nap_json_put_number(
			b, "timers_known_after_per_longest", (double)s.timers / (double)s.longest);
	}
	nap_json_put_number(b, "error", s.error);
}

char *nap_discovery_json(const struct nap_discovery *d, const char *origin)
{
	g_autoptr(JsonBuilder) b = json_builder_new();
	struct nap_verdict v;

	nap_verdict_of(d, &v);
	json_builder_begin_object(b);
	nap_json_put_text(b, "schema", "natnap-discover/1");
	nap_json_put_text(b, "version", NATNAP_VERSION);
	nap_json_put_text(b, "origin", origin);
	nap_verdict_json(b, &v);
	loss_json(b, d);
	nap_json_put_time(b, "one_way_s", nap_trials_in_time(nap_discovery_trials(d)));
	nap_json_put_time(b, "longest_one_way_s", nap_trials_transit(nap_discovery_trials(d)));
	summary_json(b, d);
	json_builder_set_member_name(b, "findings");
	json_builder_begin_array(b);
	for (uint32_t i = 0; i < nap_discovery_count(d); i++)
		finding_json(b, nap_discovery_finding(d, i));
	json_builder_end_array(b);
	json_builder_end_object(b);
	return nap_json_built(b);
}

/* --- CSV --- */

static void put_time(struct nap_csv_writer *w, nap_time t)
{
	if (t == NAP_NEVER)
		nap_csv_put(w, "");
	else
		nap_csv_put_time(w, t);
}

char *nap_discovery_timers_csv(const struct nap_discovery *d)
{
	static const char *const head[] = { "test", "title", "state", "value_s", "alive_at_s", "dead_at_s",
		NULL };
	struct nap_csv_writer w;

	nap_csv_begin(&w, head);
	for (uint32_t i = 0; i < nap_discovery_count(d); i++) {
		const struct nap_finding *f = nap_discovery_finding(d, i);

		if (!has_bracket(f))
			continue;
		if (f->port) {
			nap_csv_put_format(&w, "%s:%u", f->test->name, f->port);
			nap_csv_put_format(&w, "%s, port %u", f->test->title, f->port);
		} else {
			nap_csv_put(&w, f->test->name);
			nap_csv_put(&w, f->test->title);
		}
		nap_csv_put(&w, state_words[f->state]);
		put_time(&w, f->bracket.dead == NAP_NEVER ? NAP_NEVER : nap_bracket_round(&f->bracket));
		put_time(&w, f->bracket.alive);
		put_time(&w, f->bracket.dead);
		nap_csv_end(&w);
	}
	return g_string_free(w.text, FALSE);
}
