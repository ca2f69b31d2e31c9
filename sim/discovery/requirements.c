/* SPDX-License-Identifier: BSD-2-Clause */
#include "discovery/requirements.h"

#include <stddef.h>

#include "discovery/check.h"

#define ROW(i, s, k, l, w, t, h, f)                                                                          \
	{                                                                                                    \
		.id = i, .section = s, .keyword = k, .level = NAP_##l, .subject = NAP_OF_##w, .text = t,     \
		.how = h, .run = f                                                                           \
	}
#define ROW_OF(i, s, k, l, w, t, h, f, te)                                                                   \
	{                                                                                                    \
		.id = i, .section = s, .keyword = k, .level = NAP_##l, .subject = NAP_OF_##w, .text = t,     \
		.how = h, .run = f, .test = {                                                                \
			te                                                                                   \
		}                                                                                            \
	}
#define IDLE(i, s, k, l, w, t, h, d, ...)                                                                    \
	{                                                                                                    \
		.id = i, .section = s, .keyword = k, .level = NAP_##l, .subject = NAP_OF_##w, .text = t,     \
		.how = h, .run = nap_check_survives, .idle = d, .test = {                                    \
			__VA_ARGS__                                                                          \
		}                                                                                            \
	}
#define NO_ROW(i, s, k, l, w, t, why)                                                                        \
	{                                                                                                    \
		.id = i, .section = s, .keyword = k, .level = NAP_##l, .subject = NAP_OF_##w, .text = t,     \
		.how = why                                                                                   \
	}

