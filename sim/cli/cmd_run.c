/* SPDX-License-Identifier: BSD-2-Clause */
/* natnap run: scenarios, their sweeps and replications, to tables and files. */
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/progress.h"
#include "io/outfile.h"
#include "io/pcap_write.h"
#include "io/scenario.h"
#include "io/sweep.h"
#include "report/run_json.h"
#include "report/run_text.h"
#include "report/occupancy.h"
#include "report/timeline.h"
#include "report/trace.h"

extern const struct nap_command nap_command_run;

static volatile sig_atomic_t interrupted; /* set by Ctrl-C: begin nothing new, keep what is complete */

static void on_signal(int number)
{
	(void)number;
	if (interrupted) /* asked twice: now */
		_Exit(NAP_EXIT_FAILED);
	interrupted = 1;
}

#define NOT_GIVEN INT_MIN /* of a number on the command line */

struct options {
	char **set, *out, *pcap, *trace, *seed;
	int jobs, replications;
	gboolean json, timeline;
};

/* One scenario of the command line, from its text to its results. */
struct job {
	const char *path;
	char *name; /* file name without .ini */
	struct nap_document *document;
	struct nap_override *overrides;
	uint32_t n_overrides;
	struct nap_sweep *sweep;
	struct nap_scenario **scenario; /* one a sweep point */
	struct nap_campaign campaign;
	const char ***values;
	struct nap_results *results;
	/* observers of point 0 */
	struct nap_observer observer, timeline_observer, trace_observer;
	struct nap_timeline *timeline;
	struct nap_capture *capture;
	struct nap_trace *trace;
	struct nap_gather *gathered;
};

static void job_clear(struct job *j)
{
	nap_results_free(j->results);
	nap_timeline_free(j->timeline);
	nap_gather_free(j->gathered);
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
}

/* --set, and the options that are short for one. */
static bool read_overrides(struct job *j, const struct options *o, GError **error)
{
	g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);

	for (char **s = o->set; s && *s; s++)
		g_ptr_array_add(texts, g_strdup(*s));
	if (o->seed)
		g_ptr_array_add(texts, g_strconcat("scenario.seed=", o->seed, NULL));
	if (o->replications != NOT_GIVEN)
		g_ptr_array_add(texts, g_strdup_printf("scenario.replications=%d", o->replications));
	j->overrides = g_new0(struct nap_override, texts->len + 1);
	for (guint i = 0; i < texts->len; i++, j->n_overrides++)
		if (!nap_override_parse(g_ptr_array_index(texts, i), &j->overrides[i], error))
			return false;
	return true;
}

static bool load_points(struct job *j, GError **error)
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

static bool job_load(struct job *j, const struct options *o, GError **error)
{
	const char *why;
	uint32_t point;

	j->name = g_path_get_basename(j->path);
	if (g_str_has_suffix(j->name, ".ini"))
		j->name[strlen(j->name) - 4] = '\0';
	j->document = nap_document_load(j->path, error);
	if (!j->document || !read_overrides(j, o, error) || !load_points(j, error))
		return false;
	if (!nap_campaign_plan(&j->campaign, &why, &point)) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: %s", j->path, why);
		return false;
	}
	return true;
}

/* ---- observers of the first point: a timeline, a capture, a trace ------------------------------------------------ */

static void on_packet(
	void *ctx, nap_time now, enum nap_place place, int hop, bool up, const struct nap_packet *p)
{
	struct job *j = ctx;

	if (j->capture && place == NAP_AT_DEVICE)
		nap_capture_add(j->capture, now, p);
	if (j->timeline)
		j->timeline_observer.packet(j->timeline, now, place, hop, up, p);
	if (j->trace)
		j->trace_observer.packet(j->trace, now, place, hop, up, p);
}

static void on_note(void *ctx, nap_time now, uint32_t notes)
{
	struct job *j = ctx;

	if (j->timeline)
		j->timeline_observer.note(j->timeline, now, notes);
	if (j->trace)
		j->trace_observer.note(j->trace, now, notes);
}

