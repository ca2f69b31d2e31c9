/* SPDX-License-Identifier: BSD-2-Clause */
/* natnap check: a middlebox profile, or all of a scenario, against what the RFCs ask. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/run_job.h"
#include "conformance/client_dut.h"
#include "conformance/client_check.h"
#include "text/input_error.h"
#include "io/scenario.h"
#include "parallel/checking.h"
#include "report/conformance_report.h"
#include "run/run.h"

extern const struct nap_command nap_command_check;

static bool is_profile_name(const char *word)
{
	g_auto(GStrv) names = nap_profile_names(NAP_MIDDLEBOX);

	return g_strv_contains((const char *const *)names, word);
}

/* A scenario of nothing but the middlebox of a profile. */
static struct nap_scenario *around_profile(const char *profile, GError **error)
{
	g_autofree char *text = g_strdup_printf(
		"[scenario]\nduration = 1h\n[path]\nmiddleboxes = box\n[middlebox box]\nprofile = %s\n",
		profile);
	struct nap_profile *p =
		nap_profile_load(NAP_MIDDLEBOX, profile, ".", error); /* for its own messages */
	struct nap_document *d = p ? nap_document_new(profile, ".", text, strlen(text), error) : NULL;
	struct nap_scenario *sc = d ? nap_scenario_new(d, NULL, 0, error) : NULL;

	nap_profile_free(p);
	nap_document_free(d);
	return sc;
}

static void fail_neither(const char *what, GError **error)
{
	g_auto(GStrv) names = nap_profile_names(NAP_MIDDLEBOX);
	g_autofree char *near = nap_did_you_mean(what, (const char *const *)names), *shown = nap_shown(what);

	nap_fail(error, "%s is neither a middlebox profile nor a file%s", shown, near);
}

/* A profile by name, a profile's file, or a scenario's. */
static struct nap_scenario *load(const char *what, bool *whole, GError **error)
{
	struct nap_document *d;
	struct nap_scenario *sc;

	*whole = false;
	if (is_profile_name(what))
		return around_profile(what, error);
	if (!strchr(what, '/') && !g_file_test(what, G_FILE_TEST_EXISTS)) {
		fail_neither(what, error);
		return NULL;
	}
	d = nap_document_load(what, error);
	if (!d)
		return NULL;
	if (nap_document_group(d, "middlebox")) {
		g_autofree char *path = strchr(what, '/') ? g_strdup(what) : g_strconcat("./", what, NULL);

		nap_document_free(d);
		return around_profile(path, error);
	}
	*whole = true;
	sc = nap_scenario_new(d, NULL, 0, error);
	nap_document_free(d);
	return sc;
}

static void see_packet(
	void *ctx, nap_time now, enum nap_place point, int hop, bool up, const struct nap_packet *p)
{
	(void)hop;
	if (up ? point == NAP_AT_DEVICE : point == NAP_AT_SERVER) /* where it is sent */
		nap_client_trace_packet(ctx, now, up, p);
}

/* The scenario's client alone with its server: no middlebox, no loss, no push, nothing else on the device. */
static struct nap_scenario client_alone(const struct nap_scenario *sc)
{
	struct nap_scenario alone = *sc;

	alone.n_middleboxes = alone.n_path_middleboxes = alone.n_server_middleboxes = alone.n_networks = 0;
	alone.peer.there = false;
	alone.path.loss = 0;
	alone.path.outages = alone.server.push = alone.app.background =
		(struct nap_arrivals){ .kind = NAP_ARRIVALS_NONE };
	alone.general.duration = NAP_CLIENT_WATCH;
	alone.general.subscribers = alone.general.replications = 1;
	alone.general.order = NAP_ORDER_SUBSCRIBER;
	alone.general.skip = false;
	return alone;
}

