/* SPDX-License-Identifier: BSD-2-Clause */
#include "run/tune_goal.h"

#include <math.h>
#include <string.h>

#include "run/metrics.h"
#include "run/replicate.h"

#define DAY_NS (86400.0 * NAP_S)

const char *const nap_tune_costs[NAP_TUNE_COSTS + 1] = { "energy", "packets", "signalling", NULL };

struct nap_tune_goal nap_tune_goal_usual(void)
{
	return (struct nap_tune_goal){ .reachable = 0.999,
		.users = (double)NAN,
		.lost_pushes = (double)NAN,
		.bindings_lost = 0.0,
		.blocking = (double)NAN,
		.battery = (double)NAN,
		.weight = { [NAP_TUNE_ENERGY] = 1.0 } };
}

bool nap_tune_radio_has_price(const struct nap_scenario *sc)
{
	for (uint32_t i = 0; i < sc->radio->n_states; i++)
		if (sc->radio->state[i].power_mw > 0.0 || sc->radio->state[i].on_power_mw > 0.0)
			return true;
	for (uint32_t k = 0; k < sc->kinds.n; k++)
		if (nap_tune_radio_has_price(sc->kinds.kind[k]))
			return true;
	return false;
}

bool nap_tune_is_certain(const struct nap_scenario *sc)
{
	const struct nap_metric *m = nap_metrics;

	while (strcmp(m->name, "reachable_fraction") != 0)
		m++;
	return !m->possible(sc, 0) && !sc->policy->draws && !sc->radio->random && sc->n_networks == 0 &&
	       sc->kinds.n == 0;
}

/* ---- what each target counts ---------------------------------------------------------------------------------------------- */

static double bindings_lost(const struct nap_replication *r)
{
	return NAP_TALLIED(r, bindings_expired) + NAP_TALLIED(r, bindings_evicted);
}

static uint64_t whole_of(double x)
{
	return x > 0.0 ? (uint64_t)(x + 0.5) : 0;
}

typedef void (*count_fn)(const struct nap_tune_goal *goal, const struct nap_scenario *sc,
	const struct nap_replication *r, uint64_t *part, uint64_t *whole);

static void count_users(const struct nap_tune_goal *goal, const struct nap_scenario *sc,
	const struct nap_replication *r, uint64_t *part, uint64_t *whole)
{
	(void)goal, (void)sc;
	*part = whole_of(r->within_all);
	*whole = whole_of(r->subscribers);
}

/* In microseconds, as nanoseconds of a million subscribers would not be exact. */
static void count_reachable(const struct nap_tune_goal *goal, const struct nap_scenario *sc,
	const struct nap_replication *r, uint64_t *part, uint64_t *whole)
{
	(void)goal;
	*part = whole_of(NAP_TALLIED(r, reachable_ns) / NAP_US);
	*whole = whole_of(r->subscribers * (double)nap_measured(sc) / NAP_US);
}

static void count_bindings(const struct nap_tune_goal *goal, const struct nap_scenario *sc,
	const struct nap_replication *r, uint64_t *part, uint64_t *whole)
{
	(void)goal;
	*part = whole_of(bindings_lost(r) * 1e6);
	*whole = whole_of(r->subscribers * (double)nap_measured(sc) / DAY_NS * 1e6);
}

static void count_lost(const struct nap_tune_goal *goal, const struct nap_scenario *sc,
	const struct nap_replication *r, uint64_t *part, uint64_t *whole)
{
	(void)goal, (void)sc;
	*part = whole_of(NAP_TALLIED(r, pushes_offered) - NAP_TALLIED(r, pushes_delivered));
	*whole = whole_of(NAP_TALLIED(r, pushes_offered));
}

/* The quantile of each replication, in microseconds of delay a second. */
static void count_delay(const struct nap_tune_goal *goal, const struct nap_scenario *sc,
	const struct nap_replication *r, uint64_t *part, uint64_t *whole)
{
	double delay = r->push_delay_ns[goal->delay_quantile == 50 ? 0 : goal->delay_quantile == 95 ? 1 : 2];

	(void)sc;
	*part = isnan(delay) ? 0 : whole_of(delay / NAP_US);
	*whole = isnan(delay) ? 0 : 1000000;
}

/* In millionths of the battery, and of a day. */
static void count_battery(const struct nap_tune_goal *goal, const struct nap_scenario *sc,
	const struct nap_replication *r, uint64_t *part, uint64_t *whole)
{
	double percent = (double)NAN;

	(void)goal;
	nap_replication_metric(sc, r, "battery_percent_per_day", &percent);
	*part = isnan(percent) ? 0 : whole_of(percent / 100.0 * 1e6);
	*whole = isnan(percent) ? 0 : 1000000;
}

static void count_blocked(const struct nap_tune_goal *goal, const struct nap_scenario *sc,
	const struct nap_replication *r, uint64_t *part, uint64_t *whole)
{
	(void)sc;
	*part = whole_of(NAP_BOXED(r, goal->hop, refused) + NAP_BOXED(r, goal->hop, evicted));
	*whole = whole_of(NAP_BOXED(r, goal->hop, refused) + NAP_BOXED(r, goal->hop, created));
}

/* ---- the goal as targets -------------------------------------------------------------------------------------------------- */

/* In this order; each is a target where bound_of gives a number. */
enum measure { USERS, REACHABLE, BINDINGS, LOST, DELAY, BATTERY, BLOCKING, MEASURES };

static const struct {
	const char *name;
	bool at_least;
	count_fn count;
} measures[MEASURES] = {
	[USERS] = { "users", true, count_users },
	[REACHABLE] = { "reachable", true, count_reachable },
	[BINDINGS] = { "bindings-lost", false, count_bindings },
	[LOST] = { "lost-pushes", false, count_lost },
	[DELAY] = { "push-delay", false, count_delay },
	[BATTERY] = { "battery", false, count_battery },
	[BLOCKING] = { "blocking", false, count_blocked },
};

