/* SPDX-License-Identifier: BSD-2-Clause */
/* The targets of natnap tune and natnap run, as options. */
#include "cli/tune_goal_options.h"

#include <math.h>
#include <string.h>

#include "text/input_error.h"
#include "text/quantity.h"

static bool parse_share(const char *option, const char *text, double most, double *out, GError **error)
{
	if (!text)
		return true;
	if (!nap_quantity_parse(NAP_P_SHARE, text, out, error)) {
		g_prefix_error(error, "--%s: ", option);
		return false;
	}
	return *out <= most || nap_fail(error, "--%s: %s is more than %g %%", option, text, 100.0 * most);
}

/* p95<=5s */
static bool parse_delay(const char *text, struct nap_tune_goal *goal, GError **error)
{
	static const unsigned quantiles[] = { 50, 95, 99 };
	nap_time t;

	if (!text)
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(quantiles); i++) {
		g_autofree char *head = g_strdup_printf("p%u<=", quantiles[i]);

		if (!g_str_has_prefix(text, head))
			continue;
		if (!nap_time_parse(text + strlen(head), &t, error) || t == NAP_NEVER) {
			if (error && !*error)
				return nap_fail(error, "--push-delay: never is no bound");
			g_prefix_error(error, "--push-delay: ");
			return false;
		}
		if (t <= 0)
			return nap_fail(error, "--push-delay: no push comes in %s", text + strlen(head));
		goal->delay_quantile = quantiles[i];
		goal->delay_s = nap_time_seconds(t);
		return true;
	}
	return nap_fail(error, "--push-delay: write it as p50<=TIME, p95<=TIME or p99<=TIME");
}

/* 0, 0.5, 2/d, any */
static bool parse_bindings(const char *text, struct nap_tune_goal *goal, GError **error)
{
	g_autofree char *number = g_strdup(text ? text : "0");

	if (g_str_has_suffix(number, "/d"))
		number[strlen(number) - 2] = '\0';
	if (strcmp(number, "any") == 0) {
		goal->bindings_lost = (double)INFINITY;
		return true;
	}
	if (!nap_quantity_parse(NAP_P_REAL, number, &goal->bindings_lost, error)) {
		g_prefix_error(error, "--bindings-lost: ");
		return false;
	}
	return goal->bindings_lost >= 0.0 ||
	       nap_fail(error, "--bindings-lost: \"%s\" must not be negative", text);
}

/* "energy", "0.02packets": a name, with a weight before it. */
static bool parse_weight(const char *text, struct nap_tune_goal *goal, GError **error)
{
	size_t length = nap_number_length(text);
	double weight = 1.0;

	if (length > 0) {
		g_autofree char *number = g_strndup(text, length);

		if (!nap_quantity_parse(NAP_P_REAL, number, &weight, error)) {
			g_prefix_error(error, "--minimise: ");
			return false;
		}
	}
	for (int i = 0; i < NAP_TUNE_COSTS; i++) {
		g_autofree char *name = g_strstrip(g_strdup(text + length));

		if (strcmp(name, nap_tune_costs[i]) == 0) {
			goal->weight[i] += weight;
			return true;
		}
	}
	return nap_fail(error, "--minimise: %s is none of energy, packets, signalling", text + length);
}

/* energy, or a sum: energy + 0.02packets */
static bool parse_cost(const char *text, struct nap_tune_goal *goal, GError **error)
{
	g_auto(GStrv) parts = g_strsplit(text ? text : "", "+", -1);

	if (!text)
		return true;
	memset(goal->weight, 0, sizeof goal->weight);
	for (char **part = parts; *part; part++)
		if (!parse_weight(g_strstrip(*part), goal, error))
			return false;
	for (int i = 0; i < NAP_TUNE_COSTS; i++)
		if (goal->weight[i] > 0.0)
			return true;
	return nap_fail(error, "--minimise: nothing has a weight");
}

bool nap_goal_options_read(const struct nap_goal_options *o, struct nap_tune_goal *goal, GError **error)
{
	*goal = nap_tune_goal_usual();
	if (!parse_share("reachable", o->reachable, 1.0, &goal->reachable, error) ||
		!parse_share("users", o->users, 1.0, &goal->users, error) ||
		!parse_share("lost-pushes", o->lost_pushes, 1.0, &goal->lost_pushes, error) ||
		!parse_share("battery", o->battery, 1e6, &goal->battery, error))
		return false;
	if (goal->users == 0.0)
		return nap_fail(error, "--users: %s of the users is met by anything", o->users);
	return parse_delay(o->push_delay, goal, error) && parse_bindings(o->bindings_lost, goal, error) &&
	       parse_cost(o->minimise, goal, error);
}

bool nap_goal_options_fit(struct nap_tune_goal *goal, const struct nap_scenario *sc, GError **error)
{
	bool pushes = sc->server.push.kind != NAP_ARRIVALS_NONE;

	if (goal->delay_quantile && !pushes)
		return nap_fail(error, "--push-delay: the scenario has no pushes ([server] push)");
	if (!isnan(goal->lost_pushes) && !pushes)
		return nap_fail(error, "--lost-pushes: the scenario has no pushes ([server] push)");
	if (!isnan(goal->battery) && !(sc->battery.capacity_mah > 0.0))
		return nap_fail(error, "--battery: the scenario has no [battery]");
	nap_tune_goal_priced(goal, sc);
	return true;
}

char *nap_goal_bounds(const struct nap_tune_goal *goal, nap_time duration)
{
	double days = nap_time_seconds(duration) / 86400.0;
	g_autofree char *reachable = NULL;

	if (isnan(goal->users))
		return NULL;
	reachable = nap_quantity_format(NAP_P_SHARE, goal->reachable);
	if (!isfinite(goal->bindings_lost))
		return g_strdup_printf("reachable >= %s", reachable);
	return g_strdup_printf(
		"reachable >= %s; bindings-lost <= %.0f", reachable, floor(goal->bindings_lost * days));
}

void nap_goal_options_clear(struct nap_goal_options *o)
{
	g_free(o->reachable);
	g_free(o->users);
	g_free(o->push_delay);
	g_free(o->lost_pushes);
	g_free(o->bindings_lost);
	g_free(o->battery);
	g_free(o->minimise);
}
