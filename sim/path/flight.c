/* SPDX-License-Identifier: BSD-2-Clause */
#include "path/flight.h"

#include <glib.h>

#include "kernel/api.h"

void nap_flights_init(struct nap_flights *f)
{
	*f = (struct nap_flights){ NULL, 0, NAP_FLIGHT_NONE };
}

void nap_flights_clear(struct nap_flights *f)
{
	g_free(f->item);
	nap_flights_init(f);
}

static void grow(struct nap_flights *f)
{
	uint32_t size = f->size ? 2 * f->size : 16;

	f->item = g_renew(struct nap_flight, f->item, size);
	for (uint32_t i = f->size; i < size; i++)
		f->item[i].next = i + 1 < size ? i + 1 : NAP_FLIGHT_NONE;
	f->free = f->size;
	f->size = size;
}

NAP_HOT void nap_flights_push(struct nap_flights *f, uint32_t *head, const struct nap_flight *flight)
{
	uint32_t i, *link;

	if (f->free == NAP_FLIGHT_NONE)
		grow(f);
	i = f->free;
	f->free = f->item[i].next;
	for (link = head; *link != NAP_FLIGHT_NONE && f->item[*link].at <= flight->at;
		link = &f->item[*link].next)
		;
	f->item[i] = *flight;
	f->item[i].next = *link;
	*link = i;
}

bool nap_flights_release(struct nap_flights *f, uint32_t *head, nap_time at, nap_time paged)
{
	struct nap_flight held;
	uint32_t *link = head;
	bool any = false;

	while (*link != NAP_FLIGHT_NONE) {
		uint32_t i = *link;
		nap_time when = f->item[i].stage == NAP_STAGE_DEVICE ? paged : at;

		if (f->item[i].held == 0 || f->item[i].at <= when) {
			link = &f->item[i].next;
			continue;
		}
		held = f->item[i];
		*link = held.next;
		f->item[i].next = f->free;
		f->free = i;
		held.at = when;
		nap_flights_push(f, head, &held);
		link = head;
		any = true;
	}
	return any;
}

NAP_HOT void nap_flights_pop(struct nap_flights *f, uint32_t *head, struct nap_flight *out)
{
	uint32_t i = *head;

	*out = f->item[i];
	*head = out->next;
	f->item[i].next = f->free;
	f->free = i;
}
