/* SPDX-License-Identifier: BSD-2-Clause */
/* Findings as a middlebox profile: which test speaks for which key. */
#include <string.h>

#include "middlebox/box_config.h"
#include "text/quantity.h"
#include "report/discovery_report.h"

#define LINUX_STREAM_AGE "2s" /* between the packets of udp-quick and those of udp-3, 3 s apart */

static const struct timer_key {
	const char *key, *test, *other; /* of two tests the shorter counts */
} timer_keys[] = {
	{ "udp", "udp-1", NULL },
	{ "udp-stream", "udp-3", NULL },
	{ "tcp-syn-sent", "tcp-syn", NULL },
	{ "tcp-syn-recv", "tcp-syn-ack", NULL },
	{ "tcp-established", "tcp-1", NULL },
	{ "tcp-half-closed", "tcp-fin-client", "tcp-fin-server" },
	{ "tcp-closing", "tcp-fin-both", NULL },
	{ "tcp-close", "tcp-rst-client", "tcp-rst-server" },
	{ "icmp", "icmp", NULL },
	{ "duration-limit", "udp-duration", "tcp-duration" },
};

static const struct nap_finding *known(const struct nap_discovery *d, const char *name, uint16_t port)
{
	const struct nap_finding *f = name ? nap_discovery_find(d, name, port) : NULL;

	return f && f->state != NAP_FINDING_OPEN && f->state != NAP_FINDING_FAILED &&
			       f->state != NAP_FINDING_UNSURE && f->state != NAP_FINDING_SKIPPED
		       ? f
		       : NULL;
}

static const char *word(const struct nap_discovery *d, const char *name)
{
	const struct nap_finding *f = known(d, name, 0);

	return f ? f->word : "";
}

static void line(GString *out, const char *key, const char *value)
{
	g_string_append_printf(out, "%s = %s\n", key, value);
}

/* The finding that speaks for a timer's key, NULL when none does. */
static const struct nap_finding *timer_finding(const struct nap_discovery *d, const struct timer_key *k)
{
	const struct nap_finding *a = known(d, k->test, 0), *b = known(d, k->other, 0);

	return !a || (b && b->bracket.dead < a->bracket.dead) ? b : a;
}

static void timers(const struct nap_discovery *d, GString *out)
{
	for (size_t i = 0; i < G_N_ELEMENTS(timer_keys); i++) {
		const struct nap_finding *f = timer_finding(d, &timer_keys[i]);
		g_autofree char *value = f ? nap_finding_value(f) : NULL;

		if (f)
			line(out, timer_keys[i].key, value);
	}
}

/* A quick exchange that lives as long as no exchange at all, and not as long as a stream: streams need an age. */
static void stream_age(const struct nap_discovery *d, GString *out)
{
	const struct nap_finding *one = known(d, "udp-1", 0), *quick = known(d, "udp-quick", 0),
				 *stream = known(d, "udp-3", 0);

	if (one && quick && stream && quick->bracket.dead > one->bracket.alive &&
		quick->bracket.alive < one->bracket.dead &&
		(quick->bracket.dead <= stream->bracket.alive ||
			quick->bracket.alive >= stream->bracket.dead))
		line(out, "udp-stream-after", LINUX_STREAM_AGE);
}

static bool differs(const struct nap_finding *port, const struct nap_finding *general)
{
	return port && general &&
	       (port->bracket.dead <= general->bracket.alive || port->bracket.alive >= general->bracket.dead);
}

static void port_timers(const struct nap_discovery *d, GString *out)
{
	const struct nap_finding *one = known(d, "udp-1", 0), *three = known(d, "udp-3", 0);
	const char *before = "port-timers = ";
	bool any = false;

	for (uint32_t i = 0; i < nap_n_test_ports; i++) {
		const struct nap_finding *a = known(d, "udp-1", nap_test_ports[i]),
					 *b = known(d, "udp-3", nap_test_ports[i]);
		g_autofree char *first = a ? nap_finding_value(a) : NULL,
				*then = b ? nap_finding_value(b) : NULL;

		if (!a || !b || (!differs(a, one) && !differs(b, three)))
			continue;
		g_string_append_printf(out, "%sudp/%u: %s %s", before, nap_test_ports[i], first, then);
		before = "; ";
		any = true;
	}
	if (any)
		g_string_append_c(out, '\n');
}

