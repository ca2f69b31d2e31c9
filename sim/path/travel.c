/* SPDX-License-Identifier: BSD-2-Clause */
#include "path/travel.h"

#include "path/awake.h"
#include "path/peer.h"
#include "path/world.h"

static void lose(struct nap_line *line, nap_time now, bool up, const struct nap_packet *p)
{
	line->tally->packet_ends++;
	line->tally->packets_lost++;
	nap_travel_watch(line, now, NAP_AT_LOST, -1, up, p);
}

/* Does what the device sends get as far as the network's router, which has no way on, and says so? */
static bool ends_at_router(const struct nap_subscriber *s, const struct nap_line *line)
{
	return s->cut == NAP_OUTAGE_UP && !s->out && line->path->outage_icmp > 0;
}

/* Over a link that is not steady: whether it is in a burst of losses stands behind the times of arrival. */
static G_NO_INLINE bool cross_by_chance(struct nap_subscriber *s, struct nap_line *line,
	const struct nap_link *link, uint32_t way, nap_time now, nap_time *at)
{
	uint64_t *bad = nap_way_bursts(s, line);
	struct nap_link_way w = { nap_way_of(s, line)[way], *bad >> way & 1 };
	bool crosses = nap_link_cross_by_chance(
		link, &w, now, nap_subscriber_loss(s, line), nap_subscriber_delay(s, line), at);

	nap_way_of(s, line)[way] = w.last;
	*bad = (*bad & ~(UINT64_C(1) << way)) | (uint64_t)w.bad << way;
	return crosses;
}

/* Over the access link: false when lost, else *at is the arrival. */
NAP_HOT static bool cross_access(
	struct nap_subscriber *s, struct nap_line *line, nap_time now, bool up, nap_time *at)
{
	const struct nap_link *link = &nap_net_of(s, line)->access;

	if (nap_subscriber_cut(s, up) && !(up && ends_at_router(s, line)))
		return false;
	if (!link->steady)
		return cross_by_chance(s, line, link, up, now, at);
	*at = nap_link_cross_steady(link, &nap_way_of(s, line)[up], now);
	return true;
}

/* Over the link outside of hop. */
NAP_HOT static bool cross_link(
	struct nap_subscriber *s, struct nap_line *line, nap_time now, uint32_t hop, bool up, nap_time *at)
{
	const struct nap_link *link = &line->link[hop];
	uint32_t way = 2 + 2 * hop + up;
	nap_time none = 0; /* where no link draws, order keeps itself */

	if (!link->steady)
		return cross_by_chance(s, line, link, way, now, at);
	*at = nap_link_cross_steady(link, line->links_draw ? &nap_way_of(s, line)[way] : &none, now);
	return true;
}

/* The hop of its stage; not for the stages below 0. */
static inline uint32_t hop_at(const struct nap_line *line, const struct nap_flight *f)
{
	return nap_net_hop(&line->net[f->net], (uint8_t)f->stage);
}

static void start(struct nap_subscriber *s, struct nap_line *line, nap_time now, struct nap_flight *f);
static void set_out(struct nap_subscriber *s, struct nap_line *line, struct nap_flight *f);

/* A packet like this one, to be started. */
static struct nap_flight *another(struct nap_line *line, const struct nap_flight *like)
{
	struct nap_flight *f = nap_flights_take(&line->flights);

	*f = *like;
	return f;
}

/*
 * Does the link outside of the middlebox that f comes to take a packet that may not be cut, if it comes by that? Else the router at its
 * far end says so to the sender, as the middlebox does to those inside.
 */
