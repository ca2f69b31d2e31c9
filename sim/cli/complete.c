/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/complete.h"

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/help_metrics.h"
#include "cli/help_search.h"
#include "discovery/strategy.h"
#include "discovery/tests.h"
#include "io/profile.h"
#include "report/plot.h"

#define MOST_OF_A_FILE (1 << 20) /* bytes of a scenario that are looked through for names */

/* Candidates for a word; those that do not begin as it does are left out. */
struct found {
	const char *word;
	GPtrArray *text; /* owned */
};

static void offer(struct found *f, char *text)
{
	if (g_str_has_prefix(text, f->word))
		g_ptr_array_add(f->text, text);
	else
		g_free(text);
}

/* Case makes no difference in a question. */
static void offer_any_case(struct found *f, const char *text)
{
	if (g_ascii_strncasecmp(text, f->word, strlen(f->word)) == 0)
		g_ptr_array_add(f->text, g_strdup(text));
}

/* ---- commands and options ------------------------------------------------------------------------------------------- */

static void offer_commands(struct found *f)
{
	static const char *const options[] = { "--help", "--version", "--profiles" };

	for (const struct nap_command *const *c = nap_commands; *c; c++)
		offer(f, g_strdup((*c)->name));
	for (size_t i = 0; i < G_N_ELEMENTS(options); i++)
		offer(f, g_strdup(options[i]));
}

/* What this program prints with a command and an option, by lines; NULL: it could not be asked. Free with g_strfreev. */
static char **asked(const char *command, const char *option)
{
	char *argv[] = { (char *)"/proc/self/exe", (char *)command, (char *)option, NULL };
	g_autofree char *text = NULL;

	if (!g_spawn_sync(NULL, argv, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &text, NULL, NULL, NULL))
		return NULL;
	return g_strsplit(text, "\n", -1);
}

/* All that --help of the command names. */
static void offer_options(struct found *f, const char *command)
{
	g_auto(GStrv) lines = asked(command, "--help");

	for (char **line = lines; line && *line; line++) {
		const char *option = strstr(*line, "--");

		if (g_str_has_prefix(*line, "  ") && option && (size_t)(option - *line) < 8)
			offer(f, g_strndup(option, strcspn(option, "= ")));
	}
}

/* ---- GROUP.KEY=VALUE ------------------------------------------------------------------------------------------------ */

/* Names N of the groups [WORD N] in the scenarios that the line names. */
static GPtrArray *names_of(const char *word, int n, char **words)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

	for (int i = 1; i < n; i++) {
		g_autoptr(GMappedFile) file = g_file_test(words[i], G_FILE_TEST_IS_REGULAR)
						      ? g_mapped_file_new(words[i], FALSE, NULL)
						      : NULL;
		g_autofree char *text =
			file && g_mapped_file_get_length(file) < MOST_OF_A_FILE
				? g_strndup(g_mapped_file_get_contents(file), g_mapped_file_get_length(file))
				: g_strdup("");
		g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

		for (char **line = lines; *line; line++) {
			const char *group = **line == '[' ? *line + 1 : "", *at = group + strlen(word) + 1;

			if (g_str_has_prefix(group, word) && group[strlen(word)] == ' ' && strchr(at, ']'))
				g_ptr_array_add(names, g_strndup(at, strcspn(at, "]")));
		}
	}
	return names;
}

static void offer_keys(struct found *f, const struct nap_table *all, int n, char **words)
{
	for (const struct nap_table *t = all; t->group; t++) {
		const char *space = strchr(t->group, ' ');
		g_autofree char *word = g_strndup(t->group, strcspn(t->group, " "));
		g_autoptr(GPtrArray) names = space ? names_of(word, n, words) : NULL;

		for (const struct nap_param *row = t->rows; row->key; row++) {
			if (!space)
				offer(f, g_strdup_printf("%s.%s=", t->group, row->key));
			for (guint i = 0; space && i < names->len; i++)
				offer(f, g_strdup_printf(
						 "%s.%s.%s=", word, (char *)names->pdata[i], row->key));
		}
	}
}

/* Behind the sign: the key's words, and profiles where it names one. */
static void offer_values(struct found *f, const char *sign)
{
	g_autofree char *path = g_strndup(f->word, (gsize)(sign - f->word));
	char *last = strrchr(path, '.'), *first = path + strcspn(path, ".");
	const struct nap_group_kind *kind;
	const struct nap_param *row;
	g_auto(GStrv) names = NULL;

	if (!last)
		return;
	*last = '\0';
	if (first != last)
		*first = ' '; /* middlebox.home as a scenario writes it */
	row = nap_tables_find(path, last + 1);
	kind = nap_group_kind_of(path);
	*last = '.';
	if (first != last)
		*first = '.';
	for (const char *const *w = row ? row->words : NULL; w && *w; w++)
		offer(f, g_strdup_printf("%s=%.*s", path, (int)strcspn(*w, " "), *w));
	if (row && row->type == NAP_P_BOOL) {
		offer(f, g_strconcat(path, "=yes", NULL));
		offer(f, g_strconcat(path, "=no", NULL));
	}
	for (const struct nap_policy *const *p = nap_policies; strcmp(path, "client.policy") == 0 && *p; p++)
		offer(f, g_strdup_printf("%s=%s", path, (*p)->name));
	if (!kind || kind->profile == NAP_PROFILE_KINDS || g_strcmp0(kind->choice, last + 1) != 0)
		return;
	names = nap_profile_names(kind->profile);
	for (char **name = names; *name; name++)
		offer(f, g_strdup_printf("%s=%s", path, *name));
}

