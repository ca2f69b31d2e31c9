/* SPDX-License-Identifier: BSD-2-Clause */
#include "run/each.h"

#include <math.h>
#include <string.h>

#include <glib.h>

#include "radio/price.h"

const double nap_quantiles[NAP_QUANTILES] = { 0.01, 0.05, 0.5, 0.95, 0.99 };
const char *const nap_quantile_names[NAP_QUANTILES] = { "p1", "p5", "p50", "p95", "p99" };

const struct nap_each_metric nap_each_metrics[NAP_EACH_N] = {
	[NAP_EACH_REACHABLE] = { "reachable_fraction", "share of its time in which a push would get through",
		true },
	[NAP_EACH_ENERGY] = { "energy_j", "its radio's energy", false },
	[NAP_EACH_BATTERY] = { "battery_percent_per_day", "share of its battery that a day takes", false },
	[NAP_EACH_PUSHES_LOST] = { "pushes_lost", "its pushes offered and not delivered by the end", false },
	[NAP_EACH_BINDINGS_LOST] = { "bindings_lost",
		"times its way in was lost at a middlebox, by a timer or to make room", false },
	[NAP_EACH_PUSH_DELAY] = { "push_delay_s",
		"mean delay of its delivered pushes, of those who were delivered one", false },
};

char *nap_each_quantile_name(enum nap_quantity of, uint32_t quantile)
{
	return g_strdup_printf("subscriber_%s_%s", nap_quantile_names[quantile], nap_each_metrics[of].name);
}

char *nap_each_bound_name(const struct nap_bound *b)
{
	return g_strdup_printf("subscribers_with_%s", b->text);
}

/* ---- whole numbers that are kept: their unit, seen from the bound's and from the metric's -------------------------------- */

/* Of reachability what is missing is kept: near 1, where it matters, a share of it is the finer measure. */
#define UNREACHABLE_NS NAP_EACH_REACHABLE

#define UJ_PER_MJ 1e3
#define UJ_PER_J  1e6
#define BATTERY   1e9 /* parts of a battery */

static uint64_t energy_uj(const struct nap_account *a)
{
	double units = ldexp(a->energy_high, 64) + (double)a->energy_low;

	return (uint64_t)llround(ldexp(units, -NAP_PRICE_BITS) / 1e6);
}

static uint64_t battery_parts(const struct nap_scenario *sc, uint64_t energy)
{
	double mw = (double)energy / UJ_PER_MJ / nap_time_seconds(nap_measured(sc));

	return (uint64_t)llround(nap_battery_percent_per_day(&sc->battery, mw) / 100.0 * BATTERY);
}

/* The bound's limit as a number of what is kept. */
static double limit_of(const struct nap_bound *b, const struct nap_scenario *sc)
{
	switch (b->of) {
	case NAP_EACH_REACHABLE:
		return (1.0 - b->limit) * (double)nap_measured(sc);
	case NAP_EACH_ENERGY:
		return b->limit * UJ_PER_MJ;
	case NAP_EACH_BATTERY:
		return b->limit * BATTERY;
	default:
		return b->limit;
	}
}

/* A hair is given: 1 - 0.9 is a little less than 0.1 in binary. */
static bool keeps_to(const struct nap_bound *b, const struct nap_scenario *sc, uint64_t kept)
{
	double limit = limit_of(b, sc), hair = 1e-3 + 1e-12 * limit;
	bool at_most = b->at_most != (b->of == UNREACHABLE_NS);

	return at_most ? (double)kept <= limit + hair : (double)kept >= limit - hair;
}

static double shown(const struct nap_scenario *sc, enum nap_quantity of, uint64_t kept)
{
	switch (of) {
	case NAP_EACH_REACHABLE:
		return 1.0 - (double)kept / (double)nap_measured(sc);
	case NAP_EACH_ENERGY:
		return (double)kept / UJ_PER_J;
	case NAP_EACH_BATTERY:
		return (double)kept * 100.0 / BATTERY;
	case NAP_EACH_PUSH_DELAY:
		return (double)kept / 1e9;
	default:
		return (double)kept;
	}
}

/* ---- one subscriber after another --------------------------------------------------------------------------------------- */

/* What is kept of a subscriber; the bits of those quantities that it has. */
static unsigned measure(const struct nap_scenario *sc, const struct nap_account *a, uint64_t kept[NAP_EACH_N])
{
	unsigned has = (1u << NAP_EACH_N) - 1;

	kept[UNREACHABLE_NS] = (uint64_t)nap_measured(sc) - a->reachable_ns;
	kept[NAP_EACH_ENERGY] = energy_uj(a);
	kept[NAP_EACH_PUSHES_LOST] = a->offered - a->delivered;
	kept[NAP_EACH_BINDINGS_LOST] = a->bindings_lost;
	if (a->delivered > 0)
		kept[NAP_EACH_PUSH_DELAY] = a->delay_ns / a->delivered;
	else
		has &= ~(1u << NAP_EACH_PUSH_DELAY);
	if (sc->battery.capacity_mah > 0.0)
		kept[NAP_EACH_BATTERY] = battery_parts(sc, kept[NAP_EACH_ENERGY]);
	else
		has &= ~(1u << NAP_EACH_BATTERY);
	return has;
}

void nap_each_add(struct nap_each *each, const struct nap_scenario *sc, const struct nap_account *a)
{
	const struct nap_bounds *bounds = &sc->general.bounds;
	uint64_t kept[NAP_EACH_N];
	unsigned has = measure(sc, a, kept);
	bool all = true;

	each->subscribers++;
	for (int i = 0; i < NAP_EACH_N; i++)
		if (has & 1u << i)
			nap_spread_add(&each->of[i], kept[i]);
	for (uint32_t i = 0; i < bounds->n; i++) {
		const struct nap_bound *b = &bounds->bound[i];
		bool within = !(has & 1u << b->of) || keeps_to(b, sc, kept[b->of]);

		each->within[i] += within;
		all &= within;
	}
	each->within_all += all;
}

void nap_each_merge(struct nap_each *into, const struct nap_each *from)
{
	for (int i = 0; i < NAP_EACH_N; i++)
		nap_spread_merge(&into->of[i], &from->of[i]);
	for (int i = 0; i < NAP_BOUNDS_MAX; i++)
		into->within[i] += from->within[i];
	into->subscribers += from->subscribers;
	into->within_all += from->within_all;
}

void nap_each_clear(struct nap_each *each)
{
	for (int i = 0; i < NAP_EACH_N; i++)
		nap_spread_clear(&each->of[i]);
	memset(each, 0, sizeof *each);
}

uint64_t nap_each_count(const struct nap_each *each, enum nap_quantity of)
{
	return each->of[of].count;
}

double nap_each_ranked(
	const struct nap_each *each, const struct nap_scenario *sc, enum nap_quantity of, uint64_t rank)
{
	uint64_t n = each->of[of].count;

	if (rank < 1 || rank > n)
		return (double)NAN;
	if (of == UNREACHABLE_NS) /* the least reachable is the one that misses most */
		rank = n + 1 - rank;
	return shown(sc, of, nap_spread_at(&each->of[of], rank));
}

double nap_each_quantile(
	const struct nap_each *each, const struct nap_scenario *sc, enum nap_quantity of, double q)
{
	return nap_each_ranked(each, sc, of, nap_spread_rank(q, each->of[of].count));
}
