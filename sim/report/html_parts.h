/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of a report's page: each appends its own, from a run's document. */
#ifndef NAP_REPORT_HTML_PARTS_H
#define NAP_REPORT_HTML_PARTS_H

#include "report/html_report.h"

/* What to do and what comes of it, then what to be careful about. */
void nap_html_answer(GString *html, JsonObject *run);
/* The points: what people ask for, and all there is. */
void nap_html_tables(GString *html, JsonObject *run);
/* The scenario and the profiles, whole. */
void nap_html_sources(GString *html, JsonObject *run);
/* The program, the seed, the command. */
void nap_html_provenance(GString *html, const struct nap_html_source *from);

#endif
