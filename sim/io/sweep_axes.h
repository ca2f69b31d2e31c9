/* SPDX-License-Identifier: BSD-2-Clause */
/* From the rows of [sweep] to axes; for sweep.c alone. */
#ifndef NAP_IO_SWEEP_AXES_H
#define NAP_IO_SWEEP_AXES_H

#include "io/sweep.h"

#define NAP_AXIS_MAX   10000u  /* values of one axis */
#define NAP_POINTS_MAX 100000u /* of the whole grid */

/*
 * struct nap_axis of all rows, file order first, each with its values but those that follow from other keys; step is 1. Fills
 * what sweep tells of sampling. False with "FILE:LINE: [sweep] key: reason".
 */
bool nap_sweep_axes(struct nap_sweep *sweep, const struct nap_document *document,
	const struct nap_override *overrides, size_t n, GArray *axes, GError **error);

#endif
