/* SPDX-License-Identifier: BSD-2-Clause */
/* A device alone, radio and battery by the names of their profiles, without a scenario around it. */
#ifndef NAP_IO_DEVICE_H
#define NAP_IO_DEVICE_H

#include <glib.h>

#include "io/scenario.h"

/*
 * A scenario that holds nothing but that radio and, if not NULL, that battery; overrides as for nap_scenario_new; dir:
 * what a name with a slash is relative to. NULL with a reason. Free with nap_scenario_free.
 */
struct nap_scenario *nap_device_load(const char *radio, const char *battery, const char *dir,
	const struct nap_override *overrides, size_t n, GError **error);

#endif
