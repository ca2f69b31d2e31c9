/* SPDX-License-Identifier: BSD-2-Clause */
/* The journal of finished replications: whole, cut off at every byte, changed at every byte, of another run, held by two. */
#include <gio/gio.h>

#include "journal_draw.h"

static char *csv_of(const struct nap_campaign *c)
{
	struct nap_results *r = nap_results_new(c, NULL, 0, (const char *const *const[]){ NULL });
	GString *s = nap_results_csv(r);

	nap_results_free(r);
	return g_string_free(s, FALSE);
}

/* What a resumed run comes to is that of the undisturbed one. */
static void finished(struct journal_case *c, int64_t expected)
{
	g_autofree char *own = NULL, *whole = csv_of(&c->whole->campaign);

	g_assert_cmpint(journal_read(c, false, true), ==, expected);
	journal_same(c);
	own = csv_of(&c->campaign);
	g_assert_cmpstr(own, ==, whole);
	g_assert_false(g_file_test(c->path, G_FILE_TEST_EXISTS));
	nap_campaign_clear(&c->campaign);
}

static void test_whole(void)
{
	const int cases[][2] = { { 5, 1 }, { 1, 1 }, { 3, 40 } }; /* a single one has batches */

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct journal_case c = journal_begin(cases[i][0], cases[i][1]);

		journal_write_file(&c, c.bytes, c.size);
		finished(&c, cases[i][0]);
		journal_write_file(&c, c.bytes, c.size - 1);
		finished(&c, cases[i][0] - 1);
		journal_write_file(&c, c.bytes, c.size);
		g_assert_cmpint(journal_read(&c, true, false), ==, 0);
		nap_campaign_clear(&c.campaign);
		journal_end(&c);
	}
}

/* Cut off at every byte: what is whole is taken; without a whole record there is nothing in the way. */
static void test_cut(void)
{
	struct journal_case c = journal_begin(2, 1);

	for (gsize n = 0; n < c.size; n++) {
		int64_t taken;

		journal_write_file(&c, c.bytes, n);
		taken = journal_read(&c, false, false);
		g_assert_cmpint(taken, ==, n < c.head + (c.size - c.head) / 2 ? 0 : 1);
		journal_same(&c);
		nap_campaign_clear(&c.campaign);
		g_unlink(c.path);
	}
	journal_end(&c);
}

/* Every byte changed, in one bit or in all: never a replication that is not the undisturbed one's. */
static void test_changed(void)
{
	struct journal_case c = journal_begin(2, 1);

	for (gsize at = 0; at < c.size; at++) {
		char was = c.bytes[at];
		int64_t taken;

		c.bytes[at] = (char)(was ^ (at % 2 ? 0xff : 1 << at / 2 % 8));
		journal_write_file(&c, c.bytes, c.size);
		c.bytes[at] = was;
		taken = journal_read(&c, false, false);
		g_assert_cmpint(taken, <, 2);
		if (at < c.head - 2) /* of another run, or no journal; its last bytes are what ends it */
			g_assert_cmpint(taken, <, 0);
		journal_same(&c);
		nap_campaign_clear(&c.campaign);
		g_unlink(c.path);
	}
	journal_end(&c);
}

static void test_heads(void)
{
	struct journal_case c = journal_begin(2, 1);
	const struct {
		struct nap_journal_head head;
		const char *why;
	} others[] = {
		{ { "build 2", "abc", 3 }, "another version or build" },
		{ { "build 1", "abcd", 3 }, "another scenario" },
		{ { "build 1", "abc", 33 }, "another seed" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *left = NULL;
		gsize n;

		journal_write_file(&c, c.bytes, c.size);
		g_assert_null(nap_journal_open(c.path, &others[i].head, false, &error));
		g_assert_error(error, G_IO_ERROR, G_IO_ERROR_EXISTS);
		g_assert_nonnull(strstr(error->message, others[i].why));
		g_assert_nonnull(strstr(error->message, "2 finished replications"));
		g_assert_true(g_file_get_contents(c.path, &left, &n, NULL));
		g_assert_true(n == c.size && memcmp(left, c.bytes, n) == 0);
	}
	journal_end(&c);
}

static void test_two(void)
{
	struct journal_case c = journal_begin(1, 1);
	g_autoptr(GError) error = NULL;
	struct nap_journal *j = nap_journal_open(c.path, &journal_head, false, NULL);

	g_assert_nonnull(j);
	g_assert_null(nap_journal_open(c.path, &journal_head, true, &error));
	g_assert_nonnull(strstr(error->message, "another natnap"));
	g_assert_true(nap_journal_close(j, false));
	g_assert_true(g_file_test(c.path, G_FILE_TEST_EXISTS));
	journal_end(&c);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/journal/whole", test_whole);
	g_test_add_func("/journal/cut", test_cut);
	g_test_add_func("/journal/changed", test_changed);
	g_test_add_func("/journal/heads", test_heads);
	g_test_add_func("/journal/two", test_two);
	return g_test_run();
}
