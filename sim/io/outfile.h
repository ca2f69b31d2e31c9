/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Output files, whole or not at all: written under a temporary name beside the target, synced, renamed. Device
 * files, pipes and the like are written in place, as nothing can be renamed over them.
 */
#ifndef NAP_IO_OUTFILE_H
#define NAP_IO_OUTFILE_H

#include <stdbool.h>
#include <stdio.h>

#include <glib.h>

struct nap_outfile;

/* Open PATH for writing; NULL with "PATH: why". Then close or abandon it. */
struct nap_outfile *nap_outfile_open(const char *path, GError **error);

/* The stream to write to; belongs to the outfile. */
FILE *nap_outfile_stream(struct nap_outfile *out);

/* Finish: the file appears under its name, complete. False with "PATH: why" when any write failed: then it does not appear. */
bool nap_outfile_close(struct nap_outfile *out, GError **error);

/* Give up: nothing appears. Accepts NULL. */
void nap_outfile_abandon(struct nap_outfile *out);

/* It is to appear under another name, in the same file system; what is written in place stays where it is. */
void nap_outfile_redirect(struct nap_outfile *out, const char *path);

/* Take away the temporary files that writing dir/name left where it was killed; only while nobody writes there. */
void nap_outfile_sweep_up(const char *dir, const char *name);

/* Could it be written? Asked before long work; takes away what an earlier one left when killed. False with "PATH: why". */
bool nap_outfile_try(const char *path, GError **error);

/* All of it in one call. */
bool nap_write_file(const char *path, const char *data, size_t size, GError **error);

/* Make a folder and those above it; false with "PATH: why". */
bool nap_make_folder(const char *path, GError **error);

/* From now on nothing is written, and all of this succeeds: for a process of several whose results another one writes. */
void nap_outfile_mute(void);

/* Flush standard output; false with a reason when anything written to it was lost (full disk, closed pipe). */
bool nap_flush_stdout(GError **error);

/* Is standard output a pipe that nobody reads any more? */
bool nap_stdout_unread(void);

#endif
