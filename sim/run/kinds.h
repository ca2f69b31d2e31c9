/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Populations whose subscribers are of several kinds, each with a scenario of its own. What they differ in are traits (radio,
 * home router, carrier); a kind is one choice of each, and which a subscriber has is drawn for it alone or follows its number.
 */
#ifndef NAP_RUN_KINDS_H
#define NAP_RUN_KINDS_H

#include <stdbool.h>
#include <stdint.h>

#define NAP_KINDS_MAX 1024

struct nap_scenario;

/* What subscribers differ in; plain. */
struct nap_trait {
	uint32_t n;          /* choices */
	const double *up_to; /* n: sum of the shares up to and with each; the last is 1 */
	bool enumerated; /* subscribers take the choices by their number, each its share of them; else each draws */
};

struct nap_kinds {
	const struct nap_trait *trait;
	uint32_t n_traits;
	const struct nap_scenario *const
		*kind; /* n, the product of the traits' choices; the first trait turns slowest */
	uint32_t n;    /* 0: all subscribers are alike */
};

/* Which kind subscriber id of a replication is; 0 where all are alike. */
uint32_t nap_kind_of(const struct nap_scenario *sc, uint32_t replication, uint32_t id);

/* Its scenario: sc itself where all are alike. */
const struct nap_scenario *nap_scenario_of(const struct nap_scenario *sc, uint32_t replication, uint32_t id);

#endif
