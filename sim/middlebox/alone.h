/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sessions that are alone: all of their mapping, and alone on their external port, as nearly every one is. Such a session
 * stands for both (session.mapping = ALONE), which then have no records, and its two names in the index are those of
 * mapping and port: of the remote end they hold no more than the mapping depends on, outside nothing. Who comes to share
 * a mapping or a port with it makes it one of many: it gets the records that nap_mapping_record makes, and its full
 * names; it stays so. Where one in NAP_ALONE_SHARE is such a one, all become so: to look for two names costs more than is
 * saved. Private to middlebox/.
 *
 * Only a NAT has sessions that are alone, and none whose mappings outlive their sessions (mapping-hold) or that has zones.
 */
#ifndef NAP_MIDDLEBOX_ALONE_H
#define NAP_MIDDLEBOX_ALONE_H

#include "middlebox/table.h"

enum { NAP_ALONE_FROM = 64, NAP_ALONE_SHARE = 8 };

static inline bool nap_is_alone(const struct session *s)
{
	return s->mapping == ALONE;
}

/* Of a box without sessions: may those to come be alone? Sets what is left out of names. */
void nap_alone_begin(struct nap_box *box);

/* Nobody is: names are full. */
void nap_alone_none(struct nap_box *box);

/* Nobody is alone any more, now or later. */
NAP_COLD void nap_alone_end(struct nap_box *box);

/* All that are alone get records; later ones may be alone. */
void nap_alone_record_all(struct nap_box *box);

/* May s be alone, if nobody shares mapping or port with it? */
static inline bool nap_alone_is_kind(const struct nap_box *box, const struct session *s)
{
	return box->has_alone &&
	       (s->flags & (SF_TRANSLATED | SF_LOCAL | SF_STATIC | SF_GRANTED)) == SF_TRANSLATED;
}

/*
 * Does s, new and in no index yet, share mapping or port with others, or a name (one opened from outside may have that of
 * a session whose mapping was left behind)? Those of them that were alone have got records: of two that have one name the
 * older is found, as long as both stand in one run of the index.
 */
NAP_COLD bool nap_alone_shares(struct nap_box *box, const struct session *s);

/* The session that is alone in the mapping of an inside endpoint towards remote, NONE when none is. */
uint32_t nap_alone_in(
	const struct nap_box *box, uint8_t proto, struct nap_endpoint inside, struct nap_endpoint remote);

/* The session that is alone on an external endpoint, NONE when none is. */
static inline uint32_t nap_alone_on(const struct nap_box *box, uint8_t proto, struct nap_endpoint outside)
{
	uint32_t hash, at, id;

	if (!box->has_alone)
		return NONE;
	hash = nap_outside_hash(outside, proto);
	at = nap_index_first(&box->sessions, hash);
	while ((id = nap_index_next(&box->sessions, hash, &at)) != NONE) {
		const struct session *s = &box->session[id];

		if (nap_is_alone(s) && s->mapped == outside.addr && s->mapped_port == outside.port &&
			s->proto == proto)
			break;
	}
	return id;
}

#endif
