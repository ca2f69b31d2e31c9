/* SPDX-License-Identifier: BSD-2-Clause */
/* natnap: a table of subcommands. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <glib.h>

#include "cli/cli.h"
#include "cli/out_folder.h"
#include "text/input_error.h"
#include "io/outfile.h"
#include "io/profile.h"
#include "parallel/ranks.h"
#include "report/text_table.h"

static char *overview(void)
{
	GString *s = g_string_new(
		"natnap: how often must a client speak so that the middleboxes between it and its server\n"
		"keep its connection open, and what does that cost the battery?\n\n"
		"Usage: natnap [--profiles DIR] COMMAND [ARGUMENT]...\n\nCommands:\n");

	for (const struct nap_command *const *c = nap_commands; *c; c++)
		g_string_append_printf(s, "  %-12s %s\n", (*c)->name, (*c)->summary);
	g_string_append(s,
		"\nOptions:\n"
		"  --profiles DIR  take profiles from DIR before the built-in ones (also: " NAP_PROFILES_ENV
		")\n"
		"  -V, --version   show the version, the libraries and which optional parts are built in\n"
		"  -h, --help      show this; natnap COMMAND --help shows a command's options\n\n"
		"natnap help explains every key of a scenario.\n");
	return g_string_free(s, FALSE);
}

static const struct nap_command *find_command(const char *name)
{
	for (const struct nap_command *const *c = nap_commands; *c; c++)
		if (strcmp((*c)->name, name) == 0)
			return *c;
	return NULL;
}

static int unknown_command(const char *name)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	g_autofree char *near = NULL, *shown = nap_shown(name);

	for (const struct nap_command *const *c = nap_commands; *c; c++)
		g_ptr_array_add(names, (char *)(*c)->name);
	g_ptr_array_add(names, NULL);
	near = nap_did_you_mean(name, (const char *const *)names->pdata);
	fprintf(stderr, "natnap: unknown %s %s%s\nTry: natnap --help\n", *name == '-' ? "option" : "command",
		shown, near);
	return NAP_EXIT_USAGE;
}

static bool names_standard_input(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "-") == 0)
			return true;
	return false;
}

/* Options before the command; the rest goes to it. */
static int dispatch(int argc, char **argv)
{
	const struct nap_command *command;
	const char *profiles = NULL;
	GError *error = NULL;
	int i = 1;

	for (; i < argc && argv[i][0] == '-'; i++) {
		if (strcmp(argv[i], "--version") == 0 || strcmp(argv[i], "-V") == 0) {
			g_autofree char *text = nap_version_text();

			fputs(text, stdout);
			return NAP_EXIT_OK;
		}
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			g_autofree char *text = overview();

			nap_print(text);
			return NAP_EXIT_OK;
		}
		if (strcmp(argv[i], "--profiles") == 0 && i + 1 < argc)
			profiles = argv[++i];
		else if (g_str_has_prefix(argv[i], "--profiles="))
			profiles = strchr(argv[i], '=') + 1;
		else
			return unknown_command(argv[i]);
	}
	if (i == argc) {
		g_autofree char *text = overview();

		fputs(text, stderr);
		return NAP_EXIT_USAGE;
	}
	if (!nap_profiles_use(profiles, &error))
		return nap_input_failed(error);
	command = find_command(argv[i]);
	if (command && command->shares && nap_ranks().n > 1 && names_standard_input(argc - i, argv + i)) {
		fputs("natnap: standard input comes to one process alone: name a file\n", stderr);
		return NAP_EXIT_USAGE;
	}
	if (command && !command->shares) {
		if (nap_ranks().rank > 0)
			return NAP_EXIT_OK;
		nap_ranks_part();
	}
	return command ? command->run(argc - i, argv + i) : unknown_command(argv[i]);
}

/* Of several processes only the first one prints and writes. */
static bool join_ranks(void)
{
	g_autofree char *build = nap_build_text();
	const char *why = NULL;

	if (!nap_ranks_begin(build, &why)) {
		fprintf(stderr, "natnap: %s\n", why);
		return false;
	}
	if (nap_ranks().rank == 0)
		return true;
	nap_outfile_mute();
	return freopen("/dev/null", "w", stdout) && freopen("/dev/null", "w", stderr);
}

/* Fill closed standard descriptors, so that no output file gets their numbers; writing to the fillers fails. */
static void hold_standard_descriptors(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) < 0)
			_exit(NAP_EXIT_FAILED);
}

/* Tables are for the terminal's width where there is one; what goes to a file or a pipe has all columns. */
static void set_page(void)
{
	struct winsize size;

	if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		nap_table_set_page(size.ws_col);
}

/*
 * GLib ends a program that finds no memory, or no room for a thread, by a trap. Here that is a message; what was finished is
 * kept as after a kill, and nothing half-written takes the place of a result.
 */
static void end_without_memory(const char *domain, GLogLevelFlags level, const char *message, void *unused)
{
	static const char memory[] = "natnap: out of memory: fewer subscribers, points or --jobs need less\n",
			  thread[] = "natnap: no more threads, or no memory for them: --jobs 1 needs none\n";
	const char *why = NULL;

	if (strstr(message, "failed to allocate"))
		why = memory;
	else if (strstr(message, "creating thread"))
		why = thread;
	if (!(level & G_LOG_LEVEL_ERROR) || !why) {
		g_log_default_handler(domain, level, message, unused);
		return;
	}
	fputs(why, stderr);
	_exit(NAP_EXIT_FAILED);
}

/*
 * As other programs end whose reader had enough, without a word (natnap check linux | head), unless there are results that
 * somebody may be in doubt about.
 */
static void end_unread(bool files)
{
	if (files)
		fputs("natnap: nobody reads standard output any more; the files written are whole\n", stderr);
	signal(SIGPIPE, SIG_DFL);
	raise(SIGPIPE);
}

int main(int argc, char **argv)
{
	GError *error = NULL;
	bool flushed, unread, files = nap_asks_for_files(argc, argv);
	int status;

	hold_standard_descriptors();
	g_log_set_default_handler(end_without_memory, NULL);
	signal(SIGPIPE, SIG_IGN); /* what is written elsewhere is finished first; and so is told */
	signal(SIGXFSZ, SIG_IGN); /* a file that may not grow so long */
	set_page();
	status = join_ranks() ? dispatch(argc, argv) : NAP_EXIT_FAILED;
	flushed = nap_flush_stdout(&error);
	unread = !flushed && nap_stdout_unread();
	files = files && status != NAP_EXIT_USAGE;
	if (!flushed && !unread)
		fprintf(stderr, "natnap: %s\n", error->message);
	if (!flushed && status == NAP_EXIT_OK)
		status = NAP_EXIT_FAILED;
	g_clear_error(&error);
	status = nap_ranks().rank > 0 ? NAP_EXIT_OK : status; /* it is the first one's that counts */
	nap_ranks_end();
	if (unread)
		end_unread(files);
	return status;
}
