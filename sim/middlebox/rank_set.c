/* SPDX-License-Identifier: BSD-2-Clause */
#include "middlebox/rank_set.h"

#include <glib.h>

void nap_rank_set_init(struct nap_rank_set *s, uint32_t n)
{
	s->words = (uint32_t)(((uint64_t)n + 63) / 64);
	s->word = g_new0(uint64_t, s->words);
	s->sum = g_new0(uint32_t, (size_t)s->words + 1);
}

void nap_rank_set_clear(struct nap_rank_set *s)
{
	g_free(s->word);
	g_free(s->sum);
	*s = (struct nap_rank_set){ 0 };
}

static void count(struct nap_rank_set *s, uint32_t word, uint32_t by)
{
	for (uint32_t i = word + 1; i <= s->words; i += i & -i)
		s->sum[i] += by;
}

void nap_rank_set_add(struct nap_rank_set *s, uint32_t i)
{
	g_assert(!nap_rank_set_has(s, i));
	s->word[i / 64] |= UINT64_C(1) << i % 64;
	count(s, i / 64, 1);
}

void nap_rank_set_remove(struct nap_rank_set *s, uint32_t i)
{
	g_assert(nap_rank_set_has(s, i));
	s->word[i / 64] &= ~(UINT64_C(1) << i % 64);
	count(s, i / 64, UINT32_MAX);
}

/* Bits set in v: in pairs, fours, bytes, then all bytes at once. */
static uint32_t bits_in(uint64_t v)
{
	v -= v >> 1 & UINT64_C(0x5555555555555555);
	v = (v & UINT64_C(0x3333333333333333)) + (v >> 2 & UINT64_C(0x3333333333333333));
	v = (v + (v >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
	return (uint32_t)((v * UINT64_C(0x0101010101010101)) >> 56);
}

/* Numbers below n that are not in the set. */
static uint32_t absent_below(const struct nap_rank_set *s, uint32_t n)
{
	uint32_t in = 0;

	if (n % 64)
		in = bits_in(s->word[n / 64] & ((UINT64_C(1) << n % 64) - 1));
	for (uint32_t i = n / 64; i; i -= i & -i)
		in += s->sum[i];
	return n - in;
}

uint32_t nap_rank_set_absent(const struct nap_rank_set *s, uint32_t lo, uint32_t hi)
{
	return absent_below(s, hi) - absent_below(s, lo);
}

uint32_t nap_rank_set_find_absent(const struct nap_rank_set *s, uint32_t lo, uint32_t k)
{
	uint32_t word = 0, step = 1;
	uint64_t bits;

	k += absent_below(s, lo);
	while (step <= s->words / 2)
		step *= 2;
	for (; step; step /= 2) { /* the last word before which at most k are absent */
		if (step > s->words - word || step * 64 - s->sum[word + step] > k)
			continue;
		word += step;
		k -= step * 64 - s->sum[word];
	}
	g_assert(word < s->words);
	for (bits = ~s->word[word]; k; k--)
		bits &= bits - 1;
	g_assert(bits);
	return word * 64 + (uint32_t)__builtin_ctzll(bits);
}
