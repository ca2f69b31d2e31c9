/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine of one trial. Every step either goes on at once or leaves a
 * phase and a deadline; events and the clock move it on from there. It knows
 * nothing of other trials. Private to discovery.
 */
#ifndef NAP_DISCOVERY_TRIAL_MACHINE_H
#define NAP_DISCOVERY_TRIAL_MACHINE_H

#include "discovery/trial.h"

#define NAP_TRIAL_COPIES 160 /* probes, or retries, of one step at most */
#define NAP_TRIAL_WRITTEN                                                                                    \
	6 /* to a stack at once: no more than any sends to whom it has not heard of lately */
#define NAP_TRIAL_CONNECTING (150 * NAP_S) /* longer than any stack tries */

enum nap_phase {
	NAP_PHASE_WAITING, /* to begin */
	NAP_PHASE_CONFIRM, /* SEND: for the arrival */
	NAP_PHASE_CONTROL, /* ASK: for the control flow's mapping to be fresh */
	NAP_PHASE_COPIES,  /* ASK: for an answer to the copies sent so far */
	NAP_PHASE_SETTLE,  /* IDLE: for the flow to have nothing outstanding */
	NAP_PHASE_TIME,    /* PAUSE, IDLE: for a time to come */
	NAP_PHASE_ENDED,
};

/* A copy of a probe with the control packet sent right before it. */
struct nap_copy {
	uint32_t tag, control;
	nap_time sent, done;   /* it left between these two */
	nap_time control_took; /* from sent on; NAP_NEVER: not arrived */
};

struct nap_trial {
	uint32_t id;
	struct nap_trial_spec spec;
	nap_trial_done_fn done;
	void *ctx;
	enum nap_phase phase;
	nap_time deadline;
	uint32_t step, n_steps;
	nap_flow flow[NAP_PROCEDURE_FLOWS];
	bool opened[NAP_PROCEDURE_FLOWS];
	struct nap_flow_activity idle_from; /* the flow's last packet before the current ASK */
	uint32_t warm_tag;                  /* of the control packet that is to refresh the control flow */
	uint32_t tries;                     /* of it */
	nap_time
		due; /* IDLE: when it ends; if an ASK follows, the control flow is refreshed shortly before */
	bool warm;   /* the control flow has been refreshed */
	nap_time rest;  /* IDLE over a stack: until then what came in time may come late; 0: not begun */
	uint32_t heard; /* ... and what its client had received by then, or when the question was begun */
	bool received;  /* ... it has received something since, even if nothing can be read */
	struct nap_endpoint seen; /* its first flow's external endpoint, address 0: not seen yet */
	uint32_t stalls;          /* the prober's count before the last packet was sent */
	uint32_t n_copies,
		wanted; /* copies sent; how many must have a control packet that arrived, for a silence to count */
	struct nap_copy *copy; /* these, with room for more */
	uint32_t room;
	struct nap_trial_result result;
};

/* What a trial needs of its scheduler, and what it tells it. */
struct nap_trial_env {
	struct nap_prober *prober;
	bool naive;       /* one copy, no control */
	nap_time spacing; /* between copies of a probe */
	nap_time in_time; /* a packet that takes longer one way counts as lost */
	nap_time grace;   /* how long after the last copy an arrival may come */
	uint32_t copies
		[2]; /* copies that must stay unanswered to call it a silence, by sending end; 0: the path is too bad to tell */
	double bound[2]; /* chance that one copy is lost or late */
	uint32_t tag;    /* the last one given */
	/* The tag of a packet of the trial has been given. */
	void (*tagged)(struct nap_trial_env *env, const struct nap_trial *t, uint32_t tag);
	/* A flow has been opened in the slot: its events are to come to the trial. */
	void (*opened)(struct nap_trial_env *env, struct nap_trial *t, uint32_t slot);
	/* Send a packet of the control flow whose fate is told to the trial; returns its tag, 0 when it could not be sent. */
	uint32_t (*control)(struct nap_trial_env *env, struct nap_trial *t, enum nap_end from);
	/* The fates of a trial's control packets. */
	void (*learn)(
		struct nap_trial_env *env, enum nap_end from, const struct nap_copy *copies, uint32_t n);
};

