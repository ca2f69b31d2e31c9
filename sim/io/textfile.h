/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading a text file that a user named, with a bound on its size. */
#ifndef NAP_IO_TEXTFILE_H
#define NAP_IO_TEXTFILE_H

#include <stddef.h>

#include <glib.h>

#define NAP_TEXT_MAX (8u << 20) /* bytes: no honest scenario, profile or list of values is larger */

/*
 * The file, open for reading; never waits for it to come. -1 with "PATH: why" (a FIFO by name is refused, a pipe of the shell's
 * is not).
 */
int nap_open_input(const char *path, GError **error);

/*
 * The file's text, NUL-terminated, without a byte order mark; its length in *length when not NULL. NULL with a reason
 * ("PATH: why" or "PATH:LINE: why") when it cannot be read, is longer than max, holds NUL or other control characters,
 * or is not UTF-8. A file that is too long is refused before it is read. Free with g_free.
 */
char *nap_read_text(const char *path, size_t max, size_t *length, GError **error);

/* The same of standard input, up to its end; a file that is called - is ./- then. */
char *nap_read_standard(size_t max, size_t *length, GError **error);

/* From now on what is read is noted. Not for several threads. */
void nap_texts_note(void);

/* A digest, in hex, of all that was read since: each file's first text, in that order. Free with g_free. */
char *nap_texts_digest(void);

#endif
