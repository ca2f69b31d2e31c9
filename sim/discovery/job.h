/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A job: one test of a discovery on its way to a finding. A job waits for the timer it needs, then has its
 * trials made; all jobs share the scheduler and the room for flows. Private to discovery.c and job*.c.
 */
#ifndef NAP_DISCOVERY_JOB_H
#define NAP_DISCOVERY_JOB_H

#include <glib.h>

#include "discovery/bindings.h"
#include "discovery/hops.h"
#include "discovery/kept.h"
#include "discovery/options.h"
#include "discovery/tests.h"
#include "discovery/trials.h"
#include "discovery/timer_search.h"
#include "kernel/rng.h"

#define NAP_ROOM_SPAN (2 * NAP_MIN) /* after so long without a refusal the room is widened again */

struct nap_room;
struct nap_beside;

enum nap_job_phase { NAP_JOB_WAITING, NAP_JOB_RUNNING, NAP_JOB_ENDED };

struct nap_running {
	uint32_t trial;
	nap_time idle, end; /* end: about when the trial will know its answer */
	bool spare;         /* its idle time is of no more use, but another may be asked of it */
};

/* A candidate of a timer's search that has not begun. */
struct nap_pending {
	nap_time idle, due;
};

struct nap_job {
	struct nap_discovery *d;
	struct nap_finding finding;
	struct nap_job *general; /* the same timer for any port, of a search for one port's; else NULL */
	enum nap_job_phase phase;
	const struct nap_procedure *procedure;
	GArray *running; /* of struct nap_running */
	uint32_t spares; /* of these */
	nap_time started;
	uint32_t inherited; /* verdicts of flows whose external port another had before */
	nap_time
		doubted; /* the idle time of a verdict that was put aside, as a flow with a used port met it */
	struct nap_seen_alone {
		nap_time alive, dead; /* longest life, shortest death */
		uint32_t others;      /* verdicts of the other flows */
	} fresh;                      /* what flows alone saw whose external port none had before */
	nap_time death_began,
		last_death; /* when the last begun of the flows began that died; when the last death was known; 0: there is none */
	bool crowded; /* one of them, while there may have been more flows in the boxes than they are known to keep */
	uint32_t crowds;   /* how often it began anew for that */
	nap_time outlived; /* the longest idle time that any flow did, those of earlier beginnings too */
	nap_time died;     /* ... and the shortest that one did not */
	uint32_t cuts;     /* how often all flows under way were ended */
	bool alone; /* no flow in use was beside its deaths: another wave met, or is to meet, the same */
	enum nap_finding_state
		over; /* the search is, with this; OPEN: it is not. Flows in use are asked about its deaths */
	uint32_t contradicted; /* contradictions of searches before the last beginning */
	nap_time begun;        /* timers: when the search last began anew */
	uint32_t tries;        /* trials begun */
	uint32_t repeated;     /* of them, void because of how they began */
	uint32_t stalled;      /* trials void because this process stood still */
	nap_time not_before;   /* after a void trial: give the boxes time */
	GArray *left; /* of nap_time: when trials ended that left sessions which go by this job's timer; */
	uint32_t left_gone; /* so many of them, the first, are gone */
	/* timers */
	struct nap_timer_search search;
	GArray *pending;      /* of struct nap_pending, in the order they are due */
	nap_time round_start; /* of the search's round */
	nap_time round_first; /* its shortest candidate */
	struct nap_job *
		heir; /* the test of what happens after this timer: its procedure is run instead, so that a death answers both */
	struct nap_trial_result *after; /* a death kept for the heir; NULL: none yet */
	nap_time launched;              /* the longest candidate of this round whose trial has begun */
	/* the others */
	nap_time gap;        /* durations */
	nap_time idle;       /* once-tests that need a timer */
	uint32_t lengthened; /* how often that idle time was doubled */
	struct nap_hop_seen {
		bool seen, arrived, kept; /* tried; reached the server; the flow outlived its timer */
		nap_addr from;            /* who said that the packet died there, 0: nobody */
		double error;
	} hop[NAP_MOST_HOPS];
	uint32_t n_hops;
	uint8_t ttl; /* of the next trial */
};