/* A tag that no packet has had. */
uint32_t nap_trial_tag(struct nap_trial_env *env);
/* How long to wait for the arrival of what was just sent. */
nap_time nap_trial_grace(const struct nap_trial_env *env);

void nap_trial_begin(struct nap_trial *t, struct nap_trial_env *env, nap_time now);
void nap_trial_event(struct nap_trial *t, struct nap_trial_env *env, const struct nap_probe_event *ev);
/* A control packet of it arrived, at `at`. */
void nap_trial_control(struct nap_trial *t, struct nap_trial_env *env, uint32_t tag, nap_time at);
/* A packet that was meant for another flow has come on one of its flows. */
void nap_trial_disturb(struct nap_trial *t, struct nap_trial_env *env);
/*
 * The external endpoint of its first flow belongs to another flow by now. To the same place of the server, with nothing but the
 * question left: it is dead, and nobody is asked through it any more. Else it is begun anew, as its packets might keep or end the other.
 */
void nap_trial_taken(struct nap_trial *t, struct nap_trial_env *env, nap_time now, bool same);
/*
 * A stack of its flow has been reset, or gave up, while the trial lets time pass or is about to ask: the flow is dead, and the
 * question answered; void, if more was to be sent before that. False: the trial is at something else.
 */
bool nap_trial_reset(struct nap_trial *t, struct nap_trial_env *env, const struct nap_probe_event *ev);
/*
 * The server sees its first flow at this external endpoint. True where a flow in use had another before: its packet has opened it
 * anew, and what it was is gone.
 */
bool nap_trial_moved(struct nap_trial *t, struct nap_endpoint seen);
/* --- copies of a step's packet (trial_copies.c) --- */
static inline const struct nap_step *nap_trial_step(const struct nap_trial *t)
{
	return &t->spec.procedure->step[t->step];
}

/* Does the sender's own stack repeat what is lost? */
bool nap_trial_managed(const struct nap_trial *t, const struct nap_step *step);
/* Copies that must stay unanswered; 0: the path is too bad to tell. */
uint32_t nap_trial_wanted(const struct nap_trial *t, const struct nap_trial_env *env);
/* Control packets that must arrive with them. */
uint32_t nap_trial_asked(const struct nap_trial *t);
/* One more, remembered; control: tag of the control packet right before it. False: the prober could not send it. */
bool nap_trial_send_copy(struct nap_trial *t, struct nap_trial_env *env, nap_time now, uint32_t control);
/* A probe and, right before it, a packet of the control flow the same way; sets the deadline. */
void nap_trial_ask_once(struct nap_trial *t, struct nap_trial_env *env, nap_time now);
/* --- while it waits (trial_wait.c) --- */
/* The end of an idle time; if an ASK follows, the control flow is refreshed shortly before. */
void nap_trial_wait_until(
	struct nap_trial *t, struct nap_trial_env *env, nap_time now, nap_time due, nap_time idle);
nap_time nap_trial_idle_since(const struct nap_trial *t);
void nap_trial_retarget(struct nap_trial *t, struct nap_trial_env *env, nap_time now, nap_time idle);
/* Its pauses that are gaps, the one under way too. */
void nap_trial_pace(struct nap_trial *t, nap_time now, nap_time gap);
/* A RST or an ICMP error came to one of its ends: kept (trial_hear.c). */
void nap_trial_hear(struct nap_trial *t, const struct nap_probe_event *ev);
void nap_trial_timer(struct nap_trial *t, struct nap_trial_env *env, nap_time now);
void nap_trial_end(struct nap_trial *t, struct nap_trial_env *env, enum nap_void why);
void nap_trial_free(struct nap_trial *t);

#endif
