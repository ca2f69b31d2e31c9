/* SPDX-License-Identifier: BSD-2-Clause */
/* What a careful colleague would ask about a scenario before it is run: a line each. */
#ifndef NAP_IO_DOUBTS_H
#define NAP_IO_DOUBTS_H

#include "io/sweep.h"

/* What is looked at: all points of a sweep, and what set the keys of the first. */
struct nap_doubted {
	const struct nap_sweep *sweep;
	struct nap_scenario *const *point;
	size_t n;            /* of the sweep */
	GHashTable *origins; /* nap_point_origins of point 0 */
};

/* Do all subscribers of a population open their flows at one and the same time? */
bool nap_doubt_starts_at_once(const struct nap_scenario *sc);

/* Texts, those about several points with their number; free with g_ptr_array_unref. */
GPtrArray *nap_doubts(const struct nap_doubted *d);

/* Of these only the keys that are set, and that the tracker of their middlebox reads at no point: likely a mistake. */
GPtrArray *nap_doubts_unread(const struct nap_doubted *d);

#endif
