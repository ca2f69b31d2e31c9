/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/prober_stun.h"

#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <gio/gio.h>

#include "live/local.h"
#include "live/sockets.h"
#include "live/stun.h"
#include "live/tags.h"

#define COURIER     UINT32_MAX /* epoll's name of it; in transaction ids: no flow */
#define KEEP        (2 * NAP_S) /* between the courier's own requests, which keep its binding and measure the way */
#define KEEP_OTHERS 5           /* every so many of them goes to the other places, too */
#define ANSWER_SPAN (10 * NAP_S)
#define PACE                                                                                                 \
	(100 * NAP_MS) /* RFC 5780 5: no more than ten new transactions a second, so none sooner after another */
#define MAX_FLOWS (UINT32_C(1) << 20)

struct stun_flow {
	int fd; /* -1: closed */
	struct nap_inet local, mapped;
	nap_time sent, received;
	struct nap_tags tags; /* of both ends: when a packet was sent, or the server asked to send it */
	uint32_t waiting;     /* messages of its that wait for their turn */
};

/* A message that waits for its turn. */
struct waiting {
	struct nap_stun message;
	nap_flow flow; /* whose it is; COURIER: nobody's */
	bool courier;  /* the courier sends it */
	uint8_t place, ttl;
	uint32_t tag;
};

struct nap_stun_prober {
	struct nap_prober head;
	struct nap_stun_options options;
	struct nap_local local;
	uint32_t secret; /* begins every transaction id */
	uint16_t port, other_port;
	int courier, epoll;
	struct nap_inet courier_mapped; /* family 0: not known yet */
	uint32_t keep_sent;             /* requests of its own: their number is their tag */
	nap_time keep_at, keep_due, rtt, worst;
	uint16_t error; /* of the last error response */
	bool obeys;     /* RESPONSE-PORT was seen to work */
	struct stun_flow *flow;
	uint32_t n_flows, room;
	GQueue events;
	GQueue waiting;     /* struct waiting * */
	nap_time next_free; /* when the next may leave */
};

/* A transaction id: secret, flow, tag. */
static void name(const struct nap_stun_prober *s, struct nap_stun *m, uint32_t flow, uint32_t tag)
{
	memcpy(m->id, &s->secret, 4);
	memcpy(m->id + 4, &flow, 4);
	memcpy(m->id + 8, &tag, 4);
}

static bool named(const struct nap_stun_prober *s, const struct nap_stun *m, uint32_t *flow, uint32_t *tag)
{
	memcpy(flow, m->id + 4, 4);
	memcpy(tag, m->id + 8, 4);
	return memcmp(m->id, &s->secret, 4) == 0;
}

