/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/flows.h"

#include <string.h>

#include <glib.h>

void nap_reflows_init(struct nap_reflows *t, uint32_t n)
{
	t->entry = g_new0(struct nap_reflow, n);
	t->owner = g_new(uint32_t, n);
	memset(t->owner, 0xff, n * sizeof(t->owner[0]));
	t->last = g_new0(nap_time, n);
	t->chain = g_new(uint32_t, n);
	memset(t->chain, 0xff, n * sizeof(t->chain[0]));
	t->n = n;
	t->free = 0;
	for (uint32_t i = 0; i < n; i++)
		t->entry[i].next = i + 1 < n ? i + 1 : NAP_NO_REFLOW;
}

void nap_reflows_clear(struct nap_reflows *t)
{
	g_clear_pointer(&t->entry, g_free);
	g_clear_pointer(&t->owner, g_free);
	g_clear_pointer(&t->last, g_free);
	g_clear_pointer(&t->chain, g_free);
}

static uint32_t *head(const struct nap_reflows *t, uint32_t association, uint32_t id)
{
	return &t->chain[(association * UINT32_C(0x9e3779b1) ^ id * UINT32_C(0x85ebca6b)) % t->n];
}

uint32_t nap_reflows_find(const struct nap_reflows *t, uint32_t association, uint32_t id)
{
	uint32_t i = *head(t, association, id);

	while (i != NAP_NO_REFLOW && (t->entry[i].association != association || t->entry[i].id != id))
		i = t->entry[i].next;
	return i;
}

uint32_t nap_reflows_add(struct nap_reflows *t, uint32_t association, uint32_t id, uint8_t proto)
{
	uint32_t i = t->free;
	struct nap_reflow *f;

	if (i == NAP_NO_REFLOW)
		return i;
	f = &t->entry[i];
	t->free = f->next;
	memset(f, 0, sizeof(*f));
	f->used = true;
	f->association = t->owner[i] = association;
	f->id = id;
	f->proto = proto;
	f->next = *head(t, association, id);
	*head(t, association, id) = i;
	return i;
}

void nap_reflows_remove(struct nap_reflows *t, uint32_t i)
{
	struct nap_reflow *f = &t->entry[i];
	uint32_t *at = head(t, f->association, f->id);

	while (*at != i)
		at = &t->entry[*at].next;
	*at = f->next;
	f->used = false;
	t->owner[i] = NAP_NO_CLIENT;
	f->next = t->free;
	t->free = i;
}
