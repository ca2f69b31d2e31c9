/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/sim_path.h"

#include <glib.h>

/* Nodes of a path of n boxes: 0 the client, 1..n the boxes, n + 1 the server. Link i joins nodes i and i + 1. */
struct link {
	struct nap_dist delay;
	double loss, burst;
	bool losing[2];   /* inside a burst of losses, by direction (enum nap_side the packets come from) */
	nap_time last[2]; /* links keep order: no packet overtakes another */
};

struct in_flight {
	nap_time at, sent;
	uint64_t order; /* among equal times: first sent, first served */
	uint32_t node;  /* where it arrives */
	enum nap_side side;
	nap_flow flow;
	struct nap_packet packet;
};

/*
 * When a box next acts by itself, as it last said. Asking may cost it a look at all its sessions, so it is asked again only
 * when time has moved: within ALARM_KEPT a packet cannot have brought its next act any nearer.
 */
struct alarm {
	nap_time at, asked;
};

#define ALARM_KEPT NAP_MS /* no timer is shorter */

struct nap_sim_path {
	nap_time now;
	uint32_t n_boxes;
	struct nap_box **box;
	struct alarm *alarm; /* of each box */
	struct link *link;
	struct nap_rng loss, delay, outage;
	struct nap_arrivals outages;
	struct nap_arrivals_state outage_state;
	struct nap_dist outage_length;
	nap_time outage_from, outage_to;
	GArray *heap; /* of struct in_flight, earliest first */
	uint64_t order;
};

static bool earlier(const struct in_flight *a, const struct in_flight *b)
{
	return a->at != b->at ? a->at < b->at : a->order < b->order;
}

static struct in_flight *heap_at(const struct nap_sim_path *path, uint32_t i)
{
	return &g_array_index(path->heap, struct in_flight, i);
}

static void heap_push(struct nap_sim_path *path, const struct in_flight *f)
{
	uint32_t i = path->heap->len;

	g_array_append_vals(path->heap, f, 1);
	while (i > 0 && earlier(f, heap_at(path, (i - 1) / 2))) {
		*heap_at(path, i) = *heap_at(path, (i - 1) / 2);
		i = (i - 1) / 2;
	}
	*heap_at(path, i) = *f;
}

static void heap_pop(struct nap_sim_path *path, struct in_flight *out)
{
	uint32_t n = path->heap->len - 1, i = 0;
	struct in_flight last = *heap_at(path, n);

	*out = *heap_at(path, 0);
	g_array_set_size(path->heap, n);
	if (n == 0)
		return;
	for (;;) {
		uint32_t child = 2 * i + 1;

		if (child >= n)
			break;
		if (child + 1 < n && earlier(heap_at(path, child + 1), heap_at(path, child)))
			child++;
		if (!earlier(heap_at(path, child), &last))
			break;
		*heap_at(path, i) = *heap_at(path, child);
		i = child;
	}
	*heap_at(path, i) = last;
}

static void link_init(struct link *l, struct nap_dist delay, double loss, double burst)
{
	*l = (struct link){ .delay = delay, .loss = loss, .burst = burst < 1 ? 1 : burst };
}

/*
 * A home gateway's external address is one of the carrier's inside ones. Profiles all come with the same default
 * address, so in a chain an inner NAT gets one of the shared address space (RFC 6598), as its carrier would give it.
 */
static void separate_addresses(
	struct nap_box_config *box, uint32_t i, const struct nap_scenario *sc, nap_addr *spare)
{
	for (uint32_t k = i + 1; k < sc->n_path_middleboxes; k++) {
		const struct nap_box_config *outer = &sc->middlebox[k].box;

		if (outer->kind == NAP_BOX_NAT && box->addresses.n && outer->addresses.n &&
			box->addresses.addr[0] == outer->addresses.addr[0]) {
			box->addresses = (struct nap_addr_list){ spare, 1 };
			return;
		}
	}
}

/* Population profiles: this box' own values. */
static void draw_values(struct nap_box_config *box, const struct nap_middlebox *m, struct nap_rng *rng)
{
	for (uint32_t i = 0; i < m->n_draws; i++) {
		const struct nap_param_draw *d = &m->draws[i];
		char *field = (char *)box + d->row->offset;
		nap_time t = nap_dist_draw_time(&d->dist, rng);

		if (d->row->type == NAP_P_TIME)
			*(nap_time *)(void *)field = nap_time_max(t, 1);
		else if (d->row->type == NAP_P_UINT)
			*(uint32_t *)(void *)field = (uint32_t)CLAMP(t, 1, UINT32_MAX);
		else if (d->row->type == NAP_P_UINT64)
			*(uint64_t *)(void *)field = (uint64_t)nap_time_max(t, 1);
	}
}

