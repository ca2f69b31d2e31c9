/* SPDX-License-Identifier: BSD-2-Clause */
#include "replay/names.h"

#include <glib.h>

#define FIRST UINT32_C(0xf0000001)
#define LAST  UINT32_C(0xfffffffe)

struct name {
	struct nap_ip ip;
	nap_addr addr;
	uint32_t kept;
};

struct nap_names {
	GHashTable *by_ip; /* struct name by its ip */
	const struct name *recent;
	nap_addr next; /* numbers come again only when all others have been given: boxes may remember them */
};

static guint hash(gconstpointer p)
{
	const struct nap_ip *ip = p;
	uint64_t h = (ip->high ^ ip->low * UINT64_C(0x9e3779b97f4a7c15)) * UINT64_C(0xbf58476d1ce4e5b9);

	return (guint)(h >> 32);
}

static gboolean equal(gconstpointer a, gconstpointer b)
{
	const struct nap_ip *x = a, *y = b;

	return nap_ip_equal(*x, *y);
}

struct nap_names *nap_names_new(void)
{
	struct nap_names *n = g_new0(struct nap_names, 1);

	n->by_ip = g_hash_table_new_full(hash, equal, NULL, g_free);
	n->next = FIRST;
	return n;
}

void nap_names_free(struct nap_names *n)
{
	if (n)
		g_hash_table_unref(n->by_ip);
	g_free(n);
}

static struct name *find(struct nap_names *n, struct nap_ip ip)
{
	struct name *name = g_hash_table_lookup(n->by_ip, &ip);

	if (name)
		return name;
	name = g_new0(struct name, 1);
	name->ip = ip;
	name->addr = n->next;
	n->next = n->next == LAST ? FIRST : n->next + 1;
	g_hash_table_add(n->by_ip, name);
	return name;
}

nap_addr nap_names_of(struct nap_names *n, struct nap_ip ip)
{
	if (nap_ip_is_v4(ip))
		return (nap_addr)ip.low;
	if (!n->recent || !nap_ip_equal(n->recent->ip, ip))
		n->recent = find(n, ip);
	return n->recent->addr;
}

void nap_names_keep(struct nap_names *n, struct nap_ip ip)
{
	if (!nap_ip_is_v4(ip))
		find(n, ip)->kept++;
}

void nap_names_drop(struct nap_names *n, struct nap_ip ip)
{
	struct name *name;

	if (nap_ip_is_v4(ip))
		return;
	name = find(n, ip);
	if (name->kept > 0)
		name->kept--;
	if (name->kept > 0)
		return;
	n->recent = NULL;
	g_hash_table_remove(n->by_ip, &ip);
}
