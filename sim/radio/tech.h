/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A radio technology as data: states, and edges between them. Rows are what a
 * profile says (names as text); nap_radio_compile turns them into the tables
 * that the interpreter runs, and refuses tables that are not whole.
 */
#ifndef NAP_RADIO_TECH_H
#define NAP_RADIO_TECH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/dist.h"
#include "kernel/param.h"
#include "kernel/time.h"

enum { NAP_RADIO_STATES_MAX = 12, NAP_RADIO_EDGES_MAX = 32, NAP_RADIO_CHOICES_MAX = 16 };
enum { NAP_RADIO_NONE = 0xff }; /* no such edge */

/* The two directions of the radio link, as indices. */
enum nap_direction { NAP_UPLINK, NAP_DOWNLINK, NAP_LINKS };

/* Key technology: for the reader; the interpreter does not look. */
enum nap_radio_kind {
	NAP_RADIO_GSM,
	NAP_RADIO_CDMA,
	NAP_RADIO_UMTS,
	NAP_RADIO_LTE,
	NAP_RADIO_LTE_M,
	NAP_RADIO_NB_IOT,
	NAP_RADIO_NR_NSA,
	NAP_RADIO_NR_SA,
	NAP_RADIO_WIFI,
	NAP_RADIO_WIRED,
	NAP_RADIO_UNKNOWN,
};

/* Key verified of every profile. */
enum nap_verified { NAP_VERIFIED_YES, NAP_VERIFIED_SECONDARY, NAP_VERIFIED_MEMORY, NAP_VERIFIED_INFERRED };

/* Key on: what makes an edge be taken. */
enum nap_edge_on {
	NAP_ON_IDLE,    /* after the timer since the last activity (or since entry, whichever is later) */
	NAP_ON_SEND,    /* the device has a packet */
	NAP_ON_RECEIVE, /* the network has a packet */
	NAP_ON_TRAFFIC, /* either */
};

/* Key reachable: whether the network can reach the device in a state. */
enum nap_reachability { NAP_REACH_YES, NAP_REACH_NO };

/* Key lock: where the on-windows of a state's cycle lie. */
enum nap_lock {
	NAP_LOCK_ENTRY,    /* the first begins with the state, and anew at each activity in it */
	NAP_LOCK_EXCHANGE, /* counted from the end of the last exchange, also through demotions */
	NAP_LOCK_ABSOLUTE, /* counted from time 0: the network's own clock */
	NAP_LOCK_RANDOM,   /* a packet waits uniformly 0 .. cycle; energy as for entry */
};

/* What the device says with a packet of what will follow it (release assistance indication). */
enum nap_assist {
	NAP_ASSIST_DONE,       /* nothing */
	NAP_ASSIST_ONE_ANSWER, /* one packet from the network, then nothing */
	NAP_ASSISTS
};

/* ---- what a profile says: one struct a group -------------------------------------------------------------- */

/* Group [sleep NAME]: what a receiver may fall into between on-windows. */
struct nap_radio_sleep_row {
	const char *name;
	struct nap_electric power;
	struct nap_electric energy; /* of falling asleep and waking, once a gap, besides */
	nap_time time;              /* that these take: a gap must have room for it */
};

/* Group [level NAME]: what sending takes at an output power. */
struct nap_radio_level_row {
	const char *name;
	double output_dbm;
	struct nap_electric power;
};

/* Group [coverage NAME]: how often what is sent is repeated at that distance from the cell. */
struct nap_radio_coverage_row {
	const char *name;
	uint32_t repetitions[NAP_LINKS]; /* of data */
	uint32_t access;                 /* of what sets the connection up */
	uint32_t paging; /* of a page: the on-window outside of connected states is so many times as long */
};

/* Group [radio]. */
struct nap_radio_row {
	const char *title, *source, *note, *unverified; /* "" when absent */
	enum nap_radio_kind technology;
	enum nap_verified verified;
	const char *start;       /* name of the resting state */
	uint32_t page_messages;  /* of signalling, when the network pages the device */
	uint32_t buffer_packets; /* packets the network holds for an unreachable device */
	nap_time buffer_time;    /* and how long */
	double voltage_v;        /* of its currents where there is no battery; 0: not told */
	nap_time
		release_assistance; /* the network releases so long after the device said that it is done; NAP_NEVER: it does not ask */
	const char *coverage; /* the class that the device is in; "": nothing is repeated */
	double bandwidth_hz, reference_bandwidth_hz; /* received; and that of the powers. 0: not told */
	double bandwidth_floor;                /* share of a receiving power that bandwidth has no part in */
	struct nap_electric receive_least;     /* no bandwidth brings receiving below it */
	uint32_t antennas, reference_antennas; /* receiving, as with bandwidth */
	double antenna_halving;                /* what a receiving power is times with half the antennas */
	double output_dbm;                     /* sends at, where there are levels */
	const struct nap_radio_sleep_row *sleeps; /* the loader's, as names are */
	const struct nap_radio_level_row *levels; /* rising */
	const struct nap_radio_coverage_row *coverages;
	unsigned n_sleeps, n_levels, n_coverages;
};

