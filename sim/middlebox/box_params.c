/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The schema of a middlebox. Defaults are those of a NAT whose timers and mappings are as RFC 4787 and 5382 recommend, and
 * whose timers end what their names say (tracker simple); real boxes are profiles over them. Timers are named as the Linux kernel names them, so a sysctl dump maps by eye.
 */
#include "middlebox/box_config.h"

#define AT(field)   offsetof(struct nap_box_config, field)
#define TIMER(name) AT(timer[NAP_TIMER_##name])

static const char *const no_yes[] = { "no", "yes", NULL };
static const char *const kinds[] = {
	[NAP_BOX_NAT] = "nat", [NAP_BOX_FIREWALL] = "firewall", [NAP_BOX_PROXY] = "proxy", NULL
};
static const char *const pings[] = {
	[NAP_PINGS_COUNT] = "count", [NAP_PINGS_ANSWER] = "answer", [NAP_PINGS_IGNORE] = "ignore", NULL
};
static const char *const trackers[] = { [NAP_TRACK_LINUX] = "linux",
	[NAP_TRACK_RFC7857] = "rfc7857",
	[NAP_TRACK_RFC6146] = "rfc6146",
	[NAP_TRACK_SIMPLE] = "simple",
	NULL };
static const char *const dependences[] = { [NAP_ENDPOINT_INDEPENDENT] = "endpoint-independent",
	[NAP_ADDRESS_DEPENDENT] = "address-dependent",
	[NAP_ADDRESS_AND_PORT_DEPENDENT] = "address-and-port-dependent",
	NULL };
static const char *const tcp_dependences[] = { [NAP_ENDPOINT_INDEPENDENT] = "endpoint-independent",
	[NAP_ADDRESS_DEPENDENT] = "address-dependent",
	[NAP_ADDRESS_AND_PORT_DEPENDENT] = "address-and-port-dependent",
	[NAP_AS_FOR_UDP] = "as-for-udp",
	NULL };
static const char *const refreshes[] = { [NAP_REFRESH_OUTBOUND] = "outbound",
	[NAP_REFRESH_INBOUND] = "inbound",
	[NAP_REFRESH_BOTH] = "both",
	NULL };
static const char *const scopes[] = {
	[NAP_SCOPE_SESSION] = "session", [NAP_SCOPE_MAPPING] = "mapping", NULL
};
static const char *const filtered[] = { [NAP_FILTERED_IGNORE] = "ignore",
	[NAP_FILTERED_REFRESH] = "refresh",
	[NAP_FILTERED_DESTROY] = "destroy",
	NULL };
static const char *const icmp_errors[] = { [NAP_ICMP_TRANSLATE] = "translate",
	[NAP_ICMP_DROP] = "drop",
	[NAP_ICMP_KILL] = "kill",
	[NAP_ICMP_REFRESH] = "refresh",
	NULL };
static const char *const icmp_unknown[] = {
	[NAP_ICMP_UNKNOWN_DROP] = "drop", [NAP_ICMP_UNKNOWN_PASS] = "pass", NULL
};
static const char *const resets[] = { [NAP_RESETS_PASS] = "pass",
	[NAP_RESETS_DROP_INBOUND] = "drop-inbound",
	[NAP_RESETS_DROP] = "drop",
	NULL };
static const char *const fragment_words[] = { [NAP_FRAGMENTS_REASSEMBLE] = "reassemble",
	[NAP_FRAGMENTS_ORDERED] = "ordered",
	[NAP_FRAGMENTS_DROP] = "drop",
	[NAP_FRAGMENTS_PASS] = "pass",
	NULL };
static const char *const fulls[] = { [NAP_FULL_OLDEST] = "oldest", [NAP_FULL_REFUSE] = "refuse", NULL };
static const char *const too_bigs[] = {
	[NAP_TOO_BIG_ICMP] = "icmp", [NAP_TOO_BIG_DROP] = "drop", [NAP_TOO_BIG_FRAGMENT] = "fragment", NULL
};
static const char *const fragmentings[] = { [NAP_FRAGMENTING_ORDERED] = "in-order",
	[NAP_FRAGMENTING_BACKWARD] = "backward",
	[NAP_FRAGMENTING_NO] = "no",
	NULL };
static const char *const ip_ids[] = { [NAP_IP_ID_KEEP] = "keep", [NAP_IP_ID_REWRITE] = "rewrite", NULL };

static const char *const ports[] = { [NAP_PORTS_PRESERVE] = "preserve",
	[NAP_PORTS_RANDOM] = "random",
	[NAP_PORTS_SEQUENTIAL] = "sequential",
	[NAP_PORTS_BLOCK] = "block N",
	NULL };
static const char *const clashes[] = {
	[NAP_CLASH_OTHER] = "other", [NAP_CLASH_OVERRIDE] = "override", [NAP_CLASH_REFUSE] = "refuse", NULL
};
static const char *const classes[] = {
	[NAP_CLASSES_NONE] = "none", [NAP_CLASSES_TWO] = "two", [NAP_CLASSES_LINUX] = "linux", NULL
};
static const char *const block_allocations[] = {
	[NAP_BLOCK_DYNAMIC] = "dynamic", [NAP_BLOCK_DETERMINISTIC] = "deterministic", NULL
};
static const char *const poolings[] = { [NAP_POOL_PAIRED] = "paired",
	[NAP_POOL_ARBITRARY] = "arbitrary",
	[NAP_POOL_PAIRED_SOFT] = "paired-soft",
	NULL };
static const char *const hairpin_sources[] = { [NAP_HAIRPIN_EXTERNAL] = "external",
	[NAP_HAIRPIN_INTERNAL] = "internal",
	[NAP_HAIRPIN_BOX] = "box",
	NULL };
