/* SPDX-License-Identifier: BSD-2-Clause */
/* What a middlebox profile says, as plain data; the rows of nap_box_params describe every field. */
#ifndef NAP_MIDDLEBOX_BOX_CONFIG_H
#define NAP_MIDDLEBOX_BOX_CONFIG_H

#include "kernel/api.h"
#include "kernel/param.h"
#include "kernel/time.h"
#include "net/packet.h"

/* Words of the schema, in the order of their rows' word lists. */
enum nap_box_kind { NAP_BOX_NAT, NAP_BOX_FIREWALL, NAP_BOX_PROXY };
enum nap_pings { NAP_PINGS_COUNT, NAP_PINGS_ANSWER, NAP_PINGS_IGNORE };
enum nap_tracker { NAP_TRACK_LINUX, NAP_TRACK_RFC7857, NAP_TRACK_RFC6146, NAP_TRACK_SIMPLE };
enum nap_dependence { /* RFC 4787 4.1 and 5; the same three words for mapping and filtering */
	NAP_ENDPOINT_INDEPENDENT,
	NAP_ADDRESS_DEPENDENT,
	NAP_ADDRESS_AND_PORT_DEPENDENT,
	NAP_AS_FOR_UDP, /* tcp-mapping, tcp-filtering only */
};
enum nap_refresh { NAP_REFRESH_OUTBOUND, NAP_REFRESH_INBOUND, NAP_REFRESH_BOTH };
enum nap_timer_scope { NAP_SCOPE_SESSION, NAP_SCOPE_MAPPING };
enum nap_filtered { NAP_FILTERED_IGNORE, NAP_FILTERED_REFRESH, NAP_FILTERED_DESTROY };
enum nap_icmp_errors { NAP_ICMP_TRANSLATE, NAP_ICMP_DROP, NAP_ICMP_KILL, NAP_ICMP_REFRESH };
enum nap_icmp_unknown { NAP_ICMP_UNKNOWN_DROP, NAP_ICMP_UNKNOWN_PASS };
enum nap_resets { NAP_RESETS_PASS, NAP_RESETS_DROP_INBOUND, NAP_RESETS_DROP };
enum nap_ports { NAP_PORTS_PRESERVE, NAP_PORTS_RANDOM, NAP_PORTS_SEQUENTIAL, NAP_PORTS_BLOCK };
enum nap_port_clash { NAP_CLASH_OTHER, NAP_CLASH_OVERRIDE, NAP_CLASH_REFUSE };
enum nap_port_classes { NAP_CLASSES_NONE, NAP_CLASSES_TWO, NAP_CLASSES_LINUX };
enum nap_block_allocation { NAP_BLOCK_DYNAMIC, NAP_BLOCK_DETERMINISTIC };
enum nap_pooling { NAP_POOL_PAIRED, NAP_POOL_ARBITRARY, NAP_POOL_PAIRED_SOFT };
enum nap_hairpin_source { NAP_HAIRPIN_EXTERNAL, NAP_HAIRPIN_INTERNAL, NAP_HAIRPIN_BOX };
enum nap_fragments {
	NAP_FRAGMENTS_REASSEMBLE,
	NAP_FRAGMENTS_ORDERED,
	NAP_FRAGMENTS_DROP,
	NAP_FRAGMENTS_PASS
};
enum nap_fragments_full { NAP_FULL_OLDEST, NAP_FULL_REFUSE };
enum nap_too_big { NAP_TOO_BIG_ICMP, NAP_TOO_BIG_DROP, NAP_TOO_BIG_FRAGMENT };
enum nap_fragmenting { NAP_FRAGMENTING_ORDERED, NAP_FRAGMENTING_BACKWARD, NAP_FRAGMENTING_NO };
enum nap_ip_id { NAP_IP_ID_KEEP, NAP_IP_ID_REWRITE };
enum nap_pcp_service { NAP_PCP_NONE, NAP_PCP_PCP, NAP_PCP_PMP };
enum nap_input { NAP_INPUT_DROP, NAP_INPUT_ACCEPT };
enum nap_reject {
	NAP_ANSWER_NONE,
	NAP_ANSWER_RST,
	NAP_ANSWER_ICMP, /* port unreachable; or another code: */
	NAP_ANSWER_NO_NET,
	NAP_ANSWER_NO_HOST,
	NAP_ANSWER_PROHIBITED
};
enum nap_exhaustion {
	NAP_EXHAUSTED_AS_REJECT,
	NAP_EXHAUSTED_SILENT,
	NAP_EXHAUSTED_HOST,
	NAP_EXHAUSTED_ADMIN
};
enum nap_link_down { NAP_LINK_DOWN_FLUSH, NAP_LINK_DOWN_KEEP };
enum nap_on_miss { NAP_MISS_CREATE, NAP_MISS_DROP, NAP_MISS_RST, NAP_MISS_AS_TRACKER };
enum nap_miss_sides { NAP_MISS_INSIDE, NAP_MISS_OUTSIDE, NAP_MISS_BOTH };
enum nap_on_expiry_of { NAP_EXPIRY_OF_ANY, NAP_EXPIRY_OF_ESTABLISHED };
enum nap_on_expiry {
	NAP_EXPIRY_SILENT,
	NAP_EXPIRY_RST,
	NAP_EXPIRY_RST_INSIDE,
	NAP_EXPIRY_RST_OUTSIDE,
	NAP_EXPIRY_FIN, /* a proxy: it closes both its connections */
};
enum nap_expiry { NAP_EXPIRE_EAGER, NAP_EXPIRE_CANDIDATE };
enum nap_eviction { NAP_EVICT_REFUSE, NAP_EVICT_LRU, NAP_EVICT_RANDOM, NAP_EVICT_EARLY_DROP };
enum nap_forward { NAP_FORWARD_STATEFUL, NAP_FORWARD_OPEN, NAP_FORWARD_ANSWERS };
enum nap_invalid { NAP_INVALID_PASS, NAP_INVALID_DROP };
enum nap_hairpin_by { NAP_HAIRPIN_BY_MAPPINGS, NAP_HAIRPIN_BY_FORWARDS };
enum nap_hairpin_unsent { NAP_UNSENT_STAYS, NAP_UNSENT_GOES };
enum nap_peer_port { NAP_PEER_PORT_KEPT, NAP_PEER_PORT_SHIFTED };
enum nap_port_search { NAP_SEARCH_ONWARD, NAP_SEARCH_RUNS };
enum nap_gre_timers { NAP_GRE_TIMERS_NOW, NAP_GRE_TIMERS_CREATED };
enum nap_reopen { NAP_REOPEN_OPENER, NAP_REOPEN_BOTH_SYNS };

