/* SPDX-License-Identifier: BSD-2-Clause */
#include "parallel/parcel.h"

#include <string.h>

#include "run/load.h"
#include "stats/bucket.h"
#include "stats/occupancy.h"

struct nap_parcel nap_parcel_of(GBytes *bytes)
{
	gsize size;
	const guint8 *data = g_bytes_get_data(bytes, &size);

	return (struct nap_parcel){ .at = data, .end = data + size };
}

void nap_parcel_put(struct nap_parcel *p, const void *data, size_t n)
{
	g_byte_array_append(p->bytes, data, (guint)n);
}

void nap_parcel_take(struct nap_parcel *p, void *data, size_t n)
{
	p->broken |= (size_t)(p->end - p->at) < n;
	if (p->broken) {
		memset(data, 0, n);
		return;
	}
	memcpy(data, p->at, n);
	p->at += n;
}

/* So many rows of that many bytes follow: 0 where they cannot. */
static uint64_t take_rows(struct nap_parcel *p, size_t bytes)
{
	uint64_t rows = nap_parcel_take_number(p);

	p->broken |= rows > (size_t)(p->end - p->at) / bytes;
	return p->broken ? 0 : rows;
}

/* A number below n. */
static uint64_t take_index(struct nap_parcel *p, uint64_t n)
{
	uint64_t i = nap_parcel_take_number(p);

	p->broken |= i >= n;
	return p->broken ? 0 : i;
}

/* ---- parts -------------------------------------------------------------------------------------------------------- */

void nap_parcel_put_part(struct nap_parcel *p, const struct nap_part *part)
{
	nap_parcel_put(p, part, sizeof *part);
}

void nap_parcel_take_part(struct nap_parcel *p, struct nap_part *part)
{
	nap_parcel_take(p, part, sizeof *part);
	for (size_t i = 0; i < G_N_ELEMENTS(part->meter); i++) { /* another's memory */
		part->meter[i].observer = NULL;
		part->meter[i].bill = NULL;
	}
}

/* ---- what was gathered ---------------------------------------------------------------------------------------------- */

static void put_sketch(struct nap_parcel *p, const struct nap_sketch *s)
{
	uint64_t rows = 0;

	for (uint32_t i = 0; i < NAP_SKETCH_BUCKETS; i++)
		rows += s->bucket[i] != 0;
	nap_parcel_put_number(p, s->count);
	nap_parcel_put_number(p, s->sum);
	nap_parcel_put_number(p, rows);
	for (uint32_t i = 0; i < NAP_SKETCH_BUCKETS; i++)
		if (s->bucket[i]) {
			nap_parcel_put_number(p, i);
			nap_parcel_put_number(p, s->bucket[i]);
		}
}

static void take_sketch(struct nap_parcel *p, struct nap_sketch *into)
{
	g_autofree struct nap_sketch *s = g_new0(struct nap_sketch, 1);
	uint64_t rows;

	s->count = nap_parcel_take_number(p);
	s->sum = nap_parcel_take_number(p);
	rows = take_rows(p, 2 * sizeof rows);
	while (rows-- > 0) {
		uint64_t i = take_index(p, NAP_SKETCH_BUCKETS);

		s->bucket[i] = nap_parcel_take_number(p);
	}
	if (!p->broken)
		nap_sketch_merge(into, s);
}

static void put_spread(struct nap_parcel *p, const struct nap_spread *s)
{
	nap_parcel_put_number(p, s->count);
	nap_parcel_put_number(p, s->least);
	nap_parcel_put_number(p, s->most);
	nap_parcel_put_number(p, s->n);
	for (uint32_t i = 0; i < s->n; i++) { /* without the bytes between fields */
		nap_parcel_put_number(p, s->row[i].bucket);
		nap_parcel_put_number(p, s->row[i].count);
	}
}

/* Rows that could not have been counted break it: merging relies on their order. */
static void take_spread(struct nap_parcel *p, struct nap_spread *s)
{
	s->count = nap_parcel_take_number(p);
	s->least = nap_parcel_take_number(p);
	s->most = nap_parcel_take_number(p);
	s->n = s->size = (uint32_t)take_rows(p, 2 * sizeof(uint64_t));
	s->row = g_new(struct nap_spread_row, s->n);
	for (uint32_t i = 0; i < s->n; i++) {
		s->row[i].bucket = (uint32_t)take_index(p, nap_bucket_of(UINT64_MAX, NAP_SPREAD_BITS) + 1);
		s->row[i].count = nap_parcel_take_number(p);
		p->broken |= i > 0 && s->row[i - 1].bucket >= s->row[i].bucket;
	}
}

void nap_parcel_put_each(struct nap_parcel *p, const struct nap_each *e)
{
	for (int i = 0; i < NAP_EACH_N; i++)
		put_spread(p, &e->of[i]);
	nap_parcel_put_number(p, e->subscribers);
	nap_parcel_put(p, e->within, sizeof e->within);
	nap_parcel_put_number(p, e->within_all);
}

