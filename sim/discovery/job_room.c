/* SPDX-License-Identifier: BSD-2-Clause */
/* Jobs and the room in the boxes' tables. */
#include "discovery/job.h"

#define UNKNOWN                                                                                              \
	(5 * NAP_MIN) /* of a timer that is not known: it is guessed so much longer than twice what was outlived */
#define MANY_PORTS 1000 /* who keeps so many flows has many times as many ports */
#define MOST_CUTS  2    /* of the room, after contradictions */
#define LEAST      8    /* flows at once that any box keeps */
#define EACH       8    /* flows that a search makes good use of */

struct nap_room {
	uint32_t
		keep; /* flows that the boxes hold at once without a loss, those that trials leave too; 0: not known */
	bool limited;         /* they refuse or drop flows beyond a number that the survey has met */
	bool ports;           /* there may be many more ports than that */
	uint32_t cuts;        /* for contradictions */
	nap_time cut;         /* the last time */
	nap_time overfull;    /* when it was first less than the survey had met */
	uint32_t left;        /* sessions that trials have left behind (each job's `left`) */
	nap_time guess;       /* how long one of UDP stays as long as nothing better is known */
	uint32_t surveyed;    /* flows of the survey that may still be there */
	nap_time surveyed_at; /* since when these are idle */
	uint32_t proven;      /* so many were there at once, and none was dropped */
	uint32_t kept;        /* and so many beside them */
	nap_time over;        /* when last a flow began while there may have been more, 0: never */
};

struct nap_room *nap_room_new(void)
{
	struct nap_room *r = g_new0(struct nap_room, 1);

	r->guess = UNKNOWN;
	return r;
}

