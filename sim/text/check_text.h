/* SPDX-License-Identifier: BSD-2-Clause */
/* Is it a text at all? */
#ifndef NAP_TEXT_CHECK_TEXT_H
#define NAP_TEXT_CHECK_TEXT_H

#include <stddef.h>

#include <glib.h>

/*
 * A copy of the size bytes at data, NUL-terminated, without a byte order mark; its length in *length when not NULL.
 * NULL with "NAME:LINE: why" when they hold NUL or other control characters, or are not UTF-8. Free with g_free.
 */
char *nap_check_text(const char *name, const char *data, size_t size, size_t *length, GError **error);

#endif