NAP_COLD static bool fits_inwards(struct nap_subscriber *s, struct nap_line *line, const struct nap_flight *f)
{
	uint32_t hop = hop_at(line, f);
	const struct nap_box_config *box = &line->chain.middlebox[hop].box;
	struct nap_flight error = {
		.at = f->at, .up = !f->up, .net = f->net, .stage = (int8_t)(f->stage + (f->up ? -1 : 1))
	};
	const struct nap_packet *p = &f->packet;

	if (nap_chain_side(&line->chain, hop, f->up) != NAP_OUTSIDE || box->mtu == 0 ||
		!(p->ip_frag & NAP_DF) || nap_packet_bytes(p) <= box->mtu ||
		box->too_big == NAP_TOO_BIG_FRAGMENT)
		return true;
	if (box->too_big == NAP_TOO_BIG_DROP)
		return false;
	error.packet = (struct nap_packet){
		.src = { NAP_ROUTER_ADDR, 0 },
		.dst = { p->src.addr, 0 },
		.proto = NAP_ICMP,
		.icmp_type = NAP_ICMP_UNREACHABLE,
		.icmp_code = NAP_ICMP_TOO_BIG,
		.mtu = (uint16_t)box->mtu,
		.cause = p->cause,
		.quote = { p->proto, p->src, p->dst },
	};
	start(s, line, f->at, another(line, &error));
	return false;
}

/* Where to and when, for a packet that leaves stage: false when the link loses it. */
NAP_HOT static bool next_stage(struct nap_subscriber *s, struct nap_line *line, struct nap_flight *f)
{
	const struct nap_net *net = &line->net[f->net];

	if (f->up) {
		uint32_t left = hop_at(line, f);

		f->stage++;
		if (line->cuts && f->stage < (int)net->n_hops && !fits_inwards(s, line, f))
			return false;
		return cross_link(s, line, f->at, left, true, &f->at);
	}
	f->stage--;
	if (f->stage == NAP_STAGE_RADIO)
		return f->net == s->net && cross_access(s, line, f->at, false, &f->at);
	if (line->cuts && !fits_inwards(s, line, f))
		return false;
	return cross_link(s, line, f->at, hop_at(line, f), false, &f->at);
}

/* Has the network kept f's packet for longer than it does? */
static bool kept_too_long(
	const struct nap_subscriber *s, const struct nap_line *line, const struct nap_flight *f)
{
	return f->held && f->at - f->held > nap_tech_of(s, line)->buffer_time;
}

/* The network keeps f's packet for a sleeping device: it comes again when that wakes, or is to be dropped. */
static void hold(const struct nap_subscriber *s, const struct nap_line *line, struct nap_flight *f)
{
	const struct nap_radio_tech *tech = nap_tech_of(s, line);

	if (f->held == 0)
		f->held = f->at > 0 ? f->at : 1;
	f->at = nap_time_min(nap_radio_wakes(&s->radio, tech, f->at),
		nap_time_after(nap_time_after(f->held, tech->buffer_time), 1));
}

static void count_down(const struct nap_line *line, const struct nap_packet *p)
{
	line->tally->packets_down++;
	line->tally->bytes_down += nap_packet_bytes(p);
}

/* The network hands f's packet to the radio: false when it is dropped there. */
static bool through_radio(struct nap_subscriber *s, struct nap_line *line, struct nap_flight *f)
{
	uint32_t bytes = nap_packet_bytes(&f->packet);
	nap_time at;

	if (kept_too_long(s, line, f)) {
		nap_radio_unhold(&s->radio);
		return false;
	}
	at = nap_radio_receive(&s->radio, nap_tech_of(s, line), f->at, bytes, f->packet.cause,
		nap_subscriber_radio(s, line), nap_meter_of(s, line));
	if (at == NAP_RADIO_HELD) {
		hold(s, line, f);
		return true;
	}
	if (at == NAP_NEVER)
		return false;
	f->held = s->radio.wake == NAP_NEVER ? 0 : f->at > 0 ? f->at : 1; /* is it to be paged? */
	if (f->held == 0)
		count_down(line, &f->packet);
	f->stage = NAP_STAGE_DEVICE;
	f->at = nap_time_max(at, s->handed);
	s->handed = f->at;
	return true;
}