/* Idle timers: one a state. The tracker in use decides which of them run. */
enum nap_timer {
	NAP_TIMER_UDP,
	NAP_TIMER_UDP_SINGLE,
	NAP_TIMER_UDP_STREAM,
	NAP_TIMER_SYN_SENT,
	NAP_TIMER_SYN_SENT2,
	NAP_TIMER_SYN_RECV,
	NAP_TIMER_ESTABLISHED,
	NAP_TIMER_FIN_WAIT,
	NAP_TIMER_CLOSE_WAIT,
	NAP_TIMER_LAST_ACK,
	NAP_TIMER_TIME_WAIT,
	NAP_TIMER_CLOSE,
	NAP_TIMER_MAX_RETRANS,
	NAP_TIMER_UNACKNOWLEDGED,
	NAP_TIMER_HALF_CLOSED,
	NAP_TIMER_CLOSING,
	NAP_TIMER_TRANS,
	NAP_TIMER_ICMP,
	NAP_TIMER_GRE,
	NAP_TIMER_GRE_STREAM,
	NAP_TIMER_GENERIC,
	NAP_TIMERS
};

struct nap_arena;

/* Plain data. Lists belong to whoever loaded the scenario and must outlive the box. */
struct nap_box_config {
	const char *source, *note;     /* where the profile's numbers are from; what is unsure about them */
	uint32_t verified;             /* 1: every number was read in a primary text */
	const char *const *unverified; /* keys whose values are unsure */

	enum nap_box_kind kind;
	bool shared; /* one box for all subscribers of the run, not one each */
	enum nap_tracker tracker;
	enum nap_pings pings; /* a proxy: who answers them, and do they show that a connection is in use? */
	nap_time client_idle, server_idle; /* a proxy's idle timers of its two legs; 0: as established */
	nap_time client_keepalive, server_keepalive; /* its sockets' keepalive options, NAP_NEVER: off */
	nap_time
		request_timeout; /* how long it waits for the answer to a request, NAP_NEVER: for as long as it takes */

