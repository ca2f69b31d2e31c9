/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For the random test of conformance: what the verdict on a box must be, reckoned from its keys and what the schema says of
 * them. Where several keys meet in a way that these lines do not follow, a truth is unknown (0); where packets cannot
 * tell, more than one verdict is right. What a verdict needs of the box otherwise (open ports, room) is asked for first.
 */
#ifndef NAP_TESTS_CHECK_TRUTHS_H
#define NAP_TESTS_CHECK_TRUTHS_H

#include "check_truths_cgn.h"

/* --- one truth a requirement, or a few of one kind --- */

/* clang-format off */
TRUTH(mail_open) return may_pass(b, (const char *const[]){ "tcp/143", "tcp/587", NULL }); TRUTH_END
TRUTH(server_leg)
	return blocked(b, "tcp/143") ? VIOLATES : tcp_lasts(m, NAP_TIMER_ESTABLISHED, 121 * NAP_S) == MEETS ? MEETS : UNKNOWN;
TRUTH_END
TRUTH(acap_open) return may_pass(b, (const char *const[]){ "tcp/674", NULL }); TRUTH_END
TRUTH(any_open) return may_pass(b, (const char *const[]){ "tcp/31337", NULL }); TRUTH_END
TRUTH(maintained)
	unsigned v = tcp_lasts(m, NAP_TIMER_ESTABLISHED, 29 * NAP_MIN);

	if (mail_open(m) == VIOLATES)
		return VIOLATES;
	if (b->duration_limit < 2 * NAP_H)
		return UNKNOWN;
	/* a segment in mid-stream may bring it back */
	return v == VIOLATES && (b->on_miss == NAP_MISS_CREATE || (b->tracker == NAP_TRACK_LINUX && b->tcp_loose)) ? UNKNOWN : v;
TRUTH_END
TRUTH(ageless)
	if (b->expiry == NAP_EXPIRE_CANDIDATE || b->mapping_hold)
		return UNKNOWN;
	return b->duration_limit <= 24 * NAP_H || b->duration_limit > 26 * NAP_H ? meets_if(b->duration_limit > 25 * NAP_H) : UNKNOWN;
TRUTH_END
TRUTH(dormancy) return tcp_lasts(m, NAP_TIMER_ESTABLISHED, 29 * NAP_MIN); TRUTH_END
TRUTH(survives_errors) return meets_if(b->icmp_errors != NAP_ICMP_KILL); TRUTH_END
TRUTH(undamaged)
	return mail_open(m) == VIOLATES || word_listed(b->algs, "smtp") || word_listed(b->algs, "imap") ? VIOLATES : MEETS;
TRUTH_END
TRUTH(not_partial)
	if (blocked(b, "tcp/143") || blocked(b, "tcp/587"))
		return VIOLATES;
	return meets_if(!word_listed(b->algs, "imap"));
TRUTH_END
TRUTH(mail_idle)
	unsigned v = tcp_lasts(m, NAP_TIMER_ESTABLISHED, 7440 * NAP_S);

	return mail_open(m) == VIOLATES ? VIOLATES : v;
TRUTH_END

static inline unsigned maps_by(const struct nap_box_config *b, enum nap_dependence d)
{
	if (b->overload || (b->port_clash != NAP_CLASH_OTHER && preserves(b)))
		return UNKNOWN;
	return meets_if(d == NAP_ENDPOINT_INDEPENDENT);
}
TRUTH(udp_maps) return maps_by(b, b->mapping); TRUTH_END
TRUTH(tcp_maps) return maps_by(b, tcp_word(b->tcp_mapping, b->mapping)); TRUTH_END
TRUTH(udp_filters) return meets_if(b->filtering != NAP_ADDRESS_AND_PORT_DEPENDENT); TRUTH_END
TRUTH(tcp_filters)
	return meets_if(tcp_word(b->tcp_filtering, b->filtering) != NAP_ADDRESS_AND_PORT_DEPENDENT);
