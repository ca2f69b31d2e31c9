/* SPDX-License-Identifier: BSD-2-Clause */
#include "run/workspace.h"

#include "path/lanes.h"
#include "run/batches.h"
#include "run/warm.h"

#include <glib.h>
#include <string.h>

static bool acts(const struct nap_box_config *b)
{
	return b->on_expiry != NAP_EXPIRY_SILENT || b->probe_interval > 0 || b->incoming_syn_hold > 0 ||
	       b->kind == NAP_BOX_PROXY;
}

static bool may_sleep(const struct nap_radio_tech *tech)
{
	for (uint32_t i = 0; i < tech->n_states; i++)
		if (!tech->state[i].reachable)
			return true;
	return false;
}

/* A network's hops: so many of its own, and behind them those before the server. */
static void set_up_hops(struct nap_net *net, const struct nap_chain_plan *chain, uint32_t first, uint32_t n)
{
	net->first = first;
	net->own = n;
	net->n_hops = n + chain->n_served;
	net->skipped = chain->served - first - n;
}

/* Is nothing drawn on the way of a packet? */
static bool is_steady(const struct nap_line *line)
{
	bool draws = line->links_draw;

	for (uint32_t i = 0; i < line->n_nets; i++)
		draws |= line->net[i].access.draws || line->net[i].tech->random;
	return !draws;
}

/* Network 0 is the path's own. */
static void set_up_nets(struct nap_line *line, const struct nap_scenario *sc)
{
	line->net[0] = (struct nap_net){ .access = nap_link_changing(&sc->path.delay, &sc->path.delay_changes,
						 sc->path.loss, sc->path.loss_burst),
		.stay = &sc->path.stay,
		.tech = sc->radio,
		.may_sleep = may_sleep(sc->radio) };
	set_up_hops(&line->net[0], &line->chain, 0, sc->n_path_middleboxes);
	for (uint32_t i = 0; i < sc->n_networks; i++) {
		const struct nap_network *n = &sc->network[i];
		const struct nap_network_config *c = &n->config;

		line->net[i + 1] = (struct nap_net){ .access = nap_link_changing(&c->delay, &c->delay_changes,
							     c->loss, c->loss_burst),
			.stay = &c->stay,
			.tech = n->radio,
			.may_sleep = may_sleep(n->radio) };
		set_up_hops(&line->net[i + 1], &line->chain, n->first, n->n);
	}
	line->n_nets = sc->n_networks + 1;
	line->steady = is_steady(line);
}

/* The longest of a link's delays. */
static nap_time longest(const struct nap_link *l)
{
	nap_time most = 0;

	for (uint32_t i = 0; i == 0 || nap_link_change(l, i - 1) != NAP_NEVER; i++)
		most = nap_time_max(most, nap_link_usual(nap_link_delay(l, i)));
	return most;
}

/* How long a packet of the server takes to each hop and to each network's radio. */
static void set_up_lags(struct nap_line *line)
{
	for (uint32_t i = 0; i < line->n_nets; i++) {
		struct nap_net *net = &line->net[i];
		nap_time lag = 0;

		for (uint32_t k = net->n_hops; k-- > 0;) {
			uint32_t hop = nap_net_hop(net, k);

			line->lag[hop] = lag += longest(&line->link[hop]);
		}
		net->lag = lag + longest(&net->access);
		line->delays_change |= net->access.changes != NULL;
		line->max_lag = nap_time_max(line->max_lag, net->lag);
	}
	line->lags = line->max_lag > 0;
	for (uint32_t i = 0; i < line->n_nets; i++)
		line->sleeps |= line->net[i].may_sleep;
	line->settles = line->lags || line->sleeps;
}

