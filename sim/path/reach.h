/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reachability: the share of time in which a push would get through, exact from the boxes' own expiry times. A push
 * sent at t meets each box of its way at t plus the delays up to there, so each part of the way (server, boxes,
 * device) says when it is closed in its own time; the union of these spans, each moved back to when a push would have
 * been sent, is the time without reach.
 */
#ifndef NAP_PATH_REACH_H
#define NAP_PATH_REACH_H

#include "path/subscriber.h"

/* Bytes of nap_reach_of(s), a multiple of 8. */
size_t nap_reach_bytes(const struct nap_line *line);

/* Count reachable time up to now, on what was known after the last event; notice a way in that lapsed meanwhile. */
void nap_reach_settle(struct nap_subscriber *s, struct nap_line *line, nap_time now);

/*
 * Must it be counted before an event at now? Else what is known holds until it is looked at again: as long as all parts of the
 * way are open, one count comes to the same as many.
 */
static inline bool nap_reach_is_due(const struct nap_subscriber *s, const struct nap_line *line, nap_time now)
{
	return s->was_open && now < s->open_until ? line->sleeps : line->settles || s->was_open;
}

/* Does the server send elsewhere, or otherwise, than when last looked at? Over UDP all that counts is where to. */
bool nap_reach_server_changed(const struct nap_subscriber *s, const struct nap_line *line);

/*
 * After an event at now that touched something: is the way in open as it was, by sessions that only last longer now? Then that is
 * taken down, and neither is anything to be counted nor to be looked at.
 */
bool nap_reach_goes_on(struct nap_subscriber *s, const struct nap_line *line, nap_time now);

/* Look again how long the way in stays open, after an event at now that touched something. */
void nap_reach_look(struct nap_subscriber *s, const struct nap_line *line, nap_time now);

/* The device leaves its network at now: what is under way to it there is lost. */
void nap_reach_leave(struct nap_subscriber *s, struct nap_line *line, nap_time now);

/* A shared middlebox threw a session of the subscriber out at now; reachable time is settled to then. */
void nap_reach_evicted(struct nap_subscriber *s, struct nap_line *line, nap_time now);

/* The run ends at now: a push that is still under way gets through if nothing else happens. */
void nap_reach_finish(struct nap_subscriber *s, struct nap_line *line, nap_time now);

/* For stepping over whole cycles: the state relative to a moment, mixed into h; and all times moved. */
uint64_t nap_reach_mark(
	uint64_t h, const struct nap_subscriber *s, const struct nap_line *line, const struct nap_moment *m);
void nap_reach_shift(struct nap_subscriber *s, const struct nap_line *line, nap_time span);

/* Its field tables, NULL-terminated. */
extern const struct nap_fields *const nap_reach_tables[];

#endif
