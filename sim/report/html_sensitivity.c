/* SPDX-License-Identifier: BSD-2-Clause */
/* What a sensitivity analysis says: which keys each metric depends on, and all effects and indices. */
#include <math.h>

#include "report/html_json.h"
#include "report/html_parts.h"
#include "report/html_rows.h"
#include "report/html_text.h"

#define QUESTION "Which of these values do the results depend on, and which hardly matter?"

/* ---- the answer ------------------------------------------------------------------------------------------------------ */

/* The key with the largest total index, where there are such; else with the largest mean effect. */
static JsonObject *strongest(JsonArray *keys)
{
	static const char *const measures[] = { "total", "mu_star" };
	JsonObject *best = NULL;

	for (unsigned m = 0; m < G_N_ELEMENTS(measures) && !best; m++)
		for (guint i = 0; i < nap_array_length(keys); i++) {
			JsonObject *k = nap_element_object(keys, i);
			double v = nap_member_number(k, measures[m]);

			if (!isnan(v) && (!best || v > nap_member_number(best, measures[m])))
				best = k;
		}
	return best;
}

/* What does not matter to it. */
static char *others(JsonArray *keys)
{
	g_autoptr(GString) names = g_string_new(NULL);

	for (guint i = 0; i < nap_array_length(keys); i++) {
		JsonObject *k = nap_element_object(keys, i);

		if (k && !json_object_get_boolean_member_with_default(k, "matters", TRUE))
			g_string_append_printf(
				names, "%s%s", names->len ? ", " : "", nap_member_text(k, "key"));
	}
	return g_string_free(g_steal_pointer(&names), FALSE);
}

static void one_metric(GString *html, JsonObject *metric)
{
	JsonArray *keys = nap_member_array(metric, "keys");
	JsonObject *k = strongest(keys);
	double total = nap_member_number(k, "total");
	g_autofree char *share = g_strdup_printf("%.0f", 100.0 * fmin(total, 1.0)), *rest = others(keys);

	if (!k)
		return;
	if (!json_object_get_boolean_member_with_default(metric, "varies", TRUE)) {
		nap_html_format(html, "<li><strong>%s</strong> is the same whatever they are.</li>\n",
			nap_member_text(metric, "metric"));
		return;
	}
	nap_html_format(html, "<li><strong>%s</strong> depends most on <strong>%s</strong>",
		nap_member_text(metric, "metric"), nap_member_text(k, "key"));
	if (!isnan(total))
		nap_html_format(html, ", which has part in %s %% of its variance", share);
	nap_html_format(
		html, " and as it grows makes it %s", nap_member_number(k, "mu") < 0.0 ? "fall" : "rise");
	if (*rest)
		nap_html_format(html, "; hardly on %s", rest);
	g_string_append(html, ".</li>\n");
}

static void one_answer(GString *html, JsonObject *report)
{
	JsonArray *metrics = nap_member_array(report, "metrics");
	const char *where = nap_member_text(report, "where");

	if (*where)
		nap_html_format(html, "<p>%s</p>\n", where);
	g_string_append(html, "<ul>\n");
	for (guint i = 0; i < nap_array_length(metrics); i++)
		one_metric(html, nap_element_object(metrics, i));
	g_string_append(html, "</ul>\n");
}

/* ---- tables ---------------------------------------------------------------------------------------------------------- */

static const struct nap_html_column ranges[] = { { "key", "key", NAP_HTML_WORD, 0 },
	{ "from", "from", NAP_HTML_WORD, 0 }, { "to", "to", NAP_HTML_WORD, 0 },
	{ "scale", "sampled", NAP_HTML_WORD, 0 }, { NULL, NULL, NAP_HTML_WORD, 0 } };

static const struct nap_html_column effects[] = { { "key", "key", NAP_HTML_WORD, 0 },
	{ "mu_star", "mu*", NAP_HTML_NUMBER, 0 }, { "mu", "mu", NAP_HTML_NUMBER, 0 },
	{ "sigma", "sigma", NAP_HTML_NUMBER, 0 }, { "first_order", "first order", NAP_HTML_NUMBER, 0 },
	{ "first_order_low", "from", NAP_HTML_NUMBER, 0 }, { "first_order_high", "to", NAP_HTML_NUMBER, 0 },
	{ "total", "total", NAP_HTML_NUMBER, 0 }, { "total_low", "from", NAP_HTML_NUMBER, 0 },
	{ "total_high", "to", NAP_HTML_NUMBER, 0 }, { NULL, NULL, NAP_HTML_WORD, 0 } };

static void one_table(GString *html, JsonObject *report, unsigned number)
{
	JsonArray *metrics = nap_member_array(report, "metrics");
	g_autofree char *id = g_strdup_printf("ranges-%u", number);
	const char *where = nap_member_text(report, "where");

	if (*where)
		nap_html_format(html, "<h3>%s</h3>\n", where);
	nap_html_rows(html, nap_member_array(report, "keys"), ranges, id, "What is varied");
	for (guint i = 0; i < nap_array_length(metrics); i++) {
		JsonObject *m = nap_element_object(metrics, i);
		g_autofree char *of = g_strdup_printf("effects-%u-%u", number, i);

		if (m && json_object_get_boolean_member_with_default(m, "varies", TRUE))
			nap_html_rows(
				html, nap_member_array(m, "keys"), effects, of, nap_member_text(m, "metric"));
	}
}

/* ---- one, or several ------------------------------------------------------------------------------------------------- */

static void tables(GString *html, JsonObject *report)
{
	g_string_append(html, "<h2 id=\"results\">Results</h2>\n");
	one_table(html, report, 1);
}

static void answers(GString *html, JsonObject *document)
{
	JsonArray *list = nap_member_array(document, "sensitivities");

	for (guint i = 0; i < nap_array_length(list); i++)
		one_answer(html, nap_element_object(list, i));
}

static void all_tables(GString *html, JsonObject *document)
{
	JsonArray *list = nap_member_array(document, "sensitivities");

	g_string_append(html, "<h2 id=\"results\">Results</h2>\n");
	for (guint i = 0; i < nap_array_length(list); i++)
		one_table(html, nap_element_object(list, i), i + 1);
}

/* --sensitivity 'client.interval=2min..14min;path.loss=0%..2%' */
static void add_keys(GString *line, JsonObject *report)
{
	JsonArray *keys = nap_member_array(report, "keys");

	for (guint i = 0; i < nap_array_length(keys); i++) {
		JsonObject *k = nap_element_object(keys, i);

		g_string_append_printf(line, "%s%s=%s..%s", i ? ";" : " --sensitivity '",
			nap_member_text(k, "key"), nap_member_text(k, "from"), nap_member_text(k, "to"));
	}
	g_string_append_printf(line, "' --samples %.0f", nap_member_number(report, "rows"));
}

static void command(GString *line, JsonObject *report)
{
	nap_html_run_command(line, report);
	add_keys(line, report);
}

static void command_of_several(GString *line, JsonObject *document)
{
	JsonArray *list = nap_member_array(document, "sensitivities");

	nap_html_run_command(line, document);
	add_keys(line, nap_array_length(list) ? nap_element_object(list, 0) : NULL);
}

const struct nap_html_document nap_html_sensitivity = { "sensitivity.json", "natnap-sensitivity", QUESTION,
	one_answer, tables, command };
const struct nap_html_document nap_html_sensitivities = { "sensitivity.json", "natnap-sensitivities",
	QUESTION, answers, all_tables, command_of_several };
