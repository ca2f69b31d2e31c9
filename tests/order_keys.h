/* SPDX-License-Identifier: BSD-2-Clause */
/* For the test of orders: which keys a random scenario has, how often, with which values. See order_draw.h. */
#ifndef NAP_TESTS_ORDER_KEYS_H
#define NAP_TESTS_ORDER_KEYS_H

/* A key of a group, or of [mix]; values as order_draw.h says. */
struct order_key {
	const char *key;
	int percent;
	const char *values;
};

/* A timer: given, or drawn for each box. */
#define ORDER_TIMER "{T 20 500}|{T 80 120}|uniform {T 20 90} {T 90 400}|lognormal {T 60 200} 0.7"

static const char order_populations[] = "hatonen-2010|richter-2016-cgn-cellular|richter-2016-cgn-noncellular|"
					"richter-2016-cpe|wang-2011-cellular";

static const char order_sleepers[] =
	"lte-edrx-psm|lte-m-bg770a-psm|lte-m-edrx|nb-iot-psm|nb-iot-rai|nb-iot-module|"
	"wifi-adaptive-psm|wifi-esp32-dtim3|umts-fast-dormancy|lte-huang-2012";

/* With any of these. */
static const struct order_key order_sleeper_keys[] = {
	{ "release-assistance", 30, "{S 10 2000}" },
	{ "buffer-packets", 20, "0|{N 1 8}" },
	{ NULL, 0, NULL },
};

