/* SPDX-License-Identifier: BSD-2-Clause */
/* natnap run: scenarios, their sweeps and replications, to tables and files. */
#include <stdio.h>
#include <string.h>

#include "cli/agree.h"
#include "cli/cli.h"
#include "cli/folder_journal.h"
#include "cli/interrupt.h"
#include "cli/plot_files.h"
#include "cli/run_job.h"
#include "cli/say_unsure.h"
#include "cli/sensitivity_job.h"
#include "io/outfile.h"
#include "report/run_text.h"
#include "report/run_verdict.h"

extern const struct nap_command nap_command_run;

static const char help[] =
	"SCENARIO - is standard input.\n\n"
	"summary.csv and run.json hold each metric's mean over replications and, as METRIC_ci95, how far "
	"from it the\n"
	"farther end of its 95 % interval is; the interval ends at the metric's bounds (0, for shares also "
	"1). Where\n"
	"few or no losses were seen it allows for those that were only not seen: more replications or "
	"subscribers\n"
	"narrow it. An empty cell (null): nothing can be said. Ctrl-C keeps what is complete (status 1), in\n"
	"DIR/partial where DIR holds a whole result.\n\n"
	"With --out DIR each finished replication is kept in DIR/" NAP_FOLDER_JOURNAL
	" until the result is whole: "
	"after\n"
	"Ctrl-C, SIGKILL, a full disk or a power cut the same command does only the rest, and writes the "
	"same\n"
	"bytes; what another scenario, version or seed left in DIR is not written over without --force.";

static void print_and_free(GString *s)
{
	nap_print(s->str);
	g_string_free(s, TRUE);
}

static void print_verdict(const char *verdict)
{
	g_autofree char *sentence = g_strconcat(verdict, ".\n\n", NULL);

	nap_print(sentence);
}

static void print_text(const struct nap_run_job *jobs, uint32_t n)
{
	g_autofree const struct nap_results **r = g_new(const struct nap_results *, n);
	g_autofree const char **names = g_new(const char *, n);
	g_autofree char *verdict = NULL;

	if (n == 1) {
		const struct nap_general_config *g = &jobs[0].study.scenario[0]->general;

		verdict = nap_run_verdict(jobs[0].study.results, jobs[0].study.advices);
		print_verdict(verdict);
		if (*g->title)
			printf("%s\n\n", g->title);
		print_and_free(nap_run_text(jobs[0].study.results));
		if (jobs[0].study.results->n_swept > 0) {
			GString *s = nap_advices_text(jobs[0].study.advices, jobs[0].study.results);

			if (s->len > 0)
				putchar('\n');
			print_and_free(s);
		}
		return;
	}
	for (uint32_t i = 0; i < n; i++) {
		r[i] = jobs[i].study.results;
		names[i] = jobs[i].name;
	}
	verdict = nap_runs_verdict(r, names, n);
	print_verdict(verdict);
	print_and_free(nap_runs_text(r, names, n));
}

static JsonNode *json_of(const struct nap_run_job *j, const struct nap_run_options *o)
{
	return nap_study_json(&j->study, j->path, (const char *const *)o->set);
}

static void print_json(const struct nap_run_job *jobs, uint32_t n, const struct nap_run_options *o)
{
	g_autoptr(JsonBuilder) b = json_builder_new();
	g_autofree char *text = NULL;

	if (n == 1) {
		text = nap_json_text(json_of(&jobs[0], o));
	} else {
		json_builder_begin_object(b);
		json_builder_set_member_name(b, "schema");
		json_builder_add_string_value(b, "natnap-runs/1");
		json_builder_set_member_name(b, "runs");
		json_builder_begin_array(b);
		for (uint32_t i = 0; i < n; i++)
			json_builder_add_value(b, json_of(&jobs[i], o));
		json_builder_end_array(b);
		json_builder_end_object(b);
		text = nap_json_text(json_builder_get_root(b));
	}
	fputs(text, stdout);
}

/* Of all scenarios in one line. */
static void say_unsure(const struct nap_run_job *jobs, uint32_t n)
{
	g_autoptr(GPtrArray) unsure = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);

	for (uint32_t i = 0; i < n; i++)
		g_ptr_array_add(unsure, nap_study_unsure(&jobs[i].study));
	nap_say_unsure((const GPtrArray *const *)unsure->pdata, n);
}

/* ---- the command -------------------------------------------------------------------------------------------------- */

/* What was computed is shown also when a file could not be written. */
static int finish(struct nap_run_job *jobs, uint32_t n, const struct nap_run_options *o)
{
	GError *error = NULL;
	uint32_t missing = 0;

	for (uint32_t i = 0; i < n; i++) {
		missing += jobs[i].study.results->missing;
		if (!error)
			nap_run_job_files(&jobs[i], o, &error);
	}
	if (o->json)
		print_json(jobs, n, o);
	else
		print_text(jobs, n);
	for (uint32_t i = 0; o->plot && !error && i < n; i++)
		if (jobs[i].study.results->missing == 0)
			nap_plot_draw_all(jobs[i].folder, &error);
	if (missing > 0)
		fprintf(stderr,
			"natnap: interrupted: %u replications are missing; the numbers are of those "
			"completed\n",
			missing);
	if (error)
		return nap_run_failed(error);
	return missing > 0 ? NAP_EXIT_FAILED : NAP_EXIT_OK;
}

