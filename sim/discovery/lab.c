/* SPDX-License-Identifier: BSD-2-Clause */
#include "discovery/trial.h"

#include <glib.h>

#define CONTROL_TRIES 24
#define LEAST_GRACE   (500 * NAP_MS)

const struct nap_lab_options nap_lab_defaults = {
	.error = 1e-3,
	.silences = 40,
	.control = 200,
	.spacing = 50 * NAP_MS,
};

enum lab_state { LAB_WARMING, LAB_MEASURING, LAB_LISTENING, LAB_READY };

struct nap_lab {
	struct nap_lab_view view;
	struct nap_lab_options options;
	enum lab_state state;
	nap_time deadline; /* of the measurement of loss */
	nap_flow control;
	uint32_t tag, tries, measured;
	uint32_t first_tag[2];
	bool *arrived[2]; /* by sending end: fates of the control packets of the measurement */
	struct nap_loss loss[2];
	nap_time transit;
	GPtrArray *trial;       /* live ones, and ended ones until swept */
	GHashTable *by_flow;    /* nap_flow + 1 -> struct nap_trial */
	GHashTable *by_control; /* tag -> struct nap_trial */
	uint32_t next_id, busy;
};

static void free_trial(gpointer p)
{
	g_free(p);
}

static nap_time now_of(struct nap_lab *lab)
{
	return lab->view.prober->ops->now(lab->view.prober);
}

struct nap_lab *nap_lab_new(struct nap_prober *prober, const struct nap_lab_options *options)
{
	struct nap_lab *lab = g_new0(struct nap_lab, 1);

	lab->options = *options;
	lab->view = (struct nap_lab_view){
		.prober = prober, .options = &lab->options, .grace = LEAST_GRACE, .bound = { 1, 1 }
	};
	lab->control = NAP_NO_FLOW;
	lab->trial = g_ptr_array_new_with_free_func(free_trial);
	lab->by_flow = g_hash_table_new(NULL, NULL);
	lab->by_control = g_hash_table_new(NULL, NULL);
	for (int end = 0; end < 2; end++)
		lab->arrived[end] = g_new0(bool, options->control);
	lab->deadline = now_of(lab);
	if (options->naive || !options->control) {
		lab->state = LAB_READY;
		lab->deadline = NAP_NEVER;
	}
	return lab;
}

void nap_lab_free(struct nap_lab *lab)
{
	if (!lab)
		return;
	g_ptr_array_free(lab->trial, TRUE);
	g_hash_table_destroy(lab->by_flow);
	g_hash_table_destroy(lab->by_control);
	for (int end = 0; end < 2; end++)
		g_free(lab->arrived[end]);
	g_free(lab);
}

struct nap_prober *nap_lab_prober(struct nap_lab *lab)
{
	return lab->view.prober;
}

bool nap_lab_ready(const struct nap_lab *lab)
{
	return lab->state == LAB_READY;
}

const struct nap_lab_view *nap_lab_view(const struct nap_lab *lab)
{
	return &lab->view;
}

const struct nap_loss *nap_lab_loss(const struct nap_lab *lab, enum nap_end from)
{
	return &lab->loss[from];
}

double nap_lab_error(const struct nap_lab *lab, enum nap_end from)
{
	double e = 1;

	for (uint32_t i = 0; i < lab->view.copies[from]; i++)
		e *= lab->view.bound[from];
	return e;
}

nap_time nap_lab_transit(const struct nap_lab *lab)
{
	return lab->transit;
}

uint32_t nap_lab_tag(struct nap_lab *lab)
{
	if (!++lab->tag)
		lab->tag = 1;
	return lab->tag;
}

bool nap_lab_open(struct nap_lab *lab, struct nap_trial *t, uint32_t slot, const struct nap_flow_spec *spec)
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
static uint32_t send_control(struct nap_lab *lab, enum nap_end from)
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
	probe.tag = nap_lab_tag(lab);
	return prober->ops->send(prober, lab->control, &probe) ? probe.tag : 0;
}