TRUTH_END
TRUTH(filters_nobody) return meets_if(b->filtering == NAP_ENDPOINT_INDEPENDENT); TRUTH_END

TRUTH(always) return MEETS; TRUTH_END
static inline bool strangers_open(const struct nap_box_config *b)
{
	return tcp_word(b->tcp_filtering, b->filtering) == NAP_ENDPOINT_INDEPENDENT;
}
TRUTH(no_early_answer)
	if (strangers_open(b))
		return NOT_APPLICABLE;
	if (b->input == NAP_INPUT_ACCEPT)
		return UNKNOWN;
	return meets_if(b->reject == NAP_ANSWER_NONE || b->incoming_syn_hold >= 6 * NAP_S);
TRUTH_END
TRUTH(held_syn)
	if (strangers_open(b))
		return NOT_APPLICABLE;
	if (b->input == NAP_INPUT_ACCEPT || b->filtered == NAP_FILTERED_DESTROY ||
		tcp_word(b->tcp_mapping, b->mapping) != NAP_ENDPOINT_INDEPENDENT)
		return UNKNOWN;
	if (b->incoming_syn_hold > 2900 * NAP_MS && b->incoming_syn_hold < 3100 * NAP_MS)
		return UNKNOWN;
	return meets_if(b->reject == NAP_ANSWER_NONE || b->incoming_syn_hold > 3 * NAP_S);
TRUTH_END
TRUTH(late_answer)
	if (strangers_open(b))
		return NOT_APPLICABLE;
	return b->input == NAP_INPUT_ACCEPT ? UNKNOWN : meets_if(b->reject == NAP_ANSWER_ICMP);
TRUTH_END
TRUTH(tcp_idle) return tcp_lasts(m, NAP_TIMER_ESTABLISHED, 7440 * NAP_S); TRUTH_END
TRUTH(transitory)
	return all_last(opening_lasts(m, 240 * NAP_S), closing_lasts(m, 240 * NAP_S));
TRUTH_END
TRUTH(half_open) return opening_lasts(m, 240 * NAP_S); TRUTH_END
TRUTH(half_closed) return half_closed_lasts(m, 7440 * NAP_S); TRUTH_END
TRUTH(tcp_algs)
	return meets_if(!word_listed(b->algs, "sip") && !word_listed(b->algs, "h323") && !word_listed(b->algs, "rtsp"));
TRUTH_END
TRUTH(udp_algs)
	if (word_listed(b->algs, "sip"))
		return VIOLATES;
	if (!word_listed(b->algs, "tftp"))
		return MEETS;
	return b->filtering == NAP_ADDRESS_AND_PORT_DEPENDENT ? VIOLATES : UNKNOWN;
TRUTH_END
TRUTH(no_sharing)
	if (!preserves(b) || b->port_clash == NAP_CLASH_OTHER)
		return MEETS;
	if (!one_address(b) || !port_in_range(b, PORT_USED))
		return UNKNOWN;
	if (b->port_clash == NAP_CLASH_OVERRIDE && b->mapping_hold) /* a port that is held cannot be taken away, and another is given */
		return UNKNOWN;
	return b->port_clash == NAP_CLASH_OVERRIDE ? VIOLATES : NOT_TESTED;
TRUTH_END

