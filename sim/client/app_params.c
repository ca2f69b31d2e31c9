/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/app.h"

#define ROW(field) offsetof(struct nap_app_config, field)

static const char *const transport_words[] = { [NAP_OVER_UDP] = "udp", [NAP_OVER_TCP] = "tcp", NULL };
static const char *const tls_words[] = { [NAP_TLS_NONE] = "none",
	[NAP_TLS_12] = "tls12",
	[NAP_TLS_13] = "tls13",
	[NAP_DTLS_12] = "dtls12",
	[NAP_DTLS_13] = "dtls13",
	[NAP_QUIC] = "quic",
	[NAP_WIREGUARD] = "wireguard",
	NULL };
static const char *const resume_words[] = {
	[NAP_RESUME_NONE] = "none", [NAP_RESUME_TICKET] = "ticket", [NAP_RESUME_EARLY] = "early", NULL
};
static const char *const mapping_words[] = {
	[NAP_MAPPING_NOTE] = "note", [NAP_MAPPING_IGNORE] = "ignore", [NAP_MAPPING_REOPEN] = "reopen", NULL
};
static const char *const from_words[] = { "failure", "attempt", NULL };
static const char *const order_words[] = { [NAP_CONNS_LIFO] = "lifo", [NAP_CONNS_FIFO] = "fifo", NULL };
static const char *const follow_words[] = { [NAP_FOLLOW_NEVER] = "no",
	[NAP_FOLLOW_ALWAYS] = "yes",
	[NAP_FOLLOW_AUTHENTICATED] = "authenticated",
	[NAP_FOLLOW_STAYS] = "stays",
	NULL };

