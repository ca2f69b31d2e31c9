/* SPDX-License-Identifier: BSD-2-Clause */
#include "replay/flows.h"

#include <glib.h>
#include <string.h>

#define NOBODY UINT32_MAX

static uint32_t hash(uint32_t hop, uint8_t proto, struct nap_endpoint inside, struct nap_endpoint remote)
{
	return nap_index_hash(
		(uint64_t)inside.addr << 32 | (uint64_t)inside.port << 16 | (uint64_t)hop << 8 | proto,
		(uint64_t)remote.addr << 16 | remote.port);
}

/* Where there is no box, the flow's own end is kept all the same. */
static uint32_t places(const struct nap_flows *t)
{
	return MAX(t->hops, 1);
}

static bool is_known(struct nap_endpoint e)
{
	return e.addr != 0 || e.port != 0;
}

void nap_flows_open(struct nap_flows *t, uint32_t hops)
{
	memset(t, 0, sizeof *t);
	t->hops = hops;
	t->first_free = NOBODY;
	nap_index_init(&t->index, 64);
}

void nap_flows_close(struct nap_flows *t)
{
	g_assert(t->live == 0);
	nap_index_clear(&t->index);
	g_free(t->slot);
	g_free(t->next_free);
}

NAP_HOT struct nap_flow *nap_flows_find(const struct nap_flows *t, uint32_t hop, uint8_t proto,
	struct nap_endpoint inside, struct nap_endpoint remote)
{
	uint32_t h = hash(hop, proto, inside, remote), at = nap_index_first(&t->index, h), id;

	while ((id = nap_index_next(&t->index, h, &at)) != NAP_INDEX_NONE) {
		struct nap_flow *f = t->slot[id];

		if (f->proto == proto && nap_endpoint_equal(f->hop[hop].inside, inside) &&
			nap_endpoint_equal(f->remote, remote))
			return f;
	}
	return NULL;
}

static uint32_t take_slot(struct nap_flows *t)
{
	uint32_t id = t->first_free;

	if (id != NOBODY) {
		t->first_free = t->next_free[id];
		return id;
	}
	if (t->n == t->room) {
		t->room = t->room ? 2 * t->room : 64;
		t->slot = g_renew(struct nap_flow *, t->slot, t->room);
		t->next_free = g_renew(uint32_t, t->next_free, t->room);
	}
	return t->n++;
}

struct nap_flow *nap_flows_add(
	struct nap_flows *t, uint8_t proto, struct nap_endpoint inside, struct nap_endpoint remote)
{
	struct nap_flow *f = g_malloc0(sizeof *f + places(t) * sizeof f->hop[0]);

	f->id = take_slot(t);
	f->proto = proto;
	f->remote = remote;
	f->closed = f->shut = f->used = NAP_NEVER;
	f->exchange.before = NAP_NEVER;
	for (uint32_t k = 0; k < places(t); k++)
		f->hop[k].cut_at = NAP_NEVER;
	t->slot[f->id] = f;
	t->live++;
	f->hop[0].inside = inside;
	nap_index_add(&t->index, hash(0, proto, inside, remote), f->id);
	return f;
}

void nap_flows_appear(struct nap_flows *t, struct nap_flow *f, uint32_t hop, struct nap_endpoint inside)
{
	struct nap_endpoint *e = &f->hop[hop].inside;

	if (nap_endpoint_equal(*e, inside))
		return;
	if (is_known(*e))
		nap_index_remove(&t->index, hash(hop, f->proto, *e, f->remote), f->id);
	*e = inside;
	if (is_known(inside))
		nap_index_add(&t->index, hash(hop, f->proto, inside, f->remote), f->id);
}

void nap_flows_hide(struct nap_flows *t, struct nap_flow *f)
{
	nap_index_remove(&t->index, hash(0, f->proto, f->hop[0].inside, f->remote), f->id);
	for (uint32_t k = 1; k < t->hops; k++)
		nap_flows_appear(t, f, k, (struct nap_endpoint){ 0, 0 });
}

void nap_flows_remove(struct nap_flows *t, struct nap_flow *f)
{
	t->slot[f->id] = NULL;
	t->next_free[f->id] = t->first_free;
	t->first_free = f->id;
	t->live--;
	g_free(f);
}
