/* SPDX-License-Identifier: BSD-2-Clause */
#include "discovery/trial.h"

#include <glib.h>

#define CONTROL_TRIES 24
#define LEAST_GRACE   (500 * NAP_MS)
#define JUDGE_AGAIN   32        /* fates */
#define CONTROLS      (1 << 16) /* control packets remembered: more than can be under way */

const struct nap_trials_options nap_trials_defaults = {
	.error = 1e-3,
	.silences = 80,
	.control = 200,
	.spacing = 50 * NAP_MS,
};

enum lab_state { LAB_WARMING, LAB_MEASURING, LAB_LISTENING, LAB_READY };

/* For which trial a control packet was sent. */
struct control {
	uint32_t tag, trial;
};

struct nap_trials {
	struct nap_trials_view view;
	struct nap_trials_options options;
	enum lab_state state;
	nap_time deadline; /* of the measurement of loss */
	nap_flow control;
	uint32_t tag, tries, measured;
	uint32_t first_tag[2];
	nap_time *sent[2], *took[2]; /* by sending end: the control packets of the measurement */
	struct nap_loss loss[2];
	nap_time longest;           /* one-way time */
	GPtrArray *trial;           /* those that have not ended, a heap by deadline and number */
	GPtrArray *ended;           /* until swept: not from inside their callbacks */
	GHashTable *by_id;          /* number + 1 -> struct nap_trial */
	GHashTable *by_flow;        /* nap_flow + 1 -> struct nap_trial */
	struct control *control_of; /* by tag modulo CONTROLS */
	uint32_t next_id;
	uint64_t judged; /* fates known when loss was last judged */
};

static nap_time now_of(struct nap_trials *lab)
{
	return lab->view.prober->ops->now(lab->view.prober);
}

struct nap_trials *nap_trials_new(struct nap_prober *prober, const struct nap_trials_options *options)
{
	struct nap_trials *lab = g_new0(struct nap_trials, 1);

	lab->options = *options;
	lab->view = (struct nap_trials_view){
		.prober = prober, .options = &lab->options, .grace = LEAST_GRACE, .bound = { 1, 1 }
	};
	lab->control = NAP_NO_FLOW;
	lab->trial = g_ptr_array_new_with_free_func(g_free);
	lab->ended = g_ptr_array_new_with_free_func(g_free);
	lab->by_id = g_hash_table_new(NULL, NULL);
	lab->by_flow = g_hash_table_new(NULL, NULL);
	lab->control_of = g_new0(struct control, CONTROLS);
	for (int end = 0; end < 2; end++) {
		lab->sent[end] = g_new0(nap_time, options->control);
		lab->took[end] = g_new0(nap_time, options->control);
	}
	lab->deadline = now_of(lab);
	if (options->naive || !options->control) {
		lab->state = LAB_READY;
		lab->deadline = NAP_NEVER;
	}
	return lab;
}

void nap_trials_free(struct nap_trials *lab)
{
	if (!lab)
		return;
	g_ptr_array_free(lab->trial, TRUE);
	g_ptr_array_free(lab->ended, TRUE);
	g_hash_table_destroy(lab->by_id);
	g_hash_table_destroy(lab->by_flow);
	g_free(lab->control_of);
	for (int end = 0; end < 2; end++) {
		g_free(lab->sent[end]);
		g_free(lab->took[end]);
	}
	g_free(lab);
}

bool nap_trials_ready(const struct nap_trials *lab)
{
	return lab->state == LAB_READY;
}

const struct nap_trials_view *nap_trials_view(const struct nap_trials *lab)
{
	return &lab->view;
}

nap_time nap_trials_grace(const struct nap_trials *lab)
{
	return lab->view.grace + lab->view.prober->backlog;
}

const struct nap_loss *nap_trials_loss(const struct nap_trials *lab, enum nap_end from)
{
	return &lab->loss[from];
}

nap_time nap_trials_blur(const struct nap_trials *lab, enum nap_end from, bool managed)
{
	const struct nap_prober *prober = lab->view.prober;
	uint32_t more = lab->options.naive ? 0 : MAX(lab->view.copies[from], 1) - 1;
	nap_time copies =
		managed ? prober->retransmit * ((1 << MIN(more, 20)) - 1) : lab->options.spacing * more;

	return copies + lab->view.in_time + prober->slack;
}

