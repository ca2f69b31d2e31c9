/* SPDX-License-Identifier: BSD-2-Clause */
/* Questions about a box' future: how long a packet would pass, whether two moments are alike, a jump over whole cycles. */
#include "middlebox/lifetimes.h"
#include "middlebox/mapping.h"
#include "middlebox/pcp.h"
#include "net/fragment.h"

static void rewrite(const struct session *s, enum nap_side side, struct nap_packet *p)
{
	if (side == NAP_INSIDE)
		p->src = (struct nap_endpoint){ s->mapped, s->mapped_port };
	else
		p->dst = (struct nap_endpoint){ s->inside, s->inside_port };
	if ((s->flags & SF_TWICE) && side == NAP_INSIDE)
		p->dst = (struct nap_endpoint){ s->remote, s->remote_port };
	else if (s->flags & SF_TWICE)
		p->src = (struct nap_endpoint){ s->shown, s->shown_port };
	if (p->proto == NAP_ICMP)
		p->src.port = p->dst.port = side == NAP_INSIDE ? s->mapped_port : s->inside_port;
}

/* Until when the first mapping on the packet's destination that lets its source in does so; 0: none. *inside: its owner. */
static nap_time admitted_until(
	const struct nap_box *box, nap_time now, const struct key *k, struct nap_endpoint *inside)
{
	uint8_t dep = box->filtering_dep[k->proto == NAP_TCP];
	uint32_t port = box->tracks_map && dep != NAP_ADDRESS_AND_PORT_DEPENDENT
				? nap_extport_find(box, k->proto, k->local)
				: NONE;
	nap_time until = 0;

	if (port == NONE)
		return 0;
	for (uint32_t m = box->extport[port].mappings; m != NONE && until <= now;
		m = box->mapping[m].next_on_port) {
		if (box->mapping[m].sessions == 0 && dep == NAP_ENDPOINT_INDEPENDENT)
			until = box->mapping[m].expires;
		for (uint32_t id = box->mapping[m].newest; id != NONE; id = box->session[id].older) {
			const struct session *s = &box->session[id];

			if (nap_session_admits(s, dep, k->local, k->remote))
				until = nap_time_max(until, nap_session_end(box, s));
		}
		*inside = box->mapping[m].inside;
	}
	return until > now ? until : 0;
}

/* The same with joined-protocols: what the mapping of the other protocol lets in, where this one has none. */
static nap_time admitted_joined(
	const struct nap_box *box, nap_time now, const struct key *k, struct nap_endpoint *inside)
{
	struct key other = *k;
	uint32_t port = nap_extport_find(box, k->proto, k->local);

	other.proto = nap_joined_protocol(k->proto);
	if (!box->config.joined_protocols || !box->tracks_map || !other.proto)
		return 0;
	for (uint32_t m = port == NONE ? NONE : box->extport[port].mappings; m != NONE;
		m = box->mapping[m].next_on_port)
		if (box->mapping[m].sessions || now < box->mapping[m].expires)
			return 0;
	return admitted_until(box, now, &other, inside);
}

/* A port forward, or a firewall open to all, lets it in for ever. */
static bool always_open(const struct nap_box *box, const struct key *k, struct nap_packet *p)
{
	for (uint32_t i = 0; i < box->n_forwards; i++) {
		const struct nap_box_forward *f = &box->forward[i];

		if (f->proto == k->proto && f->outside == k->local.addr && k->local.port >= f->lo &&
			k->local.port <= f->hi) {
			p->dst = (struct nap_endpoint){ f->inside.addr,
				(uint16_t)(f->inside.port + k->local.port - f->lo) };
			return true;
		}
	}
	return box->config.forward == NAP_FORWARD_OPEN && box->config.kind == NAP_BOX_FIREWALL;
}

