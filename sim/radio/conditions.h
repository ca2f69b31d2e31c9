/* SPDX-License-Identifier: BSD-2-Clause */
/* What a state's numbers become under the radio's conditions. Private to compile.c. */
#ifndef NAP_RADIO_CONDITIONS_H
#define NAP_RADIO_CONDITIONS_H

#include "radio/tech.h"

/* Do the radio's own keys go together? False: *reason as nap_radio_compile says. */
bool conditions_check(const struct nap_radio_row *radio, char **reason);

/* The state as it is with the radio's bandwidth, antennas, output power, coverage and sleeps, on a radio that conditions_check passed. */
bool conditions_of_state(struct nap_radio_state_row *state, const struct nap_radio_row *radio, char **reason);

/* The same of an edge. promotes: it sets a connection up, or tells the network that the device is there. */
bool conditions_of_edge(
	struct nap_radio_edge_row *edge, const struct nap_radio_row *radio, bool promotes, char **reason);

#endif
