/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/prober_ask.h"

#include <gio/gio.h>

#include "live/sockets.h"
#include "live/stun_line.h"
#include "probe/procedure.h"

#define ASK_AGAIN (500 * NAP_MS) /* RFC 8489 6.2.1: the first retransmission */
#define MAX_FLOWS (UINT32_C(1) << 16)
#define NO_CHANGE                                                                                            \
	0xff /* a request that is the client's packet; else the place that the server is to answer from */
#define CHANGE_BIT 24 /* where a transaction's flow number carries it: above MAX_FLOWS */

struct nap_ask_prober {
	struct nap_stun_line line;
	struct nap_ask_options options;
	struct nap_inet other; /* the server's OTHER-ADDRESS: it can send from there; family 0: it cannot */
	uint16_t second_port;  /* the second server's other port, 0: none */
	bool answered[2];      /* the server has, and the second one */
};

static void name(
	const struct nap_ask_prober *s, struct nap_stun *m, uint8_t change, uint32_t flow, uint32_t tag)
{
	nap_stun_line_name(&s->line, m, flow | (uint32_t)change << CHANGE_BIT, tag);
}

/* Where a client's packet goes that is meant for a place: the other address is the second server's. */
static bool target(const struct nap_ask_prober *s, enum nap_server_place place, struct nap_inet *out)
{
	*out = place == NAP_AT_MAIN ? s->options.server : s->options.second;
	if (place == NAP_AT_OTHER_BOTH)
		out->port = s->second_port;
	return place != NAP_AT_OTHER_PORT && out->family && out->port;
}

/* Which place of the server itself an answer came from, -1: none. */
static int origin(const struct nap_ask_prober *s, const struct nap_inet *from)
{
	const struct nap_inet *main = &s->options.server;
	bool other_host = s->other.family && nap_inet_same_host(from, &s->other);
	bool other_port = s->other.family && from->port == s->other.port;

	if (nap_inet_equal(from, main))
		return NAP_AT_MAIN;
	if (nap_inet_same_host(from, main))
		return other_port ? NAP_AT_OTHER_PORT : -1;
	return !other_host                ? -1
	       : other_port               ? NAP_AT_OTHER_BOTH
	       : from->port == main->port ? NAP_AT_OTHER_ADDRESS
					  : -1;
}

static bool ask_transmit(struct nap_stun_line *line, const struct nap_stun_request *r, nap_time now)
{
	static const struct nap_inet as_bound;
	uint8_t buf[NAP_STUN_MAX];
	struct nap_inet to;
	int fd = line->flow[r->flow].fd;

	if (fd < 0 || !target((const struct nap_ask_prober *)line, (enum nap_server_place)r->place, &to))
		return false;
	nap_stun_line_leaves(line, r, now, line->rtt);
	return nap_socket_send(fd, &as_bound, &to, buf, nap_stun_write(&r->message, buf), r->ttl);
}

/* The answer to a client's packet: it arrived at a place, and so it looked there. */
static void arrived(struct nap_ask_prober *s, nap_flow flow, const struct nap_stun *m, uint32_t tag,
	const struct nap_inet *from, nap_time at)
{
	nap_time sent = nap_tags_time(&s->line.flow[flow].tags, tag);
	struct nap_probe_event *e;
	struct nap_inet to;

	for (int place = 0; place < NAP_SERVER_PLACES; place++) {
		if (!target(s, (enum nap_server_place)place, &to) || !nap_inet_equal(&to, from))
			continue;
		s->answered[place != NAP_AT_MAIN] = true;
		if (place == NAP_AT_MAIN && m->other.family && !nap_inet_same_host(&m->other, from))
			s->other = m->other;
		if (place == NAP_AT_OTHER_ADDRESS && m->other.port != from->port)
			s->second_port = m->other.port;
		if (sent == NAP_NEVER)
			return;
		nap_stun_line_measure(&s->line, at - sent);
		e = nap_stun_line_note(&s->line, flow, NAP_SERVER, place, tag);
		e->at = nap_time_max(at - s->line.rtt / 2, sent);
		e->seen = nap_local_endpoint(&s->line.local, &m->mapped);
		return;
	}
}

