/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The device's processor: asleep, or awake for a while after each packet and alarm. A consumer beside the radio, with events
 * and causes as it has, so it stands neither in the battery, which is a store, nor among the radio's states, which carry bytes.
 */
#ifndef NAP_RADIO_DEVICE_H
#define NAP_RADIO_DEVICE_H

#include "kernel/param.h"
#include "kernel/time.h"
#include "radio/meter.h"
#include "radio/tech.h"

/* Group [device], without the system's times (client/doze.h). */
struct nap_device_config {
	const char *title, *source, *note, *unverified; /* "" when absent */
	enum nap_verified verified;
	struct nap_electric wake;  /* energy of a wake-up: resuming and suspending again */
	struct nap_electric awake; /* power while awake, above that of sleep */
	nap_time hold;             /* it stays awake so long after the last packet or alarm */
};

extern const struct nap_param nap_device_params[];

/* Does a wake-up, or being awake, cost anything? */
static inline bool nap_device_pays(const struct nap_device_config *d)
{
	return d->wake.value > 0.0 || d->awake.value > 0.0;
}

/* Add the energy of so many wake-ups and ns awake, by cause, to e. */
void nap_device_energy(const struct nap_device_config *d, const double wakeups[NAP_CAUSES],
	const double awake_ns[NAP_CAUSES], struct nap_energy *e);

#endif
