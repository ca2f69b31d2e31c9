/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/limiter.h"

#include <string.h>

#include <glib.h>

struct nap_limiter {
	struct nap_rate host, total;
	struct nap_bucket all;
	uint64_t key[2];
	uint32_t slots;
	struct nap_bucket slot[];
};

struct nap_limiter *nap_limiter_new(
	struct nap_rate host, struct nap_rate total, uint32_t slots, const uint64_t key[2])
{
	struct nap_limiter *l = g_malloc0(sizeof(*l) + slots * sizeof(l->slot[0]));

	l->host = host;
	l->total = total;
	l->slots = slots;
	l->all.tokens = total.burst;
	for (uint32_t i = 0; i < slots; i++)
		l->slot[i].tokens = host.burst;
	memcpy(l->key, key, sizeof(l->key));
	return l;
}

void nap_limiter_free(struct nap_limiter *l)
{
	g_free(l);
}

static uint64_t mix(uint64_t z)
{
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static uint32_t slot_of(const struct nap_limiter *l, const struct nap_inet *host)
{
	uint64_t prefix = 0;

	for (int i = 0; i < 8; i++)
		prefix = prefix << 8 | host->addr[i];
	return (uint32_t)(mix(mix(prefix ^ l->key[0]) + l->key[1] + host->family) % l->slots);
}

static void fill(struct nap_bucket *b, const struct nap_rate *r, nap_time now)
{
	if (now > b->at)
		b->tokens = MIN(r->burst, b->tokens + r->per_s * nap_time_seconds(now - b->at));
	b->at = MAX(b->at, now);
}

bool nap_limiter_admit(struct nap_limiter *l, nap_time now, const struct nap_inet *host)
{
	struct nap_bucket *mine = &l->slot[slot_of(l, host)];

	fill(&l->all, &l->total, now);
	fill(mine, &l->host, now);
	if (l->all.tokens < 1 || mine->tokens < 1)
		return false;
	l->all.tokens -= 1;
	mine->tokens -= 1;
	return true;
}
