/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside addresses as owners: found, counted, limited. */
#include "kernel/pages.h"
#include "middlebox/alone.h"
#include "middlebox/mapping.h"

static uint32_t hash_subscriber(nap_addr inside)
{
	return nap_index_hash(inside, 1);
}

NAP_HOT void nap_subscriber_fetch(const struct nap_box *box, nap_addr inside)
{
	nap_fetch(nap_index_slot(&box->subscribers, hash_subscriber(inside)));
}

NAP_HOT static uint32_t find_subscriber(struct nap_box *box, nap_addr inside)
{
	uint32_t hash = hash_subscriber(inside), at = nap_index_first(&box->subscribers, hash), id;

	while ((id = nap_index_next(&box->subscribers, hash, &at)) != NONE)
		if (box->subscriber[id].inside == inside)
			return id;
	if (box->subscriber_high == box->subscriber_size) {
		box->subscriber_size = box->subscriber_size ? box->subscriber_size * 2 : box->room;
		box->subscriber =
			nap_pages_grow(box->subscriber, box->subscriber_high * sizeof *box->subscriber,
				box->subscriber_size * sizeof *box->subscriber);
	}
	id = box->subscriber_high++;
	box->subscriber[id] =
		(struct subscriber){ .inside = inside, .first_block = NONE, .first_held = NONE };
	nap_index_add(&box->subscribers, hash, id);
	return id;
}

NAP_HOT uint32_t nap_subscriber(struct nap_box *box, nap_addr inside)
{
	uint32_t id = box->recent_subscriber;

	if (id >= box->subscriber_high || box->subscriber[id].inside != inside)
		id = box->recent_subscriber = find_subscriber(box, inside);
	return id;
}

void nap_subscribers_count(struct nap_box *box)
{
	for (uint32_t id = 0; id < box->high; id++) {
		struct session *s = &box->session[id];
		struct subscriber *sub;

		if (!(s->flags & SF_LIVE) || (s->flags & SF_LOCAL))
			continue;
		s->subscriber = nap_subscriber(box, s->inside);
		sub = &box->subscriber[s->subscriber];
		sub->sessions++;
		sub->ports += nap_is_alone(s);
		sub->closed += (nap_track_phase(box, s) & PHASE_UNCOUNTED) != 0;
	}
	for (uint32_t id = 0; id < box->extport_high; id++) {
		struct extport *e = &box->extport[id];

		if (!e->counted || nap_extport_idle(e))
			continue;
		e->subscriber = nap_subscriber(box, e->owner);
		box->subscriber[e->subscriber].ports++;
	}
}

NAP_HOT bool nap_subscriber_admits(struct nap_box *box, nap_time now, nap_addr inside)
{
	uint32_t limit = box->config->sessions_per_subscriber, rate = box->config->session_rate;
	struct subscriber *sub;
	uint32_t id;

	if (!limit && !rate)
		return true;
	id = nap_subscriber(box, inside); /* which may move the array */
	sub = &box->subscriber[id];
	if (limit && sub->sessions - (box->config->closed_count ? 0 : sub->closed) >= limit)
		return false;
	if (!rate)
		return true;
	/* each session takes 1/rate of a second, of which one second may be taken in advance */
	sub->paid = nap_time_max(sub->paid, now);
	if (sub->paid + NAP_S / rate > now + NAP_S)
		return false;
	sub->paid += NAP_S / rate;
	return true;
}
