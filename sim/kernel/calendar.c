/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/calendar.h"

#include <glib.h>
#include <string.h>

#include "kernel/api.h"
#include "kernel/pages.h"

#define NOWHERE UINT32_MAX
#define TODAY   (UINT32_MAX - 1)
#define SORTED  (UINT32_MAX - 2)
#define FIRST   (UINT32_C(1) << 31) /* prev of a day's first entry: its day */

enum { SAMPLES = 64, SHORTEST = 4, LONGEST = 50, FEW = 12 };

void nap_calendar_init(struct nap_calendar *c, uint32_t n)
{
	*c = (struct nap_calendar){ .entry = nap_pages_new(MAX(n, 1) * sizeof *c->entry), .n = n };
	for (uint32_t i = 0; i < n; i++)
		c->entry[i] = (struct nap_calendar_entry){ NAP_NEVER, NOWHERE, NOWHERE };
	for (c->days = 64; c->days < n && c->days < FIRST / 2; c->days *= 2)
		;
	while (n > UINT32_C(1) << c->bits)
		c->bits++;
	c->day = nap_pages_new(c->days * sizeof *c->day);
	c->busy = g_new(uint64_t, c->days / 64);
	nap_heap_init(&c->today, n);
}

void nap_calendar_clear(struct nap_calendar *c)
{
	g_clear_pointer(&c->entry, g_free);
	g_clear_pointer(&c->day, g_free);
	g_clear_pointer(&c->busy, g_free);
	g_clear_pointer(&c->due, g_free);
	nap_heap_clear(&c->today);
}

void nap_calendar_add(struct nap_calendar *c, nap_time at, uint32_t id)
{
	c->entry[id].at = at;
}

static inline uint32_t day_of(const struct nap_calendar *c, nap_time at)
{
	return (uint32_t)((uint64_t)at >> c->length) & (c->days - 1);
}

/* Into the list of its day. */
static inline void link_in(struct nap_calendar *c, uint32_t id, nap_time at)
{
	uint32_t day = day_of(c, at), first = c->day[day];

	c->entry[id] = (struct nap_calendar_entry){ at, first, FIRST | day };
	if (first != NOWHERE)
		c->entry[first].prev = id;
	else
		c->busy[day / 64] |= UINT64_C(1) << day % 64;
	c->day[day] = id;
}

static inline void link_out(struct nap_calendar *c, uint32_t id)
{
	struct nap_calendar_entry e = c->entry[id];

	if (e.next != NOWHERE)
		c->entry[e.next].prev = e.prev;
	if (!(e.prev & FIRST)) {
		c->entry[e.prev].next = e.next;
		return;
	}
	c->day[e.prev & ~FIRST] = e.next;
	if (e.next == NOWHERE)
		c->busy[(e.prev & ~FIRST) / 64] &= ~(UINT64_C(1) << e.prev % 64);
}

static inline void add_today(struct nap_calendar *c, nap_time at, uint32_t id)
{
	if (c->today.n == 0)
		nap_heap_add(&c->today, at, id);
	else
		nap_heap_push(&c->today, at, id);
}

static inline void put(struct nap_calendar *c, uint32_t id, nap_time at)
{
	if (at >= c->dusk && at != NAP_NEVER) {
		link_in(c, id, at);
		return;
	}
	c->entry[id] = (struct nap_calendar_entry){ at, NOWHERE, at == NAP_NEVER ? NOWHERE : TODAY };
	if (at != NAP_NEVER)
		add_today(c, at, id);
}

static inline nap_time dawn_of(const struct nap_calendar *c)
{
	return (nap_time)((uint64_t)(c->dusk - 1) >> c->length << c->length);
}

static inline uint32_t id_of(const struct nap_calendar *c, uint64_t key)
{
	return (uint32_t)(key & ((UINT64_C(1) << c->bits) - 1));
}

static void add_due(struct nap_calendar *c, uint32_t id, nap_time at)
{
	if (c->n_due == c->room) {
		c->room = MAX(2 * c->room, 16);
		c->due = g_renew(uint64_t, c->due, c->room);
	}
	c->entry[id].prev = SORTED;
	c->due[c->n_due++] = (uint64_t)(at - dawn_of(c)) << c->bits | id;
}

static int by_key(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void insert(uint64_t *key, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++) {
		uint64_t moved = key[i];
		uint32_t k = i;

		for (; k > 0 && key[k - 1] > moved; k--)
			key[k] = key[k - 1];
		key[k] = moved;
	}
}

/* Lists begin with who came last: who comes at one time in order of number, as mostly, stands there the other way round. */
static void sort_due(struct nap_calendar *c)
{
	bool falls = true, grows = true;

	c->first = 0;
	if (c->n_due <= FEW) {
		insert(c->due, c->n_due);
		return;
	}
	for (uint32_t i = 1; i < c->n_due; i++) {
		falls &= c->due[i] < c->due[i - 1];
		grows &= c->due[i] > c->due[i - 1];
	}
	for (uint32_t i = 0; falls && i < c->n_due / 2; i++) {
		uint64_t key = c->due[i];

		c->due[i] = c->due[c->n_due - 1 - i];
		c->due[c->n_due - 1 - i] = key;
	}
	if (!falls && !grows)
		qsort(c->due, c->n_due, sizeof *c->due, by_key);
}

/* Past those that have moved away: is one left that has not? */
static inline bool has_due(struct nap_calendar *c)
{
	while (c->first < c->n_due && c->entry[id_of(c, c->due[c->first])].prev != SORTED)
		c->first++;
	return c->first < c->n_due;
}

