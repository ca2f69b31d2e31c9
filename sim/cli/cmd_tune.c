/* SPDX-License-Identifier: BSD-2-Clause */
/* natnap tune: the cheapest values that meet targets. */
#include <stdio.h>
#include <string.h>

#include "cli/agree.h"
#include "cli/cli.h"
#include "cli/folder_journal.h"
#include "cli/interrupt.h"
#include "cli/out_folder.h"
#include "cli/run_job.h"
#include "cli/say_unsure.h"
#include "cli/tune_job.h"
#include "io/outfile.h"

extern const struct nap_command nap_command_tune;

static const char help[] =
	"Tunes the policy's interval, or the keys of --over, at each point of what else the "
	"scenario sweeps. The named\n"
	"values have lost no binding in any of their runs, unless the targets allow it, "
	"and keep the margin below\n"
	"the first value that fails. They are run anew before they are named; "
	"violation_probability is from those\n"
	"runs. Exit status 1: no values meet the targets (which one fails, by how much "
	"and where is said), or\n"
	"interrupted: with --out DIR the same command goes on from what DIR/" NAP_FOLDER_JOURNAL " keeps.";

/* file: with what a file says besides, for natnap report. */
static JsonNode *document(const struct nap_tune_job *j, bool file)
{
	struct nap_provenance from = { j->path, j->document->text, j->document->sha256,
		(const char *const *)j->options->set, NULL, NULL, 0, j->unsure, NULL, NULL };
	static const uint32_t low[NAP_TUNE_AXES] = { 0 };
	struct nap_scenario *sc = nap_tune_scenario(j, 0, NULL, NULL, &j->keys, low, NULL);
	JsonNode *node;

	from.seed = sc->general.seed;
	node = nap_tuned_json(
		(const struct nap_tuned *const *)j->tuned->pdata, j->tuned->len, sc, &from, j->interrupted);
	if (file) {
		json_object_set_string_member(json_node_get_object(node), "command", j->options->command);
		nap_put_profiles(json_node_get_object(node), sc);
	}
	nap_scenario_free(sc);
	return node;
}

/* The document is last: it says that all is there. */
static const char *const files[] = { "front.csv", "tune.json" };

static bool write_files(const struct nap_tune_job *j, GError **error)
{
	const char *out = j->options->out;
	g_autofree char *dir =
		j->interrupted ? nap_folder_for_part(out, files[1], "interrupted") : g_strdup(out);
	g_autofree char *csv = g_build_filename(dir, files[0], NULL);
	g_autofree char *json = g_build_filename(dir, files[1], NULL);
	g_autofree char *text = nap_json_text(document(j, true));
	GString *front = nap_tuned_front_csv((const struct nap_tuned *const *)j->tuned->pdata, j->tuned->len);
	bool ok = nap_make_folder(dir, error) && nap_write_file(csv, front->str, front->len, error) &&
		  nap_write_file(json, text, strlen(text), error);

	g_string_free(front, TRUE);
	if (ok && !j->interrupted)
		nap_folder_remove_part(out, files, G_N_ELEMENTS(files));
	return ok;
}

static void print_text(const struct nap_tune_job *j)
{
	for (guint i = 0; i < j->tuned->len; i++) {
		GString *s = nap_tuned_text(j->tuned->pdata[i]);

		if (i)
			putchar('\n');
		nap_print(s->str);
		g_string_free(s, TRUE);
	}
}

static int finish(struct nap_tune_job *j)
{
	GError *error = NULL;
	int status = j->interrupted ? NAP_EXIT_FAILED : NAP_EXIT_OK;
	bool written = !j->options->out || write_files(j, &error);

	nap_folder_journal_close(
		g_steal_pointer(&j->ensemble.journal), j->options->out, written && !j->interrupted);
	if (j->options->json) {
		g_autofree char *text = nap_json_text(document(j, false));

		fputs(text, stdout);
	} else {
		print_text(j);
	}
	for (guint i = 0; i < j->tuned->len; i++)
		if (((const struct nap_tuned *)j->tuned->pdata[i])->tune.named < 0)
			status = NAP_EXIT_FAILED;
	if (j->interrupted)
		fputs("natnap: interrupted: what is there is complete, other points, targets or policies are "
		      "missing\n",
			stderr);
	return written ? status : nap_run_failed(error);
}

static bool load(struct nap_tune_job *j, const struct nap_tune_options *o, GError **error)
{
	if (!nap_tune_job_load(j, o, error))
		return false;
	nap_say_unsure((const GPtrArray *const *)&j->unsure, 1);
	return true;
}

