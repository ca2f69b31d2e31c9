/* SPDX-License-Identifier: BSD-2-Clause */
/* What a check says: how many requirements are violated, the MUSTs by name, and each verdict with its experiment. */
#include <stdbool.h>
#include <string.h>

#include "report/html_json.h"
#include "report/html_parts.h"
#include "report/html_rows.h"
#include "report/html_text.h"

static bool is_broken_must(JsonObject *r)
{
	return r && strcmp(nap_member_text(r, "level"), "MUST") == 0 &&
	       strcmp(nap_member_text(r, "verdict"), "violates") == 0;
}

/* The MUSTs that a thing violates, as items of a list. */
static void broken(GString *html, JsonObject *judged)
{
	JsonArray *all = nap_member_array(judged, "requirements");

	for (guint i = 0; i < nap_array_length(all); i++) {
		JsonObject *r = nap_element_object(all, i);

		if (is_broken_must(r))
			nap_html_format(html,
				"<li>%s, %s section %s: %s <span class=\"soft\">Observed: %s.</span></li>\n",
				nap_member_text(judged, "subject"), nap_member_text(r, "document"),
				nap_member_text(r, "section"), nap_member_text(r, "text"),
				nap_member_text(r, "observed"));
	}
}

static void answer(GString *html, JsonObject *d)
{
	JsonArray *judged = nap_member_array(d, "judged");
	double musts = nap_member_number(d, "must_violations");
	g_autofree char *must = nap_member_shown(d, "must_violations"),
			*should = nap_member_shown(d, "should_violations");

	nap_html_format(html, "<p><strong>%s MUSTs and %s SHOULDs are violated</strong>%s</p>\n", must,
		should, musts > 0.0 ? ". The MUSTs:" : ".");
	if (!(musts > 0.0))
		return;
	g_string_append(html, "<ul>\n");
	for (guint i = 0; i < nap_array_length(judged); i++)
		if (nap_element_object(judged, i))
			broken(html, nap_element_object(judged, i));
	g_string_append(html, "</ul>\n");
}

static const struct nap_html_column columns[] = { { "id", "requirement", NAP_HTML_WORD, 0 },
	{ "document", "document", NAP_HTML_WORD, 0 }, { "section", "section", NAP_HTML_WORD, 0 },
	{ "keyword", "asked", NAP_HTML_WORD, 0 }, { "verdict", "verdict", NAP_HTML_WORD, 0 },
	{ "text", "what", NAP_HTML_LONG, 0 }, { "observed", "observed", NAP_HTML_LONG, 0 },
	{ "experiment", "experiment", NAP_HTML_LONG, 0 }, { NULL, NULL, NAP_HTML_WORD, 0 } };

static void tables(GString *html, JsonObject *d)
{
	JsonArray *judged = nap_member_array(d, "judged");

	g_string_append(html, "<h2 id=\"results\">Verdicts</h2>\n");
	for (guint i = 0; i < nap_array_length(judged); i++) {
		JsonObject *j = nap_element_object(judged, i);
		g_autofree char *id = g_strdup_printf("verdicts-%u", i + 1);

		nap_html_rows(html, nap_member_array(j, "requirements"), columns, id,
			nap_member_text(j, "subject"));
	}
}

const struct nap_html_document nap_html_check = { "check.json", "natnap-check",
	"Does it do what RFC 5383, 5382, 4787, 5508, 6888 and 7857 ask?", answer, tables, NULL };
