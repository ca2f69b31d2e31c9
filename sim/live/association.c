/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/association.h"

#include <string.h>

#include <glib.h>

void nap_associations_init(struct nap_associations *t, uint32_t n, uint32_t per_host, nap_time keep)
{
	t->entry = g_new0(struct nap_association, n);
	t->chain = g_new(uint32_t, n);
	memset(t->chain, 0xff, n * sizeof(t->chain[0]));
	t->n = n;
	t->per_host = per_host;
	t->keep = keep;
}

void nap_associations_clear(struct nap_associations *t)
{
	g_clear_pointer(&t->entry, g_free);
	g_clear_pointer(&t->chain, g_free);
}

/* Ids are random numbers of clients that proved an address; who makes his own collide only slows himself. */
static uint32_t *head(struct nap_associations *t, uint64_t id)
{
	return &t->chain[(id ^ id >> 32) % t->n];
}

static void unlink_entry(struct nap_associations *t, uint32_t index)
{
	uint32_t *at = head(t, t->entry[index].id);

	while (*at != index)
		at = &t->entry[*at].next;
	*at = t->entry[index].next;
	t->entry[index].used = false;
}

/* A free or stale slot for host, counting what its site has already. */
static uint32_t make_room(struct nap_associations *t, nap_time now, const struct nap_inet *host)
{
	uint32_t slot = NAP_NO_CLIENT, mine = 0;

	for (uint32_t i = 0; i < t->n; i++) {
		struct nap_association *s = &t->entry[i];

		if (s->used && !s->flows && now - s->last >= t->keep)
			unlink_entry(t, i);
		if (!s->used && slot == NAP_NO_CLIENT)
			slot = i;
		if (s->used && nap_inet_same_site(&s->host, host))
			mine++;
	}
	return mine < t->per_host ? slot : NAP_NO_CLIENT;
}

uint32_t nap_associations_find(
	struct nap_associations *t, nap_time now, uint64_t id, const struct nap_inet *host)
{
	uint32_t i;
	struct nap_association *s;

	for (i = *head(t, id); i != NAP_NO_CLIENT; i = t->entry[i].next)
		if (t->entry[i].id == id && nap_inet_same_host(&t->entry[i].host, host))
			return i;
	i = make_room(t, now, host);
	if (i == NAP_NO_CLIENT)
		return i;
	s = &t->entry[i];
	memset(s, 0, sizeof(*s));
	s->id = id;
	s->host = *host;
	s->host.port = 0;
	s->last = now;
	s->used = true;
	s->next = *head(t, id);
	*head(t, id) = i;
	return i;
}

bool nap_associations_knows(const struct nap_associations *t, const struct nap_inet *host)
{
	for (uint32_t i = 0; i < t->n; i++)
		if (nap_inet_same_host(&t->entry[i].host, host) && t->entry[i].used)
			return true;
	return false;
}

static void window_clear(struct nap_association *s, uint32_t from, uint32_t to)
{
	if (to - from >= NAP_ASSOCIATION_WINDOW) {
		memset(s->window, 0, sizeof(s->window));
		return;
	}
	for (uint32_t q = from + 1; q != to + 1; q++)
		s->window[q % NAP_ASSOCIATION_WINDOW / 64] &= ~(UINT64_C(1) << q % 64);
}

bool nap_association_receive(struct nap_association *s, nap_time now, uint32_t seq)
{
	uint64_t *word = &s->window[seq % NAP_ASSOCIATION_WINDOW / 64], bit = UINT64_C(1) << seq % 64;

	if (seq > s->top) {
		window_clear(s, s->top, seq);
		s->top = seq;
	} else if (s->top - seq >= NAP_ASSOCIATION_WINDOW || *word & bit) {
		return false;
	}
	*word |= bit;
	s->last = now;
	if (s->credit < NAP_ASSOCIATION_CREDIT)
		s->credit++;
	return true;
}

bool nap_association_pay(struct nap_association *s, uint32_t price)
{
	if (s->credit < price)
		return false;
	s->credit -= price;
	return true;
}

bool nap_association_note(struct nap_association *s, nap_time at, const struct nap_record_event *event)
{
	struct nap_association_event *e;

	if (s->newest - s->acked >= NAP_ASSOCIATION_EVENTS) {
		s->lost++;
		return false;
	}
	e = &s->events[++s->newest % NAP_ASSOCIATION_EVENTS];
	e->event = *event;
	e->event.number = s->newest;
	e->at = at;
	return true;
}

void nap_association_acknowledge(struct nap_association *s, uint32_t number)
{
	if (number - s->acked <= s->newest - s->acked)
		s->acked = number;
}

bool nap_association_event(
	const struct nap_association *s, nap_time now, uint32_t number, struct nap_record_event *out)
{
	const struct nap_association_event *e = &s->events[number % NAP_ASSOCIATION_EVENTS];

	if (number - s->acked - 1 >= s->newest - s->acked)
		return false;
	*out = e->event;
	out->newest = s->newest;
	out->credit = s->credit;
	/* what came while this turn was under way bears a later stamp than the turn */
	out->age_us = (uint64_t)(nap_time_max(now - e->at, 0) / NAP_US);
	return true;
}
