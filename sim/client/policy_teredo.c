/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Teredo, RFC 4380 5.2.5 and 5.2.7: the flow is kept alive at an interval known
 * to hold, each time drawn between 75 and 100 % of it, while a second port
 * finds out whether longer ones would: the server is asked over the first port
 * to send to the second, which has been silent for the interval being tried.
 */
#include "client/adapt.h"

struct config {
	nap_time initial, max;
	double growth, low;
	uint32_t verify;
	nap_time reprobe;
};

struct state {
	nap_time interval; /* known to hold */
	nap_time done;     /* when the determination ended; NAP_NEVER: it runs */
	uint32_t fails;
	uint32_t network;
};

static nap_time longer(const struct config *c, const struct state *s)
{
	return nap_time_min(c->max, nap_scale(s->interval, 1.0 + c->growth));
}

static nap_time next(const void *config, void *state, const struct nap_policy_event *ev)
{
	const struct config *c = config;
	struct state *s = state;

	if (s->interval == 0 || s->network != ev->network)
		*s = (struct state){ .interval = c->initial, .done = NAP_NEVER, .network = ev->network };
	switch (ev->what) {
	case NAP_EV_SECOND_HELD:
		s->interval = nap_time_max(s->interval, ev->tested);
		s->fails = 0;
		if (s->interval >= c->max)
			s->done = ev->now;
		return ev->due;
	case NAP_EV_SECOND_LOST:
		if (++s->fails >= c->verify) {
			s->done = ev->now;
			s->fails = 0;
		}
		return ev->due;
	case NAP_EV_LOST:
		/* what was known does not hold, or its keepalive was lost: a step back, and the second port looks again */
		s->interval = nap_time_max(c->initial, nap_scale(s->interval, 1.0 / (1.0 + c->growth)));
		s->done = NAP_NEVER;
		s->fails = 0;
		break;
	default:
		break;
	}
	return ev->now +
	       nap_time_max(1, nap_scale(s->interval, c->low + (1.0 - c->low) * nap_rng_unit(ev->rng)));
}

/* Which silence of the second port to try next; NAP_NEVER: none. */
static nap_time try_silence(const void *config, const void *state, nap_time now)
{
	const struct config *c = config;
	const struct state *s = state;

	if (s->done != NAP_NEVER && (now - s->done < c->reprobe || s->interval >= c->max))
		return NAP_NEVER;
	return longer(c, s);
}

static const struct nap_field rows[] = { NAP_FIELD(struct state, interval, NAP_VALUE),
	NAP_FIELD(struct state, done, NAP_AT), NAP_FIELD_SPAN(struct state, fails, network, NAP_VALUE) };
NAP_FIELDS(fields, struct state, rows);

static const struct nap_param params[] = {
	{ "initial", NAP_P_TIME, offsetof(struct config, initial), "30s", "1s", "1d", NULL,
		"Interval taken to hold at first; the determination never goes below it (RFC 4380 5.2.7)." },
	{ "max-interval", NAP_P_TIME, offsetof(struct config, max), "2h", "1s", "365d", NULL,
		"Largest interval tried." },
	{ "growth", NAP_P_SHARE, offsetof(struct config, growth), "25%", "1%", "1000%", NULL,
		"How much longer the silence of the second port is than the interval known to hold. A "
		"choice: the RFC leaves it open." },
	{ "low", NAP_P_SHARE, offsetof(struct config, low), "75%", "1%", "100%", NULL,
		"Each interval is drawn between this share and all of it (RFC 4380; RFC 6081 allows 50 to "
		"150 %)." },
	{ "verify", NAP_P_UINT, offsetof(struct config, verify), "2", "1", "10", NULL,
		"Trials in a row that must fail before the determination ends." },
	{ "reprobe", NAP_P_TIME, offsetof(struct config, reprobe), "1d", "1min", NULL, NULL,
		"The determination is taken up again after so long." },
	NAP_PARAM_END
};

const struct nap_policy nap_policy_teredo = {
	.name = "teredo",
	.summary = "probes longer intervals on a second port",
	.params = params,
	.config_size = sizeof(struct config),
	.state = &fields,
	.next = next,
	.try_silence = try_silence,
	.listens = NAP_EV_TIMER | NAP_EV_BIT(NAP_EV_SECOND_HELD) | NAP_EV_BIT(NAP_EV_SECOND_LOST) |
		   NAP_EV_BIT(NAP_EV_LOST) | NAP_EV_BIT(NAP_EV_NETWORK),
	.draws = true,
};
