/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/pages.h"

#include <glib.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { LINE = 64, LARGE_PAGE = 2 << 20, LARGE = LARGE_PAGE / 2 };

void *nap_pages_new(size_t bytes)
{
	bool large = bytes >= LARGE;
	void *p = NULL;

	if (large)
		bytes = (bytes + LARGE_PAGE - 1) & ~(size_t)(LARGE_PAGE - 1);
	if (posix_memalign(&p, large ? LARGE_PAGE : LINE, bytes)) /* as GLib says it of its own */
		g_error("failed to allocate %zu bytes", bytes);
	if (large)
		madvise(p, bytes, MADV_HUGEPAGE);
	return p;
}

void *nap_pages_grow(void *old, size_t used, size_t bytes)
{
	void *p = nap_pages_new(bytes);

	if (used)
		memcpy(p, old, used);
	g_free(old);
	return p;
}
