/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which external ports are busy, for a choice from a pool that is nearly or quite used up: a search that has met taken
 * ports alone for a while goes on here, in the same order and to the same port, but over 64 ports at a look.
 * Private to middlebox/. A pool is kept of an address and protocol, and where ports are overloaded of a remote end as
 * well; it is made at the first search that wants it, and its parts of 1,024 ports are filled in when first looked at,
 * so that boxes with free ports pay nothing.
 */
#ifndef NAP_MIDDLEBOX_PORT_POOL_H
#define NAP_MIDDLEBOX_PORT_POOL_H

#include <stdbool.h>

#include "middlebox/index.h"
#include "net/packet.h"

struct nap_box;

enum { NAP_POOL_PARTS = 64, NAP_POOL_PART_WORDS = 16 };

enum port_parity { PORT_EVEN, PORT_ODD, PORT_ANY };

struct port_pool {
	nap_addr addr;
	struct nap_endpoint remote; /* 0: of all (no overloading) */
	uint8_t proto;
	uint64_t known;   /* parts whose bits are right */
	uint64_t room[2]; /* by parity: parts that have such a port to give, or are not known */
	uint16_t open[2][NAP_POOL_PARTS]; /* by parity: words of the part that have such a port to give */
	uint64_t busy[NAP_POOL_PARTS][NAP_POOL_PART_WORDS];
};

struct port_pools {
	struct port_pool **pool;
	uint32_t n, size;
	struct nap_index index;
	uint32_t patience; /* taken ports that a search meets before it asks a pool */
};

void nap_pools_init(struct port_pools *p);
void nap_pools_reset(struct port_pools *p); /* forgets all pools */
void nap_pools_clear(struct port_pools *p);

/* The pool for sessions to remote through addr, NULL: not made yet. The box owns it; it stays until the box is reset. */
struct port_pool *nap_pool_find(
	const struct nap_box *box, uint8_t proto, nap_addr addr, struct nap_endpoint remote);
struct port_pool *nap_pool_make(
	struct nap_box *box, uint8_t proto, nap_addr addr, struct nap_endpoint remote);

/* The lowest port of a parity from `from` to below end that is not busy, NONE: none. */
uint32_t nap_pool_next(const struct nap_box *box, struct port_pool *pool, uint32_t from, uint32_t end,
	enum port_parity parity);

/* A port comes in use or is free: of extports, or of sessions to one remote end where ports are overloaded. Without pools nobody need ask. */
void nap_pool_mark(
	struct nap_box *box, uint8_t proto, struct nap_endpoint at, struct nap_endpoint remote, bool busy);

#endif
