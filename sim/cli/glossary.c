/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/glossary.h"

const struct nap_term nap_glossary[] = {
	/* Boxes on the path. */
	{ "middlebox", "box; intermediary",
		"A machine between client and server that does more than forward packets: NAT, CGN, "
		"firewall, load balancer (RFC 3234). What matters here is that it keeps a table of who "
		"speaks with whom, and forgets those who are silent for long.",
		"session NAT firewall" },
	{ "NAT", "network address translator; network address translation; NAPT; NAT44",
		"Network address translator: gives the packets of many private addresses one public "
		"address, each conversation with a port of its own (RFC 2663, RFC 3022). It must remember "
		"which port belongs to whom; when it forgets, the server no longer reaches the client. "
		"What it should do: RFC 4787 (UDP), RFC 5382 (TCP), RFC 5508 (ICMP).",
		"mapping filtering kind udp tcp-established" },
	{ "CGN", "carrier-grade NAT; CGNAT; large-scale NAT; LSN; NAT444",
		"Carrier-grade NAT: a NAT in the operator's network that many subscribers share, so that "
		"ports and table are short and are given out by quota (RFC 6888). Behind a home's own NAT "
		"it is the second one (NAT444); the addresses between are often 100.64.0.0/10 (RFC 6598).",
		"port-block ports-per-subscriber capacity ports_peak" },
	{ "CPE", "home router; router; home gateway; residential gateway",
		"Customer premises equipment: the box between a household and its provider, mostly NAT "
		"and firewall in one, with its maker's timers. Many run Linux.",
		"NAT conntrack openwrt" },
	{ "DS-Lite", "Dual-Stack Lite; AFTR; B4",
		"IPv4 for households that have IPv6 alone: their router wraps its packets and sends them to "
		"the carrier's NAT (RFC 6333), so that there is one NAT, but a shared one, with its quotas.",
		"CGN port-block NAT64" },
	{ "NAT64", "",
		"A NAT between clients that have IPv6 alone and servers that have IPv4 (RFC 6146), whose "
		"timers it also fixes.",
		"tracker kind" },
	{ "IPv6", "",
		"Addresses enough for every device, so that no NAT is needed. A firewall keeps "
		"sessions with timers all the same (RFC 6092), and cuts off who is silent for long.",
		"firewall NAT64" },
	{ "firewall", "stateful firewall",
		"Lets in only what answers something from inside (RFC 2979; for homes with IPv6 RFC "
		"6092). It changes no address, but keeps sessions with timers as a NAT does, so that a "
		"silent connection is cut all the same.",
		"session filtering kind" },
	{ "load balancer", "",
		"A box before the servers that shares out connections. It keeps a session for each and "
		"forgets, or resets, those that are idle for some minutes: often the shortest timer of "
		"the whole path.",
		"session on-expiry" },
	{ "session", "flow state; state table entry",
		"What a middlebox remembers of one conversation: both ends' addresses and ports, the "
		"protocol, its state and when it is forgotten (RFC 2663 section 2.3).",
		"state-table sessions_peak capacity" },
	{ "state table", "session table; flow table",
		"All sessions of a middlebox. It has a size; when it is full, new conversations are "
		"refused or old ones are thrown out.",
		"capacity eviction sessions_refused sessions_evicted" },
	{ "mapping", "NAT mapping",
		"A NAT's promise that a private address and port is seen outside as one public address "
		"and port. Endpoint-independent: the same for all servers; address-dependent, "
		"address-and-port-dependent: a new one for each (RFC 4787 section 4.1; TCP: RFC 5382 "
		"REQ-1).",
		"endpoint-independent symmetric-nat pooling" },
	{ "binding", "NAT binding; bindings",
		"Another word for a NAT's mapping together with its timer: what a keepalive holds. When "
		"it expires, what the server sends is thrown away and nobody is told.",
		"mapping keepalive bindings_expired" },
	{ "endpoint-independent", "EIM; EIF; cone NAT; full cone",
		"Not depending on whom the client speaks with. As mapping: one public port for all "
		"servers, which lets peers find each other; as filtering: whoever knows the port may send "
		"to it (RFC 4787 REQ-1 and REQ-8; RFC 3489's full cone is both).",
		"mapping filtering hole-punching" },
	{ "address-dependent", "restricted cone",
		"Depending on the other end's address, not its port: a mapping for each server, or a "
		"filter that lets in only addresses that were spoken to (RFC 4787 sections 4.1 and 5; RFC "
		"3489's restricted cone has such a filter).",
		"mapping filtering" },
	{ "address-and-port-dependent", "port-restricted cone; APDM; APDF",
		"Depending on the other end's address and port: the narrowest mapping or filter (RFC 4787 "
		"sections 4.1 and 5; RFC 3489's port-restricted cone has such a filter).",
		"mapping filtering symmetric-nat" },
	{ "symmetric NAT", "symmetric",
		"A NAT with a mapping of its own for each server and port (RFC 3489 section 5). What a "
		"STUN server sees is then not what a peer would see, and a relay is needed.",
		"mapping TURN" },
	{ "filtering", "NAT filtering",
		"Which packets from outside a mapping lets in: from anybody, from addresses that were "
		"spoken to, or from the very address and port (RFC 4787 section 5).",
		"endpoint-independent mapping" },
	{ "hairpinning", "hairpin; NAT loopback",
		"Two clients behind one NAT speak with each other by its public address: the NAT turns "
		"the packets round. It must be able to (RFC 4787 REQ-9, RFC 5382 REQ-8).",
		"hairpin-source hairpin-by" },
	{ "port allocation", "port preservation; port assignment",
		"How a NAT chooses the public port: the private one where it is free, the next one, or "
		"any at random (RFC 4787 section 4.2; at random against attackers: RFC 6056).",
		"ports port-range parity port-overloading" },
	{ "port overloading", "overloading",
		"One public port for several private ones at once, told apart by the server they speak "
		"with. More conversations fit, but mappings can no longer be endpoint-independent (RFC "
		"4787 section 4.2.1 forbids it).",
		"overload port-clash" },
	{ "port block", "block of ports; block allocation; port set",
		"Ports that a CGN gives a subscriber together, so that one line in the log tells who had "
		"them (RFC 6888 section 5; computed instead of logged: RFC 7422).",
		"block-allocation blocks-per-subscriber blocks_peak log_records" },
	{ "port exhaustion", "out of ports; port shortage",
		"A NAT, or a subscriber's quota, has no external port left: new flows are refused "
		"until old ones expire. The longer the timers, the sooner.",
		"port-block ports_peak sessions_refused" },
	{ "log record", "log; logging; log records",
		"What a carrier writes down of its NAT, so that an address and port lead to a "
		"subscriber: a line for each flow, or one for a whole block of ports (RFC 6888 section "
		"4).",
		"log_records port-block" },
	{ "hold-down", "port hold-down; quarantine",
		"Time during which a port that was given back is given to nobody else, so that late "
		"packets meet no stranger: at least 120 s in a CGN (RFC 6888 REQ-8).",
		"port-hold-down block-hold" },
	{ "pooling", "paired pooling; IP address pooling",
		"Whether a subscriber keeps one public address for all its conversations (paired, RFC "
		"4787 REQ-2) or each takes any.",
		"addresses mapping" },
	{ "refresh direction", "refresh",
		"Whose packets prolong a session: those from inside, from outside, or both. Those from "
		"inside must (RFC 4787 REQ-6); where those from outside do too, an attacker can hold it "
		"open.",
		"keepalive refresh" },
	{ "idle timeout", "timeout; time-out; timer; inactivity timer; binding timeout; NAT timeout",
		"How long a session may be silent before it is forgotten. UDP: at least 2 min (RFC 4787 "
		"REQ-5); an established TCP connection: at least 2 h 4 min (RFC 5382 REQ-5, RFC 5383 "
		"section 7). Many boxes have less.",
		"udp udp-stream tcp-established keepalive" },
	{ "eviction", "",
		"Throwing out a session before its time to make room for another one. Its owner learns of "
		"it only when nothing comes any more.",
		"capacity sessions_evicted" },
	{ "conntrack", "nf_conntrack; netfilter; iptables; nftables",
		"Linux' connection tracking, the state table of most home routers: 30 s for UDP without "
		"an answer, 2 min for UDP streams, 5 days for established TCP by default.",
		"tracker udp-stream tcp-established" },
	{ "ALG", "application-level gateway; application layer gateway",
		"A part of a NAT that knows one application (FTP, SIP) and rewrites addresses inside its "
		"packets (RFC 2663 section 2.9). They should be off by default (RFC 4787 REQ-10).",
		"alg" },
	{ "PCP", "Port Control Protocol; NAT-PMP",
		"Asks the NAT itself for a mapping with a lifetime, so that this NAT needs no keepalives; "
		"those behind it on the path still do (RFC 6887; its forerunner NAT-PMP: RFC 6886).",
		"pcp-minimum pcp-maximum" },
	{ "UPnP", "UPnP IGD; IGD; Internet Gateway Device",
		"A home router's older way of letting programs ask for a port forwarding (UPnP Forum's "
		"IGD). natnap has its successors, PCP and NAT-PMP.",
		"PCP port-forwarding" },
	{ "fragment", "fragmentation; fragments",
		"A piece of a packet that was too long. Only the first one holds ports, so that a NAT "
		"must keep the others or put them together (RFC 4787 section 10).",
		"fragment-timeout fragments-full MTU" },
	{ "MTU", "path MTU; PMTUD; path MTU discovery",
		"The longest packet that a way carries. Too long ones are cut, or an ICMP message tells "
		"the sender (RFC 1191); where it is lost, connections hang.",
		"mtu too-big MSS" },
	{ "TTL", "hop limit; time to live",
		"How many hops a packet may take (RFC 791). With a small one a packet goes no further "
		"than a near box: it refreshes that box alone, which tells whose timer is whose.",
		"refresh discover" },
	{ "ICMP error", "ICMP",
		"A message that a packet could not be delivered. A NAT must pass those that belong to a "
		"session on to its owner (RFC 5508 section 4).",
		"icmp-errors icmp-fails" },
	{ "reset", "RST; TCP reset",
		"A TCP segment that ends a connection at once (RFC 9293 section 3.5.2). A box that sends "
		"one when it forgets a session tells the client; one that is silent lets it wait. Guards "
		"against forged ones: RFC 5961.",
		"on-expiry reset-check resets" },
	{ "handshake", "SYN; three-way handshake; SYN/ACK",
		"How TCP opens: SYN, SYN/ACK, ACK (RFC 9293 section 3.5). Many boxes take up a "
		"connection only by its SYN. TLS and login come on top.",
		"reconnection tcp-syn-sent tls" },
	{ "half-closed", "FIN; half-open; half open; half close",
		"One end has said by FIN that it has no more to send, the other may go on (RFC 9293 "
		"section 3.6). Half open is another thing: one end is gone, and the other does not "
		"know.",
		"reset dead-detection tcp-fin-wait" },
	{ "port forwarding", "forwarding",
		"A mapping made by hand that lets anybody outside reach a machine inside, with no need of "
		"keepalives.",
		"forwards PCP" },
	{ "port sharing", "MAP-E; lw4o6; A+P",
		"Several subscribers have one public address, each with ports of its own (RFC 6346, RFC "
		"7597): the home's NAT then chooses from few.",
		"port-range port-block" },
	/* Radio and phone. */
	{ "RRC", "radio resource control",
		"Radio Resource Control: the machine of states by which the network gives a phone a "
		"channel and takes it away (3GPP TS 25.331 UMTS, 36.331 LTE, 38.331 NR). Idle costs "
		"little, connected much.",
		"promotion demotion tail radio_promotions" },
	{ "2G", "GSM; GPRS; EDGE",
		"GSM with GPRS: a phone is ready, and falls back to standby after a timer of 44 s "
		"unless the network says otherwise (T3314, 3GPP TS 24.008).",
		"gprs-ready-timer gsm-balasubramanian-2009" },
	{ "3G", "UMTS; WCDMA; HSPA",
		"UMTS: a radio goes down from DCH by FACH to idle, each after some seconds of silence; "
		"each way up costs delay and signalling (3GPP TS 25.331).",
		"fast-dormancy tail umts-huang-2012" },
	{ "LTE", "4G; E-UTRA",
		"The fourth generation: a phone is idle or connected, and is released after some "
		"seconds of silence, in which it listens by DRX (3GPP TS 36.331).",
		"DRX tail lte-tmobile-2021" },
	{ "5G", "NR; New Radio; NSA; SA; stand-alone",
		"The fifth generation, beside LTE (non-stand-alone) or alone (stand-alone), where a "
		"third state, inactive, lies between connected and idle (3GPP TS 38.331).",
		"RRC DRX nr-sa-tmobile-2021" },
	{ "cellular IoT", "NB-IoT; Cat-NB1; LTE-M; eMTC; Cat-M1; narrowband IoT",
		"LTE for things that say little (3GPP Release 13): NB-IoT takes 180 kHz, LTE-M six "
		"resource blocks. They sleep by eDRX and PSM and repeat themselves where coverage is "
		"bad.",
		"eDRX PSM coverage-enhancement nb-iot-psm" },
	{ "Wi-Fi", "WLAN; 802.11; wireless LAN",
		"A station sleeps between beacons and fetches what the access point kept for it (IEEE "
		"802.11's power save mode). A keepalive costs far less than over a cellular network.",
		"DTIM wifi-huang-2012" },
	{ "dormancy", "dormant; idle mode",
		"A radio without a channel, which only listens for paging now and then. Keepalives defeat "
		"it: each one wakes the radio, and the tail behind it costs more than the packet (RFC "
		"5383 section 5).",
		"tail paging radio_connected_s" },
	{ "promotion", "state promotion; RRC connection setup",
		"The way from idle to connected: signalling for some tenths of a second up to seconds "
		"before the first byte goes (3GPP TS 36.331 section 5.3.3).",
		"radio_promotions energy_promotion_j signalling_messages" },
	{ "demotion", "state demotion; RRC release",
		"The way back from connected to a cheaper state when an inactivity timer of the network "
		"runs out (3GPP TS 36.331 section 5.3.8).",
		"tail edge" },
	{ "tail", "tail time; tail energy; inactivity time",
		"The time after the last packet in which the radio stays connected because more might "
		"come: some 10 s in LTE. It is most of what a keepalive costs.",
		"energy_tail_j tail-riding demotion" },
	{ "fast dormancy", "SCRI",
		"The phone asks for its channel to be taken away at once instead of after the tail (3GPP "
		"TS 25.331 section 8.1.14).",
		"release-assistance tail" },
	{ "DRX", "discontinuous reception; cDRX; connected DRX",
		"Discontinuous reception: the radio listens only for short times in a fixed rhythm and "
		"sleeps between, while connected (3GPP TS 36.321 section 5.7) or idle (36.304 section "
		"7.1).",
		"eDRX cycle on-duration energy_drx_j" },
	{ "deep sleep", "light sleep; micro sleep; sleep state",
		"How far a modem is switched off between the times at which it listens: the deeper, "
		"the less it takes and the longer it needs to wake (3GPP TR 38.840 section 8.1).",
		"DRX nr-tr38840-im" },
	{ "DTIM", "delivery traffic indication message; beacon",
		"In every n-th beacon (about 102.4 ms apart) a Wi-Fi access point says for whom it "
		"holds packets; a station in power save listens to these alone (IEEE 802.11). A "
		"larger n saves power and delays what is pushed.",
		"cycle on-duration paging" },
	{ "eDRX", "extended DRX; extended discontinuous reception",
		"Extended DRX: an idle device listens for paging only every some seconds up to hours "
		"(3GPP TS 36.304 section 7.3, TS 23.682 section 4.5.13). What is pushed to it waits as "
		"long.",
		"DRX PSM paging push_delay_s" },
	{ "PSM", "power saving mode; power save mode",
		"Power saving mode: between its own messages the device is off the air and cannot be "
		"reached at all (3GPP TS 23.682 section 4.5.4). It listens only for the active time "
		"(T3324) after each message.",
		"tracking-area-update device_unreachable reachable_fraction" },
	{ "RAI", "release assistance indication; release assistance",
		"Release assistance indication: the device says with its last packet that nothing more "
		"will come, and the network takes the channel away at once, without a tail (3GPP TS "
		"24.301 section 9.9.4.25).",
		"release-assistance tail" },
	{ "paging", "page",
		"How the network calls an idle device: a short message at times when it listens (3GPP TS "
		"36.304 section 7). Each push to an idle device needs one.",
		"radio_pages energy_paging_j DRX" },
	{ "tracking area update", "TAU; periodic TAU; T3412",
		"A message by which an idle device tells the network where it is, also now and then "
		"without moving (timer T3412; 3GPP TS 24.301 section 5.5.3).",
		"PSM energy_update_j" },
	{ "signalling", "signaling; signalling storm; signaling storm",
		"Messages between device and network that carry no user data: setting up, releasing, "
		"paging. Many small keepalives load a network by them more than by bytes.",
		"signalling_messages radio_pages" },
	{ "cell", "base station; tower; eNodeB; gNodeB",
		"The network's end of the radio. It, not the phone, says when the radio is released "
		"and how often a sleeping phone listens, and it counts messages of signalling more "
		"than bytes.",
		"RRC signalling tail" },
	{ "coverage enhancement", "coverage; CE level",
		"NB-IoT and LTE-M repeat each transmission many times where the signal is weak (3GPP TS "
		"36.300); time on air and energy grow as much.",
		"coverage out_of_coverage_s" },
	{ "Doze", "light doze; deep doze; app standby",
		"Android's sleep: with the screen off and the phone at rest, apps run and use the network "
		"only in maintenance windows that come ever more rarely.",
		"light-idle deep-idle exempt high-priority device_asleep_s" },
	{ "alarm", "wakeup; wake-up",
		"A time at which an app has asked to be woken. A phone puts alarms off, so that "
		"several share a wake-up, and in Doze to its windows of maintenance.",
		"Doze processor_wakeups" },
	{ "wake lock", "wakelock",
		"What an app holds to keep a phone's processor awake. Each keepalive needs the processor "
		"for a moment, unless the radio answers by itself.",
		"wake-lock processor_wakeups hold" },
	{ "offload", "keepalive offload",
		"The radio chip or modem sends keepalives by itself, while the processor sleeps on.",
		"offload energy_processor_j" },
	{ "self-discharge", "",
		"What a battery loses by lying about, which bounds the life of devices that use almost "
		"nothing.",
		"self-discharge battery_life_h" },
	/* Client, server and their protocols. */
	{ "battery life", "battery drain; drain; standby time; mAh a day",
		"How long a charge lasts, from full to cut-off. What a day takes of it is the sum of "
		"radio, processor and the battery's other load.",
		"battery_life_h battery_percent_per_day mAh" },
	{ "keepalive", "keep-alive; keepalives; ping",
		"A packet that says nothing and is sent only so that the boxes do not forget the "
		"connection, or to see whether the other end is there (TCP: RFC 9293 section 3.8.4; what "
		"it costs: RFC 5383 section 5).",
		"heartbeat policy keepalives_sent energy_keepalive_j" },
	{ "heartbeat", "",
		"A keepalive of the application, mostly with an answer, so that both ends notice a dead "
		"connection: MQTT's PINGREQ, XMPP's whitespace (RFC 6120 section 4.6), SIP's CRLF (RFC "
		"5626 section 4.4).",
		"keepalive dead-detection application" },
	{ "piggybacking", "piggyback",
		"Data are as good as a keepalive: only after real silence is one sent.",
		"piggyback tail-riding" },
	{ "push", "push notification; server push",
		"What the server sends without being asked: a mail, a message, a call. It comes through "
		"only while every box remembers the connection.",
		"push_delay_s pushes_lost reachable" },
	{ "long polling", "long poll; polling; server-sent events; SSE",
		"A client asks over HTTP, and the server answers only when there is something to say, "
		"or goes on saying it (RFC 6202). Between two words the connection idles, and "
		"keepalives hold it.",
		"push ntfy" },
	{ "IMAP IDLE", "IMAP; mail; e-mail",
		"A mail client leaves its connection open and is told of new mail at once (RFC 2177), "
		"which asks it to renew that every 29 min at least.",
		"imap-idle interval" },
	{ "CoAP", "LwM2M",
		"HTTP's small relative for things (RFC 7252), by which LwM2M manages them. In queue "
		"mode the server keeps what it has until the device wakes and speaks.",
		"push-window lwm2m-queue coap-observe" },
	{ "SIP", "VoIP; IMS",
		"Telephony over the internet: who wants to be called keeps a flow to a server alive "
		"over UDP or TCP (RFC 5626).",
		"rfc5626 sip-outbound-udp ALG" },
	{ "reachable", "reachability; reachable time",
		"A client is reachable while a packet that its server sends now would come to it: every "
		"session on the path lives, the ends hold the connection open, and the device listens or "
		"will.",
		"reachable_fraction push_delay_s device_unreachable" },
	{ "dead detection", "dead peer detection; DPD; half-open connection",
		"How long an end believes in a connection that the path or the other end has already lost "
		"(half-open, RFC 9293 section 3.5.1; IPsec: RFC 3706).",
		"dead_detection_s answer-timeout TCP-user-timeout" },
	{ "reconnection", "reconnect",
		"Opening a lost connection anew: TCP, TLS and login, radio and all. Too few keepalives "
		"are paid for here.",
		"reconnects reconnect-delay energy_reconnect_j" },
	{ "back-off", "backoff; exponential backoff",
		"Waiting longer after each failure, and not everybody equally long, so that a server that "
		"comes back is not run over.",
		"reconnect-growth reconnect-jitter" },
	{ "jitter", "",
		"Differences between delays, or a random part that is added to an interval so that many "
		"clients do not speak at once.",
		"jittered reconnect-jitter rfc5626" },
	{ "distribution", "random value",
		"Most quantities may be drawn anew each time: uniform 20ms 60ms, lognormal 40ms 0.5, "
		"empirical FILE.",
		"uniform lognormal exponential empirical" },
	{ "RTO", "retransmission; retransmission timeout; retransmission time-out",
		"How long TCP waits for an acknowledgement before it sends again; doubled at each try "
		"(RFC 6298).",
		"rto-initial rto-min tcp-retries" },
	{ "RTT", "round trip; round-trip time; latency",
		"Round-trip time: from sending to the answer. Of a radio that sleeps it is mostly the "
		"wait for its promotion, or for the next time that it listens.",
		"promotion DRX delay push_delay_p95_s" },
	{ "MSS", "maximum segment size; MSS clamping",
		"The most data that a TCP segment may hold, said by each end when it opens (RFC 9293 "
		"section 3.7.1); boxes lower it on the way to avoid fragments.",
		"mss mss-clamp MTU" },
	{ "user timeout", "TCP user timeout; UTO",
		"How long data may stay unacknowledged before TCP gives up (RFC 9293 section 3.8.3, RFC "
		"5482): it bounds the time to find a connection dead.",
		"user-timeout dead-detection" },
	{ "delayed ACK", "delayed acknowledgement",
		"TCP waits up to half a second with an acknowledgement, in hope of data to send it with "
		"(RFC 9293 section 3.8.6.3).",
		"delayed-ack quick-acks" },
	{ "TIME-WAIT", "",
		"The state in which the end that closed first keeps a connection's ports for a while, for "
		"late segments (RFC 9293 section 3.3.2).",
		"tcp-time-wait" },
	{ "tail loss probe", "TLP",
		"TCP sends its last segment again early, since no later one would tell of its loss (RFC "
		"8985 section 7).",
		"tail-loss-probe" },
	{ "path validation", "connection migration",
		"QUIC survives a change of address: the server answers from the new one only when a "
		"challenge was returned from there (RFC 9000 sections 8.2 and 9).",
		"path-validation path-validation-limit" },
	{ "connection ID", "CID; migration; connection migration",
		"A number in each packet by which a server knows its client, whatever its address "
		"(QUIC: RFC 9000 section 5.1; DTLS: RFC 9146), so that a flow outlives its binding.",
		"path-validation follow" },
	{ "handover", "roaming; mobility; handoff; network change; airplane mode",
		"A device goes over to another cell or network. Within one network its address stays; "
		"from Wi-Fi to LTE it gets another one, and its bindings stay behind.",
		"network connection-ID reconnection" },
	{ "session resumption", "TLS resumption; resumption",
		"Opening TLS anew with what is left of an earlier time: fewer bytes and round trips (RFC "
		"8446 section 2.2).",
		"resume tls" },
	{ "hole punching", "NAT traversal; UDP hole punching",
		"Two clients behind NATs send to each other's public address at once, so that each one's "
		"NAT takes the other's packets for answers (RFC 5128 section 3.3). It needs "
		"endpoint-independent mappings.",
		"endpoint-independent STUN ICE" },
	{ "STUN", "",
		"Asks a server which public address and port it sees (RFC 8489). Its answers are true for "
		"peers only where the mapping is endpoint-independent.",
		"mapping ICE TURN" },
	{ "TURN", "",
		"A relay on a public address that passes packets on where two peers cannot reach each "
		"other; its allocations must be refreshed, 10 min by default (RFC 8656).",
		"relay ICE" },
	{ "ICE", "interactive connectivity establishment",
		"Tries all pairs of addresses that two peers have, and takes the best that works (RFC "
		"8445). It keeps them with a packet every 15 s (section 11).",
		"STUN TURN hole-punching" },
	{ "relay", "",
		"A server between two clients that both reach: always possible, but all packets go "
		"through it.",
		"TURN" },
	{ "NAT-T", "NAT traversal of IPsec; ESP in UDP",
		"IPsec inside UDP, so that NATs let it through, with a keepalive of one byte every 20 s "
		"by default (RFC 3948 section 4).",
		"keepalive gre" },
	/* Experiments and what they tell. */
	{ "VPN", "tunnel",
		"A tunnel through all boxes, mostly one UDP flow (WireGuard, OpenVPN, IPsec in UDP): "
		"one keepalive holds the way open for whatever is in it.",
		"NAT-T wireguard openvpn" },
	{ "scenario", "",
		"A file that says all about an experiment: path, middleboxes, radio, client, server, and "
		"which keys are swept.",
		"sweep profile" },
	{ "capture", "pcap; pcapng; trace; tcpdump; Wireshark",
		"A recording of packets. natnap run --pcap writes one of what it simulates; natnap "
		"replay passes one through a scenario.",
		"replay run" },
	{ "result", "output; JSON; CSV; results",
		"natnap run --out DIR writes summary.csv and run.json, --json prints the document. "
		"Names and units are the same in both, and a value has its interval of confidence "
		"beside it.",
		"metrics run" },
	{ "picture", "graph; chart; figure; diagram",
		"natnap plot DIR draws what an output folder allows, natnap report DIR makes one page "
		"of it.",
		"plot report" },
	{ "library", "API; embedding; Python; Shadow; ns-3",
		"natnap inside another program: a box behind a packet callback (libnatnap), or a "
		"scenario's text to JSON (libnatnap-run), from C, C++ and Python: docs/embedding.md.",
		"scenario middlebox" },
	{ "MPI", "cluster; ranks; OpenMPI",
		"One command over many machines: make MPI=1, then mpirun natnap run. The numbers are "
		"the same whatever the count of machines: docs/mpi.md.",
		"replication run" },
	{ "profile", "profiles",
		"A named file of values for one middlebox, radio, battery, device, application or TCP "
		"stack, each with its source: natnap profiles lists them.",
		"scenario verified" },
	{ "subscriber", "user", "One client with its radio and the private part of its path.",
		"population subscribers" },
	{ "population", "",
		"Many subscribers behind shared middleboxes, who compete for ports and room in the "
		"tables.",
		"subscriber CGN mix" },
	{ "replication", "run; repetition",
		"One run of a scenario with random numbers of its own. How far several differ tells how "
		"sure a mean is.",
		"replications confidence-interval seed" },
	{ "confidence interval", "confidence; CI; ci95; 95 % interval",
		"Where the true mean lies with 95 % certainty, as far as the replications tell. natnap "
		"help METRIC says how each metric's is made.",
		"replication replications" },
	{ "seed", "random seed",
		"The number that all random draws follow from: the same seed gives the same results, "
		"however many threads there are.",
		"replication" },
	{ "warm-up", "transient",
		"The time at the start that is simulated but not counted, so that an empty start does no "
		"harm to a mean.",
		"warm-up" },
	{ "sensitivity analysis", "sensitivity; Morris screening; tornado",
		"How much of a metric's change is due to each key: natnap run --sensitivity screens keys "
		"by Morris' method and shares the variance out by Sobol's indices.",
		"sobol latin-hypercube" },
	{ "mu*", "mu_star; mu; elementary effect",
		"Of Morris' screening: by how much a metric changes on average when a key goes through half "
		"of its range, whichever way (mu keeps the sign: rises, falls). sigma is how much that "
		"differs from place to place: the key acts together with others, or not in a line.",
		"sensitivity-analysis sobol-index" },
	{ "Sobol index", "first_order; first order; total; total index; share of variance",
		"The share of a metric's variance that a key makes by itself (first order), or by itself and "
		"together with others (total). Estimates, so that a little over 1 or under 0 is chance.",
		"sensitivity-analysis mu*" },
	{ "chance of a miss", "violation_probability; chance to miss",
		"The probability that a value which natnap names does not meet its targets after all: by the "
		"replications that prove it. One replication alone leaves it unknown.",
		"tune recommendation replications" },
	{ "longest gap", "longest_gap_s; cut_at_s; used_after_cut; keepalive_period_s",
		"Of a flow in a capture: its longest silence. Where a middlebox' timer is shorter the flow "
		"would have been cut there (cut_at_s), which is noticed if it is used afterwards. A regular "
		"word in the silences is its keepalive, with its period.",
		"replay idle-timeout keepalive" },
	{ "daily", "through the day; busy hour",
		"Behind arrivals: weights of equal spans of a day, so that the rate follows the hours while "
		"its mean stays (poisson 4/h daily 1 1 3 1).",
		"poisson push load" },
	{ "Pareto front", "trade-off",
		"The settings that no other one beats in both of two aims, such as energy and "
		"reachability. What is not on it is never a good choice.",
		"energy_j reachable_fraction" },
	{ "percentile", "quantile; p95; p99; median",
		"The value that so many of a hundred stay below: push_delay_p95_s is met by 95 % of "
		"pushes. Means hide the unlucky ones.",
		"push_delay_p95_s metrics" },
	{ "oracle", "",
		"A policy that knows every timer: no real client can, and none that keeps its connection "
		"can do with fewer keepalives, so that it tells how good the others are.",
		"oracle policy" },
	{ "recommendation", "optimal; best interval; tuning",
		"The cheapest setting that meets targets such as being reachable 99.9 % of the time: "
		"natnap tune finds it and says how sure it is.",
		"tune Pareto-front" },
	{ "conformance", "",
		"Whether a box does what the RFCs ask of it: natnap check tells each requirement's "
		"verdict.",
		"check NAT" },
	{ "discovery", "timer discovery",
		"Finding a box's timers and behaviour by probing from outside: natnap discover.",
		"discover idle-timeout" },
	{ NULL, NULL, NULL, NULL },
};
