/* SPDX-License-Identifier: BSD-2-Clause */
/* Each key of a middlebox does something wherever the tables do not say that it does nothing, and nothing where they do. */
#include "box_traffic.h"
#include "long.h"
#include "recorded.h"
#include "text/box_text.h"

enum { RECORDED = 270, TOGETHER = 20 }; /* lines, and scripts in each */

/* Values of keys whose type does not tell any; "|" between them. */
static const struct {
	const char *key, *values;
} given[] = {
	{ "ports", "preserve|random|sequential|block 4" },
	{ "port-range", "4998-5010|5000-5070|1-65535" },
	{ "port-timers", "|udp/53: 2s; tcp/80: 3s|udp/443: 2s 4s; tcp/443: 3s 5s" },
	{ "port-duration-limits", "|udp/53: 5s; tcp/80: 5s; tcp/443: 5s; udp/443: 5s" },
	{ "alg", "|ftp; tftp; imap" },
	{ "raw-rules", "|drop outside len 40-100|notrack inside udp dport 53" },
	{ "rules", "|drop outside len 40-100|reject inside tcp dport 80" },
	{ "blocked-ports", "|tcp/80; udp/53" },
	{ "addresses", "203.0.113.1|203.0.113.1; 203.0.113.2" },
	{ "inside-address", "10.0.0.1|10.0.0.99" },
	{ "inside-network", "|198.51.100.0/25" },
	{ "untranslated", "|198.51.100.7" },
	{ "forwards", "|tcp/80 > 10.0.0.2:5000; udp/5001 > 10.0.0.3:5001" },
	{ "inside-first", "10.0.0.2|10.0.0.1" },
	{ "mtu", "0|576|1300" },
	{ "adaptive-end", "20|40" },
	{ "adaptive-start", "0|2|5" },
	{ "pcp-minimum", "1s|20s|100s" },
	{ "pcp-maximum", "130s|180s" },
};

/*
 * Keys that say where numbers are from, or how many boxes there are; those that the cases differ by; and of a proxy those of its ends,
 * which boxes have none of here (tests/test_proxy.c).
 */
static const char *const apart[] = { "source", "note", "verified", "unverified", "shared", "kind", "tracker",
	"client-keepalive", "server-keepalive", "request-timeout", NULL };

/* A proxy's alone: nobody else draws them. */
static const char *const of_proxies[] = { "client-idle", "server-idle", NULL };

/* All values to try of a key. Free with g_strfreev. */
static char **values_of(const struct nap_param *row)
{
	for (size_t i = 0; i < G_N_ELEMENTS(given); i++)
		if (strcmp(given[i].key, row->key) == 0)
			return g_strsplit(given[i].values, "|", -1);
	switch (row->type) {
	case NAP_P_TIME:
		return g_strsplit("0s|1s|5s|20s", "|", -1);
	case NAP_P_UINT:
	case NAP_P_UINT64:
		return g_strsplit("0|1|3|20", "|", -1);
	case NAP_P_BOOL:
		return g_strsplit("no|yes", "|", -1);
	case NAP_P_WORD:
		return g_strdupv((char **)row->words);
	default:
		g_error("%s: no values to try", row->key);
	}
}

struct kinds {
	enum nap_box_kind kind;
	enum nap_tracker tracker;
};

/* Of five keys one has a value at random, be it of the kind. */
static void draw_key(
	struct nap_box_config *c, enum nap_box_kind kind, const struct nap_param *row, struct nap_rng *r)
{
	g_auto(GStrv) values = NULL;

	if (g_strv_contains(apart, row->key) ||
		(kind != NAP_BOX_PROXY && g_strv_contains(of_proxies, row->key)) || nap_rng_below(r, 5) != 0)
		return;
	values = values_of(row);
	nap_box_config_set(c, row->key, values[nap_rng_below(r, g_strv_length(values))]);
}

/* A box at random of that kind and tracker, any of whose keys may have any value. */
static void draw_box(struct nap_box_config *c, const struct kinds *k, uint32_t script)
{
	struct nap_rng r = nap_rng_stream(62, script, 0, NAP_RNG_PHASE);

	box_vary(c, &r);
	for (const struct nap_param *row = nap_box_params; row->key; row++)
		draw_key(c, k->kind, row, &r);
	c->kind = k->kind;
	c->tracker = k->tracker;
}

static void set_all(struct nap_box_config *c, const char *lines)
{
	g_auto(GStrv) each = g_strsplit(lines, "|", -1);

	for (int i = 0; each[i]; i++) {
		g_auto(GStrv) sides = g_strsplit(each[i], " = ", 2);

		g_assert_null(nap_box_config_set(c, sides[0], sides[1]));
	}
}

