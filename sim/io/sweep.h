/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Group [sweep]: axes in file order, each a key and its values ("a; b; c", "linear A B N", "geometric A B N"). They
 * form a grid; the first axis turns slowest.
 */
#ifndef NAP_IO_SWEEP_H
#define NAP_IO_SWEEP_H

#include "io/scenario.h"

struct nap_axis {
	const char *name; /* as written: "client.interval" */
	const char *group, *key;
	const struct nap_param *row; /* the key's schema row; NULL for keys that choose a profile or policy */
	const char *const *value;    /* n texts, in the key's own notation */
	size_t n;
	const char *where;
};

struct nap_sweep {
	const struct nap_axis *axis;
	size_t n_axes;   /* 0 when nothing is swept */
	size_t n_points; /* product of the axes' n: 1 when nothing is swept */
	struct nap_arena *arena;
	struct nap_profile_cache *cache; /* shared by the scenarios of all points */
};

/*
 * The sweep of a document. An override of a swept key takes that axis away; an override in group "sweep" replaces or
 * adds an axis. Every value of every axis is tried in a scenario, so a bad one is refused here, before anything runs.
 * NULL with "FILE:LINE: [sweep] key: reason". The document must outlive the sweep. Free with nap_sweep_free.
 */
struct nap_sweep *nap_sweep_new(
	const struct nap_document *document, const struct nap_override *overrides, size_t n, GError **error);
void nap_sweep_free(struct nap_sweep *sweep); /* accepts NULL */

/* The value of each axis at point i (0 .. n_points - 1), as n_axes overrides for nap_scenario_new. */
void nap_sweep_point(const struct nap_sweep *sweep, size_t i, struct nap_override *out);

/*
 * The scenario of point i: the overrides of nap_sweep_new again, then the point's values. Free with
 * nap_scenario_free.
 */
struct nap_scenario *nap_sweep_scenario(const struct nap_sweep *sweep, const struct nap_document *document,
	const struct nap_override *overrides, size_t n, size_t i, GError **error);

#endif
