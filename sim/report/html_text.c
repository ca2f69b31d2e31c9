/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/html_text.h"

void nap_html_text(GString *html, const char *text)
{
	g_autofree char *valid = text ? g_utf8_make_valid(text, -1) : g_strdup("");

	for (const char *c = valid; *c; c++) {
		switch (*c) {
		case '&':
			g_string_append(html, "&amp;");
			break;
		case '<':
			g_string_append(html, "&lt;");
			break;
		case '>':
			g_string_append(html, "&gt;");
			break;
		case '"':
			g_string_append(html, "&quot;");
			break;
		case '\'':
			g_string_append(html, "&#39;");
			break;
		default: /* control characters have no meaning in HTML but these */
			if ((guchar)*c >= ' ' || *c == '\n' || *c == '\t')
				g_string_append_c(html, *c);
		}
	}
}

void nap_html_format(GString *html, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	for (const char *c = format; *c; c++) {
		if (*c != '%') {
			g_string_append_c(html, *c);
			continue;
		}
		if (*++c == 's')
			nap_html_text(html, va_arg(args, const char *));
		else
			g_string_append_c(html, '%');
	}
	va_end(args);
}

void nap_html_table_begin(GString *html, const char *id, const char *caption)
{
	nap_html_format(html,
		"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"%s\">\n<table "
		"id=\"%s\">\n",
		caption, id);
	nap_html_format(html, "<caption>%s; a head sorts by its column</caption>\n<thead><tr>\n", caption);
}

void nap_html_table_end(GString *html, const char *id)
{
	nap_html_format(html,
		"</tbody>\n</table>\n</div>\n<button type=\"button\" class=\"copy\" data-table=\"%s\" "
		"hidden>Copy as CSV</button>\n",
		id);
}
