/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/advice.h"

#include <math.h>
#include <string.h>

#include "report/run_json.h"
#include "report/text_table.h"
#include "report/tune_report.h"
#include "text/quantity.h"

#define KEY "client.interval"

static int swept_number(const struct nap_results *r, const char *name)
{
	for (uint32_t i = 0; i < r->n_swept; i++)
		if (g_str_equal(r->swept[i], name))
			return (int)i;
	return -1;
}

/* All swept values of a row but the interval's, as one text. */
static char *others(const struct nap_results *r, const struct nap_row *row, int interval)
{
	GString *s = g_string_new(NULL);

	for (uint32_t i = 0; i < r->n_swept; i++)
		if ((int)i != interval)
			g_string_append_printf(
				s, "%s%s = %s", s->len ? ", " : "", r->swept[i], row->swept[i]);
	return g_string_free(s, FALSE);
}

/* ---- a group of rows as points ---------------------------------------------------------------------------------------------- */

/* Rows that differ in the interval alone, shortest first, as the rule sees them. */
struct group {
	GArray *row;   /* uint32_t */
	GArray *value; /* int64_t, ns */
	GArray *point; /* struct nap_tune_point */
};

static nap_time interval_of(const struct nap_results *r, uint32_t row, int interval)
{
	nap_time t;

	return nap_time_parse(r->row[row].swept[interval], &t, NULL) ? t : NAP_NEVER;
}

static void add_row(struct group *g, const struct nap_results *r, uint32_t row, int interval)
{
	nap_time t = interval_of(r, row, interval);
	guint i = g->row->len;

	while (i > 0 && g_array_index(g->value, int64_t, i - 1) > t)
		i--;
	g_array_insert_val(g->row, i, row);
	g_array_insert_val(g->value, i, t);
}

/* The replications that are complete, up to the first that is not, so that points can be compared in pairs. */
static struct nap_tune_point point_of(
	const struct nap_point *p, const struct nap_tune_goal *goal, uint32_t at)
{
	struct nap_tune_point point = { .at = { at } };

	point.run = g_new(struct nap_tune_run, p->sc->general.replications);
	while (point.n < p->sc->general.replications && p->done[point.n]) {
		nap_tune_count(goal, p->sc, &p->replication[point.n], &point.run[point.n]);
		point.n++;
	}
	return point;
}

static struct group group_of(const struct nap_results *r, uint32_t first, const char *where, int interval)
{
	struct group g = { g_array_new(FALSE, FALSE, sizeof(uint32_t)),
		g_array_new(FALSE, FALSE, sizeof(int64_t)),
		g_array_new(FALSE, FALSE, sizeof(struct nap_tune_point)) };

	for (uint32_t i = first; i < r->n_rows; i++) {
		g_autofree char *other = others(r, &r->row[i], interval);

		if (g_str_equal(other, where))
			add_row(&g, r, i, interval);
	}
	return g;
}

static void group_clear(struct group *g)
{
	for (guint i = 0; i < g->point->len; i++)
		g_free(g_array_index(g->point, struct nap_tune_point, i).run);
	g_array_unref(g->row);
	g_array_unref(g->value);
	g_array_unref(g->point);
}

/* Why the nearest of them does not do. */
static char *reason_of(const struct nap_tune_rule *rule, const struct nap_tune_point *p, double margin)
{
	const struct nap_tune_verdict *v = &p->verdict;
	g_autofree char *bound = NULL, *value = NULL;

	if (p->n == 0)
		return g_strdup("no replication is complete");
	if (v->worst == rule->n_targets)
		return g_strdup_printf("it is within %.3g %% of one that misses the targets", 100.0 * margin);
	bound = nap_target_text(&rule->target[v->worst], rule->target[v->worst].bound);
	value = nap_target_value_text(rule->target[v->worst].name, v->estimate[v->worst]);
	return g_strdup_printf("it has %s where %s is asked for", value, bound);
}

static struct nap_advice advise(
	struct group *g, const struct nap_campaign *c, const struct nap_tune_goal *goal, double margin)
{
	struct nap_tune_space space = { .axes = 1 };
	struct nap_tune_rule rule = { .accept = 1.0, .tie = 0.001, .better = 0.01 };
	struct nap_advice a = { .met = true };
	struct nap_tune_point *point;
	int best;

