/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A middlebox: NAT, CGN, firewall or load balancer. Packet in, verdict out;
 * time and randomness come as arguments; it owns its state table and nothing
 * else. Several boxes make a chain in path/.
 */
#ifndef NAP_MIDDLEBOX_BOX_H
#define NAP_MIDDLEBOX_BOX_H

#include <stddef.h>

#include "kernel/api.h"
#include "kernel/rng.h"
#include "kernel/snapshot.h"
#include "kernel/time.h"
#include "middlebox/box_config.h"
#include "net/packet.h"

/* --- natnap.h --- */
struct nap_box;

enum nap_verdict {
	NAP_PASS,        /* goes on, rewritten in place; see fx->out_side */
	NAP_DROP,        /* gone, nothing said */
	NAP_LOCAL,       /* taken by the box itself */
	NAP_REJECT_RST,  /* gone, and fx->reply is a RST for the sender */
	NAP_REJECT_ICMP, /* gone, and fx->reply is an ICMP error for the sender */
	NAP_HELD         /* kept: the other fragments of its datagram have not come yet */
};

enum nap_class {
	NAP_CLASS_NONE,
	NAP_CLASS_NEW,
	NAP_CLASS_ESTABLISHED,
	NAP_CLASS_RELATED,
	NAP_CLASS_INVALID,
	NAP_CLASS_UNTRACKED
};

/* What a packet did, besides its verdict. Filled by nap_box_input. */
struct nap_box_effect {
	enum nap_side out_side; /* NAP_PASS: where it leaves; the side it came from when hairpinned */
	enum nap_class klass;   /* how the tracker classed it */
	uint32_t session;       /* handle of its session afterwards, NAP_NO_SESSION for none */
	bool created;           /* the session is new */
	uint16_t mtu; /* NAP_PASS: it leaves in pieces of so many bytes, see nap_box_piece; 0: as it is */
	bool refused; /* refused by capacity, quota or ports running out */
	bool answered; /* reply is to be sent back to the side the packet came from: always with NAP_REJECT_* */
	struct nap_packet reply; /* only when answered */
};

#define NAP_NO_SESSION UINT32_MAX

/* A view of one session, for scripts, tests and reports. */
struct nap_session_view {
	uint8_t proto;
	struct nap_endpoint inside, mapped, remote; /* firewall: mapped equals inside */
	const char *state;         /* the tracker's name for it, static text; "" when it has none */
	nap_time created, expires; /* expires: when its present timer runs out */
	nap_time end;              /* when it is gone if nothing more comes; NAP_NEVER for a mere candidate */
	bool assured, replied;
};

/* Integer totals since the box was made. */
struct nap_box_counts {
	uint64_t packets; /* packets put in */
	uint64_t created, expired, evicted,
		closed;         /* sessions; created = live + expired + evicted + closed */
	uint64_t refused;       /* new sessions refused: table, quota or ports */
	uint64_t refused_ports; /* of these, for lack of a port */
	uint64_t dropped;       /* packets not passed */
	uint64_t live, peak;    /* sessions now and at most (settled to the last packet's time) */
	uint64_t session_ns; /* sum over ended sessions of (end - creation), wraps past 2^64 ns (584 years) */
	uint64_t alive_ns;   /* sum over live sessions of their age now; not a count that repeats */
	uint64_t ports_live, ports_peak; /* external ports in use */
	uint64_t blocks_live, blocks_peak,
		log_records; /* port blocks; log lines of allocations (RFC 6888 REQ-12) */
};

/* Whose a session or port is: the ends of its flow, as far as there are such (a block has inside.addr and mapped.addr alone). */
struct nap_box_flow {
	struct nap_endpoint inside, mapped, remote;
	uint8_t proto;
};

/*
 * Packets that a box makes on its own: RST at expiry, held ICMP answers, keepalive probes. about: the session's flow, NULL
 * when it is about none.
 */
