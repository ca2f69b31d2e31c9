/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every middlebox profile loads, says where its numbers are from, marks only keys that exist, and holds the published
 * values. The expectations are written here from the tables of the standards, manuals and sources, not from the files.
 */
#include <math.h>
#include <string.h>

#include <glib.h>

#include "io/profile.h"
#include "text/schema.h"
#include "middlebox/box_config.h"
#include "run/scenario.h"

struct loaded {
	struct nap_profile *profile;
	struct nap_arena *arena;
	GArray *draws;
	struct nap_box_config box;
};

static void load(const char *name, struct loaded *out)
{
	const struct nap_binding binding = { nap_box_params, &out->box };
	static const char *const reserved[] = { "base", NULL };
	const struct nap_group *groups[16];
	unsigned n = 0;
	g_autoptr(GError) error = NULL;

	memset(out, 0, sizeof *out);
	out->profile = nap_profile_load(NAP_MIDDLEBOX, name, NULL, &error);
	g_assert_no_error(error);
	out->arena = nap_arena_new();
	out->draws = g_array_new(FALSE, TRUE, sizeof(struct nap_param_draw));
	for (unsigned i = 0; i < out->profile->documents->len; i++)
		groups[n++] = nap_document_group(out->profile->documents->pdata[i], "middlebox");
	nap_schema_apply(&(struct nap_schema){ .group = "middlebox",
				 .where = name,
				 .bindings = &binding,
				 .n_bindings = 1,
				 .layers = { groups, n },
				 .reserved = reserved,
				 .draws = out->draws,
				 .arena = out->arena },
		&error);
	g_assert_no_error(error);
}

static void unload(struct loaded *l)
{
	g_array_unref(l->draws);
	nap_arena_free(l->arena);
	nap_profile_free(l->profile);
}

/* Whether key is listed in the profile's unverified. */
static bool marked(const struct nap_box_config *box, const char *key)
{
	return box->unverified && g_strv_contains(box->unverified, key);
}

static void test_all(void)
{
	g_auto(GStrv) names = nap_profile_names(NAP_MIDDLEBOX);
	unsigned n = g_strv_length(names), harmful = 0;

	for (unsigned i = 0; i < n; i++) {
		struct loaded l;
		const char *key = NULL, *wrong;

		load(names[i], &l);
		g_assert_cmpuint(strlen(l.box.source), >, 10);
		wrong = nap_box_config_check(&l.box, &key);
		if (wrong)
			g_error("%s: %s: %s", names[i], key, wrong);
		for (unsigned k = 0; l.box.unverified && l.box.unverified[k]; k++)
			if (!nap_row_find(nap_box_params, l.box.unverified[k]))
				g_error("%s: unverified: no key %s", names[i], l.box.unverified[k]);
		/* what was not read anywhere must say which of its numbers are unsure */
		g_assert_true(l.box.verified || (l.box.unverified && l.box.unverified[0]));
		harmful += g_str_has_prefix(names[i], "harmful-5383-") ? 1 : 0;
		unload(&l);
	}
	g_assert_cmpuint(n, >=, 30);
	g_assert_cmpuint(harmful, >=, 7);
}

/* Does a box of that config miss a condition about that other key for this one? */
static bool misses(const struct nap_box_config *c, const char *key, const char *other)
{
	const struct nap_box_need *n = nap_box_unmet(c, key);

	return n && strcmp(n->other, other) == 0;
}

/* No profile, and none that it is based on, sets a key that its tracker never reads, nor a profile one that its kind does not. */
static void test_read(void)
{
	g_auto(GStrv) names = nap_profile_names(NAP_MIDDLEBOX);
	const char *instead;

	for (unsigned i = 0; names[i]; i++) {
		struct loaded l;

		load(names[i], &l);
		for (unsigned d = 0; d < l.profile->documents->len; d++) {
			const struct nap_group *g =
				nap_document_group(l.profile->documents->pdata[d], "middlebox");

			for (const struct nap_param *row = nap_box_params; row->key; row++)
				if (nap_group_entry(g, row->key) &&
					(!nap_box_reads(row->key, l.box.tracker, &instead) ||
						(d + 1 == l.profile->documents->len &&
							misses(&l.box, row->key, "kind"))))
					g_error("%s: %s is never read", names[i], row->key);
		}
		unload(&l);
	}
}