nap_time nap_trials_in_time(const struct nap_trials *lab)
{
	return lab->view.in_time;
}

nap_time nap_trials_transit(const struct nap_trials *lab)
{
	return lab->longest;
}

uint32_t nap_trials_tag(struct nap_trials *lab)
{
	if (!++lab->tag)
		lab->tag = 1;
	return lab->tag;
}

bool nap_trials_open(
	struct nap_trials *lab, struct nap_trial *t, uint32_t slot, const struct nap_flow_spec *spec)
{
	nap_flow flow = lab->view.prober->ops->open(lab->view.prober, spec);

	if (flow == NAP_NO_FLOW)
		return false;
	t->flow[slot] = flow;
	t->opened[slot] = true;
	t->result.local[slot] = lab->view.prober->ops->local(lab->view.prober, flow);
	g_hash_table_insert(lab->by_flow, GUINT_TO_POINTER(flow + 1), t);
	return true;
}

/* Send a packet of the control flow; 0 when that is impossible. */
static uint32_t send_control(struct nap_trials *lab, enum nap_end from)
{
	struct nap_prober *prober = lab->view.prober;
	struct nap_sending probe = NAP_SENDING_INIT;

	if (lab->control == NAP_NO_FLOW) {
		struct nap_flow_spec spec = { .proto = NAP_UDP };

		lab->control = prober->ops->open(prober, &spec);
		if (lab->control == NAP_NO_FLOW)
			return 0;
	}
	probe.from = (uint8_t)from;
	probe.act = NAP_ACT_DATA;
	probe.tag = nap_trials_tag(lab);
	return prober->ops->send(prober, lab->control, &probe) ? probe.tag : 0;
}

uint32_t nap_trials_control(struct nap_trials *lab, struct nap_trial *t, enum nap_end from)
{
	uint32_t tag = send_control(lab, from);

	lab->control_of[tag % CONTROLS] = (struct control){ tag, t->id };
	return tag;
}

static void set_in_time(struct nap_trials *lab, nap_time in_time)
{
	lab->view.in_time = in_time;
	lab->view.grace = LEAST_GRACE + 4 * (in_time + lab->view.prober->slack);
}

/*
 * A packet is in time within what nearly all need: a single slow one does not widen what is said of all others, and later ones
 * count as lost. A quarter of the error is for the bound of loss being too low, the rest for the silences of a test.
 */
static void judge_loss(struct nap_trials *lab)
{
	set_in_time(lab, nap_time_max(nap_loss_in_time(&lab->loss[0]), nap_loss_in_time(&lab->loss[1])));
	for (int end = 0; end < 2; end++) {
		lab->view.bound[end] =
			nap_loss_bound(&lab->loss[end], lab->view.in_time, lab->options.error / 4);
		lab->view.copies[end] = nap_loss_copies(
			lab->view.bound[end], lab->options.error * 0.75 / lab->options.silences);
	}
}

void nap_trials_learn(struct nap_trials *lab, enum nap_end from, const struct nap_copy *copies, uint32_t n)
{
	nap_time took[NAP_TRIAL_COPIES];

	for (uint32_t i = 0; i < n; i++)
		took[i] = copies[i].control_took;
	nap_loss_add(&lab->loss[from], took, n);
	if (lab->loss[0].kept + lab->loss[1].kept >= lab->judged + JUDGE_AGAIN) {
		lab->judged = lab->loss[0].kept + lab->loss[1].kept;
		judge_loss(lab);
	}
}

/* --- the heap of trials --- */

static struct nap_trial *trial_at(const struct nap_trials *lab, uint32_t i)
{
	return g_ptr_array_index(lab->trial, i);
}

static bool earlier(const struct nap_trial *a, const struct nap_trial *b)
{
	return a->deadline < b->deadline || (a->deadline == b->deadline && a->id < b->id);
}

static int by_deadline(gconstpointer a, gconstpointer b)
{
	const struct nap_trial *const *x = a, *const *y = b;

	return earlier(*x, *y) ? -1 : earlier(*y, *x);
}

static void set_place(struct nap_trials *lab, uint32_t i, struct nap_trial *t)
{
	g_ptr_array_index(lab->trial, i) = t;
	t->place = i;
}

