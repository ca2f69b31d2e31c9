/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which keys a box reads: by its tracker, and by the values of other keys. A key that is in neither table is always read.
 * tests/test_box_keys.c holds both tables against what boxes do.
 */
#include "middlebox/box_config.h"

#include <string.h>

#include <glib.h>

enum {
	LINUX = 1 << NAP_TRACK_LINUX,
	SIMPLE = 1 << NAP_TRACK_SIMPLE,
	RFC = 1 << NAP_TRACK_RFC7857 | 1 << NAP_TRACK_RFC6146
};

static const struct {
	const char *key;
	unsigned by;
	const char *to_linux, *to_simple,
		*to_rfc; /* the key that says it to those that do not read this one; NULL: none */
} keys[] = {
	{ "reset-check", SIMPLE | RFC, "tcp-be-liberal", NULL, NULL },
	{ "udp-single", SIMPLE | RFC, "udp", NULL, NULL },
	{ "tcp-syn-sent2", LINUX, NULL, "tcp-syn-sent", "tcp-syn-sent" },
	{ "tcp-syn-recv", LINUX | SIMPLE, NULL, NULL, "tcp-syn-sent" },
	{ "tcp-fin-wait", LINUX, NULL, "tcp-half-closed", "tcp-half-closed" },
	{ "tcp-close-wait", LINUX, NULL, "tcp-half-closed", "tcp-half-closed" },
	{ "tcp-last-ack", LINUX, NULL, "tcp-closing", "tcp-closing" },
	{ "tcp-time-wait", LINUX, NULL, "tcp-closing", "tcp-closing" },
	{ "tcp-close", LINUX | SIMPLE, NULL, NULL, "tcp-trans" },
	{ "tcp-max-retrans", LINUX, NULL, "tcp-established", "tcp-established" },
	{ "tcp-unacknowledged", LINUX, NULL, "tcp-established", "tcp-established" },
	{ "tcp-half-closed", SIMPLE | RFC, "tcp-fin-wait", NULL, NULL },
	{ "tcp-closing", SIMPLE | RFC, "tcp-time-wait", NULL, NULL },
	{ "tcp-trans", RFC, "tcp-close", "tcp-close", NULL },
	{ "half-closed-needs-ack", SIMPLE, NULL, NULL, NULL },
	{ "reopen", SIMPLE, NULL, NULL, NULL },
	{ "port-takeover", LINUX, NULL, NULL, NULL },
	{ "closed-count", LINUX, NULL, NULL, NULL },
	{ "tcp-loose", LINUX, NULL, "on-miss", "on-miss" },
	{ "tcp-be-liberal", LINUX, NULL, NULL, NULL },
	{ "tcp-ignore-invalid-rst", LINUX, NULL, "reset-check", "reset-check" },
	{ "tcp-max-retrans-count", LINUX, NULL, NULL, NULL },
};

bool nap_box_reads(const char *key, enum nap_tracker tracker, const char **instead)
{
	*instead = NULL;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		if (strcmp(keys[i].key, key) != 0)
			continue;
		if (keys[i].by >> tracker & 1)
			return true;
		*instead = tracker == NAP_TRACK_LINUX    ? keys[i].to_linux
			   : tracker == NAP_TRACK_SIMPLE ? keys[i].to_simple
							 : keys[i].to_rfc;
		return false;
	}
	return true;
}

/* ---- by other keys -------------------------------------------------------------------------------------------------- */

#define NAT    (1 << NAP_BOX_NAT)
#define PROXY  (1 << NAP_BOX_PROXY)
#define APART  (1 << NAP_ADDRESS_AND_PORT_DEPENDENT)
#define JOINED (1 << NAP_FRAGMENTS_REASSEMBLE | 1 << NAP_FRAGMENTS_ORDERED)
#define CHOSEN (1 << NAP_PORTS_PRESERVE | 1 << NAP_PORTS_RANDOM)
#define HELD   2u /* yes, some, not none */

