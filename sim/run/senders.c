/* SPDX-License-Identifier: BSD-2-Clause */
#include "run/senders.h"

#include <glib.h>

struct sender {
	gint64 key; /* hop, protocol, endpoint */
	uint32_t id;
};

struct nap_senders {
	GHashTable *last; /* struct sender, by its key */
};

static gint64 key_of(uint32_t hop, uint8_t proto, struct nap_endpoint e)
{
	return (gint64)((uint64_t)hop << 56 | (uint64_t)proto << 48 | (uint64_t)e.addr << 16 | e.port);
}

struct nap_senders *nap_senders_new(void)
{
	struct nap_senders *s = g_new(struct nap_senders, 1);

	s->last = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	return s;
}

void nap_senders_free(struct nap_senders *s)
{
	if (!s)
		return;
	g_hash_table_unref(s->last);
	g_free(s);
}

void nap_senders_note(struct nap_senders *s, uint32_t id, uint32_t hop, const struct nap_packet *p)
{
	gint64 key = key_of(hop, p->proto, p->src);
	struct sender *old = g_hash_table_lookup(s->last, &key);

	if (!old) {
		old = g_new(struct sender, 1);
		old->key = key;
		g_hash_table_add(s->last, old);
	}
	old->id = id;
}

uint32_t nap_senders_find(const struct nap_senders *s, uint32_t hop, const struct nap_box_flow *flow)
{
	gint64 key = key_of(hop, flow->proto, flow->inside);
	const struct sender *found = g_hash_table_lookup(s->last, &key);

	return found ? found->id : NAP_NOBODY;
}
