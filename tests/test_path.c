/* SPDX-License-Identifier: BSD-2-Clause */
/* The way of packets: delay, loss, order, outages, chains of boxes, replies; seen by an observer of whole runs. */
#include <math.h>

#include "harness.h"

/* One packet at one place. */
struct seen {
	nap_time now;
	enum nap_place place;
	int hop;
	bool up;
	struct nap_packet p;
};

/* A run and all that its observer saw. */
struct trace {
	struct h_run *run;
	GArray *seen; /* struct seen */
};

static void on_packet(
	void *ctx, nap_time now, enum nap_place place, int hop, bool up, const struct nap_packet *p)
{
	struct seen s = { now, place, hop, up, *p };

	g_array_append_val((GArray *)ctx, s);
}

static struct trace watch(const char *text)
{
	struct trace t = { NULL, g_array_new(FALSE, FALSE, sizeof(struct seen)) };
	const struct nap_observer observer = { .ctx = t.seen, .packet = on_packet };

	t.run = h_run_watched(text, 1, &observer);
	t.run->point.observer = NULL;
	return t;
}

static void done(struct trace t)
{
	h_free(t.run);
	g_array_unref(t.seen);
}

static const struct seen *at(const struct trace *t, guint i)
{
	return &g_array_index(t->seen, struct seen, i);
}

/* The nth sighting (from 0) at a place; NULL when there are not so many. */
static const struct seen *nth(const struct trace *t, enum nap_place place, int hop, bool up, uint32_t n)
{
	for (guint i = 0; i < t->seen->len; i++) {
		const struct seen *s = at(t, i);

		if (s->place == place && s->hop == hop && s->up == up && n-- == 0)
			return s;
	}
	return NULL;
}

static uint32_t count(const struct trace *t, enum nap_place place, bool up)
{
	uint32_t n = 0;

	for (guint i = 0; i < t->seen->len; i++)
		n += at(t, i)->place == place && at(t, i)->up == up;
	return n;
}

#define WIRED         "[radio]\nprofile = wired\n"
#define FIXED(app, t) "[client]\napplication = " app "\npolicy = fixed\ninterval = " t "\n"

/* ---- delay, hop links, a chain of two NATs -------------------------------------------------------------------------- */

static void test_chain(void)
{
	struct trace t =
		watch("[scenario]\nduration = 100s\n[path]\nmiddleboxes = home; carrier\ndelay = 40ms\n"
		      "[middlebox home]\nlink-delay = 7ms\n[middlebox carrier]\nlink-delay = 20ms\naddresses "
		      "= 203.0.113.9\n" WIRED
		      "[client]\napplication = udp\npolicy = fixed\ninterval = 10s\nkeepalive-answer = 5B\n");
	static const struct {
		enum nap_place place;
		int hop;
		bool up;
		nap_time after; /* the first keepalive */
	} stops[] = {
		{ NAP_AT_DEVICE, -1, true, 0 },
		{ NAP_AT_BOX_IN, 0, true, 40 * NAP_MS },
		{ NAP_AT_BOX_OUT, 0, true, 40 * NAP_MS },
		{ NAP_AT_BOX_IN, 1, true, 47 * NAP_MS },
		{ NAP_AT_BOX_OUT, 1, true, 47 * NAP_MS },
		{ NAP_AT_SERVER, -1, true, 67 * NAP_MS },
		{ NAP_AT_SERVER, -1, false, 67 * NAP_MS },
		{ NAP_AT_BOX_IN, 1, false, 87 * NAP_MS },
		{ NAP_AT_BOX_OUT, 1, false, 87 * NAP_MS },
		{ NAP_AT_BOX_IN, 0, false, 94 * NAP_MS },
		{ NAP_AT_BOX_OUT, 0, false, 94 * NAP_MS },
		{ NAP_AT_DEVICE, -1, false, 134 * NAP_MS },
	};
	const struct seen *dev = nth(&t, NAP_AT_DEVICE, -1, true, 0),
			  *back = nth(&t, NAP_AT_DEVICE, -1, false, 0);
	const struct seen *mid = nth(&t, NAP_AT_BOX_OUT, 0, true, 0),
			  *srv = nth(&t, NAP_AT_SERVER, -1, true, 0);

	for (uint32_t n = 0; n < 10; n++)
		for (size_t i = 0; i < G_N_ELEMENTS(stops); i++) {
			const struct seen *s = nth(&t, stops[i].place, stops[i].hop, stops[i].up, n);

			g_assert_nonnull(s);
			g_assert_cmpint(s->now, ==, n * 10 * NAP_S + stops[i].after);
		}
	g_assert_cmpuint(t.seen->len, ==, 10 * G_N_ELEMENTS(stops));
	/* each NAT puts its own address; the answer finds its way back through both */
	g_assert_cmphex(dev->p.src.addr, ==, NAP_ADDR(10, 0, 0, 2));
	g_assert_cmphex(mid->p.src.addr, !=, dev->p.src.addr);
	g_assert_cmphex(srv->p.src.addr, ==, NAP_ADDR(203, 0, 113, 9));
	g_assert_cmphex(mid->p.src.addr, !=, srv->p.src.addr);
	g_assert_true(nap_endpoint_equal(back->p.dst, dev->p.src));
	g_assert_true(nap_endpoint_equal(back->p.src, dev->p.dst));
	g_assert_cmpfloat(h_mean(t.run, "home.sessions_created"), ==, 1);
	g_assert_cmpfloat(h_mean(t.run, "carrier.sessions_created"), ==, 1);
	g_assert_cmpfloat(h_mean(t.run, "packets_up"), ==, 10);
	g_assert_cmpfloat(h_mean(t.run, "packets_down"), ==, 10);
	g_assert_cmpfloat(h_mean(t.run, "bytes_down"), ==, 10 * (5 + 28));
	done(t);
}

