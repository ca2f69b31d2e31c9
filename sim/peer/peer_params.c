/* SPDX-License-Identifier: BSD-2-Clause */
#include "peer/peer_config.h"

#define PEER(field) offsetof(struct nap_peer_config, field)

static const char *const transports[] = { "udp", "tcp", NULL };
static const char *const refreshes_words[] = { [NAP_REFRESHES_ALL] = "all",
	[NAP_REFRESHES_ALLOCATION] = "allocation",
	[NAP_REFRESHES_NONE] = "none",
	NULL };

const struct nap_param nap_peer_params[] = {
	{ "middleboxes", NAP_P_LIST, PEER(middleboxes), "", NULL, NULL, NULL,
		"Names of the peer's own middleboxes from the peer outwards; each has its group [middlebox "
		"NAME]." },
	{ "behind", NAP_P_TEXT, PEER(behind), "", NULL, NULL, NULL,
		"A middlebox of [path] behind which the peer is, too, its own ones being on the inside of "
		"it: both reach one another through it by hairpinning alone, or, the peer having none of "
		"its own behind the client's first, in the same network. Empty: none." },
	{ "radio", NAP_P_TEXT, PEER(radio), "wired", NULL, NULL, NULL,
		"The radio profile of the peer's device. What it draws is not the client's and not "
		"counted." },
	{ "delay", NAP_P_DIST_TIME, PEER(delay), "0s", "0s", "1h", NULL,
		"One-way delay of the peer's access link." },
	{ "loss", NAP_P_SHARE, PEER(loss), "0%", "0%", "100%", NULL,
		"Share of packets that the peer's access link loses, each way." },
	{ "loss-burst", NAP_P_REAL, PEER(loss_burst), "1", "1", "1000000", NULL,
		"Mean length of a burst of lost packets." },
	{ "transport", NAP_P_WORD, PEER(transport), "udp", NULL, NULL, transports,
		"What the direct way is opened by: UDP, or TCP by simultaneous SYNs (RFC 5128 3.4). The "
		"relay is spoken to over UDP." },
	{ "private-candidates", NAP_P_BOOL, PEER(private_candidates), "yes", NULL, NULL, NULL,
		"Does each end tell the other its own address beside the one that the rendezvous sees "
		"(RFC 8445 5.1.1, host candidates)?" },
	{ "simultaneous", NAP_P_BOOL, PEER(simultaneous), "yes", NULL, NULL, NULL,
		"Do both ends begin at once, as the one that answers waits for as long as its answer "
		"takes? Else it begins when it answers." },
	{ "signalling", NAP_P_TIME, PEER(signalling), "100ms", "0s", "1min", NULL,
		"How long the rendezvous takes to tell one end the other's addresses. It is reached over "
		"another connection, which is not modelled." },
	{ "signalling-size", NAP_P_BYTES, PEER(signalling_size), "1kB", "0B", "1MB", NULL,
		"What the client's radio carries for that each time, either way." },
	{ "gather-limit", NAP_P_TIME, PEER(gather_limit), "5s", "1ms", "1min", NULL,
		"How long an end waits for the rendezvous to tell its mapped address, and for the relay, "
		"before it goes on with what it has." },
	{ "check-pace", NAP_P_TIME, PEER(interval), "500ms", "1ms", "1min", NULL,
		"Time between two rounds of connectivity checks, one to each address of the other end "
		"(RFC 8445 14.3: at least 500 ms). Over TCP the system repeats SYNs." },
	{ "tries", NAP_P_UINT, PEER(tries), "10", "1", "1000", NULL,
		"Rounds of checks, over TCP connections begun, after which the direct way is given up." },
	{ "time-limit", NAP_P_TIME, PEER(time_limit), "10s", "1ms", "1h", NULL,
		"The longest that they take all together." },
	{ "retry", NAP_P_TIME, PEER(retry), "5min", "1s", NULL, NULL,
		"After the direct way was given up it is tried again so much later; never: not before "
		"the way in use is lost." },
	{ "guesses", NAP_P_UINT, PEER(guesses), "0", "0", "100000", NULL,
		"Where one end's NAT maps anew for each destination and the other's does not (each asks "
		"a second server to know that): checks that the latter sends to ports of the former's "
		"address by chance, over UDP, while that opens `ports` of its own. Within time-limit; 0: "
		"none." },
	{ "ports", NAP_P_UINT, PEER(ports), "256", "1", "4096", NULL,
		"Ports that the end behind such a NAT sends from, so that some guess may meet a mapping." },
	{ "guess-pace", NAP_P_TIME, PEER(guess_pace), "10ms", "100us", "1min", NULL,
		"Time between two guesses; the other end opens eight ports in it." },
	{ "predictions", NAP_P_UINT, PEER(predictions), "0", "0", "4", NULL,
		"Where one end's NAT maps anew for each destination, and counts its ports up (each asks a "
		"second server, to see by how much): checks that the other sends to so many of the ports "
		"that will come next, over UDP (RFC 5128 3.5). 0: none." },
	{ "check-interval", NAP_P_TIME, PEER(check_interval), "5s", "100ms", NULL, NULL,
		"How often each end checks the way in use, which also keeps it open (RFC 7675 5.1: 5 s); "
		"never: not at all." },
	{ "check-jitter", NAP_P_SHARE, PEER(check_jitter), "20%", "0%", "100%", NULL,
		"Each of these intervals is drawn evenly from so much below to so much above (RFC 7675 "
		"5.1: 20 %)." },
	{ "check-timeout", NAP_P_TIME, PEER(check_timeout), "30s", "100ms", NULL, NULL,
		"A way of which no check was answered for so long is lost (RFC 7675 5.1: 30 s)." },
	{ "check-size", NAP_P_BYTES, PEER(check_size), "96B", "20B", "1500B", NULL,
		"Payload of a check: a STUN request with credentials." },
	{ "check-answer", NAP_P_BYTES, PEER(check_answer), "72B", "20B", "1500B", NULL,
		"Payload of its answer." },
	{ "relay", NAP_P_BOOL, PEER(relay), "yes", NULL, NULL, NULL,
		"Has the client a relay (TURN, RFC 8656), which carries the flow until there is a direct "
		"way, and when there is none?" },
	{ "relay-delay", NAP_P_TIME, PEER(relay_delay), "0s", "0s", "1h", NULL,
		"One-way delay between the Internet outside of the boxes and the two servers that both ends "
		"know, rendezvous and relay." },
	{ "keep-relay", NAP_P_BOOL, PEER(keep_relay), "no", NULL, NULL, NULL,
		"Is its allocation kept while the flow goes directly? Else it is given back, and asked "
		"for again when the direct way is lost." },
	{ "relay-keepalive", NAP_P_TIME, PEER(relay_keepalive), "15s", "1s", NULL, NULL,
		"How often an indication keeps the way to a relay open that nothing else goes to (RFC "
		"8445 11: Tr, 15 s)." },
	{ "allocation-lifetime", NAP_P_TIME, PEER(allocation_lifetime), "10min", "2s", NULL, NULL,
		"How long the relay keeps an allocation that is not refreshed (RFC 8656 3.2: 10 min)." },
	{ "permission-lifetime", NAP_P_TIME, PEER(permission_lifetime), "5min", "2s", NULL, NULL,
		"How long the relay lets packets from the peer's address in (RFC 8656 9: 5 min)." },
	{ "channel-lifetime", NAP_P_TIME, PEER(channel_lifetime), "10min", "2s", NULL, NULL,
		"How long a channel leads to the peer (RFC 8656 12: 10 min)." },
	{ "refresh-early", NAP_P_TIME, PEER(refresh_early), "1min", "0s", NULL, NULL,
		"The client refreshes each so long before it ends." },
	{ "refreshes", NAP_P_WORD, PEER(refreshes), "all", NULL, NULL, refreshes_words,
		"Which the client refreshes: all; the allocation alone, its permission and channel not "
		"(clients "
		"that forget RFC 8656 9: nothing comes after permission-lifetime); or none." },
	{ "relay-overhead", NAP_P_BYTES, PEER(relay_overhead), "4B", "0B", "100B", NULL,
		"Bytes more of a packet between client and relay: ChannelData's 4, 36 or so of an "
		"indication." },
	NAP_PARAM_END
};

const char *nap_peer_config_check(const struct nap_peer_config *cfg, const char **key)
{
	nap_time least = nap_time_min(
		cfg->allocation_lifetime, nap_time_min(cfg->permission_lifetime, cfg->channel_lifetime));

	*key = "refresh-early";
	if (cfg->relay && cfg->refresh_early >= least)
		return "is not shorter than the lifetimes";
	*key = "check-interval";
	if (cfg->check_interval != NAP_NEVER && cfg->check_timeout <= cfg->check_interval)
		return "is not shorter than check-timeout: each way would be lost before it is checked";
	return NULL;
}
