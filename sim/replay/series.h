/* SPDX-License-Identifier: BSD-2-Clause */
/* Energy over time in bins of one width, of bounded number: where they are too many, two become one. */
#ifndef NAP_REPLAY_SERIES_H
#define NAP_REPLAY_SERIES_H

#include "radio/meter.h"

enum { NAP_SERIES_BINS = 512 };

/* What there was up to a time. */
struct nap_series_sum {
	struct nap_energy energy; /* mJ */
	nap_time connected;
	uint64_t packets[2], bytes[2]; /* by up */
};

struct nap_series {
	nap_time width; /* of a bin */
	uint32_t n;
	struct nap_series_sum upto[NAP_SERIES_BINS]; /* the end of each bin that has ended */
};

/* Bins of a second, at first. */
static inline void nap_series_init(struct nap_series *s)
{
	s->width = NAP_S;
	s->n = 0;
}

/* When the next bin ends. */
static inline nap_time nap_series_due(const struct nap_series *s)
{
	return ((nap_time)s->n + 1) * s->width;
}

/* What there is at nap_series_due. */
void nap_series_add(struct nap_series *s, const struct nap_series_sum *sum);

#endif