struct leaving {
	struct nap_subscriber *s;
	struct nap_line *line;
	const struct nap_flight *f; /* what came */
	uint32_t hop;
};

/* A box answers, or sends a packet on in pieces or back to where it came from. */
static void leaves(void *ctx, enum nap_side side, const struct nap_packet *p, bool own)
{
	const struct leaving *l = ctx;

	(void)own;
	nap_travel_from(l->s, l->line, l->f->at, l->hop, side, l->f->foreign, p);
}

/* Whose is a packet that a shared box lets in? Another subscriber may have the port by now that it was sent to. */
static bool is_foreign(const struct nap_subscriber *s, const struct nap_line *line,
	const struct nap_flight *f, uint32_t hop, uint32_t *owner)
{
	struct nap_box_flow flow;

	if (f->up || !line->hand_over || !line->chain.shared[hop] || nap_chain_is_turned(&line->chain, hop))
		return false;
	flow = (struct nap_box_flow){
		.inside = f->packet.dst, .remote = f->packet.src, .proto = f->packet.proto
	};
	*owner = nap_chain_owner(&line->chain, line->box, hop, f->at, &flow);
	return *owner != s->id && *owner != NAP_NOBODY;
}

/* Before f's packet is put into hop's box. False: it does not get as far. */
static bool comes_to(
	struct nap_subscriber *s, struct nap_line *line, const struct nap_flight *f, uint32_t hop)
{
	if (!f->up && nap_chain_misses(&line->chain, hop, line->box[hop], f->packet.dst.addr)) {
		lose(line, f->at, false, &f->packet);
		return false;
	}
	if (line->comes && f->up && !f->foreign && line->chain.shared[hop] &&
		!nap_chain_is_turned(&line->chain, hop))
		line->comes(line->hand_over_ctx, s->id, hop, &f->packet);
	return true;
}

/* Put f's packet into the box at its stage. True: it goes on. */
static bool through_box(struct nap_subscriber *s, struct nap_line *line, struct nap_flight *f)
{
	uint32_t hop = hop_at(line, f), owner;
	struct leaving l = { s, line, f, hop };
	struct nap_box_effect fx;
	enum nap_verdict v;
	bool on;

	if (G_UNLIKELY(line->looks_ahead) && !comes_to(s, line, f, hop))
		return false;
	if (G_UNLIKELY(line->other) && f->up && nap_peer_takes(s, line, f->at, hop, &f->packet))
		return false;
	s->touched = true;
	line->tally->boxes_packets++;
	nap_travel_watch(line, f->at, NAP_AT_BOX_IN, (int)hop, f->up, &f->packet);
	on = nap_chain_pass(line->box[hop], f->at, nap_chain_side(&line->chain, hop, f->up), &f->packet, &fx,
		&v, leaves, &l);
	if (on)
		nap_travel_watch(line, f->at, NAP_AT_BOX_OUT, (int)hop, f->up, &f->packet);
	if (on && is_foreign(s, line, f, hop, &owner)) {
		line->hand_over(line->hand_over_ctx, owner, hop, NAP_INSIDE, true, &f->packet);
		return false;
	}
	if (on)
		return !line->other || f->up || !nap_peer_takes(s, line, f->at, hop, &f->packet);
	line->tally->packet_ends++;
	if (v != NAP_PASS)
		nap_travel_watch(line, f->at, NAP_AT_LOST, (int)hop, f->up, &f->packet);
	return false;
}

/* In an outage the network's router may say to p's sender that it does not get on; it is at stage, up or down from there. */
NAP_COLD static void tell_sender(
	struct nap_subscriber *s, struct nap_line *line, nap_time now, bool up, const struct nap_packet *p)
{
	struct nap_flight error = { .at = now, .up = up, .net = s->net, .stage = 0 };

