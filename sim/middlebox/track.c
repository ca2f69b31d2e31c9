/* SPDX-License-Identifier: BSD-2-Clause */
/* Dispatch to the trackers, and all that is no TCP: UDP, ICMP queries, GRE, other protocols. */
#include "middlebox/track.h"

#include "kernel/wide.h"

nap_time nap_track_scaled(const struct nap_box *box, nap_time span)
{
	const struct nap_box_config *c = box->config;
	uint64_t left = box->live < c->adaptive_end ? c->adaptive_end - box->live : 0;

	if (box->live <= c->adaptive_start || span == NAP_NEVER)
		return span;
	return (nap_time)nap_wide_share((uint64_t)span, left, c->adaptive_end - c->adaptive_start);
}

/* A Linux timeout object takes the kernel's own defaults, not the sysctls, for TCP states that it does not name. */
static nap_time unnamed(enum nap_timer t, nap_time configured)
{
	static const nap_time kernel[NAP_TIMERS] = {
		[NAP_TIMER_SYN_SENT2] = 120 * NAP_S,
		[NAP_TIMER_SYN_RECV] = 60 * NAP_S,
		[NAP_TIMER_FIN_WAIT] = 120 * NAP_S,
		[NAP_TIMER_CLOSE_WAIT] = 60 * NAP_S,
		[NAP_TIMER_LAST_ACK] = 30 * NAP_S,
		[NAP_TIMER_TIME_WAIT] = 120 * NAP_S,
		[NAP_TIMER_CLOSE] = 10 * NAP_S,
		[NAP_TIMER_MAX_RETRANS] = 300 * NAP_S,
		[NAP_TIMER_UNACKNOWLEDGED] = 300 * NAP_S,
	};

	return kernel[t] ? kernel[t] : configured;
}

nap_time nap_track_own_timeout(const struct nap_box *box, const struct session *s, enum nap_timer t)
{
	const struct nap_box_config *c = box->config;
	nap_time span = box->config->timer[t];

	if (s->timers && s->proto == NAP_GRE) {
		const struct gre_past *row = &box->gre_past[s->timers - 1];

		span = t == NAP_TIMER_GRE_STREAM ? row->stream : row->first;
	} else if (s->timers) {
		const struct nap_port_timer *row = &c->port_timers.row[s->timers - 1];

		if (t == NAP_TIMER_UDP || t == NAP_TIMER_UDP_SINGLE || t == NAP_TIMER_SYN_SENT)
			span = row->unreplied;
		else if (t == NAP_TIMER_UDP_STREAM || t == NAP_TIMER_ESTABLISHED)
			span = row->replied;
		else if (box->habits & HABIT_TIMEOUT_SETS)
			span = unnamed(t, span);
	}
	return c->adaptive_start && box->purges_above == UINT32_MAX ? nap_track_scaled(box, span) : span;
}

/* The row of gre_past that says what the timers are now; one that no session has any more is written anew. */
static uint8_t gre_row(struct nap_box *box)
{
	struct gre_past now = { box->config->timer[NAP_TIMER_GRE], box->config->timer[NAP_TIMER_GRE_STREAM] };
	bool used[UINT8_MAX] = { false };
	uint32_t i;

	for (uint32_t id = 0; id < box->high; id++)
		if ((box->session[id].flags & SF_LIVE) && box->session[id].proto == NAP_GRE &&
			box->session[id].timers)
			used[box->session[id].timers - 1] = true;
	for (i = 0; i < box->n_gre_past; i++)
		if (!used[i] ||
			(box->gre_past[i].first == now.first && box->gre_past[i].stream == now.stream))
			break;
	if (i == UINT8_MAX)
		i--; /* more generations at once than are told apart */
	if (i == box->n_gre_past)
		box->gre_past = g_renew(struct gre_past, box->gre_past, ++box->n_gre_past);
	box->gre_past[i] = now;
	return (uint8_t)(i + 1);
}

void nap_track_keep_gre(struct nap_box *box)
{
	uint8_t row = 0;

	for (uint32_t id = 0; id < box->high; id++) {
		struct session *s = &box->session[id];

		if (!(s->flags & SF_LIVE) || s->proto != NAP_GRE || s->timers)
			continue;
		if (!row)
			row = gre_row(box);
		s->timers = row;
	}
}

/* Timers of what is no TCP. */
struct idle {
	uint8_t first, stream; /* enum nap_timer; of what has been replied to for a while */
};

static struct idle idle_of(uint8_t proto)
{
	switch (proto) {
	case NAP_UDP:
		return (struct idle){ NAP_TIMER_UDP, NAP_TIMER_UDP_STREAM };
	case NAP_GRE:
		return (struct idle){ NAP_TIMER_GRE, NAP_TIMER_GRE_STREAM };
	case NAP_ICMP:
		return (struct idle){ NAP_TIMER_ICMP, NAP_TIMER_ICMP };
	default:
		return (struct idle){ NAP_TIMER_GENERIC, NAP_TIMER_GENERIC };
	}
}

