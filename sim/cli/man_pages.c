/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/man_pages.h"

#include <string.h>

#include "cli/cli.h"
#include "cli/glossary.h"
#include "cli/help_text.h"

/* Text as troff sees it: no line starts with a macro, no backslash or hyphen is lost. */
static void append_troff(GString *out, const char *text)
{
	if (*text == '.' || *text == '\'')
		g_string_append(out, "\\&");
	for (; *text; text++) {
		if (*text == '\\')
			g_string_append(out, "\\e");
		else if (*text == '-')
			g_string_append(out, "\\-");
		else
			g_string_append_c(out, *text);
	}
	g_string_append_c(out, '\n');
}

/* What `natnap NAME --help` prints below its summary: options and details. NULL when the program cannot be asked. */
static char *options_of(const char *name)
{
	char *argv[] = { (char *)"/proc/self/exe", (char *)name, (char *)"--help", NULL };
	char *text = NULL, *options;
	int status;

	if (!g_spawn_sync(NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &text, NULL, &status, NULL) ||
		status != 0) {
		g_free(text);
		return NULL;
	}
	options = strstr(text, "Options:\n");
	options = options ? g_strdup(strchr(options, '\n') + 1) : NULL;
	g_free(text);
	return options ? g_strchomp(options) : NULL;
}

static void man_keys(GString *out, const struct nap_table *all)
{
	append_troff(out, "A scenario is a key file: [GROUP] lines, KEY = VALUE lines, and comments on lines "
			  "of their own that "
			  "start with #. Every quantity carries its unit.");
	for (const struct nap_table *t = all; t->group; t++) {
		g_autoptr(GString) heading = g_string_new(NULL);

		nap_help_heading(heading, t);
		g_string_append(out, ".SS ");
		append_troff(out, g_strchomp(heading->str));
		for (const struct nap_param *row = t->rows; row->key; row++) {
			g_autofree char *type = nap_help_type(row);

			g_string_append_printf(out, ".TP\n.B %s\n", row->key);
			append_troff(out, type);
			g_string_append(out, ".br\n");
			append_troff(out, row->help);
		}
	}
	g_string_append(out, ".SS [mix]: subscribers of several kinds\n");
	append_troff(out, "GROUP.KEY = A 60%; B 40%: each subscriber draws one of these values, for each key "
			  "by itself.");
	g_string_append(out, ".SS [population]: columns of the table that [scenario] population names\n");
	append_troff(out, "COLUMN = GROUP.KEY; GROUP.KEY: its cells are these keys' values, a row a kind of "
			  "subscriber. "
			  "COLUMN = weight: how much each row counts.");
	g_string_append(out, ".SS [sweep]: values to go through\n");
	append_troff(out,
		"GROUP.KEY = A; B; C, or linear A B N, or geometric A B N; a key of [middlebox "
		"NAME] is written "
		"middlebox.NAME.KEY. Several rows form a grid; the first turns slowest. KEY & KEY = A & B; "
		"C & D: keys that go together. KEY = OTHER.KEY * 2 + 5s: what another key's value makes it. "
		"KEY = linear A B, without a count: sampled, with all such keys, as sample = sobol N or "
		"sample = latin-hypercube N says.");
}

static void man_terms(GString *out)
{
	g_string_append(out, ".SH GLOSSARY\n");
	for (const struct nap_term *t = nap_glossary; t->name; t++) {
		g_string_append(out, ".TP\n.B ");
		append_troff(out, t->name);
		append_troff(out, t->text);
		if (*t->other) {
			g_autofree char *also = g_strdup_printf("Also: %s.", t->other);

			append_troff(out, also);
		}
	}
}

/* ---- natnap(1) and natnap-COMMAND(1) --------------------------------------------------------------------------------- */

static void begin(GString *out, const char *name, int section, const char *what)
{
	g_autofree char *upper = g_ascii_strup(name, -1);

	g_string_append_printf(
		out, ".TH %s %d \"\" \"natnap %s\" \"natnap\"\n.SH NAME\n", upper, section, NATNAP_VERSION);
	g_string_append_printf(out, "%s \\- ", name);
	append_troff(out, what);
}

/* Pages to go on with, the last named last. */
static void see_also(GString *out, const char *const *pages)
{
	g_string_append(out, ".SH SEE ALSO\n");
	for (; *pages; pages++) {
		size_t n = strcspn(*pages, "(");

		g_string_append_printf(
			out, ".BR %.*s %s%s\n", (int)n, *pages, *pages + n, pages[1] ? "," : "");
	}
}

