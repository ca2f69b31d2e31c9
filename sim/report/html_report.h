/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a command wrote as one page of HTML that loads nothing: the answer, pictures, tables that sort, and all that the numbers
 * come from. A document and pictures as text in, text out.
 */
#ifndef NAP_REPORT_HTML_REPORT_H
#define NAP_REPORT_HTML_REPORT_H

#include <json-glib/json-glib.h>

/* A picture; texts are the caller's. */
struct nap_html_figure {
	const char *name, *help; /* "curve"; what it shows */
	const char *svg;         /* NULL: there is none */
};

struct nap_html_document; /* html_parts.h */

struct nap_html_source {
	JsonObject *document;
	const struct nap_html_document *kind;
	const struct nap_html_figure *figure;
	unsigned n_figures;
	const char *no_figures;      /* why some are not there, as a sentence; NULL: all are */
	const char *folder;          /* as the user named it */
	gboolean timeline, exchange; /* the run was asked for one */
};

/* Names of the documents that a folder may hold; NULL after the last. Two may have one name. */
const char *nap_html_document_file(unsigned i);

/* The schema of the first document of that name, without "/1". */
const char *nap_html_document_schema(const char *file);

/* What a document of that name is; NULL: it is not what natnap writes. */
const struct nap_html_document *nap_html_document_kind(const char *file, JsonObject *document);

/* The page. Free with g_string_free. */
GString *nap_html_report(const struct nap_html_source *from);

#endif
