/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/doze.h"

static const struct nap_field rows[] = { NAP_FIELD_SPAN(struct nap_doze_state, since, rings, NAP_AT) };
const struct nap_fields nap_doze_fields = { "struct nap_doze_state", sizeof(struct nap_doze_state), 1, rows,
	NULL };

static nap_time stage_allowed(const struct nap_doze_stage *d, nap_time since, nap_time t)
{
	nap_time at = since + d->after, idle = d->idle, open = d->window;

	while (at <= t) {
		nap_time cycle = idle + open;

		if (t < at + idle)
			return at + idle;
		if (idle == d->idle_max && open == d->window_max) /* periodic from here on */
			at += (t - at) / cycle * cycle;
		if (t < at + idle)
			return at + idle;
		at += cycle;
		idle = nap_time_min(2 * idle, d->idle_max);
		open = nap_time_min(2 * open, d->window_max);
	}
	return t;
}

/* Light until deep begins, where that withholds the same and more. */
static nap_time both_allowed(const struct nap_doze_config *c, nap_time since, nap_time t)
{
	nap_time deep = since + c->deep.after, at = t < deep ? stage_allowed(&c->light, since, t) : t;

	return at < deep ? at : stage_allowed(&c->deep, since, nap_time_max(t, deep));
}

nap_time nap_doze_allowed(const struct nap_doze_config *c, enum nap_doze kind, enum nap_allowed what,
	nap_time since, nap_time t)
{
	switch (kind) {
	case NAP_DOZE_NO:
		break;
	case NAP_DOZE_LIGHT:
		return what == NAP_ALLOWED_RUN ? t : stage_allowed(&c->light, since, t);
	case NAP_DOZE_BOTH:
		if (what == NAP_ALLOWED_NETWORK)
			return both_allowed(c, since, t);
		return stage_allowed(&c->deep, since, t);
	case NAP_DOZE_DEEP:
		return stage_allowed(&c->deep, since, t);
	}
	return t;
}

nap_time nap_doze_stops(const struct nap_doze_config *c, enum nap_doze kind, nap_time since, nap_time t)
{
	const struct nap_doze_stage *d = &c->deep;
	nap_time at = since + d->after, idle = d->idle, open = d->window;

	if (kind != NAP_DOZE_DEEP && kind != NAP_DOZE_BOTH)
		return NAP_NEVER;
	while (at + idle <= t) { /* this idle period is over */
		if (idle == d->idle_max && open == d->window_max)
			at += nap_time_max((t - at) / (idle + open) - 1, 0) * (idle + open);
		at += idle + open;
		idle = nap_time_min(2 * idle, d->idle_max);
		open = nap_time_min(2 * open, d->window_max);
	}
	return nap_time_max(at, t);
}

static bool is_within(const struct nap_doze_config *c, nap_time t, nap_time alarm)
{
	return t >= alarm && t - alarm < c->alarm_run;
}

nap_time nap_doze_lets(const struct nap_doze_config *c, const struct nap_program *p,
	const struct nap_doze_state *s, enum nap_allowed what, nap_time t)
{
	nap_time window;

	if (p->while_idle && (is_within(c, t, s->rang) || is_within(c, t, s->rings)))
		return t;
	window = nap_doze_allowed(c, (enum nap_doze)p->doze, what, s->since, t);
	return p->while_idle && t < s->rings ? nap_time_min(window, s->rings) : window;
}

nap_time nap_doze_alarm(const struct nap_doze_config *c, const struct nap_program *p,
	struct nap_doze_state *s, nap_time now, nap_time due)
{
	nap_time at = nap_doze_allowed(c, (enum nap_doze)p->doze, NAP_ALLOWED_RUN, s->since, due);

	if (p->while_idle)
		at = nap_time_min(at, nap_time_max(due, now + c->alarm_spacing));
	if (s->rings <= now)
		s->rang = s->rings;
	s->rings = at;
	return at;
}