/* The inner of two NATs forgets first: pushes pass the outer one and end at the inner one. */
static void test_chain_shortest_timer(void)
{
	static const char *const names[] = { "home", "carrier" };

	for (int shorter = 0; shorter < 2; shorter++) {
		g_autofree char *text = g_strdup_printf("[scenario]\nduration = 100s\n[path]\nmiddleboxes = "
							"home; carrier\n[middlebox home]\n%s\n"
							"[middlebox carrier]\n%s\n" WIRED FIXED("udp",
								"50s") "[server]\npush = periodic 45s\n",
			shorter == 0 ? "udp = 30s\nudp-stream = 30s" : "udp = 5min",
			shorter == 1 ? "udp = 30s\nudp-stream = 30s" : "udp = 5min");
		struct trace t = watch(text);
		const struct seen *lost = nth(&t, NAP_AT_LOST, shorter, false, 0);

		g_assert_nonnull(lost);
		g_assert_cmpint(lost->now, ==, 45 * NAP_S);
		g_assert_cmpfloat(h_mean(t.run, "pushes_lost"), ==, 2);
		g_assert_cmpfloat(h_mean(t.run, "reachable_fraction"), ==, 0.6);
		g_assert_cmpuint(nth(&t, NAP_AT_BOX_OUT, 1, false, 0) != NULL, ==, shorter == 0);
		g_test_message("stopped at %s", names[lost->hop]);
		done(t);
	}
}

/* ---- loss --------------------------------------------------------------------------------------------------------- */

/* What became of the packets of one direction, in order of sending; without delay it is known before the next is sent. */
struct fates {
	uint32_t sent, lost, bursts;
};

static struct fates fates_of(const struct trace *t, bool up)
{
	struct fates f = { 0, 0, 0 };
	bool in_burst = false;

	for (guint i = 0; i < t->seen->len; i++) {
		const struct seen *s = at(t, i);
		bool lost = s->place == NAP_AT_LOST;

		if (s->up != up || !(lost || s->place == (up ? NAP_AT_SERVER : NAP_AT_DEVICE)))
			continue;
		f.sent++;
		f.lost += lost;
		f.bursts += lost && !in_burst;
		in_burst = lost;
	}
	return f;
}

