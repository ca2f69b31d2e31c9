/* SPDX-License-Identifier: BSD-2-Clause */
/* The scenario, its keys and metrics: all that is read before anything runs. */
#include "cli/sensitivity_job.h"

#include <string.h>

#include "cli/say_unsure.h"
#include "run/tune_goal.h"
#include "text/input_error.h"
#include "text/scenario.h"

#define OPTION "--sensitivity"
#define BUSY   1024 /* subscribers, of all replications, that are worth sharing out among threads */

/* ---- keys --------------------------------------------------------------------------------------------------------------------- */

static bool is_whole(const struct nap_tunable *t)
{
	return t->row->type == NAP_P_UINT || t->row->type == NAP_P_UINT64 || t->row->type == NAP_P_ADDRESSES;
}

char *nap_sensitivity_value_text(const struct nap_tunable *t, double at)
{
	return nap_tunable_text(t,
		nap_sensitivity_value(t->lo, t->hi, nap_sensitivity_is_wide(t->lo, t->hi), is_whole(t), at));
}

static bool add_key(struct nap_sensitivity_job *j, const char *text, GError **error)
{
	struct nap_tunable *t = &j->key[j->n_keys];

	if (j->n_keys == NAP_SENSITIVITY_KEYS)
		return nap_fail(error, OPTION ": at most %d keys", NAP_SENSITIVITY_KEYS);
	j->n_keys++;
	if (!nap_tunable_parse(t, text, OPTION, error))
		return false;
	for (uint32_t k = 0; k + 1 < j->n_keys; k++)
		if (strcmp(j->key[k].name, t->name) == 0)
			return nap_fail(error, OPTION ": %s stands twice", t->name);
	return true;
}

/* KEY=LO..HI;KEY: those that are named, over their sweep where no range is given. */
static bool add_named(
	struct nap_sensitivity_job *j, const char *list, const struct nap_sweep *swept, GError **error)
{
	g_auto(GStrv) texts = g_strsplit(list, ";", -1);

	for (char **text = texts; *text; text++) {
		const struct nap_tunable *t = &j->key[j->n_keys];

		if (!*g_strstrip(*text))
			continue;
		if (!add_key(j, *text, error))
			return false;
		if (!t->ranged && !nap_tunable_range_of(&j->key[j->n_keys - 1], swept))
			return nap_fail(error,
				OPTION " %s: the scenario does not sweep it: write its range, %s=LO..HI",
				t->name, t->name);
		if (t->lo == t->hi)
			return nap_fail(error, OPTION " %s: a range has two ends that differ", t->name);
	}
	return true;
}

/* Without a list: what is swept and has two numbers at least. */
static bool add_swept(struct nap_sensitivity_job *j, const struct nap_sweep *swept, GError **error)
{
	for (size_t a = 0; a < swept->n_axes; a++) {
		struct nap_tunable *t = &j->key[j->n_keys];

		if (!add_key(j, swept->axis[a].name, NULL) || !nap_tunable_range_of(t, swept) ||
			t->lo == t->hi) {
			if (j->n_keys == NAP_SENSITIVITY_KEYS)
				return nap_fail(error, OPTION ": at most %d keys", NAP_SENSITIVITY_KEYS);
			nap_tunable_clear(t);
			j->n_keys--;
		}
	}
	return j->n_keys > 0 || nap_fail(error, OPTION ": the scenario sweeps no numbers: name keys, " OPTION
						       " 'KEY=LO..HI;KEY=LO..HI'");
}

static bool read_keys(struct nap_sensitivity_job *j, const struct nap_sweep *swept, GError **error)
{
	g_autofree char *list = g_strstrip(g_strdup(j->options->sensitivity));

	return *list ? add_named(j, list, swept, error) : add_swept(j, swept, error);
}

/* ---- scenarios ---------------------------------------------------------------------------------------------------------------- */

/* What goes into the scenario of a point: texts owns the keys' values. Free with g_free. */
static struct nap_override *overrides_at(
	const struct nap_sensitivity_job *j, size_t point, const double *at, GPtrArray *texts, size_t *n_out)
{
	const struct nap_study *r = &j->run.study;
	size_t n = r->n_overrides, axes = r->sweep ? r->sweep->n_axes : 0;
	struct nap_override *all = g_new0(struct nap_override, n + axes + j->n_keys + 1);
	const char *dir = r->document->folder.path;

	if (n > 0)
		memcpy(all, r->overrides, n * sizeof *all);
	if (axes > 0)
		nap_sweep_point(r->sweep, point, all + n);
	for (size_t a = 0; a < axes; a++)
		all[n++].dir = dir;
	for (uint32_t k = 0; k < j->n_keys; k++) {
		g_ptr_array_add(texts, nap_sensitivity_value_text(&j->key[k], at[k]));
		all[n++] =
			(struct nap_override){ j->key[k].group, j->key[k].key, texts->pdata[k], OPTION, dir };
	}
	*n_out = n;
	return all;
}

struct nap_scenario *nap_sensitivity_scenario(
	const struct nap_sensitivity_job *j, size_t point, const double *at, GError **error)
{
	g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
	size_t n;
	g_autofree struct nap_override *all = overrides_at(j, point, at, texts, &n);

	return nap_scenario_new(j->run.study.document, all, n, error);
}

/* Does the scenario take these values, and can it be run? */
static bool try_at(const struct nap_sensitivity_job *j, size_t point, const double *at, GError **error)
{
	g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
	size_t n;
	g_autofree struct nap_override *all = overrides_at(j, point, at, texts, &n);
	struct nap_scenario *sc = nap_scenario_new(j->run.study.document, all, n, error);
	struct nap_plan plan;
	bool ok = sc != NULL;

	if (ok && !nap_plan_make(&plan, sc))
		ok = nap_fail(error, "%s: %s",
			nap_scenario_where(j->run.study.document, all, n, plan.group, plan.key), plan.why);
	nap_scenario_free(sc);
	return ok;
}

