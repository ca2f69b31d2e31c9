/* SPDX-License-Identifier: BSD-2-Clause */
/* What a sensitivity analysis found: for people (sensitivity_text.c) and programs (sensitivity_json.c); its picture is plot_tornado.c's. */
#ifndef NAP_REPORT_SENSITIVITY_REPORT_H
#define NAP_REPORT_SENSITIVITY_REPORT_H

#include "report/run_json.h"
#include "run/metrics.h"
#include "run/sensitivity.h"

/* A key and its range. */
struct nap_sensitivity_key {
	char *name, *lo, *hi; /* as a scenario has them; owned */
	double lo_s, hi_s;    /* times in seconds; NAN for others */
	bool logarithm;       /* sampled by it */
};

/* One analysis. */
struct nap_sensitivity_report {
	char *where;                     /* "middlebox.nat.udp = 30s"; "" where nothing else is swept */
	struct nap_sensitivity s;        /* found */
	struct nap_sensitivity_key *key; /* s.keys of them */
	const struct nap_metric *const *metric; /* s.metrics of them; the caller's */
	uint32_t replications;                  /* of a point */
	uint64_t points;                        /* that were simulated: no point twice */
	bool complete;
};

/* Free with nap_sensitivity_report_free: also its s. */
void nap_sensitivity_report_free(struct nap_sensitivity_report *r);

/* Keys by what they do to a metric, the strongest first: total index, then mu*. */
void nap_sensitivity_rank(const struct nap_sensitivity_report *r, uint32_t metric, uint32_t *key);

/* Does any key change the metric? */
bool nap_sensitivity_varies(const struct nap_sensitivity_report *r, uint32_t metric);

/* Which way the metric goes as the key grows: 1 up, -1 down, 0 both (mu is below nine tenths of mu*) or nowhere. */
int nap_sensitivity_way(const struct nap_sensitivity_report *r, uint32_t metric, uint32_t key);

GString *nap_sensitivity_text(const struct nap_sensitivity_report *r);

/* sensitivity.csv: a row a metric and key; where (with several), the range, effects, indices. */
GString *nap_sensitivity_csv(const struct nap_sensitivity_report *const *r, uint32_t n);

/* natnap-sensitivity/1; with several, natnap-sensitivities/1 around them. */
JsonNode *nap_sensitivity_json(const struct nap_sensitivity_report *const *r, uint32_t n,
	const struct nap_scenario *sc, const struct nap_provenance *from);

#endif
