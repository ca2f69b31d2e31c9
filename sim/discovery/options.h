/* SPDX-License-Identifier: BSD-2-Clause */
/* How a discovery goes about it. */
#ifndef NAP_DISCOVERY_OPTIONS_H
#define NAP_DISCOVERY_OPTIONS_H

#include "discovery/strategy.h"

struct nap_discovery_options {
	const struct nap_strategy *strategy;
	double error;                /* chance, for each finding, that loss has misled it */
	nap_time resolution;         /* of timers: the widest bracket that is narrow enough */
	nap_time first;              /* the first idle time tried */
	nap_time most_udp, most_tcp; /* no idle time beyond is tried */
	nap_time duration;           /* how long a flow is kept busy in search of a limit of duration */
	uint64_t bindings;           /* most flows opened at once by the test of bindings */
	uint32_t repeats;            /* each timer's bracket is tried again so often */
	uint32_t width;              /* flows of one search at once, at most */
	uint32_t flows;              /* flows under test at once, in all; fewer when the prober has fewer */
	uint32_t control;            /* packets each way to measure loss with */
	nap_time spacing;            /* between copies of a probe */
	nap_time
		phase; /* trials begin up to so much later, at random: that shows timers that depend on the time of day */
	uint64_t seed; /* of that */
	bool at_once; /* a look of seconds: searches do not wait for other tests, and no port has one of its own */
	bool naive;              /* one packet a question, no control flow: for comparison only */
	const char *const *only; /* tests to run (and those they need), NULL-terminated; NULL: all */
};

#endif
