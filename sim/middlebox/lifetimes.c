/* SPDX-License-Identifier: BSD-2-Clause */
#include "middlebox/lifetimes.h"

#include <stdlib.h>

static const struct lifetime_kind *const kinds[LIFETIMES] = {
	[LIFE_SESSION] = &nap_session_lifetime,
	[LIFE_MAPPING] = &nap_mapping_lifetime,
	[LIFE_EXTPORT] = &nap_extport_lifetime,
	[LIFE_GRANT] = &nap_grant_lifetime,
	[LIFE_BLOCKS] = &nap_blocks_lifetime,
	[LIFE_SYNS] = &nap_syns_lifetime,
	[LIFE_PIECES] = &nap_pieces_lifetime,
	[LIFE_PURGE] = &nap_purge_lifetime,
};

_Static_assert((int)LIFETIMES <= NAP_WHEEL_KINDS, "the wheel has room for all kinds");

static int by_time(const void *a, const void *b)
{
	const struct lifetime_due *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->item < y->item ? -1 : x->item > y->item;
}

static nap_time due_at(const struct nap_box *box, uint32_t item)
{
	return kinds[nap_wheel_kind(item)]->due(box, nap_wheel_id(item));
}

/* Does what is due at `at` belong to the slot that is being settled? */
static bool is_now(const struct nap_box *box, nap_time at)
{
	return at <= box->settling && nap_wheel_tick(at) <= box->wheel.tick;
}

/* Among those that lapse in this slot, behind what is earlier; it is mostly the last. */
static void insert(struct nap_box *box, struct lifetime_due d)
{
	guint i = box->due->len;

	while (i > box->due_next && by_time(&g_array_index(box->due, struct lifetime_due, i - 1), &d) > 0)
		i--;
	g_array_insert_val(box->due, i, d);
}

NAP_HOT void nap_lifetime_set(struct nap_box *box, enum lifetime kind, uint32_t id, nap_time at)
{
	uint32_t item = nap_wheel_item(kind, id);

	if (G_UNLIKELY(is_now(box, at)))
		insert(box, (struct lifetime_due){ at, item });
	else
		nap_wheel_set(&box->wheel, item, at);
}

/* Of one slot's records those that are due are gathered in order, the others put back where they now belong. */
static void gather(struct nap_box *box, uint32_t first)
{
	uint32_t item, next;

	for (item = first; item != NAP_WHEEL_NONE; item = next) {
		struct lifetime_due d;

		next = nap_wheel_link(&box->wheel, item)->next;
		if (next != NAP_WHEEL_NONE && nap_wheel_kind(next) == LIFE_SESSION)
			__builtin_prefetch(&box->session[nap_wheel_id(next)]);
		d = (struct lifetime_due){ due_at(box, item), item };
		if (is_now(box, d.at))
			g_array_append_val(box->due, d);
		else
			nap_wheel_set(&box->wheel, item, d.at);
	}
	if (box->due->len > 1)
		qsort(box->due->data, box->due->len, sizeof(struct lifetime_due), by_time);
}

/* What others have lapsed before may have changed when this one does. */
static void take(struct nap_box *box, struct lifetime_due d)
{
	nap_time at = due_at(box, d.item);

	if (at <= d.at) {
		kinds[nap_wheel_kind(d.item)]->lapse(box, nap_wheel_id(d.item), at);
		at = due_at(box, d.item);
	}
	nap_lifetime_set(box, (enum lifetime)nap_wheel_kind(d.item), nap_wheel_id(d.item), at);
}

static G_NO_INLINE void settle_slots(struct nap_box *box, nap_time now)
{
	bool last = false;
	uint32_t first;

	g_assert(box->settling < 0); /* nothing that lapses makes others settle */
	box->settling = now;
	while (!last && (first = nap_wheel_take(&box->wheel, now, &last)) != NAP_WHEEL_NONE) {
		gather(box, first);
		while (box->due_next < box->due->len)
			take(box, g_array_index(box->due, struct lifetime_due, box->due_next++));
		if (box->due->len)
			g_array_set_size(box->due, 0);
		box->due_next = 0;
	}
	box->settling = -1;
	nap_wheel_rest(&box->wheel);
}

/*
 * One subscriber's own box: mostly its flow goes on, and that is all there is. It may stay in the slot that has passed, as
 * long as nobody asks the wheel when the box will act next.
 */
static bool goes_on_alone(struct nap_box *box, nap_time now)
{
	nap_time at;

	if (box->wheel.items != 1 || box->acts)
		return false;
	at = due_at(box, nap_wheel_only(&box->wheel));
	if (at <= now)
		return false;
	box->wheel.due = at;
	return true;
}

NAP_HOT void nap_settle_due(struct nap_box *box, nap_time now)
{
	if (!goes_on_alone(box, now))
		settle_slots(box, now);
}
