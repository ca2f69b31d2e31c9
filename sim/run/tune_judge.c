/* SPDX-License-Identifier: BSD-2-Clause */
/* What runs say of targets. */
#include <math.h>

#include <glib.h>

#include "run/tune.h"
#include "stats/tails.h"

/* Runs of a point as one target sees them. */
struct sums {
	uint64_t part, whole;
	uint32_t runs;        /* with something to judge */
	double slack, square; /* sums of what each run has above the bound, and of its square */
	double least, most;   /* slack of a run */
};

static struct sums add_up(
	const struct nap_tune_target *target, uint32_t k, const struct nap_tune_run *run, uint32_t n)
{
	struct sums s = { 0, 0, 0, 0.0, 0.0, (double)INFINITY, -(double)INFINITY };

	for (uint32_t i = 0; i < n; i++) {
		double slack = (double)run[i].seen[k].part - target->bound * (double)run[i].seen[k].whole;

		if (run[i].seen[k].whole == 0)
			continue;
		s.runs++;
		s.part += run[i].seen[k].part;
		s.whole += run[i].seen[k].whole;
		s.slack += slack;
		s.least = fmin(s.least, slack);
		s.most = fmax(s.most, slack);
	}
	for (uint32_t i = 0; i < n; i++) {
		double slack = (double)run[i].seen[k].part - target->bound * (double)run[i].seen[k].whole;

		if (run[i].seen[k].whole > 0)
			s.square += (slack - s.slack / s.runs) * (slack - s.slack / s.runs);
	}
	return s;
}

/* Chances of sums as good, and as bad, as these if the bound were just kept. */
struct tails {
	double good, bad;
};

/* Units that keep the target, of so many; scale: so many times as many there will be. */
static struct tails unit_tails(const struct nap_tune_target *t, const struct sums *s, double scale)
{
	uint64_t n = (uint64_t)((double)s->whole * scale + 0.5);
	uint64_t good = t->at_least ? s->part : s->whole - s->part;
	uint64_t wrong = (uint64_t)((double)(s->whole - good) * scale + 0.5), k = n - MIN(wrong, n);
	double p = t->at_least ? t->bound : 1.0 - t->bound;

	return (struct tails){ nap_binomial_at_least(n, k, p), 1.0 - nap_binomial_at_least(n, k + 1, p) };
}

static struct tails ratio_tails(const struct nap_tune_target *t, const struct sums *s, double scale)
{
	double mean = (t->at_least ? s->slack : -s->slack) / s->runs, error, above;

	if (s->runs < 2)
		return (struct tails){ 1.0, 1.0 };
	if (s->least == s->most) /* they agree: what one more run may be has never been seen */
		return (struct tails){ mean >= 0.0 ? 1.0 / (s->runs * scale + 2.0) : 1.0,
			mean < 0.0 ? 1.0 / (s->runs * scale + 2.0) : 1.0 };
	error = sqrt(s->square / (s->runs - 1.0) / s->runs / scale);
	above = nap_student_above(mean / error, s->runs * scale - 1.0);
	return (struct tails){ above, 1.0 - above };
}

/* Must it be kept in every run? */
static bool never_fails(const struct nap_tune_target *t)
{
	return t->at_least ? t->bound >= 1.0 : t->bound <= 0.0;
}

/* How much more than allowed is wrong, as a share of what is allowed; where nothing is, of a thousandth, or of ten a day. */
static double shortfall(const struct nap_tune_target *t, double estimate)
{
	double wrong = t->at_least ? 1.0 - estimate : estimate;
	double allowed = t->at_least ? 1.0 - t->bound : t->bound, unit = t->at_least ? 0.001 : 10.0;

	return wrong > allowed ? (wrong - allowed) / (allowed > 0.0 ? allowed : unit) : 0.0;
}

struct judged {
	double estimate, doubt;
	bool meets, sure;
	bool unseen; /* the doubt is that of a run which differs from all that were seen */
};

static struct judged judge_one(const struct nap_tune_rule *rule, uint32_t k, const struct nap_tune_run *run,
	uint32_t n, uint32_t planned)
{
	const struct nap_tune_target *t = &rule->target[k];
	struct sums s = add_up(t, k, run, n);
	struct judged j = { (double)NAN, 0.0, true, true, false };
	double scale = (double)planned / n;
	struct tails now, then;

	if (s.runs == 0)
		return j;
	j.estimate = (double)s.part / (double)s.whole;
	j.meets = t->at_least ? j.estimate >= t->bound : j.estimate <= t->bound;
	if (rule->certain) {
		j.doubt = j.meets ? 0.0 : 1.0;
		return j;
	}
	j.unseen = never_fails(t) || (t->kind == NAP_TUNE_RATIO && s.least == s.most);
	if (never_fails(t)) {
		j.doubt = j.meets ? 1.0 / (s.runs + 2.0) : 1.0;
		j.sure = !j.meets || n == planned || j.doubt <= rule->accept;
		return j;
	}
	now = t->kind == NAP_TUNE_UNITS ? unit_tails(t, &s, 1.0) : ratio_tails(t, &s, 1.0);
	then = t->kind == NAP_TUNE_UNITS ? unit_tails(t, &s, scale) : ratio_tails(t, &s, scale);
	j.doubt = now.good;
	j.sure = n == planned || now.good <= rule->accept || now.bad <= rule->accept;
	j.meets &= rule->accept >= 1.0 || j.unseen || then.good <= rule->accept;
	return j;
}

struct nap_tune_verdict nap_tune_judge(
	const struct nap_tune_rule *rule, const struct nap_tune_run *run, uint32_t n, uint32_t planned)
{
	struct nap_tune_verdict v = { .meets = true, .sure = true, .worst = rule->n_targets };
	double doubt = 0.0, unseen = 0.0;
	bool surely_not = false;

	for (uint32_t k = 0; k < rule->n_targets; k++) {
		struct judged j = judge_one(rule, k, run, n, planned);
		double by = j.meets || isnan(j.estimate) ? 0.0 : shortfall(&rule->target[k], j.estimate);

		v.estimate[k] = j.estimate;
		doubt += j.unseen ? 0.0 : j.doubt;
		unseen = j.unseen ? fmax(unseen, j.doubt) : unseen;
		v.meets &= j.meets;
		v.sure &= j.sure;
		surely_not |= !j.meets && j.sure;
		if (!j.meets && (v.worst == rule->n_targets || by > v.shortfall)) {
			v.worst = k;
			v.shortfall = by;
		}
	}
	v.sure |= surely_not;
	v.unseen = unseen; /* one more run is the same run for all targets */
	v.doubt = fmin(1.0, doubt + unseen);
	return v;
}