/* Does another value of the key make a difference to that script? with: keys beside it; NULL: none. */
static bool differs(const struct nap_param *row, const struct kinds *k, uint32_t script, const char *with)
{
	g_auto(GStrv) values = values_of(row);
	struct nap_box_config c;
	bool first = true, found = false;
	uint64_t before = 0;
	const char *key;

	nap_box_config_init(&c);
	for (uint32_t i = 0; values[i] && !found; i++) {
		uint64_t digest;

		draw_box(&c, k, script);
		if (with)
			set_all(&c, with);
		if (nap_box_config_set(&c, row->key, values[i]) || nap_box_config_check(&c, &key))
			continue;
		digest = traffic_digest(&c, script);
		found = !first && digest != before;
		before = digest;
		first = false;
	}
	nap_box_config_clear(&c);
	return found;
}

/* ---- where the tables say nothing, a key acts ----------------------------------------------------------------------- */

/* What brings forth, now and then, what some keys are about. */
static const struct {
	const char *key, *with;
} helped[] = {
	{ "port-takeover", "ports = preserve|port-range = 5000-5000|port-search = runs|tcp-time-wait = "
			   "20s|overload = yes|mapping = address-and-port-dependent|input = "
			   "drop|mapping-hold = 0s|port-hold-down = 0s|sessions-per-subscriber = 0" },
	{ "peer-port",
		"forwards = tcp/5000-5010 > 10.0.0.2:5000; udp/5000-5010 > 10.0.0.2:5000|hairpin = no" },
	{ "track-own-resets", "reject = rst|rules = reject inside tcp len 100-200|untranslated = "
			      "198.51.100.0/25|raw-rules = accept|forward = open" },
	{ "port-classes", "port-range = 1-65535|ports = random" },
	{ "inside-first", "ports = block 4|block-allocation = deterministic|port-range = 4998-5070" },
	{ "on-expiry-of", "on-expiry = rst|tcp-established = 5s|tcp-syn-sent = 5s" },
	{ "closed-count", "sessions-per-subscriber = 2|tcp-time-wait = 90s|tcp-close = 90s" },
	{ "pcp-maximum", "pcp = pcp|inside-address = 10.0.0.1" },
	{ "tcp-ignore-invalid-rst",
		"resets = pass|invalid = drop|tcp-established = 20s|icmp-errors = translate" },
	{ "tcp-time-wait", "resets = drop|duration-limit = never" },
	{ "reset-refresh", "refresh = inbound|icmp-errors = translate|resets = pass" },
};

static const char *help_for(const char *key)
{
	for (size_t i = 0; i < G_N_ELEMENTS(helped); i++)
		if (strcmp(helped[i].key, key) == 0)
			return helped[i].with;
	return NULL;
}

static const struct kinds cases[] = { { NAP_BOX_NAT, NAP_TRACK_LINUX }, { NAP_BOX_NAT, NAP_TRACK_RFC7857 },
	{ NAP_BOX_NAT, NAP_TRACK_RFC6146 }, { NAP_BOX_NAT, NAP_TRACK_SIMPLE },
	{ NAP_BOX_FIREWALL, NAP_TRACK_LINUX }, { NAP_BOX_FIREWALL, NAP_TRACK_RFC7857 },
	{ NAP_BOX_FIREWALL, NAP_TRACK_RFC6146 }, { NAP_BOX_FIREWALL, NAP_TRACK_SIMPLE },
	{ NAP_BOX_PROXY, NAP_TRACK_SIMPLE } };

/* Do the tables let a box of that kind and tracker read the key, other keys being as they may? */
static bool may_read(const struct nap_param *row, const struct kinds *k)
{
	const char *instead;

	for (const struct nap_box_need *n = nap_box_needs; n->key; n++)
		if (strcmp(n->key, row->key) == 0 && strcmp(n->other, "kind") == 0 && !(n->of >> k->kind & 1))
			return false;
	return nap_box_reads(row->key, k->tracker, &instead);
}

/* Some script tells two of the key's values apart, wherever the tables let it be read, and none elsewhere. */
static void test_acts(void)
{
	uint32_t scripts = how_many(200, 2000), none = how_many(12, 200), unread = 0;

	for (const struct nap_param *row = nap_box_params; row->key; row++)
		for (size_t k = 0; !g_strv_contains(apart, row->key) && k < G_N_ELEMENTS(cases); k++) {
			bool reads = may_read(row, &cases[k]), found = false;

			for (uint32_t s = 0; s < (reads ? scripts : none) && !found; s++)
				found = differs(row, &cases[k], s, reads ? help_for(row->key) : NULL);
			unread += !reads;
			if (found != reads)
				g_test_message("%s, kind %u, tracker %u: %s", row->key, cases[k].kind,
					cases[k].tracker,
					reads ? "without effect" : "the tables say that it is not read"),
					g_test_fail();
		}
	g_assert_cmpuint(unread, >, 200);
}

/* ---- a condition that does not hold --------------------------------------------------------------------------------- */

/* Does a box with that leave the condition unmet? */
static bool excludes(const struct nap_box_need *n, const char *with)
{
	struct nap_box_config c;
	const struct nap_box_need *unmet;

	nap_box_config_init(&c);
	set_all(&c, with);
	unmet = nap_box_unmet(&c, n->key);
	nap_box_config_clear(&c);
	return unmet && strcmp(unmet->other, n->other) == 0;
}