static void on_server_note(void *ctx, nap_time now, uint32_t notes)
{
	struct job *j = ctx;

	if (j->trace)
		j->trace_observer.server_note(j->trace, now, notes);
}

static bool job_observe(struct job *j, const struct options *o, GError **error)
{
	const struct nap_scenario *sc = j->scenario[0];

	if (o->pcap && !(j->capture = nap_capture_open(o->pcap, error)))
		return false;
	if (o->trace && !(j->trace = nap_trace_open(o->trace, error)))
		return false;
	if (j->trace)
		nap_trace_observe(j->trace, &j->trace_observer);
	if (o->timeline) {
		j->timeline = nap_timeline_new(sc->radio, sc->general.duration);
		nap_timeline_observe(j->timeline, &j->timeline_observer);
		if (nap_occupancy_is_known(sc))
			j->campaign.point[0].gathered = &j->gathered;
	}
	if (j->capture || j->timeline || j->trace) {
		j->observer = (struct nap_observer){ j, on_packet, on_note, on_server_note,
			j->timeline_observer.radio };
		j->campaign.point[0].observer = &j->observer;
	}
	return true;
}

/* ---- outputs ------------------------------------------------------------------------------------------------------ */

/* Names and texts of the profiles of all sweep points, each once. */
static void collect_profiles(const struct job *j, GPtrArray *names, GPtrArray *texts)
{
	for (uint32_t k = 0; k < j->campaign.n; k++) {
		size_t n;
		const struct nap_profile *const *profile = nap_scenario_profiles(j->scenario[k], &n);

		for (size_t i = 0; i < n; i++) {
			const char *text = nap_profile_text(profile[i]); /* points share profiles */

			if (g_ptr_array_find(texts, text, NULL))
				continue;
			g_ptr_array_add(names, g_strdup_printf("%s/%s", nap_profile_kinds[profile[i]->kind],
						       profile[i]->name));
			g_ptr_array_add(texts, (char *)text);
		}
	}
}

static JsonNode *job_json(const struct job *j, const struct options *o)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free), texts = g_ptr_array_new();
	struct nap_provenance from = { j->path, j->document->text, j->document->sha256,
		(const char *const *)o->set, NULL, NULL, j->scenario[0]->general.seed };

	collect_profiles(j, names, texts);
	g_ptr_array_add(names, NULL);
	from.profile_names = (const char *const *)names->pdata;
	from.profile_texts = (const char *const *)texts->pdata;
	return nap_run_json(j->results, j->scenario[0], &from);
}

static bool write_text(const char *dir, const char *name, const char *text, GError **error)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);

	return nap_write_file(path, text, strlen(text), error);
}

/* summary.csv, run.json and, asked for, timeline.csv and occupancy.csv. */
static bool job_write(struct job *j, const struct options *o, const char *dir, GError **error)
{
	GString *csv = nap_results_csv(j->results);
	g_autofree char *json = nap_json_text(job_json(j, o));
	bool ok = nap_make_folder(dir, error) && write_text(dir, "summary.csv", csv->str, error) &&
		  write_text(dir, "run.json", json, error);

	g_string_free(csv, TRUE);
	if (ok && j->timeline) {
		GString *lines = nap_timeline_csv(j->timeline);

		ok = write_text(dir, "timeline.csv", lines->str, error);
		g_string_free(lines, TRUE);
	}
	if (ok && j->gathered) {
		GString *lines = nap_occupancy_csv(j->scenario[0], j->gathered);

		ok = write_text(dir, "occupancy.csv", lines->str, error);
		g_string_free(lines, TRUE);
	}
	return ok;
}

static void print_and_free(GString *s)
{
	fputs(s->str, stdout);
	g_string_free(s, TRUE);
}

