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

static void begin(GString *html, const char *title, const char *question)
{
	g_string_append(html, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
			      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
	policy(html);
	nap_html_format(html, "<title>%s</title>\n", title);
	g_string_append_printf(html, "<style>\n%s</style>\n</head>\n<body>\n<main>\n", nap_html_style);
	nap_html_format(html, "<h1>%s</h1>\n", title);
	nap_html_format(html, "<p class=\"soft\">%s</p>\n", question);
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

static const struct nap_html_document *const documents[] = { &nap_html_run, &nap_html_tune, &nap_html_tunes,
	&nap_html_replay, &nap_html_discovery, &nap_html_check, &nap_html_sensitivity,
	&nap_html_sensitivities, NULL };

const char *nap_html_document_file(unsigned i)
{
	return i + 1 < G_N_ELEMENTS(documents) ? documents[i]->file : NULL;
}

const char *nap_html_document_schema(const char *file)
{
	unsigned i = 0;

	while (documents[i + 1] && !g_str_equal(documents[i]->file, file))
		i++;
	return documents[i]->schema;
}

const struct nap_html_document *nap_html_document_kind(const char *file, JsonObject *document)
{
	const char *schema = nap_member_text(document, "schema");

	for (unsigned i = 0; documents[i]; i++) {
		g_autofree char *whole = g_strconcat(documents[i]->schema, "/1", NULL);

		if (g_str_equal(file, documents[i]->file) && g_str_equal(schema, whole))
			return documents[i];
	}
	return NULL;
}

/* Its own, or what it is of. */
static const char *title_of(JsonObject *document)
{
	static const char *const names[] = { "title", "trace", "origin" };
	const char *title = "";

	for (size_t i = 0; i < G_N_ELEMENTS(names) && !*title; i++)
		title = nap_member_text(document, names[i]);
	return *title ? title : nap_member_text(nap_member_object(document, "scenario"), "file");
}

GString *nap_html_report(const struct nap_html_source *from)
{
	GString *html = g_string_new(NULL);

	begin(html, title_of(from->document), from->kind->question);
	g_string_append(html, "<section class=\"answer\" aria-label=\"Answer\">\n");
	from->kind->answer(html, from->document);
	g_string_append(html, "</section>\n");
	nap_html_warnings(html, from->document);
	figures(html, from);
	from->kind->tables(html, from->document);
	nap_html_sources(html, from->document);
	nap_html_provenance(html, from);
	g_string_append_printf(html,
		"<p id=\"said\" role=\"status\" class=\"soft\"></p>\n</main>\n<div id=\"tip\" "
		"aria-hidden=\"true\" hidden></div>\n<script>%s</script>\n</body>\n</html>\n",
		nap_html_script);
	return html;
}
