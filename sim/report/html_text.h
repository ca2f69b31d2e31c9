/* SPDX-License-Identifier: BSD-2-Clause */
/* Text as HTML: whatever it holds, it stays text. */
#ifndef NAP_REPORT_HTML_TEXT_H
#define NAP_REPORT_HTML_TEXT_H

#include <glib.h>

/* Append text that means nothing to a browser, between tags or in a quoted attribute; NULL: nothing. */
void nap_html_text(GString *html, const char *text);

/* Append a format whose arguments are texts alone (%s, and %% for a sign), each of them made harmless. */
void nap_html_format(GString *html, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* A table of a page, up to its heads, which are cells of its first row; and its end, with a button that copies it. */
void nap_html_table_begin(GString *html, const char *id, const char *caption);
void nap_html_table_end(GString *html, const char *id);

#endif