/* Hosts behind one box: does a packet of one come to the other, and as whose? */
static inline unsigned hairpins_as(const struct nap_box_config *b, enum nap_dependence map, enum nap_dependence filter)
{
	bool turns = b->hairpin &&
		     !(b->hairpin_by == NAP_HAIRPIN_BY_FORWARDS && filter == NAP_ADDRESS_AND_PORT_DEPENDENT) &&
		     !(b->hairpin_unsent == NAP_UNSENT_GOES && filter != NAP_ENDPOINT_INDEPENDENT);

	if (b->overload || b->mapping_hold || (b->port_clash != NAP_CLASH_OTHER && preserves(b)) || b->pooling == NAP_POOL_ARBITRARY ||
		b->filtered == NAP_FILTERED_DESTROY || b->input == NAP_INPUT_ACCEPT) /* a first packet that is stopped leaves its mark */
		return UNKNOWN;
	/* nobody knows the endpoint that the other would have to speak to first, unless ports are kept */
	if (map != NAP_ENDPOINT_INDEPENDENT && filter != NAP_ENDPOINT_INDEPENDENT) {
		if (!preserves(b) || !port_in_range(b, 41000))
			return NOT_TESTED;
		return one_address(b) ? meets_if(turns && b->hairpin_source == NAP_HAIRPIN_EXTERNAL) : UNKNOWN;
	}
	return meets_if(turns && b->hairpin_source == NAP_HAIRPIN_EXTERNAL);
}
TRUTH(hairpins) return hairpins_as(b, b->mapping, b->filtering); TRUTH_END
TRUTH(tcp_hairpins)
	return hairpins_as(b, tcp_word(b->tcp_mapping, b->mapping), tcp_word(b->tcp_filtering, b->filtering));
TRUTH_END
TRUTH(hairpin_errors)
	unsigned v = hairpins(m);

	if (b->mapping != NAP_ENDPOINT_INDEPENDENT)
		return UNKNOWN;

	if (!b->hairpin && v == VIOLATES)
		return NOT_APPLICABLE;
	if (v != MEETS || b->icmp_errors == NAP_ICMP_KILL || b->filtered == NAP_FILTERED_DESTROY)
		return UNKNOWN;
	return meets_if(b->icmp_errors != NAP_ICMP_DROP);
TRUTH_END

TRUTH(errors_pass) return b->icmp_errors == NAP_ICMP_KILL ? UNKNOWN : meets_if(b->icmp_errors != NAP_ICMP_DROP); TRUTH_END
TRUTH(pools)
	if (one_address(b))
		return NOT_APPLICABLE;
	if (b->ports.word == NAP_PORTS_BLOCK || b->overload || own_flows(b) < 300 || shared_flows(b) < 2000)
		return UNKNOWN;
	return meets_if(b->pooling != NAP_POOL_ARBITRARY);
TRUTH_END
TRUTH(port_classes)
	if (b->port_clash != NAP_CLASH_OTHER || b->ports.word == NAP_PORTS_BLOCK)
		return UNKNOWN;
	if (b->port_range.lo >= 1024)
		return b->port_classes == NAP_CLASSES_NONE ? VIOLATES : UNKNOWN;
	if (b->port_classes != NAP_CLASSES_NONE)
		return MEETS;
	return preserves(b) ? UNKNOWN : VIOLATES;
TRUTH_END
TRUTH(parity)
	if (b->port_clash != NAP_CLASH_OTHER || b->ports.word == NAP_PORTS_BLOCK || b->tracker == NAP_TRACK_LINUX)
		return UNKNOWN;
	return b->parity ? MEETS : preserves(b) ? UNKNOWN : VIOLATES;
TRUTH_END
TRUTH(udp_idle) return udp_lasts(m, 120 * NAP_S); TRUTH_END
TRUTH(udp_idle_better) return udp_lasts(m, 300 * NAP_S); TRUTH_END
TRUTH(outbound_refreshes)
	return ends_by_timer(m) && !b->purge_interval ? meets_if(b->refresh != NAP_REFRESH_INBOUND) : UNKNOWN;
TRUTH_END
TRUTH(overlaps) return meets_if(b->inside_network.n == 0); TRUTH_END
TRUTH(deterministic)
	bool room = own_flows(b) > 400 && shared_flows(b) > 400 && !b->session_rate && plain_room(b);

	return b->mapping == NAP_ENDPOINT_INDEPENDENT && room && b->ports.word != NAP_PORTS_BLOCK ? MEETS : UNKNOWN;
TRUTH_END
TRUTH(too_big)
	return meets_if(b->too_big == NAP_TOO_BIG_ICMP);
TRUTH_END
TRUTH(fragments) return meets_if(b->fragmenting != NAP_FRAGMENTING_NO); TRUTH_END
TRUTH(fragments_in_order)
	return b->fragmenting == NAP_FRAGMENTING_NO ? NOT_APPLICABLE : meets_if(b->fragmenting == NAP_FRAGMENTING_ORDERED);
