/* SPDX-License-Identifier: BSD-2-Clause */
/* eviction = early-drop: the hash buckets of a full table. Private to middlebox/. */
#ifndef NAP_MIDDLEBOX_EARLY_DROP_H
#define NAP_MIDDLEBOX_EARLY_DROP_H

#include "middlebox/table.h"

/* Makes room for a newcomer, whose key is that of its first packet; false when no victim stands near by. */
bool nap_early_drop(struct nap_box *box, const struct key *newcomer, nap_time now);

/* A session comes or goes; only to be called once there are buckets. */
void nap_buckets_add(struct nap_box *box, uint32_t id);
void nap_buckets_remove(struct nap_box *box, uint32_t id);

/* No buckets any more, until the table is full again. */
void nap_buckets_clear(struct nap_box *box);

#endif