static void say_warnings(const struct nap_run_job *j)
{
	g_autoptr(GPtrArray) texts = nap_study_warnings(&j->study);

	for (guint i = 0; i < texts->len; i++)
		fprintf(stderr, "natnap: warning: %s\n", (const char *)texts->pdata[i]);
}

static int run_all(struct nap_run_job *jobs, uint32_t n, const struct nap_run_options *o)
{
	const volatile sig_atomic_t *stop;
	GError *error = NULL;
	bool ok = true;

	for (uint32_t i = 0; ok && i < n; i++) {
		ok = nap_run_job_load(&jobs[i], o, &error);
		if (ok)
			say_warnings(&jobs[i]);
	}
	if (!nap_all_agree(ok, &error))
		return nap_input_failed(error);
	say_unsure(jobs, n);
	if (o->out && !nap_run_names_differ(jobs, n, &error))
		return nap_input_failed(error);
	for (uint32_t i = 0; o->out && i < n; i++)
		if (!nap_run_job_journal(&jobs[i], n, o, &error))
			return nap_folder_failed(error);
	for (uint32_t i = 0; ok && i < n; i++)
		ok = nap_run_job_observe(&jobs[i], o, &error);
	if (!nap_all_agree(ok, &error))
		return nap_run_failed(error);
	for (uint32_t i = 0; o->out && i < n; i++)
		nap_run_job_take_up(&jobs[i], o->resume);
	stop = nap_catch_interrupts();
	for (uint32_t i = 0; i < n; i++)
		nap_run_job_simulate(&jobs[i], o, stop);
	return finish(jobs, n, o);
}

/* What is wrong with the command line, NULL when nothing is. */
static const char *usage_fault(const struct nap_run_options *o, int scenarios)
{
	if (scenarios < 1)
		return "no scenario given";
	if ((o->jobs < 1 && o->jobs != NAP_NOT_GIVEN) ||
		(o->replications < 1 && o->replications != NAP_NOT_GIVEN))
		return "--jobs and --replications take a positive number";
	if ((o->resume || o->force) && !o->out)
		return "--resume and --force need --out DIR, where the journal of an interrupted run is";
	if (o->resume && o->force)
		return "--resume goes on with what an interrupted run left, --force begins anew: one of them";
	if (o->timeline && !o->out)
		return "--timeline needs --out DIR to write to";
	if (o->exchange && !o->out)
		return "--exchange needs --out DIR to write to";
	if (o->plot && !o->out)
		return "--plot needs --out DIR to draw into";
	if (o->trace && scenarios > 1)
		return "--trace takes one scenario";
	if (o->samples != NAP_NOT_GIVEN && (o->samples < 2 || !o->sensitivity))
		return "--samples takes a number from 2 on, and goes with --sensitivity";
	if (o->sensitivity && scenarios > 1)
		return "--sensitivity takes one scenario";
	if (o->sensitivity && (o->resume || o->force))
		return "--sensitivity keeps no journal: it goes with neither --resume nor --force";
	if ((o->pcap_at || o->pcap_ethernet) && !o->pcap)
		return "--pcap-at and --pcap-ethernet go with --pcap FILE";
	if (o->sensitivity && (o->timeline || o->exchange || o->pcap || o->trace))
		return "--sensitivity goes with none of --timeline, --exchange, --pcap and --trace";
	return o->pcap && scenarios > 1 ? "--pcap takes one scenario" : NULL;
}

/*
 * --sensitivity may stand alone, which options with a value cannot: it becomes --sensitivity= then, and with the next word
 * --sensitivity=KEYS, unless that is an option or a file. Free what is returned after the options were read.
 */
static GPtrArray *join_sensitivity(int *argc, char **argv)
{
	GPtrArray *made = g_ptr_array_new_with_free_func(g_free);

	for (int i = 1; i < *argc && strcmp(argv[i], "--") != 0; i++) {
		const char *next = i + 1 < *argc ? argv[i + 1] : "-";
		bool takes = *next != '-' && !g_file_test(next, G_FILE_TEST_EXISTS) &&
			     !g_str_has_suffix(next, ".ini");

		if (strcmp(argv[i], "--sensitivity") != 0)
			continue;
		argv[i] = g_strconcat("--sensitivity=", takes ? next : "", NULL);
		g_ptr_array_add(made, argv[i]);
		if (!takes)
			continue;
		memmove(argv + i + 1, argv + i + 2, (size_t)(*argc - i - 1) * sizeof *argv);
		(*argc)--;
	}
	return made;
}