const struct nap_param nap_app_params[] = {
	{ "source", NAP_P_TEXT, ROW(source), "", NULL, NULL, NULL, "Where the profile's numbers are from." },
	{ "note", NAP_P_TEXT, ROW(note), "", NULL, NULL, NULL, "What to know about the numbers." },
	{ "verified", NAP_P_TEXT, ROW(verified), "", NULL, NULL, NULL,
		"yes: every number was seen in the source, save those listed in unverified; else in words "
		"which were not." },
	{ "unverified", NAP_P_TEXT, ROW(unverified), "", NULL, NULL, NULL,
		"Keys of this profile whose values are unsure, with semicolons between them." },
	{ "transport", NAP_P_WORD, ROW(transport), "udp", NULL, NULL, transport_words,
		"What carries the application." },
	{ "port", NAP_P_UINT, ROW(port), "4500", "1", "65535", NULL, "The server's port." },
	{ "start", NAP_P_DIST_TIME, ROW(start), "0s", "0s", "3650d", NULL,
		"When the client opens its flow; give populations a distribution (uniform 0s 55s), or all "
		"speak at once." },
	{ "keepalive-size", NAP_P_BYTES, ROW(keepalive_size), "1B", "0B", "60kB", NULL,
		"Payload of a keepalive. tls = wireguard: above 32B, the size of an empty packet, it is a "
		"datagram in the tunnel." },
	{ "keepalive-answer", NAP_P_BYTES, ROW(keepalive_answer), "0B", "0B", "60kB", NULL,
		"Payload of the server's answer to a keepalive; 0B: it does not answer." },
	{ "keepalive-is-ping", NAP_P_BOOL, ROW(tcp.pings), "no", NULL, NULL, NULL,
		"Over TCP: is a keepalive a ping of the protocol that proxies speak themselves (HTTP/2 "
		"PING), "
		"so that they answer it and do not pass it on (pings)? A WebSocket's ping is payload to "
		"them." },
	{ "push-size", NAP_P_BYTES, ROW(push_size), "100B", "1B", "60kB", NULL, "Payload of a push." },
	{ "answer-size", NAP_P_BYTES, ROW(answer_size), "1B", "0B", "60kB", NULL,
		"Payload of the client's answer to a push." },
	{ "answer", NAP_P_BOOL, ROW(answer), "yes", NULL, NULL, NULL,
		"Does the client answer each push by one packet?" },
	{ "release-assistance", NAP_P_BOOL, ROW(release_assistance), "yes", NULL, NULL, NULL,
		"Over UDP, on a radio whose network asks for it ([radio] release-assistance): does the "
		"client say "
		"with each message that nothing will follow, or that one answer will?" },
	{ "starttls", NAP_P_BOOL, ROW(starttls), "no", NULL, NULL, NULL,
		"Does TLS begin inside the application's protocol, after an exchange in the clear (RFC 5383 "
		"section 8)? Else it "
		"comes first (RFC 8314)." },
	{ "starttls-round-trips", NAP_P_UINT, ROW(starttls_round_trips), "2", "1", "10", NULL,
		"Round trips of that exchange: capabilities, STARTTLS." },
	{ "starttls-up", NAP_P_BYTES, ROW(starttls_up), "30B", "0B", "60kB", NULL,
		"Bytes sent in these, in all." },
	{ "starttls-down", NAP_P_BYTES, ROW(starttls_down), "300B", "0B", "60kB", NULL,
		"Bytes received in these, in all." },
	{ "tls", NAP_P_WORD, ROW(tls), "none", NULL, NULL, tls_words,
		"Security handshake of an opening: TLS 1.2 takes two round trips, TLS 1.3 and QUIC one, DTLS "
		"a cookie exchange more. QUIC and WireGuard bring their own timers with them." },
	{ "resume", NAP_P_WORD, ROW(resume), "none", NULL, NULL, resume_words,
		"What shortens the handshake of a reopening: nothing, a session ticket, or a ticket with "
		"early data (0-RTT)." },
	{ "certificates", NAP_P_BYTES, ROW(certificates), "3kB", "0B", "60kB", NULL,
		"The server's certificate chain in a full handshake." },
	{ "open-round-trips", NAP_P_UINT, ROW(open_round_trips), "0", "0", "100", NULL,
		"Round trips of the login, after the transport's and the security handshake." },
	{ "open-up", NAP_P_BYTES, ROW(open_up), "0B", "0B", "60kB", NULL,
		"Bytes sent in the login's round trips, in all." },
	{ "open-down", NAP_P_BYTES, ROW(open_down), "0B", "0B", "60kB", NULL,
		"Bytes received in them, in all." },
	{ "open-timeout", NAP_P_WAIT, ROW(open_timeout), "1s", "1ms", "1h", NULL,
		"UDP: how long the client waits for the answer to an opening packet before it repeats it; "
		"doubles each time." },
	{ "open-tries", NAP_P_UINT, ROW(open_tries), "7", "1", "16", NULL,
		"UDP: transmissions of an opening packet before the opening has failed (Rc of RFC 8489 "
		"6.2.1)." },
	{ "open-limit", NAP_P_TIME, ROW(open_limit), "never", "1ms", NULL, NULL,
		"UDP: an opening is given up after so long (quic-go: 5 s); never: when open-tries are used "
		"up." },
	{ "mapping-change", NAP_P_WORD, ROW(mapping_change), "note", NULL, NULL, mapping_words,
		"UDP: what the client does when the answer to a keepalive names a new mapped address (STUN): "
		"note it as a lost "
		"binding, ignore (answers name none), or count the flow as failed and reopen (RFC 5626 "
		"4.4.2)." },
	{ "icmp-fails", NAP_P_BOOL, ROW(icmp_fails), "no", NULL, NULL, NULL,
		"UDP: does the client count the flow as failed when an ICMP error about it reports an "
		"unreachable "
		"destination or a parameter problem (SIP: RFC 3261 18.4, RFC 5626 4.4.2)? Others ignore "
		"it." },
	{ "follow", NAP_P_WORD, ROW(follow), "yes", NULL, NULL, follow_words,
		"UDP: does the server follow the client to a new address without a new opening (connection "
		"ID: QUIC, DTLS of RFC 9146; roaming: WireGuard)? "
		"yes: at once; no: it is a stranger; authenticated: not by keepalives that ask for no answer "
		"(IPsec's 0xFF, which do not count as heard either); stays: "
		"it is known, but what the server sends goes on to the old address (quic-go 0.29)." },
	{ "move-size", NAP_P_BYTES, ROW(move_size), "140B", "1B", "60kB", NULL,
		"UDP, follow = authenticated: payload of the message by which a client with a new address "
		"says so, and of its answer (MOBIKE)." },
	{ "reliable", NAP_P_BOOL, ROW(reliable), "no", NULL, NULL, NULL,
		"UDP: are pushes kept and repeated until the client has answered them (QUIC streams, CoAP "
		"confirmable)?" },
	{ "push-timeout", NAP_P_WAIT, ROW(push_timeout), "1s", "1ms", "1h", NULL,
		"UDP, reliable: how long the server waits for the answer to a push before it repeats it; "
		"doubles each time." },
	{ "push-tries", NAP_P_UINT, ROW(push_tries), "8", "1", "16", NULL,
		"UDP, reliable: transmissions of a push after which the server gives the flow up." },
	{ "answer-timeout", NAP_P_WAIT, ROW(answer_timeout), "30s", "1ms", NULL, NULL,
		"A keepalive that was to be answered and was not for so long has failed; a share is one of "
		"the interval (100%: MQTT clients that wait one keepalive; 300%: SSH's three requests), a "
		"distribution is drawn from for each keepalive (uniform 2s 3s: CoAP), whose repetitions go "
		"on from what was drawn." },
	{ "answer-timeout-most", NAP_P_TIME, ROW(answer_most), "never", "1ms", NULL, NULL,
		"What a share of the interval comes to at most (Python's websockets: 20 s, however rare its "
		"pings)." },
	{ "answer-tries", NAP_P_UINT, ROW(answer_tries), "1", "1", "100", NULL,
		"UDP: failed keepalives in a row after which the client takes its flow for dead and opens "
		"anew. TCP repeats by "
		"itself." },
	{ "answer-backoff", NAP_P_BOOL, ROW(answer_backoff), "no", NULL, NULL, NULL,
		"UDP: does each repetition of a keepalive wait longer for the answer than the one before, "
		"twice as "
		"long (RFC 8489 6.2.1, QUIC's probe time-out) unless answer-growth says otherwise?" },
	{ "answer-growth", NAP_P_SHARE, ROW(answer_growth), "200%", "100%", "1000%", NULL,
		"How long each of these waits is against the one before (charon: 180%)." },
	{ "answer-last", NAP_P_TIME, ROW(answer_last), "never", "1ms", NULL, NULL,
		"UDP: how long the last repetition waits (STUN: Rm times the first, 8 s); never: as "
		"answer-timeout has it." },
	{ "path-validation", NAP_P_BYTES, ROW(validation), "0B", "0B", "60kB", NULL,
		"UDP: payload of the server's challenge to a client at a new address, and of the response "
		"(QUIC: 1200 bytes, RFC "
		"9000 8.2); 0B: it believes any packet that the flow's keys protect." },
	{ "path-validation-limit", NAP_P_UINT, ROW(validation_limit), "3", "0", "100", NULL,
		"UDP: until a client at a new address has responded to the challenge, the server sends it at "
		"most so many times the bytes that came from there (RFC "
		"9000 8.1, 9.3), which makes the first challenge smaller; unanswered for too long, it goes "
		"back to the old address. 0: no limit." },
	{ "rekey", NAP_P_TIME, ROW(rekey), "never", "1s", NULL, NULL,
		"UDP: the first keepalive so long after the keys were made makes new ones: the last opening "
		"round trip again "
		"(WireGuard: 120 s); never: keys last." },
	{ "renew", NAP_P_SPAN, ROW(renew), "never", "1s", NULL, NULL,
		"The first keepalive so long after the last registration renews it: the last opening round "
		"trip again "
		"(SIP: 90 % of what the registrar's Expires says); never: it lasts." },
	{ "liveness", NAP_P_SPAN, ROW(liveness), "never", "1s", NULL, NULL,
		"The client asks whether the server lives when it has received nothing for so long, beside "
		"its keepalives "
		"(IKE's dead peer detection, RFC 7296 2.4: charon's dpd_delay); without an answer it "
		"repeats that as "
		"answer-timeout, answer-tries and answer-backoff say, then its flow is dead. Keepalives that "
		"are answered tell that themselves: then it does not ask, nor where answer-timeout is "
		"never." },
	{ "liveness-size", NAP_P_BYTES, ROW(liveness_size), "80B", "1B", "60kB", NULL,
		"Payload of that question." },
	{ "liveness-answer", NAP_P_BYTES, ROW(liveness_answer), "80B", "1B", "60kB", NULL,
		"Payload of the answer to it." },
	{ "rekey-attempt-time", NAP_P_TIME, ROW(rekey_attempt_time), "90s", "1s", "1d", NULL,
		"tls = wireguard: an unanswered handshake is repeated each open-timeout for so long; "
		"programs send "
		"two more then, and give up." },
	{ "rekey-jitter", NAP_P_TIME, ROW(rekey_jitter), "333ms", "0s", "1min", NULL,
		"tls = wireguard: what is added at random to these waits, and to the one for life of the "
		"other end." },
	{ "reject-after", NAP_P_TIME, ROW(reject_after), "180s", "1s", NULL, NULL,
		"tls = wireguard: keys so old are used no more: what is to be sent waits for a handshake." },
	{ "passive-keepalive", NAP_P_TIME, ROW(passive_keepalive), "10s", "1s", "1d", NULL,
		"tls = wireguard: an end that got data and has sent nothing for so long sends one empty "
		"packet; one "
		"that has sent data and heard nothing for so long and open-timeout makes new keys." },
	{ "max-ack-delay", NAP_P_TIME, ROW(max_ack_delay), "25ms", "0s", "4s", NULL,
		"tls = quic: a lone packet is acknowledged after so long, the second at once; part of each "
		"probe "
		"time-out (RFC 9002 6.2.1)." },
	{ "pto-packets", NAP_P_UINT, ROW(pto_packets), "2", "1", "2", NULL,
		"tls = quic: packets that a probe time-out sends (RFC 9002 6.2.4: one or two)." },
	{ "handshake-time", NAP_P_TIME, ROW(handshake_time), "0s", "0s", "1min", NULL,
		"tls = quic: how long the server works on its first answer; the client takes it for part of "
		"the "
		"round trip (RFC 9002 5.3)." },
	{ "mtu-from", NAP_P_BYTES, ROW(mtu_from), "1200B", "1B", "60kB", NULL,
		"tls = quic: the datagrams that both ends know to pass." },
	{ "mtu-to", NAP_P_BYTES, ROW(mtu_to), "0B", "0B", "60kB", NULL,
		"tls = quic: the largest they try, by probes that ride on what they send (RFC 9000 14.3); "
		"not above "
		"mtu-from: none." },
	{ "push-window", NAP_P_TIME, ROW(window), "never", "1s", NULL, NULL,
		"The server sends pushes only so long after it heard the client, and keeps others until it "
		"does again (queue mode "
		"of LwM2M: 93 s); never: at any time. Needs tcp or reliable." },
	{ "session-timeout", NAP_P_SPAN, ROW(session_timeout), "never", "1s", NULL, NULL,
		"The server closes a flow on which it has not heard the client for so long, as the protocol "
		"has it "
		"(MQTT: 150% of the keepalive interval told when connecting)." },
	{ "idle-timeout", NAP_P_SPAN, ROW(idle_timeout), "never", "1s", NULL, NULL,
		"Both ends forget a flow without a word when nothing was received for so long (OpenVPN's "
		"ping-restart; "
		"QUIC's max_idle_timeout, the smaller of both ends' values)." },
	{ "server-idle-timeout", NAP_P_SPAN, ROW(server_idle), "never", "1s", NULL, NULL,
		"The server's own idle-timeout where it differs (OpenVPN's keepalive gives the server twice "
		"the "
		"client's); never: the same." },
	{ "server-pings", NAP_P_SPAN, ROW(server_keepalive), "never", "1s", NULL, NULL,
		"The protocol has the server send keepalives as well, when it has sent nothing for so long "
		"(OpenVPN, "
		"AMQP: 100% of the client's interval)." },
	{ "server-ping-stretch", NAP_P_SHARE, ROW(server_ping_stretch), "100%", "1%", "1000%", NULL,
		"How long the server waits before a keepalive of its own, against what [server] keepalive "
		"says (OpenSSH 9.2: 200% of ClientAliveInterval)." },
	{ "server-ping-count", NAP_P_UINT, ROW(server_ping_count), "0", "0", "100", NULL,
		"Keepalives of the server in a row after which nothing was heard, at which it closes when "
		"the next would be due (sshd: ClientAliveCountMax 3); 0: it does not "
		"count." },
	{ "server-ping-timeout", NAP_P_SPAN, ROW(server_ping_timeout), "never", "1ms", NULL, NULL,
		"The server closes when nothing was heard for so long after a keepalive of its own (gRPC: 20 "
		"s)." },
	{ "min-ping-interval", NAP_P_TIME, ROW(min_ping), "0s", "0s", NULL, NULL,
		"The server bears keepalives of the client closer together than this only ping-strikes times "
		"(gRPC: 5 min); what it sends itself but answers to keepalives "
		"begins the account anew. 0s: it does not mind." },
	{ "ping-strikes", NAP_P_UINT, ROW(ping_strikes), "2", "0", "100", NULL,
		"Keepalives that may come too soon; the next one ends the flow (gRPC: GOAWAY, "
		"too_many_pings)." },
	{ "ping-backoff", NAP_P_SHARE, ROW(ping_backoff), "100%", "100%", "1000%", NULL,
		"How long a client whose keepalives were too many waits between them from then on, against "
		"before (gRPC on the same channel: 200%)." },
	{ "close-size", NAP_P_BYTES, ROW(close_size), "0B", "0B", "60kB", NULL,
		"Payload of what an end says when it closes a flow by itself (GOAWAY, a WebSocket's close "
		"frame); over TCP 0B: it just closes." },
	{ "close-timeout", NAP_P_TIME, ROW(close_timeout), "0s", "0s", NULL, NULL,
		"TCP: how long a client that has given its flow up waits for the server to close it, before "
		"it closes by itself (python websockets: 20 s)." },
	{ "server-close-timeout", NAP_P_TIME, ROW(server_close_timeout), "0s", "0s", NULL, NULL,
		"TCP: the same of the server (python websockets: 10 s)." },
	{ "idle-restarts", NAP_P_BOOL, ROW(idle_restarts), "no", NULL, NULL, NULL,
		"Does the client's first packet after the last receipt restart its idle-timeout (QUIC: RFC "
		"9000 10.1)?" },
	{ "reopen", NAP_P_BOOL, ROW(reopen), "yes", NULL, NULL, NULL,
		"Does the client reopen at once when it notices that its flow is over? Else when the policy "
		"next has it speak." },
	{ "reconnect-delay", NAP_P_WAIT, ROW(reconnect_delay), "0s", "0s", "1d", NULL,
		"From noticing a dead flow to opening the next one." },
	{ "reconnect-max", NAP_P_TIME, ROW(reconnect_max), "30min", "1s", "1d", NULL,
		"Openings that fail are tried again after 1 s, 2 s, 4 s and so on (reconnect-growth) up to "
		"this (RFC 5626 "
		"4.5: 1800 s). So are flows over UDP without opening that ICMP ends (icmp-fails) before the "
		"server "
		"was heard." },
	{ "reconnect-growth", NAP_P_SHARE, ROW(reconnect_growth), "200%", "100%", "1000%", NULL,
		"How long each of these waits is against the one before (gRPC: 160%)." },
	{ "reconnect-from", NAP_P_WORD, ROW(from_attempt), "failure", NULL, NULL, from_words,
		"Do these waits count from the failure, or from the beginning of the attempt that failed "
		"(gRPC's "
		"connection back-off)?" },
	{ "reconnect-jitter", NAP_P_SHARE, ROW(reconnect_jitter), "0%", "0%", "100%", NULL,
		"Each wait before an opening is shortened at random by up to this share, so that a reboot "
		"does not bring all "
		"clients back at once (RFC 5626 4.5: 50 %)." },
	{ "server-tcp-keepalive", NAP_P_TIME, ROW(server_tcp_keepalive.idle), "never", "1s", NULL, NULL,
		"TCP: the keepalive option that servers of this application set on their sockets (Redis: "
		"300 s), where [server] has no tcp-keepalive." },
	{ "server-tcp-keepalive-interval", NAP_P_TIME, ROW(server_tcp_keepalive.interval), "75s", "1s", "1h",
		NULL, "Time between its probes (Redis: a third of the time)." },
	{ "server-tcp-keepalive-count", NAP_P_UINT, ROW(server_tcp_keepalive.count), "9", "1", "100", NULL,
		"Unanswered probes after which the server's end is over (Redis: 3)." },
	{ "report", NAP_P_ARRIVALS, ROW(report.times), "none", NULL, NULL, NULL,
		"When the client's application has something to say of its own, keepalives aside (a publish, "
		"a "
		"call): a "
		"request, which goes over the flow, or over the next one as soon as that is open." },
	{ "report-size", NAP_P_BYTES, ROW(report.size), "100B", "1B", "60kB", NULL, "Payload of a request." },
	{ "report-answer", NAP_P_BYTES, ROW(report.answer), "0B", "0B", "60kB", NULL,
		"Payload of the server's answer to it. Requests that are answered go one at a time, the "
		"others wait, "
		"16 in all. "
		"0B: none, and requests go as they come." },
	{ "report-answer-time", NAP_P_DIST_TIME, ROW(report.answer_time), "0s", "0s", NULL, NULL,
		"How long the server takes from a request to its answer; its idle-timeout counts from the "
		"answer." },
	{ "report-timeout", NAP_P_TIME, ROW(report.timeout), "30s", "1ms", NULL, NULL,
		"A request whose answer stays out for so long has failed (a read timeout), and the client "
		"takes "
		"its flow for "
		"dead; QUIC's and WireGuard's go on." },
	{ "report-tries", NAP_P_UINT, ROW(report.tries), "1", "1", "16", NULL,
		"UDP: transmissions of a request before that; each waits twice as long as the one before "
		"(CoAP: "
		"5)." },
	{ "report-retries", NAP_P_UINT, ROW(report.retries), "0", "0", "100", NULL,
		"How often a request whose flow died under it is made anew over the next flow before it has "
		"failed (MQTT "
		"with QoS 1: 100; most HTTP clients: 0 or 1)." },
	{ "report-retry-timeouts", NAP_P_BOOL, ROW(report.retry_timeouts), "no", NULL, NULL, NULL,
		"Does report-retries count for a request, too, whose answer has stayed out for "
		"report-timeout? The flow is given up and the request made anew over the next (yes: the AWS "
		"SDKs after a read timeout; no: most HTTP clients, JDBC)." },
	{ "notices-close", NAP_P_BOOL, ROW(report.notices_close), "yes", NULL, NULL, NULL,
		"TCP: does a program with no request out see at once that its connection was closed or reset "
		"(event loops: nginx, Node.js, most HTTP clients)? no: when it next uses it (drivers that "
		"read for "
		"answers alone, as most for MySQL, PostgreSQL, Redis): the connection rests in its pool "
		"meanwhile "
		"(CLOSE_WAIT), a request on it fails at once, and validate finds it." },
	{ "retire-idle", NAP_P_TIME, ROW(report.retire_idle), "never", "0s", NULL, NULL,
		"The client closes a flow that no request has used for so long (a pool's idleTimeout, "
		"minEvictableIdleTime); with reopen = yes it opens the next one at once, else for the next "
		"request. 0s: a connection for each request, in a pool or with reopen = no." },
	{ "retire-age", NAP_P_TIME, ROW(report.retire_age), "never", "1s", NULL, NULL,
		"The client closes a flow so long after it was opened, when no request is out (a pool's "
		"maxLifetime)." },
	{ "validate", NAP_P_TIME, ROW(report.validate), "never", "0s", NULL, NULL,
		"Before a request on a flow that none has used for so long the client asks whether the "
		"server "
		"lives (liveness-size, liveness-answer; a pool's test on borrow: 0s); the request goes when "
		"that is answered, else over another flow." },
	{ "validate-timeout", NAP_P_TIME, ROW(report.validate_timeout), "5s", "1ms", NULL, NULL,
		"How long that may take before the flow counts as dead (HikariCP: 5 s)." },
	{ "pool-most", NAP_P_UINT, ROW(pool.most), "0", "0", "256", NULL,
		"A pool of so many connections (over UDP: ports) at most, each with its own session at the "
		"middleboxes. A "
		"request takes one that is idle; when none is, one more is opened, and the request goes over "
		"the first that is free. Each keeps itself alive by the policy, retire-age and validate; "
		"retire-idle closes those above pool-least; reopen and reconnect-delay mean nothing. A push "
		"goes "
		"over the one that the server heard from last. 0: no pool, one flow." },
	{ "pool-least", NAP_P_UINT, ROW(pool.least), "0", "0", "256", NULL,
		"So many connections are opened at the start and kept, requests or not (minimumIdle). "
		"Without requests: several flows at once." },
	{ "pool-order", NAP_P_WORD, ROW(pool.order), "lifo", NULL, NULL, order_words,
		"Which idle connection a request takes: lifo, the one that was used last (most HTTP clients, "
		"DBCP), or fifo, the one that has rested longest (round robin)." },
	{ "pool-wait", NAP_P_TIME, ROW(pool.wait), "never", "0s", NULL, NULL,
		"A request that waits so long for a connection has failed (HikariCP's connectionTimeout: "
		"30 s)." },
	{ "background", NAP_P_ARRIVALS, ROW(background), "none", NULL, NULL, NULL,
		"When the device's other applications send something: it wakes the radio, and costs its own "
		"energy." },
	{ "background-size", NAP_P_BYTES, ROW(background_size), "1kB", "1B", "60kB", NULL,
		"How much they send each time." },
	{ "answer-timeout-to-tcp", NAP_P_BOOL, ROW(hands_on), "no", NULL, NULL, NULL,
		"TCP: does the program hand its answer-timeout to TCP as user-timeout (gRPC, whose attempts "
		"to connect "
		"then end by it too)?" },
	NAP_PARAM_END
};