struct nap_discovery {
	struct nap_prober *prober;
	struct nap_discovery_options options;
	struct nap_trials *trials;
	struct nap_hops hops;
	GPtrArray *job;
	uint32_t flows;            /* trials under way: about as many flows */
	uint32_t room;             /* how many there may be now; cut when a box refuses one */
	uint32_t most_room;        /* how many there may be at the most */
	nap_time room_cut;         /* when the room was last cut or widened */
	struct nap_room *table;    /* in the boxes (job_room.c) */
	struct nap_beside *beside; /* flows in use (job_beside.c) */
	bool varied;               /* a search found that its timer varies although it began anew */
	nap_time last_sign;        /* when a trial last came to something */
	nap_time next_launch;
	nap_time start, timers_end; /* when the discovery began; when its last timer was known */
	struct nap_rng rng;
	bool surveyed; /* the count of how many flows the boxes keep is over, or was not needed */
	bool dirty;    /* a job may be able to go on */
	struct nap_bindings *bindings;
	struct nap_bindings *
		survey; /* some of its flows, NULL: none; they are asked when the tables were full (emptying) */
	bool emptying;         /* until the boxes have forgotten these, no trial of a search begins */
	struct nap_kept *kept; /* idle flows that tell whether boxes drop some; NULL: none are open */
	bool kept_again;       /* they were opened once more, as a timer seems to vary */
	struct nap_job *bindings_job;
	nap_time bindings_at; /* when the last sessions of other tests are gone */
};

/* Does it send so seldom that whatever is repeated takes long? */
static inline bool nap_prober_is_slow(const struct nap_prober *p, nap_time spacing)
{
	return p->pace > spacing / 4;
}

/* The prober's clock. */
static inline nap_time nap_job_now(const struct nap_discovery *d)
{
	return d->prober->ops->now(d->prober);
}

static inline struct nap_job *nap_job_at(const struct nap_discovery *d, uint32_t i)
{
	return g_ptr_array_index(d->job, i);
}

/* --- any job (job.c) --- */
/* The job of the test of that name (per-port tests: of that port), NULL when there is none. */
struct nap_job *nap_job_find(const struct nap_discovery *d, const char *name, uint16_t port);
/* A job of a test (on port, for tests that are made per port), waiting to begin. */
struct nap_job *nap_job_new(struct nap_discovery *d, const struct nap_test *test, uint16_t port);
void nap_job_free(struct nap_job *j);
/* Its finding is final; whoever waits for it may begin. */
void nap_job_end(struct nap_job *j, enum nap_finding_state state);
/* It cannot be done: the finding says why. */
void nap_job_skip(struct nap_job *j, const char *why);

/* A trial that begins `after` from now; done is given the job. */
void nap_job_try(struct nap_job *j, nap_time idle, nap_time after, nap_trial_done_fn done);

/*
 * For done: the trial is over. True when it came to something; else it was stopped, or void, which is counted: a job whose
 * trials are void too often is given up. *idle: what it was tried for.
 */
bool nap_job_take(struct nap_job *j, uint32_t trial, const struct nap_trial_result *r, nap_time *idle);

/* Trials under way that are no spares. */
uint32_t nap_job_busy(const struct nap_job *j);

/* r, one of j's running, becomes a spare, or is none any more. */
void nap_job_spare(struct nap_job *j, struct nap_running *r, bool spare);

/* Stop one of the spares, to make room; false when there is none. */
bool nap_job_drop_spare(struct nap_discovery *d);

/* Stop the trials of idle times from `idle` on. */
void nap_job_cancel(struct nap_job *j, nap_time idle);

/* --- timers (job_timer.c) --- */
void nap_job_timer_begin(struct nap_job *j);
/* Plan a round when none is under way. */
void nap_job_timer_plan(struct nap_job *j);
/* Other searches may have ended or begun: choose what is still to begin anew if the room has much changed. */
void nap_job_timer_plan_again(struct nap_job *j);
/* The candidate that would begin next, NULL when there is none. */
static inline const struct nap_pending *nap_job_timer_next(const struct nap_job *j)
{
	return j->pending->len ? &g_array_index(j->pending, struct nap_pending, 0) : NULL;
}
void nap_job_timer_launch(struct nap_job *j);
/* All flows that were under way at `from` have been ended, whether idle or in use: what died since was not the timer's doing. */
void nap_job_timer_cut(struct nap_job *j, nap_time from);
/* Begin anew: what was seen contradicts itself, or was seen of boxes without room. */
void nap_job_timer_anew(struct nap_job *j);

/*
 * --- flows in use beside those that searches leave idle, of the same age and protocol (job_beside.c). Where they die, too, a death
 * was no expiry. ---
 */
struct nap_beside *nap_beside_new(void);
void nap_beside_free(struct nap_beside *b);
/* A trial of a search is about to begin. */
void nap_beside_begin(struct nap_job *j, nap_time idle);
/* How often they speak, by what is known now; they end with the searches. */
void nap_beside_keep(struct nap_discovery *d);
/* Something has happened: those that were asked may have been heard. */
void nap_beside_advance(struct nap_discovery *d);
/* Has a flow in use, as old as one of the search's that died, been heard after the last death? If not yet, it is asked. */
enum nap_vouching {
	NAP_VOUCHED, /* or none can be beside such flows */
	NAP_VOUCHING_LATER,
	NAP_VOUCHED_BY_NOBODY, /* those that were there have ended */
};
enum nap_vouching nap_beside_vouches(const struct nap_job *j);
/* How many are open. */
uint32_t nap_beside_flows(const struct nap_discovery *d);

