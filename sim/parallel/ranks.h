/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Processes that share the work of one command, on one machine or many (MPI). All of them run the same command on the same
 * input; only the work of campaigns is shared out, and what each has done is given to all, so that all go on alike. ranks.c
 * is over MPI, no_ranks.c is one process alone.
 */
#ifndef NAP_PARALLEL_RANKS_H
#define NAP_PARALLEL_RANKS_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

struct nap_ranks {
	uint32_t rank, n; /* this process' number, of how many */
	uint32_t here;    /* how many of them share this machine, itself included */
};

/*
 * Join the others, if the program was started with others; from the main thread, before any work. False: *why, a constant, such
 * as that build is not the same everywhere.
 */
bool nap_ranks_begin(const char *build, const char **why);
void nap_ranks_end(void);

/* From now on this process works alone; the others have nothing more to do. */
void nap_ranks_part(void);

/* Who is there; before nap_ranks_begin this process alone. */
struct nap_ranks nap_ranks(void);

/*
 * Each gives some bytes, and gets those of all in order of rank: GBytes, to be freed by g_ptr_array_unref. All must call it, from
 * the main thread.
 */
GPtrArray *nap_ranks_share(const GByteArray *mine);

/* Which MPI it was built with, for --version; a constant. */
const char *nap_ranks_library(void);

#endif
