/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/prober_stun.h"

#include <unistd.h>

#include <gio/gio.h>

#include "live/sockets.h"
#include "live/stun_line.h"

#define COURIER     NAP_STUN_NOBODY
#define KEEP        (2 * NAP_S) /* between the courier's own requests, which keep its binding and measure the way */
#define KEEP_OTHERS 5           /* every so many of them goes to the other places, too */
#define MAX_FLOWS   (UINT32_C(1) << 20)

struct nap_stun_prober {
	struct nap_stun_line line;
	struct nap_stun_options options;
	uint16_t port, other_port;
	int courier;
	struct nap_inet courier_mapped; /* family 0: not known yet */
	uint32_t keep_sent;             /* requests of its own: their number is their tag */
	nap_time keep_at, keep_due;
	uint16_t error; /* of the last error response */
	bool obeys;     /* RESPONSE-PORT was seen to work */
};

static bool place_at(const struct nap_stun_prober *s, enum nap_server_place place, struct nap_inet *out)
{
	bool address = place == NAP_AT_OTHER_ADDRESS || place == NAP_AT_OTHER_BOTH;
	bool port = place == NAP_AT_OTHER_PORT || place == NAP_AT_OTHER_BOTH;

	if ((address && !(s->line.head.can & NAP_CAN_OTHER_ADDRESS)) || (port && !s->other_port))
		return false;
	*out = address ? s->options.alternate : s->options.server;
	out->port = port ? s->other_port : s->port;
	return true;
}

static int place_of(const struct nap_stun_prober *s, const struct nap_inet *from)
{
	struct nap_inet at;

	for (int place = 0; place < NAP_SERVER_PLACES; place++)
		if (place_at(s, (enum nap_server_place)place, &at) && nap_inet_equal(&at, from))
			return place;
	return -1;
}

static bool send_message(const struct nap_stun_prober *s, int fd, const struct nap_stun *m,
	enum nap_server_place place, int ttl)
{
	static const struct nap_inet as_bound;
	struct nap_inet to;
	uint8_t buf[NAP_STUN_MAX];

	return place_at(s, place, &to) &&
	       nap_socket_send(fd, &as_bound, &to, buf, nap_stun_write(m, buf), ttl);
}

/* A request's turn has come. Only now is known when its flow was last refreshed. */
static bool stun_transmit(struct nap_stun_line *line, const struct nap_stun_request *r, nap_time now)
{
	struct nap_stun_prober *s = (struct nap_stun_prober *)line;

	if (r->flow == COURIER) {
		if (r->place == NAP_AT_MAIN)
			s->keep_at = now;
		return send_message(s, s->courier, &r->message, (enum nap_server_place)r->place, 0);
	}
	if (line->flow[r->flow].fd < 0)
		return false;
	/* the courier's passes the NAT half a round trip later, after the server's turn */
	nap_stun_line_leaves(line, r, now, r->courier ? line->rtt : line->rtt / 2);
	return send_message(s, r->courier ? s->courier : line->flow[r->flow].fd, &r->message,
		(enum nap_server_place)r->place, r->ttl);
}

/* The courier's own requests: now and then to every place, so that each may answer to it through the strictest filter. */
static void keep_courier(struct nap_stun_prober *s, nap_time now)
{
	struct nap_stun_request w = { .flow = COURIER, .message = { .klass = NAP_STUN_REQUEST } };
	struct nap_inet at;
	bool others = s->keep_sent++ % KEEP_OTHERS == 0;

	nap_stun_line_name(&s->line, &w.message, COURIER, s->keep_sent);
	for (uint32_t place = 0; place < (others ? NAP_SERVER_PLACES : 1); place++) {
		w.place = (uint8_t)place;
		if (place_at(s, (enum nap_server_place)place, &at))
			nap_stun_line_submit(&s->line, &w);
	}
	s->keep_due = now + (s->courier_mapped.family ? KEEP : KEEP / 4);
}

/* An answer to the courier: to its own request, or the news that a flow's request arrived. */
static void courier_answer(struct nap_stun_prober *s, const struct nap_stun *m, int place, nap_time at)
{
	uint32_t flow, tag;
	struct nap_stun_flow *f;
	struct nap_probe_event *e;

	if (!nap_stun_line_named(&s->line, m, &flow, &tag))
		return;
	if (m->klass == NAP_STUN_ERROR)
		s->error = m->error;
	if (m->klass != NAP_STUN_SUCCESS || !m->mapped.family)
		return;
	if (flow == COURIER) {
		if (tag != s->keep_sent || place != NAP_AT_MAIN)
			return;
		nap_stun_line_measure(&s->line, at - s->keep_at);
		s->courier_mapped = m->mapped;
		return;
	}
	if (flow >= s->line.n_flows || s->line.flow[flow].fd < 0)
		return;
	f = &s->line.flow[flow];
	s->obeys = true;
	f->mapped = m->mapped;
	e = nap_stun_line_note(&s->line, flow, NAP_SERVER, place, tag);
	e->at = nap_time_max(at - s->line.rtt / 2, e->sent == NAP_NEVER ? 0 : e->sent);
	e->seen = nap_local_endpoint(&s->line.local, &m->mapped);
	if (e->sent == f->sent)
		f->received = e->at;
}

