/* SPDX-License-Identifier: BSD-2-Clause */
/* For the test of orders: what must hold of any run's numbers, whatever the scenario. */
#ifndef NAP_TESTS_ORDER_TRUTHS_H
#define NAP_TESTS_ORDER_TRUTHS_H

#include <glib.h>
#include <math.h>

#include "run/metrics.h"

/* Where an untruth is told. */
struct order_doubt {
	const struct nap_scenario *sc;
	const struct nap_replication *r;
	char *text;
	size_t size;
	bool found;
};

static inline void order_hold(
	struct order_doubt *d, bool holds, const char *what, const char *whose, double a, double b)
{
	if (holds || d->found)
		return;
	d->found = true;
	g_snprintf(d->text, d->size, "untrue: %s%s%s (%.17g, %.17g)", whose, *whose ? ": " : "", what, a, b);
}

#define ORDER_AT_MOST(a, b, whose) order_hold(d, !((a) > (b)), #a " <= " #b, whose, a, b)

static inline bool order_near(double a, double b)
{
	return fabs(a - b) <= 1e-9 * (fabs(a) + fabs(b)) + 1e-12;
}

static inline void order_check_path(struct order_doubt *d)
{
	const struct nap_replication *r = d->r;
	const struct nap_energy *e = &r->energy;
	double reachable = NAP_TALLIED(r, reachable_ns), offered = NAP_TALLIED(r, pushes_offered),
	       delivered = NAP_TALLIED(r, pushes_delivered), causes = e->idle,
	       all = r->subscribers * (double)nap_measured(d->sc);

	ORDER_AT_MOST(reachable, all, "");
	ORDER_AT_MOST(delivered, offered, "");
	ORDER_AT_MOST(r->connected_ns, all, "");
	for (int c = 0; c < NAP_CAUSES; c++)
		causes += e->cause[c];
	order_hold(d,
		order_near(e->total,
			e->promotion + e->transfer + e->tail + e->drx + e->paging + e->base + e->processor),
		"energy is the sum of its components", "", e->total, 0);
	order_hold(d, order_near(e->total, causes), "energy is the sum of its causes", "", e->total, causes);
	/* the least energy of a subscriber is no more than the mean, which is worked out apart */
	ORDER_AT_MOST(r->each[NAP_EACH_ENERGY][0] * (1 - 1e-3), e->total / 1e3 / r->subscribers + 1e-3, "");
	ORDER_AT_MOST(r->each[NAP_EACH_REACHABLE][4], 1.0, "");
	if (nap_app_pools(&d->sc->app) && d->sc->general.warm_up == 0) /* each is over once */
		ORDER_AT_MOST(NAP_TALLIED(r, requests_done) + NAP_TALLIED(r, requests_failed),
			NAP_TALLIED(r, requests), "");
	for (const struct nap_metric *m = nap_metrics; m->name; m++) {
		double v = m->value(d->sc, r);

		order_hold(d, !(v < 0.0), "not negative", m->name, v, 0);
	}
}

/* Most addresses that hosts inside hop's box have over the run: a private NAT before it gives one. */
static inline double order_hosts(const struct nap_scenario *sc, uint32_t hop)
{
	double each = sc->path.outage_keeps_address || sc->path.outages.kind == NAP_ARRIVALS_NONE ? 1 : 2;

	if (sc->n_networks > 0) /* away and back with another address each time */
		each = 2;
	if (sc->peer.there && hop >= sc->peer.joint &&
		hop < nap_scenario_path(sc)) /* the peer is behind it, too */
		each *= 2;
	for (uint32_t k = 0; k < hop; k++)
		if (sc->middlebox[k].box.kind == NAP_BOX_NAT)
			each = fmax(each, sc->middlebox[k].hop.readdresses.kind == NAP_ARRIVALS_NONE
						  ? (double)sc->middlebox[k].box.addresses.n
						  : 16.0);
	return each * (sc->middlebox[hop].box.shared ? (double)sc->general.subscribers : 1.0);
}

static inline bool order_drawn(const struct nap_middlebox *m, size_t offset)
{
	for (uint32_t i = 0; i < m->n_draws; i++)
		if (m->draws[i].row->offset == offset)
			return true;
	return false;
}

/* A key's value where it is the same for all boxes and limits something, else infinity. */
#define ORDER_LIMIT(m, field)                                                                                \
	(order_drawn(m, offsetof(struct nap_box_config, field)) || (m)->box.field == 0                       \
			? (double)INFINITY                                                                   \
			: (double)(m)->box.field)