struct nap_sim_path *nap_sim_path_new(const struct nap_scenario *sc, uint64_t seed)
{
	struct nap_sim_path *path = g_new0(struct nap_sim_path, 1);
	uint32_t n = sc->n_path_middleboxes;
	struct nap_rng values = nap_rng_stream(seed, 0, 0, NAP_RNG_PROFILE);

	path->n_boxes = n;
	path->box = g_new0(struct nap_box *, n);
	path->alarm = g_new(struct alarm, n);
	path->link = g_new0(struct link, n + 1);
	link_init(&path->link[0], sc->path.delay, sc->path.loss, sc->path.loss_burst);
	for (uint32_t i = 0; i < n; i++) {
		const struct nap_middlebox *m = &sc->middlebox[i];
		struct nap_box_config config = m->box;
		nap_addr spare = NAP_ADDR(100, 64, i, 1);

		draw_values(&config, m, &values);
		separate_addresses(&config, i, sc, &spare);
		path->box[i] = nap_box_new(&config, nap_rng_stream(seed, 0, i, NAP_RNG_PORTS), 64);
		path->alarm[i] = (struct alarm){ NAP_NEVER, -ALARM_KEPT };
		link_init(&path->link[i + 1], m->hop.delay, m->hop.loss, 1);
	}
	path->loss = nap_rng_stream(seed, 0, 0, NAP_RNG_LOSS);
	path->delay = nap_rng_stream(seed, 0, 0, NAP_RNG_DELAY);
	path->outage = nap_rng_stream(seed, 0, 0, NAP_RNG_OUTAGE);
	path->outages = sc->path.outages;
	path->outage_length = sc->path.outage_length;
	path->outage_from = nap_arrivals_next(&path->outages, &path->outage_state, &path->outage);
	path->outage_to = path->outage_from == NAP_NEVER
				  ? NAP_NEVER
				  : nap_time_after(path->outage_from,
					    nap_dist_draw_time(&path->outage_length, &path->outage));
	path->heap = g_array_new(FALSE, FALSE, sizeof(struct in_flight));
	return path;
}

void nap_sim_path_free(struct nap_sim_path *path)
{
	if (!path)
		return;
	for (uint32_t i = 0; i < path->n_boxes; i++)
		nap_box_free(path->box[i]);
	g_free(path->box);
	g_free(path->alarm);
	g_free(path->link);
	g_array_free(path->heap, TRUE);
	g_free(path);
}

nap_time nap_sim_path_now(const struct nap_sim_path *path)
{
	return path->now;
}

struct nap_box *nap_sim_path_box(struct nap_sim_path *path, uint32_t i)
{
	return path->box[i];
}

/* Is the access network away at t? Times asked for do not decrease. */
static bool in_outage(struct nap_sim_path *path, nap_time t)
{
	while (path->outage_to != NAP_NEVER && t >= path->outage_to) {
		nap_time from = nap_arrivals_next(&path->outages, &path->outage_state, &path->outage);

		path->outage_from = nap_time_max(from, path->outage_to);
		path->outage_to = from == NAP_NEVER
					  ? NAP_NEVER
					  : nap_time_after(path->outage_from,
						    nap_dist_draw_time(&path->outage_length, &path->outage));
	}
	return t >= path->outage_from && t < path->outage_to;
}

/* Gilbert's channel: bursts of losses of mean length l->burst that make up a share l->loss of all packets. */
static bool is_lost(struct nap_sim_path *path, struct link *l, enum nap_side from)
{
	double leave = 1 / l->burst, enter;

	if (l->loss <= 0)
		return false;
	if (l->loss >= 1)
		return true;
	enter = l->burst == 1 ? l->loss : leave * l->loss / (1 - l->loss);
	if (l->burst == 1)
		l->losing[from] = nap_rng_unit(&path->loss) < enter;
	else
		l->losing[from] = nap_rng_unit(&path->loss) < (l->losing[from] ? 1 - leave : enter);
	return l->losing[from];
}