nap_time nap_track_span(const struct nap_box *box, const struct session *s)
{
	struct idle idle = idle_of(s->proto);
	uint8_t t = s->flags & SF_ASSURED ? idle.stream : idle.first;

	if (s->proto == NAP_TCP)
		t = box->tracker->state[s->state].timer;
	else if (s->proto == NAP_UDP && !(s->flags & SF_ASSURED) && (s->flags & SF_REPEATED))
		t = NAP_TIMER_UDP_SINGLE;
	return nap_track_timeout(box, s, (enum nap_timer)t);
}

static bool is_icmp_query(uint8_t type)
{
	return type == 8 || type == 13 || type == 15 || type == 17; /* RFC 792, RFC 950 */
}

enum track nap_tcp_needs_syn(const struct nap_box *box, const struct nap_packet *p)
{
	(void)box;
	return (p->flags & (NAP_SYN | NAP_ACK | NAP_RST)) == NAP_SYN ? TRACK_PASS : TRACK_MISS;
}

NAP_HOT enum track nap_track_may_open(const struct nap_box *box, const struct nap_packet *p)
{
	if (p->bad_csum && box->config->checksum)
		return TRACK_INVALID;
	switch (p->proto) {
	case NAP_ICMP:
		return is_icmp_query(p->icmp_type) ? TRACK_PASS : TRACK_INVALID;
	case NAP_TCP:
		return box->tracker->may_open(box, p);
	default:
		return TRACK_PASS;
	}
}

/* Sequence numbers of a session whose tracker does not ask for them, for RSTs and keepalives of the box itself. */
static void note_numbers(struct window *w, int dir, const struct nap_packet *p)
{
	struct window_side *from = &w->side[dir];
	uint32_t end = p->seq + p->len + (p->flags & NAP_SYN ? 1 : 0) + (p->flags & NAP_FIN ? 1 : 0);

	if (p->flags & NAP_RST)
		return;
	if (from->end == 0 || after32(end, from->end))
		from->end = end;
	if (p->flags & NAP_SYN)
		from->scale = p->wscale ? (uint8_t)(p->wscale - 1) : 0;
	if (p->flags & NAP_ACK) {
		from->max_ack = p->ack;
		from->flags = NAP_ACK;
	}
	from->max_win = (uint32_t)p->win << (p->flags & NAP_SYN ? 0 : from->scale);
}

/*
 * Would the receiver take that RST? One that answers a SYN acknowledges it; else its number lies in the receiver's
 * window (RFC 9293 3.10.7.4). What was not seen (a session picked up in mid-stream) is not judged.
 */
static bool reset_fits(const struct window *w, int dir, const struct nap_packet *p)
{
	const struct window_side *from = &w->side[dir], *to = &w->side[!dir];

	if (!(to->flags & NAP_ACK))
		return !(p->flags & NAP_ACK) || to->end == 0 || p->ack == to->end;
	return from->end == 0 || p->seq - to->max_ack <= to->max_win;
}

void nap_track_restart(struct nap_box *box, struct session *s, nap_time now)
{
	struct idle idle = idle_of(s->proto);
	uint8_t t = s->flags & SF_REPLIED ? idle.stream : idle.first;

	if (s->proto == NAP_TCP)
		t = s->flags & SF_REPLIED ? NAP_TIMER_ESTABLISHED : NAP_TIMER_SYN_SENT;
	nap_session_restart(box, s, now, nap_track_timeout(box, s, (enum nap_timer)t));
}

NAP_HOT void nap_track_open(struct nap_box *box, struct session *s, const struct nap_packet *p, nap_time now)
{
	nap_time timeout = nap_track_timeout(box, s, (enum nap_timer)idle_of(s->proto).first);

	if (s->proto == NAP_TCP) {
		if (box->numbers)
			note_numbers(nap_table_window(box, s), 0, p);
		timeout = TRACK_KEEP;
		box->tracker->open(box, s, p, &timeout);
		if ((box->habits & HABIT_TIMEOUT_SETS) &&
			s->timers) /* picked up or not: the set's first one */
			timeout = nap_track_timeout(box, s, NAP_TIMER_SYN_SENT);
	}
	nap_session_restart(box, s, now, timeout);
}

static enum track other_packet(
	const struct nap_box *box, struct session *s, enum nap_side side, nap_time *timeout)
{
	struct idle idle = idle_of(s->proto);
	uint8_t t = idle.first;

	if (idle.stream != idle.first && (s->flags & SF_REPLIED)) {
		t = idle.stream;
		s->flags |= SF_ASSURED;
	}
	if (nap_track_refreshes(box, side))
		*timeout = nap_track_timeout(box, s, (enum nap_timer)t);
	return TRACK_PASS;
}

/* Is a RST from side one that this box lets nobody see? */
static bool stops_reset(const struct nap_box *box, enum nap_side side)
{
	uint32_t resets = box->config->resets;

	return resets == NAP_RESETS_DROP || (resets == NAP_RESETS_DROP_INBOUND && side == NAP_OUTSIDE);
}