/* The server's packet. One that does as asked sends from the place named; another, that knows no CHANGE-REQUEST, tells nothing. */
static void came(struct nap_ask_prober *s, nap_flow flow, uint8_t change, uint32_t tag,
	const struct nap_inet *from, const struct nap_arrival *a)
{
	struct nap_probe_event *e;

	if (origin(s, from) != change)
		return;
	e = nap_stun_line_note(&s->line, flow, NAP_CLIENT, change, tag);
	e->at = a->at;
	e->ttl = a->ttl;
	e->seen = nap_local_endpoint(&s->line.local, from);
}

static void ask_ready(struct nap_stun_line *line, uint32_t who)
{
	struct nap_ask_prober *s = (struct nap_ask_prober *)line;
	struct nap_stun_flow *f = &line->flow[who];
	uint8_t buf[NAP_STUN_MAX + 1];
	struct nap_icmp_error err;
	struct nap_inet from;
	struct nap_arrival a;
	struct nap_stun m;
	uint32_t flow, tag;
	ssize_t n;

	if (f->fd < 0)
		return;
	for (int i = 0; i < NAP_SOCKET_BATCH && nap_socket_error(f->fd, &err); i++)
		; /* taken off the socket: else it would not wait */
	for (int i = 0;
		i < NAP_SOCKET_BATCH && (n = nap_socket_receive(f->fd, buf, NAP_STUN_MAX, &from, &a)) >= 0;
		i++) {
		uint8_t change;

		if (!nap_stun_read(buf, (size_t)n, &m) || !nap_stun_line_named(line, &m, &flow, &tag) ||
			m.klass != NAP_STUN_SUCCESS || !m.mapped.family)
			continue;
		change = (uint8_t)(flow >> CHANGE_BIT);
		if ((flow & ((UINT32_C(1) << CHANGE_BIT) - 1)) != who)
			continue;
		f->received = nap_time_max(f->received, a.at);
		if (change == NO_CHANGE)
			arrived(s, who, &m, tag, &from, a.at);
		else
			came(s, who, change, tag, &from, &a);
	}
}

/* --- the prober --- */

static nap_flow ask_open(struct nap_prober *p, const struct nap_flow_spec *spec)
{
	return spec->server_port ? NAP_NO_FLOW : nap_stun_line_open(p, spec);
}

static bool ask_send(struct nap_prober *p, nap_flow flow, const struct nap_sending *what)
{
	static const uint8_t change[NAP_SERVER_PLACES] = { 0, NAP_STUN_CHANGE_PORT, NAP_STUN_CHANGE_IP,
		NAP_STUN_CHANGE_PORT | NAP_STUN_CHANGE_IP };
	struct nap_ask_prober *s = (struct nap_ask_prober *)p;
	bool order = what->from == NAP_SERVER;
	struct nap_stun_request w = { .flow = flow,
		.tag = what->tag,
		.place = order ? NAP_AT_MAIN : what->place,
		.ttl = order ? 0 : what->ttl,
		.message = { .klass = NAP_STUN_REQUEST, .change = order ? change[what->place] : 0 } };
	struct nap_inet at;

	if (s->line.flow[flow].fd < 0 || what->act != NAP_ACT_DATA || what->to != NAP_NO_FLOW ||
		!target(s, (enum nap_server_place)w.place, &at))
		return false;
	name(s, &w.message, order ? what->place : NO_CHANGE, flow, what->tag);
	return nap_stun_line_submit(&s->line, &w);
}

static const char *ask_advice(struct nap_prober *p, uint32_t lacking)
{
	(void)p;
	(void)lacking;
	return "no STUN server can do it: needs natnap reflect";
}

