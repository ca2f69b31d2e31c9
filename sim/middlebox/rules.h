/* SPDX-License-Identifier: BSD-2-Clause */
/* Packet filter rules before and after tracking (keys raw-rules, rules). Private to middlebox/. */
#ifndef NAP_MIDDLEBOX_RULES_H
#define NAP_MIDDLEBOX_RULES_H

#include "middlebox/box_config.h"
#include "middlebox/zones.h"

enum rule_action { RULE_ACCEPT, RULE_DROP, RULE_NOTRACK, RULE_REJECT, RULE_ZONE };

struct rule_span {
	uint32_t lo, hi; /* both within */
};

struct rule {
	enum rule_action action;
	struct zone zone;                   /* RULE_ZONE */
	uint8_t sides;                      /* bit of each enum nap_side it is for */
	bool any_proto;                     /* else proto */
	uint8_t proto;                      /* IANA number */
	struct rule_span sport, dport, len; /* ports; bytes of the IP packet */
	nap_addr src, dst;                  /* 0: any */
};

/* Parse "drop outside udp len 1001-65535". raw: before tracking, where notrack and zone N may be said, else reject. */
bool nap_rule_parse(const char *text, bool raw, struct rule *out);

/* All of a list (NULL: none) that nap_box_config_check has seen; *n: how many. Free with g_free. */
struct rule *nap_rules_parse(const char *const *list, bool raw, uint32_t *n);

/* What the first of n rules that fits p, which arrived at side, says; RULE_ACCEPT when none does, or it names a zone. */
enum rule_action nap_rules_say(
	const struct rule *rule, uint32_t n, enum nap_side side, const struct nap_packet *p);

/* The zone that it names, if it does. */
struct zone nap_rules_zone(
	const struct rule *rule, uint32_t n, enum nap_side side, const struct nap_packet *p);

/* Does any of n rules name one? */
bool nap_rules_name_zones(const struct rule *rule, uint32_t n);

#endif
