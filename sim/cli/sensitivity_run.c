/* SPDX-License-Identifier: BSD-2-Clause */
/* The analyses of natnap run --sensitivity: points through an ensemble, none of them simulated twice. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/interrupt.h"
#include "cli/sensitivity_job.h"
#include "text/input_error.h"

#define ROWS       512 /* of Sobol's matrices, unless --samples says otherwise */
#define TRAJECTORY 16  /* rows to one of them */
#define FEWEST     4   /* trajectories */
#define FEW        8   /* points that are run together, of many subscribers or replications, */
#define MANY       128 /* and of few */

/* ---- points ------------------------------------------------------------------------------------------------------------------- */

/* The keys' values, which a point is known by: whole numbers and levels come again and again. */
static char *name_of(const struct nap_sensitivity_job *j, const double *at)
{
	GString *s = g_string_new(NULL);

	for (uint32_t k = 0; k < j->n_keys; k++) {
		g_autofree char *text = nap_sensitivity_value_text(&j->key[k], at[k]);

		g_string_append_printf(s, "%s|", text);
	}
	return g_string_free(s, FALSE);
}

/* Means over its replications; NAN where one of them has nothing to say. */
static void measure(const struct nap_sensitivity_job *j, const struct nap_member *m, double *value)
{
	for (uint32_t i = 0; i < j->n_metrics; i++) {
		double sum = 0.0;

		for (uint32_t r = 0; r < m->n; r++)
			sum += j->metric[i]->value(m->sc, &m->replication[r]);
		value[i] = sum / m->n;
	}
}

static void on_progress(void *ctx, uint64_t done, uint64_t all)
{
	struct nap_sensitivity_job *j = ctx;

	nap_progress_show(&j->progress, j->points_done * all + done * j->points_now, j->points_due * all);
}

/* Points that are run together. */
struct fresh {
	struct nap_member *member;
	struct nap_batch *batch;
	double **value; /* where its metrics go: known's */
	uint32_t n;
};

/* The metrics of a point: those that are known, or a place for them and a batch that will fill it. NULL: no such scenario. */
static const double *look_up(struct nap_sensitivity_job *j, const double *at, struct fresh *f)
{
	g_autofree char *name = name_of(j, at);
	double *value = g_hash_table_lookup(j->known, name);
	struct nap_scenario *sc;

	if (value)
		return value;
	sc = nap_sensitivity_scenario(j, j->point, at, &j->error);
	if (!sc)
		return NULL;
	value = g_new0(double, j->n_metrics);
	g_hash_table_insert(j->known, g_steal_pointer(&name), value);
	f->member[f->n].sc = sc;
	f->batch[f->n] = (struct nap_batch){ &f->member[f->n], 0, sc->general.replications };
	f->value[f->n++] = value;
	return value;
}

/* Run what is new. False: interrupted, or with j->error. */
static bool run_fresh(struct nap_sensitivity_job *j, const struct fresh *f)
{
	g_autofree char *why = NULL;
	uint32_t which;
	bool done = f->n == 0 || nap_ensemble_run(&j->ensemble, f->batch, f->n, &why, &which);

	if (why)
		nap_fail(&j->error, "%s: %s", j->run.path, why);
	for (uint32_t i = 0; i < f->n; i++) {
		if (done)
			measure(j, &f->member[i], f->value[i]);
		nap_member_clear(&f->member[i]);
	}
	return done;
}

/* A nap_sensitivity_fn. */
static bool evaluate(void *ctx, const double *point, uint32_t n, double *value)
{
	struct nap_sensitivity_job *j = ctx;
	g_autofree struct nap_member *member = g_new0(struct nap_member, n);
	g_autofree struct nap_batch *batch = g_new0(struct nap_batch, n);
	g_autofree double **fill = g_new0(double *, n);
	g_autofree const double **of = g_new0(const double *, n);
	struct fresh f = { member, batch, fill, 0 };
	bool taken = true;

	j->points_now = n;
	for (uint32_t i = 0; taken && i < n; i++) {
		of[i] = look_up(j, point + (size_t)i * j->n_keys, &f);
		taken = of[i] != NULL;
	}
	if (!taken) {
		for (uint32_t i = 0; i < f.n; i++)
			nap_member_clear(&member[i]);
		return false;
	}
	if (!run_fresh(j, &f))
		return false;
	for (uint32_t i = 0; i < n; i++)
		memcpy(value + (size_t)i * j->n_metrics, of[i], j->n_metrics * sizeof *value);
	j->points_done += n;
	j->simulated += f.n;
	return true;
}

/* ---- one analysis ------------------------------------------------------------------------------------------------------------- */

static void begin_step(struct nap_sensitivity_job *j, uint64_t points)
{
	nap_progress_end(&j->progress);
	nap_progress_begin(&j->progress);
	j->points_done = 0;
	j->points_due = points;
}

