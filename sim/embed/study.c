/* SPDX-License-Identifier: BSD-2-Clause */
#include "embed/study.h"

#include <string.h>

#include "io/doubts.h"
#include "io/effective.h"
#include "io/unsure.h"
#include "report/run_json.h"
#include "text/input_error.h"

bool nap_study_set(struct nap_study *s, const char *const *set, uint32_t room, GError **error)
{
	uint32_t n = 0;

	while (set && set[n])
		n++;
	s->overrides = g_new0(struct nap_override, n + room + 1);
	for (uint32_t i = 0; i < n; i++, s->n_overrides++)
		if (!nap_override_parse(set[i], &s->overrides[i], error))
			return false;
	return true;
}

static bool load_points(struct nap_study *s, GError **error)
{
	size_t n;

	s->sweep = nap_sweep_new(s->document, s->overrides, s->n_overrides, error);
	if (!s->sweep)
		return false;
	n = s->sweep->n_points;
	s->scenario = g_new0(struct nap_scenario *, n);
	s->values = g_new0(const char **, n);
	s->campaign.point = g_new0(struct nap_point, n);
	for (size_t i = 0; i < n; i++) {
		g_autofree struct nap_override *point = g_new0(struct nap_override, s->sweep->n_axes + 1);

		s->scenario[i] =
			nap_sweep_scenario(s->sweep, s->document, s->overrides, s->n_overrides, i, error);
		if (!s->scenario[i])
			return false;
		nap_sweep_point(s->sweep, i, point);
		s->values[i] = g_new0(const char *, s->sweep->n_axes + 1);
		for (size_t k = 0; k < s->sweep->n_axes; k++)
			s->values[i][k] = point[k].text;
		s->campaign.point[i].sc = s->scenario[i];
		s->campaign.n++;
	}
	return true;
}

/* Where a key of the first point that cannot be run was set. */
static const char *where_set(const struct nap_study *s, const char *group, const char *key)
{
	for (size_t i = 0; i < s->sweep->n_axes; i++)
		if (!strcmp(s->sweep->axis[i].group, group) && !strcmp(s->sweep->axis[i].key, key))
			return s->sweep->axis[i].where;
	return nap_scenario_where(s->document, s->overrides, s->n_overrides, group, key);
}

bool nap_study_load(struct nap_study *s, GError **error)
{
	const char *why;
	uint32_t point;

	if (!load_points(s, error))
		return false;
	if (nap_campaign_plan(&s->campaign, &why, &point))
		return true;
	return nap_fail(error, "%s: %s",
		where_set(s, s->campaign.point[point].plan.group, s->campaign.point[point].plan.key), why);
}

void nap_study_watch(struct nap_study *s)
{
	s->timeline = nap_timeline_new(
		nap_scenario_of(s->scenario[0], 0, 0)->radio, s->scenario[0]->general.duration);
	nap_timeline_observe(s->timeline, &s->observer);
	s->campaign.point[0].observer = &s->observer;
}

void nap_study_run(struct nap_study *s)
{
	g_autofree const char **names = g_new0(const char *, s->sweep->n_axes + 1);

	nap_campaign_run(&s->campaign);
	for (size_t i = 0; i < s->sweep->n_axes; i++)
		names[i] = s->sweep->axis[i].name;
	s->results = nap_results_new(
		&s->campaign, names, (uint32_t)s->sweep->n_axes, (const char *const *const *)s->values);
	s->advices = nap_advices_new(s->results, &s->campaign, &s->goal, NAP_TUNE_MARGIN);
}

void nap_study_clear(struct nap_study *s)
{
	nap_results_free(s->results);
	nap_advices_free(s->advices);
	nap_timeline_free(s->timeline);
	nap_campaign_clear(&s->campaign);
	for (uint32_t i = 0; i < s->campaign.n; i++) {
		nap_scenario_free(s->scenario[i]);
		if (s->values)
			g_free(s->values[i]);
	}
	g_free(s->campaign.point);
	g_free(s->scenario);
	g_free(s->values);
	nap_sweep_free(s->sweep);
	for (uint32_t i = 0; i < s->n_overrides; i++)
		nap_override_clear(&s->overrides[i]);
	g_free(s->overrides);
	nap_document_free(s->document);
}

/* ---- what is doubtful in it ----------------------------------------------------------------------------------------- */

