/* SPDX-License-Identifier: BSD-2-Clause */
#include "middlebox/alone.h"

#include "middlebox/mapping.h"

/* Bits of a name's second word (nap_name_hash). */
#define REMOTE_ADDR (UINT64_MAX << 32)
#define REMOTE_PORT (UINT64_C(0xffff) << 1)

void nap_alone_none(struct nap_box *box)
{
	for (int tcp = 0; tcp < 2; tcp++)
		box->short_name[tcp][NAP_INSIDE] = box->short_name[tcp][NAP_OUTSIDE] = nap_full_name(box);
	box->has_alone = false;
	box->crowd = 0;
}

void nap_alone_begin(struct nap_box *box)
{
	nap_alone_none(box);
	box->has_alone = box->config->kind == NAP_BOX_NAT && !box->config->mapping_hold && !box->zones;
	for (int tcp = 0; tcp < 2 && box->has_alone; tcp++) {
		uint64_t *in = &box->short_name[tcp][NAP_INSIDE];

		if (box->mapping_dep[tcp] == NAP_ENDPOINT_INDEPENDENT || box->reuses[tcp])
			*in = 0;
		else if (box->mapping_dep[tcp] == NAP_ADDRESS_DEPENDENT)
			*in &= ~REMOTE_PORT;
		box->short_name[tcp][NAP_OUTSIDE] = NAP_OUTSIDE;
	}
}

void nap_alone_record_all(struct nap_box *box)
{
	for (uint32_t id = 0; id < box->high && box->has_alone; id++)
		if ((box->session[id].flags & SF_LIVE) && nap_is_alone(&box->session[id]))
			nap_mapping_record(box, id);
}

void nap_alone_end(struct nap_box *box)
{
	nap_alone_record_all(box);
	nap_alone_none(box); /* full names are the only ones */
}

/* Is the mapping of s, by what of a remote end counts, that towards remote, too? */
static inline bool same_mapping(uint64_t counts, const struct session *s, struct nap_endpoint remote)
{
	return !(((uint64_t)(s->remote ^ remote.addr) << 32 | (uint64_t)(s->remote_port ^ remote.port) << 1) &
		 counts);
}

NAP_HOT uint32_t nap_alone_in(
	const struct nap_box *box, uint8_t proto, struct nap_endpoint inside, struct nap_endpoint remote)
{
	uint64_t counts = box->short_name[proto == NAP_TCP][NAP_INSIDE];
	uint32_t hash, at, id;

	if (!box->has_alone)
		return NONE;
	hash = nap_name_hash(counts, inside.addr, inside.port, remote.addr, remote.port, proto, NAP_INSIDE);
	at = nap_index_first(&box->sessions, hash);
	while ((id = nap_index_next(&box->sessions, hash, &at)) != NONE) {
		const struct session *s = &box->session[id];

		if (nap_is_alone(s) && s->inside == inside.addr && s->inside_port == inside.port &&
			s->proto == proto && same_mapping(counts, s, remote))
			break;
	}
	return id;
}

/* Has one that is not alone the name k? */
static bool is_named(const struct nap_box *box, const struct key *k)
{
	return nap_table_seek(box, k, nap_key_hash(box, k)) != NONE;
}

bool nap_alone_shares(struct nap_box *box, const struct session *s)
{
	struct key inside = nap_session_key(s, NAP_INSIDE), outside = nap_session_key(s, NAP_OUTSIDE);
	uint32_t in = nap_alone_in(box, s->proto, inside.local, inside.remote),
		 on = nap_alone_on(box, s->proto, outside.local);

	if (in != NONE)
		nap_mapping_record(box, in);
	if (on != NONE && on != in)
		nap_mapping_record(box, on);
	return in != NONE || on != NONE || is_named(box, &inside) || is_named(box, &outside) ||
	       nap_mapping_recorded(box, s);
}
