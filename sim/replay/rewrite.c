/* SPDX-License-Identifier: BSD-2-Clause */
#include "replay/rewrite.h"

#include <glib.h>
#include <string.h>

#include "kernel/heap.h"

/* A flow under way. */
struct live {
	const struct nap_kept_flow *is;
	bool begun, open; /* its first packet has passed; its last has not */
	bool taking;      /* the exchange under way is a keepalive's */
	bool known[2];    /* TCP, by up: as of the trace before anything is taken out */
	uint32_t next[2];
	uint32_t taken[2];       /* TCP: bytes of payload taken out so far: numbers are lower by so much */
	nap_time last;           /* packet of the trace */
	nap_time idle, outbound; /* latest packet that was passed on or put in; the device's */
	struct nap_trace_packet model[2]; /* by up: a packet of its keepalives, else the latest */
	bool has_model[2], is_keepalive[2];
	nap_time due, answer; /* of the policy's; NAP_NEVER: none */
	void *state;          /* the policy's */
};

struct nap_rewrite {
	const struct nap_policy *policy;
	const void *config;
	nap_trace_fn fn;
	void *ctx;
	struct nap_rng rng;
	struct live *flow;
	uint32_t n;
	GHashTable *by_ends; /* struct live by its flow's ends */
	struct nap_heap due; /* of flows: the earlier of due and answer */
};

struct nap_kept_flow nap_kept_flow_of(const struct nap_flow *f)
{
	return (struct nap_kept_flow){ f->proto, { f->ip[0], f->ip[1] }, { f->port[0], f->port[1] }, f->begun,
		f->last, f->keepalive };
}

/* ---- which flow ----------------------------------------------------------------------------------------------------------- */

static guint hash(gconstpointer p)
{
	const struct nap_kept_flow *f = p;
	uint64_t h = f->ip[1].low * UINT64_C(0x9e3779b97f4a7c15) ^ f->ip[1].high ^ f->ip[0].low;

	h ^= (uint64_t)f->port[0] << 32 ^ (uint64_t)f->port[1] << 16 ^ f->proto;
	return (guint)(h * UINT64_C(0xbf58476d1ce4e5b9) >> 32);
}

static gboolean equal(gconstpointer a, gconstpointer b)
{
	const struct nap_kept_flow *x = a, *y = b;

	return x->proto == y->proto && x->port[0] == y->port[0] && x->port[1] == y->port[1] &&
	       nap_ip_equal(x->ip[0], y->ip[0]) && nap_ip_equal(x->ip[1], y->ip[1]);
}

/* Of these ends there may be several flows, one after another: the one at that time. */
static struct live *find(const struct nap_rewrite *w, const struct nap_trace_packet *p)
{
	const struct nap_frame *f = &p->frame;
	struct nap_kept_flow key = { .proto = f->packet.proto,
		.ip = { p->up ? f->src : f->dst, p->up ? f->dst : f->src },
		.port = { p->up ? f->packet.src.port : f->packet.dst.port,
			p->up ? f->packet.dst.port : f->packet.src.port } };
	GSList *list = g_hash_table_lookup(w->by_ends, &key);

	for (; list; list = list->next) {
		struct live *l = list->data;

		if (p->at >= l->is->begun && p->at <= l->is->last)
			return l;
	}
	return NULL;
}

struct nap_rewrite *nap_rewrite_new(const struct nap_kept_flow *flow, uint32_t n,
	const struct nap_policy *policy, const void *config, uint64_t seed, nap_trace_fn fn, void *ctx)
{
	struct nap_rewrite *w = g_new0(struct nap_rewrite, 1);

	w->policy = policy;
	w->config = config;
	w->fn = fn;
	w->ctx = ctx;
	w->rng = nap_rng_stream(seed, 0, 0, NAP_RNG_POLICY);
	w->flow = g_new0(struct live, n + 1);
	w->n = n;
	w->by_ends = g_hash_table_new(hash, equal);
	nap_heap_init(&w->due, n + 1);
	for (uint32_t i = 0; i < n; i++) {
		struct live *l = &w->flow[i];
		GSList *others = g_hash_table_lookup(w->by_ends, &flow[i]);

		l->is = &flow[i];
		l->due = l->answer = NAP_NEVER;
		l->state = g_malloc0(nap_policy_state_room(policy) + 8);
		nap_heap_add(&w->due, NAP_NEVER, i);
		g_hash_table_insert(w->by_ends, (void *)(uintptr_t)&flow[i], g_slist_prepend(others, l));
	}
	nap_heap_order(&w->due);
	return w;
}

static void free_list(gpointer key, gpointer list, gpointer unused)
{
	(void)key;
	(void)unused;
	g_slist_free(list);
}

void nap_rewrite_free(struct nap_rewrite *w)
{
	if (!w)
		return;
	g_hash_table_foreach(w->by_ends, free_list, NULL);
	g_hash_table_unref(w->by_ends);
	nap_heap_clear(&w->due);
	for (uint32_t i = 0; i < w->n; i++)
		g_free(w->flow[i].state);
	g_free(w->flow);
	g_free(w);
}

/* ---- the policy -------------------------------------------------------------------------------------------------------------- */

static nap_time by(nap_time t, nap_time zero)
{
	return t == NAP_NEVER ? t : t - zero;
}

static void move_state(const struct nap_rewrite *w, struct live *l, nap_time span)
{
	if (w->policy->state && span != 0)
		nap_fields_move(w->policy->state, l->state, span, false);
}

static void reschedule(struct nap_rewrite *w, struct live *l)
{
	nap_heap_move(&w->due, (uint32_t)(l - w->flow), nap_time_min(l->due, l->answer));
}

