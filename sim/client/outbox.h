/* SPDX-License-Identifier: BSD-2-Clause */
/* What an endpoint wants done: packets to send, and notes of what happened. The caller zeroes n, notes, delivered. */
#ifndef NAP_CLIENT_OUTBOX_H
#define NAP_CLIENT_OUTBOX_H

#include <glib.h>

#include "kernel/time.h"
#include "net/packet.h"

#define NAP_OUTBOX_MAX 16

enum nap_note {
	NAP_NOTE_KEEPALIVE = 1,   /* the client sent a keepalive of its policy */
	NAP_NOTE_OPENED = 2,      /* the client's flow is open: pushes may come */
	NAP_NOTE_DEAD = 4,        /* the client noticed that its flow or its binding was gone */
	NAP_NOTE_RECONNECT = 8,   /* the client opens a flow again */
	NAP_NOTE_CLOSED = 16,     /* the application closed its flow (server idle timeout, BYE) */
	NAP_NOTE_DELIVERED = 32,  /* the client's application got a push */
	NAP_NOTE_FLOW_ENDED = 64, /* the server has a flow no more, whoever ended it */
	NAP_NOTE_TOLD = 128,      /* an end was told by the other that the flow is over (FIN, BYE) */
	NAP_NOTE_UNHEARD = 256,   /* the server takes its client for gone until it speaks */
	NAP_NOTE_FORGOTTEN = 512, /* an end has forgotten its flow without a word, as agreed with the other */
	NAP_NOTE_TCP_PROBE = 1024, /* TCP probed by itself: the keepalive option of the end's socket */
	NAP_NOTE_RESTARTED = 2048, /* the server has forgotten all */
	NAP_NOTE_ANSWERED = 4096,  /* a request of the client's own was answered: made at out->made */
	NAP_NOTE_FAILED = 8192,    /* one was given up */
	NAP_NOTE_MET_DEAD = 16384, /* the flow of one died before it got anywhere: it was dead already */
	NAP_NOTE_RETIRED = 32768,  /* the client closed a flow that it had no use for */
};

struct nap_outbox {
	uint32_t n;     /* packets to send, in order */
	uint32_t notes; /* enum nap_note, or-ed */
	uint32_t
		delivered; /* pushes that reached the client's application just now, or requests the server's */
	nap_time offered[NAP_OUTBOX_MAX]; /* when each of them was offered to the server */
	nap_time made;                    /* NAP_NOTE_ANSWERED: when that request was made */
	struct nap_packet packet[NAP_OUTBOX_MAX];
};

/* The next free packet, for the caller to fill whole. An endpoint never needs more than there are. */
static inline struct nap_packet *nap_outbox_add(struct nap_outbox *out)
{
	g_assert(out->n < NAP_OUTBOX_MAX);
	return &out->packet[out->n++];
}

/* One more push reached the application, offered to the server at that time. */
static inline void nap_outbox_deliver(struct nap_outbox *out, nap_time offered)
{
	g_assert(out->delivered < NAP_OUTBOX_MAX);
	out->offered[out->delivered++] = offered;
	out->notes |= NAP_NOTE_DELIVERED;
}

#endif