static void offer_setting(struct found *f, const struct nap_table *all, int n, char **words)
{
	const char *sign = strchr(f->word, '=');

	if (sign)
		offer_values(f, sign);
	else
		offer_keys(f, all, n, words);
}

/* ---- values of options ----------------------------------------------------------------------------------------------- */

static void offer_metrics(struct found *f)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	nap_help_metric_names(names);
	for (guint i = 0; i < names->len; i++)
		offer(f, g_strdup(names->pdata[i]));
}

static void offer_tests(struct found *f)
{
	for (uint32_t i = 0; i < nap_n_tests; i++)
		offer(f, g_strdup(nap_tests[i].name));
}

static void offer_strategies(struct found *f)
{
	for (const struct nap_strategy *const *s = nap_strategies; *s; s++)
		offer(f, g_strdup((*s)->name));
}

/* What a command's synopsis names behind the option: "--minimise energy|packets|signalling". */
static bool offer_alternatives(struct found *f, const char *command, const char *option)
{
	g_autofree char *with = g_strconcat(option, " ", NULL);
	const char *at = NULL;
	g_autofree char *values = NULL;
	g_auto(GStrv) words = NULL;

	for (const struct nap_command *const *c = nap_commands; *c; c++)
		if (strcmp((*c)->name, command) == 0)
			at = strstr((*c)->synopsis, with);
	if (!at)
		return false;
	values = g_strndup(at + strlen(with), strcspn(at + strlen(with), " ]"));
	words = g_strsplit(values, "|", -1);
	for (char **w = words; g_strv_length(words) > 1 && *w; w++)
		offer(f, g_strdup(*w));
	return g_strv_length(words) > 1;
}

/* False: it is no option whose values are known. */
static bool offer_option_values(struct found *f, const char *command, const char *option)
{
	static const struct {
		const char *option;
		void (*offer)(struct found *f);
	} known[] = { { "--metric", offer_metrics }, { "-m", offer_metrics }, { "--test", offer_tests },
		{ "--strategy", offer_strategies } };

	for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
		if (strcmp(option, known[i].option) == 0) {
			known[i].offer(f);
			return true;
		}
	return *option == '-' && offer_alternatives(f, command, option);
}

/* ---- words of commands ---------------------------------------------------------------------------------------------- */

static void offer_profiles(struct found *f, const char *kind)
{
	for (int i = 0; i < NAP_PROFILE_KINDS; i++) {
		g_auto(GStrv) names = nap_profile_names((enum nap_profile_kind)i);

		for (char **name = names; strcmp(kind, nap_profile_kinds[i]) == 0 && *name; name++)
			offer(f, g_strdup(*name));
	}
}

static void offer_terms(struct found *f, const struct nap_table *all)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	nap_help_names(names, all);
	for (guint i = 0; i < names->len; i++)
		if (!strchr(names->pdata[i], ' '))
			offer_any_case(f, names->pdata[i]);
}

static void offer_figures(struct found *f)
{
	g_auto(GStrv) names = asked("figures", "--list");

	for (char **name = names; name && *name; name++)
		if (**name)
			offer(f, g_strdup(*name));
}

/* What a command's words may be besides files: words[0] is the command. */
static void offer_words(struct found *f, const struct nap_table *all, int n, char **words)
{
	const char *command = words[0];

	if (strcmp(command, "help") == 0)
		offer_terms(f, all);
	else if (strcmp(command, "check") == 0 || strcmp(command, "discover") == 0)
		offer_profiles(f, "middlebox");
	else if (strcmp(command, "figures") == 0)
		offer_figures(f);
	else if (strcmp(command, "profiles") == 0 && n == 3)
		offer_profiles(f, words[1]);
	for (int i = 0; strcmp(command, "profiles") == 0 && n == 2 && i < NAP_PROFILE_KINDS; i++)
		offer(f, g_strdup(nap_profile_kinds[i]));
	for (const struct nap_plot_kind *k = nap_plot_kinds; strcmp(command, "plot") == 0 && n > 2 && k->name;
		k++)
		offer(f, g_strdup(k->name));
}

static int by_text(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int nap_complete(const struct nap_table *all, int n, char **words)
{
	static const char *const with_key[] = { "--set", "--over", "--what-if", "--solve", NULL };
	g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
	struct found f = { n > 0 ? words[n - 1] : "", texts };
	const char *last = "";

	if (n < 2)
		offer_commands(&f);
	else if (g_strv_contains(with_key, words[n - 2]))
		offer_setting(&f, all, n - 1, words);
	else if (offer_option_values(&f, words[0], words[n - 2]))
		; /* that was all */
	else if (*f.word == '-')
		offer_options(&f, words[0]);
	else
		offer_words(&f, all, n, words);
	g_ptr_array_sort(texts, by_text);
	for (guint i = 0; i < texts->len; i++) {
		if (strcmp(texts->pdata[i], last) != 0)
			puts(texts->pdata[i]);
		last = texts->pdata[i];
	}
	return NAP_EXIT_OK;
}
