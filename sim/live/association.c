/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/association.h"

#include <string.h>

#include <glib.h>

struct nap_ended {
	uint64_t id;
	struct nap_inet host;
	nap_time at;
};

void nap_associations_init(struct nap_associations *t, uint32_t n, const uint32_t most[NAP_SHARE_LEVELS],
	nap_time keep, uint64_t key)
{
	t->entry = g_new0(struct nap_association, n);
	t->chain = g_new(uint32_t, n);
	memset(t->chain, 0xff, n * sizeof(t->chain[0]));
	t->n = n;
	nap_shares_init(&t->shares, n, most, key);
	t->ended = g_new0(struct nap_ended, NAP_ASSOCIATIONS_ENDED);
	t->n_ended = 0;
	t->keep = keep;
}

void nap_associations_clear(struct nap_associations *t)
{
	g_clear_pointer(&t->entry, g_free);
	g_clear_pointer(&t->chain, g_free);
	g_clear_pointer(&t->ended, g_free);
	nap_shares_clear(&t->shares);
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
	nap_shares_give(&t->shares, &t->entry[index].host);
}

uint32_t nap_associations_find(struct nap_associations *t, uint64_t id, const struct nap_inet *host)
{
	uint32_t i = *head(t, id);

	while (i != NAP_NO_CLIENT && !(t->entry[i].id == id && nap_inet_same_host(&t->entry[i].host, host)))
		i = t->entry[i].next;
	return i;
}

bool nap_associations_over(
	const struct nap_associations *t, nap_time now, uint64_t id, const struct nap_inet *host)
{
	for (uint32_t i = 0; i < MIN(t->n_ended, NAP_ASSOCIATIONS_ENDED); i++)
		if (t->ended[i].id == id && now - t->ended[i].at < t->keep &&
			nap_inet_same_host(&t->ended[i].host, host))
			return true;
	return false;
}

void nap_associations_end(struct nap_associations *t, nap_time now, uint32_t index)
{
	const struct nap_association *s = &t->entry[index];

	t->ended[t->n_ended++ % NAP_ASSOCIATIONS_ENDED] = (struct nap_ended){ s->id, s->host, now };
	unlink_entry(t, index);
}

/* A slot that is free, or whose cookies are all stale. */
static uint32_t free_slot(struct nap_associations *t, nap_time now)
{
	uint32_t slot = NAP_NO_CLIENT;

	for (uint32_t i = 0; i < t->n; i++) {
		const struct nap_association *s = &t->entry[i];

		if (s->used && !s->flows && now - s->last >= t->keep)
			unlink_entry(t, i);
		if (!s->used && slot == NAP_NO_CLIENT)
			slot = i;
	}
	return slot;
}

uint32_t nap_associations_open(
	struct nap_associations *t, nap_time now, uint64_t id, const struct nap_inet *host)
{
	uint32_t i = free_slot(t, now);
	struct nap_association *s;

	if (i == NAP_NO_CLIENT || !nap_shares_may(&t->shares, host))
		return NAP_NO_CLIENT;
	s = &t->entry[i];
	memset(s, 0, sizeof(*s));
	s->id = id;
	s->host = *host;
	s->host.port = 0;
	s->last = now;
	s->used = true;
	s->next = *head(t, id);
	*head(t, id) = i;
	nap_shares_take(&t->shares, host);
	return i;
}

/* Do they share a site that has all it may? */
static bool same_full_site(
	const struct nap_associations *t, const struct nap_inet *a, const struct nap_inet *b)
{
	for (int level = 0; level < NAP_SHARE_LEVELS; level++) {
		uint64_t prefix = nap_share_prefix(a, level);

		if (prefix && nap_share_full(&t->shares, prefix, level))
			return a->family == b->family && prefix == nap_share_prefix(b, level);
	}
	return false;
}

/* Of two that may give way: the silent before the speaking, the larger holder's before the smaller's, the one longer not heard. */
static bool sooner(const struct nap_associations *t, nap_time now, const struct nap_association *a,
	const struct nap_association *b)
{
	bool quiet_a = now - a->last >= NAP_ASSOCIATION_QUIET,
	     quiet_b = now - b->last >= NAP_ASSOCIATION_QUIET;
	uint32_t held_a = nap_shares_held(&t->shares, &a->host),
		 held_b = nap_shares_held(&t->shares, &b->host);

	if (quiet_a != quiet_b)
		return quiet_a;
	return held_a != held_b ? held_a > held_b : a->last < b->last;
}

uint32_t nap_associations_yield(const struct nap_associations *t, nap_time now, const struct nap_inet *host)
{
	bool own = !nap_shares_may(&t->shares, host);
	uint32_t first = NAP_NO_CLIENT;

	for (uint32_t i = 0; i < t->n; i++) {
		const struct nap_association *s = &t->entry[i];

		if (s->used && (!own || same_full_site(t, host, &s->host)) &&
			(first == NAP_NO_CLIENT || sooner(t, now, s, &t->entry[first])))
			first = i;
	}
	if (first == NAP_NO_CLIENT || now - t->entry[first].last >= NAP_ASSOCIATION_QUIET)
		return first;
	return !own && nap_shares_held(&t->shares, &t->entry[first].host) >
				       nap_shares_held(&t->shares, host) + 1
		       ? first
		       : NAP_NO_CLIENT;
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
