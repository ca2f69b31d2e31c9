/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/fragment.h"

#include <string.h>

#include <glib.h>

enum {
	IP_HEADER = 20,
	MOST = 65535 - IP_HEADER, /* payload of the largest datagram */
	MAX_GAPS = 32             /* 44 pieces of 1500 bytes make it: every other one is 22 */
};

/* Bytes of IP payload before p and in it. */
static uint32_t offset_of(const struct nap_packet *p)
{
	return (p->ip_frag & NAP_OFFSET) * 8u;
}

static uint32_t payload_of(const struct nap_packet *p)
{
	return nap_packet_bytes(p) - IP_HEADER;
}

static uint32_t room_in(uint32_t mtu)
{
	return (mtu - IP_HEADER) & ~7u;
}

uint32_t nap_fragment_count(const struct nap_packet *p, uint32_t mtu)
{
	uint32_t bytes = nap_packet_bytes(p), rest;

	if (mtu == 0 || bytes <= mtu)
		return 1;
	rest = bytes - mtu; /* the last piece may use all of the mtu, the others multiples of 8 */
	return 1 + (rest + room_in(mtu) - 1) / room_in(mtu);
}

void nap_fragment_span(const struct nap_packet *p, uint32_t from, uint32_t to, struct nap_packet *piece)
{
	uint32_t whole = payload_of(p);

	g_assert(from < to && to <= whole);
	*piece = *p;
	piece->ip_frag = (uint16_t)((p->ip_frag & NAP_DF) | (offset_of(p) + from) / 8 |
				    (to == whole ? p->ip_frag & NAP_MF : NAP_MF));
	piece->len = to - from;
	if (from == 0) {
		piece->len -= nap_packet_header(p);
		return;
	}
	piece->src.port = piece->dst.port = 0;
	piece->flags = 0;
	piece->seq = piece->ack = 0;
	piece->win = 0;
	piece->says = NAP_SAYS_NOTHING;
}

void nap_fragment_cut(const struct nap_packet *p, uint32_t mtu, uint32_t i, struct nap_packet *piece)
{
	uint32_t n = nap_fragment_count(p, mtu), room = n > 1 ? room_in(mtu) : 0;

	g_assert(i < n);
	if (n == 1)
		*piece = *p;
	else
		nap_fragment_span(p, i * room, i + 1 == n ? payload_of(p) : (i + 1) * room, piece);
}

/* What tells datagrams apart (RFC 791). */
struct key {
	nap_addr src, dst;
	uint16_t id;
	uint8_t proto;
};

struct span {
	uint32_t from, to;
};

/* An unfinished datagram. */
struct waiting {
	struct key key;
	nap_time since;
	struct waiting *older, *newer;
	struct nap_packet head; /* its first piece, once has_head */
	bool has_head, all_df, in_order;
	uint32_t end; /* bytes in all, 0 until the last piece has told */
	uint32_t largest, pieces, n_spans;
	uint16_t start[NAP_STARTS]; /* offsets of the pieces, in order, as long as there is room */
	struct span span[MAX_GAPS]; /* what came, in order, apart from one another */
};

struct nap_reassembly {
	GHashTable *by_key;
	struct waiting *oldest, *newest;
	uint32_t limit, n;
	nap_time timeout;
	bool evicts;
};

static guint hash_key(gconstpointer p)
{
	const struct key *k = p;
	uint64_t h = ((uint64_t)k->src << 32 | k->dst) * UINT64_C(0x9e3779b97f4a7c15);

	return (guint)((h ^ ((uint64_t)k->id << 8 | k->proto) * UINT64_C(0xd6e8feb86659fd93)) >> 32);
}

static gboolean same_key(gconstpointer a, gconstpointer b)
{
	const struct key *x = a, *y = b;

	return x->src == y->src && x->dst == y->dst && x->id == y->id && x->proto == y->proto;
}

struct nap_reassembly *nap_reassembly_new(uint32_t limit, nap_time timeout, bool oldest)
{
	struct nap_reassembly *r = g_new0(struct nap_reassembly, 1);

	r->by_key = g_hash_table_new(hash_key, same_key);
	r->limit = limit;
	r->timeout = timeout;
	r->evicts = oldest;
	return r;
}

static void give_up(struct nap_reassembly *r, struct waiting *w)
{
	g_hash_table_remove(r->by_key, &w->key);
	*(w->older ? &w->older->newer : &r->oldest) = w->newer;
	*(w->newer ? &w->newer->older : &r->newest) = w->older;
	r->n--;
	g_free(w);
}

void nap_reassembly_clear(struct nap_reassembly *r)
{
	while (r && r->oldest)
		give_up(r, r->oldest);
}

void nap_reassembly_free(struct nap_reassembly *r)
{
	if (!r)
		return;
	nap_reassembly_clear(r);
	g_hash_table_destroy(r->by_key);
	g_free(r);
}

nap_time nap_reassembly_due(const struct nap_reassembly *r)
{
	return r && r->oldest ? nap_time_after(r->oldest->since, r->timeout) : NAP_NEVER;
}

void nap_reassembly_settle(struct nap_reassembly *r, nap_time now)
{
	while (nap_reassembly_due(r) <= now)
		give_up(r, r->oldest);
}

/* The datagram of a piece, new when it is the first to come; NULL when there is no room. */
static struct waiting *datagram_of(struct nap_reassembly *r, nap_time now, const struct nap_packet *p)
{
	struct key k = { p->src.addr, p->dst.addr, p->ip_id, p->proto };
	struct waiting *w;