	if (line->path->outage_icmp == 0 || p->proto == NAP_ICMP || !nap_world_may_tell(s, line, now))
		return;
	error.packet = (struct nap_packet){
		.src = { NAP_ADDR(10, 255, 255, 254), 0 },
		.dst = { p->src.addr, 0 },
		.proto = NAP_ICMP,
		.icmp_type = NAP_ICMP_UNREACHABLE,
		.icmp_code = (uint8_t)(line->path->outage_icmp - 1),
		.cause = p->cause,
		.quote = { p->proto, p->src, p->dst },
	};
	if (up)
		start(s, line, now, another(line, &error));
	else
		set_out(s, line, another(line, &error));
}

/* The packet towards the device is lost. */
NAP_COLD static void lose_at_access(
	struct nap_subscriber *s, struct nap_line *line, nap_time now, const struct nap_packet *p)
{
	lose(line, now, false, p);
	if (nap_subscriber_cut(s, false))
		tell_sender(s, line, now, true, p);
}

/* So is one of the device, at that router. */
NAP_COLD static void lose_at_router(
	struct nap_subscriber *s, struct nap_line *line, nap_time now, const struct nap_packet *p)
{
	lose(line, now, true, p);
	tell_sender(s, line, now, false, p);
}

/* Where a packet is that was moved on as far as it takes no time. */
enum where { GONE, UNDER_WAY /* in the list of flights */, ARRIVED };

/* The network's end of the access link, and the page that a packet waits for there. False: it is lost. */
static bool at_radio(struct nap_subscriber *s, struct nap_line *line, struct nap_flight *f)
{
	bool cut = nap_subscriber_cut(s, false);

	if (cut && f->held && f->net == s->net)
		nap_radio_unhold(&s->radio);
	return !cut && f->net == s->net && through_radio(s, line, f);
}

NAP_HOT static enum where move(
	struct nap_subscriber *s, struct nap_line *line, struct nap_flight *f, nap_time now)
{
	for (;;) {
		if (f->at > now)
			break;
		if (G_UNLIKELY(f->up && f->held)) {
			lose_at_router(s, line, now, &f->packet);
			return GONE;
		}
		if (f->stage == NAP_STAGE_DEVICE && f->held &&
			(nap_subscriber_cut(s, false) || f->net != s->net)) {
			lose_at_access(s, line, now, &f->packet); /* its page found nobody */
			return GONE;
		}
		if (f->stage == NAP_STAGE_DEVICE && f->held)
			count_down(line, &f->packet);
		if (f->stage == NAP_STAGE_DEVICE || (f->up && f->stage == (int)line->net[f->net].n_hops))
			return ARRIVED;
		if (f->stage == NAP_STAGE_RADIO) {
			if (!at_radio(s, line, f)) {
				lose_at_access(s, line, now, &f->packet);
				return GONE;
			}
			if (s->flight && s->flight->at <= f->at)
				break; /* behind those that came before it */
			continue;
		}
		if (!through_box(s, line, f))
			return GONE;
		if (!next_stage(s, line, f)) {
			if (f->up)
				lose(line, now, true, &f->packet);
			else
				lose_at_access(s, line, now, &f->packet);
			return GONE;
		}
	}
	nap_flights_push(&s->flight, f);
	return UNDER_WAY;
}

NAP_HOT bool nap_travel_arrive(struct nap_subscriber *s, struct nap_line *line, struct nap_flight *f)
{
	enum where where = move(s, line, f, f->at);

	if (where == GONE)
		nap_flights_drop(&line->flights, f);
	return where == ARRIVED;
}

/* Start a packet on its way from inside an event: what arrives at an end in no time waits its turn in the list. */
NAP_HOT static void start(struct nap_subscriber *s, struct nap_line *line, nap_time now, struct nap_flight *f)
{
	switch (move(s, line, f, now)) {
	case GONE:
		nap_flights_drop(&line->flights, f);
		break;
	case ARRIVED:
		nap_flights_push(&s->flight, f);
		break;
	case UNDER_WAY:
		break;
	}
	nap_subscriber_schedule_flight(s);
}

