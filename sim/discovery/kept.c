/* SPDX-License-Identifier: BSD-2-Clause */
#include "discovery/kept.h"

#include <glib.h>

#define GROUPS     8           /* that are asked one after another */
#define FIRST_LOOK (4 * NAP_S) /* when the first is, */
#define LATER      1.6         /* and how much later the next */
#define DROPPED    2           /* dead ones that are no chance, */
#define CONFIRM                                                                                              \
	(6 * NAP_S) /* when others say so, too, so much later: their timer may just have come between */

/* One flow. */
struct idler {
	nap_time sent; /* when the client's packet last left */
	bool reached;  /* that has arrived */
	bool heard;    /* the server's has */
};

struct nap_kept {
	struct nap_prober *prober;
	nap_flow first;
	uint32_t n, copies, tries;
	uint32_t group, next; /* the flows group, group + GROUPS ...; the next of these to be sent to */
	bool opening;         /* all of them */
	nap_time grace, begun, look, deadline;
	struct idler idler[NAP_KEPT_FLOWS];
	bool doubt; /* the last group met it */
	bool done, dropped;
};

struct nap_kept *nap_kept_new(struct nap_prober *prober, uint32_t flows, uint32_t copies, nap_time grace)
{
	struct nap_kept *k = g_new0(struct nap_kept, 1);
	struct nap_flow_spec spec = { .proto = NAP_UDP };

	k->prober = prober;
	k->copies = copies;
	k->grace = grace;
	k->opening = true;
	k->begun = k->deadline = prober->ops->now(prober);
	k->look = FIRST_LOOK;
	for (; k->n < MIN(flows, NAP_KEPT_FLOWS); k->n++) {
		nap_flow flow = prober->ops->open(prober, &spec);

		if (flow == NAP_NO_FLOW)
			break;
		k->first = k->n ? k->first : flow;
		g_assert(flow == k->first + k->n);
	}
	k->done = !k->n;
	return k;
}

void nap_kept_free(struct nap_kept *k)
{
	if (!k)
		return;
	for (uint32_t i = 0; i < k->n; i++)
		k->prober->ops->close(k->prober, k->first + i);
	g_free(k);
}

bool nap_kept_done(const struct nap_kept *k)
{
	return k->done;
}

bool nap_kept_dropped(const struct nap_kept *k)
{
	return k->dropped;
}

nap_time nap_kept_deadline(const struct nap_kept *k)
{
	return k->done ? NAP_NEVER : k->deadline;
}

/* From one flow to the next of those that are sent to now. */
static uint32_t step(const struct nap_kept *k)
{
	return k->opening ? 1 : GROUPS;
}

/* Is a packet wanted, that has not arrived yet? Who was never opened is not asked. */
static bool wanting(const struct nap_kept *k, uint32_t i)
{
	const struct idler *f = &k->idler[i];

	return k->opening ? !f->reached : f->reached && !f->heard;
}

/* Send to all that want it, at the prober's pace; false: there are more. */
static bool send_all(struct nap_kept *k, nap_time now)
{
	struct nap_sending probe = NAP_SENDING_INIT;

	probe.from = k->opening ? NAP_CLIENT : NAP_SERVER;
	probe.act = NAP_ACT_DATA;
	probe.tag = UINT32_MAX; /* no trial's */
	for (; k->next < k->n; k->next += step(k)) {
		if (!wanting(k, k->next))
			continue;
		k->prober->ops->send(k->prober, k->first + k->next, &probe);
		if (k->opening)
			k->idler[k->next].sent = now;
		if (k->prober->pace) {
			k->next += step(k);
			k->deadline = now + k->prober->pace;
			return false;
		}
	}
	return true;
}

/* Dead ones of the group that are no older than one that lives. */
static uint32_t out_of_order(const struct nap_kept *k, nap_time oldest)
{
	uint32_t n = 0;

	for (uint32_t i = k->group; i < k->n; i += GROUPS)
		n += wanting(k, i) && k->idler[i].sent >= oldest;
	return n;
}

static void judge(struct nap_kept *k)
{
	nap_time oldest = NAP_NEVER; /* of those that live */
	bool odd;

	for (uint32_t i = k->group; i < k->n; i += GROUPS)
		if (k->idler[i].heard)
			oldest = nap_time_min(oldest, k->idler[i].sent);
	odd = out_of_order(k, oldest) >= DROPPED;

	k->dropped = odd && k->doubt;
	k->done = oldest == NAP_NEVER || k->dropped || ++k->group == GROUPS;
	k->look = odd ? k->look + CONFIRM : (nap_time)((double)k->look * LATER);
	k->doubt = odd;
	k->deadline = k->begun + k->look;
}

/* All that was sent had its time. */
static void end_sending(struct nap_kept *k, nap_time now)
{
	k->tries = 0;
	if (!k->opening) {
		judge(k);
		return;
	}
	k->opening = false;
	k->begun = now;
	k->deadline = now + k->look;
}

void nap_kept_advance(struct nap_kept *k, nap_time now)
{
	bool wants = false;

	if (k->done || now < k->deadline)
		return;
	if (!k->tries || k->next >= k->n) { /* a pass is over, or none has begun */
		k->next = k->opening ? 0 : k->group;
		for (uint32_t i = k->next; i < k->n; i += step(k))
			wants = wants || wanting(k, i);
		if (!wants || k->tries == k->copies) {
			end_sending(k, now);
			return;
		}
		k->tries++;
	}
	if (send_all(k, now))
		k->deadline = now + k->grace;
}

void nap_kept_event(struct nap_kept *k, const struct nap_probe_event *ev)
{
	if (ev->flow < k->first || ev->flow - k->first >= k->n || ev->what != NAP_GOT_PACKET)
		return;
	if (ev->end == NAP_SERVER)
		k->idler[ev->flow - k->first].reached = true;
	else
		k->idler[ev->flow - k->first].heard = true;
}
