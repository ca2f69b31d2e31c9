/* SPDX-License-Identifier: BSD-2-Clause */
#include "replay/lookahead.h"

#include <glib.h>

enum { ROOM = 256 };

void nap_lookahead_init(struct nap_lookahead *l, const struct nap_radio_tech *tech)
{
	*l = (struct nap_lookahead){
		.ring = g_new(struct nap_trace_packet, ROOM), .horizon = NAP_S, .by = NAP_NEVER
	};
	for (unsigned i = 0; i < tech->n_states; i++)
		l->horizon = nap_time_max(l->horizon, NAP_S + tech->state[i].cycle);
	for (unsigned i = 0; i < tech->n_edges; i++)
		if (!tech->edge[i].random)
			l->horizon = nap_time_after(l->horizon, tech->edge[i].delay);
}

void nap_lookahead_clear(struct nap_lookahead *l)
{
	g_free(l->ring);
}

static struct nap_trace_packet *nth(const struct nap_lookahead *l, uint32_t k)
{
	return &l->ring[(l->first + k) % ROOM];
}

void nap_lookahead_put(struct nap_lookahead *l, const struct nap_trace_packet *p)
{
	*nth(l, l->n++) = *p;
}

/* Take the k-th out; its place is used again only when another is put. */
static const struct nap_trace_packet *take(struct nap_lookahead *l, uint32_t k)
{
	l->by = k ? nth(l, 0)->at : NAP_NEVER;
	if (k > 0) {
		struct nap_trace_packet out = *nth(l, k);

		for (; k > 0; k--)
			*nth(l, k) = *nth(l, k - 1);
		*nth(l, 0) = out;
	}
	l->first = (l->first + 1) % ROOM;
	l->n--;
	return nth(l, ROOM - 1);
}

/* The first that comes to the device; l->n: none does. */
static uint32_t first_down(const struct nap_lookahead *l)
{
	uint32_t k = 0;

	while (k < l->n && nth(l, k)->up)
		k++;
	return k;
}

/* How long one that waits at the radio when p is sent may take to come. */
static nap_time patience(
	const struct nap_lookahead *l, const struct nap_cost *c, const struct nap_trace_packet *p)
{
	if (!nap_cost_is_ready(c, p->at))
		return l->horizon;
	return nap_cost_air(c, NAP_LARGEST_DOWN) + nap_time_max(c->radio.active - p->at, 0);
}

/*
 * Does down answer what up says, so that it was given to the radio later? TCP's acknowledgement tells, over others what comes back so
 * soon. A simulation's never comes sooner than the radio lets it: there what is too soon was on its way before.
 */
static bool answers(const struct nap_trace_packet *down, const struct nap_trace_packet *up)
{
	const struct nap_packet *d = &down->frame.packet, *u = &up->frame.packet;

	if (down->simulated || d->proto != u->proto || d->src.port != u->dst.port ||
		d->dst.port != u->src.port || !nap_ip_equal(down->frame.src, up->frame.dst) ||
		!nap_ip_equal(down->frame.dst, up->frame.src))
		return false;
	if (d->proto != NAP_TCP)
		return true;
	return (u->len > 0 || (u->flags & (NAP_SYN | NAP_FIN))) && (d->flags & NAP_ACK) &&
	       (int32_t)(d->ack - u->seq) > 0;
}

/* Does the k-th answer something before it? */
static bool answers_any(const struct nap_lookahead *l, uint32_t k)
{
	for (uint32_t i = 0; i < k; i++)
		if (answers(nth(l, k), nth(l, i)))
			return true;
	return false;
}

const struct nap_trace_packet *nap_lookahead_next(
	struct nap_lookahead *l, const struct nap_cost *c, bool last)
{
	const struct nap_trace_packet *head, *down;
	uint32_t k;

	if (l->n == 0)
		return NULL;
	head = nth(l, 0);
	if (!head->up)
		return take(l, 0);
	k = first_down(l);
	if (k == l->n)
		return last || l->n == ROOM - 1 || nth(l, l->n - 1)->at - head->at > patience(l, c, head)
			       ? take(l, 0)
			       : NULL;
	down = nth(l, k);
	return take(l, !answers_any(l, k) && nap_cost_is_before(c, down->at, down->frame.bytes, head->at,
						     head->frame.bytes)
			       ? k
			       : 0);
}
