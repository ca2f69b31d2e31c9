/* SPDX-License-Identifier: BSD-2-Clause */
/* A run as JSON: the same rows as summary.csv, with full provenance. */
#ifndef NAP_REPORT_RUN_JSON_H
#define NAP_REPORT_RUN_JSON_H

#include "io/json.h"

#include "report/results.h"

/* Where a run's numbers come from. All texts are the caller's. */
struct nap_provenance {
	const char *path, *text, *sha256; /* the scenario */
	const char *const *overrides;     /* GROUP.KEY=VALUE as given, NULL-terminated; or NULL */
	const char *const *profile_names; /* "middlebox/linux" ..., NULL-terminated */
	const char *const *profile_texts; /* in the same order */
	uint64_t seed;
	const GPtrArray *unsure;   /* struct nap_unsure of these profiles; NULL: not asked */
	const GPtrArray *warnings; /* texts: what the scenario contradicts or never reads; NULL: not asked */
	const char *timeline;      /* of the first subscriber, as timeline.csv; NULL: not asked for */
};

struct nap_advices;

/* One run as a JSON object; advices: what follows from a sweep of client.interval, or NULL. */
JsonNode *nap_run_json(const struct nap_results *r, const struct nap_advices *advices,
	const struct nap_scenario *sc, const struct nap_provenance *from);

/* Members of an object that stands open: where numbers come from; what was swept in a row; its metrics with their intervals. */
void nap_run_json_provenance(
	JsonBuilder *b, const struct nap_scenario *sc, const struct nap_provenance *from);
void nap_run_json_values(JsonBuilder *b, const struct nap_results *r, const struct nap_row *row);
void nap_run_json_metrics(JsonBuilder *b, const struct nap_results *r, const struct nap_row *row);

/* Is it a run's document that says that replications are missing? */
bool nap_run_json_is_partial(JsonNode *document);

#endif
