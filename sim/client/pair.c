/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/pair.h"

#include <string.h>

void nap_pair_add(struct nap_pair *p, nap_time at, bool up, const struct nap_packet *packet)
{
	g_assert(p->n < NAP_PAIR_FLIGHT);
	p->flight[p->n++] = (struct nap_pair_flight){ at, up, *packet };
}

void nap_pair_take(struct nap_pair *p, const struct nap_outbox *out, bool client)
{
	for (uint32_t i = 0; i < out->n; i++) {
		struct nap_packet packet = out->packet[i];

		if (!p->sends || p->sends(p->ctx, &packet, client))
			nap_pair_add(p, p->now + p->delay, client, &packet);
	}
	if (p->notes)
		p->notes(p->ctx, out, client);
}

/* A flight's packet comes. */
static void arrive(struct nap_pair *p, uint32_t i, struct nap_outbox *out)
{
	struct nap_pair_flight f = p->flight[i];

	memmove(&p->flight[i], &p->flight[i + 1], (p->n - i - 1) * sizeof p->flight[0]);
	p->n--;
	if (f.up)
		nap_server_input(p->server, p->server_setup, p->now, &f.packet, out);
	else
		nap_client_input(p->client, p->client_setup, p->now, p->world, &f.packet, out);
	nap_pair_take(p, out, !f.up);
}

/* The flight that comes first, of equals the one sent first; p->n when none is under way. */
static uint32_t first_flight(const struct nap_pair *p)
{
	uint32_t first = 0;

	for (uint32_t i = 1; i < p->n; i++)
		if (p->flight[i].at < p->flight[first].at)
			first = i;
	return first;
}

void nap_pair_run(struct nap_pair *p, nap_time until)
{
	for (;;) {
		nap_time client = p->client->deadline, server = p->server->deadline, next;
		uint32_t first = first_flight(p);
		struct nap_outbox out;

		next = nap_time_min(client, server);
		if (p->n > 0)
			next = nap_time_min(next, p->flight[first].at);
		if (next > until)
			break;
		p->now = nap_time_max(p->now, next);
		out.n = out.notes = out.delivered = 0;
		if (p->n > 0 && p->flight[first].at <= p->now) {
			arrive(p, first, &out);
		} else if (client <= server) {
			nap_client_timer(p->client, p->client_setup, p->now, p->world, &out);
			g_assert(p->client->deadline >= p->now);
			nap_pair_take(p, &out, true);
		} else {
			nap_server_timer(p->server, p->server_setup, p->now, &out);
			g_assert(p->server->deadline >= p->now);
			nap_pair_take(p, &out, false);
		}
	}
	p->now = until;
}
