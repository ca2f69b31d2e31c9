/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For the random test of conformance: what the verdict on a box must be, reckoned from its keys and what the schema says of
 * them. Where several keys meet in a way that these lines do not follow, a truth is unknown (0); where packets cannot
 * tell, more than one verdict is right. What a verdict needs of the box otherwise (open ports, room) is asked for first.
 */
#ifndef NAP_TESTS_CHECK_TRUTHS_H
#define NAP_TESTS_CHECK_TRUTHS_H

#include <string.h>

#include <glib.h>

#include "conformance/conformance.h"

/* Verdicts as a set. */
enum {
	UNKNOWN = 0,
	MEETS = 1 << NAP_MEETS,
	VIOLATES = 1 << NAP_VIOLATES,
	NOT_APPLICABLE = 1 << NAP_NOT_APPLICABLE,
	NOT_TESTED = 1 << NAP_NOT_TESTED,
};

#define TRUTH_BLUR (60 * NAP_S) /* about what an opening and a handful of questions take */
#define PORT_USED  40000        /* the local port that experiments contend for */

static inline unsigned meets_if(bool yes)
{
	return yes ? MEETS : VIOLATES;
}

static inline bool is_nat(const struct nap_box_config *b)
{
	return b->kind == NAP_BOX_NAT;
}

static inline bool is_rfc(const struct nap_box_config *b)
{
	return b->tracker == NAP_TRACK_RFC7857 || b->tracker == NAP_TRACK_RFC6146;
}

static inline enum nap_dependence tcp_word(enum nap_dependence own, enum nap_dependence udp)
{
	return own == NAP_AS_FOR_UDP ? udp : own;
}

static inline bool word_listed(const char *const *list, const char *word)
{
	return list && g_strv_contains(list, word);
}

/* --- timers --- */

/* A time that is one for all boxes of the profile, or drawn evenly from a span. */
struct span {
	nap_time lo, hi;
};

static inline struct span span_of(const struct nap_middlebox *m, enum nap_timer t)
{
	size_t offset = offsetof(struct nap_box_config, timer) + (size_t)t * sizeof(nap_time);

	for (uint32_t i = 0; i < m->n_draws; i++)
		if (m->draws[i].row->offset == offset)
			return (struct span){ (nap_time)m->draws[i].dist.a, (nap_time)m->draws[i].dist.b };
	return (struct span){ m->box.timer[t], m->box.timer[t] };
}

static inline struct span both_spans(struct span a, struct span b)
{
	return (struct span){ nap_time_after(a.lo, b.lo), nap_time_after(a.hi, b.hi) };
}

/* The time that a connection of a phase lives: its timer, with RFC trackers after established another one. */
static inline struct span phase_of(const struct nap_middlebox *m, enum nap_timer t)
{
	struct span s = span_of(m, t);

	return is_rfc(&m->box) && t == NAP_TIMER_ESTABLISHED ? both_spans(s, span_of(m, NAP_TIMER_TRANS)) : s;
}

/* Does a session last so long, whenever it begins and whichever box of the profile it is? */
static inline unsigned lasts(const struct nap_middlebox *m, struct span s, nap_time idle)
{
	const struct nap_box_config *b = &m->box;
	bool lingers = b->expiry == NAP_EXPIRE_CANDIDATE || b->mapping_hold > 0;

	if (b->duration_limit < idle)
		return lingers ? UNKNOWN : VIOLATES;
	if (b->duration_limit < idle + TRUTH_BLUR)
		return UNKNOWN;
	if (s.lo >= idle || b->expiry == NAP_EXPIRE_CANDIDATE)
		return MEETS;
	if (lingers || s.lo > idle - 5 * NAP_MS)
		return UNKNOWN;
	/* stages that end at purges are together longer than their timers */
	if (is_rfc(b) && b->purge_interval && s.hi > idle - 2 * b->purge_interval)
		return UNKNOWN;
	if (s.hi < idle)
		return VIOLATES;
	/* of several boxes at least one must be sure to have drawn less */
	return (double)(idle - s.lo) > 0.8 * (double)(s.hi - s.lo) ? VIOLATES : UNKNOWN;
}

static inline unsigned all_last(unsigned a, unsigned b)
{
	if (a == VIOLATES || b == VIOLATES)
		return VIOLATES;
	return a && b ? MEETS : UNKNOWN;
}

