/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The scheduler of trials: runs them, many at once, over one prober: a state machine over
 * (now, event). It keeps a control flow beside them, by which it measures
 * loss: a probe counts as unanswered only when control packets sent right
 * before its copies got through, as often as the wanted error asks.
 */
#ifndef NAP_DISCOVERY_TRIALS_H
#define NAP_DISCOVERY_TRIALS_H

#include "discovery/loss.h"
#include "discovery/trial.h"

struct nap_trials;

struct nap_trials_options {
	double error;      /* chance per test that a silence is misjudged */
	uint32_t silences; /* how many silences a test may need to judge */
	uint32_t control;  /* control packets each way to measure loss with, before anything else */
	nap_time spacing;  /* between copies of a probe */
	bool naive;        /* one copy, no control: what a simple prober does. For comparison. */
};

extern const struct nap_trials_options nap_trials_defaults;

/* A scheduler over prober, which stays the caller's. Calibrates first, then is ready. */
struct nap_trials *nap_trials_new(struct nap_prober *prober, const struct nap_trials_options *options);
void nap_trials_free(struct nap_trials *trials);

/* A tag that no packet of these trials has had. */
uint32_t nap_trials_tag(struct nap_trials *trials);

/* Has loss been measured? Trials may be started before: they begin then. */
bool nap_trials_ready(const struct nap_trials *trials);

/* Start a trial; returns its number, counting up from 0. */
uint32_t nap_trials_start(
	struct nap_trials *trials, const struct nap_trial_spec *spec, nap_trial_done_fn done, void *ctx);

/* Give a trial up; done is called with NAP_VOID_STOPPED. No effect when it has ended. */
void nap_trials_cancel(struct nap_trials *trials, uint32_t trial);

/* Since when the flow of a trial that waits for its question has been idle; NAP_NEVER: it does not wait, or not for that. */
nap_time nap_trials_idle_since(const struct nap_trials *trials, uint32_t trial);

/* Such a trial's flow is to be asked after another idle time, that is not over yet. */
void nap_trials_retarget(struct nap_trials *trials, uint32_t trial, nap_time idle);

/* The pauses of a trial that repeats itself are to be so long from now on, and the one under way no longer than that. */
void nap_trials_pace(struct nap_trials *trials, uint32_t trial, nap_time gap);

/* When a question of a trial under way was last answered, 0: never. */
nap_time nap_trials_heard(const struct nap_trials *trials, uint32_t trial);

/* Trials under way whose first packet has got through: flows that the boxes hold for us, about. */
uint32_t nap_trials_holding(const struct nap_trials *trials);

/* When nap_trials_advance next wants to be called. */
nap_time nap_trials_deadline(const struct nap_trials *trials);

/* Something happened on the prober. */
void nap_trials_event(struct nap_trials *trials, const struct nap_probe_event *ev);

/* Take all that is due at now. */
void nap_trials_advance(struct nap_trials *trials, nap_time now);

/* Run one trial to its end and copy its result: for experiments that come one after another. */
void nap_trials_run(
	struct nap_trials *trials, const struct nap_trial_spec *spec, struct nap_trial_result *out);

/* Loss measured so far in packets from an end. */
const struct nap_loss *nap_trials_loss(const struct nap_trials *trials, enum nap_end from);

/*
 * How much longer than a trial's idle time a flow has been idle by the time it is known to be dead, about: its copies take
 * time, the more so when the sending stack repeats them by itself (managed).
 */
nap_time nap_trials_blur(const struct nap_trials *trials, enum nap_end from, bool managed);

/* The one-way time within which a packet is in time: later ones count as lost. The longest one seen. */
nap_time nap_trials_in_time(const struct nap_trials *trials);
nap_time nap_trials_transit(const struct nap_trials *trials);

#endif
