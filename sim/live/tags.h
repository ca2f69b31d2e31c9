/* SPDX-License-Identifier: BSD-2-Clause */
/* When the last packets of one end of a flow were sent, by their tags: so that an arrival tells what it took. */
#ifndef NAP_LIVE_TAGS_H
#define NAP_LIVE_TAGS_H

#include <stdint.h>

#include "kernel/time.h"

#define NAP_TAGS 32 /* sends remembered: more than are under way */

/* Zero is empty. */
struct nap_tags {
	struct {
		uint32_t tag;
		nap_time at;
	} row[NAP_TAGS]; /* number i at i % NAP_TAGS */
	uint32_t n;      /* ever added */
};

/* A packet with this tag was sent at `at`; the oldest is forgotten for it. */
void nap_tags_add(struct nap_tags *t, uint32_t tag, nap_time at);

/* When tag was sent; NAP_NEVER when that is not known (any more). */
nap_time nap_tags_time(const struct nap_tags *t, uint32_t tag);

/* The tag added last, and the latest one that bears this mark (segment.h); 0 when there is none. */
uint32_t nap_tags_last(const struct nap_tags *t);
uint32_t nap_tags_marked(const struct nap_tags *t, uint32_t mark);

#endif
