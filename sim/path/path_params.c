/* SPDX-License-Identifier: BSD-2-Clause */
#include "path/path_config.h"

#define PATH(field) offsetof(struct nap_path_config, field)
#define HOP(field)  offsetof(struct nap_hop_config, field)

static const char *const icmp_words[] = { "none", "3/0", "3/1", "3/2", "3/3", "3/4", "3/5", NULL };

const struct nap_param nap_path_params[] = {
	{ "middleboxes", NAP_P_LIST, PATH(middleboxes), "", NULL, NULL, NULL,
		"Names of the middleboxes from the client outwards; each has its group [middlebox NAME]." },
	{ "delay", NAP_P_DIST_TIME, PATH(delay), "0s", "0s", "1h", NULL, "One-way delay of the access link." },
	{ "loss", NAP_P_SHARE, PATH(loss), "0%", "0%", "100%", NULL, "Share of packets that the access link loses, each way." },
	{ "loss-burst", NAP_P_REAL, PATH(loss_burst), "1", "1", "1000000", NULL,
		"Mean length of a burst of lost packets; 1 makes losses independent." },
	{ "outages", NAP_P_ARRIVALS, PATH(outages), "none", NULL, NULL, NULL,
		"When the radio loses its network: nothing passes either way (RFC 5383 4.2)." },
	{ "outage-length", NAP_P_DIST_TIME, PATH(outage_length), "30s", "0s", "30d", NULL, "How long an outage lasts." },
	{ "outage-keeps-address", NAP_P_BOOL, PATH(outage_keeps_address), "yes", NULL, NULL, NULL,
		"Does the client keep its address over an outage? RFC 5383 4.2 asks that connections survive only if so." },
	{ "outage-icmp", NAP_P_WORD, PATH(outage_icmp), "none", NULL, NULL, icmp_words,
		"What the network's router answers to packets for the client during an outage: nothing, or ICMP Destination "
		"Unreachable with that code. 3/0, 3/1 and 3/5 are soft errors: no connection may end by them (RFC 5383 4.2)." },
	{ "moves", NAP_P_ARRIVALS, PATH(moves), "none", NULL, NULL, NULL,
		"When the client changes between its two networks (Wi-Fi and cellular): its address changes, and so do the "
		"middleboxes whose network is home or away. It begins at home." },
	{ "reboots", NAP_P_ARRIVALS, PATH(reboots), "none", NULL, NULL, NULL,
		"When the middleboxes on the path lose all their state." },
	NAP_PARAM_END
};

static const char *const network_words[] = { "both", "home", "away", NULL };

const struct nap_param nap_hop_params[] = {
	{ "link-delay", NAP_P_DIST_TIME, HOP(delay), "0s", "0s", "1h", NULL,
		"One-way delay between this middlebox and the next hop towards the server." },
	{ "link-loss", NAP_P_SHARE, HOP(loss), "0%", "0%", "100%", NULL,
		"Share of packets lost between this middlebox and the next hop, each way." },
	{ "network", NAP_P_WORD, HOP(network), "both", NULL, NULL, network_words,
		"On which of the client's two networks this middlebox is, where the path has moves." },
	NAP_PARAM_END
};
