/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Blocks of external ports (ports = block N, RFC 6888 REQ-14): given to a subscriber when it needs one, kept while a
 * port of theirs is in use and for block-hold after that. Private to middlebox/. Whatever the number of blocks and
 * addresses, giving and reclaiming one costs the same; nothing walks those that nobody has.
 */
#ifndef NAP_MIDDLEBOX_BLOCKS_H
#define NAP_MIDDLEBOX_BLOCKS_H

#include <stdbool.h>

#include "kernel/time.h"
#include "middlebox/rank_set.h"
#include "net/packet.h"

struct nap_box;

struct block { /* that somebody has */
	uint32_t subscriber, ports;
	uint32_t next, prev;     /* of the subscriber's, newest first */
	uint32_t later, earlier; /* empty ones by the time when they emptied, and by their number */
	uint32_t place;          /* among those given */
	nap_time since, empty_since;
};

struct blocks {
	struct block *block;
	uint32_t n, per_address;
	struct nap_rank_set taken;
	uint32_t *given, n_given, given_size;  /* those that somebody has, in no order */
	uint32_t earliest_empty, latest_empty; /* to be reclaimed in this order: block-hold is one for all */
};

void nap_blocks_init(struct nap_box *box);
void nap_blocks_reset(struct nap_box *box); /* nobody has any; costs by how many were given */
void nap_blocks_clear(struct nap_box *box);

/* All blocks go back as of now, whatever ports of theirs are in use: no block counts these any more. The addresses may change then. */
void nap_blocks_take_back(struct nap_box *box, nap_time now);

/* The block that an external port lies in, NONE: in none (ports that are too few for another block, or not to be chosen). */
uint32_t nap_block_at(const struct nap_box *box, struct nap_endpoint at);

/* The rank of its first port among those of its address (port_set.h); the others follow. */
uint32_t nap_block_rank(const struct nap_box *box, uint32_t b);
nap_addr nap_block_address(const struct nap_box *box, uint32_t b);

/*
 * Gives a subscriber a block that nobody has, drawn among those on address (0: on any); NONE when there is none. It is
 * empty until a port of it comes in use.
 */
uint32_t nap_block_give(struct nap_box *box, uint32_t subscriber, nap_addr address, nap_time now);

/* A port came in use: is it one of a block that counts its ports? Then: it came free. */
bool nap_block_use(struct nap_box *box, struct nap_endpoint at);
void nap_block_free(struct nap_box *box, struct nap_endpoint at, nap_time when);

/* Tells whoever watches the box of the blocks that subscribers still have. */
void nap_blocks_tell(const struct nap_box *box);

#endif
