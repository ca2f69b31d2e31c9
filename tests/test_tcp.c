/* SPDX-License-Identifier: BSD-2-Clause */
/* TCP's timing against closed forms: RFC 6298 back-off, giving up, the keepalive option, errors; and what loss does. */
#include "pair.h"

static void test_handshake(void)
{
	PAIR p;

	pair_init(&p, NAP_OVER_TCP, "none", NAP_S);
	pair_run(&p, 10 * NAP_S);
	g_assert_true(p.c.open && p.s.open);
	g_assert_cmpuint(p.up, ==, 2);   /* SYN, ACK */
	g_assert_cmpuint(p.down, ==, 1); /* SYN-ACK */
	g_assert_cmpint(p.last_opened, ==, NAP_S + 100 * NAP_MS);
	g_assert_cmpint(nap_tcp_rtt_smoothed(&p.c.tcp->rtt), ==, 100 * NAP_MS);
	g_assert_cmpuint(p.reconnects, ==, 0);
	pair_push(&p);
	pair_run(&p, 20 * NAP_S);
	g_assert_cmpuint(p.delivered, ==, 1);
	g_assert_cmpuint(
		p.up, ==, 4); /* acknowledgement, answer: the host does not know yet that there is one */
	g_assert_cmpuint(p.down, ==, 3); /* push, acknowledgement of the answer */
	g_assert_cmpint(p.last_delivered, ==, 10 * NAP_S + 50 * NAP_MS);
	g_assert_cmpuint(p.s.taken, ==, 1);
}

/* As Linux: so many SYNs a second apart, then six that double (RFC 6298 5.5); without the first, given up at 127 s. */
static void test_syn_retries(void)
{
	static const struct {
		uint32_t linear, n;
		int at[11], gives_up; /* s */
	} rows[] = {
		{ 0, 7, { 0, 1, 3, 7, 15, 31, 63 }, 127 },
		{ 2, 9, { 0, 1, 2, 3, 5, 9, 17, 33, 65 }, 129 },
		{ 4, 11, { 0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 67 }, 131 },
	};

	for (size_t r = 0; r < G_N_ELEMENTS(rows); r++) {
		PAIR p;

		pair_init(&p, NAP_OVER_TCP, "none", 0);
		p.app.tcp.syn_linear = rows[r].linear;
		p.drop = pair_drop_all;
		pair_run(&p, rows[r].gives_up * NAP_S - 1);
		g_assert_cmpuint(p.up, ==, rows[r].n);
		for (uint32_t i = 0; i < rows[r].n; i++)
			g_assert_cmpint(p.log[i], ==, rows[r].at[i] * NAP_S);
		g_assert_cmpuint(p.c.phase, ==, NAP_CLIENT_CONNECTING);
		pair_run(&p, rows[r].gives_up * NAP_S);
		g_assert_cmpuint(p.c.phase, ==, NAP_CLIENT_CLOSED);
		g_assert_cmpuint(p.dead, ==, 0);
		/* the next try after one second, from another port */
		g_assert_cmpint(p.c.deadline, ==, (rows[r].gives_up + 1) * NAP_S);
	}
}

/* A program's own time-out ends an attempt before TCP does, and so does the user's, which counts from the first SYN. */
static void test_connect_timeout(void)
{
	for (int own = 0; own < 2; own++)
		for (uint32_t from = 0; from < 2; from++) {
			PAIR p;

			pair_init(&p, NAP_OVER_TCP, "none", 0);
			if (own)
				p.app.connect_timeout = 4900 * NAP_MS;
			else
				p.app.tcp.user_timeout = 5 * NAP_S;
			p.app.from_attempt = from;
			p.drop = pair_drop_all;
			pair_run(&p, 5 * NAP_S);
			g_assert_cmpuint(p.up, ==, from ? 6 : 5); /* SYNs at 0 1 2 3 4 s */
			pair_run(&p, 20 * NAP_S - 1);
			/* the waits of 1, 2, 4 s are over when counted from the attempts' beginnings */
			g_assert_cmpuint(p.reconnects, ==, from ? 3 : 2);
		}
}

