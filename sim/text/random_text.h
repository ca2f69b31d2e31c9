/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Distributions and arrivals as text: "lognormal 40ms 0.5" or "lognormal(40ms, 0.5)"; "poisson 4/h". Values of
 * `empirical` and `times` stand in the text or in a file, one a line, the first column of a CSV or the one that is named; a header that ends
 * in _ns, _us, _ms, _s, _min or _h gives the unit of bare numbers.
 */
#ifndef NAP_TEXT_RANDOM_TEXT_H
#define NAP_TEXT_RANDOM_TEXT_H

#include <stdbool.h>

#include <glib.h>

#include "text/arena.h"
#include "text/files.h"
#include "kernel/param.h"

/* Does the text start with the name of a distribution other than a bare value? */
bool nap_is_dist(const char *text);

/* Unit of bare numbers below a header such as rtt_ms; "" when it names none. */
const char *nap_header_unit(const char *header);

/*
 * A distribution of times (type NAP_P_TIME, in ns) or of numbers (NAP_P_REAL). Values go to the arena; dir is what a
 * relative FILE is relative to, NULL where files are not allowed.
 */
bool nap_dist_parse(enum nap_param_type type, const char *text, struct nap_arena *arena,
	const struct nap_folder *dir, struct nap_dist *out, GError **error);
/* Text that reads back as d (empirical values inline). Free with g_free. */
char *nap_dist_format(enum nap_param_type type, const struct nap_dist *d);

bool nap_arrivals_parse(const char *text, struct nap_arena *arena, const struct nap_folder *dir,
	struct nap_arrivals *out, GError **error);
char *nap_arrivals_format(const struct nap_arrivals *a);

#endif
