/* SPDX-License-Identifier: BSD-2-Clause */
#include "discovery/trial_machine.h"

#include <string.h>

#include <glib.h>

#define SEND_TRIES   24
#define WARM_TRIES   24
#define SETTLE_TRIES 24
#define REST         (150 * NAP_MS) /* less than any stack waits before it repeats */
#define SOCKET_WAIT  (60 * NAP_S)   /* for data that the sender's stack repeats by itself */

static void run_steps(struct nap_trial *t, struct nap_trial_env *env, nap_time now);

uint32_t nap_trial_tag(struct nap_trial_env *env)
{
	if (!++env->tag)
		env->tag = 1;
	return env->tag;
}

nap_time nap_trial_grace(const struct nap_trial_env *env)
{
	return env->grace + env->prober->backlog;
}

static struct nap_answer *answer(struct nap_trial *t)
{
	return &t->result.answer[t->step];
}

static bool open_flow(struct nap_trial *t, struct nap_trial_env *env, uint32_t slot)
{
	struct nap_flow_spec spec = t->spec.procedure->flow[slot];

	if (t->opened[slot])
		return true;
	if (spec.same_local) {
		if (!open_flow(t, env, spec.like))
			return false;
		spec.like = t->flow[spec.like];
	}
	if (t->spec.server_port && !spec.server_port)
		spec.server_port = t->spec.server_port;
	spec.host = (uint8_t)(spec.host + t->spec.host);
	t->flow[slot] = env->prober->ops->open(env->prober, &spec);
	if (t->flow[slot] == NAP_NO_FLOW)
		return false;
	t->opened[slot] = true;
	t->result.local[slot] = env->prober->ops->local(env->prober, t->flow[slot]);
	env->opened(env, t, slot);
	return true;
}

void nap_trial_free(struct nap_trial *t)
{
	g_free(t->copy);
	g_free(t);
}

static const struct nap_copy *copy_of(const struct nap_trial *t, uint32_t tag)
{
	for (uint32_t i = 0; tag && i < t->n_copies; i++)
		if (t->copy[i].tag == tag)
			return &t->copy[i];
	return NULL;
}

static void next_step(struct nap_trial *t)
{
	if (nap_trial_step(t)->what != NAP_DO_IDLE)
		t->rest = 0;
	t->step++;
	t->n_copies = 0;
	t->tries = 0;
}

/* A raw flow has no stack to close it: a reset, so that the boxes need not keep it. */
static void reset(struct nap_trial *t, struct nap_trial_env *env, uint32_t slot)
{
	struct nap_prober *prober = env->prober;
	struct nap_sending rst = {
		.from = NAP_CLIENT, .act = NAP_ACT_SEGMENT, .flags = NAP_RST | NAP_ACK, .to = NAP_NO_FLOW
	};

	rst.tag = nap_trial_tag(env);
	if (t->spec.procedure->flow[slot].raw)
		prober->ops->send(prober, t->flow[slot], &rst);
	prober->ops->close(prober, t->flow[slot]);
}

void nap_trial_end(struct nap_trial *t, struct nap_trial_env *env, enum nap_void why)
{
	struct nap_prober *prober = env->prober;

	if (t->phase == NAP_PHASE_ENDED)
		return;
	t->phase = NAP_PHASE_ENDED;
	t->deadline = NAP_NEVER;
	t->result.why_void = why;
	t->result.end = prober->ops->now(prober);
	t->result.steps = t->step < t->n_steps ? t->step + 1 : t->n_steps;
	for (uint32_t i = 0; i < NAP_PROCEDURE_FLOWS; i++)
		if (t->opened[i])
			reset(t, env, i);
	t->done(t->ctx, t->id, &t->result);
}

/*
 * What was to come does not. A patient trial asks its question anew until it is answered, or met by a silence that is no outage; what
 * it had to send then waits for the answer.
 */
static void miss(struct nap_trial *t, struct nap_trial_env *env, nap_time now, enum nap_void why)
{
	if (!t->spec.patient || !t->result.last_alive) {
		nap_trial_end(t, env, why);
		return;
	}
	t->step = nap_procedure_question(t->spec.procedure) - 1; /* the pause before it */
	t->n_copies = t->tries = 0;
	t->phase = NAP_PHASE_TIME;
	t->deadline = nap_time_after(now, nap_time_max(t->spec.gap, nap_trial_grace(env)));
}

static void enter_send(struct nap_trial *t, struct nap_trial_env *env, nap_time now)
{
	const struct nap_step *step = nap_trial_step(t);

	if (!open_flow(t, env, step->flow) || (step->to && !t->opened[step->to - 1]) ||
		!nap_trial_send_copy(t, env, now, 0)) {
		nap_trial_end(t, env, NAP_VOID_FLOWS);
		return;
	}
	answer(t)->done = true;
	answer(t)->copies = 1;
	t->phase = NAP_PHASE_CONFIRM;
	t->deadline = now + (step->probe.act == NAP_ACT_CONNECT  ? NAP_TRIAL_CONNECTING
				    : nap_trial_managed(t, step) ? SOCKET_WAIT
								 : nap_trial_grace(env));
}

