/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/html_figure.h"

#include <string.h>

#include "report/html_text.h"
#include "report/svg_values.h"

/* What stays of a picture; all else goes with what is in it. There is nothing here that loads, links or runs. */
static const char *const elements[] = { "svg", "g", "defs", "path", "circle", "ellipse", "rect", "line",
	"polyline", "polygon", "text", "tspan", "use", "pattern", "clipPath", "linearGradient",
	"radialGradient", "stop", NULL };

struct filter {
	GString *html;
	const char *name, *label;
	unsigned depth, dropped; /* how deep; from which depth on nothing is taken, 0: all is */
	unsigned value;          /* depth of the point that tells a value, 0: none */
	unsigned values;
	bool told; /* there are such points */
	bool any;
};

/* Identifiers are of this picture: "#x" becomes "#NAME-x". */
static char *renamed(const struct filter *f, const char *value)
{
	g_auto(GStrv) parts = g_strsplit(value, "#", -1);
	g_autofree char *mark = g_strdup_printf("#%s-", f->name);

	return g_strjoinv(mark, parts);
}

static void attribute(struct filter *f, const char *name, const char *value)
{
	const char *colon = strchr(name, ':'), *bare = colon ? colon + 1 : name;
	g_autofree char *own = NULL;

	if (g_str_has_prefix(bare, "on") || g_str_has_prefix(name, "xmlns") || g_str_equal(bare, "base"))
		return;
	if (g_str_equal(bare, "href")) {
		if (*value != '#')
			return;
		own = renamed(f, value);
		nap_html_format(f->html, " href=\"%s\"", own);
	} else if (g_str_equal(name, "id")) {
		nap_html_format(f->html, " id=\"%s-%s\"", f->name, value);
	} else if (strstr(value, "url(")) { /* of a part of this picture, or not at all */
		if (!g_str_has_prefix(value, "url(#") || strstr(value + 1, "url("))
			return;
		own = renamed(f, value);
		nap_html_format(f->html, " %s=\"%s\"", name, own);
	} else if (!colon) {
		nap_html_format(f->html, " %s=\"%s\"", name, value);
	}
}

static bool is_value(const gchar **names, const gchar **values)
{
	for (unsigned i = 0; names[i]; i++)
		if (g_str_equal(names[i], "class") && g_str_equal(values[i], NAP_SVG_VALUE))
			return true;
	return false;
}

static void begin(GMarkupParseContext *context, const gchar *element, const gchar **names,
	const gchar **values, gpointer user, GError **error)
{
	struct filter *f = user;
	bool first = f->depth++ == 0;

	(void)context;
	if (first && !g_str_equal(element, "svg")) {
		g_set_error_literal(error, G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT, "no picture");
		return;
	}
	if (f->dropped || !g_strv_contains(elements, element)) {
		f->dropped = f->dropped ? f->dropped : f->depth;
		return;
	}
	g_string_append_printf(f->html, "<%s", element);
	if (first)
		nap_html_format(
			f->html, " role=\"%s\" aria-label=\"%s\"", f->told ? "group" : "img", f->label);
	if (!f->value && g_str_equal(element, "g") && is_value(names, values)) {
		/* the first takes the keyboard's focus, arrows go on from there */
		g_string_append_printf(f->html, " role=\"img\" tabindex=\"%d\"", f->values++ ? -1 : 0);
		f->value = f->depth;
	}
	for (unsigned i = 0; names[i]; i++)
		if (!first || !(g_str_equal(names[i], "role") || g_str_has_prefix(names[i], "aria-")))
			attribute(f, names[i], values[i]);
	g_string_append_c(f->html, '>');
	f->any = true;
}

static void end(GMarkupParseContext *context, const gchar *element, gpointer user, GError **error)
{
	struct filter *f = user;

	(void)context;
	(void)error;
	if (!f->dropped)
		g_string_append_printf(f->html, "</%s>", element);
	if (f->dropped == f->depth)
		f->dropped = 0;
	if (f->value == f->depth)
		f->value = 0;
	f->depth--;
}

static void text(GMarkupParseContext *context, const gchar *chars, gsize n, gpointer user, GError **error)
{
	struct filter *f = user;
	g_autofree char *copy = g_strndup(chars, n);

	(void)context;
	(void)error;
	if (!f->dropped)
		nap_html_text(f->html, copy);
}

bool nap_html_svg(GString *html, const char *svg, const char *name, const char *label)
{
	static const GMarkupParser parser = { .start_element = begin, .end_element = end, .text = text };
	struct filter f = { .html = html,
		.name = name,
		.label = label,
		.told = strstr(svg, "class=\"" NAP_SVG_VALUE "\"") != NULL };
	gsize before = html->len;
	GMarkupParseContext *context = g_markup_parse_context_new(&parser, 0, &f, NULL);
	bool ok = g_markup_parse_context_parse(context, svg, -1, NULL) &&
		  g_markup_parse_context_end_parse(context, NULL) && f.any;

	g_markup_parse_context_free(context);
	if (!ok)
		g_string_truncate(html, before);
	return ok;
}
