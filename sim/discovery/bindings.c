/* SPDX-License-Identifier: BSD-2-Clause */
#include "discovery/bindings.h"

#include <glib.h>

#define FIRST_ROUND 64
#define GROWTH      2
#define FAST_GROWTH 4 /* where sending takes time */
#define FASTER      3 /* than trials, whose packets have orders and answers */
#define TAIL        64
#define AT_ONCE     512         /* new flows that need no care */
#define PER_HOST    60000       /* flows of one client host: its ports run out beyond */
#define FIRST_LOOK  (5 * NAP_S) /* is a flow still there? each is asked once, */
#define LOOK_LATER  1.4         /* later and later, */
#define GONE        2           /* until so many in a row are not */

/* A round: open by packets out, refresh all that are open, ask by packets in. */
enum phase { PHASE_OUT, PHASE_REFRESH, PHASE_IN, PHASE_EMPTYING, PHASE_DONE };

struct nap_bindings {
	struct nap_prober *prober;
	uint64_t most, target;
	uint32_t copies, tries;
	nap_time grace, deadline;
	enum phase phase;
	uint32_t old;        /* flows opened in earlier rounds */
	uint32_t limit;      /* flows of this pass: many new ones come a quarter at a time */
	uint32_t next;       /* the flow to be sent to next in this pass */
	bool passed;         /* all were sent to, and what was sent has its time */
	nap_flow first_flow; /* flows have consecutive handles */
	GArray *got;         /* of bool: arrived in this phase */
	GArray *reached;     /* of bool: the client's packet arrived in this round */
	uint32_t tag;
	nap_time most_wait; /* 0: not at all */
	nap_time full;      /* EMPTYING: since then */
	nap_time look;      /* the age at which the flow `next` is asked */
	uint32_t gone;      /* in a row */
	struct nap_bindings_result result;
};

static bool *flag(GArray *a, uint32_t i)
{
	return &g_array_index(a, bool, i);
}

struct nap_bindings *nap_bindings_new(
	struct nap_prober *prober, uint64_t most, uint32_t copies, nap_time grace)
{
	struct nap_bindings *b = g_new0(struct nap_bindings, 1);

	b->prober = prober;
	b->most = most;
	b->target = MIN(most, FIRST_ROUND);
	b->copies = MAX(copies, 1);
	b->grace = grace;
	b->first_flow = NAP_NO_FLOW;
	b->got = g_array_new(FALSE, TRUE, sizeof(bool));
	b->reached = g_array_new(FALSE, TRUE, sizeof(bool));
	b->deadline = prober->ops->now(prober);
	return b;
}

void nap_bindings_free(struct nap_bindings *b)
{
	if (!b)
		return;
	for (uint32_t i = 0; i < b->got->len; i++)
		b->prober->ops->close(b->prober, b->first_flow + i);
	g_array_free(b->got, TRUE);
	g_array_free(b->reached, TRUE);
	g_free(b);
}

bool nap_bindings_done(const struct nap_bindings *b)
{
	return b->phase == PHASE_DONE;
}

nap_time nap_bindings_deadline(const struct nap_bindings *b)
{
	return b->phase == PHASE_DONE ? NAP_NEVER : b->deadline;
}

void nap_bindings_result(const struct nap_bindings *b, struct nap_bindings_result *out)
{
	*out = b->result;
}

/* Open flows up to the target; false when the prober has no more. */
static bool open_flows(struct nap_bindings *b)
{
	while (b->got->len < b->target) {
		struct nap_flow_spec spec = { .proto = NAP_UDP };
		nap_flow flow;
		bool no = false;

		if (b->prober->can & NAP_CAN_HOSTS)
			spec.host = (uint8_t)(b->got->len / PER_HOST);
		flow = b->prober->ops->open(b->prober, &spec);
		if (flow == NAP_NO_FLOW)
			return false;
		if (b->first_flow == NAP_NO_FLOW)
			b->first_flow = flow;
		g_assert(flow == b->first_flow + b->got->len);
		g_array_append_val(b->got, no);
		g_array_append_val(b->reached, no);
	}
	return true;
}

