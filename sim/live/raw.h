/* SPDX-License-Identifier: BSD-2-Clause */
/* Crafting: TCP segments put on the wire as they are, by libnet (raw.c) or, built without it, not at all (no_raw.c). */
#ifndef NAP_LIVE_RAW_H
#define NAP_LIVE_RAW_H

#include "live/segment.h"

struct nap_raw;

/* NULL when this process may not, or the program was built without libnet. Free accepts NULL. */
struct nap_raw *nap_raw_open(void);
void nap_raw_free(struct nap_raw *r);

/* Sends s once. False when the kernel refuses. */
bool nap_raw_send(struct nap_raw *r, const struct nap_segment *s);

#endif