static void set_up_line(struct nap_line *line, const struct nap_plan *plan)
{
	const struct nap_scenario *sc = plan->sc;
	/* a box that probes counts its probes, which no fingerprint holds, and a proxy has ends of its own */
	bool probes = false;
	bool changes = false;

	line->path = &sc->path;
	line->client = nap_scenario_client(sc);
	line->client.pooled = nap_app_pools(&sc->app);
	line->processor = nap_device_pays(&sc->device) ? &sc->device : NULL;
	line->holds = sc->program.exempt && sc->program.doze != NAP_DOZE_NO && sc->server.high_priority < 1.0
			      ? &sc->doze
			      : NULL;
	line->minds = line->client.dozes || line->processor;
	line->server = (struct nap_server_setup){ &sc->app, &sc->server, sc->policy, sc->policy_config };
	line->server_notices = nap_server_notices(&line->server);
	line->n_hops = sc->n_middleboxes;
	line->chain = plan->chain;
	line->duration = sc->general.duration;
	line->seed = sc->general.seed;
	line->asks_radio = (sc->policy->listens & NAP_EV_BIT(NAP_EV_RADIO_UP)) != 0;
	for (uint32_t k = 0; k < sc->n_middleboxes; k++) {
		const struct nap_middlebox *m = &sc->middlebox[k];

		line->link[k] = nap_link_of(&m->hop.delay, m->hop.loss, 1);
		line->links_draw |= !line->link[k].steady;
		for (uint32_t e = 0; e < NAP_HOP_EVENTS; e++)
			if (nap_hop_arrivals(&m->hop, e)->kind != NAP_ARRIVALS_NONE)
				line->befalls[line->n_befalls++] =
					(struct nap_befalls){ (uint8_t)k, (uint8_t)e };
		line->ends_matter |= line->chain.shared[k];
		line->boxes_act |= acts(&m->box);
		line->acts_alone |= acts(&m->box) && !(plan->global && line->chain.shared[k]);
		line->cuts |= m->box.mtu > 0;
		probes |= m->box.probe_interval > 0 || m->box.kind == NAP_BOX_PROXY;
		changes |= m->hop.changes.n > 0;
	}
	set_up_nets(line, sc);
	set_up_lags(line);
	line->looks_ahead = plan->chain.readdressed != 0;
	line->goes_on = sc->app.transport == NAP_OVER_UDP && !plan->chain.readdressed && !changes &&
			!plan->chain.turned && !line->client.pooled;
	/* no two cycles of a policy that draws, or looks at the clock, are the same; boxes before the server tell flows by other ends */
	line->skip = sc->general.skip && line->steady && !plan->chain.turned && !probes && !line->cuts &&
		     !sc->policy->draws && !sc->policy->clock && !line->client.pooled;
}

/* A second line for what the peer's packets travel by: all else of the scenario is the client's. */
static void set_up_peer(struct nap_workspace *ws, const struct nap_plan *plan)
{
	static const struct nap_path_config nothing_befalls = { .outage_keeps_address = true };
	const struct nap_peer *peer = &plan->sc->peer;
	struct nap_line *line = &ws->line, *other;

	if (!peer->there)
		return;
	line->peer = &peer->config;
	line->joint = peer->joint;
	line->peer_net = plan->chain.peer_net;
	line->lags = line->goes_on = line->skip = false;
	line->max_lag = 0;
	line->settles = line->sleeps;
	other = g_memdup2(line, sizeof *line);
	other->path = &nothing_befalls;
	other->n_nets = 1;
	other->net[0] = (struct nap_net){ .access = nap_link_of(&peer->config.delay, peer->config.loss,
						  peer->config.loss_burst),
		.stay = &plan->sc->path.stay,
		.tech = peer->radio };
	set_up_hops(&other->net[0], &plan->chain, peer->first, peer->n);
	other->steady = is_steady(other);
	other->n_befalls = 0;
	other->client.dozes = NULL;
	other->processor = NULL;
	other->holds = NULL;
	other->minds = other->asks_radio = other->sleeps = other->settles = other->boxes_act =
		other->acts_alone = false;
	other->meter = &ws->peer_meter;
	other->tally = &ws->peer_tally;
	nap_flights_init(&other->flights);
	nap_line_lay_out(other);
	line->other = other;
}

void nap_workspace_observe(struct nap_meter *meter, const struct nap_observer *observer)
{
	for (int i = 0; i < NAP_NETS_MAX; i++)
		meter[i].observer = observer && observer->radio.change ? &observer->radio : NULL;
}

/* One subscriber, with the connection that each of its ends may have. */
static size_t whole_bytes(const struct nap_line *line)
{
	bool tcp = line->client.app->transport == NAP_OVER_TCP;

	return nap_subscriber_bytes(line) + (tcp ? 2 * nap_lanes_n(line) * sizeof(struct nap_tcp) : 0);
}

