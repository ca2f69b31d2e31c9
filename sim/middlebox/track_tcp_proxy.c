/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A proxy (kind = proxy): it ends the connections of both its legs and passes on what they carry (legs.h). Where it is given no
 * ends of TCP, it watches the segments of a recorded trace, a prober or a script pass, by the same rules: only what it passes on shows it that
 * a connection is in use: no acknowledgement does, no keepalive of TCP, which it answers itself as any end does, and no ping of a
 * protocol that it answers. The first of its idle timers counts. States and other timers are those of tracker simple.
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
	return p->len > 0 && (p->says != NAP_SAYS_PING || box->config->pings == NAP_PINGS_COUNT);
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
		*timeout = restarted == box->config->timer[NAP_TIMER_ESTABLISHED]
				   ? nap_box_first_idle(box->config)
				   : restarted;
	return t;
}

/* With ends of TCP: nothing is judged here. */
static enum track to_legs(const struct nap_box *box, struct session *s, struct window *w,
	const struct nap_packet *p, enum nap_side side, nap_time now, nap_time *timeout)
{
	(void)box, (void)s, (void)w, (void)p, (void)side, (void)now, (void)timeout;
	return TRACK_LEGS;
}

const struct tracker nap_tracker_legs = {
	.state = nap_tcp_simple_states,
	.habits = HABIT_STATE_TELLS,
	.may_open = nap_tcp_needs_syn,
	.open = open,
	.packet = to_legs,
};

uint8_t nap_track_proxy_state(enum nap_legs_phase phase)
{
	return (uint8_t)(phase + 1); /* those of tracker simple, whose first is none */
}

const struct tracker nap_tracker_proxy = {
	.state = nap_tcp_simple_states,
	.habits = HABIT_STATE_TELLS,
	.may_open = nap_tcp_needs_syn,
	.open = open,
	.packet = packet,
};