nap_time nap_box_open_until(const struct nap_box *box, nap_time now, enum nap_side side, struct nap_packet *p)
{
	struct key k = nap_key_of(side, p);
	uint32_t id = nap_table_find(box, &k);
	enum track track = nap_track_may_open(box, p);
	const struct grant *g = side == NAP_OUTSIDE && track != TRACK_INVALID
					? nap_grant_on(box, now, NAP_OUTSIDE, p->proto, p->dst)
					: NULL;
	const struct session *s = id == NONE ? NULL : &box->session[id];
	nap_time end = !s ? 0 : box->lenient ? nap_session_end(box, s) : s->expires;
	struct nap_endpoint inside = { 0 };
	nap_time until = 0, admitted;

	if (s && end > now) {
		if ((s->flags & SF_LOCAL) || !nap_track_would_pass(box, s, p, side, now))
			return 0;
		until = end;
		rewrite(s, side, p);
	}
	if (g && (until == 0 || nap_endpoint_equal(p->dst, g->inside))) {
		p->dst = g->inside;
		until = nap_time_max(until, g->expires);
	}
	if (track != TRACK_PASS)
		return until;
	if (side == NAP_INSIDE)
		return NAP_NEVER; /* it would open a session again; through which port is not known before */
	if (nap_addr_listed(&box->config.inside_network, p->src.addr))
		return until;
	if (always_open(box, &k, p))
		return NAP_NEVER;
	admitted = admitted_until(box, now, &k, &inside);
	if (!admitted)
		admitted = admitted_joined(box, now, &k, &inside);
	if (!until) {
		if (admitted)
			p->dst = inside;
		return admitted;
	}
	return nap_endpoint_equal(p->dst, inside) ? nap_time_max(until, admitted) : until;
}

static uint64_t mix(uint64_t h, uint64_t v)
{
	unsigned __int128 m =
		(unsigned __int128)(h ^ UINT64_C(0x9e3779b97f4a7c15)) * (v ^ UINT64_C(0xd6e8feb86659fd93));

	return (uint64_t)m ^ (uint64_t)(m >> 64) ^ h << 1;
}

/* Sequence numbers count by their distances only. */
static uint64_t mix_window(uint64_t h, const struct window *w)
{
	for (int d = 0; d < 2; d++) {
		const struct window_side *s = &w->side[d];

		h = mix(h, (uint64_t)(s->max_end - s->end) << 32 | s->max_win);
		h = mix(h, (uint64_t)(s->max_ack - w->side[!d].end) << 32 |
				   (uint32_t)(s->scale << 8 | s->flags));
	}
	h = mix(h, (uint64_t)(w->last_seq - w->side[w->last_dir].end) << 32 |
			   (w->last_ack - w->side[!w->last_dir].end));
	h = mix(h, (uint64_t)(w->last_end - w->side[w->last_dir].end) << 32 |
			   (uint32_t)(w->last_win << 16 | w->last_dir << 8 | w->last_index));
	return mix(h, (uint64_t)w->last_scale << 16 | (uint64_t)w->last_flags << 8 | w->repeats);
}

static uint64_t mix_session(const struct nap_box *box, const struct session *s, nap_time now)
{
	const struct nap_box_config *c = &box->config;
	nap_time age = now - s->created;
	uint64_t h = mix((uint64_t)s->inside << 32 | s->mapped,
		(uint64_t)s->remote << 32 | (uint64_t)s->inside_port << 16 | s->mapped_port);

	if (c->duration_limit == NAP_NEVER)
		age = s->proto == NAP_UDP && !(s->flags & SF_ASSURED)
			      ? nap_time_min(age, c->udp_stream_after + 1)
			      : 0;
	h = mix(h, (uint64_t)s->remote_port << 48 | (uint64_t)s->proto << 40 | (uint64_t)s->state << 32 |
			   (uint64_t)s->flags << 16 | (uint64_t)s->timers << 8 | s->probes);
	h = mix(h, (uint64_t)(s->expires == NAP_NEVER ? NAP_NEVER : s->expires - now));
	h = mix(h, (uint64_t)age);
	if (s->flags & SF_TWICE)
		h = mix(h, (uint64_t)s->shown << 16 | s->shown_port);
	if (s->flags & SF_JOINED)
		h = mix(h, (uint64_t)(box->mapping[s->mapping].expires - now));
	return s->window != NONE ? mix_window(h, &box->window[s->window]) : h;
}

