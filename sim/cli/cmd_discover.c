/* SPDX-License-Identifier: BSD-2-Clause */
/* natnap discover: the timers and habits of a scenario's path, found by packets alone. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/progress.h"
#include "discovery/discovery.h"
#include "discovery/prober_sim.h"
#include "io/input_error.h"
#include "io/outfile.h"
#include "io/quantity.h"
#include "io/scenario.h"
#include "report/discovery_report.h"

extern const struct nap_command nap_command_discover;

static volatile sig_atomic_t interrupted; /* set by Ctrl-C: stop, and tell what is known so far */

static void on_signal(int number)
{
	(void)number;
	if (interrupted) /* asked twice: now */
		_Exit(NAP_EXIT_FAILED);
	interrupted = 1;
}

/* What the command line says, as text. */
struct settings {
	char *strategy, *error, *resolution, *most, *duration, *profile;
	char **set, **test;
	int repeats, width, bindings, seed, json, naive;
};

static bool choose_time(const char *option, const char *text, nap_time *out, GError **error)
{
	if (!text)
		return true;
	if (!nap_time_parse(text, out, error)) {
		g_prefix_error(error, "%s: ", option);
		return false;
	}
	if (*out <= 0)
		return nap_fail(error, "%s: must be more than 0", option);
	return true;
}

static bool choose_strategy(const struct settings *s, struct nap_discovery_options *o, GError **error)
{
	g_autoptr(GString) all = g_string_new(NULL);

	if (!s->strategy)
		return true;
	o->strategy = nap_strategy_find(s->strategy);
	for (uint32_t i = 0; nap_strategies[i]; i++)
		g_string_append_printf(all, "%s%s", i ? ", " : "", nap_strategies[i]->name);
	return o->strategy || nap_fail(error, "--strategy: none of %s", all->str);
}

static bool choose_tests(const struct settings *s, struct nap_discovery_options *o, GError **error)
{
	for (char **name = s->test; name && *name; name++) {
		bool found = false;

		for (uint32_t i = 0; i < nap_n_tests; i++)
			found = found || !strcmp(nap_tests[i].name, *name);
		if (!found) {
			g_autofree char *shown = nap_shown(*name);

			return nap_fail(error, "--test: %s is no test; --help lists them", shown);
		}
	}
	o->only = (const char *const *)s->test;
	return true;
}

static bool choose(const struct settings *s, struct nap_discovery_options *o, GError **error)
{
	double e;

	*o = nap_discovery_defaults;
	if (s->error) {
		char *end;

		e = g_ascii_strtod(s->error, &end);
		if (end == s->error || *end || !(e > 0 && e < 1))
			return nap_fail(error,
				"--error: a probability above 0 and below 1 is wanted, for instance 1e-3");
		o->error = e;
	}
	if (s->repeats < 0 || s->width < 1 || s->width > NAP_SEARCH_WIDTH || s->bindings < 1 ||
		s->bindings > 1000000)
		return nap_fail(error, "--repeats, --width (1-%d) or --bindings (1-1000000): out of range",
			NAP_SEARCH_WIDTH);
	o->repeats = (uint32_t)s->repeats;
	o->width = (uint32_t)s->width;
	o->bindings = (uint64_t)s->bindings;
	o->naive = s->naive;
	if (!choose_time("--max", s->most, &o->most_tcp, error))
		return false;
	o->most_udp = o->most_tcp;
	o->first = nap_time_min(o->first, o->most_tcp);
	return choose_time("--resolution", s->resolution, &o->resolution, error) &&
	       choose_time("--duration", s->duration, &o->duration, error) && choose_strategy(s, o, error) &&
	       choose_tests(s, o, error);
}

static struct nap_scenario *load(const char *path, char **set, GError **error)
{
	guint n = set ? g_strv_length(set) : 0;
	g_autofree struct nap_override *o = g_new0(struct nap_override, n + 1);
	struct nap_document *document = nap_document_load(path, error);
	struct nap_scenario *sc = NULL;
	bool ok = document != NULL;

	for (guint i = 0; ok && i < n; i++)
		ok = nap_override_parse(set[i], &o[i], error);
	if (ok)
		sc = nap_scenario_new(document, o, n, error);
	for (guint i = 0; i < n; i++)
		nap_override_clear(&o[i]);
	nap_document_free(document);
	return sc;
}

/* Turn until all is found, or Ctrl-C: then false. */
static bool go_on(struct nap_discovery *d)
{
	struct sigaction action = { .sa_handler = on_signal }, before;
	struct nap_progress progress;

	sigaction(SIGINT, &action, &before);
	nap_progress_begin(&progress);
	for (uint32_t turn = 0; !interrupted && !nap_discovery_done(d); turn++) {
		nap_discovery_turn(d, NAP_NEVER);
		if (turn % 256 == 0)
			nap_progress_show(&progress, nap_discovery_ended(d), nap_discovery_count(d));
	}
	nap_progress_end(&progress);
	sigaction(SIGINT, &before, NULL);
	return nap_discovery_done(d);
}