/* Server's packets are answers: from its other places where it has some; from the usual one they would tell nothing of a timer. */
static const char *ask_unable(struct nap_prober *p, const struct nap_procedure *procedure)
{
	const struct nap_ask_prober *s = (const struct nap_ask_prober *)p;
	struct nap_inet at;

	for (uint32_t i = 0; i < nap_procedure_steps(procedure); i++) {
		const struct nap_sending *what = &procedure->step[i].probe;

		if (procedure->step[i].what == NAP_DO_PAUSE || procedure->step[i].what == NAP_DO_IDLE)
			return "the server only answers: needs one with RESPONSE-PORT (RFC 5780 7.5), or "
			       "natnap reflect";
		if (what->from == NAP_SERVER && what->place == NAP_AT_MAIN)
			return "the server only answers: needs one with RESPONSE-PORT (RFC 5780 7.5), or "
			       "natnap reflect";
		if (what->from == NAP_SERVER && !s->other.family)
			return "the server has no other address: needs one that does CHANGE-REQUEST (RFC "
			       "5780 7.2)";
		if (what->from == NAP_CLIENT && !target(s, (enum nap_server_place)what->place, &at))
			return "needs another STUN server, at another address: --second";
	}
	return NULL;
}

static void ask_free(struct nap_prober *p)
{
	struct nap_ask_prober *s = (struct nap_ask_prober *)p;

	nap_stun_line_clear(&s->line);
	g_free(s);
}

static const struct nap_prober_ops ask_ops = {
	.now = nap_stun_line_now,
	.open = ask_open,
	.close = nap_stun_line_close,
	.send = ask_send,
	.wait = nap_stun_line_wait,
	.local = nap_stun_line_local,
	.name = nap_stun_line_address,
	.advice = ask_advice,
	.unable = ask_unable,
	.activity = nap_stun_line_activity,
	.free = ask_free,
};

/* A first request to each server, again and again until it is answered. */
static bool greet(struct nap_ask_prober *s, GError **error)
{
	nap_flow f = ask_open(&s->line.head, &(struct nap_flow_spec){ .proto = NAP_UDP });
	struct nap_sending what = NAP_SENDING_INIT;
	nap_time end = nap_clock() + NAP_STUN_ANSWER_SPAN;
	bool second = s->options.second.family;

	if (f == NAP_NO_FLOW) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "no UDP socket to be had");
		return false;
	}
	what.act = NAP_ACT_DATA;
	while ((!s->answered[0] || (second && !s->answered[1])) && nap_clock() < end &&
		!nap_stun_line_stopped(&s->line)) {
		nap_time again = nap_clock() + ASK_AGAIN;

		what.tag++;
		what.place = !s->answered[0] ? NAP_AT_MAIN : NAP_AT_OTHER_ADDRESS;
		ask_send(&s->line.head, f, &what);
		while (nap_clock() < again && !s->answered[what.place != NAP_AT_MAIN] &&
			!nap_stun_line_stopped(&s->line))
			nap_stun_line_turn(&s->line, again);
	}
	nap_stun_line_close(&s->line.head, f);
	nap_stun_line_forget_events(&s->line);
	if (!s->answered[0] || (second && !s->answered[1])) {
		g_autofree char *who =
			nap_inet_string(s->answered[0] ? &s->options.second : &s->options.server);

		g_set_error(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "no STUN server answers at %s over UDP",
			who);
		return false;
	}
	return true;
}

struct nap_prober *nap_prober_ask_new(const struct nap_ask_options *options, GError **error)
{
	struct nap_ask_prober *s = g_new0(struct nap_ask_prober, 1);

	s->options = *options;
	s->line = (struct nap_stun_line){
		.head = { .ops = &ask_ops,
			.can = NAP_CAN_OTHER_PORT |
			       NAP_CAN_OTHER_ADDRESS }, /* as far as ask_unable lets them */
		.stop = options->stop,
		.most = MAX_FLOWS,
		.transmit = ask_transmit,
		.ready = ask_ready,
		.turn = nap_stun_line_turn,
	};
	if (nap_stun_line_init(&s->line, &options->server, error) && greet(s, error))
		return &s->line.head;
	ask_free(&s->line.head);
	return NULL;
}