static bool place_at(const struct nap_stun_prober *s, enum nap_server_place place, struct nap_inet *out)
{
	bool address = place == NAP_AT_OTHER_ADDRESS || place == NAP_AT_OTHER_BOTH;
	bool port = place == NAP_AT_OTHER_PORT || place == NAP_AT_OTHER_BOTH;

	if ((address && !(s->head.can & NAP_CAN_OTHER_ADDRESS)) || (port && !s->other_port))
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

/* A message's turn has come. Only now is known when its flow was last refreshed. */
static bool transmit(struct nap_stun_prober *s, const struct waiting *w, nap_time now)
{
	struct stun_flow *f = w->flow == COURIER ? NULL : &s->flow[w->flow];

	s->next_free = now + PACE;
	if (!f) {
		if (w->place == NAP_AT_MAIN)
			s->keep_at = now;
		return send_message(s, s->courier, &w->message, (enum nap_server_place)w->place, 0);
	}
	if (f->fd < 0)
		return false;
	nap_tags_add(&f->tags, w->tag, now);
	f->sent = now;
	/* the courier's passes the NAT half a round trip later, after the server's turn */
	f->received = now + (w->courier ? s->rtt : s->rtt / 2) + s->head.slack;
	return send_message(
		s, w->courier ? s->courier : f->fd, &w->message, (enum nap_server_place)w->place, w->ttl);
}

static bool submit(struct nap_stun_prober *s, const struct waiting *w)
{
	nap_time now = nap_clock();

	if (g_queue_is_empty(&s->waiting) && now >= s->next_free)
		return transmit(s, w, now);
	if (w->flow != COURIER)
		s->flow[w->flow].waiting++;
	g_queue_push_tail(&s->waiting, g_memdup2(w, sizeof(*w)));
	s->head.backlog = (nap_time)s->waiting.length * PACE;
	return true;
}

static void take_turns(struct nap_stun_prober *s)
{
	while (!g_queue_is_empty(&s->waiting) && nap_clock() >= s->next_free) {
		struct waiting *w = g_queue_pop_head(&s->waiting);

		if (w->flow != COURIER)
			s->flow[w->flow].waiting--;
		transmit(s, w, nap_clock());
		g_free(w);
	}
	s->head.backlog = (nap_time)s->waiting.length * PACE;
}

/* The courier's own requests: now and then to every place, so that each may answer to it through the strictest filter. */
static void keep_courier(struct nap_stun_prober *s, nap_time now)
{
	struct waiting w = { .flow = COURIER, .message = { .klass = NAP_STUN_REQUEST } };
	struct nap_inet at;
	bool others = s->keep_sent++ % KEEP_OTHERS == 0;

	name(s, &w.message, COURIER, s->keep_sent);
	for (uint8_t place = 0; place < (others ? NAP_SERVER_PLACES : 1); place++) {
		w.place = place;
		if (place_at(s, (enum nap_server_place)place, &at))
			submit(s, &w);
	}
	s->keep_due = now + (s->courier_mapped.family ? KEEP : KEEP / 4);
}

static struct nap_probe_event *note(
	struct nap_stun_prober *s, nap_flow flow, enum nap_end end, int place, uint32_t tag)
{
	struct nap_probe_event *e = g_new0(struct nap_probe_event, 1);

	e->flow = flow;
	e->what = NAP_GOT_PACKET;
	e->end = (uint8_t)end;
	e->place = (uint8_t)place;
	e->tag = tag;
	e->sent = NAP_NEVER;
	g_queue_push_tail(&s->events, e);
	return e;
}

/* An answer to the courier: to its own request, or the news that a flow's request arrived. */
static void courier_answer(struct nap_stun_prober *s, const struct nap_stun *m, int place, nap_time at)
{
	uint32_t flow, tag;
	struct stun_flow *f;
	struct nap_probe_event *e;

	if (!named(s, m, &flow, &tag))
		return;
	if (m->klass == NAP_STUN_ERROR)
		s->error = m->error;
	if (m->klass != NAP_STUN_SUCCESS || !m->mapped.family)
		return;
	if (flow == COURIER) {
		if (tag != s->keep_sent || place != NAP_AT_MAIN)
			return;
		s->rtt = s->rtt ? nap_time_min(s->rtt, at - s->keep_at) : at - s->keep_at;
		s->worst = nap_time_max(at - s->keep_at, s->worst - s->worst / 64);
		s->head.slack = s->worst / 2 + NAP_MS;
		s->courier_mapped = m->mapped;
		return;
	}
	if (flow >= s->n_flows || s->flow[flow].fd < 0)
		return;
	f = &s->flow[flow];
	s->obeys = true;
	f->mapped = m->mapped;
	e = note(s, flow, NAP_SERVER, place, tag);
	e->sent = nap_tags_time(&f->tags, tag);
	e->at = nap_time_max(at - s->rtt / 2, e->sent == NAP_NEVER ? 0 : e->sent);
	e->seen = nap_local_endpoint(&s->local, &m->mapped);
	if (e->sent == f->sent)
		f->received = e->at;
}

/* An answer on a flow: what the courier asked the server to send there. */
static void flow_answer(struct nap_stun_prober *s, nap_flow at_flow, const struct nap_stun *m, int place,
	const struct nap_inet *from, const struct nap_arrival *a)
{
	struct stun_flow *f = &s->flow[at_flow];
	uint32_t flow, tag;
	struct nap_probe_event *e;

	if (!named(s, m, &flow, &tag) || flow != at_flow || m->klass != NAP_STUN_SUCCESS)
		return;
	e = note(s, flow, NAP_CLIENT, place, tag);
	e->at = a->at;
	e->ttl = a->ttl;
	e->sent = nap_tags_time(&f->tags, tag);
	e->seen = nap_local_endpoint(&s->local, from);
	f->received = nap_time_max(f->received, a->at);
}

static void take_errors(struct nap_stun_prober *s, nap_flow flow)
{
	struct nap_icmp_error err;

	int fd = flow == COURIER ? s->courier : s->flow[flow].fd;

	for (int i = 0; i < NAP_SOCKET_BATCH && nap_socket_error(fd, &err); i++) {
		struct nap_probe_event *e;
		int place = place_of(s, &err.to);

		if (flow == COURIER || place < 0)
			continue;
		e = note(s, flow, NAP_CLIENT, place, 0);
		e->what = NAP_GOT_ICMP;
		e->at = nap_clock();
		e->icmp_type = err.type;
		e->icmp_code = err.code;
		e->ttl = err.ttl;
		e->seen = nap_local_endpoint(&s->local, &err.offender);
	}
}

static void ready(struct nap_stun_prober *s, uint32_t who)
{
	uint8_t buf[NAP_STUN_MAX + 1];
	struct nap_inet from;
	struct nap_arrival a;
	struct nap_stun m;
	ssize_t n;
	int fd;

	if (who != COURIER && s->flow[who].fd < 0)
		return;
	take_errors(s, who);
	fd = who == COURIER ? s->courier : s->flow[who].fd;
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
				s->head.can |= NAP_CAN_OTHER_ADDRESS;
			courier_answer(s, &m, place, a.at);
		} else {
			flow_answer(s, who, &m, place, &from, &a);
		}
	}
}

