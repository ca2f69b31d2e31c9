/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/folder_journal.h"

#include <stdio.h>
#include <string.h>

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>

#include "cli/agree.h"
#include "cli/cli.h"
#include "io/outfile.h"

void nap_folder_digest(GChecksum *c, const char *text)
{
	/* with its NUL: no two lists look alike */
	if (text)
		g_checksum_update(c, (const guchar *)text, (gssize)strlen(text) + 1);
	else
		g_checksum_update(c, (const guchar *)"\1", 1);
}

struct nap_journal *nap_folder_journal_open(
	const char *folder, const char *input, uint64_t seed, bool anew, GError **error)
{
	g_autofree char *build = nap_build_text(), *path = g_build_filename(folder, NAP_FOLDER_JOURNAL, NULL);
	struct nap_journal_head head = { build, input, seed };

	return nap_all_agree(nap_make_folder(folder, error), error)
		       ? nap_journal_open(path, &head, anew, error)
		       : NULL;
}

int nap_folder_failed(GError *error)
{
	return g_error_matches(error, G_IO_ERROR, G_IO_ERROR_EXISTS) ? nap_input_failed(error)
								     : nap_run_failed(error);
}

void nap_folder_journal_say_damage(const struct nap_journal *j, const char *folder)
{
	uint64_t damage = nap_journal_damage(j);

	if (damage > 0)
		fprintf(stderr,
			"natnap: %s/" NAP_FOLDER_JOURNAL ": the last %" G_GUINT64_FORMAT
			" bytes are cut off or damaged: what they held is done again\n",
			folder, damage);
}

void nap_folder_journal_close(struct nap_journal *j, const char *folder, bool whole)
{
	if (j && nap_journal_fault(j))
		fprintf(stderr, "natnap: %s: what was finished since is not kept\n", nap_journal_fault(j));
	if (nap_journal_close(j, whole))
		fprintf(stderr,
			"natnap: what is finished is kept in %s/" NAP_FOLDER_JOURNAL
			": the same command does the rest\n",
			folder);
}

/* ---- a part never takes the place of a whole --------------------------------------------------------------------- */

static bool is_marked(JsonNode *root, const char *mark)
{
	JsonObject *o = root && JSON_NODE_HOLDS_OBJECT(root) ? json_node_get_object(root) : NULL;
	JsonNode *node = o ? json_object_get_member(o, mark) : NULL;

	return node && !JSON_NODE_HOLDS_NULL(node) &&
	       !(JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_BOOLEAN &&
		       !json_node_get_boolean(node));
}

static bool holds_whole(const char *dir, const char *document, const char *mark)
{
	g_autofree char *path = g_build_filename(dir, document, NULL);
	g_autoptr(JsonParser) parser = json_parser_new();

	/* what is no document that can be read is not known to be a part */
	return g_file_test(path, G_FILE_TEST_EXISTS) &&
	       !(g_file_test(path, G_FILE_TEST_IS_REGULAR) &&
		       json_parser_load_from_file(parser, path, NULL) &&
		       is_marked(json_parser_get_root(parser), mark));
}

char *nap_folder_for_part(const char *dir, const char *document, const char *mark)
{
	char *partial;

	if (!holds_whole(dir, document, mark))
		return g_strdup(dir);
	partial = g_build_filename(dir, "partial", NULL);
	fprintf(stderr, "natnap: the whole result in %s stays; what is complete of this run is in %s\n", dir,
		partial);
	return partial;
}

void nap_folder_remove_part(const char *dir, const char *const *names, size_t n)
{
	g_autofree char *partial = g_build_filename(dir, "partial", NULL);

	for (size_t i = 0; i < n; i++) {
		g_autofree char *path = g_build_filename(partial, names[i], NULL);

		g_unlink(path);
	}
	g_rmdir(partial);
}
