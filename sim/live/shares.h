/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who holds how much of a table, in fixed memory: counts by site. An IPv4 site is an address. Whoever has an IPv6 address has its /64,
 * often the /56 (a household) or the /48 (a company) around it, so these are counted too, each with a limit.
 */
#ifndef NAP_LIVE_SHARES_H
#define NAP_LIVE_SHARES_H

#include <stdbool.h>
#include <stdint.h>

#include "live/inet.h"

enum { NAP_SHARE_HOST, NAP_SHARE_HOME, NAP_SHARE_SITE, NAP_SHARE_LEVELS }; /* IPv6: /64, /56, /48 */

struct nap_shares {
	struct nap_share *slot;
	uint32_t mask;
	uint64_t key; /* secret: who may choose addresses cannot choose their places */
	uint32_t most[NAP_SHARE_LEVELS];
};

/* For so many holders at most at a time. All memory is taken here. */
void nap_shares_init(
	struct nap_shares *s, uint32_t holders, const uint32_t most[NAP_SHARE_LEVELS], uint64_t key);
void nap_shares_clear(struct nap_shares *s);

/* The bits of an address that count at a level, as a number that no other site of any level has; 0: it has no such level. */
uint64_t nap_share_prefix(const struct nap_inet *a, int level);

/* May a have one more, as far as its limits go? */
bool nap_shares_may(const struct nap_shares *s, const struct nap_inet *a);

/* Has the site of that prefix, of nap_share_prefix, all that it may have at its level? */
bool nap_share_full(const struct nap_shares *s, uint64_t prefix, int level);

void nap_shares_take(struct nap_shares *s, const struct nap_inet *a);
void nap_shares_give(struct nap_shares *s, const struct nap_inet *a);

/* What the largest site around a holds: the IPv4 address, the IPv6 /48. */
uint32_t nap_shares_held(const struct nap_shares *s, const struct nap_inet *a);

#endif