/* What the client tells the network with p of what follows it. */
static void assist(struct nap_subscriber *s, const struct nap_line *line, const struct nap_packet *p)
{
	enum nap_follows follows = nap_client_follows(&line->client, p);

	if (follows != NAP_FOLLOWS_UNKNOWN)
		nap_radio_assist(&s->radio, nap_tech_of(s, line),
			follows == NAP_FOLLOWS_NOTHING ? NAP_ASSIST_DONE : NAP_ASSIST_ONE_ANSWER);
}

/* p is NULL for what is none of the client's. */
static inline nap_time speak(struct nap_subscriber *s, struct nap_line *line, nap_time now, uint32_t bytes,
	enum nap_cause cause, const struct nap_packet *p)
{
	const struct nap_radio_tech *tech = nap_tech_of(s, line);
	bool paged = s->radio.wake != NAP_NEVER && s->radio.wake > now;
	nap_time at = nap_radio_send(
		&s->radio, tech, now, bytes, cause, nap_subscriber_radio(s, line), nap_meter_of(s, line));

	if (at == NAP_NEVER || (!paged && !tech->attentive))
		return at;
	if (paged) /* what waited for its page has come with this */
		s->handed = s->radio.active;
	if (!nap_flights_release(&s->flight, at, s->radio.active) && tech->assists && p)
		assist(s, line, p); /* a network that has packets for the device knows better */
	nap_subscriber_schedule_flight(s);
	return at;
}

nap_time nap_travel_speak(
	struct nap_subscriber *s, struct nap_line *line, nap_time now, uint32_t bytes, enum nap_cause cause)
{
	return speak(s, line, now, bytes, cause, NULL);
}

void nap_travel_unpage(struct nap_subscriber *s, struct nap_line *line, nap_time now)
{
	nap_radio_unpage(&s->radio, nap_tech_of(s, line), now, nap_meter_of(s, line));
	s->handed = now;
	nap_flights_release(&s->flight, NAP_NEVER, now);
	nap_subscriber_schedule_flight(s);
}

/* What goes wakes the device's processor. Does the system keep the network from the program? */
NAP_COLD static bool is_withheld(
	struct nap_subscriber *s, struct nap_line *line, nap_time now, const struct nap_packet *p)
{
	if (nap_awake_offloaded(line, p))
		return false;
	if (line->processor)
		nap_awake_stir(s, line, now, (enum nap_cause)p->cause);
	return nap_client_allowed(nap_client_of(s), &line->client, NAP_ALLOWED_NETWORK, now) > now;
}

/* Out of the device at now: false when it is lost there. */
static inline bool leave_device(
	struct nap_subscriber *s, struct nap_line *line, nap_time now, struct nap_flight *f)
{
	uint32_t bytes = nap_packet_bytes(&f->packet);

	f->at = s->out || (line->minds && is_withheld(s, line, now, &f->packet))
			? NAP_NEVER
			: speak(s, line, now, bytes, f->packet.cause, &f->packet);
	if (f->at == NAP_NEVER)
		return false;
	line->tally->packets_up++;
	line->tally->bytes_up += bytes;
	f->held = ends_at_router(s, line) ? f->at + 1 : 0;
	return cross_access(s, line, f->at, true, &f->at);
}

/* At the network's end of the access link. */
static inline bool enters(struct nap_subscriber *s, struct nap_line *line, const struct nap_flight *f)
{
	return !line->cuts || line->net[f->net].n_hops == 0 || fits_inwards(s, line, f);
}

NAP_HOT void nap_travel_up(
	struct nap_subscriber *s, struct nap_line *line, nap_time now, const struct nap_packet *p)
{
	struct nap_flight *f = nap_flights_take(&line->flights);

