/* SPDX-License-Identifier: BSD-2-Clause */
/* Deciding how to run a scenario: parts, order, and where subscribers of a shared box could touch one another. */
#include "run/run.h"

#include <glib.h>
#include <string.h>

/*
 * A part's integers stay below 2^62 ns, and there are enough parts to share out: the same in both orders, as energies are summed part
 * by part. Where only one order is possible as few as can be, since each event goes to the counts of another subscriber's part.
 */
static void choose_parts(struct nap_plan *plan)
{
	const struct nap_scenario *sc = plan->sc;
	uint64_t fits = (UINT64_C(1) << 58) / (uint64_t)sc->general.duration;
	uint64_t most = sc->kinds.n > 4 ? MAX(256 / sc->kinds.n, 1) : 64; /* each kind has so many */
	uint64_t share = (sc->general.subscribers + most - 1) / most;
	uint64_t size = MIN(plan->coupled_by ? sc->general.subscribers : share, fits);

	plan->part_size = (uint32_t)MAX(size, 1);
	plan->parts = (sc->general.subscribers + plan->part_size - 1) / plan->part_size;
}

/* Is a key of the box set, to a value or to a distribution? */
static bool is_set(const struct nap_middlebox *m, uint64_t value, size_t offset)
{
	for (uint32_t i = 0; i < m->n_draws; i++)
		if (m->draws[i].row->offset == offset)
			return true;
	return value > 0;
}

#define IS_SET(m, field) is_set(m, (uint64_t)(m)->box.field, offsetof(struct nap_box_config, field))

/* Is each address' part of the ports its own from the start (RFC 7422), whatever the others do? */
static bool owns_ports(const struct nap_box_config *b)
{
	return b->ports.word == NAP_PORTS_BLOCK && b->block_allocation == NAP_BLOCK_DETERMINISTIC;
}

static bool is_drawn(const struct nap_middlebox *m, size_t offset)
{
	return is_set(m, 0, offset);
}

/* Can a table of so many sessions never be full, as each subscriber may have only so many? */
static bool has_room_for_all(const struct nap_middlebox *m, uint64_t subscribers)
{
	const struct nap_box_config *b = &m->box;

	if (is_drawn(m, offsetof(struct nap_box_config, sessions_per_subscriber)))
		return !IS_SET(m, capacity);
	return !IS_SET(m, capacity) ||
	       (b->sessions_per_subscriber > 0 && subscribers * b->sessions_per_subscriber <= b->capacity);
}

static bool has_quotas(const struct nap_middlebox *m)
{
	return IS_SET(m, sessions_per_subscriber) || IS_SET(m, ports_per_subscriber) ||
	       IS_SET(m, session_rate);
}

/*
 * How subscribers behind a shared box can touch one another; NULL: they cannot. Their inside addresses differ there (chain.c) but
 * behind another shared NAT (one_address), so sessions, mappings and quotas are each subscriber's own; what remains is what
 * the box has once for all: external ports, a table with an end, timers that follow its filling, places for held SYNs and
 * unfinished datagrams.
 */
static const char *couples(const struct nap_middlebox *m, uint64_t subscribers, bool one_address, bool cuts)
{
	const struct nap_box_config *b = &m->box;

	if (m->hop.changes.n)
		return "it changes for all of them at once (changes)";
	if (b->kind == NAP_BOX_NAT && (one_address || !owns_ports(b)))
		return "they share its external ports (ports, addresses)";
	if (b->kind == NAP_BOX_NAT && b->pcp != NAP_PCP_NONE)
		return "they ask it for external ports (pcp)";
	if (one_address && has_quotas(m))
		return "they share an address there, and what it may have (sessions-per-subscriber, "
		       "session-rate)";
	if (IS_SET(m, sessions_per_destination))
		return "they share what it lets to one destination (sessions-per-destination)";
	if (b->kind == NAP_BOX_PROXY)
		return "it ends connections and acts by itself, for all of them at once (kind)";
	if (b->on_expiry != NAP_EXPIRY_SILENT || IS_SET(m, probe_interval))
		return "it acts by itself, for all of them at once (on-expiry, probe-interval)";
	if (!has_room_for_all(m, subscribers))
		return "they share its table (capacity)";
	if (IS_SET(m, adaptive_end))
		return "its timers follow all their sessions (adaptive-end)";
	if (IS_SET(m, incoming_syn_hold))
		return "they share its places for held SYNs (incoming-syn-hold)";
	if (cuts && IS_SET(m, fragment_limit))
		return "they share its places for unfinished datagrams (fragment-limit)";
	return NULL;
}

