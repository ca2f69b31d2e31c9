/* SPDX-License-Identifier: BSD-2-Clause */
#include "discovery/trials.h"

#include <glib.h>

#include "discovery/fates.h"
#include "discovery/places.h"
#include "discovery/trial_machine.h"
#include "kernel/heap.h"

#define CONTROL_TRIES 24
#define LEAST_GRACE   (500 * NAP_MS)
#define MOST_MEASURED 3
#define FIRST_PAUSE   (10 * NAP_S)
#define JUDGE_AGAIN   32        /* fates */
#define PACKETS       (1 << 16) /* remembered: more than can be under way */

const struct nap_trials_options nap_trials_defaults = {
	.error = 1e-3,
	.silences = 120,
	.control = 200,
	.spacing = 50 * NAP_MS,
};

enum stage { STAGE_WARMING, STAGE_MEASURING, STAGE_LISTENING, STAGE_READY };

/* For which trial a packet was sent. */
struct sent {
	uint32_t tag, trial;
	uint8_t proto; /* of the trial's first flow */
};

struct nap_trials {
	struct nap_trial_env env; /* first: a trial hands it back */
	struct nap_trials_options options;
	enum stage state;
	nap_time deadline; /* of the measurement of loss */
	nap_flow control;
	uint32_t tries, measured;
	uint32_t again; /* so often it was measured again */
	uint32_t first_tag[2];
	nap_time *sent[2], *took[2]; /* by sending end: the control packets of the measurement */
	struct nap_loss loss[2];
	nap_time longest;          /* one-way time */
	struct nap_heap due;       /* the numbers of those that have not ended, by deadline */
	GPtrArray *trial;          /* by number; NULL: has ended */
	GPtrArray *ended;          /* until swept: not from inside their callbacks */
	GHashTable *by_flow;       /* nap_flow + 1 -> struct nap_trial */
	struct nap_fates *fates;   /* of trials' control packets */
	struct sent *packet_of;    /* all other packets of trials, by tag modulo PACKETS */
	struct nap_places *places; /* who was last seen to have an external endpoint */
	uint64_t judged;           /* fates known when loss was last judged */
};

static struct nap_trials *trials_of(struct nap_trial_env *env)
{
	return (struct nap_trials *)env;
}

static nap_time now_of(struct nap_trials *trials)
{
	return trials->env.prober->ops->now(trials->env.prober);
}

void nap_trials_free(struct nap_trials *trials)
{
	if (!trials)
		return;
	g_ptr_array_free(trials->trial, TRUE);
	g_ptr_array_free(trials->ended, TRUE);
	nap_heap_clear(&trials->due);
	g_hash_table_destroy(trials->by_flow);
	nap_fates_free(trials->fates);
	g_free(trials->packet_of);
	nap_places_free(trials->places);
	for (int end = 0; end < 2; end++) {
		g_free(trials->sent[end]);
		g_free(trials->took[end]);
	}
	g_free(trials);
}

uint32_t nap_trials_tag(struct nap_trials *trials)
{
	return nap_trial_tag(&trials->env);
}

bool nap_trials_ready(const struct nap_trials *trials)
{
	return trials->state == STAGE_READY;
}

const struct nap_loss *nap_trials_loss(const struct nap_trials *trials, enum nap_end from)
{
	return &trials->loss[from];
}

nap_time nap_trials_blur(const struct nap_trials *trials, enum nap_end from, bool managed)
{
	const struct nap_prober *prober = trials->env.prober;
	uint32_t more = trials->options.naive ? 0 : MAX(trials->env.copies[from], 1) - 1;
	uint32_t written = managed ? MIN(more, from == NAP_SERVER ? NAP_TRIAL_WRITTEN - 1 : 0) : more;
	nap_time copies =
		trials->options.spacing * written + prober->retransmit * ((1 << MIN(more - written, 20)) - 1);

	return copies + trials->env.in_time + prober->slack;
}

nap_time nap_trials_in_time(const struct nap_trials *trials)
{
	return trials->env.in_time;
}

nap_time nap_trials_transit(const struct nap_trials *trials)
{
	return trials->longest;
}

