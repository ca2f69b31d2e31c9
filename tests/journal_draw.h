/* SPDX-License-Identifier: BSD-2-Clause */
/* For tests: a small campaign whose journal is written, changed and read again, and what may come of it. */
#ifndef NAP_TESTS_JOURNAL_DRAW_H
#define NAP_TESTS_JOURNAL_DRAW_H

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "harness.h"
#include "parallel/journal.h"

#define JOURNAL_TEXT                                                                                         \
	"[scenario]\nduration = 2d\nseed = 3\nreplications = %d\nsubscribers = %d\n[path]\nmiddleboxes = "   \
	"nat\nloss = 1%%\n[middlebox nat]\nprofile = linux\n[radio]\nprofile = lte-huang-2012\n"             \
	"[client]\napplication = udp\npolicy = fixed\ninterval = 25s\n[server]\npush = poisson 4/h\n"

struct journal_case {
	struct h_run *whole; /* the undisturbed run */
	char *folder, *path; /* of the journal */
	char *bytes;         /* of its journal, when all was done and nothing written */
	gsize size, head;    /* head: of these, up to the first record */
	struct nap_point point;
	struct nap_campaign campaign; /* planned anew by journal_plan */
};

static const struct nap_journal_head journal_head = { "build 1", "abc", 3 };

static inline void journal_plan(struct journal_case *c)
{
	const char *why;
	uint32_t which;

	c->point = (struct nap_point){ .sc = c->whole->sc };
	c->campaign = (struct nap_campaign){ .point = &c->point, .n = 1, .threads = 2 };
	g_assert_true(nap_campaign_plan(&c->campaign, &why, &which));
}

static inline struct journal_case journal_begin(int replications, int subscribers)
{
	struct journal_case c = { 0 };
	g_autofree char *text = g_strdup_printf(JOURNAL_TEXT, replications, subscribers);
	GError *error = NULL;

	c.whole = h_run(text, 1);
	/* in memory where that can be: a file system on a disk syncs a file that was cut off */
	c.folder = g_strdup(
		g_access("/dev/shm", W_OK) ? "/tmp/natnap-journal-XXXXXX" : "/dev/shm/natnap-journal-XXXXXX");
	g_assert_nonnull(g_mkdtemp(c.folder));
	c.path = g_build_filename(c.folder, "journal", NULL);
	journal_plan(&c);
	c.campaign.journal = nap_journal_open(c.path, &journal_head, false, &error);
	g_assert_no_error(error);
	g_assert_true(nap_campaign_run(&c.campaign));
	g_assert_true(nap_journal_close(c.campaign.journal, false));
	nap_campaign_clear(&c.campaign);
	g_assert_true(g_file_get_contents(c.path, &c.bytes, &c.size, NULL));
	c.head = (gsize)(strstr(c.bytes, "\n\n") + 2 - c.bytes);
	return c;
}

static inline void journal_end(struct journal_case *c)
{
	g_unlink(c->path);
	g_rmdir(c->folder);
	g_free(c->folder);
	g_free(c->path);
	g_free(c->bytes);
	h_free(c->whole);
}

static inline void journal_write_file(const struct journal_case *c, const void *data, gsize n)
{
	FILE *f = fopen(c->path, "w"); /* unsynced */

	g_assert_true(f && fwrite(data, 1, n, f) == n && fclose(f) == 0);
}

/* Open what is in the file and take it: how many replications it had, -1: it was refused. The campaign is planned anew. */
static inline int64_t journal_read(struct journal_case *c, bool anew, bool finish)
{
	g_autoptr(GError) error = NULL;
	struct nap_journal *j = nap_journal_open(c->path, &journal_head, anew, &error);
	int64_t taken;

	journal_plan(c);
	if (!j) {
		g_assert_true(g_str_has_prefix(error->message, c->path));
		return -1;
	}
	taken = (int64_t)nap_journal_restore(j, &c->campaign);
	c->campaign.journal = j;
	if (finish)
		g_assert_true(nap_campaign_run(&c->campaign));
	nap_journal_close(j, finish);
	c->campaign.journal = NULL;
	return taken;
}

/* What is done is what the undisturbed run did; bit by bit. */
static inline void journal_same(const struct journal_case *c)
{
	const struct nap_point *a = &c->point, *b = &c->whole->point;

	for (uint32_t i = 0; i < a->sc->general.replications; i++)
		if (a->done[i])
			g_assert_true(
				memcmp(&a->replication[i], &b->replication[i], sizeof *a->replication) == 0);
	g_assert_true(!a->batch || (a->n_batches == b->n_batches &&
					   memcmp(a->batch, b->batch, a->n_batches * sizeof *a->batch) == 0));
}

#endif