static const struct order_key order_box_keys[] = {
	{ "kind", 12, "nat|firewall|proxy" },
	{ "pings", 6, "ignore" },
	{ "tracker", 30, "linux|rfc7857|rfc6146|simple" },
	{ "mapping", 15, "endpoint-independent|address-dependent|address-and-port-dependent" },
	{ "filtering", 15, "endpoint-independent|address-dependent|address-and-port-dependent" },
	{ "refresh", 25, "outbound|inbound|both" },
	{ "timer-scope", 20, "session|mapping" },
	{ "filtered", 6, "ignore|refresh|destroy" },
	{ "mapping-hold", 20, "{T 10 400}|uniform {T 10 100} {T 100 300}" },
	{ "ports", 25, "preserve|random|sequential|block {N 1 16}|block {N 8 64}" },
	{ "port-range", 15,
		"1024-{N 1040 1100}|40000-{N 40001 40300}|1024-65535|1024-{N 1025 1040}; 2000-{N 2001 2040}; "
		"65535" },
	{ "port-clash", 10, "other|override|refuse" },
	{ "port-classes", 5, "none|two|linux" },
	{ "parity", 5, "yes" },
	{ "overload", 8, "yes|no" },
	{ "reuse-mapping", 5, "yes" },
	{ "port-hold-down", 15, "{T 5 300}|uniform {T 5 100} {T 100 300}" },
	{ "hold-survives", 5, "no" },
	{ "addresses", 12, "203.0.113.1; 203.0.113.2|203.0.113.8-203.0.113.11" },
	{ "pooling", 12, "paired|arbitrary|paired-soft" },
	{ "joined-protocols", 4, "yes" },
	{ "block-allocation", 4, "dynamic|deterministic" },
	{ "inside-first", 4, "10.0.0.2" },
	{ "blocks-per-subscriber", 10, "{N 1 4}|0" },
	{ "block-hold", 8, "{T 10 300}" },
	{ "capacity", 18, "{N 1 60}|{N 20 200}" },
	{ "eviction", 18, "refuse|lru|random|early-drop" },
	{ "hash-buckets", 4, "{N 1 64}" },
	{ "sessions-per-subscriber", 12, "{N 1 8}|uniform 1 8" },
	{ "ports-per-subscriber", 12, "{N 1 8}|uniform 1 8" },
	{ "sessions-per-destination", 8, "{N 1 8}|{N 8 60}" },
	{ "session-rate", 6, "{N 1 5}" },
	{ "duration-limit", 8, "{T 100 1500}" },
	{ "port-duration-limits", 2, "udp/4500: {T 100 1500}; tcp/143: {T 100 1500}" },
	{ "expiry", 10, "eager|candidate" },
	{ "purge-interval", 10, "{T 5 150}|10s" },
	{ "on-expiry", 15, "silent|rst|rst-inside|rst-outside" },
	{ "probe-interval", 8, "{T 5 100}" },
	{ "probe-count", 5, "{N 1 4}" },
	{ "adaptive-start", 4, "{N 1 20}" },
	{ "adaptive-end", 50, "{N 21 60}" },
	{ "invalid", 6, "pass|drop" },
	{ "input", 4, "accept" },
	{ "reject", 15, "drop|rst|icmp" },
	{ "on-miss", 12, "create|drop|rst" },
	{ "icmp-on-exhaustion", 6, "none|3/1|3/13" },
	{ "icmp-errors", 6, "translate|drop|kill|refresh" },
	{ "resets", 4, "pass|drop-inbound|drop" },
	{ "reset-refresh", 4, "yes" },
	{ "forward", 3, "open|answers" },
	{ "incoming-syn-hold", 3, "6s" },
	{ "udp-stream-after", 6, "2s|{T 10 150}" },
	{ "tcp-loose", 5, "no" },
	{ "tcp-be-liberal", 5, "yes" },
	{ "tcp-max-retrans-count", 4, "{N 1 5}" },
	{ "pcp", 12, "pcp|nat-pmp" },
	{ "pcp-minimum", 6, "{T 10 100}" },
	{ "log-destinations", 3, "yes" },
	{ "mtu", 8, "{N 576 1500}|1400|1492" },
	{ "mss-clamp", 4, "{N 536 1460}|1452" },
	{ "too-big", 8, "icmp|drop|fragment" },
	{ "link-delay", 15, "{S 1 200}|uniform 0ms {S 1 200}|exponential {S 1 50}|{S 200 5000}" },
	{ "track-own-resets", 4, "yes|no" },
	{ "hairpin-by", 4, "mappings|forwards" },
	{ "hairpin-unsent", 4, "stays|goes" },
	{ "port-search", 6, "onward|runs" },
	{ "port-takeover", 4, "yes|no" },
	{ "closed-count", 4, "yes|no" },
	{ "reopen", 6, "both-syns" },
	{ "raw-rules", 4,
		"drop outside len {N 40 120}-65535|notrack udp dport 53; drop outside udp len {N 28 60}|drop "
		"inside tcp len {N 40 80}" },
	{ "rules", 6,
		"drop outside len {N 40 120}-65535|reject inside udp len {N 28 200}-{N 201 1500}|drop "
		"outside tcp len {N 40 60}-{N 60 200}" },
	{ "link-loss", 10, "{P 1 50}|{P 50 300}" },
	{ "reboots", 10, "poisson {N 1 6}/h|periodic {T 150 900}|times {T 100 900}" },
	{ "address-changes", 10, "poisson {N 1 6}/h|periodic {T 150 900}|times {T 100 500}" },
	{ "link-down", 10, "keep" },
	{ NULL, 0, NULL },
};

static const struct order_key order_timer_keys[] = {
	{ "udp", 60, ORDER_TIMER },
	{ "udp-single", 8, ORDER_TIMER },
	{ "udp-stream", 60, ORDER_TIMER },
	{ "tcp-syn-sent", 10, "{T 5 100}|240s" },
	{ "tcp-syn-recv", 10, "{T 5 100}|60s" },
	{ "tcp-established", 60, ORDER_TIMER },
	{ "tcp-fin-wait", 10, ORDER_TIMER },
	{ "tcp-close-wait", 10, ORDER_TIMER },
	{ "tcp-last-ack", 10, ORDER_TIMER },
	{ "tcp-time-wait", 15, ORDER_TIMER },
	{ "tcp-close", 15, ORDER_TIMER },
	{ "tcp-max-retrans", 10, ORDER_TIMER },
	{ "tcp-unacknowledged", 10, ORDER_TIMER },
	{ "tcp-half-closed", 10, ORDER_TIMER },
	{ "tcp-closing", 10, ORDER_TIMER },
	{ "tcp-trans", 15, ORDER_TIMER },
	{ "icmp", 5, ORDER_TIMER },
	{ "port-timers", 6, "udp/4500: {T 50 200}|tcp/4500: {T 50 200}|udp/4500: {T 20 80} {T 50 200}" },
	{ NULL, 0, NULL },
};

