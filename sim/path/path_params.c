/* SPDX-License-Identifier: BSD-2-Clause */
#include "path/path_config.h"

#include "middlebox/box.h"

#include "net/packet.h"

#define PATH(field) offsetof(struct nap_path_config, field)
#define NET(field)  offsetof(struct nap_network_config, field)
#define HOP(field)  offsetof(struct nap_hop_config, field)

static const char *const direction_words[] = {
	[NAP_OUTAGE_BOTH] = "both", [NAP_OUTAGE_DOWN] = "down", [NAP_OUTAGE_UP] = "up", NULL
};
static const char *const outage_icmp_words[] = { "none", "3/0", "3/1", "3/2", "3/3", "3/4", "3/5", NULL };

static const char *const icmp_words[] = { "3/0", "3/1", "3/2", "3/3", "3/4", "3/5", "3/13", "11/0", "12/0",
	NULL };
const struct nap_icmp_error nap_icmp_errors[] = { { NAP_ICMP_UNREACHABLE, NAP_ICMP_NO_NET },
	{ NAP_ICMP_UNREACHABLE, NAP_ICMP_NO_HOST }, { NAP_ICMP_UNREACHABLE, NAP_ICMP_NO_PROTOCOL },
	{ NAP_ICMP_UNREACHABLE, NAP_ICMP_NO_PORT }, { NAP_ICMP_UNREACHABLE, NAP_ICMP_TOO_BIG },
	{ NAP_ICMP_UNREACHABLE, NAP_ICMP_NO_SOURCE_ROUTE }, { NAP_ICMP_UNREACHABLE, NAP_ICMP_PROHIBITED },
	{ NAP_ICMP_TIME_EXCEEDED, 0 }, { NAP_ICMP_PARAMETER_PROBLEM, 0 } };

_Static_assert(sizeof icmp_words / sizeof *icmp_words == sizeof nap_icmp_errors / sizeof *nap_icmp_errors + 1,
	"each word has its error");

const struct nap_param nap_path_params[] = {
	{ "middleboxes", NAP_P_LIST, PATH(middleboxes), "", NULL, NULL, NULL,
		"Names of the middleboxes from the client outwards; each has its group [middlebox NAME]." },
	{ "server-middleboxes", NAP_P_LIST, PATH(server_middleboxes), "", NULL, NULL, NULL,
		"Names of the middleboxes before the server, from the server outwards: the server is on "
		"their inside. A NAT "
		"among them has the address that clients know and leads to the server by its forwards; when "
		"they change "
		"(changes), what they lead to is another instance of the server, and the one before is "
		"gone." },
	{ "delay", NAP_P_DIST_TIME, PATH(delay), "0s", "0s", "1h", NULL,
		"One-way delay of the access link." },
	{ "delay-changes", NAP_P_CHANGES, PATH(delay_changes), "", "0s", "1h", NULL,
		"What the access link's delay is later: each value from its moment of the run on, as a path "
		"that "
		"is routed another way, or a link that is loaded for a while (10min: 500ms; 20min: 40ms). "
		"What is "
		"under way keeps its delay, and its place." },
	{ "loss", NAP_P_SHARE, PATH(loss), "0%", "0%", "100%", NULL,
		"Share of packets that the access link loses, each way." },
	{ "loss-burst", NAP_P_REAL, PATH(loss_burst), "1", "1", "1000000", NULL,
		"Mean length of a burst of lost packets; 1 makes losses independent." },
	{ "outages", NAP_P_ARRIVALS, PATH(outages), "none", NULL, NULL, NULL,
		"When the radio loses its network: nothing passes either way (RFC 5383 4.2)." },
	{ "outage-length", NAP_P_DIST_TIME, PATH(outage_length), "30s", "0s", "30d", NULL,
		"How long an outage lasts." },
	{ "outage-direction", NAP_P_WORD, PATH(outage_direction), "both", NULL, NULL, direction_words,
		"What an outage stops: both directions, as without a network; or on a link that is cut one "
		"way alone, "
		"what goes down to the device or what it sends up, and the device knows nothing of it." },
	{ "outage-keeps-address", NAP_P_BOOL, PATH(outage_keeps_address), "yes", NULL, NULL, NULL,
		"Does the client keep its address over an outage? RFC 5383 4.2 asks that connections survive "
		"only if so." },
	{ "outage-icmp", NAP_P_WORD, PATH(outage_icmp), "none", NULL, NULL, outage_icmp_words,
		"What the network's router answers during an outage to packets for the client, or with "
		"outage-direction = up to "
		"the client's, which get as far as that router: nothing, or ICMP Destination Unreachable "
		"with that code. 3/0, 3/1 and "
		"3/5 are soft errors: no connection may end by them (RFC 5383 4.2)." },
	{ "outage-icmp-interval", NAP_P_TIME, PATH(outage_icmp_interval), "1s", "0s", "1h", NULL,
		"How often that router says so to one sender, after the first six (RFC 1812 4.3.2.8; Linux' "
		"icmp_ratelimit: "
		"1s); 0s: to each packet." },
	{ "stay", NAP_P_DIST_TIME, PATH(stay), "3650d", "1ms", NULL, NULL,
		"How long the device stays on this network before it moves to the first [network NAME]; "
		"after the last one it "
		"comes back. Each move changes its address." },
	{ "move-gap", NAP_P_DIST_TIME, PATH(move_gap), "0s", "0s", "1d", NULL,
		"Time without any network at each move." },
	{ "icmp", NAP_P_ARRIVALS, PATH(icmp), "none", NULL, NULL, NULL,
		"When a router near the server sends the client an ICMP error about its flow." },
	{ "icmp-error", NAP_P_WORD, PATH(icmp_error), "3/1", NULL, NULL, icmp_words,
		"Type and code of these errors. 3/0, 3/1 and 3/5 must not abort a TCP connection (RFC 1122 "
		"4.2.3.9, RFC 5383 4.2)." },
	NAP_PARAM_END
};