/* What one tracker reads in place of a key is a key that it does read. */
static void test_instead(void)
{
	unsigned unread = 0;

	for (const struct nap_param *row = nap_box_params; row->key; row++)
		for (int t = NAP_TRACK_LINUX; t <= NAP_TRACK_SIMPLE; t++) {
			const char *instead, *more;

			if (nap_box_reads(row->key, (enum nap_tracker)t, &instead))
				continue;
			unread++;
			if (!instead)
				continue;
			g_assert_nonnull(nap_row_find(nap_box_params, instead));
			g_assert_true(nap_box_reads(instead, (enum nap_tracker)t, &more));
		}
	g_assert_cmpuint(unread, >=, 40);
}

/* A published idle timer, in seconds; INFINITY: never. */
static const struct {
	const char *profile, *key;
	double seconds;
} timers[] = {
	/* Linux 6.x sysctls as a fresh network namespace shows them */
	{ "linux", "udp", 30 },
	{ "linux", "udp-stream", 120 },
	{ "linux", "icmp", 30 },
	{ "linux", "generic", 600 },
	{ "linux", "tcp-syn-sent", 120 },
	{ "linux", "tcp-syn-recv", 60 },
	{ "linux", "tcp-established", 432000 },
	{ "linux", "tcp-fin-wait", 120 },
	{ "linux", "tcp-close-wait", 60 },
	{ "linux", "tcp-last-ack", 30 },
	{ "linux", "tcp-time-wait", 120 },
	{ "linux", "tcp-close", 10 },
	{ "linux", "tcp-max-retrans", 300 },
	{ "linux", "tcp-unacknowledged", 300 },
	{ "linux", "udp-stream-after", 2 },
	{ "linux", "gre", 30 },
	{ "linux", "gre-stream", 180 },
	{ "linux-strict", "tcp-established", 432000 },
	{ "linux-firewall", "tcp-established", 432000 },
	{ "openwrt", "udp", 60 },
	{ "openwrt", "udp-stream", 180 },
	{ "openwrt", "tcp-established", 7440 },
	{ "openwrt", "tcp-syn-sent", 120 },
	/* pfvar.h and the hint tables: first, opening, established, closing, finwait, closed */
	{ "pf-default", "tcp-syn-sent", 120 },
	{ "pf-default", "tcp-syn-recv", 30 },
	{ "pf-default", "tcp-established", 86400 },
	{ "pf-default", "tcp-half-closed", 900 },
	{ "pf-default", "tcp-closing", 45 },
	{ "pf-default", "tcp-close", 90 },
	{ "pf-default", "udp", 60 },
	{ "pf-default", "udp-single", 30 },
	{ "pf-default", "udp-stream", 60 },
	{ "pf-default", "icmp", 20 },
	{ "pf-default", "purge-interval", 10 },
	{ "pf-aggressive", "tcp-syn-sent", 30 },
	{ "pf-aggressive", "tcp-syn-recv", 5 },
	{ "pf-aggressive", "tcp-established", 18000 },
	{ "pf-aggressive", "tcp-half-closed", 60 },
	{ "pf-aggressive", "tcp-closing", 30 },
	{ "pf-aggressive", "tcp-close", 30 },
	{ "pf-aggressive", "udp-single", 30 },
	{ "pf-conservative", "tcp-syn-sent", 3600 },
	{ "pf-conservative", "tcp-syn-recv", 900 },
	{ "pf-conservative", "tcp-established", 432000 },
	{ "pf-conservative", "tcp-half-closed", 3600 },
	{ "pf-conservative", "tcp-closing", 600 },
	{ "pf-conservative", "tcp-close", 180 },
	{ "pf-high-latency", "tcp-syn-sent", 180 },
	{ "pf-high-latency", "tcp-syn-recv", 35 },
	{ "pf-high-latency", "tcp-established", 86400 },
	{ "pf-high-latency", "tcp-half-closed", 905 },
	{ "pf-high-latency", "tcp-closing", 50 },
	{ "pf-high-latency", "tcp-close", 95 },
	/* alias_db.c, ip_fw_dynamic.c, npf_state*.c, einat.bpf.c */
	{ "libalias", "udp", 60 },
	{ "libalias", "tcp-syn-sent", 300 },
	{ "libalias", "tcp-established", 86400 },
	{ "libalias", "tcp-half-closed", 90 },
	{ "libalias", "tcp-close", 10 },
	{ "libalias", "icmp", 60 },
	{ "libalias", "purge-interval", 60 },
	{ "ipfw", "udp", 10 },
	{ "ipfw", "tcp-syn-sent", 20 },
	{ "ipfw", "tcp-closing", 1 },
	{ "ipfw", "tcp-close", 1 },
	{ "ipfw", "probe-interval", 5 },
	{ "npf", "udp", 30 },
	{ "npf", "udp-stream", 60 },
	{ "npf", "tcp-syn-sent", 30 },
	{ "npf", "tcp-established", 86400 },
	{ "npf", "tcp-half-closed", 21600 },
	{ "npf", "tcp-closing", 240 },
	{ "npf", "tcp-close", 10 },
	{ "npf", "gre", 86400 },
	{ "einat", "udp", 120 },
	{ "einat", "udp-stream", 300 },
	{ "einat", "tcp-syn-sent", 240 },
	{ "einat", "tcp-established", 7440 },
	/* vendors' manuals */
	{ "cisco-ios", "udp", 300 },
	{ "cisco-ios", "tcp-established", 86400 },
	{ "cisco-ios", "tcp-closing", 60 },
	{ "cisco-ios", "tcp-close", 60 },
	{ "cisco-asa", "udp", 120 },
	{ "cisco-asa", "tcp-syn-sent", 30 },
	{ "cisco-asa", "tcp-established", 3600 },
	{ "cisco-asa", "tcp-half-closed", 600 },
	{ "cisco-asa", "icmp", 2 },
	{ "juniper-srx", "udp", 60 },
	{ "juniper-srx", "tcp-syn-sent", 20 },
	{ "juniper-srx", "tcp-established", 1800 },
	{ "juniper-srx", "tcp-half-closed", 1800 },
	{ "juniper-srx", "tcp-closing", 150 },
	{ "juniper-srx", "icmp", 60 },
	{ "juniper-srx", "generic", 1800 },
	{ "mikrotik-v6", "udp", 10 },
	{ "mikrotik-v6", "udp-stream", 180 },
	{ "mikrotik-v6", "tcp-syn-sent", 5 },
	{ "mikrotik-v6", "tcp-syn-recv", 5 },
	{ "mikrotik-v6", "tcp-established", 86400 },
	{ "mikrotik-v6", "tcp-fin-wait", 10 },
	{ "mikrotik-v6", "tcp-time-wait", 10 },
	{ "mikrotik-v6", "icmp", 10 },
	{ "mikrotik-v6", "generic", 600 },
	{ "mikrotik-v7", "udp", 10 },
	{ "mikrotik-v7", "tcp-fin-wait", 60 },
	{ "mikrotik-v7", "tcp-time-wait", 60 },
	{ "mikrotik-v7", "udp-stream", 180 },
	{ "mikrotik-v7", "tcp-established", 86400 },
	{ "fortiadc", "tcp-established", 3600 },
	{ "fortiadc", "tcp-syn-recv", 60 },
	{ "fortiadc", "tcp-close", 3 },
	{ "palo-alto", "udp", 30 },
	{ "palo-alto", "tcp-established", 3600 },
	{ "palo-alto", "tcp-syn-sent", 5 },
	{ "palo-alto", "icmp", 6 },
	{ "fortigate", "udp", 180 },
	{ "fortigate", "tcp-established", 3600 },
	{ "fortigate", "tcp-syn-sent", 10 },
	{ "check-point", "udp", 40 },
	{ "check-point", "tcp-established", 3600 },
	{ "huawei-usg", "udp", 120 },
	{ "huawei-usg", "tcp-half-closed", 900 },
	{ "windows-netnat", "udp", 120 },
	{ "windows-netnat", "tcp-established", 1800 },
	{ "kube-proxy", "tcp-established", 86400 },
	{ "kube-proxy", "tcp-close-wait", 3600 },
	{ "kube-proxy", "udp", 30 },
	{ "cilium", "tcp-established", 8000 },
	{ "ipvs", "tcp-established", 900 },
	{ "ipvs", "udp", 300 },
	{ "vyos", "udp-stream", 180 },
	{ "forcepoint", "udp", 50 },
	{ "netdefendos", "udp", 130 },
	{ "fortiadc", "generic", 600 },
	{ "windows-rras", "udp", 60 },
	{ "windows-rras", "tcp-established", 86400 },
	/* carrier and translation software */
	{ "vpp-nat44-ed", "udp", 300 },
	{ "vpp-nat44-ed", "tcp-syn-sent", 240 },
	{ "vpp-nat44-ed", "tcp-established", 7440 },
	{ "vpp-nat44-ed", "icmp", 60 },
	{ "vpp-det44", "tcp-established", 7440 },
	{ "jool", "udp", 300 },
	{ "jool", "tcp-established", 7200 },
	{ "jool", "tcp-trans", 240 },
	{ "jool", "incoming-syn-hold", 6 },
	{ "jool", "icmp", 60 },
	{ "libslirp", "udp", 240 },
	{ "libslirp", "tcp-established", INFINITY },
	{ "passt", "udp", 180 },
	{ "passt", "tcp-established", 7200 },
	/* clouds */
	{ "aws-nat-gateway", "tcp-established", 350 },
	{ "aws-alb", "tcp-established", 60 },
	{ "aws-classic-elb", "tcp-established", 60 },
	{ "cloudflare-proxy", "client-idle", 400 },
	{ "cloudflare-proxy", "server-idle", 900 },
	{ "cloudflare-proxy", "server-keepalive", 30 },
	{ "cloudflare-proxy", "tcp-syn-recv", 19 },
	{ "haproxy", "client-idle", 50 },
	{ "haproxy", "server-idle", 50 },
	{ "haproxy", "tcp-syn-recv", 5 },
	{ "nginx-stream", "tcp-established", 600 },
	{ "nginx-stream", "tcp-syn-recv", 60 },
	{ "twilio-super-sim", "udp-stream", 12 },
	{ "azure-private-5g-core", "tcp-established", 180 },
	{ "aws-nlb", "tcp-established", 350 },
	{ "aws-nlb", "udp", 120 },
	{ "aws-security-group", "udp", 30 },
	{ "aws-security-group", "udp-stream", 180 },
	{ "aws-security-group", "tcp-established", 432000 },
	{ "aws-security-group-nitro6", "tcp-established", 350 },
	{ "aws-network-firewall", "tcp-established", 350 },
	{ "azure-lb", "tcp-established", 240 },
	{ "azure-lb-reset", "tcp-established", 240 },
	{ "azure-nat-gateway", "tcp-established", 240 },
	{ "azure-nat-gateway", "udp", 240 },
	{ "gcp-cloud-nat", "udp", 30 },
	{ "gcp-cloud-nat", "icmp", 30 },
	{ "gcp-cloud-nat", "tcp-established", 1200 },
	{ "gcp-cloud-nat", "tcp-syn-sent", 30 },
	{ "gcp-cloud-nat", "tcp-close", 30 },
	{ "gcp-cloud-nat", "tcp-closing", 120 },
	/* standards: RFC 4787 REQ-5, 5382 REQ-4 and 5, 5508 REQ-2, 6146 section 4, 6888 REQ-8, 6092 REC-14 */
	{ "rfc-minimum", "udp", 120 },
	{ "rfc-minimum", "udp-stream", 120 },
	{ "rfc-minimum", "tcp-syn-sent", 240 },
	{ "rfc-minimum", "tcp-established", 7440 },
	{ "rfc-minimum", "tcp-half-closed", 7440 },
	{ "rfc-minimum", "tcp-closing", 240 },
	{ "rfc-minimum", "icmp", 60 },
	{ "rfc-recommended", "udp", 300 },
	{ "rfc-recommended", "tcp-established", 7440 },
	{ "rfc-recommended", "tcp-close", 240 },
	{ "rfc-recommended", "incoming-syn-hold", 6 },
	{ "nat64-rfc6146", "udp", 300 },
	{ "nat64-rfc6146", "tcp-established", 7200 },
	{ "nat64-rfc6146", "tcp-trans", 240 },
	{ "nat64-rfc6146", "tcp-syn-sent", 240 },
	{ "nat64-rfc6146", "incoming-syn-hold", 6 },
	{ "nat64-rfc6146", "icmp", 60 },
	{ "cgn-rfc6888", "tcp-established", 7440 },
	{ "cgn-rfc6888", "udp", 300 },
	{ "cgn-rfc6888", "port-hold-down", 120 },
	{ "cgn-rfc7422", "tcp-established", 7440 },
	{ "rfc6092-ipv6-firewall", "udp", 300 },
	{ "rfc6092-ipv6-firewall", "tcp-established", 7440 },
	{ "planning-floor-udp30", "udp", 30 },
	/* RFC 5383: what each harmful one breaks */
	{ "harmful-5383-duration-limit", "duration-limit", 3600 },
	{ "harmful-5383-duration-limit", "tcp-established", 7440 },
	{ "harmful-5383-idle-5min", "tcp-established", 300 },
	{ "harmful-5383-idle-2h", "tcp-established", 7200 },
	{ "harmful-5383-dormancy", "tcp-established", 30 },
	{ "harmful-5383-rst-on-outage", "tcp-max-retrans", 30 },
};