static void check_loss(double share, double burst)
{
	g_autofree char *text = g_strdup_printf(
		"[scenario]\nduration = 80000s\n[path]\nloss = %g%%\nloss-burst = %g\n" WIRED FIXED(
			"udp", "1s"),
		100 * share, burst);
	struct trace t = watch(text);
	struct fates f = fates_of(&t, true);
	double n = f.sent, mean_burst = (double)f.lost / f.bursts,
	       expected = burst > 1 ? burst : 1 / (1 - share);
	double rho = burst > 1 ? 1 - 1 / burst - share / (burst * (1 - share)) : 0,
	       sd = sqrt(share * (1 - share) / n * (1 + rho) / (1 - rho));

	g_test_message("loss %g burst %g: share %.5f of %.0f, mean burst %.4f", share, burst, f.lost / n, n,
		mean_burst);
	g_assert_cmpfloat(n, ==, 80000);
	g_assert_cmpfloat(fabs(f.lost / n - share), <, 4 * sd);
	g_assert_cmpfloat(fabs(mean_burst - expected), <, 4 * sqrt(expected * (expected - 1) / f.bursts));
	g_assert_cmpfloat(h_mean(t.run, "packets_lost"), ==, f.lost);
	done(t);
}

static void test_loss(void)
{
	check_loss(0.02, 1);
	check_loss(0.3, 1);
	check_loss(0.05, 4);
	check_loss(0.2, 20);
}

/* Down: no keepalive, so only pushes move; the flow's first packet opens the way. */
static void test_loss_down(void)
{
	struct trace t = watch("[scenario]\nduration = 80001s\n[path]\nloss = 10%\nloss-burst = 3\n" WIRED
			       "[client]\napplication = udp\npolicy = fixed\ninterval = 100s\nanswer = "
			       "no\n[server]\npush = periodic 1s\n");
	struct fates down = fates_of(&t, false), up = fates_of(&t, true);
	double share = (double)down.lost / down.sent, mean_burst = (double)down.lost / down.bursts,
	       rho = 1 - 1 / 3.0 - 0.1 / (3 * 0.9);

	g_test_message("down: share %.5f of %u, mean burst %.4f; up: %u of %u", share, down.sent, mean_burst,
		up.lost, up.sent);
	g_assert_cmpuint(down.sent, >, 79000);
	g_assert_cmpfloat(fabs(share - 0.1), <, 4 * sqrt(0.09 / down.sent * (1 + rho) / (1 - rho)));
	g_assert_cmpfloat(fabs(mean_burst - 3), <, 4 * sqrt(6.0 / down.bursts));
	/* each way has its own chain: losing pushes does not make keepalives likelier to be lost */
	g_assert_cmpfloat(
		fabs((double)up.lost / up.sent - 0.1), <, 4 * sqrt(0.09 / up.sent * (1 + rho) / (1 - rho)));
	g_assert_cmpfloat(h_mean(t.run, "packets_lost"), ==, down.lost + up.lost);
	done(t);
}

/* A hop's own loss, each way: keepalives up and their answers down. */
static void test_hop_loss(void)
{
	struct trace t =
		watch("[scenario]\nduration = 40000s\n[path]\nmiddleboxes = nat\n[middlebox nat]\nlink-loss "
		      "= 10%\n" WIRED
		      "[client]\napplication = udp\npolicy = fixed\ninterval = 1s\nkeepalive-answer = 1B\n");
	struct fates up = fates_of(&t, true), down = fates_of(&t, false);

	g_assert_cmpuint(up.sent, >, 5000); /* a lost answer stops keepalives for answer-timeout */
	g_assert_cmpuint(down.sent, ==, up.sent - up.lost);
	g_assert_cmpfloat(fabs((double)up.lost / up.sent - 0.1), <, 4 * sqrt(0.09 / up.sent));
	g_assert_cmpfloat(fabs((double)down.lost / down.sent - 0.1), <, 4 * sqrt(0.09 / down.sent));
	/* lost beyond the box: the box has seen and refreshed */
	g_assert_cmpfloat(h_mean(t.run, "bindings_expired"), ==, 0);
	done(t);
}