/* Of the largest kind. */
static size_t subscriber_bytes(const struct nap_plan *plan)
{
	g_autofree struct nap_line *line = g_new0(struct nap_line, 1);
	g_autofree struct nap_plan *own = g_new(struct nap_plan, 1);
	size_t most;

	set_up_line(line, plan);
	most = whole_bytes(line) * (plan->sc->peer.there ? 2 : 1);
	for (uint32_t k = 0; k < plan->kinds; k++) {
		memset(line, 0, sizeof *line);
		nap_plan_of_kind(plan, k, own);
		set_up_line(line, own);
		most = MAX(most, whole_bytes(line));
	}
	return most;
}

double nap_plan_bytes(const struct nap_plan *plan)
{
	size_t each = subscriber_bytes(plan) + sizeof(struct nap_account) +
		      plan->chain.n_hops * nap_box_session_bytes();

	return (double)each * plan->sc->general.subscribers;
}

/* All but what it tells shared boxes' ends. */
static struct nap_workspace *new_bare(const struct nap_plan *plan, const volatile int *stop)
{
	struct nap_workspace *ws = g_new0(struct nap_workspace, 1);

	ws->plan = plan;
	ws->stop = stop;
	set_up_line(&ws->line, plan);
	set_up_peer(ws, plan);
	nap_line_lay_out(&ws->line);
	nap_line_hold_boxes(&ws->line, ws->box);
	ws->sub = g_malloc(nap_subscriber_bytes(&ws->line));
	for (uint32_t i = 0; i < ws->line.n_nets; i++)
		nap_prices_init(&ws->prices[i], ws->line.net[i].tech);
	ws->wake_price = nap_price_once(plan->sc->device.wake.value);
	ws->awake_price = nap_price_power(plan->sc->device.awake.value);
	ws->line.push_delay = &ws->push_delay;
	ws->line.request_delay = &ws->request_delay;
	ws->warm = nap_warm_new(plan);
	nap_flights_init(&ws->line.flights);
	return ws;
}

/* One of a kind tells them to the same: nobody asks by whom a shared box is used. */
static struct nap_workspace *new_of_kind(const struct nap_workspace *all, uint32_t kind)
{
	struct nap_plan *own = g_new(struct nap_plan, 1);
	struct nap_workspace *ws;

	nap_plan_of_kind(all->plan, kind, own);
	ws = new_bare(own, all->stop);
	ws->own = own;
	ws->line.skip &= all->plan->sc->general.skip; /* how it is run is said once for all */
	memcpy(ws->occupancy, all->occupancy, sizeof ws->occupancy);
	memcpy(ws->ports, all->ports, sizeof ws->ports);
	memcpy(ws->blocks, all->blocks, sizeof ws->blocks);
	return ws;
}

struct nap_workspace *nap_workspace_new(const struct nap_plan *plan, const volatile int *stop)
{
	struct nap_workspace *ws = new_bare(plan, stop);

	for (uint32_t k = 0; k < plan->sc->n_middleboxes; k++) {
		if (!plan->chain.shared[k])
			continue;
		ws->occupancy[k] = nap_occupancy_new(plan->sc->general.duration, NAP_OCCUPANCY_BINS);
		ws->ports[k] = nap_occupancy_new(plan->sc->general.duration, NAP_OCCUPANCY_BINS);
		ws->blocks[k] = nap_occupancy_new(plan->sc->general.duration, NAP_OCCUPANCY_BINS);
	}
	ws->batches = nap_batches_wanted(plan) ? g_new0(struct nap_batches, 1) : NULL;
	ws->kind = plan->kinds ? g_new(struct nap_workspace *, plan->kinds) : NULL;
	for (uint32_t k = 0; k < plan->kinds; k++)
		ws->kind[k] = new_of_kind(ws, k);
	return ws;
}

