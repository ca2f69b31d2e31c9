/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The reflector's memory of its clients: a fixed number of associations (NTP's word for a peer remembered), each with
 * a balance, a replay window, the orders done and the events to be told. A association is opened by the first record that
 * carries a good cookie and is kept until it is ended, has to give way, or every cookie made for it is stale; of those that went
 * before that the numbers are kept, so that a recorded conversation cannot be played back into a forgotten association.
 */
#ifndef NAP_LIVE_ASSOCIATION_H
#define NAP_LIVE_ASSOCIATION_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/time.h"
#include "live/inet.h"
#include "live/record.h"
#include "live/shares.h"

/* Where a record came from and an answer goes to. */
struct nap_reflect_path {
	struct nap_inet remote;
	struct nap_inet local; /* the address it was sent to, when known: answers leave from there */
	bool echo;             /* ICMP: remote.port is the identifier */
	uint8_t port, alt;     /* which of the server's ports; 1: the second address */
	int32_t conn;          /* TCP: connection, else -1 */
	nap_time arrived;      /* when the kernel got it; 0: now */
	uint8_t ttl;           /* of the packet as it arrived, 0: unknown */
};

#define NAP_ASSOCIATION_WINDOW 256  /* a record may be overtaken by so many and still be taken */
#define NAP_ASSOCIATION_CREDIT 4096 /* a balance never grows above this */
#define NAP_ASSOCIATION_EVENTS 256  /* kept until acknowledged; more are lost and counted */
#define NAP_ASSOCIATION_OPS    256  /* orders whose result is remembered */
#define NAP_ASSOCIATION_QUIET                                                                                \
	(60 * NAP_S) /* a client asks every 5 s: one that is silent so long has gone, or lost its way */
#define NAP_ASSOCIATIONS_ENDED 4096 /* remembered after their end */
#define NAP_NO_CLIENT          UINT32_MAX

struct nap_association_event {
	struct nap_record_event event; /* age and counts are filled in when sent */
	nap_time at;
};

struct nap_association {
	uint64_t id;
	struct nap_inet host; /* port 0 */
	uint32_t credit;      /* records received and not yet answered */
	uint32_t flows;       /* tags held for it: while not 0 the association stays */
	uint32_t top;         /* highest seq seen */
	uint64_t window[NAP_ASSOCIATION_WINDOW / 64]; /* bit seq % size: seen */
	nap_time last;                                /* when it was last heard of */
	struct nap_reflect_path control; /* where its last control record came from; family 0: none yet */
	uint32_t newest, acked;          /* events are (acked, newest] */
	uint32_t lost;                   /* events dropped for want of room */
	struct nap_association_event events[NAP_ASSOCIATION_EVENTS]; /* at number % size */
	uint32_t op[NAP_ASSOCIATION_OPS];                            /* orders done, at op % size */
	uint8_t result[NAP_ASSOCIATION_OPS];                         /* enum nap_record_result of each */
	uint32_t next;                                               /* in its hash chain */
	bool used;
};

struct nap_associations {
	struct nap_association *entry;
	uint32_t *chain; /* heads, NAP_NO_CLIENT when empty */
	uint32_t n;
	struct nap_shares shares;
	struct nap_ended *ended; /* a ring: those that ended while cookies made for them may be good */
	uint32_t n_ended;        /* in all, ever */
	nap_time keep;           /* idle time after which a association without flows may be given away */
};

/* Room for n associations, of these at most so many for one site. key: secret. All memory is taken here. */
void nap_associations_init(struct nap_associations *t, uint32_t n, const uint32_t most[NAP_SHARE_LEVELS],
	nap_time keep, uint64_t key);
void nap_associations_clear(struct nap_associations *t);

/* The association's index, NAP_NO_CLIENT when there is none. */
uint32_t nap_associations_find(struct nap_associations *t, uint64_t id, const struct nap_inet *host);

/* Had this host an association of that number which has ended, and for which old cookies may still be good? */
bool nap_associations_over(
	const struct nap_associations *t, nap_time now, uint64_t id, const struct nap_inet *host);

/* A new one's index; NAP_NO_CLIENT when the table or the site's share of it is full. */
uint32_t nap_associations_open(
	struct nap_associations *t, nap_time now, uint64_t id, const struct nap_inet *host);

/*
 * Which one has to give way to a newcomer of that host: in its own site, if that has its share, the one that is silent longest; in a full
 * table the one of the largest holder that is. Who speaks gives way only to who has less. NAP_NO_CLIENT: none.
 */
uint32_t nap_associations_yield(const struct nap_associations *t, nap_time now, const struct nap_inet *host);

/* It is over, and what was recorded of it cannot be played back. Its flows must be gone. */
void nap_associations_end(struct nap_associations *t, nap_time now, uint32_t index);

/* Has host a association? Cheaper than looking through all flows for one of a stranger's. */
bool nap_associations_knows(const struct nap_associations *t, const struct nap_inet *host);

/*
 * Counts in a record: false when seq was seen before or is too old to tell (a replay). Otherwise the record pays: the
 * balance grows by one.
 */
bool nap_association_receive(struct nap_association *s, nap_time now, uint32_t seq);

/* Takes price from the balance; false, and nothing taken, when it is not there. */
bool nap_association_pay(struct nap_association *s, uint32_t price);

/* Keeps an event (its number is set here); false when the client has too many to fetch. */
bool nap_association_note(struct nap_association *s, nap_time at, const struct nap_record_event *event);

/* Events up to number have arrived; a number that was never given out is ignored. */
void nap_association_acknowledge(struct nap_association *s, uint32_t number);

/* Event number, its age made up to now; false when it is not kept. */
bool nap_association_event(
	const struct nap_association *s, nap_time now, uint32_t number, struct nap_record_event *out);

#endif
