/* SPDX-License-Identifier: BSD-2-Clause */
/* natnap discover: the timers and habits of a scenario's path, found by packets alone. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/cli.h"
#include "cli/discovery_options.h"
#include "cli/discovery_say.h"
#include "cli/interrupt.h"
#include "cli/out_folder.h"
#include "cli/path_input.h"
#include "cli/progress.h"
#include "cli/say_unsure.h"
#include "discovery/discovery.h"
#include "probe/prober_sim.h"
#include "text/input_error.h"
#include "io/outfile.h"
#include "io/effective.h"
#include "io/scenario.h"
#include "io/unsure.h"
#include "live/state.h"
#include "report/discovery_report.h"

extern const struct nap_command nap_command_discover;

#define KEEP_US (2 * G_TIME_SPAN_SECOND) /* between two writings of the state */
/* of the processor, which other programs do not change: a report that is done by then is printed whole, its answer first */
#define PATIENCE_S 3

struct settings {
	struct nap_discovery_settings shared;
	char **set, *state;
	const struct nap_scenario *sc;
	char **doubts; /* keys that the scenario's middleboxes have from unsure profiles */
	int seed, naive;
};

/* Keys in doubt of the profiles of middleboxes, without those that the scenario sets itself: g_strfreev. */
static char **doubts_of(const struct nap_scenario *sc, GHashTable *origins)
{
	g_autoptr(GPtrArray) unsure = nap_unsure_of(&sc, 1, origins);
	const GPtrArray *all = unsure;
	GPtrArray *keys = g_ptr_array_new();

	for (guint i = unsure->len; i-- > 0;) { /* no client speaks here, and no radio */
		const struct nap_unsure *u = unsure->pdata[i];

		if (!g_str_has_prefix(u->profile, "middlebox/"))
			g_ptr_array_remove_index(unsure, i);
		else
			for (char **what = u->what; *what; what++)
				g_ptr_array_add(keys, g_strdup(*what));
	}
	nap_say_unsure(&all, 1);
	g_ptr_array_add(keys, NULL);
	return (char **)g_ptr_array_free(keys, FALSE);
}

static struct nap_scenario *load(struct settings *s, const char *path, GError **error)
{
	struct nap_path_input in = { 0 };
	struct nap_scenario *sc = NULL;
	struct nap_sweep *sweep = NULL;

	if (nap_path_input_read(&in, path, s->set, error))
		sc = nap_scenario_new(in.document, in.set, in.n, error);
	if (sc && (sweep = nap_sweep_new(in.document, in.set, in.n, NULL))) {
		g_autoptr(GHashTable) origins = nap_point_origins(sweep, in.document, in.set, in.n, 0, NULL);

		s->doubts = origins ? doubts_of(sc, origins) : NULL;
	}
	nap_sweep_free(sweep);
	nap_path_input_clear(&in);
	return sc;
}

static void tell(struct nap_discovery_news *news, struct nap_prober *prober, struct nap_progress *progress)
{
	if (news && clock() > (clock_t)PATIENCE_S * CLOCKS_PER_SEC)
		nap_discovery_news_hurry(news);
	nap_discovery_say(news, prober->ops->now(prober), progress->shown ? "\r\033[K" : NULL);
}

/* What a state must be of: the scenario's file and all that changes it. */
static char *state_origin(const struct settings *s, const char *path)
{
	GString *out = g_string_new(path);

	for (char **set = s->set; set && *set; set++)
		g_string_append_printf(out, " --set %s", *set);
	if (s->naive)
		g_string_append(out, " --naive");
	return g_string_free(out, FALSE);
}

/* The state, every few seconds: a discovery that is killed loses no more. False: it cannot be written. */
static bool keep(const struct settings *s, const struct nap_discovery *d, const char *path, int64_t *kept,
	GError **error)
{
	g_autofree char *origin = NULL;

	if (!s->state || g_get_monotonic_time() - *kept < KEEP_US)
		return true;
	origin = state_origin(s, path);
	*kept = g_get_monotonic_time();
	return nap_state_save(s->state, origin, d, error);
}

/* Turn until all is found, or Ctrl-C; tell what becomes known. False: the state cannot be kept. */
static bool go_on(const struct settings *s, struct nap_discovery *d, struct nap_prober *prober,
	struct nap_discovery_news *news, const char *path, GError **error)
{
	nap_time limit = nap_discovery_limit(&s->shared, prober->ops->now(prober));
	int64_t kept = g_get_monotonic_time();
	bool ok = true;
	const volatile sig_atomic_t *interrupted = nap_catch_interrupts();
	nap_time began = prober->ops->now(prober), spent;
	struct nap_progress progress;

