/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets under way: one pool for a run, and for each subscriber a short list in order of arrival. */
#ifndef NAP_PATH_FLIGHT_H
#define NAP_PATH_FLIGHT_H

#include "kernel/time.h"
#include "net/packet.h"

#define NAP_FLIGHT_NONE UINT32_MAX

struct nap_flight {
	nap_time at;   /* when it arrives */
	uint32_t next; /* the subscriber's next one, or the next free one */
	int8_t stage;  /* where: see enum nap_stage */
	bool up;       /* towards the server */
	uint8_t net;   /* on which of the line's networks it travels */
	bool foreign; /* it was sent to a port that another subscriber had: costs what it costs, means nothing here */
	nap_time
		held; /* since when the network keeps it for a device that sleeps or is to be paged; 0: it does not */
	struct nap_packet packet;
};

/* Stages of the way: 0 .. n-1 are the middleboxes from the client outwards, n is the server. */
enum nap_stage { NAP_STAGE_DEVICE = -2, NAP_STAGE_RADIO = -1 };

struct nap_flights {
	struct nap_flight *item;
	uint32_t size, free; /* allocated items; head of the list of free ones */
};

/* No packets under way. */
void nap_flights_init(struct nap_flights *f);
void nap_flights_clear(struct nap_flights *f);

/* Put a copy of flight into the list at *head, behind those that arrive no later. */
void nap_flights_push(struct nap_flights *f, uint32_t *head, const struct nap_flight *flight);

/* The device has spoken: what the network held while it slept is handed to the radio at `at`, what waited for its page has arrived at `paged`. True: there was such. */
bool nap_flights_release(struct nap_flights *f, uint32_t *head, nap_time at, nap_time paged);

/* Take the first of a list that is not empty. */
void nap_flights_pop(struct nap_flights *f, uint32_t *head, struct nap_flight *out);

#endif
