/* SPDX-License-Identifier: BSD-2-Clause */
/* The copies of a step's packet: how many a question needs, and when each goes. */
#include "discovery/trial_machine.h"

#include <glib.h>

static bool raw(const struct nap_trial *t, const struct nap_step *step)
{
	return t->spec.procedure->flow[step->flow].raw;
}

/* Does the sender's own stack repeat what is lost? */
bool nap_trial_managed(const struct nap_trial *t, const struct nap_step *step)
{
	return t->spec.procedure->flow[step->flow].proto == NAP_TCP && !raw(t, step);
}

/* Remembers one more copy. Few questions need many. */
static struct nap_copy *add_copy(struct nap_trial *t, struct nap_copy copy)
{
	if (t->n_copies == t->room) {
		t->room = t->room ? 2 * t->room : 8;
		t->copy = g_renew(struct nap_copy, t->copy, t->room);
	}
	t->copy[t->n_copies] = copy;
	return &t->copy[t->n_copies++];
}

/* Send the step's packet once more; remembers it as a copy. */
bool nap_trial_send_copy(struct nap_trial *t, struct nap_trial_env *env, nap_time now, uint32_t control)
{
	const struct nap_step *step = nap_trial_step(t);
	struct nap_prober *prober = env->prober;
	struct nap_sending probe = step->probe;

	struct nap_copy *c;
	bool sent;

	if (t->n_copies == NAP_TRIAL_COPIES)
		return false;
	probe.tag = nap_trial_tag(env);
	env->tagged(env, t, probe.tag);
	probe.to = step->to ? t->flow[step->to - 1] : NAP_NO_FLOW;
	if (probe.ttl == NAP_TRIAL_TTL)
		probe.ttl = t->spec.ttl;
	probe.again = probe.again || (t->n_copies > 0 && probe.act == NAP_ACT_SEGMENT);
	t->stalls = prober->stalls;
	c = add_copy(
		t, (struct nap_copy){
			   .tag = probe.tag, .control = control, .sent = now, .control_took = NAP_NEVER });
	sent = prober->ops->send(prober, t->flow[step->flow], &probe);
	c->done = prober->ops->now(prober);
	return sent;
}

/* Copies that the trial itself writes to a flow whose stack repeats; 0: it is no such flow. */
static uint32_t written(const struct nap_trial *t)
{
	const struct nap_step *step = nap_trial_step(t);

	if (!nap_trial_managed(t, step))
		return 0;
	return step->probe.act == NAP_ACT_DATA ? MIN(t->wanted, NAP_TRIAL_WRITTEN) : 1;
}

/*
 * Control packets that must arrive: one per copy. Where a hole may keep what arrived from being read, as many again with the
 * repeats of the sender's stack: if the client's has received anything since, or is the sender, so that it cannot tell.
 */
uint32_t nap_trial_asked(const struct nap_trial *t)
{
	bool hole = t->received || nap_trial_step(t)->probe.from == NAP_CLIENT;

	return hole && written(t) > 1 ? t->wanted + written(t) - 1 : t->wanted;
}

/* A probe and, right before it, a packet of the control flow the same way. */
void nap_trial_ask_once(struct nap_trial *t, struct nap_trial_env *env, nap_time now)
{
	const struct nap_step *step = nap_trial_step(t);
	uint32_t control = env->naive ? 0 : env->control(env, t, (enum nap_end)step->probe.from);

	/*
	 * A stack repeats by itself, but late. Data is written again instead, soon, each a segment of its own, so that the
	 * last one to be met by silence follows the first closely. Then, as a hole may keep what arrived from being read,
	 * only control packets go along with the stack's repeats.
	 */
	if (nap_trial_managed(t, step) && t->n_copies > 0 &&
		(step->probe.act != NAP_ACT_DATA || t->n_copies >= t->wanted ||
			t->n_copies >= NAP_TRIAL_WRITTEN))
		add_copy(
			t, (struct nap_copy){
				   .control = control, .sent = now, .done = now, .control_took = NAP_NEVER });
	else if (!nap_trial_send_copy(t, env, now, control) &&
		 !(nap_trial_managed(t, step) && t->n_copies > 1)) {
		nap_trial_end(t, env, NAP_VOID_FLOWS);
		return;
	}
	t->result.answer[t->step].copies = t->n_copies;
	t->deadline = now + (t->n_copies < nap_trial_asked(t) ? env->spacing : nap_trial_grace(env));
	if (nap_trial_managed(t, step) && step->probe.act == NAP_ACT_CONNECT)
		t->deadline = t->n_copies == 1 ? now + NAP_TRIAL_CONNECTING : t->deadline;
	else if (nap_trial_managed(t, step) && t->n_copies >= written(t) &&
		 nap_trial_asked(t) > written(t)) { /* the stack's repeats: doubling */
		uint32_t k = t->n_copies - written(t);

		t->deadline = now + (env->prober->retransmit << (k < 20 ? k : 19)) +
			      (t->n_copies < nap_trial_asked(t) ? 0 : nap_trial_grace(env));
	}
}

/* Copies that must stay unanswered; 0: the path is too bad to tell. */
uint32_t nap_trial_wanted(const struct nap_trial *t, const struct nap_trial_env *env)
{
	uint32_t copies = env->naive ? 1 : env->copies[nap_trial_step(t)->probe.from];

	copies += copies && !env->naive ? t->spec.more : 0;
	return nap_trial_step(t)->to ? 2 * copies
				     : copies; /* a hairpinned packet crosses the access link twice */
}
