/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Load over time: what all subscribers of a replication did in each of so many equal intervals, and what shared middleboxes
 * refused and logged; sessions, ports and blocks by external address. Readings of whole-number counts at the intervals' ends:
 * in any order of running, by any number of threads, the same; and over all intervals they add up to the run's own counts.
 */
#ifndef NAP_RUN_LOAD_H
#define NAP_RUN_LOAD_H

#include "run/run.h"

#define NAP_LOAD_ROWS      256  /* intervals: each 128 bins of occupancy */
#define NAP_LOAD_ADDRESSES 1024 /* a middlebox with more has no account by address */

/* All uint64_t: also an array of words, as the next one. */
struct nap_load_counts {
	uint64_t packets, keepalive_packets; /* over the radio; of keepalives and answers to them */
	uint64_t promotions, pages, signalling;
	uint64_t pushes_offered, pushes_delivered, reconnects;
};

struct nap_load_box {
	uint64_t refused, evicted, log_records;
};

/* Births less deaths in each interval, on one address. */
struct nap_load_address {
	int64_t sessions[NAP_LOAD_ROWS], ports[NAP_LOAD_ROWS], blocks[NAP_LOAD_ROWS];
};

struct nap_load {
	nap_time width; /* of an interval; the last one ends with the run */
	struct nap_load_counts all[NAP_LOAD_ROWS];
	struct nap_load_box box[NAP_HOPS_MAX][NAP_LOAD_ROWS];
	/* Of a shared NAT: one for each of its addresses, and one for those that are not in its list; NULL: there is none. */
	struct nap_load_address *address[NAP_HOPS_MAX];
	struct nap_addr_list addresses[NAP_HOPS_MAX]; /* the scenario's */
};

/* What was counted up to the last reading, and the interval that is going on. */
struct nap_load_reading {
	uint32_t row;
	struct nap_load_counts all;
	struct nap_load_box box[NAP_HOPS_MAX];
};

struct nap_line;
struct nap_workspace;

struct nap_load *nap_load_new(const struct nap_plan *plan);
void nap_load_free(struct nap_load *l); /* accepts NULL */

/* Words of a middlebox' accounts by address; 0: it has none. */
size_t nap_load_address_words(const struct nap_load *l, uint32_t hop);

/* Adds from's counts to into's, and empties from. */
void nap_load_move(struct nap_load *into, struct nap_load *from);

/* Is load gathered now: is it asked for, and no warm-up going on? */
bool nap_load_counts_now(const struct nap_workspace *ws);

/* The end of the interval that is going on, NAP_NEVER: it is the last one. What happens then belongs to the next. */
nap_time nap_load_until(const struct nap_load *l, const struct nap_load_reading *r);

/* Adds what part of the line's kind has counted. */
void nap_load_count(struct nap_load_counts *c, const struct nap_line *line, const struct nap_part *part);

/*
 * What was counted since the last reading was in the interval that is going on; now comes the next, if the run, which ends at end,
 * has one. box: NAP_HOPS_MAX of them, NULL where none is to be read.
 */
void nap_load_read(struct nap_load *l, struct nap_load_reading *r, const struct nap_load_counts *now,
	struct nap_box *const *box, nap_time end);

/* The subscriber order: a subscriber begins; its events up to the interval's end are taken; it is at the run's end. */
void nap_load_begin(struct nap_workspace *ws, const struct nap_part *part);
void nap_load_step(struct nap_workspace *ws, struct nap_subscriber *s, const struct nap_part *part);
void nap_load_finish(struct nap_workspace *ws, const struct nap_part *part);

/* A session, a port's use or a block of a shared middlebox has come to its end, or is told of at the run's. */
void nap_load_ended(struct nap_load *l, uint32_t hop, enum nap_ended what, nap_time born, nap_time died,
	const struct nap_box_flow *whose);

#endif
