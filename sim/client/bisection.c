/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/bisection.h"

/* Between the bounds: doubling while they are far apart, then the middle. */
static nap_time between(nap_time held, nap_time failed)
{
	if (failed / 4 > held)
		return 2 * held;
	return held + (failed - held) / 2;
}

static bool is_done(const struct nap_bisection *s, const struct nap_bisection_config *cfg)
{
	return s->failed - s->held <= nap_scale(s->held, cfg->resolution);
}

static void next_silence(struct nap_bisection *s, const struct nap_bisection_config *cfg, nap_time now)
{
	s->fails = 0;
	if (is_done(s, cfg) && !s->bounded) /* what bounded it was a reprobe's caution: further up */
		s->failed = nap_time_max(s->held, nap_time_min(cfg->max, 4 * s->held));
	if (!is_done(s, cfg)) {
		s->since = NAP_NEVER;
		s->tried = between(s->held, s->failed);
		return;
	}
	if (s->since == NAP_NEVER)
		s->since = now;
	/* where nothing up to max failed, max itself is tried, and kept while it holds */
	s->tried = s->bounded ? s->held : s->failed;
}

void nap_bisection_start(struct nap_bisection *s, const struct nap_bisection_config *cfg)
{
	*s = (struct nap_bisection){
		.held = cfg->min, .failed = nap_time_max(cfg->max, cfg->min), .since = NAP_NEVER
	};
	/* the first tried is the one interval that is believed to hold */
	s->tried = cfg->min;
}

static void lost(struct nap_bisection *s, const struct nap_bisection_config *cfg, nap_time now)
{
	if (++s->fails < cfg->verify)
		return;
	if (s->tried <= s->held) {
		/* what held does so no more: another network, or it never did; all below is open again */
		s->failed = s->tried;
		s->held = cfg->min;
	} else {
		s->failed = s->tried;
	}
	s->bounded = s->failed > cfg->min;
	if (!s->bounded)
		s->failed = nap_time_max(
			cfg->max, cfg->min); /* even min fails: whatever it is, waiting less is not allowed */
	next_silence(s, cfg, now);
	if (!s->bounded)
		s->tried = cfg->min;
}

void nap_bisection_learn(struct nap_bisection *s, const struct nap_bisection_config *cfg, nap_time now,
	nap_time tested, enum nap_proof proof)
{
	bool settled = s->since != NAP_NEVER;

	if (proof == NAP_PROOF_LOST) {
		lost(s, cfg, now);
		return;
	}
	if (proof != NAP_PROOF_HELD || tested < s->tried)
		return;
	s->fails = 0;
	if (settled && now - s->since >= cfg->reprobe && s->bounded && s->held < cfg->max) {
		/* a little longer first: if that still fails, little is lost by asking */
		s->failed = nap_time_min(cfg->max, 4 * s->held);
		s->tried = nap_time_min(s->failed, s->held + nap_scale(s->held, cfg->resolution));
		s->bounded = false;
		s->since = NAP_NEVER;
	} else {
		s->held = nap_time_max(s->held, s->tried);
		if (!settled)
			next_silence(s, cfg, now);
	}
}
