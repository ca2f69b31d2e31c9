/* SPDX-License-Identifier: BSD-2-Clause */
/* The binary search, with what was learnt on each network remembered over moves between them. */
#include "client/bisection.h"

#define NETWORKS 3 /* remembered; the one not used for longest is forgotten */

struct config {
	struct nap_bisection_config bisection;
};

struct place {
	struct nap_bisection bisection;
	uint32_t network;
	uint32_t used; /* order of use; 0: free */
};

struct state {
	struct nap_silence silence;
	uint32_t current, uses;
	struct place place[NETWORKS];
};

static void enter(struct state *s, const struct config *c, uint32_t network)
{
	uint32_t oldest = 0, i;

	for (i = 0; i < NETWORKS; i++) {
		if (s->place[i].used > 0 && s->place[i].network == network)
			break;
		if (s->place[i].used < s->place[oldest].used)
			oldest = i;
	}
	if (i == NETWORKS) {
		i = oldest;
		nap_bisection_start(&s->place[i].bisection, &c->bisection);
		s->place[i].network = network;
	}
	s->place[i].used = ++s->uses;
	s->current = i;
}

static nap_time next(const void *config, void *state, const struct nap_policy_event *ev)
{
	const struct config *c = config;
	struct state *s = state;
	struct nap_bisection *bisection;

	if (s->uses == 0 || s->place[s->current].network != ev->network)
		enter(s, c, ev->network);
	bisection = &s->place[s->current].bisection;
	nap_bisection_learn(
		bisection, &c->bisection, ev->now, s->silence.tested, nap_silence_observe(&s->silence, ev));
	return nap_silence_due(&s->silence, ev, bisection->tried);
}

#define PLACE(i)                                                                                             \
	NAP_BISECTION_FIELDS(struct state, place[i].bisection),                                              \
		NAP_FIELD_SPAN(struct state, place[i].network, place[i].used, NAP_VALUE)

static const struct nap_field rows[] = { NAP_SILENCE_ROWS(struct state, silence),
	NAP_FIELD_SPAN(struct state, current, uses, NAP_VALUE), PLACE(0), PLACE(1), PLACE(2) };
NAP_FIELDS(fields, struct state, rows);

static const struct nap_param params[] = { NAP_BISECTION_ROWS(struct config, bisection), NAP_PARAM_END };

const struct nap_policy nap_policy_memory = {
	.name = "memory",
	.summary = "binary search that remembers what it learnt on each network",
	.params = params,
	.config_size = sizeof(struct config),
	.state = &fields,
	.next = next,
	.listens = NAP_EV_TRIALS,
};
