/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>
#include <string.h>

#include "report/html_json.h"
#include "report/html_parts.h"
#include "report/html_text.h"
#include "report/text_table.h"
#include "run/each.h"
#include "run/metrics.h"

#define CELLS          100000 /* more of them than a browser likes to show */
#define ROUNDS_TO_ZERO 5e-5   /* with the digits of a table */

struct column {
	const char *name, *head; /* its member; what stands above it */
	const char *number;      /* of a swept key: the member that has it as a number; NULL: none */
	bool word;               /* a value of a swept key, as text */
	bool ci;                 /* it has an interval */
};

/* What is known of a column: of a path, of a middlebox ("home.sessions_peak"), of quantiles ("energy_j_p95"); NULL: nothing. */
static const struct nap_metric *metric_of(const char *name)
{
	const char *dot = strrchr(name, '.');
	const struct nap_metric *const tables[] = { nap_metrics, nap_box_metrics };

	for (size_t t = 0; t < G_N_ELEMENTS(tables); t++)
		for (const struct nap_metric *m = tables[t]; m->name; m++)
			if (g_str_equal(m->name, dot ? dot + 1 : name))
				return m;
	return g_str_equal(name, nap_metric_events.name) ? &nap_metric_events : NULL;
}

/* The member after a swept key that has its value as a number: "client.interval_s"; NULL: there is none. */
static const char *number_after(JsonObject *first, const GList *key)
{
	const char *next = key->next ? key->next->data : "";

	return g_str_has_prefix(next, key->data) && next[strlen(key->data)] == '_' &&
			       !isnan(nap_member_number(first, next))
		       ? next
		       : NULL;
}

/* Is there anything but zeros and gaps? */
static bool says_something(JsonArray *points, const char *name)
{
	for (guint i = 0; i < nap_array_length(points); i++) {
		double v = nap_member_number(nap_element_object(points, i), name);

		if (!isnan(v) && v != 0.0)
			return true;
	}
	return false;
}

static bool is_swept(JsonArray *swept, const char *name)
{
	for (guint i = 0; i < nap_array_length(swept); i++)
		if (g_str_equal(nap_element_text(swept, i), name))
			return true;
	return false;
}

static int by_place(gconstpointer a, gconstpointer b)
{
	const struct column *x = a, *y = b;
	unsigned p = x->word ? 0 : metric_of(x->name)->place, q = y->word ? 0 : metric_of(y->name)->place;

	return (p > q) - (p < q);
}

/* The columns of the points' members: those that people ask for, in their places; or all. */
static GArray *columns_of(JsonObject *run, JsonObject *first, bool all)
{
	GArray *columns = g_array_new(FALSE, FALSE, sizeof(struct column));
	JsonArray *points = nap_member_array(run, "points"), *swept = nap_member_array(run, "swept");
	g_autoptr(GList) names = first ? json_object_get_members(first) : NULL;

	for (GList *l = names; l; l = l->next) {
		const char *name = l->data;
		const struct nap_metric *m = metric_of(name);
		g_autofree char *ci = g_strconcat(name, "_ci95", NULL);
		struct column c = { name, name, NULL, is_swept(swept, name),
			json_object_has_member(first, ci) };

		if (c.word)
			c.number = number_after(first, l);
		if (!c.word && (g_str_has_suffix(name, "_ci95") || !says_something(points, name)))
			continue;
		if (!all && !c.word && (!m || m->place == 0 || strchr(name, '.')))
			continue;
		if (!all && !c.word && m->head)
			c.head = m->head;
		g_array_append_val(columns, c);
	}
	if (!all)
		g_array_sort(columns, by_place);
	return columns;
}

/* ---- as HTML --------------------------------------------------------------------------------------------------------- */

static void head(GString *html, const struct column *c)
{
	const struct nap_metric *m = metric_of(c->name);

	nap_html_format(html, "<th scope=\"col\" aria-sort=\"none\" class=\"%s\" data-name=\"%s\"",
		c->word ? "word" : "number", c->name);
	g_string_append(html, c->ci ? " data-ci=\"\"" : "");
	if (m)
		nap_html_format(html, " title=\"%s\"", m->help);
	nap_html_format(html, "><button type=\"button\">%s</button></th>\n", c->head);
}

