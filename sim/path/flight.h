/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets under way: one pool for a run, and for each subscriber a short list in order of arrival. */
#ifndef NAP_PATH_FLIGHT_H
#define NAP_PATH_FLIGHT_H

#include "kernel/time.h"
#include "net/packet.h"

struct nap_flight {
	nap_time at;             /* when it arrives */
	struct nap_flight *next; /* the subscriber's next one, or the next free one */
	int8_t stage;            /* where: see enum nap_stage */
	bool up;                 /* towards the server */
	uint8_t net;             /* on which of the line's networks it travels */
	bool foreign; /* it was sent to a port that another subscriber had: costs what it costs, means nothing here */
	nap_time
		held; /* since when the network keeps it for a device that sleeps or is to be paged; 0: it does not. Up: its router cannot send it on */
	struct nap_packet packet;
};

/* Stages of the way: 0 .. n-1 are the middleboxes from the client outwards, n is the server. */
enum nap_stage { NAP_STAGE_DEVICE = -2, NAP_STAGE_RADIO = -1 };

struct nap_flight_block;

struct nap_flights {
	struct nap_flight_block *blocks; /* what is taken from them stays where it is */
	struct nap_flight *free;
};

/* No packets under way. */
void nap_flights_init(struct nap_flights *f);
void nap_flights_clear(struct nap_flights *f);

/* There are free ones again. */
void nap_flights_grow(struct nap_flights *f);

/* A flight in no list, its content whatever it was: to be given back by nap_flights_drop, or put into a list. */
static inline struct nap_flight *nap_flights_take(struct nap_flights *f)
{
	struct nap_flight *flight;

	if (!f->free)
		nap_flights_grow(f);
	flight = f->free;
	f->free = flight->next;
	return flight;
}

static inline void nap_flights_drop(struct nap_flights *f, struct nap_flight *flight)
{
	flight->next = f->free;
	f->free = flight;
}

/* Put flight into the list at *head, behind those that arrive no later: mostly there is none. */
static inline void nap_flights_push(struct nap_flight **head, struct nap_flight *flight)
{
	while (*head && (*head)->at <= flight->at)
		head = &(*head)->next;
	flight->next = *head;
	*head = flight;
}

/* Take the first out of a list that is not empty. */
static inline struct nap_flight *nap_flights_pop(struct nap_flight **head)
{
	struct nap_flight *flight = *head;

	*head = flight->next;
	return flight;
}

/* The device has spoken: what the network held while it slept is handed to the radio at `at`, what waited for its page has arrived at `paged`. True: there was such. */
bool nap_flights_release(struct nap_flight **head, nap_time at, nap_time paged);

#endif
