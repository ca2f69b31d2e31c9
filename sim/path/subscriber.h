/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One subscriber: client, radio, links, middleboxes and server joined. It has
 * a small fixed set of timers and two operations: when is your next event, and
 * take it. Both orders of running (one subscriber after another, one queue
 * over all) use the same two.
 */
#ifndef NAP_PATH_SUBSCRIBER_H
#define NAP_PATH_SUBSCRIBER_H

#include "client/client.h"
#include "client/server.h"
#include "middlebox/box.h"
#include "path/flight.h"
#include "path/path_config.h"
#include "path/tally.h"
#include "radio/radio.h"
#include "stats/sketch.h"

#define NAP_HOPS_MAX 8 /* middleboxes of a scenario */
#define NAP_NETS_MAX 4 /* networks that a device moves between */

/* Where an observer sees a packet. */
enum nap_place { NAP_AT_DEVICE, NAP_AT_BOX_IN, NAP_AT_BOX_OUT, NAP_AT_SERVER, NAP_AT_LOST };

/* Watches one subscriber; any function may be NULL. Nothing it does can change the run. */
struct nap_observer {
	void *ctx;
	/* A packet at a point: sent (up at the device, down at the server), seen by a box, delivered, or lost. */
	void (*packet)(
		void *ctx, nap_time now, enum nap_place point, int hop, bool up, const struct nap_packet *p);
	/* Something the client noticed (enum nap_note), or a binding that lapsed (notes 0). */
	void (*note)(void *ctx, nap_time now, uint32_t notes);
	/* Something the server did. */
	void (*server_note)(void *ctx, nap_time now, uint32_t notes);
	/* The radio's changes. */
	struct nap_radio_observer radio;
};

/* A network that a device may be on: access link, radio and middleboxes. */
struct nap_net {
	const struct nap_dist *delay, *stay;
	double loss, loss_burst;
	const struct nap_radio_tech *tech;
	uint32_t first, n_hops; /* its middleboxes: so many of the line's hops, from there on */
	bool may_sleep;         /* the network cannot reach the device in some state of its radio */
};

/* What all subscribers of a run share. Plain; set up by run/. */
struct nap_line {
	const struct nap_path_config *path;
	struct nap_client_setup client;
	struct nap_server_setup server;
	uint32_t n_nets;
	struct nap_net net[NAP_NETS_MAX];
	uint32_t n_hops; /* of all networks */
	const struct nap_hop_config *hop[NAP_HOPS_MAX];
	bool hop_shared[NAP_HOPS_MAX];
	nap_time rebooted[NAP_HOPS_MAX]; /* when a shared box last was: subscribers share the event */
	bool reboots;                    /* some box restarts now and then */
	bool boxes_act;                  /* some box may act by itself: RST at expiry, probes */
	bool asks_radio;                 /* the policy wants to know whether the radio is up */
	bool steady;                     /* no draw on the way of a packet: no loss, constant delays */
	bool ends_matter; /* each session's end is told to somebody: cycles that make sessions are not stepped over */
	bool skip; /* step over repeating cycles */
	nap_time duration;
	uint64_t seed;
	uint32_t replication;
	/* The global order's: deal out a packet that a shared box made to the subscriber whose inside address that is. */
	void (*deal)(
		void *ctx, uint32_t hop, enum nap_side side, const struct nap_packet *p, nap_addr inside);
	void *deal_ctx;
	struct nap_flights flights;
	struct nap_tally *tally;       /* where the current subscriber's counts go */
	struct nap_meter *meter;       /* one per network */
	struct nap_sketch *push_delay; /* of delivered pushes */
	const struct nap_observer *observer;
	struct nap_cycles *cycles; /* learned whole cycles, NULL when skip is off */
};

/* A subscriber's timers, in the order in which they are taken when due at the same time. */
enum nap_timer_id { NAP_T_FLIGHT, NAP_T_CLIENT, NAP_T_SERVER, NAP_T_PUSH, NAP_T_WORLD, NAP_T_BOX, NAP_T_N };

