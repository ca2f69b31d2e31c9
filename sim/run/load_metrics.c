/* SPDX-License-Identifier: BSD-2-Clause */
#include "run/load_metrics.h"

#include "run/metrics.h"

bool nap_load_metric_has_population(const struct nap_scenario *sc)
{
	for (uint32_t k = 0; k < sc->n_middleboxes; k++)
		if (nap_middlebox_is_shared(&sc->middlebox[k], sc->general.subscribers))
			return true;
	return false;
}

bool nap_load_metric_has_signalling(const struct nap_scenario *sc)
{
	bool signals = sc->radio->signals;

	for (uint32_t i = 0; i < sc->n_networks; i++)
		signals |= sc->network[i].radio->signals;
	return signals && nap_load_metric_has_population(sc);
}

/* What the summed count is a second of the time that results are about. */
static double per_s(const struct nap_scenario *sc, double count)
{
	return count / nap_time_seconds(nap_measured(sc));
}

double nap_load_metric_promotions_per_s(const struct nap_scenario *sc, const struct nap_replication *r)
{
	return per_s(sc, r->promotions);
}

double nap_load_metric_pages_per_s(const struct nap_scenario *sc, const struct nap_replication *r)
{
	return per_s(sc, r->pages);
}

double nap_load_metric_signalling_per_s(const struct nap_scenario *sc, const struct nap_replication *r)
{
	return per_s(sc, r->signalling);
}
