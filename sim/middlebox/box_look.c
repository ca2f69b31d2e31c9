/* SPDX-License-Identifier: BSD-2-Clause */
#include "middlebox/alone.h"
#include "middlebox/legs.h"
#include "middlebox/mapping.h"
#include "middlebox/packet_context.h"
#include "middlebox/pcp.h"
#include "middlebox/rules.h"

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

/* When s goes if nothing more comes. */
static inline nap_time end_of(const struct nap_box *box, const struct session *s)
{
	nap_time end = nap_session_just_ends(box, s) ? s->expires : nap_session_end(box, s);

	return G_UNLIKELY(box->config->probe_interval) ? nap_time_after(end, nap_session_probed_for(box, s))
						       : end;
}

/* The same by the session that is alone there. */
static nap_time admitted_alone(const struct nap_box *box, const struct session *s, nap_time now,
	const struct key *k, struct nap_endpoint *inside)
{
	nap_time until = nap_session_admits(s, box->filtering_dep[k->proto == NAP_TCP], k->local, k->remote)
				 ? end_of(box, s)
				 : 0;

	*inside = (struct nap_endpoint){ s->inside, s->inside_port };
	return until > now ? until : 0;
}

/* Until when the first mapping on the packet's destination that lets its source in does so; 0: none. *inside: its owner. */
NAP_HOT static nap_time admitted_until(
	const struct nap_box *box, nap_time now, const struct key *k, struct nap_endpoint *inside)
{
	uint8_t dep = box->filtering_dep[k->proto == NAP_TCP];
	nap_time until = 0;
	uint32_t id, port;

	if (!box->tracks_map || dep == NAP_ADDRESS_AND_PORT_DEPENDENT)
		return 0;
	id = nap_alone_on(box, k->proto, k->local);
	if (id != NONE)
		return admitted_alone(box, &box->session[id], now, k, inside);
	port = nap_extport_find(box, k->proto, k->local);
	for (uint32_t m = port == NONE ? NONE : box->extport[port].mappings; m != NONE && until <= now;
		m = box->mapping[m].next_on_port) {
		if (box->mapping[m].sessions == 0 && dep == NAP_ENDPOINT_INDEPENDENT)
			until = box->mapping[m].expires;
		for (id = box->mapping[m].newest; id != NONE; id = box->session[id].older) {
			const struct session *s = &box->session[id];

			if (nap_session_admits(s, dep, k->local, k->remote))
				until = nap_time_max(until, end_of(box, s));
		}
		if (box->mapping[m].sessions > 0 && dep == NAP_ENDPOINT_INDEPENDENT) /* then it is held */
			until = nap_time_after(until, box->config->mapping_hold);
		*inside = box->mapping[m].inside;
	}
	return until > now ? until : 0;
}

/* The same with joined-protocols: what the mapping of the other protocol lets in, where this one has none. */
NAP_COLD static nap_time admitted_joined(
	const struct nap_box *box, nap_time now, const struct key *k, struct nap_endpoint *inside)
{
	struct key other = *k;
	uint32_t port;

	if (!box->tracks_map || !nap_joined_protocol(k->proto) ||
		nap_alone_on(box, k->proto, k->local) != NONE)
		return 0;
	port = nap_extport_find(box, k->proto, k->local);
	other.proto = nap_joined_protocol(k->proto);
	for (uint32_t m = port == NONE ? NONE : box->extport[port].mappings; m != NONE;
		m = box->mapping[m].next_on_port)
		if (box->mapping[m].sessions || now < box->mapping[m].expires)
			return 0;
	return admitted_until(box, now, &other, inside);
}

bool nap_box_forwards(const struct nap_box *box, uint8_t proto, struct nap_endpoint *dst)
{
	const struct nap_packet p = { .proto = proto, .dst = *dst };
	const struct nap_box_forward *f = nap_forward_for(box, &p);

	if (f)
		*dst = (struct nap_endpoint){ f->inside.addr,
			(uint16_t)(f->inside.port + dst->port - f->lo) };
	return f != NULL;
}

