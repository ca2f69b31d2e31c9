/* SPDX-License-Identifier: BSD-2-Clause */
/* Conformance reports for people, for programs and for documents. */
#ifndef NAP_REPORT_CONFORMANCE_REPORT_H
#define NAP_REPORT_CONFORMANCE_REPORT_H

#include <glib.h>

#include "conformance/conformance.h"

/* What one middlebox, or the client, was judged to be. */
struct nap_judged {
	char *title;       /* "middlebox home", "client" */
	GArray *judgement; /* struct nap_judgement */
};

/* A list of struct nap_judged that frees its elements. */
GPtrArray *nap_judged_list_new(void);
struct nap_judged *nap_judged_add(GPtrArray *list, const char *title);

/* Violations of that level in all of the list. */
uint32_t nap_judged_violations(const GPtrArray *list, enum nap_level level);

/* origin: what was judged, as asked for. Free with g_free. */
char *nap_conformance_text(const GPtrArray *list, const char *origin);
char *nap_conformance_json(const GPtrArray *list, const char *origin);
char *nap_conformance_markdown(const GPtrArray *list, const char *origin);
char *nap_conformance_csv(const GPtrArray *list);

#endif