/*
 * Closed form. The first repeat is the loss probe's, which does not back off: with R the round trip, at 2 R + rto-min or
 * at RTO if that is earlier. Then time-outs at RTO, 2 RTO, 4 RTO ... up to the cap. Given up at the first time-out that is
 * patience behind the first of them, for which time stamps that begin after the first repeat do not count.
 */
static void check_backoff(nap_time delay, nap_time probe, nap_time rto)
{
	PAIR p;
	nap_time start, at, step = rto, first, patience;
	uint32_t before, i;

	pair_init(&p, NAP_OVER_TCP, "fixed", 0);
	patience = nap_tcp_patience(&p.app.tcp, p.app.tcp.retries);
	p.delay = delay;
	pair_set_interval(&p, NAP_H);
	pair_run(&p, NAP_H - NAP_S);
	p.drop = pair_drop_up;
	before = p.up;
	start = NAP_H + 2 * delay; /* an hour after it opened */
	pair_run(&p, start + patience + 400 * NAP_S);
	g_assert_cmpuint(p.dead, ==, 1);
	g_assert_cmpint(p.log[before], ==, start);
	g_assert_cmpint(p.log[before + 1], ==, start + probe);
	first = start + probe + rto;
	for (i = before + 2, at = first; at - first < patience; i++) {
		g_assert_cmpint(p.log[i], ==, at);
		step = nap_time_min(2 * step, 120 * NAP_S);
		at += step;
	}
	g_assert_cmpint(p.last_dead, ==, at); /* the first time-out beyond patience */
}

static void test_backoff(void)
{
	struct nap_tcp_config tcp;

	nap_tcp_config_init(&tcp);
	g_assert_cmpint(nap_tcp_patience(&tcp, 15), ==, 924600 * NAP_MS); /* Linux ip-sysctl: tcp_retries2 */
	g_assert_cmpint(nap_tcp_patience(&tcp, 8), ==, 102200 * NAP_MS);
	/* one sample: SRTT = R, RTTVAR = R/2, RTO = R + max(4 RTTVAR, rto-min) */
	check_backoff(10 * NAP_MS, 220 * NAP_MS, 220 * NAP_MS);
	check_backoff(50 * NAP_MS, 300 * NAP_MS, 300 * NAP_MS);
	check_backoff(100 * NAP_MS, 600 * NAP_MS, 600 * NAP_MS);
	check_backoff(500 * NAP_MS, 2200 * NAP_MS, 3 * NAP_S);
}

/* A constant round trip: the variance decays by a quarter each time down to rto-min, so the RTO tends to R + rto-min. */
static void test_estimator(void)
{
	PAIR p;

	pair_init(&p, NAP_OVER_TCP, "fixed", 0);
	p.delay = 400 * NAP_MS;
	pair_set_interval(&p, 10 * NAP_S);
	pair_run(&p, NAP_H);
	g_assert_cmpint(nap_tcp_rtt_smoothed(&p.c.tcp->rtt), ==, 800 * NAP_MS);
	g_assert_cmpint(p.c.tcp->rto, >=, 1000 * NAP_MS);
	g_assert_cmpint(p.c.tcp->rto, <, 1000 * NAP_MS + 4 * NAP_US); /* quarters of integers */
	g_assert_cmpuint(p.keepalives, ==, 359);
	g_assert_cmpuint(p.dead, ==, 0);
}

/* The estimator alone, against what Linux' numbers are after each sample. */
static void test_samples(void)
{
	static const struct {
		nap_time rtt, srtt, rto;
	} rows[] = {
		/* the first: R and R/2, four times that below rto-min */
		{ 20 * NAP_MS, 20 * NAP_MS, 220 * NAP_MS },
		/* much longer: srtt + (2000 - 20) / 8, deviation 10 + (1980 - 10) / 4 */
		{ 2000 * NAP_MS, 267500 * NAP_US, 267500 * NAP_US + 2010 * NAP_MS },
		/* much shorter than expected: an eighth of what the deviation would rise by; the variance stays this
		   round trip, and decays by a quarter of the excess over its largest deviation in the next */
		{ 20 * NAP_MS, 236562 * NAP_US, 236562 * NAP_US + 1945469 * NAP_US },
	};
	struct nap_tcp_rtt r = { 0 };

	for (uint32_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		nap_tcp_rtt_sample(&r, rows[i].rtt, 200 * NAP_MS, 10 * (i + 1), 10 * (i + 1));
		g_assert_cmpint(nap_tcp_rtt_smoothed(&r), ==, rows[i].srtt);
		if (i < 2)
			g_assert_cmpint(nap_tcp_rtt_rto(&r, 120 * NAP_S), ==, rows[i].rto);
	}
	g_assert_cmpint(nap_tcp_rtt_rto(&r, NAP_S), ==, NAP_S);
}

