/* SPDX-License-Identifier: BSD-2-Clause */
/* A radio or battery profile alone, without a scenario around it. */
#ifndef NAP_IO_RADIO_PROFILE_H
#define NAP_IO_RADIO_PROFILE_H

#include <glib.h>

#include "io/scenario.h"

/*
 * A scenario that holds nothing but the radio of that profile; overrides as for nap_scenario_new. NULL with a reason.
 * Free with nap_scenario_free; its radio is scenario->radio.
 */
struct nap_scenario *nap_radio_profile_load(
	const char *name, const struct nap_override *overrides, size_t n, GError **error);

/* The same for a battery profile: scenario->battery. */
struct nap_scenario *nap_battery_profile_load(const char *name, GError **error);

#endif
