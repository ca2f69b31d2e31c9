/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/discovery_say.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/out_folder.h"
#include "report/discovery_verdict.h"
#include "text/input_error.h"
#include "text/quantity.h"

const char nap_discovery_statuses[] =
	"Exit status: 0 every test came to an answer, and to what --expect says; 1 something is unsure, "
	"failed or\n"
	"unfinished, differs from what was expected, or a test named by --test cannot be run; 2 bad usage.\n"
	"--expect KEY=VALUE: KEY is a test (TEST:PORT for one of a port), or nat-type, hole-punching-udp,\n"
	"hole-punching-tcp; VALUE the answer in its word, a time or number, or LO..HI (either may be left "
	"out).\n"
	"\n"
	"  --expect mapping=endpoint-independent --expect udp-3=2min.. --expect nat-type='full cone'\n"
	"\n";

nap_time nap_discovery_limit(const struct nap_discovery_settings *s, nap_time began)
{
	return s->quick ? began + s->quick_span : NAP_NEVER;
}

void nap_discovery_say(struct nap_discovery_news *news, nap_time now, const char *clear)
{
	g_autofree char *text = news ? nap_discovery_news_take(news, now) : NULL;

	if (!text || !*text)
		return;
	if (clear)
		fputs(clear, stderr);
	nap_print(text);
	fflush(stdout);
}

void nap_discovery_say_all(struct nap_discovery_news *news, const struct nap_discovery *d, const char *origin)
{
	g_autofree char *text = news ? nap_discovery_news_end(news) : nap_discovery_json(d, origin);

	if (news)
		nap_print(text);
	else
		puts(text);
}

bool nap_discovery_write_out(const struct nap_discovery_settings *s, const struct nap_discovery *d,
	const char *origin, const char *input, const struct nap_scenario *sc, GError **error)
{
	g_autofree char *json = NULL, *csv = NULL;

	if (!s->out)
		return true;
	json = nap_discovery_json(d, origin);
	csv = nap_discovery_timers_csv(d);
	return nap_out_folder_write(&(struct nap_out_folder){ .dir = s->out,
					    .document = "discovery.json",
					    .json = json,
					    .rows = "timers.csv",
					    .csv = csv,
					    .command = s->command,
					    .input = input,
					    .scenario = sc },
		error);
}

/* --- what was expected --- */

/* KEY=VALUE, taken apart. */
struct expectation {
	char *key, *value; /* key without its port */
	uint16_t port;
	const struct nap_test *test; /* NULL: part of the verdict */
	bool timed;
	double least, most; /* ns, or a number */
};

static void clear(struct expectation *e)
{
	g_free(e->key);
	g_free(e->value);
}

static bool number(const struct expectation *e, const char *text, double *out, GError **error)
{
	nap_time t;
	char *end;

	if (e->timed) {
		if (!nap_time_parse(text, &t, error))
			return false;
		*out = t == NAP_NEVER ? G_MAXDOUBLE : (double)t;
		return true;
	}
	*out = (double)g_ascii_strtoull(text, &end, 10);
	return (end != text && !*end) || nap_fail(error, "a number is wanted");
}

/* A single value, or LO..HI. */
static bool range(struct expectation *e, GError **error)
{
	char *dots = strstr(e->value, "..");
	g_autofree char *low = dots ? g_strndup(e->value, (gsize)(dots - e->value)) : NULL;

	e->most = G_MAXDOUBLE;
	if (!dots)
		return number(e, e->value, &e->least, error) && (e->most = e->least, true);
	return (!*low || number(e, low, &e->least, error)) &&
	       (!dots[2] || number(e, dots + 2, &e->most, error));
}

static const struct nap_test *test_named(const char *name)
{
	for (uint32_t i = 0; i < nap_n_tests; i++)
		if (!strcmp(nap_tests[i].name, name))
			return &nap_tests[i];
	return NULL;
}

/* *e is to be cleared either way. */
static bool take_apart(const char *text, struct expectation *e, GError **error)
{
	static const struct nap_verdict nothing = { .nat_type = "" };
	const char *equals = strchr(text, '=');
	g_autofree char *shown = nap_shown(text);
	char *colon;

	*e = (struct expectation){ .key = g_strndup(text, equals ? (gsize)(equals - text) : 0),
		.value = g_strdup(equals ? equals + 1 : "") };
	colon = strchr(e->key, ':');
	if (colon) {
		*colon = '\0';
		e->port = (uint16_t)strtoul(colon + 1, NULL, 10);
	}
	e->test = test_named(e->key);
	if (!*e->key || !*e->value)
		return nap_fail(error, "--expect: KEY=VALUE is wanted, not %s", shown);
	if (!e->test && !nap_verdict_word(&nothing, e->key))
		return nap_fail(
			error, "--expect: %s: no test, and no part of the verdict; --help lists them", shown);
	e->timed = e->test && (e->test->kind == NAP_TEST_TIMER || e->test->kind == NAP_TEST_DURATION);
	if ((e->timed || (e->test && e->test->kind == NAP_TEST_BINDINGS)) && !range(e, error)) {
		g_prefix_error(error, "--expect: %s: ", shown);
		return false;
	}
	return true;
}