bool nap_box_forwarded(const struct nap_box *box, uint8_t proto, struct nap_endpoint *inside)
{
	for (uint32_t i = 0; i < box->n_forwards; i++) {
		const struct nap_box_forward *f = &box->forward[i];
		uint32_t nth = (uint32_t)inside->port -
			       f->inside.port; /* below the first one: more than there are */

		if (f->proto != proto || f->inside.addr != inside->addr || nth > (uint32_t)(f->hi - f->lo))
			continue;
		*inside = (struct nap_endpoint){ f->outside, (uint16_t)(f->lo + nth) };
		return true;
	}
	return false;
}

/* A port forward, or a firewall open to all, lets it in for ever. */
static bool always_open(const struct nap_box *box, const struct key *k, struct nap_packet *p)
{
	struct nap_endpoint dst = k->local;

	if (box->n_forwards && nap_box_forwards(box, k->proto, &dst)) {
		p->dst = dst;
		return true;
	}
	return box->config->forward == NAP_FORWARD_OPEN && box->config->kind != NAP_BOX_NAT;
}

/* Is s all that says what comes to its external port: no other session, mapping, grant or forward has a word? */
static inline bool says_all(const struct nap_box *box, const struct session *s)
{
	const struct mapping *m;

	if (s->mapping == NONE || box->besides || box->grants_live)
		return false;
	if (nap_is_alone(s))
		return true;
	m = &box->mapping[s->mapping];
	return m->sessions == 1 && m->next_on_port == NONE && box->extport[s->extport].mappings == s->mapping;
}

/* A session that lets p in until end; 0: it stops it. */
static inline nap_time pass_by(const struct nap_box *box, const struct session *s, nap_time now,
	enum nap_side side, struct nap_packet *p, nap_time end)
{
	if (G_UNLIKELY(box->legs) && nap_legs_of(box, (uint32_t)(s - box->session)))
		return nap_legs_open_until(box, (uint32_t)(s - box->session), side, p);
	if ((s->flags & SF_LOCAL) || !nap_track_would_pass(box, s, p, side, now))
		return 0;
	rewrite(s, side, p);
	return end;
}

/* Until when p gets through by something else than a session, which lets it in until then (0: there is none). */
static nap_time open_besides(const struct nap_box *box, nap_time now, enum nap_side side, const struct key *k,
	struct nap_packet *p, nap_time until)
{
	enum track track = nap_track_may_open(box, p);
	const struct grant *g = side == NAP_OUTSIDE && track != TRACK_INVALID
					? nap_grant_on(box, now, NAP_OUTSIDE, p->proto, k->local)
					: NULL;
	struct nap_endpoint inside = { 0 };
	nap_time admitted;

	if (g && (until == 0 || nap_endpoint_equal(p->dst, g->inside))) {
		p->dst = g->inside;
		until = nap_time_max(until, g->expires);
	}
	if (track != TRACK_PASS)
		return until;
	if (side == NAP_INSIDE)
		return NAP_NEVER; /* it would open a session again; through which port is not known before */
	if (nap_addr_listed(&box->config->inside_network, p->src.addr))
		return until;
	if (always_open(box, k, p))
		return NAP_NEVER;
	admitted = admitted_until(box, now, k, &inside);
	if (!admitted && box->config->joined_protocols)
		admitted = admitted_joined(box, now, k, &inside);
	if (!until) {
		if (admitted)
			p->dst = inside;
		return admitted;
	}
	return nap_endpoint_equal(p->dst, inside) ? nap_time_max(until, admitted) : until;
}

/* p's session, in its own zone. *keyed: its key was asked for, and is *k. */
static inline uint32_t session_of(
	const struct nap_box *box, enum nap_side side, const struct nap_packet *p, struct key *k, bool *keyed)
{
	uint32_t id = G_LIKELY(!box->zones) ? nap_table_recent(box, side, p) : NONE;

	*keyed = id == NONE;
	if (id != NONE)
		return id;
	*k = nap_key_of(side, p);
	if (G_UNLIKELY(box->zones))
		return nap_zone_find(box, nap_rules_zone(box->raw_rule, box->n_raw_rules, side, p), k);
	return nap_table_find(box, k);
}