/* Where it is only known that it depends on the destination, the stricter word is the careful one. */
static const char *mapping_word(const struct nap_discovery *d)
{
	const char *mapping = word(d, "mapping");

	return strcmp(mapping, NAP_DEPENDENT) ? mapping : "address-and-port-dependent";
}

static void translation(const struct nap_discovery *d, GString *out)
{
	const char *mapping = mapping_word(d), *filtering = word(d, "filtering"), *ports = word(d, "ports");
	const char *tcp_mapping = word(d, "tcp-mapping"), *tcp_filtering = word(d, "tcp-filtering"),
		   *hairpin = word(d, "hairpin");
	bool firewall = !strcmp(mapping, "none");

	line(out, "kind", firewall ? "firewall" : "nat");
	if (*mapping && !firewall)
		line(out, "mapping", mapping);
	if (*filtering)
		line(out, "filtering", filtering);
	if (*tcp_mapping && strcmp(tcp_mapping, mapping) != 0 && strcmp(tcp_mapping, "none") != 0)
		line(out, "tcp-mapping", tcp_mapping);
	if (*tcp_filtering && strcmp(tcp_filtering, filtering) != 0)
		line(out, "tcp-filtering", tcp_filtering);
	if (*ports && !firewall)
		line(out, "ports", ports);
	if (*hairpin && !firewall) {
		line(out, "hairpin", strcmp(hairpin, "no") ? "yes" : "no");
		if (!strcmp(hairpin, "internal"))
			line(out, "hairpin-source", hairpin);
	}
}

static void refresh(const struct nap_discovery *d, GString *out)
{
	bool in = !strcmp(word(d, "refresh-inbound"), "yes"),
	     outwards = !strcmp(word(d, "refresh-outbound"), "yes");

	if (known(d, "refresh-inbound", 0) && known(d, "refresh-outbound", 0) && (in || outwards))
		line(out, "refresh", in && outwards ? "both" : in ? "inbound" : "outbound");
}

static bool met(const char *what, const char *word)
{
	return strcmp(what, word) == 0;
}

/* Does the box answer whatever may not come in by a RST, and not only the rest of a connection that it has forgotten? */
static bool rejects(const struct nap_discovery *d, const struct nap_finding *tcp)
{
	const struct nap_finding *syn = known(d, "tcp-filtering", 0), *udp = known(d, "udp-expiry", 0);

	if (!tcp || !met(tcp->after_server, "RST"))
		return syn && met(syn->after_server, "RST");
	if (tcp->recreated) /* inside ones open it anew: then on-miss cannot tell of the outside */
		return true;
	return syn ? met(syn->after_server, "RST") : udp && met(udp->after_server, "ICMP");
}

/* What a segment meets that belongs to no connection (any more). */
static void misses(const struct nap_finding *tcp, bool rejected, GString *out)
{
	bool inside = met(tcp->after_client, "RST"), outside = !rejected && met(tcp->after_server, "RST");

	if (tcp->recreated)
		line(out, "on-miss", "create");
	else if (inside || outside) {
		line(out, "on-miss", "rst");
		line(out, "on-miss-sides", inside && outside ? "both" : inside ? "inside" : "outside");
	} else if (!met(tcp->after_client, NAP_NOT_TRIED))
		line(out, "on-miss", "drop");
}

/* Either test saw what both ends meet after expiry. */
static const struct nap_finding *after_expiry(const struct nap_discovery *d)
{
	const struct nap_finding *f = known(d, "tcp-expiry", 0);

	return f ? f : known(d, "tcp-after-expiry", 0);
}

static void expiry(const struct nap_discovery *d, GString *out)
{
	const struct nap_finding *tcp = after_expiry(d), *at = known(d, "tcp-expiry", 0),
				 *udp = known(d, "udp-expiry", 0);
	bool rejected = rejects(d, tcp);

	if (at) {
		line(out, "on-expiry", at->word);
		if (!met(at->word, "silent") && met(word(d, "tcp-closing-expiry"), "silent"))
			line(out, "on-expiry-of", "established");
	}
	if (tcp)
		misses(tcp, rejected, out);
	if (rejected)
		line(out, "reject", "rst");
	else if ((tcp && met(tcp->after_server, "ICMP")) || (udp && met(udp->after_server, "ICMP")))
		line(out, "reject", "icmp");
}

