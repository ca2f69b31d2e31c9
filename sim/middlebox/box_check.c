/* SPDX-License-Identifier: BSD-2-Clause */
/* The forms of a config's list elements, and the rules that join several keys. */
#include "middlebox/box_config.h"

#include <string.h>

#include "middlebox/parse.h"
#include "middlebox/rules.h"
#include "net/fragment.h"

bool nap_parse_number(const char **s, uint32_t max, uint32_t *out)
{
	uint64_t v = 0;
	const char *p = *s;

	if (*p < '0' || *p > '9')
		return false;
	for (; *p >= '0' && *p <= '9'; p++) {
		v = v * 10 + (uint32_t)(*p - '0');
		if (v > max)
			return false;
	}
	*s = p;
	*out = (uint32_t)v;
	return true;
}

bool nap_parse_address(const char **s, nap_addr *out)
{
	nap_addr a = 0;
	uint32_t part;

	for (int i = 0; i < 4; i++) {
		if ((i && *(*s)++ != '.') || !nap_parse_number(s, 255, &part))
			return false;
		a = a << 8 | part;
	}
	*out = a;
	return true;
}

static bool protocol(const char **s, uint8_t *out)
{
	if (!strncmp(*s, "tcp/", 4))
		*out = NAP_TCP;
	else if (!strncmp(*s, "udp/", 4))
		*out = NAP_UDP;
	else
		return false;
	*s += 4;
	return true;
}

bool nap_box_forward_parse(const char *text, struct nap_box_forward *out)
{
	struct nap_box_forward f = { 0 };
	const char *s = text, *colon;
	uint32_t lo, hi, to;

	if (!protocol(&s, &f.proto))
		return false;
	colon = strchr(s, ':');
	if (colon && colon < s + strcspn(s, " >")) {
		if (!nap_parse_address(&s, &f.outside) || *s++ != ':')
			return false;
	}
	if (!nap_parse_number(&s, 65535, &lo))
		return false;
	hi = lo;
	if (*s == '-') {
		s++;
		if (!nap_parse_number(&s, 65535, &hi))
			return false;
	}
	s += strspn(s, " ");
	if (*s++ != '>')
		return false;
	s += strspn(s, " ");
	if (!nap_parse_address(&s, &f.inside.addr) || *s++ != ':' || !nap_parse_number(&s, 65535, &to) ||
		*s || lo < 1 || hi < lo || to < 1 || to + (hi - lo) > 65535)
		return false;
	f.lo = (uint16_t)lo;
	f.hi = (uint16_t)hi;
	f.inside.port = (uint16_t)to;
	*out = f;
	return true;
}

bool nap_box_port_parse(const char *text, uint8_t *proto, uint16_t *port)
{
	const char *s = text;
	uint32_t n;

	*proto = 0;
	if ((*s < '0' || *s > '9') && !protocol(&s, proto))
		return false;
	if (!nap_parse_number(&s, 65535, &n) || *s || n < 1)
		return false;
	*port = (uint16_t)n;
	return true;
}

static const char *check_rules(const struct nap_box_config *c, const char **key)
{
	struct rule r;

	for (const char *const *t = c->raw_rules; t && *t; t++)
		if (!nap_rule_parse(*t, true, &r)) {
			*key = "raw-rules";
			return "each element must look like drop outside udp len 1001-65535, with drop, "
			       "notrack, accept or zone N";
		}
	for (const char *const *t = c->rules; t && *t; t++)
		if (!nap_rule_parse(*t, false, &r)) {
			*key = "rules";
			return "each element must look like drop outside udp len 1001-65535, with drop, "
			       "reject or accept";
		}
	return NULL;
}

static const char *check_lists(const struct nap_box_config *c, const char **key)
{
	struct nap_box_forward f;
	uint16_t port;
	uint8_t proto;

	for (const char *const *t = c->forwards; t && *t; t++)
		if (!nap_box_forward_parse(*t, &f)) {
			*key = "forwards";
			return "each element must look like tcp/8080 > 10.0.0.2:80";
		}
	for (const char *const *t = c->blocked_ports; t && *t; t++)
		if (!nap_box_port_parse(*t, &proto, &port)) {
			*key = "blocked-ports";
			return "each element must look like tcp/25";
		}
	for (const char *const *t = c->algs; t && *t; t++)
		if (!nap_box_alg_known(*t)) {
			*key = "alg";
			return "each element must be ftp, sip, h323, rtsp, tftp, smtp or imap";
		}
	return check_rules(c, key);
}

static bool runs_upwards(const struct nap_port_ranges *p)
{
	uint32_t above = 0;

	for (uint32_t i = 0; i < p->n; i++) {
		if (p->range[i].lo <= above || p->range[i].hi < p->range[i].lo)
			return false;
		above = p->range[i].hi;
	}
	return p->lo >= 1 && p->hi >= p->lo;
}

