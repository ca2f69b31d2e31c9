/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Exchange ActiveSync Direct Push: the heartbeat of the pending request grows
 * while answers come; when one stays out it goes back to the last that worked,
 * or a step below it, and stays there for a while, or until the network changes.
 */
#include "client/adapt.h"

struct config {
	nap_time initial, min, max, step;
	uint32_t confirm;
	nap_time hold;
};

struct state {
	struct nap_silence silence;
	nap_time heartbeat;
	nap_time worked; /* the longest that did */
	uint32_t good;
	nap_time found; /* when a failure ended its growth, NAP_NEVER: it grows */
};

static void succeeded(struct state *s, const struct config *c, nap_time now)
{
	s->worked = nap_time_max(s->worked, s->heartbeat);
	if ((s->found != NAP_NEVER && now - s->found < c->hold) || ++s->good < c->confirm)
		return;
	s->found = NAP_NEVER;
	s->good = 0;
	s->heartbeat = nap_time_min(c->max, s->heartbeat + c->step);
}

static void failed(struct state *s, const struct config *c, nap_time now)
{
	nap_time back = s->worked > 0 && s->worked < s->heartbeat ? s->worked : s->heartbeat - c->step;

	s->good = 0;
	s->found = s->worked > 0 ? now : NAP_NEVER;
	s->heartbeat = nap_time_max(c->min, back);
	s->worked = nap_time_min(s->worked, s->heartbeat);
}

static nap_time next(const void *config, void *state, const struct nap_policy_event *ev)
{
	const struct config *c = config;
	struct state *s = state;
	enum nap_proof proof = nap_silence_observe(&s->silence, ev);

	if (s->heartbeat == 0 || ev->what == NAP_EV_NETWORK)
		*s = (struct state){ .silence = s->silence, .heartbeat = c->initial, .found = NAP_NEVER };
	if (proof == NAP_PROOF_HELD && s->silence.tested >= s->heartbeat)
		succeeded(s, c, ev->now);
	if (proof == NAP_PROOF_LOST)
		failed(s, c, ev->now);
	return nap_silence_due(&s->silence, ev, s->heartbeat);
}

static const struct nap_field rows[] = { NAP_SILENCE_ROWS(struct state, silence),
	NAP_FIELD_SPAN(struct state, heartbeat, worked, NAP_VALUE), NAP_FIELD(struct state, good, NAP_VALUE),
	NAP_FIELD(struct state, found, NAP_AT) };
NAP_FIELDS(fields, struct state, rows);

static const struct nap_param params[] = {
	{ "initial", NAP_P_TIME, offsetof(struct config, initial), "8min", "1s", "1d", NULL,
		"First heartbeat; 8 min is the time-out limit that Microsoft's guidance names." },
	{ "min-interval", NAP_P_TIME, offsetof(struct config, min), "60s", "1s", "1d", NULL,
		"Least heartbeat (the server's MinHeartbeatInterval)." },
	{ "max-interval", NAP_P_TIME, offsetof(struct config, max), "59min", "1s", "1d", NULL,
		"Largest heartbeat (the server's MaxHeartbeatInterval, 3540 s)." },
	{ "step", NAP_P_TIME, offsetof(struct config, step), "5min", "1s", "1d", NULL,
		"How much the heartbeat grows. Not published: a choice." },
	{ "confirm", NAP_P_UINT, offsetof(struct config, confirm), "1", "1", "100", NULL,
		"Successes before it grows." },
	{ "hold", NAP_P_TIME, offsetof(struct config, hold), "1d", "0s", NULL, NULL,
		"After a failure it does not grow for so long. Not published: a choice." },
	NAP_PARAM_END
};

const struct nap_policy nap_policy_direct_push = {
	.name = "direct-push",
	.summary = "Exchange ActiveSync's adaptive heartbeat",
	.params = params,
	.config_size = sizeof(struct config),
	.state = &fields,
	.next = next,
	.listens = NAP_EV_TRIALS,
	.wire = NAP_WIRE_POLL,
};