const struct nap_param nap_hop_params[] = {
	{ "link-delay", NAP_P_DIST_TIME, HOP(delay), "0s", "0s", "1h", NULL,
		"One-way delay between this middlebox and the next hop towards the server." },
	{ "link-loss", NAP_P_SHARE, HOP(loss), "0%", "0%", "100%", NULL,
		"Share of packets lost between this middlebox and the next hop, each way." },
	{ "reboots", NAP_P_ARRIVALS, HOP(reboots), "none", NULL, NULL, NULL,
		"When this middlebox restarts and forgets all it knew." },
	{ "address-changes", NAP_P_ARRIVALS, HOP(readdresses), "none", NULL, NULL, NULL,
		"When this NAT gets another external address, as a home router does at night (periodic 24h): "
		"its sessions go or stay as link-down says, and what is sent to the old address comes no "
		"more to it. It has one address at a time, in turn one of sixteen." },
	{ "changes", NAP_P_SETTINGS, HOP(changes), "", NULL, NULL, NULL,
		"Keys of this middlebox that take another value in the course of the run, while sessions "
		"live: 35s: "
		"rules = drop inside; 50s: rules = (a one-way cut); 1h: forwards = udp/8125 > 10.0.0.3:8125 "
		"(a "
		"replaced pod). Commas divide the elements of a key's list. What exists stays as it is until "
		"its next "
		"packet." },
	NAP_PARAM_END
};

const struct nap_param nap_network_params[] = {
	{ "radio", NAP_P_TEXT, NET(radio), NULL, NULL, NULL, NULL,
		"The radio profile that the device uses on this network." },
	{ "middleboxes", NAP_P_LIST, NET(middleboxes), "", NULL, NULL, NULL,
		"Names of this network's middleboxes from the client outwards; each has its group [middlebox "
		"NAME]." },
	{ "delay", NAP_P_DIST_TIME, NET(delay), "0s", "0s", "1h", NULL, "One-way delay of the access link." },
	{ "delay-changes", NAP_P_CHANGES, NET(delay_changes), "", "0s", "1h", NULL,
		"What that is later: each value from its moment of the run on, as in [path]." },
	{ "loss", NAP_P_SHARE, NET(loss), "0%", "0%", "100%", NULL,
		"Share of packets that the access link loses, each way." },
	{ "loss-burst", NAP_P_REAL, NET(loss_burst), "1", "1", "1000000", NULL,
		"Mean length of a burst of lost packets." },
	{ "stay", NAP_P_DIST_TIME, NET(stay), "3650d", "1ms", NULL, NULL,
		"How long the device stays before it moves on." },
	NAP_PARAM_END
};

/* Is a NAT's address one that can change? */
static const char *check_address(const struct nap_hop_config *hop, const struct nap_box_config *box)
{
	if (hop->readdresses.kind == NAP_ARRIVALS_NONE)
		return NULL;
	if (box->kind != NAP_BOX_NAT)
		return "only a NAT has an external address (kind)";
	return box->addresses.n > 1 ? "it has several (addresses)" : NULL;
}

/* After each of the changes the keys must go together as before. */
static const char *check_changes(const struct nap_hop_config *hop, const struct nap_box_config *box)
{
	struct nap_box_config then = *box;
	const char *why = NULL, *key;

	for (uint32_t i = 0; i < hop->changes.n && !why; i++) {
		const struct nap_setting *set = &hop->changes.row[i];

		if (set->row->offset == offsetof(struct nap_box_config, kind))
			return "kind stays as it is in a run";
		if (set->row->offset == offsetof(struct nap_box_config, addresses))
			return "of addresses, address-changes says when they change";
		nap_box_config_put(&then, set->row, set->value);
		why = nap_box_config_check(&then, &key);
	}
	return why;
}

const char *nap_hop_config_check(
	const struct nap_hop_config *hop, const struct nap_box_config *box, const char **key)
{
	const char *why = check_address(hop, box);

	*key = why ? "address-changes" : "changes";
	return why ? why : check_changes(hop, box);
}
