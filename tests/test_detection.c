/* SPDX-License-Identifier: BSD-2-Clause */
/* When an end notices that its flow is lost: for each cause, at each end, by hand; and that no order makes a difference. */
#include <math.h>

#include "harness.h"
#include "path/process.h"

/* What one end is to notice: since when the flow is lost, when that is noticed, and why; never: it does not. */
struct noticing {
	nap_time since, at;
	enum nap_loss_why why;
};

struct story {
	const char *name, *text;
	struct noticing client, server;
};

#define NOTHING                                                                                              \
	{                                                                                                    \
		NAP_NEVER, NAP_NEVER, NAP_LOST_BINDING                                                       \
	}

/*
 * A client that asks every 60 s and waits 10 s for the answer; a server that bears 100 s of silence. Both open at 0 and no packet takes
 * any time. After a loss nobody opens anew.
 */
#define TCP                                                                                                  \
	"[client]\napplication = tcp\npolicy = fixed\ninterval = 60s\nkeepalive-answer = 1B\n"               \
	"answer-timeout = 10s\nreconnect-delay = 1d\n"
#define UDP                                                                                                  \
	"[client]\napplication = udp\npolicy = fixed\ninterval = 60s\nkeepalive-answer = 1B\n"               \
	"answer-timeout = 10s\nreconnect-delay = 1d\nopen-round-trips = 1\n"
#define HASTY                                                                                                \
	"[client]\napplication = udp\npolicy = fixed\ninterval = 60s\nkeepalive-answer = 1B\n"               \
	"answer-timeout = 5s\nreconnect-delay = 1d\nopen-round-trips = 1\nopen-timeout = 10s\n"
#define PATIENT "[server]\nidle-timeout = 100s\n"
#define HOUR    "[scenario]\nduration = 1h\n"
#define NAT     HOUR "[path]\nmiddleboxes = nat\n[middlebox nat]\ntracker = linux\n"

