/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/discovery_options.h"

#include <stdio.h>
#include <string.h>

#include <glib/gstdio.h>

#include "text/input_error.h"
#include "io/outfile.h"
#include "text/quantity.h"
#include "cli/discovery_say.h"

#define MOST_REPEATS 100
#define MOST_FLOWS   60000 /* ports of one address, about */
#define LONGEST_DAYS 36500 /* what twice still fits into a time */
#define LONGEST      (LONGEST_DAYS * NAP_DAY)

void nap_discovery_settings_init(
	struct nap_discovery_settings *s, const struct nap_discovery_options *defaults)
{
	*s = (struct nap_discovery_settings){ .repeats = (int)defaults->repeats,
		.width = (int)defaults->width,
		.flows = (int)defaults->flows,
		.bindings = (int)defaults->bindings,
		.quick_span = 15 * NAP_S };
}

void nap_discovery_settings_clear(struct nap_discovery_settings *s)
{
	g_free(s->strategy);
	g_free(s->error);
	g_free(s->resolution);
	g_free(s->most);
	g_free(s->duration);
	g_free(s->profile);
	g_free(s->out);
	g_free(s->command);
	g_strfreev(s->test);
	g_strfreev(s->expect);
}

GOptionEntry *nap_discovery_entries(struct nap_discovery_settings *s, const GOptionEntry *own)
{
	const GOptionEntry shared[] = {
		{ "test", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &s->test,
			"Run this test alone, and the timer it needs (may be repeated)", "NAME" },
		{ "expect", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &s->expect,
			"Exit with 1 unless the answer is this (may be repeated)", "KEY=VALUE" },
		{ "strategy", 0, 0, G_OPTION_ARG_FILENAME, &s->strategy, "How to search for timers", "NAME" },
		{ "error", 0, 0, G_OPTION_ARG_FILENAME, &s->error, "Chance that loss misleads a finding",
			"P" },
		{ "resolution", 0, 0, G_OPTION_ARG_FILENAME, &s->resolution, "Width of a timer's bracket",
			"TIME" },
		{ "max", 0, 0, G_OPTION_ARG_FILENAME, &s->most, "Longest idle time to try", "TIME" },
		{ "duration", 0, 0, G_OPTION_ARG_FILENAME, &s->duration, "How long to keep a flow busy",
			"TIME" },
		{ "repeats", 0, 0, G_OPTION_ARG_INT, &s->repeats, "Times to try a found bracket again", "N" },
		{ "width", 0, 0, G_OPTION_ARG_INT, &s->width, "Flows of one search at once, at most", "N" },
		{ "flows", 0, 0, G_OPTION_ARG_INT, &s->flows, "Flows under test at once, in all, at most",
			"N" },
		{ "bindings", 0, 0, G_OPTION_ARG_INT, &s->bindings, "Most flows to open at once", "N" },
		{ "quick", 0, 0, G_OPTION_ARG_NONE, &s->quick,
			"Within 15 s: mapping, filtering, ports, hairpinning, and how long flows live at "
			"least",
			NULL },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &s->json, "Print one JSON document", NULL },
		{ "profile", 0, 0, G_OPTION_ARG_FILENAME, &s->profile,
			"Write what was found as a middlebox profile", "FILE" },
		{ "out", 0, 0, G_OPTION_ARG_FILENAME, &s->out,
			"Write discovery.json and timers.csv into DIR, for natnap plot and natnap report",
			"DIR" },
	};
	size_t n = 0;
	GOptionEntry *all;

	while (own[n].long_name)
		n++;
	all = g_new0(GOptionEntry, n + G_N_ELEMENTS(shared) + 1);
	memcpy(all, own, n * sizeof(*all));
	memcpy(all + n, shared, sizeof(shared));
	return all;
}

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
	return *out <= LONGEST || nap_fail(error, "%s: at most %d days can be tried", option, LONGEST_DAYS);
}

static bool choose_strategy(const char *name, struct nap_discovery_options *o, GError **error)
{
	g_autoptr(GString) all = g_string_new(NULL);

	if (!name)
		return true;
	o->strategy = nap_strategy_find(name);
	for (uint32_t i = 0; nap_strategies[i]; i++)
		g_string_append_printf(all, "%s%s", i ? ", " : "", nap_strategies[i]->name);
	return o->strategy || nap_fail(error, "--strategy: none of %s", all->str);
}

/* The test of that name, however it is written (papers write UDP-1); NULL: there is none. */
static const char *test_of(const char *name)
{
	for (uint32_t i = 0; i < nap_n_tests; i++)
		if (g_ascii_strcasecmp(nap_tests[i].name, name) == 0)
			return nap_tests[i].name;
	return NULL;
}

static bool no_test(const char *name, GError **error)
{
	g_autofree const char **all = g_new0(const char *, nap_n_tests + 1);
	g_autofree char *shown = nap_shown(name), *near = NULL;

	for (uint32_t i = 0; i < nap_n_tests; i++)
		all[i] = nap_tests[i].name;
	near = nap_did_you_mean(name, all);
	return nap_fail(error, "--test: %s is no test%s; --help lists them", shown, near);
}

static bool choose_tests(char **names, struct nap_discovery_options *o, GError **error)
{
	for (char **name = names; name && *name; name++) {
		const char *test = test_of(*name);

		if (!test)
			return no_test(*name, error);
		g_free(*name);
		*name = g_strdup(test);
	}
	if (names)
		o->only = (const char *const *)names;
	return true;
}

