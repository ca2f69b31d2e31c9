/* SPDX-License-Identifier: BSD-2-Clause */
#include "middlebox/zones.h"

#include "middlebox/alone.h"
#include "middlebox/rules.h"

/* Zone 0 leaves a hash as it is: so sessions from before are found where they stand. */
static uint32_t mix(uint16_t zone)
{
	return zone * UINT32_C(0x9e3779b1);
}

void nap_zones_begin(struct nap_box *box)
{
	if (box->zones || !nap_rules_name_zones(box->raw_rule, box->n_raw_rules))
		return;
	nap_alone_end(box); /* the names of zones are full ones */
	nap_table_name_twice(box);
	box->zones = g_new0(struct zone, MAX(box->size, 1));
}

/* Is the key on that side the name of the opener's packets? */
static bool is_openers(const struct session *s, uint32_t side)
{
	return (side == NAP_OUTSIDE) == ((s->flags & SF_FROM_OUTSIDE) != 0);
}

static uint16_t zone_of(const struct nap_box *box, uint32_t id, uint32_t side)
{
	const struct zone *z = &box->zones[id];

	return is_openers(&box->session[id], side) ? z->opener : z->answerer;
}

uint32_t nap_zone_mix(const struct nap_box *box, uint32_t id, uint32_t side)
{
	return mix(zone_of(box, id, side));
}

/* The session for which k names, in that zone, packets of its opener, or of its answerer. */
static uint32_t seek(const struct nap_box *box, const struct key *k, uint16_t zone, bool openers)
{
	uint32_t hash = nap_key_hash(box, k) ^ mix(zone), at = nap_index_first(&box->sessions, hash), id;

	while ((id = nap_index_next(&box->sessions, hash, &at)) != NONE)
		if (nap_key_matches(&box->session[id], k) &&
			is_openers(&box->session[id], k->side) == openers &&
			zone_of(box, id, k->side) == zone)
			break;
	return id;
}

/* The same, of either: the last of those that the index holds, oldest first. */
static uint32_t seek_newest(const struct nap_box *box, const struct key *k, uint16_t zone)
{
	uint32_t hash = nap_key_hash(box, k) ^ mix(zone), at = nap_index_first(&box->sessions, hash), id;
	uint32_t newest = NONE;

	while ((id = nap_index_next(&box->sessions, hash, &at)) != NONE)
		if (nap_key_matches(&box->session[id], k) && zone_of(box, id, k->side) == zone)
			newest = id;
	return newest;
}

/* Linux looks in one place for both where they share the zone, and finds who came last. */
uint32_t nap_zone_find(const struct nap_box *box, struct zone z, const struct key *k)
{
	uint32_t id;

	if (z.opener == z.answerer)
		return seek_newest(box, k, z.opener);
	id = seek(box, k, z.opener, true);
	return id != NONE ? id : seek(box, k, z.answerer, false);
}

/* Linux looks for it where the answers will be: openers are found there if they share the zone. */
uint32_t nap_zone_holder(const struct nap_box *box, struct zone z, const struct key *k)
{
	uint32_t id = seek(box, k, z.answerer, false);

	return id != NONE || z.opener != z.answerer ? id : seek(box, k, z.opener, true);
}
