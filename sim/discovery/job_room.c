/* SPDX-License-Identifier: BSD-2-Clause */
/* Jobs and the room in the boxes' tables. */
#include "discovery/job.h"

#define UNKNOWN                                                                                              \
	(5 * NAP_MIN) /* of a timer that is not known: it is guessed so much longer than twice what was outlived */
#define MANY_PORTS   1000 /* who keeps so many flows has many times as many ports */
#define MOST_CUTS    2    /* of the room, after contradictions */
#define NOW_AND_THEN NAP_S
#define LEAST        8 /* flows at once that any box keeps */

/* What a trial has left behind: a session that goes when the timer of its state, `job`'s, has passed since then. */
struct nap_left {
	const struct nap_job *job;
	nap_time since;
};

struct nap_room {
	uint32_t
		keep; /* flows that the boxes hold at once without a loss, those that trials leave too; 0: not known */
	bool limited;  /* they refuse or drop flows beyond a number that the survey has met */
	bool ports;    /* there may be many more ports than that */
	uint32_t cuts; /* for contradictions */
	nap_time cut;  /* the last time */
	GArray *left;  /* of struct nap_left */
	nap_time next_gone, next_look;
};

struct nap_room *nap_room_new(void)
{
	struct nap_room *r = g_new0(struct nap_room, 1);

	r->left = g_array_new(FALSE, FALSE, sizeof(struct nap_left));
	return r;
}

void nap_room_free(struct nap_room *r)
{
	g_array_free(r->left, TRUE);
	g_free(r);
}

bool nap_room_limited(const struct nap_discovery *d)
{
	return d->table->limited;
}

uint32_t nap_room_keep(const struct nap_discovery *d)
{
	return d->table->keep;
}

bool nap_room_ports(const struct nap_discovery *d)
{
	return d->table->ports;
}

void nap_room_surveyed(struct nap_discovery *d, uint32_t alive, bool limit)
{
	struct nap_room *r = d->table;

	r->limited = limit;
	r->ports = !limit || alive >= MANY_PORTS;
	r->keep = MAX(1, limit ? alive / 2 : alive);
	if (limit) /* sessions of flows that have ended stay for a while */
		d->room = d->most_room = CLAMP(alive / 4, 1, d->most_room);
}

/* The search that tells how long a raw connection stays once the client has reset it, else how long the trial's own state does. */
static const struct nap_job *goes_by(const struct nap_job *j)
{
	const struct nap_job *closed =
		j->procedure->flow[0].raw ? nap_job_find(j->d, "tcp-rst-client", 0) : NULL;

	return closed && closed->procedure ? closed : j;
}

/* The timer, or as long as it is not known, a guess. */
static nap_time lives(const struct nap_job *j)
{
	const struct nap_bracket *b = &j->finding.bracket;

	return b->dead == NAP_NEVER ? 2 * b->alive + UNKNOWN : b->dead;
}

/* When what a trial has left is gone. */
static nap_time gone_by(const struct nap_left *l)
{
	return nap_time_after(l->since, lives(l->job));
}

nap_time nap_room_rest(const struct nap_job *j)
{
	nap_time longest = UNKNOWN;

	for (uint32_t i = 0; i < j->d->job->len; i++) {
		const struct nap_job *other = nap_job_at(j->d, i);

		if (other->finding.test->kind == NAP_TEST_TIMER && other->procedure &&
			other->procedure->flow[0].proto == j->procedure->flow[0].proto)
			longest = nap_time_max(longest, lives(other));
	}
	return longest;
}

void nap_room_leave(struct nap_job *j, const struct nap_trial_result *r)
{
	uint32_t question = nap_procedure_question(r->procedure);
	const struct nap_answer *a = &r->answer[question];
	bool dead = !r->why_void && a->done && !a->got && r->steps == question + 1;
	struct nap_left l = { goes_by(j), nap_job_now(j->d) };
	struct nap_room *room = j->d->table;

	if (!room->keep || dead || (r->why_void == NAP_VOID_SETUP && r->steps == 1) || !r->start)
		return;
	g_array_append_val(room->left, l);
	room->next_gone = nap_time_min(room->next_gone, gone_by(&l));
}

/* Forget what is gone. A timer that is found meanwhile may end it earlier: looked after now and then. */
static void look(struct nap_room *r, nap_time now)
{
	if (now < r->next_look)
		return;
	r->next_gone = NAP_NEVER;
	for (uint32_t i = r->left->len; i-- > 0;) {
		nap_time gone = gone_by(&g_array_index(r->left, struct nap_left, i));

		if (gone <= now)
			g_array_remove_index_fast(r->left, i);
		else
			r->next_gone = nap_time_min(r->next_gone, gone);
	}
	r->next_look = nap_time_min(r->next_gone, now + NOW_AND_THEN);
}

void nap_room_suspect(struct nap_discovery *d, nap_time since)
{
	struct nap_room *r = d->table;

	if (!r->limited || r->keep <= LEAST || r->cut > since || r->cuts == MOST_CUTS)
		return;
	r->cuts++;
	r->cut = nap_job_now(d);
	r->keep = MAX(r->keep / 4, LEAST);
	d->room = d->most_room = MAX(MIN(d->room, r->keep / 2), LEAST / 2);
}

bool nap_room_left(const struct nap_discovery *d)
{
	struct nap_room *r = d->table;

	if (!r->keep || !d->flows) /* what is left by a timer that is not known must not stop all */
		return true;
	look(r, nap_job_now(d));
	return d->flows + r->left->len < r->keep;
}

nap_time nap_room_next(const struct nap_discovery *d)
{
	struct nap_room *r = d->table;

	look(r, nap_job_now(d));
	return r->next_gone;
}