/* Told between the two steps. */
static void screened(void *ctx)
{
	struct nap_sensitivity_job *j = ctx;
	const struct nap_sensitivity *s = j->working;
	uint64_t points = nap_sensitivity_sobol_points(s, s->n_chosen);

	begin_step(j, points);
	fprintf(stderr,
		"natnap: of %u %s %u matter%s: %" G_GUINT64_FORMAT
		" points for Sobol's indices, %" G_GUINT64_FORMAT " simulations\n",
		s->keys, s->keys == 1 ? "key" : "keys", s->n_chosen, s->n_chosen == 1 ? "s" : "", points,
		points * j->replications);
}

static void announce(struct nap_sensitivity_job *j, const struct nap_sensitivity *s, const char *where)
{
	uint64_t points = nap_sensitivity_screening_points(s),
		 more = nap_sensitivity_sobol_points(s, s->keys);

	begin_step(j, points);
	fprintf(stderr,
		"natnap: %s%sscreening %u %s: %" G_GUINT64_FORMAT " points, %" G_GUINT64_FORMAT
		" simulations; then at most %" G_GUINT64_FORMAT " points, %" G_GUINT64_FORMAT
		" simulations (--samples N, --replications N)\n",
		where, *where ? ": " : "", s->keys, s->keys == 1 ? "key" : "keys", points,
		points * j->replications, more, more * j->replications);
}

/* "middlebox.nat.udp = 30s": the sweep's point; "" without one. */
static char *where_of(const struct nap_sensitivity_job *j)
{
	const struct nap_sweep *sweep = j->run.study.sweep;
	g_autofree struct nap_override *point = g_new0(struct nap_override, sweep->n_axes + 1);
	GString *s = g_string_new(NULL);

	nap_sweep_point(sweep, j->point, point);
	for (size_t a = 0; a < sweep->n_axes; a++)
		g_string_append_printf(s, "%s%s = %s", a ? ", " : "", sweep->axis[a].name, point[a].text);
	return g_string_free(s, FALSE);
}

static struct nap_sensitivity_key describe(const struct nap_tunable *t)
{
	bool time = nap_tunable_is_time(t);

	return (struct nap_sensitivity_key){ g_strdup(t->name), nap_tunable_text(t, t->lo),
		nap_tunable_text(t, t->hi), time ? nap_time_seconds(t->lo) : (double)NAN,
		time ? nap_time_seconds(t->hi) : (double)NAN, nap_sensitivity_is_wide(t->lo, t->hi) };
}

static struct nap_sensitivity_report *new_report(struct nap_sensitivity_job *j)
{
	struct nap_sensitivity_report *r = g_new0(struct nap_sensitivity_report, 1);
	uint32_t rows = j->options->samples == NAP_NOT_GIVEN ? ROWS : (uint32_t)j->options->samples;

	r->where = where_of(j);
	r->key = g_new0(struct nap_sensitivity_key, j->n_keys);
	for (uint32_t k = 0; k < j->n_keys; k++)
		r->key[k] = describe(&j->key[k]);
	r->metric = j->metric;
	r->replications = j->replications;
	r->s = (struct nap_sensitivity){ .seed = j->seed,
		.keys = j->n_keys,
		.metrics = j->n_metrics,
		.trajectories = MAX(FEWEST, rows / TRAJECTORY),
		.rows = rows,
		.together = CLAMP(j->together, FEW, MANY),
		.evaluate = evaluate,
		.screened = screened,
		.ctx = j };
	return r;
}

/* False: interrupted, or with j->error. */
static bool analyse(struct nap_sensitivity_job *j, size_t point)
{
	struct nap_sensitivity_report *r;

	j->point = point;
	j->simulated = 0;
	g_hash_table_remove_all(j->known);
	r = new_report(j);
	j->working = &r->s;
	announce(j, &r->s, r->where);
	r->complete = nap_sensitivity_run(&r->s);
	nap_progress_end(&j->progress);
	r->points = j->simulated;
	if (j->error || r->s.trajectories_done == 0) {
		nap_sensitivity_report_free(r);
		return false;
	}
	g_ptr_array_add(j->reports, r);
	return r->complete;
}

bool nap_sensitivity_job_run(struct nap_sensitivity_job *j, const volatile sig_atomic_t *stop, GError **error)
{
	j->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	j->ensemble = (struct nap_ensemble){
		.threads = j->options->jobs == NAP_NOT_GIVEN ? 0 : (uint32_t)j->options->jobs,
		.stop = stop,
		.progress = on_progress,
		.progress_ctx = j
	};
	for (size_t i = 0; i < j->run.study.sweep->n_points && !j->interrupted; i++)
		j->interrupted = !analyse(j, i);
	if (!j->error)
		return j->reports->len > 0;
	g_propagate_error(error, g_steal_pointer(&j->error));
	return false;
}
