/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/limiter.h"

#include <string.h>

#include <glib.h>

#include "live/shares.h"

struct nap_limiter {
	struct nap_rate host, total;
	struct nap_bucket all;
	uint64_t key[2];
	uint32_t slots;
	struct nap_bucket *slot[NAP_SHARE_LEVELS];
};

struct nap_limiter *nap_limiter_new(
	struct nap_rate host, struct nap_rate total, uint32_t slots, const uint64_t key[2])
{
	struct nap_limiter *l = g_new0(struct nap_limiter, 1);

	l->host = host;
	l->total = total;
	l->slots = slots;
	l->all.tokens = total.burst;
	for (int level = 0; level < NAP_SHARE_LEVELS; level++) {
		l->slot[level] = g_new0(struct nap_bucket, slots);
		for (uint32_t i = 0; i < slots; i++)
			l->slot[level][i].tokens = (1 << level) * host.burst;
	}
	memcpy(l->key, key, sizeof(l->key));
	return l;
}

void nap_limiter_free(struct nap_limiter *l)
{
	for (int level = 0; l && level < NAP_SHARE_LEVELS; level++)
		g_free(l->slot[level]);
	g_free(l);
}

static uint64_t mix(uint64_t z)
{
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static uint32_t slot_of(const struct nap_limiter *l, uint64_t prefix)
{
	return (uint32_t)(mix(mix(prefix ^ l->key[0]) + l->key[1]) % l->slots);
}

static void fill(struct nap_bucket *b, const struct nap_rate *r, double times, nap_time now)
{
	if (now > b->at)
		b->tokens =
			MIN(times * r->burst, b->tokens + times * r->per_s * nap_time_seconds(now - b->at));
	b->at = MAX(b->at, now);
}

bool nap_limiter_admit(struct nap_limiter *l, nap_time now, const struct nap_inet *host)
{
	struct nap_bucket *taken[NAP_SHARE_LEVELS + 1] = { &l->all };
	uint32_t n = 1;

	fill(&l->all, &l->total, 1.0, now);
	for (int level = 0; level < NAP_SHARE_LEVELS; level++) {
		uint64_t prefix = nap_share_prefix(host, level);

		if (!prefix)
			continue;
		taken[n] = &l->slot[level][slot_of(l, prefix)];
		fill(taken[n++], &l->host, 1 << level, now);
	}
	for (uint32_t i = 0; i < n; i++)
		if (taken[i]->tokens < 1)
			return false;
	for (uint32_t i = 0; i < n; i++)
		taken[i]->tokens -= 1;
	return true;
}
