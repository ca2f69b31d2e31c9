/* SPDX-License-Identifier: BSD-2-Clause */
/* Which ports a random choice may fall on: all of a set that the rules leave, each of them now and then, and no other. */
#include <string.h>

#include "box_test.h"

enum { ALL = 65536, FLOWS = 800 };

struct choice {
	const char *ranges, *classes;
	uint16_t set[8]; /* lo, hi, lo, hi ..., 0: the end */
};

/* Sets that lie over every border of a class. */
static const struct choice choices[] = {
	{ "505-520;595-605;1015-1030", "none", { 505, 520, 595, 605, 1015, 1030 } },
	{ "505-520;595-605;1015-1030", "two", { 505, 520, 595, 605, 1015, 1030 } },
	{ "505-520;595-605;1015-1030", "linux", { 505, 520, 595, 605, 1015, 1030 } },
	{ "1-8;1000-1040", "linux", { 1, 8, 1000, 1040 } },
	{ "2000-2030", "linux", { 2000, 2030 } },
	{ "590-599", "linux", { 590, 599 } },
	{ "65500-65535", "none", { 65500, 65535 } },
};

static bool in_set(const struct choice *c, uint32_t port)
{
	for (int i = 0; i < 8 && c->set[i]; i += 2)
		if (port >= c->set[i] && port <= c->set[i + 1])
			return true;
	return false;
}

static bool in_class(const struct choice *c, uint16_t own, uint32_t port)
{
	if (strcmp(c->classes, "none") == 0)
		return true;
	if (own >= 1024)
		return port >= 1024;
	if (strcmp(c->classes, "linux") != 0)
		return port >= 1 && port < 1024;
	return own < 512 ? port >= 1 && port < 512 : port >= 600 && port < 1024;
}

/* Which ports may a flow from its own one get? A class with no port of the set is no hindrance, and identifiers know none. */
static void allow(const struct choice *c, uint8_t proto, uint16_t own, bool *allowed)
{
	bool any = false;

	for (uint32_t p = 0; p < ALL; p++)
		any |= in_set(c, p) && in_class(c, own, p);
	for (uint32_t p = 0; p < ALL; p++)
		allowed[p] = in_set(c, p) && (proto == NAP_ICMP || !any || in_class(c, own, p));
}

static uint32_t outer(struct nap_box *box, nap_time now, uint8_t proto, uint16_t own)
{
	struct nap_packet p = udp_packet(IN_A, own, OUT_A, proto == NAP_ICMP ? own : 53);
	struct nap_box_effect fx;

	p.proto = proto;
	p.icmp_type = proto == NAP_ICMP ? NAP_ICMP_ECHO : 0;
	g_assert_cmpint(nap_box_input(box, now, NAP_INSIDE, &p, &fx), ==, NAP_PASS);
	return p.src.port;
}

/* One flow at a time, each gone before the next. */
static void check(const struct choice *c, uint8_t proto, uint16_t own)
{
	g_autofree char *keys = g_strdup_printf(
		"tracker = simple\nudp = 1s\nudp-stream = 1s\nicmp = 1s\nports = random\nport-range = %s\n"
		"port-classes = %s\naddresses = 203.0.113.1\n",
		c->ranges, c->classes);
	struct nap_scenario *sc = box_scenario(keys);
	struct nap_box *box = box_of(sc, own);
	g_autofree bool *seen = g_new0(bool, ALL), *allowed = g_new0(bool, ALL);

	allow(c, proto, own, allowed);
	for (int i = 0; i < FLOWS; i++)
		seen[outer(box, 2 * i * NAP_S, proto, own)] = true;
	for (uint32_t p = 0; p < ALL; p++)
		if (seen[p] != allowed[p])
			g_error("%s, classes %s, protocol %u: %u from %u is %s", c->ranges, c->classes, proto,
				p, own, seen[p] ? "taken" : "never taken");
	nap_box_free(box);
	nap_scenario_free(sc);
}

static void test_choices(void)
{
	static const uint16_t own[] = { 1, 511, 512, 599, 600, 1023, 1024, 5000 };

	for (size_t i = 0; i < G_N_ELEMENTS(choices); i++)
		for (size_t k = 0; k < G_N_ELEMENTS(own); k++) {
			check(&choices[i], NAP_UDP, own[k]);
			if (k % 4 == 0)
				check(&choices[i], NAP_ICMP, own[k]);
		}
}

/* Where the range is all from 1024 on (or from below), as boxes have it that say nothing, identifiers are any, 0 among them. */
static void test_identifiers(void)
{
	static const struct {
		const char *range;
		bool any;
	} rows[] = { { "1024-65535", true }, { "1-65535", true }, { "1025-65535", false },
		{ "1024-65534", false } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *keys = g_strdup_printf("tracker = simple\nicmp = 1s\nports = "
							"random\nport-range = %s\naddresses = 203.0.113.1\n",
			rows[i].range);
		struct nap_scenario *sc = box_scenario(keys);
		struct nap_box *box = box_of(sc, 3);
		uint32_t below = 0;

		for (int n = 0; n < FLOWS; n++)
			below += outer(box, 2 * n * NAP_S, NAP_ICMP, 7) < 1024;
		if (rows[i].any) /* 1024 of 65536 */
			g_assert_true(below > FLOWS / 64 / 2 && below < FLOWS / 64 * 2);
		else
			g_assert_cmpuint(below, ==, 0);
		nap_box_free(box);
		nap_scenario_free(sc);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ports/choices", test_choices);
	g_test_add_func("/ports/identifiers", test_identifiers);
	return g_test_run();
}