/* The control flow's mapping must be open when its packets are to vouch for the path: refresh it from inside. */
static void warm_control(struct nap_trial *t, struct nap_trial_env *env, nap_time now)
{
	if (t->tries++ == WARM_TRIES) {
		miss(t, env, now, NAP_VOID_OUTAGE);
		return;
	}
	t->phase = NAP_PHASE_CONTROL;
	t->warm_tag = env->control(env, t, NAP_CLIENT);
	t->deadline = now + nap_trial_grace(env);
}

static void begin_copies(struct nap_trial *t, struct nap_trial_env *env, nap_time now)
{

	t->phase = NAP_PHASE_COPIES;
	t->n_copies = 0;
	t->tries = 0;
	t->wanted = nap_trial_wanted(t, env);
	if (!t->wanted) {
		miss(t, env, now, NAP_VOID_OUTAGE);
		return;
	}
	nap_trial_ask_once(t, env, now);
}

static void enter_ask(struct nap_trial *t, struct nap_trial_env *env, nap_time now)
{
	const struct nap_step *step = nap_trial_step(t);
	struct nap_prober *prober = env->prober;

	if (!open_flow(t, env, step->flow) || (step->to && !t->opened[step->to - 1])) {
		nap_trial_end(t, env, NAP_VOID_FLOWS);
		return;
	}
	*answer(t) = (struct nap_answer){ .done = true };
	t->idle_from = prober->ops->activity(prober, t->flow[step->flow]);
	if (t->spec.clean && t->rest && t->idle_from.heard != t->heard) { /* it was not idle */
		nap_trial_end(t, env, NAP_VOID_REPEATED);
		return;
	}
	t->heard = t->idle_from.heard;
	t->received = false;
	if (env->naive || t->warm)
		begin_copies(t, env, now);
	else
		warm_control(t, env, now);
	t->warm = false;
}

static void enter_idle(struct nap_trial *t, struct nap_trial_env *env, nap_time now)
{
	const struct nap_step *step = nap_trial_step(t);
	struct nap_prober *prober = env->prober;
	struct nap_flow_activity a = prober->ops->activity(prober, t->flow[step->flow]);
	nap_time idle = step->percent ? t->spec.idle / 100 * step->percent : t->spec.idle;

	if (!a.settled) {
		t->phase = NAP_PHASE_SETTLE;
		t->deadline = now + nap_trial_grace(env);
		return;
	}
	if (t->spec.clean && a.repeats) {
		nap_trial_end(t, env, NAP_VOID_REPEATED);
		return;
	}
	if (nap_trial_managed(t, step) && !t->rest)
		t->rest = now + REST;
	/* what another packet overtook is in by then, what the other end repeats is not */
	if (now < t->rest) {
		t->phase = NAP_PHASE_SETTLE;
		t->deadline = t->rest;
		return;
	}
	t->heard = a.heard;
	if (t->stalls != prober->stalls) { /* now, before the wait, it costs little */
		nap_trial_end(t, env, NAP_VOID_STALLED);
		return;
	}
	t->phase = NAP_PHASE_TIME;
	nap_trial_wait_until(t, env, now, nap_time_after(nap_time_after(a.received, idle), step->span), idle);
}

/* The control flow's mapping, refreshed shortly before the question, so that a loss there does not delay that. */
static void warm_early(struct nap_trial *t, struct nap_trial_env *env, nap_time now)
{
	t->warm_tag = env->control(env, t, NAP_CLIENT);
	t->deadline = nap_time_min(t->due, now + env->grace / 2);
}

/* Take one step; false when the trial has to wait (or has ended). */
static bool take_step(struct nap_trial *t, struct nap_trial_env *env, nap_time now)
{
	const struct nap_step *step = nap_trial_step(t);

	switch (step->what) {
	case NAP_DO_SEND:
		enter_send(t, env, now);
		return false;
	case NAP_DO_ASK:
		enter_ask(t, env, now);
		return false;
	case NAP_DO_TELL:
		if (open_flow(t, env, step->flow))
			answer(t)->done = nap_trial_send_copy(t, env, now, 0);
		next_step(t);
		return true;
	case NAP_DO_PAUSE:
		t->phase = NAP_PHASE_TIME;
		t->deadline = nap_time_after(now, step->span ? step->span : t->spec.gap);
		return false;
	case NAP_DO_IDLE:
		enter_idle(t, env, now);
		return false;
	case NAP_DO_REPEAT:
		if (now - t->result.start < t->spec.idle) {
			t->step -= step->back;
			t->result.rounds++;
			t->n_copies = 0;
		} else {
			next_step(t);
		}
		return true;
	default:
		nap_trial_end(t, env, NAP_NOT_VOID);
		return false;
	}
}