static const struct order_key order_device_keys[] = {
	{ "wake-energy", 60, "36mJ|{N 1 900}mJ" },
	{ "awake-power", 60, "109mW|{N 1 900}mW" },
	{ "hold", 60, "1s|{S 1 20000}|{T 20 200}" },
	{ "light-after", 50, "{T 50 500}" },
	{ "light-idle", 40, "{T 50 300}" },
	{ "light-idle-max", 40, "{T 50 900}" },
	{ "light-window", 30, "{S 1000 60000}" },
	{ "light-window-max", 30, "{S 1000 90000}" },
	{ "deep-after", 60, "{T 50 900}" },
	{ "deep-idle", 50, "{T 100 900}" },
	{ "deep-idle-max", 50, "{T 100 1500}" },
	{ "deep-window", 40, "{S 1000 90000}|{T 20 150}" },
	{ "deep-window-max", 40, "{S 1000 90000}|{T 20 150}" },
	{ "while-idle-spacing", 40, "{T 30 300}" },
	{ "while-idle-run", 30, "{S 0.1 20000}" },
	{ NULL, 0, NULL },
};

static const struct order_key order_path_keys[] = {
	{ "delay", 60,
		"{S 5 300}|lognormal {S 10 100} 0.5|uniform {S 1 50} {S 60 500}|exponential {S 10 200}|{S "
		"500 8000}" },
	{ "loss", 20, "{P 1 50}|{P 50 300}" },
	{ "loss-burst", 8, "{N 1 10}" },
	{ "outages", 10, "poisson {N 1 8}/h|periodic {T 150 900}" },
	{ "outage-length", 10, "{T 5 150}|exponential {T 10 100}|30s" },
	{ "outage-keeps-address", 7, "no" },
	{ "outage-icmp", 5, "3/0|3/1|3/3" },
	{ "outage-icmp-interval", 5, "1s" },
	{ "icmp", 5, "poisson {N 1 20}/h|periodic {T 100 500}" },
	{ "icmp-error", 5, "3/0|3/1|3/3|3/13|11/0|12/0" },
	{ NULL, 0, NULL },
};

/* The same, drawn after all else. */
static const struct order_key order_later_path_keys[] = {
	{ "delay-changes", 12,
		"3min: {S 5 900}|1min: {S 5 9000}; {N 2 9}min: {S 1 300}; 10min: {S 1 5000}|2min: uniform {S "
		"1 50} {S "
		"60 500}" },
	{ "outage-direction", 8, "up|down" },
	{ NULL, 0, NULL },
};

/* Of its first middlebox. */
static const struct order_key order_later_box_keys[] = {
	{ "changes", 12,
		"2min: rules = drop outside; 4min: rules =|{N 1 9}min: udp-stream = {T 20 200}; 10min: "
		"raw-rules = drop "
		"inside udp, drop outside tcp; 12min: raw-rules =; 12min: tcp-established = {T 20 200}; "
		"15min: forwards = "
		"udp/4500 > 10.0.0.3:4500; 20min: reject = 3/1; 20min: rules = reject inside|5min: "
		"sessions-per-subscriber "
		"= {N 1 3}; 20min: session-rate = 1" },
	{ NULL, 0, NULL },
};

/* Of a middlebox before the server. */
/* Of a box that ends connections. */
static const struct order_key order_proxy_keys[] = {
	{ "pings", 60, "count|answer|ignore" },
	{ "client-idle", 50, ORDER_TIMER },
	{ "server-idle", 50, ORDER_TIMER },
	{ "tcp-established", 50, ORDER_TIMER },
	{ "tcp-half-closed", 30, ORDER_TIMER },
	{ "tcp-closing", 30, "{T 1 100}" },
	{ "client-keepalive", 20, "{T 5 150}" },
	{ "server-keepalive", 20, "{T 5 150}" },
	{ "request-timeout", 30, "{T 1 100}" },
	{ "on-expiry", 70, "fin|fin|rst|rst-inside|silent" },
	{ "on-miss", 60, "rst|drop" },
	{ NULL, 0, NULL },
};

