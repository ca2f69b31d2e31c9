/* SPDX-License-Identifier: BSD-2-Clause */
/* The scenario, its keys and the targets: all that is read before anything runs. */
#include "cli/tune_job.h"

#include <math.h>
#include <string.h>

#include "cli/run_job.h"
#include "cli/say_unsure.h"
#include "io/textfile.h"
#include "text/input_error.h"
#include "text/quantity.h"
#include "text/schema.h"

#define FINENESS      0.01  /* neighbouring values differ by so much at most */
#define FINE_SOLUTION 0.001 /* the same where the value itself is what is asked for */

/* --set, and the options that are short for one. */
static bool read_overrides(struct nap_tune_job *j, const struct nap_tune_options *o, GError **error)
{
	g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);

	for (char **s = o->set; s && *s; s++)
		g_ptr_array_add(texts, g_strdup(*s));
	if (o->seed)
		g_ptr_array_add(texts, g_strconcat("scenario.seed=", o->seed, NULL));
	j->overrides = g_new0(struct nap_override, texts->len + 1);
	for (guint i = 0; i < texts->len; i++, j->n_overrides++)
		if (!nap_override_parse(g_ptr_array_index(texts, i), &j->overrides[i], error))
			return false;
	return true;
}

const struct nap_param *nap_tune_silence(const struct nap_policy *policy)
{
	static const char *const keys[] = { "interval", "idle", "max-interval", "flow-timer", "request" };
	const struct nap_param *row = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(keys) && policy->params && !row; i++)
		row = nap_row_find(policy->params, keys[i]);
	return row;
}

/* Without --over: the client's interval, or what its policy (the first, if several are swept) has in that place. Free with g_free. */
static char *usual_key(const struct nap_tune_job *j, GError **error)
{
	struct nap_sweep *swept = nap_sweep_new(j->document, j->overrides, j->n_overrides, error);
	struct nap_scenario *sc =
		swept ? nap_sweep_scenario(swept, j->document, j->overrides, j->n_overrides, 0, error) : NULL;
	const struct nap_param *row = sc ? nap_tune_silence(sc->policy) : NULL;
	char *key = row ? g_strconcat("client.", row->key, NULL) : NULL;

	if (sc && !row)
		nap_fail(error, "%s: policy %s has no interval to tune: name a key, --over KEY=LO..HI",
			nap_scenario_where(j->document, j->overrides, j->n_overrides, "client", "policy"),
			sc->policy->name);
	nap_scenario_free(sc);
	nap_sweep_free(swept);
	return key;
}

static bool read_keys(struct nap_tune_job *j, const struct nap_tune_options *o, GError **error)
{
	g_autofree char *usual = o->solve || o->over ? NULL : usual_key(j, error);
	char *just_that[] = { usual, NULL }, *solved[] = { o->solve, NULL };
	char **over = o->solve ? solved : o->over ? o->over : just_that;

	if (!*over)
		return false;
	if (g_strv_length(over) > NAP_TUNE_AXES)
		return nap_fail(error, "--over: at most %d keys", NAP_TUNE_AXES);
	for (; *over; over++) {
		struct nap_tunable *t = &j->keys.key[j->keys.n++];

		if (!nap_tunable_parse(t, *over, o->solve ? "--solve" : "--over", error))
			return false;
		for (uint32_t k = 0; k + 1 < j->keys.n; k++)
			if (strcmp(j->keys.key[k].name, t->name) == 0)
				return nap_fail(error, "--over: %s stands twice", t->name);
	}
	return true;
}

/* A range for a key that was given none: the sweep's, or what such keys usually have. */
static bool find_range(struct nap_tune_job *j, struct nap_tunable *t, const struct nap_sweep *swept,
	const struct nap_scenario *sc, GError **error)
{
	const struct nap_param *silence = nap_tune_silence(sc->policy);
	bool interval = silence && strcmp(t->group, "client") == 0 && strcmp(t->key, silence->key) == 0;

	if (t->ranged || nap_tunable_range_of(t, swept))
		return true;
	if (!interval && !j->options->solve)
		return nap_fail(error, "--over %s: write its range, %s=LO..HI", t->name, t->name);
	if (nap_tunable_is_time(t)) {
		t->lo = (interval ? 10 : 1) * NAP_S;
		t->hi = MAX(t->lo, MIN(interval ? 4 * NAP_H : NAP_DAY, sc->general.duration / 4));
	} else {
		t->lo = 1;
		t->hi = t->row->type == NAP_P_ADDRESSES ? MAX(1, sc->general.subscribers / 16)
							: MAX(1, sc->general.subscribers);
	}
	t->ranged = true;
	return true;
}

