/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a box keeps: sessions, the TCP windows of those whose tracker checks them, mappings, external ports, port blocks,
 * grants and subscribers. Private to middlebox/.
 *
 * The life of a session:
 *
 * Opened. A packet is looked up by what its side calls the flow (inspect.c). One without session is a new flow
 * (new_flow.c): the tracker says whether it may open one, then limits, the choice of a port and the rules are asked, and
 * whoever refuses leaves nothing behind. nap_table_open takes a cell and puts its names, inside and outside, into the
 * index; nap_mapping_join puts it under its mapping, external port and subscriber, made when missing, though one that
 * has mapping and port to itself stands for them (alone.h); the tracker gives it a state and a timer. If that first packet then does not get out, the session goes at once, but for those that
 * nap_new_flow_stays names.
 *
 * Alive. Each packet is judged by the tracker, which changes state, flags, windows and `expires`; then it is
 * translated from the session alone. A timer that starts anew moves `expires` only: in the wheel the session stays
 * where it stood until that slot comes, so that a packet costs nothing there. Sessions of one mapping may hold one
 * another (timer-scope = mapping).
 *
 * Ended, by nap_table_end and in no other way: expired, when its time is up (expiry.c; it may first pass through the
 * tracker's second stage, be probed, or wait as a candidate for eviction); closed, by a packet or by management; or
 * evicted, to make room. It leaves index and wheel, its port and its mapping; the cell is the next to be taken.
 *
 * After it. A mapping without sessions stays for mapping-hold; an external port that no session, mapping or grant uses
 * is held for its last owner for port-hold-down; a block without ports in use stays for block-hold.
 *
 * Rules:
 *
 * - All that has a time lapses by one clock (lifetimes.h). Whoever changes a box settles it first, to the time of the
 *   packet or the command: after that nothing in here is past its time. Readers never settle; one that looks further
 *   ahead reckons with `expires`.
 * - Records know one another by number, never by pointer, as their arrays grow. A number lives as long as its record.
 * - What a state of the tracker means to others only its phases tell (track.h); what its kind of box does elsewhere,
 *   keys of their own.
 * - Chance enters in the choice of ports and of victims alone, by box->rng. So the same packets at the same times make
 *   the same box, whoever looked at it in between.
 */
#ifndef NAP_MIDDLEBOX_STATE_H
#define NAP_MIDDLEBOX_STATE_H

#include <glib.h>

#include "middlebox/blocks.h"
#include "middlebox/box.h"
#include "middlebox/destinations.h"
#include "middlebox/index.h"
#include "middlebox/port_pool.h"
#include "middlebox/port_set.h"
#include "middlebox/wheel.h"
#include "middlebox/zones.h"
#include "net/fragment.h"

#define NONE  UINT32_MAX
#define ALONE (UINT32_MAX - 1) /* in place of a mapping's number: alone.h */

enum session_flags {
	SF_LIVE = 1,
	SF_REPLIED = 2,      /* a packet came back */
	SF_ASSURED = 4,      /* never evicted by early drop */
	SF_FROM_OUTSIDE = 8, /* opened by the outside */
	SF_LOCAL = 16,       /* ends at the box itself */
	SF_JOINED = 32,      /* shares its mapping with other sessions */
	SF_CANDIDATE = 64,   /* past its timer, waiting to be evicted */
	SF_REPEATED = 128,   /* several packets one way and none back */
	SF_FIN_INSIDE = 256, /* a FIN from that side was seen ... */
	SF_FIN_OUTSIDE = 512,
	SF_FIN_ACKED = 1024,  /* ... and acknowledged (half-closed-needs-ack) */
	SF_TRANSLATED = 2048, /* addresses change on the way */
	SF_STATIC = 4096,     /* by a port forward */
	SF_GRANTED =
		16384, /* through a mapping that PCP granted: holds its external port, has no mapping of packets */
	SF_HAIRPIN = 8192, /* its remote end is on the inside, or an external address of the box */
	SF_TWICE =
		32768, /* both ends change (RFC 2663 4.3, twice NAT): the inside sees the remote end as `shown` */
};

/* Of a session that is asked whether it lives. */
enum {
	PROBES_SENT = 63,    /* how often */
	PROBES_INSIDE = 64,  /* that end has answered ... */
	PROBES_OUTSIDE = 128 /* ... and that one */
};

/* One session: exactly a cache line. */
struct session {
	nap_time expires, created;
	nap_addr inside, mapped, remote;
	uint16_t inside_port, mapped_port,
		remote_port;  /* ICMP: remote_port holds type and code as sent from inside */
	uint8_t proto, state; /* state: the tracker's own */
	uint16_t flags;       /* enum session_flags */
	uint8_t timers;       /* row of port-timers + 1, 0 for none */
	uint8_t probes;       /* keepalives sent since it ran out, and who answered: PROBES_... */
	uint32_t window;      /* struct window of tracker linux, NONE for none */
	uint32_t mapping, extport,
		subscriber; /* NONE for none; of ALONE, extport is NONE but for a port of a block */
	union {
		struct {
			uint32_t newer, older; /* sessions of the same mapping; newer: chain of free ones */
		};
		struct {
			nap_addr shown; /* SF_TWICE: such a session is static and has no mapping */
			uint16_t shown_port;
		};
	};
};
_Static_assert(sizeof(struct session) == 64, "a session is one cache line");

/* What one direction of a TCP connection has said (van Rooij 2000, "Real stateful TCP packet filtering in IP Filter"). */
struct window_side {
	uint32_t end;     /* highest sequence number sent, plus one */
	uint32_t max_end; /* highest sequence number that the other side allows, plus one */
	uint32_t max_win; /* largest window advertised, scaled; 0: nothing seen yet */
	uint32_t max_ack; /* highest acknowledgement sent */
	uint8_t scale, flags;
};

struct window {
	struct window_side side[2]; /* by direction: of the opener, of the answerer */
	uint32_t last_seq, last_ack, last_end;
	uint16_t last_win;
	uint8_t last_dir, last_index, last_scale, last_flags, repeats;
	uint32_t next_free;
};

struct mapping {
	struct nap_endpoint inside, outside;
	nap_addr remote;      /* 0: for all (endpoint independent) */
	uint16_t remote_port; /* 0: for all ports */
	uint16_t zone;        /* of the inside's packets */
	uint8_t proto;
	bool live;
	bool left_behind; /* serves the sessions that it has, and no others: its endpoint is the box' no more */
	uint32_t newest, sessions; /* of it, and how many */
	nap_time expires; /* timer-scope = mapping: of the whole; else when a mapping without sessions goes */
	uint32_t port;    /* the record of its external port */
	uint32_t next_on_port; /* other mappings on the same external port; free list */
};

struct extport {
	struct nap_endpoint at;
	uint8_t proto;
	nap_addr owner;                /* inside address that had it last */
	nap_time since;                /* when it came in use */
	bool counted, in_block;        /* in the accounts of a NAT; of one of its blocks */
	bool held;                     /* down: nothing uses it, and it is listed with its owner */
	uint32_t refs;                 /* sessions on it */
	uint32_t mappings;             /* first of list */
	nap_time held_until;           /* hold-down, once nothing uses it any more */
	uint32_t next_held, prev_held; /* others held down for the owner */
	uint32_t next_free;
	uint32_t subscriber; /* record of the owner that it counts for; NONE where those are not kept */
};

struct subscriber {
	nap_addr inside, paired; /* paired: its external address, 0 for none yet */
	uint32_t sessions, ports;
	uint32_t draws; /* taken from its own stream: ports of a deterministic block */
	uint32_t blocks, first_block;
	uint32_t held, first_held; /* ports held down for it */
	uint32_t closed;           /* of the sessions: those that are over (closed-count) */
	nap_time paid;             /* session-rate: the sessions opened so far are paid for until then */
};

struct held_syn { /* incoming-syn-hold */
	nap_time until;
	struct nap_packet packet;
};

/* An owner without a flow: of a port, whose external endpoint is mapped, or of a block. */
static inline struct nap_box_flow nap_owner_flow(nap_addr inside, struct nap_endpoint mapped, uint8_t proto)
{
	return (struct nap_box_flow){ { inside, 0 }, mapped, { 0, 0 }, proto };
}

static inline struct nap_box_flow nap_session_flow(const struct session *s)
{
	return (struct nap_box_flow){ { s->inside, s->inside_port }, { s->mapped, s->mapped_port },
		{ s->remote, s->remote_port }, s->proto };
}

/* lifetimes.c: a record that lapses while its slot of the wheel is settled. */
struct lifetime_due {
	nap_time at;
	uint32_t item;
};

/* A packet that the box made by itself and nobody has fetched yet. */
struct emission {
	nap_time at;
	enum nap_side side;
	bool has_flow;
	struct nap_box_flow about;
	struct nap_packet packet;
};

/* What not every packet of a session passes (packet_context.c). */
enum detour {
	DETOUR_DOWN = 1,    /* the link outside is down */
	DETOUR_RAW = 2,     /* raw-rules */
	DETOUR_RULES = 4,   /* rules */
	DETOUR_ANSWERS = 8, /* forward = answers */
	DETOUR_ZONES = 32,  /* sessions have zones, whatever the rules say now */
	DETOUR_MISS = 16,   /* on-miss, which holds for what is new, session or not (tracker linux) */
};

/* gre-timers = created: the timers of sessions that were there before they changed. */
struct gre_past {
	nap_time first, stream;
};

/* Why a session past its expiry may not be gone. */
enum lenient {
	LENIENT_STAGE = 1,   /* TCP's have a second stage */
	LENIENT_MAPPING = 2, /* others of its mapping may keep it */
	LENIENT_ALL = 4,     /* sessions become candidates, or wait for a purge */
};

struct nap_box {
	const struct nap_box_config *config; /* of many boxes, or own_config */
	struct nap_box_config *own_config;   /* NULL: none */
	struct nap_addr_list addresses;      /* external ones: the config's, or where the box has moved */
	const struct tracker *tracker;       /* track.h */
	uint32_t habits;                     /* bits of enum habit */
	uint8_t mapping_dep[2], filtering_dep[2]; /* enum nap_dependence; [1] for TCP */
	bool reuses[2];       /* reuse-mapping, where each session has a mapping of its own; [1] for TCP */
	uint8_t refresh_mask; /* bit of each enum nap_side that refreshes */
	bool reads_on;        /* identifications, options or payloads matter */
	uint8_t lenient; /* enum lenient, or-ed: of some sessions past their expiry, which are not simply gone */
	bool acts;       /* does something at expiry */
	bool down;       /* the link outside */
	bool two_names;  /* it translates, or did: sessions have a name on each side */
	uint8_t detours; /* enum detour, or-ed: what asks for more than sessions do */
	bool besides;    /* something beside the mapping of a session may let packets in, or keep them out */
	bool shut;       /* but for its sessions and grants nothing comes in */
	bool tracks_map; /* keeps mappings and external ports */
	bool tracks_sub; /* keeps subscribers */
	uint32_t purges_above; /* live sessions above which each purge scales the timers; UINT32_MAX: never */
	nap_time next_purge;   /* then: the next one */
	bool numbers; /* keeps sequence numbers for packets of its own, though the tracker does not */
	struct nap_rng rng;

	uint32_t room; /* its tables begin with room for so many */
	struct session *session;
	uint32_t size, high, free_session, live; /* room; ever used; chain through newer; live ones */
	uint32_t recent;                         /* made, or passed by a packet, last; perhaps no more live */
	struct nap_index sessions;               /* by inside and by mapped endpoint */
	uint64_t short_name[2]
			   [2]; /* of those alone: what of the remote end counts; [1] for TCP, then by side */
	bool has_alone;         /* sessions may be alone */
	uint32_t crowd;         /* then: live ones that are not */
	struct nap_wheel wheel; /* all that lapses: lifetimes.h */

	struct window *window;
	uint32_t window_size, window_high, free_window;

	const struct nap_termination *termination; /* NULL: it ends no connections */
	struct nap_legs **legs;                    /* legs.h: of each session; NULL: none has any */
	uint32_t legs_size;

	struct mapping *mapping;
	uint32_t mapping_size, mapping_high, free_mapping;
	struct nap_index mappings; /* by inside key */

	struct extport *extport;
	uint32_t extport_size, extport_high, free_extport, held;
	struct nap_index extports; /* by external endpoint */

	struct subscriber *subscriber;
	uint32_t subscriber_size, subscriber_high;
	uint32_t recent_subscriber; /* that was asked for last: a new flow asks for its own several times */
	struct nap_index subscribers;

	struct port_set ports;             /* of each external address */
	struct destinations *destinations; /* sessions-per-destination, else NULL */
	struct blocks blocks;
	struct port_pools pools;

	struct grant *grant; /* middlebox/pcp.h */
	uint32_t grant_size, grant_high, free_grant, grants_live;
	struct nap_index grants;

	struct nap_index externals; /* own external addresses, by hash of themselves */
	struct nap_box_forward *forward;
	uint32_t n_forwards;
	struct {
		uint16_t port;
		uint8_t proto;
	} * blocked;
	uint32_t n_blocked;
	struct rule *raw_rule, *rule; /* rules.h */
	uint32_t n_raw_rules, n_rules;
	struct zone *zones;        /* of each session; NULL: no rule has named any */
	struct zone zone;          /* of the packet in hand */
	struct gre_past *gre_past; /* at session.timers - 1 */
	uint32_t n_gre_past;

	uint32_t *bucket, *chain; /* early_drop.h; NULL until the table is full */
	uint32_t n_buckets;
	uint64_t bucket_seed;

	uint32_t *
		lru; /* eviction = lru: session numbers in order of their last packet, stale ones among them */
	uint64_t *stamp;                       /* position in lru of each session */
	uint64_t lru_head, lru_tail, lru_size; /* lru_size: a power of two */
	uint32_t *candidate; /* expiry = candidate: ring of those past their timer, in that order */
	uint32_t candidate_head, candidate_n, candidate_size;

	struct nap_reassembly *pieces; /* unfinished datagrams, NULL until a fragment comes */
	uint16_t start[NAP_STARTS];    /* where the pieces began of the datagram that came last ... */
	uint32_t starts;               /* ... and how many; 0: it came whole, or in too many */
	uint16_t next_ip_id;           /* ip-id = rewrite */
	uint32_t algs;                 /* application gateways, bits of alg.c */

	GArray *due; /* struct lifetime_due, in order; from due_next on to be taken */
	guint due_next;
	nap_time settling;      /* up to when; -1: nothing is being settled */
	GArray *outbox;         /* struct emission, in order of time */
	GArray *syn;            /* struct held_syn, in order of time */
	nap_time last;          /* time of the last packet */
	uint32_t next_port;     /* ports = sequential */
	nap_addr own;           /* external address set by nap_box_readdress */
	uint64_t born;          /* sum of the live sessions' times of creation, modulo 2^64 */
	nap_box_ended_fn ended; /* told of each session's end, or NULL */
	void *ended_ctx;
	struct nap_box_counts counts;
};

/* What is changed of a box' config is its own. */
struct nap_box_config *nap_box_own_config(struct nap_box *box);

/* Does anything depend on whose a session or port is? */
static inline bool nap_box_knows_subscribers(const struct nap_box *box)
{
	const struct nap_box_config *c = box->config;
	bool nat = c->kind == NAP_BOX_NAT;

	return c->sessions_per_subscriber || c->session_rate || c->ports_per_subscriber ||
	       (nat && (c->ports.word == NAP_PORTS_BLOCK || box->addresses.n > 1));
}

static inline bool nap_addr_listed(const struct nap_addr_list *list, nap_addr a)
{
	for (uint32_t i = 0; i < list->n; i++)
		if (list->addr[i] == a)
			return true;
	return false;
}

static inline bool after32(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) > 0;
}

static inline bool before32(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

#endif
