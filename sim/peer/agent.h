/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One end of a flow between two clients, below its program: it learns how it is mapped, tells the other end, tries all
 * ways to it, keeps the one that works and falls back to the relay (after RFC 8445, 7675 and 8656). Packets and times in, packets
 * out; the program's packets go through it.
 */
#ifndef NAP_PEER_AGENT_H
#define NAP_PEER_AGENT_H

#include "client/tcp.h"
#include "kernel/rng.h"
#include "peer/peer_config.h"
#include "peer/relay.h"

#define NAP_CANDIDATES_MAX 8
#define NAP_PEER_CONNS     3 /* TCP: to the other's two addresses, and one that it began */

enum nap_agent_phase {
	NAP_AGENT_IDLE,      /* nothing is known of the other end */
	NAP_AGENT_GATHERING, /* asks how it is mapped */
	NAP_AGENT_WAITING,   /* for the other end's addresses, or for the time to begin */
	NAP_AGENT_CHECKING,
	NAP_AGENT_DONE, /* there is a direct way, or it was given up */
};

enum nap_peer_way { NAP_WAY_NONE, NAP_WAY_DIRECT, NAP_WAY_RELAYED };

/* What one end tells the other through the rendezvous. An addr of 0: it has none such. */
struct nap_offer {
	struct nap_endpoint own, mapped, relayed;
	uint32_t generation; /* which opening it is of */
	bool varies;         /* its NAT maps anew for each destination ... */
	uint16_t step;       /* ... and by so much the port rose from the first one asked for to the second */
	uint16_t next;       /* which it will so be next */
};

/* Totals of one end. */
struct nap_agent_counts {
	uint64_t openings, opened;            /* openings begun; of these so many found a direct way */
	uint64_t opening_ns, opening_packets; /* of those that did: how long, and packets sent */
	uint64_t direct_ns, relayed_ns;
	uint64_t checks; /* of the way in use, and what keeps relay and allocation */
};

/* The client's side of the relay. */
struct nap_relay_client {
	struct nap_endpoint relayed, channel; /* addr 0: none */
	nap_time ask_at, refresh_at, bind_at, indicate_at, release_at;
	uint8_t tries;
};

struct nap_agent {
	nap_time deadline;
	struct nap_endpoint self, mapped;
	struct nap_endpoint second; /* as another server sees it, where that is asked */
	struct nap_endpoint
		from; /* the own end of the direct way: another port than self's where that was guessed */
	uint8_t phase, way;   /* enum nap_agent_phase, enum nap_peer_way */
	bool leads;           /* the client's end: it begins, and has the relay */
	bool answers;         /* in this opening the other one began */
	bool has_offer;       /* the other's of this opening has come */
	bool direct, relayed; /* such a way works */
	bool had_way;         /* some way has worked before */
	bool counts_opening;  /* an opening is under way, with no outcome yet */
	uint8_t asks;
	uint32_t generation, round;
	struct nap_offer offer, inbox; /* the other's; the one that is under way to here */
	nap_time inbox_at;
	nap_time guess_at, guesses_end;
	uint32_t guessed; /* guesses sent, or ports opened, in this opening */
	nap_time ask_at, gathered_at, start_at, round_at, limit_at, retry_at;
	nap_time check_at, heard, keep_at;
	nap_time began, settled;
	uint64_t sent;              /* packets since it began */
	struct nap_endpoint remote; /* of the direct way */
	struct nap_relay_client relay;
	struct {
		struct nap_endpoint at;
		bool relay;
	} candidate[NAP_CANDIDATES_MAX];
	uint32_t n;
	struct nap_tcp conn[NAP_PEER_CONNS]; /* over TCP alone */
	uint8_t chosen;                      /* of these */
};

/* What a call needs besides. */
struct nap_agent_call {
	struct nap_agent *a, *other;
	const struct nap_peer_config *cfg;
	const struct nap_tcp_config *tcp;
	nap_time now;
	struct nap_rng *rng;
	struct nap_outbox *out;
	struct nap_agent_counts *counts;
	bool signals; /* becomes true: it told the other end something, or heard of it, through the rendezvous */
};

void nap_agent_init(struct nap_agent *a, struct nap_endpoint self, bool leads, nap_time start);
void nap_agent_clear(struct nap_agent *a);

/* Take what is due. */
void nap_agent_timer(struct nap_agent_call *k);

/* A packet arrives. True: *p is one of the other's program. */
bool nap_agent_input(struct nap_agent_call *k, struct nap_packet *p);

/* Its program sends p, whoever p says it is for; without a way it is lost: false. */
bool nap_agent_say(struct nap_agent_call *k, const struct nap_packet *p);

/* The way is lost, as its program says, or its address changed (self.addr 0: it did not): it is opened anew. */
void nap_agent_restart(struct nap_agent_call *k, nap_addr self);

/* The time spent on each way is counted up to now. */
void nap_agent_settle(struct nap_agent_call *k);

/* What a packet of its program sent now would look like as it leaves; false: it would not. */
bool nap_agent_sample(const struct nap_agent *a, const struct nap_peer_config *cfg, struct nap_packet *p);

#endif
