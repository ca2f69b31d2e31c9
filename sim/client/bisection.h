/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bisection for the longest silence that a binding outlives, by keepalives that may
 * fail for other reasons: a failure counts when it has been verified, and the
 * search is opened again now and then, so that neither loss nor a changed
 * network keeps the interval low for ever.
 */
#ifndef NAP_CLIENT_BISECTION_H
#define NAP_CLIENT_BISECTION_H

#include "client/adapt.h"

struct nap_bisection_config {
	nap_time min, max;
	double resolution; /* done when the least failing silence is not more than this share above the longest that held */
	uint32_t verify;  /* failures in a row that count as one */
	nap_time reprobe; /* when done for so long, look upwards again */
};

/* Schema rows of a struct nap_bisection_config inside a policy's config. */
#define NAP_BISECTION_ROWS(type, field)                                                                      \
	{ "min-interval", NAP_P_TIME, offsetof(type, field.min), "15s", "1ms", "365d", NULL,                 \
		"Least interval; taken to hold (RFC 8085 3.5: not below 15 s)." },                           \
		{ "max-interval", NAP_P_TIME, offsetof(type, field.max), "2h", "1ms", "365d", NULL,          \
			"Largest interval tried (RFC 5383 4.1: the two-hour rule)." },                       \
		{ "resolution", NAP_P_SHARE, offsetof(type, field.resolution), "5%", "0.1%", "100%", NULL,   \
			"The search ends when the least failing interval is this share above the longest "   \
			"that held." },                                                                      \
		{ "verify", NAP_P_UINT, offsetof(type, field.verify), "2", "1", "10", NULL,                  \
			"Failures in a row that count as one: packets are lost too." },                      \
	{                                                                                                    \
		"reprobe", NAP_P_TIME, offsetof(type, field.reprobe), "1d", "1min", NULL, NULL,              \
			"After so long at one interval, longer ones are tried again."                        \
	}

struct nap_bisection {
	nap_time held;   /* longest silence that held; at least min */
	nap_time failed; /* least that failed; max when none did */
	nap_time tried;  /* the silence being tried */
	nap_time since;  /* when it ended, NAP_NEVER while it runs */
	uint32_t fails;  /* failures in a row at tried */
	bool bounded;    /* failed has really failed */
};

/* What each field of it is, for a policy's table. */
#define NAP_BISECTION_FIELDS(type, m)                                                                        \
	NAP_FIELD_SPAN(type, m.held, m.tried, NAP_VALUE), NAP_FIELD(type, m.since, NAP_AT),                  \
		NAP_FIELD_SPAN(type, m.fails, m.bounded, NAP_VALUE)

/* From the beginning: s->tried is the first silence to try. */
void nap_bisection_start(struct nap_bisection *s, const struct nap_bisection_config *cfg);

/* Takes what was proved at now; the next silence to try is s->tried. */
void nap_bisection_learn(struct nap_bisection *s, const struct nap_bisection_config *cfg, nap_time now,
	nap_time tested, enum nap_proof proof);

#endif