TRUTH_END
TRUTH(fragments_received)
	return b->mtu ? UNKNOWN : meets_if(b->fragments == NAP_FRAGMENTS_REASSEMBLE && b->fragment_timeout > 1900 * NAP_MS);
TRUTH_END
TRUTH(fragments_flood)
	if (b->mtu || b->fragments != NAP_FRAGMENTS_REASSEMBLE || b->fragment_timeout < NAP_S)
		return UNKNOWN;
	return meets_if(b->fragments_full == NAP_FULL_OLDEST);
TRUTH_END
TRUTH(icmp_idle) return lasts(m, span_of(m, NAP_TIMER_ICMP), 60 * NAP_S); TRUTH_END
TRUTH(wrong_checksums)
	/* a firewall may let in what is about no session, as such an error is to it */
	if (!is_nat(b) && b->checksum && b->invalid == NAP_INVALID_PASS)
		return UNKNOWN;
	if (!is_nat(b) && b->checksum && b->icmp_unknown == NAP_ICMP_UNKNOWN_PASS)
		return b->tracker == NAP_TRACK_LINUX ? UNKNOWN : VIOLATES;
	if (b->icmp_errors == NAP_ICMP_KILL)
		return UNKNOWN;
	return meets_if(b->checksum || b->icmp_errors == NAP_ICMP_DROP);
TRUTH_END
TRUTH(unknown_errors)
	if (!ends_by_timer(m))
		return UNKNOWN;
	return meets_if(b->icmp_unknown == NAP_ICMP_UNKNOWN_DROP && b->invalid == NAP_INVALID_DROP);
TRUTH_END
TRUTH(unknown_errors_in)
	if (b->input == NAP_INPUT_ACCEPT || (!is_nat(b) && unknown_errors(m) != MEETS)) /* what is invalid may be no matter of errors */
		return UNKNOWN;
	return ends_by_timer(m) ? MEETS : UNKNOWN; /* nobody is known to whom it could be sent */
TRUTH_END
TRUTH(errors_spare_queries)
	struct span icmp = span_of(m, NAP_TIMER_ICMP);

	if (icmp.lo < 2 * NAP_S || icmp.hi > 12 * NAP_H || icmp.lo != icmp.hi || b->icmp_errors == NAP_ICMP_KILL ||
		b->expiry != NAP_EXPIRE_EAGER || b->mapping_hold ||
		b->duration_limit <= 2 * icmp.hi + 2 * b->purge_interval + TRUTH_BLUR)
		return UNKNOWN;
	return meets_if(b->icmp_errors != NAP_ICMP_REFRESH);
TRUTH_END

TRUTH(reset_revives)
	nap_time close = span_of(m, reset_timer(b)).lo;

	if (b->tracker == NAP_TRACK_LINUX || m->n_draws || b->refresh == NAP_REFRESH_INBOUND || b->resets != NAP_RESETS_PASS || b->on_miss == NAP_MISS_CREATE || b->purge_interval ||
		b->mapping_hold || b->expiry == NAP_EXPIRE_CANDIDATE || b->duration_limit < 10 * NAP_MIN)
		return UNKNOWN;
	if (tcp_lasts(m, NAP_TIMER_ESTABLISHED, 5 * NAP_MIN) != MEETS)
		return NOT_TESTED | VIOLATES;
	if (close < 99 * NAP_S)
		return VIOLATES;
	if (b->tracker == NAP_TRACK_SIMPLE)
		return close < 299 * NAP_S ? VIOLATES : UNKNOWN;
	return close > 101 * NAP_S ? MEETS : UNKNOWN;