/* Send a packet of the control flow; 0 when that is impossible. */
static uint32_t send_control(struct nap_trials *trials, enum nap_end from)
{
	struct nap_prober *prober = trials->env.prober;
	struct nap_sending probe = NAP_SENDING_INIT;

	if (trials->control == NAP_NO_FLOW) {
		struct nap_flow_spec spec = { .proto = NAP_UDP };

		trials->control = prober->ops->open(prober, &spec);
		if (trials->control == NAP_NO_FLOW)
			return 0;
	}
	probe.from = (uint8_t)from;
	probe.act = NAP_ACT_DATA;
	probe.tag = nap_trial_tag(&trials->env);
	return prober->ops->send(prober, trials->control, &probe) ? probe.tag : 0;
}

static uint32_t send_trial_control(struct nap_trial_env *env, struct nap_trial *t, enum nap_end from)
{
	struct nap_trials *trials = trials_of(env);
	nap_time now = now_of(trials);
	uint32_t tag = send_control(trials, from);

	nap_fates_sent(trials->fates, tag, t->id, now);
	return tag;
}

static void set_in_time(struct nap_trials *trials, nap_time in_time)
{
	trials->env.in_time = in_time;
	trials->env.grace = LEAST_GRACE + 4 * (in_time + trials->env.prober->slack);
}

/*
 * A packet is in time within what nearly all need: a single slow one does not widen what is said of all others, and later ones
 * count as lost. A quarter of the error is for the bound of loss being too low, the rest for the silences of a test.
 */
static void judge_loss(struct nap_trials *trials)
{
	set_in_time(
		trials, nap_time_max(nap_loss_in_time(&trials->loss[0]), nap_loss_in_time(&trials->loss[1])));
	for (int end = 0; end < 2; end++) {
		trials->env.bound[end] =
			nap_loss_bound(&trials->loss[end], trials->env.in_time, trials->options.error / 4);
		trials->env.copies[end] = nap_loss_copies(
			trials->env.bound[end], trials->options.error * 0.75 / trials->options.silences);
	}
}

/* What has become of control packets by now joins what is known of loss. */
static void take_fates(struct nap_trials *trials, nap_time now)
{
	nap_time took[NAP_TRIAL_COPIES];
	enum nap_end from;
	uint32_t n;

	while ((n = nap_fates_settled(trials->fates, now, &from, took)))
		nap_loss_add(&trials->loss[from], took, n);
	if (trials->loss[0].kept + trials->loss[1].kept >= trials->judged + JUDGE_AGAIN) {
		trials->judged = trials->loss[0].kept + trials->loss[1].kept;
		judge_loss(trials);
	}
}

static void learn(struct nap_trial_env *env, enum nap_end from, const struct nap_copy *copies, uint32_t n)
{
	struct nap_trials *trials = trials_of(env);
	nap_time due = 0;

	for (uint32_t i = 0; i < n; i++)
		if (copies[i].control_took == NAP_NEVER)
			due = copies[i].done + nap_trial_grace(env);
	nap_fates_wait(trials->fates, from, copies, n, due);
	take_fates(trials, now_of(trials));
}

static void flow_opened(struct nap_trial_env *env, struct nap_trial *t, uint32_t slot)
{
	g_hash_table_insert(trials_of(env)->by_flow, GUINT_TO_POINTER(t->flow[slot] + 1), t);
}

static void packet_tagged(struct nap_trial_env *env, const struct nap_trial *t, uint32_t tag)
{
	trials_of(env)->packet_of[tag % PACKETS] =
		(struct sent){ tag, t->id, t->spec.procedure->flow[0].proto };
}

static void free_trial(gpointer trial)
{
	if (trial) /* else it has ended */
		nap_trial_free(trial);
}

struct nap_trials *nap_trials_new(struct nap_prober *prober, const struct nap_trials_options *options)
{
	struct nap_trials *trials = g_new0(struct nap_trials, 1);

	trials->options = *options;
	trials->env = (struct nap_trial_env){ .prober = prober,
		.naive = options->naive,
		.spacing = options->spacing,
		.grace = LEAST_GRACE,
		.bound = { 1, 1 },
		.opened = flow_opened,
		.tagged = packet_tagged,
		.control = send_trial_control,
		.learn = learn };
	trials->control = NAP_NO_FLOW;
	nap_heap_init(&trials->due, 0);
	trials->trial = g_ptr_array_new_with_free_func(free_trial);
	trials->ended = g_ptr_array_new_with_free_func(free_trial);
	trials->by_flow = g_hash_table_new(NULL, NULL);
	trials->fates = nap_fates_new();
	trials->packet_of = g_new0(struct sent, PACKETS);
	trials->places = nap_places_new();
	for (int end = 0; end < 2; end++) {
		trials->sent[end] = g_new0(nap_time, options->control);
		trials->took[end] = g_new0(nap_time, options->control);
	}
	trials->deadline = now_of(trials);
	if (options->naive || !options->control) {
		trials->state = STAGE_READY;
		trials->deadline = NAP_NEVER;
	}
	return trials;
}

