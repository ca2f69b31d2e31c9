/* SPDX-License-Identifier: BSD-2-Clause */
/* A list of a document as a table that sorts and can be copied: named members, those that no row has left out. */
#ifndef NAP_REPORT_HTML_ROWS_H
#define NAP_REPORT_HTML_ROWS_H

#include <json-glib/json-glib.h>

struct nap_html_column {
	const char *member; /* "keepalive.shape": of an object inside */
	const char *head;
	enum nap_html_cell { NAP_HTML_NUMBER, NAP_HTML_WORD, NAP_HTML_LONG } cell; /* LONG: text that wraps */
	double factor; /* of what is shown; 0: none. What is copied stays as it is */
};

/* columns end with a NULL member; id: of the element. Nothing where there are no rows. */
void nap_html_rows(GString *html, JsonArray *rows, const struct nap_html_column *columns, const char *id,
	const char *caption);

#endif
