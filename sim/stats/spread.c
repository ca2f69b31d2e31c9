/* SPDX-License-Identifier: BSD-2-Clause */
#include "stats/spread.h"

#include <math.h>
#include <string.h>

#include <glib.h>

#include "stats/bucket.h"

/* The first row that is not before the bucket. */
static uint32_t place_of(const struct nap_spread *s, uint32_t bucket)
{
	uint32_t from = 0, to = s->n;

	while (from < to) {
		uint32_t middle = from + (to - from) / 2;

		if (s->row[middle].bucket < bucket)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static void make_room(struct nap_spread *s, uint32_t rows)
{
	if (rows <= s->size)
		return;
	s->size = MAX(rows, 2 * s->size);
	s->row = g_renew(struct nap_spread_row, s->row, s->size);
}

void nap_spread_add(struct nap_spread *s, uint64_t value)
{
	uint32_t bucket = nap_bucket_of(value, NAP_SPREAD_BITS);

	s->least = s->count ? MIN(s->least, value) : value;
	s->most = s->count ? MAX(s->most, value) : value;
	s->count++;
	if (s->last < s->n && s->row[s->last].bucket == bucket) {
		s->row[s->last].count++;
		return;
	}
	s->last = place_of(s, bucket);
	if (s->last == s->n || s->row[s->last].bucket != bucket) {
		make_room(s, s->n + 1);
		memmove(s->row + s->last + 1, s->row + s->last, (s->n - s->last) * sizeof *s->row);
		s->row[s->last] = (struct nap_spread_row){ 0, bucket };
		s->n++;
	}
	s->row[s->last].count++;
}

/* From the back, so that each row moves once. */
void nap_spread_merge(struct nap_spread *into, const struct nap_spread *from)
{
	uint32_t both = 0, a, b, to;

	if (from->count == 0)
		return;
	for (uint32_t i = 0, k = 0; i < into->n && k < from->n;) {
		uint32_t x = into->row[i].bucket, y = from->row[k].bucket;

		both += x == y;
		i += x <= y;
		k += y <= x;
	}
	a = into->n;
	b = from->n;
	to = a + b - both;
	make_room(into, to);
	into->least = into->count ? MIN(into->least, from->least) : from->least;
	into->most = into->count ? MAX(into->most, from->most) : from->most;
	into->count += from->count;
	into->n = to;
	into->last = 0;
	while (b > 0) {
		const struct nap_spread_row *y = &from->row[b - 1];

		if (a > 0 && into->row[a - 1].bucket > y->bucket) {
			into->row[--to] = into->row[--a];
			continue;
		}
		b--;
		if (a > 0 && into->row[a - 1].bucket == y->bucket) {
			into->row[--to] = into->row[--a];
			into->row[to].count += y->count;
		} else {
			into->row[--to] = *y;
		}
	}
}

void nap_spread_clear(struct nap_spread *s)
{
	g_free(s->row);
	*s = (struct nap_spread){ 0 };
}

uint64_t nap_spread_at(const struct nap_spread *s, uint64_t rank)
{
	uint64_t seen = 0, middle = s->most;

	for (uint32_t i = 0; i < s->n; i++) {
		seen += s->row[i].count;
		if (seen >= rank) {
			middle = nap_bucket_middle(s->row[i].bucket, NAP_SPREAD_BITS);
			break;
		}
	}
	return MIN(MAX(middle, s->least), s->most);
}

uint64_t nap_spread_rank(double q, uint64_t count)
{
	/* 0.05 x 20 is a little more than 1 in binary: a hair is taken off */
	double rank = ceil(q * (double)count * (1.0 - 1e-12));

	return rank < 1.0 ? 1 : rank > (double)count ? count : (uint64_t)rank;
}
