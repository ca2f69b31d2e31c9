/* SPDX-License-Identifier: BSD-2-Clause */
/* What a discovery or a probe says: how often to speak, what the path does, and the evidence for it. */
#include <math.h>
#include <string.h>

#include "report/html_json.h"
#include "report/html_parts.h"
#include "report/html_rows.h"
#include "report/html_text.h"
#include "report/text_table.h"

static void speak(GString *html, JsonObject *verdict, const char *member, const char *transport)
{
	JsonObject *s = nap_member_object(verdict, member);
	g_autofree char *every = g_strdup_printf("%.6g", nap_member_number(s, "every_s")),
			*alive = g_strdup_printf("%.4g", nap_member_number(s, "alive_at_s"));

	if (!s || isnan(nap_member_number(s, "every_s")))
		return;
	nap_html_format(html,
		"<p>Over %s a client must speak every <strong>%s s</strong>: an idle flow lives %s s",
		transport, every, alive);
	g_string_append(html, json_object_get_boolean_member_with_default(s, "longer_not_tried", FALSE)
				      ? "; longer was not tried.</p>\n"
				      : ".</p>\n");
}

/* What a path does, as the verdict has it. */
static const struct habit {
	const char *member, *words;
} habits[] = { { "nat_type", "Type" }, { "mapping", "Mapping" }, { "filtering", "Filtering" },
	{ "tcp_mapping", "Mapping of TCP" }, { "tcp_filtering", "Filtering of TCP" },
	{ "hole_punching_udp", "Hole punching over UDP" },
	{ "hole_punching_tcp", "Hole punching over TCP" } };

static void tell_habits(GString *html, JsonObject *verdict)
{
	g_autoptr(GString) unknown = g_string_new(NULL);

	g_string_append(html, "<dl class=\"facts\">\n");
	for (size_t i = 0; i < G_N_ELEMENTS(habits); i++) {
		const char *word = nap_member_text(verdict, habits[i].member);

		if (strcmp(word, "unknown") == 0)
			g_string_append_printf(
				unknown, "%s%s", unknown->len > 0 ? "; " : "", habits[i].words);
		else if (*word)
			nap_html_format(html, "<dt>%s</dt><dd>%s</dd>\n", habits[i].words, word);
	}
	g_string_append(html, "</dl>\n");
	if (unknown->len > 0)
		nap_html_format(
			html, "<p class=\"soft\">Not asked, or not found out: %s.</p>\n", unknown->str);
}

static void answer(GString *html, JsonObject *d)
{
	JsonObject *v = nap_member_object(d, "verdict");
	g_autofree char *error = nap_digits_text(100.0 * nap_member_number(d, "error"), 2);

	speak(html, v, "speak_udp", "UDP");
	speak(html, v, "speak_tcp", "TCP");
	tell_habits(html, v);
	if (!isnan(nap_member_number(d, "error")))
		nap_html_format(html,
			"<p class=\"soft\">Chance that any finding is wrong: at most %s %%.</p>\n", error);
}

static const struct nap_html_column columns[] = { { "test", "test", NAP_HTML_WORD, 0 },
	{ "port", "port", NAP_HTML_NUMBER, 0 }, { "title", "what", NAP_HTML_WORD, 0 },
	{ "state", "state", NAP_HTML_WORD, 0 }, { "answer", "answer", NAP_HTML_WORD, 0 },
	{ "flows", "flows", NAP_HTML_NUMBER, 0 }, { "value_s", "timer s", NAP_HTML_NUMBER, 0 },
	{ "alive_at_s", "alive at s", NAP_HTML_NUMBER, 0 }, { "dead_at_s", "dead at s", NAP_HTML_NUMBER, 0 },
	{ "trials", "trials", NAP_HTML_NUMBER, 0 }, { "error", "error at most", NAP_HTML_NUMBER, 0 },
	{ "detail", "evidence", NAP_HTML_LONG, 0 }, { NULL, NULL, NAP_HTML_WORD, 0 } };

static void tables(GString *html, JsonObject *d)
{
	g_string_append(html, "<h2 id=\"results\">Results</h2>\n");
	nap_html_rows(html, nap_member_array(d, "findings"), columns, "findings", "What each test found");
}

const struct nap_html_document nap_html_discovery = { "discovery.json", "natnap-discover",
	"How long does this path remember a silent flow, what may come in, and how often must a client "
	"speak?",
	answer, tables, NULL };