/* What a packet does to s and w, which may be copies; *timeout as in track.h. */
static enum track step(const struct nap_box *box, struct session *s, struct window *w,
	const struct nap_packet *p, enum nap_side side, nap_time now, nap_time *timeout)
{
	enum track t;

	if (p->bad_csum && box->config->checksum)
		return TRACK_INVALID;
	if (box->numbers && w && s->proto == NAP_TCP) {
		if ((p->flags & NAP_RST) && box->config->reset_check &&
			!reset_fits(w, nap_track_is_reply(s, side), p))
			return TRACK_INVALID;
		note_numbers(w, nap_track_is_reply(s, side), p);
	}
	if (s->proto == NAP_UDP) {
		*timeout = nap_track_udp(box, s, side, now);
		return TRACK_PASS;
	}
	if (s->proto != NAP_TCP)
		t = other_packet(box, s, side, timeout);
	else if ((p->flags & NAP_RST) && stops_reset(box, side))
		t = TRACK_STOP;
	else
		t = box->tracker->packet(box, s, w, p, side, now, timeout);
	s->flags = (uint16_t)(s->flags | SF_REPLIED * (t == TRACK_PASS && nap_track_is_reply(s, side)));
	return t;
}

/*
 * What p from side means for s, whose ends have been asked whether they live: a bare acknowledgement is an answer, of which both are
 * wanted; anything else shows that they do. timeout: p's own.
 */
NAP_COLD static nap_time after_probes(const struct nap_box *box, struct session *s,
	const struct nap_packet *p, enum nap_side side, nap_time timeout)
{
	bool answer = p->len == 0 && !(p->flags & (NAP_SYN | NAP_FIN | NAP_RST));

	s->probes |= side == NAP_INSIDE ? PROBES_INSIDE : PROBES_OUTSIDE;
	if (answer && (s->probes & (PROBES_INSIDE | PROBES_OUTSIDE)) != (PROBES_INSIDE | PROBES_OUTSIDE))
		return TRACK_KEEP;
	s->probes = 0;
	return answer ? nap_track_timeout(box, s, box->tracker->state[s->state].timer) : timeout;
}

enum track nap_track_others(
	struct nap_box *box, struct session *s, const struct nap_packet *p, enum nap_side side, nap_time now)
{
	nap_time timeout = TRACK_KEEP;
	bool counts = s->subscriber != NONE && !(nap_track_phase(box, s) & PHASE_UNCOUNTED);
	enum track t;

	t = step(box, s, s->window != NONE ? &box->window[s->window] : NULL, p, side, now, &timeout);
	if (counts && (nap_track_phase(box, s) & PHASE_UNCOUNTED))
		box->subscriber[s->subscriber].closed++;
	if (G_UNLIKELY(s->probes))
		timeout = after_probes(box, s, p, side, timeout);
	if (t != TRACK_LEGS) /* whose ends say when it is over, which an age does not end while they close */
		nap_session_restart_if(box, s, now, timeout);
	return t;
}

/* Time alone may have moved it on since the box was settled. */
static uint8_t state_at(const struct nap_box *box, const struct session *s, nap_time now)
{
	bool moved = (nap_track_phase(box, s) & PHASE_STAGED) && now >= nap_session_held(box, s);

	return moved ? box->tracker->second_stage : s->state;
}

NAP_HOT bool nap_track_would_pass(const struct nap_box *box, const struct session *s,
	const struct nap_packet *p, enum nap_side side, nap_time now)
{
	struct session copy;
	struct window w = { 0 };
	nap_time timeout = TRACK_KEEP;
	enum track t;

	if (s->proto != NAP_TCP) /* nothing else has a state that stops a packet */
		return !p->bad_csum || !box->config->checksum;
	copy = *s;
	if (s->window != NONE)
		w = box->window[s->window];
	copy.state = state_at(box, s, now);
	t = step(box, &copy, &w, p, side, now, &timeout);
	return t == TRACK_PASS || t == TRACK_CLOSE;
}

const char *nap_track_state_name(const struct nap_box *box, const struct session *s, nap_time now)
{
	if (s->proto != NAP_TCP)
		return s->flags & SF_REPLIED ? "REPLIED" : "UNREPLIED";
	return box->tracker->state[state_at(box, s, now)].name;
}

const struct tracker *nap_tracker_of(const struct nap_box_config *config)
{
	static const struct tracker *const trackers[] = {
		[NAP_TRACK_LINUX] = &nap_tracker_linux,
		[NAP_TRACK_RFC7857] = &nap_tracker_rfc7857,
		[NAP_TRACK_RFC6146] = &nap_tracker_rfc6146,
		[NAP_TRACK_SIMPLE] = &nap_tracker_simple,
	};

	return config->kind == NAP_BOX_PROXY ? &nap_tracker_proxy : trackers[config->tracker];
}
