/* SPDX-License-Identifier: BSD-2-Clause */
/* A proxy's two connections by hand, segment by segment: which phase they are in, and when its timer ends, to the nanosecond. */
#include "box_test.h"
#include "client/message.h"
#include "path/proxy.h"

enum { OPENER, OTHER };

/* What the proxy has sent to each end, and where the end's own numbers stand. */
struct ends {
	struct nap_legs *l;
	uint32_t sent[2], heard[2], segments[2];
	uint8_t last[2]; /* flags */
	nap_time now;
};

static void out(void *ctx, bool reply, const struct nap_packet *p)
{
	struct ends *e = ctx;

	e->segments[reply]++;
	e->last[reply] = p->flags;
	e->heard[reply] = p->seq + p->len + ((p->flags & (NAP_SYN | NAP_FIN)) ? 1 : 0);
}

static struct nap_packet segment(const struct ends *e, int end, uint8_t flags, uint32_t len)
{
	struct nap_packet p = tcp_packet(end ? OUT_A : IN_A, end ? 443 : 5000, end ? IN_A : OUT_A,
		end ? 5000 : 443, flags, e->sent[end], e->heard[end], len);

	p.message = len ? NAP_MSG_PUSH : NAP_MSG_NONE;
	p.cause = NAP_CAUSE_PUSH;
	return p;
}

static bool say(struct ends *e, int end, uint8_t flags, uint32_t len)
{
	struct nap_packet p = segment(e, end, flags, len);

	e->sent[end] += len + ((flags & (NAP_SYN | NAP_FIN)) ? 1 : 0);
	return nap_proxy_termination.input(e->l, e->now, end == OTHER, &p, out, e);
}

static void expect(const struct ends *e, enum nap_legs_phase phase, nap_time expires)
{
	struct nap_legs_look look = nap_proxy_termination.look(e->l);

	g_assert_cmpint(look.phase, ==, phase);
	g_assert_cmpint(look.expires, ==, expires);
	g_assert_cmpint(look.due, <=, expires);
}

/* Each timer has a length of its own. */
static struct nap_scenario *proxy(const char *more)
{
	g_autofree char *keys = g_strconcat("kind = proxy\ntcp-syn-sent = 11s\ntcp-syn-recv = 13s\n"
					    "client-idle = 29s\nserver-idle = 23s\ntcp-half-closed = 17s\n"
					    "tcp-closing = 19s\n",
		more, NULL);

	return box_scenario(keys);
}

static void open(struct ends *e, const struct nap_scenario *sc)
{
	struct nap_packet syn;

	*e = (struct ends){ .sent = { 1000, 9000 }, .now = NAP_S };
	syn = segment(e, OPENER, NAP_SYN, 0);
	e->sent[OPENER]++;
	e->l = nap_proxy_termination.open(nap_scenario_box(sc, "box"), e->now, &syn, out, e);
	g_assert_cmpuint(e->last[OPENER], ==, NAP_SYN | NAP_ACK);
	g_assert_cmpuint(e->segments[OTHER], ==, 0);
}

/* The opener's handshake, then that with the other end. */
static void connect_both(struct ends *e, const struct nap_scenario *sc)
{
	open(e, sc);
	expect(e, NAP_LEGS_OPENING, 12 * NAP_S);
	e->now = 3 * NAP_S;
	g_assert_true(say(e, OPENER, NAP_ACK, 0));
	g_assert_cmpuint(e->last[OTHER], ==, NAP_SYN);
	expect(e, NAP_LEGS_CONNECTING, 16 * NAP_S);
	e->now = 5 * NAP_S;
	g_assert_true(say(e, OTHER, NAP_SYN | NAP_ACK, 0));
	g_assert_cmpuint(e->last[OTHER], ==, NAP_ACK);
	expect(e, NAP_LEGS_ESTABLISHED, 28 * NAP_S);
}

static void close_up(struct ends *e, struct nap_scenario *sc)
{
	nap_proxy_termination.free(e->l);
	nap_scenario_free(sc);
}

/* At a phase's end, and not a moment before, the proxy acts. */
static void runs_out(struct ends *e, bool by_rst)
{
	nap_time end = nap_proxy_termination.look(e->l).expires;
	enum nap_legs_phase phase = nap_proxy_termination.look(e->l).phase;

	nap_proxy_termination.timer(e->l, end - 1, out, e);
	g_assert_cmpint(nap_proxy_termination.look(e->l).phase, ==, phase);
	e->last[OPENER] = e->last[OTHER] = 0;
	nap_proxy_termination.timer(e->l, end, out, e);
	g_assert_cmpint(nap_proxy_termination.look(e->l).phase, !=, phase);
	for (int i = 0; by_rst && i < 2; i++)
		g_assert_true(e->last[i] & NAP_RST);
}

