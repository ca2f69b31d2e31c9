/* SPDX-License-Identifier: BSD-2-Clause */
/* natnap infer-radio: demotion timers and promotion delays from round-trip times after idle gaps. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "text/input_error.h"
#include "io/outfile.h"
#include "io/probes.h"
#include "text/quantity.h"
#include "io/device.h"
#include "report/inferred_radio.h"

extern const struct nap_command nap_command_infer_radio;

#define SEED 1
#define MOST                                                                                                 \
	60000 /* probes: each is looked at in every one of hundreds of bootstraps, and these take some seconds */

static const char details[] =
	"PROBES.csv has a header and the columns interval (or idle_s: seconds of "
	"silence before the probe), RTT1 (or rtt_ms),\n"
	"and, if wanted, KeepOrDrop (YEP keeps). Other columns are passed over.\n"
	"In each state of the radio a round trip is a floor plus the wait for the next "
	"on-window. from_s is the first\n"
	"idle time that finds a state; its interval holds the timer (in 95 of 100 cases "
	"at least) and begins with the idle time\n"
	"before. ?: both states answer by turns there, and one sharp timer is not known "
	"to lie in it; from_s is then what three\n"
	"quarters of the probes find. Other intervals are 95 % bootstrap intervals.\n"
	"--simulate RADIO prints probes of a radio profile in the same form, to try "
	"the method on known timers.";

/* Print probes of a radio profile: idle 0, 0.1 ... until (s), so many at each, a path of rtt ms. */
static int simulate(const char *name, double until_s, int repeats, double path_ms)
{
	GError *error = NULL;
	struct nap_scenario *s = nap_device_load(name, NULL, ".", NULL, 0, &error);
	struct nap_rng rng = nap_rng_stream(SEED, 0, 0, NAP_RNG_RADIO),
		       phase = nap_rng_stream(SEED, 0, 0, NAP_RNG_PHASE);

	if (!s)
		return nap_input_failed(error);
	printf("idle_s,rtt_ms\n");
	for (int step = 0; step * 0.1 <= until_s + 1e-9; step++) {
		for (int k = 0; k < repeats; k++) {
			nap_time start = (nap_time)(nap_rng_unit(&phase) * 3600e9);
			double rtt = nap_radio_probe(
				s->radio, start, step * 100 * NAP_MS, 64, (nap_time)(path_ms * 1e6), &rng);

			printf("%.1f,", step * 0.1);
			/* lost probes have an empty field */
			printf(rtt < 0 ? "\n" : "%.3f\n", rtt * 1e3);
		}
	}
	nap_scenario_free(s);
	return NAP_EXIT_OK;
}

static int infer(const char *path, bool json, bool profile)
{
	GError *error = NULL;
	struct nap_probe_set set;
	struct nap_inference found;
	g_autofree char *text = NULL, *name = g_path_get_basename(path);

	if (!nap_probes_load(path, &set, &error))
		return nap_input_failed(error);
	if (set.n > MOST) {
		nap_fail(&error, "%s: %zu usable probes are more than %d: take every n-th row", path, set.n,
			MOST);
		g_free(set.probe);
		return nap_input_failed(error);
	}
	if (!nap_radio_infer(&found, set.probe, set.n, nap_rng_stream(SEED, 0, 0, NAP_RNG_SEARCH))) {
		nap_fail(&error, "%s: %zu usable probes are too few: 20 are needed, at 5 idle times or more",
			path, set.n);
		g_free(set.probe);
		return nap_input_failed(error);
	}
	if (json) {
		text = nap_inferred_json(name, &set, &found);
		printf("%s\n", text);
	} else {
		if (!profile) {
			g_autofree char *table = nap_inferred_table(name, &set, &found);

			printf("%s\n", table);
		}
		text = nap_inferred_profile(name, &found);
		fputs(text, stdout);
	}
	g_free(set.probe);
	return NAP_EXIT_OK;
}

static int run(int argc, char **argv)
{
	int json = 0, profile = 0, repeats = 5, status;
	double until = 20.0, path_ms = 50.0;
	g_autofree char *radio = NULL;
	const GOptionEntry entries[] = {
		{ "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print one JSON document", NULL },
		{ "profile", 0, 0, G_OPTION_ARG_NONE, &profile, "Print the radio profile alone", NULL },
		{ "simulate", 0, 0, G_OPTION_ARG_FILENAME, &radio, "Print probes of a radio profile instead",
			"RADIO" },
		{ "until", 0, 0, G_OPTION_ARG_DOUBLE, &until, "--simulate: longest idle time, s (20)", "S" },
		{ "repeats", 0, 0, G_OPTION_ARG_INT, &repeats, "--simulate: probes at each idle time (5)",
			"N" },
		{ "path-rtt", 0, 0, G_OPTION_ARG_DOUBLE, &path_ms,
			"--simulate: round trip of the path, ms (50)", "MS" },
		{ NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
	};

	if (!nap_parse_options(&nap_command_infer_radio, entries, details, &argc, &argv, &status))
		return status;
	if (radio) {
		if (argc != 1)
			return nap_usage_error(&nap_command_infer_radio, "--simulate takes no file");
		if (!(until >= 0.0 && until <= 3600.0) || repeats < 1 || repeats > 1000 ||
			!(path_ms >= 0.0 && path_ms <= 60000.0))
			return nap_usage_error(&nap_command_infer_radio,
				"--until lies in 0 to 3600, --repeats in 1 to "
				"1000, --path-rtt in 0 to 60000");
		return simulate(radio, until, repeats, path_ms);
	}
	if (argc != 2)
		return nap_usage_error(&nap_command_infer_radio, "one file of probes is needed");
	return infer(argv[1], json, profile);
}

const struct nap_command nap_command_infer_radio = { "infer-radio", "PROBES.csv [--json|--profile]",
	"dormancy timers from round-trip times after idle gaps", run, false };