static void test_loss_all(void)
{
	struct trace t =
		watch("[scenario]\nduration = 1h\n[path]\nloss = 100%\nloss-burst = 2\nmiddleboxes = "
		      "nat\n[middlebox nat]\n" WIRED FIXED("udp", "10s") "[server]\npush = periodic 10s\n");

	g_assert_cmpuint(count(&t, NAP_AT_SERVER, true), ==, 0);
	g_assert_cmpfloat(h_mean(t.run, "pushes_delivered"), ==, 0);
	g_assert_cmpfloat(h_mean(t.run, "reachable_fraction"), ==, 0);
	g_assert_cmpfloat(h_mean(t.run, "sessions_created"), ==, 0);
	done(t);
}

/* ---- order -------------------------------------------------------------------------------------------------------- */

/* Delays that vary more than packets are apart: the access link keeps their order all the same, both ways. */
static void test_order(void)
{
	struct trace t = watch("[scenario]\nduration = 400s\n[path]\ndelay = exponential 100ms\n" WIRED
			       "[client]\napplication = udp\npolicy = fixed\ninterval = 50s\n[server]\npush "
			       "= periodic 20ms\n");
	uint32_t down = 0, up = 0, n = 0;
	nap_time last = 0;
	double sum = 0, expected = 0;

	for (guint i = 0; i < t.seen->len; i++) {
		const struct seen *s = at(&t, i);

		g_assert_cmpint(s->now, >=, last);
		last = s->now;
		if (s->p.cause != NAP_CAUSE_PUSH)
			continue;
		if (s->place == NAP_AT_DEVICE && !s->up) {
			g_assert_cmpuint(s->p.tag, ==, down + 1);
			down = s->p.tag;
			sum += (double)(s->now - s->p.stamp);
			n++;
		} else if (s->place == NAP_AT_SERVER && s->up) {
			g_assert_cmpuint(s->p.tag, ==, up + 1);
			up = s->p.tag;
		}
	}
	g_assert_cmpuint(n, >, 19000);
	g_assert_cmpuint(up, >, 19000);
	/* delay of a packet: the largest of D(k) - 20 ms k over those k sent before it; its mean by integration */
	for (double x = 0; x < 2000; x += 0.5) {
		double all_below = 1;

		for (int k = 0; k < 400; k++)
			all_below *= 1 - exp(-(x + 20 * k) / 100);
		expected += 0.5 * (1 - all_below);
	}
	g_test_message("mean delay %.2f ms, expected %.2f ms", sum / n / 1e6, expected);
	g_assert_cmpfloat(fabs(sum / n / 1e6 - expected), <, 5);
	done(t);
}

/* A constant delay is that delay, however many packets are on the way, and behind a promotion they keep their order. */
static void test_dense(void)
{
	struct trace t =
		watch("[scenario]\nduration = 60s\n[path]\ndelay = 260ms\n[radio]\nprofile = lte-two-state\n"
		      "[client]\napplication = udp\npolicy = fixed\ninterval = 30s\nanswer = "
		      "no\n[server]\npush = periodic 20ms\n");
	uint32_t last = 0;

	for (guint i = 0; i < t.seen->len; i++) {
		const struct seen *s = at(&t, i);

		if (s->place != NAP_AT_DEVICE || s->up)
			continue;
		g_assert_cmpuint(s->p.tag, >, last);
		last = s->p.tag;
		g_assert_cmpint(
			s->now - s->p.stamp, ==, 260 * NAP_MS); /* the first keepalive has woken the radio */
	}
	g_assert_cmpuint(last, >, 2900);
	done(t);
	t = watch("[scenario]\nduration = 60s\n[path]\ndelay = 260ms\n[radio]\nprofile = lte-two-state\n"
		  "[client]\napplication = udp\npolicy = fixed\ninterval = 1h\nanswer = no\n[server]\npush = "
		  "onoff 1s 20s 10/s\n");
	last = 0;
	for (guint i = 0; i < t.seen->len; i++) {
		const struct seen *s = at(&t, i);

		if (s->place != NAP_AT_DEVICE || s->up)
			continue;
		g_assert_cmpuint(s->p.tag, >, last);
		last = s->p.tag;
		g_assert_cmpint(s->now - s->p.stamp, >=, 260 * NAP_MS);
		g_assert_cmpint(s->now - s->p.stamp, <=, 520 * NAP_MS);
	}
	g_assert_cmpuint(last, >, 10);
	done(t);
}

