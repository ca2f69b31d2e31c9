/* SPDX-License-Identifier: BSD-2-Clause */
/* natnap explore: a page in which a person moves a scenario's values, and natnap's own core in it shows what follows. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/explorer_page.h"
#include "cli/serve.h"
#include "embed/study.h"
#include "io/json.h"
#include "io/keyfile.h"
#include "io/outfile.h"
#include "text/input_error.h"

extern const struct nap_command nap_command_explore;

#define PLACE "@SCENARIO@" /* in the page, once */

static const char help[] = "The page holds all it needs and asks no server for anything: open it from disk, "
			   "or put it on any web site. Its "
			   "numbers are\n"
			   "those of natnap run. It has the shipped profiles alone: a scenario that names "
			   "files is refused. --serve "
			   "offers the\n"
			   "page on 127.0.0.1 until Ctrl-C. SCENARIO - is standard input.";

struct options {
	char **set, *out;
	gboolean serve;
	int port;
};

/* As in a script of type application/json: what ends the script, or an old comment, is escaped. */
static char *for_script(const char *json)
{
	GString *s = g_string_new(json);

	g_string_replace(s, "<", "\\u003c", 0);
	return g_string_free(s, FALSE);
}

static char *scenario_json(const char *name, const char *text, char **set)
{
	g_autoptr(JsonBuilder) b = json_builder_new();
	g_autofree char *json = NULL;

	json_builder_begin_object(b);
	nap_json_put_text(b, "name", name);
	nap_json_put_text(b, "text", text);
	json_builder_set_member_name(b, "set");
	json_builder_begin_array(b);
	for (; set && *set; set++)
		json_builder_add_string_value(b, *set);
	json_builder_end_array(b);
	json_builder_end_object(b);
	json = nap_json_built(b);
	return for_script(json);
}

/* The scenario as the page will load it: with the shipped profiles, and no file. */
static bool is_sound(const struct nap_document *d, char **set, GError **error)
{
	struct nap_study s = { .goal = nap_tune_goal_usual() };
	bool ok;

	s.document = nap_document_parse(d->path, NULL, d->text, d->length, error);
	ok = s.document && nap_study_set(&s, (const char *const *)set, 0, error) && nap_study_load(&s, error);
	nap_study_clear(&s);
	return ok;
}

/* The whole page. NULL with an input error. */
static GString *make_page(const char *path, char **set, GError **error)
{
	struct nap_document *d = nap_document_load(path, error);
	g_autofree char *name = g_path_get_basename(path), *json = NULL;
	size_t length;
	const char *page = nap_explorer_page(&length),
		   *place = page ? g_strstr_len(page, (gssize)length, PLACE) : NULL;
	GString *made = NULL;

	if (d && place && is_sound(d, set, error)) {
		json = scenario_json(strcmp(path, "-") == 0 ? "-" : name, d->text, set);
		made = g_string_new_len(page, place - page);
		g_string_append(made, json);
		g_string_append_len(
			made, place + strlen(PLACE), (gssize)length - (place - page) - (gssize)strlen(PLACE));
	}
	nap_document_free(d);
	return made;
}

static int explore(const char *path, const struct options *o)
{
	GError *error = NULL;
	g_autoptr(GString) page = make_page(path, o->set, &error);

	if (!page)
		return nap_input_failed(error);
	if (o->serve)
		return nap_serve_page(page->str, page->len, (uint16_t)o->port, &error)
			       ? NAP_EXIT_OK
			       : nap_run_failed(error);
	if (!o->out)
		fwrite(page->str, 1, page->len, stdout);
	else if (!nap_write_file(o->out, page->str, page->len, &error))
		return nap_run_failed(error);
	return NAP_EXIT_OK;
}

static int run(int argc, char **argv)
{
	struct options o = { .port = 0 };
	const GOptionEntry entries[] = {
		{ "set", 's', 0, G_OPTION_ARG_FILENAME_ARRAY, &o.set,
			"Set a key of the scenario, over what the file says", "GROUP.KEY=VALUE" },
		{ "out", 'o', 0, G_OPTION_ARG_FILENAME, &o.out,
			"Write the page there instead of standard output", "FILE.html" },
		{ "serve", 0, 0, G_OPTION_ARG_NONE, &o.serve,
			"Offer the page on 127.0.0.1 and print its address", NULL },
		{ "port", 0, 0, G_OPTION_ARG_INT, &o.port, "Port of --serve (default: a free one)", "N" },
		{ NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
	};
	size_t length;
	int status;

	if (!nap_parse_options(&nap_command_explore, entries, help, &argc, &argv, &status))
		return status;
	if (argc != 2)
		status = nap_usage_error(
			&nap_command_explore, argc < 2 ? "no scenario given" : "takes one scenario");
	else if (o.serve && o.out)
		status = nap_usage_error(&nap_command_explore, "--out or --serve, not both");
	else if (o.port < 0 || o.port > 65535 || (o.port && !o.serve))
		status = nap_usage_error(
			&nap_command_explore, "--port takes a port from 1 to 65535, and goes with --serve");
	else if (!nap_explorer_page(&length)) {
		fputs("natnap explore: this natnap was built without the page: install emscripten, then make "
		      "explorer\n",
			stderr);
		status = NAP_EXIT_FAILED;
	} else
		status = explore(argv[1], &o);
	g_strfreev(o.set);
	g_free(o.out);
	return status;
}

const struct nap_command nap_command_explore = { "explore",
	"SCENARIO [--set GROUP.KEY=VALUE]... [--out FILE.html | --serve [--port N]]",
	"a web page in which a person moves a scenario's values and sees what follows", run, false };
