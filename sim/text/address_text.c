/* SPDX-License-Identifier: BSD-2-Clause */
#include "text/address_text.h"

#include <string.h>

#include "text/input_error.h"
#include "text/quantity.h"
#include "net/packet.h"

#define ADDRESSES_MAX 65536u /* of one list: a /16 */

static bool scan_number(const char **text, unsigned max, unsigned *out)
{
	const char *p = *text;
	unsigned v = 0;

	while (g_ascii_isdigit(*p) && v <= max)
		v = v * 10 + (unsigned)(*p++ - '0');
	if (p == *text || v > max || g_ascii_isdigit(*p))
		return false;
	*text = p;
	*out = v;
	return true;
}

bool nap_address_scan(const char **text, uint32_t *addr)
{
	const char *p = *text;
	uint32_t a = 0;

	for (int i = 0; i < 4; i++) {
		unsigned byte;

		if (i && *p++ != '.')
			return false;
		if (!scan_number(&p, 255, &byte))
			return false;
		a = a << 8 | byte;
	}
	*text = p;
	*addr = a;
	return true;
}

char *nap_address_format(uint32_t a)
{
	return g_strdup_printf("%u.%u.%u.%u", a >> 24, a >> 16 & 255, a >> 8 & 255, a & 255);
}

/* One element of a list: an address, a range or a prefix, as its first and last address. */
static bool parse_span(const char *text, uint32_t *lo, uint32_t *hi)
{
	const char *p = text;
	unsigned bits;

	if (!nap_address_scan(&p, lo))
		return false;
	*hi = *lo;
	if (*p == '-') {
		p++;
		return nap_address_scan(&p, hi) && !*p && *lo <= *hi;
	}
	if (*p == '/') {
		p++;
		if (!scan_number(&p, 32, &bits))
			return false;
		*hi = *lo | (bits < 32 ? UINT32_MAX >> bits : 0);
		if (bits < 32 && (*lo & (UINT32_MAX >> bits)))
			return false;
	}
	return !*p;
}

bool nap_addresses_parse(const char *text, struct nap_arena *arena, struct nap_addr_list *out, GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	g_auto(GStrv) parts = g_strsplit(text, ";", -1);
	uint32_t *copy;

	for (char **part = parts; *part; part++) {
		uint32_t lo, hi;

		if (!*g_strstrip(*part))
			continue;
		if (!parse_span(*part, &lo, &hi)) {
			g_autofree char *shown = nap_shown(*part);

			return nap_fail(error, "%s is no IPv4 address, range or prefix, for instance %s",
				shown, nap_type_example(NAP_P_ADDRESSES));
		}
		if (hi - lo >= ADDRESSES_MAX - list->len)
			return nap_fail(error, "more than %u addresses", ADDRESSES_MAX);
		for (uint32_t a = lo; a - lo <= hi - lo; a++) {
			g_array_append_val(list, a);
			if (a == hi)
				break;
		}
	}
	copy = nap_arena_alloc(arena, list->len * sizeof *copy);
	if (list->len)
		memcpy(copy, list->data, list->len * sizeof *copy);
	*out = (struct nap_addr_list){ copy, list->len };
	return true;
}

char *nap_addresses_format(const struct nap_addr_list *list)
{
	GString *s = g_string_new(NULL);

	for (uint32_t i = 0, j; i < list->n; i = j) {
		g_autofree char *lo = nap_address_format(list->addr[i]), *hi = NULL;

		for (j = i + 1; j < list->n && list->addr[j] == list->addr[j - 1] + 1; j++)
			;
		g_string_append_printf(s, "%s%s", i ? "; " : "", lo);
		if (j > i + 1) {
			hi = nap_address_format(list->addr[j - 1]);
			g_string_append_printf(s, "-%s", hi);
		}
	}
	return g_string_free(s, FALSE);
}

static bool parse_range(const char *text, struct nap_port_range *out, GError **error)
{
	const char *p = text;
	unsigned lo, hi;
	bool ok = scan_number(&p, 65535, &lo);

	hi = ok ? lo : 0;
	if (ok && *p == '-') {
		p++;
		ok = scan_number(&p, 65535, &hi);
	}
	if (!ok || *p || lo > hi) {
		g_autofree char *shown = nap_shown(text);

		return nap_fail(error,
			"%s is no port range: write LOW-HIGH within 0-65535, for instance 1024-65535", shown);
	}
	*out = (struct nap_port_range){ (uint16_t)lo, (uint16_t)hi };
	return true;
}