static void print_text(const struct job *jobs, uint32_t n)
{
	g_autofree const struct nap_results **r = g_new(const struct nap_results *, n);
	g_autofree const char **names = g_new(const char *, n);

	if (n == 1) {
		const struct nap_general_config *g = &jobs[0].scenario[0]->general;

		if (*g->title)
			printf("%s\n\n", g->title);
		print_and_free(nap_run_text(jobs[0].results));
		if (jobs[0].results->n_swept > 0) {
			GString *s = nap_run_recommendation(jobs[0].results);

			if (s->len > 0)
				putchar('\n');
			print_and_free(s);
		}
		return;
	}
	for (uint32_t i = 0; i < n; i++) {
		r[i] = jobs[i].results;
		names[i] = jobs[i].name;
	}
	print_and_free(nap_runs_text(r, names, n));
}

static void print_json(const struct job *jobs, uint32_t n, const struct options *o)
{
	g_autoptr(JsonBuilder) b = json_builder_new();
	g_autofree char *text = NULL;

	if (n == 1) {
		text = nap_json_text(job_json(&jobs[0], o));
	} else {
		json_builder_begin_object(b);
		json_builder_set_member_name(b, "schema");
		json_builder_add_string_value(b, "natnap-runs/1");
		json_builder_set_member_name(b, "runs");
		json_builder_begin_array(b);
		for (uint32_t i = 0; i < n; i++)
			json_builder_add_value(b, job_json(&jobs[i], o));
		json_builder_end_array(b);
		json_builder_end_object(b);
		text = nap_json_text(json_builder_get_root(b));
	}
	fputs(text, stdout);
}

/* ---- the command -------------------------------------------------------------------------------------------------- */

static void job_run(struct job *j, const struct options *o)
{
	struct nap_progress progress;
	g_autofree const char **names = g_new0(const char *, j->sweep->n_axes + 1);

	nap_progress_begin(&progress);
	j->campaign.threads = o->jobs == NOT_GIVEN ? 0 : (uint32_t)o->jobs;
	j->campaign.stop = &interrupted;
	j->campaign.progress = nap_progress_show;
	j->campaign.progress_ctx = &progress;
	nap_campaign_run(&j->campaign);
	nap_progress_end(&progress);
	for (size_t i = 0; i < j->sweep->n_axes; i++)
		names[i] = j->sweep->axis[i].name;
	j->results = nap_results_new(
		&j->campaign, names, (uint32_t)j->sweep->n_axes, (const char *const *const *)j->values);
}

/* Files of job i, as far as asked for. */
static bool job_files(struct job *j, uint32_t n, const struct options *o, GError **error)
{
	g_autofree char *dir =
		n == 1 ? g_strdup(o->out) : g_build_filename(o->out ? o->out : "", j->name, NULL);

	if (o->out && !job_write(j, o, dir, error))
		return false;
	if (j->capture && !nap_capture_close(g_steal_pointer(&j->capture), error))
		return false;
	return !j->trace || nap_trace_close(g_steal_pointer(&j->trace), error);
}

/* What was computed is shown also when a file could not be written. */
static int finish(struct job *jobs, uint32_t n, const struct options *o)
{
	GError *error = NULL;
	uint32_t missing = 0;

	for (uint32_t i = 0; i < n; i++) {
		missing += jobs[i].results->missing;
		if (!error)
			job_files(&jobs[i], n, o, &error);
	}
	if (o->json)
		print_json(jobs, n, o);
	else
		print_text(jobs, n);
	if (missing > 0)
		fprintf(stderr,
			"natnap: interrupted: %u replications are missing; the numbers are of those "
			"completed\n",
			missing);
	if (error)
		return nap_run_failed(error);
	return missing > 0 ? NAP_EXIT_FAILED : NAP_EXIT_OK;
}

/* Each scenario has a folder of its name in --out: two of the same name would take it from one another. */
static bool names_differ(const struct job *jobs, uint32_t n, GError **error)
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

