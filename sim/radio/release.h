/* SPDX-License-Identifier: BSD-2-Clause */
/* Release assistance as states and edges of a radio's table. Private to compile.c. */
#ifndef NAP_RADIO_RELEASE_H
#define NAP_RADIO_RELEASE_H

#include "radio/tech.h"

/*
 * Add to a table of states and edges what the network does when the device says that it is done: it releases so long after the
 * last packet. after: ns; 0 or NAP_NEVER: it does not ask. False: the table has no room for it; *reason as of nap_radio_compile.
 */
bool release_add(struct nap_radio_tech *tech, nap_time after, char **reason);

#endif