bool nap_discovery_expectable(char *const *expect, GError **error)
{
	for (; expect && *expect; expect++) {
		struct expectation e;
		bool good = take_apart(*expect, &e, error);

		clear(&e);
		if (!good)
			return false;
	}
	return true;
}

/* Does what was found lie where it was expected? A timer is somewhere in its bracket. */
static bool in_range(const struct nap_finding *f, const struct expectation *e)
{
	const struct nap_bracket *b = &f->bracket;
	bool beyond = f->state == NAP_FINDING_BEYOND;
	double value;

	if (!e->timed)
		value = (double)f->bindings;
	else if (beyond)
		value = (double)b->alive;
	else if (e->least == e->most)
		return e->least > (double)b->alive && e->least <= (double)b->dead;
	else
		value = (double)nap_bracket_round(b);
	return value >= e->least ? beyond ? e->most == G_MAXDOUBLE : value <= e->most
				 : beyond && e->least == G_MAXDOUBLE;
}

/* Is it so? Else *found says what is instead. */
static bool fits(const struct nap_discovery *d, const struct expectation *e, char **found)
{
	const struct nap_finding *f = e->test ? nap_discovery_find(d, e->key, e->port) : NULL;
	struct nap_verdict v;

	if (!e->test) {
		nap_verdict_of(d, &v);
		*found = g_strdup(nap_verdict_word(&v, e->key));
		return !strcmp(*found, e->value);
	}
	*found = f ? nap_finding_result(f) : g_strdup("not tested");
	if (!f || !nap_finding_answered(f))
		return false;
	return e->timed || e->test->kind == NAP_TEST_BINDINGS ? in_range(f, e) : !strcmp(f->word, e->value);
}

static uint32_t differences(const char *command, const struct nap_discovery *d, char *const *expect)
{
	uint32_t n = 0;

	for (; expect && *expect; expect++) {
		struct expectation e;
		g_autofree char *found = NULL;

		if (take_apart(*expect, &e, NULL) && !fits(d, &e, &found)) {
			fprintf(stderr, "natnap %s: expected %s, found %s\n", command, *expect, found);
			n++;
		}
		clear(&e);
	}
	return n;
}

/* --- the status --- */

/* Must a script know that this one has no answer? One that cannot be run at all only if it was asked for. */
static bool lacks(const struct nap_finding *f, char *const *named)
{
	if (f->state == NAP_FINDING_SKIPPED)
		return named && g_strv_contains((const char *const *)named, f->test->name);
	return f->state == NAP_FINDING_UNSURE || f->state == NAP_FINDING_FAILED;
}

static uint32_t lacking(const char *command, const struct nap_discovery *d, char *const *named)
{
	g_autoptr(GString) list = g_string_new(NULL);
	uint32_t n = 0;

	for (uint32_t i = 0; i < nap_discovery_count(d); i++) {
		const struct nap_finding *f = nap_discovery_finding(d, i);

		if (!lacks(f, named))
			continue;
		g_string_append_printf(list, "%s%s", n++ ? ", " : "", f->test->name);
		if (f->port)
			g_string_append_printf(list, " port %u", f->port);
	}
	if (n)
		fprintf(stderr, "natnap %s: without a sure answer: %s\n", command, list->str);
	return n;
}

int nap_discovery_status(const struct nap_command *command, const struct nap_discovery *d,
	const struct nap_discovery_settings *s, bool kept)
{
	uint32_t all = nap_discovery_count(d), open = all - nap_discovery_ended(d), wrong;

	if (open && s->quick)
		fprintf(stderr, "natnap %s: the %.0f s are over; %u of %u tests are unfinished\n",
			command->name, nap_time_seconds(s->quick_span), open, all);
	else if (open)
		fprintf(stderr, "natnap %s: interrupted; %u of %u tests are unfinished%s\n", command->name,
			open, all, kept ? "; the same command goes on from the state file" : "");
	else if (!nap_discovery_answered(d))
		fprintf(stderr, "natnap %s: no test came to an answer\n", command->name);
	wrong = lacking(command->name, d, s->test) + differences(command->name, d, s->expect);
	return open || wrong || !nap_discovery_answered(d) ? NAP_EXIT_FAILED : NAP_EXIT_OK;
}
