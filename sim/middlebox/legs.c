/* SPDX-License-Identifier: BSD-2-Clause */
#include "middlebox/legs.h"

#include <string.h>

#include "middlebox/lifetimes.h"
#include "middlebox/reply.h"
#include "middlebox/track.h"

void nap_box_terminate(struct nap_box *box, const struct nap_termination *how)
{
	box->termination = how;
	box->tracker = &nap_tracker_legs;
}

struct leaving {
	struct nap_box *box;
	const struct session *s;
	nap_time now;
};

/* The side of the box that a leg is on. */
static enum nap_side side_of(const struct session *s, bool reply)
{
	return reply != ((s->flags & SF_FROM_OUTSIDE) != 0) ? NAP_OUTSIDE : NAP_INSIDE;
}

static void leave(void *ctx, bool reply, const struct nap_packet *p)
{
	const struct leaving *l = ctx;
	struct nap_box_flow about = nap_session_flow(l->s);

	nap_reply_emit(l->box, side_of(l->s, reply), p, l->now, &about);
}

/* An age ends what is not being closed already. */
static nap_time due(const struct nap_box *box, uint32_t id, nap_time limit)
{
	struct nap_legs_look look = box->termination->look(box->legs[id]);

	return look.phase < NAP_LEGS_CLOSING ? nap_time_min(look.due, limit) : look.due;
}

/* After anything: the session is as its legs are. lapsed: by time, and so the clock asks again when they are due. */
static void follow(struct nap_box *box, uint32_t id, nap_time now, bool lapsed)
{
	struct session *s = &box->session[id];
	struct nap_legs_look look = box->termination->look(box->legs[id]);
	nap_time limit = nap_time_after(s->created, nap_session_limit(box, s));

	if (look.phase == NAP_LEGS_OVER) {
		nap_table_end(box, id, now, lapsed ? END_EXPIRED : END_CLOSED);
		return;
	}
	s->state = nap_track_proxy_state(look.phase);
	if (look.phase >= NAP_LEGS_ESTABLISHED)
		s->flags |= SF_REPLIED;
	s->expires = look.expires;
	if (look.phase < NAP_LEGS_CLOSING)
		s->expires = nap_time_min(s->expires, limit);
	if (!lapsed)
		nap_lifetime_set(box, LIFE_SESSION, id, due(box, id, limit));
}

bool nap_legs_open(struct nap_box *box, uint32_t id, nap_time now, const struct nap_packet *syn)
{
	struct leaving l = { box, &box->session[id], now };

	if (syn->proto != NAP_TCP)
		return false;
	if (id >= box->legs_size) {
		uint32_t size = box->size;

		box->legs = g_renew(struct nap_legs *, box->legs, size);
		memset(box->legs + box->legs_size, 0, (size - box->legs_size) * sizeof *box->legs);
		box->legs_size = size;
	}
	box->legs[id] = box->termination->open(box->config, now, syn, leave, &l);
	follow(box, id, now, false);
	return true;
}

bool nap_legs_input(
	struct nap_box *box, uint32_t id, nap_time now, enum nap_side side, const struct nap_packet *p)
{
	struct session *s = &box->session[id];
	struct leaving l = { box, s, now };

	if (!box->termination->input(box->legs[id], now, nap_track_is_reply(s, side), p, leave, &l))
		return false;
	follow(box, id, now, false);
	return true;
}

void nap_legs_lapse(struct nap_box *box, uint32_t id, nap_time when, nap_time limit)
{
	struct leaving l = { box, &box->session[id], when };

	box->termination->timer(box->legs[id], when, leave, &l);
	if (limit <= when && box->termination->look(box->legs[id]).phase < NAP_LEGS_CLOSING)
		box->termination->end(box->legs[id], when, leave, &l);
	follow(box, id, when, true);
}

nap_time nap_legs_due(const struct nap_box *box, uint32_t id, nap_time limit)
{
	return due(box, id, limit);
}

nap_time nap_legs_open_until(const struct nap_box *box, uint32_t id, enum nap_side side, struct nap_packet *p)
{
	const struct session *s = &box->session[id];

	if (!box->termination->sample(box->legs[id], !nap_track_is_reply(s, side), p))
		return 0;
	return s->expires;
}

void nap_legs_drop(struct nap_box *box, uint32_t id)
{
	if (nap_legs_of(box, id))
		box->termination->free(box->legs[id]);
	if (id < box->legs_size)
		box->legs[id] = NULL;
}

void nap_legs_clear(struct nap_box *box)
{
	for (uint32_t id = 0; id < box->legs_size; id++)
		nap_legs_drop(box, id);
	g_clear_pointer(&box->legs, g_free);
	box->legs_size = 0;
}
