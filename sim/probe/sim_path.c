/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/sim_path.h"

#include <glib.h>

#include "net/link.h"
#include "path/process.h"
#include "probe/sim_links.h"

/* Nodes of a path of n boxes: 0 the client, 1..n the boxes, n + 1 the server. Link i joins nodes i and i + 1. */

/*
 * When a box next acts by itself, as it last said. Asking may cost it a look at all its sessions, so it is asked again only
 * when time has moved: within ALARM_KEPT a packet cannot have brought its next act any nearer.
 */
struct alarm {
	nap_time at, asked;
};

#define ALARM_KEPT NAP_MS /* no timer is shorter */

struct nap_sim_path {
	const struct nap_scenario *sc;
	struct nap_chain_plan plan;
	nap_time now;
	uint32_t n_boxes;
	struct nap_box **box;
	struct alarm *alarm;                               /* of each box */
	struct nap_hop_process (*befalls)[NAP_HOP_EVENTS]; /* each box */
	struct nap_link *link;
	struct nap_link_way (*way)[2]; /* of each link, by the side that packets come from */
	struct nap_sim_links *on_links;
	struct nap_rng loss, delay;
	struct nap_process outage; /* of the access network */
	nap_time outage_from, outage_to;
};

static void next_outage(struct nap_sim_path *path)
{
	path->outage_from = path->outage_to = path->outage.next;
	if (path->outage_from != NAP_NEVER)
		path->outage_to = nap_process_outage(
			&path->outage, &path->sc->path.outages, &path->sc->path.outage_length);
}

static void add_hop(struct nap_sim_path *path, uint32_t k)
{
	const struct nap_hop_config *hop = &path->sc->middlebox[k].hop;

	path->box[k] = nap_chain_box(&path->plan, 0, k, 0, 64);
	path->alarm[k] = (struct alarm){ NAP_NEVER, -ALARM_KEPT };
	path->link[k + 1] = nap_link_of(&hop->delay, hop->loss, 1);
	for (uint32_t e = 0; e < NAP_HOP_EVENTS; e++)
		nap_hop_process_begin(&path->befalls[k][e], &path->plan, 0, 0, k, e);
}

struct nap_sim_path *nap_sim_path_new(const struct nap_scenario *sc, uint64_t seed)
{
	struct nap_sim_path *path = g_new0(struct nap_sim_path, 1);
	uint32_t n = nap_scenario_path(sc);

	path->sc = sc;
	nap_chain_plan_init(&path->plan, sc->middlebox, sc->n_middleboxes, n,
		(uint32_t)MAX(sc->general.subscribers, 1), seed);
	nap_chain_plan_turn(&path->plan, sc->n_server_middleboxes);
	path->n_boxes = n;
	path->box = g_new0(struct nap_box *, n);
	path->alarm = g_new(struct alarm, n);
	path->befalls = g_malloc0_n(n, sizeof *path->befalls);
	path->link = g_new0(struct nap_link, n + 1);
	path->way = g_malloc0_n(n + 1, sizeof *path->way);
	path->on_links = nap_sim_links_new();
	path->link[0] = nap_link_changing(
		&sc->path.delay, &sc->path.delay_changes, sc->path.loss, sc->path.loss_burst);
	for (uint32_t k = 0; k < n; k++)
		add_hop(path, k);
	path->loss = nap_rng_stream(seed, 0, 0, NAP_RNG_LOSS);
	path->delay = nap_rng_stream(seed, 0, 0, NAP_RNG_DELAY);
	nap_process_begin(&path->outage, &sc->path.outages, &path->plan, 0, 0, NAP_PROCESS_OUTAGES, 0);
	next_outage(path);
	return path;
}

void nap_sim_path_free(struct nap_sim_path *path)
{
	if (!path)
		return;
	for (uint32_t i = 0; i < path->n_boxes; i++)
		nap_box_free(path->box[i]);
	nap_sim_links_free(path->on_links);
	g_free(path->box);
	g_free(path->alarm);
	g_free(path->befalls);
	g_free(path->link);
	g_free(path->way);
	g_free(path);
}

nap_time nap_sim_path_now(const struct nap_sim_path *path)
{
	return path->now;
}

