/* SPDX-License-Identifier: BSD-2-Clause */
/* Additive increase, multiplicative decrease, as TCP finds its window: a saw-tooth below the timeout, for ever. */
#include "client/adapt.h"

struct config {
	nap_time min, max, increase;
	double decrease;
};

struct state {
	struct nap_silence silence;
	nap_time interval;
};

static nap_time next(const void *config, void *state, const struct nap_policy_event *ev)
{
	const struct config *c = config;
	struct state *s = state;
	enum nap_proof proof = nap_silence_observe(&s->silence, ev);

	if (s->interval == 0 || ev->what == NAP_EV_NETWORK)
		s->interval = c->min;
	if (proof == NAP_PROOF_HELD && s->silence.tested >= s->interval)
		s->interval = nap_time_min(c->max, nap_time_after(s->interval, c->increase));
	if (proof == NAP_PROOF_LOST)
		s->interval = nap_time_max(c->min, nap_scale(s->interval, c->decrease));
	return nap_silence_due(&s->silence, ev, s->interval);
}

static const struct nap_field rows[] = { NAP_SILENCE_ROWS(struct state, silence),
	NAP_FIELD(struct state, interval, NAP_VALUE) };
NAP_FIELDS(fields, struct state, rows);

static const struct nap_param params[] = {
	{ "min-interval", NAP_P_TIME, offsetof(struct config, min), "15s", "1ms", "365d", NULL,
		"Least interval, where it starts (RFC 8085 3.5: not below 15 s)." },
	{ "max-interval", NAP_P_TIME, offsetof(struct config, max), "2h", "1ms", "365d", NULL,
		"Largest interval tried (RFC 5383 4.1: the two-hour rule)." },
	{ "increase", NAP_P_TIME, offsetof(struct config, increase), "30s", "1ms", "1d", NULL,
		"Added to the interval after each success." },
	{ "decrease", NAP_P_SHARE, offsetof(struct config, decrease), "50%", "1%", "99%", NULL,
		"Share of the interval that is left after a failure." },
	NAP_PARAM_END
};

const struct nap_policy nap_policy_aimd = {
	.name = "aimd",
	.summary = "additive increase, multiplicative decrease",
	.params = params,
	.config_size = sizeof(struct config),
	.state = &fields,
	.next = next,
	.listens = NAP_EV_TRIALS,
};
