/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/html_rows.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "report/html_json.h"
#include "report/html_text.h"
#include "report/text_table.h"

/* The object that a column's member is of, and its name there; keys of scenarios have dots of their own. */
static JsonObject *holder(JsonObject *row, const char **member)
{
	const char *dot = strchr(*member, '.');
	g_autofree char *first = NULL;
	JsonObject *inside;

	if (!row || !dot || json_object_has_member(row, *member))
		return row;
	first = g_strndup(*member, (gsize)(dot - *member));
	inside = nap_member_object(row, first);
	*member = inside ? dot + 1 : *member;
	return inside ? inside : row;
}

/* As it is, for sorting and copying. */
static char *whole_text(JsonObject *row, const struct nap_html_column *c)
{
	const char *member = c->member;
	JsonObject *o = holder(row, &member);
	JsonNode *n = o ? json_object_get_member(o, member) : NULL;

	if (n && JSON_NODE_HOLDS_VALUE(n) && json_node_get_value_type(n) == G_TYPE_BOOLEAN)
		return g_strdup(json_node_get_boolean(n) ? "yes" : "no");
	return n ? nap_member_shown(o, member) : g_strdup("");
}

static bool is_there(JsonArray *rows, const struct nap_html_column *c)
{
	for (guint i = 0; i < nap_array_length(rows); i++) {
		g_autofree char *text = whole_text(nap_element_object(rows, i), c);

		if (*text)
			return true;
	}
	return false;
}

static void head(GString *html, const struct nap_html_column *c)
{
	nap_html_format(html,
		"<th scope=\"col\" aria-sort=\"none\" class=\"%s\" data-name=\"%s\"><button "
		"type=\"button\">%s"
		"</button></th>\n",
		c->cell == NAP_HTML_NUMBER ? "number" : "word", c->member, c->head);
}

static void cell(GString *html, JsonObject *row, const struct nap_html_column *c)
{
	const char *member = c->member;
	g_autofree char *whole = whole_text(row, c), *shown = NULL,
			*time = g_strconcat(c->member, "_s", NULL);
	JsonObject *o = holder(row, &member);
	double v = o ? nap_member_number(o, member) : (double)NAN;

	shown = isnan(v) ? g_strdup(whole) : nap_number_text(c->factor ? v * c->factor : v);
	nap_html_format(html, "<td class=\"%s\" data-v=\"%s\"",
		c->cell == NAP_HTML_NUMBER ? "number"
		: c->cell == NAP_HTML_WORD ? "word"
					   : "long",
		whole);
	if (row && !isnan(nap_member_number(row, time))) { /* a time by its length */
		g_autofree char *length = nap_member_shown(row, time);

		nap_html_format(html, " data-s=\"%s\"", length);
	}
	nap_html_format(html, ">%s</td>", shown);
}

void nap_html_rows(GString *html, JsonArray *rows, const struct nap_html_column *columns, const char *id,
	const char *caption)
{
	g_autoptr(GPtrArray) kept = g_ptr_array_new();

	if (nap_array_length(rows) == 0)
		return;
	for (const struct nap_html_column *c = columns; c->member; c++)
		if (is_there(rows, c))
			g_ptr_array_add(kept, (void *)c);
	nap_html_table_begin(html, id, caption);
	for (guint i = 0; i < kept->len; i++)
		head(html, kept->pdata[i]);
	g_string_append(html, "</tr></thead>\n<tbody>\n");
	for (guint k = 0; k < nap_array_length(rows); k++) {
		JsonObject *row = nap_element_object(rows, k);

		g_string_append(html, "<tr>");
		for (guint i = 0; row && i < kept->len; i++)
			cell(html, row, kept->pdata[i]);
		g_string_append(html, "</tr>\n");
	}
	nap_html_table_end(html, id);
}
