/* SPDX-License-Identifier: BSD-2-Clause */
/* Where to look next, and how long. */
#include <math.h>
#include <string.h>

#include <glib.h>

#include "run/lattice.h"
#include "run/tune.h"

#define WAVE 4 /* points of a scan that are run at once, at the least */

/* Positions along an axis that are looked at first, by the number of axes. */
static const uint32_t scanned[NAP_TUNE_AXES + 1] = { 0, 13, 7, 5, 4 };

/* ---- the points there are ------------------------------------------------------------------------------------------------- */

static struct nap_tune_point *find(const struct nap_tune *t, const uint32_t *at)
{
	for (uint32_t i = 0; i < t->n_points; i++)
		if (memcmp(t->point[i].at, at, t->space.axes * sizeof *at) == 0)
			return &t->point[i];
	return NULL;
}

/* Note that a point is wanted, with so many replications; once. */
static void want(const struct nap_tune *t, GArray *wanted, const uint32_t *at, uint32_t n)
{
	struct nap_tune_point *p = find(t, at), new = { .n = n };

	if (p && p->n >= n)
		return;
	memcpy(new.at, at, sizeof new.at);
	for (guint i = 0; i < wanted->len; i++) {
		struct nap_tune_point *other = &g_array_index(wanted, struct nap_tune_point, i);

		if (memcmp(other->at, at, sizeof other->at) == 0) {
			other->n = MAX(other->n, n);
			return;
		}
	}
	g_array_append_val(wanted, new);
}

/* Points that are new get their place, all that are wanted room for their runs. */
static void make_room(struct nap_tune *t, const GArray *wanted)
{
	for (guint i = 0; i < wanted->len; i++) {
		const struct nap_tune_point *w = &g_array_index(wanted, struct nap_tune_point, i);
		struct nap_tune_point *p = find(t, w->at);

		if (!p) {
			t->point = g_renew(struct nap_tune_point, t->point, t->n_points + 1);
			p = &t->point[t->n_points++];
			*p = (struct nap_tune_point){ .n = 0 };
			memcpy(p->at, w->at, sizeof p->at);
		}
		p->run = g_renew(struct nap_tune_run, p->run, w->n);
	}
}

static void judge_all(struct nap_tune *t)
{
	for (uint32_t i = 0; i < t->n_points; i++)
		t->point[i].verdict = nap_tune_judge(&t->rule, t->point[i].run, t->point[i].n, t->most);
	nap_tune_keep_clear(&t->space, t->point, t->n_points);
}

/* Evaluate what is wanted; empties it. False: interrupted. */
static bool get(struct nap_tune *t, GArray *wanted)
{
	g_autofree struct nap_tune_ask *ask = g_new0(struct nap_tune_ask, wanted->len + 1);
	bool done;

	make_room(t, wanted);
	for (guint i = 0; i < wanted->len; i++) {
		const struct nap_tune_point *w = &g_array_index(wanted, struct nap_tune_point, i);
		struct nap_tune_point *p = find(t, w->at);

		memcpy(ask[i].at, p->at, sizeof p->at);
		ask[i].first = p->n;
		ask[i].count = w->n - p->n;
		ask[i].run = p->run + p->n;
		t->runs += ask[i].count;
	}
	done = t->evaluate(t->ctx, ask, wanted->len);
	for (guint i = 0; done && i < wanted->len; i++) {
		const struct nap_tune_point *w = &g_array_index(wanted, struct nap_tune_point, i);

		find(t, w->at)->n = w->n;
	}
	g_array_set_size(wanted, 0);
	if (done)
		judge_all(t);
	return done;
}

/* ---- where -------------------------------------------------------------------------------------------------------------- */

/*
 * From the largest value down, some at a time, until three in a row meet the targets and each costs more than the last: below
 * them nothing is cheaper.
 */
static void want_scan_down(const struct nap_tune *t, GArray *wanted)
{
	const struct nap_tune_axis *a = &t->space.axis[0];
	uint32_t each = MIN(scanned[1], a->n), dearer = 0;
	const struct nap_tune_point *last = NULL;

	for (uint32_t i = each; i-- > 0 && dearer < 2 && wanted->len < WAVE;) {
		uint32_t at[NAP_TUNE_AXES] = { each > 1 ? (uint32_t)((uint64_t)i * (a->n - 1) / (each - 1))
							: 0 };
		const struct nap_tune_point *p = find(t, at);
		struct nap_tune_gap g;

		if (!p || wanted->len > 0) { /* those below are not judged before those above */
			want(t, wanted, at, t->first);
			continue;
		}
		if (p->verdict.meets && last) {
			g = nap_tune_compare(last, p, 1.0);
			dearer = g.mean > t->rule.tie * fabs(g.of) ? dearer + 1 : 0;
		}
		last = p->verdict.meets ? p : NULL;
		dearer = last ? dearer : 0;
	}
}

