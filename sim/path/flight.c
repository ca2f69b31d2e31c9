/* SPDX-License-Identifier: BSD-2-Clause */
#include "path/flight.h"

#include <glib.h>

#include "kernel/api.h"

enum { PER_BLOCK = 64 };

struct nap_flight_block {
	struct nap_flight_block *next;
	struct nap_flight flight[PER_BLOCK];
};

void nap_flights_init(struct nap_flights *f)
{
	*f = (struct nap_flights){ NULL, NULL };
}

void nap_flights_clear(struct nap_flights *f)
{
	while (f->blocks) {
		struct nap_flight_block *block = f->blocks;

		f->blocks = block->next;
		g_free(block);
	}
	f->free = NULL;
}

void nap_flights_grow(struct nap_flights *f)
{
	struct nap_flight_block *block = g_new0(struct nap_flight_block, 1);

	block->next = f->blocks;
	f->blocks = block;
	for (int i = PER_BLOCK - 1; i >= 0; i--)
		nap_flights_drop(f, &block->flight[i]);
}

bool nap_flights_release(struct nap_flight **head, nap_time at, nap_time paged)
{
	struct nap_flight **link = head;
	bool any = false;

	while (*link) {
		struct nap_flight *flight = *link;
		nap_time when = flight->stage == NAP_STAGE_DEVICE ? paged : at;

		if (flight->held == 0 || flight->at <= when) {
			link = &flight->next;
			continue;
		}
		*link = flight->next;
		flight->at = when;
		nap_flights_push(head, flight);
		link = head;
		any = true;
	}
	return any;
}
