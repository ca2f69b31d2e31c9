/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A proxy (kind = proxy): it ends the connections of both its legs and passes on what they carry. So only what it passes on
 * shows it that a connection is in use: no acknowledgement does, no keepalive of TCP, which it answers itself as any end
 * does, and with pings = ignore no ping of a protocol that it speaks. What it passes on has come on one leg and leaves on
 * the other, so that the idle timers of both run alike. States and timers are those of tracker simple.
 */
#include "middlebox/track.h"

static void open(struct nap_box *box, struct session *s, const struct nap_packet *p, nap_time *timeout)
{
	nap_tracker_simple.open(box, s, p, timeout);
}

/* A segment that nothing but its answer comes of: one before the next to come (RFC 9293 3.8.4). */
static bool is_keepalive(const struct window *w, const struct nap_packet *p, bool reply)
{
	return p->len == 0 && p->flags == NAP_ACK && w && w->side[reply].end != 0 &&
	       p->seq == w->side[reply].end - 1;
}

static bool is_activity(const struct nap_box *box, const struct nap_packet *p)
{
	return p->len > 0 && (p->says != NAP_SAYS_PING || box->config.pings == NAP_PINGS_COUNT);
}

static enum track packet(const struct nap_box *box, struct session *s, struct window *w,
	const struct nap_packet *p, enum nap_side side, nap_time now, nap_time *timeout)
{
	nap_time restarted = TRACK_KEEP;
	uint8_t before = s->state;
	enum track t;

	if (is_keepalive(w, p, nap_track_is_reply(s, side)))
		return TRACK_ANSWER;
	t = nap_tracker_simple.packet(box, s, w, p, side, now, &restarted);
	if (s->state != before || is_activity(box, p))
		*timeout = restarted;
	return t;
}

const struct tracker nap_tracker_proxy = {
	.state = nap_tcp_simple_states,
	.habits = HABIT_STATE_TELLS,
	.may_open = nap_tcp_needs_syn,
	.open = open,
	.packet = packet,
};