/* Along the middleboxes of one network, and on to the server. */
static void look_along(struct nap_plan *plan, uint32_t first, uint32_t n, bool cuts)
{
	const struct nap_scenario *sc = plan->sc;
	bool one_address = false;

	for (uint32_t i = 0; i < n + plan->chain.n_served && !plan->coupled_by; i++) {
		uint32_t k = i < n ? first + i : plan->chain.served + i - n;
		const struct nap_middlebox *m = &sc->middlebox[k];

		if (!plan->chain.shared[k])
			continue;
		plan->coupled_how = couples(m, sc->general.subscribers, one_address, cuts);
		if (plan->coupled_how)
			plan->coupled_by = m->name;
		one_address |= m->box.kind == NAP_BOX_NAT;
	}
}

static void look_for_coupling(struct nap_plan *plan)
{
	const struct nap_scenario *sc = plan->sc;
	bool cuts = false;

	for (uint32_t k = 0; k < sc->n_middleboxes; k++)
		cuts |= IS_SET(&sc->middlebox[k], mtu);
	look_along(plan, 0, sc->n_path_middleboxes, cuts);
	for (uint32_t i = 0; i < sc->n_networks && !plan->coupled_by; i++)
		look_along(plan, sc->network[i].first, sc->network[i].n, cuts);
}

static bool is_external(const struct nap_box_config *b, nap_addr a)
{
	for (uint32_t i = 0; i < b->addresses.n; i++)
		if (b->addresses.addr[i] == a)
			return b->kind == NAP_BOX_NAT;
	return false;
}

bool nap_plan_blame(struct nap_plan *plan, const char *group, const char *key, const char *why)
{
	g_strlcpy(plan->group, group, sizeof plan->group);
	plan->key = key;
	g_snprintf(plan->why, sizeof plan->why, "[%s] %s: %s", group, key, why);
	return false;
}

/* Can it be run with a client as the other end? */
static bool fits_peer(struct nap_plan *plan)
{
	const struct nap_scenario *sc = plan->sc;

	if (sc->app.transport != NAP_OVER_UDP)
		return nap_plan_blame(plan, "client", "application",
			"it brings TCP of its own: between peers ([peer]) a program speaks in datagrams, "
			"whatever "
			"carries them");
	if (sc->peer.config.transport == NAP_PEER_TCP && nap_app_has_secure(&sc->app))
		return nap_plan_blame(plan, "peer", "transport",
			"tcp does not carry an application that has a transport of its own (QUIC, "
			"WireGuard)");
	if (sc->policy->wire == NAP_WIRE_PCP || sc->policy->try_silence)
		return nap_plan_blame(plan, "client", "policy",
			"it speaks beside the flow, to its box or from a second port, and a way to a peer "
			"([peer]) has neither");
	if (nap_app_pools(&sc->app))
		return nap_plan_blame(plan, "client", "pool-most",
			"a way to a peer ([peer]) is one flow, not a pool of them");
	if (sc->n_networks > 0)
		return nap_plan_blame(
			plan, "peer", "middleboxes", "a device that moves between networks has no peer");
	for (uint32_t k = 0; k < sc->n_middleboxes; k++) {
		g_autofree char *group = g_strconcat("middlebox ", sc->middlebox[k].name, NULL);

		if (nap_middlebox_is_shared(&sc->middlebox[k], sc->general.subscribers))
			return nap_plan_blame(plan, group, "shared",
				"with [peer] each subscriber has boxes of its own and its peer's");
		if (sc->middlebox[k].box.mtu > 0)
			return nap_plan_blame(plan, group, "mtu", "between peers ([peer]) no packet is cut");
	}
	return true;
}

