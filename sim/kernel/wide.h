/* SPDX-License-Identifier: BSD-2-Clause */
/* Products of two 64-bit numbers, and numbers of 128: by the compiler's 128 bits where it has them, else by halves, to the same bits. */
#ifndef NAP_KERNEL_WIDE_H
#define NAP_KERNEL_WIDE_H

#include <stdbool.h>
#include <stdint.h>

struct nap_wide {
	uint64_t high, low;
};

/* a x b from four products of 32-bit halves: what a machine of 32 bits does. */
static inline struct nap_wide nap_wide_by_halves(uint64_t a, uint64_t b)
{
	uint64_t a0 = (uint32_t)a, a1 = a >> 32, b0 = (uint32_t)b, b1 = b >> 32;
	uint64_t low = a0 * b0, cross = a1 * b0 + (low >> 32), other = a0 * b1 + (uint32_t)cross;

	return (struct nap_wide){ a1 * b1 + (cross >> 32) + (other >> 32), other << 32 | (uint32_t)low };
}

static inline struct nap_wide nap_wide_product(uint64_t a, uint64_t b)
{
#ifdef __SIZEOF_INT128__
	unsigned __int128 m = (unsigned __int128)a * b;

	return (struct nap_wide){ (uint64_t)(m >> 64), (uint64_t)m };
#else
	return nap_wide_by_halves(a, b);
#endif
}

/* w / by, bit by bit; w.high < by, so that the quotient has 64 bits. */
static inline uint64_t nap_wide_over(struct nap_wide w, uint64_t by)
{
	for (int i = 0; i < 64; i++) {
		uint64_t carry = w.high >> 63;

		w.high = w.high << 1 | w.low >> 63;
		w.low <<= 1;
		if (carry || w.high >= by) {
			w.high -= by;
			w.low |= 1;
		}
	}
	return w.low;
}

/* a x b / by rounded down, exactly; by must not be 0 and the result must have 64 bits. */
static inline uint64_t nap_wide_share(uint64_t a, uint64_t b, uint64_t by)
{
#ifdef __SIZEOF_INT128__
	return (uint64_t)((unsigned __int128)a * b / by);
#else
	return nap_wide_over(nap_wide_product(a, b), by);
#endif
}

/* Sums and differences modulo 2^128. */
static inline struct nap_wide nap_wide_sum(struct nap_wide a, struct nap_wide b)
{
	uint64_t low = a.low + b.low;

	return (struct nap_wide){ a.high + b.high + (low < a.low), low };
}

static inline struct nap_wide nap_wide_difference(struct nap_wide a, struct nap_wide b)
{
	return (struct nap_wide){ a.high - b.high - (a.low < b.low), a.low - b.low };
}

/* sum + price x n, modulo 2^128. */
static inline struct nap_wide nap_wide_charge(struct nap_wide sum, int64_t price, uint64_t n)
{
#ifdef __SIZEOF_INT128__
	unsigned __int128 all = ((unsigned __int128)sum.high << 64 | sum.low) + (unsigned __int128)price * n;

	return (struct nap_wide){ (uint64_t)(all >> 64), (uint64_t)all };
#else
	return price < 0 ? nap_wide_difference(sum, nap_wide_product(0 - (uint64_t)price, n))
			 : nap_wide_sum(sum, nap_wide_product((uint64_t)price, n));
#endif
}

/* Is the number of 128 bits with these halves less than that one? Without a jump where the compiler has such numbers. */
static inline bool nap_wide_less(uint64_t high, uint64_t low, uint64_t than_high, uint64_t than_low)
{
#ifdef __SIZEOF_INT128__
	return ((unsigned __int128)high << 64 | low) < ((unsigned __int128)than_high << 64 | than_low);
#else
	return high < than_high || (high == than_high && low < than_low);
#endif
}

/* Both halves of a x b mixed into one word: the step of a hash as in wyhash (Wang Yi, public domain idea). */
static inline uint64_t nap_wide_fold(uint64_t a, uint64_t b)
{
	struct nap_wide m = nap_wide_product(a, b);

	return m.high ^ m.low;
}

#endif
