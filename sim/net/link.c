/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/link.h"

/*
 * Bursts are a two-state Gilbert chain: mean burst length b packets and share lost l give P(bad -> good) = 1/b and
 * P(good -> bad) = l / (b (1 - l)) (Gilbert, Bell System Technical Journal 39, 1960).
 */
static bool loses(const struct nap_link *l, struct nap_link_way *way, struct nap_rng *rng)
{
	double u;

	if (l->loss <= 0.0)
		return false;
	u = nap_rng_unit(rng);
	if (l->burst <= 1.0 || l->loss >= 1.0)
		return u < l->loss;
	way->bad = way->bad ? u >= 1.0 / l->burst : u < l->loss / (l->burst * (1.0 - l->loss));
	return way->bad;
}

bool nap_link_cross_by_chance(const struct nap_link *l, struct nap_link_way *way, nap_time now,
	struct nap_rng *loss, struct nap_rng *delay, nap_time *at)
{
	if (loses(l, way, loss))
		return false;
	*at = way->last = nap_time_max(nap_time_after(now, nap_dist_draw_time(l->delay, delay)), way->last);
	return true;
}
