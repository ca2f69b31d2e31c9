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

void nap_prices_init(struct nap_prices *prices, const struct nap_radio_tech *tech);

/* All that the meter counted on tech, in units; modulo 2^128. */
struct nap_wide nap_meter_price(
	const struct nap_meter *meter, const struct nap_radio_tech *tech, const struct nap_prices *prices);

#endif
