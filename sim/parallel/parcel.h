/* SPDX-License-Identifier: BSD-2-Clause */
/* What was done of some replications, as bytes for other ranks or a journal: whole structs, and what was gathered, sparsely. */
#ifndef NAP_PARALLEL_PARCEL_H
#define NAP_PARALLEL_PARCEL_H

#include <glib.h>

#include "run/run.h"

/* Bytes under way: what was packed, or is to be unpacked. */
struct nap_parcel {
	GByteArray *bytes; /* packed so far; NULL when unpacking */
	const guint8 *at, *end;
	bool broken; /* it held less than was taken, or what cannot be: what was taken since is zeros, and not to be used */
};

struct nap_parcel nap_parcel_of(GBytes *bytes);

/* Numbers and whole structs. */
void nap_parcel_put(struct nap_parcel *p, const void *data, size_t n);
void nap_parcel_take(struct nap_parcel *p, void *data, size_t n);

static inline void nap_parcel_put_number(struct nap_parcel *p, uint64_t number)
{
	nap_parcel_put(p, &number, sizeof number);
}

static inline uint64_t nap_parcel_take_number(struct nap_parcel *p)
{
	uint64_t number;

	nap_parcel_take(p, &number, sizeof number);
	return number;
}

/* Something else is to be taken. */
static inline bool nap_parcel_has_more(const struct nap_parcel *p)
{
	return p->at < p->end;
}

void nap_parcel_put_part(struct nap_parcel *p, const struct nap_part *part);
void nap_parcel_take_part(struct nap_parcel *p, struct nap_part *part);

/* The second adds what it takes to each, of a broken parcel nothing. */
void nap_parcel_put_each(struct nap_parcel *p, const struct nap_each *each);
void nap_parcel_take_each(struct nap_parcel *p, struct nap_each *each);

/* The same of all that was gathered, by runs of plan. */
void nap_parcel_put_gather(struct nap_parcel *p, const struct nap_gather *g);
void nap_parcel_take_gather(struct nap_parcel *p, struct nap_gather *g, const struct nap_plan *plan);

#endif