/* Put p on the link that leads from node towards side `to`. */
static void transmit(struct nap_sim_path *path, uint32_t node, enum nap_side to, const struct nap_packet *p,
	nap_time sent, nap_flow flow)
{
	enum nap_side from = to == NAP_OUTSIDE ? NAP_INSIDE : NAP_OUTSIDE;
	uint32_t i = to == NAP_OUTSIDE ? node : node - 1;
	struct link *l = &path->link[i];
	struct in_flight f = {
		.sent = sent, .order = path->order++, .side = from, .flow = flow, .packet = *p
	};

	if ((i == 0 && in_outage(path, path->now)) || is_lost(path, l, from))
		return;
	f.node = to == NAP_OUTSIDE ? node + 1 : node - 1;
	f.at = nap_time_max(
		l->last[from], nap_time_after(path->now, nap_dist_draw_time(&l->delay, &path->delay)));
	l->last[from] = f.at;
	heap_push(path, &f);
}

void nap_sim_path_send(
	struct nap_sim_path *path, enum nap_end from, const struct nap_packet *p, nap_flow flow)
{
	if (from == NAP_CLIENT)
		transmit(path, 0, NAP_OUTSIDE, p, path->now, flow);
	else
		transmit(path, path->n_boxes + 1, NAP_INSIDE, p, path->now, flow);
}

/* The first alarm of all boxes, when nothing else happens before t. */
static nap_time box_deadline(const struct nap_sim_path *path, nap_time t, uint32_t *which)
{
	nap_time first = NAP_NEVER;

	for (uint32_t i = 0; i < path->n_boxes; i++) {
		struct alarm *a = &path->alarm[i];

		if (t >= nap_time_min(a->at, a->asked + ALARM_KEPT))
			*a = (struct alarm){ nap_box_deadline(path->box[i]), path->now };
		if (a->at < first) {
			first = a->at;
			*which = i;
		}
	}
	return first;
}

static nap_time flight_deadline(const struct nap_sim_path *path)
{
	return path->heap->len ? heap_at(path, 0)->at : NAP_NEVER;
}

nap_time nap_sim_path_next(const struct nap_sim_path *path)
{
	nap_time flight = flight_deadline(path);
	uint32_t which;

	return nap_time_min(flight, box_deadline(path, flight, &which));
}

/* A packet that the box at node made: it begins a life of its own. */
static void transmit_own(struct nap_sim_path *path, uint32_t node, enum nap_side to, struct nap_packet p)
{
	p.ttl = NAP_SIM_TTL;
	transmit(path, node, to, &p, NAP_NEVER, NAP_NO_FLOW);
}

struct emission {
	struct nap_sim_path *path;
	uint32_t node;
};

static void emit(void *ctx, enum nap_side side, const struct nap_packet *p, nap_time now,
	const struct nap_box_flow *about)
{
	struct emission *e = ctx;

	(void)about;
	(void)now; /* the path's clock stands at the deadline already */
	transmit_own(e->path, e->node, side, *p);
}

static void pass_box(struct nap_sim_path *path, struct in_flight *f)
{
	struct nap_box_effect fx = { .out_side = NAP_OUTSIDE };
	struct nap_box *box = path->box[f->node - 1];
	struct nap_packet piece;

	switch (nap_box_input(box, path->now, f->side, &f->packet, &fx)) {
	case NAP_PASS:
		for (uint32_t i = 0; nap_box_piece(box, &fx, &f->packet, i, &piece); i++)
			transmit(path, f->node, fx.out_side, &piece, f->sent, f->flow);
		break;
	case NAP_REJECT_RST:
	case NAP_REJECT_ICMP:
		transmit_own(path, f->node, f->side, fx.reply);
		break;
	case NAP_LOCAL:
		if (fx.answered)
			transmit(path, f->node, f->side, &fx.reply, NAP_NEVER, NAP_NO_FLOW);
		break;
	case NAP_DROP:
	case NAP_HELD:
		break;
	}
}

bool nap_sim_path_step(struct nap_sim_path *path, nap_time until, struct nap_sim_arrival *out)
{
	uint32_t which = 0;
	nap_time flight = flight_deadline(path), box = box_deadline(path, flight, &which);
	struct in_flight f;

	if (until < nap_time_min(box, flight)) {
		path->now = nap_time_max(path->now, until);
		return false;
	}
	if (box <= flight) {
		struct emission e = { path, which + 1 };

		path->now = nap_time_max(path->now, box);
		nap_box_advance(path->box[which], path->now, emit, &e);
		return false;
	}
	heap_pop(path, &f);
	path->now = f.at;
	if (f.node > 0 && f.node <= path->n_boxes) {
		pass_box(path, &f);
		return false;
	}
	*out = (struct nap_sim_arrival){ f.at, f.sent, f.flow, f.node ? NAP_SERVER : NAP_CLIENT, f.packet };
	return true;
}