/* --- trials by their deadlines --- */

/* NULL when it has ended. */
static struct nap_trial *trial_of(const struct nap_trials *trials, uint32_t id)
{
	return id < trials->trial->len ? g_ptr_array_index(trials->trial, id) : NULL;
}

/* The one that is due first, NULL when there is none. */
static struct nap_trial *first_due(const struct nap_trials *trials)
{
	return trials->due.n ? trial_of(trials, trials->due.entry[0].id) : NULL;
}

/* It has ended; freed by the next sweep. */
static void put_aside(struct nap_trials *trials, struct nap_trial *t)
{
	nap_heap_remove(&trials->due, t->id);
	g_ptr_array_index(trials->trial, t->id) = NULL;
	g_ptr_array_add(trials->ended, t);
	for (uint32_t i = 0; i < NAP_PROCEDURE_FLOWS; i++)
		if (t->opened[i])
			g_hash_table_remove(trials->by_flow, GUINT_TO_POINTER(t->flow[i] + 1));
}

/* A trial has been told something: it may have ended, or wait for another time. */
static void moved(struct nap_trials *trials, struct nap_trial *t)
{
	if (!trial_of(trials, t->id))
		return; /* its end came to pass inside a callback, and was seen to */
	if (t->phase == NAP_PHASE_ENDED)
		put_aside(trials, t);
	else
		nap_heap_move(&trials->due, t->id, t->deadline);
}

static void sweep(struct nap_trials *trials)
{
	g_ptr_array_set_size(trials->ended, 0);
}

uint32_t nap_trials_start(
	struct nap_trials *trials, const struct nap_trial_spec *spec, nap_trial_done_fn done, void *ctx)
{
	struct nap_trial *t = g_new0(struct nap_trial, 1);

	t->id = trials->trial->len;
	t->spec = *spec;
	t->result.procedure = spec->procedure;
	t->done = done;
	t->ctx = ctx;
	t->deadline = nap_time_after(now_of(trials), spec->after);
	g_ptr_array_add(trials->trial, t);
	nap_heap_push(&trials->due, t->deadline, t->id);
	return t->id;
}

void nap_trials_cancel(struct nap_trials *trials, uint32_t trial)
{
	struct nap_trial *t = trial_of(trials, trial);

	if (!t)
		return;
	nap_trial_end(t, &trials->env, NAP_VOID_STOPPED);
	moved(trials, t);
}

nap_time nap_trials_idle_since(const struct nap_trials *trials, uint32_t trial)
{
	const struct nap_trial *t = trial_of(trials, trial);

	return t ? nap_trial_idle_since(t) : NAP_NEVER;
}

void nap_trials_retarget(struct nap_trials *trials, uint32_t trial, nap_time idle)
{
	struct nap_trial *t = trial_of(trials, trial);

	if (!t)
		return;
	nap_trial_retarget(t, &trials->env, now_of(trials), idle);
	moved(trials, t);
}

void nap_trials_pace(struct nap_trials *trials, uint32_t trial, nap_time gap)
{
	struct nap_trial *t = trial_of(trials, trial);

	if (!t)
		return;
	nap_trial_pace(t, now_of(trials), gap);
	moved(trials, t);
}

nap_time nap_trials_heard(const struct nap_trials *trials, uint32_t trial)
{
	const struct nap_trial *t = trial_of(trials, trial);

	return t && t->result.last_alive ? t->result.start + t->result.last_alive : 0;
}

uint32_t nap_trials_holding(const struct nap_trials *trials)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < trials->due.n; i++)
		n += trial_of(trials, trials->due.entry[i].id)->step > 0;
	return n;
}

nap_time nap_trials_deadline(const struct nap_trials *trials)
{
	const struct nap_trial *first = first_due(trials);

	return trials->state != STAGE_READY || !first ? trials->deadline
						      : nap_time_min(trials->deadline, first->deadline);
}

