/* SPDX-License-Identifier: BSD-2-Clause */
/* What the host's TCP is like: keys of [client], and of profiles of hosts (stacks). */
#include "client/app.h"

#define ROW(field) offsetof(struct nap_app_config, field)

const struct nap_param nap_stack_params[] = { { "connect-timeout", NAP_P_TIME, ROW(connect_timeout), "never",
						      "1ms", NULL, NULL,
						      "TCP: an attempt to connect is given up after so long, "
						      "by the program (gRPC: 20 s) or its host "
						      "(BSD: 75 s); never: when its SYNs have all gone." },
	{ "rto-initial", NAP_P_TIME, ROW(tcp.rto_initial), "1s", "1ms", "1h", NULL,
		"TCP: first retransmission time-out, before a round trip was measured (RFC 6298 2.1)." },
	{ "rto-min", NAP_P_TIME, ROW(tcp.rto_min), "200ms", "1ms", "1h", NULL,
		"TCP: least that the variance adds to the round trip in a retransmission time-out, as in "
		"Linux (RFC "
		"6298 2.4 asks for 1 s in all)." },
	{ "rto-max", NAP_P_TIME, ROW(tcp.rto_max), "120s", "1s", "1h", NULL,
		"TCP: largest retransmission time-out (Linux 120 s; RFC 6298 2.5: 60 s or more)." },
	{ "tcp-retries", NAP_P_UINT, ROW(tcp.retries), "15", "1", "100", NULL,
		"TCP: data is given up at the first time-out that comes as long after the first "
		"retransmission as so "
		"many take from rto-min (Linux tcp_retries2: 15, 924.6 s)." },
	{ "orphan-retries", NAP_P_UINT, ROW(tcp.orphan_retries), "8", "1", "100", NULL,
		"TCP: the same for what is left to send when the program has closed its connection (Linux "
		"tcp_orphan_retries: 0, which stands for 8)." },
	{ "syn-retries", NAP_P_UINT, ROW(tcp.syn_retries), "6", "0", "30", NULL,
		"TCP: retransmissions of a SYN, each of which waits twice as long as the one before (Linux "
		"tcp_syn_retries)." },
	{ "syn-linear-timeouts", NAP_P_UINT, ROW(tcp.syn_linear), "4", "0", "30", NULL,
		"TCP: retransmissions of a SYN before these, rto-initial apart (Linux "
		"tcp_syn_linear_timeouts: 4 "
		"since 6.5, so that a SYN fails after 131 s; 0 before, 127 s)." },
	{ "synack-retries", NAP_P_UINT, ROW(tcp.synack_retries), "5", "0", "30", NULL,
		"TCP: retransmissions of a SYN-ACK (Linux tcp_synack_retries)." },
	{ "fin-timeout", NAP_P_TIME, ROW(tcp.fin_timeout), "60s", "1s", "1h", NULL,
		"TCP: how long a connection that its program has closed waits for the peer to close it too "
		"(FIN-WAIT-2; Linux tcp_fin_timeout). What comes meanwhile, and later, is answered by RST." },
	{ "user-timeout", NAP_P_TIME, ROW(tcp.user_timeout), "never", "1s", NULL, NULL,
		"TCP: data unacknowledged for so long ends the connection (RFC 5482, TCP_USER_TIMEOUT); "
		"never: tcp-retries decides." },
	{ "tcp-timestamps", NAP_P_BOOL, ROW(tcp.timestamps), "yes", NULL, NULL, NULL,
		"TCP: time stamps (RFC 7323), by which the acknowledgement of a retransmission is a sample "
		"of the "
		"round trip. Without them the time-out does not learn from a radio's promotions." },
	{ "tail-loss-probe", NAP_P_BOOL, ROW(tcp.loss_probe), "yes", NULL, NULL, NULL,
		"TCP: is what was sent last sent once more before the retransmission time-out (RFC 8985 7; "
		"Linux "
		"tcp_early_retrans)?" },
	{ "mss", NAP_P_UINT, ROW(tcp.mss), "1460", "88", "65495", NULL,
		"TCP: largest segment that both ends announce, in bytes without 40 of headers (RFC 9293 "
		"3.7.1); "
		"options take their bytes from it (time stamps 12). The path may allow less: a middlebox' "
		"mtu." },
	{ "initial-window", NAP_P_UINT, ROW(tcp.initial_window), "10", "1", "1000", NULL,
		"TCP: segments that may be under way at the start, and again after idleness (RFC 6928: "
		"10)." },
	{ "slow-start-after-idle", NAP_P_BOOL, ROW(tcp.idle_restart), "yes", NULL, NULL, NULL,
		"TCP: does a larger window shrink again while nothing is sent (RFC 5681 4.1; Linux "
		"tcp_slow_start_after_idle)?" },
	{ "tcp-nodelay", NAP_P_BOOL, ROW(tcp.nodelay), "yes", NULL, NULL, NULL,
		"TCP: does a message smaller than a segment go at once although another such is not yet "
		"acknowledged? no: it waits for that (Nagle's algorithm, RFC 9293 3.7.4), where programs "
		"leave it on." },
	{ "delayed-ack", NAP_P_TIME, ROW(tcp.delayed_ack), "40ms", "0s", "500ms", NULL,
		"TCP: least wait of an acknowledgement for an answer that it can go with (RFC 9293 3.8.6.3; "
		"Linux: 40 "
		"to 200 ms). Every second segment is acknowledged at once; 0s: each is." },
	{ "quick-acks", NAP_P_UINT, ROW(tcp.quick_acks), "16", "0", "255", NULL,
		"TCP: acknowledgements that do not wait, at the start of a connection and after a long "
		"silence, "
		"unless the program answers what it gets (Linux: 16)." },
	{ "ack-when-read", NAP_P_BOOL, ROW(tcp.ack_read), "yes", NULL, NULL, NULL,
		"TCP: is what the program has read acknowledged at once, unless it answered last time "
		"(Linux)? Else "
		"each acknowledgement waits for delayed-ack." },
	{ "timer-tick", NAP_P_TIME, ROW(tcp.tick), "0s", "0s", "1s", NULL,
		"TCP: tick of the kernel's clock, by which its timers wait longer than asked, the longer the "
		"coarser "
		"(Linux' timer wheel, HZ = 250: 4ms, so by 4 ms below 0.25 s, 32 ms below 2 s, 256 ms below "
		"16 s, "
		"2 s "
		"below 129 s); 0s: exact." },
	{ "hard-errors-abort", NAP_P_BOOL, ROW(tcp.hard_errors), "no", NULL, NULL, NULL,
		"TCP: does ICMP protocol or port unreachable end an established connection? RFC 1122 4.2.3.9 "
		"says it should; hosts "
		"no longer do (RFC 5461 4.1). Codes 0, 1 and 5 never do (RFC 5383 4.2)." },
	{ "tcp-keepalive", NAP_P_TIME, ROW(tcp_keepalive.idle), "never", "1s", NULL, NULL,
		"TCP: the keepalive option of the client's socket: probe when nothing was heard for so long "
		"(RFC 1122 4.2.3.6; "
		"Linux 2 h when on); never: off." },
	{ "tcp-keepalive-interval", NAP_P_TIME, ROW(tcp_keepalive.interval), "75s", "1s", "1h", NULL,
		"TCP: time between probes." },
	{ "tcp-keepalive-count", NAP_P_UINT, ROW(tcp_keepalive.count), "9", "1", "100", NULL,
		"TCP: unanswered probes after which the connection is dead." },
	NAP_PARAM_END };
