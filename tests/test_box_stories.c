/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packet scripts with expectations: tests/groundtruth/recorded (what a Linux kernel did), tests/stories (how boxes
 * behave, one finding each). A script begins with its middlebox' keys as comments, "#= key = value". "#! key = value"
 * names a box that behaves otherwise: with that key instead the story must not hold, or it would prove nothing.
 */
#include <string.h>

#include "io/packet_script.h"
#include "io/textfile.h"
#include "text/embed.h"

/* Does line, "#= key = value", set the key of other, "key = value"? */
static bool sets_same(const char *line, const char *other)
{
	size_t n = other ? strcspn(other, " =") : 0;

	return n && strncmp(line + 3, other, n) == 0 && (line[3 + n] == ' ' || line[3 + n] == '=');
}

/*
 * The scenario that the "#= " lines of a story give; instead, or NULL, replaces the line of its key. Free with
 * nap_scenario_free.
 */
static struct nap_scenario *scenario_of(const char *text, const char *instead)
{
	g_autoptr(GString) s =
		g_string_new("[scenario]\ntitle = story\nduration = 1h\nseed = 1\n[path]\nmiddleboxes = "
			     "box\n[middlebox box]\n");
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	struct nap_scenario *sc;
	char *why = NULL;

	for (char **l = lines; *l; l++)
		if (g_str_has_prefix(*l, "#= ") && !sets_same(*l, instead))
			g_string_append_printf(s, "%s\n", *l + 3);
	if (instead)
		g_string_append_printf(s, "%s\n", instead);
	sc = nap_scenario_parse(s->str, &why);
	if (!sc)
		g_error("%s", why);
	return sc;
}

/* What a story says, as played on its box; "" when all of it holds. *expectations: how many it has. Free with g_free. */
static char *play(const char *path, const char *text, const char *instead, unsigned *expectations)
{
	g_autoptr(GError) error = NULL;
	struct nap_packet_script *script;
	GString *said = g_string_new(NULL);
	struct nap_scenario *sc = scenario_of(text, instead);
	struct nap_box *box;
	GArray *results;

	script = nap_packet_script_parse(path, text, &error);
	g_assert_no_error(error);
	box = nap_box_new(&sc->middlebox[0].box, nap_rng_stream(1, 0, 0, NAP_RNG_PORTS), 16);
	results = nap_packet_script_play(script, box);
	*expectations = 0;
	for (guint i = 0; i < results->len; i++) {
		const struct nap_packet_script_row *row =
			&g_array_index(script->rows, struct nap_packet_script_row, i);
		g_autofree char *why = nap_packet_script_mismatch(
			row, &g_array_index(results, struct nap_packet_script_result, i));

		for (int o = 0; o < NAP_OUTS; o++)
			*expectations += row->expect[o] != NULL;
		if (why)
			g_string_append_printf(said, "%s:%u: %s\n", script->path, row->line, why);
	}
	nap_packet_script_results_free(results);
	nap_box_free(box);
	nap_packet_script_free(script);
	nap_scenario_free(sc);
	return g_string_free(said, FALSE);
}

/* Every row meets its expectations, and at least one has some; on each box that behaves otherwise, one does not. */
static void test_story(gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *text = nap_read_text(data, NAP_TEXT_MAX, NULL, &error), *said = NULL;
	g_auto(GStrv) lines = text ? g_strsplit(text, "\n", -1) : NULL;
	unsigned expectations;

	g_assert_no_error(error);
	said = play(data, text, NULL, &expectations);
	if (*said) {
		g_test_message("%s", said);
		g_test_fail();
	}
	g_assert_cmpuint(expectations, >, 0);
	for (char **l = lines; *l; l++) {
		g_autofree char *otherwise =
			g_str_has_prefix(*l, "#! ") ? play(data, text, *l + 3, &expectations) : NULL;

		if (otherwise && !*otherwise) {
			g_test_message("%s holds with %s, too", (const char *)data, *l + 3);
			g_test_fail();
		}
	}
}

/* A rule that the rest of the box contradicts is refused by its line; one that suits it is not. */
static void test_suits(void)
{
	static const char *const kinds[] = { "firewall", "nat" };
	struct nap_scenario *sc = scenario_of("#= kind = firewall\n#= overload = yes\n", NULL);

	for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++) {
		g_autofree char *text =
			g_strdup_printf("time_s,side,proto,src,dst,payload\n1,,set,,,kind = %s\n", kinds[i]);
		g_autoptr(GError) error = NULL;
		struct nap_packet_script *script = nap_packet_script_parse("steps.csv", text, &error);

		g_assert_no_error(error);
		g_assert_cmpint(nap_packet_script_suits(script, &sc->middlebox[0].box, &error), ==, i == 0);
		g_assert_true(i == 0 || g_str_has_prefix(error->message,
						"steps.csv:2: [payload] kind = nat: overload: "));
		nap_packet_script_free(script);
	}
	nap_scenario_free(sc);
}

static unsigned add_folder(const char *name, const char *folder)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *file;
	unsigned n = 0;

	while (dir && (file = g_dir_read_name(dir))) {
		g_autofree char *test = g_strdup_printf("/%s/%.*s", name, (int)(strlen(file) - 4), file);

		if (!g_str_has_suffix(file, ".csv"))
			continue;
		g_test_add_data_func_full(test, g_build_filename(folder, file, NULL), test_story, g_free);
		n++;
	}
	return n;
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_assert_cmpuint(add_folder("recorded", "tests/groundtruth/recorded"), >=, 60);
	g_assert_cmpuint(add_folder("variations", "tests/groundtruth/variations"), >=, 150);
	g_assert_cmpuint(add_folder("stories", "tests/stories"), >, 0);
	g_test_add_func("/script/suits", test_suits);
	return g_test_run();
}
