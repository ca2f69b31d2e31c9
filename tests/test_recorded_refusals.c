/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is said of scenarios that have one key more, or another value of one, beside what was recorded: those of
 * tests/recorded/scenarios.txt with a line of another of them, or with a limit's value or another key's own, so that keys meet which
 * do not go together. What is refused has its message, all else the order that it would be run in.
 */
#include <stdlib.h>
#include <string.h>

#include "io/scenario.h"
#include "kernel/rng.h"
#include "kernel/snapshot.h"
#include "recorded.h"
#include "run/run.h"

#define SCENARIOS "tests/recorded/scenarios.txt"

enum { PARTS = 4, TRIED = 1000 };

static const char *const limits[][9] = {
	{ "0s", "1ns", "1ms", "1s", "30s", "10min", "1000h", "never", NULL },
	{ "0", "1", "2", "3", "100", "65535", "65536", "4294967295", NULL },
	{ "0%", "0.1%", "50%", "99.9%", "100%", NULL },
	{ "0B", "1B", "28B", "536B", "1400B", "1500B", "65535B", NULL },
};

/* Which of them a value is like; -1: none. */
static int kind_of(const char *value)
{
	char *end;

	if (!g_ascii_isdigit(*value))
		return -1;
	g_ascii_strtod(value, &end);
	return !*end                                                                        ? 1
	       : strcmp(end, "%") == 0                                                      ? 2
	       : strcmp(end, "B") == 0                                                      ? 3
	       : strcmp(end, "ms") == 0 || strcmp(end, "s") == 0 || strcmp(end, "min") == 0 ? 0
											    : -1;
}

static bool is_key(const char *line)
{
	return strstr(line, " = ") != NULL;
}

static const char *value_in(const char *line)
{
	return strstr(line, " = ") + 3;
}

/* The number of a line that says KEY = VALUE; most do. */
static guint draw_line(char **line, struct nap_rng *r)
{
	guint at;

	do
		at = nap_rng_below(r, g_strv_length(line));
	while (!is_key(line[at]));
	return at;
}

/* The first word of the group that a line stands in, "[middlebox", "[client]". Free with g_free. */
static char *group_of(char **line, guint at)
{
	while (line[at][0] != '[')
		at--;
	return g_strndup(line[at], strcspn(line[at], " ]"));
}

/* Where the group begins; the end: there is none. */
static guint find_group(char **line, const char *group)
{
	guint i = 0;

	while (line[i] && !(g_str_has_prefix(line[i], group) && strchr(" ]", line[i][strlen(group)])))
		i++;
	return i;
}

static void replace(char **place, char *text)
{
	g_free(*place);
	*place = text;
}

/* Another value of a line that has a quantity: a limit, or that of another line which has one of the kind. NULL: it has none. */
static char *other_value(char **line, guint at, struct nap_rng *r)
{
	int kind = kind_of(value_in(line[at]));
	guint other = draw_line(line, r), n = 0;
	const char *value = value_in(line[other]);

	if (kind < 0)
		return NULL;
	while (limits[kind][n])
		n++;
	if (kind_of(value) != kind || nap_rng_below(r, 2))
		value = limits[kind][nap_rng_below(r, n)];
	return g_strdup_printf("%.*s%s", (int)(value_in(line[at]) - line[at]), line[at], value);
}

/* A line of another scenario in the place of this one's of the key, or behind the head of its group. False: there is no such group. */
static bool put_line(char **line, char **from, guint at)
{
	g_autofree char *group = group_of(from, at);
	gsize key = (gsize)(value_in(from[at]) - from[at]);
	guint head = find_group(line, group);

	if (!line[head])
		return false;
	for (guint i = head + 1; line[i] && line[i][0] != '['; i++)
		if (strncmp(line[i], from[at], key) == 0) {
			replace(&line[i], g_strdup(from[at]));
			return true;
		}
	replace(&line[head], g_strdup_printf("%s\n%s", line[head], from[at]));
	return true;
}

/* Why a scenario cannot be run; NULL: it can, and its order is added to *orders. Free with g_free. */
static char *refused(const char *text, uint64_t *orders)
{
	g_autofree struct nap_plan *plan = g_new(struct nap_plan, 1);
	g_autoptr(GError) error = NULL;
	struct nap_document *doc = nap_document_new("s.ini", NULL, text, strlen(text), &error);
	struct nap_scenario *sc = doc ? nap_scenario_new(doc, NULL, 0, &error) : NULL;
	char *why = NULL;

	if (!sc) {
		why = g_strdup(error->message);
	} else if (!nap_plan_make(plan, sc)) {
		why = g_strdup(plan->why);
	} else {
		*orders = nap_mix(*orders, (uint64_t)plan->parts << 32 | plan->part_size << 1 | plan->global);
		*orders = nap_mix(*orders, plan->kinds);
		*orders = nap_mix(*orders, plan->coupled_how ? g_str_hash(plan->coupled_how) : 0);
	}
	nap_scenario_free(sc);
	nap_document_free(doc);
	return why;
}

/* One line another, or one more; what was done is appended to said. */
static void alter(char **line, char **from, struct nap_rng *r, GString *said)
{
	guint at = draw_line(line, r), theirs = draw_line(from, r);
	char *other = nap_rng_below(r, 2) ? other_value(line, at, r) : NULL;

	if (other)
		replace(&line[at], other);
	if (other || put_line(line, from, theirs))
		g_string_append_printf(said, "%s%s", said->len ? "; " : "", other ? other : from[theirs]);
}

static void try(GString *s, char **text, guint n, guint number, uint64_t *orders)
{
	struct nap_rng r = nap_rng_stream(85, number, 0, NAP_RNG_SEARCH);
	g_auto(GStrv) line = g_strsplit(text[number % n], "\n", -1);
	g_autoptr(GString) said = g_string_new(NULL);
	g_autofree char *all = NULL, *why = NULL;

	for (int i = 0; i < 2; i++) {
		g_auto(GStrv) from = g_strsplit(text[nap_rng_below(&r, n)], "\n", -1);

		alter(line, from, &r, said);
	}
	all = g_strjoinv("\n", line);
	why = refused(all, orders);
	if (why)
		g_string_append_printf(s, "%u %s: %s\n", number, said->str, why);
}

/* A part of all a case; orders in one number for some. */
static void test_refusals(const void *data)
{
	guint part = GPOINTER_TO_UINT(data), n;
	g_autofree char *all = NULL, *name = g_strdup_printf("refusals-%u", part);
	g_auto(GStrv) text = NULL;
	g_autoptr(GString) now = g_string_new(NULL);
	uint64_t orders = 0;

	g_assert_true(g_file_get_contents(SCENARIOS, &all, NULL, NULL));
	text = g_strsplit(all, "\n\n", -1);
	n = g_strv_length(text);
	for (guint i = part * TRIED; i < (part + 1) * TRIED; i++) {
		try(now, text, n, i, &orders);
		if (i % 50 == 49)
			g_string_append_printf(now, "%u orders %016" G_GINT64_MODIFIER "x\n", i, orders);
	}
	recorded_check(name, now->str);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	recorded_add_parts("/recorded/refusals", PARTS, test_refusals);
	return g_test_run();
}
