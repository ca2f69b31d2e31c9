/* SPDX-License-Identifier: BSD-2-Clause */
/* Every shipped profile loads, names its source, is written back and reloads the same; folders, bases, mistakes. */
#include <string.h>

#include <glib/gstdio.h>

#include "cli/help_text.h"
#include "io/data_folder.h"
#include "io/values.h"
#include "text/box_text.h"
#include "text/embed.h"
#include "text/value.h"

/* A folder of profiles for a test, removed at its end. */
static char *folder;

static void write_profile(const char *kind, const char *name, const char *text)
{
	g_autofree char *dir = g_build_filename(folder, kind, NULL),
			*path = g_build_filename(dir, name, NULL);

	g_assert_cmpint(g_mkdir_with_parents(dir, 0700), ==, 0);
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void remove_profiles(void)
{
	for (int kind = 0; kind < NAP_PROFILE_KINDS; kind++) {
		g_autofree char *path = g_build_filename(folder, nap_profile_kinds[kind], NULL);
		g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
		const char *name;

		while (dir && (name = g_dir_read_name(dir))) {
			g_autofree char *file = g_build_filename(path, name, NULL);

			g_unlink(file);
		}
		g_rmdir(path);
	}
}

static const char *value_of(const GPtrArray *values, const char *key)
{
	for (unsigned i = 0; i < values->len; i++) {
		const struct nap_value *v = values->pdata[i];

		if (strcmp(v->key, key) == 0)
			return v->text;
	}
	return NULL;
}

static void check_shipped(const void *data)
{
	g_auto(GStrv) path = g_strsplit(data, "/", 2);
	enum nap_profile_kind kind = 0;
	g_autoptr(GError) error = NULL;
	GPtrArray *values, *again;
	g_autofree char *text = NULL, *text_again = NULL, *copy = NULL;

	while (strcmp(nap_profile_kinds[kind], path[0]) != 0)
		kind++;
	values = nap_profile_values(kind, path[1], &error);
	g_assert_no_error(error);
	g_assert_cmpuint(strlen(value_of(values, "source")), >, 3);
	g_assert_nonnull(value_of(values, "verified"));
	text = nap_values_text(values);
	write_profile(path[0], "copy", text);
	copy = g_build_filename(folder, path[0], "copy", NULL);
	again = nap_profile_values(kind, copy, &error);
	g_assert_no_error(error);
	text_again = nap_values_text(again);
	g_assert_cmpstr(text, ==, text_again);
	g_ptr_array_unref(values);
	g_ptr_array_unref(again);
	remove_profiles();
}

/* The committed EXAMPLE is what the tables say: `make examples` writes it anew. */
static void check_example(const void *data)
{
	enum nap_profile_kind kind = (enum nap_profile_kind)GPOINTER_TO_INT(data);
	g_autoptr(GError) error = NULL;
	struct nap_profile *profile = nap_profile_load(kind, "EXAMPLE", NULL, &error);
	g_autofree char *expected = nap_help_example(kind);
	GPtrArray *values;

	g_assert_no_error(error);
	if (strcmp(expected, nap_profile_document(profile)->text) != 0)
		g_error("scenarios/profiles/%s/EXAMPLE is not what the keys are: run make examples",
			nap_profile_kinds[kind]);
	values = nap_profile_values(kind, "EXAMPLE", &error);
	g_assert_no_error(error);
	g_ptr_array_unref(values);
	nap_profile_free(profile);
}

static void test_folder_goes_first(void)
{
	g_auto(GStrv) names = NULL;
	GPtrArray *values;

	write_profile("middlebox", "linux", "[middlebox]\nsource = test\nudp = 7s\n");
	write_profile("middlebox", "mine", "[middlebox]\nbase = linux\nudp-stream = 8s\n");
	write_profile("middlebox", "EXAMPLE", "[middlebox]\nsource = test\n");
	g_setenv(NAP_PROFILES_ENV, folder, TRUE);
	values = nap_profile_values(NAP_MIDDLEBOX, "mine", NULL);
	g_assert_nonnull(values);
	g_assert_cmpstr(value_of(values, "udp"), ==, "7s");
	g_assert_cmpstr(value_of(values, "udp-stream"), ==, "8s");
	g_assert_cmpstr(value_of(values, "source"), ==, "test");
	names = nap_profile_names(NAP_MIDDLEBOX);
	g_assert_true(g_strv_contains((const char *const *)names, "mine"));
	g_assert_true(g_strv_contains((const char *const *)names, "cisco-asa"));
	g_assert_false(g_strv_contains((const char *const *)names, "EXAMPLE"));
	for (char **name = names; name[1]; name++) /* sorted, each once */
		g_assert_cmpint(strcmp(name[0], name[1]), <, 0);
	g_ptr_array_unref(values);
	g_unsetenv(NAP_PROFILES_ENV);
	remove_profiles();
}

/* A radio based on another: its states change, new ones come after. */
static void test_radio_base(void)
{
	GPtrArray *values;
	g_autofree char *text = NULL;

	write_profile("radio", "mine", "[radio]\nbase = lte-two-state\n[state idle]\npower = 3mW\n");
	g_setenv(NAP_PROFILES_ENV, folder, TRUE);
	values = nap_profile_values(NAP_RADIO, "mine", NULL);
	g_assert_nonnull(values);
	text = nap_values_text(values);
	g_assert_nonnull(strstr(text, "[state idle]\npower = 3mW\n"));
	g_assert_nonnull(strstr(text, "[edge tail]\nfrom = connected\n"));
	g_ptr_array_unref(values);
	g_unsetenv(NAP_PROFILES_ENV);
	remove_profiles();
}

static const struct {
	const char *kind, *text, *message; /* %s: the folder */
} bad[] = {
	{ "middlebox", "[middlebox]\nsource = x\nbase = bad\n", "based on itself" },
	{ "middlebox", "[middlebox]\nsource = x\nbase = linus\n",
		"/middlebox/bad:3: [middlebox] base: there is no middlebox profile \"linus\" (did you mean "
		"linux?)" },
	{ "middlebox", "[radio]\nsource = x\n",
		"/middlebox/bad:1: [radio]: a middlebox profile has no such group, but [middlebox]" },
	{ "middlebox", "[middlebox]\nsource = x\nupd = 3s\n",
		"/middlebox/bad:3: [middlebox] upd: unknown key (did you mean udp?)" },
	{ "middlebox", "[middlebox]\nsource = x\nudp = empirical /nonexistent\n", "No such file" },
	{ "radio", "[radio]\n", "source: missing" },
	{ "radio", "[state x]\npower = 1W\n", "/radio/bad: [radio] is missing" },
	{ "battery", "[battery]\nsource = x\nverified = yes\ncapacity = 3\nvoltage = 3V\n",
		"/battery/bad:4: [battery] capacity: a charge or an energy needs a unit: 3000mAh, 5Wh" },
	{ "application", "[application]\nsource = x\npolicy = fixd\n", "did you mean fixed?" },
	{ "stack", "[stack]\nsource = x\nverified = yes\npush-size = 3B\n",
		"/stack/bad:4: [stack] push-size: a stack profile has no such key" },
};

static void test_bad(void)
{
	g_setenv(NAP_PROFILES_ENV, folder, TRUE);
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		enum nap_profile_kind kind = 0;
		g_autoptr(GError) error = NULL;

		write_profile(bad[i].kind, "bad", bad[i].text);
		while (strcmp(nap_profile_kinds[kind], bad[i].kind) != 0)
			kind++;
		if (nap_profile_values(kind, "bad", &error))
			g_error("taken: %s", bad[i].text);
		if (!strstr(error->message, bad[i].message))
			g_error("%s: %s", bad[i].text, error->message);
		remove_profiles();
	}
	g_unsetenv(NAP_PROFILES_ENV);
}

