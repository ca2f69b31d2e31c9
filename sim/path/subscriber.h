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
#include "net/link.h"
#include "path/chain.h"
#include "path/flight.h"
#include "path/tally.h"
#include "peer/peer_config.h"
#include "radio/device.h"
#include "radio/radio.h"
#include "stats/sketch.h"

/* Where an observer sees a packet. */
enum nap_place {
	NAP_AT_DEVICE,
	NAP_AT_BOX_IN,
	NAP_AT_BOX_OUT,
	NAP_AT_SERVER,
	NAP_AT_LOST,
	NAP_AT_BOX_SAYS, /* leaves a box otherwise: its own packets, pieces of what came, what it turns back */
};

/* Why a flow is lost. */
enum nap_loss_why {
	NAP_LOST_BINDING, /* a middlebox forgot it */
	NAP_LOST_EVICTED, /* a middlebox threw it out to make room */
	NAP_LOST_REBOOT,  /* a middlebox restarted */
	NAP_LOST_ADDRESS, /* a middlebox has another address */
	NAP_LOST_CHANGE,  /* a middlebox is set otherwise */
	NAP_LOST_OUTAGE,  /* the access network is away */
	NAP_LOST_MOVE,    /* the device is on another network */
	NAP_LOST_SERVER,  /* the server has it no more */
	NAP_LOST_CLIENT,  /* the client has it no more */
};

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
	/* An end notices what happened to its flow at since. */
	void (*noticed)(void *ctx, nap_time now, bool server, nap_time since, enum nap_loss_why why);
	/* The radio's changes. */
	struct nap_radio_observer radio;
};

struct nap_hosts; /* hosts.c */
struct nap_reach; /* reach.c */
struct nap_world; /* world.c */

/* Where what a subscriber has besides stands behind its struct, in units of 8 bytes; 0: it has none. The same for all of a line. */
struct nap_behind {
	uint32_t server, client; /* the first of each */
	uint32_t
		way; /* struct nap_link_way's last: over the access link, down and up, then over those outside of the hops */
	uint32_t on_end;       /* of pushes that are on and off */
	uint32_t draws;        /* none where the way of a packet draws nothing */
	uint32_t policy_draws; /* a stream; none where the client draws nothing */
	uint32_t reach;        /* reachable time so far */
	uint32_t hosts;        /* datagrams in pieces at either end; none where none arise */
	uint32_t world;        /* what befalls it from outside; none when nothing does */
	uint32_t end;
};

/* A network that a device may be on: access link, radio and middleboxes. */
struct nap_net {
	struct nap_link access; /* between the device and its first middlebox */
	const struct nap_dist *stay;
	const struct nap_radio_tech *tech;
	uint32_t first, n_hops; /* its middleboxes: so many of the line's hops, from there on ... */
	uint32_t own, skipped; /* ... but behind so many those before the server, that many hops further on */
	bool may_sleep;        /* the network cannot reach the device in some state of its radio */
	nap_time
		lag; /* how long a packet of the server takes to the device, by the links' mean delays, at most */
};

