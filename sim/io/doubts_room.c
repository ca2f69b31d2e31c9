/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/doubts_inside.h"

#include "run/run.h"
#include "text/address_text.h"

/* External ports of one protocol, in whole blocks where they are given in blocks. */
static uint64_t ports_of(const struct nap_box_config *b)
{
	return (uint64_t)nap_box_ports(b) * b->addresses.n;
}

static uint64_t blocks_of(const struct nap_box_config *b)
{
	return b->ports.arg ? (uint64_t)(nap_box_ports(b) / b->ports.arg) * b->addresses.n : 0;
}

/* Less of something than subscribers. */
static void say(
	const struct nap_doubt_case *c, const char *box, const char *key, uint64_t has, const char *what)
{
	g_autofree char *about = g_strdup_printf("room middlebox.%s.%s", box, key);

	if (has < c->sc->general.subscribers)
		nap_doubt_say(c, about, "middlebox.%s.%s: %" G_GUINT64_FORMAT " %s for %u subscribers", box,
			key, has, what, c->sc->general.subscribers);
}

/* Blocks that addresses own by arithmetic, of which the first client has none. */
static void doubt_owners(const struct nap_doubt_case *c, const struct nap_middlebox *m)
{
	g_autofree struct nap_plan *plan = g_new(struct nap_plan, 1);
	g_autofree char *about = g_strdup_printf("owners middlebox.%s", m->name), *first = NULL,
			*client = NULL;
	const struct nap_box_config *b = &m->box;
	nap_addr a;

	if (b->ports.word != NAP_PORTS_BLOCK || b->block_allocation != NAP_BLOCK_DETERMINISTIC ||
		b->inside_first.n == 0 || !nap_plan_make(plan, c->sc))
		return;
	a = nap_chain_device(&plan->chain, 0, 0, false);
	if (a - b->inside_first.addr[0] < blocks_of(b)) /* modulo 2^32: below it as well */
		return;
	first = nap_address_format(b->inside_first.addr[0]);
	client = nap_address_format(a);
	nap_doubt_say(c, about,
		"middlebox.%s.inside-first = %s: clients, from %s on, own no block of ports and are refused",
		m->name, first, client);
}

void nap_doubt_room(struct nap_doubt_case *c)
{
	bool hidden = false; /* behind a NAT, which has an address of its own */

	for (uint32_t k = 0; k < c->sc->n_middleboxes; k++) {
		const struct nap_middlebox *m = &c->sc->middlebox[k];
		const struct nap_box_config *b = &m->box;

		if (!hidden && b->kind == NAP_BOX_NAT)
			doubt_owners(c, m);
		hidden |= b->kind == NAP_BOX_NAT;
		if (!nap_middlebox_is_shared(m, c->sc->general.subscribers))
			continue;
		if (b->capacity > 0)
			say(c, m->name, "capacity", b->capacity, "sessions at most");
		if (b->sessions_per_destination > 0) /* all have the same server */
			say(c, m->name, "sessions-per-destination",
				(uint64_t)b->sessions_per_destination *
					(b->kind == NAP_BOX_NAT ? b->addresses.n : 1),
				"sessions to one server at most");
		if (b->kind != NAP_BOX_NAT)
			continue;
		if (b->ports.word == NAP_PORTS_BLOCK)
			say(c, m->name, "ports", blocks_of(b), "blocks of ports");
		else
			say(c, m->name, "addresses", ports_of(b), "external ports of a protocol");
	}
}
