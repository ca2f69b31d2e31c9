/* SPDX-License-Identifier: BSD-2-Clause */
/* How packets move: radio, links with delay and loss, the chain of middleboxes. */
#ifndef NAP_PATH_TRAVEL_H
#define NAP_PATH_TRAVEL_H

#include "path/subscriber.h"

/*
 * The device's radio sends bytes at now, and what the network kept for it comes. Returns when they are on the air, NAP_NEVER when
 * they cannot be sent. The device is on a network.
 */
nap_time nap_travel_speak(
	struct nap_subscriber *s, struct nap_line *line, nap_time now, uint32_t bytes, enum nap_cause cause);

/* The device cannot hear the page that is to come: what waits for it is lost at now. The device is in an outage. */
void nap_travel_unpage(struct nap_subscriber *s, struct nap_line *line, nap_time now);

/* The device sends p at now. */
void nap_travel_up(struct nap_subscriber *s, struct nap_line *line, nap_time now, const struct nap_packet *p);

/* The server sends p at now. */
void nap_travel_down(
	struct nap_subscriber *s, struct nap_line *line, nap_time now, const struct nap_packet *p);

/*
 * The packet of flight *f arrives at its stage at f->at, and goes on from there as far as it gets in no time. Returns true when
 * it arrived at an end: f->stage is then NAP_STAGE_DEVICE or the server's and f->packet is to be taken in.
 */
bool nap_travel_arrive(struct nap_subscriber *s, struct nap_line *line, struct nap_flight *f);

/* A box at hop sends p out on side at now; foreign: see struct nap_flight. */
void nap_travel_from(struct nap_subscriber *s, struct nap_line *line, nap_time now, uint32_t hop,
	enum nap_side side, bool foreign, const struct nap_packet *p);

/* A packet comes to hop of the path from inside, from elsewhere than the device. */
void nap_travel_enter(struct nap_subscriber *s, struct nap_line *line, nap_time now, uint32_t hop,
	const struct nap_packet *p);

/* The same from inside the box, whose state must not change before it has done: the packet is on its way after that. */
void nap_travel_emit(struct nap_subscriber *s, struct nap_line *line, nap_time now, uint32_t hop,
	enum nap_side side, const struct nap_packet *p);

/* Tell the observer, if there is one. */
static inline void nap_travel_watch(const struct nap_line *line, nap_time now, enum nap_place point, int hop,
	bool up, const struct nap_packet *p)
{
	if (G_UNLIKELY(line->observer && line->observer->packet))
		line->observer->packet(line->observer->ctx, now, point, hop, up, p);
}

#endif
