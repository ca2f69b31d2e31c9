/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whatever is timed in a box lapses at its own time, whether or not somebody looks in between: two boxes get the same
 * packets, one of them is asked all the time, and both answer alike, count alike and tell of the same ends.
 */
#include <string.h>

#include "box_random.h"
#include "box_test.h"
#include "net/pcp.h"

enum { CONFIGS = 500, PACKETS = 500, HOST_LOOKS = 3 };

static uint32_t below(struct nap_rng *r, uint32_t n)
{
	return nap_rng_below(r, n);
}

/* What a box tells of its own accord. */
struct told {
	nap_time born, died;
	nap_addr addr;
	uint16_t port;
	uint8_t what, flags;
};

struct twin {
	struct nap_box *box;
	GArray *ends, *emitted; /* struct told */
};

static void on_end(
	void *ctx, enum nap_ended what, nap_time born, nap_time died, const struct nap_box_flow *whose)
{
	struct told t = { born, died, whose->inside.addr, whose->mapped.port, (uint8_t)what, 0 };

	if (died != NAP_NEVER) /* else it tells of what lives, as it was asked */
		g_array_append_val(((struct twin *)ctx)->ends, t);
}

static void on_emission(void *ctx, enum nap_side side, const struct nap_packet *p, nap_time now,
	const struct nap_box_flow *about)
{
	struct told t = { now, about ? about->remote.port : 0, p->dst.addr, p->dst.port, (uint8_t)side,
		p->flags };

	g_array_append_val(((struct twin *)ctx)->emitted, t);
}

static void twin_init(struct twin *t, const struct nap_box_config *c, uint32_t k)
{
	t->box = nap_box_new(c, nap_rng_stream(27, k, 0, NAP_RNG_PORTS), 16);
	t->ends = g_array_new(FALSE, TRUE, sizeof(struct told));
	t->emitted = g_array_new(FALSE, TRUE, sizeof(struct told));
	nap_box_watch(t->box, on_end, t);
}

static void twin_clear(struct twin *t)
{
	nap_box_free(t->box);
	g_array_free(t->ends, TRUE);
	g_array_free(t->emitted, TRUE);
}

/* All that lasts: short times, so that in a few hundred packets each kind of record lapses often. */
static void vary(struct nap_box_config *c, struct nap_rng *r)
{
	static const char *const forwards[] = { "tcp/5001 > 10.0.0.2:5001", "udp/5002 > 10.0.0.3:5002",
		NULL };

	box_vary(c, r);
	box_vary_zones(c, r);
	c->block_hold = below(r, 2) * 4 * NAP_S;
	c->joined_protocols = below(r, 4) == 0;
	c->incoming_syn_hold = below(r, 3) == 0 ? 6 * NAP_S : 0;
	c->fragments = below(r, 4);
	c->fragment_limit = 1 + below(r, 4);
	c->fragment_timeout = (1 + below(r, 5)) * NAP_S;
	c->fragments_full = below(r, 2);
	c->on_expiry = below(r, 4) == 0 ? below(r, 4) : NAP_EXPIRY_SILENT;
	c->probe_interval = below(r, 5) == 0 ? 2 * NAP_S : 0;
	c->probe_count = 3;
	c->adaptive_start = below(r, 3) == 0 ? 4 + below(r, 10) : 0;
	c->adaptive_end = c->adaptive_start + 1 + below(r, 40);
	c->reset_check = below(r, 4) == 0;
	c->pcp = below(r, 2) ? NAP_PCP_PCP : NAP_PCP_NONE;
	c->pcp_minimum = NAP_S;
	c->pcp_maximum = 20 * NAP_S;
	c->hold_survives = below(r, 2);
	c->forwards = below(r, 3) == 0 ? forwards : NULL;
}

static struct nap_packet pcp_request(struct nap_rng *r)
{
	struct nap_endpoint inside = inside_end(below(r, INSIDES));
	struct nap_packet p = udp_packet(inside.addr, NAP_PCP_CLIENT_PORT, NAP_PCP_ANYCAST, NAP_PCP_PORT);

	p.message = NAP_PCP_MAP;
	p.len = NAP_PCP_BYTES;
	p.tag = below(r, 12);
	p.quote = (struct nap_quote){ below(r, 2) ? NAP_UDP : NAP_TCP, inside, { 0, 0 } };
	return p;
}

static struct nap_packet draw_packet(struct nap_rng *r, enum nap_side *side)
{
	static const uint16_t pieces[] = { NAP_MF, 8, 8 | NAP_MF, 16 };
	struct nap_packet p = any_packet(r, side);
	uint32_t kind = below(r, 20);

