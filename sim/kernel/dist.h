/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Distributions of a quantity, as written in scenarios ("uniform 20ms 60ms",
 * "lognormal 40ms 0.5"). Values are doubles in the quantity's base unit
 * (nanoseconds for times); integer times are rounded when drawn.
 */
#ifndef NAP_KERNEL_DIST_H
#define NAP_KERNEL_DIST_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/rng.h"
#include "kernel/time.h"

enum nap_dist_kind {
	NAP_DIST_CONSTANT,    /* a */
	NAP_DIST_UNIFORM,     /* between a and b */
	NAP_DIST_EXPONENTIAL, /* mean a */
	NAP_DIST_NORMAL,      /* mean a, standard deviation b; below zero counts as zero */
	NAP_DIST_LOGNORMAL,   /* median a, sigma b of the logarithm */
	NAP_DIST_PARETO,      /* minimum a, shape b */
	NAP_DIST_WEIBULL,     /* scale a, shape b */
	NAP_DIST_EMPIRICAL,   /* one of n values, each equally likely */
	NAP_DIST_N
};

/* A distribution is plain data; values belongs to whoever made it and must outlive it. */
struct nap_dist {
	enum nap_dist_kind kind;
	uint32_t n;           /* NAP_DIST_EMPIRICAL: number of values */
	double a, b;          /* parameters, see the kinds */
	const double *values; /* NAP_DIST_EMPIRICAL */
};

/* A distribution that others take the place of, each from its time on; rows in order of time. Plain, as above. */
struct nap_dist_change {
	nap_time at;
	struct nap_dist dist;
};

struct nap_dist_changes {
	const struct nap_dist_change *row;
	uint32_t n;
};

static inline struct nap_dist nap_dist_constant(double a)
{
	return (struct nap_dist){ NAP_DIST_CONSTANT, 0, a, 0.0, 0 };
}

/* One value; a constant takes nothing from the stream. */
double nap_dist_draw(const struct nap_dist *d, struct nap_rng *r);

/* One time in nanoseconds, rounded to the nearest, never negative. */
nap_time nap_dist_draw_time(const struct nap_dist *d, struct nap_rng *r);

/* Does any of them take something from the stream? */
static inline bool nap_dist_changes_draw(const struct nap_dist_changes *c)
{
	for (uint32_t i = 0; i < c->n; i++)
		if (c->row[i].dist.kind != NAP_DIST_CONSTANT)
			return true;
	return false;
}

/* The mean, INFINITY for a Pareto of shape <= 1. Normal: of the untruncated one. */
double nap_dist_mean(const struct nap_dist *d);

/* Exponential with the given mean in nanoseconds, at least 1 ns: gaps of a Poisson process. */
nap_time nap_draw_gap(struct nap_rng *r, double mean_ns);

#endif
