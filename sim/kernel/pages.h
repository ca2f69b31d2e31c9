/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory of large tables that are read here and there: on whole cache lines, and on large pages, as else most of a random access
 * is spent on page tables.
 */
#ifndef NAP_KERNEL_PAGES_H
#define NAP_KERNEL_PAGES_H

#include <stddef.h>

/* Room for so many bytes, unset. The program ends where there is none. Free with g_free. */
void *nap_pages_new(size_t bytes);

/* The same with the first `used` bytes of old, which is freed. */
void *nap_pages_grow(void *old, size_t used, size_t bytes);

#endif
