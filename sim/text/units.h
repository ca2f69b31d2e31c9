/* SPDX-License-Identifier: BSD-2-Clause */
/* The units of each type of quantity, and what there is to say about it. Private to quantity.c. */
#ifndef NAP_TEXT_UNITS_H
#define NAP_TEXT_UNITS_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/param.h"

/* A unit of a whole quantity: how many of the smallest. */
struct whole_unit {
	const char *name;
	uint64_t scale;
	bool alias; /* read, never written */
};

/* A unit of a real quantity: a power of ten of the base unit, then a factor (1 for most). */
struct real_unit {
	const char *name;
	int exponent;
	double factor;
	bool alias; /* read, never written */
};

/* Of a type; reals also have their units here. */
struct type_info {
	const char *name, *units, *example;
	const struct real_unit *real;
	const struct real_unit *per_volt; /* of a type that takes either: struct nap_electric */
};

/* Each list ends with a NULL name. */
extern const struct whole_unit unit_times[], unit_bytes[];
extern const struct real_unit unit_none[];
extern const struct type_info unit_types[NAP_P_TYPES];

#endif