static void resets(const struct nap_discovery *d, GString *out)
{
	if (known(d, "tcp-stray-rst", 0))
		line(out, "reset-check", strcmp(word(d, "tcp-stray-rst"), "survives") ? "no" : "yes");
}

static void bindings(const struct nap_discovery *d, GString *out)
{
	const struct nap_finding *f = known(d, "bindings", 0);

	if (f && f->state == NAP_FINDING_DONE)
		g_string_append_printf(out, "capacity = %" G_GUINT64_FORMAT "\n", f->bindings);
}

/* --- what the profile does not know --- */

/* Keys that are no timers, by the test that would tell. */
static const struct word_key {
	const char *key, *test, *other; /* either test */
} word_keys[] = {
	{ "kind", "mapping", NULL },
	{ "mapping", "mapping", NULL },
	{ "filtering", "filtering", NULL },
	{ "tcp-mapping", "tcp-mapping", NULL },
	{ "tcp-filtering", "tcp-filtering", NULL },
	{ "ports", "ports", NULL },
	{ "hairpin", "hairpin", NULL },
	{ "refresh", "refresh-outbound", NULL },
	{ "refresh", "refresh-inbound", NULL },
	{ "reset-check", "tcp-stray-rst", NULL },
	{ "on-expiry", "tcp-expiry", NULL },
	{ "on-miss", "tcp-expiry", "tcp-after-expiry" },
	{ "reject", "tcp-expiry", "tcp-after-expiry" },
	{ "capacity", "bindings", NULL },
};

/* Has one client's look at the key come to a value? One that varies, or is beyond all that was tried, is none. */
static bool measured(const struct nap_finding *f)
{
	return f && f->state == NAP_FINDING_DONE && !met(f->word, NAP_DEPENDENT);
}

/* Is a key of a simple tracker, or what stands for it with the trackers of the path itself, in doubt there? */
static bool doubted(const char *const *doubts, const char *key)
{
	for (; doubts && *doubts; doubts++) {
		const char *instead = NULL;

		nap_box_reads(*doubts, NAP_TRACK_SIMPLE, &instead);
		if (met(*doubts, key) || (instead && met(instead, key)))
			return true;
	}
	return false;
}

static void note_unverified(GString *list, const char *key)
{
	const char *at = strstr(list->str, key);
	size_t n = strlen(key);

	for (; at; at = strstr(at + 1, key))
		if ((at == list->str || at[-1] == ' ') && (at[n] == ';' || !at[n]))
			return; /* there already */
	g_string_append_printf(list, "%s%s", list->len ? "; " : "", key);
}

/* Keys that a test would have told and none has, and those that the path under test has only from unsure profiles. */
static void unverified(const struct nap_discovery *d, const char *const *doubts, GString *out)
{
	g_autoptr(GString) list = g_string_new(NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(timer_keys); i++)
		if (!measured(timer_finding(d, &timer_keys[i])) || doubted(doubts, timer_keys[i].key))
			note_unverified(list, timer_keys[i].key);
	for (size_t i = 0; i < G_N_ELEMENTS(word_keys); i++)
		if ((!measured(known(d, word_keys[i].test, 0)) &&
			    !measured(known(d, word_keys[i].other, 0))) ||
			doubted(doubts, word_keys[i].key))
			note_unverified(list, word_keys[i].key);
	if (list->len)
		line(out, "unverified", list->str);
}

char *nap_discovery_profile(const struct nap_discovery *d, const char *origin, const char *const *doubts)
{
	GString *out = g_string_new(
		"# Written by natnap: what a discovery found, in the words of a profile.\n[middlebox]\n");

	g_string_append_printf(out, "source = discovery of %s, natnap %s\n", origin, NATNAP_VERSION);
	line(out, "note",
		"As one client sees it. Timers are the roundest value of their bracket; never stands for "
		"more than was tried. What is unverified was not measured, and is what a profile has by "
		"itself, or was measured on a path that had it from an unsure profile.");
	line(out, "verified", "yes");
	unverified(d, doubts, out);
	line(out, "tracker", "simple");
	translation(d, out);
	refresh(d, out);
	resets(d, out);
	timers(d, out);
	stream_age(d, out);
	port_timers(d, out);
	expiry(d, out);
	bindings(d, out);
	return g_string_free(out, FALSE);
}