static int run_all(struct job *jobs, uint32_t n, const struct options *o)
{
	GError *error = NULL;

	for (uint32_t i = 0; i < n; i++)
		if (!job_load(&jobs[i], o, &error))
			return nap_input_failed(error);
	if (o->out && !names_differ(jobs, n, &error))
		return nap_input_failed(error);
	if (o->out && !nap_make_folder(o->out, &error))
		return nap_run_failed(error);
	for (uint32_t i = 0; i < n; i++)
		if (!job_observe(&jobs[i], o, &error))
			return nap_run_failed(error);
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	for (uint32_t i = 0; i < n; i++)
		job_run(&jobs[i], o);
	return finish(jobs, n, o);
}

/* What is wrong with the command line, NULL when nothing is. */
static const char *usage_fault(const struct options *o, int scenarios)
{
	if (scenarios < 1)
		return "no scenario given";
	if ((o->jobs < 1 && o->jobs != NOT_GIVEN) || (o->replications < 1 && o->replications != NOT_GIVEN))
		return "--jobs and --replications take a positive number";
	if (o->timeline && !o->out)
		return "--timeline needs --out DIR to write to";
	if (o->trace && scenarios > 1)
		return "--trace takes one scenario";
	return o->pcap && scenarios > 1 ? "--pcap takes one scenario" : NULL;
}

static int run_named(char **paths, uint32_t n, const struct options *o)
{
	g_autofree struct job *jobs = g_new0(struct job, n);
	int status;

	for (uint32_t i = 0; i < n; i++)
		jobs[i].path = paths[i];
	status = run_all(jobs, n, o);
	for (uint32_t i = 0; i < n; i++)
		job_clear(&jobs[i]);
	return status;
}

static int run(int argc, char **argv)
{
	struct options o = { .jobs = NOT_GIVEN, .replications = NOT_GIVEN };
	const GOptionEntry entries[] = {
		{ "set", 's', 0, G_OPTION_ARG_FILENAME_ARRAY, &o.set,
			"Set a key of the scenario, over what the file says", "GROUP.KEY=VALUE" },
		{ "out", 'o', 0, G_OPTION_ARG_FILENAME, &o.out, "Write summary.csv and run.json into DIR",
			"DIR" },
		{ "jobs", 'j', 0, G_OPTION_ARG_INT, &o.jobs,
			"Threads (default: as many as processors); results do not depend on it", "N" },
		{ "seed", 0, 0, G_OPTION_ARG_FILENAME, &o.seed, "Seed of all random streams", "N" },
		{ "replications", 'r', 0, G_OPTION_ARG_INT, &o.replications,
			"Replications, for confidence intervals", "N" },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &o.json, "Print one JSON document instead of tables",
			NULL },
		{ "timeline", 0, 0, G_OPTION_ARG_NONE, &o.timeline,
			"Write timeline.csv of the first subscriber into DIR, and occupancy.csv of shared "
			"middleboxes",
			NULL },
		{ "pcap", 0, 0, G_OPTION_ARG_FILENAME, &o.pcap,
			"Write the first subscriber's packets, as its device sees them", "FILE" },
		{ "trace", 0, 0, G_OPTION_ARG_FILENAME, &o.trace,
			"Write what both ends of the first subscriber send, get and notice", "FILE" },
		{ NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
	};
	const char *wrong;
	int status;

	if (!nap_parse_options(&nap_command_run, entries, NULL, &argc, &argv, &status))
		return status;
	wrong = usage_fault(&o, argc - 1);
	status = wrong ? nap_usage_error(&nap_command_run, "%s", wrong)
		       : run_named(argv + 1, (uint32_t)argc - 1, &o);
	g_strfreev(o.set);
	g_free(o.out);
	g_free(o.pcap);
	g_free(o.trace);
	g_free(o.seed);
	return status;
}

const struct nap_command nap_command_run = { "run",
	"SCENARIO... [--set GROUP.KEY=VALUE]... [--out DIR] [--jobs N]",
	"run scenarios with their sweeps and replications", run };