/* Linux' wheel at 250 Hz: a wait lasts till the next granule of its level, and the time-outs are those recorded on such a kernel. */
static void test_tick(void)
{
	static const int at[] = { 228, 456, 936, 1864, 3688, 7528, 14952, 29544,
		60264 }; /* ms after the write */
	PAIR p;
	uint32_t before;

	pair_init(&p, NAP_OVER_TCP, "fixed", 0);
	p.app.tcp.tick = 4 * NAP_MS;
	p.delay = 10500 * NAP_US; /* a round trip of 21 ms: RTO = 221 ms, in ticks 224 */
	pair_set_interval(&p, 60 * NAP_S);
	pair_run(&p, 59 * NAP_S);
	p.drop = pair_drop_up;
	before = p.up;
	pair_run(&p, 150 * NAP_S);
	for (size_t i = 0; i < G_N_ELEMENTS(at); i++)
		g_assert_cmpint(p.log[before + 1 + i] - p.log[before], ==, at[i] * NAP_MS);
}

/* The option's idle time of 30 s becomes 15 granules of 2.048 s each time (recorded: 30.718 s), though probes' 5 s lie between. */
static void test_tick_keepalive(void)
{
	PAIR p;

	pair_init(&p, NAP_OVER_TCP, "none", 0);
	p.app.tcp.tick = 4 * NAP_MS;
	p.app.tcp_keepalive = (struct nap_tcp_keepalive){ 30 * NAP_S, 5 * NAP_S, 3 };
	pair_run(&p, 5 * NAP_MIN);
	g_assert_cmpuint(p.keepalives, ==, 9);
	for (uint32_t i = 0; i < p.keepalives; i++)
		g_assert_cmpint(p.keepalive_log[i], ==, 2 * p.delay + (i + 1) * 30720 * NAP_MS);
}

static void test_user_timeout(void)
{
	PAIR p;

	pair_init(&p, NAP_OVER_TCP, "fixed", 0);
	p.app.tcp.user_timeout = 30 * NAP_S;
	pair_set_interval(&p, 600 * NAP_S);
	pair_run(&p, 300 * NAP_S);
	p.drop = pair_drop_up;
	pair_run(&p, 900 * NAP_S);
	/* from the first retransmission that is no loss probe: two RTO of 0.3 s after the write */
	g_assert_cmpint(p.last_dead, ==, 600 * NAP_S + 100 * NAP_MS + 600 * NAP_MS + 30 * NAP_S);
}

/* A dead binding: the next write makes a new one with another port, the server answers RST, the client reopens. */
static void test_binding_lost_rst(void)
{
	PAIR p;

	pair_init(&p, NAP_OVER_TCP, "fixed", 0);
	p.timeout = 60 * NAP_S;
	pair_set_interval(&p, 90 * NAP_S);
	pair_run(&p, 100 * NAP_S);
	g_assert_cmpuint(p.dead, ==, 1);
	g_assert_cmpint(p.last_dead, ==,
		90 * NAP_S + 200 * NAP_MS); /* opened at 0.1 s, one round trip after the write */
	g_assert_cmpint(p.last_opened, ==, p.last_dead + 100 * NAP_MS);
	g_assert_cmpuint(p.reconnects, ==, 1);
}

static bool drop_established(struct pair *p, const struct nap_packet *pkt, bool up)
{
	return up && p->now > 80 * NAP_S && !(pkt->flags & NAP_SYN) && pkt->src.port == p->world.network;
}