TRUTH_END
TRUTH(resets_pass) return meets_if(b->resets == NAP_RESETS_PASS); TRUTH_END
TRUTH(blind_reset)
	unsigned alive = tcp_lasts(m, NAP_TIMER_ESTABLISHED, 5 * NAP_MIN), after = tcp_lasts(m, reset_timer(b), 5 * NAP_MIN);

	if (b->purge_interval || m->n_draws)
		return UNKNOWN;
	if (alive == VIOLATES)
		return NOT_TESTED;
	if (!alive)
		return UNKNOWN;
	if (b->tracker == NAP_TRACK_LINUX || b->reset_check || b->resets != NAP_RESETS_PASS)
		return MEETS;
	return after;
TRUTH_END
TRUTH(after_reset) return after_reset_lasts(m, 240 * NAP_S); TRUTH_END
TRUTH(protocols_apart)
	enum nap_dependence tcp = tcp_word(b->tcp_filtering, b->filtering);

	if (!b->joined_protocols)
		return MEETS;
	if (b->mapping != tcp_word(b->tcp_mapping, b->mapping) || b->overload)
		return UNKNOWN;
	/* where nothing but answers come in and ports are kept nothing shows it */
	if (preserves(b) && b->filtering == NAP_ADDRESS_AND_PORT_DEPENDENT && tcp == NAP_ADDRESS_AND_PORT_DEPENDENT)
		return UNKNOWN;
	return VIOLATES;
TRUTH_END
TRUTH(filtered_do_not_refresh)
	if (b->filtering == NAP_ENDPOINT_INDEPENDENT)
		return NOT_APPLICABLE;
	if (!is_nat(b) && b->filtered == NAP_FILTERED_REFRESH)
		return UNKNOWN; /* firewalls have no mapping */
	return ends_by_timer(m) ? meets_if(b->filtered != NAP_FILTERED_REFRESH) : UNKNOWN;
TRUTH_END
TRUTH(refusals_do_not_refresh)
	if (!ends_by_timer(m) || b->icmp_errors != NAP_ICMP_TRANSLATE || (b->tracker == NAP_TRACK_LINUX && b->reset_refresh))
		return UNKNOWN;
	return meets_if(!b->reset_refresh);
TRUTH_END
TRUTH(ports_hard_to_guess)
	if (own_flows(b) < 24 || b->parity || b->port_clash != NAP_CLASH_OTHER || (b->session_rate && b->session_rate < 24))
		return UNKNOWN;
	if (b->ports.word == NAP_PORTS_BLOCK)
		return b->ports.arg >= 64 ? MEETS : UNKNOWN;
	if (preserves(b) && b->port_range.hi < 65535)
		return UNKNOWN;
	return meets_if(b->ports.word != NAP_PORTS_SEQUENTIAL);
TRUTH_END
TRUTH(own_ip_id) return one_address(b) ? meets_if(b->ip_id == NAP_IP_ID_REWRITE) : UNKNOWN; TRUTH_END
/* clang-format on */

