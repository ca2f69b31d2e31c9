/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keepalives in a flow, found by what they look like and by their rhythm. A flow's packets come in exchanges, which a silence
 * ends; small exchanges that begin alike are one rhythm, and one that comes at even intervals is a keepalive's.
 */
#ifndef NAP_REPLAY_KEEPALIVE_H
#define NAP_REPLAY_KEEPALIVE_H

#include "kernel/wide.h"
#include "replay/trace.h"

#define NAP_BURST_GAP                                                                                        \
	(3 * NAP_S /                                                                                         \
		2) /* silence that ends a burst, or a flow's exchange (Qian et al., MobiSys 2011: 1.5 s) */

enum nap_keepalive_kind {
	NAP_KEEPALIVE_NONE,
	NAP_KEEPALIVE_TCP_PROBE, /* RFC 9293 3.8.4: a number below the next, at most one byte */
	NAP_KEEPALIVE_TLS,       /* a small record of TLS */
	NAP_KEEPALIVE_TCP,       /* small segments */
	NAP_KEEPALIVE_UDP,
	NAP_KEEPALIVE_OTHER,
	NAP_KEEPALIVE_KINDS
};
extern const char *const nap_keepalive_words[NAP_KEEPALIVE_KINDS];

/* What an exchange was for, as far as a trace shows it. */
enum nap_purpose_seen {
	NAP_SEEN_KEEPALIVE,
	NAP_SEEN_PUSH,       /* the server begins */
	NAP_SEEN_RECONNECT,  /* a connection is opened */
	NAP_SEEN_BACKGROUND, /* the device begins */
	NAP_SEEN_N
};

/* The packets of one flow between two silences. */
struct nap_exchange {
	nap_time begun, last;
	nap_time before; /* when the exchange before ended; NAP_NEVER: it is the first */
	uint32_t packets, bytes, payload;
	uint32_t size;   /* payload of its first packet */
	uint8_t kind;    /* enum nap_keepalive_kind that it may be, by its first packet */
	bool up;         /* the device began */
	bool opens;      /* a connection */
	nap_time answer; /* how long the first packet the other way took, NAP_NEVER: none */
	struct nap_wide paid;
};

/* What a flow's keepalives are. */
struct nap_keepalive {
	uint8_t kind;
	bool up;
	uint32_t size;           /* payload */
	uint64_t n;              /* exchanges */
	uint64_t packets, bytes; /* of all of them */
	nap_time period, jitter; /* median; median distance from it. period NAP_NEVER: seen too few times */
	bool after_silence;      /* it counts from the flow's last packet, not from the keepalive before */
	nap_time answer;         /* of the latest, NAP_NEVER: none came */
	struct nap_wide paid;
};

struct nap_rhythms; /* of one flow */

/* A flow's finished exchange. *r may be NULL: it is made when there is something to keep. Adds what it took to paid[enum nap_purpose_seen]. */
void nap_rhythm_add(struct nap_rhythms **r, const struct nap_exchange *e, struct nap_wide *paid);

/*
 * The flow's end: its keepalives (kind NAP_KEEPALIVE_NONE: it has none), the rest of what is known to paid. Frees r, which may be
 * NULL.
 */
void nap_rhythm_end(struct nap_rhythms *r, struct nap_keepalive *out, struct nap_wide *paid);

/* What a packet of this transport that begins an exchange may be. next: TCP: the number that its sender sends next, if known. */
enum nap_keepalive_kind nap_keepalive_shape(const struct nap_frame *f, bool known, uint32_t next);

/*
 * What segment p tells of the number that each side, by up, sends next: its own end, and what it acknowledges of the other side's (all
 * that is known of it where the trace begins in the middle of a connection).
 */
void nap_keepalive_learn(bool known[2], uint32_t next[2], bool up, const struct nap_packet *p);

/* Does it begin as these keepalives do? */
bool nap_keepalive_begins(
	const struct nap_keepalive *k, bool up, enum nap_keepalive_kind kind, uint32_t size);

/* Bytes of payload that an exchange of keepalives has at most. */
#define NAP_KEEPALIVE_PAYLOAD 512

#endif
