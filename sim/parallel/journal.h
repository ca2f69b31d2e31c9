/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finished replications of a campaign, kept in a file as they finish, so that a run that ended early can be taken up again. A
 * head says what it is of; then comes a record a replication, with its length and checksum: what was cut off or changed is
 * noticed, and done again. One process writes it at a time. Of several ranks the first one reads and writes for all.
 */
#ifndef NAP_PARALLEL_JOURNAL_H
#define NAP_PARALLEL_JOURNAL_H

#include <glib.h>

#include "parallel/campaign.h"

/* What a journal is of; words without line ends. */
struct nap_journal_head {
	const char *build; /* of the program: another one may count otherwise */
	const char *input; /* digest of the scenario, and all that was set and read besides */
	uint64_t seed;
};

/*
 * Open or make the file; go on with what it keeps of the same head, or begin anew. NULL with "PATH: why": G_IO_ERROR_EXISTS
 * where what it keeps is of another run and in the way, else it cannot be written. All ranks must call it.
 */
struct nap_journal *nap_journal_open(
	const char *path, const struct nap_journal_head *head, bool anew, GError **error);

/* How many replications of an earlier run it kept when it was opened. */
uint64_t nap_journal_found(const struct nap_journal *j);

/*
 * Take from it what it has of the campaign, which was planned; how many replications these were. The first replication of a
 * point that is observed or gathered is not taken: it must be watched again. Of several campaigns of one journal each takes its
 * own, in the order in which they were run.
 */
uint64_t nap_journal_restore(struct nap_journal *j, struct nap_campaign *c);

/* Bytes at the end of the file that were no whole records, when it was opened. */
uint64_t nap_journal_damage(const struct nap_journal *j);

/* A replication is done, in which each was counted: from any thread. */
void nap_journal_keep(struct nap_journal *j, const struct nap_campaign *c, uint32_t point,
	uint32_t replication, const struct nap_each *each);

/* Write what was kept, ten times a second at most, or now. */
void nap_journal_write(struct nap_journal *j, bool now);

/* Why nothing more is kept ("PATH: why"), NULL as long as all is. */
const char *nap_journal_fault(const struct nap_journal *j);

/* Close it; the file goes if the result is whole, or if it keeps nothing. Is it still there? Accepts NULL. */
bool nap_journal_close(struct nap_journal *j, bool whole);

#endif
