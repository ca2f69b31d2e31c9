/* SPDX-License-Identifier: BSD-2-Clause */
#include "run/kinds.h"

#include "run/scenario.h"

static uint32_t choice(const struct nap_trait *t, double u)
{
	uint32_t from = 0, to = t->n - 1;

	while (from < to) {
		uint32_t middle = from + (to - from) / 2;

		if (u < t->up_to[middle])
			to = middle;
		else
			from = middle + 1;
	}
	return from;
}

uint32_t nap_kind_of(const struct nap_scenario *sc, uint32_t replication, uint32_t id)
{
	struct nap_rng r = nap_rng_stream(sc->general.seed, replication, id, NAP_RNG_KIND);
	uint32_t kind = 0;

	for (uint32_t i = 0; i < sc->kinds.n_traits; i++) {
		const struct nap_trait *t = &sc->kinds.trait[i];
		double u = t->enumerated ? ((double)id + 0.5) / (double)sc->general.subscribers
					 : nap_rng_unit(&r);

		kind = kind * t->n + choice(t, u);
	}
	return kind;
}

const struct nap_scenario *nap_scenario_of(const struct nap_scenario *sc, uint32_t replication, uint32_t id)
{
	return sc->kinds.n > 0 ? sc->kinds.kind[nap_kind_of(sc, replication, id)] : sc;
}