static const char *const pcps[] = {
	[NAP_PCP_NONE] = "none", [NAP_PCP_PCP] = "pcp", [NAP_PCP_PMP] = "nat-pmp", NULL
};
static const char *const inputs[] = { [NAP_INPUT_DROP] = "drop", [NAP_INPUT_ACCEPT] = "accept", NULL };
static const char *const rejects[] = {
	[NAP_ANSWER_NONE] = "drop",
	[NAP_ANSWER_RST] = "rst",
	[NAP_ANSWER_ICMP] = "icmp",
	[NAP_ANSWER_NO_NET] = "3/0",
	[NAP_ANSWER_NO_HOST] = "3/1",
	[NAP_ANSWER_PROHIBITED] = "3/13",
	NULL,
};
static const char *const exhaustions[] = { [NAP_EXHAUSTED_AS_REJECT] = "as-reject",
	[NAP_EXHAUSTED_SILENT] = "none",
	[NAP_EXHAUSTED_HOST] = "3/1",
	[NAP_EXHAUSTED_ADMIN] = "3/13",
	NULL };
static const char *const link_downs[] = {
	[NAP_LINK_DOWN_FLUSH] = "flush", [NAP_LINK_DOWN_KEEP] = "keep", NULL
};
static const char *const misses[] = { [NAP_MISS_CREATE] = "create",
	[NAP_MISS_DROP] = "drop",
	[NAP_MISS_RST] = "rst",
	[NAP_MISS_AS_TRACKER] = "as-tracker",
	NULL };
static const char *const miss_sides[] = {
	[NAP_MISS_INSIDE] = "inside", [NAP_MISS_OUTSIDE] = "outside", [NAP_MISS_BOTH] = "both", NULL
};
static const char *const on_expiry_ofs[] = {
	[NAP_EXPIRY_OF_ANY] = "any", [NAP_EXPIRY_OF_ESTABLISHED] = "established", NULL
};
static const char *const on_expiries[] = { [NAP_EXPIRY_SILENT] = "silent",
	[NAP_EXPIRY_RST] = "rst",
	[NAP_EXPIRY_RST_INSIDE] = "rst-inside",
	[NAP_EXPIRY_RST_OUTSIDE] = "rst-outside",
	[NAP_EXPIRY_FIN] = "fin",
	NULL };
static const char *const expiries[] = {
	[NAP_EXPIRE_EAGER] = "eager", [NAP_EXPIRE_CANDIDATE] = "candidate", NULL
};
static const char *const evictions[] = { [NAP_EVICT_REFUSE] = "refuse",
	[NAP_EVICT_LRU] = "lru",
	[NAP_EVICT_RANDOM] = "random",
	[NAP_EVICT_EARLY_DROP] = "early-drop",
	NULL };
static const char *const forward_words[] = { [NAP_FORWARD_STATEFUL] = "stateful",
	[NAP_FORWARD_OPEN] = "open",
	[NAP_FORWARD_ANSWERS] = "answers",
	NULL };
static const char *const hairpin_bys[] = {
	[NAP_HAIRPIN_BY_MAPPINGS] = "mappings", [NAP_HAIRPIN_BY_FORWARDS] = "forwards", NULL
};
static const char *const unsents[] = { [NAP_UNSENT_STAYS] = "stays", [NAP_UNSENT_GOES] = "goes", NULL };
static const char *const peer_ports[] = {
	[NAP_PEER_PORT_KEPT] = "keep", [NAP_PEER_PORT_SHIFTED] = "shift", NULL
};
static const char *const searches[] = { [NAP_SEARCH_ONWARD] = "onward", [NAP_SEARCH_RUNS] = "runs", NULL };
static const char *const gre_timers[] = {
	[NAP_GRE_TIMERS_NOW] = "now", [NAP_GRE_TIMERS_CREATED] = "created", NULL
};
static const char *const reopens[] = {
	[NAP_REOPEN_OPENER] = "opener", [NAP_REOPEN_BOTH_SYNS] = "both-syns", NULL
};
static const char *const invalids[] = { [NAP_INVALID_PASS] = "pass", [NAP_INVALID_DROP] = "drop", NULL };

