/* SPDX-License-Identifier: BSD-2-Clause */
#include "conformance/client_dut.h"

#include "client/pair.h"

#define SELF   NAP_ADDR(10, 0, 0, 2)
#define SERVER NAP_ADDR(192, 0, 2, 1)
#define QUIET  (30 * NAP_S) /* a packet of the client after so long a pause is a keepalive */

/* Both ends, and packets between them that take no time. */
struct client_dut {
	struct nap_client_setup client_setup;
	struct nap_server_setup server_setup;
	struct nap_client_world world;
	struct nap_rng rng;
	struct nap_client client;
	struct nap_server server;
	struct nap_pair wire;
	nap_time last;             /* of a packet of either end */
	struct nap_app_config app; /* a copy, for experiments on its TCP alone */
	bool cut;                  /* all packets are lost */
	nap_time cut_since;        /* the first of them, NAP_NEVER: none yet */
	bool drop_next;            /* the client's next packet after a pause is lost */
	nap_time dropped;          /* when it was, NAP_NEVER: not yet */
	struct nap_packet last_up; /* for ICMP errors to quote */
};

static bool sends(void *ctx, struct nap_packet *p, bool up)
{
	struct client_dut *b = ctx;
	bool pause = b->wire.now - b->last >= QUIET;

	if (b->cut) {
		b->cut_since = nap_time_min(b->cut_since, b->wire.now);
		return false;
	}
	if (up)
		b->last_up = *p;
	if (up && b->drop_next && pause) {
		b->drop_next = false;
		b->dropped = b->wire.now;
		return false;
	}
	b->last = b->wire.now;
	return true;
}

static void dut_init(struct client_dut *b, const struct nap_scenario *sc)
{
	struct nap_endpoint server = { SERVER, (uint16_t)sc->app.port };

	*b = (struct client_dut){ .client_setup = nap_scenario_client(sc),
		.server_setup = { .app = &sc->app,
			.server = &sc->server,
			.policy = sc->policy,
			.policy_config = sc->policy_config },
		.rng = nap_rng_stream(sc->general.seed, 0, 0, NAP_RNG_POLICY),
		.cut_since = NAP_NEVER,
		.dropped = NAP_NEVER };
	b->world = (struct nap_client_world){ .until = NAP_NEVER, .rng = &b->rng };
	b->wire = (struct nap_pair){ .client = &b->client,
		.client_setup = &b->client_setup,
		.world = &b->world,
		.server = &b->server,
		.server_setup = &b->server_setup,
		.sends = sends,
		.ctx = b };
	nap_client_init(&b->client, &b->client_setup, (struct nap_endpoint){ SELF, 40000 }, server,
		nap_dist_draw_time(&sc->app.start, &b->rng));
	nap_server_init(&b->server, &b->server_setup, server);
}

static void dut_run(struct client_dut *b, nap_time span)
{
	nap_pair_run(&b->wire, b->wire.now + span);
}

/* Run until the client has its first flow; false when it does not get one in an hour. */
static bool dut_open(struct client_dut *b)
{
	for (uint32_t s = 0; s < 3600 && !b->client.open; s++)
		dut_run(b, NAP_S);
	return b->client.open;
}

static void send_error(struct client_dut *b, uint8_t code)
{
	struct nap_packet icmp = {
		.proto = NAP_ICMP, .icmp_type = NAP_ICMP_UNREACHABLE, .icmp_code = code, .len = 28
	};

	icmp.src.addr = SERVER;
	icmp.dst.addr = SELF;
	icmp.quote = (struct nap_quote){ b->last_up.proto, b->last_up.src, b->last_up.dst };
	nap_pair_add(&b->wire, b->wire.now, false, &icmp);
}

typedef enum nap_check_verdict rule_fn(struct client_dut *b, char *observed);

static enum nap_check_verdict soft_errors(struct client_dut *b, char *observed)
{
	static const uint8_t codes[] = { NAP_ICMP_NO_NET, NAP_ICMP_NO_HOST, NAP_ICMP_NO_SOURCE_ROUTE };

	for (uint32_t i = 0; i < G_N_ELEMENTS(codes); i++) {
		uint32_t flows = b->client.flows;

		send_error(b, codes[i]);
		dut_run(b, 10 * NAP_S);
		if (!b->client.open || b->client.flows != flows) {
			g_snprintf(
				observed, NAP_OBSERVED, "gave its connection up after ICMP 3/%u", codes[i]);
			return NAP_VIOLATES;
		}
	}
	g_strlcpy(observed, "kept its connection after ICMP 3/0, 3/1 and 3/5", NAP_OBSERVED);
	return NAP_MEETS;
}

static enum nap_check_verdict lost_probe(struct client_dut *b, char *observed)
{
	uint32_t flows = b->client.flows;

