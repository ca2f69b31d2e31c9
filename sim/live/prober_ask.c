/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/prober_ask.h"

#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <gio/gio.h>

#include "live/local.h"
#include "live/sockets.h"
#include "live/stun.h"
#include "live/tags.h"
#include "probe/procedure.h"

#define ANSWER_SPAN (10 * NAP_S)
#define ASK_AGAIN   (500 * NAP_MS) /* RFC 8489 6.2.1: the first retransmission */
#define PACE                                                                                                 \
	(100 * NAP_MS) /* RFC 5780 5: no more than ten new transactions a second, so none sooner after another */
#define MAX_FLOWS (UINT32_C(1) << 16)
#define NO_CHANGE                                                                                            \
	0xff /* a request that is the client's packet; else the place that the server is to answer from */

struct ask_flow {
	int fd; /* -1: closed */
	struct nap_inet local;
	nap_time sent, received;
	struct nap_tags tags;
	uint32_t waiting; /* requests of its that wait for their turn */
};

/* A request that waits for its turn. */
struct waiting {
	struct nap_stun message;
	nap_flow flow;
	uint8_t place, ttl;
	uint32_t tag;
};

struct nap_ask_prober {
	struct nap_prober head;
	struct nap_ask_options options;
	struct nap_local local;
	uint32_t secret; /* begins every transaction id, with the place asked for in its last byte */
	int epoll;
	struct nap_inet other; /* the server's OTHER-ADDRESS: it can send from there; family 0: it cannot */
	uint16_t second_port;  /* the second server's other port, 0: none */
	bool answered[2];      /* the server has, and the second one */
	nap_time rtt, worst;
	struct ask_flow *flow;
	uint32_t n_flows, room;
	GQueue events;
	GQueue waiting; /* struct waiting * */
	nap_time next_free;
};

/* A transaction id: secret, what was asked for, flow, tag. */
static void name(
	const struct nap_ask_prober *s, struct nap_stun *m, uint8_t change, uint32_t flow, uint32_t tag)
{
	memcpy(m->id, &s->secret, 4);
	m->id[3] = change;
	memcpy(m->id + 4, &flow, 4);
	memcpy(m->id + 8, &tag, 4);
}

