/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A scenario with its sweep and replications, from its text to its document natnap-run/1: what `natnap run`, the embedding library
 * and the explorer's page share, so that all of them give the same bytes.
 */
#ifndef NAP_EMBED_STUDY_H
#define NAP_EMBED_STUDY_H

#include <json-glib/json-glib.h>

#include "io/sweep.h"
#include "parallel/campaign.h"
#include "report/advice.h"
#include "report/timeline.h"
#include "report/results.h"

/* Zero it first; nap_study_clear frees all that is set. */
struct nap_study {
	struct nap_document *document; /* the caller sets it, and the goal */
	struct nap_tune_goal goal;     /* what an interval is recommended for */
	struct nap_override *overrides;
	uint32_t n_overrides;
	struct nap_sweep *sweep;
	struct nap_scenario **scenario; /* one a sweep point */
	const char ***values;
	struct nap_campaign campaign; /* before it is run the caller sets threads, stop, progress, journal */
	struct nap_results *results;
	struct nap_advices *advices;
	struct nap_timeline *timeline; /* of nap_study_watch */
	struct nap_observer observer;
};

/* What is set over the document: GROUP.KEY=VALUE, NULL-terminated (or NULL), with room for so many overrides more. False with a reason. */
bool nap_study_set(struct nap_study *s, const char *const *set, uint32_t room, GError **error);

/* All its points, planned. False with an input error ("FILE:LINE: [group] key: reason"). */
bool nap_study_load(struct nap_study *s, GError **error);

/* What in it contradicts itself, and which keys nothing reads: texts. Free with g_ptr_array_unref. */
GPtrArray *nap_study_warnings(const struct nap_study *s);

/* struct nap_unsure of its profiles at all points, each profile once. Free with g_ptr_array_unref. */
GPtrArray *nap_study_unsure(const struct nap_study *s);

/* The document is to have what the first subscriber did at the first point. Before it is run. */
void nap_study_watch(struct nap_study *s);

/* Run all replications, or until it is stopped; then results and advices are there. */
void nap_study_run(struct nap_study *s);

/* Names ("radio/lte") and texts (the profiles' own) of the profiles of a scenario and its kinds, or of all points, each once. */
void nap_collect_profiles(const struct nap_scenario *sc, GPtrArray *names, GPtrArray *texts);
void nap_study_profiles(const struct nap_study *s, GPtrArray *names, GPtrArray *texts);

/* The results as natnap-run/1; path and set as the user gave them. */
JsonNode *nap_study_json(const struct nap_study *s, const char *path, const char *const *set);

void nap_study_clear(struct nap_study *s);

#endif