/* A binding that drops in silence: noticed only when the retransmissions are over; the pushes kept meanwhile come then. */
static void test_binding_lost_silent(void)
{
	PAIR p;

	pair_init(&p, NAP_OVER_TCP, "fixed", 0);
	p.timeout = 60 * NAP_S;
	pair_set_interval(&p, 90 * NAP_S);
	p.world.network = p.c.self.port;
	p.drop = drop_established;
	pair_run(&p, 70 * NAP_S);
	pair_push(&p);
	pair_run(&p, 1050 * NAP_S);
	g_assert_cmpuint(p.delivered, ==, 0);
	g_assert_cmpuint(p.dead, ==, 0);
	while (p.dead == 0 && p.now < 1400 * NAP_S)
		pair_run(&p, p.now + NAP_S);
	pair_run(&p, p.now + NAP_S);
	g_assert_cmpuint(p.dead, ==, 1);
	g_assert_cmpuint(p.delivered, ==, 1);
	g_assert_cmpint(p.last_dead - 90 * NAP_S, >=, nap_tcp_patience(&p.app.tcp, 15));
	g_assert_cmpint(p.last_dead - 90 * NAP_S, <, nap_tcp_patience(&p.app.tcp, 15) + 121 * NAP_S);
}

/* The option: probes after idle without an answer end the connection after idle + count * interval. */
static void test_option(void)
{
	PAIR p;

	pair_init(&p, NAP_OVER_TCP, "none", 0);
	p.app.tcp_keepalive = (struct nap_tcp_keepalive){ 2 * NAP_H, 75 * NAP_S, 9 };
	pair_run(&p, 5 * NAP_H);
	g_assert_cmpuint(p.keepalives, ==, 2);
	g_assert_cmpuint(p.dead, ==, 0);
	g_assert_cmpuint(p.up, ==, 2 + 2);
	g_assert_cmpint(p.log[2], ==, 2 * NAP_H + 100 * NAP_MS);
	p.drop = pair_drop_up;
	pair_run(&p, 8 * NAP_H);
	g_assert_cmpuint(p.keepalives, ==, 2 + 9);
	g_assert_cmpuint(p.dead, ==, 1);
	/* answered at 4 h + 0.3 s, probed at 6 h + 0.3 s */
	g_assert_cmpint(p.last_dead, ==, 6 * NAP_H + 300 * NAP_MS + 9 * 75 * NAP_S);
}

/* Both ends' options: a probe of the other's is not heard, so that each probes at its own idle time. */
static void test_option_both(void)
{
	PAIR p;

	pair_init(&p, NAP_OVER_TCP, "none", 0);
	p.app.tcp_keepalive = (struct nap_tcp_keepalive){ 60 * NAP_S, 10 * NAP_S, 3 };
	p.server_config.tcp_keepalive = (struct nap_tcp_keepalive){ 10 * NAP_S, 10 * NAP_S, 3 };
	pair_run(&p, 125 * NAP_S);
	g_assert_cmpuint(p.keepalives, ==, 2);
	g_assert_cmpint(p.keepalive_log[0], ==, 60 * NAP_S + 100 * NAP_MS);
}

/* The user's time-out and the option: at the first probe's time not before it, however many probes that are. */
static void test_option_user_timeout(void)
{
	PAIR p;

	pair_init(&p, NAP_OVER_TCP, "none", 0);
	p.app.tcp_keepalive = (struct nap_tcp_keepalive){ 10 * NAP_S, 5 * NAP_S, 1 };
	p.app.tcp.user_timeout = 18 * NAP_S;
	pair_run(&p, NAP_S);
	p.drop = pair_drop_up;
	pair_run(&p, 60 * NAP_S);
	g_assert_cmpint(p.last_dead, ==, 100 * NAP_MS + 20 * NAP_S);
}

/* A RST outside the window is not believed. */
static void test_blind_rst(void)
{
	struct nap_packet rst;
	PAIR p;

	pair_init(&p, NAP_OVER_TCP, "none", 0);
	pair_run(&p, NAP_S);
	rst = (struct nap_packet){
		.src = p.c.peer, .dst = p.c.self, .proto = NAP_TCP, .flags = NAP_RST, .seq = p.c.tcp->rcv - 1
	};
	nap_client_input(&p.c, &p.setup, p.now, &p.world, &rst, &p.out);
	g_assert_true(p.c.open);
	rst.seq = p.c.tcp->rcv + 70000;
	nap_client_input(&p.c, &p.setup, p.now, &p.world, &rst, &p.out);
	g_assert_true(p.c.open);
	rst.seq = p.c.tcp->rcv;
	nap_client_input(&p.c, &p.setup, p.now, &p.world, &rst, &p.out);
	g_assert_cmpuint(p.c.phase, ==, NAP_CLIENT_CONNECTING);
}