	nap_progress_begin(&progress);
	for (uint32_t turn = 0;
		ok && !*interrupted && !nap_discovery_done(d) && prober->ops->now(prober) < limit; turn++) {
		nap_discovery_turn(d, limit);
		if (turn % 256)
			continue;
		tell(news, prober, &progress);
		ok = keep(s, d, path, &kept, error);
		spent = prober->ops->now(prober) - began;
		nap_progress_show(&progress, (uint64_t)spent, (uint64_t)(spent + nap_discovery_remaining(d)));
	}
	nap_progress_end(&progress);
	return ok;
}

static bool write_all(
	const struct settings *s, const struct nap_discovery *d, const char *path, GError **error)
{
	g_autofree char *profile = nap_discovery_profile(d, path, (const char *const *)s->doubts),
			*origin = state_origin(s, path);

	return nap_discovery_write_out(&s->shared, d, origin, path, s->sc, error) &&
	       nap_discovery_write_profile(&s->shared, d, profile, error) &&
	       (!s->state || nap_state_save(s->state, origin, d, error));
}

static int explore(
	const struct settings *s, struct nap_discovery *d, struct nap_prober *prober, const char *path)
{
	struct nap_discovery_news *news = s->shared.json ? NULL : nap_discovery_news_new(d, path, true);
	GError *error = NULL;
	bool kept, written;

	kept = go_on(s, d, prober, news, path, &error); /* what is known is told even if it cannot be kept */
	nap_discovery_say_all(news, d, path);
	nap_discovery_news_free(news);
	written = kept && write_all(s, d, path, &error);
	return written ? nap_discovery_status(&nap_command_discover, d, &s->shared, s->state != NULL)
		       : nap_run_failed(error);
}

static int discover(const struct settings *s, const struct nap_discovery_options *o, const char *path,
	const struct nap_scenario *sc)
{
	struct nap_prober *prober =
		nap_prober_sim_new(sc, s->seed >= 0 ? (uint64_t)s->seed : sc->general.seed);
	struct nap_discovery *d = nap_discovery_new(prober, o);
	g_autofree char *origin = state_origin(s, path);
	int status = NAP_EXIT_OK;
	GError *error = NULL;

	if (s->state && !nap_state_load(s->state, origin, d, &error)) {
		status = nap_input_failed(error);
	} else if (!nap_discovery_can_write(&s->shared, s->state, &error)) {
		status = nap_run_failed(error);
	} else {
		status = explore(s, d, prober, path);
	}
	nap_discovery_free(d);
	prober->ops->free(prober);
	return status;
}

static int run(int argc, char **argv)
{
	struct settings s = { .seed = -1 };
	const GOptionEntry own[] = {
		{ "set", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &s.set, "Set a key of the scenario",
			"GROUP.KEY=VALUE" },
		{ "seed", 0, 0, G_OPTION_ARG_INT, &s.seed, "Seed, instead of the scenario's", "N" },
		{ "state", 0, 0, G_OPTION_ARG_FILENAME, &s.state,
			"Keep what is known here, and go on from it", "FILE" },
		{ "naive", 0, 0, G_OPTION_ARG_NONE, &s.naive,
			"One packet a question, no control flow: for comparison", NULL },
		{ NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
	};
	g_autofree GOptionEntry *entries = NULL;
	g_autofree char *more = nap_discovery_details(&nap_discovery_defaults);
	struct nap_discovery_options options;
	struct nap_scenario *sc = NULL;
	GError *error = NULL;
	int status;

	nap_discovery_settings_init(&s.shared, &nap_discovery_defaults);
	s.shared.command = nap_command_line(argc, argv);
	entries = nap_discovery_entries(&s.shared, own);
	if (!nap_parse_options(&nap_command_discover, entries, more, &argc, &argv, &status))
		return status;
	if (argc != 2)
		status = nap_usage_error(&nap_command_discover, "one PROFILE or SCENARIO is wanted");
	else if (!nap_discovery_choose(&s.shared, &nap_discovery_defaults, &options, &error)) {
		status = nap_usage_error(&nap_command_discover, "%s", error->message);
		g_error_free(error);
	} else if (!(sc = load(&s, argv[1], &error)))
		status = nap_input_failed(error);
	else {
		options.naive = s.naive;
		s.sc = sc;
		status = discover(&s, &options, argv[1], sc);
	}
	nap_scenario_free(sc);
	nap_discovery_settings_clear(&s.shared);
	g_strfreev(s.set);
	g_strfreev(s.doubts);
	g_free(s.state);
	return status;
}

const struct nap_command nap_command_discover = { "discover",
	"PROFILE|SCENARIO [--set GROUP.KEY=VALUE]... [--json] [--out DIR] [--profile FILE] [--state FILE]",
	"binding timeouts and habits of a middlebox, or of a scenario's path, found as a black box", run,
	false };
