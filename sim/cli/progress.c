/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/progress.h"

#include <glib.h>
#include <stdio.h>
#include <unistd.h>

#define WIDTH 40

void nap_progress_begin(struct nap_progress *p)
{
	p->started = g_get_monotonic_time();
	p->shown = 0;
	p->tty = isatty(2);
}

void nap_progress_show(void *ctx, uint64_t done, uint64_t all)
{
	struct nap_progress *p = ctx;
	int64_t now = g_get_monotonic_time(), spent = now - p->started, left;
	int full = all > 0 ? (int)((double)done / (double)all * WIDTH) : 0;

	if (!p->tty || spent < G_USEC_PER_SEC || now - p->shown < G_USEC_PER_SEC / 10)
		return;
	p->shown = now;
	left = done > 0 ? (int64_t)((double)spent * (double)(all - done) / (double)done) / G_USEC_PER_SEC
			: -1;
	fprintf(stderr, "\r  [%.*s%*s] %3d%%", full, "########################################", WIDTH - full,
		"", (int)(100.0 * (double)done / (double)all));
	if (left >= 0)
		fprintf(stderr, "  %" G_GINT64_FORMAT ":%02d left ", left / 60, (int)(left % 60));
	fflush(stderr);
}

void nap_progress_end(struct nap_progress *p)
{
	if (p->shown)
		fprintf(stderr, "\r%*s\r", WIDTH + 30, "");
	p->shown = 0;
}