static inline struct span udp_quick(const struct nap_middlebox *m)
{
	bool at_once = m->box.tracker != NAP_TRACK_LINUX && m->box.udp_stream_after == 0 &&
		       m->box.refresh != NAP_REFRESH_OUTBOUND;

	return span_of(m, at_once ? NAP_TIMER_UDP_STREAM : NAP_TIMER_UDP);
}

static inline struct span udp_stream(const struct nap_middlebox *m)
{
	nap_time age = 3 * NAP_S - (m->box.tracker == NAP_TRACK_LINUX);

	return span_of(m, age >= m->box.udp_stream_after ? NAP_TIMER_UDP_STREAM : NAP_TIMER_UDP);
}

static inline unsigned udp_lasts(const struct nap_middlebox *m, nap_time idle)
{
	return all_last(all_last(lasts(m, span_of(m, NAP_TIMER_UDP), idle), lasts(m, udp_quick(m), idle)),
		lasts(m, udp_stream(m), idle));
}

static inline unsigned tcp_lasts(const struct nap_middlebox *m, enum nap_timer t, nap_time idle)
{
	/* whose other timers, those of what is not acknowledged, it decides about, too */
	if (m->box.tracker == NAP_TRACK_LINUX && m->box.refresh == NAP_REFRESH_INBOUND)
		return UNKNOWN;
	return lasts(m, phase_of(m, t), idle);
}

static inline enum nap_timer syn_ack_timer(const struct nap_box_config *b)
{
	return is_rfc(b) ? NAP_TIMER_ESTABLISHED : NAP_TIMER_SYN_RECV;
}

static inline unsigned opening_lasts(const struct nap_middlebox *m, nap_time idle)
{
	return all_last(tcp_lasts(m, NAP_TIMER_SYN_SENT, idle), tcp_lasts(m, syn_ack_timer(&m->box), idle));
}

static inline unsigned closing_lasts(const struct nap_middlebox *m, nap_time idle)
{
	return tcp_lasts(
		m, m->box.tracker == NAP_TRACK_LINUX ? NAP_TIMER_TIME_WAIT : NAP_TIMER_CLOSING, idle);
}

static inline unsigned half_closed_lasts(const struct nap_middlebox *m, nap_time idle)
{
	return tcp_lasts(
		m, m->box.tracker == NAP_TRACK_LINUX ? NAP_TIMER_CLOSE_WAIT : NAP_TIMER_HALF_CLOSED, idle);
}

/* What is left of a connection after a RST that the box takes. */
static inline enum nap_timer reset_timer(const struct nap_box_config *b)
{
	return is_rfc(b) ? NAP_TIMER_TRANS : NAP_TIMER_CLOSE;
}

static inline unsigned after_reset_lasts(const struct nap_middlebox *m, nap_time idle)
{
	const struct nap_box_config *b = &m->box;
	unsigned reset = tcp_lasts(m, reset_timer(b), idle),
		 alive = tcp_lasts(m, NAP_TIMER_ESTABLISHED, idle);

	return all_last(
		b->resets == NAP_RESETS_DROP ? alive : reset, b->resets == NAP_RESETS_PASS ? reset : alive);
}

/* A stream of UDP that ends by its timer, and not for its age, within a time that experiments wait for. */
static inline bool ends_by_timer(const struct nap_middlebox *m)
{
	const struct nap_box_config *b = &m->box;
	struct span s = udp_stream(m);

	return b->expiry == NAP_EXPIRE_EAGER && b->mapping_hold == 0 && s.hi < 12 * NAP_H && s.lo == s.hi &&
	       b->duration_limit > 2 * s.hi + 2 * b->purge_interval + TRUTH_BLUR;
}

/* --- ports and room --- */

static inline bool one_address(const struct nap_box_config *b)
{
	return b->addresses.n == 1;
}

static inline bool port_in_range(const struct nap_box_config *b, uint16_t port)
{
	return port >= b->port_range.lo && port <= b->port_range.hi;
}

static inline bool preserves(const struct nap_box_config *b)
{
	return b->ports.word == NAP_PORTS_PRESERVE;
}

/* Most external ports of one inside address, by what is its own; UINT32_MAX: no limit. */
static inline uint32_t own_ports(const struct nap_box_config *b)
{
	uint32_t n = b->ports_per_subscriber ? b->ports_per_subscriber : UINT32_MAX;

	if (b->ports.word == NAP_PORTS_BLOCK && b->blocks_per_subscriber)
		n = MIN(n, (uint32_t)b->ports.arg * b->blocks_per_subscriber);
	return n;
}

