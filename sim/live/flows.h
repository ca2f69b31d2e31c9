/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The flows the reflector has heard of: a fixed table, keyed by association and the
 * client's number of the flow. A flow's mapped endpoints are where its records
 * came from, one for each place of the server.
 */
#ifndef NAP_LIVE_FLOWS_H
#define NAP_LIVE_FLOWS_H

#include "live/inet.h"
#include "live/association.h"
#include "live/record.h"

#define NAP_NO_REFLOW UINT32_MAX

struct nap_reflow {
	uint32_t association, id;
	uint8_t proto; /* NAP_UDP, NAP_TCP, NAP_ICMP */
	bool used, raw;
	uint8_t port; /* index of its usual server port: the one its first record came to */
	bool heard[NAP_RECORD_PLACES];
	struct nap_reflect_path path[NAP_RECORD_PLACES]; /* of its last record at each place heard */
	uint8_t place;                                   /* of its last record */
	uint32_t next; /* in its hash chain, or in the list of free entries */
};

struct nap_reflows {
	struct nap_reflow *entry;
	uint32_t *
		owner; /* association of each, NAP_NO_CLIENT: free; beside the entries, to be looked through quickly */
	nap_time *last; /* when each was last heard */
	uint32_t *chain;
	uint32_t n, free;
};

/* Room for n flows. All memory is taken here. */
void nap_reflows_init(struct nap_reflows *t, uint32_t n);
void nap_reflows_clear(struct nap_reflows *t);

/* The flow's index, NAP_NO_REFLOW when it has not been heard of. */
uint32_t nap_reflows_find(const struct nap_reflows *t, uint32_t association, uint32_t id);

/* A new flow, not yet heard of anywhere; NAP_NO_REFLOW when the table is full. It must not exist already. */
uint32_t nap_reflows_add(struct nap_reflows *t, uint32_t association, uint32_t id, uint8_t proto);
void nap_reflows_remove(struct nap_reflows *t, uint32_t i);

#endif