/* Autologout: the server ends a silent connection by FIN; both ends close, and the client opens the next. */
static void test_fin(void)
{
	PAIR p;

	pair_init(&p, NAP_OVER_TCP, "none", 0);
	p.server_config.idle_timeout = 30 * NAP_MIN;
	p.app.reconnect_delay = NAP_S;
	pair_run(&p, 30 * NAP_MIN + 500 * NAP_MS);
	g_assert_cmpuint(p.closed, ==, 2); /* noted by the server and by the client */
	g_assert_cmpuint(p.dead, ==, 0);
	g_assert_false(p.c.open || p.s.open);
	g_assert_cmpuint(p.s.tcp->state, ==, NAP_TCP_TIME_WAIT);
	pair_run(&p, 31 * NAP_MIN);
	g_assert_true(p.c.open && p.s.open);
}

static bool drop_one_in_three(struct pair *p, const struct nap_packet *pkt, bool up)
{
	(void)pkt, (void)up;
	return (p->up + p->down) % 3 == 1;
}

/* Every push arrives, once, whatever is lost; delays show the retransmissions. */
static void test_loss(void)
{
	PAIR p;

	pair_init(&p, NAP_OVER_TCP, "none", 0);
	pair_run(&p, 10 * NAP_S);
	p.drop = drop_one_in_three;
	for (int i = 1; i <= 100; i++) {
		pair_push(&p);
		if (i % 10 == 0)
			for (int j = 0; j < 20; j++) /* a burst beyond what may be in flight */
				pair_push(&p);
		pair_run(&p, (10 + 60 * i) * NAP_S);
	}
	g_assert_cmpuint(p.delivered, ==, 100 + 200);
	g_assert_cmpuint(p.s.taken, ==, 300);
	g_assert_cmpuint(p.dead, ==, 0);
}

/* Pushes of a user who is away are kept, and come when the next connection is open. */
static void test_queue(void)
{
	for (int keep = 0; keep < 2; keep++) {
		PAIR p;

		pair_init(&p, NAP_OVER_TCP, "none", NAP_H);
		p.server_config.queue = keep;
		for (int i = 0; i < 30; i++)
			pair_push(&p);
		pair_run(&p, NAP_H + NAP_MIN);
		g_assert_cmpuint(p.delivered, ==, keep ? 30 : 0);
	}
}