/* What all subscribers of a run share. Plain; set up by run/. */
struct nap_line {
	const struct nap_path_config *path;
	struct nap_client_setup client;
	struct nap_server_setup server;
	uint32_t n_nets;
	struct nap_net net[NAP_NETS_MAX];
	uint32_t n_hops; /* of all networks */
	struct nap_chain_plan chain;
	struct nap_link link[NAP_HOPS_MAX]; /* outside of each hop */
	bool links_draw;                    /* some of these has losses or a delay that varies */
	nap_time lag[NAP_HOPS_MAX]; /* how long a packet of the server takes to each hop, as in nap_net */
	bool cuts;                  /* some hop cuts packets into fragments */
	bool settles; /* reachable time changes without an event: some device may sleep, or there are lags */
	bool sleeps;  /* some device may sleep */
	bool delays_change; /* of some network's access link */
	bool lags;          /* some network's lag is not 0 ... */
	nap_time max_lag;   /* ... this being the largest */
	uint32_t n_befalls; /* what befalls boxes in time: so many processes */
	struct nap_befalls {
		uint8_t hop, event; /* enum nap_hop_event */
	} befalls[NAP_HOPS_MAX * NAP_HOP_EVENTS];
	nap_time befell[NAP_HOPS_MAX *
			NAP_HOP_EVENTS]; /* when it last befell a shared box: subscribers share the event */
	bool looks_ahead; /* some packet is looked at before it is put into a box: addresses change, or somebody asks who comes */
	bool boxes_act;  /* some box may act by itself: RST at expiry, probes */
	bool acts_alone; /* and does so as one subscriber's event: not a shared one of the global order */
	bool asks_radio; /* the policy wants to know whether the radio is up */
	bool steady;     /* no draw on the way of a packet: no loss, constant delays */
	bool own_timers; /* all of a subscriber's run: else its ends' deadlines are theirs, and nothing befalls it */
	struct nap_behind behind;   /* nap_line_lay_out */
	struct nap_box *const *box; /* of the subscriber that has its turn, all hops: nap_line_hold_boxes */
	bool server_notices;        /* the server can notice that its client is lost */
	bool goes_on; /* by the sessions that had a packet last it is told that the way in stays open (reach.c) */
	bool ends_matter; /* each session's end is told to somebody: cycles that make sessions are not stepped over */
	bool skip;                                 /* step over repeating cycles */
	const struct nap_device_config *processor; /* NULL: it costs nothing */
	const struct nap_doze_config
		*holds; /* pushes wait for its windows at the push service; NULL: none does */
	bool minds;     /* the device has a say in packets: Doze, or a processor that they wake */
	nap_time duration;
	uint64_t seed;
	uint32_t replication;
	/* The global order's: a packet of subscriber id, whoever's doing it is, leaves a shared box at hop on side. */
	void (*hand_over)(void *ctx, uint32_t id, uint32_t hop, enum nap_side side, bool foreign,
		const struct nap_packet *p);
	/* The same order's, NULL where nobody wants to know: subscriber id's packet comes to a shared box at hop from inside. */
	void (*comes)(void *ctx, uint32_t id, uint32_t hop, const struct nap_packet *p);
	void *hand_over_ctx; /* of both */
	struct nap_flights flights;
	struct nap_tally *tally;          /* where the current subscriber's counts go */
	struct nap_meter *meter;          /* one per network */
	struct nap_sketch *push_delay;    /* of delivered pushes */
	struct nap_sketch *request_delay; /* of requests that are done, from when they were made */
	const struct nap_observer *observer;
	struct nap_cycles *cycles; /* learned whole cycles, NULL when skip is off */
	/* The program's other end is a client, too (path/peer.h): all of it NULL where it is a server. */
	const struct nap_peer_config *peer;
	struct nap_line *other; /* what the peer's packets travel by */
	uint32_t joint;         /* the hop behind which both are, NAP_HOPS_MAX: none */
	uint32_t peer_net;      /* of the chain's: the peer's */
};

/*
 * A subscriber's timers. Those due at the same time are taken in the order world, box, flight, client, server, push: what is
 * due for all subscribers of a shared box alike comes first, so that nobody's own event comes before it.
 */
enum nap_timer_id { NAP_T_FLIGHT, NAP_T_PUSH, NAP_T_CLIENT, NAP_T_SERVER, NAP_T_WORLD, NAP_T_BOX, NAP_T_N };

/* Streams that links and radio draw from. */
struct nap_draws {
	struct nap_rng loss, delay, radio;
};

struct nap_subscriber {
	struct nap_flight *flight; /* list of packets under way */
	uint32_t id;
	uint16_t server,
		client;  /* where those at hand (lanes.h) stand behind this struct, in units of 8 bytes */
	uint8_t net;     /* the network it is on */
	bool out : 1;    /* on no network: in an outage or between two */
	bool moving : 1; /* between two networks */
	uint8_t cut : 2; /* by an outage of one direction: enum nap_outage_direction */
	uint8_t lost_why, server_lost_why; /* enum nap_loss_why: of lost_at, and of the server's (loss.c) */
	uint8_t readdressed;               /* times the device got another address, modulo 256 */
	bool was_open;                     /* the boxes' way in was open when last looked at */
	bool touched;                      /* something happened since then */
	bool spoke; /* the client's timer was due, and there was no rest since; only where cycles are looked for */
	nap_time open_until; /* the boxes let a push in until then if nothing else happens; 0: not at all */
	nap_time lost_at;    /* since when the flow is lost with the client unaware, NAP_NEVER */
	nap_time handed; /* latest handing over of a packet by the radio to the device: it keeps order too */
	struct nap_radio radio;
	nap_time push_last;  /* of the process of pushes, with on_end behind: struct nap_arrivals_state */
	uint32_t push_index; /* and this */
	uint32_t push_draws; /* taken from its stream */
	/* when each timer is due, NAP_NEVER when not running; from NAP_T_CLIENT on only where line->own_timers */
	nap_time at[NAP_T_N];
};

