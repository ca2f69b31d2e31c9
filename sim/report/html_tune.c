/* SPDX-License-Identifier: BSD-2-Clause */
/* What a tuning says: the recommended values, what each target costs, policies beside one another, the front. */
#include <math.h>
#include <string.h>

#include "report/html_json.h"
#include "report/html_parts.h"
#include "report/html_rows.h"
#include "report/html_text.h"
#include "report/text_table.h"

#define QUESTION "Which values are the cheapest that meet the targets, and what does each target cost?"

/* "client.interval = 4min52s" */
static void values_words(GString *html, JsonObject *values)
{
	g_autoptr(GList) names = values ? json_object_get_members(values) : NULL;
	const char *comma = "";

	for (GList *l = names; l; l = l->next) {
		const char *text = nap_member_text(values, l->data);

		if (*text)
			nap_html_format(
				html, "%s%s = <strong>%s</strong>", comma, (const char *)l->data, text);
		comma = *text ? ", " : comma;
	}
}

static void target(GString *html, JsonObject *targets, const char *name, const char *words, double factor)
{
	double v = factor * nap_member_number(targets, name);
	g_autofree char *text = g_strdup_printf("%.6g", v);

	if (!isnan(v))
		nap_html_format(html, words, text);
}

static void targets_words(GString *html, JsonObject *t)
{
	nap_html_format(html, "<p class=\"soft\">Least %s", nap_member_text(t, "minimise"));
	target(html, t, "reachable", ", reachable %s %% of the time", 100.0);
	target(html, t, "users", ", that for %s %% of the subscribers", 100.0);
	target(html, t, "lost_pushes", ", at most %s %% of the pushes lost", 100.0);
	target(html, t, "bindings_lost_per_day", ", at most %s bindings lost a day", 1.0);
	target(html, t, "battery_per_day", ", at most %s %% of the battery a day", 100.0);
	target(html, t, "blocking", ", at most %s %% of new sessions refused", 100.0);
	g_string_append(html, ".</p>\n");
}

static void one_answer(GString *html, JsonObject *tune)
{
	JsonObject *found = nap_member_object(tune, "recommended");
	double doubt = nap_member_number(found, "violation_probability");
	const char *where = nap_member_text(tune, "where");

	g_string_append(html, "<p>");
	if (*where)
		nap_html_format(html, "%s: ", where);
	if (found && nap_member_object(found, "values")) {
		values_words(html, nap_member_object(found, "values"));
		g_string_append(html, ": ");
		nap_html_sentence(html, found);
	} else {
		const char *reason = nap_member_text(found, "reason");

		nap_html_format(html, "<strong>nothing meets the targets</strong>%s%s", *reason ? ": " : "",
			*reason ? reason : nap_member_text(tune, "reason"));
	}
	if (!isnan(doubt)) {
		g_autofree char *chance = nap_chance_text(doubt);

		nap_html_format(html, "; chance that it misses a target: %s", chance);
	}
	g_string_append(html, ".</p>\n");
}

/* ---- tables ---------------------------------------------------------------------------------------------------------- */

static const struct nap_html_column metrics[] = { { "policy", "policy", NAP_HTML_WORD, 0 },
	{ "target", "instead of", NAP_HTML_WORD, 0 }, { "bound", "bound", NAP_HTML_NUMBER, 0 },
	{ "reason", "why not", NAP_HTML_LONG, 0 },
	{ "battery_percent_per_day", "battery %/day", NAP_HTML_NUMBER, 0 },
	{ "energy_j", "energy J", NAP_HTML_NUMBER, 0 },
	{ "reachable_fraction", "reachable", NAP_HTML_NUMBER, 0 },
	{ "bindings_expired", "bindings lost", NAP_HTML_NUMBER, 0 },
	{ "pushes_lost", "pushes lost", NAP_HTML_NUMBER, 0 },
	{ "push_delay_p95_s", "delay p95 s", NAP_HTML_NUMBER, 0 },
	{ "keepalives_sent", "keepalives", NAP_HTML_NUMBER, 0 },
	{ "packets_up", "packets up", NAP_HTML_NUMBER, 0 },
	{ "radio_promotions", "promotions", NAP_HTML_NUMBER, 0 },
	{ "signalling_messages", "signalling", NAP_HTML_NUMBER, 0 },
	{ "violation_probability", "chance to miss", NAP_HTML_NUMBER, 0 } };