	f->up = true;
	f->net = s->net;
	f->stage = 0;
	f->held = 0;
	f->foreign = false;
	f->packet = *p;
	f->packet.ip_id = nap_subscriber_ip_id(s, line, true);
	nap_travel_watch(line, now, NAP_AT_DEVICE, -1, true, &f->packet);
	if (leave_device(s, line, now, f) && enters(s, line, f)) {
		start(s, line, now, f);
	} else {
		lose(line, now, true, &f->packet);
		nap_flights_drop(&line->flights, f);
	}
}

/* A packet sets out from *f's stage at f->at. */
NAP_HOT static void set_out(struct nap_subscriber *s, struct nap_line *line, struct nap_flight *f)
{
	nap_time now = f->at;

	if (next_stage(s, line, f)) {
		start(s, line, now, f);
	} else {
		lose(line, now, f->up, &f->packet);
		nap_flights_drop(&line->flights, f);
	}
}

NAP_HOT void nap_travel_down(
	struct nap_subscriber *s, struct nap_line *line, nap_time now, const struct nap_packet *p)
{
	struct nap_flight f = {
		.at = now, .net = s->net, .stage = (int8_t)nap_net_of(s, line)->n_hops, .packet = *p
	};

	f.packet.ip_id = nap_subscriber_ip_id(s, line, false);
	nap_travel_watch(line, now, NAP_AT_SERVER, -1, false, &f.packet);
	set_out(s, line, another(line, &f));
}

/* The network whose middlebox this is; before the server, where the device is. */
static uint8_t net_of_hop(const struct nap_subscriber *s, const struct nap_line *line, uint32_t hop)
{
	uint8_t net = 0;

	if (nap_chain_is_turned(&line->chain, hop))
		return s->net;
	while (hop < line->net[net].first || hop >= line->net[net].first + line->net[net].own)
		net++;
	return net;
}

/* Where and when that is; what leaves it is the caller's. */
static struct nap_flight at_hop(const struct nap_subscriber *s, const struct nap_line *line, nap_time now,
	uint32_t hop, enum nap_side side, const struct nap_packet *p)
{
	uint8_t i = net_of_hop(s, line, hop);
	const struct nap_net *net = &line->net[i];

	return (struct nap_flight){ .at = now,
		.up = nap_chain_goes_up(&line->chain, hop, side),
		.net = i,
		.stage = (int8_t)(hop - net->first -
				  (nap_chain_is_turned(&line->chain, hop) ? net->skipped : 0)),
		.packet = *p };
}

void nap_travel_from(struct nap_subscriber *s, struct nap_line *line, nap_time now, uint32_t hop,
	enum nap_side side, bool foreign, const struct nap_packet *p)
{
	struct nap_flight f;

	if (line->other && side == NAP_INSIDE && nap_peer_takes(s, line, now, hop, p))
		return;
	f = at_hop(s, line, now, hop, side, p);
	f.foreign = foreign;
	nap_travel_watch(line, now, NAP_AT_BOX_SAYS, (int)hop, f.up, p);
	set_out(s, line, another(line, &f));
}

void nap_travel_enter(struct nap_subscriber *s, struct nap_line *line, nap_time now, uint32_t hop,
	const struct nap_packet *p)
{
	struct nap_flight f = { .at = now, .up = true, .net = s->net, .stage = (int8_t)hop, .packet = *p };

	start(s, line, now, another(line, &f));
}

void nap_travel_emit(struct nap_subscriber *s, struct nap_line *line, nap_time now, uint32_t hop,
	enum nap_side side, const struct nap_packet *p)
{
	struct nap_flight f = at_hop(s, line, now, hop, side, p);

	nap_travel_watch(line, now, NAP_AT_BOX_SAYS, (int)hop, f.up, p);
	if (!next_stage(s, line, &f)) {
		lose(line, now, f.up, p);
		return;
	}
	nap_flights_push(&s->flight, another(line, &f)); /* taken up when it is due, behind what else is */
	nap_subscriber_schedule_flight(s);
}
