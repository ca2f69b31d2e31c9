/* SPDX-License-Identifier: BSD-2-Clause */
/* natnap check: a middlebox profile, or all of a scenario, against what the RFCs ask. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "conformance/client_dut.h"
#include "conformance/client_check.h"
#include "text/input_error.h"
#include "io/scenario.h"
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

	alone.n_middleboxes = alone.n_path_middleboxes = alone.n_networks = 0;
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

/* NULL when the client cannot be run. */
static GPtrArray *judge(const struct nap_scenario *sc, bool whole, GError **error)
{
	GPtrArray *list = nap_judged_list_new();

	for (uint32_t i = 0; i < sc->n_middleboxes; i++) {
		g_autofree char *title = g_strdup_printf("middlebox %s", sc->middlebox[i].name);

		nap_check_box(&sc->middlebox[i], nap_judged_add(list, title)->judgement);
	}
	if (whole && !judge_client(sc, nap_judged_add(list, "client")->judgement, error)) {
		g_ptr_array_unref(list);
		return NULL;
	}
	return list;
}

static int run(int argc, char **argv)
{
	int json = 0, markdown = 0, status;
	const GOptionEntry entries[] = {
		{ "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print one JSON document", NULL },
		{ "markdown", 0, 0, G_OPTION_ARG_NONE, &markdown, "Print Markdown, each experiment described",
			NULL },
		{ NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
	};
	g_autoptr(GPtrArray) list = NULL;
	g_autofree char *text = NULL;
	struct nap_scenario *sc;
	GError *error = NULL;
	bool whole;

	if (!nap_parse_options(&nap_command_check, entries,
		    "Every verdict comes from packets sent through the box. The status is 1 when a MUST is "
		    "violated.",
		    &argc, &argv, &status))
		return status;
	if (argc != 2)
		return nap_usage_error(&nap_command_check, "one PROFILE or SCENARIO is wanted");
	if (json && markdown)
		return nap_usage_error(&nap_command_check, "--json or --markdown, not both");
	sc = load(argv[1], &whole, &error);
	if (!sc)
		return nap_input_failed(error);
	list = judge(sc, whole, &error);
	if (!list) {
		nap_scenario_free(sc);
		return nap_run_failed(error);
	}
	text = json       ? nap_conformance_json(list, argv[1])
	       : markdown ? nap_conformance_markdown(list, argv[1])
			  : nap_conformance_text(list, argv[1]);
	puts(text);
	nap_scenario_free(sc);
	return nap_judged_violations(list, NAP_MUST) ? NAP_EXIT_FAILED : NAP_EXIT_OK;
}

const struct nap_command nap_command_check = { "check", "PROFILE|SCENARIO [--json|--markdown]",
	"a middlebox and a client against RFC 5383, 5382, 4787, 5508, 6888 and 7857", run, false };