/* Columns for keys of values that have none yet; in a row itself, or among its values. */
static void add_keys(GArray *columns, GPtrArray *names, JsonObject *values, const char *inside)
{
	g_autoptr(GList) keys = values ? json_object_get_members(values) : NULL;

	for (GList *l = keys; l; l = l->next) {
		struct nap_html_column c = { NULL, l->data, NAP_HTML_WORD, 0 };
		char *member;

		if (!*nap_member_text(values, l->data))
			continue;
		member = g_strconcat(inside, l->data, NULL);
		if (g_ptr_array_find_with_equal_func(names, member, g_str_equal, NULL)) {
			g_free(member);
			continue;
		}
		g_ptr_array_add(names, member);
		c.member = member;
		g_array_append_val(columns, c);
	}
}

/* The tuned keys as columns before the metrics: those of the recommended values, then what else a row has (policies have their own). */
static void rows(GString *html, JsonArray *list, JsonObject *values, const char *inside, const char *id,
	const char *caption)
{
	g_autoptr(GArray) columns = g_array_new(TRUE, TRUE, sizeof(struct nap_html_column));
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

	g_array_append_vals(columns, metrics, 1); /* the policy, where rows are of one */
	add_keys(columns, names, values, inside);
	for (guint i = 0; *inside && i < nap_array_length(list); i++)
		add_keys(columns, names, nap_member_object(nap_element_object(list, i), "values"), inside);
	g_array_append_vals(columns, metrics + 1, G_N_ELEMENTS(metrics) - 1);
	nap_html_rows(html, list, (const struct nap_html_column *)(void *)columns->data, id, caption);
}

static void one_table(GString *html, JsonObject *tune, unsigned number)
{
	JsonObject *values = nap_member_object(nap_member_object(tune, "recommended"), "values");
	const char *where = nap_member_text(tune, "where");
	g_autofree char *front = g_strdup_printf("front-%u", number),
			*variants = g_strdup_printf("variants-%u", number),
			*policies = g_strdup_printf("policies-%u", number);

	values = values ? values : nap_member_object(tune, "by_estimates");
	if (*where)
		nap_html_format(html, "<h3>%s</h3>\n", where);
	rows(html, nap_member_array(tune, "policies"), values, "values.", policies,
		"Policies, each at its best");
	rows(html, nap_member_array(tune, "variants"), values, "values.", variants,
		"What another target would cost");
	rows(html, nap_member_array(tune, "front"), values, "", front,
		"No value beats these in energy, reachability and signalling");
}

/* ---- one, or several ------------------------------------------------------------------------------------------------- */

static void answer(GString *html, JsonObject *tune)
{
	one_answer(html, tune);
	targets_words(html, nap_member_object(tune, "targets"));
}

static void tables(GString *html, JsonObject *tune)
{
	g_string_append(html, "<h2 id=\"results\">Results</h2>\n");
	one_table(html, tune, 1);
}

static void answers(GString *html, JsonObject *document)
{
	JsonArray *list = nap_member_array(document, "tunes");
	JsonObject *first = nap_array_length(list) ? nap_element_object(list, 0) : NULL;

	for (guint i = 0; i < nap_array_length(list); i++)
		if (nap_element_object(list, i))
			one_answer(html, nap_element_object(list, i));
	targets_words(html, nap_member_object(first, "targets"));
}

static void all_tables(GString *html, JsonObject *document)
{
	JsonArray *list = nap_member_array(document, "tunes");

	g_string_append(html, "<h2 id=\"results\">Results</h2>\n");
	for (guint i = 0; i < nap_array_length(list); i++)
		if (nap_element_object(list, i))
			one_table(html, nap_element_object(list, i), i + 1);
}

const struct nap_html_document nap_html_tune = { "tune.json", "natnap-tune", QUESTION, answer, tables, NULL };
const struct nap_html_document nap_html_tunes = { "tune.json", "natnap-tunes", QUESTION, answers, all_tables,
	NULL };
