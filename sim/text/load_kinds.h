/* SPDX-License-Identifier: BSD-2-Clause */
/* Kinds of subscribers; for text/scenario.c alone. */
#ifndef NAP_TEXT_LOAD_KINDS_H
#define NAP_TEXT_LOAD_KINDS_H

#include "text/loader.h"

/*
 * Fill scenario->kinds from [mix], and from the table that [scenario] population names; the scenario itself is filled already. The
 * kinds' scenarios are put into kinds, whose they are. False with "FILE:LINE: ..." of the scenario or the table.
 */
bool nap_loader_kinds(struct nap_loader *l, GPtrArray *kinds, GError **error);

/* A scenario as one kind of subscriber has it: without kinds of its own. */
struct nap_scenario *nap_scenario_new_kind(const struct nap_document *document,
	const struct nap_override *overrides, size_t n, struct nap_profile_cache *cache, GError **error);

#endif