void nap_workspace_free(struct nap_workspace *ws)
{
	if (!ws)
		return;
	for (uint32_t k = 0; k < NAP_HOPS_MAX; k++)
		nap_box_free(ws->box[k]);
	for (uint32_t k = 0; ws->kind && k < ws->plan->kinds; k++)
		nap_workspace_free(ws->kind[k]);
	g_free(ws->kind);
	g_free(ws->batches);
	nap_warm_free(ws->warm);
	for (uint32_t k = 0; k < NAP_HOPS_MAX && !ws->own; k++) {
		nap_occupancy_free(ws->occupancy[k]);
		nap_occupancy_free(ws->ports[k]);
		nap_occupancy_free(ws->blocks[k]);
	}
	nap_flights_clear(&ws->line.flights);
	if (ws->line.other)
		nap_flights_clear(&ws->line.other->flights);
	g_free(ws->line.other);
	nap_each_clear(&ws->each);
	if (!ws->own)
		nap_load_free(ws->load);
	g_free(ws->own);
	g_free(ws->sub);
	g_free(ws);
}

void nap_workspace_ask_load(struct nap_workspace *ws, bool wanted)
{
	if (wanted == (ws->load != NULL))
		return;
	nap_load_free(ws->load);
	ws->load = wanted ? nap_load_new(ws->plan) : NULL;
	for (uint32_t k = 0; ws->kind && k < ws->plan->kinds; k++)
		ws->kind[k]->load = ws->load;
}

void nap_workspace_begin(struct nap_workspace *ws, uint32_t replication, const struct nap_observer *observer)
{
	ws->line.replication = replication;
	ws->line.observer = observer;
	ws->line.cycles = ws->line.skip && !observer ? &ws->cycles : NULL;
	nap_cycles_forget(&ws->cycles);
	nap_workspace_befall(ws);
}

void nap_workspace_befall(struct nap_workspace *ws)
{
	for (uint32_t i = 0; i < ws->line.n_befalls; i++)
		ws->line.befell[i] = -1;
}

NAP_HOT static void on_end(
	void *ctx, enum nap_ended what, nap_time born, nap_time died, const struct nap_box_flow *whose)
{
	struct nap_hop_watch *w = ctx;
	struct nap_workspace *ws = w->ws;
	bool counts = !ws->warm || !ws->warm->going; /* occupancy is told by the whole run */
	nap_time lived;

	if (ws->load && counts)
		nap_load_ended(ws->load, w->hop, what, born, died, whose);
	if (what == NAP_ENDED_PORT && counts) {
		nap_occupancy_add(ws->ports[w->hop], born, died);
		return;
	}
	if (what == NAP_ENDED_BLOCK && counts) {
		nap_occupancy_add(ws->blocks[w->hop], born, died);
		return;
	}
	if (what == NAP_ENDED_PORT || what == NAP_ENDED_BLOCK)
		return;
	lived = nap_time_min(died, ws->line.duration) - born;
	ws->session_s[w->hop] += (uint64_t)(lived / NAP_S);
	ws->session_ns[w->hop] += (uint64_t)(lived % NAP_S);
	if (counts)
		nap_occupancy_add(ws->occupancy[w->hop], born, died);
	if (what == NAP_ENDED_EVICTED && w->population)
		nap_population_evicted(w->population, w->hop, whose);
}

void nap_workspace_watch(struct nap_workspace *ws, struct nap_box *box, uint32_t hop)
{
	ws->watch[hop].ws = ws;
	ws->watch[hop].hop = hop;
	nap_box_watch(box, on_end, &ws->watch[hop]);
}

void nap_workspace_count_box(
	struct nap_workspace *ws, struct nap_box *box, uint32_t hop, struct nap_part *part)
{
	struct nap_box_counts c;
	struct nap_box_sums *s = &part->box[hop];

	nap_box_settle(box, ws->line.duration);
	nap_box_counts(box, ws->line.duration, &c);
	if (ws->occupancy[hop])
		nap_box_tell_live(box, ws->line.duration);
	s->created += c.created;
	s->expired += c.expired;
	s->evicted += c.evicted;
	s->closed += c.closed;
	s->refused += c.refused;
	s->refused_ports += c.refused_ports;
	s->dropped += c.dropped;
	s->packets += c.packets;
	if (!ws->occupancy[hop]) /* a shared box' are counted one by one */
		s->session_ns += c.session_ns + c.alive_ns;
	s->peak += c.peak;
	s->ports_peak += c.ports_peak;
	s->blocks_peak += c.blocks_peak;
	s->log_records += c.log_records;
}
