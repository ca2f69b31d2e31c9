/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "io/doubts_inside.h"
#include "text/quantity.h"
#include "text/schema.h"

/* An idle timer that the client's flow meets. */
struct met {
	const char *box, *key;
	nap_time time;
};

static bool is_drawn(const struct nap_middlebox *m, const char *key)
{
	for (uint32_t i = 0; i < m->n_draws; i++)
		if (strcmp(m->draws[i].row->key, key) == 0)
			return true;
	return false;
}

/* The longest that this box lets the flow be idle: of UDP the larger of both timers, since answers decide which one holds. */
static bool idle_of(const struct nap_scenario *sc, const struct nap_middlebox *m, struct met *out)
{
	const nap_time *timer = m->box.timer;
	bool tcp = sc->app.transport == NAP_OVER_TCP;
	bool stream = timer[NAP_TIMER_UDP_STREAM] >= timer[NAP_TIMER_UDP];

	*out = tcp ? (struct met){ m->name, "tcp-established", timer[NAP_TIMER_ESTABLISHED] }
		   : (struct met){ m->name, stream ? "udp-stream" : "udp",
			     timer[stream ? NAP_TIMER_UDP_STREAM : NAP_TIMER_UDP] };
	/* what lasts longer than its timer, or has another, is passed over */
	return out->time > 0 && m->box.expiry == NAP_EXPIRE_EAGER && m->box.port_timers.n == 0 &&
	       m->box.probe_interval == 0 && !is_drawn(m, "udp") && !is_drawn(m, "udp-stream") &&
	       !is_drawn(m, "tcp-established");
}

/* The smallest of those on the path; false: none is known. */
static bool smallest_idle(const struct nap_scenario *sc, struct met *out)
{
	bool any = false;

	for (uint32_t k = 0; k < sc->n_path_middleboxes; k++) {
		struct met m;

		if (idle_of(sc, &sc->middlebox[k], &m) && (!any || m.time < out->time)) {
			*out = m;
			any = true;
		}
	}
	return any;
}

/* The fixed interval of the policy; NAP_NEVER: it has none. */
static nap_time interval_of(const struct nap_scenario *sc)
{
	const struct nap_param *row = nap_row_find(sc->policy->params, "interval");

	if (!row || row->type != NAP_P_TIME || sc->policy->wire == NAP_WIRE_PCP)
		return NAP_NEVER;
	return *(const nap_time *)(const void *)((const char *)sc->policy_config + row->offset);
}

void nap_doubt_timers(struct nap_doubt_case *c)
{
	const struct nap_scenario *sc = c->sc;
	nap_time interval = interval_of(sc), duration = sc->general.duration;
	g_autofree char *every = nap_time_format(interval), *all = nap_time_format(duration);
	struct met m = { 0 };

	if (interval != NAP_NEVER && duration <= interval)
		nap_doubt_say(c, "short interval",
			"scenario.duration = %s ends before the first keepalive (client.interval = %s)", all,
			every);
	if (smallest_idle(sc, &m)) {
		g_autofree char *idle = nap_time_format(m.time);

		if (interval != NAP_NEVER && interval >= m.time)
			nap_doubt_say(c, "interval",
				"client.interval = %s is not below middlebox.%s.%s = %s: keepalives come "
				"when "
				"the binding is gone",
				every, m.box, m.key, idle);
		if (duration <= m.time)
			nap_doubt_say(c, "short idle",
				"scenario.duration = %s is not above middlebox.%s.%s = %s, the smallest idle "
				"timer met: nothing can run out",
				all, m.box, m.key, idle);
	}
}