/* The rows' fields stand side by side, as the values are read. */
#define IS_WAIT(first, share, from)                                                                          \
	_Static_assert(ROW(share) - ROW(first) == offsetof(struct nap_wait, span.of) &&                      \
			       ROW(from) - ROW(first) == offsetof(struct nap_wait, dist),                    \
		"a wait is a time, a share and a distribution")
IS_WAIT(open_timeout, open_of, open_dist);
IS_WAIT(push_timeout, push_of, push_dist);
IS_WAIT(answer_timeout, answer_of, answer_dist);
IS_WAIT(reconnect_delay, reconnect_of, reconnect_dist);

void nap_app_set_interval(struct nap_app_config *app, nap_time interval)
{
	app->interval = interval;
	for (const struct nap_param *row = nap_app_params; row->key; row++) {
		struct nap_span *span = (void *)((char *)app + row->offset);

		if ((row->type != NAP_P_SPAN && row->type != NAP_P_WAIT) || span->of <= 0.0)
			continue;
		span->time = interval == NAP_NEVER
				     ? NAP_NEVER
				     : nap_time_max((nap_time)(span->of * (double)interval), NAP_MS);
	}
	if (app->answer_of > 0.0)
		app->answer_timeout = nap_time_min(app->answer_timeout, app->answer_most);
	if (app->hands_on)
		app->tcp.user_timeout = nap_time_min(app->tcp.user_timeout, app->answer_timeout);
}
