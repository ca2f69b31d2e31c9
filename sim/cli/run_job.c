/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/run_job.h"

#include <stdio.h>
#include <string.h>

#include "cli/progress.h"
#include "cli/say_unsure.h"
#include "io/doubts.h"
#include "io/effective.h"
#include "io/pcap_write.h"
#include "io/textfile.h"
#include "report/timeline.h"
#include "report/trace.h"
#include "text/input_error.h"

void nap_run_job_clear(struct nap_run_job *j)
{
	nap_results_free(j->results);
	nap_advices_free(j->advices);
	nap_timeline_free(j->timeline);
	nap_gather_free(j->gathered);
	nap_run_job_journal_end(j, false);
	nap_capture_abandon(j->capture);
	nap_trace_abandon(j->trace);
	nap_campaign_clear(&j->campaign);
	for (uint32_t i = 0; i < j->campaign.n; i++) {
		nap_scenario_free(j->scenario[i]);
		if (j->values)
			g_free(j->values[i]);
	}
	g_free(j->campaign.point);
	g_free(j->scenario);
	g_free(j->values);
	nap_sweep_free(j->sweep);
	for (uint32_t i = 0; i < j->n_overrides; i++)
		nap_override_clear(&j->overrides[i]);
	g_free(j->overrides);
	nap_document_free(j->document);
	g_free(j->name);
	g_free(j->folder);
	g_free(j->read);
}

/* --set, and the options that are short for one. */
static bool read_overrides(struct nap_run_job *j, const struct nap_run_options *o, GError **error)
{
	g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);

	for (char **s = o->set; s && *s; s++)
		g_ptr_array_add(texts, g_strdup(*s));
	if (o->seed)
		g_ptr_array_add(texts, g_strconcat("scenario.seed=", o->seed, NULL));
	if (o->replications != NAP_NOT_GIVEN)
		g_ptr_array_add(texts, g_strdup_printf("scenario.replications=%d", o->replications));
	j->overrides = g_new0(struct nap_override, texts->len + 2);
	for (guint i = 0; i < texts->len; i++, j->n_overrides++)
		if (!nap_override_parse(g_ptr_array_index(texts, i), &j->overrides[i], error))
			return false;
	return true;
}

/* The goal, and the bounds that have its subscribers counted. */
static bool read_goal(struct nap_run_job *j, const struct nap_run_options *o, GError **error)
{
	struct nap_scenario *sc;
	char *bounds;

	if (!nap_goal_options_read(&o->goal, &j->goal, error))
		return false;
	if (!o->goal.users)
		return true;
	sc = nap_scenario_new(j->document, j->overrides, j->n_overrides, error);
	bounds = sc ? nap_goal_bounds(&j->goal, nap_measured(sc)) : NULL;
	if (bounds)
		j->overrides[j->n_overrides++] = (struct nap_override){ g_strdup("scenario"),
			g_strdup("bounds"), bounds, "--users", "." };
	nap_scenario_free(sc);
	return sc != NULL;
}

static bool load_points(struct nap_run_job *j, GError **error)
{
	size_t n;

	j->sweep = nap_sweep_new(j->document, j->overrides, j->n_overrides, error);
	if (!j->sweep)
		return false;
	n = j->sweep->n_points;
	j->scenario = g_new0(struct nap_scenario *, n);
	j->values = g_new0(const char **, n);
	j->campaign.point = g_new0(struct nap_point, n);
	for (size_t i = 0; i < n; i++) {
		g_autofree struct nap_override *point = g_new0(struct nap_override, j->sweep->n_axes + 1);

		j->scenario[i] =
			nap_sweep_scenario(j->sweep, j->document, j->overrides, j->n_overrides, i, error);
		if (!j->scenario[i])
			return false;
		nap_sweep_point(j->sweep, i, point);
		j->values[i] = g_new0(const char *, j->sweep->n_axes + 1);
		for (size_t k = 0; k < j->sweep->n_axes; k++)
			j->values[i][k] = point[k].text;
		j->campaign.point[i].sc = j->scenario[i];
		j->campaign.n++;
	}
	return true;
}

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
static void warn_unread(const struct nap_run_job *j, GPtrArray *all)
{
	g_autoptr(GPtrArray) texts = NULL;
	g_autoptr(GHashTable) first =
		nap_point_origins(j->sweep, j->document, j->overrides, j->n_overrides, 0, NULL);

	if (!first) /* what loads once does so again */
		return;
	texts = nap_doubts_unread(&(struct nap_doubted){ j->sweep, j->scenario, j->sweep->n_points, first });
	for (guint i = 0; i < texts->len; i++)
		g_ptr_array_add(all, g_strdup(texts->pdata[i]));
}

GPtrArray *nap_run_job_unsure(const struct nap_run_job *j)
{
	g_autoptr(GHashTable) origins =
		nap_point_origins(j->sweep, j->document, j->overrides, j->n_overrides, 0, NULL);

	return nap_unsure_of((const struct nap_scenario *const *)j->scenario, j->campaign.n, origins);
}

GPtrArray *nap_run_job_warnings(const struct nap_run_job *j)
{
	g_autoptr(GHashTable) said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);

	for (uint32_t i = 0; i < j->campaign.n; i++) {
		const struct nap_kinds *kinds = &j->scenario[i]->kinds;

		for (uint32_t k = 0; k < MAX(kinds->n, 1); k++) {
			const struct nap_scenario *sc = kinds->n ? kinds->kind[k] : j->scenario[i];

			warn(sc, said, texts);
			warn_of_burst(sc, said, texts);
		}
	}
	warn_unread(j, texts);
	return texts;
}

