/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rate limits in bounded memory: token buckets, one for all and one for each of
 * a fixed number of slots, to which hosts are spread by a keyed mix that
 * strangers cannot predict. Hosts that share a slot share its rate. IPv6 hosts
 * count by their /64, which has the rate of a host, by the /56 around it, which
 * has twice, and by the /48, which has four times as much.
 */
#ifndef NAP_LIVE_LIMITER_H
#define NAP_LIVE_LIMITER_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/time.h"
#include "live/inet.h"

struct nap_bucket {
	double tokens;
	nap_time at; /* when tokens was true */
};

struct nap_rate {
	double per_s, burst; /* records a second; records at once */
};

struct nap_limiter;

/* slots: how many buckets; key: secret. Free with nap_limiter_free, which accepts NULL. */
struct nap_limiter *nap_limiter_new(
	struct nap_rate host, struct nap_rate total, uint32_t slots, const uint64_t key[2]);
void nap_limiter_free(struct nap_limiter *l);

/* May one more record from host be looked at? Takes its token from both buckets or from neither. */
bool nap_limiter_admit(struct nap_limiter *l, nap_time now, const struct nap_inet *host);

#endif
