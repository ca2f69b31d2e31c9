/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/shares.h"

#include <string.h>

#include <glib.h>

/* Open addressing; count 0: a place that is free. */
struct nap_share {
	uint64_t prefix;
	uint32_t count;
};

void nap_shares_init(
	struct nap_shares *s, uint32_t holders, const uint32_t most[NAP_SHARE_LEVELS], uint64_t key)
{
	uint32_t size = 16;

	while (size < 2 * NAP_SHARE_LEVELS * (uint64_t)holders) /* at most half full */
		size *= 2;
	s->slot = g_new0(struct nap_share, size);
	s->mask = size - 1;
	s->key = key;
	memcpy(s->most, most, sizeof(s->most));
}

void nap_shares_clear(struct nap_shares *s)
{
	g_clear_pointer(&s->slot, g_free);
}

uint64_t nap_share_prefix(const struct nap_inet *a, int level)
{
	int bytes = a->family == 4 ? 4 : 8 - level;
	uint64_t prefix = a->family == 4 ? 1 : (uint64_t)(2 + level);

	if (a->family == 4 && level != NAP_SHARE_HOST)
		return 0;
	/* the level stands where the bits that do not count were; a /64 has none: two that differ in the first byte alone are one */
	for (int i = a->family == 4 || level != NAP_SHARE_HOST ? 0 : 1; i < bytes; i++)
		prefix = prefix << 8 | a->addr[i];
	return prefix;
}

static uint32_t home_of(const struct nap_shares *s, uint64_t prefix)
{
	uint64_t z = prefix ^ s->key;

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t)(z ^ (z >> 31)) & s->mask;
}

/* Where a prefix stands, or would. */
static uint32_t place_of(const struct nap_shares *s, uint64_t prefix)
{
	uint32_t i = home_of(s, prefix);

	while (s->slot[i].count && s->slot[i].prefix != prefix)
		i = (i + 1) & s->mask;
	return i;
}

bool nap_share_full(const struct nap_shares *s, uint64_t prefix, int level)
{
	return s->slot[place_of(s, prefix)].count >= s->most[level];
}

bool nap_shares_may(const struct nap_shares *s, const struct nap_inet *a)
{
	for (int level = 0; level < NAP_SHARE_LEVELS; level++) {
		uint64_t prefix = nap_share_prefix(a, level);

		if (prefix && nap_share_full(s, prefix, level))
			return false;
	}
	return true;
}

void nap_shares_take(struct nap_shares *s, const struct nap_inet *a)
{
	for (int level = 0; level < NAP_SHARE_LEVELS; level++) {
		uint64_t prefix = nap_share_prefix(a, level);
		struct nap_share *at = prefix ? &s->slot[place_of(s, prefix)] : NULL;

		if (at) {
			at->prefix = prefix;
			at->count++;
		}
	}
}

/* A place became free: what was pushed on by it moves up. */
static void close_gap(struct nap_shares *s, uint32_t gap)
{
	for (uint32_t i = (gap + 1) & s->mask; s->slot[i].count; i = (i + 1) & s->mask) {
		uint32_t home = home_of(s, s->slot[i].prefix);

		if (((i - home) & s->mask) < ((i - gap) & s->mask))
			continue;
		s->slot[gap] = s->slot[i];
		s->slot[i].count = 0;
		gap = i;
	}
}

void nap_shares_give(struct nap_shares *s, const struct nap_inet *a)
{
	for (int level = 0; level < NAP_SHARE_LEVELS; level++) {
		uint64_t prefix = nap_share_prefix(a, level);
		uint32_t i = prefix ? place_of(s, prefix) : 0;

		if (!prefix)
			continue;
		g_assert(s->slot[i].count > 0);
		if (--s->slot[i].count == 0)
			close_gap(s, i);
	}
}

uint32_t nap_shares_held(const struct nap_shares *s, const struct nap_inet *a)
{
	uint64_t prefix = nap_share_prefix(a, a->family == 4 ? NAP_SHARE_HOST : NAP_SHARE_SITE);

	return s->slot[place_of(s, prefix)].count;
}