const struct nap_param nap_box_params[] = {
	/* where it comes from */
	{ "source", NAP_P_TEXT, AT(source), "", NULL, NULL, NULL,
		"Where the numbers of a profile come from: document and section, source file, or "
		"measurement." },
	{ "note", NAP_P_TEXT, AT(note), "", NULL, NULL, NULL,
		"What a reader of the profile should know, above all what is unsure." },
	{ "verified", NAP_P_WORD, AT(verified), "no", NULL, NULL, no_yes,
		"yes: every number was read in a primary text or measured, save those listed in "
		"unverified." },
	{ "unverified", NAP_P_LIST, AT(unverified), "", NULL, NULL, NULL,
		"Keys of this profile whose values are unsure." },

	/* what it is */
	{ "kind", NAP_P_WORD, AT(kind), "nat", NULL, NULL, kinds,
		"nat translates addresses and ports; firewall only decides and keeps state; proxy does so "
		"too, "
		"but ends the TCP connections of both sides: payload alone counts as use of them, and it "
		"answers "
		"keepalives of TCP itself (tracker simple). In packet "
		"scripts "
		"(set kind) the rule of new flows; what lives stays as it is." },
	{ "shared", NAP_P_BOOL, AT(shared), "no", NULL, NULL, NULL,
		"yes: all subscribers of the run share this one box (carrier NAT, load balancer); no: each "
		"has its own." },
	{ "tracker", NAP_P_WORD, AT(tracker), "simple", NULL, NULL, trackers,
		"State machine of TCP and classes of UDP, and which timers there are: simple (SYN, open, "
		"half "
		"closed, closing, reset; as pf, ASA and most others), linux (nf_conntrack with window "
		"tracking), "
		"rfc7857 (section 2, figure 1) and rfc6146 (section 3.5.2, NAT64), in which tcp-trans "
		"follows "
		"tcp-established. natnap help tracker tells all that each of them decides." },

	{ "pings", NAP_P_WORD, AT(pings), "count", NULL, NULL, pings,
		"kind = proxy: pings of a protocol that it speaks itself (keepalive-is-ping of the "
		"application: HTTP/2). count: it passes them on, and they keep both its legs; answer: it "
		"answers them itself, and they keep the leg that they come by; ignore: the same, and they "
		"keep none. Tracker simple." },
	{ "client-idle", NAP_P_TIME, AT(client_idle), "0s", "0s", NULL, NULL,
		"kind = proxy: idle timer of its leg towards who opens the connection (HAProxy timeout "
		"client), which payload that it passes on restarts, whichever way; 0s: tcp-established." },
	{ "server-idle", NAP_P_TIME, AT(server_idle), "0s", "0s", NULL, NULL,
		"kind = proxy: the same of its leg towards the other end (HAProxy timeout server, nginx "
		"proxy_timeout); 0s: tcp-established." },
	{ "client-keepalive", NAP_P_TIME, AT(client_keepalive), "never", "1s", NULL, NULL,
		"kind = proxy: its socket's keepalive option towards who opens the connection (HAProxy "
		"clitcpka, nginx so_keepalive): probes after so long, then 75 s apart, 9 of them, which no "
		"idle timer counts; never: off." },
	{ "server-keepalive", NAP_P_TIME, AT(server_keepalive), "never", "1s", NULL, NULL,
		"kind = proxy: the same towards the other end (HAProxy srvtcpka, nginx "
		"proxy_socket_keepalive)." },
	{ "request-timeout", NAP_P_TIME, AT(request_timeout), "never", "1ms", NULL, NULL,
		"kind = proxy: how long it waits, without a byte of the other end, for the answer to a "
		"request (report-answer; nginx proxy_read_timeout, 60 s; HAProxy timeout server). Then it "
		"answers by itself that it came to nothing (HTTP 504), and closes both connections; never: "
		"only its idle timers end that." },

	/* mapping and filtering */
	{ "mapping", NAP_P_WORD, AT(mapping), "endpoint-independent", NULL, NULL, dependences,
		"When one inside endpoint keeps its external one for another destination (RFC 4787 4.1)." },
	{ "filtering", NAP_P_WORD, AT(filtering), "address-and-port-dependent", NULL, NULL, dependences,
		"Which outside endpoints may send to a mapping (RFC 4787 section 5); for firewalls: to an "
		"inside endpoint that spoke." },
	{ "tcp-mapping", NAP_P_WORD, AT(tcp_mapping), "as-for-udp", NULL, NULL, tcp_dependences,
		"mapping for TCP where it differs (RFC 5382 REQ-1)." },
	{ "tcp-filtering", NAP_P_WORD, AT(tcp_filtering), "as-for-udp", NULL, NULL, tcp_dependences,
		"filtering for TCP where it differs (RFC 5382 REQ-3b)." },
	{ "refresh", NAP_P_WORD, AT(refresh), "outbound", NULL, NULL, refreshes,
		"Which packets restart idle timers (RFC 4787 REQ-6: outbound must, inbound may)." },
	{ "reset-refresh", NAP_P_BOOL, AT(reset_refresh), "no", NULL, NULL, NULL,
		"Whether outbound RSTs and ICMP errors, mere refusals, restart idle timers too (RFC 7857 "
		"7.1: should not). Tracker linux: ICMP errors; what a RST does its states say." },
	{ "reset-check", NAP_P_BOOL, AT(reset_check), "no", NULL, NULL, NULL,
		"Whether a RST whose sequence number its receiver would not take is dropped (RFC 7857 2.2, "
		"RFC "
		"5961). Trackers other than linux, which always checks." },
	{ "resets", NAP_P_WORD, AT(resets), "pass", NULL, NULL, resets,
		"What becomes of a RST of a live connection: it passes (RFC 7857 2.2: must), or those from "
		"outside, or all, are dropped and end nothing, as some firewalls do against forged ones." },
	{ "checksum", NAP_P_BOOL, AT(checksum), "yes", NULL, NULL, NULL,
		"Whether a wrong transport or ICMP checksum makes a packet invalid (RFC 5508 REQ-3; Linux "
		"nf_conntrack_checksum)." },
	{ "filtered", NAP_P_WORD, AT(filtered), "ignore", NULL, NULL, filtered,
		"What an inbound packet that the filter stops does to the mapping it was sent to: nothing, "
		"refresh it (RFC 7857 section 7: should not), or destroy it." },
	{ "timer-scope", NAP_P_WORD, AT(timer_scope), "mapping", NULL, NULL, scopes,
		"session: each session has its own timer; mapping: a packet of one session keeps the whole "
		"mapping and all its sessions (RFC 4787 4.3); of TCP, those that are open." },
	{ "mapping-hold", NAP_P_TIME, AT(mapping_hold), "0s", "0s", NULL, NULL,
		"How long a mapping stays for its inside endpoint after its last session." },
	{ "icmp-errors", NAP_P_WORD, AT(icmp_errors), "translate", NULL, NULL, icmp_errors,
		"ICMP errors about a live session: translate and pass, drop, kill the session (RFC 4787 "
		"REQ-12 and RFC 5382 REQ-10 forbid it), or pass and refresh it (RFC 5508 REQ-6 forbids "
		"it)." },

	{ "icmp-unknown", NAP_P_WORD, AT(icmp_unknown), "drop", NULL, NULL, icmp_unknown,
		"ICMP errors about no live session: drop (RFC 5508 REQ-4; or as invalid says), "
		"or "
		"pass, as by a rule that permits all of them; a NAT has no inside address for those from "
		"outside." },
	/* fragments and the size of packets */
	{ "fragments", NAP_P_WORD, AT(fragments), "reassemble", NULL, NULL, fragment_words,
		"Fragments: reassemble (the datagram is tracked and translated as a whole, then cut again; "
		"RFC "
		"4787 REQ-14, Linux), ordered (later ones follow the first, none may come before it), drop "
		"(all but the first, for they lack ports), or pass (these untracked and untranslated)." },
	{ "fragment-limit", NAP_P_UINT, AT(fragment_limit), "4096", NULL, NULL, NULL,
		"Most unfinished datagrams that reassembly keeps (Linux: 4 MiB of them); 0: no limit." },
	{ "fragment-timeout", NAP_P_TIME, AT(fragment_timeout), "30s", "1ms", NULL, NULL,
		"How long it waits for the rest of a datagram (RFC 6146 FRAGMENT_MIN: at least 2 s; Linux: "
		"30 "
		"s)." },
	{ "fragments-full", NAP_P_WORD, AT(fragments_full), "oldest", NULL, NULL, fulls,
		"At the limit a new datagram takes the place of the oldest, or no fragment is taken until "
		"others "
		"time out, so that a flood stops all of them (RFC 4787 REQ-14a; Linux)." },
	{ "mtu", NAP_P_UINT, AT(mtu), "0", "0", "65535", NULL,
		"Bytes of the largest packet that the link outside carries, either way; 0: no limit. The "
		"ends' "
		"TCP goes without fragments and finds it out (RFC 1191)." },
	{ "mss-clamp", NAP_P_UINT, AT(mss_clamp), "0", "0", "65495", NULL,
		"TCP: SYNs that pass, either way, announce segments of no more than so many bytes (routers "
		"before a PPPoE line: 1452, that is mtu less 40 of headers); 0: what the ends say." },
	{ "too-big", NAP_P_WORD, AT(too_big), "icmp", NULL, NULL, too_bigs,
		"A packet from inside that is larger than mtu and may not be fragmented (DF): ICMP 3/4 with "
		"the "
		"mtu (RFC 4787 REQ-13), dropped in silence (a black hole), or fragmented all the same." },
	{ "fragmenting", NAP_P_WORD, AT(fragmenting), "in-order", NULL, NULL, fragmentings,
		"One that may: fragmented and sent in order (RFC 4787 REQ-13a), last piece first (old "
		"kernels), "
		"or no: dropped in silence." },
	{ "ip-id", NAP_P_WORD, AT(ip_id), "keep", NULL, NULL, ip_ids,
		"The identification of translated packets that may be fragmented: keep the host's, so that "
		"two "
		"hosts' fragments may be mixed up, or rewrite to one of the box' own (RFC 7857 section 10, "
		"RFC "
		"6864 5.3.1)." },

	{ "alg", NAP_P_LIST, AT(algs), "", NULL, NULL, NULL,
		"Application gateways that are on: ftp, sip, h323, rtsp (the endpoint that a client's "
		"payload "
		"names becomes an external one and is open), tftp (the client's port is open to the server's "
		"other ports), smtp, imap (commands of extensions are made unreadable: smtp on ports 25 and "
		"587 both ways, imap on 143 the client's). RFC 5382 REQ-6, RFC 4787 REQ-10: off, but ftp." },

	/* idle timers */
	{ "udp", NAP_P_TIME, TIMER(UDP), "300s", NULL, NULL, NULL,
		"UDP session not yet replied to (RFC 4787 REQ-5: at least 120 s, better 300 s)." },
	{ "udp-single", NAP_P_TIME, TIMER(UDP_SINGLE), "0s", NULL, NULL, NULL,
		"UDP session with several packets one way and none back (pf udp.single); 0 s: as udp. "
		"Trackers other than linux." },
	{ "udp-stream", NAP_P_TIME, TIMER(UDP_STREAM), "300s", NULL, NULL, NULL,
		"UDP session with traffic both ways (RFC 4787 REQ-5)." },
	{ "udp-stream-after", NAP_P_TIME, AT(udp_stream_after), "0s", "0s", NULL, NULL,
		"Age that a UDP session must have before udp-stream may apply (Linux: 2 s)." },
	{ "tcp-syn-sent", NAP_P_TIME, TIMER(SYN_SENT), "240s", NULL, NULL, NULL,
		"TCP, a SYN was seen (RFC 5382 REQ-5: transitory, at least 240 s); INIT of the RFC "
		"trackers." },
	{ "tcp-syn-sent2", NAP_P_TIME, TIMER(SYN_SENT2), "240s", NULL, NULL, NULL,
		"TCP, SYNs from both sides, and another one; the first two keep what is left of "
		"tcp-syn-sent. "
		"Tracker linux." },
	{ "tcp-syn-recv", NAP_P_TIME, TIMER(SYN_RECV), "240s", NULL, NULL, NULL,
		"TCP, SYN and SYN/ACK were seen. Trackers linux and simple." },
	{ "tcp-established", NAP_P_TIME, TIMER(ESTABLISHED), "7440s", NULL, NULL, NULL,
		"TCP established and idle (RFC 5382 REQ-5 and RFC 5383 section 7: at least 2 h 4 min)." },
	{ "tcp-fin-wait", NAP_P_TIME, TIMER(FIN_WAIT), "120s", NULL, NULL, NULL,
		"TCP, one FIN was seen. Tracker linux." },
	{ "tcp-close-wait", NAP_P_TIME, TIMER(CLOSE_WAIT), "60s", NULL, NULL, NULL,
		"TCP, one FIN and an ACK after it were seen. Tracker linux." },
	{ "tcp-last-ack", NAP_P_TIME, TIMER(LAST_ACK), "30s", NULL, NULL, NULL,
		"TCP, a second FIN was seen. Tracker linux." },
	{ "tcp-time-wait", NAP_P_TIME, TIMER(TIME_WAIT), "120s", NULL, NULL, NULL,
		"TCP, closed by both sides. Tracker linux; trackers simple and RFC use tcp-closing." },
	{ "tcp-close", NAP_P_TIME, TIMER(CLOSE), "240s", NULL, NULL, NULL,
		"TCP, a valid RST was seen (RFC 7857 2.2: 4 min). Trackers linux and simple." },
	{ "tcp-max-retrans", NAP_P_TIME, TIMER(MAX_RETRANS), "300s", NULL, NULL, NULL,
		"TCP established, the same segment was seen tcp-max-retrans-count times again. Tracker "
		"linux." },
	{ "tcp-unacknowledged", NAP_P_TIME, TIMER(UNACKNOWLEDGED), "300s", NULL, NULL, NULL,
		"TCP established, data seen but not yet acknowledged. Tracker linux." },
	{ "tcp-half-closed", NAP_P_TIME, TIMER(HALF_CLOSED), "7440s", NULL, NULL, NULL,
		"TCP, one side sent FIN (RFC 5382 section 5 counts it as established: 2 h 4 min). Trackers "
		"simple and RFC." },
	{ "tcp-closing", NAP_P_TIME, TIMER(CLOSING), "240s", NULL, NULL, NULL,
		"TCP, both sides sent FIN (RFC 5382 REQ-5: transitory). Trackers simple and RFC." },
	{ "tcp-trans", NAP_P_TIME, TIMER(TRANS), "240s", NULL, NULL, NULL,
		"TCP, second stage after tcp-established ran out or a RST came; data in it revives the "
		"session (RFC 6146 3.5.2, RFC 7857 section 2). RFC trackers." },
	{ "icmp", NAP_P_TIME, TIMER(ICMP), "60s", NULL, NULL, NULL,
		"ICMP query session (RFC 5508 REQ-2: at least 60 s)." },
	{ "gre", NAP_P_TIME, TIMER(GRE), "30s", NULL, NULL, NULL, "GRE not yet replied to." },
	{ "gre-stream", NAP_P_TIME, TIMER(GRE_STREAM), "180s", NULL, NULL, NULL,
		"GRE with traffic both ways." },
	{ "gre-timers", NAP_P_WORD, AT(gre_timers), "now", NULL, NULL, gre_timers,
		"After gre or gre-stream have changed (packet scripts: set), GRE sessions that live take the "
		"new ones at their next packet (now), or keep those of their creation (created: Linux, whose "
		"other timers are read anew by each packet)." },
	{ "generic", NAP_P_TIME, TIMER(GENERIC), "600s", NULL, NULL, NULL, "Any other protocol." },
	{ "half-closed-needs-ack", NAP_P_BOOL, AT(half_closed_needs_ack), "no", NULL, NULL, NULL,
		"A FIN half-closes only once the other side has acknowledged it (Cisco ASA). Tracker "
		"simple." },
	{ "reopen", NAP_P_WORD, AT(reopen), "opener", NULL, NULL, reopens,
		"What opens a connection anew that is closing or was reset: opener (its opener's SYN, as a "
		"new session), or both-syns (one FIN of either side or a RST closes, and once both sides "
		"have since sent SYN and ACK, whoever began, the same session is established again: VPP). "
		"Tracker simple." },
	{ "port-timers", NAP_P_TIMERS, AT(port_timers), "", NULL, NULL, NULL,
		"Timers by destination port, in place of udp and udp-stream, or tcp-syn-sent and "
		"tcp-established (RFC 4787 REQ-5a; Linux ct timeout objects)." },
	{ "duration-limit", NAP_P_TIME, AT(duration_limit), "never", "1ms", NULL, NULL,
		"Age at which a session ends, idle or not (RFC 5383 4.1 forbids it)." },
	{ "port-duration-limits", NAP_P_TIMERS, AT(port_limits), "", NULL, NULL, NULL,
		"The same by destination port, in place of duration-limit (limits on all that is not HTTP, "
		"RFC 5383 "
		"4.1)." },

	/* TCP switches of tracker linux */
	{ "tcp-loose", NAP_P_BOOL, AT(tcp_loose), "yes", NULL, NULL, NULL,
		"Whether an ACK or data segment without session opens one. Tracker linux." },
	{ "tcp-be-liberal", NAP_P_BOOL, AT(tcp_be_liberal), "no", NULL, NULL, NULL,
		"Whether segments out of the window count as valid. Tracker linux." },
	{ "tcp-ignore-invalid-rst", NAP_P_BOOL, AT(tcp_ignore_invalid_rst), "no", NULL, NULL, NULL,
		"Whether a RST below what was acknowledged passes, with the state kept. Tracker linux." },
	{ "tcp-max-retrans-count", NAP_P_UINT, AT(tcp_max_retrans_count), "3", "0", "255", NULL,
		"Repeats of one segment after which tcp-max-retrans applies; 0: from the first on. Tracker "
		"linux." },

	/* what expiry does */
	{ "expiry", NAP_P_WORD, AT(expiry), "eager", NULL, NULL, expiries,
		"eager: a session past its timer is gone; candidate: it may be removed when room is needed, "
		"and lives till then (RFC 5382 section 5)." },
	{ "purge-interval", NAP_P_TIME, AT(purge_interval), "0s", "0s", NULL, NULL,
		"Sessions past their timer end only at multiples of this interval and live till then (pf: 10 "
		"s)." },
	{ "on-expiry", NAP_P_WORD, AT(on_expiry), "silent", NULL, NULL, on_expiries,
		"When a TCP session runs out: nothing, or a RST to both ends or to one (RFC 5382 section "
		"5); fin: a proxy (kind) closes both its connections, which it does else only when an end "
		"has." },
	{ "on-expiry-of", NAP_P_WORD, AT(on_expiry_of), "any", NULL, NULL, on_expiry_ofs,
		"Which TCP sessions on-expiry is about: any, or established ones alone (Azure's load "
		"balancer)." },
	{ "probe-interval", NAP_P_TIME, AT(probe_interval), "0s", "0s", NULL, NULL,
		"When an established TCP session runs out, send both ends a keepalive and wait this long for "
		"answers before it goes (RFC 5382 section 5, Cisco's dead connection detection, ipfw): it "
		"lives on "
		"when both have answered, or one has something to say; 0 s: no." },
	{ "probe-count", NAP_P_UINT, AT(probe_count), "5", "1", "63", NULL,
		"Keepalives to send, probe-interval apart, before a session goes that one of them did not "
		"answer." },
	{ "adaptive-start", NAP_P_UINT64, AT(adaptive_start), "0", NULL, NULL, NULL,
		"Sessions from which on all timers shrink linearly (pf adaptive.start): at each purge with "
		"tracker "
		"simple and a purge-interval, else as packets set them; 0: never." },
	{ "adaptive-end", NAP_P_UINT64, AT(adaptive_end), "0", NULL, NULL, NULL,
		"Sessions at which timers would reach zero (pf adaptive.end)." },

	/* what becomes of strays */
	{ "forward", NAP_P_WORD, AT(forward), "stateful", NULL, NULL, forward_words,
		"stateful: inside opens, outside only answers; open: all may open; answers: nobody opens, "
		"and only answers pass: packets of sessions that both sides have sent something of, the "
		"reply itself, and ICMP errors about sessions." },
	{ "invalid", NAP_P_WORD, AT(invalid), "drop", NULL, NULL, invalids,
		"Packets that the tracker calls invalid: drop, or pass (Linux without a rule: a NAT lets "
		"those from inside leave untranslated, those from outside end at it)." },
	{ "input", NAP_P_WORD, AT(input), "drop", NULL, NULL, inputs,
		"Packets to the box itself that belong to no session: drop, or accept (it answers, and "
		"tracks, like a host without services)." },
	{ "reject", NAP_P_WORD, AT(reject), "drop", NULL, NULL, rejects,
		"Answer to a packet that may not open a session: none, RST (TCP; ICMP 3/3 otherwise), ICMP "
		"3/3 "
		"(icmp), or another ICMP code: no network, no host, prohibited." },
	{ "on-miss", NAP_P_WORD, AT(on_miss), "as-tracker", NULL, NULL, misses,
		"A TCP segment from inside that is no SYN and has no session: create one, drop it, answer "
		"RST (RFC 5382 section 5), or as the tracker does: linux creates one, the others drop it. "
		"With tracker linux it is about what is new, as a rule asks: what tcp-loose lets open, and "
		"segments of sessions without answer; the others are invalid." },
	{ "on-miss-sides", NAP_P_WORD, AT(on_miss_sides), "inside", NULL, NULL, miss_sides,
		"Whose segments on-miss = rst answers: the inside's, the outside's, which reject answers "
		"otherwise, or both; what neither answers is dropped. Tracker linux: also whose on-miss = "
		"drop drops." },
	{ "track-own-resets", NAP_P_BOOL, AT(track_own_resets), "no", NULL, NULL, NULL,
		"Whether a RST that the box answers with is tracked like any packet, so that it moves the "
		"session that it looks to be of (Linux)." },
	{ "raw-rules", NAP_P_LIST, AT(raw_rules), "", NULL, NULL, NULL,
		"Rules before tracking, the first that fits decides: drop, notrack (the packet passes "
		"without session and untranslated, if forward lets what is new pass from that side), accept "
		"(on to the tracker) or zone N (on to the tracker, in a table apart, as conntrack's zones "
		"are, with tracker linux; opener-zone N, answerer-zone N: so it is for the packets of who "
		"opens a session, of who answers, and the others' are in zone 0), and what they fit: inside "
		"or outside (where it arrives), udp, tcp, icmp, gre or a number, sport LO-HI, dport LO-HI, "
		"len LO-HI (bytes of the IP packet), "
		"src ADDRESS, dst ADDRESS; as drop outside udp len 1001-65535 or notrack inside udp dport "
		"53. What is dropped refreshes nothing." },
	{ "rules", NAP_P_LIST, AT(rules), "", NULL, NULL, NULL,
		"Rules after tracking, of the same form: drop, reject (answered as reject says) or accept "
		"(on to forward). They see what comes from outside with its translated destination. What "
		"they stop has refreshed its session; a new one does not stay." },
	{ "icmp-on-exhaustion", NAP_P_WORD, AT(icmp_on_exhaustion), "as-reject", NULL, NULL, exhaustions,
		"Answer to a packet refused by capacity, quota or lack of ports: as reject says, none, ICMP "
		"3/1 (RFC 6888 REQ-11) or 3/13 (RFC 5508 REQ-8)." },
	{ "link-down", NAP_P_WORD, AT(link_down), "flush", NULL, NULL, link_downs,
		"When the link outside goes down, or gets another address (packet scripts: down, set "
		"addresses): "
		"flush the sessions on a port of its address, as Linux' masquerading does, or keep them, as "
		"its snat does; on the old address nothing new opens." },
	{ "incoming-syn-hold", NAP_P_TIME, AT(incoming_syn_hold), "0s", "0s", NULL, NULL,
		"How long an unsolicited inbound SYN is held before it is answered; an outbound SYN "
		"meanwhile drops it (RFC 5382 REQ-4: 6 s)." },
	{ "blocked-ports", NAP_P_LIST, AT(blocked_ports), "", NULL, NULL, NULL,
		"Destination ports that inside may not reach, as tcp/25 or udp/443 (RFC 5383 sections 3 and "
		"6 name ports that must be open)." },

	/* translation */
	{ "addresses", NAP_P_ADDRESSES, AT(addresses), "203.0.113.1", NULL, NULL, NULL,
		"The external addresses." },
	{ "inside-address", NAP_P_ADDRESSES, AT(inside_address), "10.0.0.1", NULL, NULL, NULL,
		"The box's own address on the inside: packets to it are its own (clients are 10.0.0.2 and "
		"up)." },
	{ "pcp", NAP_P_WORD, AT(pcp), "none", NULL, NULL, pcps,
		"Does the box grant mappings to clients that ask (policy pcp)? pcp: by PCP and NAT-PMP; "
		"nat-pmp: by "
		"NAT-PMP only. Such a mapping lets everyone in for its lifetime (RFC 6887 11). Only the "
		"first box on "
		"the path can be asked: a NAT behind it needs packets all the same." },
	{ "pcp-minimum", NAP_P_TIME, AT(pcp_minimum), "120s", "1s", "49710d", NULL,
		"Shortest lifetime granted (RFC 6887 15)." },
	{ "pcp-maximum", NAP_P_TIME, AT(pcp_maximum), "24h", "1s", "49710d", NULL,
		"Longest lifetime granted (RFC 6887 15)." },
	{ "inside-network", NAP_P_ADDRESSES, AT(inside_network), "", NULL, NULL, NULL,
		"Addresses that the box routes to the inside whoever has them: hosts outside with one of "
		"them "
		"are out of reach (RFC 4787 REQ-7 forbids it where the outside address comes by itself)." },
	{ "untranslated", NAP_P_ADDRESSES, AT(untranslated), "", NULL, NULL, NULL,
		"Destinations that are reached without translation (RFC 6888 REQ-6)." },
	{ "forwards", NAP_P_LIST, AT(forwards), "", NULL, NULL, NULL,
		"Static mappings (port forwards), each as tcp/8080 > 10.0.0.2:80 or udp/5000-5009 > "
		"10.0.0.3:5000, of the box' first address, whichever that is; with an address before the "
		"port (tcp/203.0.113.2:8080) of that one, also when it is the box' own no more." },
	{ "ports", NAP_P_WORD_ARG, AT(ports), "preserve", NULL, NULL, ports,
		"Choice of the external port or ICMP identifier; block N: random inside the subscriber's "
		"blocks of N ports." },
	{ "port-range", NAP_P_PORT_RANGE, AT(port_range), "1024-65535", NULL, NULL, NULL,
		"The external ports to choose from: one range or, as MAP-E's port sets (RFC 7597), several: "
		"1024-2047; 5120-6143." },
	{ "port-classes", NAP_P_WORD, AT(port_classes), "none", NULL, NULL, classes,
		"Ranges that a changed port stays in: two (0-1023, 1024-65535: RFC 4787 REQ-3a), linux "
		"(1-511, 600-1023, 1024-65535)." },
	{ "parity", NAP_P_BOOL, AT(parity), "no", NULL, NULL, NULL,
		"Even ports become even ones, odd ones odd (RFC 4787 REQ-4)." },
	{ "overload", NAP_P_BOOL, AT(overload), "no", NULL, NULL, NULL,
		"Whether inside endpoints may share an external port as long as their destinations differ "
		"(RFC 7857 section 3; Linux). Not with an endpoint-independent mapping, whose port serves "
		"all "
		"destinations." },
	{ "reuse-mapping", NAP_P_BOOL, AT(reuse_mapping), "no", NULL, NULL, NULL,
		"mapping (or tcp-mapping) = address-and-port-dependent: whether the newest external port of "
		"the same inside "
		"endpoint is tried first for further destinations (Linux, where ports are kept)." },
	{ "port-clash", NAP_P_WORD, AT(port_clash), "other", NULL, NULL, clashes,
		"When the port to preserve is taken: choose another, override (the older mapping dies, RFC "
		"4787 4.2.1), or refuse." },
	{ "port-search", NAP_P_WORD, AT(port_search), "onward", NULL, NULL, searches,
		"How another port is looked for: onward from a random one through all, or in runs (Linux: "
		"128 from a random one on, then 64 from another ... down to 16, so that it may miss the last "
		"free ones)." },
	{ "port-takeover", NAP_P_BOOL, AT(port_takeover), "no", NULL, NULL, NULL,
		"port-search = runs: whether a connection in TIME_WAIT gives its port up to a SYN with a "
		"higher sequence number when a run finds no other (Linux). Tracker linux." },
	{ "peer-port", NAP_P_WORD, AT(peer_port), "keep", NULL, NULL, peer_ports,
		"A peer of a port forward whose host has a session of those very ends already: it is shown "
		"with its own port all the same, or shifted to another one (Linux)." },
	{ "port-hold-down", NAP_P_TIME, AT(port_hold_down), "0s", "0s", NULL, NULL,
		"How long a freed external port is not given to another inside endpoint (RFC 6888 REQ-8: 120 "
		"s)." },
	{ "hold-survives", NAP_P_BOOL, AT(hold_survives), "yes", NULL, NULL, NULL,
		"Whether a restart remembers which external ports it must not give yet (RFC 6888 REQ-8)." },
	{ "pooling", NAP_P_WORD, AT(pooling), "paired", NULL, NULL, poolings,
		"Whether an inside address keeps one external address (RFC 4787 REQ-2); paired-soft: until "
		"that "
		"one has no port left, then it gets another (RFC 7857 section 4: better refuse)." },
	{ "joined-protocols", NAP_P_BOOL, AT(joined_protocols), "no", NULL, NULL, NULL,
		"Whether a mapping of TCP is one of UDP too, and one of UDP one of TCP: same external port, "
		"same "
		"filter (RFC 7857 sections 5 and 6: not by default)." },
	{ "hairpin", NAP_P_BOOL, AT(hairpin), "yes", NULL, NULL, NULL,
		"Whether inside hosts reach each other by external endpoints (RFC 4787 REQ-9)." },
	{ "hairpin-source", NAP_P_WORD, AT(hairpin_source), "external", NULL, NULL, hairpin_sources,
		"Source that a hairpinned packet shows: its external endpoint (RFC 4787 REQ-9a), its "
		"internal "
		"one, or box: an endpoint of inside-address (masquerading on both sides)." },
	{ "hairpin-by", NAP_P_WORD, AT(hairpin_by), "mappings", NULL, NULL, hairpin_bys,
		"Which external endpoints packets from inside may be turned back by: all that are mapped, or "
		"with filtering = address-and-port-dependent those of port forwards alone (Linux)." },
	{ "hairpin-unsent", NAP_P_WORD, AT(hairpin_unsent), "stays", NULL, NULL, unsents,
		"A session towards an external endpoint whose first packet was stopped there: it stays, so "
		"that two inside hosts can open to each other (RFC 5128 3.3.2), or goes (Linux, which keeps "
		"what has left)." },
	{ "block-allocation", NAP_P_WORD, AT(block_allocation), "dynamic", NULL, NULL, block_allocations,
		"ports = block N: blocks given when needed, or each inside address has its own by arithmetic "
		"(RFC 7422)." },
	{ "blocks-per-subscriber", NAP_P_UINT, AT(blocks_per_subscriber), "4", NULL, NULL, NULL,
		"ports = block N: most port blocks of one inside address; 0: no limit." },
	{ "block-hold", NAP_P_TIME, AT(block_hold), "0s", "0s", NULL, NULL,
		"ports = block N: how long an empty port block stays with its subscriber." },
	{ "inside-first", NAP_P_ADDRESSES, AT(inside_first), "", NULL, NULL, NULL,
		"block-allocation = deterministic: the inside address that owns the first block; the next "
		"one owns the next." },

	/* limits */
	{ "capacity", NAP_P_UINT64, AT(capacity), "0", NULL, "2000000000", NULL,
		"Most live sessions; 0: no limit." },
	{ "eviction", NAP_P_WORD, AT(eviction), "refuse", NULL, NULL, evictions,
		"When the table is full: refuse the new session, end the one idle longest, a random one, or "
		"(Linux) one near by that is not assured, else refuse." },
	{ "hash-buckets", NAP_P_UINT, AT(hash_buckets), "0", NULL, NULL, NULL,
		"eviction = early-drop: buckets of the hash table (nf_conntrack_buckets), of which a "
		"newcomer looks through 8 for sessions that are not assured; 0: as many as capacity, as in "
		"the kernel." },
	{ "sessions-per-subscriber", NAP_P_UINT, AT(sessions_per_subscriber), "0", NULL, NULL, NULL,
		"Most live sessions of one inside address (RFC 6888 REQ-5); 0: no limit." },
	{ "closed-count", NAP_P_BOOL, AT(closed_count), "yes", NULL, NULL, NULL,
		"Whether connections in TIME_WAIT or CLOSE count for sessions-per-subscriber (Linux' "
		"connlimit leaves them out). Tracker linux." },
	{ "ports-per-subscriber", NAP_P_UINT, AT(ports_per_subscriber), "0", NULL, NULL, NULL,
		"Most external ports of one inside address (RFC 6888 REQ-4); 0: no limit." },
	{ "session-rate", NAP_P_UINT, AT(session_rate), "0", NULL, "1000000", NULL,
		"Most new sessions of one inside address a second, as many at once (RFC 6888 REQ-4: "
		"recommended, "
		"REQ-5); 0: no limit." },
	{ "sessions-per-destination", NAP_P_UINT, AT(sessions_per_destination), "0", NULL, NULL, NULL,
		"Most live sessions that the inside has to one destination (address, port and protocol) from "
		"one external address; one more is refused as for lack of a port (AWS' NAT gateway: 55,000). "
		"A "
		"firewall counts all of a destination. 0: no limit." },
	{ "log-destinations", NAP_P_BOOL, AT(log_destinations), "no", NULL, NULL, NULL,
		"Whether each session is a log record with its destination, beside those of ports or blocks "
		"(RFC "
		"6888 REQ-12: should not)." },
	NAP_PARAM_END
};