/* Has the model room for the scenario, and do its parts go together? */
static bool fits(struct nap_plan *plan)
{
	const struct nap_scenario *sc = plan->sc;
	const struct nap_client_setup client = nap_scenario_client(sc);
	const char *key, *why;

	if (nap_measured(sc) <= 0)
		return nap_plan_blame(plan, "scenario", "warm-up", "is not shorter than duration");
	if (sc->n_middleboxes > NAP_HOPS_MAX)
		return nap_plan_blame(
			plan, "path", "middleboxes", "more than eight, those of other networks included");
	if (sc->n_networks >= NAP_NETS_MAX)
		return nap_plan_blame(
			plan, "path", "stay", "there are more than three [network NAME] groups to move to");
	for (uint32_t k = 0; k < sc->n_middleboxes; k++)
		if ((k < sc->n_path_middleboxes || k >= nap_scenario_path(sc)) &&
			is_external(&sc->middlebox[k].box, NAP_SERVER_ADDR)) {
			g_autofree char *group = g_strconcat("middlebox ", sc->middlebox[k].name, NULL);

			return nap_plan_blame(
				plan, group, "addresses", "the server's address, 192.0.2.1, is among them");
		}
	why = nap_client_check(&client, &key);
	if (why)
		return nap_plan_blame(plan, "client", key, why);
	return !sc->peer.there || fits_peer(plan);
}

static void plan_chain(struct nap_plan *plan)
{
	const struct nap_scenario *sc = plan->sc;

	nap_chain_plan_init(&plan->chain, sc->middlebox, sc->n_middleboxes, nap_scenario_path(sc),
		sc->general.subscribers, sc->general.seed);
	plan->chain.ends = true;
	nap_chain_plan_turn(&plan->chain, sc->n_server_middleboxes);
	for (uint32_t i = 0; i < sc->n_networks; i++)
		nap_chain_plan_add(&plan->chain, sc->network[i].first, sc->network[i].n);
	if (sc->peer.there)
		nap_chain_plan_add_peer(
			&plan->chain, sc->peer.first, sc->peer.n, sc->peer.joint < NAP_HOPS_MAX);
}

/* The outermost of a network's NATs, where subscribers share it; NULL: none, or each has his own, with an address of its own. */
static const struct nap_middlebox *shows_as_one(const struct nap_plan *plan, uint32_t net)
{
	uint32_t k = plan->chain.net[net].first + plan->chain.net[net].n;

	while (k-- > plan->chain.net[net].first)
		if (plan->sc->middlebox[k].box.kind == NAP_BOX_NAT)
			return plan->chain.shared[k] ? &plan->sc->middlebox[k] : NULL;
	return NULL;
}

/* To the boxes before the server two networks are to be two: their shared NATs have other addresses. */
static bool networks_differ(struct nap_plan *plan)
{
	for (uint32_t j = 1; j < plan->chain.n_nets; j++)
		for (uint32_t i = 0; i < j; i++) {
			const struct nap_middlebox *a = shows_as_one(plan, i), *b = shows_as_one(plan, j);

			for (uint32_t n = 0; a && b && n < b->box.addresses.n; n++)
				if (is_external(&a->box, b->box.addresses.addr[n])) {
					g_autofree char *group = g_strconcat("middlebox ", b->name, NULL);
					g_autofree char *why =
						g_strdup_printf("%s, on another network, has one of these "
								"addresses, too, and "
								"what stands before the server "
								"(server-middleboxes) could not "
								"tell them apart",
							a->name);

					return nap_plan_blame(plan, group, "addresses", why);
				}
		}
	return true;
}

/* Boxes before the server: do they lead to it, and is there nothing about them that the model does not know? */
static bool serves(struct nap_plan *plan)
{
	const struct nap_scenario *sc = plan->sc;
	struct nap_endpoint to = { NAP_SERVER_ADDR, (uint16_t)sc->app.port };
	uint8_t proto = sc->app.transport == NAP_OVER_UDP ? NAP_UDP : NAP_TCP;

	if (sc->n_server_middleboxes && sc->peer.there)
		return nap_plan_blame(plan, "path", "server-middleboxes",
			"the other end of this program is a client ([peer]): there is no server for them to "
			"stand before");
	if (sc->n_server_middleboxes && !networks_differ(plan))
		return false;
	for (uint32_t k = sc->n_path_middleboxes; k < nap_scenario_path(sc); k++) {
		const struct nap_middlebox *m = &sc->middlebox[k];
		g_autofree char *group = g_strconcat("middlebox ", m->name, NULL);
		struct nap_box *box;
		bool leads;

		if (m->hop.readdresses.kind != NAP_ARRIVALS_NONE)
			return nap_plan_blame(plan, group, "address-changes",
				"clients know the server by this address: no name is looked up anew, so that "
				"nobody "
				"would find it");
		if (m->box.kind != NAP_BOX_NAT)
			continue;
		box = nap_chain_box(&plan->chain, 0, k, 0, 4);
		leads = nap_box_forwards(box, proto, &to);
		nap_box_free(box);
		if (!leads) {
			g_autofree char *why =
				g_strdup_printf("a NAT before the server leads to it by one, as %s/%u > "
						"10.0.0.2:%u; there is none for that port",
					proto == NAP_UDP ? "udp" : "tcp", to.port, to.port);

			return nap_plan_blame(plan, group, "forwards", why);
		}
	}
	return true;
}