/* What keeps a condition's other half from holding. */
static const char *besides(const struct nap_box_need *n)
{
	return !n->or_other                                 ? ""
	       : strcmp(n->or_other, "hairpin-source") == 0 ? "|hairpin-source = external"
	       : strcmp(n->or_other, "tcp-mapping") == 0    ? "|tcp-mapping = as-for-udp"
							    : "|tcp-filtering = as-for-udp";
}

/* All values of a condition's key that it excludes: no script tells values of the dependent key apart. */
static void test_conditions(void)
{
	for (const struct nap_box_need *n = nap_box_needs; n->key; n++) {
		const struct nap_param *row = nap_row_find(nap_box_params, n->key);
		const struct nap_param *other = nap_row_find(nap_box_params, n->other);
		g_auto(GStrv) values = values_of(other);

		if (strcmp(n->other, "kind") == 0)
			continue; /* test_acts */
		for (uint32_t s = 0; s < how_many(40, 400); s++) {
			const struct kinds k = cases[s % G_N_ELEMENTS(cases)];
			g_autofree char *with = g_strdup_printf(
				"%s = %s%s", n->other, values[s % g_strv_length(values)], besides(n));

			if (excludes(n, with) && differs(row, &k, s, with)) {
				g_test_message("%s acts beside %s", n->key, with);
				g_test_fail();
			}
		}
	}
}

/* ---- a key that is set while the box runs --------------------------------------------------------------------------- */

/* Before the first packet: the box is as one that was made with the value. */
static void check_set(const struct nap_param *row, const struct kinds *k, const char *text, uint32_t script)
{
	struct nap_box_config before, after;
	const char *key;
	struct nap_box *box;

	nap_box_config_init(&before);
	nap_box_config_init(&after);
	draw_box(&before, k, script);
	draw_box(&after, k, script);
	if (!nap_box_config_set(&after, row->key, text) && !nap_box_config_check(&before, &key) &&
		!nap_box_config_check(&after, &key)) {
		box = traffic_box(&before, script);
		nap_box_set(box, 0, row, (const char *)&after + row->offset);
		if (traffic_digest_of(box, &after, script, false, 0) != traffic_digest(&after, script)) {
			g_test_message("%s = %s, kind %u, tracker %u, script %u", row->key, text, k->kind,
				k->tracker, script);
			g_test_fail();
		}
	}
	nap_box_config_clear(&before);
	nap_box_config_clear(&after);
}

static void test_set(void)
{
	for (const struct nap_param *row = nap_box_params; row->key; row++) {
		g_auto(GStrv) values = NULL;

		/* a box that moves has one address */
		if (!nap_box_may_set(row) || g_strv_contains(apart, row->key) ||
			strcmp(row->key, "addresses") == 0)
			continue;
		values = values_of(row);
		for (uint32_t v = 0; values[v]; v++)
			for (uint32_t s = 0; s < how_many(9, 90); s++)
				check_set(row, &cases[s % G_N_ELEMENTS(cases)], values[v], s);
	}
}

/* ---- what was recorded ---------------------------------------------------------------------------------------------- */

/* A box whose keys are drawn each by itself, so that one more changes those boxes alone that have it. */
static void draw_apart(struct nap_box_config *c, const struct kinds *k, uint32_t script)
{
	struct nap_rng r = nap_rng_stream(65, script, 0, NAP_RNG_PHASE);

	box_vary(c, &r);
	for (const struct nap_param *row = nap_box_params; row->key; row++) {
		r = nap_rng_stream(66, script, g_str_hash(row->key), NAP_RNG_PHASE);
		draw_key(c, k->kind, row, &r);
	}
	c->kind = k->kind;
	c->tracker = k->tracker;
	if (script / G_N_ELEMENTS(cases) % 3 == 0)
		set_all(c, helped[script / 3 % G_N_ELEMENTS(helped)].with);
}

/* What drawn boxes do to random packets, in a number for some scripts together. */
static void test_recorded(void)
{
	g_autoptr(GString) now = g_string_new(NULL);
	struct nap_box_config c;
	const char *key;

	nap_box_config_init(&c);
	for (uint32_t group = 0; group < RECORDED; group++) {
		const struct kinds *k = &cases[group % G_N_ELEMENTS(cases)];
		uint64_t all = 0;

		for (uint32_t s = group; s < TOGETHER * RECORDED; s += RECORDED) {
			draw_apart(&c, k, s);
			all = nap_mix(all, nap_box_config_check(&c, &key) ? 0 : traffic_digest(&c, s));
		}
		g_string_append_printf(now, "%u kind %u, tracker %u: %016" G_GINT64_MODIFIER "x\n", group,
			k->kind, k->tracker, all);
	}
	nap_box_config_clear(&c);
	recorded_check("boxes", now->str);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/box-keys/acts", test_acts);
	g_test_add_func("/box-keys/conditions", test_conditions);
	g_test_add_func("/box-keys/set", test_set);
	g_test_add_func("/box-keys/recorded", test_recorded);
	return g_test_run();
}