static uint64_t count(GArray *a)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < a->len; i++)
		n += *flag(a, i);
	return n;
}

/*
 * Losses lie anywhere, refusals at the end, where the table was full: of the flows beyond the last that got through
 * a few are enough.
 */
static uint32_t worth_repeating(const struct nap_bindings *b)
{
	uint32_t last = b->got->len;

	while (last > 0 && !*flag(b->got, last - 1))
		last--;
	return MIN(b->got->len, last + TAIL);
}

static bool wanted(const struct nap_bindings *b, uint32_t i)
{
	if (b->phase == PHASE_OUT)
		return !*flag(b->got, i);
	return *flag(b->reached, i) && (b->phase == PHASE_REFRESH || !*flag(b->got, i));
}

/* Send one packet of a flow. */
static void send_one(struct nap_bindings *b, uint32_t i)
{
	struct nap_sending probe = NAP_SENDING_INIT;

	probe.from = b->phase == PHASE_IN || b->phase == PHASE_EMPTYING ? NAP_SERVER : NAP_CLIENT;
	probe.act = NAP_ACT_DATA;
	probe.tag = UINT32_MAX - ++b->tag % 1000000000u; /* not to be confused with a trial's */
	b->prober->ops->send(b->prober, b->first_flow + i, &probe);
}

/* Send on every flow that is to be sent on, at the prober's pace; true when this pass is complete. */
static bool send_pass(struct nap_bindings *b, nap_time now)
{
	for (; b->next < b->limit; b->next++) {
		if (!wanted(b, b->next))
			continue;
		send_one(b, b->next);
		if (b->prober->pace) {
			b->next++;
			b->deadline = now + b->prober->pace / FASTER;
			return false;
		}
	}
	return true;
}

/* Is the end of what was sent so far silent? Then sending more would only be refused too. */
static bool tail_silent(const struct nap_bindings *b)
{
	return b->limit >= b->old + TAIL && worth_repeating(b) <= b->limit;
}

/* The flow to be asked next: one that was alive when the table was full, and that nobody has asked since. */
static bool next_flow(struct nap_bindings *b)
{
	b->tries = 0;
	while (b->next < b->got->len && !*flag(b->got, b->next))
		b->next++;
	if (b->next == b->got->len)
		return false;
	*flag(b->got, b->next) = false;
	return true;
}

static void begin_emptying(struct nap_bindings *b, nap_time now)
{
	b->phase = PHASE_EMPTYING;
	b->full = now;
	b->look = FIRST_LOOK;
	b->next = 0;
	if (!next_flow(b))
		b->phase = PHASE_DONE;
	b->deadline = now + b->look;
}

/* Ask the flow `next` once more, or conclude from what it has come to. */
static void look(struct nap_bindings *b, nap_time now)
{
	bool alive = *flag(b->got, b->next);

	if (!alive && b->tries++ < b->copies) {
		send_one(b, b->next);
		b->deadline = now + b->grace;
		return;
	}
	b->gone = alive ? 0 : b->gone + 1;
	b->next++;
	if (b->gone == GONE || b->look >= b->most_wait || !next_flow(b)) {
		b->result.emptied = now - b->full;
		b->phase = PHASE_DONE;
		return;
	}
	b->look = (nap_time)((double)b->look * LOOK_LATER);
	b->deadline = nap_time_max(now, b->full + b->look);
}

void nap_bindings_wait(struct nap_bindings *b, nap_time most)
{
	b->most_wait = most;
}

void nap_bindings_keep(struct nap_bindings *b, uint32_t n)
{
	for (uint32_t i = n; i < b->got->len; i++)
		b->prober->ops->close(b->prober, b->first_flow + i);
	g_array_set_size(b->got, MIN(n, b->got->len));
	g_array_set_size(b->reached, b->got->len);
}

