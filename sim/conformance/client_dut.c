/* SPDX-License-Identifier: BSD-2-Clause */
#include "conformance/client_dut.h"

#include "client/client.h"
#include "client/server.h"

#define SELF        NAP_ADDR(10, 0, 0, 2)
#define SERVER      NAP_ADDR(192, 0, 2, 1)
#define QUIET       (30 * NAP_S) /* a packet of the client after so long a pause is a keepalive */
#define PAIR_BUFFER 64

/* Both ends and the packets between them, which take no time. */
struct pair {
	struct nap_client_setup client_setup;
	struct nap_server_setup server_setup;
	struct nap_client_world world;
	struct nap_rng rng;
	struct nap_client *client;
	struct nap_server *server;
	nap_time now, last;                    /* last: of a packet of either end */
	struct nap_packet packet[PAIR_BUFFER]; /* under way */
	bool up[PAIR_BUFFER];
	uint32_t n;
	bool drop_next;            /* the client's next packet after a pause is lost */
	nap_time dropped;          /* when it was, NAP_NEVER: not yet */
	struct nap_packet last_up; /* for ICMP errors to quote */
};

static void pair_init(struct pair *p, const struct nap_scenario *sc)
{
	struct nap_endpoint server = { SERVER, (uint16_t)sc->app.port };
	nap_time start;

	*p = (struct pair){ .client_setup = { &sc->app, sc->policy, sc->policy_config },
		.server_setup = { .app = &sc->app,
			.server = &sc->server,
			.policy = sc->policy,
			.policy_config = sc->policy_config },
		.rng = nap_rng_stream(sc->general.seed, 0, 0, NAP_RNG_POLICY),
		.dropped = NAP_NEVER };
	p->world = (struct nap_client_world){ .lifetime = NAP_NEVER, .until = NAP_NEVER, .rng = &p->rng };
	p->client = g_new0(struct nap_client, 1);
	p->server = g_new0(struct nap_server, 1);
	start = nap_dist_draw_time(&sc->app.start, &p->rng);
	nap_client_init(p->client, &p->client_setup, SELF, server, start);
	nap_server_init(p->server, &p->server_setup, server);
}

static void pair_clear(struct pair *p)
{
	g_free(p->client);
	g_free(p->server);
}

static void post(struct pair *p, const struct nap_outbox *out, bool up)
{
	for (uint32_t i = 0; i < out->n; i++) {
		bool pause = p->now - p->last >= QUIET;

		if (up)
			p->last_up = out->packet[i];
		if (up && p->drop_next && pause) {
			p->drop_next = false;
			p->dropped = p->now;
			continue;
		}
		p->last = p->now;
		g_assert(p->n < PAIR_BUFFER);
		p->packet[p->n] = out->packet[i];
		p->up[p->n++] = up;
	}
}

static void deliver(struct pair *p)
{
	for (uint32_t i = 0; i < p->n; i++) { /* answers join the end of the line */
		struct nap_outbox out;

		out.n = out.notes = out.delivered = 0;
		if (p->up[i])
			nap_server_input(p->server, &p->server_setup, p->now, &p->packet[i], &out);
		else
			nap_client_input(p->client, &p->client_setup, p->now, &p->world, &p->packet[i], &out);
		post(p, &out, !p->up[i]);
		if (i == PAIR_BUFFER / 2) {
			for (uint32_t k = i + 1; k < p->n; k++) {
				p->packet[k - i - 1] = p->packet[k];
				p->up[k - i - 1] = p->up[k];
			}
			p->n -= i + 1;
			i = UINT32_MAX;
		}
	}
	p->n = 0;
}

static void pair_run(struct pair *p, nap_time until)
{
	for (;;) {
		nap_time next = nap_time_min(p->client->deadline, p->server->deadline);
		bool up = p->client->deadline <= p->server->deadline;
		struct nap_outbox out;

		if (next > until)
			break;
		p->now = nap_time_max(p->now, next);
		out.n = out.notes = out.delivered = 0;
		if (up)
			nap_client_timer(p->client, &p->client_setup, p->now, &p->world, &out);
		else
			nap_server_timer(p->server, &p->server_setup, p->now, &out);
		post(p, &out, up);
		deliver(p);
	}
	p->now = until;
}

/* Run until the client has its first flow; false when it does not get one in an hour. */
static bool pair_open(struct pair *p)
{
	for (nap_time t = NAP_S; t <= NAP_H && !p->client->open; t += NAP_S)
		pair_run(p, t);
	return p->client->open;
}

static void send_error(struct pair *p, uint8_t code)
{
	struct nap_packet icmp = { .proto = NAP_ICMP, .icmp_type = 3, .icmp_code = code, .len = 28 };
	struct nap_outbox out;

	icmp.src.addr = SERVER;
	icmp.dst.addr = SELF;
	icmp.quote = (struct nap_quote){ p->last_up.proto, p->last_up.src, p->last_up.dst };
	out.n = out.notes = out.delivered = 0;
	nap_client_input(p->client, &p->client_setup, p->now, &p->world, &icmp, &out);
	post(p, &out, true);
	deliver(p);
}

typedef enum nap_check_verdict rule_fn(struct pair *p, char *observed);

static enum nap_check_verdict soft_errors(struct pair *p, char *observed)
{
	static const uint8_t codes[] = { 0, 1, 5 };

	for (uint32_t i = 0; i < G_N_ELEMENTS(codes); i++) {
		uint32_t flows = p->client->flows;

		send_error(p, codes[i]);
		pair_run(p, p->now + 10 * NAP_S);
		if (!p->client->open || p->client->flows != flows) {
			g_snprintf(
				observed, NAP_OBSERVED, "gave its connection up after ICMP 3/%u", codes[i]);
			return NAP_VIOLATES;
		}
	}
	g_strlcpy(observed, "kept its connection after ICMP 3/0, 3/1 and 3/5", NAP_OBSERVED);
	return NAP_MEETS;
}

static enum nap_check_verdict lost_probe(struct pair *p, char *observed)
{
	uint32_t flows = p->client->flows;

	p->drop_next = true;
	for (nap_time end = p->now + 9 * NAP_H; p->dropped == NAP_NEVER && p->now < end;)
		pair_run(p, p->now + NAP_S);
	if (p->dropped == NAP_NEVER) {
		g_strlcpy(observed, "it sends no keepalive in 9 h", NAP_OBSERVED);
		return NAP_NOT_APPLICABLE;
	}
	pair_run(p, p->now + 10 * NAP_MIN);
	if (!p->client->open || p->client->flows != flows) {
		g_strlcpy(observed, "one lost keepalive, and it gave its connection up", NAP_OBSERVED);
		return NAP_VIOLATES;
	}
	g_strlcpy(observed, "one lost keepalive, and 10 min later it still had its connection", NAP_OBSERVED);
	return NAP_MEETS;
}

static const struct rule {
	struct nap_requirement r;
	rule_fn *judge;
} rules[] = {
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
		struct pair p;

		pair_init(&p, sc);
		if (sc->app.transport != NAP_OVER_TCP) {
			j.verdict = NAP_NOT_APPLICABLE;
			g_strlcpy(j.observed, "it does not use TCP", sizeof j.observed);
		} else if (!pair_open(&p)) {
			j.verdict = NAP_NOT_TESTED;
			g_strlcpy(j.observed, "the client does not open a connection within an hour",
				sizeof j.observed);
		} else {
			j.verdict = rules[i].judge(&p, j.observed);
		}
		pair_clear(&p);
		g_array_append_val(out, j);
	}
}