/* As nap_tune_scenario; what sets each key goes to origins, unless that is NULL. */
static struct nap_scenario *scenario_noted(const struct nap_tune_job *j, size_t point, const char *policy,
	const char *bounds, const struct nap_tune_keys *keys, const uint32_t *at, GHashTable *origins,
	GError **error)
{
	size_t n = j->n_overrides, room = n + 2 * j->sweep->n_axes + keys->n + 2;
	g_autofree struct nap_override *all = g_new0(struct nap_override, room);
	g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
	const char *dir = j->document->folder.path;

	memcpy(all, j->overrides, n * sizeof *all);
	nap_sweep_point(j->sweep, point, all + n);
	for (size_t a = 0; a < j->sweep->n_axes; a++)
		all[n++].dir = dir;
	if (policy)
		all[n++] = (struct nap_override){ "client", "policy", policy, "--compare-policies", dir };
	if (bounds)
		all[n++] = (struct nap_override){ "scenario", "bounds", bounds, "--users", dir };
	for (uint32_t k = 0; k < keys->n; k++) {
		const struct nap_tunable *t = &keys->key[k];

		g_ptr_array_add(texts, nap_tunable_text(t, keys->lattice[k].value[at[k]]));
		all[n++] = (struct nap_override){ t->group, t->key, texts->pdata[k], t->option, dir };
	}
	if (!nap_sweep_express(j->sweep, j->document, all, &n, texts, error))
		return NULL;
	return origins ? nap_scenario_new_noted(j->document, all, n, origins, error)
		       : nap_scenario_new(j->document, all, n, error);
}

struct nap_scenario *nap_tune_scenario(const struct nap_tune_job *j, size_t point, const char *policy,
	const char *bounds, const struct nap_tune_keys *keys, const uint32_t *at, GError **error)
{
	return scenario_noted(j, point, policy, bounds, keys, at, NULL, error);
}

/* Both ends of all ranges must be values that the scenario takes. */
static bool try_ends(const struct nap_tune_job *j, GError **error)
{
	for (uint32_t corner = 0; corner < 1u << j->keys.n; corner++) {
		uint32_t at[NAP_TUNE_AXES];
		struct nap_scenario *sc;

		for (uint32_t k = 0; k < j->keys.n; k++)
			at[k] = corner >> k & 1 ? j->keys.lattice[k].n - 1 : 0;
		sc = nap_tune_scenario(j, 0, NULL, NULL, &j->keys, at, error);
		if (!sc)
			return false;
		nap_scenario_free(sc);
	}
	return true;
}

/* Which middlebox the solved key is of; false when it is of none. */
static bool find_hop(struct nap_tune_job *j, const struct nap_scenario *sc, GError **error)
{
	struct nap_tunable *t = &j->keys.key[0];

	for (uint32_t k = 0; k < sc->n_middleboxes; k++) {
		g_autofree char *group = g_strconcat("middlebox ", sc->middlebox[k].name, NULL);

		if (strcmp(group, t->group) != 0)
			continue;
		j->goal.hop = k;
		if (sc->middlebox[k].box.addresses.n > 0)
			t->first_address = sc->middlebox[k].box.addresses.addr[0];
		return true;
	}
	return nap_fail(error, "--solve: %s is no key of a middlebox on the path", t->name);
}

/* The scenario as it stands: what ranges and goal need of it. */
static bool look_at(struct nap_tune_job *j, const struct nap_sweep *swept, GError **error)
{
	struct nap_scenario *sc =
		nap_sweep_scenario(swept, j->document, j->overrides, j->n_overrides, 0, error);
	double fineness = j->options->solve ? FINE_SOLUTION : FINENESS;
	bool ok = sc != NULL;

	for (uint32_t k = 0; ok && k < j->keys.n; k++) {
		struct nap_tunable *t = &j->keys.key[k];

		ok = find_range(j, t, swept, sc, error);
		if (ok)
			nap_lattice_init(&j->keys.lattice[k], t->lo, t->hi, fineness, nap_tunable_is_time(t));
	}
	ok = ok && (!j->options->solve || find_hop(j, sc, error)) &&
	     nap_goal_options_fit(&j->goal, sc, error);
	if (ok)
		j->duration = nap_measured(sc);
	nap_scenario_free(sc);
	return ok;
}

/* What is swept besides the tuned keys: these are set aside, so that they are no axes. */
static bool load_sweep(struct nap_tune_job *j, GError **error)
{
	struct nap_sweep *swept = nap_sweep_new(j->document, j->overrides, j->n_overrides, error);
	g_autofree struct nap_override *fixed =
		g_new0(struct nap_override, j->n_overrides + NAP_TUNE_AXES + 1);
	g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
	uint32_t n = j->n_overrides;

	if (swept && look_at(j, swept, error)) {
		if (n > 0)
			memcpy(fixed, j->overrides, n * sizeof *fixed);
		for (uint32_t k = 0; k < j->keys.n; k++) {
			const struct nap_tunable *t = &j->keys.key[k];

			g_ptr_array_add(texts, nap_tunable_text(t, t->lo));
			fixed[n++] = (struct nap_override){ t->group, t->key, texts->pdata[k], t->option,
				j->document->folder.path };
		}
		j->sweep = nap_sweep_new(j->document, fixed, n, error);
	}
	nap_sweep_free(swept);
	return j->sweep != NULL;
}