/* Where a key of the first point that cannot be run was set. */
static const char *where_set(const struct nap_run_job *j, const char *group, const char *key)
{
	for (size_t i = 0; i < j->sweep->n_axes; i++)
		if (!strcmp(j->sweep->axis[i].group, group) && !strcmp(j->sweep->axis[i].key, key))
			return j->sweep->axis[i].where;
	return nap_scenario_where(j->document, j->overrides, j->n_overrides, group, key);
}

bool nap_run_job_read(struct nap_run_job *j, const struct nap_run_options *o, GError **error)
{
	j->name = strcmp(j->path, "-") == 0 ? g_strdup("stdin") : g_path_get_basename(j->path);
	if (g_str_has_suffix(j->name, ".ini"))
		j->name[strlen(j->name) - 4] = '\0';
	j->document = nap_document_load(j->path, error);
	return j->document && read_overrides(j, o, error) && read_goal(j, o, error);
}

bool nap_run_job_load(struct nap_run_job *j, const struct nap_run_options *o, GError **error)
{
	const char *why;
	uint32_t point;

	if (o->out)
		nap_texts_note();
	if (!nap_run_job_read(j, o, error) || !load_points(j, error))
		return false;
	if (o->out)
		j->read = nap_texts_digest();
	if (!nap_campaign_plan(&j->campaign, &why, &point)) {
		const struct nap_plan *plan = &j->campaign.point[point].plan;

		return nap_fail(error, "%s: %s", where_set(j, plan->group, plan->key), why);
	}
	return nap_goal_options_fit(&j->goal, j->scenario[0], error) &&
	       nap_capture_points_check(&(struct nap_capture_options){ nap_scenario_of(j->scenario[0], 0, 0),
						(const char *const *)o->pcap_at, false },
		       error);
}

/* ---- observers of the first point: a timeline, a capture, a trace ------------------------------------------------ */

static void on_packet(
	void *ctx, nap_time now, enum nap_place place, int hop, bool up, const struct nap_packet *p)
{
	struct nap_run_job *j = ctx;

	if (j->capture)
		nap_capture_packet(j->capture, now, place, hop, up, p);
	if (j->timeline)
		j->timeline_observer.packet(j->timeline, now, place, hop, up, p);
	if (j->trace)
		j->trace_observer.packet(j->trace, now, place, hop, up, p);
}

static void on_note(void *ctx, nap_time now, uint32_t notes)
{
	struct nap_run_job *j = ctx;

	if (j->capture)
		nap_capture_note(j->capture, now, notes);
	if (j->timeline)
		j->timeline_observer.note(j->timeline, now, notes);
	if (j->trace)
		j->trace_observer.note(j->trace, now, notes);
}

static void on_server_note(void *ctx, nap_time now, uint32_t notes)
{
	struct nap_run_job *j = ctx;

	if (j->trace)
		j->trace_observer.server_note(j->trace, now, notes);
}

static void on_noticed(void *ctx, nap_time now, bool server, nap_time since, enum nap_loss_why why)
{
	struct nap_run_job *j = ctx;

	if (j->timeline)
		j->timeline_observer.noticed(j->timeline, now, server, since, why);
}

bool nap_run_job_observe(struct nap_run_job *j, const struct nap_run_options *o, GError **error)
{
	const struct nap_scenario *sc = j->scenario[0], *of_first = nap_scenario_of(sc, 0, 0);
	const struct nap_capture_options capture = { of_first, (const char *const *)o->pcap_at,
		o->pcap_ethernet };

	if (o->pcap && !(j->capture = nap_capture_open(o->pcap, &capture, error)))
		return false;
	if (o->trace && !(j->trace = nap_trace_open(o->trace, error)))
		return false;
	if (j->trace)
		nap_trace_observe(j->trace, &j->trace_observer);
	if (o->timeline) {
		j->timeline = nap_timeline_new(of_first->radio, sc->general.duration);
		nap_timeline_observe(j->timeline, &j->timeline_observer);
		if (sc->general.subscribers > 1)
			j->campaign.point[0].gathered = &j->gathered;
	}
	if (j->capture || j->timeline || j->trace) {
		j->observer = (struct nap_observer){ j, on_packet, on_note, on_server_note, on_noticed,
			j->timeline_observer.radio };
		j->campaign.point[0].observer = &j->observer;
	}
	return true;
}

void nap_run_job_simulate(
	struct nap_run_job *j, const struct nap_run_options *o, const volatile sig_atomic_t *stop)
{
	struct nap_progress progress;
	g_autofree const char **names = g_new0(const char *, j->sweep->n_axes + 1);

	nap_progress_begin(&progress);
	j->campaign.threads = o->jobs == NAP_NOT_GIVEN ? 0 : (uint32_t)o->jobs;
	j->campaign.stop = stop;
	j->campaign.progress = nap_progress_show;
	j->campaign.progress_ctx = &progress;
	j->campaign.journal = j->journal;
	nap_campaign_run(&j->campaign);
	nap_progress_end(&progress);
	for (size_t i = 0; i < j->sweep->n_axes; i++)
		names[i] = j->sweep->axis[i].name;
	j->results = nap_results_new(
		&j->campaign, names, (uint32_t)j->sweep->n_axes, (const char *const *const *)j->values);
	j->advices = nap_advices_new(j->results, &j->campaign, &j->goal, NAP_TUNE_MARGIN);
}

/* Each scenario has a folder of its name in --out: two of the same name would take it from one another. */
bool nap_run_names_differ(const struct nap_run_job *jobs, uint32_t n, GError **error)
{
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < i; k++)
			if (g_str_equal(jobs[i].name, jobs[k].name)) {
				g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
					"%s and %s would both be written to %s in --out", jobs[k].path,
					jobs[i].path, jobs[i].name);
				return false;
			}
	return true;
}
