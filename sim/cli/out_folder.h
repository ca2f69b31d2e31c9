/* SPDX-License-Identifier: BSD-2-Clause */
/* --out of the commands that print one document: the document and its rows as files, for natnap plot and natnap report. */
#ifndef NAP_CLI_OUT_FOLDER_H
#define NAP_CLI_OUT_FOLDER_H

#include <stdbool.h>

#include <json-glib/json-glib.h>

struct nap_scenario;

/* What goes into the folder; texts are the caller's. */
struct nap_out_folder {
	const char *dir;
	const char *document, *json; /* name and text; it gets the command and the input's text as members */
	const char *rows, *csv;      /* name and text */
	const char *command;         /* as it was typed */
	const char *input;           /* a file whose text belongs to it; NULL or no file: none */
	const struct nap_scenario *scenario; /* whose profiles belong to it; NULL: none */
};

/*
 * The command line as a shell understands it, "natnap check linux", without --out and --jobs, of which no number depends;
 * before options are taken from argv. g_free.
 */
char *nap_command_line(int argc, char *const *argv);

/* Do these words ask for files (--out, --profile, --state)? Before options are taken from argv. */
bool nap_asks_for_files(int argc, char *const *argv);

/* Write it; false with "PATH: why". */
bool nap_out_folder_write(const struct nap_out_folder *out, GError **error);

/* The member "profiles" of a document: each name with its text. */
void nap_put_profiles(JsonObject *document, const struct nap_scenario *sc);

#endif
