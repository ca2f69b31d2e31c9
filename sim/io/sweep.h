/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Group [sweep]: rows of keys and their values, which form a grid; the first row turns slowest.
 *
 *   KEY = a; b; c                   these values; or "linear A B N", "geometric A B N"
 *   KEY & KEY = a & b; c & d        keys that go together: one value of each, or a range of each with as many values
 *   KEY = linear A B                and "geometric A B": sampled, together with all other such keys, as this says:
 *   sample = latin-hypercube N      or "sobol N"
 *   KEY = OTHER.KEY * 2 + 5s        what follows from another key's value
 */
#ifndef NAP_IO_SWEEP_H
#define NAP_IO_SWEEP_H

#include "io/scenario.h"
#include "text/value_words.h"

struct nap_expression;

/* How sampled keys get their values. */
enum nap_sampling { NAP_SAMPLING_NONE, NAP_SAMPLING_LATIN, NAP_SAMPLING_SOBOL };

/* What sample = begins with, in the order of enum nap_sampling; ends with a NULL name. */
extern const struct nap_value_word nap_sampling_words[];

struct nap_axis {
	const char *name; /* as --set has it: "client.interval" */
	const char *group, *key;
	const struct nap_param *row; /* the key's schema row; NULL for keys that choose a profile or policy */
	const char *const *value;    /* n texts, in the key's own notation */
	size_t n, step;              /* point i has value[i / step % n] */
	const char *where;
	const char *written;                    /* the row's name: "client.interval & client.idle" */
	size_t turn;                            /* axes of the same number turn together */
	const struct nap_expression *expressed; /* by which its values follow from another key; or NULL */
};

struct nap_sweep {
	const struct nap_axis *axis;
	size_t n_axes;   /* 0 when nothing is swept */
	size_t n_points; /* 1 when nothing is swept */
	enum nap_sampling sampling;
	size_t n_sampled, n_samples; /* axes that are sampled; values of each */
	struct nap_arena *arena;
	struct nap_profile_cache *cache; /* shared by the scenarios of all points */
};

/*
 * The sweep of a document. An override of a swept key takes that axis away; an override in group "sweep" replaces or
 * adds a row. Every value of every axis is tried in a scenario, so a bad one is refused here, before anything runs.
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

/*
 * Where others than a point's values hold: add to the n overrides, which have room for n_axes more, anew what follows from
 * other keys. Its texts go to texts. False with an error.
 */
bool nap_sweep_express(const struct nap_sweep *sweep, const struct nap_document *document,
	struct nap_override *overrides, size_t *n, GPtrArray *texts, GError **error);

#endif
