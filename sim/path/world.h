/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What befalls a subscriber from outside: radio outages, moves between networks, restarts of middleboxes, ICMP
 * errors, and the device's other traffic.
 */
#ifndef NAP_PATH_WORLD_H
#define NAP_PATH_WORLD_H

#include "path/subscriber.h"

/* Bytes of struct nap_world; 0 when nothing ever happens to the line's subscribers. */
size_t nap_world_bytes(const struct nap_line *line);

/* Start nap_world_of(s), which points to zeroed memory, and schedule its first event in s->at[NAP_T_WORLD]. */
void nap_world_init(struct nap_subscriber *s, const struct nap_line *line);

/* May the network's router tell a sender now that the device is out of reach? It counts as told. */
bool nap_world_may_tell(struct nap_subscriber *s, const struct nap_line *line, nap_time now);

/* For stepping over whole cycles: what lasts of what befell boxes, and of delays that changed, mixed into h. */
uint64_t nap_world_mark(
	uint64_t h, const struct nap_subscriber *s, const struct nap_line *line, nap_time now);

/* When is something due next, after what was at now? */
nap_time nap_world_due(const struct nap_subscriber *s, const struct nap_line *line, nap_time now);

/* The end of the run: what is under way is counted as far as it got. */
void nap_world_finish(struct nap_subscriber *s, const struct nap_line *line, nap_time now);

/* The server's own address and port, behind the boxes before it; where these lead nowhere, those that it has. */
struct nap_endpoint nap_world_service(const struct nap_subscriber *s, const struct nap_line *line);

/* What the client must be told after an event. */
enum nap_world_news {
	NAP_WORLD_ADDRESS = 1,     /* the device has another address now */
	NAP_WORLD_RADIO_UP = 2,    /* other applications have brought the radio up */
	NAP_WORLD_SERVER_DOWN = 4, /* and the server: it is down, it is up again, or both */
	NAP_WORLD_SERVER_UP = 8,
	NAP_WORLD_REQUEST = 16, /* its own application has something to say */
	NAP_WORLD_SERVICE = 32, /* and the server: boxes before it lead elsewhere */
};

/* Take what is due at now; returns enum nap_world_news, or-ed. */
uint32_t nap_world_take(struct nap_subscriber *s, struct nap_line *line, nap_time now);

#endif
