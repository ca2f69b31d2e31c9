/* SPDX-License-Identifier: BSD-2-Clause */
/* natnap profiles: what profiles there are, and what one says. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "io/json.h"
#include "text/input_error.h"
#include "io/values.h"
#include "report/text_table.h"

extern const struct nap_command nap_command_profiles;

/* What a list tells of a profile. */
struct digest {
	char *summary; /* first comment line, or title, or source */
	char *source;
	char *doubt; /* what is unsure, "" when nothing */
};

static void clear_digest(struct digest *d)
{
	g_free(d->summary);
	g_free(d->source);
	g_free(d->doubt);
}

/* The comment that a file starts with, its first line; NULL when it starts otherwise. */
static char *first_comment(const char *text)
{
	if (*text != '#')
		return NULL;
	text += strspn(text, "# ");
	return g_strndup(text, strcspn(text, "\n"));
}

static struct digest digest_of(const struct nap_profile *profile)
{
	const char *title = nap_profile_value(profile, "title");
	struct digest d = { NULL, g_strdup(nap_profile_value(profile, "source")),
		g_strdup(nap_profile_doubt(profile)) };

	d.summary = *title ? g_strdup(title) : first_comment(nap_profile_document(profile)->text);
	if (!d.summary)
		d.summary = g_strdup(d.source);
	return d;
}

/* What was built so far, as indented JSON on standard output. */
static void print_json(JsonBuilder *b)
{
	g_autofree char *text = nap_json_built(b);

	puts(text);
}

/* One line, or one JSON object, of a list. */
static int list_one(enum nap_profile_kind kind, const char *name, size_t width, JsonBuilder *json)
{
	GError *error = NULL;
	struct nap_profile *profile = nap_profile_load(kind, name, NULL, &error);
	struct digest d;

	if (!profile)
		return nap_input_failed(error);
	d = digest_of(profile);
	if (json) {
		json_builder_begin_object(json);
		nap_json_put_text(json, "kind", nap_profile_kinds[kind]);
		nap_json_put_text(json, "name", name);
		nap_json_put_text(json, "summary", d.summary);
		nap_json_put_text(json, "source", d.source);
		nap_json_put_text(json, "unsure", d.doubt);
		json_builder_end_object(json);
	} else {
		g_autofree char *marked = g_strdup_printf("%-*s %c", (int)width, name, *d.doubt ? '?' : ' ');
		g_autoptr(GString) line = g_string_new(NULL);

		nap_list_line(line, (int)width + 2, marked, d.summary);
		fputs(line->str, stdout);
	}
	clear_digest(&d);
	nap_profile_free(profile);
	return NAP_EXIT_OK;
}

static size_t longest_name(void)
{
	size_t width = 0;

	for (int kind = 0; kind < NAP_PROFILE_KINDS; kind++) {
		g_auto(GStrv) names = nap_profile_names((enum nap_profile_kind)kind);

		for (char **name = names; *name; name++)
			width = MAX(width, strlen(*name));
	}
	return width;
}

/* All profiles of one kind, or of all kinds for NAP_PROFILE_KINDS. */
static int list(enum nap_profile_kind only, JsonBuilder *json)
{
	size_t width = longest_name();
	int status = NAP_EXIT_OK;

	if (json) {
		json_builder_begin_object(json);
		nap_json_put_text(json, "schema", "natnap-profiles/1");
		json_builder_set_member_name(json, "profiles");
		json_builder_begin_array(json);
	}
	for (int i = 0; i < NAP_PROFILE_KINDS; i++) {
		enum nap_profile_kind kind = (enum nap_profile_kind)i;
		g_auto(GStrv) names = nap_profile_names(kind);

		if (only != NAP_PROFILE_KINDS && only != kind)
			continue;
		if (!json)
			printf("%s:\n", nap_profile_kinds[kind]);
		for (char **name = names; *name; name++)
			if (list_one(kind, *name, width, json) != NAP_EXIT_OK)
				status = NAP_EXIT_USAGE;
	}
	if (json) {
		json_builder_end_array(json);
		json_builder_end_object(json);
		print_json(json);
	} else {
		nap_print("\n? marks profiles with numbers that are unsure; natnap profiles KIND NAME tells "
			  "which.\n");
	}
	return status;
}