/* Does so much get lost that no silence can be judged? That may be an outage: it is measured again after a pause, some times. */
static bool measure_again(struct nap_trials *trials, nap_time now)
{
	if ((trials->env.copies[0] && trials->env.copies[1]) || trials->again == MOST_MEASURED)
		return false;
	trials->loss[0] = trials->loss[1] = (struct nap_loss){ 0 };
	trials->tries = trials->measured = 0;
	trials->state = STAGE_WARMING;
	trials->deadline = now + (FIRST_PAUSE << trials->again++);
	return true;
}

/* Trials that were started meanwhile keep their distance from each other: not all at once. */
static void finish_measuring(struct nap_trials *trials, nap_time now)
{
	for (int end = 0; end < 2; end++)
		nap_loss_add(&trials->loss[end], trials->took[end], trials->measured);
	judge_loss(trials);
	if (measure_again(trials, now))
		return;
	for (uint32_t i = 0; i < trials->due.n; i++) {
		struct nap_trial *t = g_ptr_array_index(trials->trial, trials->due.entry[i].id);

		t->deadline = trials->due.entry[i].at = nap_time_after(now, t->spec.after);
	}
	nap_heap_order(&trials->due);
	trials->state = STAGE_READY;
	trials->deadline = NAP_NEVER;
}

/* The measurement of loss: one packet each way every spacing, once the control flow is open. */
static void measure(struct nap_trials *trials, nap_time now)
{
	switch (trials->state) {
	case STAGE_WARMING:
		if (trials->tries++ == CONTROL_TRIES) { /* no way through: every trial will say so */
			finish_measuring(trials, now);
			return;
		}
		trials->first_tag[NAP_CLIENT] = send_control(trials, NAP_CLIENT);
		trials->deadline = now + nap_trial_grace(&trials->env);
		break;
	case STAGE_MEASURING:
		if (trials->measured == trials->options.control) {
			trials->state = STAGE_LISTENING;
			trials->deadline = now + nap_trial_grace(&trials->env) + 4 * trials->longest;
			break;
		}
		for (int end = 0; end < 2; end++) {
			uint32_t tag = send_control(trials, (enum nap_end)end);

			if (!trials->measured)
				trials->first_tag[end] = tag;
			trials->sent[end][trials->measured] = now;
			trials->took[end][trials->measured] = NAP_NEVER;
		}
		trials->measured++;
		trials->deadline = now + trials->options.spacing;
		break;
	case STAGE_LISTENING:
		finish_measuring(trials, now);
		break;
	case STAGE_READY:
		break;
	}
}

/*
 * A packet of the control flow arrived. While measuring, tags alternate: client, server, client ... The server may tell wrong
 * times: nothing arrives before it is sent, or every grace would lie in the past.
 */
static void control_event(struct nap_trials *trials, const struct nap_probe_event *ev)
{
	enum nap_end from = ev->end == NAP_CLIENT ? NAP_SERVER : NAP_CLIENT;
	struct nap_trial *t;

	if (ev->what != NAP_GOT_PACKET)
		return;
	if (trials->state == STAGE_WARMING && ev->end == NAP_SERVER) {
		trials->state = STAGE_MEASURING;
		trials->deadline = ev->at;
	} else if (trials->state == STAGE_MEASURING || trials->state == STAGE_LISTENING) {
		uint32_t i = (ev->tag - trials->first_tag[from]) / 2;

		if (ev->tag >= trials->first_tag[from] && i < trials->measured)
			trials->took[from][i] = nap_time_max(0, ev->at - trials->sent[from][i]);
	} else {
		t = trial_of(trials, nap_fates_arrived(trials->fates, ev->tag, ev->at));
		if (t) {
			nap_trial_control(t, &trials->env, ev->tag, ev->at);
			moved(trials, t);
		}
	}
}

/* Was the packet sent on another flow, whose external endpoint this one has by now? */
static bool is_foreign(
	const struct nap_trials *trials, const struct nap_trial *t, const struct nap_probe_event *ev)
{
	const struct sent *c = &trials->packet_of[ev->tag % PACKETS];

	if (ev->what != NAP_GOT_PACKET || ev->end != NAP_CLIENT || !ev->tag)
		return false;
	return ev->tag > INT32_MAX || (c->tag == ev->tag && c->trial != t->id);
}

/*
 * The client's packet shows which external endpoint its flow has: whoever had it before is dead. id: the trial, NAP_NO_TRIAL when it
 * is none. Returns how long ago somebody was seen to have it, NAP_NEVER when nobody was.
 */
