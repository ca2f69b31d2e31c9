/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A radio's energy as one whole number, linear in what its meter counts: differences of it are exact, so that the energy of one
 * subscriber among many that share a meter is the same in whatever order they ran.
 */
#ifndef NAP_RADIO_PRICE_H
#define NAP_RADIO_PRICE_H

#include "kernel/wide.h"
#include "radio/meter.h"

#define NAP_PRICE_BITS                                                                                       \
	16 /* units are 2^-16 pJ: a power is right to 8 nW, what is charged at once at most 140 J */

/* What each count costs; power: of a nanosecond. */
struct nap_prices {
	struct {
		int64_t power, on, cycle, byte[NAP_LINKS];
	} state[NAP_RADIO_STATES_MAX];
	struct {
		int64_t power, once;
	} edge[NAP_RADIO_EDGES_MAX];
};

/* What a meter counts from now on, charged at once: where it would be too dear to price the meter before and after each event. */
struct nap_bill {
	const struct nap_prices *prices;
	struct nap_wide *sum; /* in units; modulo 2^128 */
};

/* n more, at price. */
static inline void nap_bill_add(struct nap_bill *bill, int64_t price, uint64_t n)
{
	*bill->sum = nap_wide_charge(*bill->sum, price, n);
}

/* Time in a state; of it in on-windows, and how many of these began; bytes carried in it. */
static inline void nap_bill_stay(struct nap_bill *bill, uint8_t state, nap_time ns)
{
	nap_bill_add(bill, bill->prices->state[state].power, (uint64_t)ns);
}

static inline void nap_bill_cycles(struct nap_bill *bill, uint8_t state, nap_time on, uint64_t cycles)
{
	nap_bill_add(bill, bill->prices->state[state].on, (uint64_t)on);
	nap_bill_add(bill, bill->prices->state[state].cycle, cycles);
}

static inline void nap_bill_bytes(
	struct nap_bill *bill, uint8_t state, enum nap_direction link, uint32_t bytes)
{
	nap_bill_add(bill, bill->prices->state[state].byte[link], bytes);
}

/* An edge taken that lasts so long; so much of that did not come to pass. */
static inline void nap_bill_edge(struct nap_bill *bill, uint8_t edge, nap_time ns)
{
	nap_bill_add(bill, bill->prices->edge[edge].once, 1);
	if (ns)
		nap_bill_add(bill, bill->prices->edge[edge].power, (uint64_t)ns);
}

static inline void nap_bill_unspent(struct nap_bill *bill, uint8_t edge, nap_time ns)
{
	nap_bill_add(bill, -bill->prices->edge[edge].power, (uint64_t)ns);
}

/* What a count costs that is worth so many mJ each, and a nanosecond at so many mW. */
int64_t nap_price_once(double mj);
int64_t nap_price_power(double mw);

void nap_prices_init(struct nap_prices *prices, const struct nap_radio_tech *tech);

/* All that the meter counted on tech, in units; modulo 2^128. */
struct nap_wide nap_meter_price(
	const struct nap_meter *meter, const struct nap_radio_tech *tech, const struct nap_prices *prices);

#endif
