/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One entry per number, in order of time and then of number, for populations: a calendar queue (Brown, CACM 31(10), 1988).
 * A year has as many days as keep each to an entry or two, which stand unsorted in lists; a day's are sorted when it begins, what
 * falls on it later stands in a heap, so that the cost of an event does not grow with the number of subscribers, whether they
 * are spread or all due at once. Days are made longer or shorter as it goes.
 */
#ifndef NAP_KERNEL_CALENDAR_H
#define NAP_KERNEL_CALENDAR_H

#include <stdbool.h>

#include "kernel/heap.h"

struct nap_calendar_entry {
	nap_time at;         /* NAP_NEVER: stands nowhere */
	uint32_t next, prev; /* neighbours of its day */
};

struct nap_calendar {
	struct nap_calendar_entry *entry; /* one per number */
	uint32_t n;
	uint32_t *day;   /* the first entry of each day, of whatever year */
	uint64_t *busy;  /* a bit for each that has one */
	uint32_t days;   /* a power of two, 64 at least */
	unsigned length; /* of a day: 2^length ns */
	nap_time dusk;   /* all that is due before stands in due or in today */
	uint64_t *due;   /* in order: of the day's entries, time since dawn, shifted by ... */
	unsigned bits;   /* ... so many, and number; who has moved since is none of them any more */
	uint32_t first, n_due, room; /* of these: the next one, how many, room */
	struct nap_heap today;       /* what came to be due today since it began */
	uint32_t taken;              /* entries that were moved since days were last given their length */
};

/* For numbers below n, none of which is due. */
void nap_calendar_init(struct nap_calendar *c, uint32_t n);
void nap_calendar_clear(struct nap_calendar *c);

/* Where each stands at the start: then nap_calendar_order. */
void nap_calendar_add(struct nap_calendar *c, nap_time at, uint32_t id);
void nap_calendar_order(struct nap_calendar *c);

/* The next one, which stays where it is; of time NAP_NEVER where none will ever be due. */
struct nap_heap_entry nap_calendar_next(struct nap_calendar *c);

/*
 * A number that is due on a day, counted from time 0, or on that of a later year, UINT32_MAX: none; and another beside it. To have memory
 * fetched beforehand, that of an entry first.
 */
static inline uint32_t nap_calendar_on(const struct nap_calendar *c, uint64_t day)
{
	return c->day[(uint32_t)day & (c->days - 1)];
}
static inline uint32_t nap_calendar_beside(const struct nap_calendar *c, uint32_t id)
{
	return c->entry[id].next;
}
static inline void nap_calendar_fetch(const struct nap_calendar *c, uint32_t id)
{
	__builtin_prefetch(&c->entry[id], 1);
}

/* Today's number, counted from time 0. */
static inline uint64_t nap_calendar_today(const struct nap_calendar *c)
{
	return (uint64_t)(c->dusk - 1) >> c->length;
}

/* The time of number id is at now, earlier or later than before, but not before that of the last one that was next. */
void nap_calendar_move(struct nap_calendar *c, uint32_t id, nap_time at);

#endif
