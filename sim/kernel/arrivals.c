/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/arrivals.h"

#include "kernel/wide.h"

/* A gap counted in on time alone: off spans are stepped over. */
static nap_time onoff_next(const struct nap_arrivals *a, struct nap_arrivals_state *s, struct nap_rng *r)
{
	nap_time at = nap_time_after(s->last, nap_draw_gap(r, a->gap));

	if (s->on_end == 0)
		s->on_end = nap_draw_gap(r, a->on);
	while (at >= s->on_end && at != NAP_NEVER) {
		nap_time off = nap_draw_gap(r, a->off);

		at = nap_time_after(at, off);
		s->on_end = nap_time_after(nap_time_after(s->on_end, off), nap_draw_gap(r, a->on));
	}
	return at;
}

/* A moment of the process' own time as time of the run. */
static nap_time daily_time(const struct nap_daily *daily, nap_time own)
{
	nap_time span = NAP_DAY / (nap_time)daily->n, rest = own % NAP_DAY;
	uint32_t from = 0, to = daily->n - 1;

	if (own == NAP_NEVER)
		return own;
	while (from < to) { /* the last span that begins by then: those of no length are passed over */
		uint32_t middle = to - (to - from) / 2;

		if (daily->from[middle] <= rest)
			from = middle;
		else
			to = middle - 1;
	}
	return own - rest + (nap_time)from * span +
	       (nap_time)nap_wide_share((uint64_t)(rest - daily->from[from]), (uint64_t)span,
		       (uint64_t)(daily->from[from + 1] - daily->from[from]));
}

/* In the process' own time. */
NAP_HOT static nap_time next_own(
	const struct nap_arrivals *a, struct nap_arrivals_state *s, struct nap_rng *r)
{
	if (a->kind == NAP_ARRIVALS_TIMES)
		return s->index < a->n ? a->times[s->index++] : NAP_NEVER;
	s->index++;
	switch (a->kind) {
	case NAP_ARRIVALS_POISSON:
		s->last = nap_time_after(s->last, nap_draw_gap(r, a->gap));
		return s->last;
	case NAP_ARRIVALS_PERIODIC:
		s->last = nap_time_after(s->last, (nap_time)a->gap);
		return s->last;
	case NAP_ARRIVALS_ONOFF:
		s->last = onoff_next(a, s, r);
		return s->last;
	case NAP_ARRIVALS_GAPS:
		s->last = nap_time_after(s->last, nap_time_max(nap_dist_draw_time(&a->gaps, r), 1));
		return s->last;
	case NAP_ARRIVALS_TIMES:
	case NAP_ARRIVALS_NONE:
		break;
	}
	return NAP_NEVER;
}

NAP_HOT nap_time nap_arrivals_next(
	const struct nap_arrivals *a, struct nap_arrivals_state *s, struct nap_rng *r)
{
	nap_time own = next_own(a, s, r);

	return a->daily ? daily_time(a->daily, own) : own;
}
