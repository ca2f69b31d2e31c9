/* SPDX-License-Identifier: BSD-2-Clause */
#include "middlebox/destinations.h"

#include "middlebox/state.h"

struct destination {
	nap_addr from; /* external address, 0: of what is not translated */
	struct nap_endpoint remote;
	uint8_t proto;
	uint32_t sessions;
	uint32_t next_free;
};

struct destinations {
	struct destination *entry;
	uint32_t size, high, free;
	struct nap_index index;
};

static uint32_t hash(uint8_t proto, nap_addr from, struct nap_endpoint remote)
{
	return nap_index_hash((uint64_t)from << 32 | remote.addr, (uint64_t)remote.port << 8 | proto);
}

static uint32_t find(const struct destinations *d, uint8_t proto, nap_addr from, struct nap_endpoint remote)
{
	uint32_t h = hash(proto, from, remote), at = nap_index_first(&d->index, h), id;

	while ((id = nap_index_next(&d->index, h, &at)) != NONE) {
		const struct destination *e = &d->entry[id];

		if (e->from == from && e->proto == proto && nap_endpoint_equal(e->remote, remote))
			break;
	}
	return id;
}

/* Sessions that the outside opened, or that end at the box, are to nowhere. */
static bool counts(const struct session *s)
{
	return !(s->flags & (SF_FROM_OUTSIDE | SF_LOCAL));
}

static nap_addr from_of(const struct session *s)
{
	return s->flags & SF_TRANSLATED ? s->mapped : 0;
}

static uint32_t add(struct destinations *d, uint8_t proto, nap_addr from, struct nap_endpoint remote)
{
	uint32_t id = d->free;

	if (id != NONE) {
		d->free = d->entry[id].next_free;
	} else {
		if (d->high == d->size) {
			d->size = d->size ? d->size * 2 : 16;
			d->entry = g_renew(struct destination, d->entry, d->size);
		}
		id = d->high++;
	}
	d->entry[id] = (struct destination){ .from = from, .remote = remote, .proto = proto };
	nap_index_add(&d->index, hash(proto, from, remote), id);
	return id;
}

bool nap_destination_full(const struct nap_box *box, uint8_t proto, nap_addr from, struct nap_endpoint remote)
{
	const struct destinations *d = box->destinations;
	uint32_t limit = box->config->sessions_per_destination,
		 id = d && limit ? find(d, proto, from, remote) : NONE;

	return id != NONE && d->entry[id].sessions >= limit;
}

void nap_destination_join(struct nap_box *box, const struct session *s)
{
	struct destinations *d = box->destinations;
	struct nap_endpoint remote = { s->remote, s->remote_port };
	uint32_t id;

	if (!d || !counts(s))
		return;
	id = find(d, s->proto, from_of(s), remote);
	if (id == NONE)
		id = add(d, s->proto, from_of(s), remote);
	d->entry[id].sessions++;
}

void nap_destination_leave(struct nap_box *box, const struct session *s)
{
	struct destinations *d = box->destinations;
	struct nap_endpoint remote = { s->remote, s->remote_port };
	uint32_t id;

	if (!d || !counts(s))
		return;
	id = find(d, s->proto, from_of(s), remote);
	g_assert(id != NONE);
	if (--d->entry[id].sessions > 0)
		return;
	nap_index_remove(&d->index, hash(s->proto, from_of(s), remote), id);
	d->entry[id].next_free = d->free;
	d->free = id;
}

void nap_destinations_begin(struct nap_box *box)
{
	box->destinations = g_new0(struct destinations, 1);
	box->destinations->free = NONE;
	nap_index_init(&box->destinations->index, 8);
	for (uint32_t id = 0; id < box->high; id++)
		if (box->session[id].flags & SF_LIVE)
			nap_destination_join(box, &box->session[id]);
}

void nap_destinations_reset(struct nap_box *box)
{
	if (!box->destinations)
		return;
	box->destinations->high = 0;
	box->destinations->free = NONE;
	nap_index_reset(&box->destinations->index);
}

void nap_destinations_clear(struct nap_box *box)
{
	if (!box->destinations)
		return;
	g_free(box->destinations->entry);
	nap_index_clear(&box->destinations->index);
	g_free(box->destinations);
}