uint64_t nap_box_fingerprint(const struct nap_box *box, nap_time now)
{
	uint64_t h = 0;

	for (uint32_t id = 0; id < box->high; id++) {
		const struct session *s = &box->session[id];

		if ((s->flags & SF_LIVE) && (now < s->expires || now < nap_session_end(box, s)))
			h += mix_session(box, s, now); /* whatever the order */
	}
	h = mix(h, box->rng.counter);
	for (uint32_t i = 0; box->config.session_rate && i < box->subscriber_high; i++)
		if (box->subscriber[i].paid > now)
			h = mix(h, (uint64_t)(box->subscriber[i].paid - now));
	if (nap_reassembly_waiting(box->pieces))
		h = mix(h, nap_reassembly_fingerprint(box->pieces, now));
	h = mix(h, box->next_port);
	if (box->grants_live)
		h = mix(h, nap_grant_fingerprint(box, now));
	if (box->config.purge_interval)
		h = mix(h, (uint64_t)(now % box->config.purge_interval));
	for (uint32_t i = 0; box->config.port_hold_down && i < box->extport_high; i++)
		if (box->extport[i].held_until > now)
			h = mix(h, (uint64_t)(box->extport[i].held_until - now));
	for (guint i = 0; i < box->syn->len; i++)
		h = mix(h, (uint64_t)(g_array_index(box->syn, struct held_syn, i).until - now));
	return h;
}

static void move(nap_time *t, nap_time by)
{
	*t = nap_time_after(*t, by);
}

void nap_box_shift(struct nap_box *box, nap_time now, nap_time span, uint64_t times)
{
	nap_time by = span * (nap_time)times;

	nap_settle(box, now);
	nap_wheel_shift(&box->wheel, by);
	for (uint32_t id = 0; id < box->high; id++) {
		struct session *s = &box->session[id];

		if (!(s->flags & SF_LIVE))
			continue;
		move(&s->expires, by);
		if (s->created > now - span) { /* made in the cycle that repeats, so made in each */
			box->born += (uint64_t)by;
			move(&s->created, by);
		}
	}
	move(&box->next_purge, by);
	for (uint32_t i = 0; i < box->mapping_high; i++)
		move(&box->mapping[i].expires, by);
	for (uint32_t i = 0; i < box->extport_high; i++)
		move(&box->extport[i].held_until, by);
	nap_grant_shift(box, by);
	for (uint32_t i = 0; i < box->subscriber_high; i++)
		move(&box->subscriber[i].paid, by);
	nap_reassembly_shift(box->pieces, by);
	nap_blocks_shift(box, by);
	for (guint i = 0; i < box->syn->len; i++)
		move(&g_array_index(box->syn, struct held_syn, i).until, by);
}

void nap_box_repeat_counts(struct nap_box *box, const struct nap_box_counts *before,
	const struct nap_box_counts *after, uint64_t times)
{
	struct nap_box_counts *c = &box->counts;

	c->packets += times * (after->packets - before->packets);
	c->created += times * (after->created - before->created);
	c->expired += times * (after->expired - before->expired);
	c->evicted += times * (after->evicted - before->evicted);
	c->closed += times * (after->closed - before->closed);
	c->refused += times * (after->refused - before->refused);
	c->refused_ports += times * (after->refused_ports - before->refused_ports);
	c->dropped += times * (after->dropped - before->dropped);
	c->session_ns += times * (after->session_ns - before->session_ns);
	c->log_records += times * (after->log_records - before->log_records);
}
