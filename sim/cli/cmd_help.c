/* SPDX-License-Identifier: BSD-2-Clause */
/* natnap help: what a scenario's keys mean, from the schema tables. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/help_metrics.h"
#include "cli/help_text.h"
#include "text/input_error.h"
#include "io/profile.h"
#include "text/groups.h"

extern const struct nap_command nap_command_help;

/* Is word the group as written in a pattern: "client", "middlebox", "middlebox NAME"? */
static bool is_group(const struct nap_table *t, const char *word)
{
	size_t n = strcspn(t->group, " ");

	return strcmp(word, t->group) == 0 || (strlen(word) == n && strncmp(word, t->group, n) == 0);
}

static bool has_word(const struct nap_param *row, const char *word)
{
	for (const char *const *w = row->words; w && *w; w++)
		if (strcmp(*w, word) == 0)
			return true;
	return false;
}

/* Does a question "key", "group.key" or "middlebox.NAME.key" mean this row? */
static bool asks_for(const struct nap_table *t, const struct nap_param *row, const char *question)
{
	const char *last = strrchr(question, '.'), *first = strchr(question, '.');
	g_autofree char *group = first ? g_strndup(question, (size_t)(first - question)) : NULL;

	if (!last)
		return strcmp(question, row->key) == 0;
	return strcmp(last + 1, row->key) == 0 && is_group(t, group);
}

static void print_rows(const struct nap_table *t, GString *out)
{
	for (const struct nap_param *row = t->rows; row->key; row++)
		nap_help_row(out, t, row);
}

static unsigned find_keys(const struct nap_table *all, const char *question, GString *out)
{
	unsigned found = 0;
	const struct nap_param *of_client = NULL;

	for (const struct nap_table *t = all; t->group; t++)
		for (const struct nap_param *row = t->rows; row->key; row++)
			if (asks_for(t, row, question)) {
				nap_help_row(out, t, row);
				if (t->rows == nap_box_params && strcmp(row->key, "tracker") == 0)
					nap_help_trackers(out);
				found++;
				of_client = is_group(t, "client") ? row : of_client;
			}
	if (of_client && of_client->type != NAP_P_TEXT)
		nap_help_profiles(out, of_client->key);
	return found;
}

static unsigned find_group(const struct nap_table *all, const char *question, GString *out)
{
	unsigned found = 0;

	for (const struct nap_table *t = all; t->group; t++)
		if (is_group(t, question)) {
			nap_help_heading(out, t);
			print_rows(t, out);
			found++;
		}
	return found;
}

static unsigned find_policy(const struct nap_table *all, const char *question, GString *out)
{
	unsigned found = 0;

	for (const struct nap_table *t = all; t->group; t++)
		if (t->policy && strcmp(t->policy->name, question) == 0) {
			nap_help_heading(out, t);
			print_rows(t, out);
			found++;
		}
	return found;
}

/* Keys that take the word as a value, and profiles and commands of that name. */
static unsigned find_word(const struct nap_table *all, const char *question, GString *out)
{
	unsigned found = 0;

	for (const struct nap_table *t = all; t->group; t++)
		for (const struct nap_param *row = t->rows; row->key; row++)
			if (has_word(row, question)) {
				nap_help_row(out, t, row);
				found++;
			}
	for (int kind = 0; kind < NAP_PROFILE_KINDS; kind++) {
		g_auto(GStrv) names = nap_profile_names((enum nap_profile_kind)kind);

		if (g_strv_contains((const char *const *)names, question)) {
			g_string_append_printf(out, "%s is a profile: natnap profiles %s %s\n", question,
				nap_profile_kinds[kind], question);
			found++;
		}
	}
	for (const struct nap_command *const *c = nap_commands; *c; c++)
		if (strcmp((*c)->name, question) == 0) {
			g_string_append_printf(
				out, "%s is a command: natnap %s --help\n", question, question);
			found++;
		}
	return found;
}

static void list_policies(GString *out)
{
	g_string_append(out, "Policies:\n");
	for (const struct nap_policy *const *p = nap_policies; *p; p++)
		g_string_append_printf(out, "  %-16s %s\n", (*p)->name, (*p)->summary);
}

static int unknown_word(const struct nap_table *all, const char *question)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	const char *dot = strrchr(question, '.');
	g_autofree char *near = NULL, *shown = nap_shown(question);

	for (const struct nap_table *t = all; t->group; t++) {
		g_ptr_array_add(names, (char *)t->group);
		if (t->policy)
			g_ptr_array_add(names, (char *)t->policy->name);
		for (const struct nap_param *row = t->rows; row->key; row++)
			g_ptr_array_add(names, (char *)row->key);
	}
	nap_help_metric_names(names);
	g_ptr_array_add(names, NULL);
	near = nap_did_you_mean(dot ? dot + 1 : question, (const char *const *)names->pdata);
	return nap_usage_error(
		&nap_command_help, "%s is no group, key, word, policy, profile or metric%s", shown, near);
}