nap_addr nap_sim_path_device(const struct nap_sim_path *path)
{
	const struct nap_box_config *first =
		path->sc->n_path_middleboxes ? &path->sc->middlebox[0].box : NULL;

	return first && first->inside_first.n ? first->inside_first.addr[0]
					      : nap_chain_device(&path->plan, 0, 0, false);
}

struct nap_box *nap_sim_path_box(struct nap_sim_path *path, uint32_t i)
{
	return path->box[i];
}

/* --- packets on links --- */

/* Is the access network away at t? Times asked for do not decrease. */
static bool in_outage(struct nap_sim_path *path, nap_time t)
{
	while (path->outage_to != NAP_NEVER && t >= path->outage_to)
		next_outage(path);
	return t >= path->outage_from;
}

/* Does an outage stop what goes to that side? */
static bool stops(const struct nap_path_config *config, enum nap_side to)
{
	return config->outage_direction != (to == NAP_OUTSIDE ? NAP_OUTAGE_DOWN : NAP_OUTAGE_UP);
}

/* Put p on the link that leads from node towards side `to`. Each packet takes a time of its own: the path reorders. */
static void transmit(struct nap_sim_path *path, uint32_t node, enum nap_side to, const struct nap_packet *p,
	nap_time sent, nap_flow flow)
{
	enum nap_side from = to == NAP_OUTSIDE ? NAP_INSIDE : NAP_OUTSIDE;
	uint32_t i = to == NAP_OUTSIDE ? node : node - 1;
	struct nap_link_way *way = &path->way[i][from];
	struct nap_sim_packet *f;
	nap_time at;

	way->last = 0; /* it need not wait for those before it */
	if ((i == 0 && in_outage(path, path->now) && stops(&path->sc->path, to)) ||
		!nap_link_cross(&path->link[i], way, path->now, &path->loss, &path->delay, &at))
		return;
	f = nap_sim_links_add(path->on_links, at);
	f->sent = sent;
	f->flow = flow;
	f->node = from == NAP_INSIDE ? i + 1 : i;
	f->side = (uint8_t)from;
	f->packet = *p;
}

/* A server behind port forwards has an address and a port of its own, which the other end does not know. False: it has none now. */
static bool at_server(const struct nap_sim_path *path, struct nap_packet *p, bool comes)
{
	bool error = nap_packet_is_icmp_error(p);
	struct nap_endpoint *own = comes ? &p->dst : error ? &p->quote.dst : &p->src;
	uint8_t proto = error ? p->quote.proto : p->proto;
	bool (*other)(const struct nap_chain_plan *, struct nap_box *const *, uint8_t,
		struct nap_endpoint *) = comes ? nap_chain_served : nap_chain_service;

	if (!path->plan.turned || (comes && error))
		return true;
	if (!other(&path->plan, path->box, proto, own))
		return false;
	if (error)
		p->src.addr = own->addr;
	return true;
}

void nap_sim_path_send(
	struct nap_sim_path *path, enum nap_end from, const struct nap_packet *p, nap_flow flow)
{
	struct nap_packet own = *p;

	if (from == NAP_CLIENT)
		transmit(path, 0, NAP_OUTSIDE, p, path->now, flow);
	else if (at_server(path, &own, false))
		transmit(path, path->n_boxes + 1, NAP_INSIDE, &own, path->now, flow);
}

/* --- boxes --- */

/* When something next befalls box i. */
static nap_time next_befalls(const struct nap_sim_path *path, uint32_t i)
{
	nap_time first = NAP_NEVER;

	for (int e = 0; e < NAP_HOP_EVENTS; e++)
		first = nap_time_min(first, path->befalls[i][e].process.next);
	return first;
}

/* When a box next acts by itself or something befalls it, when nothing else happens before t. */
static nap_time next_act(const struct nap_sim_path *path, nap_time t, uint32_t *which)
{
	nap_time first = NAP_NEVER;

	for (uint32_t i = 0; i < path->n_boxes; i++) {
		struct alarm *a = &path->alarm[i];
		nap_time at;

		if (t >= nap_time_min(a->at, a->asked + ALARM_KEPT)) {
			nap_time quiet = nap_box_quiet_until(path->box[i]);

			*a = (struct alarm){ quiet > t ? quiet : nap_box_deadline(path->box[i]), path->now };
		}
		at = nap_time_min(a->at, next_befalls(path, i));
		if (at < first) {
			first = at;
			*which = i;
		}
	}
	return first;
}