/* An answer on a flow: what the courier asked the server to send there. */
static void flow_answer(struct nap_stun_prober *s, nap_flow at_flow, const struct nap_stun *m, int place,
	const struct nap_inet *from, const struct nap_arrival *a)
{
	struct nap_stun_flow *f = &s->line.flow[at_flow];
	uint32_t flow, tag;
	struct nap_probe_event *e;

	if (!nap_stun_line_named(&s->line, m, &flow, &tag) || flow != at_flow || m->klass != NAP_STUN_SUCCESS)
		return;
	e = nap_stun_line_note(&s->line, flow, NAP_CLIENT, place, tag);
	e->at = a->at;
	e->ttl = a->ttl;
	e->seen = nap_local_endpoint(&s->line.local, from);
	f->received = nap_time_max(f->received, a->at);
}

static void take_errors(struct nap_stun_prober *s, nap_flow flow)
{
	struct nap_icmp_error err;

	int fd = flow == COURIER ? s->courier : s->line.flow[flow].fd;

	for (int i = 0; i < NAP_SOCKET_BATCH && nap_socket_error(fd, &err); i++) {
		struct nap_probe_event *e;
		int place = place_of(s, &err.to);

		if (flow == COURIER || place < 0)
			continue;
		e = nap_stun_line_note(&s->line, flow, NAP_CLIENT, place, 0);
		e->what = NAP_GOT_ICMP;
		e->sent = NAP_NEVER;
		e->at = nap_clock();
		e->icmp_type = err.type;
		e->icmp_code = err.code;
		e->ttl = err.ttl;
		e->seen = nap_local_endpoint(&s->line.local, &err.offender);
	}
}

static void stun_ready(struct nap_stun_line *line, uint32_t who)
{
	struct nap_stun_prober *s = (struct nap_stun_prober *)line;
	uint8_t buf[NAP_STUN_MAX + 1];
	struct nap_inet from;
	struct nap_arrival a;
	struct nap_stun m;
	ssize_t n;
	int fd;

	if (who != COURIER && s->line.flow[who].fd < 0)
		return;
	take_errors(s, who);
	fd = who == COURIER ? s->courier : s->line.flow[who].fd;
	for (int i = 0;
		i < NAP_SOCKET_BATCH && (n = nap_socket_receive(fd, buf, NAP_STUN_MAX, &from, &a)) >= 0;
		i++) {
		int place = place_of(s, &from);

		if (place < 0 || !nap_stun_read(buf, (size_t)n, &m))
			continue;
		if (who == COURIER) {
			if (m.other.family && !s->other_port)
				s->other_port = m.other.port;
			if (nap_inet_same_host(&m.other, &s->options.alternate))
				s->line.head.can |= NAP_CAN_OTHER_ADDRESS;
			courier_answer(s, &m, place, a.at);
		} else {
			flow_answer(s, who, &m, place, &from, &a);
		}
	}
}

static bool stun_turn(struct nap_stun_line *line, nap_time until)
{
	struct nap_stun_prober *s = (struct nap_stun_prober *)line;
	bool well = nap_stun_line_turn(line, nap_time_min(until, s->keep_due));

	if (nap_clock() >= s->keep_due)
		keep_courier(s, nap_clock());
	return well;
}

static nap_flow stun_open(struct nap_prober *p, const struct nap_flow_spec *spec)
{
	if (spec->server_port && spec->server_port != ((struct nap_stun_prober *)p)->port)
		return NAP_NO_FLOW;
	return nap_stun_line_open(p, spec);
}

/* The server's packet: the courier asks for an answer to the flow's port. It passes the NAT half a round trip from now. */
static bool order(struct nap_stun_prober *s, nap_flow flow, const struct nap_sending *what)
{
	static const uint8_t change[NAP_SERVER_PLACES] = { 0, NAP_STUN_CHANGE_PORT, NAP_STUN_CHANGE_IP,
		NAP_STUN_CHANGE_PORT | NAP_STUN_CHANGE_IP };
	struct nap_stun_flow *f = &s->line.flow[flow];
	struct nap_stun_request w = { .flow = flow,
		.courier = true,
		.tag = what->tag,
		.message = { .klass = NAP_STUN_REQUEST,
			.response_port = f->mapped.port,
			.change = change[what->place] } };

	nap_stun_line_name(&s->line, &w.message, flow, what->tag);
	return f->mapped.family && nap_stun_line_submit(&s->line, &w);
}

