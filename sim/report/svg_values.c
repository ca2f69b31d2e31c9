/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/svg_values.h"

#include <string.h>

#include "report/html_text.h"
#include "text/input_error.h"

/* What a mouse needs, and none of the picture. */
static const char *const dropped[] = { "script", "filter", "desc", "title", "image", "a", NULL };

#define CALL "gnuplot_svg.showHypertext(evt,'"

struct plain {
	GString *svg;
	unsigned depth, out; /* how deep; from which depth on nothing is taken, 0: all is */
	bool open;           /* the last tag may still be closed at once */
	bool any;
};

static const char *attribute(const gchar **names, const gchar **values, const char *name)
{
	for (unsigned i = 0; names[i]; i++)
		if (g_str_equal(names[i], name))
			return values[i];
	return "";
}

static void close_tag(struct plain *p)
{
	if (p->open)
		g_string_append_c(p->svg, '>');
	p->open = false;
}

/* The text that a point tells a mouse; NULL: none. */
static char *value_of(const gchar **names, const gchar **values)
{
	const char *call = attribute(names, values, "onmousemove");
	const char *end = strrchr(call, '\'');

	if (!g_str_has_prefix(call, CALL) || end < call + strlen(CALL))
		return NULL;
	return g_strndup(call + strlen(CALL), (gsize)(end - call) - strlen(CALL));
}

static void begin(GMarkupParseContext *context, const gchar *element, const gchar **names,
	const gchar **values, gpointer user, GError **error)
{
	struct plain *p = user;
	g_autofree char *value = value_of(names, values);
	bool page = *attribute(names, values, "onclick") && g_str_equal(element, "rect"); /* needs no frame */

	(void)context;
	(void)error;
	p->depth++;
	if (p->out || g_strv_contains(dropped, element) ||
		g_str_equal(attribute(names, values, "visibility"), "hidden")) {
		p->out = p->out ? p->out : p->depth;
		return;
	}
	close_tag(p);
	g_string_append_printf(p->svg, "<%s", element);
	for (unsigned i = 0; names[i]; i++)
		if (!g_str_has_prefix(names[i], "on") && !(page && g_str_has_prefix(names[i], "stroke")))
			nap_html_format(p->svg, " %s=\"%s\"", names[i], values[i]);
	if (value)
		nap_html_format(p->svg, " class=\"" NAP_SVG_VALUE "\" aria-label=\"%s\"", value);
	p->open = true;
	p->any |= p->depth == 1 && g_str_equal(element, "svg");
}

static void end(GMarkupParseContext *context, const gchar *element, gpointer user, GError **error)
{
	struct plain *p = user;

	(void)context;
	(void)error;
	if (!p->out) {
		if (p->open)
			g_string_append(p->svg, "/>");
		else
			g_string_append_printf(p->svg, "</%s>", element);
		p->open = false;
	}
	if (p->out == p->depth)
		p->out = 0;
	p->depth--;
}

/* Blanks between shapes are one line's end. */
static void text(GMarkupParseContext *context, const gchar *chars, gsize n, gpointer user, GError **error)
{
	struct plain *p = user;
	g_autofree char *copy = g_strndup(chars, n);

	(void)context;
	(void)error;
	if (p->out)
		return;
	if (*copy && strspn(copy, " \t\r\n") == strlen(copy)) {
		if (strchr(copy, '\n') && !p->open && p->svg->len && p->svg->str[p->svg->len - 1] != '\n')
			g_string_append_c(p->svg, '\n');
		return;
	}
	close_tag(p);
	nap_html_text(p->svg, copy);
}

GString *nap_svg_values(const char *svg, GError **error)
{
	static const GMarkupParser parser = { .start_element = begin, .end_element = end, .text = text };
	struct plain p = { .svg = g_string_new("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n") };
	GMarkupParseContext *context = g_markup_parse_context_new(&parser, 0, &p, NULL);
	g_autoptr(GError) why = NULL;
	bool ok = g_markup_parse_context_parse(context, svg, -1, &why) &&
		  g_markup_parse_context_end_parse(context, &why) && p.any;

	g_markup_parse_context_free(context);
	if (ok) {
		g_string_append_c(p.svg, '\n');
		return p.svg;
	}
	g_string_free(p.svg, TRUE);
	nap_fail(error, "gnuplot's picture is no SVG: %s", why ? why->message : "it has no <svg>");
	return NULL;
}
