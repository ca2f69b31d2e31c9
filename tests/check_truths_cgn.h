/* SPDX-License-Identifier: BSD-2-Clause */
/* What the verdicts on quotas, full tables, freed ports and logs must be, reckoned from a box' keys: RFC 6888. */
#ifndef NAP_TESTS_CHECK_TRUTHS_CGN_H
#define NAP_TESTS_CHECK_TRUTHS_CGN_H

#include "check_reckon.h"

/* clang-format off */
/* Can one subscriber be held to fewer flows than there are for all? per_address: those that one external address has. */
static inline unsigned limited(const struct nap_box_config *b, uint32_t own, uint32_t all, uint32_t per_address)
{
	bool refuses = b->capacity == 0 || b->eviction == NAP_EVICT_REFUSE;

	if (!plain_room(b) || b->timer_scope == NAP_SCOPE_SESSION)
		return UNKNOWN;
	if (own != UINT32_MAX && own < 60000 && (uint64_t)own * 8 < all &&
	    (uint64_t)own * 4 < per_address) /* others find room, too, and an address' ports can be all that a host has to itself */
		return b->session_rate ? MEETS | NOT_TESTED : MEETS;
	if (own > all && refuses)
		return b->session_rate ? VIOLATES | NOT_TESTED : VIOLATES;
	if (own == UINT32_MAX)
		return b->session_rate ? VIOLATES | NOT_TESTED : VIOLATES;
	return UNKNOWN;
}
TRUTH(ports_limited) return limited(b, own_flows(b), shared_flows(b), nap_box_ports(b)); TRUTH_END
TRUTH(state_limited)
	uint32_t own = b->sessions_per_subscriber ? b->sessions_per_subscriber : UINT32_MAX;

	if (b->mapping == NAP_ADDRESS_AND_PORT_DEPENDENT)
		return limited(b, MIN(own, own_ports(b)), shared_flows(b), nap_box_ports(b));
	/* all flows of one local port to one address have one external port */
	return limited(b, own, b->capacity ? (uint32_t)b->capacity : UINT32_MAX, UINT32_MAX);
TRUTH_END
TRUTH(rate_limited)
	uint32_t least = MIN(own_flows(b), MIN(shared_flows(b), nap_box_ports(b)));

	if (!plain_room(b))
		return UNKNOWN;
	if (b->session_rate)
		return b->session_rate < least && b->session_rate < 4000 ? MEETS : UNKNOWN;
	return VIOLATES;
TRUTH_END
static inline unsigned kept_free(const struct nap_box_config *b)
{
	if (b->port_hold_down >= 120 * NAP_S)
		return MEETS;
	if (b->port_hold_down > 115 * NAP_S || !one_address(b) || b->ports.word == NAP_PORTS_BLOCK || !plain_room(b) || b->session_rate ||
		(b->capacity && b->eviction == NAP_EVICT_REFUSE && b->capacity < nap_box_ports(b) + 10) ||
		(uint64_t)MIN(own_flows(b), 60000) * 240 < nap_box_ports(b))
		return UNKNOWN;
	return VIOLATES;
}
TRUTH(ports_reused) return ends_by_timer(m) ? kept_free(b) : UNKNOWN; TRUTH_END
TRUTH(ports_reused_after_restart)
	if (!b->hold_survives && b->port_hold_down >= 120 * NAP_S) {
		struct nap_box_config same = *b;

		same.port_hold_down = 0;
		return kept_free(&same);
	}
	return kept_free(b);
TRUTH_END
TRUTH(maps_by_pcp) return meets_if(b->pcp == NAP_PCP_PCP); TRUTH_END
TRUTH(maps_on_request) return meets_if(b->pcp != NAP_PCP_NONE); TRUTH_END

/* One limit, met by flows of UDP that come all at once: how does the box take it? */
static inline bool has_limit(const struct nap_box_config *b, bool *evicts)
{
	uint32_t own = own_flows(b), all = shared_flows(b);

	*evicts = b->capacity && b->eviction != NAP_EVICT_REFUSE;
	return plain_room(b) && !b->session_rate && b->timer_scope == NAP_SCOPE_MAPPING && (own < 60000 || all < 60000) &&
	       (*evicts ? own > 4 * b->capacity || own * 4 < b->capacity : own * 4 < all || all < own) && all >= 25 && own >= 25;
}
TRUTH(full_drops)
	bool evicts;

	if (!has_limit(b, &evicts))
		return UNKNOWN;
	if (!evicts || own_flows(b) < b->capacity)
		return MEETS;
	return b->eviction == NAP_EVICT_LRU ? VIOLATES : UNKNOWN;
TRUTH_END
static inline unsigned full_says(const struct nap_box_config *b, uint32_t word)
{
	bool evicts;

	if (!has_limit(b, &evicts) || (evicts && own_flows(b) > b->capacity))
		return UNKNOWN;
	return meets_if(b->icmp_on_exhaustion == word);
}
TRUTH(full_icmp) return full_says(b, NAP_EXHAUSTED_HOST); TRUTH_END
TRUTH(full_admin) return full_says(b, NAP_EXHAUSTED_ADMIN); TRUTH_END
TRUTH(destinations_unlogged)
	/* where each destination has a port, records of ports, which there should be, are as many */
	if (b->mapping != NAP_ENDPOINT_INDEPENDENT && (b->ports.word == NAP_PORTS_BLOCK || b->port_clash != NAP_CLASH_OTHER))
		return UNKNOWN;
	return meets_if(!b->log_destinations);
TRUTH_END
TRUTH(log_small)
	if (!plain_room(b) || shared_flows(b) < 20000 || own_flows(b) < 60 || b->session_rate || b->overload || nap_box_ports(b) < 20000)
		return UNKNOWN;
	if (b->log_destinations || b->ports.word != NAP_PORTS_BLOCK)
		return VIOLATES;
	return b->ports.arg >= 8 ? MEETS : UNKNOWN;
TRUTH_END
TRUTH(ports_used_well)
	bool room = plain_room(b) && !b->session_rate && nap_box_ports(b) > 20000 && (!b->capacity || b->capacity > 20000);

	return room && b->ports.word != NAP_PORTS_BLOCK && own_flows(b) >= 60 ? MEETS : UNKNOWN;
TRUTH_END
/* clang-format on */

#endif