static bool named(const struct nap_ask_prober *s, const struct nap_stun *m, uint32_t *flow, uint32_t *tag)
{
	memcpy(flow, m->id + 4, 4);
	memcpy(tag, m->id + 8, 4);
	return memcmp(m->id, &s->secret, 3) == 0;
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

static bool transmit(struct nap_ask_prober *s, const struct waiting *w, nap_time now)
{
	static const struct nap_inet as_bound;
	struct ask_flow *f = &s->flow[w->flow];
	uint8_t buf[NAP_STUN_MAX];
	struct nap_inet to;

	s->next_free = now + PACE;
	if (f->fd < 0 || !target(s, (enum nap_server_place)w->place, &to))
		return false;
	nap_tags_add(&f->tags, w->tag, now);
	f->sent = now;
	f->received = now + s->rtt + s->head.slack;
	return nap_socket_send(f->fd, &as_bound, &to, buf, nap_stun_write(&w->message, buf), w->ttl);
}

static bool submit(struct nap_ask_prober *s, const struct waiting *w)
{
	nap_time now = nap_clock();

	if (g_queue_is_empty(&s->waiting) && now >= s->next_free)
		return transmit(s, w, now);
	s->flow[w->flow].waiting++;
	g_queue_push_tail(&s->waiting, g_memdup2(w, sizeof(*w)));
	s->head.backlog = (nap_time)s->waiting.length * PACE;
	return true;
}

static void take_turns(struct nap_ask_prober *s)
{
	while (!g_queue_is_empty(&s->waiting) && nap_clock() >= s->next_free) {
		struct waiting *w = g_queue_pop_head(&s->waiting);

		s->flow[w->flow].waiting--;
		transmit(s, w, nap_clock());
		g_free(w);
	}
	s->head.backlog = (nap_time)s->waiting.length * PACE;
}

static struct nap_probe_event *note(
	struct nap_ask_prober *s, nap_flow flow, enum nap_end end, int place, uint32_t tag)
{
	struct nap_probe_event *e = g_new0(struct nap_probe_event, 1);

	e->flow = flow;
	e->what = NAP_GOT_PACKET;
	e->end = (uint8_t)end;
	e->place = (uint8_t)place;
	e->tag = tag;
	e->sent = nap_tags_time(&s->flow[flow].tags, tag);
	g_queue_push_tail(&s->events, e);
	return e;
}

static void measure(struct nap_ask_prober *s, nap_time took)
{
	s->rtt = s->rtt ? nap_time_min(s->rtt, took) : took;
	s->worst = nap_time_max(took, s->worst - s->worst / 64);
	s->head.slack = s->worst / 2 + NAP_MS;
}

/* The answer to a client's packet: it arrived at a place, and so it looked there. */
static void arrived(struct nap_ask_prober *s, nap_flow flow, const struct nap_stun *m, uint32_t tag,
	const struct nap_inet *from, nap_time at)
{
	nap_time sent = nap_tags_time(&s->flow[flow].tags, tag);
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
		measure(s, at - sent);
		e = note(s, flow, NAP_SERVER, place, tag);
		e->at = nap_time_max(at - s->rtt / 2, sent);
		e->seen = nap_local_endpoint(&s->local, &m->mapped);
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
	e = note(s, flow, NAP_CLIENT, change, tag);
	e->at = a->at;
	e->ttl = a->ttl;
	e->seen = nap_local_endpoint(&s->local, from);
}

static void ready(struct nap_ask_prober *s, uint32_t who)
{
	uint8_t buf[NAP_STUN_MAX + 1];
	struct nap_icmp_error err;
	struct nap_inet from;
	struct nap_arrival a;
	struct nap_stun m;
	uint32_t flow, tag;
	ssize_t n;

	if (s->flow[who].fd < 0)
		return;
	for (int i = 0; i < NAP_SOCKET_BATCH && nap_socket_error(s->flow[who].fd, &err); i++)
		; /* taken off the socket: else it would not wait */
	for (int i = 0; i < NAP_SOCKET_BATCH &&
			(n = nap_socket_receive(s->flow[who].fd, buf, NAP_STUN_MAX, &from, &a)) >= 0;
		i++) {
		if (!nap_stun_read(buf, (size_t)n, &m) || !named(s, &m, &flow, &tag) || flow != who ||
			m.klass != NAP_STUN_SUCCESS || !m.mapped.family)
			continue;
		s->flow[who].received = nap_time_max(s->flow[who].received, a.at);
		if (m.id[3] == NO_CHANGE)
			arrived(s, who, &m, tag, &from, a.at);
		else
			came(s, who, m.id[3], tag, &from, &a);
	}
}

static void turn(struct nap_ask_prober *s, nap_time until)
{
	struct epoll_event e[64];
	nap_time due = g_queue_is_empty(&s->waiting) ? NAP_NEVER : s->next_free,
		 span = nap_time_min(until, due) - nap_clock();
	struct timespec wait = { .tv_sec = MAX(span, 0) / NAP_S, .tv_nsec = MAX(span, 0) % NAP_S };
	int n = epoll_pwait2(s->epoll, e, G_N_ELEMENTS(e), &wait, NULL);

	for (int i = 0; i < n; i++)
		ready(s, e[i].data.u32);
	take_turns(s);
}

/* --- the prober --- */

static nap_time ask_now(struct nap_prober *p)
{
	(void)p;
	return nap_clock();
}

static int bind_udp(const struct nap_inet *at)
{
	return nap_socket_udp(at, NULL);
}

static nap_flow ask_open(struct nap_prober *p, const struct nap_flow_spec *spec)
{
	struct nap_ask_prober *s = (struct nap_ask_prober *)p;
	struct epoll_event e = { .events = EPOLLIN, .data.u32 = s->n_flows };
	struct ask_flow *f;

	if (spec->proto != NAP_UDP || spec->host || spec->same_local || spec->server_port ||
		s->n_flows == MAX_FLOWS)
		return NAP_NO_FLOW;
	if (s->n_flows == s->room) {
		s->room = s->room ? 2 * s->room : 16;
		s->flow = g_renew(struct ask_flow, s->flow, s->room);
	}
	f = &s->flow[s->n_flows];
	memset(f, 0, sizeof(*f));
	f->fd = nap_local_bind(&s->local, spec->local_port, bind_udp, &f->local);
	if (f->fd >= 0 && epoll_ctl(s->epoll, EPOLL_CTL_ADD, f->fd, &e) == 0)
		return s->n_flows++;
	if (f->fd >= 0)
		close(f->fd);
	return NAP_NO_FLOW;
}

static void ask_close(struct nap_prober *p, nap_flow flow)
{
	struct ask_flow *f = &((struct nap_ask_prober *)p)->flow[flow];

	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}

static bool ask_send(struct nap_prober *p, nap_flow flow, const struct nap_sending *what)
{
	static const uint8_t change[NAP_SERVER_PLACES] = { 0, NAP_STUN_CHANGE_PORT, NAP_STUN_CHANGE_IP,
		NAP_STUN_CHANGE_PORT | NAP_STUN_CHANGE_IP };
	struct nap_ask_prober *s = (struct nap_ask_prober *)p;
	bool order = what->from == NAP_SERVER;
	struct waiting w = { .flow = flow,
		.tag = what->tag,
		.place = order ? NAP_AT_MAIN : what->place,
		.ttl = order ? 0 : what->ttl,
		.message = { .klass = NAP_STUN_REQUEST, .change = order ? change[what->place] : 0 } };
	struct nap_inet at;

	if (s->flow[flow].fd < 0 || what->act != NAP_ACT_DATA || what->to != NAP_NO_FLOW ||
		!target(s, (enum nap_server_place)w.place, &at))
		return false;
	name(s, &w.message, order ? what->place : NO_CHANGE, flow, what->tag);
	return submit(s, &w);
}

static bool ask_wait(struct nap_prober *p, nap_time until, struct nap_probe_event *ev)
{
	struct nap_ask_prober *s = (struct nap_ask_prober *)p;

	for (;;) {
		struct nap_probe_event *e = g_queue_pop_head(&s->events);

		if (e) {
			*ev = *e;
			g_free(e);
			return true;
		}
		if ((s->options.stop && *s->options.stop) || nap_clock() >= until)
			return false;
		turn(s, until);
	}
}

static struct nap_endpoint ask_local(struct nap_prober *p, nap_flow flow)
{
	struct nap_ask_prober *s = (struct nap_ask_prober *)p;

	return nap_local_endpoint(&s->local, &s->flow[flow].local);
}

static void ask_name(struct nap_prober *p, nap_addr a, char out[NAP_ADDRESS_TEXT])
{
	nap_local_name(&((struct nap_ask_prober *)p)->local, a, out);
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

static struct nap_flow_activity ask_activity(struct nap_prober *p, nap_flow flow)
{
	const struct ask_flow *f = &((struct nap_ask_prober *)p)->flow[flow];

	return (struct nap_flow_activity){ f->sent, f->received, !f->waiting };
}

static void ask_free(struct nap_prober *p)
{
	struct nap_ask_prober *s = (struct nap_ask_prober *)p;

	for (uint32_t i = 0; i < s->n_flows; i++)
		ask_close(p, i);
	close(s->epoll);
	nap_local_clear(&s->local);
	g_queue_clear_full(&s->events, g_free);
	g_queue_clear_full(&s->waiting, g_free);
	g_free(s->flow);
	g_free(s);
}

static const struct nap_prober_ops ask_ops = {
	.now = ask_now,
	.open = ask_open,
	.close = ask_close,
	.send = ask_send,
	.wait = ask_wait,
	.local = ask_local,
	.name = ask_name,
	.advice = ask_advice,
	.unable = ask_unable,
	.activity = ask_activity,
	.free = ask_free,
};

/* A first request to each server, again and again until it is answered. */
static bool greet(struct nap_ask_prober *s, GError **error)
{
	nap_flow f = ask_open(&s->head, &(struct nap_flow_spec){ .proto = NAP_UDP });
	struct nap_sending what = NAP_SENDING_INIT;
	nap_time end = nap_clock() + ANSWER_SPAN;
	bool second = s->options.second.family;

	if (f == NAP_NO_FLOW) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "no UDP socket to be had");
		return false;
	}
	what.act = NAP_ACT_DATA;
	while ((!s->answered[0] || (second && !s->answered[1])) && nap_clock() < end &&
		!(s->options.stop && *s->options.stop)) {
		nap_time again = nap_clock() + ASK_AGAIN;

		what.tag++;
		what.place = !s->answered[0] ? NAP_AT_MAIN : NAP_AT_OTHER_ADDRESS;
		ask_send(&s->head, f, &what);
		while (nap_clock() < again && !s->answered[what.place != NAP_AT_MAIN] &&
			!(s->options.stop && *s->options.stop))
			turn(s, again);
	}
	ask_close(&s->head, f);
	g_queue_clear_full(&s->events, g_free);
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
	s->head = (struct nap_prober){ .ops = &ask_ops,
		.can = NAP_CAN_OTHER_PORT | NAP_CAN_OTHER_ADDRESS, /* as far as ask_unable lets them */
		.pace = PACE,
		.slack = NAP_S };
	s->head.max_flows = nap_local_sockets();
	s->head.usual_port = options->server.port;
	s->epoll = epoll_create1(EPOLL_CLOEXEC);
	nap_random_bytes(&s->secret, sizeof(s->secret));
	g_queue_init(&s->events);
	g_queue_init(&s->waiting);
	if (nap_local_init(&s->local, &options->server, error) && greet(s, error))
		return &s->head;
	ask_free(&s->head);
	return NULL;
}