/* Packets far apart: the delay is that of the distribution. */
static void test_jitter(void)
{
	struct trace t =
		watch("[scenario]\nduration = 20000s\n[path]\ndelay = uniform 20ms 60ms\n" WIRED FIXED(
			"udp", "1s"));
	double sum = 0, squares = 0;
	uint32_t n = count(&t, NAP_AT_SERVER, true);

	for (uint32_t i = 0; i + 1 < t.seen->len; i += 2) {
		double d = (double)(at(&t, i + 1)->now - at(&t, i)->now) / 1e6;

		g_assert_cmpfloat(d, >=, 20);
		g_assert_cmpfloat(d, <=, 60);
		sum += d;
		squares += d * d;
	}
	g_assert_cmpuint(n, ==, 20000);
	g_assert_cmpfloat(fabs(sum / n - 40), <, 4 * 11.547 / sqrt(n));
	g_assert_cmpfloat(fabs(sqrt(squares / n - sum / n * sum / n) / 11.547 - 1), <, 0.03);
	done(t);
}

/* ---- outages ------------------------------------------------------------------------------------------------------ */

static char *with_outages(const char *app, bool keeps)
{
	return g_strdup_printf("[scenario]\nduration = 1000s\n[path]\nmiddleboxes = nat\noutages = periodic "
			       "300s\noutage-length = 100s\n"
			       "outage-keeps-address = %s\n[middlebox nat]\n" WIRED
			       "[client]\napplication = %s\npolicy = fixed\ninterval = 10s\nstart = 1s\n"
			       "[server]\npush = periodic 7300ms\n",
		keeps ? "yes" : "no", app);
}

/* Out from 300 to 400 s, 600 to 700 s, 900 to 1000 s: the next begins 300 s after the last began. */
static bool out_at(nap_time now)
{
	return (now >= 300 * NAP_S && now < 400 * NAP_S) || (now >= 600 * NAP_S && now < 700 * NAP_S) ||
	       now >= 900 * NAP_S;
}

static void test_outage_udp(void)
{
	for (int keeps = 0; keeps < 2; keeps++) {
		g_autofree char *text = with_outages("udp", keeps);
		struct trace t = watch(text);
		uint32_t within = 0;

		for (guint i = 0; i < t.seen->len; i++) {
			const struct seen *s = at(&t, i);

			if (s->place == NAP_AT_SERVER && s->up)
				g_assert_false(out_at(s->now));
			if (s->place == NAP_AT_DEVICE && !s->up)
				g_assert_false(out_at(s->now));
			within += s->place == NAP_AT_LOST && out_at(s->now);
			if (s->place == NAP_AT_LOST && s->hop == -1)
				g_assert_true(out_at(s->now));
			if (s->place == NAP_AT_DEVICE && s->up && keeps)
				g_assert_cmphex(s->p.src.addr, ==, NAP_ADDR(10, 0, 0, 2));
			else if (s->place == NAP_AT_DEVICE && s->up)
				g_assert_cmpuint(s->p.src.addr == NAP_ADDR(10, 0, 0, 2), ==,
					s->now < 400 * NAP_S || s->now >= 700 * NAP_S);
		}
		g_assert_cmpfloat(h_mean(t.run, "outages"), ==, 3);
		g_assert_cmpuint(within, >, 3 * (10 + 13) - 6);
		if (keeps)
			g_assert_cmpfloat(h_mean(t.run, "sessions_created"), ==, 1);
		else
			g_assert_cmpfloat(h_mean(t.run, "sessions_created"), >=, 2);
		/* nobody is reachable in an outage, nor before the first packet, nor with a new address before the next keepalive */
		g_assert_cmpfloat(
			fabs(h_mean(t.run, "reachable_fraction") - 0.699), <, keeps ? 1e-12 : 0.0021);
		done(t);
	}
}

