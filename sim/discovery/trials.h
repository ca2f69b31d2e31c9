/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lab runs trials, many at once, over one prober: a state machine over
 * (now, event). It keeps a control flow beside them, by which it measures
 * loss: a probe counts as unanswered only when control packets sent right
 * before its copies got through, as often as the wanted error asks.
 */
#ifndef NAP_DISCOVERY_TRIALS_H
#define NAP_DISCOVERY_TRIALS_H

#include "discovery/loss.h"
#include "probe/script.h"

struct nap_hops;
struct nap_trials;

/* What a probe (ASK), or a step that had to arrive (SEND), came to. */
struct nap_answer {
	bool done, got;           /* the step was taken; its packet arrived */
	uint32_t copies;          /* sent */
	double error;             /* got false: the chance that loss alone explains it */
	struct nap_endpoint seen; /* got: the source as the receiver saw it */
	nap_time at;              /* when it arrived, or when the last copy was sent */
	nap_time idle_min; /* got: the flow had been idle at least so long at every box when it passed */
	nap_time idle_max; /* not got: and at most so long when the last copy came */
	bool rst, icmp;    /* came back to the sender meanwhile */
	uint8_t icmp_type, icmp_code;
	struct nap_endpoint from; /* whose RST or ICMP error that was, by its source address */
	uint8_t ttl; /* got: of the packet as it arrived; else of that RST or ICMP error. 0: unknown */
};

/* What an end heard that no step asked for: the first of its kind. */
struct nap_heard {
	bool rst, icmp;
	nap_time rst_at, icmp_at; /* age of the trial */
	uint8_t rst_step;
	uint8_t icmp_type, icmp_code;
	uint8_t rst_ttl; /* as it arrived, 0: unknown */
	struct nap_endpoint rst_from;
};

enum nap_void {
	NAP_NOT_VOID,
	NAP_VOID_SETUP,  /* a SEND never arrived: answer[step] tells which */
	NAP_VOID_OUTAGE, /* the control flow did not get through either */
	NAP_VOID_FLOWS,  /* no more flows, or the prober refused to send */
	NAP_VOID_STALLED, /* this process was not running when the packet left that the idle time counts from */
	NAP_VOID_REPEATED, /* a packet of the opening had to be sent again, and the trial was to do without */
	NAP_VOID_STOPPED,  /* cancelled */
};

struct nap_trial_result {
	const struct nap_script *script;
	struct nap_prober *prober;   /* for the names of addresses */
	uint8_t ttl;                 /* the trial's */
	const struct nap_hops *hops; /* of the path, as far as known; NULL: not at all */
	nap_time idle;               /* the trial's idle time */
	enum nap_void why_void;
	uint32_t steps;  /* taken, the last one included */
	uint32_t rounds; /* REPEATs taken */
	nap_time start, end;
	struct nap_answer answer[NAP_SCRIPT_STEPS];
	nap_time last_alive; /* age of the trial at the latest ASK that was answered, 0 when none was */
	struct nap_endpoint local[NAP_SCRIPT_FLOWS];
	struct nap_heard heard[2]; /* by enum nap_end, of all flows */
};

/* What may vary from trial to trial of one script. */
struct nap_trial_spec {
	const struct nap_script *script;
	nap_time idle, gap;
	nap_time after; /* begin so much later */
	bool clean; /* void when any packet but the first has to be sent again: boxes may tell repeats from others */
	uint16_t server_port; /* 0: as the script says */
	uint8_t host;         /* added to the script's hosts */
	uint8_t ttl;          /* of the packets whose script says NAP_TRIAL_TTL */
	const struct nap_hops *hops;
};

struct nap_trials_options {
	double error;      /* chance per test that a silence is misjudged */
	uint32_t silences; /* how many silences a test may need to judge */
	uint32_t control;  /* control packets each way to measure loss with, before anything else */
	nap_time spacing;  /* between copies of a probe */
	bool naive;        /* one copy, no control: what a simple prober does. For comparison. */
};

extern const struct nap_trials_options nap_trials_defaults;

/* done is called once for each trial, from nap_trials_event or nap_trials_advance. The result lives as long as the call. */
typedef void (*nap_trial_done_fn)(void *ctx, uint32_t trial, const struct nap_trial_result *r);

/* A lab over prober, which stays the caller's. Calibrates first, then is ready. */
struct nap_trials *nap_trials_new(struct nap_prober *prober, const struct nap_trials_options *options);
void nap_trials_free(struct nap_trials *lab);

/* A tag that no packet of this lab has had. */
uint32_t nap_trials_tag(struct nap_trials *lab);

/* Has loss been measured? Trials may be started before: they begin then. */
bool nap_trials_ready(const struct nap_trials *lab);

/* Start a trial; returns its number, counting up from 0. */
uint32_t nap_trials_start(
	struct nap_trials *lab, const struct nap_trial_spec *spec, nap_trial_done_fn done, void *ctx);

/* Give a trial up; done is called with NAP_VOID_STOPPED. No effect when it has ended. */
void nap_trials_cancel(struct nap_trials *lab, uint32_t trial);

/* Trials under way whose first packet has got through: flows that the boxes hold for us, about. */
uint32_t nap_trials_holding(const struct nap_trials *lab);

/* When nap_trials_advance next wants to be called. */
nap_time nap_trials_deadline(const struct nap_trials *lab);

/* Something happened on the prober. */
void nap_trials_event(struct nap_trials *lab, const struct nap_probe_event *ev);

/* Take all that is due at now. */
void nap_trials_advance(struct nap_trials *lab, nap_time now);

/* Run one trial to its end and copy its result: for experiments that come one after another. */
void nap_trials_run(struct nap_trials *lab, const struct nap_trial_spec *spec, struct nap_trial_result *out);

/* Loss measured so far in packets from an end. */
const struct nap_loss *nap_trials_loss(const struct nap_trials *lab, enum nap_end from);

/*
 * How much longer than a trial's idle time a flow has been idle by the time it is known to be dead, about: its copies take
 * time, the more so when the sending stack repeats them by itself (managed).
 */
nap_time nap_trials_blur(const struct nap_trials *lab, enum nap_end from, bool managed);

/* The one-way time within which a packet is in time: later ones count as lost. The longest one seen. */
nap_time nap_trials_in_time(const struct nap_trials *lab);
nap_time nap_trials_transit(const struct nap_trials *lab);

#endif
