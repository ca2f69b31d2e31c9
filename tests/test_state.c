/* SPDX-License-Identifier: BSD-2-Clause */
/* State files of a probe: read back as written, and refused whole when anything in them is not as it should be. */
#include <string.h>

#include <glib.h>
#include <glib/gstdio.h>

#include "idle_prober.h"
#include "live/state.h"

static char *state_path(char **folder)
{
	*folder = g_dir_make_tmp("natnap-state-XXXXXX", NULL);
	return g_build_filename(*folder, "state.json", NULL);
}

static void test_state_round_trip(void)
{
	struct nap_discovery *a = nap_discovery_new(&idle_prober, &nap_discovery_defaults),
			     *b = nap_discovery_new(&idle_prober, &nap_discovery_defaults);
	g_autofree char *folder = NULL, *path = state_path(&folder);
	struct nap_finding f = *nap_discovery_find(a, "udp-1", 0);
	const struct nap_finding *got;

	f.state = NAP_FINDING_DONE;
	f.bracket = (struct nap_bracket){ 29 * NAP_S, 31 * NAP_S };
	f.trials = 12;
	f.error = 1e-4;
	g_strlcpy(f.detail, "a \"quoted\" detail", sizeof(f.detail));
	nap_discovery_restore(a, &f);
	g_assert_true(nap_state_load(path, "x", b, NULL)); /* not there: a fresh start */
	g_assert_true(nap_state_save(path, "x", a, NULL));
	g_assert_true(nap_state_load(path, "x", b, NULL));
	got = nap_discovery_find(b, "udp-1", 0);
	g_assert_cmpint(got->state, ==, NAP_FINDING_DONE);
	g_assert_cmpint(got->bracket.alive, ==, 29 * NAP_S);
	g_assert_cmpint(got->bracket.dead, ==, 31 * NAP_S);
	g_assert_cmpuint(got->trials, ==, 12);
	g_assert_cmpstr(got->detail, ==, f.detail);
	got = nap_discovery_find(b, "udp-3", 0);
	g_assert_cmpint(got->bracket.dead, ==, NAP_NEVER);
	nap_discovery_free(a);
	nap_discovery_free(b);
	g_unlink(path);
	g_rmdir(folder);
}

/* One change to a good file a row: refused with a reason, and nothing taken from it. */
static void test_state_refused(void)
{
	static const char *const rows[][2] = {
		{ "natnap-probe-state/1", "natnap-probe-state-2" },
		{ "\"origin\" : \"x\"", "\"origin\" : \"y\"" },
		{ "\"alive_ns\" : 29000000000", "\"alive_ns\" : 32000000000" },
		{ "\"alive_ns\" : 29000000000", "\"alive_ns\" : -1" },
		{ "\"alive_ns\" : 29000000000", "\"alive_ns\" : \"29s\"" },
		{ "\"trials\" : 12", "\"trials\" : 4294967296" },
		{ "\"trials\" : 12", "\"trails\" : 12" },
		{ "\"port\" : 0", "\"port\" : 65536" },
		{ "\"findings\"", "\"finding\"" },
		{ "\"elapsed_ns\" : 0", "\"elapsed_ns\" : 9000000000000000000" },
		{ "\"detail\" : \"\"", "\"detail\" : \"\\u001b[2J\"" },
		{ "\"answer\" : \"\"", "\"answer\" : \"x\\n[box]\"" },
		{ "{", "[" },
		{ "{", "{}{" }, /* two values: the parser would leak one */
		{ "{", "\"schema\" {" },
	};
	struct nap_discovery *a = nap_discovery_new(&idle_prober, &nap_discovery_defaults);
	g_autofree char *folder = NULL, *path = state_path(&folder), *good = NULL;
	struct nap_finding f = *nap_discovery_find(a, "udp-1", 0);

	f.bracket = (struct nap_bracket){ 29 * NAP_S, 31 * NAP_S };
	f.trials = 12;
	f.state = NAP_FINDING_DONE;
	nap_discovery_restore(a, &f);
	g_assert_true(nap_state_save(path, "x", a, NULL));
	g_assert_true(g_file_get_contents(path, &good, NULL, NULL));
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct nap_discovery *b = nap_discovery_new(&idle_prober, &nap_discovery_defaults);
		GString *bad = g_string_new(good);
		GError *error = NULL;

		g_assert_cmpuint(g_string_replace(bad, rows[i][0], rows[i][1], 1), ==, 1);
		g_assert_true(g_file_set_contents(path, bad->str, -1, NULL));
		if (nap_state_load(path, "x", b, &error))
			g_error("row %zu was taken", i);
		g_assert_true(g_str_has_prefix(error->message, path));
		g_assert_cmpint(nap_discovery_find(b, "udp-1", 0)->state, ==, NAP_FINDING_OPEN);
		g_error_free(error);
		g_string_free(bad, TRUE);
		nap_discovery_free(b);
	}
	nap_discovery_free(a);
	g_unlink(path);
	g_rmdir(folder);
}

/* Longer or deeper than any state: the parser, which has no limits, never sees it. */
static void test_state_bounded(void)
{
	static const struct {
		const char *unit;
		size_t n;
	} rows[] = { { "[", 200000 }, { "{\"a\":", 100000 }, { "/*\"*/[", 100000 }, { " ", 5u << 20 } };
	struct nap_discovery *d = nap_discovery_new(&idle_prober, &nap_discovery_defaults);
	g_autofree char *folder = NULL, *path = state_path(&folder);

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		GString *bad = g_string_new(NULL);
		GError *error = NULL;

		for (size_t k = 0; k < rows[i].n; k++)
			g_string_append(bad, rows[i].unit);
		g_assert_true(g_file_set_contents(path, bad->str, (gssize)bad->len, NULL));
		g_assert_false(nap_state_load(path, "x", d, &error));
		g_assert_true(g_str_has_prefix(error->message, path));
		g_error_free(error);
		g_string_free(bad, TRUE);
	}
	nap_discovery_free(d);
	g_unlink(path);
	g_rmdir(folder);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/live/state/round-trip", test_state_round_trip);
	g_test_add_func("/live/state/refused", test_state_refused);
	g_test_add_func("/live/state/bounded", test_state_bounded);
	return g_test_run();
}