static bool turn(struct nap_stun_prober *s, nap_time until)
{
	struct epoll_event e[64];
	nap_time turn_due = g_queue_is_empty(&s->waiting) ? NAP_NEVER : s->next_free,
		 span = nap_time_min(nap_time_min(until, s->keep_due), turn_due) - nap_clock();
	struct timespec wait = { .tv_sec = MAX(span, 0) / NAP_S, .tv_nsec = MAX(span, 0) % NAP_S };
	int n = epoll_pwait2(s->epoll, e, G_N_ELEMENTS(e), &wait, NULL);

	for (int i = 0; i < n; i++)
		ready(s, e[i].data.u32);
	take_turns(s);
	if (nap_clock() >= s->keep_due)
		keep_courier(s, nap_clock());
	return n >= 0;
}

static nap_time stun_now(struct nap_prober *p)
{
	(void)p;
	return nap_clock();
}

static int bind_udp(const struct nap_inet *at)
{
	return nap_socket_udp(at, NULL);
}

static nap_flow stun_open(struct nap_prober *p, const struct nap_flow_spec *spec)
{
	struct nap_stun_prober *s = (struct nap_stun_prober *)p;
	struct epoll_event e = { .events = EPOLLIN, .data.u32 = s->n_flows };
	struct stun_flow *f;

	if (spec->proto != NAP_UDP || spec->host || spec->same_local || s->n_flows == MAX_FLOWS ||
		(spec->server_port && spec->server_port != s->port))
		return NAP_NO_FLOW;
	if (s->n_flows == s->room) {
		s->room = s->room ? 2 * s->room : 64;
		s->flow = g_renew(struct stun_flow, s->flow, s->room);
	}
	f = &s->flow[s->n_flows];
	memset(f, 0, sizeof(*f));
	f->fd = nap_local_bind(&s->local, spec->local_port, bind_udp, &f->local);
	if (f->fd < 0 || epoll_ctl(s->epoll, EPOLL_CTL_ADD, f->fd, &e)) {
		if (f->fd >= 0)
			close(f->fd);
		return NAP_NO_FLOW;
	}
	return s->n_flows++;
}

static void stun_close(struct nap_prober *p, nap_flow flow)
{
	struct nap_stun_prober *s = (struct nap_stun_prober *)p;

	if (s->flow[flow].fd >= 0)
		close(s->flow[flow].fd);
	s->flow[flow].fd = -1;
}

/* The server's packet: the courier asks for an answer to the flow's port. It passes the NAT half a round trip from now. */
static bool order(struct nap_stun_prober *s, nap_flow flow, const struct nap_sending *what)
{
	static const uint8_t change[NAP_SERVER_PLACES] = { 0, NAP_STUN_CHANGE_PORT, NAP_STUN_CHANGE_IP,
		NAP_STUN_CHANGE_PORT | NAP_STUN_CHANGE_IP };
	struct stun_flow *f = &s->flow[flow];
	struct waiting w = { .flow = flow,
		.courier = true,
		.tag = what->tag,
		.message = { .klass = NAP_STUN_REQUEST,
			.response_port = f->mapped.port,
			.change = change[what->place] } };

	name(s, &w.message, flow, what->tag);
	return f->mapped.family && submit(s, &w);
}

static bool stun_send(struct nap_prober *p, nap_flow flow, const struct nap_sending *what)
{
	struct nap_stun_prober *s = (struct nap_stun_prober *)p;
	struct stun_flow *f = &s->flow[flow];
	struct waiting w = { .flow = flow,
		.tag = what->tag,
		.place = what->place,
		.ttl = what->ttl,
		.message = { .klass = NAP_STUN_REQUEST, .response_port = s->courier_mapped.port } };
	struct nap_inet at;

	if (f->fd < 0 || what->act != NAP_ACT_DATA || what->to != NAP_NO_FLOW)
		return false;
	if (what->from == NAP_SERVER)
		return order(s, flow, what);
	name(s, &w.message, flow, what->tag);
	return place_at(s, (enum nap_server_place)what->place, &at) && submit(s, &w);
}

