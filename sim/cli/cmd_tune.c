/* SPDX-License-Identifier: BSD-2-Clause */
/* natnap tune: the cheapest values that meet targets. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/interrupt.h"
#include "cli/tune_job.h"
#include "io/outfile.h"

extern const struct nap_command nap_command_tune;

static const char help[] = "Tunes client.interval, or the keys of --over, at each point of what else the "
			   "scenario sweeps. The named\n"
			   "values have lost no binding in any of their runs, unless the targets allow it, "
			   "and keep the margin below\n"
			   "the first value that fails. They are run anew before they are named; "
			   "violation_probability is from those\n"
			   "runs. Exit status 1: no values meet the targets (which one fails, by how much "
			   "and where is said), or\n"
			   "interrupted.";

static JsonNode *document(const struct nap_tune_job *j, const struct nap_tune_options *o)
{
	g_autofree const struct nap_tuned **reports = g_new(const struct nap_tuned *, j->n_cases);
	struct nap_provenance from = { j->path, j->document->text, j->document->sha256,
		(const char *const *)o->set, NULL, NULL, 0 };
	const struct nap_member *any = g_ptr_array_index(j->cases[0].members, 0);

	for (uint32_t i = 0; i < j->n_cases; i++)
		reports[i] = j->cases[i].report;
	from.seed = any->sc->general.seed;
	return nap_tuned_json(reports, j->n_cases, any->sc, &from);
}

static bool write_files(const struct nap_tune_job *j, const struct nap_tune_options *o, GError **error)
{
	g_autofree const struct nap_tuned **reports = g_new(const struct nap_tuned *, j->n_cases);
	g_autofree char *csv = g_build_filename(o->out, "front.csv", NULL);
	g_autofree char *json = g_build_filename(o->out, "tune.json", NULL);
	g_autofree char *text = nap_json_text(document(j, o));
	g_autoptr(GString) front = NULL;

	for (uint32_t i = 0; i < j->n_cases; i++)
		reports[i] = j->cases[i].report;
	front = nap_tuned_front_csv(reports, j->n_cases);
	return nap_make_folder(o->out, error) && nap_write_file(csv, front->str, front->len, error) &&
	       nap_write_file(json, text, strlen(text), error);
}

static void print_text(const struct nap_tune_job *j)
{
	for (uint32_t i = 0; i < j->n_cases; i++) {
		g_autoptr(GString) s = nap_tuned_text(j->cases[i].report);

		printf("%s%s", i ? "\n" : "", s->str);
	}
}

static int finish(const struct nap_tune_job *j, const struct nap_tune_options *o)
{
	GError *error = NULL;
	int status = NAP_EXIT_OK;

	if (o->json) {
		g_autofree char *text = nap_json_text(document(j, o));

		fputs(text, stdout);
	} else {
		print_text(j);
	}
	for (uint32_t i = 0; i < j->n_cases; i++)
		if (j->cases[i].tune.named < 0)
			status = NAP_EXIT_FAILED;
	if (o->out && !write_files(j, o, &error))
		return nap_run_failed(error);
	return status;
}

static int tune_one(const char *path, const struct nap_tune_options *o)
{
	struct nap_tune_job j = { .path = path };
	GError *error = NULL;
	int status = NAP_EXIT_FAILED;

	if (!nap_tune_job_load(&j, o, &error))
		status = nap_input_failed(error);
	else if (nap_tune_job_run(&j, o, nap_catch_interrupts(), &error))
		status = finish(&j, o);
	else if (error)
		status = nap_input_failed(error);
	else
		fputs("natnap: interrupted: nothing can be recommended\n", stderr);
	nap_tune_job_clear(&j);
	return status;
}

static int run(int argc, char **argv)
{
	struct nap_tune_options o = { .jobs = INT_MIN, .replications = INT_MIN };
	const GOptionEntry entries[] = {
		{ "over", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o.over,
			"Tune this key, between these values; again for a further key. Default: "
			"client.interval, over its "
			"sweep, else 10s..4h",
			"KEY[=LO..HI]" },
		NAP_GOAL_ENTRIES(&o.goal),
		{ "confidence", 0, 0, G_OPTION_ARG_FILENAME, &o.confidence,
			"With which the named values meet the targets (default 95%)", "SHARE" },
		{ "margin", 0, 0, G_OPTION_ARG_FILENAME, &o.margin,
			"How far a named time stays below the last that meets the targets (default 2%)",
			"SHARE" },
		{ "set", 's', 0, G_OPTION_ARG_FILENAME_ARRAY, &o.set,
			"Set a key of the scenario, over what the file says", "GROUP.KEY=VALUE" },
		{ "out", 'o', 0, G_OPTION_ARG_FILENAME, &o.out, "Write tune.json and front.csv into DIR",
			"DIR" },
		{ "jobs", 'j', 0, G_OPTION_ARG_INT, &o.jobs,
			"Threads (default: as many as processors); results do not depend on it", "N" },
		{ "seed", 0, 0, G_OPTION_ARG_FILENAME, &o.seed, "Seed of all random streams", "N" },
		{ "replications", 'r', 0, G_OPTION_ARG_INT, &o.replications,
			"Most replications of a value (default: as the targets need)", "N" },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &o.json, "Print one JSON document instead of tables",
			NULL },
		{ NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
	};
	int status;

	if (!nap_parse_options(&nap_command_tune, entries, help, &argc, &argv, &status))
		return status;
	if (argc != 2)
		status = nap_usage_error(
			&nap_command_tune, argc < 2 ? "no scenario given" : "takes one scenario");
	else if ((o.jobs < 1 && o.jobs != INT_MIN) || (o.replications < 1 && o.replications != INT_MIN))
		status = nap_usage_error(
			&nap_command_tune, "--jobs and --replications take a positive number");
	else
		status = tune_one(argv[1], &o);
	g_strfreev(o.over);
	g_strfreev(o.set);
	nap_goal_options_clear(&o.goal);
	g_free(o.confidence);
	g_free(o.margin);
	g_free(o.out);
	g_free(o.seed);
	return status;
}

const struct nap_command nap_command_tune = { "tune",
	"SCENARIO [--over KEY=LO..HI]... [--reachable SHARE] [--users SHARE] [--out DIR]",
	"the cheapest keepalive interval, or other values, that meet targets", run };