/* Of subscribers of several kinds those of each; once for each key: a sweep of the interval would say it at each point. */
static void warn(const struct nap_scenario *sc, GHashTable *said, GPtrArray *texts)
{
	for (uint32_t k = 0; k < sc->kinds.n; k++)
		warn(sc->kinds.kind[k], said, texts);
	for (const char *const *w = sc->warnings; sc->kinds.n == 0 && *w; w++) {
		const char *end = strstr(*w, " contradicts ");

		if (g_hash_table_add(said, g_strndup(*w, end ? (gsize)(end - *w) : strlen(*w))))
			g_ptr_array_add(texts, g_strdup(*w));
	}
}

/* Is the burst at the beginning, when a whole population opens at once, part of the means? */
static void warn_of_burst(const struct nap_scenario *sc, GHashTable *said, GPtrArray *texts)
{
	if (nap_doubt_starts_at_once(sc) && sc->general.warm_up == 0 &&
		g_hash_table_add(said, g_strdup("start")))
		g_ptr_array_add(texts,
			g_strdup_printf("all %u subscribers start at the same time, and that is part of the "
					"means: "
					"spread them with client.start, or leave the beginning out with "
					"scenario.warm-up",
				sc->general.subscribers));
}

/* Keys that were set and are never read: as natnap show says it. */
static void warn_unread(const struct nap_study *s, GPtrArray *all)
{
	g_autoptr(GPtrArray) texts = NULL;
	g_autoptr(GHashTable) first =
		nap_point_origins(s->sweep, s->document, s->overrides, s->n_overrides, 0, NULL);

	if (!first) /* what loads once does so again */
		return;
	texts = nap_doubts_unread(&(struct nap_doubted){ s->sweep, s->scenario, s->sweep->n_points, first });
	for (guint i = 0; i < texts->len; i++)
		g_ptr_array_add(all, g_strdup(texts->pdata[i]));
}

GPtrArray *nap_study_unsure(const struct nap_study *s)
{
	g_autoptr(GHashTable) origins =
		nap_point_origins(s->sweep, s->document, s->overrides, s->n_overrides, 0, NULL);

	return nap_unsure_of((const struct nap_scenario *const *)s->scenario, s->campaign.n, origins);
}

GPtrArray *nap_study_warnings(const struct nap_study *s)
{
	g_autoptr(GHashTable) said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);

	for (uint32_t i = 0; i < s->campaign.n; i++) {
		const struct nap_kinds *kinds = &s->scenario[i]->kinds;

		for (uint32_t k = 0; k < MAX(kinds->n, 1); k++) {
			const struct nap_scenario *sc = kinds->n ? kinds->kind[k] : s->scenario[i];

			warn(sc, said, texts);
			warn_of_burst(sc, said, texts);
		}
	}
	warn_unread(s, texts);
	return texts;
}

/* ---- its document --------------------------------------------------------------------------------------------------- */

static void collect_one(const struct nap_scenario *sc, GPtrArray *names, GPtrArray *texts)
{
	size_t n;
	const struct nap_profile *const *profile = nap_scenario_profiles(sc, &n);

	for (size_t i = 0; i < n; i++) { /* points and kinds share most profiles */
		char *name = g_strdup_printf("%s/%s", nap_profile_kinds[profile[i]->kind], profile[i]->name);

		if (g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL)) {
			g_free(name);
			continue;
		}
		g_ptr_array_add(names, name);
		g_ptr_array_add(texts, (char *)nap_profile_text(profile[i]));
	}
}

void nap_collect_profiles(const struct nap_scenario *sc, GPtrArray *names, GPtrArray *texts)
{
	collect_one(sc, names, texts);
	for (uint32_t i = 0; i < sc->kinds.n; i++)
		collect_one(sc->kinds.kind[i], names, texts);
}

void nap_study_profiles(const struct nap_study *s, GPtrArray *names, GPtrArray *texts)
{
	for (uint32_t k = 0; k < s->campaign.n; k++)
		nap_collect_profiles(s->scenario[k], names, texts);
}

JsonNode *nap_study_json(const struct nap_study *s, const char *path, const char *const *set)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free), texts = g_ptr_array_new();
	g_autoptr(GString) timeline = NULL;
	g_autoptr(GPtrArray) unsure = nap_study_unsure(s), warnings = nap_study_warnings(s);
	struct nap_provenance from = { path, s->document->text, s->document->sha256, set, NULL, NULL,
		s->scenario[0]->general.seed, unsure, warnings, NULL };

	nap_study_profiles(s, names, texts);
	g_ptr_array_add(names, NULL);
	from.profile_names = (const char *const *)names->pdata;
	from.profile_texts = (const char *const *)texts->pdata;
	if (s->timeline)
		timeline = nap_timeline_csv(s->timeline);
	from.timeline = timeline ? timeline->str : NULL;
	return nap_run_json(s->results, s->advices, s->scenario[0], &from);
}
