/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Asks the processor for the memory of a large table before it is needed.
 * Nothing changes but time: whoever asks in vain, or not at all, gets the same.
 */
#ifndef NAP_MIDDLEBOX_FETCH_H
#define NAP_MIDDLEBOX_FETCH_H

#include "middlebox/box.h"

/* A packet of this flow will come from inside soon. */
void nap_box_fetch(
	const struct nap_box *box, uint8_t proto, struct nap_endpoint inside, struct nap_endpoint remote);

#endif
