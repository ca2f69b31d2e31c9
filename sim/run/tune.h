/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tuning: among values of one or several keys the cheapest that meets targets. The caller evaluates points (a position on
 * each axis) for ranges of replications; replication r of all points has the same draws, so points are compared in pairs.
 *
 * 1. Search (tune_search.c): a few points all over, then bisection of what lies between a point that meets the targets and
 *    one that does not, and of what lies beside the cheapest. Replications go where a decision is close.
 * 2. Choice (tune_choose.c): the rule that names one of the points there are; natnap run asks it of a sweep's.
 * 3. Confirmation (tune.c): the named point is run anew, with replications that the search has not seen, since a point that
 *    was chosen for its looks looks better than it is. One that fails is put away and the search goes on below it; each
 *    further try has less of the allowed error, so that all together have no more than 1 - confidence.
 */
#ifndef NAP_RUN_TUNE_H
#define NAP_RUN_TUNE_H

#include <stdbool.h>
#include <stdint.h>

enum { NAP_TUNE_AXES = 4, NAP_TUNE_TARGETS = 8 };

/* What a target says of the runs. */
enum nap_tune_kind {
	NAP_TUNE_RATIO, /* the sum of parts by the sum of wholes; runs are what is independent */
	NAP_TUNE_UNITS, /* so many of independent units (subscribers) in each run */
};

/* A bound of 0 from above, or of 1 from below, is kept in every run, or it is not kept. */
struct nap_tune_target {
	const char *name; /* "reachable" */
	enum nap_tune_kind kind;
	bool at_least; /* else at most */
	double bound;
};

/* One replication of a point. */
struct nap_tune_run {
	double cost;    /* of all subscribers, what is to be least; NAN: cannot be had */
	double packets; /* tie-breaker */
	struct {
		uint64_t part, whole; /* whole 0: nothing to judge, and nothing is wrong */
	} seen[NAP_TUNE_TARGETS];
};

/* What makes a point good. */
struct nap_tune_rule {
	struct nap_tune_target target[NAP_TUNE_TARGETS];
	uint32_t n_targets;
	double accept; /* most chance of an error at which a target counts as met; 1: its estimate is enough */
	double tie;    /* costs that differ by less than this share are the same */
	double better; /* of interest is a neighbour that is cheaper by this share */
	bool certain;  /* nothing is random: one run says all */
};

/* What the runs of a point say of the targets. */
struct nap_tune_verdict {
	double estimate[NAP_TUNE_TARGETS]; /* NAN: nothing to judge */
	/* Chance of such runs, or better ones, if a target just failed, summed, at most 1; with that, chance that one
	   more run does not keep what was kept in all. */
	double doubt, unseen;
	bool meets, sure; /* the targets, as accept asks for; with more runs this may change */
	uint32_t worst;   /* target that is missed by most; n_targets: none */
	double shortfall; /* of that: how much more than allowed is wrong, as a share of what is allowed */
};

struct nap_tune_point {
	uint32_t at[NAP_TUNE_AXES];
	uint32_t n; /* replications 0 .. n - 1 are there */
	struct nap_tune_run *run;
	struct nap_tune_verdict verdict;
	bool near_cliff;  /* meets the targets, but fails them within the margin above */
	uint32_t refuted; /* the try, from 1, in which it failed when it was run anew; 0: in none */
};

/* An axis: rising values, and which share below a value that fails must be kept clear. */
struct nap_tune_axis {
	const int64_t *value;
	uint32_t n;
	double margin;
	bool dense; /* values next to one another: what fails begins at the last that does not */
};

struct nap_tune_space {
	struct nap_tune_axis axis[NAP_TUNE_AXES];
	uint32_t axes;
};

/* Replications first .. first + count - 1 of a point, to be written to run. */
struct nap_tune_ask {
	uint32_t at[NAP_TUNE_AXES], first, count;
	struct nap_tune_run *run;
};

/* Evaluates n asks, in any order. False: interrupted; the search then ends without a result. */
typedef bool (*nap_tune_evaluate_fn)(void *ctx, const struct nap_tune_ask *ask, uint32_t n);