typedef void (*nap_box_emit_fn)(void *ctx, enum nap_side side, const struct nap_packet *p, nap_time now,
	const struct nap_box_flow *about);

/*
 * A new box. config is copied (lists stay the caller's); rng is its stream for ports and victims; expected is the
 * number of sessions to have room for at once (it grows). NULL for a config of which no box can be made: one that was
 * zeroed and not filled. Free with nap_box_free, which accepts NULL.
 */
NAP_API struct nap_box *nap_box_new(const struct nap_box_config *config, struct nap_rng rng, size_t expected);
NAP_API void nap_box_free(struct nap_box *box);
/* --- */

/* The same, but config is not copied and lives longer than the box: that of many boxes. */
struct nap_box *nap_box_new_shared(const struct nap_box_config *config, struct nap_rng rng, size_t expected);

/* Give an empty NAT one external address of its own: members of a population have different ones. */
void nap_box_readdress(struct nap_box *box, nap_addr external);

/* The first external address of a NAT. */
nap_addr nap_box_address(const struct nap_box *box);

/* --- natnap.h --- */
/* Forget all sessions, mappings and counts, keep the memory: one box serves many subscribers in turn. */
NAP_API void nap_box_reset(struct nap_box *box, struct nap_rng rng);

/* Put packet p, arriving on side, in; times must not decrease. On NAP_PASS *p is as it leaves. */
NAP_API enum nap_verdict nap_box_input(struct nap_box *box, nap_time now, enum nap_side side,
	struct nap_packet *p, struct nap_box_effect *fx);

/* A packet that arrives at a box. */
struct nap_box_arrival {
	nap_time at;
	struct nap_packet *packet; /* on NAP_PASS: as it leaves */
	enum nap_side side;
};

/*
 * n packets in order of time, all at hand: the same as nap_box_input for one after another, whose results go to
 * verdict[i] and fx[i]; while one is decided, the memory that later ones will touch is fetched. No packet may
 * stand in two arrivals.
 */
NAP_API void nap_box_input_burst(struct nap_box *box, const struct nap_box_arrival *arrival, uint32_t n,
	enum nap_verdict *verdict, struct nap_box_effect *fx);

/*
 * Piece i, in the order in which they leave, of a packet that passed; false when there are no more. Piece 0 of a packet
 * that leaves as it is, is itself. To be asked before the next packet is put in.
 */
NAP_API bool nap_box_piece(const struct nap_box *box, const struct nap_box_effect *fx,
	const struct nap_packet *p, uint32_t i, struct nap_packet *piece);
/* --- */

/* Bytes that one session takes, without index and wheel. */
size_t nap_box_session_bytes(void);

/* --- natnap.h --- */
/*
 * When the box next acts by itself (RST at expiry, probe, held answer), or a time before; NAP_NEVER when never. In the past:
 * it has acted, and nobody has fetched the packet.
 */
NAP_API nap_time nap_box_deadline(const struct nap_box *box);

/* A time before which the box does nothing by itself, known without a look at its sessions: at most its deadline. */
nap_time nap_box_quiet_until(const struct nap_box *box);

/*
 * Let pass the time up to and including now: what lapses by then goes, each at its own time. Packets that the box makes at
 * that are kept for nap_box_advance. To do so more often, or by the way, changes nothing.
 */
NAP_API void nap_box_settle(struct nap_box *box, nap_time now);

/* The same, and fetch the packets that the box has made by itself: through fn, in order of time. */
NAP_API void nap_box_advance(struct nap_box *box, nap_time now, nap_box_emit_fn fn, void *ctx);

/*
 * Until when would a packet like p arriving on side keep passing, if nothing else came? Returns a time after now,
 * or 0 when it would not pass now. Looks, does not touch. On success *p is rewritten as it would leave (from inside,
 * where no session exists yet: unchanged, as its port is not chosen yet).
 */
