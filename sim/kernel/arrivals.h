/* SPDX-License-Identifier: BSD-2-Clause */
/* Arrival processes of pushes and outages, as written in scenarios ("poisson 4/h", "periodic 10min"). */
#ifndef NAP_KERNEL_ARRIVALS_H
#define NAP_KERNEL_ARRIVALS_H

#include <stdint.h>

#include "kernel/dist.h"
#include "kernel/rng.h"
#include "kernel/time.h"

enum nap_arrivals_kind {
	NAP_ARRIVALS_NONE,
	NAP_ARRIVALS_POISSON,  /* independent exponential gaps of mean gap */
	NAP_ARRIVALS_PERIODIC, /* every gap, the first after one gap */
	NAP_ARRIVALS_ONOFF, /* Poisson with mean gap while on; on and off spans exponential of mean on, off */
	NAP_ARRIVALS_TIMES, /* at the n given times */
	NAP_ARRIVALS_GAPS,  /* independent gaps of any distribution: a renewal process */
};

/*
 * How the rate of a process goes through the day: n equal spans, which begin at midnight, when a run does. The process goes on in a
 * time of its own, in which each span is as long as its weight: of a Poisson process that is the one of changing rate, exactly.
 */
struct nap_daily {
	uint32_t n;
	const nap_time *from; /* n + 1: where each span begins in that time, the last a day */
	const double *weight; /* n, as written */
};

struct nap_arrivals {
	enum nap_arrivals_kind kind;
	uint32_t n;                    /* NAP_ARRIVALS_TIMES */
	double gap;                    /* ns: mean gap, or the period */
	double on, off;                /* ns: NAP_ARRIVALS_ONOFF */
	const nap_time *times;         /* sorted, n of them; belongs to the maker */
	struct nap_dist gaps;          /* NAP_ARRIVALS_GAPS, ns */
	const struct nap_daily *daily; /* NULL: the same at all hours; belongs to the maker */
};

/* Where a process stands, in its own time; zero it, then take arrivals one after another. */
struct nap_arrivals_state {
	nap_time last;   /* the latest arrival */
	nap_time on_end; /* NAP_ARRIVALS_ONOFF: end of the current on span */
	uint32_t index;  /* arrivals so far; of NAP_ARRIVALS_TIMES the next one */
};

/* The next arrival after those already taken, NAP_NEVER when there is none. */
nap_time nap_arrivals_next(const struct nap_arrivals *a, struct nap_arrivals_state *s, struct nap_rng *r);

#endif