/* Most flows to one destination, each of a port of its own. */
static inline uint32_t own_flows(const struct nap_box_config *b)
{
	uint32_t n = is_nat(b) ? own_ports(b) : UINT32_MAX;

	return b->sessions_per_subscriber ? MIN(n, b->sessions_per_subscriber) : n;
}

/* Most flows of all: what they share. */
static inline uint32_t shared_flows(const struct nap_box_config *b)
{
	uint64_t n = b->capacity ? b->capacity : UINT32_MAX;

	if (is_nat(b))
		n = MIN(n, (uint64_t)nap_box_ports(b) * b->addresses.n);
	return (uint32_t)n;
}

/* Nothing but what these lines name can refuse a flow of UDP. */
static inline bool plain_room(const struct nap_box_config *b)
{
	return b->sessions_per_destination == 0 && !b->overload && !b->parity &&
	       b->port_classes == NAP_CLASSES_NONE && b->port_clash == NAP_CLASH_OTHER &&
	       b->input == NAP_INPUT_DROP;
}

/* Port blocks for fewer hosts than take part in an experiment, or no port for anybody: those of hosts are out of range, and others not given. */
static inline bool has_no_room(const struct nap_box_config *b)
{
	bool few = b->ports.word == NAP_PORTS_BLOCK && nap_box_ports(b) / (uint32_t)b->ports.arg < 10,
	     none = b->ports.word == NAP_PORTS_PRESERVE && b->port_clash == NAP_CLASH_REFUSE &&
		    b->port_range.hi < 65535;

	return is_nat(b) && (few || none);
}

static inline bool is_cgn(const struct nap_box_config *b)
{
	return is_nat(b) && b->shared;
}

static inline bool blocked(const struct nap_box_config *b, const char *port)
{
	return word_listed(b->blocked_ports, port);
}

static inline unsigned may_pass(const struct nap_box_config *b, const char *const *ports)
{
	for (; *ports; ports++)
		if (blocked(b, *ports))
			return VIOLATES;
	return MEETS;
}

/* --- one truth a requirement, or a few of one kind --- */

typedef unsigned truth_fn(const struct nap_middlebox *m);

#define TRUTH(name)                                                                                          \
	static inline unsigned name(const struct nap_middlebox *m)                                           \
	{                                                                                                    \
		const struct nap_box_config *b = &m->box;                                                    \
		(void)b;
#define TRUTH_END }

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
TRUTH(errors_do_not_refresh)
	return ends_by_timer(m) ? meets_if(b->icmp_errors != NAP_ICMP_REFRESH) : UNKNOWN;
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

/* --- of CGNs --- */

/* Can one subscriber be held to fewer flows than there are for all? */
static inline unsigned limited(const struct nap_box_config *b, uint32_t own)
{
	uint32_t all = shared_flows(b);
	bool refuses = b->capacity == 0 || b->eviction == NAP_EVICT_REFUSE;
	/* an address' ports can be all that a host has to itself */
	uint32_t per_address = nap_box_ports(b);

	if (!plain_room(b) || b->timer_scope == NAP_SCOPE_SESSION)
		return UNKNOWN;
	if (own != UINT32_MAX && own < 60000 && (uint64_t)own * 8 < all && own * 4 < per_address) /* others find room, too */
		return b->session_rate ? MEETS | NOT_TESTED : MEETS;
	if (own > all && refuses)
		return b->session_rate ? VIOLATES | NOT_TESTED : VIOLATES;
	if (own == UINT32_MAX)
		return b->session_rate ? VIOLATES | NOT_TESTED : VIOLATES;
	return UNKNOWN;
}
TRUTH(ports_limited) return limited(b, own_flows(b)); TRUTH_END
TRUTH(state_limited)
	uint32_t own = b->sessions_per_subscriber ? b->sessions_per_subscriber : UINT32_MAX;

	if (b->mapping == NAP_ADDRESS_AND_PORT_DEPENDENT)
		own = MIN(own, own_ports(b));
	return limited(b, own);
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
	{ "5508-REQ-4", unknown_errors },
	{ "5508-REQ-5", errors_pass },
	{ "5508-REQ-6", errors_do_not_refresh },
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