void nap_bindings_empty(struct nap_bindings *b, nap_time now)
{
	begin_emptying(b, now);
}

static void end_round(struct nap_bindings *b)
{
	uint64_t alive = count(b->got);

	if (alive >= b->result.alive) {
		b->result.alive = alive;
		b->result.opened = b->got->len;
	}
	b->result.limit = alive < b->got->len;
	if (b->result.limit || b->target >= b->most) {
		b->phase = PHASE_DONE;
		return;
	}
	b->old = b->got->len;
	b->target = MIN(b->most, (b->prober->pace ? FAST_GROWTH : GROWTH) * b->target);
	if (!open_flows(b) && b->got->len == b->result.opened) {
		b->phase = PHASE_DONE; /* the prober's limit, not the path's */
		return;
	}
	b->target = b->got->len;
}

static void begin_phase(struct nap_bindings *b, enum phase phase)
{
	uint32_t n = b->got->len;

	b->phase = phase;
	for (uint32_t i = 0; i < n; i++)
		*flag(b->got, i) = false;
	b->tries = 0;
	b->next = 0;
	b->limit = phase == PHASE_OUT && n - b->old > AT_ONCE ? b->old + (n - b->old + 3) / 4 : n;
}

static void end_phase(struct nap_bindings *b)
{
	if (b->phase == PHASE_OUT) {
		for (uint32_t i = 0; i < b->got->len; i++)
			*flag(b->reached, i) = *flag(b->got, i);
		begin_phase(b, PHASE_REFRESH);
	} else if (b->phase == PHASE_REFRESH) {
		begin_phase(b, PHASE_IN);
	} else {
		end_round(b);
		if (b->phase != PHASE_DONE)
			begin_phase(b, PHASE_OUT);
	}
}

/* The grace after a pass is over: another pass, or the next phase. */
static void end_pass(struct nap_bindings *b)
{
	uint32_t n = b->got->len;

	if (b->phase == PHASE_OUT && b->tries == 1 && b->limit < n && !tail_silent(b)) {
		b->limit = MIN(n, b->limit + (n - b->old + 3) / 4);
		b->tries = 0; /* still the first pass: on from where it stopped */
		return;
	}
	if (b->phase == PHASE_REFRESH || b->tries >= b->copies ||
		count(b->got) == (b->phase == PHASE_OUT ? n : count(b->reached))) {
		end_phase(b);
		return;
	}
	b->next = 0;
	b->limit = MIN(b->limit, worth_repeating(b));
}

void nap_bindings_advance(struct nap_bindings *b, nap_time now)
{
	if (b->phase == PHASE_DONE || now < b->deadline)
		return;
	if (b->phase == PHASE_EMPTYING) {
		look(b, now);
		return;
	}
	if (!b->got->len) {
		open_flows(b);
		begin_phase(b, PHASE_OUT);
	} else if (b->passed) {
		b->passed = false;
		end_pass(b);
		if (b->phase == PHASE_DONE && b->result.limit && b->most_wait)
			begin_emptying(b, now);
		if (b->phase == PHASE_DONE || b->phase == PHASE_EMPTYING)
			return;
	}
	if (send_pass(b, now)) {
		b->passed = true;
		b->tries++;
		b->deadline = now + b->grace;
	}
}

void nap_bindings_event(struct nap_bindings *b, const struct nap_probe_event *ev)
{
	enum nap_end to = b->phase == PHASE_OUT ? NAP_SERVER : NAP_CLIENT;

	if (b->first_flow != NAP_NO_FLOW && ev->flow >= b->first_flow &&
		ev->flow - b->first_flow < b->got->len && ev->what == NAP_GOT_PACKET && ev->end == to)
		*flag(b->got, ev->flow - b->first_flow) = true;
}