static inline void order_check_limits(struct order_doubt *d, uint32_t k)
{
	const struct nap_middlebox *m = &d->sc->middlebox[k];
	const struct nap_replication *r = d->r;
	bool shared = !isnan(r->shared_peak[k]);
	double peak = shared ? r->shared_peak[k] : NAP_BOXED(r, k, peak) / r->subscribers,
	       ports = shared ? r->shared_ports[k] : NAP_BOXED(r, k, ports_peak) / r->subscribers,
	       capacity = ORDER_LIMIT(m, capacity), hosts = order_hosts(d->sc, k),
	       ports_quota = ORDER_LIMIT(m, ports_per_subscriber) * hosts,
	       sessions_quota = ORDER_LIMIT(m, sessions_per_subscriber) * hosts;

	ORDER_AT_MOST(peak, capacity, m->name);
	if (m->hop.changes.n) /* quotas may be others later */
		return;
	if (m->box.kind == NAP_BOX_NAT)
		ORDER_AT_MOST(ports, ports_quota, m->name);
	/* what comes for the box itself is nobody's quota */
	if (m->box.tracker != NAP_TRACK_LINUX && m->box.input != NAP_INPUT_ACCEPT)
		ORDER_AT_MOST(peak, sessions_quota, m->name);
}

/*
 * Can nothing refuse a session of this box? What a NAT itself has with a peer over a mapped port does: the mapping is
 * bound to that port.
 */
static inline bool order_boundless(const struct nap_middlebox *m)
{
	const struct nap_box_config *b = &m->box;

	return m->n_draws == 0 && m->hop.changes.n == 0 && !*b->forwards && b->capacity == 0 &&
	       b->sessions_per_subscriber == 0 && b->ports_per_subscriber == 0 &&
	       b->sessions_per_destination == 0 && b->session_rate == 0 && b->adaptive_start == 0 &&
	       (b->kind == NAP_BOX_FIREWALL ||
		       (b->ports.word != NAP_PORTS_BLOCK && b->port_clash == NAP_CLASH_OTHER &&
			       nap_box_ports(b) > 40001 && b->port_hold_down == 0 &&
			       b->input != NAP_INPUT_ACCEPT));
}

static inline void order_check_box(struct order_doubt *d, uint32_t k)
{
	const struct nap_middlebox *m = &d->sc->middlebox[k];
	const struct nap_replication *r = d->r;
	bool shared = !isnan(r->shared_peak[k]);
	double boxes = shared ? 1.0 : r->subscribers,
	       peak = (shared ? r->shared_peak[k] : NAP_BOXED(r, k, peak) / r->subscribers),
	       mean = NAP_BOXED(r, k, session_ns) / boxes / (double)nap_measured(d->sc),
	       ended = NAP_BOXED(r, k, expired) + NAP_BOXED(r, k, evicted) + NAP_BOXED(r, k, closed),
	       created = NAP_BOXED(r, k, created), live = (created - ended) / boxes,
	       refused = NAP_BOXED(r, k, refused), refused_ports = NAP_BOXED(r, k, refused_ports),
	       dropped = NAP_BOXED(r, k, dropped), packets = NAP_BOXED(r, k, packets);

	/* what lived when the warm-up was over ends after it */
	ORDER_AT_MOST(ended, created + (d->sc->general.warm_up > 0 ? peak * boxes : 0), m->name);
	ORDER_AT_MOST(mean, peak * (1 + 1e-12), m->name);
	ORDER_AT_MOST(refused_ports, refused, m->name);
	ORDER_AT_MOST(dropped, packets, m->name);
	if (!shared)
		ORDER_AT_MOST(live, peak, m->name);
	if (order_boundless(m))
		ORDER_AT_MOST(refused, 0, m->name);
	order_check_limits(d, k);
	for (const struct nap_metric *b = nap_box_metrics; b->name; b++) {
		double v = b->of_box(d->sc, r, k);

		order_hold(d, !(v < 0.0), "not negative", b->name, v, 0);
	}
}

/* Something that cannot be so goes to text; false when there is no such thing. */
static inline bool order_untrue(
	const struct nap_scenario *sc, const struct nap_replication *r, char *text, size_t size)
{
	struct order_doubt d = { sc, r, text, size, false };

	order_check_path(&d);
	for (uint32_t k = 0; k < sc->n_middleboxes; k++)
		order_check_box(&d, k);
	return d.found;
}

#endif