/* To its place, after its deadline has changed. */
static void sift(struct nap_trials *lab, struct nap_trial *t)
{
	uint32_t i = t->place, child;

	for (; i > 0 && earlier(t, trial_at(lab, (i - 1) / 2)); i = (i - 1) / 2)
		set_place(lab, i, trial_at(lab, (i - 1) / 2));
	while ((child = 2 * i + 1) < lab->trial->len) {
		if (child + 1 < lab->trial->len && earlier(trial_at(lab, child + 1), trial_at(lab, child)))
			child++;
		if (!earlier(trial_at(lab, child), t))
			break;
		set_place(lab, i, trial_at(lab, child));
		i = child;
	}
	set_place(lab, i, t);
}

/* Out of the heap; freed by the next sweep. */
static void put_aside(struct nap_trials *lab, struct nap_trial *t)
{
	struct nap_trial *last = trial_at(lab, lab->trial->len - 1);
	uint32_t place = t->place;

	lab->trial->pdata[lab->trial->len - 1] = t;
	g_ptr_array_steal_index(lab->trial, lab->trial->len - 1);
	if (last != t) {
		set_place(lab, place, last);
		sift(lab, last);
	}
	g_ptr_array_add(lab->ended, t);
	g_hash_table_remove(lab->by_id, GUINT_TO_POINTER(t->id + 1));
	for (uint32_t i = 0; i < NAP_SCRIPT_FLOWS; i++)
		if (t->opened[i])
			g_hash_table_remove(lab->by_flow, GUINT_TO_POINTER(t->flow[i] + 1));
}

/* A trial has been told something: it may have ended, or wait for another time. */
static void moved(struct nap_trials *lab, struct nap_trial *t)
{
	if (!g_hash_table_contains(lab->by_id, GUINT_TO_POINTER(t->id + 1)))
		return; /* its end came to pass inside a callback, and was seen to */
	if (t->phase == NAP_PHASE_ENDED)
		put_aside(lab, t);
	else
		sift(lab, t);
}

static void sweep(struct nap_trials *lab)
{
	g_ptr_array_set_size(lab->ended, 0);
}

uint32_t nap_trials_start(
	struct nap_trials *lab, const struct nap_trial_spec *spec, nap_trial_done_fn done, void *ctx)
{
	struct nap_trial *t = g_new0(struct nap_trial, 1);

	t->id = lab->next_id++;
	t->spec = *spec;
	t->result.script = spec->script;
	t->done = done;
	t->ctx = ctx;
	t->deadline = nap_time_after(now_of(lab), spec->after);
	t->place = lab->trial->len;
	g_ptr_array_add(lab->trial, t);
	g_hash_table_insert(lab->by_id, GUINT_TO_POINTER(t->id + 1), t);
	sift(lab, t);
	return t->id;
}

static struct nap_trial *trial_of(const struct nap_trials *lab, uint32_t id)
{
	return g_hash_table_lookup(lab->by_id, GUINT_TO_POINTER(id + 1));
}

void nap_trials_cancel(struct nap_trials *lab, uint32_t trial)
{
	struct nap_trial *t = trial_of(lab, trial);

	if (!t)
		return;
	nap_trial_end(t, lab, NAP_VOID_STOPPED);
	moved(lab, t);
}

uint32_t nap_trials_holding(const struct nap_trials *lab)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < lab->trial->len; i++) {
		const struct nap_trial *t = trial_at(lab, i);

		n += t->step > 0;
	}
	return n;
}

nap_time nap_trials_deadline(const struct nap_trials *lab)
{
	if (lab->state != LAB_READY || !lab->trial->len)
		return lab->deadline;
	return nap_time_min(lab->deadline, trial_at(lab, 0)->deadline);
}

/* Trials that were started meanwhile keep their distance from each other: not all at once. */
static void finish_measuring(struct nap_trials *lab, nap_time now)
{
	for (uint32_t i = 0; i < lab->trial->len; i++)
		trial_at(lab, i)->deadline = nap_time_after(now, trial_at(lab, i)->spec.after);
	g_ptr_array_sort(lab->trial, by_deadline); /* what is sorted is a heap */
	for (uint32_t i = 0; i < lab->trial->len; i++)
		trial_at(lab, i)->place = i;
	for (int end = 0; end < 2; end++)
		nap_loss_add(&lab->loss[end], lab->took[end], lab->measured);
	judge_loss(lab);
	lab->state = LAB_READY;
	lab->deadline = NAP_NEVER;
}