/* Of [peer]. */
static const struct order_key order_peer_keys[] = {
	{ "delay", 70, "{S 1 200}|uniform 0ms {S 1 200}" },
	{ "loss", 30, "{P 1 200}" },
	{ "radio", 30, "lte-two-state|wifi-esp32-dtim3" },
	{ "transport", 30, "tcp" },
	{ "private-candidates", 30, "no" },
	{ "simultaneous", 30, "no" },
	{ "signalling", 40, "0s|{S 1 3000}" },
	{ "gather-limit", 20, "{S 100 5000}" },
	{ "check-pace", 30, "{S 50 2000}" },
	{ "tries", 50, "{N 1 12}" },
	{ "time-limit", 30, "{S 500 20000}" },
	{ "retry", 60, "{T 10 500}|never" },
	{ "guesses", 20, "{N 1 60}" },
	{ "ports", 50, "{N 1 32}" },
	{ "predictions", 30, "{N 1 4}" },
	{ "check-interval", 70, "{T 10 100}|{T 50 150}|never" },
	{ "check-timeout", 100, "{T 200 400}" },
	{ "check-jitter", 30, "0%|50%" },
	{ "relay", 30, "no" },
	{ "relay-delay", 40, "{S 1 200}" },
	{ "keep-relay", 40, "yes" },
	{ "relay-keepalive", 50, "{T 20 200}" },
	{ "allocation-lifetime", 30, "{T 110 400}" },
	{ "permission-lifetime", 30, "{T 110 400}" },
	{ "channel-lifetime", 30, "{T 110 400}" },
	{ "refresh-early", 100, "{T 2 100}" },
	{ "refreshes", 15, "allocation|none" },
	{ NULL, 0, NULL },
};

static const struct order_key order_server_box_keys[] = {
	{ "kind", 50, "firewall" },
	{ "tracker", 60, "linux|rfc7857|simple" },
	{ "shared", 60, "yes" },
	{ "forward", 60, "open" },
	{ "udp", 60, ORDER_TIMER },
	{ "udp-stream", 60, ORDER_TIMER },
	{ "tcp-established", 50, ORDER_TIMER },
	{ "refresh", 30, "outbound|inbound|both" },
	{ "on-expiry", 20, "rst|rst-inside|rst-outside" },
	{ "link-delay", 40, "{S 1 200}|uniform 0ms {S 1 200}" },
	{ "link-loss", 10, "{P 1 50}" },
	{ "reboots", 10, "poisson {N 1 6}/h|times {T 100 900}" },
	{ "capacity", 15, "{N 1 60}|{N 20 200}" },
	{ NULL, 0, NULL },
};

static const struct order_key order_move_keys[] = {
	{ "move-gap", 50, "{S 100 5000}|exponential {S 100 5000}" },
	{ NULL, 0, NULL },
};

static const struct order_key order_network_keys[] = {
	{ "delay", 60, "{S 5 300}|exponential {S 10 200}" },
	{ "loss", 20, "{P 1 100}" },
	{ "stay", 70, "{T 100 1000}|exponential {T 200 1000}" },
	{ NULL, 0, NULL },
};

static const struct order_key order_interval_keys[] = {
	{ "interval", 100, "{T 100 100}" },
	{ NULL, 0, NULL },
};

static const struct order_key order_search_keys[] = {
	{ "min-interval", 100, "{T 20 60}" },
	{ "max-interval", 100, "{T 150 600}" },
	{ NULL, 0, NULL },
};

static const struct order_key order_initial_keys[] = {
	{ "initial", 100, "{T 60 100}" },
	{ "max-interval", 100, "{T 150 600}" },
	{ NULL, 0, NULL },
};

