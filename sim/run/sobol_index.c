/* SPDX-License-Identifier: BSD-2-Clause */
#include "run/sobol_index.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include <glib.h>

#include "kernel/rng.h"

#define DRAWINGS 999 /* of the bootstrap; as usual for quantiles of 2.5 % */
#define TAIL     0.025

enum stream { DESIGN = 101, BOOTSTRAP };

void nap_sobol_row(uint64_t seed, uint32_t number, uint32_t keys, double *point)
{
	struct nap_rng r = nap_rng_stream(seed, number, DESIGN, NAP_RNG_SEARCH);
	const double *a = point, *b = point + keys;

	for (uint32_t i = 0; i < 2 * keys; i++)
		point[i] = nap_rng_unit(&r);
	for (uint32_t i = 0; i < keys; i++)
		for (uint32_t k = 0; k < keys; k++)
			point[(2 + i) * keys + k] = k == i ? b[k] : a[k];
}

/* What a row adds to the sums that both indices are made of; values are taken about their mean. */
struct row_part {
	double sum, squares; /* of A and B */
	double first, total; /* of the key: B (AB - A), and half the square of A - AB */
};

static void add(struct row_part *to, const struct row_part *p)
{
	to->sum += p->sum;
	to->squares += p->squares;
	to->first += p->first;
	to->total += p->total;
}

/* Both indices from sums over n rows; NAN where the value does not vary. */
static void divide(const struct row_part *s, double n, double *first, double *total)
{
	double mean = s->sum / (2.0 * n), variance = s->squares / (2.0 * n) - mean * mean;
	bool varies = variance > 1e-12 * s->squares / n;

	*first = varies ? s->first / n / variance : (double)NAN;
	*total = varies ? s->total / n / variance : (double)NAN;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Ends of what is left between the tails; drawings that do not vary say nothing. */
static void ends(double *v, uint32_t n, double *low, double *high)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < n; i++)
		if (!isnan(v[i]))
			v[kept++] = v[i];
	*low = *high = (double)NAN;
	if (kept < n / 2)
		return;
	qsort(v, kept, sizeof *v, compare);
	*low = v[(uint32_t)(TAIL * (kept + 1.0)) - 1];
	*high = v[(uint32_t)((1.0 - TAIL) * (kept + 1.0)) - 1];
}

/* The interval of one key: rows drawn again from the rows. */
static void bootstrap(const struct row_part *part, uint32_t rows, uint64_t seed, struct nap_sobol *index)
{
	struct nap_rng r = nap_rng_stream(seed, 0, BOOTSTRAP, NAP_RNG_SEARCH);
	double first[DRAWINGS], total[DRAWINGS];

	for (uint32_t i = 0; i < DRAWINGS; i++) {
		struct row_part sum = { 0.0, 0.0, 0.0, 0.0 };

		for (uint32_t k = 0; k < rows; k++)
			add(&sum, &part[nap_rng_below(&r, rows)]);
		divide(&sum, rows, &first[i], &total[i]);
	}
	ends(first, DRAWINGS, &index->first_low, &index->first_high);
	ends(total, DRAWINGS, &index->total_low, &index->total_high);
}

/* The mean of A and B: exact where all are the same. */
static double mean_of(const double *value, uint32_t stride, uint32_t rows, size_t row)
{
	double sum = 0.0;

	for (uint32_t n = 0; n < rows; n++)
		sum += value[n * row] - value[0] + (value[n * row + stride] - value[0]);
	return rows > 0 ? value[0] + sum / (2.0 * rows) : 0.0;
}

void nap_sobol_indices(const double *value, uint32_t stride, uint32_t rows, uint32_t keys, uint64_t seed,
	struct nap_sobol *index)
{
	size_t row = (size_t)stride * (keys + 2);
	g_autofree struct row_part *part = g_new(struct row_part, rows + 1);
	double mean = mean_of(value, stride, rows, row);

	for (uint32_t k = 0; k < keys; k++) {
		struct row_part sum = { 0.0, 0.0, 0.0, 0.0 };

		for (uint32_t n = 0; n < rows; n++) {
			const double *v = value + n * row;
			double a = v[0] - mean, b = v[stride] - mean, ab = v[(2 + k) * stride] - mean;

			part[n] = (struct row_part){ a + b, a * a + b * b, b * (ab - a),
				(a - ab) * (a - ab) / 2.0 };
			add(&sum, &part[n]);
		}
		index[k] = (struct nap_sobol){ (double)NAN, (double)NAN, (double)NAN, (double)NAN,
			(double)NAN, (double)NAN };
		if (rows < 2)
			continue;
		divide(&sum, rows, &index[k].first, &index[k].total);
		bootstrap(part, rows, seed, &index[k]);
	}
}