/* The end of a day, numbered from time 0. */
static inline nap_time dusk_of(const struct nap_calendar *c, uint64_t number)
{
	uint64_t end = (number + 1) << c->length;

	return end > (uint64_t)NAP_NEVER ? NAP_NEVER : (nap_time)end;
}

static int by_time(const void *a, const void *b)
{
	nap_time x = *(const nap_time *)a, y = *(const nap_time *)b;

	return (x > y) - (x < y);
}

/* How long days are best, by a sample: the nearer quarter of the entries, spread evenly, has a day each. */
static unsigned best_length(const struct nap_calendar *c, nap_time least)
{
	uint32_t step = MAX(c->n / SAMPLES, 1), n = 0;
	nap_time at[2 * SAMPLES];
	unsigned length = SHORTEST;
	int64_t each;

	for (uint32_t i = 0; i < c->n && n < 2 * SAMPLES; i += step)
		if (c->entry[i].at != NAP_NEVER)
			at[n++] = c->entry[i].at;
	if (n == 0)
		return c->length;
	qsort(at, n, sizeof *at, by_time);
	each = (at[n / 4] - least) / ((int64_t)step * MAX(n / 4, 1));
	while (length < LONGEST && length + c->bits < 64 && (each >> length) > 0)
		length++;
	return length;
}

static nap_time least_of(const struct nap_calendar *c)
{
	nap_time least = NAP_NEVER;

	for (uint32_t i = 0; i < c->n; i++)
		least = nap_time_min(least, c->entry[i].at);
	return least;
}

/* A calendar that begins with the day of `least`. */
static void begin(struct nap_calendar *c, nap_time least, unsigned length)
{
	c->length = length;
	c->dusk = dusk_of(c, (uint64_t)least >> length);
	c->today.n = c->n_due = 0;
	memset(c->day, 0xff, c->days * sizeof *c->day);
	memset(c->busy, 0, c->days / 8);
	for (uint32_t i = 0; i < c->n; i++)
		if (c->entry[i].at < c->dusk)
			add_due(c, i, c->entry[i].at);
		else
			put(c, i, c->entry[i].at);
	sort_due(c);
	c->taken = 0;
}

void nap_calendar_order(struct nap_calendar *c)
{
	nap_time least = least_of(c);

	begin(c, least == NAP_NEVER ? 0 : least, best_length(c, least));
}

/* Those of a day that are due before dusk, which is today's, are so now. Are there some? The others are another year's. */
static inline bool take_day(struct nap_calendar *c, uint32_t day)
{
	uint32_t id = c->day[day];
	nap_time dusk = c->dusk;

	c->n_due = 0;
	c->day[day] = NOWHERE;
	c->busy[day / 64] &= ~(UINT64_C(1) << day % 64);
	while (id != NOWHERE) {
		struct nap_calendar_entry *e = &c->entry[id];
		uint32_t next = e->next;

		if (e->at >= dusk)
			link_in(c, id, e->at);
		else
			add_due(c, id, e->at);
		id = next;
	}
	sort_due(c);
	return c->n_due > 0;
}

/* On to the next day that has an entry of its own year: false when a whole year has none. */
static inline bool turn(struct nap_calendar *c)
{
	uint64_t today = (uint64_t)(c->dusk - 1) >> c->length, then = today + 1;

	while (then <= today + c->days) {
		uint32_t day = (uint32_t)then & (c->days - 1);
		uint64_t busy = c->busy[day / 64] >> day % 64;
		uint32_t free = busy ? (uint32_t)__builtin_ctzll(busy) : 64 - day % 64;

		then += free;
		if (busy && then <= today + c->days) {
			c->dusk = dusk_of(c, then);
			if (take_day(c, day + free))
				return true;
		}
		then += busy != 0;
	}
	return false;
}

/* Today's entries are all gone. False: there will be no more. */
static bool go_on(struct nap_calendar *c)
{
	nap_time least;

	if (c->taken > 2 * c->n) {
		unsigned length = best_length(c, c->dusk);

		if (length + 1 < c->length || length > c->length + 1)
			nap_calendar_order(c);
		c->taken = 0;
	}
	if (has_due(c) || c->today.n > 0 || turn(c))
		return true;
	least = least_of(c);
	if (least != NAP_NEVER)
		begin(c, least, best_length(c, least));
	return least != NAP_NEVER;
}

NAP_HOT struct nap_heap_entry nap_calendar_next(struct nap_calendar *c)
{
	struct nap_heap_entry due;

	if (!has_due(c) && c->today.n == 0 && !go_on(c))
		return (struct nap_heap_entry){ NAP_NEVER, 0 };
	if (c->first == c->n_due)
		return c->today.entry[0];
	due.id = id_of(c, c->due[c->first]);
	due.at = c->entry[due.id].at;
	if (c->today.n > 0 && (c->today.entry[0].at < due.at ||
				      (c->today.entry[0].at == due.at && c->today.entry[0].id < due.id)))
		return c->today.entry[0];
	return due;
}

NAP_HOT void nap_calendar_move(struct nap_calendar *c, uint32_t id, nap_time at)
{
	struct nap_calendar_entry *e = &c->entry[id];

	c->taken++;
	if (e->prev == TODAY && at < c->dusk) {
		e->at = at;
		nap_heap_move(&c->today, id, at);
		return;
	}
	if (e->prev == TODAY && c->today.n == 1)
		c->today.n = 0;
	else if (e->prev == TODAY)
		nap_heap_remove(&c->today, id);
	else if (e->prev < SORTED)
		link_out(c, id);
	put(c, id, at);
}