	if (kind == 0) {
		*side = NAP_INSIDE;
		return pcp_request(r);
	}
	if (kind == 1 && *side == NAP_INSIDE) /* hairpinned */
		p.dst = (struct nap_endpoint){ NAT_A, (uint16_t)(FIRST_PORT + below(r, 12)) };
	if (kind <= 3) {
		p.ip_frag = pieces[below(r, G_N_ELEMENTS(pieces))];
		p.ip_id = (uint16_t)below(r, 3);
		p.len = nap_packet_is_later_fragment(&p) ? 64 : 64 - nap_packet_header(&p);
	}
	return p;
}

/* Everything that one can ask, at any time between two packets. */
static void look(struct twin *t, struct nap_rng *r, nap_time now)
{
	struct nap_session_view v;
	struct nap_box_counts c;
	enum nap_side side;
	struct nap_packet p = any_packet(r, &side);

	switch (below(r, 5)) {
	case 0:
		counts_at(t->box, now, &c);
		break;
	case 1:
		nap_box_settle(t->box, now);
		nap_box_tell_live(t->box, now);
		break;
	case 2:
		nap_box_advance(t->box, now, on_emission, t);
		break;
	case 3:
		nap_box_open_until(t->box, now, side, &p);
		break;
	default:
		nap_box_session(t->box, now, below(r, 40), &v);
	}
}

static void same_told(const GArray *a, const GArray *b)
{
	g_assert_cmpuint(a->len, ==, b->len);
	for (guint i = 0; i < a->len; i++) {
		const struct told *x = &g_array_index(a, struct told, i),
				  *y = &g_array_index(b, struct told, i);

		g_assert_cmpint(x->born, ==, y->born);
		g_assert_cmpint(x->died, ==, y->died);
		g_assert_true(x->addr == y->addr && x->port == y->port && x->what == y->what &&
			      x->flags == y->flags);
	}
}

static void same_counts(struct nap_box *a, struct nap_box *b, nap_time now)
{
	struct nap_box_counts x, y;

	counts_at(a, now, &x);
	counts_at(b, now, &y);
#define SAME(field) g_assert_cmpuint(x.field, ==, y.field)
	SAME(created);
	SAME(expired);
	SAME(evicted);
	SAME(closed);
	SAME(refused);
	SAME(refused_ports);
	SAME(dropped);
	SAME(live);
	SAME(peak);
	SAME(ports_live);
	SAME(ports_peak);
	SAME(blocks_live);
	SAME(blocks_peak);
	SAME(log_records);
	SAME(session_ns);
	SAME(alive_ns);
#undef SAME
}

static const struct nap_param *row_of(const char *key)
{
	const struct nap_param *row = nap_box_params;

	while (strcmp(row->key, key) != 0)
		row++;
	return row;
}

/* Rules that change: it translates no more, or again, to this or that address. */
static void change(struct nap_box *box, uint32_t what, nap_time now)
{
	static const nap_addr outside[] = { NAT_A, NAT_A + 1 };
	const struct nap_addr_list list = { &outside[what % 2], 1 };
	const uint32_t kind = what % 2 ? NAP_BOX_FIREWALL : NAP_BOX_NAT;

	if (what < 4)
		nap_box_set(box, now, row_of("addresses"), &list);
	else
		nap_box_set(box, now, row_of("kind"), &kind);
}

/* What management does now and then. */
static void manage(struct twin *t, uint32_t what, nap_time now)
{
	if (what == 0)
		nap_box_reboot(t->box, now);
	else if (what == 1)
		nap_box_link(t->box, now, false);
	else if (what == 2)
		nap_box_link(t->box, now, true);
	else if (what < 8)
		nap_box_delete(t->box, now, what);
	else if (what < 18)
		change(t->box, what - 8, now);
}

/* When all has ended, nothing is left in the accounts, whatever the box was meanwhile. */
static void check_empty(struct nap_box *box, nap_time now)
{
	struct nap_box_counts c;

	nap_box_reboot(box, now);
	counts_at(box, now + 10 * NAP_S, &c);
	g_assert_cmpuint(c.live, ==, 0);
	g_assert_cmpuint(c.ports_live, ==, 0);
	g_assert_cmpuint(c.blocks_live, ==, 0);
}

