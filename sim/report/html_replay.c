/* SPDX-License-Identifier: BSD-2-Clause */
/* What a replay says: the energy of a trace, what its flows paid, what middleboxes would have cut. */
#include <math.h>

#include "report/html_json.h"
#include "report/html_parts.h"
#include "report/html_rows.h"
#include "report/html_text.h"
#include "report/text_table.h"

static void answer(GString *html, JsonObject *r)
{
	double energy = nap_member_number(r, "energy_j"),
	       keepalives = nap_member_number(r, "energy_keepalive_j"),
	       battery = nap_member_number(r, "battery_percent_per_day"),
	       hours = nap_member_number(r, "duration_s") / 3600.0;
	g_autofree char *joules = nap_digits_text(energy / 1e3, 4), *length = nap_digits_text(hours, 3),
			*share = g_strdup_printf("%.0f", 100.0 * keepalives / energy),
			*day = nap_digits_text(battery, 3), *flows = nap_member_shown(r, "flows_total"),
			*cut = nap_member_shown(r, "flows_cut"),
			*used = nap_member_shown(r, "flows_used_after_cut"),
			*kept = nap_member_shown(r, "flows_with_keepalives");

	nap_html_format(
		html, "<p>These %s h of packets cost the radio <strong>%s kJ</strong>", length, joules);
	if (!isnan(battery))
		nap_html_format(html, ", %s %% of the battery a day", day);
	if (energy > 0.0 && keepalives >= 0.0)
		nap_html_format(html, "; %s %% of it for keepalives", share);
	nap_html_format(html,
		".</p>\n<p>Of %s flows %s send keepalives, and middleboxes cut %s; used "
		"after it was cut: %s.</p>\n",
		flows, kept, cut, used);
	if (*nap_member_text(r, "broken"))
		nap_html_format(html, "<p><strong>The trace breaks off</strong>: %s</p>\n",
			nap_member_text(r, "broken"));
}

static const struct nap_html_column flow_columns[] = { { "number", "flow", NAP_HTML_NUMBER, 0 },
	{ "proto", "protocol", NAP_HTML_WORD, 0 }, { "device", "device", NAP_HTML_WORD, 0 },
	{ "remote", "remote", NAP_HTML_WORD, 0 }, { "packets", "packets", NAP_HTML_NUMBER, 0 },
	{ "bytes", "bytes", NAP_HTML_NUMBER, 0 }, { "energy_j", "energy J", NAP_HTML_NUMBER, 0 },
	{ "keepalive_period_s", "keepalive every s", NAP_HTML_NUMBER, 0 },
	{ "keepalive.shape", "keepalive", NAP_HTML_WORD, 0 },
	{ "keepalive.energy_j", "its energy J", NAP_HTML_NUMBER, 0 },
	{ "longest_gap_s", "longest gap s", NAP_HTML_NUMBER, 0 },
	{ "used_after_cut_at_s", "used after a cut, at s", NAP_HTML_NUMBER, 0 },
	{ "reachable_fraction", "reachable", NAP_HTML_NUMBER, 0 }, { NULL, NULL, NAP_HTML_WORD, 0 } };

static const struct nap_html_column sums[] = { { "energy_j", "energy J", NAP_HTML_NUMBER, 0 },
	{ "battery_percent_per_day", "battery %/day", NAP_HTML_NUMBER, 0 },
	{ "energy_keepalive_j", "keepalives J", NAP_HTML_NUMBER, 0 },
	{ "radio_promotions", "promotions", NAP_HTML_NUMBER, 0 },
	{ "radio_connected_s", "connected s", NAP_HTML_NUMBER, 0 },
	{ "flows_cut", "flows cut", NAP_HTML_NUMBER, 0 },
	{ "flows_used_after_cut", "used after a cut", NAP_HTML_NUMBER, 0 } };

/* The keys of --what-if are the texts of a row. */
static void what_if(GString *html, JsonArray *list)
{
	g_autoptr(GArray) columns = g_array_new(TRUE, TRUE, sizeof(struct nap_html_column));
	JsonObject *first = nap_array_length(list) ? nap_element_object(list, 0) : NULL;
	g_autoptr(GList) names = first ? json_object_get_members(first) : NULL;

	for (GList *l = names; l; l = l->next) {
		struct nap_html_column c = { l->data, l->data, NAP_HTML_WORD, 0 };

		if (*nap_member_text(first, l->data))
			g_array_append_val(columns, c);
	}
	g_array_append_vals(columns, sums, G_N_ELEMENTS(sums));
	nap_html_rows(html, list, (const struct nap_html_column *)(void *)columns->data, "what-if",
		"What other values would change");
}

static void states(GString *html, JsonObject *all)
{
	g_autoptr(GList) names = all ? json_object_get_members(all) : NULL;

	if (!names)
		return;
	g_string_append(html, "<h3>Time in each state of the radio (s)</h3>\n<dl class=\"facts\">\n");
	for (GList *l = names; l; l = l->next) {
		g_autofree char *seconds = g_strdup_printf("%.1f", nap_member_number(all, l->data));

		nap_html_format(html, "<dt>%s</dt><dd>%s</dd>\n", (const char *)l->data, seconds);
	}
	g_string_append(html, "</dl>\n");
}

static void tables(GString *html, JsonObject *r)
{
	g_string_append(html, "<h2 id=\"results\">Results</h2>\n");
	what_if(html, nap_member_array(r, "what_if"));
	nap_html_rows(html, nap_member_array(r, "flows"), flow_columns, "flows", "Each flow");
	states(html, nap_member_object(r, "states"));
}

const struct nap_html_document nap_html_replay = { "replay.json", "natnap-replay",
	"What did the packets of this trace cost the radio, who paid for them, and what would middleboxes "
	"have cut?",
	answer, tables, NULL };
