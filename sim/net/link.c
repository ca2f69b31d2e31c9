/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/link.h"

#include <stddef.h>

struct nap_link nap_link_of(const struct nap_dist *delay, double loss, double burst)
{
	bool draws = loss > 0.0 || delay->kind != NAP_DIST_CONSTANT;

	return (struct nap_link){ delay, NULL, loss, burst, draws, !draws, draws ? 0 : (nap_time)delay->a };
}

struct nap_link nap_link_changing(
	const struct nap_dist *delay, const struct nap_dist_changes *changes, double loss, double burst)
{
	struct nap_link l = nap_link_of(delay, loss, burst);

	if (changes->n == 0)
		return l;
	l.changes = changes;
	l.draws |= nap_dist_changes_draw(changes);
	l.steady = false;
	return l;
}

uint32_t nap_link_changed(const struct nap_link *l, nap_time now)
{
	uint32_t from = 0, to = l->changes ? l->changes->n : 0;

	while (from < to) {
		uint32_t middle = from + (to - from) / 2;

		if (l->changes->row[middle].at <= now)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

nap_time nap_link_usual(const struct nap_dist *delay)
{
	double mean = nap_dist_mean(delay);

	return mean < 1e15 ? (nap_time)(mean + 0.5) : 0;
}

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
	const struct nap_dist *d = nap_link_delay(l, nap_link_changed(l, now));

	if (loses(l, way, loss))
		return false;
	*at = way->last = nap_time_max(nap_time_after(now, nap_dist_draw_time(d, delay)), way->last);
	return true;
}
