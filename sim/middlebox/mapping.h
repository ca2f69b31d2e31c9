/* SPDX-License-Identifier: BSD-2-Clause */
/* Mappings, external ports, subscribers and port blocks: who owns what, and what a new session gets. Private. */
#ifndef NAP_MIDDLEBOX_MAPPING_H
#define NAP_MIDDLEBOX_MAPPING_H

#include "middlebox/extport.h"
#include "middlebox/track.h"

/*
 * Has an inside endpoint a mapping towards remote, as the box' mapping behaviour defines it? *out: its external endpoint;
 * newest: that of its newest session, which with reuse-mapping may have another.
 */
bool nap_mapping_outside(const struct nap_box *box, uint8_t proto, struct nap_endpoint inside,
	struct nap_endpoint remote, bool newest, struct nap_endpoint *out);

/* Has the mapping, or the external port, that s is to get a record? */
bool nap_mapping_recorded(const struct nap_box *box, const struct session *s);

/* Session id is alone no longer: mapping and external port get records. */
NAP_COLD void nap_mapping_record(struct nap_box *box, uint32_t id);

/*
 * New flows get mappings of their own from now on, held ones end, and the ports in use belong to no block: the external
 * endpoints of before are the box' no more. Sessions keep what they have.
 */
void nap_mapping_leave_behind(struct nap_box *box, nap_time now);

/* Ends all mappings that mapping-hold keeps. */
void nap_mapping_end_held(struct nap_box *box, nap_time now);

/* Puts a new session under its mapping (made when missing), external port and subscriber. */
void nap_mapping_join(struct nap_box *box, nap_time now, uint32_t id);

/* Takes an ended session out of them. */
void nap_mapping_leave(struct nap_box *box, uint32_t id, nap_time when);

/* Is there a mapping on an external endpoint through which remote may send (filtering)? *inside: whose it is. */
bool nap_mapping_admits(const struct nap_box *box, uint8_t proto, struct nap_endpoint outside,
	struct nap_endpoint remote, struct nap_endpoint *inside);

/* The protocol that shares its mappings with proto where joined-protocols is set; 0: none. */
static inline uint8_t nap_joined_protocol(uint8_t proto)
{
	return proto == NAP_TCP ? NAP_UDP : proto == NAP_UDP ? NAP_TCP : 0;
}

/* The same for the mapping of that other protocol, where proto has none of its own there. */
bool nap_mapping_admits_joined(const struct nap_box *box, uint8_t proto, struct nap_endpoint outside,
	struct nap_endpoint remote, struct nap_endpoint *inside);

/* Any mapping on an external endpoint, NONE when there is none; it has a record then. */
uint32_t nap_mapping_on(struct nap_box *box, uint8_t proto, struct nap_endpoint outside);

/* The memory by which an inside endpoint's mapping, or a subscriber's record, is found will be needed soon. */
void nap_mapping_fetch(
	const struct nap_box *box, uint8_t proto, struct nap_endpoint inside, struct nap_endpoint remote);
void nap_subscriber_fetch(const struct nap_box *box, nap_addr inside);

/* Keeps an external port in use until it is dropped, once for each time; returns its record. */
uint32_t nap_extport_hold(struct nap_box *box, uint8_t proto, struct nap_endpoint at, nap_addr inside);
void nap_extport_drop(struct nap_box *box, uint32_t port, nap_time when);

/* The subscriber of an inside address, made when missing. */
uint32_t nap_subscriber(struct nap_box *box, nap_addr inside);

/* Subscribers were not kept, and are from now on: what lives is counted. */
void nap_subscribers_count(struct nap_box *box);

/* May inside open one more session now? (sessions-per-subscriber, session-rate) */
bool nap_subscriber_admits(struct nap_box *box, nap_time now, nap_addr inside);

enum port_choice { PORT_FOUND, PORT_NONE };

/*
 * The external endpoint of a new session from inside to remote (ports: as key, see nap_key_of). PORT_NONE: the range
 * or the subscriber's quota is used up. p decides in the rare case that a closed TCP connection's port may be taken over.
 */
enum port_choice nap_port_choose(struct nap_box *box, nap_time now, const struct nap_packet *p, uint8_t proto,
	struct nap_endpoint inside, struct nap_endpoint remote, struct nap_endpoint *out);

/*
 * The port under which a peer shows itself to an inside endpoint behind a port forward, at peer->addr: its own, unless
 * the inside has a session of those very ends. Changes *peer.
 */
enum port_choice nap_port_show(struct nap_box *box, nap_time now, const struct nap_packet *p,
	struct nap_endpoint inside, struct nap_endpoint *peer);

/* The same on the box's own inside address, for a peer reached by hairpinning (hairpin-source = box): port preserved. */
enum port_choice nap_port_choose_own(struct nap_box *box, nap_time now, const struct nap_packet *p,
	uint8_t proto, struct nap_endpoint inside, struct nap_endpoint remote, struct nap_endpoint *out);

/* Does session s, as part of its mapping, open outside to remote? (Linux' mappings may have several external ports.) */
static inline bool nap_session_admits(
	const struct session *s, uint8_t filtering, struct nap_endpoint outside, struct nap_endpoint remote)
{
	if (s->mapped != outside.addr || s->mapped_port != outside.port)
		return false;
	if (filtering == NAP_ENDPOINT_INDEPENDENT)
		return true;
	return s->remote == remote.addr &&
	       (filtering == NAP_ADDRESS_DEPENDENT || s->remote_port == remote.port);
}

#endif