NAP_API nap_time nap_box_open_until(
	const struct nap_box *box, nap_time now, enum nap_side side, struct nap_packet *p);

/* The session behind a handle; false when it is gone by now. */
NAP_API bool nap_box_session(
	const struct nap_box *box, nap_time now, uint32_t session, struct nap_session_view *view);

/* What ended: a session by its timer or packets, one thrown out to make room, the use of an external port, of a block of them. */
enum nap_ended { NAP_ENDED_SESSION, NAP_ENDED_EVICTED, NAP_ENDED_PORT, NAP_ENDED_BLOCK };

/* It lived from born to died (NAP_NEVER: it still does, see nap_box_tell_live). */
typedef void (*nap_box_ended_fn)(
	void *ctx, enum nap_ended what, nap_time born, nap_time died, const struct nap_box_flow *whose);

/* From now on fn is told of the end of each session, port use and block; NULL: no more. Kept over nap_box_reset. */
NAP_API void nap_box_watch(struct nap_box *box, nap_box_ended_fn fn, void *ctx);

/* Tell of all sessions, ports and blocks that are alive at now, to which the box must have been settled. */
NAP_API void nap_box_tell_live(const struct nap_box *box, nap_time now);

/* Totals at now, to which the box must have been settled. */
NAP_API void nap_box_counts(const struct nap_box *box, nap_time now, struct nap_box_counts *out);
/* --- */

/*
 * The same for UDP from remote to *to, asked of the one session that had a packet last: 0 where that is another flow's or does not
 * say all. *to: as nap_box_open_until leaves the destination.
 */
nap_time nap_box_recent_until(
	const struct nap_box *box, const struct nap_endpoint *remote, struct nap_endpoint *to);

/* --- for exact skipping of whole cycles: box_snapshot.c ---------------------------------------------------------- */

/* Does it hold nothing that fingerprints leave out: grants, held SYNs and fragments, packets of its own? */
bool nap_box_rests(const struct nap_box *box);

/* The flow that both ends hold at present, as one box sees it from inside. */
struct nap_box_ends {
	uint8_t proto;
	struct nap_endpoint inside, remote;
	uint32_t sent[2]; /* TCP: the number that the end on each enum nap_side sends next */
};

/*
 * The state relative to now, to which the box must have been settled, in one number: equal numbers, equal future. born: also when sessions were made, which has
 * no say in the future but in how long they have lived. ends (or NULL): becomes their flow as the box shows it outside.
 */
uint64_t nap_box_fingerprint(const struct nap_box *box, nap_time now, bool born, struct nap_box_ends *ends);

/*
 * Jump ahead by span from when it was settled last: times that are to come move on; born: also those of creation, which is right where all
 * sessions are made anew in each cycle. Counts follow by nap_box_repeat_counts.
 */
void nap_box_shift(struct nap_box *box, nap_time span, bool born);

/* Add `times` times what happened between two nap_box_counts, the start and the end of one cycle. */
void nap_box_repeat_counts(struct nap_box *box, const struct nap_box_counts *before,
	const struct nap_box_counts *after, uint64_t times);

/* The field tables of this directory's records, NULL-terminated. */
extern const struct nap_fields *const nap_box_tables[];

/* --- natnap.h --- */
/* Management: lose all sessions (reboot, flush, interface down), or one (conntrack -D). They count as closed. */
NAP_API void nap_box_reboot(struct nap_box *box, nap_time now);
NAP_API void nap_box_delete(struct nap_box *box, nap_time now, uint32_t session);

/*
 * Management: the link outside goes down, and with it what link-down says, or it comes up. While it is down nothing
 * arrives there, and what the inside sends there finds no route (ICMP 3/0).
 */
NAP_API void nap_box_link(struct nap_box *box, nap_time now, bool up);
/* --- */

