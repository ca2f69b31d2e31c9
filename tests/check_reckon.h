/* SPDX-License-Identifier: BSD-2-Clause */
/* For the truths of conformance (check_truths.h): how long state lives, and what room there is, by a box' keys. */
#ifndef NAP_TESTS_CHECK_RECKON_H
#define NAP_TESTS_CHECK_RECKON_H

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

/* --- what a truth is --- */

typedef unsigned truth_fn(const struct nap_middlebox *m);

#define TRUTH(name)                                                                                          \
	static inline unsigned name(const struct nap_middlebox *m)                                           \
	{                                                                                                    \
		const struct nap_box_config *b = &m->box;                                                    \
		(void)b;
#define TRUTH_END }

#endif