static void run_steps(struct nap_trial *t, struct nap_trial_env *env, nap_time now)
{
	for (;;) {
		if (t->step == t->n_steps) {
			nap_trial_end(t, env, NAP_NOT_VOID);
			return;
		}
		if (!take_step(t, env, now))
			return;
	}
}

void nap_trial_begin(struct nap_trial *t, struct nap_trial_env *env, nap_time now)
{
	t->result.idle = t->spec.idle;
	t->result.gap = t->spec.gap;
	t->result.prober = env->prober;
	t->result.hops = t->spec.hops;
	t->result.ttl = t->spec.ttl;
	t->result.start = now;
	t->n_steps = nap_procedure_steps(t->spec.procedure);
	run_steps(t, env, now);
}

/* The copy by which a silence is dated: the last one written; when a stack was given too few, the last of its repeats. */
static uint32_t last_sent(const struct nap_trial *t)
{
	uint32_t n = 0;

	while (n < t->n_copies && t->copy[n].tag)
		n++;
	return n < t->wanted ? t->n_copies : n;
}

/* Silence: enough copies, each behind a control packet that arrived? */
static void judge_silence(struct nap_trial *t, struct nap_trial_env *env, nap_time now)
{
	const struct nap_step *step = nap_trial_step(t);
	struct nap_answer *a = answer(t);
	struct nap_flow_activity last = env->prober->ops->activity(env->prober, t->flow[step->flow]);
	uint32_t vouched = 0;

	t->received = last.heard != t->heard;
	if (!last.settled && !nap_trial_managed(t, step) &&
		t->tries++ < SETTLE_TRIES) { /* the last may not have left yet */
		t->deadline = now + nap_trial_grace(env);
		return;
	}
	for (uint32_t i = 0; i < t->n_copies; i++)
		vouched += t->copy[i].control_took <= env->in_time;
	t->wanted = nap_trial_wanted(t, env); /* the path may have become worse meanwhile */
	if (!env->naive && (!t->wanted || vouched < nap_trial_asked(t))) {
		if (t->wanted && t->n_copies < 4 * nap_trial_asked(t) + 16 && t->n_copies < NAP_TRIAL_COPIES)
			nap_trial_ask_once(t, env, now);
		else
			miss(t, env, now, NAP_VOID_OUTAGE);
		return;
	}
	a->error = 1;
	for (uint32_t i = 0; i < MIN(vouched, t->wanted); i++)
		a->error *= env->bound[step->probe.from];
	a->at = t->copy[last_sent(t) - 1].done;
	a->idle_max =
		nap_time_max(a->at + env->in_time + env->prober->slack, last.received) - t->idle_from.sent;
	env->learn(env, (enum nap_end)step->probe.from, t->copy, t->n_copies);
	if (step->stop) {
		nap_trial_end(t, env, NAP_NOT_VOID);
		return;
	}
	next_step(t);
	run_steps(t, env, now);
}

void nap_trial_timer(struct nap_trial *t, struct nap_trial_env *env, nap_time now)
{
	const struct nap_step *step = nap_trial_step(t);

	switch (t->phase) {
	case NAP_PHASE_CONFIRM:
		if (t->spec.clean && t->step > 0 && !nap_trial_managed(t, step)) {
			nap_trial_end(t, env, NAP_VOID_REPEATED);
			return;
		}
		if (nap_trial_managed(t, step) || t->n_copies == SEND_TRIES ||
			!nap_trial_send_copy(t, env, now, 0)) {
			miss(t, env, now, NAP_VOID_SETUP);
			return;
		}
		answer(t)->copies++;
		t->deadline = now + nap_trial_grace(env);
		break;
	case NAP_PHASE_CONTROL:
		warm_control(t, env, now);
		break;
	case NAP_PHASE_COPIES:
		if (t->n_copies < nap_trial_asked(t))
			nap_trial_ask_once(t, env, now);
		else
			judge_silence(t, env, now);
		break;
	case NAP_PHASE_SETTLE:
		enter_idle(t, env, now);
		break;
	case NAP_PHASE_TIME:
		if (step->what == NAP_DO_IDLE && now < t->due) {
			warm_early(t, env, now);
			break;
		}
		next_step(t);
		run_steps(t, env, now);
		break;
	case NAP_PHASE_WAITING:
	case NAP_PHASE_ENDED:
		break;
	}
}

/* The latest time at which the flow's last packet before the probe can have passed any box. */
static nap_time last_refresh(const struct nap_trial *t, const struct nap_trial_env *env)
{
	const struct nap_flow_activity *a = &t->idle_from;

	return a->received > a->sent ? a->received : a->sent + env->in_time;
}

