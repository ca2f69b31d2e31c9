/* SPDX-License-Identifier: BSD-2-Clause */
/* Binary search with verification for the longest interval that holds; starts anew on every network. */
#include "client/search.h"

struct config {
	struct nap_search_config search;
};

struct state {
	struct nap_trial trial;
	struct nap_search search;
};

static nap_time next(const void *config, void *state, const struct nap_policy_event *ev)
{
	const struct config *c = config;
	struct state *s = state;

	if (s->search.tried == 0 || ev->what == NAP_EV_NETWORK)
		nap_search_start(&s->search, &c->search);
	nap_search_outcome(
		&s->search, &c->search, ev->now, s->trial.tested, nap_trial_observe(&s->trial, ev));
	return nap_trial_due(&s->trial, ev, s->search.tried);
}

static const struct nap_field rows[] = { NAP_TRIAL_ROWS(struct state, trial),
	NAP_SEARCH_FIELDS(struct state, search) };
NAP_FIELDS(fields, struct state, rows);

static const struct nap_param params[] = { NAP_SEARCH_ROWS(struct config, search), NAP_PARAM_END };

const struct nap_policy nap_policy_binary = {
	.name = "binary",
	.summary = "binary search with verification for the longest interval that holds",
	.params = params,
	.config_size = sizeof(struct config),
	.state = &fields,
	.next = next,
	.listens = NAP_EV_TRIALS,
};
