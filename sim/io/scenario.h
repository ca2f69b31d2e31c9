/* SPDX-License-Identifier: BSD-2-Clause */
/* Scenarios from files. */
#ifndef NAP_IO_SCENARIO_H
#define NAP_IO_SCENARIO_H

#include "io/keyfile.h"
#include "io/profile.h"
#include "text/scenario.h"

/* Load a file and make its scenario in one go, without overrides. */
struct nap_scenario *nap_scenario_load(const char *path, GError **error);

#endif