static const struct story stories[] = {
	/* 90 s: away; the client asks at 120 s, the server heard at 60 s */
	{ "outage-tcp", HOUR "[path]\noutages = times 90s\noutage-length = 1h\n" TCP PATIENT,
		{ 90 * NAP_S, 130 * NAP_S, NAP_LOST_OUTAGE }, { 90 * NAP_S, 160 * NAP_S, NAP_LOST_OUTAGE } },
	{ "outage-udp", HOUR "[path]\noutages = times 90s\noutage-length = 1h\n" UDP PATIENT,
		{ 90 * NAP_S, 130 * NAP_S, NAP_LOST_OUTAGE }, { 90 * NAP_S, 160 * NAP_S, NAP_LOST_OUTAGE } },
	/* an outage that is over before anybody asks is no loss */
	{ "short-outage", HOUR "[path]\noutages = times 90s\noutage-length = 10s\n" TCP PATIENT, NOTHING,
		NOTHING },
	/* the address is another one after 20 s: the client knows, and is back 30 s later */
	{ "outage-address",
		HOUR
		"[path]\noutages = times 90s\noutage-length = 20s\noutage-keeps-address = no\n" TCP PATIENT,
		{ 90 * NAP_S, 110 * NAP_S, NAP_LOST_OUTAGE }, { 90 * NAP_S, 160 * NAP_S, NAP_LOST_OUTAGE } },
	/* the binding goes 50 s after the opening, and nothing is picked up */
	{ "binding-tcp", NAT "tcp-loose = no\ntcp-established = 50s\n" TCP PATIENT,
		{ 50 * NAP_S, 70 * NAP_S, NAP_LOST_BINDING }, { 50 * NAP_S, 100 * NAP_S, NAP_LOST_BINDING } },
	/* over UDP the keepalive comes from a new port, and this server knows it not */
	{ "binding-udp", NAT "ports = random\nudp = 50s\nudp-stream = 50s\n" UDP "follow = no\n" PATIENT,
		{ 50 * NAP_S, 70 * NAP_S, NAP_LOST_BINDING }, { 50 * NAP_S, 100 * NAP_S, NAP_LOST_BINDING } },
	/* one that follows: the flow is whole again before anybody could notice */
	{ "binding-followed",
		NAT "ports = random\nudp = 50s\nudp-stream = 50s\n" UDP "follow = yes\n" PATIENT, NOTHING,
		NOTHING },
	{ "reboot", NAT "tcp-loose = no\nreboots = times 90s\n" TCP PATIENT,
		{ 90 * NAP_S, 130 * NAP_S, NAP_LOST_REBOOT }, { 90 * NAP_S, 160 * NAP_S, NAP_LOST_REBOOT } },
	/* the NAT gets another address: what the client asks at 120 s comes from a stranger, whom the server resets */
	{ "address-tcp", NAT "address-changes = times 90s\n" TCP PATIENT,
		{ 90 * NAP_S, 120 * NAP_S, NAP_LOST_ADDRESS },
		{ 90 * NAP_S, 160 * NAP_S, NAP_LOST_ADDRESS } },
	{ "address-udp", NAT "address-changes = times 90s\n" UDP "follow = no\n" PATIENT,
		{ 90 * NAP_S, 130 * NAP_S, NAP_LOST_ADDRESS },
		{ 90 * NAP_S, 160 * NAP_S, NAP_LOST_ADDRESS } },
	{ "address-followed", NAT "address-changes = times 90s\n" UDP "follow = yes\n" PATIENT, NOTHING,
		NOTHING },
	/* sessions that stay go out under the old address for ever: the server hears at 120 s, and no answer comes back */
	{ "address-kept", NAT "address-changes = times 90s\nlink-down = keep\n" UDP "follow = yes\n" PATIENT,
		{ 90 * NAP_S, 130 * NAP_S, NAP_LOST_ADDRESS },
		{ 90 * NAP_S, 220 * NAP_S, NAP_LOST_ADDRESS } },
	/* cut one way: the client hears nothing from 90 s on, the server no answer */
	{ "outage-down",
		HOUR "[path]\noutages = times 90s\noutage-length = 1h\noutage-direction = down\n" TCP PATIENT,
		{ 90 * NAP_S, 130 * NAP_S, NAP_LOST_OUTAGE }, { 90 * NAP_S, 220 * NAP_S, NAP_LOST_OUTAGE } },
	/* a rule of the NAT's from 90 s on that lets nothing in */
	{ "change", NAT "changes = 90s: rules = drop outside\n" TCP PATIENT,
		{ 90 * NAP_S, 130 * NAP_S, NAP_LOST_CHANGE }, { 90 * NAP_S, 220 * NAP_S, NAP_LOST_CHANGE } },
	/* both ends forget: the client 60 s after its first packet since it heard anything (at 45 s), the server 60 s after that */
	{ "idle-udp",
		NAT "ports = random\nudp = 30s\nudp-stream = 30s\n"
		    "[client]\napplication = udp\nopen-round-trips = 1\npolicy = fixed\ninterval = 45s\n"
		    "keepalive-answer = 1B\nanswer-timeout = 1d\nidle-timeout = 60s\nidle-restarts = yes\n"
		    "follow = no\nreconnect-delay = 1d\n",
		{ 30 * NAP_S, 105 * NAP_S, NAP_LOST_BINDING }, { 30 * NAP_S, 60 * NAP_S, NAP_LOST_BINDING } },
	/* a sound path and a silent flow that both agree to forget: nothing is lost */
	{ "idle-agreed",
		HOUR "[client]\napplication = udp\nopen-round-trips = 1\nidle-timeout = 60s\nreconnect-delay "
		     "= 1d\n",
		NOTHING, NOTHING },
	/* the server closes at 100 s: the FIN tells */
	{ "closed", HOUR "[client]\napplication = tcp\nreconnect-delay = 1d\n" PATIENT, NOTHING, NOTHING },
	/* a round trip of 6 s, so open at 6 s: the client's 5 s are up at 71 s, though its keepalive gets to the server at 69 s */
	{ "client-gone", HOUR "[path]\ndelay = 3s\n" HASTY PATIENT, NOTHING,
		{ 71 * NAP_S, 169 * NAP_S, NAP_LOST_CLIENT } },
	/* a server that has forgotten everything says so by RST, one that is away says nothing */
	{ "restart", HOUR TCP PATIENT "restarts = times 90s\n", { 90 * NAP_S, 120 * NAP_S, NAP_LOST_SERVER },
		NOTHING },
	{ "death", HOUR TCP PATIENT "restarts = times 90s\ndowntime = 3650d\n",
		{ 90 * NAP_S, 130 * NAP_S, NAP_LOST_SERVER }, NOTHING },
	{ "restart-udp", HOUR UDP PATIENT "restarts = times 90s\n",
		{ 90 * NAP_S, 130 * NAP_S, NAP_LOST_SERVER }, NOTHING },
	/* its host ends a program's connections, and says at once that nobody listens */
	{ "program", HOUR TCP PATIENT "restarts = times 90s\nrestart-of = program\n", NOTHING, NOTHING },
	{ "program-udp",
		HOUR UDP "icmp-fails = yes\n" PATIENT
			 "restarts = times 90s\nrestart-of = program\ndowntime = 1h\n",
		{ 90 * NAP_S, 120 * NAP_S, NAP_LOST_SERVER }, NOTHING },
	/* QUIC's idle time-out: heard at 90 s, 60 s after the next keepalive, of 135 s */
	{ "restart-idle-udp",
		HOUR "[client]\napplication = udp\nopen-round-trips = 1\npolicy = fixed\ninterval = 45s\n"
		     "keepalive-answer = 1B\nanswer-timeout = 1d\nidle-timeout = 60s\nidle-restarts = yes\n"
		     "reconnect-delay = 1d\n[server]\nrestarts = times 100s\n",
		{ 100 * NAP_S, 195 * NAP_S, NAP_LOST_SERVER }, NOTHING },
	/* the sockets' options: 60 and 80 s after the last answer to a probe (at 60, at 80 s), and 3 probes 10 s apart */
	{ "tcp-keepalive",
		HOUR "[path]\noutages = times 90s\noutage-length = 1h\n[client]\napplication = tcp\n"
		     "tcp-keepalive = 60s\ntcp-keepalive-interval = 10s\ntcp-keepalive-count = "
		     "3\nreconnect-delay = 1d\n"
		     "[server]\ntcp-keepalive = 80s\ntcp-keepalive-interval = 10s\ntcp-keepalive-count = 3\n",
		{ 90 * NAP_S, 150 * NAP_S, NAP_LOST_OUTAGE }, { 90 * NAP_S, 190 * NAP_S, NAP_LOST_OUTAGE } },
	/* pushes that nobody answers: 1, 2 and 4 s after the one at 100 s the server takes its client for gone */
	{ "unheard",
		HOUR "[path]\noutages = times 90s\noutage-length = 1h\n" UDP
		     "reliable = yes\npush-timeout = 1s\npush-tries = 3\n[server]\npush = times 100s\n",
		{ 90 * NAP_S, 130 * NAP_S, NAP_LOST_OUTAGE }, { 90 * NAP_S, 107 * NAP_S, NAP_LOST_OUTAGE } },
};

