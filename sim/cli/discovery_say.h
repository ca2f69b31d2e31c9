/* SPDX-License-Identifier: BSD-2-Clause */
/* What the commands that discover a path say: rows as they become known, the verdict, and the exit status. */
#ifndef NAP_CLI_DISCOVERY_SAY_H
#define NAP_CLI_DISCOVERY_SAY_H

#include <glib.h>

#include "cli/cli.h"
#include "cli/discovery_options.h"
#include "report/discovery_report.h"

struct nap_scenario;

/* Are the expectations KEY=VALUE well formed? Of keys that are tests or parts of the verdict. False with error set. */
bool nap_discovery_expectable(char *const *expect, GError **error);

/* When a discovery that began at `began` has to be over: NAP_NEVER unless it is a quick one. */
nap_time nap_discovery_limit(const struct nap_discovery_settings *s, nap_time began);

/* Print on standard output what has become known; clear (may be NULL) is written to standard error before. */
void nap_discovery_say(struct nap_discovery_news *news, nap_time now, const char *clear);

/* Print the rest of the table, or the document: news NULL. */
/* Write what --out asks for; input and sc: the scenario, or NULL. False with "PATH: why". */
bool nap_discovery_write_out(const struct nap_discovery_settings *s, const struct nap_discovery *d,
	const char *origin, const char *input, const struct nap_scenario *sc, GError **error);

/* The rest of the news, or the document where there are none. */
void nap_discovery_say_all(
	struct nap_discovery_news *news, const struct nap_discovery *d, const char *origin);

/*
 * The exit status of a discovery that has ended or was interrupted; says on standard error what is missing, unsure or not as
 * expected. kept: there is a state file to go on from.
 */
int nap_discovery_status(const struct nap_command *command, const struct nap_discovery *d,
	const struct nap_discovery_settings *s, bool kept);

/* For --help. */
extern const char nap_discovery_statuses[];

#endif
