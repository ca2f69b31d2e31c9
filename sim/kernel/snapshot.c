/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/snapshot.h"

#include <glib.h>
#include <string.h>

uint64_t nap_fields_mix(
	uint64_t h, const struct nap_fields *f, const void *object, const struct nap_moment *m)
{
	for (uint32_t i = 0; i < f->n; i++)
		h = nap_field_mix(h, &f->row[i], object, m);
	return h;
}

void nap_fields_move(const struct nap_fields *f, void *object, nap_time span, bool born)
{
	for (uint32_t i = 0; i < f->n; i++)
		nap_field_move(&f->row[i], object, span, born);
}

static bool fits(const struct nap_field *row)
{
	bool times = row->kind == NAP_AT || row->kind == NAP_UNTIL || row->kind == NAP_BORN;

	return row->size > 0 && (!times || row->size % sizeof(nap_time) == 0) &&
	       (row->kind != NAP_SEQUENCE || (row->size % sizeof(uint32_t) == 0 && row->base < NAP_BASES));
}

/* padding: all ones where it is none. */
static long flaw_of(const struct nap_fields *f, const unsigned char *padding)
{
	uint32_t at = 0;

	for (uint32_t i = 0; i < f->n; i++) {
		const struct nap_field *row = &f->row[i];

		if (row->offset < at || !fits(row) || row->offset + row->size > f->bytes)
			return row->offset;
		for (; at < row->offset; at++)
			if (padding[at])
				return (long)at;
		for (; at < (uint32_t)row->offset + row->size; at++)
			if (!padding[at] && row->kind < NAP_IGNORE)
				return (long)at;
	}
	for (; at < f->bytes; at++)
		if (padding[at])
			return (long)at;
	return -1;
}

long nap_fields_flaw(const struct nap_fields *f)
{
	unsigned char *padding = g_malloc(f->bytes);
	long flaw;

	memset(padding, f->clear_padding ? 0xff : 0, f->bytes);
	if (f->clear_padding)
		f->clear_padding(padding);
	flaw = f->clear_padding ? flaw_of(f, padding) : -1;
	g_free(padding);
	return flaw;
}
