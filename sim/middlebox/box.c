/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets in: the session of each is looked for, its tracker asked, the packet translated; a packet of a live session
 * refreshes it even if it goes no further. One by one, or in bursts.
 */
#include "middlebox/box.h"

#include "middlebox/lifetimes.h"
#include "middlebox/packet_context.h"

/* A packet of live session id. */
enum nap_verdict nap_way_known(const struct way *w, const struct key *k, uint32_t id)
{
	struct nap_box *box = w->box;
	struct session *s = &box->session[id];
	bool reply = nap_track_is_reply(s, w->side), answered = s->flags & SF_REPLIED;
	enum nap_verdict v;

	switch (nap_track_packet(box, s, w->p, w->side, w->now)) {
	case TRACK_INVALID:
		w->fx->session = id;
		return nap_way_invalid(w);
	case TRACK_STOP:
		w->fx->session = id;
		return NAP_DROP;
	case TRACK_REOPEN:
		nap_table_end(box, id, w->now, END_CLOSED);
		return nap_way_stray(w, k);
	case TRACK_CLOSE:
		w->fx->klass = reply || answered ? NAP_CLASS_ESTABLISHED : NAP_CLASS_NEW;
		v = nap_way_go_on(w, s);
		nap_table_end(box, id, w->now, END_CLOSED);
		return v;
	default:
		break;
	}
	w->fx->session = id;
	w->fx->klass = reply || answered ? NAP_CLASS_ESTABLISHED : NAP_CLASS_NEW;
	if (box->stamp)
		nap_table_touch_lru(box, id);
	return nap_way_go_on(w, s);
}

/* A fragment or an ICMP error: what it belongs to is not told by its own ends. */
static inline bool is_odd(const struct nap_packet *p)
{
	return nap_packet_is_fragment(p) || nap_packet_is_icmp_error(p);
}

/* A packet arrives: what is to happen before any session is looked for. */
static inline void arrive(struct nap_box *box, nap_time now)
{
	nap_settle(box, now);
	box->last = now;
	box->counts.packets++;
}

/* id: the packet's session if it is not odd and has a live one, else NONE. */
static inline enum nap_verdict decide(const struct way *w, const struct key *k, uint32_t id, bool odd)
{
	struct nap_box *box = w->box;
	struct nap_box_effect *fx = w->fx;
	enum nap_verdict v;

	fx->out_side = w->side;
	fx->klass = NAP_CLASS_NONE;
	fx->session = NAP_NO_SESSION;
	fx->mtu = 0;
	fx->created = fx->refused = fx->answered = false;
	if (G_UNLIKELY(box->down) && w->side == NAP_OUTSIDE)
		v = NAP_DROP;
	else if (odd)
		v = nap_packet_is_fragment(w->p) ? nap_way_fragment(w) : nap_way_icmp_error(w);
	else
		v = id != NONE ? nap_way_known(w, k, id) : nap_way_stray(w, k);
	box->counts.dropped += v != NAP_PASS && v != NAP_HELD;
	return v;
}

enum nap_verdict nap_box_input(struct nap_box *box, nap_time now, enum nap_side side, struct nap_packet *p,
	struct nap_box_effect *fx)
{
	struct way w = { box, now, side, p, fx, false };
	struct key k = nap_key_of(side, p);
	bool odd = is_odd(p);

	arrive(box, now);
	return decide(&w, &k, odd ? NONE : nap_table_live(box, &k, now), odd);
}

/*
 * A burst: each packet is looked at four times, a block of packets apart, and each look asks for the memory of the
 * next: the index, then the session, then a TCP session's window. Loops that do nothing else ask best.
 */
enum { BLOCK = 64, BLOCKS = 4 };

struct look {
	struct key key;
	uint32_t hash, id; /* id: the first of that hash, nearly always the right one; NONE for none */
	bool odd;
};

/* A function that only prefetches counts as one without effect, and gcc leaves out the calls: hence the barrier. */
static inline void ask_for(const void *line)
{
	__builtin_prefetch(line, 1);
	__asm__ volatile("" ::: "memory");
}

static void look_at_index(
	const struct nap_box *box, const struct nap_box_arrival *a, struct look *l, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		l[i].key = nap_key_of(a[i].side, a[i].packet);
		l[i].hash = nap_key_hash(box, &l[i].key);
		l[i].odd = is_odd(a[i].packet);
		ask_for(&box->sessions.slot[nap_index_first(&box->sessions, l[i].hash)]);
	}
}

static void look_at_session(const struct nap_box *box, struct look *l, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		uint32_t at = nap_index_first(&box->sessions, l[i].hash);

		l[i].id = nap_index_next(&box->sessions, l[i].hash, &at);
		if (l[i].id != NONE)
			ask_for(&box->session[l[i].id]);
	}
}

static void look_at_window(const struct nap_box *box, const struct look *l, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (l[i].key.proto == NAP_TCP && l[i].id != NONE && box->session[l[i].id].window != NONE)
			ask_for(&box->window[box->session[l[i].id].window]);
}

/* What was found ahead holds as long as no session came or went since. */
static inline uint32_t found(const struct nap_box *box, const struct look *l)
{
	if (l->id != NONE && box->session[l->id].flags & SF_LIVE &&
		nap_key_matches(&box->session[l->id], &l->key))
		return l->id;
	return nap_table_seek(box, &l->key, l->hash);
}

static void decide_block(struct nap_box *box, const struct nap_box_arrival *a, const struct look *l,
	uint32_t n, enum nap_verdict *verdict, struct nap_box_effect *fx)
{
	for (uint32_t i = 0; i < n; i++) {
		struct way w = { box, a[i].at, a[i].side, a[i].packet, &fx[i], false };

		arrive(box, w.now);
		verdict[i] = decide(&w, &l[i].key, l[i].odd ? NONE : found(box, &l[i]), l[i].odd);
	}
}

void nap_box_input_burst(struct nap_box *box, const struct nap_box_arrival *a, uint32_t n,
	enum nap_verdict *verdict, struct nap_box_effect *fx)
{
	struct look look[BLOCKS][BLOCK];
	uint32_t blocks = (n + BLOCK - 1) / BLOCK;

	for (uint32_t b = 0; b < blocks + BLOCKS - 1; b++)
		for (uint32_t stage = 0; stage < BLOCKS && stage <= b; stage++) {
			uint32_t from = (b - stage) * BLOCK, m = from < n ? MIN(BLOCK, n - from) : 0;
			struct look *l = look[(b - stage) % BLOCKS];

			if (stage == 0)
				look_at_index(box, a + from, l, m);
			else if (stage == 1)
				look_at_session(box, l, m);
			else if (stage == 2)
				look_at_window(box, l, m);
			else
				decide_block(box, a + from, l, m, verdict + from, fx + from);
		}
}

size_t nap_box_session_bytes(void)
{
	return sizeof(struct session);
}