/* As the client tells it. */
static void tell(struct nap_rewrite *w, struct live *l, nap_time now, enum nap_policy_what what)
{
	nap_time zero = w->policy->clock ? 0 : now, due;
	struct nap_policy_event ev = { .now = now - zero,
		.what = what,
		.due = what == NAP_EV_DUE ? NAP_NEVER : by(l->due, zero),
		.idle_since = l->idle - zero,
		.outbound = l->outbound - zero,
		.until = NAP_NEVER,
		.rng = &w->rng };

	if (!(w->policy->listens & NAP_EV_BIT(what)))
		return;
	move_state(w, l, -zero);
	due = w->policy->next(w->config, l->state, &ev);
	move_state(w, l, zero);
	l->due = l->open ? by(due, -zero) : NAP_NEVER;
	reschedule(w, l);
}

/* ---- putting in ------------------------------------------------------------------------------------------------------------ */

/* One of the policy's keepalives, or its answer. Of TCP it has no payload of its own, as the trace's numbers have none for it. */
static void put(struct nap_rewrite *w, struct live *l, nap_time at, bool up)
{
	struct nap_trace_packet p = l->model[up];
	struct nap_packet *q = &p.frame.packet;

	if (!l->has_model[up])
		return;
	p.at = at;
	if (q->proto == NAP_TCP) {
		q->flags = NAP_ACK;
		q->len = 0;
		q->seq = l->next[up] - l->taken[up] - (up ? 1 : 0);
		q->ack = l->known[!up] ? l->next[!up] - l->taken[!up] : 0;
	}
	l->idle = at;
	if (up)
		l->outbound = at;
	w->fn(w->ctx, &p);
}

static void take_due(struct nap_rewrite *w, struct live *l, nap_time now)
{
	if (l->answer <= l->due) {
		l->answer = NAP_NEVER;
		put(w, l, now, !l->is->keepalive.up);
		reschedule(w, l);
		tell(w, l, now, NAP_EV_ANSWERED);
		return;
	}
	l->due = NAP_NEVER;
	put(w, l, now, l->is->keepalive.up);
	l->answer = nap_time_after(now, l->is->keepalive.answer);
	reschedule(w, l);
	tell(w, l, now, NAP_EV_DUE);
}

/* What is due before now. */
static void catch_up(struct nap_rewrite *w, nap_time now)
{
	while (w->n > 0 && w->due.entry[0].at < now) {
		struct live *l = &w->flow[w->due.entry[0].id];

		take_due(w, l, w->due.entry[0].at);
	}
}

/* ---- taking out --------------------------------------------------------------------------------------------------------------- */

/* Is it one of the trace's keepalives, or an answer to one? */
static bool is_taken(struct live *l, const struct nap_trace_packet *p)
{
	const struct nap_packet *q = &p->frame.packet;
	bool begins = !l->begun || p->at - l->last >= NAP_BURST_GAP;
	bool small = q->len <= NAP_KEEPALIVE_PAYLOAD &&
		     !(q->proto == NAP_TCP && (q->flags & (NAP_SYN | NAP_FIN | NAP_RST)));

	if (begins)
		l->taking = nap_keepalive_begins(&l->is->keepalive, p->up,
			nap_keepalive_shape(&p->frame, l->known[p->up], l->next[p->up]), q->len);
	l->taking &= small;
	return l->taking;
}

/* Numbers of TCP, and what its keepalives look like. */
static void learn(struct live *l, const struct nap_trace_packet *p, bool taken)
{
	const struct nap_packet *q = &p->frame.packet;
	bool up = p->up;

	l->last = p->at;
	if (taken || !l->is_keepalive[up]) {
		l->model[up] = *p;
		l->has_model[up] = true;
		l->is_keepalive[up] |= taken;
	}
	if (q->proto != NAP_TCP || p->frame.partial)
		return;
	if (taken && l->known[up] && q->seq == l->next[up])
		l->taken[up] += q->len;
	nap_keepalive_learn(l->known, l->next, up, q);
}

static void pass_on(struct nap_rewrite *w, struct live *l, const struct nap_trace_packet *p)
{
	struct nap_trace_packet changed = *p;
	bool first = !l->begun;

	changed.frame.packet.seq -= l->taken[p->up];
	changed.frame.packet.ack -= l->taken[!p->up];
	l->begun = true;
	l->open = p->at < l->is->last;
	l->idle = p->at;
	if (p->up || first)
		l->outbound = p->at;
	w->fn(w->ctx, &changed);
	tell(w, l, p->at, first ? NAP_EV_START : p->up ? NAP_EV_SENT : NAP_EV_RECEIVED);
}

/* Its last packet has come: the policy is silent from then on. */
static void end(struct nap_rewrite *w, struct live *l)
{
	l->open = false;
	l->due = l->answer = NAP_NEVER;
	reschedule(w, l);
}

void nap_rewrite_packet(void *ctx, const struct nap_trace_packet *p)
{
	struct nap_rewrite *w = ctx;
	struct live *l = w->n ? find(w, p) : NULL;
	bool taken;

	catch_up(w, p->at);
	if (!l) {
		w->fn(w->ctx, p);
		return;
	}
	taken = is_taken(l, p);
	if (taken && !l->begun) /* a trace that begins with one: there is a flow, and it was used */
		taken = false;
	learn(l, p, taken);
	if (!taken)
		pass_on(w, l, p);
	if (p->at >= l->is->last)
		end(w, l);
}

void nap_rewrite_finish(struct nap_rewrite *w)
{
	catch_up(w, NAP_NEVER);
}
