/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gRPC Core's: a ping when nothing was received for an interval, and after a few of them without data sent in between
 * none any more, or rarer ones. (grpc/grpc doc/keepalive.md, GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA; proposal 429)
 */
#include "client/policy.h"

struct config {
	nap_time interval, rare;
	uint32_t most;
};

struct state {
	uint32_t pings; /* since the client last sent something else */
	bool waits;     /* for the rarer one: what comes meanwhile does not put it off */
};

static nap_time next(const void *config, void *state, const struct nap_policy_event *ev)
{
	const struct config *c = config;
	struct state *s = state;

	if (ev->what == NAP_EV_START)
		*s = (struct state){ 0, false };
	if (ev->what == NAP_EV_DUE && c->most > 0 && s->pings < c->most)
		s->pings++;
	if (ev->what == NAP_EV_SENT) {
		bool waited = s->waits;

		*s = (struct state){ 0, false };
		return waited ? nap_time_after(ev->now, c->interval) : ev->due;
	}
	if (s->waits && ev->what != NAP_EV_DUE)
		return ev->due;
	s->waits = c->most > 0 && s->pings >= c->most;
	return nap_time_after(ev->now, s->waits ? nap_time_max(c->rare, c->interval) : c->interval);
}

static const struct nap_field rows[] = { NAP_FIELD(struct state, pings, NAP_VALUE),
	NAP_FIELD(struct state, waits, NAP_VALUE) };
NAP_FIELDS(fields, struct state, rows);

static const struct nap_param params[] = {
	{ "interval", NAP_P_TIME, offsetof(struct config, interval), "5min", "1ms", "365d", NULL,
		"A ping after nothing was received for so long (GRPC_ARG_KEEPALIVE_TIME_MS; below 5 min "
		"servers close)." },
	{ "pings-without-data", NAP_P_UINT, offsetof(struct config, most), "2", "0", "1000", NULL,
		"Pings in a row without data sent in between (a request, an answer); 0: any number." },
	{ "rare-interval", NAP_P_TIME, offsetof(struct config, rare), "never", "1s", NULL, NULL,
		"From then on a ping every so long, until data is sent; never: none (gRPC Core since 1.65 "
		"with "
		"max_pings_wo_data_throttle: 1 min)." },
	NAP_PARAM_END
};

const struct nap_policy nap_policy_grpc = {
	.name = "grpc",
	.summary = "gRPC Core's: after a few pings without data none, or rarer ones",
	.params = params,
	.config_size = sizeof(struct config),
	.state = &fields,
	.next = next,
	.listens = NAP_EV_TIMER | NAP_EV_BIT(NAP_EV_SENT) | NAP_EV_BIT(NAP_EV_RECEIVED) |
		   NAP_EV_BIT(NAP_EV_ANSWERED),
};