static const struct order_key order_coalesced_keys[] = {
	{ "interval", 100, "{T 100 100}" },
	{ "wakeups", 70, "{T 20 150}" },
	{ "window", 25, "{T 10 150}|never" },
	{ "late", 25, "{S 100 20000}|uniform 0s {T 5 50}" },
	{ NULL, 0, NULL },
};

static const struct order_key order_tail_keys[] = {
	{ "interval", 100, "{T 100 100}" },
	{ "min-interval", 100, "{T 20 60}" },
	{ NULL, 0, NULL },
};

static const struct order_key order_tcp_option_keys[] = {
	{ "idle", 100, "{T 100 100}" },
	{ "probe-interval", 50, "{S 1000 75000}" },
	{ "probes", 50, "{N 1 9}" },
	{ NULL, 0, NULL },
};

static const struct order_key order_need_keys[] = {
	{ "need", 100, "{T 100 100}" },
	{ NULL, 0, NULL },
};

static const struct order_key order_pcp_keys[] = {
	{ "request", 60, "{T 100 1000}" },
	{ "protocol", 30, "pcp|nat-pmp" },
	{ "fallback", 80, "{T 100 100}" },
	{ NULL, 0, NULL },
};

static const struct order_key order_wechat_keys[] = {
	{ "min-interval", 100, "{T 50 100}" },
	{ "max-interval", 100, "{T 150 600}" },
	{ "step", 80, "{T 10 60}" },
	{ "successes", 50, "{N 1 5}" },
	{ "warm-up", 50, "{N 0.5 3}" },
	{ NULL, 0, NULL },
};

/* A policy, and the keys that fit its pace to the interval; those that stand twice come twice as often. */
static const struct {
	const char *policy;
	const struct order_key *keys;
} order_policies[] = {
	{ "fixed", order_interval_keys },
	{ "fixed", order_interval_keys },
	{ "fixed", order_interval_keys },
	{ "fixed", order_interval_keys },
	{ "jittered", order_interval_keys },
	{ "jittered", order_interval_keys },
	{ "aimd", order_search_keys },
	{ "binary", order_search_keys },
	{ "coalesced", order_coalesced_keys },
	{ "direct-push", order_search_keys },
	{ "none", order_interval_keys + 1 },
	{ "on-need", order_need_keys },
	{ "oracle", order_interval_keys + 1 },
	{ "pcp", order_pcp_keys },
	{ "pcp", order_pcp_keys },
	{ "piggyback", order_interval_keys },
	{ "rfc5626", order_interval_keys + 1 },
	{ "server-side", order_interval_keys },
	{ "stepwise", order_search_keys },
	{ "tail-riding", order_tail_keys },
	{ "tcp-keepalive", order_tcp_option_keys },
	{ "teredo", order_initial_keys },
	{ "wechat", order_wechat_keys },
};

static const struct order_key order_multiplicative_keys[] = {
	{ "initial", 100, "{T 60 150}" },
	{ "min-interval", 100, "{T 20 100}" },
	{ "max-interval", 100, "{T 150 600}" },
	{ "up", 50, "{P 1010 1500}" },
	{ "down", 50, "{P 500 1000}" },
	{ NULL, 0, NULL },
};

static const struct order_key order_grpc_keys[] = {
	{ "interval", 100, "{T 100 100}" },
	{ "pings-without-data", 70, "0|{N 1 10}" },
	{ "rare-interval", 50, "{T 100 300}" },
	{ NULL, 0, NULL },
};

static const struct order_key order_quic_keys[] = {
	{ "interval", 80, "{T 100 100}" },
	{ "most", 80, "{T 50 200}|never" },
	{ "idle-share", 30, "{P 100 1000}" },
	{ NULL, 0, NULL },
};

static const struct order_key order_used_keys[] = {
	{ "interval", 100, "{T 30 300}" },
	{ "use", 60, "{T 20 2000}|never" },
	{ "rest-interval", 50, "{T 50 900}" },
	{ NULL, 0, NULL },
};

/* These take the place of another policy now and then, when all else has been drawn. */
static const struct {
	const char *policy;
	const struct order_key *keys;
} order_later_policies[] = {
	{ "multiplicative", order_multiplicative_keys },
	{ "grpc", order_grpc_keys },
	{ "quic", order_quic_keys },
	{ "while-used", order_used_keys },
};