static bool judge_client(const struct nap_scenario *sc, GArray *out, GError **error)
{
	struct nap_scenario alone = client_alone(sc);
	struct nap_client_trace *trace = nap_client_trace_new();
	struct nap_observer observer = { .ctx = trace, .packet = see_packet };
	struct nap_workspace *ws;
	struct nap_part part;
	struct nap_plan plan;

	if (!nap_plan_make(&plan, &alone)) {
		nap_client_trace_free(trace);
		return nap_fail(error, "client: %s", plan.why);
	}
	ws = nap_workspace_new(&plan, NULL);
	nap_run_job(ws, 0, 0, &observer, &part);
	nap_client_trace_judge(trace, NAP_CLIENT_WATCH, out);
	nap_client_dut_judge(&alone, out);
	nap_workspace_free(ws);
	nap_client_trace_free(trace);
	return true;
}

struct settings {
	int json, markdown, seed, jobs;
};

static void judge_boxes(const struct nap_scenario *sc, const struct settings *o, GPtrArray *list)
{
	uint64_t seed = o->seed == NAP_NOT_GIVEN ? sc->general.seed : (uint64_t)o->seed;
	g_autofree struct nap_check **check = g_new(struct nap_check *, sc->n_middleboxes);

	for (uint32_t i = 0; i < sc->n_middleboxes; i++)
		check[i] = nap_check_new(&sc->middlebox[i], seed);
	nap_checks_run(check, sc->n_middleboxes, o->jobs == NAP_NOT_GIVEN ? 0 : (uint32_t)o->jobs);
	for (uint32_t i = 0; i < sc->n_middleboxes; i++) {
		g_autofree char *title = g_strdup_printf("middlebox %s", sc->middlebox[i].name);

		nap_check_sum(check[i], nap_judged_add(list, title)->judgement);
		nap_check_free(check[i]);
	}
}

/* NULL when the client cannot be run. */
static GPtrArray *judge(const struct nap_scenario *sc, bool whole, const struct settings *o, GError **error)
{
	GPtrArray *list = nap_judged_list_new();

	judge_boxes(sc, o, list);
	if (whole && !judge_client(sc, nap_judged_add(list, "client")->judgement, error)) {
		g_ptr_array_unref(list);
		return NULL;
	}
	return list;
}

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

static int check(const char *what, const struct settings *o)
{
	g_autoptr(GPtrArray) list = NULL;
	g_autofree char *text = NULL;
	GError *error = NULL;
	bool whole;
	struct nap_scenario *sc = load(what, &whole, &error);

	if (!sc)
		return nap_input_failed(error);
	list = judge(sc, whole, o, &error);
	nap_scenario_free(sc);
	if (!list)
		return nap_run_failed(error);
	text = o->json       ? nap_conformance_json(list, what)
	       : o->markdown ? nap_conformance_markdown(list, what)
			     : nap_conformance_text(list, what);
	puts(text);
	return nap_judged_violations(list, NAP_MUST) ? NAP_EXIT_FAILED : NAP_EXIT_OK;
}

static int run(int argc, char **argv)
{
	struct settings o = { .seed = NAP_NOT_GIVEN, .jobs = NAP_NOT_GIVEN };
	const GOptionEntry entries[] = {
		{ "json", 0, 0, G_OPTION_ARG_NONE, &o.json, "Print one JSON document", NULL },
		{ "markdown", 0, 0, G_OPTION_ARG_NONE, &o.markdown,
			"Print Markdown, each experiment described", NULL },
		{ "seed", 0, 0, G_OPTION_ARG_INT, &o.seed,
			"Seed of what the boxes draw, instead of the scenario's", "N" },
		{ "jobs", 'j', 0, G_OPTION_ARG_INT, &o.jobs,
			"Threads (default: as many as processors); verdicts do not depend on it", "N" },
		{ NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
	};
	const char *fault;
	int status;

	if (!nap_parse_options(&nap_command_check, entries,
		    "Every verdict comes from packets sent through the box. Of a profile whose keys are "
		    "drawn "
		    "for each box, 8 boxes are judged. The status is 1 when a MUST is violated.",
		    &argc, &argv, &status))
		return status;
	fault = usage_fault(&o, argc);
	return fault ? nap_usage_error(&nap_command_check, fault) : check(argv[1], &o);
}

const struct nap_command nap_command_check = { "check",
	"PROFILE|SCENARIO [--json|--markdown] [--seed N] [--jobs N]",
	"a middlebox and a client against RFC 5383, 5382, 4787, 5508, 6888 and 7857", run, false };