	nap_reassembly_settle(r, now);
	if (r->limit && r->n >= r->limit && !r->evicts) /* as Linux: not even the rest of what waits */
		return NULL;
	w = g_hash_table_lookup(r->by_key, &k);
	if (w)
		return w;
	if (r->limit && r->n >= r->limit && r->oldest)
		give_up(r, r->oldest);
	w = g_new0(struct waiting, 1);
	w->key = k;
	w->since = now;
	w->all_df = w->in_order = true;
	w->older = r->newest;
	*(r->newest ? &r->newest->newer : &r->oldest) = w;
	r->newest = w;
	r->n++;
	g_hash_table_insert(r->by_key, &w->key, w);
	return w;
}

enum fit { FIT_NEW, FIT_KNOWN, FIT_BAD };

/* Notes the bytes of a piece; those that came before, in part or in whole, tell (RFC 5722: overlaps are attacks). */
static enum fit note_span(struct waiting *w, uint32_t from, uint32_t to)
{
	uint32_t i = 0;

	while (i < w->n_spans && w->span[i].to < from)
		i++;
	if (i < w->n_spans && w->span[i].from <= from && w->span[i].to >= to)
		return FIT_KNOWN;
	if (i < w->n_spans && w->span[i].to == from) { /* behind it */
		if (i + 1 < w->n_spans && w->span[i + 1].from < to)
			return FIT_BAD;
		w->span[i].to = to;
		if (i + 1 < w->n_spans && w->span[i + 1].from == to) {
			w->span[i].to = w->span[i + 1].to;
			w->n_spans--;
			for (uint32_t k = i + 1; k < w->n_spans; k++)
				w->span[k] = w->span[k + 1];
		}
		return FIT_NEW;
	}
	if (i < w->n_spans && w->span[i].from < to)
		return FIT_BAD;
	if (i < w->n_spans && w->span[i].from == to) { /* before it */
		w->span[i].from = from;
		return FIT_NEW;
	}
	if (w->n_spans == MAX_GAPS)
		return FIT_BAD;
	for (uint32_t k = w->n_spans++; k > i; k--)
		w->span[k] = w->span[k - 1];
	w->span[i] = (struct span){ from, to };
	return FIT_NEW;
}

static bool consistent(const struct waiting *w, const struct nap_packet *p, uint32_t from, uint32_t to)
{
	bool last = !(p->ip_frag & NAP_MF);

	if (p->len > MOST || to <= from || to > MOST ||
		(!last && (to - from) % 8)) /* len: else to has wrapped */
		return false;
	if (w->end && (to > w->end || (last && to != w->end)))
		return false;
	return !last || w->n_spans == 0 || w->span[w->n_spans - 1].to <= to;
}

static void note_start(struct waiting *w, uint32_t from)
{
	uint32_t i = w->pieces;

	if (i >= NAP_STARTS)
		return;
	for (; i > 0 && w->start[i - 1] > from; i--)
		w->start[i] = w->start[i - 1];
	w->start[i] = (uint16_t)from;
}

enum nap_reassembled nap_reassembly_add(
	struct nap_reassembly *r, nap_time now, const struct nap_packet *p, struct nap_datagram *whole)
{
	struct waiting *w = datagram_of(r, now, p);
	uint32_t from = offset_of(p), to = from + payload_of(p);
	enum fit fit;

	if (!w)
		return NAP_PIECE_DROPPED;
	w->in_order = w->in_order && from == (w->n_spans ? w->span[0].to : 0);
	fit = consistent(w, p, from, to) ? note_span(w, from, to) : FIT_BAD;
	if (fit == FIT_BAD)
		give_up(r, w);
	if (fit != FIT_NEW)
		return NAP_PIECE_DROPPED;
	if (from == 0) {
		w->head = *p;
		w->has_head = true;
	}
	if (!(p->ip_frag & NAP_MF))
		w->end = to;
	w->all_df = w->all_df && (p->ip_frag & NAP_DF);
	w->largest = MAX(w->largest, nap_packet_bytes(p));
	note_start(w, from);
	w->pieces++;
	if (!w->end || w->n_spans != 1 || w->span[0].from || w->span[0].to != w->end)
		return NAP_PIECE_KEPT;
	*whole = (struct nap_datagram){ w->head, w->largest, w->pieces, w->in_order, { 0 } };
	memcpy(whole->start, w->start, sizeof w->start);
	whole->packet.ip_frag = w->all_df ? NAP_DF : 0;
	whole->packet.len = w->end - nap_packet_header(&whole->packet);
	give_up(r, w);
	return NAP_PIECE_COMPLETE;
}

bool nap_reassembly_follow(struct nap_reassembly *r, nap_time now, struct nap_packet *p)
{
	bool later = nap_packet_is_later_fragment(p);
	struct waiting *w = datagram_of(r, now, p);

	if (!w)
		return false;
	if (!later) {
		w->head = *p;
		w->has_head = true;
		return true;
	}
	if (!w->has_head) {
		give_up(r, w);
		return false;
	}
	p->src.port = w->head.src.port;
	p->dst.port = w->head.dst.port;
	p->icmp_type = w->head.icmp_type;
	p->icmp_code = w->head.icmp_code;
	if (!(p->ip_frag & NAP_MF))
		give_up(r, w);
	return true;
}

uint32_t nap_reassembly_waiting(const struct nap_reassembly *r)
{
	return r ? r->n : 0;
}
