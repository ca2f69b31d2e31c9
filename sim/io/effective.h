/* SPDX-License-Identifier: BSD-2-Clause */
/* The values that hold in a scenario at one point of its sweep, and where each is from. */
#ifndef NAP_IO_EFFECTIVE_H
#define NAP_IO_EFFECTIVE_H

#include "io/sweep.h"
#include "text/origin.h"

struct nap_effective {
	char *key;   /* "middlebox.home.udp" */
	char *value; /* as written; a default as the program would write it */
	/* "default", "profile", "file", "--set", "sweep", or, where subscribers differ in it, "mix", "population" */
	const char *origin;
	char *where; /* "FILE:LINE", "profile middlebox/linux:12"; "" of defaults */
};

/* Where the values of one point of a sweep are from: a table of nap_origins_new. NULL as of nap_sweep_scenario. */
GHashTable *nap_point_origins(const struct nap_sweep *sweep, const struct nap_document *document,
	const struct nap_override *overrides, size_t n, size_t point, GError **error);

/*
 * struct nap_effective of every key, group by group, those that choose profiles first in each; scenario and origins are of
 * the same point. Free with g_ptr_array_unref.
 */
GPtrArray *nap_effective_values(const struct nap_sweep *sweep, const struct nap_document *document,
	const struct nap_override *overrides, size_t n, const struct nap_scenario *scenario,
	GHashTable *origins);

#endif