void nap_plan_of_kind(const struct nap_plan *plan, uint32_t kind, struct nap_plan *own)
{
	*own = *plan;
	own->kinds = 0;
	own->sc = plan->sc->kinds.kind[kind];
	plan_chain(own);
}

/* Kinds meet at shared boxes, and before them at addresses: there they must be alike. */
static bool agrees(struct nap_plan *plan, const struct nap_scenario *kind)
{
	const struct nap_scenario *sc = plan->sc;

	for (uint32_t k = 0; k < sc->n_middleboxes; k++) {
		const struct nap_box_config *a = &sc->middlebox[k].box, *b = &kind->middlebox[k].box;
		g_autofree char *group = g_strconcat("middlebox ", sc->middlebox[k].name, NULL);

		if (a->shared != b->shared)
			return nap_plan_blame(
				plan, group, "shared", "is not the same for all kinds of subscribers");
		if (a->kind != b->kind)
			return nap_plan_blame(
				plan, group, "kind", "is not the same for all kinds of subscribers");
	}
	return true;
}

/* Can each kind be run, and do its subscribers touch others? */
static bool look_at_kinds(struct nap_plan *plan)
{
	for (uint32_t i = 0; i < plan->kinds; i++) {
		g_autofree struct nap_plan *own = g_new(struct nap_plan, 1);

		if (!agrees(plan, plan->sc->kinds.kind[i]))
			return false;
		nap_plan_of_kind(plan, i, own);
		if (!fits(own) || !serves(own))
			return nap_plan_blame(plan, own->group, own->key, strchr(own->why, ':') + 2);
		look_for_coupling(own);
		if (own->coupled_by && !plan->coupled_by) {
			plan->coupled_by = own->coupled_by;
			plan->coupled_how = own->coupled_how;
		}
	}
	return true;
}

/* A bound that nobody can break, having no battery, would be kept by all. */
static bool bounds_are_met(struct nap_plan *plan)
{
	const struct nap_scenario *sc = plan->sc;
	const struct nap_bounds *b = &sc->general.bounds;
	bool battery = sc->kinds.n == 0 && sc->battery.capacity_mah > 0.0;

	for (uint32_t i = 0; i < sc->kinds.n; i++)
		battery |= sc->kinds.kind[i]->battery.capacity_mah > 0.0;
	for (uint32_t i = 0; i < b->n; i++)
		if (b->bound[i].of == NAP_EACH_BATTERY && !battery)
			return nap_plan_blame(plan, "scenario", "bounds",
				"there is no [battery] of which battery could tell");
	return true;
}

bool nap_plan_make(struct nap_plan *plan, const struct nap_scenario *sc)
{
	memset(plan, 0, sizeof *plan);
	plan->sc = sc;
	if (!fits(plan) || !bounds_are_met(plan))
		return false;
	plan_chain(plan);
	if (!serves(plan))
		return false;
	plan->kinds = sc->kinds.n;
	look_for_coupling(plan);
	if (!look_at_kinds(plan))
		return false;
	choose_parts(plan);
	plan->global =
		plan->coupled_by || (sc->general.order == NAP_ORDER_GLOBAL && sc->general.subscribers > 1);
	if (plan->coupled_by && sc->general.order == NAP_ORDER_SUBSCRIBER) {
		g_autofree char *where =
			g_strdup_printf("subscriber is not possible: subscribers meet at middlebox %s: %s",
				plan->coupled_by, plan->coupled_how);

		return nap_plan_blame(plan, "scenario", "order", where);
	}
	return true;
}
