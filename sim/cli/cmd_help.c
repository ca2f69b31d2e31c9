/* SPDX-License-Identifier: BSD-2-Clause */
/* natnap help: what keys, metrics, terms of the field and words of values mean, from the tables. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/complete.h"
#include "cli/glossary.h"
#include "cli/help_metrics.h"
#include "cli/help_search.h"
#include "cli/help_text.h"
#include "cli/help_words.h"
#include "cli/man_pages.h"
#include "text/input_error.h"
#include "io/profile.h"
#include "report/schema_json.h"
#include "text/groups.h"

extern const struct nap_command nap_command_help;

/* Case makes no difference in a question. */
static bool same(const char *a, const char *b)
{
	return g_ascii_strcasecmp(a, b) == 0;
}

/* Is word the group as written in a pattern: "client", "middlebox", "middlebox NAME"? */
static bool is_group(const struct nap_table *t, const char *word)
{
	size_t n = strcspn(t->group, " ");

	return same(word, t->group) || (strlen(word) == n && g_ascii_strncasecmp(word, t->group, n) == 0);
}

static bool has_word(const struct nap_param *row, const char *word)
{
	for (const char *const *w = row->words; w && *w; w++)
		if (same(*w, word))
			return true;
	return false;
}

/* Does a question "key", "group.key" or "middlebox.NAME.key" mean this row? */
static bool asks_for(const struct nap_table *t, const struct nap_param *row, const char *question)
{
	const char *last = strrchr(question, '.');
	g_autofree char *group = g_strndup(question, strcspn(question, "."));

	if (!last)
		return same(question, row->key);
	return same(last + 1, row->key) && is_group(t, group);
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
		if (t->policy && same(t->policy->name, question)) {
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

		for (char **name = names; *name; name++)
			if (same(*name, question)) {
				g_string_append_printf(out, "%s is a profile: natnap profiles %s %s\n", *name,
					nap_profile_kinds[kind], *name);
				found++;
			}
	}
	for (const struct nap_command *const *c = nap_commands; *c; c++)
		if (same((*c)->name, question)) {
			g_string_append_printf(
				out, "%s is a command: natnap %s --help\n", (*c)->name, (*c)->name);
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

/* A name near the question, as " (did you mean NAME?)"; "" where none is. Free with g_free. */
static char *near_name(const struct nap_table *all, const char *question)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	const char *dot = strrchr(question, '.');

	nap_help_names(names, all);
	g_ptr_array_add(names, NULL);
	return nap_did_you_mean(dot ? dot + 1 : question, (const char *const *)names->pdata);
}

static int unknown_word(const struct nap_table *all, const char *question)
{
	g_autofree char *near = near_name(all, question), *shown = nap_shown(question);

	return nap_usage_error(&nap_command_help,
		"%s is no group, key, word, policy, profile, metric or term%s", shown, near);
}

/* Where it is mentioned, when it is the name of nothing. */
static unsigned find_mention(const struct nap_table *all, const char *question, GString *out)
{
	g_autofree char *near = near_name(all, question), *shown = nap_shown(question);
	g_autoptr(GString) places = g_string_new(NULL);
	unsigned found = nap_help_search(places, all, question);

	if (found)
		g_string_append_printf(
			out, "%s is no name%s; it is mentioned here:\n%s", shown, near, places->str);
	return found;
}

/* Is the row among the answers to a question: by key, group, policy or word? */
static bool is_answer(const struct nap_table *t, const struct nap_param *row, const char *question)
{
	return asks_for(t, row, question) || is_group(t, question) || has_word(row, question) ||
	       (t->policy && same(t->policy->name, question));
}

/* One JSON document: the rows and terms that answer any of the questions; all of them when there are none. */
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
				nap_schema_json_row(b, t, row);
			found += wanted;
		}
	nap_help_json_terms(b);
	for (const struct nap_term *t = nap_glossary; t->name; t++) {
		bool wanted = n == 0;

		for (int i = 0; i < n; i++)
			wanted |= nap_term_is(t, questions[i]);
		if (wanted)
			nap_help_json_term(b, t);
		found += wanted;
	}
	text = nap_help_json_end(b);
	if (!found)
		return unknown_word(all, questions[0]);
	puts(text);
	return NAP_EXIT_OK;
}