void nap_parcel_take_each(struct nap_parcel *p, struct nap_each *into)
{
	struct nap_each e = { 0 };

	for (int i = 0; i < NAP_EACH_N; i++)
		take_spread(p, &e.of[i]);
	e.subscribers = nap_parcel_take_number(p);
	nap_parcel_take(p, e.within, sizeof e.within);
	e.within_all = nap_parcel_take_number(p);
	if (!p->broken)
		nap_each_merge(into, &e);
	nap_each_clear(&e);
}

/* Bins that changed: two megabytes are mostly zeros. */
static void put_occupancy(struct nap_parcel *p, const struct nap_occupancy *o)
{
	uint64_t rows = 0;

	for (uint32_t i = 0; i < o->n; i++)
		rows += o->change[i] || o->births[i];
	nap_parcel_put_number(p, rows);
	for (uint32_t i = 0; i < o->n; i++)
		if (o->change[i] || o->births[i]) {
			nap_parcel_put_number(p, i);
			nap_parcel_put_number(p, (uint64_t)o->change[i]);
			nap_parcel_put_number(p, o->births[i]);
		}
}

static void take_occupancy(struct nap_parcel *p, struct nap_occupancy *into)
{
	uint64_t rows = take_rows(p, 3 * sizeof rows);

	while (rows-- > 0) {
		uint64_t i = take_index(p, into->n);

		into->change[i] += (int64_t)nap_parcel_take_number(p);
		into->births[i] += nap_parcel_take_number(p);
		nap_occupancy_touch(into, (int64_t)i);
	}
}

static void put_load(struct nap_parcel *p, const struct nap_load *l)
{
	nap_parcel_put_number(p, l != NULL);
	if (!l)
		return;
	nap_parcel_put(p, l->all, sizeof l->all);
	nap_parcel_put(p, l->box, sizeof l->box);
	for (uint32_t k = 0; k < NAP_HOPS_MAX; k++)
		if (l->address[k])
			nap_parcel_put(p, l->address[k], nap_load_address_words(l, k) * sizeof(uint64_t));
}

static void take_load(struct nap_parcel *p, struct nap_gather *g, const struct nap_plan *plan)
{
	struct nap_load *l;

	if (nap_parcel_take_number(p) == 0)
		return;
	l = nap_load_new(plan);
	nap_parcel_take(p, l->all, sizeof l->all);
	nap_parcel_take(p, l->box, sizeof l->box);
	for (uint32_t k = 0; k < NAP_HOPS_MAX; k++)
		if (l->address[k])
			nap_parcel_take(p, l->address[k], nap_load_address_words(l, k) * sizeof(uint64_t));
	if (!p->broken && g->load)
		nap_load_move(g->load, l);
	else if (!p->broken)
		g->load = g_steal_pointer(&l);
	nap_load_free(l);
}

void nap_parcel_put_gather(struct nap_parcel *p, const struct nap_gather *g)
{
	nap_parcel_put_each(p, &g->each);
	put_sketch(p, &g->push_delay);
	put_sketch(p, &g->request_delay);
	for (uint32_t k = 0; k < NAP_HOPS_MAX; k++) {
		if (!g->occupancy[k]) /* not a shared box: the taker knows it, too */
			continue;
		nap_parcel_put_number(p, g->session_s[k]);
		nap_parcel_put_number(p, g->session_ns[k]);
		put_occupancy(p, g->occupancy[k]);
		put_occupancy(p, g->ports[k]);
		put_occupancy(p, g->blocks[k]);
	}
	put_load(p, g->load);
	nap_parcel_put_number(p, g->batch ? NAP_BATCHES : 0);
	for (uint32_t i = 0; g->batch && i < NAP_BATCHES; i++)
		nap_parcel_put_part(p, &g->batch[i]);
}

void nap_parcel_take_gather(struct nap_parcel *p, struct nap_gather *g, const struct nap_plan *plan)
{
	uint64_t batches;

	nap_parcel_take_each(p, &g->each);
	take_sketch(p, &g->push_delay);
	take_sketch(p, &g->request_delay);
	for (uint32_t k = 0; k < NAP_HOPS_MAX; k++) {
		if (!g->occupancy[k])
			continue;
		g->session_s[k] += nap_parcel_take_number(p);
		g->session_ns[k] += nap_parcel_take_number(p);
		take_occupancy(p, g->occupancy[k]);
		take_occupancy(p, g->ports[k]);
		take_occupancy(p, g->blocks[k]);
	}
	take_load(p, g, plan);
	batches = nap_parcel_take_number(p);
	p->broken |= batches != 0 && (batches != NAP_BATCHES || g->batch); /* one job alone makes them */
	if (batches == 0 || p->broken)
		return;
	g->batch = g_new(struct nap_part, NAP_BATCHES);
	for (uint32_t i = 0; i < NAP_BATCHES; i++)
		nap_parcel_take_part(p, &g->batch[i]);
}