static void test_open(void)
{
	struct nap_scenario *sc = proxy("on-expiry = rst\n");
	struct ends e;

	connect_both(&e, sc);
	e.now = 9 * NAP_S; /* payload keeps both, and goes on */
	g_assert_true(say(&e, OPENER, NAP_ACK | NAP_PSH, 100));
	g_assert_cmpuint(e.heard[OTHER], >, 0);
	expect(&e, NAP_LEGS_ESTABLISHED, 32 * NAP_S);
	e.now = 12 * NAP_S; /* an acknowledgement does not */
	g_assert_true(say(&e, OTHER, NAP_ACK, 0));
	expect(&e, NAP_LEGS_ESTABLISHED, 32 * NAP_S);
	e.now = 14 * NAP_S;
	g_assert_true(say(&e, OTHER, NAP_ACK | NAP_PSH, 50));
	expect(&e, NAP_LEGS_ESTABLISHED, 37 * NAP_S);
	say(&e, OPENER, NAP_ACK, 0);
	runs_out(&e, true);
	close_up(&e, sc);
}

static void test_unfinished(void)
{
	struct nap_scenario *sc = proxy("on-expiry = rst\n");
	struct ends e;

	open(&e, sc);
	runs_out(&e, false);
	g_assert_cmpuint(e.segments[OTHER], ==, 0);
	close_up(&e, sc);
	sc = proxy("on-expiry = rst\n");
	open(&e, sc);
	e.now = 3 * NAP_S;
	say(&e, OPENER, NAP_ACK, 0);
	runs_out(&e, false);
	g_assert_true(e.last[OPENER] & NAP_RST);
	close_up(&e, sc);
}

/* One end closes, then the other; what the one still hears keeps the pair as long again. */
static void test_close(int first)
{
	struct nap_scenario *sc = proxy("on-expiry = fin\n");
	struct ends e;

	connect_both(&e, sc);
	e.now = 7 * NAP_S;
	g_assert_true(say(&e, first, NAP_FIN | NAP_ACK, 0));
	g_assert_true(e.last[!first] & NAP_FIN);
	expect(&e, NAP_LEGS_HALF_CLOSED, 24 * NAP_S);
	e.now = 10 * NAP_S;
	g_assert_true(say(&e, !first, NAP_ACK | NAP_PSH, 10));
	expect(&e, NAP_LEGS_HALF_CLOSED, 27 * NAP_S);
	say(&e, first, NAP_ACK, 0);
	e.now = 15 * NAP_S;
	g_assert_true(say(&e, !first, NAP_FIN | NAP_ACK, 0));
	g_assert_true(e.last[first] & NAP_FIN);
	expect(&e, NAP_LEGS_CLOSING, 34 * NAP_S);
	if (first == OPENER) { /* a SYN of the opener's now is of another connection; nobody else's is */
		struct nap_packet syn = segment(&e, OPENER, NAP_SYN, 0),
				  other = segment(&e, OTHER, NAP_SYN, 0);

		g_assert_false(nap_proxy_termination.input(e.l, e.now, false, &syn, out, &e));
		g_assert_true(nap_proxy_termination.input(e.l, e.now, true, &other, out, &e));
	}
	runs_out(&e, false);
	close_up(&e, sc);
}

static void test_closes(void)
{
	test_close(OPENER);
	test_close(OTHER);
}

/* A SYN that is heard again before does not begin anew, and one end's reset ends the other's connection. */
static void test_resets(void)
{
	for (int end = 0; end < 2; end++)
		for (int rst = 0; rst < 2; rst++) {
			struct nap_scenario *sc = proxy(rst ? "on-expiry = rst\n" : "on-expiry = fin\n");
			struct nap_packet syn;
			struct ends e;

			connect_both(&e, sc);
			syn = segment(&e, OPENER, NAP_SYN, 0);
			syn.seq = 1000;
			g_assert_true(nap_proxy_termination.input(e.l, e.now, false, &syn, out, &e));
			expect(&e, NAP_LEGS_ESTABLISHED, 28 * NAP_S);
			e.now = 8 * NAP_S;
			g_assert_true(say(&e, end, NAP_RST | NAP_ACK, 0));
			g_assert_true(e.last[!end] & (rst ? NAP_RST : NAP_FIN));
			g_assert_cmpint(nap_proxy_termination.look(e.l).phase, >=, NAP_LEGS_CLOSING);
			close_up(&e, sc);
		}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/proxy-phases/open", test_open);
	g_test_add_func("/proxy-phases/unfinished", test_unfinished);
	g_test_add_func("/proxy-phases/closes", test_closes);
	g_test_add_func("/proxy-phases/resets", test_resets);
	return g_test_run();
}