static void play(const struct nap_box_config *c, struct nap_rng *r, uint32_t k, uint64_t *ended)
{
	struct twin a, b;
	nap_time now = 0;

	twin_init(&a, c, k);
	twin_init(&b, c, k);
	for (uint32_t n = 0; n < PACKETS; n++) {
		struct nap_box_effect fx, gx;
		enum nap_side side;
		struct nap_packet p = draw_packet(r, &side), q = p;
		nap_time last = now;
		uint32_t what = below(r, 1000);
		enum nap_verdict v;

		now += below(r, 30) == 0 ? below(r, 20) * NAP_S : below(r, 200) * NAP_MS;
		for (uint32_t i = below(r, HOST_LOOKS); i > 0 && now > last; i--) {
			last += (nap_time)(nap_rng_next(r) % (uint64_t)(now - last + 1));
			look(&a, r, last);
		}
		manage(&a, what, now);
		manage(&b, what, now);
		v = nap_box_input(a.box, now, side, &p, &fx);
		g_assert_cmpint(nap_box_input(b.box, now, side, &q, &gx), ==, v);
		g_assert_cmpuint(fx.session, ==, gx.session);
		g_assert_true(fx.created == gx.created && fx.refused == gx.refused && fx.klass == gx.klass &&
			      fx.answered == gx.answered);
		g_assert_true(nap_endpoint_equal(p.src, q.src) && nap_endpoint_equal(p.dst, q.dst));
	}
	now += below(r, 30) * NAP_S;
	nap_box_advance(a.box, now, on_emission, &a);
	nap_box_advance(b.box, now, on_emission, &b);
	same_counts(a.box, b.box, now);
	same_told(a.ends, b.ends);
	same_told(a.emitted, b.emitted);
	*ended += a.ends->len;
	check_empty(a.box, now);
	twin_clear(&a);
	twin_clear(&b);
}

static void test_looks(void)
{
	struct nap_scenario *sc = box_scenario("addresses = 203.0.113.1\n");
	uint64_t ended = 0;

	for (uint32_t k = 0; k < CONFIGS; k++) {
		struct nap_box_config c = sc->middlebox[0].box;
		struct nap_rng r = nap_rng_stream(26, k, 0, NAP_RNG_PHASE);
		const char *key;

		vary(&c, &r);
		c.link_down = k % 2 ? NAP_LINK_DOWN_KEEP : NAP_LINK_DOWN_FLUSH;
		g_assert_null(nap_box_config_check(&c, &key));
		play(&c, &r, k, &ended);
	}
	g_assert_cmpuint(ended, >, CONFIGS * 20);
	nap_scenario_free(sc);
}

/* Ten ports, ten flows, and when these and mapping-hold are over, ten others: nobody is refused, nobody looked. */
static void test_hold_is_over(void)
{
	struct nap_scenario *sc = box_scenario(
		"tracker = simple\nudp = 10s\nudp-stream = 10s\nmapping-hold = 5s\nport-hold-down = 3s\n"
		"mapping = endpoint-independent\nports-per-subscriber = 10\noverload = no\n"
		"port-range = 2000-2009\nports = random\naddresses = 203.0.113.1\n");
	struct nap_box *box = box_of(sc, 1);

	for (nap_time t = 0; t < 10; t++)
		for (uint16_t i = 0; i < 10; i++)
			g_assert_cmpuint(
				udp_out(box, t * 18 * NAP_S, IN_A, (uint16_t)(3000 + 10 * t + i), OUT_A, 53)
					.port,
				!=, 0);
	nap_box_free(box);
	nap_scenario_free(sc);
}

/* A firewall that becomes a NAT knows its port forwards, also where a session has such a port. */
static void test_becomes(void)
{
	static const char keys[] = "overload = yes\nmapping = address-dependent\naddresses = 203.0.113.1\n"
				   "forwards = udp/5000 > 10.0.0.2:5000\n";
	const uint32_t nat = NAP_BOX_NAT;

	for (int became = 0; became < 2; became++) {
		g_autofree char *text = g_strconcat("kind = ", became ? "firewall" : "nat", "\n", keys, NULL);
		struct nap_scenario *sc = box_scenario(text);
		struct nap_box *box = box_of(sc, 1);
		struct nap_packet p = udp_packet(OUT_A, 53, NAT_A, 5000);

		if (became)
			nap_box_set(box, 0, row_of("kind"), &nat);
		g_assert_cmpuint(udp_out(box, NAP_S, IN_A, 5000, OUT_A, 53).port, ==, 5000);
		g_assert_cmpint(nap_box_open_until(box, NAP_S, NAP_OUTSIDE, &p), ==, NAP_NEVER);
		nap_box_free(box);
		nap_scenario_free(sc);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/box/looks", test_looks);
	g_test_add_func("/box/hold-is-over", test_hold_is_over);
	g_test_add_func("/box/becomes", test_becomes);
	return g_test_run();
}