/* A share that rounds to all, or nothing: what its interval allows for is what nobody saw. */
static bool is_whole(const char *metric, double v)
{
	const struct nap_metric *m = metric_of(metric);

	return m && m->kind == NAP_METRIC_SHARE && (v < ROUNDS_TO_ZERO || v > 1.0 - ROUNDS_TO_ZERO);
}

/* "12.3", and, where there is one, "± 0.4". */
static char *value_text(JsonObject *point, const char *metric)
{
	g_autofree char *ci = g_strconcat(metric, "_ci95", NULL);
	double v = nap_member_number(point, metric), half = nap_member_number(point, ci);
	g_autofree char *mean = nap_number_text(v), *more = NULL;

	if (isnan(v) || isnan(half) || half == 0.0 || is_whole(metric, v))
		return g_steal_pointer(&mean);
	more = nap_number_text(half);
	return g_strdup_printf("%s \xc2\xb1 %s", mean, more);
}

static void cell(GString *html, JsonObject *point, const struct column *c)
{
	g_autofree char *whole = nap_member_shown(point, c->name), *shown = NULL, *ci = NULL, *half = NULL;

	if (c->word) {
		g_autofree char *number = c->number ? nap_member_shown(point, c->number) : g_strdup(whole);

		nap_html_format(
			html, "<td class=\"word\" data-v=\"%s\" data-s=\"%s\">%s</td>", whole, number, whole);
		return;
	}
	shown = value_text(point, c->name);
	ci = g_strconcat(c->name, "_ci95", NULL);
	half = nap_member_shown(point, ci);
	nap_html_format(html, "<td data-v=\"%s\"", whole);
	if (*half)
		nap_html_format(html, " data-ci=\"%s\"", half);
	nap_html_format(html, ">%s</td>", shown);
}

static void table(
	GString *html, JsonArray *points, const GArray *columns, const char *id, const char *caption)
{
	nap_html_table_begin(html, id, caption);
	for (guint i = 0; i < columns->len; i++)
		head(html, &g_array_index(columns, struct column, i));
	g_string_append(html, "</tr></thead>\n<tbody>\n");
	for (guint k = 0; k < nap_array_length(points); k++) {
		JsonObject *p = nap_element_object(points, k);

		g_string_append(html, "<tr>");
		for (guint i = 0; p && i < columns->len; i++)
			cell(html, p, &g_array_index(columns, struct column, i));
		g_string_append(html, "</tr>\n");
	}
	nap_html_table_end(html, id);
}

/* What the columns mean. */
static void meanings(GString *html, const GArray *columns)
{
	g_string_append(html, "<details><summary>What the columns mean</summary>\n<dl>\n");
	for (guint i = 0; i < columns->len; i++) {
		const struct column *c = &g_array_index(columns, struct column, i);
		const struct nap_metric *m = metric_of(c->name);

		if (m)
			nap_html_format(html, "<dt>%s (%s)</dt><dd>%s</dd>\n", c->head, c->name, m->help);
	}
	g_string_append(html, "</dl>\n</details>\n");
}

void nap_html_tables(GString *html, JsonObject *run)
{
	JsonArray *points = nap_member_array(run, "points");
	guint n = nap_array_length(points);
	JsonObject *first = n > 0 ? nap_element_object(points, 0) : NULL;
	g_autoptr(GArray) few = columns_of(run, first, false), all = columns_of(run, first, true);

	g_string_append(html, "<h2 id=\"results\">Results</h2>\n");
	table(html, points, few, "few", "Each point");
	meanings(html, few);
	if ((guint64)n * all->len > CELLS) {
		g_string_append(html, "<p>All metrics of all points are in summary.csv: they are too many "
				      "for a page.</p>\n");
		return;
	}
	g_string_append(html, "<details><summary>All metrics that are not zero everywhere</summary>\n");
	table(html, points, all, "all", "All metrics");
	g_string_append(html, "</details>\n");
}
