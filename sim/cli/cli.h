/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Subcommands. Each is a file cmd_NAME.c that ends in one constant
 * `nap_command_NAME`; the build gathers them. Results go to standard output,
 * all else to standard error.
 */
#ifndef NAP_CLI_CLI_H
#define NAP_CLI_CLI_H

#include <stdbool.h>

#include <glib.h>

/* Exit statuses of the program. */
enum {
	NAP_EXIT_OK = 0,
	NAP_EXIT_FAILED = 1, /* the run or check failed */
	NAP_EXIT_USAGE = 2,  /* bad usage or bad input */
};

struct nap_command {
	const char *name;     /* as typed: "infer-radio" */
	const char *synopsis; /* what follows the name: "SCENARIO... [--set GROUP.KEY=VALUE]..." */
	const char *summary;  /* one line, no full stop */
	int (*run)(int argc, char **argv); /* argv[0] is the name; returns an exit status */
	bool shares; /* its work is shared out over ranks: all of them run it; else the first one alone */
};

extern const struct nap_command *const nap_commands[]; /* all of them, by name, NULL-terminated */

/*
 * Parse a command's options, removing them from argv. Use G_OPTION_ARG_FILENAME for texts, which may hold any bytes.
 * True: go on. False: return *status at once (--help was shown, or usage was bad and said so). details: what --help
 * prints below the options, or NULL.
 */
bool nap_parse_options(const struct nap_command *command, const GOptionEntry *entries, const char *details,
	int *argc, char ***argv, int *status);

/* A text on standard output; on a terminal no line is wider than it. */
void nap_print(const char *text);

/* Say "natnap COMMAND: message" and how to get help; returns NAP_EXIT_USAGE. */
int nap_usage_error(const struct nap_command *command, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Print an input error's message ("FILE:LINE: ..."), free it; returns NAP_EXIT_USAGE. */
int nap_input_failed(GError *error);

/* Print the message of an operation that failed, free it; returns NAP_EXIT_FAILED. */
int nap_run_failed(GError *error);

/* The text of --version: program, libraries, optional parts. Free with g_free. */
char *nap_version_text(void);

/* This very build, for what is kept or sent as it lies in memory: two that differ count or store otherwise. Free with g_free. */
char *nap_build_text(void);

#endif
