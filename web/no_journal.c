/* SPDX-License-Identifier: BSD-2-Clause */
/* A page keeps no journal of what is finished. */
#include "parallel/journal.h"

void nap_journal_keep(struct nap_journal *j, const struct nap_campaign *c, uint32_t point,
	uint32_t replication, const struct nap_each *each)
{
	(void)j, (void)c, (void)point, (void)replication, (void)each;
}

void nap_journal_write(struct nap_journal *j, bool now)
{
	(void)j, (void)now;
}
