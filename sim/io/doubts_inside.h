/* SPDX-License-Identifier: BSD-2-Clause */
/* Between the files of doubts alone: one kind of subscribers at one point, and what is said of it. */
#ifndef NAP_IO_DOUBTS_INSIDE_H
#define NAP_IO_DOUBTS_INSIDE_H

#include "io/doubts.h"
#include "text/origin.h"

struct nap_doubt_case {
	const struct nap_scenario *sc;
	GHashTable *origins; /* of the first point */
	GHashTable *said;    /* what it is about -> struct doubt */
	bool always;         /* only what holds at all points and for all kinds is worth saying */
};

/* About names what it is about: said once, however many cases say it, with the words of the first. */
void nap_doubt_say(const struct nap_doubt_case *c, const char *about, const char *format, ...)
	G_GNUC_PRINTF(3, 4);

/* Has the scenario, --set or a sweep itself set the key, as nap_key_name names it? */
bool nap_doubt_is_own(const struct nap_doubt_case *c, const char *name);

/* name, a key set, has no effect here, because of why. */
void nap_doubt_say_idle(const struct nap_doubt_case *c, const char *name, const char *why);

/* Intervals, timers and durations that do not go together. */
void nap_doubt_timers(struct nap_doubt_case *c);
/* Shared middleboxes with less than one of something for each subscriber. */
void nap_doubt_room(struct nap_doubt_case *c);
/* Keys set that the tracker of their middlebox never reads. */
void nap_doubt_unread(struct nap_doubt_case *c);
/* Other keys set that nothing reads. */
void nap_doubt_idle(struct nap_doubt_case *c);
/* Keys set that tell more of something that is not there. */
void nap_doubt_needs(struct nap_doubt_case *c);

#endif