struct seen {
	struct noticing end[2];
	uint32_t n[2];
};

static void on_noticed(void *ctx, nap_time now, bool server, nap_time since, enum nap_loss_why why)
{
	struct seen *seen = ctx;

	seen->end[server] = (struct noticing){ since, now, why };
	seen->n[server]++;
}

static void check_end(const struct noticing *want, const struct noticing *got, uint32_t n, double metric)
{
	if (want->at == NAP_NEVER) {
		g_assert_cmpuint(n, ==, 0);
		g_assert_true(isnan(metric));
		return;
	}
	g_assert_cmpuint(n, ==, 1);
	g_assert_cmpint(got->since, ==, want->since);
	g_assert_cmpint(got->at, ==, want->at);
	g_assert_cmpint(got->why, ==, want->why);
	g_assert_cmpfloat(fabs(metric - nap_time_seconds(want->at - want->since)), <, 1e-9);
}

static void test_story(gconstpointer data)
{
	const struct story *story = data;
	struct seen seen = { .n = { 0, 0 } };
	const struct nap_observer observer = { .ctx = &seen, .noticed = on_noticed };
	struct h_run *watched = h_run_watched(story->text, 1, &observer), *alone = h_run(story->text, 1);
	static const char *const metrics[] = { "dead_detection_s", "server_detection_s" };

	for (int server = 0; server < 2; server++) {
		double skipped = h_mean(alone, metrics[server]), seen_all = h_mean(watched, metrics[server]);

		check_end(server ? &story->server : &story->client, &seen.end[server], seen.n[server],
			seen_all);
		g_assert_true(skipped == seen_all || (isnan(skipped) && isnan(seen_all)));
	}
	h_free(watched);
	h_free(alone);
}

/* The server is one for all subscribers: it restarts for all at once, and for how long; replications differ. */
static void test_common(void)
{
	const struct nap_arrivals gaps = { .kind = NAP_ARRIVALS_GAPS,
		.gaps = { .kind = NAP_DIST_WEIBULL, .a = 3600e9, .b = 0.7 } };
	const struct nap_dist length = { .kind = NAP_DIST_EXPONENTIAL, .a = 60e9 };
	const struct nap_chain_plan plan = { .seed = 7 };
	nap_time end[3][20];
	uint32_t same = 0;

	for (uint32_t i = 0; i < 3; i++) {
		struct nap_process p;

		nap_process_begin(&p, &gaps, &plan, i / 2, i, NAP_PROCESS_RESTARTS, 0);
		for (int n = 0; n < 20; n++)
			end[i][n] = nap_process_outage(&p, &gaps, &length);
	}
	for (int n = 0; n < 20; n++) {
		g_assert_cmpint(end[0][n], ==, end[1][n]);
		same += end[0][n] == end[2][n];
	}
	g_assert_cmpuint(same, ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(stories); i++) {
		g_autofree char *path = g_strconcat("/detection/", stories[i].name, NULL);

		g_test_add_data_func(path, &stories[i], test_story);
	}
	g_test_add_func("/detection/common", test_common);
	return g_test_run();
}
