/* SPDX-License-Identifier: BSD-2-Clause */
#include "parallel/checking.h"

struct crew {
	struct nap_check *const *check;
	uint32_t n, next, next_piece;
	GMutex lock;
};

/* The next piece that nobody has taken; false when all are. */
static bool take(struct crew *crew, struct nap_check **c, uint32_t *piece)
{
	bool more;

	g_mutex_lock(&crew->lock);
	while (crew->next < crew->n && crew->next_piece == nap_check_pieces(crew->check[crew->next])) {
		crew->next++;
		crew->next_piece = 0;
	}
	more = crew->next < crew->n;
	if (more) {
		*c = crew->check[crew->next];
		*piece = crew->next_piece++;
	}
	g_mutex_unlock(&crew->lock);
	return more;
}

static gpointer work(gpointer data)
{
	struct nap_check *c;
	uint32_t piece;

	while (take(data, &c, &piece))
		nap_check_run(c, piece);
	return NULL;
}

void nap_checks_run(struct nap_check *const *checks, uint32_t n, uint32_t threads)
{
	struct crew crew = { .check = checks, .n = n };
	uint32_t pieces = 1, helpers, begun = 0;
	g_autofree GThread **thread = NULL;

	for (uint32_t i = 0; i < n; i++)
		pieces += nap_check_pieces(checks[i]);
	helpers = MIN((threads ? threads : g_get_num_processors()) - 1, pieces);
	thread = g_new(GThread *, helpers);
	g_mutex_init(&crew.lock);
	while (begun < helpers && (thread[begun] = g_thread_try_new("checker", work, &crew, NULL)))
		begun++;
	work(&crew);
	for (uint32_t i = 0; i < begun; i++)
		g_thread_join(thread[i]);
	g_mutex_clear(&crew.lock);
}
