/* SPDX-License-Identifier: BSD-2-Clause */
#include "discovery/places.h"

#include <glib.h>

struct nap_places {
	GHashTable *known; /* of struct nap_place, by endpoint and protocol */
};

static guint place_hash(gconstpointer key)
{
	const struct nap_place *p = key;

	return (p->seen.addr * 2654435761u) ^ ((guint)p->seen.port << 13) ^ p->proto;
}

static gboolean place_equal(gconstpointer a, gconstpointer b)
{
	const struct nap_place *p = a, *q = b;

	return nap_endpoint_equal(p->seen, q->seen) && p->proto == q->proto;
}

struct nap_places *nap_places_new(void)
{
	struct nap_places *p = g_new0(struct nap_places, 1);

	p->known = g_hash_table_new_full(place_hash, place_equal, g_free, NULL);
	return p;
}

void nap_places_free(struct nap_places *p)
{
	g_hash_table_destroy(p->known);
	g_free(p);
}

bool nap_places_note(struct nap_places *p, const struct nap_place *now, struct nap_place *before)
{
	struct nap_place *known = g_hash_table_lookup(p->known, now);

	if (!known) {
		g_hash_table_add(p->known, g_memdup2(now, sizeof(*now)));
		return false;
	}
	*before = *known;
	*known = *now;
	return true;
}
