/* SPDX-License-Identifier: BSD-2-Clause */
/* natnap check: a middlebox profile, or all of a scenario, against what the RFCs ask. */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/out_folder.h"
#include "cli/path_input.h"
#include "cli/run_job.h"
#include "embed/verdicts.h"
#include "report/conformance_report.h"

extern const struct nap_command nap_command_check;

static struct nap_scenario *load(const char *what, bool *whole, GError **error)
{
	struct nap_path_input in = { 0 };
	struct nap_scenario *sc = NULL;

	if (nap_path_input_read(&in, what, NULL, error))
		sc = nap_scenario_new(in.document, in.set, in.n, error);
	*whole = in.whole;
	nap_path_input_clear(&in);
	return sc;
}

struct settings {
	int json, markdown, seed, jobs;
	char *out;
	const char *command; /* as it was typed */
};

/* What is wrong with the command line, NULL when nothing is. */
static const char *usage_fault(const struct settings *o, int argc)
{
	if (argc != 2)
		return "one PROFILE or SCENARIO is wanted";
	if (o->json && o->markdown)
		return "--json or --markdown, not both";
	if (o->jobs < 1 && o->jobs != NAP_NOT_GIVEN)
		return "--jobs takes a positive number";
	return o->seed < 0 && o->seed != NAP_NOT_GIVEN ? "--seed takes a number from 0 on" : NULL;
}

static bool write_out(const GPtrArray *list, const char *what, const struct settings *o,
	const struct nap_scenario *sc, GError **error)
{
	g_autofree char *json = NULL, *csv = NULL;

	if (!o->out)
		return true;
	json = nap_conformance_json(list, what);
	csv = nap_conformance_csv(list);
	return nap_out_folder_write(&(struct nap_out_folder){ .dir = o->out,
					    .document = "check.json",
					    .json = json,
					    .rows = "verdicts.csv",
					    .csv = csv,
					    .command = o->command,
					    .input = what,
					    .scenario = sc },
		error);
}

static int check(const char *what, const struct settings *o)
{
	g_autoptr(GPtrArray) list = NULL;
	g_autofree char *text = NULL;
	GError *error = NULL;
	bool whole, written;
	struct nap_scenario *sc = load(what, &whole, &error);

	if (!sc)
		return nap_input_failed(error);
	list = nap_verdicts(sc, whole, o->seed == NAP_NOT_GIVEN ? sc->general.seed : (uint64_t)o->seed,
		o->jobs == NAP_NOT_GIVEN ? 0 : (uint32_t)o->jobs, &error);
	if (!list) {
		nap_scenario_free(sc);
		return nap_run_failed(error);
	}
	text = o->json       ? nap_conformance_json(list, what)
	       : o->markdown ? nap_conformance_markdown(list, what)
			     : nap_conformance_text(list, what);
	if (o->json || o->markdown)
		fputs(text, stdout);
	else
		nap_print(text);
	putchar('\n');
	written = write_out(list, what, o, sc, &error);
	nap_scenario_free(sc);
	if (!written)
		return nap_run_failed(error);
	return nap_judged_violations(list, NAP_MUST) ? NAP_EXIT_FAILED : NAP_EXIT_OK;
}

static int run(int argc, char **argv)
{
	struct settings o = { .seed = NAP_NOT_GIVEN, .jobs = NAP_NOT_GIVEN };
	const GOptionEntry entries[] = {
		{ "json", 0, 0, G_OPTION_ARG_NONE, &o.json, "Print one JSON document", NULL },
		{ "markdown", 0, 0, G_OPTION_ARG_NONE, &o.markdown,
			"Print Markdown, each experiment described", NULL },
		{ "out", 0, 0, G_OPTION_ARG_FILENAME, &o.out,
			"Write check.json and verdicts.csv into DIR, for natnap plot and natnap report",
			"DIR" },
		{ "seed", 0, 0, G_OPTION_ARG_INT, &o.seed,
			"Seed of what the boxes draw, instead of the scenario's", "N" },
		{ "jobs", 'j', 0, G_OPTION_ARG_INT, &o.jobs,
			"Threads (default: as many as processors); verdicts do not depend on it", "N" },
		{ NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
	};
	g_autofree char *command = nap_command_line(argc, argv);
	const char *fault;
	int status;

	o.command = command;
	if (!nap_parse_options(&nap_command_check, entries,
		    "Every verdict comes from packets sent through the box. Of a profile whose keys are "
		    "drawn "
		    "for each box, 8 boxes are judged. The status is 1 when a MUST is violated.",
		    &argc, &argv, &status))
		return status;
	fault = usage_fault(&o, argc);
	status = fault ? nap_usage_error(&nap_command_check, "%s", fault) : check(argv[1], &o);
	g_free(o.out);
	return status;
}

const struct nap_command nap_command_check = { "check",
	"PROFILE|SCENARIO [--json|--markdown] [--out DIR] [--seed N] [--jobs N]",
	"a middlebox and a client against RFC 5383, 5382, 4787, 5508, 6888 and 7857", run, false };