/* Is the row among the answers to a question: by key, group, policy or word? */
static bool is_answer(const struct nap_table *t, const struct nap_param *row, const char *question)
{
	return asks_for(t, row, question) || is_group(t, question) || has_word(row, question) ||
	       (t->policy && strcmp(t->policy->name, question) == 0);
}

/* One JSON document: the rows that answer any of the questions; all of them when there are none. */
static int print_json(const struct nap_table *all, int n, char **questions)
{
	g_autoptr(JsonBuilder) b = json_builder_new();
	g_autofree char *text = NULL;
	unsigned found = 0;

	nap_help_json_begin(b);
	for (const struct nap_table *t = all; t->group; t++)
		for (const struct nap_param *row = t->rows; row->key; row++) {
			bool wanted = n == 0;

			for (int i = 0; i < n; i++)
				wanted |= is_answer(t, row, questions[i]);
			if (wanted)
				nap_help_json_row(b, t, row);
			found += wanted;
		}
	text = nap_help_json_end(b);
	if (!found)
		return unknown_word(all, questions[0]);
	puts(text);
	return NAP_EXIT_OK;
}

/* Answer one question; the most telling kind of match alone is shown. */
static int answer(const struct nap_table *all, const char *question)
{
	GString *out = g_string_new(NULL);
	unsigned found = 0;

	if (strcmp(question, "sweep") == 0) {
		nap_help_sweep(out);
		found++;
	}
	if (strcmp(question, "mix") == 0) {
		nap_help_mix(out);
		found++;
	}
	if (strcmp(question, "metrics") == 0) {
		nap_help_metrics(out);
		found++;
	}
	found += nap_help_metric(out, question);
	found += find_keys(all, question, out);
	found += find_group(all, question, out);
	found += find_policy(all, question, out);
	if (!found)
		found += find_word(all, question, out);
	if (strcmp(question, "policy") == 0 || strcmp(question, "policies") == 0) {
		list_policies(out);
		found++;
	}
	fputs(out->str, stdout);
	g_string_free(out, TRUE);
	return found ? NAP_EXIT_OK : unknown_word(all, question);
}

static void overview(const struct nap_table *all)
{
	GString *out = g_string_new(NULL);

	for (const struct nap_table *t = all; t->group; t++) {
		nap_help_heading(out, t);
		for (const struct nap_param *row = t->rows; row->key; row++)
			nap_help_line(out, row);
	}
	nap_help_mix(out);
	nap_help_sweep(out);
	g_string_append(out,
		"\nnatnap help KEY tells all about one key; natnap help policy lists the policies, "
		"natnap help metrics what a run reports.\n");
	fputs(out->str, stdout);
	g_string_free(out, TRUE);
}

static int print_example(const char *kind)
{
	for (int i = 0; i < NAP_PROFILE_KINDS; i++)
		if (strcmp(kind, nap_profile_kinds[i]) == 0) {
			g_autofree char *text = nap_help_example((enum nap_profile_kind)i);

			fputs(text, stdout);
			return NAP_EXIT_OK;
		}
	return nap_usage_error(&nap_command_help, "%s is no kind of profile", kind);
}

static int run(int argc, char **argv)
{
	int man = 0, json = 0, status;
	g_autofree char *example = NULL;
	const GOptionEntry entries[] = {
		{ "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print one JSON document", NULL },
		{ "man", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &man, "Print the manual page", NULL },
		{ "example", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_FILENAME, &example,
			"Print the EXAMPLE profile of a kind", "KIND" },
		{ NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
	};
	g_autofree struct nap_table *all = nap_tables_new();

	if (!nap_parse_options(&nap_command_help, entries, NULL, &argc, &argv, &status))
		return status;
	if (man) {
		g_autofree char *page = nap_help_man(all);

		fputs(page, stdout);
		return NAP_EXIT_OK;
	}
	if (example)
		return print_example(example);
	if (json)
		return print_json(all, argc - 1, argv + 1);
	if (argc == 1)
		overview(all);
	status = NAP_EXIT_OK;
	for (int i = 1; i < argc && status == NAP_EXIT_OK; i++)
		status = answer(all, argv[i]);
	return status;
}

const struct nap_command nap_command_help = { "help", "[GROUP|KEY|GROUP.KEY|WORD|POLICY]... [--json]",
	"what the keys of a scenario mean", run, false };