/* Did the server's stack have to send it again? Its window is small then, and of a question's copies some would not leave. */
static bool repeated_by_server(const struct nap_trial *t, const struct nap_trial_env *env, nap_time at)
{
	const struct nap_step *step = nap_trial_step(t);

	return t->spec.clean && nap_trial_managed(t, step) && step->probe.from == NAP_SERVER &&
	       at - t->copy[0].sent > env->prober->retransmit + env->in_time + env->prober->slack;
}

static void take_arrival(struct nap_trial *t, struct nap_trial_env *env, const struct nap_probe_event *ev,
	const struct nap_copy *c)
{
	struct nap_answer *a = answer(t);

	a->got = true;
	a->seen = ev->seen;
	a->ttl = ev->ttl;
	a->at = ev->at;
	if (t->phase == NAP_PHASE_COPIES) {
		uint32_t n = (uint32_t)(c - t->copy) + 1;

		/* an earlier copy may have passed the boxes, restarted their timers and been lost behind them */
		a->idle_min = nap_time_max(0, t->copy[0].sent - last_refresh(t, env) - env->prober->slack);
		t->result.last_alive = ev->at - t->result.start;
		if (!env->naive)
			env->learn(env, (enum nap_end)nap_trial_step(t)->probe.from, t->copy, n);
		if (nap_trial_step(t)->last) {
			nap_trial_end(t, env, NAP_NOT_VOID);
			return;
		}
	}
	if (t->phase == NAP_PHASE_CONFIRM && repeated_by_server(t, env, ev->at)) {
		nap_trial_end(t, env, NAP_VOID_REPEATED);
		return;
	}
	next_step(t);
	run_steps(t, env, ev->at);
}

/* Is ev the arrival that the current step waits for? */
static const struct nap_copy *awaited(const struct nap_trial *t, const struct nap_probe_event *ev)
{
	const struct nap_step *step = nap_trial_step(t);
	enum nap_end to = step->to || step->probe.from == NAP_SERVER ? NAP_CLIENT : NAP_SERVER;

	if (t->phase != NAP_PHASE_CONFIRM && t->phase != NAP_PHASE_COPIES)
		return NULL;
	if (step->probe.act == NAP_ACT_CONNECT)
		return ev->what == NAP_GOT_OPEN && ev->end == NAP_CLIENT && ev->flow == t->flow[step->flow]
			       ? t->copy
			       : NULL;
	if (ev->flow != t->flow[step->to && step->probe.from == NAP_CLIENT ? step->to - 1 : step->flow])
		return NULL;
	return ev->end == to ? copy_of(t, ev->tag) : NULL;
}

/* Has a stack given up the connection, so that it will neither send nor take anything more? */
static bool given_up(const struct nap_trial *t, const struct nap_probe_event *ev)
{
	return ev->what == NAP_GOT_FAILED ||
	       (ev->what == NAP_GOT_RST && nap_trial_managed(t, nap_trial_step(t)));
}

void nap_trial_event(struct nap_trial *t, struct nap_trial_env *env, const struct nap_probe_event *ev)
{
	const struct nap_copy *c;

	if (t->phase == NAP_PHASE_ENDED || t->phase == NAP_PHASE_WAITING)
		return;
	c = t->step < t->n_steps ? awaited(t, ev) : NULL;
	if (c) {
		take_arrival(t, env, ev, c);
		return;
	}
	nap_trial_hear(t, ev);
	if (t->step < t->n_steps && given_up(t, ev) && nap_trial_managed(t, nap_trial_step(t)) &&
		nap_trial_reset(t, env, ev))
		return;
	if (t->phase == NAP_PHASE_CONFIRM && given_up(t, ev))
		nap_trial_end(t, env, NAP_VOID_SETUP);
	else if (t->phase == NAP_PHASE_COPIES && given_up(t, ev))
		t->deadline = ev->at; /* no need to wait on */
	else if (t->phase == NAP_PHASE_SETTLE)
		enter_idle(t, env, ev->at);
}

void nap_trial_control(struct nap_trial *t, struct nap_trial_env *env, uint32_t tag, nap_time at)
{
	struct nap_prober *prober = env->prober;
	nap_time now = prober->ops->now(prober);

	if (t->phase == NAP_PHASE_TIME && tag == t->warm_tag) {
		t->warm = true;
		t->deadline = t->due;
		return;
	}
	if (t->phase == NAP_PHASE_CONTROL && tag == t->warm_tag) {
		begin_copies(t, env, now);
		return;
	}
	for (uint32_t i = 0; i < t->n_copies; i++)
		if (t->copy[i].control == tag)
			t->copy[i].control_took = nap_time_max(0, at - t->copy[i].sent);
}
