/* SPDX-License-Identifier: BSD-2-Clause */
/* What a discovery found, for people, for programs, and as a middlebox profile that a scenario can use. */
#ifndef NAP_REPORT_DISCOVERY_REPORT_H
#define NAP_REPORT_DISCOVERY_REPORT_H

#include <glib.h>

#include "discovery/discovery.h"

/*
 * The report as a table that grows: first the verdict on mapping, filtering and hole punching, as soon as that is known (it
 * takes seconds), then a row a test in the order in which they come to an end; at the end those that have not, the answer in a
 * sentence, and how often a client must speak. Whole: nothing before the end, and then what is known of the path first.
 */
struct nap_discovery_news;

/* Of d and origin, what was discovered: both must outlive it. Free with nap_discovery_news_free. */
struct nap_discovery_news *nap_discovery_news_new(
	const struct nap_discovery *d, const char *origin, bool whole);
void nap_discovery_news_free(struct nap_discovery_news *n);

/* The end is not near: what waits for it is told from now on as it becomes known. */
void nap_discovery_news_hurry(struct nap_discovery_news *n);

/* What has become known since the last call, "" when nothing, or it waits for the end; now: the prober's clock. Free with g_free. */
char *nap_discovery_news_take(struct nap_discovery_news *n, nap_time now);

/* All the rest, once. Free with g_free. */
char *nap_discovery_news_end(struct nap_discovery_news *n);

/* All of it as a document: origin says what was discovered (a scenario's file, a server's name). Free with g_free. */
char *nap_discovery_json(const struct nap_discovery *d, const char *origin);

/* Its timers as rows of CSV: test,title,state,value_s,alive_at_s,dead_at_s; empty: never, or not known. g_free. */
char *nap_discovery_timers_csv(const struct nap_discovery *d);

/* How many of its tests came to an answer. */
uint32_t nap_discovery_answered(const struct nap_discovery *d);

/*
 * A middlebox profile that behaves as what was found. Keys that nothing was found for are left out, and named under
 * `unverified`, as are those of doubts (NULL-terminated, may be NULL): keys that the path under test itself, a
 * simulated one, has from unsure profiles.
 */
char *nap_discovery_profile(const struct nap_discovery *d, const char *origin, const char *const *doubts);

/* A timer's value as it goes into a profile: the roundest time of its bracket, "never" beyond the search. g_free. */
char *nap_finding_value(const struct nap_finding *f);

/* Has its test come to an answer, be it that a timer is beyond what was tried? */
bool nap_finding_answered(const struct nap_finding *f);

/* The answer in a few words. Free with g_free. */
char *nap_finding_result(const struct nap_finding *f);

#endif
