/* SPDX-License-Identifier: BSD-2-Clause */
/* natnap replay: what a captured trace would have cost, and what middleboxes would have cut. */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/interrupt.h"
#include "cli/out_folder.h"
#include "cli/replay_job.h"

extern const struct nap_command nap_command_replay;

static const char help[] =
	"TRACE is a pcap or pcapng file, also compressed by gzip; -: standard input. It is taken to be the "
	"device's own: what\n"
	"it sends is captured before the radio has it, what comes to it after. Whose device it is, is found "
	"out unless --device says\n"
	"so. What a middlebox would have stopped costs the radio what it cost in the trace. --what-if takes "
	"rows as [sweep] does:\n"
	"'radio.profile=lte-huang-2012; wifi-aro', 'middlebox.home.udp=30s; 2min'. Ctrl-C, or a\n"
	"trace that breaks off, gives what is known so far (status 1).";

/* What of the scenario has no part in a replay. */
static void say_left_out(const struct nap_scenario *sc)
{
	g_autoptr(GString) what = g_string_new(NULL);

	if (sc->path.outages.kind != NAP_ARRIVALS_NONE)
		g_string_append(what, ", outages");
	if (sc->n_networks > 0)
		g_string_append(what, ", other networks");
	if (sc->n_server_middleboxes > 0)
		g_string_append(what, ", middleboxes before the server");
	if (sc->path.loss > 0.0)
		g_string_append(what, ", losses");
	if (sc->radio->assists)
		g_string_append(what, ", release assistance");
	if (sc->app.background.kind != NAP_ARRIVALS_NONE)
		g_string_append(what, ", background traffic");
	if (sc->has_device)
		g_string_append(what, ", the device's processor");
	if (what->len > 0)
		fprintf(stderr, "natnap replay: no part of a replay, as the trace does not show it: %s\n",
			what->str + 2);
}

static void say_device(const struct nap_trace *t)
{
	if (!t->inferred || t->packets == 0)
		return;
	fprintf(stderr, "natnap replay: the device is");
	for (uint32_t i = 0; i < t->devices; i++) {
		g_autofree char *ip = nap_replay_ip(t->device[i]);

		fprintf(stderr, "%s %s", i ? "," : "", ip);
	}
	fprintf(stderr,
		", an end of %" G_GUINT64_FORMAT " of the first %" G_GUINT64_FORMAT
		" packets (--device says otherwise)\n",
		t->explained, t->seen);
}

static void print(const struct nap_replay_job *j)
{
	struct nap_replay_report r = nap_replay_job_report(j);
	GString *text;

	if (j->options->json) {
		g_autofree char *json = nap_json_text(nap_replay_json(&r));

		fputs(json, stdout);
		return;
	}
	text = nap_replay_text(&r);
	nap_print(text->str);
	g_string_free(text, TRUE);
}

static int replay(const char *path, const struct nap_replay_options *o)
{
	struct nap_replay_job j = { .path = path, .options = o };
	GError *error = NULL;
	int status = NAP_EXIT_OK;

	if (!nap_replay_job_load(&j, &error)) {
		nap_replay_job_clear(&j);
		return nap_input_failed(error);
	}
	say_left_out(nap_scenario_of(j.scenario, 0, 0));
	if (!nap_replay_job_run(&j, nap_catch_interrupts(), &error)) {
		nap_replay_job_clear(&j);
		return j.unwritable ? nap_run_failed(error) : nap_input_failed(error);
	}
	say_device(&j.trace);
	if (j.broken)
		fprintf(stderr, "%s\nnatnap replay: the numbers are of what came before\n", j.broken);
	if (j.n_rewrites > 0 && j.kept->len == 0)
		fprintf(stderr, "natnap replay: no keepalives were found: another policy changes nothing\n");
	if (j.trace.packets == 0)
		fprintf(stderr,
			"natnap replay: %s: no packet of the device in %" G_GUINT64_FORMAT " frames\n", path,
			j.trace.frames);
	if (j.broken || j.trace.packets == 0)
		status = NAP_EXIT_FAILED;
	if (!nap_replay_job_files(&j, &error))
		status = nap_run_failed(error);
	print(&j);
	nap_replay_job_clear(&j);
	return status;
}

static int run(int argc, char **argv)
{
	struct nap_replay_options o = { 0 };
	const GOptionEntry entries[] = {
		{ "scenario", 'S', 0, G_OPTION_ARG_FILENAME, &o.scenario,
			"The radio, the middleboxes and the battery", "SCENARIO" },
		{ "device", 'd', 0, G_OPTION_ARG_FILENAME_ARRAY, &o.device,
			"An address of the device; several where it has more", "ADDR" },
		{ "set", 's', 0, G_OPTION_ARG_FILENAME_ARRAY, &o.set,
			"Set a key of the scenario, over what the file says", "GROUP.KEY=VALUE" },
		{ "what-if", 'w', 0, G_OPTION_ARG_FILENAME_ARRAY, &o.what_if,
			"Replay it with these values, too: all combinations of all lists, a row each",
			"GROUP.KEY=LIST" },
		{ "out", 'o', 0, G_OPTION_ARG_FILENAME, &o.out,
			"Write flows.csv, bursts.csv, energy.csv, what-if.csv and replay.json into DIR",
			"DIR" },
		{ "timeline", 0, 0, G_OPTION_ARG_NONE, &o.timeline,
			"Write timeline.csv into DIR: radio states, packets, bindings that lapse", NULL },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &o.json, "Print one JSON document instead of text", NULL },
		{ NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
	};
	g_autofree char *command = nap_command_line(argc, argv);
	int status;

	o.command = command;
	if (!nap_parse_options(&nap_command_replay, entries, help, &argc, &argv, &status))
		return status;
	if (argc != 2)
		status =
			nap_usage_error(&nap_command_replay, argc < 2 ? "no trace given" : "takes one trace");
	else if (!o.scenario)
		status = nap_usage_error(&nap_command_replay, "--scenario SCENARIO is wanted");
	else if (o.timeline && !o.out)
		status = nap_usage_error(&nap_command_replay, "--timeline needs --out DIR to write to");
	else
		status = replay(argv[1], &o);
	g_free(o.scenario);
	g_free(o.out);
	g_strfreev(o.device);
	g_strfreev(o.set);
	g_strfreev(o.what_if);
	return status;
}

const struct nap_command nap_command_replay = { "replay",
	"TRACE --scenario SCENARIO [--device ADDR]... [--what-if LIST]... [--json] [--out DIR]",
	"what a captured trace would have cost, and what middleboxes would have cut", run, false };
