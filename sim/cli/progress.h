/* SPDX-License-Identifier: BSD-2-Clause */
/* A progress bar with the remaining time on standard error, when that is a terminal and the work takes over a second. */
#ifndef NAP_CLI_PROGRESS_H
#define NAP_CLI_PROGRESS_H

#include <stdint.h>

struct nap_progress {
	int64_t started, shown; /* microseconds, monotonic */
	int tty;
};

void nap_progress_begin(struct nap_progress *p);

/* A nap_progress_fn: ctx is a struct nap_progress. */
void nap_progress_show(void *ctx, uint64_t done, uint64_t all);

/* Wipe the bar. */
void nap_progress_end(struct nap_progress *p);

#endif