uint32_t nap_lab_control(struct nap_lab *lab, struct nap_trial *t, enum nap_end from)
{
	uint32_t tag = send_control(lab, from);

	if (tag)
		g_hash_table_insert(lab->by_control, GUINT_TO_POINTER(tag), t);
	return tag;
}

/* A quarter of the error is for the bound of loss being too low, the rest for the silences of a test. */
static void judge_loss(struct nap_lab *lab)
{
	for (int end = 0; end < 2; end++) {
		lab->view.bound[end] = nap_loss_bound(&lab->loss[end], lab->options.error / 4);
		lab->view.copies[end] = nap_loss_copies(
			lab->view.bound[end], lab->options.error * 0.75 / lab->options.silences);
	}
	lab->view.grace = LEAST_GRACE + 4 * (lab->transit + lab->view.prober->slack);
}

void nap_lab_learn(struct nap_lab *lab, enum nap_end from, const struct nap_copy *copies, uint32_t n)
{
	bool arrived[NAP_TRIAL_COPIES];

	for (uint32_t i = 0; i < n; i++)
		arrived[i] = copies[i].control_arrived;
	nap_loss_add(&lab->loss[from], arrived, n);
	judge_loss(lab);
}

uint32_t nap_lab_start(
	struct nap_lab *lab, const struct nap_trial_spec *spec, nap_trial_done_fn done, void *ctx)
{
	struct nap_trial *t = g_new0(struct nap_trial, 1);

	t->id = lab->next_id++;
	t->spec = *spec;
	t->result.script = spec->script;
	t->done = done;
	t->ctx = ctx;
	t->deadline = nap_time_after(now_of(lab), spec->after);
	g_ptr_array_add(lab->trial, t);
	lab->busy++;
	return t->id;
}

/* The end of a trial is seen here, whoever brought it about. */
static void note_end(struct nap_lab *lab, struct nap_trial *t)
{
	for (uint32_t i = 0; i < NAP_SCRIPT_FLOWS; i++)
		if (t->opened[i])
			g_hash_table_remove(lab->by_flow, GUINT_TO_POINTER(t->flow[i] + 1));
	lab->busy--;
}

static gboolean is_of(gpointer key, gpointer value, gpointer trial)
{
	(void)key;
	return value == trial;
}

/* Free the trials that have ended; not from inside their callbacks. */
static void sweep(struct nap_lab *lab)
{
	for (uint32_t i = 0; i < lab->trial->len;) {
		struct nap_trial *t = g_ptr_array_index(lab->trial, i);

		if (t->phase != NAP_PHASE_ENDED) {
			i++;
			continue;
		}
		note_end(lab, t);
		g_hash_table_foreach_remove(lab->by_control, is_of, t);
		g_ptr_array_remove_index_fast(lab->trial, i);
	}
}

void nap_lab_cancel(struct nap_lab *lab, uint32_t trial)
{
	for (uint32_t i = 0; i < lab->trial->len; i++) {
		struct nap_trial *t = g_ptr_array_index(lab->trial, i);

		if (t->id == trial)
			nap_trial_end(t, lab, NAP_VOID_STOPPED);
	}
}

uint32_t nap_lab_busy(const struct nap_lab *lab)
{
	return lab->busy;
}

nap_time nap_lab_deadline(const struct nap_lab *lab)
{
	nap_time first = lab->deadline;

	for (uint32_t i = 0; i < lab->trial->len; i++) {
		const struct nap_trial *t = g_ptr_array_index(lab->trial, i);

		if (lab->state == LAB_READY || t->phase != NAP_PHASE_WAITING)
			first = nap_time_min(first, t->deadline);
	}
	return first;
}