static bool parse_below_one(const char *option, const char *text, double *out, GError **error)
{
	if (!text)
		return true;
	if (!nap_quantity_parse(NAP_P_SHARE, text, out, error)) {
		g_prefix_error(error, "--%s: ", option);
		return false;
	}
	return *out < 1.0 || nap_fail(error, "--%s: %s must be below 100%%", option, text);
}

/* The question turned round asks for a value; what else it is to keep is only what was said. */
static bool read_solve(struct nap_tune_job *j, const struct nap_tune_options *o, GError **error)
{
	if (!o->solve != !o->blocking)
		return nap_fail(
			error, o->solve ? "--solve: say at which share of refused sessions: --blocking 0.1%%"
					: "--blocking: say which key to solve for: --solve KEY");
	if (!o->solve)
		return true;
	if (o->over || o->policies || o->goal.minimise)
		return nap_fail(error, "--solve goes with none of --over, --compare-policies and --minimise");
	if (!o->goal.reachable && !o->goal.users)
		j->goal.reachable = (double)NAN;
	if (!o->goal.bindings_lost)
		j->goal.bindings_lost = (double)INFINITY;
	j->goal.value = NAP_TUNE_LITTLE;
	return parse_below_one("blocking", o->blocking, &j->goal.blocking, error);
}

/* Targets, and what is printed of each value, are about the way in to a client. */
static bool has_way_in(const struct nap_tune_job *j, const struct nap_scenario *sc, GError **error)
{
	bool pools = nap_app_pools(&sc->app);

	for (uint32_t k = 0; k < sc->kinds.n; k++)
		pools |= nap_app_pools(&sc->kinds.kind[k]->app);
	return !pools || nap_fail(error,
				 "%s: [client] pool-most: reach and lost bindings, which targets are "
				 "about, are of one flow, not of a pool",
				 j->path);
}

/* Of all points of what else is swept; a key that is tuned is not its profile's. False with an input error of a point. */
static bool find_unsure(struct nap_tune_job *j, GError **error)
{
	static const uint32_t low[NAP_TUNE_AXES] = { 0 };
	g_autoptr(GPtrArray) points = g_ptr_array_new_with_free_func((GDestroyNotify)nap_scenario_free);
	g_autoptr(GHashTable) origins = nap_origins_new();

	for (size_t i = 0; i < j->sweep->n_points; i++) {
		struct nap_scenario *sc =
			scenario_noted(j, i, NULL, NULL, &j->keys, low, i == 0 ? origins : NULL, error);

		if (!sc)
			return false;
		g_ptr_array_add(points, sc);
		if (!has_way_in(j, sc, error))
			return false;
	}
	j->unsure =
		nap_unsure_of((const struct nap_scenario *const *)points->pdata, j->sweep->n_points, origins);
	return true;
}

bool nap_tune_job_load(struct nap_tune_job *j, const struct nap_tune_options *o, GError **error)
{
	if (o->out)
		nap_texts_note();
	j->options = o;
	j->confidence = 0.95;
	j->margin = NAP_TUNE_MARGIN;
	j->members = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	j->tuned = g_ptr_array_new();
	if (!parse_below_one("confidence", o->confidence, &j->confidence, error) ||
		!parse_below_one("margin", o->margin, &j->margin, error) ||
		!nap_goal_options_read(&o->goal, &j->goal, error) || !read_solve(j, o, error))
		return false;
	j->document = nap_document_load(j->path, error);
	if (!j->document || !read_overrides(j, o, error) || !read_keys(j, o, error))
		return false;
	if (o->solve && nap_tunable_is_time(&j->keys.key[0]))
		j->goal.value = NAP_TUNE_LONG;
	else if (o->solve && j->keys.key[0].ranged && j->keys.key[0].lo < 1)
		return nap_fail(error, "--solve: %s of 0 is no limit: begin with 1", j->keys.key[0].name);
	if (!load_sweep(j, error) || !try_ends(j, error) || !find_unsure(j, error))
		return false;
	j->read = o->out ? nap_texts_digest() : NULL;
	return true;
}

void nap_tune_keys_clear(struct nap_tune_keys *keys)
{
	for (uint32_t k = 0; k < keys->n; k++) {
		nap_tunable_clear(&keys->key[k]);
		nap_lattice_clear(&keys->lattice[k]);
	}
	keys->n = 0;
}

void nap_tune_job_clear(struct nap_tune_job *j)
{
	GHashTableIter i;
	void *member;

	for (guint k = 0; j->tuned && k < j->tuned->len; k++)
		nap_tuned_free(j->tuned->pdata[k]);
	g_clear_pointer(&j->tuned, g_ptr_array_unref);
	g_clear_pointer(&j->unsure, g_ptr_array_unref);
	if (j->members) {
		g_hash_table_iter_init(&i, j->members);
		while (g_hash_table_iter_next(&i, NULL, &member)) {
			nap_member_clear(member);
			g_free(member);
		}
		g_hash_table_unref(j->members);
	}
	nap_tune_keys_clear(&j->keys);
	nap_sweep_free(j->sweep);
	for (uint32_t k = 0; k < j->n_overrides; k++)
		nap_override_clear(&j->overrides[k]);
	g_free(j->overrides);
	nap_document_free(j->document);
	g_free(j->read);
}