static int discover(const struct settings *s, const struct nap_discovery_options *o, const char *path,
	const struct nap_scenario *sc)
{
	struct nap_prober *prober =
		nap_prober_sim_new(sc, s->seed >= 0 ? (uint64_t)s->seed : sc->general.seed);
	struct nap_discovery *d = nap_discovery_new(prober, o);
	g_autofree char *text = NULL, *profile = NULL;
	int status = NAP_EXIT_OK;
	GError *error = NULL;

	if (!go_on(d)) {
		fputs("natnap discover: interrupted; tests that had not ended are marked unfinished\n",
			stderr);
		status = NAP_EXIT_FAILED;
	}
	text = s->json ? nap_discovery_json(d, path) : nap_discovery_text(d, path);
	profile = nap_discovery_profile(d, path);
	fputs(text, stdout);
	if (s->json)
		putchar('\n');
	if (s->profile && !nap_write_file(s->profile, profile, strlen(profile), &error))
		status = nap_run_failed(error);
	nap_discovery_free(d);
	prober->ops->free(prober);
	return status;
}

static char *details(void)
{
	GString *out = g_string_new("Strategies:\n");

	for (uint32_t i = 0; nap_strategies[i]; i++)
		g_string_append_printf(
			out, "  %-10s %s\n", nap_strategies[i]->name, nap_strategies[i]->summary);
	g_string_append(out, "\nTests:\n");
	for (uint32_t i = 0; i < nap_n_tests; i++)
		if (!nap_tests[i].per_port)
			g_string_append_printf(out, "  %-18s %s\n", nap_tests[i].name, nap_tests[i].title);
	g_string_append(out, "udp-1 and udp-3 are also made for each well-known port.");
	return g_string_free(out, FALSE);
}

static void clear(struct settings *s)
{
	g_free(s->strategy);
	g_free(s->error);
	g_free(s->resolution);
	g_free(s->most);
	g_free(s->duration);
	g_free(s->profile);
	g_strfreev(s->set);
	g_strfreev(s->test);
}

static int run(int argc, char **argv)
{
	struct settings s = { .repeats = (int)nap_discovery_defaults.repeats,
		.width = (int)nap_discovery_defaults.width,
		.bindings = (int)nap_discovery_defaults.bindings,
		.seed = -1 };
	const GOptionEntry entries[] = {
		{ "set", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &s.set, "Set a key of the scenario",
			"GROUP.KEY=VALUE" },
		{ "test", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &s.test, "Run this test alone (may be repeated)",
			"NAME" },
		{ "strategy", 0, 0, G_OPTION_ARG_FILENAME, &s.strategy, "How to search for timers", "NAME" },
		{ "error", 0, 0, G_OPTION_ARG_FILENAME, &s.error,
			"Chance that loss misleads a finding (1e-3)", "P" },
		{ "resolution", 0, 0, G_OPTION_ARG_FILENAME, &s.resolution, "Width of a timer's bracket (1s)",
			"TIME" },
		{ "max", 0, 0, G_OPTION_ARG_FILENAME, &s.most, "Longest idle time to try (8d)", "TIME" },
		{ "duration", 0, 0, G_OPTION_ARG_FILENAME, &s.duration, "How long to keep a flow busy (2d)",
			"TIME" },
		{ "repeats", 0, 0, G_OPTION_ARG_INT, &s.repeats, "Times to try a found bracket again (5)",
			"N" },
		{ "width", 0, 0, G_OPTION_ARG_INT, &s.width, "Flows of one round of the grid (16)", "N" },
		{ "bindings", 0, 0, G_OPTION_ARG_INT, &s.bindings, "Most flows to open at once (131072)",
			"N" },
		{ "seed", 0, 0, G_OPTION_ARG_INT, &s.seed, "Seed, instead of the scenario's", "N" },
		{ "naive", 0, 0, G_OPTION_ARG_NONE, &s.naive,
			"One packet a question, no control flow: for comparison", NULL },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &s.json, "Print one JSON document", NULL },
		{ "profile", 0, 0, G_OPTION_ARG_FILENAME, &s.profile,
			"Write what was found as a middlebox profile", "FILE" },
		{ NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
	};
	g_autofree char *more = details();
	struct nap_discovery_options options;
	struct nap_scenario *sc = NULL;
	GError *error = NULL;
	int status;

	if (!nap_parse_options(&nap_command_discover, entries, more, &argc, &argv, &status))
		return status;
	if (argc != 2)
		status = nap_usage_error(&nap_command_discover, "one SCENARIO is wanted");
	else if (!choose(&s, &options, &error)) {
		status = nap_usage_error(&nap_command_discover, "%s", error->message);
		g_error_free(error);
	} else if (!(sc = load(argv[1], s.set, &error)))
		status = nap_input_failed(error);
	else
		status = discover(&s, &options, argv[1], sc);
	nap_scenario_free(sc);
	clear(&s);
	return status;
}

const struct nap_command nap_command_discover = { "discover",
	"SCENARIO [--set GROUP.KEY=VALUE]... [--json] [--profile FILE]",
	"binding timeouts and habits of the scenario's path, found as a black box", run };