	b->drop_next = true;
	for (nap_time end = b->wire.now + 9 * NAP_H; b->dropped == NAP_NEVER && b->wire.now < end;)
		dut_run(b, NAP_S);
	if (b->dropped == NAP_NEVER) {
		g_strlcpy(observed, "it sends no keepalive in 9 h", NAP_OBSERVED);
		return NAP_NOT_APPLICABLE;
	}
	dut_run(b, 10 * NAP_MIN);
	if (!b->client.open || b->client.flows != flows) {
		g_strlcpy(observed, "one lost keepalive, and it gave its connection up", NAP_OBSERVED);
		return NAP_VIOLATES;
	}
	g_strlcpy(observed, "one lost keepalive, and 10 min later it still had its connection", NAP_OBSERVED);
	return NAP_MEETS;
}

/* What its program decides is put aside: TCP alone is to give up. */
static void leave_it_to_tcp(struct client_dut *b)
{
	b->app = *b->client_setup.app;
	b->app.answer_timeout = b->app.idle_timeout = b->app.connect_timeout = NAP_NEVER;
	b->app.answer_dist = nap_dist_constant(0.0);
	b->client_setup.app = &b->app;
}

/* How long after the first lost packet it gives its flow up, to the second; NAP_NEVER: not within an hour. */
static nap_time gives_up_after(struct client_dut *b)
{
	uint32_t flows = b->client.flows;

	while (b->wire.now - b->cut_since < NAP_H) {
		dut_run(b, NAP_S);
		if (b->client.phase == NAP_CLIENT_CLOSED || b->client.flows != flows)
			return b->wire.now - b->cut_since;
	}
	return NAP_NEVER;
}

static enum nap_check_verdict judge_patience(nap_time after, nap_time least, const char *what, char *observed)
{
	if (after == NAP_NEVER)
		g_snprintf(observed, NAP_OBSERVED, "%s without an answer for an hour", what);
	else
		g_snprintf(observed, NAP_OBSERVED, "%s given up after %.0f s", what, nap_time_seconds(after));
	return after >= least ? NAP_MEETS : NAP_VIOLATES;
}

static enum nap_check_verdict data_patience(struct client_dut *b, char *observed)
{
	leave_it_to_tcp(b);
	b->cut = true;
	for (nap_time end = b->wire.now + 9 * NAP_H; b->cut_since == NAP_NEVER && b->wire.now < end;)
		dut_run(b, NAP_S);
	if (b->cut_since == NAP_NEVER) {
		g_strlcpy(observed, "it sends nothing in 9 h", NAP_OBSERVED);
		return NAP_NOT_APPLICABLE;
	}
	return judge_patience(gives_up_after(b), 100 * NAP_S, "data", observed);
}

/* Before its first connection: the experiment begins anew with nobody there. */
static enum nap_check_verdict syn_patience(struct client_dut *b, char *observed)
{
	leave_it_to_tcp(b);
	b->cut = true;
	nap_client_init(&b->client, &b->client_setup, (struct nap_endpoint){ SELF, 40000 }, b->client.peer,
		b->wire.now);
	dut_run(b, NAP_S);
	return judge_patience(gives_up_after(b), 3 * NAP_MIN, "a SYN", observed);
}

#define AGE (49 * NAP_H)

static enum nap_check_verdict age(struct client_dut *b, char *observed)
{
	uint32_t flows = b->client.flows;
	nap_time start = b->wire.now;
	struct nap_outbox out;

	while (b->wire.now - start < AGE) {
		out.n = out.notes = out.delivered = 0;
		nap_server_push(&b->server, &b->server_setup, b->wire.now,
			&(struct nap_push_offer){ .at = b->wire.now }, &out);
		nap_pair_take(&b->wire, &out, false);
		dut_run(b, NAP_MIN);
		if (b->client.flows != flows || !b->client.open) {
			g_snprintf(observed, NAP_OBSERVED,
				"with data every minute it ended at the age of %.0f s",
				nap_time_seconds(b->wire.now - start));
			return NAP_VIOLATES;
		}
	}
	g_strlcpy(observed, "with data every minute it lived for 49 h", NAP_OBSERVED);
	return NAP_MEETS;
}

/* --- what the protocol does, as the scenario's keys say: no payload is modelled --- */

static bool is_mail(uint32_t port)
{
	return port == 25 || port == 143 || port == 587 || port == 465 || port == 993;
}

static enum nap_check_verdict tls(struct client_dut *b, char *observed)
{
	const struct nap_app_config *app = b->client_setup.app;

	g_snprintf(observed, NAP_OBSERVED, "port %u, %s", app->port,
		app->tls == NAP_TLS_NONE ? "no TLS"
		: app->starttls          ? "TLS by STARTTLS"
					 : "TLS from the start");
	if (!is_mail(app->port))
		return NAP_NOT_APPLICABLE;
	return app->tls == NAP_TLS_NONE ? NAP_VIOLATES : NAP_MEETS;
}