/* Points all over the space, its ends among them. */
static void want_scan(const struct nap_tune *t, GArray *wanted)
{
	uint32_t each[NAP_TUNE_AXES], at[NAP_TUNE_AXES] = { 0 }, turn[NAP_TUNE_AXES] = { 0 }, k;

	for (k = 0; k < t->space.axes; k++)
		each[k] = MIN(t->monotone ? 2 : scanned[t->space.axes], t->space.axis[k].n);
	do {
		for (k = 0; k < t->space.axes; k++)
			at[k] = each[k] > 1 ? (uint32_t)((uint64_t)turn[k] * (t->space.axis[k].n - 1) /
							 (each[k] - 1))
					    : 0;
		want(t, wanted, at, t->first);
		for (k = 0; k < t->space.axes && ++turn[k] == each[k]; k++)
			turn[k] = 0;
	} while (k < t->space.axes);
}

static int by_position(gconstpointer a, gconstpointer b, gpointer axis)
{
	uint32_t k = GPOINTER_TO_UINT(axis);
	const struct nap_tune_point *const *x = a, *const *y = b;

	return ((*x)->at[k] > (*y)->at[k]) - ((*x)->at[k] < (*y)->at[k]);
}

/* The points that differ from focus on an axis alone, and itself, rising. */
static GPtrArray *line_through(const struct nap_tune *t, const struct nap_tune_point *focus, uint32_t axis)
{
	GPtrArray *line = g_ptr_array_new();

	for (uint32_t i = 0; i < t->n_points; i++) {
		uint32_t at[NAP_TUNE_AXES];

		memcpy(at, t->point[i].at, sizeof at);
		at[axis] = focus->at[axis];
		if (memcmp(at, focus->at, sizeof at) == 0)
			g_ptr_array_add(line, &t->point[i]);
	}
	g_ptr_array_sort_with_data(line, by_position, GUINT_TO_POINTER(axis));
	return line;
}

static void want_position(const struct nap_tune *t, GArray *wanted, const struct nap_tune_point *like,
	uint32_t axis, uint32_t position)
{
	uint32_t at[NAP_TUNE_AXES];

	memcpy(at, like->at, sizeof at);
	at[axis] = position;
	want(t, wanted, at, t->first);
}

static bool good(const struct nap_tune_point *p)
{
	return p->verdict.meets && !p->refuted;
}

/* The last position that is clear of high, which fails; low is just below it. */
static uint32_t clear_below(
	const struct nap_tune_axis *a, uint32_t low, const struct nap_tune_point *high, uint32_t axis)
{
	uint32_t by_margin = nap_lattice_at_most(a->value, a->n, (double)a->value[low] * (1.0 - a->margin));
	uint32_t at = high->at[axis], around = nap_tune_around(high);

	return around == 0 ? by_margin : MIN(by_margin, at > around ? at - around : 0);
}

/* Between one that meets the targets and one that does not: halve; then the last value that keeps clear. */
static void want_cliff(const struct nap_tune *t, GArray *wanted, const struct nap_tune_point *low,
	const struct nap_tune_point *high, uint32_t axis)
{
	if (good(low) == good(high))
		return;
	if (high->at[axis] - low->at[axis] > 1)
		want_position(t, wanted, low, axis, (low->at[axis] + high->at[axis]) / 2);
	else if (good(low))
		want_position(
			t, wanted, low, axis, clear_below(&t->space.axis[axis], low->at[axis], high, axis));
}

/* Beside the focus, what is not yet so near that it costs the same. */
static void want_beside(const struct nap_tune *t, GArray *wanted, const struct nap_tune_point *focus,
	const struct nap_tune_point *other, uint32_t axis)
{
	uint32_t a = focus->at[axis], b = other->at[axis], apart = a > b ? a - b : b - a;
	struct nap_tune_gap g = nap_tune_compare(focus, other, 1.0);

	if (!t->monotone && apart > 1 && good(focus) && good(other) && !other->near_cliff &&
		fabs(g.mean) > t->rule.tie * fabs(g.of))
		want_position(t, wanted, focus, axis, a > b ? a - apart / 2 : a + apart / 2);
}

/* Along an axis through the focus. */
static void want_line(
	const struct nap_tune *t, GArray *wanted, const struct nap_tune_point *focus, uint32_t axis)
{
	g_autoptr(GPtrArray) line = line_through(t, focus, axis);
	uint32_t end = t->space.axis[axis].n - 1, at = focus->at[axis];

	for (guint i = 0; i + 1 < line->len; i++) {
		const struct nap_tune_point *low = line->pdata[i], *high = line->pdata[i + 1];

		want_cliff(t, wanted, low, high, axis);
		if (low == focus || high == focus)
			want_beside(t, wanted, focus, low == focus ? high : low, axis);
	}
	if (line->pdata[0] == focus && at > 0)
		want_position(t, wanted, focus, axis, at / 2);
	if (line->pdata[line->len - 1] == focus && at < end)
		want_position(t, wanted, focus, axis, end - (end - at) / 2);
}

