/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * microG's rule: the interval grows by a small share when one near it held, and shrinks by a larger one when one failed;
 * learnt for each kind of network. (microg/GmsCore 9a206ae115d6, GcmPrefs.kt: learnReached, learnTimeout)
 */
#include "client/adapt.h"

#define NETWORKS 4 /* learnt apart; further ones share the last */

struct config {
	nap_time initial, min, max;
	double up, down, near;
};

struct state {
	struct nap_silence silence;
	nap_time interval[NETWORKS]; /* 0: not been there */
};

static nap_time within(const struct config *c, nap_time interval)
{
	return nap_time_max(c->min, nap_time_min(interval, c->max));
}

static nap_time next(const void *config, void *state, const struct nap_policy_event *ev)
{
	const struct config *c = config;
	struct state *s = state;
	enum nap_proof proof = nap_silence_observe(&s->silence, ev);
	nap_time *interval = &s->interval[ev->network < NETWORKS ? ev->network : NETWORKS - 1];

	if (*interval == 0)
		*interval = within(c, c->initial);
	if (proof == NAP_PROOF_HELD && s->silence.tested > nap_scale(*interval, c->near))
		*interval = within(c, nap_scale(*interval, c->up));
	if (proof == NAP_PROOF_LOST)
		*interval = within(c, nap_scale(*interval, c->down));
	return nap_silence_due(&s->silence, ev, *interval);
}

static const struct nap_field rows[] = { NAP_SILENCE_ROWS(struct state, silence),
	NAP_FIELD(struct state, interval, NAP_VALUE) };
NAP_FIELDS(fields, struct state, rows);

static const struct nap_param params[] = { { "initial", NAP_P_TIME, offsetof(struct config, initial), "5min",
						   "1s", "1d", NULL, "First interval on a network." },
	{ "min-interval", NAP_P_TIME, offsetof(struct config, min), "5min", "1s", "1d", NULL,
		"Least interval (microG: MIN_INTERVAL)." },
	{ "max-interval", NAP_P_TIME, offsetof(struct config, max), "15min", "1s", "1d", NULL,
		"Largest interval (microG: MAX_INTERVAL; 30 min in older versions)." },
	{ "up", NAP_P_SHARE, offsetof(struct config, up), "102%", "100%", "1000%", NULL,
		"What the interval is multiplied by after a success." },
	{ "down", NAP_P_SHARE, offsetof(struct config, down), "95%", "1%", "100%", NULL,
		"What it is multiplied by after a failure." },
	{ "near", NAP_P_SHARE, offsetof(struct config, near), "75%", "0%", "100%", NULL,
		"A silence that held is a success only above this share of the interval." },
	NAP_PARAM_END };

const struct nap_policy nap_policy_multiplicative = {
	.name = "multiplicative",
	.summary = "microG's: a small share more after a success, a larger one less after a failure",
	.params = params,
	.config_size = sizeof(struct config),
	.state = &fields,
	.next = next,
	.listens = NAP_EV_TRIALS,
};
