/* SPDX-License-Identifier: BSD-2-Clause */
/* natnap show: what a scenario comes to before it is run. */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/run_job.h"
#include "io/doubts.h"
#include "io/json.h"
#include "report/show_report.h"

extern const struct nap_command nap_command_show;

#define TRIAL_S 1.0 /* seconds that may go into finding out how long the run takes */

static const char help[] = "Each key's value, and what set it: default, profile, file, --set, sweep, or "
			   "(where subscribers differ) mix "
			   "or\n"
			   "population. Of a sweep the first point is shown, or that of --point. The "
			   "expected time is reckoned from runs\n"
			   "on trial, about a second of them. Warnings are of what a careful colleague would "
			   "ask about; none of them\n"
			   "stops a run.";

struct options {
	struct nap_run_options run;
	int point;
	gboolean all;
};

/* For trials: the scenario of a point with a shorter duration. */
static struct nap_scenario *shorter(void *ctx, uint32_t point, nap_time duration)
{
	const struct nap_run_job *j = ctx;
	g_autofree struct nap_override *all = g_new0(struct nap_override, j->study.n_overrides + 1);
	g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT "ns", duration);

	for (uint32_t i = 0; i < j->study.n_overrides; i++)
		all[i] = j->study.overrides[i];
	all[j->study.n_overrides] = (struct nap_override){ "scenario", "duration", text, "--set", "." };
	return nap_sweep_scenario(
		j->study.sweep, j->study.document, all, j->study.n_overrides + 1, point, NULL);
}

static int show_job(struct nap_run_job *j, const struct options *o)
{
	size_t point = o->point > 0 ? (size_t)o->point - 1 : 0;
	struct nap_shown_scenario s = { .path = j->path, .sweep = j->study.sweep, .point = point };
	g_autoptr(GHashTable) first = NULL, origins = NULL;
	g_autoptr(GPtrArray) values = NULL, warnings = NULL;
	GError *error = NULL;

	first = nap_point_origins(
		j->study.sweep, j->study.document, j->study.overrides, j->study.n_overrides, 0, &error);
	if (first)
		origins = nap_point_origins(j->study.sweep, j->study.document, j->study.overrides,
			j->study.n_overrides, point, &error);
	if (!origins)
		return nap_input_failed(error);
	j->study.campaign.threads = o->run.jobs == NAP_NOT_GIVEN ? 0 : (uint32_t)o->run.jobs;
	s.scenario = j->study.scenario[point];
	s.plan = &j->study.campaign.point[point].plan;
	s.values = values = nap_effective_values(j->study.sweep, j->study.document, j->study.overrides,
		j->study.n_overrides, s.scenario, origins);
	s.warnings = warnings = nap_doubts(
		&(struct nap_doubted){ j->study.sweep, j->study.scenario, j->study.sweep->n_points, first });
	s.forecast = nap_campaign_forecast(&j->study.campaign, TRIAL_S, shorter, j);
	if (o->run.json) {
		g_autofree char *text = nap_json_text(nap_show_json(&s));

		fputs(text, stdout);
	} else {
		GString *text = nap_show_text(&s, o->all);

		nap_print(text->str);
		g_string_free(text, TRUE);
	}
	return NAP_EXIT_OK;
}

static int show(const char *path, const struct options *o)
{
	struct nap_run_job j = { .path = path };
	GError *error = NULL;
	int status;

	if (!nap_run_job_load(&j, &o->run, &error))
		status = nap_input_failed(error);
	else if (o->point > 0 && (size_t)o->point > j.study.sweep->n_points)
		status = nap_usage_error(&nap_command_show, "--point %d: there are %zu points", o->point,
			j.study.sweep->n_points);
	else
		status = show_job(&j, o);
	nap_run_job_clear(&j);
	return status;
}

static int run(int argc, char **argv)
{
	struct options o = { .run = { .jobs = NAP_NOT_GIVEN, .replications = NAP_NOT_GIVEN },
		.point = NAP_NOT_GIVEN };
	const GOptionEntry entries[] = {
		{ "set", 's', 0, G_OPTION_ARG_FILENAME_ARRAY, &o.run.set,
			"Set a key of the scenario, over what the file says", "GROUP.KEY=VALUE" },
		{ "point", 'p', 0, G_OPTION_ARG_INT, &o.point,
			"Values of this point of the sweep, from 1 (default)", "N" },
		{ "all", 'a', 0, G_OPTION_ARG_NONE, &o.all, "Defaults too (--json always has them)", NULL },
		{ "seed", 0, 0, G_OPTION_ARG_FILENAME, &o.run.seed, "Seed of all random streams", "N" },
		{ "replications", 'r', 0, G_OPTION_ARG_INT, &o.run.replications,
			"Replications, for confidence intervals", "N" },
		{ "jobs", 'j', 0, G_OPTION_ARG_INT, &o.run.jobs,
			"Threads of the run whose time is reckoned (default: as many as processors)", "N" },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &o.run.json, "Print one JSON document instead of text",
			NULL },
		{ NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
	};
	int status;

	if (!nap_parse_options(&nap_command_show, entries, help, &argc, &argv, &status))
		return status;
	if (argc != 2)
		status = nap_usage_error(
			&nap_command_show, argc < 2 ? "no scenario given" : "takes one scenario");
	else if ((o.run.jobs < 1 && o.run.jobs != NAP_NOT_GIVEN) ||
		 (o.run.replications < 1 && o.run.replications != NAP_NOT_GIVEN) ||
		 (o.point < 1 && o.point != NAP_NOT_GIVEN))
		status = nap_usage_error(
			&nap_command_show, "--jobs, --replications and --point take a positive number");
	else
		status = show(argv[1], &o);
	g_strfreev(o.run.set);
	g_free(o.run.seed);
	return status;
}

const struct nap_command nap_command_show = { "show",
	"SCENARIO [--set GROUP.KEY=VALUE]... [--point N] [--all] [--json]",
	"the values that hold and where they are from, how long a run takes, what is doubtful", run, false };
