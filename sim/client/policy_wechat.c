/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ladder of WeChat's network library (Mars, smart heartbeat): a few beats
 * at the minimum after each connect; then up a step after enough successes at
 * one interval, of which the first does not count; two failures in a row set
 * it a step and a bit lower, where it stays. Tried again after a week. What
 * was learnt is kept for each network.
 */
#include "client/adapt.h"

#define NETWORKS 4 /* remembered; the one not used for longest is forgotten */

struct config {
	nap_time min, max, step, back;
	uint32_t warm_up, successes, failures;
	nap_time reprobe;
	bool foreground;
};

struct rung {
	nap_time interval;
	nap_time changed; /* when it became stable, NAP_NEVER: it is not */
	uint32_t network, used;
	uint16_t good, bad;
	bool stable, fresh; /* fresh: no beat at this interval has been answered yet */
};

struct state {
	struct nap_silence silence;
	uint16_t beats; /* answered since the connection was made */
	uint16_t current;
	uint32_t uses;
	struct rung rung[NETWORKS];
};

static void enter(struct state *s, const struct config *c, uint32_t network)
{
	uint16_t oldest = 0, i;

	for (i = 0; i < NETWORKS; i++) {
		if (s->rung[i].used > 0 && s->rung[i].network == network)
			break;
		if (s->rung[i].used < s->rung[oldest].used)
			oldest = i;
	}
	if (i == NETWORKS) {
		i = oldest;
		s->rung[i] = (struct rung){ .interval = c->min, .changed = NAP_NEVER, .network = network };
	}
	s->rung[i].used = ++s->uses;
	s->current = i;
}

/* The highest rung: one from which stepping back by the small step is never needed. The lowest is never below itself. */
static nap_time top(const struct config *c)
{
	return nap_time_max(c->min, c->max - c->back);
}

static void climb(struct rung *r, const struct config *c, nap_time now)
{
	r->good = 0;
	if (r->interval >= top(c)) {
		r->interval = top(c);
		r->stable = true;
		r->changed = now;
		return;
	}
	r->interval = nap_time_min(r->interval + c->step, top(c));
	r->fresh = true;
}

static void succeeded(struct rung *r, const struct config *c, nap_time now)
{
	r->bad = 0;
	if (r->fresh) {
		r->fresh = false;
		return;
	}
	if (r->stable) {
		if (now - r->changed < c->reprobe || r->interval >= top(c))
			return;
		r->stable = false;
		r->changed = NAP_NEVER;
		climb(r, c, now);
	} else if (++r->good >= c->successes) {
		climb(r, c, now);
	}
}

static void failed(struct rung *r, const struct config *c, nap_time now)
{
	r->good = 0;
	if (++r->bad < c->failures)
		return;
	r->bad = 0;
	r->interval = nap_time_max(c->min, r->interval - c->step - c->back);
	r->stable = true;
	r->fresh = false;
	r->changed = now;
}

static nap_time next(const void *config, void *state, const struct nap_policy_event *ev)
{
	const struct config *c = config;
	struct state *s = state;
	enum nap_proof proof = nap_silence_observe(&s->silence, ev);
	bool warm;
	struct rung *r;

	if (s->uses == 0 || s->rung[s->current].network != ev->network)
		enter(s, c, ev->network);
	r = &s->rung[s->current];
	if (ev->what == NAP_EV_START)
		s->beats = 0;
	warm = s->beats >= c->warm_up && !c->foreground; /* beats at the minimum prove nothing else */
	if (proof == NAP_PROOF_HELD || proof == NAP_PROOF_SPOILED) {
		if (s->beats < c->warm_up)
			s->beats++;
		if (warm && proof == NAP_PROOF_HELD && s->silence.tested >= r->interval)
			succeeded(r, c, ev->now);
	}
	if (proof == NAP_PROOF_LOST && warm)
		failed(r, c, ev->now);
	warm = s->beats >= c->warm_up && !c->foreground;
	return nap_silence_due(&s->silence, ev, warm ? r->interval : c->min);
}

#define RUNG(i)                                                                                              \
	NAP_FIELD(struct state, rung[i].interval, NAP_VALUE),                                                \
		NAP_FIELD(struct state, rung[i].changed, NAP_AT),                                            \
		NAP_FIELD_SPAN(struct state, rung[i].network, rung[i].fresh, NAP_VALUE)

static const struct nap_field rows[] = { NAP_SILENCE_ROWS(struct state, silence),
	NAP_FIELD_SPAN(struct state, beats, uses, NAP_VALUE), RUNG(0), RUNG(1), RUNG(2), RUNG(3) };
NAP_FIELDS(fields, struct state, rows);

static const struct nap_param params[] = { { "min-interval", NAP_P_TIME, offsetof(struct config, min), "210s",
						   "1s", "1d", NULL,
						   "Lowest rung (Mars: MinHeartInterval)." },
	{ "max-interval", NAP_P_TIME, offsetof(struct config, max), "600s", "1s", "1d", NULL,
		"The highest rung is this less step-back (Mars: MaxHeartInterval)." },
	{ "step", NAP_P_TIME, offsetof(struct config, step), "60s", "1s", "1d", NULL,
		"From rung to rung (Mars: HeartStep)." },
	{ "step-back", NAP_P_TIME, offsetof(struct config, back), "20s", "0s", "1d", NULL,
		"How much more than a step it goes down after failures (Mars: SuccessStep)." },
	{ "warm-up", NAP_P_UINT, offsetof(struct config, warm_up), "3", "0", "1000", NULL,
		"Beats at the minimum after each connect (Mars: NetStableTestCount)." },
	{ "successes", NAP_P_UINT, offsetof(struct config, successes), "5", "1", "1000", NULL,
		"Counted successes before the next rung (Mars: BaseSuccCount)." },
	{ "failures", NAP_P_UINT, offsetof(struct config, failures), "2", "1", "1000", NULL,
		"Failures in a row that count (Mars: MaxHeartFailCount)." },
	{ "reprobe", NAP_P_TIME, offsetof(struct config, reprobe), "7d", "1min", NULL, NULL,
		"A stable interval is tried a step higher after so long." },
	{ "foreground", NAP_P_BOOL, offsetof(struct config, foreground), "no", NULL, NULL, NULL,
		"Is the application in front of its user? Then all beats are at the minimum." },
	NAP_PARAM_END };

const struct nap_policy nap_policy_wechat = {
	.name = "wechat",
	.summary = "WeChat's ladder with a memory for each network",
	.params = params,
	.config_size = sizeof(struct config),
	.state = &fields,
	.next = next,
	.listens = NAP_EV_TRIALS,
};