static void show_json(enum nap_profile_kind kind, const char *name, const struct nap_profile *profile,
	const GPtrArray *values, JsonBuilder *b)
{
	struct digest d = digest_of(profile);

	json_builder_begin_object(b);
	nap_json_put_text(b, "schema", "natnap-profile/1");
	nap_json_put_text(b, "kind", nap_profile_kinds[kind]);
	nap_json_put_text(b, "name", name);
	nap_json_put_text(b, "summary", d.summary);
	nap_json_put_text(b, "source", d.source);
	nap_json_put_text(b, "unsure", d.doubt);
	nap_json_put_text(b, "text", nap_profile_document(profile)->text);
	nap_json_put_text(b, "sha256", nap_profile_document(profile)->sha256);
	json_builder_set_member_name(b, "values");
	json_builder_begin_array(b);
	for (unsigned i = 0; i < values->len; i++) {
		const struct nap_value *value = values->pdata[i];

		json_builder_begin_object(b);
		nap_json_put_text(b, "group", value->group);
		nap_json_put_text(b, "key", value->key);
		nap_json_put_text(b, "value", value->text);
		json_builder_set_member_name(b, "default");
		json_builder_add_boolean_value(b, value->is_default);
		json_builder_set_member_name(b, "unsure");
		json_builder_add_boolean_value(b, nap_profile_doubts_key(profile, value->key));
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
	json_builder_end_object(b);
	print_json(b);
	clear_digest(&d);
}

static void show_text(const struct nap_profile *profile, const GPtrArray *values)
{
	const char *group = "";
	struct digest d = digest_of(profile);

	for (unsigned i = profile->documents->len; i-- > 0;) {
		const struct nap_document *document = profile->documents->pdata[i];

		printf("%s%s:\n\n%s", i + 1 < profile->documents->len ? "\nbased on " : "", document->path,
			document->text);
	}
	puts("\nAll values (. marks those that are the program's defaults, ? those that are unsure):");
	if (*d.doubt)
		printf("\nUnsure: %s\n", d.doubt);
	clear_digest(&d);
	for (unsigned i = 0; i < values->len; i++) {
		const struct nap_value *value = values->pdata[i];

		if (strcmp(group, value->group) != 0)
			printf("\n[%s]\n", value->group);
		group = value->group;
		if (*value->text)
			printf("%c %s = %s\n",
				nap_profile_doubts_key(profile, value->key) ? '?'
				: value->is_default                         ? '.'
									    : ' ',
				value->key, value->text);
	}
}

static int show(enum nap_profile_kind kind, const char *name, JsonBuilder *json)
{
	GError *error = NULL;
	struct nap_profile *profile = nap_profile_load(kind, name, ".", &error);
	GPtrArray *values = profile ? nap_profile_values(kind, name, &error) : NULL;

	if (!values) {
		nap_profile_free(profile);
		return nap_input_failed(error);
	}
	if (json)
		show_json(kind, name, profile, values, json);
	else
		show_text(profile, values);
	g_ptr_array_unref(values);
	nap_profile_free(profile);
	return NAP_EXIT_OK;
}

static bool find_kind(const char *word, enum nap_profile_kind *kind)
{
	for (int i = 0; i < NAP_PROFILE_KINDS; i++)
		if (strcmp(word, nap_profile_kinds[i]) == 0) {
			*kind = (enum nap_profile_kind)i;
			return true;
		}
	return false;
}

/* What a word that is no kind may have been meant for: a profile's name, or another kind. Free with g_free. */
static char *what_else(const char *word)
{
	for (int i = 0; i < NAP_PROFILE_KINDS; i++) {
		g_auto(GStrv) names = nap_profile_names((enum nap_profile_kind)i);

		if (g_strv_contains((const char *const *)names, word))
			return g_strdup_printf(
				"; did you mean natnap profiles %s %s?", nap_profile_kinds[i], word);
	}
	return nap_did_you_mean(word, nap_profile_kinds);
}

static int run(int argc, char **argv)
{
	int json = 0, status;
	const GOptionEntry entries[] = {
		{ "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print one JSON document", NULL },
		{ NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
	};
	enum nap_profile_kind kind = NAP_PROFILE_KINDS;
	g_autoptr(JsonBuilder) builder = NULL;

	if (!nap_parse_options(&nap_command_profiles, entries,
		    "KIND is middlebox, radio, battery, device, application or stack.", &argc, &argv,
		    &status))
		return status;
	if (argc > 3)
		return nap_usage_error(&nap_command_profiles, "too many arguments");
	if (argc > 1 && !find_kind(argv[1], &kind)) {
		g_autofree char *near = what_else(argv[1]), *shown = nap_shown(argv[1]);

		return nap_usage_error(&nap_command_profiles, "%s is no kind of profile%s", shown, near);
	}
	if (json)
		builder = json_builder_new();
	return argc == 3 ? show(kind, argv[2], builder) : list(kind, builder);
}

const struct nap_command nap_command_profiles = { "profiles", "[KIND [NAME]] [--json]",
	"list and show profiles", run, false };
