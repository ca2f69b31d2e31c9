/* SPDX-License-Identifier: BSD-2-Clause */
/* Reachability: the share of time in which a push would get through, exact from the boxes' own expiry times. */
#ifndef NAP_PATH_REACH_H
#define NAP_PATH_REACH_H

#include "path/subscriber.h"

/* Count reachable time up to now, on what was known after the last event; notice a way in that lapsed meanwhile. */
void nap_reach_settle(struct nap_subscriber *s, struct nap_line *line, nap_time now);

/* Look again how long the way in stays open, after an event at now that touched something. */
void nap_reach_look(struct nap_subscriber *s, const struct nap_line *line, nap_time now);

/* A shared middlebox threw a session of the subscriber out at now; reachable time is settled to then. */
void nap_reach_evicted(struct nap_subscriber *s, struct nap_line *line, nap_time now);

#endif