static bool choose_error(const char *text, struct nap_discovery_options *o, GError **error)
{
	char *end;
	double e;

	if (!text)
		return true;
	e = g_ascii_strtod(text, &end);
	if (end == text || *end || !(e > 0 && e < 1))
		return nap_fail(
			error, "--error: a probability above 0 and below 1 is wanted, for instance 1e-3");
	o->error = e;
	return true;
}

/*
 * A look of seconds. Two go into measuring loss; a stream of UDP takes 3 s, and silences must be told; the rest is the idle time.
 */
static void hurry(struct nap_discovery_options *o)
{
	static const char *const tests[] = { "mapping", "filtering", "tcp-mapping", "tcp-filtering", "ports",
		"hairpin", "udp-1", "udp-3", "tcp-1", NULL };

	o->at_once = true;
	o->only = tests;
	o->most_udp = o->most_tcp = o->first = 5 * NAP_S;
	o->error = MAX(o->error, 1e-2);
	o->control = 40;
	o->spacing = nap_time_min(o->spacing, 25 * NAP_MS);
	o->phase = 0;
	o->phase = 0;
	o->repeats = 0;
	o->width = MIN(o->width, 8);
	o->flows = MIN(o->flows, 32);
}

bool nap_discovery_choose(const struct nap_discovery_settings *s,
	const struct nap_discovery_options *defaults, struct nap_discovery_options *out, GError **error)
{
	const struct {
		const char *option;
		int value, least, most;
	} numbers[] = {
		{ "--repeats", s->repeats, 0, MOST_REPEATS },
		{ "--width", s->width, 1, NAP_STRATEGY_WIDTH },
		{ "--flows", s->flows, 1, MOST_FLOWS },
		{ "--bindings", s->bindings, 1, 1000000 },
	};

	*out = *defaults;
	for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
		if (numbers[i].value < numbers[i].least || numbers[i].value > numbers[i].most)
			return nap_fail(error, "%s: from %d to %d", numbers[i].option, numbers[i].least,
				numbers[i].most);
	out->repeats = (uint32_t)s->repeats;
	out->width = (uint32_t)s->width;
	out->flows = (uint32_t)s->flows;
	out->bindings = (uint64_t)s->bindings;
	if (s->quick)
		hurry(out);
	if (s->most) {
		if (!choose_time("--max", s->most, &out->most_tcp, error))
			return false;
		out->most_udp = out->most_tcp;
		out->first = nap_time_min(out->first, out->most_tcp);
	}
	return choose_error(s->error, out, error) &&
	       choose_time("--resolution", s->resolution, &out->resolution, error) &&
	       choose_time("--duration", s->duration, &out->duration, error) &&
	       choose_strategy(s->strategy, out, error) && choose_tests(s->test, out, error) &&
	       nap_discovery_expectable(s->expect, error);
}

bool nap_discovery_can_write(const struct nap_discovery_settings *s, const char *state, GError **error)
{
	return (!s->out || nap_make_folder(s->out, error)) &&
	       (!s->profile || nap_outfile_try(s->profile, error)) &&
	       (!state || nap_outfile_try(state, error));
}

bool nap_discovery_write_profile(const struct nap_discovery_settings *s, const struct nap_discovery *d,
	const char *text, GError **error)
{
	bool open = nap_discovery_ended(d) < nap_discovery_count(d) && !s->quick;
	g_autofree char *partial = s->profile ? g_strconcat(s->profile, ".partial", NULL) : NULL;

	if (!partial)
		return true;
	if (open && g_file_test(s->profile, G_FILE_TEST_IS_REGULAR)) {
		fprintf(stderr, "natnap: %s stays as it was; what is known now is in %s\n", s->profile,
			partial);
		return nap_write_file(partial, text, strlen(text), error);
	}
	if (!nap_write_file(s->profile, text, strlen(text), error))
		return false;
	if (!open)
		g_unlink(partial);
	return true;
}

/* Is a test made unless others are named? */
static bool is_usual(const struct nap_discovery_options *defaults, const char *test)
{
	return !defaults->only || g_strv_contains(defaults->only, test);
}

char *nap_discovery_details(const struct nap_discovery_options *defaults)
{
	GString *out = g_string_new(nap_discovery_statuses);
	g_autofree char *resolution = nap_time_format(defaults->resolution),
			*udp = nap_time_format(defaults->most_udp),
			*tcp = nap_time_format(defaults->most_tcp),
			*duration = nap_time_format(defaults->duration);

	g_string_append(out, "Strategies:\n");
	for (uint32_t i = 0; nap_strategies[i]; i++)
		g_string_append_printf(
			out, "  %-10s %s\n", nap_strategies[i]->name, nap_strategies[i]->summary);
	g_string_append(out, "\nTests:\n");
	for (uint32_t i = 0; i < nap_n_tests; i++)
		if (!nap_tests[i].per_port)
			g_string_append_printf(out, "  %-18s %s%s\n", nap_tests[i].name, nap_tests[i].title,
				is_usual(defaults, nap_tests[i].name) ? "" : "; only if named by --test");
	g_string_append(
		out, "udp-1 and udp-3 are also made for each well-known port at which the server listens:");
	for (uint32_t i = 0; i < nap_n_test_ports; i++)
		g_string_append_printf(out, "%s %u", i ? "," : "", nap_test_ports[i]);
	g_string_append_printf(out,
		".\n\n"
		"Defaults: error %g, resolution %s, max %s for UDP and %s for TCP, duration %s, repeats %u, "
		"width %u, flows %u, bindings %" G_GUINT64_FORMAT ".",
		defaults->error, resolution, udp, tcp, duration, defaults->repeats, defaults->width,
		defaults->flows, defaults->bindings);
	return g_string_free(out, FALSE);
}
