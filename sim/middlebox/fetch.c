/* SPDX-License-Identifier: BSD-2-Clause */
#include "middlebox/fetch.h"

#include "middlebox/mapping.h"

static G_NO_INLINE void fetch(
	const struct nap_box *box, uint8_t proto, struct nap_endpoint inside, struct nap_endpoint remote)
{
	struct key k = { .local = inside, .remote = remote, .proto = proto, .side = NAP_INSIDE };

	nap_fetch(nap_index_slot(&box->sessions, nap_key_short_hash(box, &k)));
	nap_mapping_fetch(box, proto, inside, remote);
	if (box->tracks_sub)
		nap_subscriber_fetch(box, inside.addr);
	if (box->config->ports.word != NAP_PORTS_PRESERVE || box->addresses.n == 0)
		return;
	k.local.addr = box->addresses.addr[0]; /* the port that it will have, mostly */
	k.side = NAP_OUTSIDE;
	nap_fetch(nap_index_slot(&box->sessions, nap_key_short_hash(box, &k)));
	nap_extport_fetch(box, proto, k.local);
}

NAP_HOT void nap_box_fetch(
	const struct nap_box *box, uint8_t proto, struct nap_endpoint inside, struct nap_endpoint remote)
{
	if (box->live >= NAP_FETCH_FROM)
		fetch(box, proto, inside, remote);
}
