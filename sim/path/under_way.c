/* SPDX-License-Identifier: BSD-2-Clause */
#include "path/under_way.h"

#include <glib.h>

enum { ELSEWHERE = 2 };

static struct nap_sent_span *span_at(const struct nap_under_way *u, uint32_t i)
{
	return u->spans == ELSEWHERE ? &u->more[i] : (struct nap_sent_span *)(uintptr_t)&u->own;
}

static uint32_t spans_of(const struct nap_under_way *u)
{
	return u->spans == ELSEWHERE ? u->n : u->spans;
}

static void set_spans(struct nap_under_way *u, uint32_t n)
{
	if (u->spans == ELSEWHERE)
		u->n = n;
	else
		u->spans = (uint8_t)n;
}

static void drop(struct nap_under_way *u, uint32_t i)
{
	set_spans(u, spans_of(u) - 1);
	*span_at(u, i) = *span_at(u, spans_of(u));
}

static void make_room(struct nap_under_way *u)
{
	struct nap_sent_span own = u->own;
	uint32_t n = spans_of(u);

	if (n == 0)
		return;
	if (u->spans != ELSEWHERE) {
		u->spans = ELSEWHERE;
		u->n = n;
		u->more = g_new(struct nap_sent_span, 4);
		u->more[0] = own;
	} else if (n % 4 == 0) {
		u->more = g_renew(struct nap_sent_span, u->more, n + 4);
	}
}

void nap_under_way_close(struct nap_under_way *u, nap_time from, nap_time to)
{
	from = nap_time_max(from, u->counted);
	if (from >= to)
		return;
	for (uint32_t i = 0; i < spans_of(u);) {
		struct nap_sent_span *old = span_at(u, i);

		if (from > old->to || to < old->from) {
			i++;
			continue;
		}
		from = nap_time_min(from, old->from);
		to = nap_time_max(to, old->to);
		drop(u, i);
	}
	make_room(u);
	set_spans(u, spans_of(u) + 1);
	*span_at(u, spans_of(u) - 1) = (struct nap_sent_span){ from, to };
}

nap_time nap_under_way_count(struct nap_under_way *u, nap_time to)
{
	nap_time open = to - u->counted;

	if (open <= 0)
		return 0;
	for (uint32_t i = 0; i < spans_of(u);) {
		struct nap_sent_span *c = span_at(u, i);

		if (c->from >= to) {
			i++;
			continue;
		}
		open -= nap_time_min(c->to, to) - c->from;
		c->from = nap_time_min(c->to, to);
		if (c->from == c->to)
			drop(u, i);
		else
			i++;
	}
	u->counted = to;
	return open;
}

void nap_under_way_free(struct nap_under_way *u)
{
	if (u->spans == ELSEWHERE)
		g_free(u->more);
	u->spans = 0;
}

static const struct nap_field rows[] = {
	NAP_FIELD(struct nap_under_way, counted, NAP_AT),
	NAP_FIELD_SPAN(struct nap_under_way, to, open, NAP_VALUE),
	NAP_FIELD(struct nap_under_way, spans, NAP_IGNORE), /* how many there are counts, not where */
	NAP_FIELD(struct nap_under_way, own, NAP_PART),
};
NAP_FIELDS(fields, struct nap_under_way, rows);

static const struct nap_field span_rows[] = { NAP_FIELD_SPAN(struct nap_sent_span, from, to, NAP_AT) };
NAP_FIELDS(span_fields, struct nap_sent_span, span_rows);

const struct nap_fields *const nap_under_way_tables[] = { &fields, &span_fields, NULL };

uint64_t nap_under_way_mark(uint64_t h, const struct nap_under_way *u, const struct nap_moment *m)
{
	uint64_t closed = 0;

	for (uint32_t i = 0; i < spans_of(u); i++) /* in no order */
		closed += nap_rows_mix(0, &span_fields, span_at(u, i), m);
	return nap_mix(nap_mix(nap_rows_mix(h, &fields, u, m), spans_of(u)), closed);
}

void nap_under_way_shift(struct nap_under_way *u, nap_time span)
{
	nap_rows_move(&fields, u, span, false);
	for (uint32_t i = 0; i < spans_of(u); i++)
		nap_rows_move(&span_fields, span_at(u, i), span, false);
}
