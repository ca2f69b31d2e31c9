/* SPDX-License-Identifier: BSD-2-Clause */
#include "replay/keepalive.h"

#include <glib.h>
#include <string.h>

enum {
	RHYTHMS = 3,  /* of a flow */
	KEPT = 24,    /* latest intervals of each */
	PACKETS = 10, /* of an exchange of keepalives at most */
	ENOUGH = 4,   /* exchanges, before their rhythm is believed */
};

/* Intervals may be counted from these. */
enum from {
	FROM_ALIKE /* the rhythm's exchange before */,
	FROM_SILENCE /* the end of any exchange */,
	FROMS
};

struct rhythm {
	struct nap_keepalive sum;
	nap_time last; /* its latest exchange began */
	uint32_t intervals;
	nap_time interval[FROMS][KEPT];
};

struct nap_rhythms {
	uint32_t n;
	struct rhythm rhythm[RHYTHMS];
};

const char *const nap_keepalive_words[NAP_KEEPALIVE_KINDS] = {
	[NAP_KEEPALIVE_NONE] = "none",
	[NAP_KEEPALIVE_TCP_PROBE] = "tcp-probe",
	[NAP_KEEPALIVE_TLS] = "tls-record",
	[NAP_KEEPALIVE_TCP] = "tcp-payload",
	[NAP_KEEPALIVE_UDP] = "udp-payload",
	[NAP_KEEPALIVE_OTHER] = "other",
};

enum nap_keepalive_kind nap_keepalive_shape(const struct nap_frame *f, bool known, uint32_t next)
{
	const struct nap_packet *p = &f->packet;

	if (f->partial || nap_packet_is_fragment(p))
		return NAP_KEEPALIVE_NONE;
	if (p->proto == NAP_UDP)
		return NAP_KEEPALIVE_UDP;
	if (p->proto != NAP_TCP)
		return p->proto == NAP_ICMP && nap_packet_is_icmp_error(p) ? NAP_KEEPALIVE_NONE
									   : NAP_KEEPALIVE_OTHER;
	if (p->flags & (NAP_SYN | NAP_FIN | NAP_RST))
		return NAP_KEEPALIVE_NONE;
	if (known && p->len <= 1 && p->seq == next - 1)
		return NAP_KEEPALIVE_TCP_PROBE;
	return p->len == 0 ? NAP_KEEPALIVE_NONE : f->tls ? NAP_KEEPALIVE_TLS : NAP_KEEPALIVE_TCP;
}

static void learn(bool *known, uint32_t *next, uint32_t seq)
{
	if (!*known || (int32_t)(seq - *next) > 0)
		*next = seq;
	*known = true;
}

void nap_keepalive_learn(bool known[2], uint32_t next[2], bool up, const struct nap_packet *p)
{
	bool syn = p->flags & NAP_SYN;

	known[up] &= !syn; /* it begins anew */
	learn(&known[up], &next[up], p->seq + p->len + (syn ? 1u : 0u) + (p->flags & NAP_FIN ? 1u : 0u));
	if ((p->flags & NAP_ACK) && !(p->flags & NAP_RST))
		learn(&known[!up], &next[!up], p->ack);
}

bool nap_keepalive_begins(const struct nap_keepalive *k, bool up, enum nap_keepalive_kind kind, uint32_t size)
{
	uint32_t apart = size > k->size ? size - k->size : k->size - size;

	return kind == k->kind && up == k->up && apart <= 2 + k->size / 16;
}

static enum nap_purpose_seen purpose_of(bool opens, bool up)
{
	return opens ? NAP_SEEN_RECONNECT : up ? NAP_SEEN_BACKGROUND : NAP_SEEN_PUSH;
}

/* The rhythm that e is of; a new one takes the place of one seen once, whose energy goes where it belongs then. */
static struct rhythm *find(struct nap_rhythms *r, const struct nap_exchange *e, struct nap_wide *paid)
{
	struct rhythm *free = NULL;

