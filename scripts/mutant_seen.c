/* SPDX-License-Identifier: BSD-2-Clause
 * Linked into the model's library when scripts/mutants asks which test case passes through which block of code: gcc's
 * -fsanitize-coverage=trace-pc calls here from every block. After each GLib test case, and when a program ends, what was passed is
 * appended to the file $MUTANT_SEEN: a line "CASE NANOSECONDS BLOCKS", and so many offsets in the library, 32 bits each. */
#include <dlfcn.h>
#include <fcntl.h>
#include <glib.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define SIZE (4u << 20)

extern const char __ehdr_start __attribute__((visibility("hidden")));
static unsigned char hit[SIZE];

void __sanitizer_cov_trace_pc(void);
void __sanitizer_cov_trace_pc(void)
{
	uintptr_t at = (uintptr_t)__builtin_return_address(0) - (uintptr_t)&__ehdr_start;
	if (at < SIZE && !hit[at])
		hit[at] = 1;
}

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + 1e-6 * (double)t.tv_usec;
}

static double used(void)
{
	struct rusage self, children;
	getrusage(RUSAGE_SELF, &self);
	getrusage(RUSAGE_CHILDREN, &children);
	return seconds(self.ru_utime) + seconds(self.ru_stime) + seconds(children.ru_utime) +
	       seconds(children.ru_stime);
}

static void append(const char *name, double took)
{
	const char *path = getenv("MUTANT_SEEN");
	if (!path)
		return;
	size_t n = 0;
	for (uint32_t i = 0; i < SIZE; i++)
		n += hit[i];
	char *record = malloc(512 + 4 * n);
	size_t at = (size_t)snprintf(record, 512, "%s %.0f %zu\n", name, took * 1e9, n);
	for (uint32_t i = 0; i < SIZE; i++)
		if (hit[i]) {
			memcpy(record + at, &i, 4);
			at += 4;
		}
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT, 0600);
	if (fd >= 0) {
		if (write(fd, record, at) != (ssize_t)at)
			abort();
		close(fd);
	}
	free(record);
}

__attribute__((destructor)) static void at_end(void)
{
	append("-", used());
}

struct one {
	char *path;
	GTestFunc plain;
	GTestDataFunc with;
	gconstpointer data;
};

static void run(gconstpointer p)
{
	const struct one *o = p;
	static unsigned char before[SIZE];
	memcpy(before, hit, SIZE);
	memset(hit, 0, SIZE);
	double begin = used();
	o->plain ? o->plain() : o->with(o->data);
	append(o->path, used() - begin);
	/* what main passed through before belongs to every case */
	memcpy(hit, before, SIZE);
}

static void add(const char *path, GTestFunc plain, GTestDataFunc with, gconstpointer data)
{
	static void (*real)(const char *, gconstpointer, GTestDataFunc);
	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "g_test_add_data_func");
	struct one *o = malloc(sizeof *o);
	*o = (struct one){ strdup(path), plain, with, data };
	real(path, o, run);
}

void g_test_add_func(const char *path, GTestFunc f)
{
	add(path, f, NULL, NULL);
}

void g_test_add_data_func(const char *path, gconstpointer data, GTestDataFunc f)
{
	add(path, NULL, f, data);
}

/* the copy of the data is freed by the process' end alone */
void g_test_add_data_func_full(const char *path, gpointer data, GTestDataFunc f, GDestroyNotify gone)
{
	(void)gone;
	add(path, NULL, f, data);
}
