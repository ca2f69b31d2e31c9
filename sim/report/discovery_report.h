/* SPDX-License-Identifier: BSD-2-Clause */
/* What a discovery found, for people, for programs, and as a middlebox profile that a scenario can use. */
#ifndef NAP_REPORT_DISCOVERY_REPORT_H
#define NAP_REPORT_DISCOVERY_REPORT_H

#include <glib.h>

#include "discovery/discovery.h"

/* All of them: origin says what was discovered (a scenario's file, a server's name). Free with g_free. */
char *nap_discovery_text(const struct nap_discovery *d, const char *origin);
char *nap_discovery_json(const struct nap_discovery *d, const char *origin);

/* How many of its tests came to an answer. */
uint32_t nap_discovery_answered(const struct nap_discovery *d);

/* A middlebox profile that behaves as what was found; keys that nothing was found for are left out. */
char *nap_discovery_profile(const struct nap_discovery *d, const char *origin);

/* A timer's value as it goes into a profile: the roundest time of its bracket, "never" beyond the search. g_free. */
char *nap_finding_value(const struct nap_finding *f);

#endif