/* Ends of all ranges, each alone and all together: what is between them is then taken, but for odd cases. */
static bool try_ends(const struct nap_sensitivity_job *j, GError **error)
{
	size_t points = j->run.study.sweep->n_points;

	for (size_t i = 0; i < points * 2; i++) {
		double at[NAP_SENSITIVITY_KEYS];

		for (uint32_t k = 0; k < j->n_keys; k++)
			at[k] = (double)(i % 2);
		if (!try_at(j, i / 2, at, error))
			return false;
	}
	for (uint32_t i = 0; i < 2 * j->n_keys; i++) {
		double at[NAP_SENSITIVITY_KEYS];

		for (uint32_t k = 0; k < j->n_keys; k++)
			at[k] = k == i / 2 ? (double)(i % 2) : NAP_SENSITIVITY_MIDDLE;
		if (!try_at(j, 0, at, error))
			return false;
	}
	return true;
}

/* What else is swept: the keys are set aside, so that they are no axes. */
static bool load_sweep(struct nap_sensitivity_job *j, GError **error)
{
	const struct nap_study *r = &j->run.study;
	struct nap_sweep *swept = nap_sweep_new(r->document, r->overrides, r->n_overrides, error);
	bool ok = swept && read_keys(j, swept, error);

	nap_sweep_free(swept);
	if (ok) {
		g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
		const double low[NAP_SENSITIVITY_KEYS] = { 0.0 };
		size_t n;
		g_autofree struct nap_override *fixed = overrides_at(j, 0, low, texts, &n);

		j->run.study.sweep = nap_sweep_new(r->document, fixed, n, error);
	}
	return j->run.study.sweep != NULL;
}

/* ---- metrics ------------------------------------------------------------------------------------------------------------------ */

static void add_metric(struct nap_sensitivity_job *j, const struct nap_scenario *sc, const char *name)
{
	const struct nap_metric *m = nap_metrics;

	while (strcmp(m->name, name) != 0)
		m++;
	if (m->wanted && !m->wanted(sc))
		return;
	/* a share may agree between replications and yet change with a key */
	if (m->kind == NAP_METRIC_SHARE || !m->possible || m->possible(sc, 0))
		j->metric[j->n_metrics++] = m;
}

/* Energy, or packets where no radio has a price; and what else there is. */
static void choose_metrics(struct nap_sensitivity_job *j, const struct nap_scenario *sc)
{
	const struct nap_scenario *of_first = nap_scenario_of(sc, 0, 0);
	bool radio = nap_tune_radio_has_price(of_first);

	add_metric(j, sc, radio ? "energy_j" : "packets_up");
	if (radio && of_first->battery.capacity_mah > 0.0)
		add_metric(j, sc, "battery_percent_per_day");
	add_metric(j, sc, "reachable_fraction");
	add_metric(j, sc, "pushes_lost");
	add_metric(j, sc, "requests_failed");
	if (radio)
		add_metric(j, sc, "radio_promotions");
}

/* Of all points of what else is swept; a key that is analysed is not its profile's. False with an input error of a point. */
static bool find_unsure(struct nap_sensitivity_job *j, const double *at, GError **error)
{
	g_autoptr(GPtrArray) points = g_ptr_array_new_with_free_func((GDestroyNotify)nap_scenario_free);
	g_autoptr(GHashTable) origins = nap_origins_new();

	for (size_t i = 0; i < j->run.study.sweep->n_points; i++) {
		g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
		size_t n;
		g_autofree struct nap_override *all = overrides_at(j, i, at, texts, &n);
		struct nap_scenario *sc =
			i == 0 ? nap_scenario_new_noted(j->run.study.document, all, n, origins, error)
			       : nap_scenario_new(j->run.study.document, all, n, error);

		if (!sc)
			return false;
		g_ptr_array_add(points, sc);
	}
	j->unsure = nap_unsure_of(
		(const struct nap_scenario *const *)points->pdata, j->run.study.sweep->n_points, origins);
	return true;
}

bool nap_sensitivity_job_load(struct nap_sensitivity_job *j, const struct nap_run_options *o, GError **error)
{
	double middle[NAP_SENSITIVITY_KEYS];
	struct nap_scenario *sc;

	j->options = o;
	j->reports = g_ptr_array_new();
	if (!nap_run_job_read(&j->run, o, error) || !load_sweep(j, error) || !try_ends(j, error))
		return false;
	for (uint32_t k = 0; k < NAP_SENSITIVITY_KEYS; k++)
		middle[k] = NAP_SENSITIVITY_MIDDLE;
	sc = nap_sensitivity_scenario(j, 0, middle, error);
	if (!sc)
		return false;
	choose_metrics(j, sc);
	j->replications = sc->general.replications;
	j->seed = sc->general.seed;
	j->together = BUSY / sc->general.subscribers / sc->general.replications;
	nap_scenario_free(sc);
	return find_unsure(j, middle, error);
}

void nap_sensitivity_job_clear(struct nap_sensitivity_job *j)
{
	for (guint i = 0; j->reports && i < j->reports->len; i++)
		nap_sensitivity_report_free(j->reports->pdata[i]);
	g_clear_pointer(&j->reports, g_ptr_array_unref);
	g_clear_pointer(&j->known, g_hash_table_unref);
	g_clear_pointer(&j->unsure, g_ptr_array_unref);
	for (uint32_t k = 0; k < j->n_keys; k++)
		nap_tunable_clear(&j->key[k]);
	nap_run_job_clear(&j->run);
}