/*
 * A proxy (kind = proxy) ends connections: each of its TCP sessions has two legs, to who opened it and to the other end. TCP
 * itself is of others (client/), so whoever makes boxes gives them these functions, which are constants; a proxy without them
 * watches the segments that pass (track_tcp_proxy.c), as it must where these are of a trace, a prober or a script.
 */
struct nap_legs;

enum nap_legs_phase {
	NAP_LEGS_OPENING,     /* until the opener's handshake is over */
	NAP_LEGS_CONNECTING,  /* and that with the other end */
	NAP_LEGS_ESTABLISHED, /* both ends may speak */
	NAP_LEGS_HALF_CLOSED, /* one of them has closed */
	NAP_LEGS_CLOSING,     /* both legs are being closed */
	NAP_LEGS_OVER,
};

struct nap_legs_look {
	enum nap_legs_phase phase;
	nap_time due;     /* when the timer wants to be called; NAP_NEVER: not */
	nap_time expires; /* when the first idle timer ends; due by then as well */
};

/* A segment leaves by a leg: reply: to the end that did not open. */
typedef void (*nap_legs_out_fn)(void *ctx, bool reply, const struct nap_packet *p);

struct nap_termination {
	struct nap_legs *(*open)(const struct nap_box_config *c, nap_time now, const struct nap_packet *syn,
		nap_legs_out_fn out, void *ctx);
	/* A segment, or an ICMP error about one, has come by a leg. False: it is a SYN that opens a new connection, these are over. */
	bool (*input)(struct nap_legs *l, nap_time now, bool reply, const struct nap_packet *p,
		nap_legs_out_fn out, void *ctx);
	void (*timer)(struct nap_legs *l, nap_time now, nap_legs_out_fn out, void *ctx);
	/* They are ended as by an idle timer. */
	void (*end)(struct nap_legs *l, nap_time now, nap_legs_out_fn out, void *ctx);
	struct nap_legs_look (*look)(const struct nap_legs *l);
	/* What a segment with new data would look like that leaves by a leg; false: none would. */
	bool (*sample)(const struct nap_legs *l, bool reply, struct nap_packet *p);
	void (*free)(struct nap_legs *l);
};

void nap_box_terminate(struct nap_box *box, const struct nap_termination *how);

/* Where a port forward leads what comes from outside to *dst, which becomes that; false: none is for it. */
bool nap_box_forwards(const struct nap_box *box, uint8_t proto, struct nap_endpoint *dst);

/* The other way: by which one of its own a port forward leads to *inside, which becomes that; false: none does. */
bool nap_box_forwarded(const struct nap_box *box, uint8_t proto, struct nap_endpoint *inside);

/* Does anything lead p on from there, as nap_box_open_until says, but by sessions alone: whatever rules and key forward say? *p likewise. */
bool nap_box_leads_on(const struct nap_box *box, nap_time now, enum nap_side side, struct nap_packet *p);

/*
 * Management: a key takes another value while sessions live (a sysctl, a changed rule): *value is of row's type, within
 * its bounds. What exists stays as it is until its next packet, and beyond a quota that it exceeds. Only for rows that
 * nap_box_may_set allows: timers, the switches of TCP tracking, checksum, the rules for strays, quotas; forwards, blocked-ports,
 * rules, raw-rules, port-timers and untranslated, whose lists stay the caller's and must outlive the box; addresses, of which the first becomes
 * the only one, and sessions that have a port of the old ones go or stay as link-down says; kind, a rule for new flows:
 * sessions stay as they are, and a config that becomes a NAT must be one by nap_box_config_check.
 */
bool nap_box_may_set(const struct nap_param *row);
void nap_box_set(struct nap_box *box, nap_time now, const struct nap_param *row, const void *value);

/* The same value in a config, for nap_box_config_check to be asked whether it may stand there. */
void nap_box_config_put(struct nap_box_config *config, const struct nap_param *row, const void *value);

/* Management: a NAT gets another external address, as when the key addresses is set. */
void nap_box_move(struct nap_box *box, nap_time now, nap_addr external);

#endif
