/* SPDX-License-Identifier: BSD-2-Clause */
/* Longer by a step after enough successes; back by one step, and staying there for a while, after failures. */
#include "client/adapt.h"

struct config {
	nap_time min, max;
	double growth;
	uint32_t confirm, verify;
	nap_time hold;
};

struct state {
	struct nap_silence silence;
	nap_time interval;
	nap_time held; /* until when it does not try longer ones */
	uint32_t good, bad;
};

static void succeeded(struct state *s, const struct config *c, nap_time now)
{
	s->bad = 0;
	if (now < s->held || ++s->good < c->confirm)
		return;
	s->good = 0;
	s->interval = nap_time_min(c->max, nap_scale(s->interval, 1.0 + c->growth));
}

static void failed(struct state *s, const struct config *c, nap_time now)
{
	s->good = 0;
	if (++s->bad < c->verify)
		return;
	s->bad = 0;
	s->interval = nap_time_max(c->min, nap_scale(s->interval, 1.0 / (1.0 + c->growth)));
	s->held = nap_time_after(now, c->hold);
}

static nap_time next(const void *config, void *state, const struct nap_policy_event *ev)
{
	const struct config *c = config;
	struct state *s = state;
	enum nap_proof proof = nap_silence_observe(&s->silence, ev);

	if (s->interval == 0 || ev->what == NAP_EV_NETWORK)
		*s = (struct state){ .silence = s->silence, .interval = c->min };
	if (proof == NAP_PROOF_HELD && s->silence.tested >= s->interval)
		succeeded(s, c, ev->now);
	if (proof == NAP_PROOF_LOST)
		failed(s, c, ev->now);
	return nap_silence_due(&s->silence, ev, s->interval);
}

static const struct nap_field rows[] = { NAP_SILENCE_ROWS(struct state, silence),
	NAP_FIELD(struct state, interval, NAP_VALUE), NAP_FIELD(struct state, held, NAP_UNTIL),
	NAP_FIELD_SPAN(struct state, good, bad, NAP_VALUE) };
NAP_FIELDS(fields, struct state, rows);

static const struct nap_param params[] = {
	{ "min-interval", NAP_P_TIME, offsetof(struct config, min), "15s", "1ms", "365d", NULL,
		"Least interval, where it starts (RFC 8085 3.5: not below 15 s)." },
	{ "max-interval", NAP_P_TIME, offsetof(struct config, max), "2h", "1ms", "365d", NULL,
		"Largest interval tried (RFC 5383 4.1: the two-hour rule)." },
	{ "growth", NAP_P_SHARE, offsetof(struct config, growth), "25%", "0.1%", "1000%", NULL,
		"One step: how much longer the next interval is." },
	{ "confirm", NAP_P_UINT, offsetof(struct config, confirm), "2", "1", "100", NULL,
		"Successes in a row before a step up." },
	{ "verify", NAP_P_UINT, offsetof(struct config, verify), "2", "1", "10", NULL,
		"Failures in a row before a step down." },
	{ "hold", NAP_P_TIME, offsetof(struct config, hold), "1d", "0s", NULL, NULL,
		"After a step down it does not step up for so long." },
	NAP_PARAM_END
};

const struct nap_policy nap_policy_stepwise = {
	.name = "stepwise",
	.summary = "a step longer after successes, a step back after failures",
	.params = params,
	.config_size = sizeof(struct config),
	.state = &fields,
	.next = next,
	.listens = NAP_EV_TRIALS,
};
