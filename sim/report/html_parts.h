/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of a report's page: each appends its own, from a run's document. */
#ifndef NAP_REPORT_HTML_PARTS_H
#define NAP_REPORT_HTML_PARTS_H

#include "report/html_report.h"

/* A kind of document: what it is called in its folder, and its own parts of the page. */
struct nap_html_document {
	const char *file, *schema; /* schema without "/1" */
	const char *question;
	void (*answer)(GString *html, JsonObject *document); /* what to do, and what comes of it */
	void (*tables)(GString *html, JsonObject *document);
	/* what made it, without --out, where the document does not say it; NULL: it does */
	void (*command)(GString *line, JsonObject *document);
};

extern const struct nap_html_document nap_html_run, nap_html_tune, nap_html_tunes, nap_html_replay,
	nap_html_discovery, nap_html_check, nap_html_sensitivity, nap_html_sensitivities;

/* "reachable 99 % of the time, at 14.9 % of the battery a day", of an object that has these metrics. */
void nap_html_sentence(GString *html, JsonObject *point);
/* The document's warnings, and what its profiles are not sure of. */
void nap_html_warnings(GString *html, JsonObject *document);
/* The points of a run: what people ask for, and all there is. */
void nap_html_tables(GString *html, JsonObject *run);
/* natnap run with the overrides of its scenario; --seed and --replications, unless they are swept. */
void nap_html_run_command(GString *line, JsonObject *run);
/* The scenario and the profiles, whole. */
void nap_html_sources(GString *html, JsonObject *run);
/* The program, the seed, the command. */
void nap_html_provenance(GString *html, const struct nap_html_source *from);

#endif
