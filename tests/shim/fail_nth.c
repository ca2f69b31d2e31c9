/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * LD_PRELOAD: of the calls by which files are made, written and named the FAIL_NTH-th fails, and with FAIL_ON all that come
 * after it too, with ENOSPC. FAIL_COUNT names a file that gets their number, when the program ends.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int calls; /* of the thread that writes */

static int fails(void)
{
	const char *nth = getenv("FAIL_NTH");
	int n = nth ? atoi(nth) : 0;

	calls++;
	if (n == 0 || (getenv("FAIL_ON") ? calls < n : calls != n))
		return 0;
	errno = ENOSPC;
	return 1;
}

__attribute__((destructor)) static void tell(void)
{
	const char *path = getenv("FAIL_COUNT");
	FILE *f = path ? fopen(path, "w") : NULL;

	if (f) {
		fprintf(f, "%d\n", calls);
		fclose(f);
	}
}

#define NEXT(name, type) ((type)dlsym(RTLD_NEXT, name))

ssize_t write(int fd, const void *data, size_t n)
{
	if (fd > 2 && fails())
		return -1;
	return NEXT("write", ssize_t(*)(int, const void *, size_t))(fd, data, n);
}

/* What the C library writes itself of a stream is not seen as write. */
int fflush(FILE *f)
{
	if (f && fileno(f) > 2 && fails())
		return EOF;
	return NEXT("fflush", int (*)(FILE *))(f);
}

int fclose(FILE *f)
{
	int bad =
		fileno(f) > 2 && calls > 0 && (fcntl(fileno(f), F_GETFL) & O_ACCMODE) != O_RDONLY && fails();
	int status = NEXT("fclose", int (*)(FILE *))(f);

	if (bad)
		errno = ENOSPC;
	return bad ? EOF : status;
}

int fsync(int fd)
{
	return fails() ? -1 : NEXT("fsync", int (*)(int))(fd);
}

int fdatasync(int fd)
{
	return fails() ? -1 : NEXT("fdatasync", int (*)(int))(fd);
}

int ftruncate(int fd, off_t n)
{
	return fails() ? -1 : NEXT("ftruncate", int (*)(int, off_t))(fd, n);
}

int rename(const char *from, const char *to)
{
	return fails() ? -1 : NEXT("rename", int (*)(const char *, const char *))(from, to);
}

int unlink(const char *path)
{
	return fails() ? -1 : NEXT("unlink", int (*)(const char *))(path);
}

int mkdir(const char *path, mode_t mode)
{
	return fails() ? -1 : NEXT("mkdir", int (*)(const char *, mode_t))(path, mode);
}

static mode_t mode_of(int flags, va_list more)
{
	return flags & O_CREAT ? (mode_t)va_arg(more, int) : 0;
}

int open(const char *path, int flags, ...)
{
	va_list more;
	mode_t mode;

	va_start(more, flags);
	mode = mode_of(flags, more);
	va_end(more);
	if ((flags & O_CREAT) && fails())
		return -1;
	return NEXT("open", int (*)(const char *, int, ...))(path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
	va_list more;
	mode_t mode;

	va_start(more, flags);
	mode = mode_of(flags, more);
	va_end(more);
	if ((flags & O_CREAT) && fails())
		return -1;
	return NEXT("open64", int (*)(const char *, int, ...))(path, flags, mode);
}