/* NAN: no target. Where subscribers are counted, these hold for each of them, not for their mean. */
static double bound_of(const struct nap_tune_goal *goal, enum measure m)
{
	switch (m) {
	case USERS:
		return goal->users;
	case REACHABLE:
		return isnan(goal->users) ? goal->reachable : (double)NAN;
	case BINDINGS:
		return isnan(goal->users) && isfinite(goal->bindings_lost) ? goal->bindings_lost
									   : (double)NAN;
	case LOST:
		return goal->lost_pushes;
	case DELAY:
		return goal->delay_quantile ? goal->delay_s : (double)NAN;
	case BATTERY:
		return goal->battery;
	default:
		return goal->blocking;
	}
}

void nap_tune_goal_rule(
	const struct nap_tune_goal *goal, const struct nap_scenario *sc, struct nap_tune_rule *rule)
{
	rule->n_targets = 0;
	for (int m = 0; m < MEASURES; m++) {
		double bound = bound_of(goal, (enum measure)m);

		if (isnan(bound))
			continue;
		rule->target[rule->n_targets++] = (struct nap_tune_target){ measures[m].name,
			m == USERS && !nap_scenario_joins(sc) ? NAP_TUNE_UNITS : NAP_TUNE_RATIO,
			measures[m].at_least, bound };
	}
}

const struct nap_tune_target *nap_tune_target_find(const struct nap_tune_rule *rule, const char *name)
{
	for (uint32_t k = 0; k < rule->n_targets; k++)
		if (strcmp(rule->target[k].name, name) == 0)
			return &rule->target[k];
	return NULL;
}

/* ---- the same goal, a little lower or higher -------------------------------------------------------------------------- */

/* A share of which 1 - share may be wrong: so many times as much, or twice if that would be most. */
static double loosened(double share, double times)
{
	if ((1.0 - share) * times > 0.5)
		times = 2.0;
	return share >= 1.0 ? (times > 1.0 ? 0.999 : 1.0) : fmax(0.0, 1.0 - (1.0 - share) * times);
}

/* What may be wrong itself: so many times as much; of nothing, a thousandth or one a day. */
static double scaled(double bound, double times, double of_nothing)
{
	return bound > 0.0 ? bound * times : times > 1.0 ? of_nothing : 0.0;
}

static void vary(struct nap_tune_goal *g, enum measure m, bool higher)
{
	double ten = higher ? 0.1 : 10.0, two = higher ? 0.5 : 2.0;

	switch (m) {
	case USERS:
		g->users = loosened(g->users, ten);
		break;
	case REACHABLE:
		g->reachable = loosened(g->reachable, ten);
		break;
	case BINDINGS:
		g->bindings_lost = scaled(g->bindings_lost, two, 1.0);
		break;
	case LOST:
		g->lost_pushes = scaled(g->lost_pushes, two, 0.001);
		break;
	case DELAY:
		g->delay_s *= two;
		break;
	case BATTERY:
		g->battery *= two;
		break;
	default:
		g->blocking = scaled(g->blocking, two, 0.001);
	}
}

static bool is_same(const struct nap_tune_goal *a, const struct nap_tune_goal *b)
{
	for (int m = 0; m < MEASURES; m++) {
		double x = bound_of(a, (enum measure)m), y = bound_of(b, (enum measure)m);

		if (!isnan(x) && x != y)
			return false;
	}
	return a->reachable == b->reachable;
}

bool nap_tune_goal_variant(
	const struct nap_tune_goal *goal, uint32_t number, struct nap_tune_goal *variant, const char **target)
{
	for (int m = 0; m < 2 * MEASURES; m++) {
		enum measure which = (enum measure)(m / 2);

		if (isnan(bound_of(goal, which)) && !(which == REACHABLE && !isnan(goal->users)))
			continue;
		*variant = *goal;
		vary(variant, which, m % 2 == 1);
		if (is_same(goal, variant))
			continue;
		*target = measures[which].name;
		if (number-- == 0)
			return true;
	}
	return false;
}

void nap_tune_count(const struct nap_tune_goal *goal, const struct nap_scenario *sc,
	const struct nap_replication *r, struct nap_tune_run *run)
{
	uint32_t k = 0;

	memset(run, 0, sizeof *run);
	run->packets = NAP_TALLIED(r, packets_up) + NAP_TALLIED(r, packets_down);
	run->cost = goal->weight[NAP_TUNE_ENERGY] * r->energy.total / 1e3 +
		    goal->weight[NAP_TUNE_PACKETS] * run->packets +
		    goal->weight[NAP_TUNE_SIGNALLING] * r->promotions;
	for (int m = 0; m < MEASURES; m++)
		if (!isnan(bound_of(goal, (enum measure)m))) {
			measures[m].count(goal, sc, r, &run->seen[k].part, &run->seen[k].whole);
			k++;
		}
}

/* Is energy all that is to be least? */
static bool minds_energy_alone(const struct nap_tune_goal *goal)
{
	return goal->weight[NAP_TUNE_PACKETS] == 0.0 && goal->weight[NAP_TUNE_SIGNALLING] == 0.0;
}

void nap_tune_goal_priced(struct nap_tune_goal *goal, const struct nap_scenario *sc)
{
	if (!minds_energy_alone(goal) || nap_tune_radio_has_price(sc))
		return;
	goal->weight[NAP_TUNE_ENERGY] = 0.0;
	goal->weight[NAP_TUNE_PACKETS] = 1.0;
}
