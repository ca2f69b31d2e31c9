/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pushes of normal priority to a device that dozes: the push service keeps them for the next maintenance window, those of
 * high priority go at once.
 */
#ifndef NAP_PATH_HELD_H
#define NAP_PATH_HELD_H

#include "path/subscriber.h"

/* As many as a service keeps for a device; one more, and it drops them all (firebase.google.com/docs/cloud-messaging/customize-messages/collapsible-message-types). */
#define NAP_HELD_MAX 100

/* All of it comes from outside, as pushes do: no cycle is stepped over beyond its next time, and none moves it. */
struct nap_held {
	nap_time since;  /* when the device was last used */
	nap_time source; /* the next push is offered */
	nap_time opens;  /* the window that is waited for; NAP_NEVER: nothing is held */
	struct nap_rng rng;
	uint32_t n;
	nap_time offered[NAP_HELD_MAX];
};

/* So many bytes behind the processor's account; none where no push is held. */
size_t nap_held_bytes(const struct nap_line *line);
struct nap_held *nap_held_of(const struct nap_subscriber *s, const struct nap_line *line);
void nap_held_init(struct nap_subscriber *s, const struct nap_line *line);

/* A push is offered at now: is it kept for a window? */
bool nap_held_keeps(struct nap_held *h, const struct nap_line *line, nap_time now);

#endif