/* RFC 5383 4.2: a connection survives an outage if the address stays, and cannot if it changes. */
static void test_outage_tcp(void)
{
	g_autofree char *kept = with_outages("tcp", true), *changed = with_outages("tcp", false);
	struct trace a = watch(kept), b = watch(changed);

	g_assert_cmpfloat(h_mean(a.run, "reconnects"), ==, 0);
	g_assert_cmpfloat(h_mean(b.run, "reconnects"), ==, 2);
	g_assert_cmpfloat(h_mean(a.run, "sessions_created"), ==, 1);
	g_assert_cmpfloat(h_mean(b.run, "sessions_created"), ==, 3);
	/* TCP repeats what was lost: all but the pushes of the last outage arrive */
	g_assert_cmpfloat(h_mean(a.run, "pushes_delivered"), ==, floor(899.0 / 7.3));
	g_assert_cmpfloat(h_mean(a.run, "pushes_offered"), ==, floor(1000.0 / 7.3));
	done(a);
	done(b);
}

/* ---- replies of boxes ----------------------------------------------------------------------------------------------- */

/* A full table refuses a client that comes back under a new address; what it answers travels back over both links and the box between. */
static void test_icmp_reply(void)
{
	struct trace t = watch(
		"[scenario]\nduration = 75s\n[path]\nmiddleboxes = home; carrier\ndelay = 40ms\noutages = "
		"periodic 55s\n"
		"outage-length = 8s\noutage-keeps-address = no\n[middlebox home]\nkind = "
		"firewall\nlink-delay = 5ms\n"
		"[middlebox carrier]\ncapacity = 1\nreject = icmp\nudp = 1h\n" WIRED FIXED("udp", "10s"));
	const struct seen *sent = NULL, *refused = nth(&t, NAP_AT_LOST, 1, true, 0),
			  *reply = nth(&t, NAP_AT_DEVICE, -1, false, 0);

	for (guint i = 0; i < t.seen->len && at(&t, i) != refused; i++)
		if (at(&t, i)->place == NAP_AT_DEVICE && at(&t, i)->up)
			sent = at(&t, i);
	g_assert_nonnull(sent);
	g_assert_nonnull(refused);
	g_assert_nonnull(reply);
	g_assert_cmpint(refused->now, ==, sent->now + 45 * NAP_MS);
	g_assert_cmpint(reply->now, ==, sent->now + 90 * NAP_MS);
	g_assert_true(nap_packet_is_icmp_error(&reply->p));
	g_assert_cmpuint(reply->p.icmp_type, ==, 3);
	g_assert_cmphex(reply->p.dst.addr, ==, sent->p.src.addr);
	g_assert_true(nap_endpoint_equal(reply->p.quote.src, sent->p.src));
	g_assert_true(nap_endpoint_equal(reply->p.quote.dst, sent->p.dst));
	g_assert_cmpfloat(h_mean(t.run, "carrier.sessions_refused"), >=, 1);
	g_assert_cmpfloat(h_mean(t.run, "carrier.sessions_created"), ==, 1);
	done(t);
}

/* A NAT whose input chain accepts answers a push to a mapping that is gone: the server hears of it, ICMP 3/3, as its push was. */
static void test_answer_to_server(void)
{
	struct trace t =
		watch("[scenario]\nduration = 100s\n[path]\nmiddleboxes = nat; fw\ndelay = 40ms\n"
		      "[middlebox nat]\nprofile = linux\ninput = accept\nudp = 10s\nlink-delay = 5ms\n"
		      "[middlebox fw]\nkind = firewall\nudp = 1h\nudp-stream = 1h\n"
		      "[server]\npush = periodic 30s\n" WIRED FIXED("udp", "1h"));
	const struct seen *push = NULL, *heard = NULL;

	for (guint i = 0; i < t.seen->len && !heard; i++) {
		const struct seen *s = at(&t, i);

		if (s->place == NAP_AT_LOST && !s->up && s->p.proto == NAP_UDP && !push)
			push = s;
		if (s->place == NAP_AT_SERVER && s->up && nap_packet_is_icmp_error(&s->p))
			heard = s;
	}
	g_assert_nonnull(push);
	g_assert_nonnull(heard);
	g_assert_cmpuint(heard->p.icmp_type, ==, 3);
	g_assert_cmpuint(heard->p.icmp_code, ==, 3);
	g_assert_cmpint(heard->now, >, push->now);
	g_assert_true(nap_endpoint_equal(heard->p.quote.src, push->p.src));
	g_assert_true(nap_endpoint_equal(heard->p.quote.dst, push->p.dst));
	done(t);
}