struct nap_subscriber {
	nap_time at[NAP_T_N]; /* when each timer is due, NAP_NEVER when not running */
	uint32_t id;
	uint32_t flight;            /* list of packets under way */
	uint8_t net;                /* the network it is on */
	bool out;                   /* on no network: in an outage or between two */
	bool moving;                /* between two networks */
	uint8_t readdressed;        /* times the device got another address, modulo 256 */
	nap_addr base;              /* the address it began with */
	bool was_open;              /* the way in was open when last looked at */
	bool touched;               /* something happened since then */
	struct nap_box *const *box; /* all of the line's hops */
	nap_time open_until;        /* a push passes until then if nothing else happens; 0: not at all */
	nap_time settled;           /* reachable time is counted up to here */
	nap_time lost_at;           /* when the way in lapsed with the client unaware, NAP_NEVER */
	nap_time lifetime;          /* how long the way in would last after the last packet, NAP_NEVER */
	nap_time fifo[2];           /* latest arrival over the access link, down and up: links keep order */
	nap_time handed; /* latest handing over of a packet by the radio to the device: it keeps order too */
	struct nap_radio radio;
	struct nap_arrivals_state push;
	struct nap_world
		*world; /* what befalls it from outside; behind this struct; NULL when nothing does */
	struct nap_rng rng_push, rng_policy, rng_loss, rng_delay, rng_radio;
	bool bad[2];               /* the access link is in a burst of losses, up and down */
	struct nap_server *server; /* both behind this struct: only as much of them as the transport uses */
	struct nap_client *client;
};

/* Bytes of one subscriber with its two ends, a multiple of 8: what a population keeps for each. */
size_t nap_subscriber_bytes(const struct nap_line *line);

/* The network that a subscriber is on, its radio's technology and its meter. */
static inline const struct nap_net *nap_net_of(const struct nap_subscriber *s, const struct nap_line *line)
{
	return &line->net[s->net];
}

static inline const struct nap_radio_tech *nap_tech_of(
	const struct nap_subscriber *s, const struct nap_line *line)
{
	return line->net[s->net].tech;
}

static inline struct nap_meter *nap_meter_of(const struct nap_subscriber *s, const struct nap_line *line)
{
	return &line->meter[s->net];
}

/* The first inside address; subscriber i behind a shared first box has this plus i. Networks are 2^20 apart. */
#define NAP_FIRST_CLIENT NAP_ADDR(10, 0, 0, 2)
#define NAP_SERVER_ADDR  NAP_ADDR(192, 0, 2, 1)
#define NAP_OTHER_ADDR                                                                                       \
	NAP_ADDR(0, 128, 0, 0) /* how far the other address of a device lies, after an outage */
#define NAP_ROUTER_ADDR NAP_ADDR(192, 0, 2, 254)

/* Make *s (nap_subscriber_bytes of memory) subscriber number id of line, at time 0, with its boxes (kept by the caller) and its own address. */
void nap_subscriber_init(struct nap_subscriber *s, const struct nap_line *line, uint32_t id,
	struct nap_box *const *box, nap_addr self);

/* When is its next event? NAP_NEVER when none is left. */
static inline nap_time nap_subscriber_next(const struct nap_subscriber *s)
{
	nap_time t = s->at[0];

	for (int i = 1; i < NAP_T_N; i++)
		t = s->at[i] < t ? s->at[i] : t;
	return t;
}

/* Take the next event, which is due at now. */
void nap_subscriber_take(struct nap_subscriber *s, struct nap_line *line, nap_time now);

/* Ask the boxes anew when they act by themselves. */
void nap_subscriber_schedule_boxes(struct nap_subscriber *s, const struct nap_line *line);

/* Settle radio and reachable time to the end of the run. */
void nap_subscriber_finish(struct nap_subscriber *s, struct nap_line *line);

/* Packet p leaves hop's box on side by the box' own doing (RST at expiry); to be called between events, at now. */
void nap_subscriber_emit(struct nap_subscriber *s, struct nap_line *line, nap_time now, uint32_t hop,
	enum nap_side side, const struct nap_packet *p);

#endif