/* Reopening costs what was asked for: round trips, bytes, and full or abbreviated handshakes. */
static void test_steps(void)
{
	static const struct {
		uint32_t tls, resume;
		bool starttls;
		uint32_t first, again; /* round trips after TCP's own */
	} rows[] = {
		{ NAP_TLS_NONE, NAP_RESUME_NONE, false, 3, 3 },
		{ NAP_TLS_12, NAP_RESUME_NONE, false, 5, 5 },
		{ NAP_TLS_12, NAP_RESUME_TICKET, false, 5, 4 },
		{ NAP_TLS_12, NAP_RESUME_TICKET, true, 7, 6 },
		{ NAP_TLS_13, NAP_RESUME_NONE, false, 4, 4 },
		{ NAP_TLS_13, NAP_RESUME_TICKET, true, 6, 6 },
		{ NAP_TLS_13, NAP_RESUME_EARLY, false, 4, 3 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		PAIR p;
		nap_time opened;

		pair_init(&p, NAP_OVER_TCP, "none", 0);
		p.app.tls = rows[i].tls;
		p.app.resume = rows[i].resume;
		p.app.starttls = rows[i].starttls;
		p.app.starttls_round_trips = 2;
		p.app.starttls_up = 30;
		p.app.starttls_down = 300;
		p.app.open_round_trips = 3;
		p.app.open_up = 300;
		p.app.open_down = 1000;
		p.server_config.idle_timeout = NAP_H;
		p.app.reconnect_delay = NAP_S;
		pair_run(&p, NAP_MIN);
		g_assert_cmpuint(p.opened, ==, 1);
		g_assert_cmpint(p.last_opened, ==, (1 + rows[i].first) * 100 * NAP_MS);
		opened = p.s.heard + NAP_H + 50 * NAP_MS + NAP_S; /* closed, a second passed */
		pair_run(&p, NAP_H + NAP_MIN);
		g_assert_cmpuint(p.opened, ==, 2);
		g_assert_cmpint(p.last_opened, ==, opened + (1 + rows[i].again) * 100 * NAP_MS);
	}
}

static uint64_t client_mark(const struct pair *p, nap_time now)
{
	struct nap_moment m = nap_ends_moment(&p->c, &p->setup, &p->s, now);

	return nap_client_fingerprint(&p->c, &p->setup, &m);
}

static uint64_t server_mark(const struct pair *p, nap_time now)
{
	struct nap_moment m = nap_ends_moment(&p->c, &p->setup, &p->s, now);

	return nap_server_fingerprint(&p->s, &p->server_setup, &m);
}

/* Another pair in the same state, at rest, with connections of its own. */
static void pair_copy(struct pair *q, const struct pair *p)
{
	*q = *p;
	q->c.tcp = g_memdup2(p->c.tcp, sizeof *p->c.tcp);
	q->s.tcp = g_memdup2(p->s.tcp, sizeof *p->s.tcp);
}

/* Equal fingerprints a keepalive apart, and a shifted pair goes on as if the time had passed. */
static void test_skip(void)
{
	PAIR p, q, r;
	uint64_t client, server;

	pair_init(&p, NAP_OVER_TCP, "fixed", 0);
	pair_set_interval(&p, 55 * NAP_S);
	pair_run(&p, 100 * 55 * NAP_S);
	g_assert_true(nap_ends_rest(&p.c, &p.setup, &p.s));
	client = client_mark(&p, p.now);
	server = server_mark(&p, p.now);
	pair_run(&p, 101 * 55 * NAP_S);
	g_assert_cmpuint(client, ==, client_mark(&p, p.now));
	g_assert_cmpuint(server, ==, server_mark(&p, p.now));
	pair_copy(&r, &p);
	r.s.tcp->rcv++; /* the ends' numbers belong together */
	g_assert_cmpuint(server, !=, server_mark(&r, p.now));
	pair_copy(&q, &p);
	nap_client_shift(&q.c, &q.setup, 5500 * NAP_S);
	nap_server_shift(&q.s, &q.server_setup, 5500 * NAP_S);
	pair_run(&p, p.now + 5500 * NAP_S);
	g_assert_cmpint(q.c.deadline, ==, p.c.deadline);
	g_assert_cmpuint(client_mark(&p, p.now), ==, client_mark(&q, p.now));
	g_assert_cmpuint(server_mark(&p, p.now), ==, server_mark(&q, p.now));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/tcp/handshake", test_handshake);
	g_test_add_func("/tcp/syn-retries", test_syn_retries);
	g_test_add_func("/tcp/connect-timeout", test_connect_timeout);
	g_test_add_func("/tcp/backoff", test_backoff);
	g_test_add_func("/tcp/estimator", test_estimator);
	g_test_add_func("/tcp/samples", test_samples);
	g_test_add_func("/tcp/tick", test_tick);
	g_test_add_func("/tcp/tick-keepalive", test_tick_keepalive);
	g_test_add_func("/tcp/user-timeout", test_user_timeout);
	g_test_add_func("/tcp/binding-lost-rst", test_binding_lost_rst);
	g_test_add_func("/tcp/binding-lost-silent", test_binding_lost_silent);
	g_test_add_func("/tcp/option", test_option);
	g_test_add_func("/tcp/option-both", test_option_both);
	g_test_add_func("/tcp/option-user-timeout", test_option_user_timeout);
	g_test_add_func("/tcp/blind-rst", test_blind_rst);
	g_test_add_func("/tcp/fin", test_fin);
	g_test_add_func("/tcp/loss", test_loss);
	g_test_add_func("/tcp/queue", test_queue);
	g_test_add_func("/tcp/steps", test_steps);
	g_test_add_func("/tcp/skip", test_skip);
	return g_test_run();
}
