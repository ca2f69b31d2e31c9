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
#include "report/exchange.h"
#include "report/timeline.h"
#include "report/trace.h"
#include "text/input_error.h"

void nap_run_job_clear(struct nap_run_job *j)
{
	nap_timeline_free(j->timeline);
	nap_exchange_free(j->exchange);
	nap_gather_free(j->gathered);
	nap_run_job_journal_end(j, false);
	nap_capture_abandon(j->capture);
	nap_trace_abandon(j->trace);
	nap_study_clear(&j->study);
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
	g_ptr_array_add(texts, NULL);
	return nap_study_set(&j->study, (const char *const *)texts->pdata, 1, error);
}

/* The goal, and the bounds that have its subscribers counted. */
static bool read_goal(struct nap_run_job *j, const struct nap_run_options *o, GError **error)
{
	struct nap_scenario *sc;
	char *bounds;

	if (!nap_goal_options_read(&o->goal, &j->study.goal, error))
		return false;
	if (!o->goal.users)
		return true;
	sc = nap_scenario_new(j->study.document, j->study.overrides, j->study.n_overrides, error);
	bounds = sc ? nap_goal_bounds(&j->study.goal, nap_measured(sc)) : NULL;
	if (bounds)
		j->study.overrides[j->study.n_overrides++] = (struct nap_override){ g_strdup("scenario"),
			g_strdup("bounds"), bounds, "--users", "." };
	nap_scenario_free(sc);
	return sc != NULL;
}

bool nap_run_job_read(struct nap_run_job *j, const struct nap_run_options *o, GError **error)
{
	j->name = strcmp(j->path, "-") == 0 ? g_strdup("stdin") : g_path_get_basename(j->path);
	if (g_str_has_suffix(j->name, ".ini"))
		j->name[strlen(j->name) - 4] = '\0';
	j->study.document = nap_document_load(j->path, error);
	return j->study.document && read_overrides(j, o, error) && read_goal(j, o, error);
}

bool nap_run_job_load(struct nap_run_job *j, const struct nap_run_options *o, GError **error)
{
	if (o->out)
		nap_texts_note();
	if (!nap_run_job_read(j, o, error) || !nap_study_load(&j->study, error))
		return false;
	if (o->out)
		j->read = nap_texts_digest();
	return nap_goal_options_fit(&j->study.goal, j->study.scenario[0], error) &&
	       nap_capture_points_check(
		       &(struct nap_capture_options){ nap_scenario_of(j->study.scenario[0], 0, 0),
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
	if (j->exchange)
		j->exchange_observer.packet(j->exchange, now, place, hop, up, p);
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
	if (j->exchange)
		j->exchange_observer.note(j->exchange, now, notes);
	if (j->trace)
		j->trace_observer.note(j->trace, now, notes);
}

static void on_server_note(void *ctx, nap_time now, uint32_t notes)
{
	struct nap_run_job *j = ctx;

	if (j->exchange)
		j->exchange_observer.server_note(j->exchange, now, notes);
	if (j->trace)
		j->trace_observer.server_note(j->trace, now, notes);
}

static void on_radio(void *ctx, nap_time at, uint8_t state, uint8_t edge)
{
	struct nap_run_job *j = ctx;

	if (j->timeline)
		j->timeline_observer.radio.change(j->timeline, at, state, edge);
	if (j->exchange)
		j->exchange_observer.radio.change(j->exchange, at, state, edge);
}

static void on_noticed(void *ctx, nap_time now, bool server, nap_time since, enum nap_loss_why why)
{
	struct nap_run_job *j = ctx;

	if (j->timeline)
		j->timeline_observer.noticed(j->timeline, now, server, since, why);
}

bool nap_run_job_observe(struct nap_run_job *j, const struct nap_run_options *o, GError **error)
{
	const struct nap_scenario *sc = j->study.scenario[0], *of_first = nap_scenario_of(sc, 0, 0);
	const struct nap_capture_options capture = { of_first, (const char *const *)o->pcap_at,
		o->pcap_ethernet };

	if (o->pcap && !(j->capture = nap_capture_open(o->pcap, &capture, error)))
		return false;
	if (o->trace && !(j->trace = nap_trace_open(o->trace, error)))
		return false;
	if (j->trace)
		nap_trace_observe(j->trace, &j->trace_observer);
	if (o->exchange) {
		j->exchange = nap_exchange_new(of_first);
		nap_exchange_observe(j->exchange, &j->exchange_observer);
	}
	if (o->timeline) {
		j->timeline = nap_timeline_new(of_first->radio, sc->general.duration);
		nap_timeline_observe(j->timeline, &j->timeline_observer);
		if (sc->general.subscribers > 1)
			j->study.campaign.point[0].gathered = &j->gathered;
	}
	if (j->capture || j->timeline || j->exchange || j->trace) {
		j->observer = (struct nap_observer){ j, on_packet, on_note, on_server_note, on_noticed,
			{ j->timeline || j->exchange ? on_radio : NULL, j } };
		j->study.campaign.point[0].observer = &j->observer;
	}
	return true;
}

void nap_run_job_simulate(
	struct nap_run_job *j, const struct nap_run_options *o, const volatile sig_atomic_t *stop)
{
	struct nap_progress progress;

	nap_progress_begin(&progress);
	j->study.campaign.threads = o->jobs == NAP_NOT_GIVEN ? 0 : (uint32_t)o->jobs;
	j->study.campaign.stop = stop;
	j->study.campaign.progress = nap_progress_show;
	j->study.campaign.progress_ctx = &progress;
	j->study.campaign.journal = j->journal;
	nap_study_run(&j->study);
	nap_progress_end(&progress);
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
