/* SPDX-License-Identifier: BSD-2-Clause */
/* Options that the commands which discover a path share, from text to struct nap_discovery_options. */
#ifndef NAP_CLI_DISCOVERY_OPTIONS_H
#define NAP_CLI_DISCOVERY_OPTIONS_H

#include <glib.h>

#include "cli/cli.h"
#include "discovery/discovery.h"

/* What the command line says, as text; clear it with nap_discovery_settings_clear. */
struct nap_discovery_settings {
	char *strategy, *error, *resolution, *most, *duration, *profile, *out;
	char *command; /* as it was typed */
	char **test, **expect;
	int repeats, width, flows, bindings, json, quick;
	nap_time quick_span; /* the prober's time that --quick takes at most */
};

/* Numbers as in defaults, texts NULL. */
void nap_discovery_settings_init(
	struct nap_discovery_settings *s, const struct nap_discovery_options *defaults);
void nap_discovery_settings_clear(struct nap_discovery_settings *s);

/* The options' entries, writing to s; then own ones up to a long_name of NULL. Free with g_free. */
GOptionEntry *nap_discovery_entries(struct nap_discovery_settings *s, const GOptionEntry *own);

/* defaults with what s says; false with error set, naming the option. out->only points into s. */
bool nap_discovery_choose(const struct nap_discovery_settings *s,
	const struct nap_discovery_options *defaults, struct nap_discovery_options *out, GError **error);

/* Can the files be written that are asked for at the end? state may be NULL. False with error set. */
bool nap_discovery_can_write(const struct nap_discovery_settings *s, const char *state, GError **error);

/*
 * Write the profile that is asked for. What an interrupted discovery has never takes the place of a file that is there: it goes
 * to FILE.partial, and that is said.
 */
bool nap_discovery_write_profile(const struct nap_discovery_settings *s, const struct nap_discovery *d,
	const char *text, GError **error);

/* For --help: the strategies, the tests, the defaults. Free with g_free. */
char *nap_discovery_details(const struct nap_discovery_options *defaults);

#endif