/* A firewall that answers with RST once its session is gone: the client hears it a round trip later. */
static void test_rst_reply(void)
{
	struct trace t = watch(
		"[scenario]\nduration = 250s\n[path]\nmiddleboxes = fw\ndelay = 40ms\n[middlebox fw]\nkind = "
		"firewall\n"
		"tracker = simple\ntcp-established = 60s\non-miss = rst\n" WIRED FIXED("tcp", "100s"));
	const struct seen *rst = NULL, *sent = NULL, *syn = NULL;

	for (guint i = 0; i < t.seen->len; i++) {
		const struct seen *s = at(&t, i);

		if (s->place == NAP_AT_DEVICE && s->up && s->p.message != 0 && !rst)
			sent = s;
		if (s->place == NAP_AT_DEVICE && !s->up && (s->p.flags & NAP_RST) && !rst)
			rst = s;
		if (s->place == NAP_AT_DEVICE && s->up && (s->p.flags & NAP_SYN) && rst && !syn)
			syn = s;
	}
	g_assert_nonnull(sent);
	g_assert_nonnull(rst);
	g_assert_cmpint(rst->now, ==, sent->now + 80 * NAP_MS);
	g_assert_true(nap_endpoint_equal(rst->p.src, sent->p.dst));
	g_assert_true(nap_endpoint_equal(rst->p.dst, sent->p.src));
	/* told, the client opens anew at once */
	g_assert_nonnull(syn);
	g_assert_cmpint(syn->now, ==, rst->now);
	g_assert_cmpfloat(h_mean(t.run, "reconnects"), >=, 1);
	g_assert_cmpfloat(h_mean(t.run, "bindings_expired"), >=, 1);
	done(t);
}

/* A NAT that sends RST to both ends when a session runs out: the client knows half a round trip later. */
static void test_rst_at_expiry(void)
{
	struct trace t =
		watch("[scenario]\nduration = 150s\n[path]\nmiddleboxes = nat\ndelay = 40ms\n[middlebox "
		      "nat]\ntracker = simple\n"
		      "tcp-established = 60s\non-expiry = rst\nlink-delay = 10ms\n" WIRED FIXED("tcp", "1h"));
	nap_time expiry = 0;
	bool client = false, server = false;

	for (guint i = 0; i < t.seen->len; i++) {
		const struct seen *s = at(&t, i);

		if (s->place == NAP_AT_BOX_OUT && expiry == 0 && s->now < 10 * NAP_S)
			continue;
		if (!(s->p.flags & NAP_RST))
			continue;
		if (s->place == NAP_AT_DEVICE && !s->up && !client) {
			client = true;
			expiry = s->now - 40 * NAP_MS;
		}
		server |= s->place == NAP_AT_SERVER && s->up;
	}
	g_assert_true(client);
	g_assert_true(server);
	/* last packet at the NAT: the client's ACK of the handshake, 40 ms + 2 x (10 + 40) ms after the start */
	g_assert_cmpint(expiry, ==, 60 * NAP_S + 140 * NAP_MS);
	g_assert_cmpfloat(h_mean(t.run, "reconnects"), ==, 2);
	done(t);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/path/chain", test_chain);
	g_test_add_func("/path/chain-shortest-timer", test_chain_shortest_timer);
	g_test_add_func("/path/loss", test_loss);
	g_test_add_func("/path/loss-down", test_loss_down);
	g_test_add_func("/path/hop-loss", test_hop_loss);
	g_test_add_func("/path/loss-all", test_loss_all);
	g_test_add_func("/path/order", test_order);
	g_test_add_func("/path/dense", test_dense);
	g_test_add_func("/path/jitter", test_jitter);
	g_test_add_func("/path/outage-udp", test_outage_udp);
	g_test_add_func("/path/outage-tcp", test_outage_tcp);
	g_test_add_func("/path/icmp-reply", test_icmp_reply);
	g_test_add_func("/path/answer-to-server", test_answer_to_server);
	g_test_add_func("/path/rst-reply", test_rst_reply);
	g_test_add_func("/path/rst-at-expiry", test_rst_at_expiry);
	return g_test_run();
}