/* A rule before tracking that decides about p; then *until is how long it passes. */
static bool decided_before(
	const struct nap_box *box, enum nap_side side, const struct nap_packet *p, nap_time *until)
{
	enum rule_action says = nap_rules_say(box->raw_rule, box->n_raw_rules, side, p);
	uint32_t forward = box->config->forward;
	bool passes = says == RULE_NOTRACK && !nap_address_is_own(box, p->dst.addr) &&
		      (side == NAP_INSIDE ? forward != NAP_FORWARD_ANSWERS : forward == NAP_FORWARD_OPEN);

	*until = passes && nap_rules_say(box->rule, box->n_rules, side, p) == RULE_ACCEPT ? NAP_NEVER : 0;
	return says != RULE_ACCEPT;
}

/* The same behind rules and key forward: until, or 0 when they stop p, which was `came` before it was translated. */
static nap_time let_by_rules(const struct nap_box *box, enum nap_side side, const struct nap_packet *came,
	const struct nap_packet *p, uint32_t id, nap_time until)
{
	const struct session *s = id != NONE ? &box->session[id] : NULL;
	struct nap_packet seen = *came;
	bool answer = s && (nap_track_is_reply(s, side) || (s->flags & SF_REPLIED));

	if (side == NAP_OUTSIDE)
		seen.dst = p->dst;
	if ((box->config->forward == NAP_FORWARD_ANSWERS && !answer) ||
		nap_rules_say(box->rule, box->n_rules, side, &seen) != RULE_ACCEPT)
		return 0;
	return until;
}

/* By the session that is p's, if there is one. */
NAP_HOT static nap_time open_by_sessions(
	const struct nap_box *box, nap_time now, enum nap_side side, struct nap_packet *p)
{
	nap_time until = 0, end;
	struct key k;
	bool keyed, shut = side == NAP_OUTSIDE && box->shut && !box->grants_live;
	uint32_t id = session_of(box, side, p, &k, &keyed);

	if (id != NONE) {
		const struct session *s = &box->session[id];

		if (!keyed && !shut) /* before p is rewritten */
			k = nap_key_of(side, p);
		end = end_of(box, s);
		if (end > now)
			until = pass_by(box, s, now, side, p, end);
		if (end > now && (until == 0 || (side == NAP_OUTSIDE && says_all(box, s))))
			return until;
	}
	return shut ? until : open_besides(box, now, side, &k, p, until);
}

static G_NO_INLINE nap_time open_by_rules(
	const struct nap_box *box, nap_time now, enum nap_side side, struct nap_packet *p)
{
	struct nap_packet came = *p;
	struct key k;
	bool keyed;
	uint32_t id = session_of(box, side, p, &k, &keyed);
	nap_time until;

	if (decided_before(box, side, p, &until))
		return until;
	if (id != NONE && end_of(box, &box->session[id]) <= now)
		id = NONE;
	until = open_by_sessions(box, now, side, p);
	return let_by_rules(box, side, &came, p, id, until);
}

NAP_HOT nap_time nap_box_open_until(
	const struct nap_box *box, nap_time now, enum nap_side side, struct nap_packet *p)
{
	return G_UNLIKELY(box->detours) ? open_by_rules(box, now, side, p)
					: open_by_sessions(box, now, side, p);
}

NAP_HOT nap_time nap_box_recent_until(
	const struct nap_box *box, const struct nap_endpoint *remote, struct nap_endpoint *to)
{
	const struct session *s = &box->session[box->recent];

	if (box->recent >= box->high || (s->flags & (SF_LIVE | SF_TWICE | SF_LOCAL)) != SF_LIVE ||
		!nap_session_has_ends(s, NAP_OUTSIDE, to, remote, NAP_UDP) || !says_all(box, s))
		return 0;
	*to = (struct nap_endpoint){ s->inside, s->inside_port };
	return end_of(box, s);
}

bool nap_box_leads_on(const struct nap_box *box, nap_time now, enum nap_side side, struct nap_packet *p)
{
	return open_by_sessions(box, now, side, p) > 0;
}