static void exit_status(GString *out)
{
	g_string_append(out, ".SH EXIT STATUS\n");
	append_troff(out,
		"0: success. 1: the run or check failed. 2: bad usage or bad input. By SIGPIPE (141 in a "
		"shell) where nobody reads standard output to its end, without a word but one that "
		"files it was to write are whole.");
}

static void overview(GString *out)
{
	static const char *const others[] = { "natnap-scenario(5)", "natnap-profiles(5)", "libnatnap(3)",
		NULL };

	begin(out, "natnap", 1, "simulate NATs, radio dormancy and client keepalives");
	g_string_append(out, ".SH SYNOPSIS\n.B natnap\n[\\-\\-profiles DIR] COMMAND [ARGUMENT]...\n");
	g_string_append(out, ".SH DESCRIPTION\n");
	append_troff(out, "natnap tells how often a client must speak so that the middleboxes between it and "
			  "its server keep its connection open, and what that costs the battery.");
	g_string_append(out, ".SH COMMANDS\n");
	for (const struct nap_command *const *c = nap_commands; *c; c++) {
		g_string_append_printf(out, ".TP\n.BR natnap\\-%s (1)\n", (*c)->name);
		append_troff(out, (*c)->summary);
		g_string_append(out, ".br\n");
		append_troff(out, (*c)->synopsis);
	}
	g_string_append(out, ".SH ENVIRONMENT\n.TP\n.B NATNAP_PROFILES\n");
	append_troff(out, "Folders of profiles, separated by colons, that go before the built-in ones.");
	exit_status(out);
	man_terms(out);
	see_also(out, others);
}

static void command_page(GString *out, const struct nap_command *c)
{
	static const char *const others[] = { "natnap(1)", "natnap-scenario(5)", NULL };
	g_autofree char *name = g_strconcat("natnap-", c->name, NULL), *options = options_of(c->name);
	g_auto(GStrv) lines = g_strsplit(options ? options : "", "\n", -1);

	begin(out, name, 1, c->summary);
	g_string_append_printf(out, ".SH SYNOPSIS\n.B natnap %s\n", c->name);
	append_troff(out, c->synopsis);
	g_string_append(out, ".SH OPTIONS\n.nf\n");
	for (char **line = lines; *line; line++)
		append_troff(out, *line);
	g_string_append(out, ".fi\n");
	exit_status(out);
	see_also(out, others);
}

/* ---- section 5 ------------------------------------------------------------------------------------------------------- */

static void scenario_page(GString *out, const struct nap_table *all)
{
	static const char *const others[] = { "natnap(1)", "natnap-run(1)", "natnap-profiles(5)", NULL };

	begin(out, "natnap-scenario", 5, "what a scenario of natnap can say");
	g_string_append(out, ".SH DESCRIPTION\n");
	man_keys(out, all);
	see_also(out, others);
}

static void profiles_page(GString *out)
{
	static const char *const others[] = { "natnap-profiles(1)", "natnap-scenario(5)", NULL };

	begin(out, "natnap-profiles", 5, "profiles of middleboxes, radios, batteries and applications");
	g_string_append(out, ".SH DESCRIPTION\n");
	append_troff(out,
		"A profile is a key file with the keys of its group, a source, and, where not all of it was "
		"verified, what is unsure. A scenario names it by profile (application in [client]); base "
		"names a profile whose values hold where this one says nothing.");
	for (int kind = 0; kind < NAP_PROFILE_KINDS; kind++) {
		g_autofree char *example = nap_help_example((enum nap_profile_kind)kind);
		g_auto(GStrv) names = nap_profile_names((enum nap_profile_kind)kind);
		g_auto(GStrv) lines = g_strsplit(example, "\n", -1);
		g_autofree char *list = g_strjoinv(", ", names),
				*upper = g_ascii_strup(nap_profile_kinds[kind], -1);

		g_string_append_printf(out, ".SH %s\n", upper);
		append_troff(out, list);
		g_string_append(out, ".SS Every key\n.nf\n");
		for (char **line = lines; *line; line++)
			append_troff(out, *line);
		g_string_append(out, ".fi\n");
	}
	see_also(out, others);
}

char *nap_man_page(const struct nap_table *all, const char *name)
{
	GString *out = g_string_new(NULL);

	if (strcmp(name, "natnap") == 0)
		overview(out);
	else if (strcmp(name, "natnap-scenario") == 0)
		scenario_page(out, all);
	else if (strcmp(name, "natnap-profiles.5") == 0)
		profiles_page(out);
	for (const struct nap_command *const *c = nap_commands; *c; c++)
		if (g_str_has_prefix(name, "natnap-") && strcmp(name + strlen("natnap-"), (*c)->name) == 0)
			command_page(out, *c);
	return g_string_free(out, out->len == 0);
}