static double seconds_of(const struct nap_box_config *box, const char *key)
{
	const struct nap_param *row = nap_row_find(nap_box_params, key);
	nap_time t;

	g_assert_nonnull(row);
	g_assert_cmpint((int)row->type, ==, NAP_P_TIME);
	memcpy(&t, (const char *)box + row->offset, sizeof t);
	return t == NAP_NEVER ? INFINITY : (double)t / 1e9;
}

static void test_timers(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(timers); i++) {
		struct loaded l;
		double have;

		load(timers[i].profile, &l);
		have = seconds_of(&l.box, timers[i].key);
		if (have != timers[i].seconds)
			g_error("%s: %s is %g s, published %g s", timers[i].profile, timers[i].key, have,
				timers[i].seconds);
		unload(&l);
	}
}

/* What a profile does besides its timers. */
static const struct {
	const char *profile, *key, *word;
} words[] = {
	{ "linux", "tracker", "linux" },
	{ "linux", "refresh", "both" },
	{ "linux", "mapping", "address-and-port-dependent" },
	{ "linux", "filtering", "address-and-port-dependent" },
	{ "linux", "eviction", "early-drop" },
	{ "linux-firewall", "kind", "firewall" },
	{ "ipfw", "kind", "firewall" },
	{ "rfc-minimum", "mapping", "endpoint-independent" },
	{ "rfc-minimum", "filtering", "address-dependent" },
	{ "rfc-recommended", "filtering", "endpoint-independent" },
	{ "rfc-recommended", "refresh", "outbound" },
	{ "nat64-rfc6146", "tracker", "rfc6146" },
	{ "jool", "tracker", "rfc6146" },
	{ "cgn-rfc6888", "mapping", "endpoint-independent" },
	{ "cgn-rfc6888", "pooling", "paired" },
	{ "cgn-rfc6888", "eviction", "refuse" },
	{ "cgn-rfc6888", "icmp-on-exhaustion", "3/1" },
	{ "rfc6092-ipv6-firewall", "kind", "firewall" },
	{ "libslirp", "mapping", "endpoint-independent" },
	{ "libslirp", "filtering", "endpoint-independent" },
	{ "passt", "mapping", "endpoint-independent" },
	{ "einat", "filtering", "endpoint-independent" },
	{ "vpp-nat44-ed", "mapping", "address-and-port-dependent" },
	{ "azure-lb", "on-expiry", "silent" },
	{ "azure-lb-reset", "on-expiry", "rst" },
	{ "azure-lb-reset", "on-expiry-of", "established" },
	{ "aws-nlb", "on-miss-sides", "both" },
	{ "azure-nat-gateway", "on-miss-sides", "both" },
	{ "aws-nat-gateway", "on-miss-sides", "inside" },
	{ "azure-nat-gateway", "on-miss", "rst" },
	{ "azure-nat-gateway", "fragments", "drop" },
	{ "windows-netnat", "filtering", "address-dependent" },
	{ "windows-netnat", "refresh", "outbound" },
	{ "aws-nat-gateway", "on-miss", "rst" },
	{ "harmful-5383-icmp-kills", "icmp-errors", "kill" },
	{ "harmful-5383-rst-on-outage", "on-expiry", "rst" },
};