static bool stun_send(struct nap_prober *p, nap_flow flow, const struct nap_sending *what)
{
	struct nap_stun_prober *s = (struct nap_stun_prober *)p;
	struct nap_stun_flow *f = &s->line.flow[flow];
	struct nap_stun_request w = { .flow = flow,
		.tag = what->tag,
		.place = what->place,
		.ttl = what->ttl,
		.message = { .klass = NAP_STUN_REQUEST, .response_port = s->courier_mapped.port } };
	struct nap_inet at;

	if (f->fd < 0 || what->act != NAP_ACT_DATA || what->to != NAP_NO_FLOW)
		return false;
	if (what->from == NAP_SERVER)
		return order(s, flow, what);
	nap_stun_line_name(&s->line, &w.message, flow, what->tag);
	return place_at(s, (enum nap_server_place)what->place, &at) && nap_stun_line_submit(&s->line, &w);
}

static const char *stun_advice(struct nap_prober *p, uint32_t lacking)
{
	(void)p;
	return lacking & NAP_CAN_OTHER_ADDRESS ? "needs a server with two addresses, and --alternate"
					       : "no STUN server can do it: needs natnap reflect";
}

static void stun_free(struct nap_prober *p)
{
	struct nap_stun_prober *s = (struct nap_stun_prober *)p;

	if (s->courier >= 0)
		close(s->courier);
	nap_stun_line_clear(&s->line);
	g_free(s);
}

static const struct nap_prober_ops stun_ops = {
	.now = nap_stun_line_now,
	.open = stun_open,
	.close = nap_stun_line_close,
	.send = stun_send,
	.wait = nap_stun_line_wait,
	.local = nap_stun_line_local,
	.name = nap_stun_line_address,
	.advice = stun_advice,
	.activity = nap_stun_line_activity,
	.free = stun_free,
};

/* Does an answer come to the courier for a request that another socket sent? */
static bool try_response_port(struct nap_stun_prober *s, nap_time end)
{
	nap_flow f = stun_open(&s->line.head, &(struct nap_flow_spec){ .proto = NAP_UDP });
	struct nap_sending what = NAP_SENDING_INIT;

	while (f != NAP_NO_FLOW && !s->obeys && !s->error && nap_clock() < end &&
		!nap_stun_line_stopped(&s->line)) {
		what.tag++;
		stun_send(&s->line.head, f, &what);
		stun_turn(&s->line, nap_clock() + 500 * NAP_MS);
	}
	if (f != NAP_NO_FLOW)
		nap_stun_line_close(&s->line.head, f);
	nap_stun_line_forget_events(&s->line);
	return s->obeys;
}

static bool greet(struct nap_stun_prober *s, GError **error)
{
	nap_time end = nap_clock() + NAP_STUN_ANSWER_SPAN;
	g_autofree char *who = nap_inet_string(&s->options.server);

	while (!s->courier_mapped.family && nap_clock() < end && !nap_stun_line_stopped(&s->line))
		stun_turn(&s->line, end);
	if (!s->courier_mapped.family) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "no STUN server answers at %s over UDP",
			who);
		return false;
	}
	keep_courier(s, nap_clock()); /* to the other places too, now that they are known */
	if (!try_response_port(s, end)) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
			"%s does not answer to a RESPONSE-PORT (RFC 5780 7.5)%s: it cannot send what a timer "
			"has to be asked with",
			who, s->error == 420 ? " and says so (420)" : "");
		return false;
	}
	return true;
}

struct nap_prober *nap_prober_stun_new(const struct nap_stun_options *options, GError **error)
{
	struct nap_stun_prober *s = g_new0(struct nap_stun_prober, 1);

	s->options = *options;
	s->line = (struct nap_stun_line){
		.head = { .ops = &stun_ops, .can = NAP_CAN_SEE_ICMP | NAP_CAN_LISTEN },
		.stop = options->stop,
		.most = MAX_FLOWS,
		.transmit = stun_transmit,
		.ready = stun_ready,
		.turn = stun_turn,
	};
	s->port = options->server.port;
	s->courier = -1;
	s->keep_due = nap_clock();
	if (nap_stun_line_init(&s->line, &options->server, error))
		s->courier = nap_stun_line_own_socket(&s->line);
	if (s->courier < 0 || !greet(s, error)) {
		if (error && !*error)
			g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "no UDP socket to be had");
		stun_free(&s->line.head);
		return NULL;
	}
	if (s->other_port)
		s->line.head.can |= NAP_CAN_OTHER_PORT;
	return &s->line.head;
}