static const struct order_key order_client_keys[] = {
	{ "start", 85, "uniform 0s {T 50 200}|uniform 0s {S 1000 60000}|exponential {T 10 50}" },
	{ "answer", 15, "no" },
	{ "keepalive-answer", 25, "1B|{N 1 200}B" },
	{ "keepalive-is-ping", 8, "yes" },
	{ "reliable", 10, "yes" },
	{ "follow", 20, "no|authenticated|stays" },
	{ "mapping-change", 15, "note|ignore|reopen" },
	{ "icmp-fails", 8, "yes" },
	{ "doze", 6, "light|deep|both" },
	{ "while-idle", 20, "yes" },
	{ "exempt", 5, "yes" },
	{ "offload", 4, "yes" },
	{ "wake-lock", 10, "{S 100 20000}|{T 50 200}|1h" },
	{ "answer-timeout", 15, "{T 5 80}|{T 5 80}|{T 5 80}|{T 5 80}|uniform 2s 3s" },
	{ "answer-growth", 5, "180%" },
	{ "liveness", 6, "{T 30 200}" },
	{ "renew", 6, "{T 150 900}|{P 300 900}" },
	{ "close-timeout", 5, "20s" },
	{ "answer-tries", 10, "{N 1 4}" },
	{ "answer-backoff", 5, "yes" },
	{ "push-timeout", 3, "{T 10 50}|uniform 2s 3s" },
	{ "push-tries", 5, "{N 1 8}" },
	{ "path-validation", 10, "1200B" },
	{ "path-validation-limit", 10, "0|{N 1 5}" },
	{ "server-ping-stretch", 4, "200%|50%" },
	{ "server-ping-count", 8, "{N 1 4}" },
	{ "server-ping-timeout", 8, "{T 5 80}" },
	{ "min-ping-interval", 6, "{T 80 300}" },
	{ "ping-strikes", 5, "0|{N 1 5}" },
	{ "ping-backoff", 8, "200%|150%" },
	{ "close-size", 10, "{N 1 200}B" },
	{ "close-timeout", 8, "{S 100 20000}|{T 5 150}" },
	{ "server-close-timeout", 8, "{S 100 20000}|{T 5 150}" },
	{ "rekey", 6, "{T 150 500}" },
	{ "tls", 8, "quic|wireguard" },
	{ "passive-keepalive", 4, "{T 5 150}" },
	{ "reject-after", 4, "{T 80 500}" },
	{ "rekey-attempt-time", 3, "{T 20 300}" },
	{ "rekey-jitter", 3, "{S 1 5000}" },
	{ "max-ack-delay", 4, "0ms|{S 1 500}" },
	{ "handshake-time", 4, "{S 1 2000}" },
	{ "pto-packets", 3, "1" },
	{ "mtu-to", 5, "{N 1201 1500}B" },
	{ "open-limit", 5, "{S 500 60000}" },
	{ "idle-restarts", 4, "yes|no" },
	{ "push-window", 4, "{T 10 80}" },
	{ "session-timeout", 10, "{T 110 400}" },
	{ "idle-timeout", 10, "{T 110 400}" },
	{ "reopen", 10, "no" },
	{ "reconnect-delay", 15, "{S 100 60000}|{S 100 60000}|{S 100 60000}|uniform 1s 20s" },
	{ "reconnect-max", 10, "{T 50 400}" },
	{ "reconnect-jitter", 10, "{P 50 1000}" },
	{ "background", 8, "poisson {N 1 30}/h|periodic {T 20 300}" },
	{ "tcp-retries", 8, "{N 2 15}" },
	{ "syn-retries", 8, "{N 0.5 6}" },
	{ "user-timeout", 8, "{T 20 200}" },
	{ "hard-errors-abort", 6, "yes" },
	{ "tcp-keepalive", 6, "{T 50 150}" },
	{ "server-tcp-keepalive", 3, "{T 50 300}" },
	{ "answer-size", 8, "{N 1 200}B|{N 1000 30000}B" },
	{ "keepalive-size", 5, "{N 1 200}B|{N 1000 20000}B" },
	{ "mss", 8, "{N 200 1460}|8960" },
	{ "initial-window", 5, "{N 1 20}" },
	{ "slow-start-after-idle", 4, "no" },
	{ "delayed-ack", 6, "0s|200ms|{S 10 500}" },
	{ "quick-acks", 5, "{N 0.5 30}" },
	{ "ack-when-read", 5, "no" },
	{ "tcp-timestamps", 6, "no" },
	{ "tail-loss-probe", 5, "no" },
	{ "tcp-nodelay", 8, "no" },
	{ "timer-tick", 8, "4ms|1ms|10ms" },
	{ "fin-timeout", 5, "{T 1 300}" },
	{ NULL, 0, NULL },
};