void nap_room_free(struct nap_room *r)
{
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

void nap_room_surveyed(struct nap_discovery *d, const struct nap_bindings_result *found)
{
	uint32_t alive = (uint32_t)found->alive;
	struct nap_room *r = d->table;

	if (found->emptied)
		r->guess = nap_time_min(found->emptied, UNKNOWN);
	r->limited = found->limit;
	r->ports = !found->limit || alive >= MANY_PORTS;
	r->keep = MAX(1, found->limit ? alive / 2 : alive);
	r->proven = alive;
	r->surveyed = found->limit ? 0 : alive; /* it has waited for a full table to be empty again */
	r->surveyed_at = nap_job_now(d);
	if (found->limit) /* sessions of flows that have ended stay for a while */
		d->room = d->most_room = CLAMP(r->keep / 2, 1, d->most_room);
}

/* The search that tells how long a raw connection stays once the client has reset it, else how long the trial's own state does. */
static struct nap_job *goes_by(struct nap_job *j)
{
	struct nap_job *closed = j->procedure->flow[0].raw ? nap_job_find(j->d, "tcp-rst-client", 0) : NULL;

	return closed && closed->procedure ? closed : j;
}

/* The timer, or as long as it is not known, a guess. */
static nap_time lives(const struct nap_job *j)
{
	const struct nap_bracket *b = &j->finding.bracket;
	const struct nap_job *any = j->general;
	bool udp = j->procedure && j->procedure->flow[0].proto == NAP_UDP;

	if (b->dead == NAP_NEVER && any && any->finding.state == NAP_FINDING_DONE)
		return any->finding.bracket.dead;
	if (b->dead != NAP_NEVER)
		return b->dead;
	return nap_time_max(2 * b->alive, j->outlived) + (udp ? j->d->table->guess : UNKNOWN);
}

/* Is there too little room for all searches side by side? */
static bool is_little(const struct nap_discovery *d)
{
	uint32_t searches = 0;

	for (uint32_t i = 0; i < d->job->len; i++)
		searches += nap_job_at(d, i)->finding.test->kind == NAP_TEST_TIMER;
	return d->table->limited && d->table->keep < EACH * searches;
}

bool nap_room_may_search(struct nap_job *j)
{
	const struct nap_job *any = j->general, *closed = goes_by(j);
	const struct nap_bracket *b = &closed->finding.bracket;

	if (!is_little(j->d))
		return true;
	if (any && any->phase != NAP_JOB_ENDED)
		return false;
	return closed == j || closed->phase == NAP_JOB_ENDED || b->dead != NAP_NEVER || b->alive >= UNKNOWN;
}

bool nap_room_hint(const struct nap_job *j, struct nap_bracket *hint)
{
	const struct nap_job *any = j->general;
	const struct nap_bracket *open = &j->finding.bracket;

	*hint = (struct nap_bracket){ 0, 0 };
	if (!is_little(j->d))
		return false;
	if (any && any->finding.state == NAP_FINDING_DONE && !j->finding.trials) {
		*hint = any->finding.bracket;
		return true;
	}
	for (uint32_t i = 0; i < j->d->job->len && open->dead != NAP_NEVER; i++) {
		const struct nap_finding *f = &nap_job_at(j->d, i)->finding;

		if (f->test->kind == NAP_TEST_TIMER && f->state == NAP_FINDING_DONE &&
			f->bracket.alive > open->alive && f->bracket.dead < open->dead &&
			f->bracket.alive > j->search.looked + j->search.goal.resolution &&
			(!hint->dead || f->bracket.alive < hint->alive))
			*hint = f->bracket;
	}
	return false;
}

/* When the first of the sessions that go by j's timer is gone, NAP_NEVER when there is none. */
static nap_time first_gone(const struct nap_job *j)
{
	return j->left_gone == j->left->len
		       ? NAP_NEVER
		       : nap_time_after(g_array_index(j->left, nap_time, j->left_gone), lives(j));
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
	struct nap_room *room = j->d->table;
	nap_time now = nap_job_now(j->d);

	if (dead || (r->why_void == NAP_VOID_SETUP && r->steps == 1) || !r->start)
		return;
	g_array_append_val(goes_by(j)->left, now);
	room->left++;
}

/* When the survey's flows are gone for certain; NAP_NEVER: as long as UDP's timers are not known. */
static nap_time survey_gone(const struct nap_discovery *d)
{
	nap_time longest = 0;

	for (uint32_t i = 0; i < d->job->len; i++) {
		const struct nap_job *j = nap_job_at(d, i);

		if (j->finding.test->kind != NAP_TEST_TIMER || !j->procedure ||
			j->procedure->flow[0].proto != NAP_UDP || j->finding.port)
			continue;
		if (j->finding.bracket.dead == NAP_NEVER)
			return NAP_NEVER;
		longest = nap_time_max(longest, j->finding.bracket.dead);
	}
	return longest ? nap_time_after(d->table->surveyed_at, longest) : NAP_NEVER;
}

/* Forget what is gone. */
static void look(const struct nap_discovery *d, nap_time now)
{
	if (d->table->surveyed && !d->emptying && survey_gone(d) <= now)
		d->table->surveyed = 0;
	if (!d->table->left)
		return;
	for (uint32_t i = 0; i < d->job->len; i++)
		for (struct nap_job *j = nap_job_at(d, i); first_gone(j) <= now; j->left_gone++)
			d->table->left--;
}

nap_time nap_room_empty(const struct nap_discovery *d)
{
	nap_time last = 0;

	for (uint32_t i = 0; i < d->job->len; i++) {
		const struct nap_job *j = nap_job_at(d, i);
		bool udp = j->finding.test->kind == NAP_TEST_TIMER && j->procedure &&
			   j->procedure->flow[0].proto == NAP_UDP;

		if (j->left->len)
			last = nap_time_max(last,
				nap_time_after(g_array_index(j->left, nap_time, j->left->len - 1), lives(j)));
		if (udp) /* the control flow's session is in one of these states */
			last = nap_time_max(last, nap_time_after(nap_job_now(d), lives(j)));
	}
	return last;
}

static void cut_keep(struct nap_discovery *d, uint32_t share)
{
	struct nap_room *r = d->table;

	r->cut = nap_job_now(d);
	r->keep = MAX(r->keep / share, LEAST);
	d->room = d->most_room = MAX(MIN(d->most_room, r->keep / 2), LEAST / 2);
}

void nap_room_suspect(struct nap_discovery *d, nap_time since)
{
	struct nap_room *r = d->table;

	if (!r->limited || r->keep <= LEAST || r->cut > since || r->cuts == MOST_CUTS)
		return;
	r->cuts++;
	cut_keep(d, 4);
}

void nap_room_overfull(struct nap_discovery *d)
{
	d->table->limited = true;
	d->table->overfull = nap_job_now(d);
	cut_keep(d, 2);
	nap_room_empty_first(d);
}

bool nap_room_may_lack(struct nap_discovery *d, nap_time since)
{
	struct nap_room *r = d->table;

	if (r->keep && !r->limited)
		nap_room_overfull(d);
	return r->overfull > since;
}

bool nap_room_left(const struct nap_discovery *d)
{
	struct nap_room *r = d->table;

	if (d->emptying)
		return false;
	if (!r->keep || !d->flows) /* what is left by a timer that is not known must not stop all */
		return true;
	look(d, nap_job_now(d));
	return d->flows + nap_beside_flows(d) + r->left < r->keep;
}

void nap_room_began(struct nap_discovery *d)
{
	struct nap_room *r = d->table;

	if (d->flows > 1 && d->flows + nap_beside_flows(d) + r->left + r->surveyed > r->proven + r->kept)
		r->over = nap_job_now(d); /* one flow alone meets none that is new */
}

void nap_room_kept(struct nap_discovery *d, uint32_t flows)
{
	d->table->kept = MIN(flows, NAP_KEPT_FLOWS);
}

bool nap_room_was_over(const struct nap_discovery *d, nap_time since)
{
	return d->table->proven && d->table->over > since;
}

void nap_room_empty_first(struct nap_discovery *d)
{
	if (!d->survey || d->emptying || !d->table->surveyed)
		return;
	d->emptying = true;
	nap_bindings_empty(d->survey, nap_job_now(d));
	if (nap_bindings_done(d->survey)) /* nobody is left to be asked */
		nap_room_emptied(d);
}

void nap_room_emptied(struct nap_discovery *d)
{
	d->emptying = false;
	d->table->surveyed = 0;
	d->dirty = true;
}

nap_time nap_room_next(const struct nap_discovery *d)
{
	nap_time first = NAP_NEVER;

	look(d, nap_job_now(d));
	for (uint32_t i = 0; i < d->job->len; i++)
		first = nap_time_min(first, first_gone(nap_job_at(d, i)));
	return first;
}
