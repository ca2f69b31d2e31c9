/* SPDX-License-Identifier: BSD-2-Clause */
#include "radio/battery.h"

#include <math.h>

#define MONTH_H 720.0 /* 30 days */

double nap_battery_energy(const struct nap_battery_config *b)
{
	return b->capacity_mah * b->voltage_v * 3600.0;
}

/* Constant drain of everything, mW. */
static double drain_mw(const struct nap_battery_config *b, double radio_mw)
{
	return radio_mw + b->load.value + b->self_discharge * b->capacity_mah * b->voltage_v / MONTH_H;
}

void nap_battery_settle(struct nap_battery_config *b)
{
	b->load.value += b->load.per_volt * b->voltage_v;
	b->capacity_mah =
		b->capacity.per_volt > 0.0 ? b->capacity.per_volt : b->capacity.value / b->voltage_v;
}

double nap_battery_percent_per_day(const struct nap_battery_config *b, double radio_mw)
{
	return 100.0 * 24.0 * drain_mw(b, radio_mw) / (b->capacity_mah * b->voltage_v);
}

double nap_battery_life_h(const struct nap_battery_config *b, double radio_mw)
{
	double drain = drain_mw(b, radio_mw);

	if (drain <= 0.0)
		return INFINITY;
	return b->capacity_mah * b->voltage_v * (1.0 - b->cut_off) / drain;
}

double nap_battery_mah_per_day(const struct nap_battery_config *b, double radio_mw)
{
	return 24.0 * drain_mw(b, radio_mw) / b->voltage_v;
}
