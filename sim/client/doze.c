/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/doze.h"

/* DeviceIdleController of AOSP (base@00185053), phone values: idle periods and the maintenance windows between them. */
static const struct doze {
	nap_time begins;         /* first idle period, after the device was last used */
	nap_time idle, idle_max; /* an idle period; each is twice the one before, up to max */
	nap_time open, open_max; /* a maintenance window; likewise */
} dozes[] = {
	/* light_after_inactive_to; light_idle_to, factor 2, light_max_idle_to; the least maintenance budget */
	[NAP_DOZE_LIGHT] = { 5 * NAP_MIN, 5 * NAP_MIN, 15 * NAP_MIN, NAP_MIN, NAP_MIN },
	/* inactive_to + idle_after_inactive_to + sensing_to + locating_to; idle_to, max_idle_to; idle_pending_to and its max */
	[NAP_DOZE_DEEP] = { 30 * NAP_MIN + 30 * NAP_MIN + 4 * NAP_MIN + 30 * NAP_S, 60 * NAP_MIN,
		360 * NAP_MIN, 5 * NAP_MIN, 10 * NAP_MIN },
};

nap_time nap_doze_allowed(enum nap_doze kind, nap_time since, nap_time t)
{
	const struct doze *d = &dozes[kind];
	nap_time at = since + d->begins, idle = d->idle, open = d->open;

	if (kind == NAP_DOZE_NO)
		return t;
	while (at <= t) {
		nap_time cycle = idle + open;

		if (t < at + idle)
			return at + idle;
		if (idle == d->idle_max && open == d->open_max) /* periodic from here on */
			at += (t - at) / cycle * cycle;
		if (t < at + idle)
			return at + idle;
		at += cycle;
		idle = nap_time_min(2 * idle, d->idle_max);
		open = nap_time_min(2 * open, d->open_max);
	}
	return t;
}
