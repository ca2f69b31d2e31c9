/* SPDX-License-Identifier: BSD-2-Clause */
#include "discovery/fates.h"

#include <glib.h>

#define REMEMBERED (1 << 16) /* more than can be under way */

/* A control packet. */
struct control {
	uint32_t tag, trial;
	nap_time sent, took; /* took: NAP_NEVER until it arrives */
};

/* A question that waits for its control packets. */
struct question {
	enum nap_end from;
	nap_time due;
	uint32_t n;
	uint32_t tag[];
};

struct nap_fates {
	struct control *control; /* by tag modulo REMEMBERED */
	GQueue *waiting;         /* of struct question, about in the order they are due */
};

struct nap_fates *nap_fates_new(void)
{
	struct nap_fates *f = g_new0(struct nap_fates, 1);

	f->control = g_new0(struct control, REMEMBERED);
	f->waiting = g_queue_new();
	return f;
}

void nap_fates_free(struct nap_fates *f)
{
	g_queue_free_full(f->waiting, g_free);
	g_free(f->control);
	g_free(f);
}

static struct control *control_of(const struct nap_fates *f, uint32_t tag)
{
	struct control *c = &f->control[tag % REMEMBERED];

	return tag && c->tag == tag ? c : NULL;
}

void nap_fates_sent(struct nap_fates *f, uint32_t tag, uint32_t trial, nap_time at)
{
	if (tag)
		f->control[tag % REMEMBERED] = (struct control){ tag, trial, at, NAP_NEVER };
}

uint32_t nap_fates_arrived(struct nap_fates *f, uint32_t tag, nap_time at)
{
	struct control *c = control_of(f, tag);

	if (!c)
		return NAP_NO_TRIAL;
	c->took = nap_time_min(c->took, nap_time_max(0, at - c->sent));
	return c->trial;
}

void nap_fates_wait(
	struct nap_fates *f, enum nap_end from, const struct nap_copy *copies, uint32_t n, nap_time due)
{
	struct question *q = g_malloc(sizeof(*q) + n * sizeof(q->tag[0]));

	*q = (struct question){ .from = from, .due = due, .n = n };
	for (uint32_t i = 0; i < n; i++)
		q->tag[i] = copies[i].control;
	g_queue_push_tail(f->waiting, q);
}

uint32_t nap_fates_settled(struct nap_fates *f, nap_time now, enum nap_end *from, nap_time *took)
{
	struct question *q = g_queue_peek_head(f->waiting);
	uint32_t n;

	if (!q || q->due > now)
		return 0;
	g_queue_pop_head(f->waiting);
	*from = q->from;
	n = q->n;
	for (uint32_t i = 0; i < n; i++) {
		const struct control *c = control_of(f, q->tag[i]);

		took[i] = c ? c->took : NAP_NEVER;
	}
	g_free(q);
	return n;
}