static void test_words(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
		const struct nap_param *row = nap_row_find(nap_box_params, words[i].key);
		struct loaded l;
		uint32_t word;

		load(words[i].profile, &l);
		memcpy(&word, (const char *)&l.box + row->offset, sizeof word);
		if (strcmp(row->words[word], words[i].word) != 0)
			g_error("%s: %s is %s, known to be %s", words[i].profile, words[i].key,
				row->words[word], words[i].word);
		unload(&l);
	}
}

/* Populations: the fitted lognormal has the printed median, and the printed mean or share. */
static const struct {
	const char *profile, *key;
	double median_s, mean_s; /* mean 0: none printed */
} populations[] = {
	{ "hatonen-2010", "udp", 90, 160.41 },
	{ "hatonen-2010", "udp-stream", 181, 225.94 },
	{ "hatonen-2010", "tcp-established", 59.98 * 60, 386.46 * 60 },
	{ "richter-2016-cgn-noncellular", "udp", 35, 0 },
	{ "richter-2016-cgn-cellular", "udp", 65, 0 },
	{ "richter-2016-cpe", "udp", 65, 0 },
};

static struct nap_dist drawn(const struct loaded *l, const char *key)
{
	for (unsigned i = 0; i < l->draws->len; i++)
		if (strcmp(g_array_index(l->draws, struct nap_param_draw, i).row->key, key) == 0)
			return g_array_index(l->draws, struct nap_param_draw, i).dist;
	g_error("%s: %s is not drawn", l->profile->name, key);
}