/* Before the work: the folder, what an earlier search left in it. */
static bool open_folder(struct nap_tune_job *j, GError **error)
{
	g_autofree char *partial = NULL;

	if (!j->options->out)
		return true;
	if (!nap_tune_job_journal(j, error))
		return false;
	partial = g_build_filename(j->options->out, "partial", NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
		nap_outfile_sweep_up(j->options->out, files[i]);
		nap_outfile_sweep_up(partial, files[i]);
	}
	return true;
}

static int tune_one(const char *path, const struct nap_tune_options *o)
{
	struct nap_tune_job j = { .path = path };
	GError *error = NULL;
	int status = NAP_EXIT_FAILED;

	if (!nap_all_agree(load(&j, o, &error), &error))
		status = nap_input_failed(error);
	else if (!open_folder(&j, &error))
		status = nap_folder_failed(error);
	else if (nap_tune_job_run(&j, nap_catch_interrupts(), &error))
		status = finish(&j);
	else if (error)
		status = nap_input_failed(error);
	else
		fputs("natnap: interrupted: nothing can be recommended\n", stderr);
	nap_folder_journal_close(j.ensemble.journal, o->out, false);
	nap_tune_job_clear(&j);
	return status;
}

static int run(int argc, char **argv)
{
	struct nap_tune_options o = { .jobs = NAP_NOT_GIVEN, .replications = NAP_NOT_GIVEN };
	const GOptionEntry entries[] = {
		{ "over", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o.over,
			"Tune this key, between these values; again for a further key. Default: the "
			"policy's interval, over its sweep, else 10s..4h",
			"KEY[=LO..HI]" },
		NAP_GOAL_ENTRIES(&o.goal),
		{ "confidence", 0, 0, G_OPTION_ARG_FILENAME, &o.confidence,
			"With which the named values meet the targets (default 95%)", "SHARE" },
		{ "margin", 0, 0, G_OPTION_ARG_FILENAME, &o.margin,
			"How far a named time stays below the last that meets the targets (default 2%)",
			"SHARE" },
		{ "compare-policies", 0, 0, G_OPTION_ARG_NONE, &o.policies,
			"Tune each policy on the same path, and rank them at their best", NULL },
		{ "solve", 0, 0, G_OPTION_ARG_FILENAME, &o.solve,
			"The question turned round: the smallest number (addresses, blocks, capacity), or "
			"the longest time, of "
			"this key of a middlebox",
			"KEY[=LO..HI]" },
		{ "blocking", 0, 0, G_OPTION_ARG_FILENAME, &o.blocking,
			"... at which no larger share of new sessions is refused, or thrown out to make room",
			"SHARE" },
		{ "set", 's', 0, G_OPTION_ARG_FILENAME_ARRAY, &o.set,
			"Set a key of the scenario, over what the file says", "GROUP.KEY=VALUE" },
		{ "out", 'o', 0, G_OPTION_ARG_FILENAME, &o.out, "Write tune.json and front.csv into DIR",
			"DIR" },
		{ "force", 0, 0, G_OPTION_ARG_NONE, &o.force,
			"Begin anew, whatever an interrupted search left in DIR", NULL },
		{ "jobs", 'j', 0, G_OPTION_ARG_INT, &o.jobs,
			"Threads (default: as many as processors); results do not depend on it", "N" },
		{ "seed", 0, 0, G_OPTION_ARG_FILENAME, &o.seed, "Seed of all random streams", "N" },
		{ "replications", 'r', 0, G_OPTION_ARG_INT, &o.replications,
			"Most replications of a value (default: as the targets need)", "N" },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &o.json, "Print one JSON document instead of tables",
			NULL },
		{ NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
	};
	g_autofree char *command = nap_command_line(argc, argv);
	int status;

	o.command = command;
	if (!nap_parse_options(&nap_command_tune, entries, help, &argc, &argv, &status))
		return status;
	if (argc != 2)
		status = nap_usage_error(
			&nap_command_tune, argc < 2 ? "no scenario given" : "takes one scenario");
	else if ((o.jobs < 1 && o.jobs != NAP_NOT_GIVEN) ||
		 (o.replications < 1 && o.replications != NAP_NOT_GIVEN))
		status = nap_usage_error(
			&nap_command_tune, "--jobs and --replications take a positive number");
	else if (o.force && !o.out)
		status = nap_usage_error(&nap_command_tune, "--force needs --out DIR");
	else
		status = tune_one(argv[1], &o);
	g_strfreev(o.over);
	g_strfreev(o.set);
	nap_goal_options_clear(&o.goal);
	g_free(o.confidence);
	g_free(o.margin);
	g_free(o.solve);
	g_free(o.blocking);
	g_free(o.out);
	g_free(o.seed);
	return status;
}

const struct nap_command nap_command_tune = { "tune",
	"SCENARIO [--over KEY=LO..HI]... [--reachable SHARE] [--users SHARE] "
	"[--minimise energy|packets|signalling] [--out DIR]",
	"the cheapest keepalive interval, or other values, that meet targets", run, true };
