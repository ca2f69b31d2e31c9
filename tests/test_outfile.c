/* SPDX-License-Identifier: BSD-2-Clause */
/* Output files: whole or not at all, whatever fails; and what to suggest for a mistyped word. */
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "text/input_error.h"
#include "io/outfile.h"

static char *folder;

static unsigned files_in(const char *path)
{
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	unsigned n = 0;

	while (g_dir_read_name(dir))
		n++;
	return n;
}

static void test_whole(void)
{
	g_autofree char *path = g_build_filename(folder, "a.csv", NULL), *text = NULL;
	struct nap_outfile *out = nap_outfile_open(path, NULL);
	struct stat st;

	g_assert_nonnull(out);
	fputs("1,2\n", nap_outfile_stream(out));
	g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS)); /* not before it is complete */
	g_assert_true(nap_outfile_close(out, NULL));
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	g_assert_cmpstr(text, ==, "1,2\n");
	g_assert_cmpint(stat(path, &st), ==, 0);
	g_assert_cmphex(st.st_mode & 0777, ==, 0644);
	g_assert_cmpuint(files_in(folder), ==, 1);
	g_unlink(path);
}

static void test_abandoned(void)
{
	g_autofree char *path = g_build_filename(folder, "b.csv", NULL);
	struct nap_outfile *out = nap_outfile_open(path, NULL);

	fputs("half", nap_outfile_stream(out));
	nap_outfile_abandon(out);
	nap_outfile_abandon(NULL);
	g_assert_cmpuint(files_in(folder), ==, 0);
}

/* A disk that is full after 4 KiB: the old file stays as it was, nothing else is left. */
static void test_full_disk(void)
{
	g_autofree char *path = g_build_filename(folder, "c.csv", NULL), *text = NULL,
			*large = g_malloc0(100000);
	struct rlimit limit, before;
	g_autoptr(GError) error = NULL;

	g_assert_true(nap_write_file(path, "old", 3, NULL));
	signal(SIGXFSZ, SIG_IGN);
	g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &before), ==, 0);
	limit = before;
	limit.rlim_cur = 4096;
	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &limit), ==, 0);
	g_assert_false(nap_write_file(path, large, 100000, &error));
	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &before), ==, 0);
	g_assert_true(g_str_has_prefix(error->message, path));
	g_assert_nonnull(strstr(error->message, "File too large"));
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	g_assert_cmpstr(text, ==, "old");
	g_assert_cmpuint(files_in(folder), ==, 1);
	g_unlink(path);
}

static void test_refused(void)
{
	g_autoptr(GError) full = NULL, missing = NULL, a_folder = NULL, below_file = NULL;

	g_assert_false(nap_write_file("/dev/full", "x", 1, &full));
	g_assert_cmpstr(full->message, ==, "/dev/full: No space left on device");
	g_assert_false(nap_write_file("/nonexistent/x", "x", 1, &missing));
	g_assert_cmpstr(missing->message, ==, "/nonexistent/x: No such file or directory");
	g_assert_false(nap_write_file(folder, "x", 1, &a_folder));
	g_assert_nonnull(strstr(a_folder->message, "Is a directory"));
	g_assert_false(nap_make_folder("/dev/null/x", &below_file));
	g_assert_nonnull(strstr(below_file->message, "/dev/null/x: "));
	g_assert_true(nap_write_file("/dev/null", "x", 1, NULL));
}

/* A FIFO that nobody reads is a message, and nobody is waited for; a link is replaced and what it names stays; /dev/fd/N is N. */
static void test_in_the_way(void)
{
	g_autofree char *fifo = g_build_filename(folder, "fifo", NULL),
			*mine = g_build_filename(folder, "mine", NULL),
			*link = g_build_filename(folder, "link", NULL), *text = NULL, *name = NULL;
	g_autoptr(GError) error = NULL;
	int pair[2];
	char got[8] = "";

	g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
	alarm(20);
	g_assert_false(nap_write_file(fifo, "x", 1, &error));
	alarm(0);
	g_assert_nonnull(strstr(error->message, "FIFO"));
	g_assert_true(nap_write_file(mine, "mine", 4, NULL));
	g_assert_cmpint(symlink(mine, link), ==, 0);
	g_assert_true(nap_write_file(link, "new", 3, NULL));
	g_assert_true(g_file_get_contents(mine, &text, NULL, NULL));
	g_assert_cmpstr(text, ==, "mine");
	g_assert_false(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
	g_assert_cmpint(pipe(pair), ==, 0);
	name = g_strdup_printf("/dev/fd/%d", pair[1]);
	g_assert_true(nap_write_file(name, "hi", 2, NULL));
	g_assert_cmpint(read(pair[0], got, sizeof got), ==, 2);
	close(pair[0]);
	close(pair[1]);
	g_unlink(fifo);
	g_unlink(mine);
	g_unlink(link);
	g_assert_cmpuint(files_in(folder), ==, 0);
}

static const struct {
	const char *word, *meant;
} words[] = {
	{ "intervall", "interval" },
	{ "intreval", "interval" }, /* two neighbours swapped: one edit */
	{ "INTERVAL", "interval" },
	{ "ud", "udp" },
	{ "established", "established-timeout" }, /* the beginning of one */
	{ "x", NULL },
	{ "completely-different", NULL },
	{ "", NULL },
};

static void test_did_you_mean(void)
{
	static const char *const known[] = { "interval", "udp", "udp-stream", "established-timeout", "policy",
		NULL };
	g_autofree char *long_word = g_strnfill(10000, 'x');
	g_autofree char *text = nap_did_you_mean("polcy", known), *none = nap_did_you_mean("zzz", known);

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
		g_assert_cmpstr(nap_nearest_word(words[i].word, known), ==, words[i].meant);
	g_assert_null(nap_nearest_word(long_word, known));
	g_assert_cmpstr(text, ==, " (did you mean policy?)");
	g_assert_cmpstr(none, ==, "");
	g_assert_cmpuint(nap_word_distance("kitten", "sitting"), ==, 3);
	g_assert_cmpuint(nap_word_distance("", "abc"), ==, 3);
}

static void test_shown(void)
{
	g_autofree char *plain = nap_shown("5 s"), *control = nap_shown("a\x1b[31m\xff"),
			*micro = nap_shown("5\xc2\xb5s");
	g_autofree char *long_text = g_strnfill(1000, 'x'), *cut = nap_shown(long_text);

	g_assert_cmpstr(plain, ==, "\"5 s\"");
	g_assert_cmpstr(control, ==, "\"a\\x1b[31m\\xff\""); /* no terminal sequence gets through */
	g_assert_cmpstr(micro, ==, "\"5\xc2\xb5s\"");
	g_assert_cmpuint(strlen(cut), <, 60);
}

int main(int argc, char **argv)
{
	int status;

	umask(022);
	g_test_init(&argc, &argv, NULL);
	folder = g_dir_make_tmp("natnap-test-XXXXXX", NULL);
	g_test_add_func("/outfile/whole", test_whole);
	g_test_add_func("/outfile/abandoned", test_abandoned);
	g_test_add_func("/outfile/full-disk", test_full_disk);
	g_test_add_func("/outfile/refused", test_refused);
	g_test_add_func("/outfile/in-the-way", test_in_the_way);
	g_test_add_func("/input-error/did-you-mean", test_did_you_mean);
	g_test_add_func("/input-error/shown", test_shown);
	status = g_test_run();
	g_rmdir(folder);
	g_free(folder);
	return status;
}
