/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whole cycles in one step. Between two random events a regular policy repeats
 * the same cycle: when the state after a keepalive, taken relative to now,
 * equals an earlier one, the integers it adds and the time it takes are known,
 * and n cycles are n times that. Exact, since all is integer; what each field
 * of the state is, tables say (kernel/snapshot.h).
 */
#ifndef NAP_PATH_CYCLE_H
#define NAP_PATH_CYCLE_H

#include "path/subscriber.h"

#define NAP_CYCLES     8  /* cycles remembered */
#define NAP_CYCLE_DIFF 96 /* integers that one cycle may change */

/* One integer of tally, meter or box counts that a cycle changes. */
struct nap_cycle_word {
	uint16_t index;
	uint64_t by;
};

/* A learned cycle: from state `mark` back to it in `period`. */
struct nap_cycle {
	uint64_t mark;
	bool creates; /* it makes sessions, so that all must be of the same age at its beginning and its end ... */
	uint64_t born; /* ... which is this; known for the subscriber that it was learned from */
	nap_time period;
	uint32_t n; /* words */
	struct nap_cycle_word word[NAP_CYCLE_DIFF];
	struct nap_box_counts before[NAP_HOPS_MAX], after[NAP_HOPS_MAX];
};

struct nap_cycles {
	uint32_t n, next;    /* learned so far; where the next one goes */
	uint64_t pushes;     /* offered by then: a push in between may make the state one of its kind ... */
	uint32_t strange;    /* ... as it has so many times in a row */
	uint32_t misses;     /* states in a row that no cycle is known for */
	uint32_t waits;      /* so many more are compared with the one being watched before another is */
	nap_time last;       /* when it was last looked for one */
	uint64_t skipped;    /* cycles stepped over so far, by all subscribers */
	bool watching;       /* a cycle has begun and may come round */
	bool known;          /* some cycle has been this subscriber's */
	bool odd;            /* no cycle was known from the first state after the last push */
	uint64_t mark, born; /* its state at the beginning, without and with when sessions were made */
	nap_time since;
	uint64_t draws;         /* random numbers taken by then */
	struct nap_tally tally; /* counts at the beginning */
	struct nap_meter meter;
	struct nap_box_counts box[NAP_HOPS_MAX];
	struct nap_cycle cycle[NAP_CYCLES];
};

/* Nothing seen before counts any more: other boxes, another replication. */
void nap_cycles_forget(struct nap_cycles *c);

/* Another subscriber behind the same boxes begins: of what was learned, cycles that make no sessions hold for it too. */
void nap_cycles_begin(struct nap_cycles *c);

/* Is nothing under way, so that what is to come follows from the state alone? */
bool nap_cycle_rests(const struct nap_subscriber *s, const struct nap_line *line, nap_time now);

/*
 * The subscriber rests at now, after its client's timer: a moment that comes again with each keepalive. Steps over as many
 * whole cycles as fit before the next event from outside; false: none, go on event by event.
 */
bool nap_cycle_skip(struct nap_subscriber *s, struct nap_line *line, nap_time now);

/* The field tables of this directory's structs, NULL-terminated. */
extern const struct nap_fields *const nap_path_tables[];

#endif