	enum nap_dependence mapping, filtering; /* of UDP, ICMP and, unless said below, TCP */
	enum nap_dependence tcp_mapping, tcp_filtering;
	enum nap_refresh refresh;
	bool reset_refresh; /* outbound RSTs and ICMP errors refresh too */
	bool reset_check;   /* a RST must fit the connection's numbers */
	enum nap_resets resets;
	bool checksum; /* a wrong checksum makes a packet invalid */
	enum nap_filtered filtered;
	enum nap_timer_scope timer_scope;
	nap_time mapping_hold; /* a mapping outlives its last session by this */
	enum nap_icmp_errors icmp_errors;
	enum nap_icmp_unknown icmp_unknown;
	enum nap_fragments fragments;
	uint32_t fragment_limit;   /* unfinished datagrams kept; 0: no limit */
	nap_time fragment_timeout; /* ... for so long */
	enum nap_fragments_full fragments_full;
	uint32_t mtu;             /* of the link outside, bytes; 0: no limit */
	uint32_t mss_clamp;       /* SYNs that pass announce no larger segments, bytes; 0: as the ends say */
	enum nap_too_big too_big; /* DF set */
	enum nap_fragmenting fragmenting; /* not set */
	enum nap_ip_id ip_id;
	const char *const *algs; /* names of application gateways that are on */

	nap_time timer[NAP_TIMERS];
	nap_time udp_stream_after;      /* age of a session from which udp-stream may apply */
	bool half_closed_needs_ack;     /* one FIN counts only when acknowledged (simple tracker) */
	enum nap_reopen reopen;         /* what brings a closing session back to life (simple tracker) */
	enum nap_gre_timers gre_timers; /* which of them a GRE session has once they were changed */
	struct nap_port_timers port_timers;
	nap_time duration_limit;
	struct nap_port_timers port_limits; /* the same by port: of replied */

	bool tcp_loose, tcp_be_liberal, tcp_ignore_invalid_rst;
	uint32_t tcp_max_retrans_count;

	enum nap_expiry expiry;
	nap_time purge_interval; /* 0: sessions end at their very time */
	enum nap_on_expiry on_expiry;
	enum nap_on_expiry_of on_expiry_of; /* which sessions */
	nap_time probe_interval;            /* 0: no probes */
	uint32_t probe_count;
	uint64_t adaptive_start, adaptive_end; /* sessions; 0: fixed timers */

	enum nap_forward forward;
	enum nap_invalid invalid;
	enum nap_input input;
	enum nap_reject reject;
	enum nap_on_miss on_miss;
	enum nap_miss_sides on_miss_sides; /* whose strays are answered */
	enum nap_exhaustion icmp_on_exhaustion;
	enum nap_link_down link_down;
	nap_time incoming_syn_hold;
	bool track_own_resets;        /* RSTs of the box itself move the sessions that they look to be of */
	const char *const *raw_rules; /* before tracking: "notrack udp dport 53" (rules.h) ... */
	const char *const *rules;     /* ... and after it */
	const char *const *blocked_ports; /* "tcp/25" */

	struct nap_addr_list addresses;      /* external ones */
	struct nap_addr_list inside_address; /* the box's own inside one, at most one */
	enum nap_pcp_service pcp;
	nap_time pcp_minimum, pcp_maximum;   /* lifetimes it grants */
	struct nap_addr_list inside_network; /* addresses that it looks for inside only */
	struct nap_addr_list untranslated;   /* destinations reached without translation */
	const char *const *forwards;         /* "tcp/8080 > 10.0.0.2:80" */
	struct nap_word_arg ports;           /* enum nap_ports; block size */
	struct nap_port_ranges port_range;
	bool parity, overload, reuse_mapping;
	enum nap_port_classes port_classes;
	enum nap_port_clash port_clash;
	enum nap_port_search port_search;
	bool port_takeover; /* a newer SYN gets a port of TIME_WAIT when no other is left */
	enum nap_peer_port peer_port;
	nap_time port_hold_down;
	bool hold_survives;
	enum nap_pooling pooling;
	bool joined_protocols;
	bool hairpin;
	enum nap_hairpin_source hairpin_source;
	enum nap_hairpin_by hairpin_by;
	enum nap_hairpin_unsent hairpin_unsent;
	enum nap_block_allocation block_allocation;
	uint32_t blocks_per_subscriber; /* 0: no limit */
	nap_time block_hold;
	struct nap_addr_list inside_first; /* deterministic blocks: the first subscriber's address */