const struct nap_requirement nap_requirements[] = {
	/* --- RFC 5383 --- */
	ROW("5383-3-1", "3, 6", "MUST", MUST, ALL,
		"Ports 143 and 587 are open: clients reach IMAP and submission servers.",
		"SYN, SYN/ACK, ACK and data on both ports", nap_check_mail_ports),
	NO_ROW("5383-3-3", "3, 4", "MUST", MUST, ALL,
		"The submission server can open a connection to the IMAP server.",
		"a path between servers, which this box is not on"),
	ROW("5383-4.1-2", "4.1", "MUST NOT", MUST, ALL, "No connection ends merely because it is old.",
		"a connection with packets every 20 s for 25 h", nap_check_duration),
	ROW("5383-4.2-1", "4.2", "SHOULD", SHOULD, ALL,
		"A connection outlives a loss of the lower layers after which the address is the same.",
		"4 min in which the server repeats unanswered data", nap_check_outage),
	ROW("5383-4.2-5", "4.2", "MUST", MUST, ALL,
		"ICMP 3/0, 3/1 and 3/5 are soft errors: no connection ends for them.",
		"each of the three, then data", nap_check_soft_errors),
	IDLE("5383-5-3", "5", "SHOULD", SHOULD, ALL, "Connections stay while the device is dormant.",
		"29 min without a packet, the length of a well-behaved IDLE, then a push", 29 * NAP_MIN,
		"tcp-1"),
	ROW("5383-6-2", "6", "MUST NOT", MUST, ALL,
		"Firewalls do not damage the traffic of permitted protocols.",
		"segments of 1 to 1400 bytes both ways on 143 and 587", nap_check_undamaged),
	ROW("5383-6-3", "6", "MUST NOT", MUST, ALL, "Nor do they let only a part of it through.",
		"the same dialogue: every segment, each way, on both ports", nap_check_undamaged),
	{ .id = "5383-7-1",
		.section = "7",
		.keyword = "MUST",
		.level = NAP_MUST,
		.subject = NAP_OF_ALL,
		.text = "Idle established connections live for 2 h 4 min or more.",
		.how = "7440 s of idleness, then the server's packet, then (another connection) the "
		       "client's; also on 143 and 587",
		.run = nap_check_mail_idle,
		.idle = 7440 * NAP_S },

	/* --- RFC 5382 --- */
	ROW_OF("5382-REQ-1", "4.1", "MUST", MUST, NAT, "TCP mapping is endpoint-independent.",
		"SYNs of one local port to three server endpoints", nap_check_mapping, "tcp-mapping"),
	ROW("5382-REQ-2", "4.2", "MUST", MUST, ALL, "All valid sequences of segments pass.",
		"opens, closes and half-closes in six orders", nap_check_sequences),
	ROW("5382-REQ-2a", "4.2", "MUST", MUST, ALL, "Simultaneous open works as well as the usual one.",
		"SYN out, SYN in, SYN/ACKs crossing, data", nap_check_simultaneous),
	ROW_OF("5382-REQ-3", "4.3", "RECOMMENDED", SHOULD, ALL,
		"TCP filtering is endpoint-independent or address-dependent.",
		"SYNs from strangers to a mapped port", nap_check_filtering, "tcp-filtering"),
	ROW("5382-REQ-4", "4.3", "MUST NOT", MUST, NAT, "An unsolicited inbound SYN is not answered for 6 s.",
		"a stranger's SYN to a mapped port, and the wait for an answer", nap_check_no_early_answer),
	ROW("5382-REQ-4b", "4.3", "MUST", MUST, NAT,
		"It is dropped in silence when the inside opens the same connection meanwhile.",
		"the client's SYN 3 s after the stranger's", nap_check_held_syn),
	ROW("5382-REQ-4c", "4.3", "SHOULD", SHOULD, NAT, "Otherwise it is answered by ICMP port unreachable.",
		"a stranger's SYN, 30 s of waiting", nap_check_late_answer),
	IDLE("5382-REQ-5", "5", "MUST NOT", MUST, ALL,
		"Established connections are not given up before 2 h 4 min of idleness.",
		"data both ways, 7440 s of idleness, a push", 7440 * NAP_S, "tcp-1"),
	IDLE("5382-REQ-5b", "5", "MUST NOT", MUST, ALL,
		"Connections that open or close are not given up before 4 min of idleness.",
		"240 s after SYN, after SYN and SYN/ACK, after both FINs", 240 * NAP_S, "tcp-syn",
		"tcp-syn-ack", "tcp-fin-both"),
	IDLE("5382-5-def", "5", "MUST NOT", MUST, ALL,
		"A half-closed connection counts as established: 2 h 4 min.",
		"one end's FIN, 7440 s of idleness, a segment of the server", 7440 * NAP_S, "tcp-fin-client",
		"tcp-fin-server"),
	NO_ROW("5382-REQ-6", "6", "RECOMMENDED", SHOULD, NAT, "Application gateways are off, FTP's excepted.",
		"payloads are not modelled"),
	ROW("5382-REQ-7", "7.1", "MUST NOT", MUST, NAT,
		"No two inside endpoints share an external TCP port (to one destination: RFC 7857 section "
		"3).",
		"two hosts, one local port, one server", nap_check_tcp_overloading),
	ROW("5382-REQ-8", "7.2", "MUST", MUST, NAT,
		"Inside hosts reach each other by external endpoints and see external sources (TCP).",
		"SYNs between two hosts' mapped ports, both ways", nap_check_tcp_hairpin),
	ROW("5382-REQ-9", "7.3", "SHOULD", SHOULD, ALL, "ICMP destination unreachable is translated.",
		"3/4 about TCP, 3/3 about UDP", nap_check_icmp_translated),
	ROW("5382-REQ-10", "7.3", "MUST NOT", MUST, ALL,
		"No ICMP message ends a mapping or connection of TCP.", "20 types and codes, data after each",
		nap_check_icmp_kills_tcp),
	ROW("5382-9", "9", "must", MUST, ALL, "Segments beyond the window do not end a connection.",
		"a RST a million beyond the window, 5 min, a push", nap_check_blind_reset),

	/* --- RFC 4787 --- */
	ROW_OF("4787-REQ-1", "4.1", "MUST", MUST, NAT, "UDP mapping is endpoint-independent.",
		"one local port to three server endpoints", nap_check_mapping, "mapping"),
	ROW("4787-REQ-2", "4.1", "RECOMMENDED", SHOULD, NAT,
		"A host keeps to one external address of the pool.", "24 hosts, 6 flows each",
		nap_check_pooling),
	ROW("4787-REQ-3", "4.2.1", "MUST NOT", MUST, NAT,
		"No two inside endpoints share an external UDP port (to one destination: RFC 7857 section "
		"3).",
		"two hosts, one local port, one server", nap_check_overloading),
	ROW("4787-REQ-3a", "4.2.1", "RECOMMENDED", SHOULD, NAT, "Ports below 1024 stay below, others above.",
		"local ports 600, 900, 2000, 40000 of three hosts", nap_check_port_class),
	ROW("4787-REQ-4", "4.2.2", "RECOMMENDED", SHOULD, NAT,
		"Even ports stay even, odd ones odd (optional since RFC 7857 section 8).",
		"16 ports of two hosts", nap_check_parity),
	IDLE("4787-REQ-5", "4.3", "MUST NOT", MUST, ALL, "UDP mappings do not expire in less than 2 min.",
		"120 s after one packet, after an exchange, after a stream", 120 * NAP_S, "udp-1",
		"udp-quick", "udp-3"),
	IDLE("4787-REQ-5c", "4.3", "RECOMMENDED", SHOULD, ALL, "Better 5 min or more.",
		"300 s after one packet, after an exchange, after a stream", 300 * NAP_S, "udp-1",
		"udp-quick", "udp-3"),
	ROW("4787-REQ-6", "4.3", "MUST", MUST, ALL, "Outbound packets refresh a mapping.",
		"a packet out at 60 % of the timer, a push at 130 %", nap_check_outbound_refresh),
	NO_ROW("4787-REQ-7", "4.4", "MUST", MUST, NAT,
		"With a dynamic outside address, overlaps with inside addresses do no harm.",
		"addresses of boxes are fixed here"),
	ROW_OF("4787-REQ-8", "5", "RECOMMENDED", SHOULD, ALL,
		"UDP filtering is endpoint-independent or address-dependent.", "packets from strangers",
		nap_check_filtering, "filtering"),
	ROW("4787-REQ-9", "6", "MUST", MUST, NAT,
		"Inside hosts reach each other by external endpoints and see external sources (UDP).",
		"packets between two hosts' mapped ports, both ways", nap_check_hairpin),
	NO_ROW("4787-REQ-10", "7", "SHOULD", SHOULD, NAT,
		"Application gateways can be switched off and are off.", "payloads are not modelled"),
	ROW("4787-REQ-11", "8", "MUST", MUST, NAT,
		"Mapping and filtering stay what they are, in conflict and under load.",
		"the classes again with a contested port and beside 200 flows", nap_check_deterministic),
	ROW("4787-REQ-12", "9", "MUST NOT", MUST, ALL, "No ICMP message ends a mapping of UDP.",
		"20 types and codes, a datagram after each", nap_check_icmp_kills_udp),
	ROW("4787-REQ-12a", "9", "SHOULD NOT", SHOULD, ALL, "ICMP messages are not filtered by their source.",
		"an error from a third address", nap_check_icmp_any_source),
	ROW("4787-REQ-12b", "9", "RECOMMENDED", SHOULD, ALL, "ICMP destination unreachable is supported.",
		"3/4 about TCP, 3/3 about UDP", nap_check_icmp_translated),
	NO_ROW("4787-REQ-13", "10", "MUST", MUST, NAT, "Packets too big are answered or fragmented.",
		"link MTUs are not modelled"),
	NO_ROW("4787-REQ-14", "11", "MUST", MUST, NAT, "Fragments are received in any order.",
		"the prober sends no fragments"),

	/* --- RFC 5508 --- */
	ROW("5508-REQ-1", "3.1", "MUST", MUST, ALL, "ICMP queries from inside and their replies pass.",
		"echo request, echo reply", nap_check_echo),
	IDLE("5508-REQ-2", "3.2", "MUST NOT", MUST, ALL,
		"ICMP query sessions do not expire in less than 60 s.",
		"an echo reply 60 s after the last packet", 60 * NAP_S, "icmp"),
	ROW("5508-REQ-3", "4.1", "SHOULD", SHOULD, ALL, "ICMP errors with a wrong checksum are dropped.",
		"3/3 with a wrong checksum", nap_check_icmp_checksum),
	ROW("5508-REQ-4", "4.2", "SHOULD", SHOULD, ALL, "ICMP errors about unknown sessions are dropped.",
		"3/3 of each end about a flow that has expired", nap_check_icmp_unknown),
	ROW("5508-REQ-5", "4.2", "MUST", MUST, ALL,
		"Other ICMP errors are translated, the quoted packet too.", "3/4 about TCP, 3/3 about UDP",
		nap_check_icmp_translated),
	ROW("5508-REQ-6", "4.3", "MUST NOT", MUST, ALL,
		"ICMP errors do not refresh the session they are about.",
		"errors until past the UDP timer, then a push", nap_check_icmp_refresh),
	ROW("5508-REQ-7", "5", "MUST", MUST, NAT, "Hairpinned ICMP errors pass.",
		"a packet between two hosts' mapped ports, and its refusal by ICMP 3/3",
		nap_check_hairpin_error),
	ROW("5508-REQ-8", "6", "SHOULD", SHOULD, CPE,
		"A flow refused for lack of resources is answered by ICMP 3/13 (a CGN: RFC 6888 REQ-11).",
		"flows until one is refused", nap_check_full_icmp),

	/* --- RFC 7857 --- */
	ROW("7857-2", "2", "SHOULD", SHOULD, ALL, "Data after a RST brings a connection back.",
		"RST, data 100 s later, a push 5 min after that", nap_check_reset_revives),
	NO_ROW("7857-2.1", "2.1", "SHOULD", SHOULD, ALL, "Opening and closing have timers of their own.",
		"a matter of configuration, not of behaviour"),
	IDLE("7857-2.1b", "2.1", "RECOMMENDED", SHOULD, ALL,
		"A half-open connection lives for 4 min or more.", "240 s after SYN, after SYN and SYN/ACK",
		240 * NAP_S, "tcp-syn", "tcp-syn-ack"),
	ROW("7857-2.2", "2.2", "MUST", MUST, ALL, "A RST of the connection is passed on.",
		"the client's, the server's", nap_check_reset_passes),
	ROW("7857-2.2a", "2.2", "SHOULD", SHOULD, ALL, "A RST is checked to belong to the connection.",
		"a RST a million beyond the window, 5 min, a push", nap_check_blind_reset),
	IDLE("7857-2.2b", "2.2", "SHOULD", SHOULD, ALL, "After a RST the state stays for 4 min.",
		"240 s after the client's RST, after the server's", 240 * NAP_S, "tcp-rst-client",
		"tcp-rst-server"),
	ROW("7857-4", "4", "SHOULD", SHOULD, NAT,
		"With paired pooling, flows beyond the address' ports are dropped.",
		"flows of one host until one is refused", nap_check_pool_empty),
	ROW("7857-5", "5, 6", "SHOULD", SHOULD, NAT, "A mapping of one protocol does not admit another.",
		"a UDP packet to a TCP mapping", nap_check_protocols),
	ROW("7857-7", "7", "SHOULD NOT", SHOULD, ALL, "Inbound packets that the filter stops do not refresh.",
		"a stranger's packets until past the timer, then a push", nap_check_filtered_refresh),
	ROW("7857-7.1", "7.1", "SHOULD NOT", SHOULD, ALL, "Outbound refusals do not refresh.",
		"the client's ICMP errors until past the timer, then a push", nap_check_refusal_refresh),
	ROW("7857-9", "9", "SHOULD", SHOULD, NAT, "External ports are hard to guess.",
		"24 flows: preserved, scattered or in sequence?", nap_check_random_ports),
	NO_ROW("7857-10", "10", "SHOULD", SHOULD, NAT, "The IP identification follows RFC 6864.",
		"the field is not modelled"),

	/* --- RFC 6888 --- */
	ROW("6888-REQ-1", "3", "MUST", MUST, CGN, "A CGN does what RFC 4787, 5382 and 5508 ask.",
		"the experiments above", nap_check_all_of_it),
	ROW("6888-REQ-2", "3", "MUST", MUST, CGN,
		"A subscriber keeps one external address, over all protocols.",
		"24 hosts, 6 flows of UDP, TCP and ICMP each", nap_check_pooling),
	ROW("6888-REQ-4", "3", "MUST", MUST, CGN, "External ports of a subscriber are limited.",
		"flows of one host until one is refused, then of others", nap_check_port_limit),
	ROW("6888-REQ-5", "3", "SHOULD", SHOULD, CGN, "State of a subscriber is limited.",
		"flows of one local port to many destinations", nap_check_state_limit),
	NO_ROW("6888-REQ-6", "3", "MUST", MUST, CGN, "Translation can be switched off for a destination.",
		"a matter of configuration (key untranslated)"),
	ROW_OF("6888-REQ-7", "3", "RECOMMENDED", SHOULD, CGN, "Filtering is endpoint-independent.",
		"packets from strangers", nap_check_filtering_eif, "filtering"),
	ROW("6888-REQ-8", "3", "SHOULD NOT", SHOULD, CGN,
		"A freed UDP port is not given to another within 2 min.",
		"expiry, a minute, then 66000 flows of 250 others", nap_check_port_reuse),
	NO_ROW("6888-REQ-9", "3", "MUST", MUST, CGN, "Subscribers can make mappings (PCP).",
		"no test asks by PCP"),
	ROW("6888-REQ-11b", "3", "SHOULD", SHOULD, CGN,
		"A flow refused for lack of ports or state is answered by ICMP 3/1.",
		"flows until one is refused", nap_check_full_icmp),
	ROW("6888-REQ-11d", "3", "MUST NOT", MUST, CGN, "No mapping ends to make room for another.",
		"flows until they are refused; are the first alive?", nap_check_full_keeps),
	NO_ROW("6888-REQ-12", "4", "SHOULD NOT", SHOULD, CGN, "Destinations are not logged.",
		"not visible from packets"),
	NO_ROW("6888-REQ-13", "5", "SHOULD", SHOULD, CGN, "Ports are used well and logs kept small (13, 14).",
		"not visible from packets"),
	ROW("6888-REQ-15", "5", "SHOULD", SHOULD, CGN, "External ports are hard to guess.",
		"24 flows: preserved, scattered or in sequence?", nap_check_random_ports),
};

const uint32_t nap_n_requirements = sizeof(nap_requirements) / sizeof(nap_requirements[0]);
