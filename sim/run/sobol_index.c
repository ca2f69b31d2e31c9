/* SPDX-License-Identifier: BSD-2-Clause */
#include "run/sobol_index.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include <glib.h>

#include "kernel/rng.h"
#include "stats/sobol_sequence.h"
#include "stats/tails.h"

#define DRAWINGS 999 /* of the bootstrap; as usual for quantiles of 2.5 % */
#define TAIL     0.025
#define BLOCKS   16  /* at least, where there are as many rows */
#define NORMAL   1e6 /* degrees of freedom with which Student's t is normal */

enum stream { DESIGN = 101, BOOTSTRAP };

uint32_t nap_sobol_block(uint32_t rows)
{
	uint32_t block = 1;

	while (2 * block * BLOCKS <= rows)
		block *= 2;
	return block;
}

void nap_sobol_row(uint64_t seed, uint32_t number, uint32_t block, uint32_t keys, double *point)
{
	struct nap_rng r = nap_rng_stream(seed, number / block, DESIGN, NAP_RNG_SEARCH);
	uint64_t scramble = nap_rng_next(&r);
	const double *a = point, *b = point + keys;

	for (uint32_t i = 0; i < 2 * keys; i++)
		point[i] = nap_sobol_coordinate(scramble, number % block, i);
	for (uint32_t i = 0; i < keys; i++)
		for (uint32_t k = 0; k < keys; k++)
			point[(2 + i) * keys + k] = k == i ? b[k] : a[k];
}

/* What rows add to the sums that both indices are made of; values are taken about their mean. */
struct part {
	double rows;
	double sum, squares; /* of A and B */
	double first, total; /* of the key: B (AB - A), and half the square of A - AB */
};

static void add(struct part *to, const struct part *p)
{
	to->rows += p->rows;
	to->sum += p->sum;
	to->squares += p->squares;
	to->first += p->first;
	to->total += p->total;
}

/* Both indices from sums; NAN where the value does not vary. */
static void divide(const struct part *s, double *first, double *total)
{
	double n = s->rows, mean = s->sum / (2.0 * n), variance = s->squares / (2.0 * n) - mean * mean;
	bool varies = variance > 1e-12 * s->squares / n;

	*first = varies ? s->first / n / variance : (double)NAN;
	*total = varies ? s->total / n / variance : (double)NAN;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/*
 * Ends of what is left between the tails, which are smaller the fewer blocks there are: the expanded percentile interval of
 * Hesterberg 2015 (Am. Stat. 69:371), as wide as Student's t. Drawings that do not vary say nothing.
 */
static void ends(double *v, uint32_t n, uint32_t blocks, double *low, double *high)
{
	double freedom = blocks - 1.0, tail;
	uint32_t kept = 0;

	for (uint32_t i = 0; i < n; i++)
		if (!isnan(v[i]))
			v[kept++] = v[i];
	*low = *high = (double)NAN;
	if (kept < n / 2)
		return;
	tail = nap_student_above(sqrt(blocks / freedom) * nap_student_quantile(TAIL, freedom), NORMAL);
	qsort(v, kept, sizeof *v, compare);
	*low = v[(uint32_t)fmax(1.0, tail * (kept + 1.0)) - 1];
	*high = v[(uint32_t)fmin(kept, ceil((1.0 - tail) * (kept + 1.0))) - 1];
}

/* The interval of one key: blocks drawn again from the blocks. */
static void bootstrap(const struct part *part, uint32_t blocks, uint64_t seed, struct nap_sobol *index)
{
	struct nap_rng r = nap_rng_stream(seed, 0, BOOTSTRAP, NAP_RNG_SEARCH);
	double first[DRAWINGS], total[DRAWINGS];

	for (uint32_t i = 0; i < DRAWINGS; i++) {
		struct part sum = { 0.0, 0.0, 0.0, 0.0, 0.0 };

		for (uint32_t k = 0; k < blocks; k++)
			add(&sum, &part[nap_rng_below(&r, blocks)]);
		divide(&sum, &first[i], &total[i]);
	}
	ends(first, DRAWINGS, blocks, &index->first_low, &index->first_high);
	ends(total, DRAWINGS, blocks, &index->total_low, &index->total_high);
}

/* The mean of A and B: exact where all are the same. */
static double mean_of(const double *value, uint32_t stride, uint32_t rows, size_t row)
{
	double sum = 0.0;

	for (uint32_t n = 0; n < rows; n++)
		sum += value[n * row] - value[0] + (value[n * row + stride] - value[0]);
	return rows > 0 ? value[0] + sum / (2.0 * rows) : 0.0;
}

/* What the rows of a block add. */
static struct part sum_block(
	const double *value, uint32_t stride, uint32_t rows, size_t row, uint32_t key, double mean)
{
	struct part sum = { 0.0, 0.0, 0.0, 0.0, 0.0 };

	for (uint32_t n = 0; n < rows; n++) {
		const double *v = value + n * row;
		double a = v[0] - mean, b = v[stride] - mean, ab = v[(2 + key) * stride] - mean;
		const struct part one = { 1.0, a + b, a * a + b * b, b * (ab - a),
			(a - ab) * (a - ab) / 2.0 };

		add(&sum, &one);
	}
	return sum;
}

void nap_sobol_indices(const double *value, uint32_t stride, uint32_t rows, uint32_t block, uint32_t keys,
	uint64_t seed, struct nap_sobol *index)
{
	size_t row = (size_t)stride * (keys + 2);
	uint32_t blocks = (rows + block - 1) / block;
	g_autofree struct part *part = g_new(struct part, blocks + 1);
	double mean = mean_of(value, stride, rows, row), nan = (double)NAN;

	for (uint32_t k = 0; k < keys; k++) {
		struct part sum = { 0.0, 0.0, 0.0, 0.0, 0.0 };

		for (uint32_t i = 0; i < blocks; i++) {
			part[i] = sum_block(value + (size_t)i * block * row, stride,
				MIN(block, rows - i * block), row, k, mean);
			add(&sum, &part[i]);
		}
		index[k] = (struct nap_sobol){ nan, nan, nan, nan, nan, nan };
		if (blocks > 0)
			divide(&sum, &index[k].first, &index[k].total);
		if (blocks > 1)
			bootstrap(part, blocks, seed, &index[k]);
	}
}