/* Lists, and what has no rows of its own. */
static unsigned find_page(const char *question, GString *out)
{
	static const struct {
		const char *name;
		void (*print)(GString *out);
	} pages[] = { { "sweep", nap_help_sweep }, { "mix", nap_help_mix }, { "metrics", nap_help_metrics },
		{ "terms", nap_help_terms }, { "glossary", nap_help_terms } };
	unsigned found = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(pages); i++)
		if (same(pages[i].name, question)) {
			pages[i].print(out);
			found++;
		}
	return found;
}

/* What has that very name; of keys and words the most telling kind of match alone is shown. */
static unsigned find_named(const struct nap_table *all, const char *question, GString *out)
{
	unsigned found =
		find_page(question, out) + nap_help_term(out, question) + nap_help_metric(out, question);
	unsigned rows = find_keys(all, question, out);

	rows += find_group(all, question, out);
	rows += find_policy(all, question, out);
	found += rows + nap_help_value_word(out, all, question);
	if (!rows)
		found += find_word(all, question, out);
	if (same(question, "policy") || same(question, "policies")) {
		list_policies(out);
		found++;
	}
	return found + nap_help_profiles_named(out, question);
}

/* A name written otherwise: address change for address-changes, blocks for block. */
static unsigned find_variant(const struct nap_table *all, const char *question, GString *out)
{
	g_autofree char *joined = g_strdelimit(g_strdup(question), " _", '-'),
			*many = g_strconcat(joined, "s", NULL), *one = g_strdup(joined);
	const char *const variants[] = { joined, many, one };
	size_t n = strlen(one);
	unsigned found = 0;

	if (n > 2 && one[n - 1] == 's')
		one[n - 1] = '\0';
	for (size_t i = 0; i < G_N_ELEMENTS(variants) && !found; i++)
		if (!same(variants[i], question))
			found = find_named(all, variants[i], out);
	return found;
}

static unsigned find(const struct nap_table *all, const char *question, GString *out)
{
	unsigned found = find_named(all, question, out);

	if (!found)
		found = find_variant(all, question, out);
	return found ? found : find_mention(all, question, out);
}

/* Several words may be one name, or stand somewhere together: hole punching. */
static int answer(const struct nap_table *all, int n, char **questions)
{
	g_autofree char *joined = g_strjoinv(" ", questions);
	g_autoptr(GString) out = g_string_new(NULL);
	int status = NAP_EXIT_OK;

	if (n > 0 && find(all, joined, out)) {
		nap_print(out->str);
		return NAP_EXIT_OK;
	}
	for (int i = 0; i < n; i++) {
		g_string_truncate(out, 0);
		if (n > 1 && find(all, questions[i], out))
			nap_print(out->str);
		else
			status = unknown_word(all, questions[i]);
	}
	return status;
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
		"natnap help metrics what a run reports, "
		"natnap help terms the field's terms.\n");
	nap_print(out->str);
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

static int print_man(const struct nap_table *all, const char *name)
{
	g_autofree char *page = nap_man_page(all, name);

	if (!page)
		return nap_usage_error(&nap_command_help, "there is no manual page %s", name);
	fputs(page, stdout);
	return NAP_EXIT_OK;
}

static int run(int argc, char **argv)
{
	int json = 0, complete = 0, man = 0, status;
	g_autofree char *example = NULL;
	const GOptionEntry entries[] = {
		{ "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print one JSON document", NULL },
		{ "man", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &man,
			"Print the manual page of that name", NULL },
		{ "complete", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &complete,
			"What may stand in the place of the last of these words of a command line", NULL },
		{ "example", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_FILENAME, &example,
			"Print the EXAMPLE profile of a kind", "KIND" },
		{ NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
	};
	g_autofree struct nap_table *all = nap_tables_new();

	if (!nap_parse_options(&nap_command_help, entries, NULL, &argc, &argv, &status))
		return status;
	if (complete)
		return nap_complete(all, argc - 1, argv + 1);
	if (man)
		return print_man(all, argc > 1 ? argv[1] : "natnap");
	if (example)
		return print_example(example);
	if (json)
		return print_json(all, argc - 1, argv + 1);
	if (argc == 1)
		overview(all);
	return answer(all, argc - 1, argv + 1);
}

const struct nap_command nap_command_help = { "help",
	"[GROUP|KEY|GROUP.KEY|METRIC|TERM|WORD|POLICY]... [--json]",
	"what keys, metrics, terms and words mean", run, false };
