/* SPDX-License-Identifier: BSD-2-Clause */
/* Documents: what the strict reader takes and refuses, with the line; text files that are none. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "io/keyfile.h"
#include "io/textfile.h"

static struct nap_document *document(const char *text, GError **error)
{
	return nap_document_new("f.ini", NULL, text, strlen(text), error);
}

static void test_lines(void)
{
	struct nap_document *d =
		document("# c\n\n[a]\nx = 1\n  y=two words \r\nempty =\n[b c]\nx = \\s2\\n\n", NULL);
	const struct nap_group *a, *b;

	g_assert_nonnull(d);
	g_assert_cmpuint(d->n_groups, ==, 2);
	a = nap_document_group(d, "a");
	b = nap_document_group(d, "b c");
	g_assert_cmpstr(a->where, ==, "f.ini:3");
	g_assert_cmpuint(a->n_entries, ==, 3);
	g_assert_cmpstr(a->entry[0].text, ==, "1");
	g_assert_cmpstr(a->entry[0].where, ==, "f.ini:4");
	g_assert_cmpstr(a->entry[1].key, ==, "y");
	g_assert_cmpstr(a->entry[1].text, ==, "two words");
	g_assert_cmpstr(nap_group_entry(a, "empty")->text, ==, "");
	g_assert_cmpstr(b->entry[0].text, ==, "2"); /* escapes resolved, then trimmed */
	g_assert_null(nap_group_entry(a, "z"));
	g_assert_null(nap_group_entry(NULL, "x"));
	g_assert_null(nap_document_group(d, "b"));
	nap_document_free(d);
}

static void test_sha256(void)
{
	struct nap_document *d = document("[a]\n", NULL);

	g_assert_cmpstr(d->sha256, ==, "24d4941e67d5965d270eaebdb9816b994311e0f2f0e79ef6bb626f362c52842e");
	nap_document_free(d);
}

static const struct {
	const char *text, *message;
} bad[] = {
	{ "", "f.ini: empty" },
	{ "\n\n# only a comment\n", "f.ini: empty" },
	{ "x = 1\n", "f.ini:1: key x stands before any [group]" },
	{ "[a]\nx = 1\n[b]\n[a]\n", "f.ini:4: \"[a]\" stands twice: first at line 1" },
	{ "[a]\nx = 1\ny = 2\nx = 1\n", "f.ini:4: [a] x stands twice: first at line 2" },
	{ "[a]\nnonsense\n", "f.ini:2: neither a [group]" },
	{ "[a\n", "f.ini:1: a group's line must end in ]" },
	{ "[a] x\n", "f.ini:1: a group's line must end in ]" },
	{ "[]\n", "f.ini:1: not a group's name" },
	{ "[a[b]]\n", "f.ini:1: not a group's name" },
	{ "[ a ]\n", "f.ini:1: not a group's name" },
	{ "[a]\n= 1\n", "f.ini:2: not a key's name" },
	{ "[a]\nx y = 1\n", "f.ini:2: not a key's name" },
	{ "[a]\nx[de] = 1\n", "f.ini:2: not a key's name" },
	{ "[a]\nx = \\q\n", "f.ini:2: [a] x: " },
	{ "[a]\nx = \001\n", "f.ini:2: not a text file (byte 0x01)" },
	{ "[a]\nx = \377\n", "f.ini:2: not UTF-8" },
};

static void test_bad(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;

		if (document(bad[i].text, &error))
			g_error("taken: %s", bad[i].text);
		if (!g_str_has_prefix(error->message, bad[i].message))
			g_error("%s, not %s", error->message, bad[i].message);
	}
}

static void test_nul_and_mark(void)
{
	g_autoptr(GError) error = NULL;
	struct nap_document *d = nap_document_new("f.ini", NULL, "[a]\n\0x", 6, &error);

	g_assert_null(d);
	g_assert_cmpstr(error->message, ==, "f.ini:2: not a text file (byte 0x00)");
	d = document("\357\273\277[a]\nx = 1\n", NULL);
	g_assert_nonnull(nap_document_group(d, "a"));
	nap_document_free(d);
}

/* 100 MB (sparse) are refused at once, and so is an endless device. */
static void test_large(void)
{
	g_autofree char *path = g_build_filename(g_get_tmp_dir(), "natnap-test-large", NULL);
	g_autoptr(GError) error = NULL, endless = NULL, folder = NULL, none = NULL;
	int fd = g_open(path, O_CREAT | O_WRONLY | O_TRUNC, 0600);

	g_assert_cmpint(ftruncate(fd, 100 << 20), ==, 0);
	close(fd);
	g_assert_null(nap_document_load(path, &error));
	g_assert_nonnull(strstr(error->message, "too large: more than 8 MiB"));
	g_unlink(path);
	g_assert_null(nap_document_load("/dev/zero", &endless));
	g_assert_nonnull(strstr(endless->message, "too large"));
	g_assert_null(nap_document_load(g_get_tmp_dir(), &folder));
	g_assert_nonnull(strstr(folder->message, "is a directory"));
	g_assert_null(nap_document_load("/nonexistent/x.ini", &none));
	g_assert_cmpstr(none->message, ==, "/nonexistent/x.ini: No such file or directory");
}

static void test_many_keys(void)
{
	g_autoptr(GString) text = g_string_new("[a]\n");
	g_autoptr(GError) error = NULL;

	for (int i = 0; i < 120000; i++)
		g_string_append_printf(text, "k%d = 1\n", i);
	g_assert_null(document(text->str, &error));
	g_assert_nonnull(strstr(error->message, "more than 100000 groups and keys"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/keyfile/lines", test_lines);
	g_test_add_func("/keyfile/sha256", test_sha256);
	g_test_add_func("/keyfile/bad", test_bad);
	g_test_add_func("/keyfile/nul-and-mark", test_nul_and_mark);
	g_test_add_func("/keyfile/large", test_large);
	g_test_add_func("/keyfile/many-keys", test_many_keys);
	return g_test_run();
}