/* --- the others (job_once.c) --- */
void nap_job_once(struct nap_job *j);
/* The test that looks at what is after this timer, and has not begun; NULL when there is none. */
struct nap_job *nap_job_after(const struct nap_job *timer);
/* A trial that another job made of this one's procedure says it all, to all that wait for one of that procedure. */
void nap_job_inherit(struct nap_job *heir, const struct nap_trial_result *r);
void nap_job_duration(struct nap_job *j);
/* job_hops.c */
void nap_job_hops(struct nap_job *j);
void nap_job_bindings(struct nap_job *j);
/*
 * Before any test: how many of the flows that there may be at once do the boxes keep? One that drops old sessions for new
 * ones would look as if its timers were short.
 */
void nap_job_survey(struct nap_discovery *d);
void nap_job_survey_end(struct nap_discovery *d);
void nap_job_bindings_end(struct nap_discovery *d);
/* Idle flows that tell whether boxes drop some for others; they have told. */
void nap_job_kept(struct nap_discovery *d);
void nap_job_kept_end(struct nap_discovery *d);
/* The boxes drop flows for others: all searches begin anew, with less room, once the boxes have had time. */
void nap_job_dropped(struct nap_discovery *d);

/*
 * --- room in the boxes' tables (job_room.c): flows of trials that have ended stay there for a while, and count like those under
 * way where a survey found that the boxes keep no more than so many ---
 */
/* Nothing is known of the boxes' room yet. */
struct nap_room *nap_room_new(void);
void nap_room_free(struct nap_room *r);

/* What a survey has found of how many flows the boxes keep. */
void nap_room_surveyed(struct nap_discovery *d, const struct nap_bindings_result *found);

/*
 * May j, a search, begin? Where there is little room, first those for timers that say how long ended trials stay in the boxes,
 * and those for any port before those for single ports, which then look first at what was found.
 */
bool nap_room_may_search(struct nap_job *j);

/*
 * Where there is little room: what was found of another timer that j's may be equal to, as far as j's is open (dead 0: nothing). True
 * when it is the same for any port.
 */
bool nap_room_hint(const struct nap_job *j, struct nap_bracket *hint);

/* Flows that the boxes are known to keep at once, 0: not known. */
uint32_t nap_room_keep(const struct nap_discovery *d);

/* Do the boxes refuse or drop flows beyond a number that is known? */
bool nap_room_limited(const struct nap_discovery *d);

/* Are there ports enough that each flow can have one that none had before? */
bool nap_room_ports(const struct nap_discovery *d);

/* How long boxes may remember a flow like those of j, as far as timers are known. */
nap_time nap_room_rest(const struct nap_job *j);

/* A trial of j has ended: what it leaves in the boxes is counted. */
void nap_room_leave(struct nap_job *j, const struct nap_trial_result *r);

/* When all that trials and the control flow have left is gone, as far as timers are known. */
nap_time nap_room_empty(const struct nap_discovery *d);

/*
 * Trials of a search that began at `since` contradict each other. If that may be for lack of room, and there was no less of it
 * meanwhile, there is from now on.
 */
void nap_room_suspect(struct nap_discovery *d, nap_time since);

/* The boxes have dropped flows although the survey met no limit: there is less room from now on. */
void nap_room_overfull(struct nap_discovery *d);

/*
 * A timer seems to vary by a search that began at `since`. May that be for lack of room that the survey did not meet? From now on there
 * is less.
 */
bool nap_room_may_lack(struct nap_discovery *d, nap_time since);

/* May one more trial of a search begin? */
bool nap_room_left(const struct nap_discovery *d);

/* One has begun. */
void nap_room_began(struct nap_discovery *d);

/* Idle flows, about so many, were there beside the survey's, and none was dropped. */
void nap_room_kept(struct nap_discovery *d, uint32_t flows);

/* Did one begin, since then, while there may have been more flows in the boxes than they are known to keep at once? */
bool nap_room_was_over(const struct nap_discovery *d, nap_time since);

/* None begins until what the survey has left there is gone; it is. */
void nap_room_empty_first(struct nap_discovery *d);
void nap_room_emptied(struct nap_discovery *d);

/* May none begin: when to ask again, NAP_NEVER: when a trial has ended. */
nap_time nap_room_next(const struct nap_discovery *d);

#endif