/* Group [state NAME]. */
struct nap_radio_state_row {
	const char *name;
	struct nap_electric power; /* while nothing else goes on */
	bool connected;            /* the user plane is up: packets flow without a promotion */
	enum nap_reachability reachable;
	nap_time cycle;                   /* DRX or paging cycle; 0: listens all the time */
	nap_time on_duration;             /* listening part of a cycle */
	struct nap_electric on_power;     /* in it, instead of power */
	struct nap_electric cycle_energy; /* per cycle: what waking up and falling asleep cost besides */
	bool sleeps; /* between windows it falls into the sleep of the radio that costs least in the gap; power is that of the window */
	nap_time phase; /* where in the cycle the window begins */
	enum nap_lock lock;
	double rate_bps[NAP_LINKS];               /* air rate; 0: transfers take no time */
	struct nap_electric transfer[NAP_LINKS];  /* power while transferring; 0: as power */
	double slope_mw_per_mbps[NAP_LINKS];      /* added per Mbit/s: energy per bit */
	struct nap_electric kb_energy[NAP_LINKS]; /* added per 1000 bytes */
};

/* Group [edge NAME]. */
struct nap_radio_edge_row {
	const char *name, *from, *to;
	enum nap_edge_on on;
	struct nap_dist after;      /* ns; NAP_ON_IDLE */
	struct nap_dist delay;      /* ns the transition takes */
	struct nap_electric power;  /* during the transition */
	struct nap_electric energy; /* once, besides */
	uint64_t over[NAP_LINKS];   /* only when more than this many bytes wait; 0: any packet */
	bool carries;               /* packets flow during the transition */
	uint32_t messages;          /* of signalling, on all interfaces */
};

extern const struct nap_param nap_radio_params[]; /* [radio] -> struct nap_radio_row */
extern const struct nap_param
	nap_radio_state_params[]; /* [state NAME] -> struct nap_radio_state_row; name is the loader's */
extern const struct nap_param
	nap_radio_edge_params[]; /* [edge NAME] -> struct nap_radio_edge_row; name is the loader's */
extern const struct nap_param nap_radio_sleep_params[], nap_radio_level_params[],
	nap_radio_coverage_params[]; /* likewise */

/* ---- what the interpreter runs ------------------------------------------------------------------------------ */

struct nap_radio_state {
	const char *name;
	double power_mw, on_power_mw, cycle_energy_mj;
	double byte_mj[NAP_LINKS]; /* energy of one byte above power_mw over its air time */
	double byte_ns[NAP_LINKS]; /* air time of one byte */
	nap_time cycle, on_duration, phase;
	double per_cycle; /* 1 / cycle */
	uint8_t lock;     /* enum nap_lock */
	bool connected, reachable;
	uint8_t idle_edge;                      /* NAP_RADIO_NONE: stays */
	uint8_t first[NAP_LINKS], n[NAP_LINKS]; /* its edges on traffic: slice of tech->order[link] */
};

struct nap_radio_edge {
	const char *name;
	uint8_t from, to, on; /* on: enum nap_edge_on */
	bool carries,
		promotion; /* promotion: on traffic, and it costs a wait or leaves a state without user plane */
	bool random;       /* after or delay is not a constant */
	bool update;       /* by a timer alone, yet the device speaks: a periodic tracking area update */
	nap_time after, delay; /* when constant */
	struct nap_dist after_dist, delay_dist;
	double power_mw, energy_mj;
	uint64_t over[NAP_LINKS];
	uint32_t messages;
};

struct nap_radio_tech {
	struct nap_radio_state state[NAP_RADIO_STATES_MAX];
	struct nap_radio_edge edge[NAP_RADIO_EDGES_MAX];
	uint8_t order[NAP_LINKS]
		     [NAP_RADIO_EDGES_MAX]; /* edges on traffic, by state, in the profile's order */
	uint8_t n_states, n_edges;
	/* of each state; apart, as states are gone through with each packet: its twin once the device has said so, or NAP_RADIO_NONE ... */
	uint8_t assist[NAP_RADIO_STATES_MAX][NAP_ASSISTS];
	uint8_t twin_of[NAP_RADIO_STATES_MAX]; /* ... and itself, or the state that it is a twin of */
	uint8_t start;                         /* the resting state */
	bool random;                           /* some timer, delay or wait is drawn */
	bool assists;                          /* what the device says of what follows matters */
	bool attentive; /* that, or the network holds packets: the device's sending has more to it */
	uint32_t buffer_packets;
	nap_time buffer_time;
	uint32_t page_messages;
	bool signals; /* the profile tells how many messages it takes */
	enum nap_radio_kind kind;
};

/*
 * Compile rows into *tech and check them: names known and unique, every state reachable from the start, none without
 * a way back to it by idle timers, no state in which a packet would be stuck. False: *reason is a text of the form
 * "[group] key: why", to be freed with g_free. Names in *tech point into the rows, which must outlive it.
 */
bool nap_radio_compile(struct nap_radio_tech *tech, const struct nap_radio_row *radio,
	const struct nap_radio_state_row *states, size_t n_states, const struct nap_radio_edge_row *edges,
	size_t n_edges, char **reason);

#endif
