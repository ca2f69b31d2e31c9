/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A test as data: which flows to open and what to do with them, step by step.
 * A run of a procedure is a trial (trials.h). Timer searches run one procedure with
 * many idle times; other tests and conformance experiments run one once.
 */
#ifndef NAP_PROBE_PROCEDURE_H
#define NAP_PROBE_PROCEDURE_H

#include "probe/prober.h"

#define NAP_PROCEDURE_FLOWS 4
#define NAP_PROCEDURE_STEPS 28
#define NAP_TRIAL_TTL       255 /* as a step's ttl: that of the trial */

enum nap_do {
	NAP_DO_END,
	NAP_DO_SEND, /* send, again and again until it arrived; a trial in which it never does is void */
	NAP_DO_ASK,  /* send and find out whether it arrives; silence is told from loss by the control flow */
	NAP_DO_TELL, /* send once, whatever becomes of it */
	NAP_DO_PAUSE, /* let `span` pass; 0: the trial's gap */
	NAP_DO_IDLE, /* until the flow has been idle for the trial's idle time (percent of it, unless 0), plus span */
	NAP_DO_REPEAT, /* go back `back` steps, unless the trial is older than its idle time */
};

struct nap_step {
	uint8_t what;    /* enum nap_do */
	uint8_t flow;    /* slot */
	uint8_t to;      /* hairpin: slot + 1 of the flow whose mapped endpoint is meant; 0: the server */
	uint8_t percent; /* IDLE */
	uint8_t back;    /* REPEAT */
	bool stop;       /* ASK: no answer ends the trial */
	bool last;       /* ASK: an answer ends the trial */
	struct nap_sending probe; /* from, act, place, flags and so on; tag and to are set by the trial */
	nap_time span;            /* PAUSE, IDLE */
};

struct nap_procedure {
	const char *name;
	struct nap_flow_spec flow[NAP_PROCEDURE_FLOWS]; /* like: a slot; slots are opened when first used */
	struct nap_step step[NAP_PROCEDURE_STEPS];      /* up to the first NAP_DO_END */
};

/* Rows of procedures, to be read like a story: what the client or the server does. */
#define NAP_BY(end, action, slot, ...)                                                                       \
	{                                                                                                    \
		.what = NAP_DO_##action, .flow = (slot), .probe = {.from = NAP_##end, __VA_ARGS__ }          \
	}
#define NAP_CLIENT_DATA(slot) NAP_BY(CLIENT, SEND, slot, .act = NAP_ACT_DATA)
#define NAP_SERVER_DATA(slot) NAP_BY(SERVER, SEND, slot, .act = NAP_ACT_DATA)
#define NAP_CLIENT_SEG(slot, f, n)                                                                           \
	NAP_BY(CLIENT, SEND, slot, .act = NAP_ACT_SEGMENT, .flags = (f), .len = (n))
#define NAP_SERVER_SEG(slot, f, n)                                                                           \
	NAP_BY(SERVER, SEND, slot, .act = NAP_ACT_SEGMENT, .flags = (f), .len = (n))
#define NAP_ASK_CLIENT(slot)          NAP_BY(CLIENT, ASK, slot, .act = NAP_ACT_DATA)
#define NAP_ASK_SERVER(slot)          NAP_BY(SERVER, ASK, slot, .act = NAP_ACT_DATA)
#define NAP_ASK_SERVER_FROM(slot, pl) NAP_BY(SERVER, ASK, slot, .act = NAP_ACT_DATA, .place = (pl))
#define NAP_ASK_CLIENT_SEG(slot, f, n)                                                                       \
	NAP_BY(CLIENT, ASK, slot, .act = NAP_ACT_SEGMENT, .flags = (f), .len = (n))
#define NAP_ASK_SERVER_SEG(slot, f, n)                                                                       \
	NAP_BY(SERVER, ASK, slot, .act = NAP_ACT_SEGMENT, .flags = (f), .len = (n))
#define NAP_IDLE(slot)                                                                                       \
	{                                                                                                    \
		.what = NAP_DO_IDLE, .flow = (slot)                                                          \
	}
#define NAP_IDLE_SHARE(slot, pc)                                                                             \
	{                                                                                                    \
		.what = NAP_DO_IDLE, .flow = (slot), .percent = (pc)                                         \
	}
#define NAP_PAUSE(t)                                                                                         \
	{                                                                                                    \
		.what = NAP_DO_PAUSE, .span = (t)                                                            \
	}

/* A three-way handshake of a raw flow. */
#define NAP_RAW_OPEN(slot)                                                                                   \
	NAP_CLIENT_SEG(slot, NAP_SYN, 0), NAP_SERVER_SEG(slot, NAP_SYN | NAP_ACK, 0),                        \
		NAP_CLIENT_SEG(slot, NAP_ACK, 0)

/* The steps of a procedure. */
uint32_t nap_procedure_steps(const struct nap_procedure *s);

/* The first step that asks; the number of steps when none does. */
uint32_t nap_procedure_question(const struct nap_procedure *s);

/* What a prober must be able to do for it: enum nap_prober_can. */
uint32_t nap_procedure_needs(const struct nap_procedure *s);

#endif