/* The point that the search turns around. */
static const struct nap_tune_point *focus_of(const struct nap_tune *t)
{
	int best = nap_tune_choose(&t->rule, t->point, t->n_points);

	return &t->point[best >= 0 ? best : nap_tune_nearest(t->point, t->n_points)];
}

/* ---- how long ------------------------------------------------------------------------------------------------------------- */

/* Twice as many replications of a point. */
static void want_more(const struct nap_tune *t, GArray *wanted, const struct nap_tune_point *p)
{
	want(t, wanted, p->at, MIN(2 * p->n, t->most));
}

/* Could p be cheaper than the focus by as much as matters, for all that its runs say? */
static bool is_rival(
	const struct nap_tune *t, const struct nap_tune_point *focus, const struct nap_tune_point *p)
{
	struct nap_tune_gap g = nap_tune_compare(focus, p, 1.0);
	double weight = t->rule.better * fabs(g.of);

	return !t->rule.certain && p != focus && nap_tune_may_name(p) &&
	       (isnan(g.error) || !nap_tune_decided(&g, g.mean + weight));
}

/* What decides about the focus, where that is not sure: itself, what ends its lines, and what may be cheaper. */
static void want_sure(const struct nap_tune *t, GArray *wanted, const struct nap_tune_point *focus)
{
	if (!focus->verdict.sure)
		want_more(t, wanted, focus);
	for (uint32_t axis = 0; axis < t->space.axes; axis++) {
		g_autoptr(GPtrArray) line = line_through(t, focus, axis);

		for (guint i = 0; i + 1 < line->len; i++) {
			const struct nap_tune_point *low = line->pdata[i], *high = line->pdata[i + 1];

			if (good(low) == good(high))
				continue;
			if (!low->verdict.sure)
				want_more(t, wanted, low);
			if (!high->verdict.sure)
				want_more(t, wanted, high);
		}
	}
	for (uint32_t i = 0; i < t->n_points; i++)
		if (is_rival(t, focus, &t->point[i])) {
			want_more(t, wanted, focus);
			want_more(t, wanted, &t->point[i]);
		}
}

/* Does p cost the same as the focus? */
static bool is_tied(
	const struct nap_tune *t, const struct nap_tune_point *focus, const struct nap_tune_point *p)
{
	struct nap_tune_gap g = nap_tune_compare(focus, p, 1.0);

	return nap_tune_may_name(p) && fabs(g.mean) <= t->rule.tie * fabs(g.of);
}

/*
 * Where a key costs nothing it may still make room for another (a longer timer for a longer interval): the other lines through the
 * farthest points on either side that cost the same.
 */
static void want_ridge(
	const struct nap_tune *t, GArray *wanted, const struct nap_tune_point *focus, uint32_t axis)
{
	g_autoptr(GPtrArray) line = line_through(t, focus, axis);
	const struct nap_tune_point *ends[2] = { focus, focus };

	for (guint i = 0; i < line->len; i++) {
		const struct nap_tune_point *p = line->pdata[i];

		if (!is_tied(t, focus, p))
			continue;
		ends[0] = p->at[axis] < ends[0]->at[axis] ? p : ends[0];
		ends[1] = p->at[axis] > ends[1]->at[axis] ? p : ends[1];
	}
	for (int e = 0; e < 2; e++)
		for (uint32_t other = 0; ends[e] != focus && other < t->space.axes; other++)
			if (other != axis)
				want_line(t, wanted, ends[e], other);
}

/* What is to be looked at next; nothing: the search is over. */
static void want_next(const struct nap_tune *t, GArray *wanted)
{
	const struct nap_tune_point *focus;

	if (t->hint && t->n_points == 0) {
		want(t, wanted, t->hint, t->first);
		return;
	}
	if (t->downward)
		want_scan_down(t, wanted);
	else
		want_scan(t, wanted);
	if (wanted->len > 0)
		return;
	focus = focus_of(t);
	for (uint32_t axis = 0; axis < t->space.axes; axis++)
		want_line(t, wanted, focus, axis);
	for (uint32_t axis = 0; axis < t->space.axes && wanted->len == 0 && t->space.axes > 1; axis++)
		want_ridge(t, wanted, focus, axis);
	if (wanted->len == 0)
		want_sure(t, wanted, focus);
}

bool nap_tune_search(struct nap_tune *t)
{
	g_autoptr(GArray) wanted = g_array_new(FALSE, FALSE, sizeof(struct nap_tune_point));

	judge_all(t);
	for (want_next(t, wanted); wanted->len > 0; want_next(t, wanted))
		if (!get(t, wanted))
			return false;
	return true;
}
