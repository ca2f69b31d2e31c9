/* SPDX-License-Identifier: BSD-2-Clause */
/* What the ends of a trial are told besides what its steps wait for: resets, ICMP errors, other flows' packets. */
#include "discovery/trial_machine.h"

/* So late the last packet may have been, after the one that restarted the boxes' timer: what no stack exceeds. */
#define DELAYED_ACK (200 * NAP_MS)

void nap_trial_hear(struct nap_trial *t, const struct nap_probe_event *ev)
{
	struct nap_answer *a = &t->result.answer[t->step];
	struct nap_heard *h = &t->result.heard[ev->end];
	bool mine = t->phase == NAP_PHASE_COPIES && t->spec.procedure->step[t->step].probe.from == ev->end;

	if (ev->what == NAP_GOT_RST) {
		if (!h->rst) {
			h->rst_at = ev->at - t->result.start;
			h->rst_step = (uint8_t)t->step;
			h->rst_ttl = ev->ttl;
			h->rst_from = ev->seen;
		}
		h->rst = true;
		if (mine) {
			a->rst = true;
			a->from = ev->seen;
			a->ttl = ev->ttl;
		}
	} else if (ev->what == NAP_GOT_ICMP) {
		if (!h->icmp) {
			h->icmp_at = ev->at - t->result.start;
			h->icmp_type = ev->icmp_type;
			h->icmp_code = ev->icmp_code;
		}
		h->icmp = true;
		if (mine) {
			a->icmp = true;
			a->icmp_type = ev->icmp_type;
			a->icmp_code = ev->icmp_code;
			a->from = ev->seen;
			a->ttl = ev->ttl;
		}
	}
}

/* The next step that sends anything, from the current one on; the number of steps: none. */
static uint32_t next_sending(const struct nap_trial *t)
{
	const struct nap_step *step = t->spec.procedure->step;
	uint32_t i = t->step;

	while (i < t->n_steps && (step[i].what == NAP_DO_IDLE || step[i].what == NAP_DO_PAUSE))
		i++;
	return i;
}

bool nap_trial_reset(struct nap_trial *t, struct nap_trial_env *env, const struct nap_probe_event *ev)
{
	const struct nap_step *step = nap_trial_step(t);
	uint32_t slot = step->flow, question = next_sending(t);
	struct nap_flow_activity last;

	if ((t->phase != NAP_PHASE_TIME && t->phase != NAP_PHASE_CONTROL && t->phase != NAP_PHASE_SETTLE) ||
		ev->flow != t->flow[slot] || question == t->n_steps)
		return false;
	if (t->spec.procedure->step[question].what != NAP_DO_ASK) { /* it was still to be opened */
		nap_trial_end(t, env, NAP_VOID_SETUP);
		return true;
	}
	last = env->prober->ops->activity(env->prober, t->flow[slot]);
	t->step = question;
	t->result.answer[question] = (struct nap_answer){ .done = true,
		.at = ev->at,
		.idle_max =
			nap_time_max(0, ev->at + env->in_time + env->prober->slack + DELAYED_ACK - last.sent),
		.rst = ev->what == NAP_GOT_RST,
		.from = ev->seen,
		.ttl = ev->ttl };
	t->result.idle = t->result.answer[question].idle_max;
	nap_trial_end(t, env, NAP_NOT_VOID);
	return true;
}

void nap_trial_disturb(struct nap_trial *t, struct nap_trial_env *env)
{
	if (t->phase != NAP_PHASE_ENDED && t->phase != NAP_PHASE_WAITING)
		nap_trial_end(t, env, NAP_VOID_DISTURBED);
}

void nap_trial_taken(struct nap_trial *t, struct nap_trial_env *env, nap_time now, bool same)
{
	const struct nap_step *step = &t->spec.procedure->step[t->step];
	uint32_t question = nap_procedure_question(t->spec.procedure);
	struct nap_flow_activity last;

	if (t->phase != NAP_PHASE_TIME)
		return;
	t->result.taken = true;
	if (!same || step->what != NAP_DO_IDLE || step->percent || t->step + 1 != question) {
		nap_trial_end(t, env, t->spec.own_port ? NAP_VOID_REPEATED : NAP_VOID_DISTURBED);
		return;
	}
	last = env->prober->ops->activity(env->prober, t->flow[step->flow]);
	t->step = question;
	t->result.answer[question] =
		(struct nap_answer){ .done = true, .at = now, .idle_max = now - last.sent };
	t->result.idle = nap_time_min(t->result.idle, now - last.sent);
	nap_trial_end(t, env, NAP_NOT_VOID);
}

bool nap_trial_moved(struct nap_trial *t, struct nap_endpoint seen)
{
	bool moved =
		t->spec.patient && t->result.last_alive && t->seen.addr && !nap_endpoint_equal(t->seen, seen);

	t->seen = seen;
	t->result.taken = t->result.taken || moved;
	return moved;
}