bool nap_port_ranges_parse(
	const char *text, struct nap_arena *arena, struct nap_port_ranges *out, GError **error)
{
	g_auto(GStrv) parts = g_strsplit(text, ";", -1);
	struct nap_port_range *range = nap_arena_alloc(arena, g_strv_length(parts) * sizeof *range);
	uint32_t n = 0;

	for (char **part = parts; *part; part++) {
		if (!*g_strstrip(*part) && (n || part[1])) /* after the last semicolon */
			continue;
		if (!parse_range(*part, &range[n], error))
			return false;
		if (n && range[n].lo <= range[n - 1].hi)
			return nap_fail(error, "%s: ranges must run upwards, and none into another", *part);
		n++;
	}
	if (n == 0) {
		struct nap_port_range none;

		return parse_range(text, &none, error);
	}
	*out = (struct nap_port_ranges){ range[0].lo, range[n - 1].hi, n > 1 ? range : NULL, n > 1 ? n : 0 };
	return true;
}

char *nap_port_ranges_format(const struct nap_port_ranges *ranges)
{
	GString *s = g_string_new(NULL);

	if (!ranges->n)
		g_string_append_printf(s, "%u-%u", ranges->lo, ranges->hi);
	for (uint32_t i = 0; i < ranges->n; i++)
		g_string_append_printf(s, "%s%u-%u", i ? "; " : "", ranges->range[i].lo, ranges->range[i].hi);
	return g_string_free(s, FALSE);
}

static const struct {
	const char *prefix;
	uint8_t proto;
} protocols[] = { { "tcp/", NAP_TCP }, { "udp/", NAP_UDP } };

/* "udp/4500: 30s 5min" */
static bool parse_timer(const char *text, struct nap_port_timer *t, GError **error)
{
	g_auto(GStrv) times = NULL;
	const char *p = text;
	unsigned port;

	for (size_t i = 0; i < G_N_ELEMENTS(protocols); i++)
		if (g_str_has_prefix(p, protocols[i].prefix)) {
			t->proto = protocols[i].proto;
			p += strlen(protocols[i].prefix);
			break;
		}
	if (!scan_number(&p, 65535, &port) || *p != ':') {
		g_autofree char *shown = nap_shown(text);

		return nap_fail(error, "%s is no timer of a port, for instance %s", shown,
			nap_type_example(NAP_P_TIMERS));
	}
	t->port = (uint16_t)port;
	p += 1 + strspn(p + 1, " ");
	times = g_strsplit(p, " ", -1);
	if (g_strv_length(times) < 1 || g_strv_length(times) > 2)
		return nap_fail(
			error, "port %u: write one time, or two: before and after the first answer", port);
	if (!nap_time_parse(times[0], &t->unreplied, error))
		return false;
	t->replied = t->unreplied;
	return !times[1] || nap_time_parse(times[1], &t->replied, error);
}

bool nap_port_timers_parse(
	const char *text, struct nap_arena *arena, struct nap_port_timers *out, GError **error)
{
	g_auto(GStrv) parts = g_strsplit(text, ";", -1);
	struct nap_port_timer *row = nap_arena_alloc(arena, g_strv_length(parts) * sizeof *row);
	uint32_t n = 0;

	for (char **part = parts; *part; part++)
		if (*g_strstrip(*part) && !parse_timer(*part, &row[n++], error))
			return false;
	*out = (struct nap_port_timers){ row, n };
	return true;
}

char *nap_port_timers_format(const struct nap_port_timers *timers)
{
	GString *s = g_string_new(NULL);

	for (uint32_t i = 0; i < timers->n; i++) {
		const struct nap_port_timer *t = &timers->row[i];
		g_autofree char *first = nap_time_format(t->unreplied), *then = nap_time_format(t->replied);

		g_string_append(s, i ? "; " : "");
		for (size_t j = 0; j < G_N_ELEMENTS(protocols); j++)
			if (protocols[j].proto == t->proto)
				g_string_append(s, protocols[j].prefix);
		g_string_append_printf(s, "%u: %s", t->port, first);
		if (t->replied != t->unreplied)
			g_string_append_printf(s, " %s", then);
	}
	return g_string_free(s, FALSE);
}