struct nap_tune {
	struct nap_tune_space space;
	struct nap_tune_rule rule;
	double confidence;    /* 0.95 */
	uint32_t first, most; /* replications of a point at first, and at most */
	bool confirm;         /* run the named point anew; else estimates decide */
	bool downward; /* one key, of which small values take long to run: scan from the largest, as far as needed */
	bool monotone; /* the cost follows the first key alone: nothing lies beside the cheapest */
	const uint32_t *
		hint; /* a point to look at first, one position an axis, or NULL: what a like search has named */
	nap_tune_evaluate_fn evaluate;
	void *ctx;
	/* found: all points there are (free with nap_tune_clear), and what of them */
	struct nap_tune_point *point;
	uint32_t n_points;
	int named;                         /* the point to recommend; -1: none */
	int nearest;                       /* then the point that misses the targets by least */
	struct nap_tune_verdict confirmed; /* the named point by runs of its own */
	uint32_t confirmed_runs, tries;    /* of these, and of points that were run anew */
	double violation; /* chance that the named point does not meet the targets: a bound that holds for the whole
			     search with so many tries */
	double better; /* chance that a point beside it is cheaper by rule.better */
	uint64_t runs; /* in all */
};

/* False: evaluate said so. */
bool nap_tune_run(struct nap_tune *t);
void nap_tune_clear(struct nap_tune *t);

/* ---- the parts -------------------------------------------------------------------------------------------------------- */

/* What n runs say; planned (at least n): so many will there be when it is decided. */
struct nap_tune_verdict nap_tune_judge(
	const struct nap_tune_rule *rule, const struct nap_tune_run *run, uint32_t n, uint32_t planned);

/* Costs of b less those of a, in runs that both have: mean, and standard error of the mean (NAN with fewer than 2). */
struct nap_tune_gap {
	double mean, error, of; /* of: mean cost of a in these runs */
	uint32_t n;
};
struct nap_tune_gap nap_tune_compare(
	const struct nap_tune_point *a, const struct nap_tune_point *b, double share);

/*
 * Do the runs tell on which side of a value the mean lies, off from it? By Student's t: of four runs the error itself is known
 * badly, and two of it would be wrong thrice as often as of many. Without spread they do.
 */
bool nap_tune_decided(const struct nap_tune_gap *g, double off);

/* Positions around a point that was refuted which are not to be named either: the more, the more tries there were. */
static inline uint32_t nap_tune_around(const struct nap_tune_point *p)
{
	return p->refuted ? UINT32_C(1) << (p->refuted - 1) : 0;
}

/* Sets near_cliff of all points: those that have a failing one within the margin above them, or a refuted one around, on an axis. */
void nap_tune_keep_clear(const struct nap_tune_space *space, struct nap_tune_point *point, uint32_t n);

/* Has it a verdict that lets it be named? */
static inline bool nap_tune_may_name(const struct nap_tune_point *p)
{
	return p->verdict.meets && !p->near_cliff && !p->refuted;
}

/*
 * The point to name among n: the cheapest that may be named; of those that cost the same the one with fewest packets, then the
 * one with the largest value on the first axis. -1: none may.
 */
int nap_tune_choose(const struct nap_tune_rule *rule, const struct nap_tune_point *point, uint32_t n);

/* The point that misses the targets by least, among n > 0. */
int nap_tune_nearest(const struct nap_tune_point *point, uint32_t n);

/* The chance that a point other than named, which may be named, is cheaper by rule->better. */
double nap_tune_better(
	const struct nap_tune_rule *rule, const struct nap_tune_point *point, uint32_t n, int named);

/* Above a point on an axis: the positions of the first that fails and of the last before it; false where none fails. */
bool nap_tune_cliff(const struct nap_tune_space *space, const struct nap_tune_point *point, uint32_t n,
	int from, uint32_t axis, uint32_t *last_good, uint32_t *first_bad);

/* Search until nothing is left to ask; more: after a point was refuted. False: interrupted. */
bool nap_tune_search(struct nap_tune *t);

#endif
