/* SPDX-License-Identifier: BSD-2-Clause */
/* For tests: a scenario's text to its replications. */
#ifndef NAP_TESTS_HARNESS_H
#define NAP_TESTS_HARNESS_H

#include <glib.h>
#include <string.h>

#include "io/scenario.h"
#include "parallel/campaign.h"
#include "report/results.h"

/* A run of one scenario; free with h_free. */
struct h_run {
	struct nap_scenario *sc;
	struct nap_point point;
	struct nap_campaign campaign;
	struct nap_results *results;
};

static inline struct nap_scenario *h_scenario(const char *text)
{
	GError *error = NULL;
	struct nap_document *doc = nap_document_new("test.ini", ".", text, strlen(text), &error);
	struct nap_scenario *sc;

	g_assert_no_error(error);
	sc = nap_scenario_new(doc, NULL, 0, &error);
	g_assert_no_error(error);
	nap_document_free(doc);
	return sc;
}

/* Run text (a whole scenario) with so many threads. observer (or NULL) watches its first subscriber; *gathered (or NULL): the first replication's. */
static inline struct h_run *h_run_gathered(
	const char *text, uint32_t threads, const struct nap_observer *observer, struct nap_gather **gathered)
{
	struct h_run *h = g_new0(struct h_run, 1);
	const char *why = NULL;
	uint32_t bad;

	h->sc = h_scenario(text);
	h->point.sc = h->sc;
	h->point.observer = observer;
	h->point.gathered = gathered;
	h->campaign.point = &h->point;
	h->campaign.n = 1;
	h->campaign.threads = threads;
	g_assert_true(nap_campaign_plan(&h->campaign, &why, &bad));
	g_assert_true(nap_campaign_run(&h->campaign));
	h->results = nap_results_new(&h->campaign, NULL, 0, (const char *const *const[]){ NULL });
	return h;
}

static inline struct h_run *h_run_watched(
	const char *text, uint32_t threads, const struct nap_observer *observer)
{
	return h_run_gathered(text, threads, observer, NULL);
}

static inline struct h_run *h_run(const char *text, uint32_t threads)
{
	return h_run_watched(text, threads, NULL);
}

static inline void h_free(struct h_run *h)
{
	nap_results_free(h->results);
	nap_campaign_clear(&h->campaign);
	nap_scenario_free(h->sc);
	g_free(h);
}

static inline double h_mean(const struct h_run *h, const char *metric)
{
	int col = nap_results_column(h->results, metric);

	g_assert_cmpint(col, >=, 0);
	return h->results->row[0].mean[col];
}

/* Bytes a subscriber of an application takes in the global order. */
static inline size_t h_population_bytes(const char *application)
{
	g_autofree char *text =
		g_strdup_printf("[scenario]\nduration = 1h\n[client]\napplication = %s\n", application);
	struct nap_scenario *sc = h_scenario(text);
	struct nap_line line = { .path = &sc->path,
		.client = nap_scenario_client(sc),
		.server = { &sc->app, &sc->server, sc->policy, sc->policy_config } };
	size_t bytes = nap_subscriber_bytes(&line);

	nap_scenario_free(sc);
	return bytes;
}

#endif
