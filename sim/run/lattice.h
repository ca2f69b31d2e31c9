/* SPDX-License-Identifier: BSD-2-Clause */
/* The values that a search goes through: round numbers, each a little larger than the last. */
#ifndef NAP_RUN_LATTICE_H
#define NAP_RUN_LATTICE_H

#include <stdbool.h>
#include <stdint.h>

struct nap_lattice {
	int64_t *value; /* rising */
	uint32_t n;     /* at least 1 */
};

/*
 * From lo to hi (0 <= lo <= hi), both among them; in between multiples of a step that is at most share of the value and a
 * number people write: 1, 2 or 5 times a power of ten, and of times (ns) from 10 s on 10, 20 or 30 s, 1, 2, 5, 10, 20
 * or 30 min, or hours.
 */
void nap_lattice_init(struct nap_lattice *l, int64_t lo, int64_t hi, double share, bool time);
void nap_lattice_clear(struct nap_lattice *l);

/* The last position whose value is at most v; 0 when there is none. */
uint32_t nap_lattice_at_most(const int64_t *value, uint32_t n, double v);

#endif
