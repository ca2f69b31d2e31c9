/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "text/input_error.h"

struct nap_outfile {
	char *path, *temporary; /* temporary NULL: written in place */
	FILE *stream;
};

static bool muted;

void nap_outfile_mute(void)
{
	muted = true;
}

static bool fail_errno(const char *path, int number, GError **error)
{
	return nap_fail(error, "%s: %s", path, g_strerror(number));
}

#define TEMPORARY ".part-" /* and six letters: nobody names a file of his own so */

/* The descriptor that path names (/dev/stdout, /dev/fd/N), -1: none. Opened by name, a file would begin anew. */
static int descriptor_named(const char *path)
{
	static const char *const names[] = { "/dev/stdin", "/dev/stdout", "/dev/stderr" };
	guint64 n;

	for (int i = 0; i < 3; i++)
		if (g_str_equal(path, names[i]))
			return i;
	return g_str_has_prefix(path, "/dev/fd/") &&
			       g_ascii_string_to_unsigned(path + strlen("/dev/fd/"), 10, 0, INT_MAX, &n, NULL)
		       ? (int)n
		       : -1;
}

/*
 * What is there and no plain file (a device, a pipe, a terminal), opened to be written in place; -1 with errno 0: there is none.
 * Opened first and looked at then, so that nothing can be put in its place between; never waiting for who reads a FIFO, never
 * cutting off what turns out to be a plain file.
 */
static int open_special(const char *path)
{
	int named = descriptor_named(path);
	int fd = named >= 0 ? fcntl(named, F_DUPFD_CLOEXEC, 0)
			    : open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	if (fd < 0) {
		errno = errno == ENOENT || errno == EACCES || errno == EPERM ? 0 : errno;
		return -1;
	}
	if (named >= 0)
		return fd;
	if (fstat(fd, &st) != 0 || S_ISREG(st.st_mode)) {
		close(fd);
		errno = 0;
		return -1;
	}
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
	return fd;
}

/* A stream on a new file beside path. */
static FILE *open_temporary(struct nap_outfile *out)
{
	int fd;

	out->temporary = g_strconcat(out->path, TEMPORARY "XXXXXX", NULL);
	fd = g_mkstemp_full(out->temporary, O_WRONLY | O_CLOEXEC, 0666);
	if (fd < 0)
		g_clear_pointer(&out->temporary, g_free);
	return fd < 0 ? NULL : fdopen(fd, "w");
}

static void free_outfile(struct nap_outfile *out)
{
	g_free(out->path);
	g_free(out->temporary);
	g_free(out);
}

struct nap_outfile *nap_outfile_open(const char *path, GError **error)
{
	struct nap_outfile *out = g_new0(struct nap_outfile, 1);
	int fd;

	out->path = g_strdup(muted ? "/dev/null" : path);
	fd = open_special(out->path);
	if (fd >= 0)
		out->stream = fdopen(fd, "w");
	else if (errno == 0)
		out->stream = open_temporary(out);
	if (out->stream)
		return out;
	if (errno == ENXIO)
		nap_fail(error, "%s: is a FIFO that nobody reads, or no device", path);
	else
		fail_errno(path, errno, error);
	free_outfile(out);
	return NULL;
}

FILE *nap_outfile_stream(struct nap_outfile *out)
{
	return out->stream;
}

bool nap_outfile_close(struct nap_outfile *out, GError **error)
{
	bool lost = ferror(out->stream) != 0;
	int why = lost ? EIO : 0;

	if (fflush(out->stream) != 0)
		why = errno;
	if (!why && out->temporary && fsync(fileno(out->stream)) != 0)
		why = errno;
	if (fclose(out->stream) != 0 && !why)
		why = errno;
	out->stream = NULL;
	if (!why && out->temporary && g_rename(out->temporary, out->path) != 0)
		why = errno;
	if (why) {
		fail_errno(out->path, why, error);
		nap_outfile_abandon(out);
		return false;
	}
	free_outfile(out);
	return true;
}

void nap_outfile_abandon(struct nap_outfile *out)
{
	if (!out)
		return;
	if (out->stream)
		fclose(out->stream);
	if (out->temporary)
		g_unlink(out->temporary);
	free_outfile(out);
}

void nap_outfile_redirect(struct nap_outfile *out, const char *path)
{
	if (!out->temporary || muted)
		return;
	g_free(out->path);
	out->path = g_strdup(path);
}

void nap_outfile_sweep_up(const char *dir, const char *name)
{
	g_autoptr(GDir) folder = muted ? NULL : g_dir_open(dir, 0, NULL);
	g_autofree char *pattern = g_strconcat(name, TEMPORARY "??????", NULL);
	const char *found;

	while (folder && (found = g_dir_read_name(folder))) {
		g_autofree char *path = g_build_filename(dir, found, NULL);

		if (g_pattern_match_simple(pattern, found))
			g_unlink(path);
	}
}

bool nap_outfile_try(const char *path, GError **error)
{
	g_autofree char *dir = g_path_get_dirname(path), *name = g_path_get_basename(path);
	struct nap_outfile *out;
	struct stat st;

	/* a FIFO's reader would take the end of a try for the end of all */
	if (muted || (stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)))
		return true;
	out = nap_outfile_open(path, error);
	if (!out)
		return false;
	nap_outfile_abandon(out);
	nap_outfile_sweep_up(dir, name);
	return true;
}

bool nap_write_file(const char *path, const char *data, size_t size, GError **error)
{
	struct nap_outfile *out = nap_outfile_open(path, error);

	if (!out)
		return false;
	errno = 0;
	if (size && fwrite(data, 1, size, out->stream) != size) {
		fail_errno(path, errno ? errno : EIO, error);
		nap_outfile_abandon(out);
		return false;
	}
	return nap_outfile_close(out, error);
}

bool nap_make_folder(const char *path, GError **error)
{
	return muted || g_mkdir_with_parents(path, 0777) == 0 || fail_errno(path, errno, error);
}

bool nap_flush_stdout(GError **error)
{
	bool lost = ferror(stdout) != 0;

	if (fflush(stdout) != 0)
		return nap_fail(error, "standard output: %s", g_strerror(errno));
	if (lost) /* by an earlier write, whose errno is gone */
		return nap_fail(error, "standard output: could not be written (disk full?)");
	return true;
}

bool nap_stdout_unread(void)
{
	struct pollfd p = { STDOUT_FILENO, POLLOUT, 0 };

	return poll(&p, 1, 0) == 1 && (p.revents & (POLLERR | POLLHUP));
}