static nap_time note_place(struct nap_trials *trials, const struct nap_place *now)
{
	struct nap_place before;
	struct nap_trial *was;

	if (!nap_places_note(trials->places, now, &before) ||
		(before.trial == now->trial && now->trial != NAP_NO_TRIAL))
		return NAP_NEVER;
	was = trial_of(trials, before.trial);
	if (was) {
		nap_trial_taken(was, &trials->env, now->at,
			before.place == now->place && before.server_port == now->server_port);
		moved(trials, was);
	}
	return now->at - before.at;
}

/* A packet of a trial's flow. */
static void take(struct nap_trials *trials, struct nap_trial *t, const struct nap_probe_event *ev)
{
	const struct nap_flow_spec *flow = &t->spec.procedure->flow[0];
	struct nap_place place = { .seen = ev->seen,
		.proto = flow->proto,
		.place = ev->place,
		.server_port = flow->server_port ? flow->server_port : t->spec.server_port,
		.trial = t->id,
		.at = ev->at };
	bool shows = ev->what == NAP_GOT_PACKET && ev->end == NAP_SERVER && ev->flow == t->flow[0];
	nap_time before = shows ? note_place(trials, &place) : NAP_NEVER;
	bool other = before < t->spec.port_rest;

	t->result.inherits = t->result.inherits || other;
	t->result.used = t->result.used || before != NAP_NEVER;
	if (shows && nap_trial_moved(t, ev->seen))
		nap_trial_end(t, &trials->env, NAP_NOT_VOID);
	else if (other && t->spec.own_port)
		nap_trial_end(t, &trials->env, NAP_VOID_REPEATED);
	else if (is_foreign(trials, t, ev))
		nap_trial_disturb(t, &trials->env);
	else
		nap_trial_event(t, &trials->env, ev);
	moved(trials, t);
}

/* The survey's flows leave their ports behind too, those of trials that have ended with a packet under way, and the control flow. */
static void take_other(struct nap_trials *trials, const struct nap_probe_event *ev)
{
	const struct sent *c = &trials->packet_of[ev->tag % PACKETS];
	bool trial = ev->tag && c->tag == ev->tag && ev->flow != trials->control;
	struct nap_place place = { .seen = ev->seen,
		.proto = trial ? c->proto : NAP_UDP,
		.place = ev->place,
		.trial = NAP_NO_TRIAL,
		.at = ev->at };

	if (ev->what == NAP_GOT_PACKET && ev->end == NAP_SERVER &&
		(trial || ev->tag > INT32_MAX || ev->flow == trials->control))
		note_place(trials, &place);
}

void nap_trials_event(struct nap_trials *trials, const struct nap_probe_event *ev)
{
	struct nap_trial *t;

	if (ev->sent != NAP_NEVER)
		trials->longest = nap_time_max(trials->longest, ev->at - ev->sent);
	if (trials->state != STAGE_READY) /* nothing better is known yet */
		set_in_time(trials, trials->longest);
	if (ev->flow == trials->control) {
		take_other(trials, ev);
		control_event(trials, ev);
	} else {
		t = g_hash_table_lookup(trials->by_flow, GUINT_TO_POINTER(ev->flow + 1));
		if (t)
			take(trials, t, ev);
		else
			take_other(trials, ev);
	}
	sweep(trials);
}

void nap_trials_advance(struct nap_trials *trials, nap_time now)
{
	struct nap_trial *t;

	if (trials->deadline <= now)
		measure(trials, now);
	while (trials->state == STAGE_READY && (t = first_due(trials)) && t->deadline <= now) {
		if (t->phase == NAP_PHASE_WAITING)
			nap_trial_begin(t, &trials->env, now);
		else
			nap_trial_timer(t, &trials->env, now);
		moved(trials, t);
	}
	sweep(trials);
}

struct run_one {
	struct nap_trial_result *out;
	bool done;
};

static void keep(void *ctx, uint32_t trial, const struct nap_trial_result *r)
{
	struct run_one *one = ctx;

	(void)trial;
	*one->out = *r;
	one->done = true;
}

void nap_trials_run(
	struct nap_trials *trials, const struct nap_trial_spec *spec, struct nap_trial_result *out)
{
	struct nap_prober *prober = trials->env.prober;
	struct run_one one = { out, false };
	struct nap_probe_event ev;

	nap_trials_start(trials, spec, keep, &one);
	while (!one.done) {
		if (prober->ops->wait(prober, nap_trials_deadline(trials), &ev))
			nap_trials_event(trials, &ev);
		nap_trials_advance(trials, now_of(trials));
	}
}
