/* SPDX-License-Identifier: BSD-2-Clause */
/* Binary search with verification for the longest interval that holds; starts anew on every network. */
#include "client/bisection.h"

struct config {
	struct nap_bisection_config bisection;
};

struct state {
	struct nap_silence silence;
	struct nap_bisection bisection;
};

static nap_time next(const void *config, void *state, const struct nap_policy_event *ev)
{
	const struct config *c = config;
	struct state *s = state;

	if (s->bisection.tried == 0 || ev->what == NAP_EV_NETWORK)
		nap_bisection_start(&s->bisection, &c->bisection);
	nap_bisection_learn(&s->bisection, &c->bisection, ev->now, s->silence.tested,
		nap_silence_observe(&s->silence, ev));
	return nap_silence_due(&s->silence, ev, s->bisection.tried);
}

static const struct nap_field rows[] = { NAP_SILENCE_ROWS(struct state, silence),
	NAP_BISECTION_FIELDS(struct state, bisection) };
NAP_FIELDS(fields, struct state, rows);

static const struct nap_param params[] = { NAP_BISECTION_ROWS(struct config, bisection), NAP_PARAM_END };

const struct nap_policy nap_policy_binary = {
	.name = "binary",
	.summary = "binary search with verification for the longest interval that holds",
	.params = params,
	.config_size = sizeof(struct config),
	.state = &fields,
	.next = next,
	.listens = NAP_EV_TRIALS,
};
