/* SPDX-License-Identifier: BSD-2-Clause */
/* A trial that waits: for how long, and what its scheduler may change of it meanwhile. */
#include "discovery/trial_machine.h"

#define WARM_SHARE 8 /* of the idle time, at most, for refreshing the control flow before its end */

static const struct nap_step *current(const struct nap_trial *t)
{
	return &t->spec.procedure->step[t->step];
}

void nap_trial_wait_until(
	struct nap_trial *t, struct nap_trial_env *env, nap_time now, nap_time due, nap_time idle)
{
	t->due = t->deadline = due;
	t->warm = false;
	if (!env->naive && t->step + 1 < t->n_steps && current(t)[1].what == NAP_DO_ASK)
		t->deadline = nap_time_max(now, due - nap_time_min(2 * env->grace, idle / WARM_SHARE));
}

/* Does it wait for the question, the flow idle for all of the trial's idle time? */
static bool waits_for_question(const struct nap_trial *t)
{
	const struct nap_step *step = current(t);

	return t->phase == NAP_PHASE_TIME && step->what == NAP_DO_IDLE && !step->percent && !step->span &&
	       t->step + 1 == nap_procedure_question(t->spec.procedure);
}

nap_time nap_trial_idle_since(const struct nap_trial *t)
{
	return waits_for_question(t) ? t->due - t->spec.idle : NAP_NEVER;
}

void nap_trial_retarget(struct nap_trial *t, struct nap_trial_env *env, nap_time now, nap_time idle)
{
	if (!waits_for_question(t))
		return;
	nap_trial_wait_until(t, env, now, t->due - t->spec.idle + idle, idle);
	t->spec.idle = t->result.idle = idle;
}

void nap_trial_pace(struct nap_trial *t, nap_time now, nap_time gap)
{
	bool pausing = t->phase == NAP_PHASE_TIME && current(t)->what == NAP_DO_PAUSE && !current(t)->span;

	t->spec.gap = t->result.gap = gap;
	if (pausing)
		t->deadline = nap_time_min(t->deadline, nap_time_after(now, gap));
}