/* RFC 8314 has come to the opposite view since. */
static enum nap_check_verdict starttls(struct client_dut *b, char *observed)
{
	const struct nap_app_config *app = b->client_setup.app;
	enum nap_check_verdict v = tls(b, observed);

	if (v == NAP_VIOLATES)
		return NAP_NOT_APPLICABLE;
	return v != NAP_MEETS ? v : app->starttls ? NAP_MEETS : NAP_VIOLATES;
}

static enum nap_check_verdict submission_port(struct client_dut *b, char *observed)
{
	uint16_t port = b->last_up.dst.port;

	g_snprintf(observed, NAP_OBSERVED, "it connects to port %u", port);
	if (port == 25)
		return NAP_VIOLATES;
	return port == 587 || port == 465 ? NAP_MEETS : NAP_NOT_APPLICABLE;
}

static const struct rule {
	struct nap_requirement r;
	rule_fn *judge;
} rules[] = {
	{ { .id = "5383-3-2",
		  .section = "3",
		  .keyword = "by default",
		  .level = NAP_SHOULD,
		  .subject = NAP_OF_CLIENT,
		  .text = "A submission client uses port 587 and never 25.",
		  .how = "the port of its packets" },
		submission_port },
	{ { .id = "5383-4-3",
		  .section = "4",
		  .keyword = "SHOULD",
		  .level = NAP_SHOULD,
		  .subject = NAP_OF_CLIENT,
		  .text = "RFC 1122 4.2.3.5: data are repeated for 100 s at least before TCP gives up.",
		  .how = "the client joined directly to its server; all packets are lost from some moment "
			 "on, "
			 "and its program waits for ever" },
		data_patience },
	{ { .id = "5383-4-3-syn",
		  .section = "4",
		  .keyword = "SHOULD",
		  .level = NAP_SHOULD,
		  .subject = NAP_OF_CLIENT,
		  .text = "RFC 1122 4.2.3.5: a SYN is repeated for 3 min at least before TCP gives up.",
		  .how = "the same, from its first packet on" },
		syn_patience },
	{ { .id = "5383-4.1-2-ends",
		  .section = "4.1",
		  .keyword = "MUST NOT",
		  .level = NAP_MUST,
		  .subject = NAP_OF_CLIENT,
		  .text = "Neither client nor server ends a connection merely because it is old.",
		  .how = "the two joined directly, a push every minute for 49 h" },
		age },
	{ { .id = "5383-8-1",
		  .section = "8",
		  .keyword = "SHOULD",
		  .level = NAP_SHOULD,
		  .subject = NAP_OF_CLIENT,
		  .text = "Mail's connections are protected by TLS.",
		  .how = "the application's tls, on the ports of mail" },
		tls },
	{ { .id = "5383-8-2",
		  .section = "8",
		  .keyword = "SHOULD",
		  .level = NAP_SHOULD,
		  .subject = NAP_OF_CLIENT,
		  .text = "TLS begins by STARTTLS on the usual port (RFC 8314 prefers the other port today).",
		  .how = "the application's starttls, on the ports of mail" },
		starttls },
	{ { .id = "1122-4.2.3.9",
		  .section = "4.2.3.9",
		  .keyword = "MUST NOT",
		  .level = NAP_MUST,
		  .subject = NAP_OF_CLIENT,
		  .text = "ICMP 3/0, 3/1 and 3/5 do not end a connection (RFC 5383 section 4.2).",
		  .how = "the client joined directly to its server; the three errors, quoting its last "
			 "packet" },
		soft_errors },
	{ { .id = "1122-4.2.3.6",
		  .section = "4.2.3.6",
		  .keyword = "MUST NOT",
		  .level = NAP_MUST,
		  .subject = NAP_OF_CLIENT,
		  .text = "The loss of one keepalive is not taken for the death of the connection.",
		  .how = "the same; the client's first packet after 30 s of silence is lost" },
		lost_probe },
};

void nap_client_dut_judge(const struct nap_scenario *sc, GArray *out)
{
	for (uint32_t i = 0; i < G_N_ELEMENTS(rules); i++) {
		struct nap_judgement j = { .requirement = &rules[i].r };
		struct client_dut *b = g_new(struct client_dut, 1);

		dut_init(b, sc);
		if (sc->app.transport != NAP_OVER_TCP) {
			j.verdict = NAP_NOT_APPLICABLE;
			g_strlcpy(j.observed, "it does not use TCP", sizeof j.observed);
		} else if (!dut_open(b)) {
			j.verdict = NAP_NOT_TESTED;
			g_strlcpy(j.observed, "the client does not open a connection within an hour",
				sizeof j.observed);
		} else {
			j.verdict = rules[i].judge(b, j.observed);
		}
		nap_client_clear(&b->client, &b->client_setup);
		nap_server_clear(&b->server, &b->server_setup);
		g_free(b);
		g_array_append_val(out, j);
	}
}