	for (uint32_t i = 0; i < r->n; i++) {
		struct rhythm *k = &r->rhythm[i];

		if (nap_keepalive_begins(&k->sum, e->up, (enum nap_keepalive_kind)e->kind, e->size))
			return k;
		if (k->sum.n == 1 && !free)
			free = k;
	}
	if (r->n < RHYTHMS) {
		free = &r->rhythm[r->n++];
	} else if (free) {
		struct nap_wide *to = &paid[purpose_of(false, free->sum.up)];

		*to = nap_wide_sum(*to, free->sum.paid);
	} else {
		return NULL;
	}
	memset(free, 0, sizeof *free);
	free->sum = (struct nap_keepalive){ .kind = e->kind, .up = e->up, .size = e->size };
	return free;
}

static bool is_small(const struct nap_exchange *e)
{
	return e->kind != NAP_KEEPALIVE_NONE && !e->opens && e->payload <= NAP_KEEPALIVE_PAYLOAD &&
	       e->packets <= PACKETS;
}

static void add_interval(struct rhythm *k, const struct nap_exchange *e)
{
	uint32_t at = k->intervals++ % KEPT;

	k->interval[FROM_ALIKE][at] = e->begun - k->last;
	k->interval[FROM_SILENCE][at] = e->begun - e->before;
}

void nap_rhythm_add(struct nap_rhythms **r, const struct nap_exchange *e, struct nap_wide *paid)
{
	struct nap_wide *to = &paid[purpose_of(e->opens, e->up)];
	struct rhythm *k = NULL;

	if (is_small(e)) {
		if (!*r)
			*r = g_new0(struct nap_rhythms, 1);
		k = find(*r, e, paid);
	}
	if (!k) {
		*to = nap_wide_sum(*to, e->paid);
		return;
	}
	if (k->sum.n++ > 0)
		add_interval(k, e);
	k->last = e->begun;
	k->sum.packets += e->packets;
	k->sum.bytes += e->bytes;
	k->sum.answer = e->answer;
	k->sum.paid = nap_wide_sum(k->sum.paid, e->paid);
}

/* ---- is it even? ----------------------------------------------------------------------------------------------------- */

static gint by_time(gconstpointer a, gconstpointer b)
{
	const nap_time *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static nap_time median(nap_time *v, uint32_t n)
{
	qsort(v, n, sizeof *v, by_time);
	return v[n / 2];
}

/* Of n intervals, how many are within a tenth of their median; *apart: the median distance from it. */
static uint32_t even(const nap_time *interval, uint32_t n, nap_time *period, nap_time *apart)
{
	nap_time v[KEPT];
	uint32_t within = 0;

	memcpy(v, interval, n * sizeof *v);
	*period = median(v, n);
	for (uint32_t i = 0; i < n; i++) {
		v[i] = interval[i] > *period ? interval[i] - *period : *period - interval[i];
		within += v[i] <= *period / 10;
	}
	*apart = median(v, n);
	return within;
}

/* Its period, counted from what makes it most even. Returns how many of how many intervals are. */
static bool measure(struct rhythm *k)
{
	uint32_t n = MIN(k->intervals, KEPT), best = 0;

	k->sum.period = k->sum.jitter = NAP_NEVER;
	for (int from = 0; from < FROMS && n > 0; from++) {
		nap_time period, apart;
		uint32_t within = even(k->interval[from], n, &period, &apart);

		if (within < best || (within == best && apart >= k->sum.jitter))
			continue;
		best = within;
		k->sum.period = period;
		k->sum.jitter = apart;
		k->sum.after_silence = from == FROM_SILENCE;
	}
	return best * 10 >= n * 6;
}

/* TCP's own probes are what they are; all else is by its rhythm. */
static bool is_keepalive(struct rhythm *k)
{
	bool even_enough = measure(k);

	return k->sum.kind == NAP_KEEPALIVE_TCP_PROBE || (k->sum.n >= ENOUGH && even_enough);
}

void nap_rhythm_end(struct nap_rhythms *r, struct nap_keepalive *out, struct nap_wide *paid)
{
	*out = (struct nap_keepalive){ .kind = NAP_KEEPALIVE_NONE, .period = NAP_NEVER, .jitter = NAP_NEVER };
	for (uint32_t i = 0; r && i < r->n; i++) {
		struct rhythm *k = &r->rhythm[i];
		bool keeps = is_keepalive(k);
		struct nap_wide *to = &paid[keeps ? NAP_SEEN_KEEPALIVE : purpose_of(false, k->sum.up)];

		*to = nap_wide_sum(*to, k->sum.paid);
		if (keeps && k->sum.n > out->n)
			*out = k->sum;
	}
	g_free(r);
}
