/* SPDX-License-Identifier: BSD-2-Clause */
/* Which ports a device's flows have, one after another. */
#include "client/flow.h"

uint16_t nap_client_first_port(struct nap_rng *rng)
{
	return (uint16_t)(NAP_PORT_FIRST + nap_rng_below(rng, NAP_PORT_COUNT));
}

uint16_t nap_client_next_port(uint16_t port, uint32_t step)
{
	uint32_t count =
		NAP_PORT_COUNT - NAP_PORT_COUNT % step; /* so that no two meet when they begin anew */

	return (uint16_t)(NAP_PORT_FIRST + (port - NAP_PORT_FIRST + step) % count);
}

uint16_t nap_client_pool_port(uint16_t first, uint32_t step, uint32_t place)
{
	uint32_t count = NAP_PORT_COUNT - NAP_PORT_COUNT % step, from = (first - NAP_PORT_FIRST) % count;

	return (uint16_t)(NAP_PORT_FIRST + from - from % step + place);
}