/* Without these no box can be made; a config that nobody has filled has no ports. */
static const char *check_least(const struct nap_box_config *c, const char **key)
{
	const char *why = check_lists(c, key);

	if (why)
		return why;
	if (c->kind == NAP_BOX_NAT && c->addresses.n == 0) {
		*key = "addresses";
		return "a NAT needs an external address";
	}
	if (c->kind == NAP_BOX_PROXY && c->tracker != NAP_TRACK_SIMPLE) {
		*key = "tracker";
		return "a proxy (kind) goes by tracker simple";
	}
	if (c->kind != NAP_BOX_PROXY && c->on_expiry == NAP_EXPIRY_FIN) {
		*key = "on-expiry";
		return "fin: only a proxy (kind) has connections to close";
	}
	if (!runs_upwards(&c->port_range)) {
		*key = "port-range";
		return "must run upwards from at least 1, several ranges one after another";
	}
	return NULL;
}

bool nap_box_config_may_be(const struct nap_box_config *c)
{
	const char *key;

	return !check_least(c, &key);
}

/* A shared external port tells its sessions apart by destination, which such a mapping must not depend on. */
static bool overloads_independent(const struct nap_box_config *c)
{
	bool udp = c->mapping == NAP_ENDPOINT_INDEPENDENT;
	bool tcp = c->tcp_mapping == NAP_AS_FOR_UDP ? udp : c->tcp_mapping == NAP_ENDPOINT_INDEPENDENT;

	return c->kind == NAP_BOX_NAT && c->overload && (udp || tcp);
}

/* Zones are Linux', and so are its ways with names that they share. */
static const char *check_zones(const struct nap_box_config *c, const char **key)
{
	bool like_linux =
		c->mapping == NAP_ADDRESS_AND_PORT_DEPENDENT &&
		c->filtering == NAP_ADDRESS_AND_PORT_DEPENDENT && c->overload &&
		(c->tcp_mapping == NAP_AS_FOR_UDP || c->tcp_mapping == NAP_ADDRESS_AND_PORT_DEPENDENT) &&
		(c->tcp_filtering == NAP_AS_FOR_UDP || c->tcp_filtering == NAP_ADDRESS_AND_PORT_DEPENDENT);
	bool zones = false;
	struct rule r;

	for (const char *const *t = c->raw_rules; t && *t && !zones; t++)
		zones = nap_rule_parse(*t, true, &r) && r.action == RULE_ZONE;
	*key = "raw-rules";
	if (zones && c->tracker != NAP_TRACK_LINUX)
		return "zone: only tracker = linux has zones";
	if (zones && c->kind == NAP_BOX_NAT && !like_linux)
		return "zone: a NAT with zones maps and filters by address and port and overloads its ports, "
		       "as Linux";
	return NULL;
}

const char *nap_box_config_check(const struct nap_box_config *c, const char **key)
{
	const char *why = check_least(c, key);

	if (!why)
		why = check_zones(c, key);
	if (why)
		return why;
	if (c->ports.word == NAP_PORTS_BLOCK && (c->ports.arg < 1 || c->ports.arg > nap_box_ports(c))) {
		*key = "ports";
		return "a block must hold at least one port and fit into port-range";
	}
	if (c->ports.word == NAP_PORTS_BLOCK && c->block_allocation == NAP_BLOCK_DETERMINISTIC &&
		c->inside_first.n != 1) {
		*key = "inside-first";
		return "deterministic blocks need the first subscriber's address";
	}
	if (overloads_independent(c)) {
		*key = "overload";
		return "an endpoint-independent mapping has its external port for all destinations, and "
		       "overload = yes would "
		       "share it: say overload = no, or another mapping";
	}
	if (c->mtu && c->mtu < NAP_MTU_LEAST) {
		*key = "mtu";
		return "must be 0 or at least 68";
	}
	if (c->inside_address.n > 1) {
		*key = "inside-address";
		return "at most one";
	}
	if (c->hairpin && c->hairpin_source == NAP_HAIRPIN_BOX && c->inside_address.n == 0) {
		*key = "hairpin-source";
		return "box needs an inside-address";
	}
	if (c->pcp_maximum < c->pcp_minimum) {
		*key = "pcp-maximum";
		return "must not be below pcp-minimum";
	}
	if (c->port_timers.n > UINT8_MAX) {
		*key = "port-timers";
		return "at most 255";
	}
	if (c->adaptive_start && c->adaptive_end <= c->adaptive_start) {
		*key = "adaptive-end";
		return "must be above adaptive-start";
	}
	return NULL;
}
