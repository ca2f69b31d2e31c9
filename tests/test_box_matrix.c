/* SPDX-License-Identifier: BSD-2-Clause */
/* mapping, filtering and ports mean the same over every shipped profile: all their words, over UDP and TCP. */
#include "box_test.h"

#include "text/box_text.h"

#define REMOTE NAP_ADDR(192, 0, 2, 9) /* no profile has that address */

static const char *const words[] = { "endpoint-independent", "address-dependent",
	"address-and-port-dependent" };
static const char *const ports[] = { "preserve", "random", "sequential", "block 64" };

/* One cell: a profile's config with the three keys set. */
struct cell {
	const struct nap_box_config *config;
	uint8_t proto;
	enum nap_dependence mapping, filtering;
	nap_addr client;
	const char *name; /* for messages */
};

static struct nap_box *box_of_cell(const struct cell *c)
{
	return nap_box_new(c->config, nap_rng_stream(1, 0, 0, NAP_RNG_PORTS), 16);
}

/* A first packet; false when it did not pass. *p becomes what left. */
static bool put(struct nap_box *box, nap_time now, enum nap_side side, struct nap_packet *p)
{
	struct nap_box_effect fx;

	if (p->proto == NAP_TCP)
		p->flags = NAP_SYN;
	p->win = 65535;
	return nap_box_input(box, now, side, p, &fx) == NAP_PASS;
}

static struct nap_endpoint out_to(
	const struct cell *c, struct nap_box *box, nap_addr client, nap_addr dst, uint16_t dport)
{
	struct nap_packet p = udp_packet(client, 5000, dst, dport);

	p.proto = c->proto;
	if (!put(box, NAP_S, NAP_INSIDE, &p))
		g_error("%s: nothing leaves", c->name);
	return p.src;
}

/* Does a packet from src reach the client once that has spoken to REMOTE? On a box of its own: filters may act on strays. */
static bool reaches(const struct cell *c, nap_addr src, uint16_t sport)
{
	struct nap_box *box = box_of_cell(c);
	struct nap_endpoint to = out_to(c, box, c->client, REMOTE, 40080);
	struct nap_packet p = udp_packet(src, sport, to.addr, to.port);
	bool passed;

	p.proto = c->proto;
	passed = put(box, 2 * NAP_S, NAP_OUTSIDE, &p) &&
		 nap_endpoint_equal(p.dst, (struct nap_endpoint){ c->client, 5000 });
	nap_box_free(box);
	return passed;
}

static void say(const struct cell *c, const char *what, bool ok)
{
	if (!ok)
		g_error("%s: %s", c->name, what);
}

/* RFC 4787 4.1. Where ports are shared by destination or tried again, other destinations may see the same one. */
static void check_mapping(const struct cell *c)
{
	struct nap_box *box = box_of_cell(c);
	bool same = c->config->overload ||
		    (c->config->reuse_mapping && c->mapping == NAP_ADDRESS_AND_PORT_DEPENDENT);
	struct nap_endpoint first = out_to(c, box, c->client, REMOTE, 40080);
	struct nap_endpoint neighbour = out_to(c, box, c->client + 1, (REMOTE + 1), 40082);
	struct nap_endpoint port = out_to(c, box, c->client, REMOTE, 40082);
	struct nap_endpoint host = out_to(c, box, c->client, (REMOTE + 1), 40082);

	say(c, "another port at the same host",
		nap_endpoint_equal(port, first) == (c->mapping != NAP_ADDRESS_AND_PORT_DEPENDENT ||
							   (same && nap_endpoint_equal(port, first))));
	say(c, "another host",
		nap_endpoint_equal(host, first) == (c->mapping == NAP_ENDPOINT_INDEPENDENT ||
							   (same && nap_endpoint_equal(host, first))));
	say(c, "two hosts share what they may not", !nap_endpoint_equal(neighbour, host));
	nap_box_free(box);
}

static void check_filtering(const struct cell *c)
{
	if (c->config->forward == NAP_FORWARD_OPEN)
		return;
	say(c, "who was spoken to", reaches(c, REMOTE, 40080));
	say(c, "another port of that host",
		reaches(c, REMOTE, 40081) == (c->filtering != NAP_ADDRESS_AND_PORT_DEPENDENT));
	say(c, "another host", reaches(c, (REMOTE + 1), 40080) == (c->filtering == NAP_ENDPOINT_INDEPENDENT));
}

static void set(struct nap_box_config *config, const char *key, const char *text)
{
	g_assert_null(nap_box_config_set(config, key, text));
}

/* Sharing a port among destinations contradicts one that is for all: refused, and off for the rest of the cell. */
static void check_overload(struct nap_box_config *config)
{
	const char *key = "", *why = nap_box_config_check(config, &key);
	bool contradicts = config->overload && config->mapping == NAP_ENDPOINT_INDEPENDENT;

	g_assert_cmpint(why != NULL, ==, contradicts);
	if (!why)
		return;
	g_assert_cmpstr(key, ==, "overload");
	set(config, "overload", "no");
	g_assert_null(nap_box_config_check(config, &key));
}

static void check_cell(
	struct nap_box_config *config, const char *profile, int mapping, int filtering, int port)
{
	g_autofree char *name = g_strdup_printf("%s, mapping %s, filtering %s, ports %s", profile,
		words[mapping], words[filtering], ports[port]);
	bool nat;

	g_assert_true(nap_box_config_profile(config, profile));
	nat = config->kind == NAP_BOX_NAT;
	set(config, "mapping", words[mapping]);
	set(config, "filtering", words[filtering]);
	set(config, "tcp-mapping", "as-for-udp");
	set(config, "tcp-filtering", "as-for-udp");
	set(config, "ports", ports[port]);
	if (nat)
		check_overload(config);
	for (int tcp = 0; tcp < 2; tcp++) {
		struct cell c = { config, tcp ? NAP_TCP : NAP_UDP, (enum nap_dependence)mapping,
			(enum nap_dependence)filtering,
			config->inside_first.n ? config->inside_first.addr[0] : IN_A, name };

		if (nat)
			check_mapping(&c);
		check_filtering(&c);
	}
}

static void test_profiles(void)
{
	struct nap_box_config config;
	const char *name;
	size_t n = 0;

	nap_box_config_init(&config);
	for (; (name = nap_profile_name("middlebox", n)); n++)
		for (int cell = 0; cell < 3 * 3 * 4; cell++)
			check_cell(&config, name, cell / 12, cell / 4 % 3, cell % 4);
	g_assert_cmpuint(n, >=, 50);
	nap_box_config_clear(&config);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/box-matrix/profiles", test_profiles);
	return g_test_run();
}