nap_time nap_sim_path_next(const struct nap_sim_path *path, nap_time until)
{
	nap_time flight = nap_sim_links_next(path->on_links);
	uint32_t which;

	return nap_time_min(flight, next_act(path, nap_time_min(flight, until), &which));
}

/* A packet that the box at node made: it begins a life of its own. */
static void transmit_own(struct nap_sim_path *path, uint32_t node, enum nap_side to, struct nap_packet p)
{
	p.ttl = NAP_SIM_TTL;
	transmit(path, node, to, &p, NAP_NEVER, NAP_NO_FLOW);
}

/* What leaves a box: for a packet that came, or, without one, by the box' own timers. */
struct leaving {
	struct nap_sim_path *path;
	uint32_t node;
	const struct nap_sim_packet *came;
};

static void leaves(void *ctx, enum nap_side side, const struct nap_packet *p, bool own)
{
	const struct leaving *l = ctx;

	side = nap_chain_goes_up(&l->path->plan, l->node - 1, side) ? NAP_OUTSIDE : NAP_INSIDE;
	if (own)
		transmit_own(l->path, l->node, side, *p);
	else
		transmit(l->path, l->node, side, p, l->came->sent, l->came->flow);
}

static void emit(void *ctx, enum nap_side side, const struct nap_packet *p, nap_time now,
	const struct nap_box_flow *flow)
{
	(void)flow;
	(void)now; /* the path's clock stands at the deadline already */
	leaves(ctx, side, p, true);
}

static void act(struct nap_sim_path *path, uint32_t k)
{
	struct leaving l = { path, k + 1, NULL };

	if (path->alarm[k].at <= path->now) {
		nap_box_advance(path->box[k], path->now, emit, &l);
		return;
	}
	for (uint32_t e = 0; e < NAP_HOP_EVENTS; e++)
		if (path->befalls[k][e].process.next <= path->now)
			nap_hop_process_take(&path->befalls[k][e], &path->plan, k, e, path->box[k]);
	path->alarm[k].asked = -ALARM_KEPT;
}

static void pass_box(struct nap_sim_path *path, struct nap_sim_packet *f)
{
	enum nap_side side = (enum nap_side)f->side;
	uint32_t node = f->node;
	struct nap_box_effect fx = { .out_side = NAP_OUTSIDE };
	struct leaving l = { path, node, f };
	enum nap_verdict verdict;

	if (side == NAP_OUTSIDE &&
		nap_chain_misses(&path->plan, node - 1, path->box[node - 1], f->packet.dst.addr))
		return;
	if (nap_chain_pass(path->box[node - 1], path->now,
		    nap_chain_side(&path->plan, node - 1, side == NAP_INSIDE), &f->packet, &fx, &verdict,
		    leaves, &l))
		transmit(path, node, side == NAP_INSIDE ? NAP_OUTSIDE : NAP_INSIDE, &f->packet, f->sent,
			f->flow);
}

bool nap_sim_path_step(struct nap_sim_path *path, nap_time until, struct nap_sim_arrival *out)
{
	uint32_t which = 0;
	nap_time flight = nap_sim_links_next(path->on_links),
		 box = next_act(path, nap_time_min(flight, until), &which);
	struct nap_sim_packet f;

	if (until < nap_time_min(box, flight)) {
		path->now = nap_time_max(path->now, until);
		return false;
	}
	if (box <= flight) {
		path->now = nap_time_max(path->now, box);
		act(path, which);
		return false;
	}
	nap_sim_links_take(path->on_links, &f);
	path->now = f.at;
	if (f.node > 0 && f.node <= path->n_boxes) {
		pass_box(path, &f);
		return false;
	}
	if (f.node && !at_server(path, &f.packet, true))
		return false;
	*out = (struct nap_sim_arrival){ f.at, f.sent, f.flow, f.node ? NAP_SERVER : NAP_CLIENT, f.packet };
	return true;
}