/* What the build put into the library is what the files say, byte by byte; every file is there. */
static void test_built_in(void)
{
	for (int kind = 0; kind < NAP_PROFILE_KINDS; kind++) {
		g_autofree char *dir = g_build_filename("scenarios/profiles", nap_profile_kinds[kind], NULL);
		g_autoptr(GDir) open = g_dir_open(dir, 0, NULL);
		const char *name;

		g_assert_nonnull(open);
		while ((name = g_dir_read_name(open))) {
			g_autofree char *path = g_build_filename(dir, name, NULL), *text = NULL;

			g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
			g_assert_cmpstr(nap_profile_built_in((enum nap_profile_kind)kind, name), ==, text);
		}
	}
	g_assert_null(nap_profile_built_in(NAP_RADIO, "linux"));
}

/* The same value in both structs: its very bytes, but where these are addresses, and what it says. */
static void compare_field(const struct nap_param *row, const void *a, const void *b)
{
	const void *x = (const char *)a + row->offset, *y = (const char *)b + row->offset;
	g_autofree char *text_x = nap_value_format(row, x), *text_y = nap_value_format(row, y);
	bool points = row->type == NAP_P_TEXT || row->type == NAP_P_LIST || row->type == NAP_P_ADDRESSES ||
		      row->type == NAP_P_TIMERS || row->type == NAP_P_CHANGES;

	g_assert_cmpstr(text_x, ==, text_y);
	if (!points)
		g_assert_true(memcmp(x, y, nap_value_size(row->type)) == 0);
}