const struct nap_box_need nap_box_needs[] = {
	{ "pings", "kind", PROXY, NULL, 0 },
	{ "client-idle", "kind", PROXY, NULL, 0 },
	{ "server-idle", "kind", PROXY, NULL, 0 },
	{ "client-keepalive", "kind", PROXY, NULL, 0 },
	{ "server-keepalive", "kind", PROXY, NULL, 0 },
	{ "request-timeout", "kind", PROXY, NULL, 0 },

	{ "ip-id", "kind", NAT, NULL, 0 },
	{ "link-down", "kind", NAT, NULL, 0 },
	{ "addresses", "kind", NAT, NULL, 0 },
	{ "untranslated", "kind", NAT, NULL, 0 },
	{ "forwards", "kind", NAT, NULL, 0 },
	{ "ports", "kind", NAT, NULL, 0 },
	{ "port-range", "kind", NAT, NULL, 0 },
	{ "port-classes", "kind", NAT, NULL, 0 },
	{ "parity", "kind", NAT, NULL, 0 },
	{ "overload", "kind", NAT, NULL, 0 },
	{ "port-clash", "kind", NAT, NULL, 0 },
	{ "port-search", "kind", NAT, NULL, 0 },
	{ "port-takeover", "kind", NAT, NULL, 0 },
	{ "peer-port", "kind", NAT, NULL, 0 },
	{ "port-hold-down", "kind", NAT, NULL, 0 },
	{ "hold-survives", "kind", NAT, NULL, 0 },
	{ "pooling", "kind", NAT, NULL, 0 },
	{ "hairpin", "kind", NAT, NULL, 0 },
	{ "hairpin-source", "kind", NAT, NULL, 0 },
	{ "hairpin-by", "kind", NAT, NULL, 0 },
	{ "hairpin-unsent", "kind", NAT, NULL, 0 },
	{ "block-allocation", "kind", NAT, NULL, 0 },
	{ "blocks-per-subscriber", "kind", NAT, NULL, 0 },
	{ "block-hold", "kind", NAT, NULL, 0 },
	{ "inside-first", "kind", NAT, NULL, 0 },
	{ "ports-per-subscriber", "kind", NAT, NULL, 0 },
	{ "log-destinations", "kind", NAT, NULL, 0 },

	{ "reuse-mapping", "mapping", APART, "tcp-mapping", APART },
	{ "hairpin-by", "filtering", APART, "tcp-filtering", APART },
	{ "fragment-limit", "fragments", JOINED, NULL, 0 },
	{ "fragment-timeout", "fragments", JOINED, NULL, 0 },
	{ "fragments-full", "fragments", JOINED, NULL, 0 },
	{ "fragments-full", "fragment-limit", HELD, NULL, 0 },
	{ "too-big", "mtu", HELD, NULL, 0 },
	{ "on-expiry-of", "on-expiry",
		1 << NAP_EXPIRY_RST | 1 << NAP_EXPIRY_RST_INSIDE | 1 << NAP_EXPIRY_RST_OUTSIDE |
			1 << NAP_EXPIRY_FIN,
		NULL, 0 },
	{ "probe-count", "probe-interval", HELD, NULL, 0 },
	{ "adaptive-end", "adaptive-start", HELD, NULL, 0 },
	{ "on-miss-sides", "on-miss", 1 << NAP_MISS_RST | 1 << NAP_MISS_DROP, NULL, 0 },
	{ "pcp-minimum", "pcp", 1 << NAP_PCP_PCP | 1 << NAP_PCP_PMP, NULL, 0 },
	{ "pcp-maximum", "pcp", 1 << NAP_PCP_PCP | 1 << NAP_PCP_PMP, NULL, 0 },
	{ "port-search", "ports", CHOSEN, "hairpin-source", 1 << NAP_HAIRPIN_BOX },
	{ "port-takeover", "port-search", 1 << NAP_SEARCH_RUNS, NULL, 0 },
	{ "port-clash", "ports", 1 << NAP_PORTS_PRESERVE, "hairpin-source", 1 << NAP_HAIRPIN_BOX },
	{ "peer-port", "forwards", HELD, NULL, 0 },
	{ "hold-survives", "port-hold-down", HELD, NULL, 0 },
	{ "hairpin-source", "hairpin", HELD, NULL, 0 },
	{ "hairpin-by", "hairpin", HELD, NULL, 0 },
	{ "hairpin-unsent", "hairpin", HELD, NULL, 0 },
	{ "block-allocation", "ports", 1 << NAP_PORTS_BLOCK, NULL, 0 },
	{ "blocks-per-subscriber", "ports", 1 << NAP_PORTS_BLOCK, NULL, 0 },
	{ "blocks-per-subscriber", "block-allocation", 1 << NAP_BLOCK_DYNAMIC, NULL, 0 },
	{ "block-hold", "ports", 1 << NAP_PORTS_BLOCK, NULL, 0 },
	{ "inside-first", "block-allocation", 1 << NAP_BLOCK_DETERMINISTIC, NULL, 0 },
	{ "inside-first", "ports", 1 << NAP_PORTS_BLOCK, NULL, 0 },
	{ "eviction", "capacity", HELD, NULL, 0 },
	{ "hash-buckets", "capacity", HELD, NULL, 0 },
	{ "hash-buckets", "eviction", 1 << NAP_EVICT_EARLY_DROP, NULL, 0 },
	{ "closed-count", "sessions-per-subscriber", HELD, NULL, 0 },
	{ NULL, NULL, 0, NULL, 0 },
};

static const struct nap_param *row_of(const char *key)
{
	for (const struct nap_param *row = nap_box_params; row->key; row++)
		if (strcmp(row->key, key) == 0)
			return row;
	g_assert_not_reached(); /* nap_box_needs names keys that there are */
}

/* The bit of the value that a key has: of a word its place among the words, else whether there is any. */
static uint32_t value_bit(const struct nap_box_config *c, const char *key)
{
	const struct nap_param *row = row_of(key);
	const void *at = (const char *)c + row->offset;

	switch (row->type) {
	case NAP_P_WORD:
		return 1u << *(const uint32_t *)at;
	case NAP_P_WORD_ARG:
		return 1u << ((const struct nap_word_arg *)at)->word;
	case NAP_P_BOOL:
		return 1u << *(const bool *)at;
	case NAP_P_UINT:
		return *(const uint32_t *)at ? HELD : 1;
	case NAP_P_UINT64:
		return *(const uint64_t *)at ? HELD : 1;
	case NAP_P_LIST:
		return *(const char *const *const *)at && **(const char *const *const *)at ? HELD : 1;
	default:
		return *(const nap_time *)at ? HELD : 1;
	}
}

const struct nap_box_need *nap_box_unmet(const struct nap_box_config *c, const char *key)
{
	for (const struct nap_box_need *n = nap_box_needs; n->key; n++)
		if (strcmp(n->key, key) == 0 && !(value_bit(c, n->other) & n->of) &&
			!(n->or_other && (value_bit(c, n->or_other) & n->or_of)))
			return n;
	return NULL;
}