static int run_named(char **paths, uint32_t n, const struct nap_run_options *o)
{
	g_autofree struct nap_run_job *jobs = g_new0(struct nap_run_job, n);
	int status;

	for (uint32_t i = 0; i < n; i++)
		jobs[i].path = paths[i];
	status = run_all(jobs, n, o);
	for (uint32_t i = 0; i < n; i++)
		nap_run_job_clear(&jobs[i]);
	return status;
}

static int run(int argc, char **argv)
{
	struct nap_run_options o = {
		.jobs = NAP_NOT_GIVEN, .replications = NAP_NOT_GIVEN, .samples = NAP_NOT_GIVEN
	};
	const GOptionEntry entries[] = {
		{ "set", 's', 0, G_OPTION_ARG_FILENAME_ARRAY, &o.set,
			"Set a key of the scenario, over what the file says", "GROUP.KEY=VALUE" },
		{ "out", 'o', 0, G_OPTION_ARG_FILENAME, &o.out, "Write summary.csv and run.json into DIR",
			"DIR" },
		{ "resume", 0, 0, G_OPTION_ARG_NONE, &o.resume,
			"Go on with an interrupted run in DIR, as without it, but say so where there is none",
			NULL },
		{ "force", 0, 0, G_OPTION_ARG_NONE, &o.force,
			"Begin anew, whatever an interrupted run left in DIR", NULL },
		{ "jobs", 'j', 0, G_OPTION_ARG_INT, &o.jobs,
			"Threads (default: as many as processors); results do not depend on it", "N" },
		{ "seed", 0, 0, G_OPTION_ARG_FILENAME, &o.seed, "Seed of all random streams", "N" },
		{ "replications", 'r', 0, G_OPTION_ARG_INT, &o.replications,
			"Replications, for confidence intervals", "N" },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &o.json, "Print one JSON document instead of tables",
			NULL },
		{ "timeline", 0, 0, G_OPTION_ARG_NONE, &o.timeline,
			"Write timeline.csv of the first subscriber into DIR; of a population load.csv, of "
			"shared "
			"middleboxes occupancy.csv and addresses.csv",
			NULL },
		{ "exchange", 0, 0, G_OPTION_ARG_NONE, &o.exchange,
			"Write exchange.csv into DIR: each packet of the first subscriber at each place on "
			"its way",
			NULL },
		{ "plot", 0, 0, G_OPTION_ARG_NONE, &o.plot,
			"Draw all that natnap plot draws of these files, as SVG into DIR", NULL },
		{ "pcap", 0, 0, G_OPTION_ARG_FILENAME, &o.pcap,
			"Write the first subscriber's packets, as its device sees them", "FILE" },
		{ "pcap-at", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o.pcap_at,
			"Where --pcap is taken: device, server, NAME.inside or NAME.outside of a middlebox, "
			"all; "
			"several "
			"times for several interfaces",
			"POINT" },
		{ "pcap-ethernet", 0, 0, G_OPTION_ARG_NONE, &o.pcap_ethernet,
			"Put --pcap's packets into Ethernet frames", NULL },
		{ "trace", 0, 0, G_OPTION_ARG_FILENAME, &o.trace,
			"Write what both ends of the first subscriber send, get and notice", "FILE" },
		{ "sensitivity", 0, 0, G_OPTION_ARG_FILENAME, &o.sensitivity,
			"Instead of the sweep: what each key does to the metrics, by Morris' screening and "
			"Sobol's indices. KEY=LO..HI;..., KEY alone: over its sweep; without KEYS: all "
			"numbers "
			"that are swept",
			"[KEYS]" },
		{ "samples", 0, 0, G_OPTION_ARG_INT, &o.samples,
			"Rows for Sobol's indices (default 512), to each 16 of which there is a trajectory "
			"of the "
			"screening",
			"N" },
		NAP_GOAL_ENTRIES(&o.goal),
		{ NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
	};
	g_autoptr(GPtrArray) joined = join_sensitivity(&argc, argv);
	const char *wrong;
	int status;

	if (!nap_parse_options(&nap_command_run, entries, help, &argc, &argv, &status))
		return status;
	wrong = usage_fault(&o, argc - 1);
	status = wrong           ? nap_usage_error(&nap_command_run, "%s", wrong)
		 : o.sensitivity ? nap_sensitivity_command(argv[1], &o)
				 : run_named(argv + 1, (uint32_t)argc - 1, &o);
	g_strfreev(o.set);
	g_free(o.out);
	g_free(o.pcap);
	g_strfreev(o.pcap_at);
	g_free(o.trace);
	g_free(o.seed);
	g_free(o.sensitivity);
	nap_goal_options_clear(&o.goal);
	return status;
}

const struct nap_command nap_command_run = { "run",
	"SCENARIO... [--set GROUP.KEY=VALUE]... [--out DIR [--resume]] [--jobs N]",
	"run scenarios with their sweeps and replications", run, true };