/* A profile that the library fills without files is the one that the program loads. */
static void check_library_box(const char *name)
{
	g_autofree char *text = g_strdup_printf(
		"[scenario]\nduration = 1h\n[path]\nmiddleboxes = x\n[middlebox x]\nprofile = %s\n", name);
	struct nap_document *document = nap_document_new("test", ".", text, strlen(text), NULL);
	struct nap_scenario *sc = nap_scenario_new(document, NULL, 0, NULL);
	struct nap_box_config config;

	nap_box_config_init(&config);
	g_assert_true(nap_box_config_profile(&config, name));
	for (const struct nap_param *row = nap_box_params; row->key; row++)
		compare_field(row, &config, &sc->middlebox[0].box);
	nap_box_config_clear(&config);
	nap_scenario_free(sc);
	nap_document_free(document);
}

static void test_library(void)
{
	static const char *const form[] = { "[path]\nmiddleboxes = x\n[middlebox x]\nprofile",
		"[radio]\nprofile", "[battery]\nprofile", "[device]\nprofile", "[client]\napplication",
		"[client]\nstack" };

	for (int kind = 0; kind < NAP_PROFILE_KINDS; kind++) {
		g_auto(GStrv) names = nap_profile_names((enum nap_profile_kind)kind);

		for (size_t i = 0; names[i]; i++) {
			g_autofree char *text =
				g_strdup_printf("[scenario]\nduration = 1h\n%s = %s\n", form[kind], names[i]);
			struct nap_document *document =
				nap_document_new("test", ".", text, strlen(text), NULL);
			struct nap_scenario *one = nap_scenario_parse(text, NULL),
					    *other = nap_scenario_new(document, NULL, 0, NULL);
			g_autoptr(GPtrArray) a = nap_scenario_values(one), b = nap_scenario_values(other);
			g_autofree char *text_a = nap_values_text(a), *text_b = nap_values_text(b);

			g_assert_cmpstr(nap_profile_name(nap_profile_kinds[kind], i), ==, names[i]);
			g_assert_cmpstr(text_a, ==, text_b);
			if (kind == NAP_MIDDLEBOX)
				check_library_box(names[i]);
			nap_scenario_free(one);
			nap_scenario_free(other);
			nap_document_free(document);
		}
		g_assert_null(nap_profile_name(nap_profile_kinds[kind], g_strv_length(names)));
	}
}

/* The folder of what was installed, by where the program lies. */
static void test_data_folder(void)
{
	const char *const rows[][2] = {
		{ "/usr/bin/natnap", "/usr/share/natnap/profiles" },
		{ "/opt/natnap/sbin/natnap", "/opt/natnap/share/natnap/profiles" },
		{ "/home/u/lib/at/bin/natnap", "/home/u/lib/at/share/natnap/profiles" },
		{ "/bin/natnap", "/share/natnap/profiles" },
		{ "/home/u/natnap/natnap", NULL },
		{ "/home/u/bin", NULL },
		{ "natnap", NULL },
		{ "", NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *found = nap_data_folder_of(rows[i][0], "profiles");

		g_assert_cmpstr(found, ==, rows[i][1]);
	}
}

int main(int argc, char **argv)
{
	g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
	int status;

	g_unsetenv(NAP_PROFILES_ENV);
	g_test_init(&argc, &argv, NULL);
	folder = g_dir_make_tmp("natnap-test-XXXXXX", NULL);
	for (int kind = 0; kind < NAP_PROFILE_KINDS; kind++) {
		g_auto(GStrv) names = nap_profile_names((enum nap_profile_kind)kind);
		g_autofree char *example = g_strdup_printf("/profiles/%s/EXAMPLE", nap_profile_kinds[kind]);

		g_assert_nonnull(names[0]);
		for (char **name = names; *name; name++) {
			char *id = g_strdup_printf("%s/%s", nap_profile_kinds[kind], *name);
			g_autofree char *path = g_strconcat("/profiles/", id, NULL);

			g_ptr_array_add(paths, id);
			g_test_add_data_func(path, id, check_shipped);
		}
		g_test_add_data_func(example, GINT_TO_POINTER(kind), check_example);
	}
	g_test_add_func("/profiles/built-in", test_built_in);
	g_test_add_func("/profiles/library", test_library);
	g_test_add_func("/profiles/folder-goes-first", test_folder_goes_first);
	g_test_add_func("/profiles/data-folder", test_data_folder);
	g_test_add_func("/profiles/radio-base", test_radio_base);
	g_test_add_func("/profiles/bad", test_bad);
	status = g_test_run();
	g_rmdir(folder);
	g_free(folder);
	return status;
}
