/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>
#include <string.h>

#include "report/html_json.h"
#include "report/html_parts.h"
#include "report/html_text.h"
#include "report/text_table.h"
#include "report/verdict.h"

#define INTERVAL "client.interval"

/* ---- one point in words ---------------------------------------------------------------------------------------------- */

static double mean_of(const void *point, const char *metric)
{
	return nap_member_number((JsonObject *)point, metric);
}

static double half_of(const void *point, const char *metric)
{
	g_autofree char *ci = g_strconcat(metric, "_ci95", NULL);

	return nap_member_number((JsonObject *)point, ci);
}

void nap_html_sentence(GString *html, JsonObject *point)
{
	struct nap_verdict_numbers n = { mean_of, half_of, point };
	g_autofree char *said = nap_verdict_sentence(&n);

	nap_html_format(html, "%s", said);
}

static void swept_words(GString *html, JsonObject *run, JsonObject *point)
{
	JsonArray *swept = nap_member_array(run, "swept");

	for (guint i = 0; i < nap_array_length(swept); i++) {
		const char *key = nap_element_text(swept, i);

		nap_html_format(html, "%s%s = %s", i ? ", " : "", key, nap_member_text(point, key));
	}
}

/* The point with the same swept values; NULL: none. */
static JsonObject *point_of(JsonObject *run, JsonObject *advice)
{
	JsonArray *swept = nap_member_array(run, "swept"), *points = nap_member_array(run, "points");

	for (guint i = 0; i < nap_array_length(points); i++) {
		JsonObject *p = nap_element_object(points, i);
		guint same = 0;

		for (guint k = 0; p && k < nap_array_length(swept); k++)
			same += g_str_equal(nap_member_text(p, nap_element_text(swept, k)),
				nap_member_text(advice, nap_element_text(swept, k)));
		if (p && same == nap_array_length(swept))
			return p;
	}
	return NULL;
}

/* ---- what to do ------------------------------------------------------------------------------------------------------ */

static void advice(GString *html, JsonObject *run, JsonObject *a, bool alone)
{
	JsonObject *point = point_of(run, a);
	double doubt = nap_member_number(a, "violation_probability");
	const char *where = nap_member_text(a, "where");

	g_string_append(html, alone ? "<p>" : "<li>");
	if (!g_str_equal(where, "everywhere"))
		nap_html_format(html, "%s: ", where);
	if (json_object_get_boolean_member_with_default(a, "met", FALSE)) {
		nap_html_format(
			html, "a keepalive interval of <strong>%s</strong>: ", nap_member_text(a, INTERVAL));
	} else {
		nap_html_format(html,
			"<strong>none of the swept intervals</strong> meets the targets: %s. The nearest is "
			"%s: ",
			nap_member_text(a, "reason"), nap_member_text(a, INTERVAL));
	}
	if (point)
		nap_html_sentence(html, point);
	if (!isnan(doubt)) {
		g_autofree char *chance = nap_chance_text(doubt);

		nap_html_format(html, "; chance that it misses the targets: %s", chance);
	}
	g_string_append(html, alone ? ".</p>\n" : ".</li>\n");
}

static void advices(GString *html, JsonObject *run, JsonArray *list)
{
	guint n = nap_array_length(list);

	if (*nap_member_text(run, "targets"))
		nap_html_format(
			html, "<p>The recommended interval for %s:</p>\n", nap_member_text(run, "targets"));
	else
		g_string_append(html, "<p>The recommended interval:</p>\n");
	g_string_append(html, n == 1 ? "" : "<ul>\n");
	for (guint i = 0; i < n; i++) {
		JsonObject *a = nap_element_object(list, i);

		if (a)
			advice(html, run, a, n == 1);
	}
	g_string_append(html, n == 1 ? "" : "</ul>\n");
}

/* The point where a metric is least, or most; NULL: nobody has it. */
static JsonObject *extreme(JsonArray *points, const char *metric, double sign)
{
	JsonObject *best = NULL;

	for (guint i = 0; i < nap_array_length(points); i++) {
		JsonObject *p = nap_element_object(points, i);
		double v = nap_member_number(p, metric);

		if (!isnan(v) && (!best || sign * v > sign * nap_member_number(best, metric)))
			best = p;
	}
	return best;
}

static void point_line(GString *html, JsonObject *run, const char *what, JsonObject *point)
{
	if (!point)
		return;
	nap_html_format(html, "<p>%s (", what);
	swept_words(html, run, point);
	g_string_append(html, "): ");
	nap_html_sentence(html, point);
	g_string_append(html, ".</p>\n");
}

static void no_advice(GString *html, JsonObject *run)
{
	JsonArray *points = nap_member_array(run, "points");
	guint n = nap_array_length(points);

	if (n == 0) {
		g_string_append(html, "<p>No point of the sweep is complete.</p>\n");
	} else if (n == 1 && nap_element_object(points, 0)) {
		g_string_append(html, "<p>The client is ");
		nap_html_sentence(html, nap_element_object(points, 0));
		g_string_append(html, ".</p>\n");
	} else {
		point_line(html, run, "Least energy", extreme(points, "energy_j", -1.0));
		point_line(
			html, run, "Most of the time reachable", extreme(points, "reachable_fraction", 1.0));
	}
}

/* ---- what to be careful about ---------------------------------------------------------------------------------------- */

static void unsure(GString *html, JsonObject *all)
{
	g_autoptr(GList) names = all ? json_object_get_members(all) : NULL;

	for (GList *l = names; l; l = l->next) {
		JsonArray *what = nap_member_array(all, l->data);

		nap_html_format(html, "<li>Profile %s is not sure of: ", (const char *)l->data);
		for (guint i = 0; i < nap_array_length(what); i++)
			nap_html_format(html, "%s%s", i ? ", " : "", nap_element_text(what, i));
		g_string_append(html, "</li>\n");
	}
}

void nap_html_warnings(GString *html, JsonObject *run)
{
	JsonArray *list = nap_member_array(run, "warnings");
	double missing = nap_member_number(run, "replications_missing");
	g_autoptr(GString) items = g_string_new(NULL);

	if (missing > 0.0) {
		g_autofree char *n = nap_number_text(missing);

		nap_html_format(items, "<li>The run was interrupted: %s replications are missing.</li>\n", n);
	}
	for (guint i = 0; i < nap_array_length(list); i++)
		nap_html_format(items, "<li>%s</li>\n", nap_element_text(list, i));
	unsure(items, nap_member_object(run, "unsure"));
	if (items->len > 0)
		g_string_append_printf(html,
			"<div class=\"warning\" role=\"note\"><strong>Mind "
			"that</strong>\n<ul>\n%s</ul>\n</div>\n",
			items->str);
}

static void answer(GString *html, JsonObject *run)
{
	JsonArray *recommended = nap_member_array(run, "recommended");
	double replications = nap_member_number(run, "replications");

	if (nap_array_length(recommended) > 0)
		advices(html, run, recommended);
	else
		no_advice(html, run);
	if (replications > 1.0) {
		g_autofree char *n = nap_number_text(replications);

		nap_html_format(html,
			"<p class=\"soft\">\xc2\xb1: half of the 95 %% interval of confidence, over %s "
			"replications.</p>\n",
			n);
	}
}

const struct nap_html_document nap_html_run = { "run.json", "natnap-run",
	"How often must a client speak so that the middleboxes between it and its server keep its connection "
	"open, and what does that cost the battery?",
	answer, nap_html_tables, nap_html_run_command };