/* What the client's application has to say of its own, where it has anything. */
static const struct order_key order_request_keys[] = {
	{ "notices-close", 20, "no" },
	{ "report", 100, "poisson {N 1 60}/h|periodic {T 20 700}|periodic {T 3 30}" },
	{ "report-size", 50, "{N 1 200}B|{N 200 1500}B" },
	{ "report-answer", 70, "{N 1 200}B|{N 200 3000}B" },
	{ "report-answer-time", 50, "{S 1 5000}|exponential {S 10 5000}|{T 10 200}" },
	{ "report-timeout", 50, "{S 50 5000}|{T 5 150}|never" },
	{ "report-tries", 40, "{N 1 6}" },
	{ "report-retries", 40, "{N 1 5}" },
	{ "report-retry-timeouts", 30, "yes" },
	{ "retire-idle", 25, "0s|{T 20 300}|{T 20 300}" },
	{ "retire-age", 25, "{T 100 1500}" },
	{ "validate", 30, "0s|{T 20 200}" },
	{ "validate-timeout", 30, "{S 100 10000}" },
	{ NULL, 0, NULL },
};

/* And with any of these: over TCP, and without pushes. */
static const struct order_key order_pool_keys[] = {
	{ "pool-most", 100, "{N 1 12}" },
	{ "pool-least", 50, "1|{N 1 12}" },
	{ "pool-order", 50, "lifo|fifo" },
	{ "pool-wait", 40, "0s|{S 10 20000}|{T 5 100}" },
	{ NULL, 0, NULL },
};

static const struct order_key order_server_keys[] = {
	{ "high-priority", 8, "0%|{P 100 900}" },
	{ "push", 65, "poisson {N 1 60}/h|periodic {T 30 700}|onoff {T 100 300} {T 100 600} {N 10 90}/h" },
	{ "push-size", 25, "{N 1 1500}B|{N 1000 20000}B|{N 20000 60000}B" },
	{ "answer", 15, "no" },
	{ "queue", 20, "no" },
	{ "idle-timeout", 15, "{T 80 400}" },
	{ "close", 10, "rst" },
	{ "max-age", 5, "{T 100 1500}" },
	{ "max-age-jitter", 6, "{P 10 500}" },
	{ "max-age-grace", 5, "{T 5 100}" },
	{ "service-time", 5, "{S 1 5000}|exponential {S 10 2000}|{T 10 200}" },
	{ "think-time", 6, "{S 1 5000}|exponential {S 10 2000}|{T 10 100}" },
	{ "restarts", 6, "poisson {N 1 10}/h|periodic {T 150 900}|gaps weibull {T 100 900} 0.7" },
	{ "downtime", 8, "{S 1 60000}|exponential {T 1 50}" },
	{ "restart-of", 6, "program" },
	{ "half-closed", 6, "yes" },
	{ "keepalive", 11, "{T 40 200}" },
	{ "keepalive-after", 6, "clients-silence|silence" },
	{ "keepalive-answer", 8, "{N 1 50}B" },
	{ "tcp-keepalive", 6, "{T 50 200}" },
	{ "tcp-keepalive-interval", 3, "{S 1000 75000}" },
	{ "tcp-keepalive-count", 3, "{N 1 9}" },
	{ NULL, 0, NULL },
};

#endif
