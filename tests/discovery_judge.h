/* SPDX-License-Identifier: BSD-2-Clause */
/* What was found of a timer, compared with the truth that a scenario's boxes tell (discovery_truth.h). */
#ifndef TESTS_DISCOVERY_JUDGE_H
#define TESTS_DISCOVERY_JUDGE_H

#include "discovery_scenario.h"
#include "discovery_truth.h"

/* --- the truth --- */

struct span {
	nap_time least, most; /* over the phases of what the boxes do by the clock */
	bool passes;
};

#define PHASES 24

static inline struct span truth(const struct nap_scenario *sc, uint64_t seed, const struct story *s)
{
	struct span t = { NAP_NEVER, 0, true };
	uint32_t n = sc->n_path_middleboxes;
	struct nap_chain_plan plan;
	nap_time purge = 0;

	nap_chain_plan_init(&plan, sc->middlebox, sc->n_middleboxes, n, 1, seed);
	for (uint32_t k = 0; k < n; k++)
		purge = nap_time_max(purge, sc->middlebox[k].box.purge_interval);
	for (uint32_t i = 0; i < (purge ? PHASES : 1); i++) {
		struct nap_box *box[NAP_HOPS_MAX];
		nap_time one;

		for (uint32_t k = 0; k < n; k++)
			box[k] = nap_chain_box(&plan, 0, k, 0, 4);
		one = truth_of(box, n, nap_chain_device(&plan, 0, 0, false), s, NAP_H + purge / PHASES * i);
		for (uint32_t k = 0; k < n; k++)
			nap_box_free(box[k]);
		t.passes = t.passes && one >= 0;
		t.least = nap_time_min(t.least, one);
		t.most = nap_time_max(t.most, one);
	}
	if (t.least != NAP_NEVER) { /* between the phases looked at */
		t.least = nap_time_max(0, t.least - purge / PHASES);
		t.most = nap_time_after(t.most, purge / PHASES);
	}
	return t;
}

/* --- the comparison --- */

/* UNTOLD: the boxes stop a packet of the story itself, so there is no truth to compare with */
enum verdict { RIGHT, WRONG, FALSE_VARIES, UNSURE, SILENT, UNTOLD, VERDICTS };

static const char *const verdict_words[VERDICTS] = { "right", "wrong", "does not vary", "unsure",
	"unsure without a reason", "not compared" };

#define OPENINGS 10 /* packets of the longest opening */

/* transit: the longest one-way time; between a trial's packets, other than between the story's, lie some. */
static inline enum verdict judge(
	const struct nap_finding *f, const struct span *t, nap_time age, nap_time transit)
{
	nap_time least = nap_time_max(0, t->least - 2 * transit);

	if (f->state == NAP_FINDING_FAILED || f->state == NAP_FINDING_UNSURE ||
		f->state == NAP_FINDING_SKIPPED || f->state == NAP_FINDING_OPEN)
		return *f->detail ? UNSURE : SILENT;
	if (!t->passes)
		return UNTOLD;
	if (age != NAP_NEVER && t->most >= age - OPENINGS * transit - 4 * NAP_S)
		/* cut for its age: what the opening took is missing */
		least = nap_time_max(0, nap_time_min(least, age - OPENINGS * transit - 4 * NAP_S));
	if (f->state == NAP_FINDING_VARIES && t->most - t->least < NAP_S / 2)
		return FALSE_VARIES;
	return f->bracket.alive <= t->most && f->bracket.dead >= least ? RIGHT : WRONG;
}

static inline nap_time age_limit(const struct nap_scenario *sc)
{
	nap_time age = NAP_NEVER;

	for (uint32_t k = 0; k < sc->n_path_middleboxes; k++)
		age = nap_time_min(age, sc->middlebox[k].box.duration_limit);
	return age;
}

#endif
