/* SPDX-License-Identifier: BSD-2-Clause */
#include "replay/series.h"

void nap_series_add(struct nap_series *s, const struct nap_series_sum *sum)
{
	s->upto[s->n++] = *sum;
	if (s->n < NAP_SERIES_BINS)
		return;
	s->n /= 2;
	s->width *= 2;
	for (uint32_t i = 0; i < s->n; i++)
		s->upto[i] = s->upto[2 * i + 1];
}