/* What stands so many units of 8 bytes behind the beginning of a subscriber's struct; of these draws and hosts may be NULL. */
static inline void *nap_behind_at(const struct nap_subscriber *s, uint32_t units)
{
	return (char *)(uintptr_t)s + 8 * (size_t)units;
}
static inline struct nap_server *nap_server_of(const struct nap_subscriber *s)
{
	return (struct nap_server *)nap_behind_at(s, s->server);
}
static inline struct nap_client *nap_client_of(const struct nap_subscriber *s)
{
	return (struct nap_client *)nap_behind_at(s, s->client);
}
static inline nap_time *nap_way_of(const struct nap_subscriber *s, const struct nap_line *line)
{
	return (nap_time *)nap_behind_at(s, line->behind.way);
}
/* Behind these, where some link is not steady: a bit for each way that is in a burst of losses. */
uint64_t *nap_way_bursts(const struct nap_subscriber *s, const struct nap_line *line);
static inline struct nap_draws *nap_draws_of(const struct nap_subscriber *s, const struct nap_line *line)
{
	return line->behind.draws ? (struct nap_draws *)nap_behind_at(s, line->behind.draws) : NULL;
}
static inline struct nap_rng *nap_policy_draws_of(const struct nap_subscriber *s, const struct nap_line *line)
{
	return line->behind.policy_draws ? (struct nap_rng *)nap_behind_at(s, line->behind.policy_draws)
					 : NULL;
}
static inline struct nap_reach *nap_reach_of(const struct nap_subscriber *s, const struct nap_line *line)
{
	return (struct nap_reach *)nap_behind_at(s, line->behind.reach);
}
static inline struct nap_hosts *nap_hosts_of(const struct nap_subscriber *s, const struct nap_line *line)
{
	return line->behind.hosts ? (struct nap_hosts *)nap_behind_at(s, line->behind.hosts) : NULL;
}
/* Does anything befall it from outside? Only then is there that account. */
static inline bool nap_has_world(const struct nap_line *line)
{
	return line->behind.world != 0;
}
static inline struct nap_world *nap_world_of(const struct nap_subscriber *s, const struct nap_line *line)
{
	return (struct nap_world *)nap_behind_at(s, line->behind.world);
}

/* Those streams, NULL where nobody draws from them. */
static inline struct nap_rng *nap_subscriber_loss(const struct nap_subscriber *s, const struct nap_line *line)
{
	return line->steady ? NULL : &nap_draws_of(s, line)->loss;
}
static inline struct nap_rng *nap_subscriber_delay(
	const struct nap_subscriber *s, const struct nap_line *line)
{
	return line->steady ? NULL : &nap_draws_of(s, line)->delay;
}
static inline struct nap_rng *nap_subscriber_radio(
	const struct nap_subscriber *s, const struct nap_line *line)
{
	return line->steady ? NULL : &nap_draws_of(s, line)->radio;
}

/* Room for so many bytes, behind which something else may stand. */
static inline size_t nap_subscriber_whole(size_t bytes)
{
	return (bytes + 7) & ~(size_t)7;
}

/* Bytes of one subscriber with its two ends, a multiple of 8: what a population keeps for each. */
size_t nap_subscriber_bytes(const struct nap_line *line);

/* Once the line is set up, its peer's first: where all that belongs to one of its subscribers stands (layout.c). */
void nap_line_lay_out(struct nap_line *line);

/* In those units, where something stands that was found behind s. */
uint16_t nap_behind_units(const struct nap_subscriber *s, const void *at);

/* A subscriber's memory, cleared, with its first ends at hand. */
void nap_subscriber_clear(struct nap_subscriber *s, const struct nap_line *line);

/* What is done next is the doing of a subscriber with these boxes, which the caller keeps. */
static inline void nap_line_hold_boxes(struct nap_line *line, struct nap_box *const *box)
{
	line->box = box;
	if (line->other)
		line->other->box = box;
}

/* Datagrams at either end that may be cut: the identification of the next one that it sends. */
uint16_t nap_hosts_ip_id(struct nap_subscriber *s, const struct nap_line *line, bool up);
static inline uint16_t nap_subscriber_ip_id(struct nap_subscriber *s, const struct nap_line *line, bool up)
{
	return G_UNLIKELY(line->cuts) ? nap_hosts_ip_id(s, line, up) : 0;
}

/* The network that a subscriber is on, its radio's technology and its meter. */
static inline const struct nap_net *nap_net_of(const struct nap_subscriber *s, const struct nap_line *line)
{
	return &line->net[s->net];
}