static void test_populations(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(populations); i++) {
		struct loaded l;
		struct nap_dist d;

		load(populations[i].profile, &l);
		d = drawn(&l, populations[i].key);
		g_assert_cmpint((int)d.kind, ==, NAP_DIST_LOGNORMAL);
		g_assert_cmpfloat_with_epsilon(d.a / 1e9, populations[i].median_s, 1e-6);
		if (populations[i].mean_s > 0)
			g_assert_cmpfloat_with_epsilon(nap_dist_mean(&d) / 1e9, populations[i].mean_s,
				0.001 * populations[i].mean_s);
		g_assert_true(marked(&l.box, populations[i].key));
		unload(&l);
	}
}

/* Wang et al. 2011: 4 of 73 carriers at or below 5 min, 11 below 10 min. */
static void test_wang(void)
{
	struct loaded l;
	struct nap_dist d;
	double below5, below10;

	load("wang-2011-cellular", &l);
	d = drawn(&l, "tcp-established");
	below5 = 0.5 * erfc(-log(300e9 / d.a) / d.b / sqrt(2.0));
	below10 = 0.5 * erfc(-log(600e9 / d.a) / d.b / sqrt(2.0));
	g_assert_cmpfloat_with_epsilon(below5, 4.0 / 73.0, 0.002);
	g_assert_cmpfloat_with_epsilon(below10, 11.0 / 73.0, 0.002);
	unload(&l);
}