	uint64_t capacity; /* live sessions; 0: no limit */
	enum nap_eviction eviction;
	uint32_t hash_buckets;                                  /* 0: as many as capacity */
	uint32_t sessions_per_subscriber, ports_per_subscriber; /* 0: no limit */
	uint32_t sessions_per_destination;                      /* and external address; 0: no limit */
	bool closed_count;     /* of sessions_per_subscriber: those of connections that are over count too */
	uint32_t session_rate; /* new ones a second and subscriber; 0: no limit */
	bool log_destinations;

	struct nap_arena *own; /* the memory of what it points to (text/box_text.h) */
};

/* --- natnap.h --- */
#define NAP_BOX_CONFIG_WORDS 128 /* its bytes by eights, with room for keys to come */
/* --- */

_Static_assert(sizeof(struct nap_box_config) <= 8 * NAP_BOX_CONFIG_WORDS, "natnap.h has too little room");

extern const struct nap_param nap_box_params[]; /* the schema of [middlebox NAME] and of middlebox profiles */

/*
 * Does a box with that tracker ever read the key? If not, *instead is the key that says to it what this one says to others,
 * or the nearest to that (static text); NULL when there is none.
 */
bool nap_box_reads(const char *key, enum nap_tracker tracker, const char **instead);

/*
 * A key is read only where another one has one of some values: a bit for each word, or bit 1 for yes, some, more than none.
 * or_other: or where that one has one of or_of; NULL: none. Of a key's rows all must hold. The last row's key is NULL.
 */
struct nap_box_need {
	const char *key, *other;
	uint32_t of;
	const char *or_other;
	uint32_t or_of;
};

extern const struct nap_box_need nap_box_needs[];

/* The first row that does not hold of a key, so that a box of that config never reads it; NULL: all do. */
const struct nap_box_need *nap_box_unmet(const struct nap_box_config *config, const char *key);

/* A proxy's idle timers, of its leg to who opened and to the other end; the first of the two to end. */
static inline nap_time nap_box_leg_idle(const struct nap_box_config *c, bool reply)
{
	nap_time own = reply ? c->server_idle : c->client_idle;

	return own > 0 ? own : c->timer[NAP_TIMER_ESTABLISHED];
}
static inline nap_time nap_box_first_idle(const struct nap_box_config *c)
{
	return nap_time_min(nap_box_leg_idle(c, false), nap_box_leg_idle(c, true));
}

/* How many external ports an address has. */
uint32_t nap_box_ports(const struct nap_box_config *config);

/* A port forward (static mapping), as parsed from one element of `forwards`. */
struct nap_box_forward {
	uint8_t proto;              /* NAP_UDP, NAP_TCP */
	nap_addr outside;           /* 0: the first external address */
	uint16_t lo, hi;            /* external ports */
	struct nap_endpoint inside; /* port of lo; the others follow */
};

/* Parse "tcp/8080 > 10.0.0.2:80", "udp/5000-5009 > 10.0.0.3:5000" or "tcp/203.0.113.2:80 > 10.0.0.2:80". */
bool nap_box_forward_parse(const char *text, struct nap_box_forward *out);

/* Is there an application gateway of that name? */
bool nap_box_alg_known(const char *name);

/* Parse "tcp/25", "udp/443" (or "25": any protocol, *proto 0). */
bool nap_box_port_parse(const char *text, uint8_t *proto, uint16_t *port);

/* Can a box be made of it at all? Not of one that was merely zeroed: there would be no port, and every timer would be over at once. */
bool nap_box_config_may_be(const struct nap_box_config *config);

/* --- natnap.h --- */
/*
 * Rules that join several keys, and lists whose elements have a form: NULL when all is well, else what is wrong
 * (static text), and *key names the key to blame. To be asked by whoever loads a config.
 */
NAP_API const char *nap_box_config_check(const struct nap_box_config *config, const char **key);
/* --- */

#endif
