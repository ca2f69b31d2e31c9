/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers of keys of any numeric type, and ranges of them, as text and back; for sweeps. */
#ifndef NAP_IO_SWEEP_RANGE_H
#define NAP_IO_SWEEP_RANGE_H

#include <glib.h>

#include "kernel/param.h"
#include "text/arena.h"
#include "text/value_words.h"

/* A range of values. */
struct nap_range {
	bool geometric;
	double from, to;     /* in the type's base unit */
	const char *ends[2]; /* as they were written */
	unsigned n;          /* values of it; 0: not said */
	bool whole;          /* the key counts something */
	double scale;        /* of the unit that texts are written in */
	const char *unit;
};

/* A quantity of any numeric type as a double in its base unit. */
bool nap_number_parse(enum nap_param_type type, const char *text, double *out, GError **error);

/* A number in the type's base unit as a value is written; times to the nanosecond. Free with g_free. */
char *nap_number_of_type(enum nap_param_type type, double v);

/* What a range begins with; ends with a NULL name. */
extern const struct nap_value_word nap_range_words[];

/* Does it begin as a range does? */
bool nap_range_is(const char *text);

/*
 * "linear A B N", "geometric A B N", or without N; row is that of its key, NULL for names. Texts go to the arena. False with
 * a reason.
 */
bool nap_range_parse(const struct nap_param *row, const char *text, unsigned most, struct nap_arena *arena,
	struct nap_range *out, GError **error);

/* Its n values, all different. False with a reason. */
bool nap_range_values(const struct nap_range *r, GPtrArray *values, struct nap_arena *arena, GError **error);

/* The value at x in (0, 1) along the range; of whole numbers each is as likely as the others. */
const char *nap_range_at(const struct nap_range *r, double x, struct nap_arena *arena);

#endif