/* The line's hop of a network's stage, counted from the client outwards. */
static inline uint32_t nap_net_hop(const struct nap_net *net, uint32_t stage)
{
	return net->first + stage + (stage >= net->own ? net->skipped : 0);
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

/* Is its access link cut for what goes up, or down? */
static inline bool nap_subscriber_cut(const struct nap_subscriber *s, bool up)
{
	return s->out || s->cut == (up ? NAP_OUTAGE_UP : NAP_OUTAGE_DOWN);
}

/* The streams of an entity: a subscriber, or its peer. */
void nap_draws_init(struct nap_draws *d, const struct nap_line *line, uint64_t entity);

/* Make *s (nap_subscriber_bytes of memory) subscriber number id of line, at time 0, with the boxes that the line holds. */
void nap_subscriber_init(struct nap_subscriber *s, const struct nap_line *line, uint32_t id);

/* When something from outside is due next. */
static inline nap_time nap_subscriber_world_at(const struct nap_subscriber *s, const struct nap_line *line)
{
	return line->own_timers ? s->at[NAP_T_WORLD] : NAP_NEVER;
}

/* When its client, or its server, has something to do. */
static inline nap_time nap_subscriber_client_at(const struct nap_subscriber *s, const struct nap_line *line)
{
	return line->own_timers ? s->at[NAP_T_CLIENT] : nap_client_of(s)->deadline;
}
static inline nap_time nap_subscriber_server_at(const struct nap_subscriber *s, const struct nap_line *line)
{
	return line->own_timers ? s->at[NAP_T_SERVER] : nap_server_of(s)->deadline;
}

/* What the deadline of an end came to. */
static inline void nap_subscriber_schedule_end(
	struct nap_subscriber *s, const struct nap_line *line, enum nap_timer_id end, nap_time at)
{
	if (line->own_timers)
		s->at[end] = at;
}

/* When is its next event? NAP_NEVER when none is left. */
static inline nap_time nap_subscriber_next(const struct nap_subscriber *s, const struct nap_line *line)
{
	nap_time own = nap_time_min(nap_time_min(s->at[NAP_T_FLIGHT], s->at[NAP_T_PUSH]),
		nap_time_min(nap_subscriber_client_at(s, line), nap_subscriber_server_at(s, line)));

	if (!line->own_timers)
		return own;
	return nap_time_min(own, nap_time_min(s->at[NAP_T_WORLD], s->at[NAP_T_BOX]));
}

/* The timer to be taken of two: the second, unless the first is due before. */
static inline void nap_timer_before(
	enum nap_timer_id *first, nap_time *t, enum nap_timer_id other, nap_time at)
{
	*first = at <= *t ? other : *first; /* without a jump that nobody foresees */
	*t = nap_time_min(at, *t);
}

/* Its next event: which timer, and when (*at); of those due at once the first. */
static inline enum nap_timer_id nap_subscriber_due(
	const struct nap_subscriber *s, const struct nap_line *line, nap_time *at)
{
	enum nap_timer_id first = NAP_T_PUSH;
	nap_time t = s->at[NAP_T_PUSH];

	nap_timer_before(&first, &t, NAP_T_SERVER, nap_subscriber_server_at(s, line));
	nap_timer_before(&first, &t, NAP_T_CLIENT, nap_subscriber_client_at(s, line));
	nap_timer_before(&first, &t, NAP_T_FLIGHT, s->at[NAP_T_FLIGHT]);
	if (line->own_timers) {
		nap_timer_before(&first, &t, NAP_T_BOX, s->at[NAP_T_BOX]);
		nap_timer_before(&first, &t, NAP_T_WORLD, s->at[NAP_T_WORLD]);
	}
	*at = t;
	return first;
}

/* Take the next event, which nap_subscriber_due has found. */
void nap_subscriber_take(
	struct nap_subscriber *s, struct nap_line *line, enum nap_timer_id what, nap_time now);

/* What the first packet under way says of its timer. */
static inline void nap_subscriber_schedule_flight(struct nap_subscriber *s)
{
	s->at[NAP_T_FLIGHT] = s->flight ? s->flight->at : NAP_NEVER;
}

/* Ask the boxes anew when they act by themselves. */
void nap_subscriber_schedule_boxes(struct nap_subscriber *s, const struct nap_line *line);

/* Settle radio and reachable time to the end of the run; packets under way are gone. */
void nap_subscriber_finish(struct nap_subscriber *s, struct nap_line *line);

/*
 * Packet p leaves hop's shared box on side, by the box' own doing (RST at expiry) or sent to another subscriber whose port it was
 * before; to be called between events, at now.
 */
void nap_subscriber_emit(struct nap_subscriber *s, struct nap_line *line, nap_time now, uint32_t hop,
	enum nap_side side, bool foreign, const struct nap_packet *p);

#endif
