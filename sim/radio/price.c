/* SPDX-License-Identifier: BSD-2-Clause */
#include "radio/price.h"

#include <math.h>
#include <string.h>

#define PJ_PER_MJ 1e9

/* 1 mW for 1 ns is 1 pJ. */
static int64_t units(double pj)
{
	double u = ldexp(pj, NAP_PRICE_BITS);

	return u >= 9e18    ? INT64_C(9000000000000000000)
	       : u <= -9e18 ? -INT64_C(9000000000000000000)
			    : llround(u);
}

int64_t nap_price_once(double mj)
{
	return units(mj * PJ_PER_MJ);
}

int64_t nap_price_power(double mw)
{
	return units(mw);
}

void nap_prices_init(struct nap_prices *prices, const struct nap_radio_tech *tech)
{
	memset(prices, 0, sizeof *prices);
	for (unsigned i = 0; i < tech->n_states; i++) {
		const struct nap_radio_state *s = &tech->state[i];

		prices->state[i].power = units(s->power_mw);
		prices->state[i].on = units(s->on_power_mw - s->power_mw);
		prices->state[i].cycle = units(s->cycle_energy_mj * PJ_PER_MJ);
		for (int link = 0; link < NAP_LINKS; link++)
			prices->state[i].byte[link] = units(s->byte_mj[link] * PJ_PER_MJ);
	}
	for (unsigned i = 0; i < tech->n_edges; i++) {
		prices->edge[i].power = units(tech->edge[i].power_mw);
		prices->edge[i].once = units(tech->edge[i].energy_mj * PJ_PER_MJ);
	}
}

static inline uint64_t all_causes(const uint64_t *n)
{
	uint64_t sum = 0;

	for (int c = 0; c < NAP_CAUSES; c++)
		sum += n[c];
	return sum;
}

NAP_HOT struct nap_wide nap_meter_price(
	const struct nap_meter *meter, const struct nap_radio_tech *tech, const struct nap_prices *prices)
{
	struct nap_wide sum = { 0, 0 };

	for (unsigned i = 0; i < tech->n_states; i++) {
		const struct nap_meter_state *row = &meter->state[i];

		sum = nap_wide_charge(sum, prices->state[i].power, all_causes((const uint64_t *)row->dwell));
		if (tech->state[i].cycle > 0) {
			sum = nap_wide_charge(
				sum, prices->state[i].on, all_causes((const uint64_t *)row->on));
			sum = nap_wide_charge(sum, prices->state[i].cycle, all_causes(row->cycles));
		}
		for (int link = 0; link < NAP_LINKS && tech->state[i].connected; link++)
			sum = nap_wide_charge(sum, prices->state[i].byte[link], all_causes(row->bytes[link]));
	}
	for (unsigned i = 0; i < tech->n_edges; i++) {
		sum = nap_wide_charge(sum, prices->edge[i].once, all_causes(meter->edge[i].taken));
		if (prices->edge[i].power != 0)
			sum = nap_wide_charge(
				sum, prices->edge[i].power, all_causes((const uint64_t *)meter->edge[i].ns));
	}
	return sum;
}
