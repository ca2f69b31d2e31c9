/* SPDX-License-Identifier: BSD-2-Clause */
#include "radio/device.h"

#include "radio/provenance.h"

#define AT(field) offsetof(struct nap_device_config, field)

const struct nap_param nap_device_params[] = { NAP_PROVENANCE_ROWS(
						       "One line that says which device it is.", "", "yes"),
	{ "wake-energy", NAP_P_EFFORT, AT(wake), "0mJ", "0mJ", "100J", NULL,
		"Energy of one wake-up of the processor, resuming and suspending again, or its charge. Each "
		"packet and alarm wakes it that finds it asleep." },
	{ "awake-power", NAP_P_DRAIN, AT(awake), "0mW", "0mW", "100W", NULL,
		"Power while the processor is awake, above that of its sleep, or its current." },
	{ "hold", NAP_P_TIME, AT(hold), "0s", "0s", "365d", NULL,
		"The processor stays awake so long after the last packet or alarm (wake locks of the system "
		"and of drivers); [client] wake-lock may hold it for longer." },
	NAP_PARAM_END };
#undef AT

void nap_device_energy(const struct nap_device_config *d, const double wakeups[NAP_CAUSES],
	const double awake_ns[NAP_CAUSES], struct nap_energy *e)
{
	for (int c = 0; c < NAP_CAUSES; c++) {
		double mj = wakeups[c] * d->wake.value + awake_ns[c] / 1e9 * d->awake.value;

		e->processor += mj;
		e->cause[c] += mj;
		e->total += mj;
	}
}
