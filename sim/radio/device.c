/* SPDX-License-Identifier: BSD-2-Clause */
#include "radio/device.h"

static const char *const verified[] = { "yes", "secondary", "memory", "inferred", NULL };

#define AT(field) offsetof(struct nap_device_config, field)

const struct nap_param nap_device_params[] = { { "title", NAP_P_TEXT, AT(title), "", NULL, NULL, NULL,
						       "One line that says which device it is." },
	{ "source", NAP_P_TEXT, AT(source), "", NULL, NULL, NULL, "Where the values come from." },
	{ "note", NAP_P_TEXT, AT(note), "", NULL, NULL, NULL,
		"What a reader must know to use the profile well." },
	{ "verified", NAP_P_WORD, AT(verified), "yes", NULL, NULL, verified,
		"yes: all values seen in the source; secondary: in a text that quotes it; memory: some "
		"recalled, named under unverified; inferred: worked out from measurements." },
	{ "unverified", NAP_P_TEXT, AT(unverified), "", NULL, NULL, NULL,
		"Which values were recalled, assumed or derived." },
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
