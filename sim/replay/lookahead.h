/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which packet the radio sees next. One that comes to the device was given to the radio earlier, perhaps before something that the
 * device sent meanwhile: what the device sends to a radio that rests waits here until it is known whether that was so.
 */
#ifndef NAP_REPLAY_LOOKAHEAD_H
#define NAP_REPLAY_LOOKAHEAD_H

#include "replay/cost.h"
#include "replay/trace.h"

#define NAP_LARGEST_DOWN 65535 /* bytes of a packet, or of what a host put together of several */

struct nap_lookahead {
	struct nap_trace_packet *ring;
	uint32_t first, n;
	nap_time horizon; /* no packet waits longer at a radio */
	nap_time
		by; /* the radio got the packet that was taken last by then: one that waits here was sent then */
};

void nap_lookahead_init(struct nap_lookahead *l, const struct nap_radio_tech *tech);
void nap_lookahead_clear(struct nap_lookahead *l);

/* The trace's next packet; there must be room: nap_lookahead_next has given NULL since the last. */
void nap_lookahead_put(struct nap_lookahead *l, const struct nap_trace_packet *p);

/* The radio's next packet, valid until the next call; NULL when that depends on what comes. last: nothing comes any more. */
const struct nap_trace_packet *nap_lookahead_next(
	struct nap_lookahead *l, const struct nap_cost *c, bool last);

/* Does p not have to wait here: nothing else does, and it comes to the device, or nothing can be on the air when it is sent? */
static inline bool nap_lookahead_is_clear(
	const struct nap_lookahead *l, const struct nap_cost *c, const struct nap_trace_packet *p)
{
	return l->n == 0 &&
	       (!p->up || (nap_cost_air(c, NAP_LARGEST_DOWN) == 0 && nap_cost_is_ready(c, p->at)));
}

#endif
