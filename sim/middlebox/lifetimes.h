/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one clock of a box: all that lasts for a time and then goes by itself. Each kind is a constant that says when a
 * record of it lapses, as things stand, and lets it lapse. A record stands in the wheel at that time or before, since
 * what is prolonged stays where it is until its slot comes. nap_settle lets lapse what is due, each at its own time and
 * all in order of time, so that it never matters when, or how often, somebody settles. Private to middlebox/.
 */
#ifndef NAP_MIDDLEBOX_LIFETIMES_H
#define NAP_MIDDLEBOX_LIFETIMES_H

#include "middlebox/state.h"

/* In this order at equal times. Of a queue whose entries all last equally long, number 0 stands for the first. */
enum lifetime {
	LIFE_SESSION,
	LIFE_MAPPING, /* without sessions (mapping-hold) */
	LIFE_EXTPORT, /* held down (port-hold-down) */
	LIFE_GRANT,   /* of PCP */
	LIFE_BLOCKS,  /* of ports, empty ones: a queue (block-hold) */
	LIFE_SYNS,    /* held ones: a queue (incoming-syn-hold) */
	LIFE_PIECES,  /* unfinished datagrams: a queue (fragment-timeout) */
	LIFE_PURGE,   /* the next purge under load (purge-interval, adaptive-start) */
	LIFETIMES
};

struct lifetime_kind {
	nap_time (*due)(const struct nap_box *box, uint32_t id); /* NAP_NEVER: it stays, or is none */
	void (*lapse)(struct nap_box *box, uint32_t id, nap_time when);
};

extern const struct lifetime_kind nap_session_lifetime, nap_purge_lifetime, nap_mapping_lifetime,
	nap_extport_lifetime, nap_grant_lifetime, nap_blocks_lifetime, nap_syns_lifetime, nap_pieces_lifetime;

/* From now on a record is due at `at`, or later: to be told when it is made and whenever it becomes due earlier. */
void nap_lifetime_set(struct nap_box *box, enum lifetime kind, uint32_t id, nap_time at);

/* The record is gone before its time. Need not be told, but saves the wheel a look. */
static inline void nap_lifetime_drop(struct nap_box *box, enum lifetime kind, uint32_t id)
{
	nap_wheel_drop(&box->wheel, nap_wheel_item(kind, id));
}

void nap_settle_due(struct nap_box *box, nap_time now);

/* All that lapses by now does so. Packets that the box makes at that wait in box->outbox. */
static inline void nap_settle(struct nap_box *box, nap_time now)
{
	if (G_UNLIKELY(now >= box->wheel.due))
		nap_settle_due(box, now);
}

#endif
