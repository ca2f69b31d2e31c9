/* SPDX-License-Identifier: BSD-2-Clause */
#include "middlebox/rules.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "middlebox/parse.h"

static bool action_of(const char *word, bool raw, enum rule_action *out)
{
	static const char *const words[] = { [RULE_ACCEPT] = "accept",
		[RULE_DROP] = "drop",
		[RULE_NOTRACK] = "notrack",
		[RULE_REJECT] = "reject" };

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
		if (strcmp(word, words[i]) == 0) {
			*out = (enum rule_action)i;
			return i != (raw ? RULE_REJECT : RULE_NOTRACK);
		}
	return false;
}

/*
 * "zone 5": the packet, whoever's it is, belongs to zone 5; "opener-zone 5", "answerer-zone 5": if it is of who opened the
 * session, or of who answers (ct original zone, ct reply zone). 1 to 65535.
 */
static bool zone_of(const char *word, const char *number, struct rule *r)
{
	bool opener = strcmp(word, "opener-zone") == 0, answerer = strcmp(word, "answerer-zone") == 0;
	uint32_t n;

	if ((!opener && !answerer && strcmp(word, "zone") != 0) || !number ||
		!nap_parse_number(&number, 65535, &n) || *number || n == 0)
		return false;
	r->action = RULE_ZONE;
	r->zone = (struct zone){ answerer ? 0 : (uint16_t)n, opener ? 0 : (uint16_t)n };
	return true;
}

/* "53" or "1001-65535". */
static bool span_of(const char *text, struct rule_span *out)
{
	const char *s = text;

	if (!nap_parse_number(&s, 65535, &out->lo))
		return false;
	out->hi = out->lo;
	if (*s == '-' && (s++, !nap_parse_number(&s, 65535, &out->hi)))
		return false;
	return !*s && out->lo <= out->hi;
}

static bool address_of(const char *text, nap_addr *out)
{
	const char *s = text;

	return nap_parse_address(&s, out) && !*s && *out;
}

/* udp, tcp, icmp, gre, or a number */
static bool protocol_of(const char *word, struct rule *r)
{
	static const struct {
		const char *word;
		uint8_t proto;
	} known[] = { { "udp", NAP_UDP }, { "tcp", NAP_TCP }, { "icmp", NAP_ICMP }, { "gre", NAP_GRE } };
	uint32_t n;

	r->any_proto = false;
	for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
		if (strcmp(word, known[i].word) == 0) {
			r->proto = known[i].proto;
			return true;
		}
	if (!nap_parse_number(&word, 255, &n) || *word)
		return false;
	r->proto = (uint8_t)n;
	return true;
}

/* A word that needs one behind it, with that one; false when it is none, or that one has not its form. */
static bool pair(struct rule *r, const char *word, const char *value)
{
	if (strcmp(word, "sport") == 0)
		return span_of(value, &r->sport);
	if (strcmp(word, "dport") == 0)
		return span_of(value, &r->dport);
	if (strcmp(word, "len") == 0)
		return span_of(value, &r->len);
	if (strcmp(word, "src") == 0)
		return address_of(value, &r->src);
	return strcmp(word, "dst") == 0 && address_of(value, &r->dst);
}

/* The words behind the action. */
static bool matches_of(char **word, struct rule *r)
{
	for (; *word; word++) {
		if (!**word) /* two spaces */
			continue;
		if (strcmp(*word, "inside") == 0)
			r->sides = 1 << NAP_INSIDE;
		else if (strcmp(*word, "outside") == 0)
			r->sides = 1 << NAP_OUTSIDE;
		else if (word[1] && pair(r, word[0], word[1]))
			word++;
		else if (!protocol_of(*word, r))
			return false;
	}
	return true;
}

bool nap_rule_parse(const char *text, bool raw, struct rule *out)
{
	static const struct rule_span all = { 0, UINT32_MAX };
	g_auto(GStrv) words = g_strsplit(text, " ", -1);

	*out = (struct rule){ .sides = 1 << NAP_INSIDE | 1 << NAP_OUTSIDE,
		.any_proto = true,
		.sport = all,
		.dport = all,
		.len = all };
	if (words[0] && raw && zone_of(words[0], words[1], out))
		return matches_of(words + 2, out);
	return words[0] && action_of(words[0], raw, &out->action) && matches_of(words + 1, out);
}

static uint32_t count_list(const char *const *list)
{
	uint32_t n = 0;

	while (list && list[n])
		n++;
	return n;
}

struct rule *nap_rules_parse(const char *const *list, bool raw, uint32_t *n)
{
	struct rule *rule;

	*n = count_list(list);
	rule = g_new0(struct rule, *n);
	for (uint32_t i = 0; i < *n; i++) {
		bool parsed = nap_rule_parse(list[i], raw, &rule[i]);

		g_assert(parsed);
	}
	return rule;
}

static bool within(const struct rule_span *s, uint32_t n)
{
	return n >= s->lo && n <= s->hi;
}

static bool fits(const struct rule *r, enum nap_side side, const struct nap_packet *p)
{
	bool ports = p->proto == NAP_TCP || p->proto == NAP_UDP;
	bool asks_ports = r->sport.hi != UINT32_MAX || r->dport.hi != UINT32_MAX;

	return (r->sides >> side & 1) && (r->any_proto || r->proto == p->proto) && (ports || !asks_ports) &&
	       within(&r->sport, p->src.port) && within(&r->dport, p->dst.port) &&
	       within(&r->len, nap_packet_bytes(p)) && (!r->src || r->src == p->src.addr) &&
	       (!r->dst || r->dst == p->dst.addr);
}

/* The first that fits, NULL: none does. */
static const struct rule *first(
	const struct rule *rule, uint32_t n, enum nap_side side, const struct nap_packet *p)
{
	for (uint32_t i = 0; i < n; i++)
		if (fits(&rule[i], side, p))
			return &rule[i];
	return NULL;
}

enum rule_action nap_rules_say(
	const struct rule *rule, uint32_t n, enum nap_side side, const struct nap_packet *p)
{
	const struct rule *r = first(rule, n, side, p);

	return r && r->action != RULE_ZONE ? r->action : RULE_ACCEPT;
}

struct zone nap_rules_zone(
	const struct rule *rule, uint32_t n, enum nap_side side, const struct nap_packet *p)
{
	const struct rule *r = first(rule, n, side, p);

	return r ? r->zone : (struct zone){ 0, 0 };
}

bool nap_rules_name_zones(const struct rule *rule, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (rule[i].action == RULE_ZONE)
			return true;
	return false;
}
