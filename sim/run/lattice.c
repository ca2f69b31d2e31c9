/* SPDX-License-Identifier: BSD-2-Clause */
#include "run/lattice.h"

#include <glib.h>

#include "kernel/time.h"

#define SMALL 1000 /* values below so small a part of the upper end have the steps of that part */

/* The largest step that people write and that is no larger than most. */
static int64_t round_step(double most, bool time)
{
	static const int64_t seconds[] = { 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200 };
	int64_t step = 1;

	if (time && most >= 10.0 * NAP_S) {
		for (size_t i = 0; i < G_N_ELEMENTS(seconds) && (double)(seconds[i] * NAP_S) <= most; i++)
			step = seconds[i] * NAP_S;
		return step;
	}
	while (10.0 * (double)step <= most)
		step *= 10;
	return 5.0 * (double)step <= most ? 5 * step : 2.0 * (double)step <= most ? 2 * step : step;
}

void nap_lattice_init(struct nap_lattice *l, int64_t lo, int64_t hi, double share, bool time)
{
	GArray *values = g_array_new(FALSE, FALSE, sizeof(int64_t));

	for (int64_t v = lo; v < hi;) {
		int64_t step = round_step((double)MAX(v, hi / SMALL) * share, time), rest = v % step;

		g_array_append_val(values, v);
		v = hi - v > step - rest ? v - rest + step : hi;
	}
	g_array_append_val(values, hi);
	l->n = values->len;
	l->value = (int64_t *)(void *)g_array_free(values, FALSE);
}

void nap_lattice_clear(struct nap_lattice *l)
{
	g_free(l->value);
	l->value = NULL;
	l->n = 0;
}

uint32_t nap_lattice_at_most(const int64_t *value, uint32_t n, double v)
{
	uint32_t lo = 0, hi = n;

	while (hi - lo > 1) {
		uint32_t mid = lo + (hi - lo) / 2;

		if ((double)value[mid] <= v)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}
