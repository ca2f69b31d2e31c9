/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/textfile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "text/check_text.h"
#include "text/input_error.h"

/* Paths of texts that were noted, and a digest of their digests; NULL: none are. */
static GHashTable *noted;
static GChecksum *digest;

void nap_texts_note(void)
{
	g_clear_pointer(&noted, g_hash_table_unref);
	g_clear_pointer(&digest, g_checksum_free);
	noted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	digest = g_checksum_new(G_CHECKSUM_SHA256);
}

char *nap_texts_digest(void)
{
	g_autoptr(GChecksum) so_far = g_checksum_copy(digest);

	return g_strdup(g_checksum_get_string(so_far));
}

static void note(const char *path, const GByteArray *text)
{
	g_autofree char *hash = NULL;

	if (!noted || !g_hash_table_add(noted, g_strdup(path)))
		return;
	hash = g_compute_checksum_for_data(G_CHECKSUM_SHA256, text->data, text->len);
	g_checksum_update(digest, (const guchar *)hash, (gssize)strlen(hash));
}

static bool fail_errno(const char *path, GError **error)
{
	return nap_fail(error, "%s: %s", path, g_strerror(errno));
}

static bool fail_size(const char *path, size_t max, GError **error)
{
	return nap_fail(error, "%s: too large: more than %zu MiB, as no such file is", path, max >> 20);
}

/* All of fd, but no more than max bytes. */
static bool read_all(int fd, const char *path, size_t max, GByteArray *into, GError **error)
{
	static const size_t block = 65536;
	struct stat st;

	if (fstat(fd, &st) < 0)
		return fail_errno(path, error);
	if (S_ISDIR(st.st_mode))
		return nap_fail(error, "%s: is a directory", path);
	if (S_ISREG(st.st_mode) && st.st_size > (off_t)max)
		return fail_size(path, max, error);
	for (;;) {
		size_t have = into->len;
		ssize_t n;

		g_byte_array_set_size(into, (guint)(have + block));
		n = read(fd, into->data + have, block);
		g_byte_array_set_size(into, (guint)(have + (n > 0 ? (size_t)n : 0)));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail_errno(path, error);
		if (n == 0)
			return true;
		if (into->len > max)
			return fail_size(path, max, error);
	}
}

/* All that fd has, as the text of path. */
static char *text_of(int fd, const char *path, size_t max, size_t *length, GError **error)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();

	if (!read_all(fd, path, max, bytes, error))
		return NULL;
	note(path, bytes);
	return nap_check_text(path, (const char *)bytes->data, bytes->len, length, error);
}

/* A FIFO by name: who would write to it may never come. What a shell puts there (<(...)) has no name. */
static bool is_named_fifo(int fd)
{
	struct statfs fs;
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode) && fstatfs(fd, &fs) == 0 &&
	       fs.f_type != PIPEFS_MAGIC;
}

int nap_open_input(const char *path, GError **error)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0) {
		fail_errno(path, error);
		return -1;
	}
	if (is_named_fifo(fd)) {
		nap_fail(error, "%s: is a FIFO: a file is wanted, or - for standard input", path);
		close(fd);
		return -1;
	}
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
	return fd;
}

char *nap_read_text(const char *path, size_t max, size_t *length, GError **error)
{
	int fd = nap_open_input(path, error);
	char *text;

	if (fd < 0)
		return NULL;
	text = text_of(fd, path, max, length, error);
	close(fd);
	return text;
}

char *nap_read_standard(size_t max, size_t *length, GError **error)
{
	return text_of(STDIN_FILENO, "standard input", max, length, error);
}