/* Trials that were started meanwhile keep their distance from each other: not all at once. */
static void finish_measuring(struct nap_lab *lab, nap_time now)
{
	for (uint32_t i = 0; i < lab->trial->len; i++) {
		struct nap_trial *t = g_ptr_array_index(lab->trial, i);

		t->deadline = nap_time_after(now, t->spec.after);
	}
	for (int end = 0; end < 2; end++)
		nap_loss_add(&lab->loss[end], lab->arrived[end], lab->measured);
	judge_loss(lab);
	lab->state = LAB_READY;
	lab->deadline = NAP_NEVER;
}

/* The measurement of loss: one packet each way every spacing, once the control flow is open. */
static void measure(struct nap_lab *lab, nap_time now)
{
	switch (lab->state) {
	case LAB_WARMING:
		if (lab->tries++ == CONTROL_TRIES) { /* no way through: every trial will say so */
			finish_measuring(lab, now);
			return;
		}
		lab->first_tag[NAP_CLIENT] = send_control(lab, NAP_CLIENT);
		lab->deadline = now + lab->view.grace;
		break;
	case LAB_MEASURING:
		if (lab->measured == lab->options.control) {
			lab->state = LAB_LISTENING;
			lab->deadline = now + lab->view.grace + 4 * lab->transit;
			break;
		}
		for (int end = 0; end < 2; end++) {
			uint32_t tag = send_control(lab, (enum nap_end)end);

			if (!lab->measured)
				lab->first_tag[end] = tag;
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

/* A packet of the control flow arrived. While measuring, tags alternate: client, server, client ... */
static void control_event(struct nap_lab *lab, const struct nap_probe_event *ev)
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
			lab->arrived[from][i] = true;
	} else {
		t = g_hash_table_lookup(lab->by_control, GUINT_TO_POINTER(ev->tag));
		if (t && t->phase != NAP_PHASE_ENDED)
			nap_trial_control(t, lab, ev->tag);
		g_hash_table_remove(lab->by_control, GUINT_TO_POINTER(ev->tag));
	}
}

void nap_lab_event(struct nap_lab *lab, const struct nap_probe_event *ev)
{
	struct nap_trial *t;

	if (ev->sent != NAP_NEVER && ev->at - ev->sent > lab->transit) {
		lab->transit = ev->at - ev->sent;
		lab->view.grace = LEAST_GRACE + 4 * (lab->transit + lab->view.prober->slack);
	}
	if (ev->flow == lab->control) {
		control_event(lab, ev);
	} else {
		t = g_hash_table_lookup(lab->by_flow, GUINT_TO_POINTER(ev->flow + 1));
		if (t)
			nap_trial_event(t, lab, ev);
	}
	sweep(lab);
}

void nap_lab_advance(struct nap_lab *lab, nap_time now)
{
	if (lab->deadline <= now)
		measure(lab, now);
	for (uint32_t i = 0; i < lab->trial->len; i++) { /* callbacks may add trials at the end */
		struct nap_trial *t = g_ptr_array_index(lab->trial, i);

		if (t->deadline > now || (t->phase == NAP_PHASE_WAITING && lab->state != LAB_READY))
			continue;
		if (t->phase == NAP_PHASE_WAITING)
			nap_trial_begin(t, lab, now);
		else
			nap_trial_timer(t, lab, now);
	}
	sweep(lab);
}

void nap_lab_turn(struct nap_lab *lab, nap_time until)
{
	struct nap_prober *prober = lab->view.prober;
	struct nap_probe_event ev;

	if (prober->ops->wait(prober, nap_time_min(until, nap_lab_deadline(lab)), &ev))
		nap_lab_event(lab, &ev);
	nap_lab_advance(lab, now_of(lab));
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

void nap_lab_run(struct nap_lab *lab, const struct nap_trial_spec *spec, struct nap_trial_result *out)
{
	struct run_one one = { out, false };

	nap_lab_start(lab, spec, keep, &one);
	while (!one.done)
		nap_lab_turn(lab, NAP_NEVER);
}
