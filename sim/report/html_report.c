/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/html_report.h"

#include <string.h>

#include "report/html_figure.h"
#include "report/html_json.h"
#include "report/html_page.h"
#include "report/html_parts.h"
#include "report/html_text.h"

/* The browser is told that nothing may be loaded and that no script but ours may run, whatever the texts hold. */
static void policy(GString *html)
{
	guint8 digest[32];
	gsize n = sizeof digest;
	GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
	g_autofree char *base64 = NULL;

	g_checksum_update(sum, (const guchar *)nap_html_script, -1);
	g_checksum_get_digest(sum, digest, &n);
	g_checksum_free(sum);
	base64 = g_base64_encode(digest, n);
	nap_html_format(html,
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
		"'unsafe-inline'; "
		"script-src 'sha256-%s'; base-uri 'none'; form-action 'none'\">\n",
		base64);
}

static void begin(GString *html, const char *title)
{
	g_string_append(html, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
			      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
	policy(html);
	nap_html_format(html, "<title>%s</title>\n", title);
	g_string_append_printf(html, "<style>\n%s</style>\n</head>\n<body>\n<main>\n", nap_html_style);
	nap_html_format(html, "<h1>%s</h1>\n", title);
	g_string_append(html, "<p class=\"soft\">How often must a client speak so that the middleboxes "
			      "between it and its server keep its "
			      "connection open, and what does that cost the battery?</p>\n");
}

static void figure(GString *html, const struct nap_html_figure *f)
{
	g_autofree char *name = g_strconcat("figure-", f->name, NULL);
	gsize before = html->len;

	nap_html_format(html,
		"<figure>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Figure: %s\">\n",
		f->help);
	if (!nap_html_svg(html, f->svg, name, f->help)) {
		g_string_truncate(html, before);
		nap_html_format(html, "<p class=\"warning\">%s: the picture cannot be read.</p>\n", f->name);
		return;
	}
	nap_html_format(html, "\n</div>\n<figcaption>%s</figcaption>\n</figure>\n", f->help);
}

static void figures(GString *html, const struct nap_html_source *from)
{
	if (from->n_figures == 0 && !from->no_figures)
		return;
	g_string_append(html, "<h2 id=\"figures\">Figures</h2>\n");
	for (unsigned i = 0; i < from->n_figures; i++)
		if (from->figure[i].svg)
			figure(html, &from->figure[i]);
	if (from->no_figures)
		nap_html_format(html, "<p class=\"warning\">%s</p>\n", from->no_figures);
}

GString *nap_html_report(const struct nap_html_source *from)
{
	GString *html = g_string_new(NULL);
	const char *title = nap_member_text(from->run, "title");

	begin(html, *title ? title : nap_member_text(nap_member_object(from->run, "scenario"), "file"));
	nap_html_answer(html, from->run);
	figures(html, from);
	nap_html_tables(html, from->run);
	nap_html_sources(html, from->run);
	nap_html_provenance(html, from);
	g_string_append_printf(html,
		"<p id=\"said\" role=\"status\" "
		"class=\"soft\"></p>\n</main>\n<script>%s</script>\n</body>\n</html>\n",
		nap_html_script);
	return html;
}
