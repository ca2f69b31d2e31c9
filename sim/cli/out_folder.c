/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/out_folder.h"

#include <string.h>

#include <json-glib/json-glib.h>

#include "embed/study.h"
#include "io/json.h"
#include "io/outfile.h"
#include "io/profile.h"
#include "text/scenario.h"

#define PLAIN "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./_=-:,%"

/* --out DIR or --jobs N: how many words it is; 0: it is another one. */
static int words_left_out(const char *word)
{
	static const char *const options[] = { "--out", "--jobs", "-o", "-j" };

	for (size_t i = 0; i < G_N_ELEMENTS(options); i++) {
		size_t n = strlen(options[i]);

		if (strcmp(word, options[i]) == 0)
			return 2;
		if (strncmp(word, options[i], n) == 0 && (n == 2 || word[n] == '='))
			return 1;
	}
	return 0;
}

bool nap_asks_for_files(int argc, char *const *argv)
{
	static const char *const options[] = { "-o", "--out", "--profile", "--state" };

	for (int i = 1; i < argc; i++)
		for (size_t k = 0; k < G_N_ELEMENTS(options); k++) {
			size_t n = strlen(options[k]);

			if (!strncmp(argv[i], options[k], n) && (n == 2 || !argv[i][n] || argv[i][n] == '='))
				return true;
		}
	return false;
}

char *nap_command_line(int argc, char *const *argv)
{
	GString *line = g_string_new("natnap");

	for (int i = 0; i < argc; i++) {
		int skip = words_left_out(argv[i]);
		bool plain = *argv[i] && strspn(argv[i], PLAIN) == strlen(argv[i]);
		g_autofree char *quoted = plain ? g_strdup(argv[i]) : g_shell_quote(argv[i]);

		if (skip > 0)
			i += skip - 1;
		else
			g_string_append_printf(line, " %s", quoted);
	}
	return g_string_free(line, FALSE);
}

void nap_put_profiles(JsonObject *document, const struct nap_scenario *sc)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free), texts = g_ptr_array_new();
	JsonObject *all = json_object_new();

	nap_collect_profiles(sc, names, texts);
	for (guint i = 0; i < names->len; i++)
		json_object_set_string_member(all, names->pdata[i], texts->pdata[i]);
	json_object_set_object_member(document, "profiles", all);
}

/* The document with how it came about. */
static char *with_provenance(const struct nap_out_folder *out)
{
	g_autoptr(JsonParser) parser = json_parser_new();
	g_autofree char *text = NULL;
	JsonObject *all;

	if (!json_parser_load_from_data(parser, out->json, -1, NULL)) /* it is ours */
		return g_strdup(out->json);
	all = json_node_get_object(json_parser_get_root(parser));
	json_object_set_string_member(all, "command", out->command);
	if (out->input && g_file_test(out->input, G_FILE_TEST_IS_REGULAR) &&
		g_file_get_contents(out->input, &text, NULL, NULL) && g_utf8_validate(text, -1, NULL))
		json_object_set_string_member(all, "text", text);
	if (out->scenario)
		nap_put_profiles(all, out->scenario);
	return nap_json_text(json_parser_steal_root(parser));
}

bool nap_out_folder_write(const struct nap_out_folder *out, GError **error)
{
	g_autofree char *document = g_build_filename(out->dir, out->document, NULL),
			*rows = g_build_filename(out->dir, out->rows, NULL), *json = with_provenance(out);

	return nap_make_folder(out->dir, error) && nap_write_file(rows, out->csv, strlen(out->csv), error) &&
	       nap_write_file(document, json, strlen(json), error);
}