	nap_tune_goal_rule(goal, c->point[g_array_index(g->row, uint32_t, 0)].sc, &rule);
	for (guint i = 0; i < g->row->len; i++) {
		struct nap_tune_point p = point_of(&c->point[g_array_index(g->row, uint32_t, i)], goal, i);

		if (p.n > 0)
			p.verdict = nap_tune_judge(&rule, p.run, p.n, p.n);
		g_array_append_val(g->point, p);
	}
	space.axis[0] = (struct nap_tune_axis){ (const int64_t *)(void *)g->value->data, g->value->len,
		margin, false };
	point = (struct nap_tune_point *)(void *)g->point->data;
	nap_tune_keep_clear(&space, point, g->point->len);
	best = nap_tune_choose(&rule, point, g->point->len);
	if (best < 0) {
		best = nap_tune_nearest(point, g->point->len);
		a.met = false;
		a.reason = reason_of(&rule, &point[best], margin);
	}
	a.doubt = point[best].verdict.doubt;
	a.row = (int)g_array_index(g->row, uint32_t, best);
	return a;
}

/* ---- all of them ------------------------------------------------------------------------------------------------------------- */

struct nap_advices *nap_advices_new(const struct nap_results *r, const struct nap_campaign *c,
	const struct nap_tune_goal *goal, double margin)
{
	struct nap_advices *all = g_new0(struct nap_advices, 1);
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(struct nap_advice));
	int interval = swept_number(r, KEY);

	if (nap_results_column(r, "reachable_fraction") < 0) /* pools: no target is about them */
		interval = -1;
	for (uint32_t k = 0; interval >= 0 && k < r->n_rows; k++) {
		char *where = others(r, &r->row[k], interval);
		struct nap_advice a;
		struct group g;

		if (!g_hash_table_add(seen, where))
			continue;
		g = group_of(r, k, where, interval);
		a = advise(&g, c, goal, margin);
		a.where = g_strdup(*where ? where : "everywhere");
		g_array_append_val(list, a);
		group_clear(&g);
	}
	all->n = list->len;
	all->advice = (struct nap_advice *)(void *)g_array_free(g_steal_pointer(&list), FALSE);
	all->targets = nap_goal_text(goal, c->point[0].sc);
	return all;
}

void nap_advices_free(struct nap_advices *a)
{
	if (!a)
		return;
	for (uint32_t i = 0; i < a->n; i++) {
		g_free(a->advice[i].where);
		g_free(a->advice[i].reason);
	}
	g_free(a->advice);
	g_free(a->targets);
	g_free(a);
}

/* ---- as text and JSON --------------------------------------------------------------------------------------------------------- */

static char *mean_text(const struct nap_results *r, const struct nap_advice *a, const char *metric)
{
	return a->met ? nap_number_text(r->row[a->row].mean[nap_results_column(r, metric)]) : g_strdup("-");
}

GString *nap_advices_text(const struct nap_advices *a, const struct nap_results *r)
{
	static const char *const heads[] = { "<where", "<recommended interval", "battery %/day", "reachable",
		"<chance of a miss", NULL };
	int interval = swept_number(r, KEY);
	GString *s = g_string_new(NULL), *body;
	struct nap_table *t;

	if (a->n == 0)
		return s;
	t = nap_table_new(heads);
	for (uint32_t i = 0; i < a->n; i++) {
		const struct nap_advice *one = &a->advice[i];

		nap_table_cell(t, g_strdup(one->where));
		nap_table_cell(
			t, g_strdup(one->met ? r->row[one->row].swept[interval] : "none of those swept"));
		nap_table_cell(t, mean_text(r, one, "battery_percent_per_day"));
		nap_table_cell(t, mean_text(r, one, "reachable_fraction"));
		nap_table_cell(t, one->met ? nap_chance_text(one->doubt) : g_strdup("-"));
	}
	body = nap_table_page(t);
	nap_table_free(t);
	g_string_append_printf(s, "%c%s:\n%s", g_ascii_toupper(*a->targets), a->targets + 1, body->str);
	g_string_free(body, TRUE);
	for (uint32_t i = 0; i < a->n; i++)
		if (!a->advice[i].met)
			g_string_append_printf(s, "  %s: none; the nearest is %s: %s\n", a->advice[i].where,
				r->row[a->advice[i].row].swept[interval], a->advice[i].reason);
	return s;
}

void nap_advices_json(const struct nap_advices *a, const struct nap_results *r, JsonBuilder *b)
{
	if (a->n == 0)
		return;
	nap_json_put_text(b, "targets", a->targets);
	json_builder_set_member_name(b, "recommended");
	json_builder_begin_array(b);
	for (uint32_t i = 0; i < a->n; i++) {
		const struct nap_advice *one = &a->advice[i];

		json_builder_begin_object(b);
		nap_json_put_text(b, "where", one->where);
		nap_json_put_bool(b, "met", one->met);
		nap_json_put_text(b, "reason", one->reason);
		nap_run_json_values(b, r, &r->row[one->row]);
		nap_json_put_number(b, "violation_probability", one->met ? one->doubt : (double)NAN);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
}
