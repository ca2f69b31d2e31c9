/* SPDX-License-Identifier: BSD-2-Clause */
/* What all subcommands need: the table of them, options, messages. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "report/text_table.h"
#include "text/input_error.h"
#include "io/profile.h"

#define NAP_COMMAND(name) extern const struct nap_command nap_command_##name;
#include "commands.inc"
#undef NAP_COMMAND

const struct nap_command *const nap_commands[] = {
#define NAP_COMMAND(name) &nap_command_##name,
#include "commands.inc"
#undef NAP_COMMAND
	NULL
};

void nap_print(const char *text)
{
	g_autofree char *fits = nap_page_text(text);

	fputs(fits, stdout);
}

int nap_usage_error(const struct nap_command *command, const char *format, ...)
{
	g_autofree char *message = NULL;
	va_list args;

	va_start(args, format);
	message = g_strdup_vprintf(format, args);
	va_end(args);
	fprintf(stderr, "natnap %s: %s\nTry: natnap %s --help\n", command->name, message, command->name);
	return NAP_EXIT_USAGE;
}

int nap_input_failed(GError *error)
{
	fprintf(stderr, "%s\n", error->message);
	g_error_free(error);
	return NAP_EXIT_USAGE;
}

int nap_run_failed(GError *error)
{
	fprintf(stderr, "%s\n", error->message);
	g_error_free(error);
	return NAP_EXIT_FAILED;
}

/* " (did you mean --NAME?)" for an option that is none of the entries. */
static char *near_option(const GOptionEntry *entries, int argc, char **argv)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

	for (const GOptionEntry *e = entries; e && e->long_name; e++)
		g_ptr_array_add(names, g_strconcat("--", e->long_name, NULL));
	g_ptr_array_add(names, g_strdup("--help"));
	g_ptr_array_add(names, g_strdup("--profiles"));
	g_ptr_array_add(names, g_strdup("--wide"));
	g_ptr_array_add(names, NULL);
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		g_autofree char *word = g_strndup(argv[i], strcspn(argv[i], "="));

		if (g_str_has_prefix(word, "--") && !g_strv_contains((const char *const *)names->pdata, word))
			return nap_did_you_mean(word, (const char *const *)names->pdata);
	}
	return g_strdup("");
}

bool nap_parse_options(const struct nap_command *command, const GOptionEntry *entries, const char *details,
	int *argc, char ***argv, int *status)
{
	int help = 0, wide = 0;
	g_autofree char *profiles = NULL, *near = NULL;
	const GOptionEntry common[] = {
		{ "profiles", 0, 0, G_OPTION_ARG_FILENAME, &profiles,
			"Folder of profiles that go before the built-in ones", "DIR" },
		{ "wide", 0, 0, G_OPTION_ARG_NONE, &wide, "Tables of any width, also on a narrow terminal",
			NULL },
		{ "help", 'h', 0, G_OPTION_ARG_NONE, &help, "Show this", NULL },
		{ NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
	};
	g_autofree char *name = g_strconcat("natnap ", command->name, NULL);
	g_autoptr(GOptionContext) context = g_option_context_new(command->synopsis);
	g_autoptr(GError) error = NULL;

	g_set_prgname(name);
	g_option_context_set_summary(context, command->summary);
	g_option_context_set_description(context, details);
	g_option_context_set_help_enabled(context, FALSE);
	if (entries)
		g_option_context_add_main_entries(context, entries, NULL);
	g_option_context_add_main_entries(context, common, NULL);
	if (!g_option_context_parse(context, argc, argv, &error)) {
		near = near_option(entries, *argc, *argv);
		*status = nap_usage_error(command, "%s%s", error->message, near);
		return false;
	}
	if (wide)
		nap_table_set_page(0);
	if (profiles && !nap_profiles_use(profiles, &error)) {
		*status = nap_input_failed(g_steal_pointer(&error));
		return false;
	}
	if (help) {
		g_autofree char *text = g_option_context_get_help(context, FALSE, NULL);

		nap_print(text);
		*status = NAP_EXIT_OK;
		return false;
	}
	if (*argc > 1 && strcmp((*argv)[1], "--") == 0) {
		memmove(*argv + 1, *argv + 2, (size_t)(*argc - 1) * sizeof **argv);
		(*argc)--;
	}
	return true;
}
