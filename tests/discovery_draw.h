/* SPDX-License-Identifier: BSD-2-Clause */
/* Random scenarios for discoveries: trackers, timers, tables, quotas, ports, chains and paths. */
#ifndef NAP_TESTS_DISCOVERY_DRAW_H
#define NAP_TESTS_DISCOVERY_DRAW_H

#include <glib.h>

#include "discovery/discovery.h"
#include "kernel/fmath.h"
#include "kernel/rng.h"

static inline bool draw_chance(struct nap_rng *r, double p)
{
	return nap_rng_unit(r) < p;
}

/* Log-uniform. */
static inline double draw_between(struct nap_rng *r, double lo, double hi)
{
	return lo * nap_exp(nap_rng_unit(r) * nap_log(hi / lo));
}

static inline const char *draw_one_of(struct nap_rng *r, const char *const *words, uint32_t n)
{
	return words[nap_rng_next(r) % n];
}

#define DRAW_ONE_OF(r, ...)                                                                                  \
	draw_one_of(r, (const char *const[]){ __VA_ARGS__ },                                                 \
		sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *))

static inline void draw_add_timers(GString *s, struct nap_rng *r)
{
	static const char *const timers[] = { "udp", "udp-stream", "tcp-syn-sent", "tcp-syn-recv",
		"tcp-established", "tcp-fin-wait", "tcp-close-wait", "tcp-last-ack", "tcp-time-wait",
		"tcp-close", "tcp-unacknowledged", "tcp-max-retrans", "tcp-half-closed", "tcp-closing",
		"tcp-trans", "icmp" };

	for (uint32_t i = 0; i < G_N_ELEMENTS(timers); i++) {
		double t = draw_between(r, 5, 3 * 3600);

		if (draw_chance(r, 0.05))
			g_string_append_printf(s, "%s = uniform %.3fs %.3fs\n", timers[i], t, 1.5 * t);
		else
			g_string_append_printf(s, "%s = %.3fs\n", timers[i], t);
	}
	if (draw_chance(r, 0.1))
		g_string_append_printf(s, "purge-interval = %.0fs\n", draw_between(r, 2, 60));
	if (draw_chance(r, 0.1))
		g_string_append_printf(s, "duration-limit = %.0fs\n", draw_between(r, 120, 3 * 3600));
}

static inline void draw_add_room(GString *s, struct nap_rng *r)
{
	if (draw_chance(r, 0.4))
		g_string_append_printf(s, "capacity = %.0f\neviction = %s\n", draw_between(r, 200, 20000),
			DRAW_ONE_OF(r, "refuse", "lru", "random", "early-drop"));
	if (draw_chance(r, 0.1))
		g_string_append_printf(s, "sessions-per-subscriber = %.0f\n", draw_between(r, 64, 4000));
	if (draw_chance(r, 0.1))
		g_string_append_printf(
			s, "ports = block 64\nblocks-per-subscriber = %.0f\n", draw_between(r, 1, 16));
	else if (draw_chance(r, 0.1))
		g_string_append_printf(s, "port-range = 2000-%.0f\n", 2000 + draw_between(r, 100, 5000));
	else
		g_string_append_printf(s, "ports = %s\n", DRAW_ONE_OF(r, "preserve", "random", "sequential"));
	if (draw_chance(r, 0.05))
		g_string_append_printf(s, "port-hold-down = %.0fs\n", draw_between(r, 5, 120));
}

static inline void draw_add_box(GString *s, struct nap_rng *r, const char *name, bool behind)
{
	bool firewall = draw_chance(r, 0.1);

	g_string_append_printf(s, "[middlebox %s]\n", name);
	if (behind)
		g_string_append(s, "addresses = 100.64.0.7\n");
	g_string_append_printf(s, "tracker = %s\n", DRAW_ONE_OF(r, "linux", "simple", "rfc7857", "rfc6146"));
	g_string_append_printf(s, "refresh = %s\n", DRAW_ONE_OF(r, "outbound", "inbound", "both"));
	g_string_append_printf(s, "filtered = %s\n", DRAW_ONE_OF(r, "ignore", "refresh", "destroy"));
	g_string_append_printf(
		s, "on-expiry = %s\n", DRAW_ONE_OF(r, "silent", "rst", "rst-inside", "rst-outside"));
	g_string_append_printf(s, "filtering = %s\n",
		DRAW_ONE_OF(r, "endpoint-independent", "address-dependent", "address-and-port-dependent"));
	if (firewall)
		g_string_append(s, "kind = firewall\n");
	draw_add_timers(s, r);
	draw_add_room(s, r);
	if (draw_chance(r, 0.05))
		g_string_append_printf(s, "reboots = poisson %.2f/h\n", draw_between(r, 0.05, 4));
}

static inline void draw_add_path(GString *s, struct nap_rng *r)
{
	double ms = draw_between(r, 5, 100);

	switch (nap_rng_next(r) % 3) {
	case 0:
		g_string_append_printf(s, "delay = %.3fms\n", ms);
		break;
	case 1:
		g_string_append_printf(s, "delay = normal %.3fms %.3fms\n", ms, ms / 4);
		break;
	default:
		g_string_append_printf(s, "delay = lognormal %.3fms 0.4\n", ms);
		break;
	}
	if (draw_chance(r, 0.5))
		g_string_append_printf(s, "loss = %.3f%%\n", draw_between(r, 0.1, 5));
	if (draw_chance(r, 0.3))
		g_string_append(s, "loss-burst = 3\n");
	if (draw_chance(r, 0.2))
		g_string_append_printf(s, "outages = poisson %.2f/h\noutage-length = uniform 5s 40s\n",
			draw_between(r, 0.2, 5));
}

static inline char *draw_discovery_scenario(struct nap_rng *r)
{
	GString *s = g_string_new("[scenario]\nduration = 1h\n[path]\n");
	bool two = draw_chance(r, 0.25);

	g_string_append_printf(s, "middleboxes = %s\n", two ? "one; two" : "one");
	draw_add_path(s, r);
	draw_add_box(s, r, "one", two);
	if (two)
		draw_add_box(s, r, "two", false);
	return g_string_free(s, FALSE);
}

/* With fewer flows, at the pace of natnap probe. */
static inline void draw_as_live(struct nap_discovery_options *o, struct nap_prober *prober)
{
	o->flows = 512;
	o->phase = 10 * NAP_S;
	prober->pace = 5 * NAP_MS;
}

#endif