static const struct {
	const char *id;
	truth_fn *truth;
} truths[] = {
	{ "5383-3-1", mail_open },
	{ "5383-3-3", server_leg },
	{ "5383-3-4", acap_open },
	{ "5383-3-5", any_open },
	{ "5383-4-1", maintained },
	{ "5383-4.1-2", ageless },
	{ "5383-4.2-5", survives_errors },
	{ "5383-5-3", dormancy },
	{ "5383-6-2", undamaged },
	{ "5383-6-3", not_partial },
	{ "5383-7-1", mail_idle },
	{ "5382-REQ-1", tcp_maps },
	{ "5382-REQ-2", always },
	{ "5382-REQ-2a", always },
	{ "5382-REQ-3", tcp_filters },
	{ "5382-REQ-4", no_early_answer },
	{ "5382-REQ-4b", held_syn },
	{ "5382-REQ-4c", late_answer },
	{ "5382-REQ-5", tcp_idle },
	{ "5382-REQ-5b", transitory },
	{ "5382-5-def", half_closed },
	{ "5382-5-stray", always },
	{ "5382-REQ-6", tcp_algs },
	{ "5382-REQ-7", no_sharing },
	{ "5382-REQ-8", tcp_hairpins },
	{ "5382-REQ-9", errors_pass },
	{ "5382-REQ-10", survives_errors },
	{ "5382-9", blind_reset },
	{ "4787-REQ-1", udp_maps },
	{ "4787-REQ-2", pools },
	{ "4787-REQ-3", no_sharing },
	{ "4787-REQ-3a", port_classes },
	{ "4787-REQ-4", parity },
	{ "4787-REQ-5", udp_idle },
	{ "4787-REQ-5c", udp_idle_better },
	{ "4787-REQ-6", outbound_refreshes },
	{ "4787-REQ-7", overlaps },
	{ "4787-REQ-8", udp_filters },
	{ "4787-REQ-9", hairpins },
	{ "4787-REQ-10", udp_algs },
	{ "4787-REQ-11", deterministic },
	{ "4787-REQ-12", survives_errors },
	{ "4787-REQ-12a", errors_pass },
	{ "4787-REQ-12b", errors_pass },
	{ "4787-REQ-13", too_big },
	{ "4787-REQ-13a", fragments },
	{ "4787-REQ-13a-2", fragments_in_order },
	{ "4787-REQ-14", fragments_received },
	{ "4787-REQ-14a", fragments_flood },
	{ "5508-REQ-1", always },
	{ "5508-REQ-2", icmp_idle },
	{ "5508-REQ-3", wrong_checksums },
	{ "5508-REQ-4", unknown_errors_in },
	{ "5508-REQ-4-2", errors_pass },
	{ "5508-REQ-5", unknown_errors },
	{ "5508-REQ-5-2", errors_pass },
	{ "5508-REQ-6", errors_spare_queries },
	{ "5508-REQ-7", hairpin_errors },
	{ "5508-REQ-8", full_admin },
	{ "7857-2", reset_revives },
	{ "7857-2.1b", half_open },
	{ "7857-2.2", resets_pass },
	{ "7857-2.2a", blind_reset },
	{ "7857-2.2b", after_reset },
	{ "7857-5", protocols_apart },
	{ "7857-7", filtered_do_not_refresh },
	{ "7857-7.1", refusals_do_not_refresh },
	{ "7857-9", ports_hard_to_guess },
	{ "7857-10", own_ip_id },
	{ "6888-REQ-2", pools },
	{ "6888-REQ-4", ports_limited },
	{ "6888-REQ-4-rate", rate_limited },
	{ "6888-REQ-5", state_limited },
	{ "6888-REQ-7", filters_nobody },
	{ "6888-REQ-8", ports_reused },
	{ "6888-REQ-8-2", ports_reused_after_restart },
	{ "6888-REQ-9", maps_on_request },
	{ "6888-REQ-9-pcp", maps_by_pcp },
	{ "6888-REQ-11a", full_drops },
	{ "6888-REQ-11b", full_icmp },
	{ "6888-REQ-12", destinations_unlogged },
	{ "6888-REQ-13", ports_used_well },
	{ "6888-REQ-14", log_small },
	{ "6888-REQ-15", ports_hard_to_guess },
};

/* Does the requirement concern a box of this kind at all? */
static inline bool concerns(const struct nap_requirement *r, const struct nap_box_config *b)
{
	switch (r->subject) {
	case NAP_OF_NAT:
		return is_nat(b);
	case NAP_OF_CGN:
		return is_cgn(b);
	case NAP_OF_CPE:
		return is_nat(b) && !b->shared;
	case NAP_OF_ALL:
	case NAP_OF_CLIENT:
		break;
	}
	return true;
}

/* The verdicts that are right for the requirement on boxes of m; UNKNOWN when that is not reckoned here. */
static inline unsigned right_verdicts(const struct nap_middlebox *m, const struct nap_requirement *r)
{
	if (!concerns(r, &m->box))
		return NOT_APPLICABLE;
	if (has_no_room(&m->box))
		return UNKNOWN;
	for (size_t i = 0; r->run && i < G_N_ELEMENTS(truths); i++)
		if (!strcmp(truths[i].id, r->id))
			return truths[i].truth(m);
	return UNKNOWN;
}

#endif