static bool stun_wait(struct nap_prober *p, nap_time until, struct nap_probe_event *ev)
{
	struct nap_stun_prober *s = (struct nap_stun_prober *)p;

	for (;;) {
		struct nap_probe_event *e = g_queue_pop_head(&s->events);

		if (e) {
			*ev = *e;
			g_free(e);
			return true;
		}
		if ((s->options.stop && *s->options.stop) || nap_clock() >= until || !turn(s, until))
			return false;
	}
}

static struct nap_endpoint stun_local(struct nap_prober *p, nap_flow flow)
{
	struct nap_stun_prober *s = (struct nap_stun_prober *)p;

	return nap_local_endpoint(&s->local, &s->flow[flow].local);
}

static void stun_name(struct nap_prober *p, nap_addr a, char out[NAP_ADDRESS_TEXT])
{
	nap_local_name(&((struct nap_stun_prober *)p)->local, a, out);
}

static const char *stun_advice(struct nap_prober *p, uint32_t lacking)
{
	(void)p;
	return lacking & NAP_CAN_OTHER_ADDRESS ? "needs a server with two addresses, and --alternate"
					       : "no STUN server can do it: needs natnap reflect";
}

static struct nap_flow_activity stun_activity(struct nap_prober *p, nap_flow flow)
{
	const struct stun_flow *f = &((struct nap_stun_prober *)p)->flow[flow];

	return (struct nap_flow_activity){ f->sent, f->received, !f->waiting };
}

static void stun_free(struct nap_prober *p)
{
	struct nap_stun_prober *s = (struct nap_stun_prober *)p;

	for (uint32_t i = 0; i < s->n_flows; i++)
		if (s->flow[i].fd >= 0)
			close(s->flow[i].fd);
	if (s->courier >= 0)
		close(s->courier);
	close(s->epoll);
	nap_local_clear(&s->local);
	g_queue_clear_full(&s->events, g_free);
	g_queue_clear_full(&s->waiting, g_free);
	g_free(s->flow);
	g_free(s);
}

static const struct nap_prober_ops stun_ops = {
	.now = stun_now,
	.open = stun_open,
	.close = stun_close,
	.send = stun_send,
	.wait = stun_wait,
	.local = stun_local,
	.name = stun_name,
	.advice = stun_advice,
	.activity = stun_activity,
	.free = stun_free,
};

/* Does an answer come to the courier for a request that another socket sent? */
static bool try_response_port(struct nap_stun_prober *s, nap_time end)
{
	nap_flow f = stun_open(&s->head, &(struct nap_flow_spec){ .proto = NAP_UDP });
	struct nap_sending what = NAP_SENDING_INIT;

	while (f != NAP_NO_FLOW && !s->obeys && !s->error && nap_clock() < end &&
		!(s->options.stop && *s->options.stop)) {
		what.tag++;
		stun_send(&s->head, f, &what);
		turn(s, nap_clock() + 500 * NAP_MS);
	}
	if (f != NAP_NO_FLOW)
		stun_close(&s->head, f);
	g_queue_clear_full(&s->events, g_free);
	return s->obeys;
}

static bool greet(struct nap_stun_prober *s, GError **error)
{
	nap_time end = nap_clock() + ANSWER_SPAN;
	g_autofree char *who = nap_inet_string(&s->options.server);

	while (!s->courier_mapped.family && nap_clock() < end && !(s->options.stop && *s->options.stop))
		turn(s, end);
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
	struct epoll_event e = { .events = EPOLLIN, .data.u32 = COURIER };

	s->options = *options;
	s->head = (struct nap_prober){
		.ops = &stun_ops, .can = NAP_CAN_SEE_ICMP | NAP_CAN_LISTEN, .pace = PACE, .slack = NAP_S
	};
	s->head.max_flows = nap_local_sockets();
	s->head.usual_port = s->port = options->server.port;
	s->epoll = epoll_create1(EPOLL_CLOEXEC);
	s->courier = -1;
	s->keep_due = nap_clock();
	nap_random_bytes(&s->secret, sizeof(s->secret));
	g_queue_init(&s->events);
	g_queue_init(&s->waiting);
	if (nap_local_init(&s->local, &options->server, error)) {
		struct nap_inet at;

		s->courier = nap_local_bind(&s->local, 0, bind_udp, &at);
	}
	if (s->courier < 0 || epoll_ctl(s->epoll, EPOLL_CTL_ADD, s->courier, &e) || !greet(s, error)) {
		if (error && !*error)
			g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "no UDP socket to be had");
		stun_free(&s->head);
		return NULL;
	}
	if (s->other_port)
		s->head.can |= NAP_CAN_OTHER_PORT;
	return &s->head;
}