/* Hatonen et al. 2010, TCP-4: sessions of one host to one server port, median 135.5, mean 259.21. */
static void test_sessions(void)
{
	struct loaded l;
	struct nap_dist d;

	load("hatonen-2010", &l);
	d = drawn(&l, "sessions-per-subscriber");
	g_assert_cmpfloat(d.a, ==, 135.5);
	g_assert_cmpfloat_with_epsilon(nap_dist_mean(&d), 259.21, 0.3);
	unload(&l);
}

/* Numbers that the tables of reference call unsure are marked so. */
static void test_unsure(void)
{
	static const struct {
		const char *profile, *key;
	} unsure[] = { { "cisco-ios", "tcp-syn-sent" }, { "cisco-asa", "port-hold-down" },
		{ "mikrotik-v7", "udp" }, { "aws-nat-gateway", "mapping" }, { "aws-nlb", "refresh" },
		{ "azure-nat-gateway", "refresh" }, { "openwrt", "capacity" }, { "pf-default", "ports" },
		{ "windows-rras", "icmp" }, { "starlink-cgnat", "udp" }, { "sonicwall", "udp" },
		{ "hatonen-2010", "udp" }, { "richter-2016-cgn-cellular", "udp" },
		{ "wang-2011-cellular", "tcp-established" } };

	for (size_t i = 0; i < G_N_ELEMENTS(unsure); i++) {
		struct loaded l;

		load(unsure[i].profile, &l);
		g_assert_true(marked(&l.box, unsure[i].key));
		unload(&l);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/middlebox-profiles/all-load", test_all);
	g_test_add_func("/middlebox-profiles/read", test_read);
	g_test_add_func("/middlebox-profiles/instead", test_instead);
	g_test_add_func("/middlebox-profiles/timers", test_timers);
	g_test_add_func("/middlebox-profiles/behaviour", test_words);
	g_test_add_func("/middlebox-profiles/populations", test_populations);
	g_test_add_func("/middlebox-profiles/wang-2011", test_wang);
	g_test_add_func("/middlebox-profiles/tcp-4", test_sessions);
	g_test_add_func("/middlebox-profiles/unsure-is-marked", test_unsure);
	return g_test_run();
}