/* The measurement of loss: one packet each way every spacing, once the control flow is open. */
static void measure(struct nap_trials *lab, nap_time now)
{
	switch (lab->state) {
	case LAB_WARMING:
		if (lab->tries++ == CONTROL_TRIES) { /* no way through: every trial will say so */
			finish_measuring(lab, now);
			return;
		}
		lab->first_tag[NAP_CLIENT] = send_control(lab, NAP_CLIENT);
		lab->deadline = now + nap_trials_grace(lab);
		break;
	case LAB_MEASURING:
		if (lab->measured == lab->options.control) {
			lab->state = LAB_LISTENING;
			lab->deadline = now + nap_trials_grace(lab) + 4 * lab->longest;
			break;
		}
		for (int end = 0; end < 2; end++) {
			uint32_t tag = send_control(lab, (enum nap_end)end);

			if (!lab->measured)
				lab->first_tag[end] = tag;
			lab->sent[end][lab->measured] = now;
			lab->took[end][lab->measured] = NAP_NEVER;
		}
		lab->measured++;
		lab->deadline = now + lab->options.spacing;
		break;
	case LAB_LISTENING:
		finish_measuring(lab, now);
		break;
	case LAB_READY:
		break;
	}
}

/*
 * A packet of the control flow arrived. While measuring, tags alternate: client, server, client ... The server may tell wrong
 * times: nothing arrives before it is sent, or every grace would lie in the past.
 */
static void control_event(struct nap_trials *lab, const struct nap_probe_event *ev)
{
	enum nap_end from = ev->end == NAP_CLIENT ? NAP_SERVER : NAP_CLIENT;
	struct nap_trial *t;

	if (ev->what != NAP_GOT_PACKET)
		return;
	if (lab->state == LAB_WARMING && ev->end == NAP_SERVER) {
		lab->state = LAB_MEASURING;
		lab->deadline = ev->at;
	} else if (lab->state == LAB_MEASURING || lab->state == LAB_LISTENING) {
		uint32_t i = (ev->tag - lab->first_tag[from]) / 2;

		if (ev->tag >= lab->first_tag[from] && i < lab->measured)
			lab->took[from][i] = nap_time_max(0, ev->at - lab->sent[from][i]);
	} else {
		const struct control *c = &lab->control_of[ev->tag % CONTROLS];

		t = ev->tag && c->tag == ev->tag ? trial_of(lab, c->trial) : NULL;
		if (t) {
			nap_trial_control(t, lab, ev->tag, ev->at);
			moved(lab, t);
		}
	}
}

void nap_trials_event(struct nap_trials *lab, const struct nap_probe_event *ev)
{
	struct nap_trial *t;

	if (ev->sent != NAP_NEVER)
		lab->longest = nap_time_max(lab->longest, ev->at - ev->sent);
	if (lab->state != LAB_READY) /* nothing better is known yet */
		set_in_time(lab, lab->longest);
	if (ev->flow == lab->control) {
		control_event(lab, ev);
	} else {
		t = g_hash_table_lookup(lab->by_flow, GUINT_TO_POINTER(ev->flow + 1));
		if (t) {
			nap_trial_event(t, lab, ev);
			moved(lab, t);
		}
	}
	sweep(lab);
}

void nap_trials_advance(struct nap_trials *lab, nap_time now)
{
	if (lab->deadline <= now)
		measure(lab, now);
	while (lab->state == LAB_READY && lab->trial->len && trial_at(lab, 0)->deadline <= now) {
		struct nap_trial *t = trial_at(lab, 0);

		if (t->phase == NAP_PHASE_WAITING)
			nap_trial_begin(t, lab, now);
		else
			nap_trial_timer(t, lab, now);
		moved(lab, t);
	}
	sweep(lab);
}

/* Wait for the prober once and handle what came, or what is due: the step of a loop. */
static void turn(struct nap_trials *lab, nap_time until)
{
	struct nap_prober *prober = lab->view.prober;
	struct nap_probe_event ev;

	if (prober->ops->wait(prober, nap_time_min(until, nap_trials_deadline(lab)), &ev))
		nap_trials_event(lab, &ev);
	nap_trials_advance(lab, now_of(lab));
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

void nap_trials_run(struct nap_trials *lab, const struct nap_trial_spec *spec, struct nap_trial_result *out)
{
	struct run_one one = { out, false };

	nap_trials_start(lab, spec, keep, &one);
	while (!one.done)
		turn(lab, NAP_NEVER);
}
