/* SPDX-License-Identifier: BSD-2-Clause */
/* The flows' own sockets: UDP datagrams, TCP connections, ICMP echo, and what comes back on them. */
#include "live/live.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <netinet/in.h>

#include "live/sockets.h"
#include "live/stack.h"

int nap_live_bind(struct nap_live *l, struct nap_live_flow *f, int (*bind_at)(const struct nap_inet *at))
{
	uint16_t port = f->spec.same_local ? l->flow[f->spec.like].local.port : f->spec.local_port;

	return nap_local_bind(&l->local, port, bind_at, &f->local);
}

static int bind_udp(const struct nap_inet *at)
{
	return nap_socket_udp(at, NULL);
}

static int bind_tcp(const struct nap_inet *at)
{
	return nap_socket_tcp(at, true, NULL);
}

static int bind_echo(const struct nap_inet *at)
{
	return nap_socket_echo(at, false, NULL);
}

static int bind_echo_raw(const struct nap_inet *at)
{
	return nap_socket_echo(at, true, NULL);
}

bool nap_live_can_echo(struct nap_live *l)
{
	struct nap_inet at = l->local.here;
	int fd = -1;

	at.port = 1;
	fd = bind_echo(&at);
	l->echo_raw = fd < 0;
	if (fd < 0 && l->options.raw)
		fd = bind_echo_raw(&at);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

bool nap_live_flow_open(struct nap_live *l, nap_flow flow)
{
	struct nap_live_flow *f = &l->flow[flow];
	struct epoll_event e = { .events = f->spec.proto != NAP_TCP ? EPOLLIN : 0, .data.u32 = flow };

	f->fd = nap_live_bind(l, f,
		f->spec.proto == NAP_TCP   ? bind_tcp
		: f->spec.proto == NAP_UDP ? bind_udp
		: l->echo_raw              ? bind_echo_raw
					   : bind_echo);
	if (f->fd < 0)
		return false;
	/* a TCP socket that is not connecting yet would only report a hang-up */
	return f->spec.proto == NAP_TCP || epoll_ctl(l->epoll, EPOLL_CTL_ADD, f->fd, &e) == 0;
}

void nap_live_flow_close(struct nap_live *l, nap_flow flow)
{
	struct nap_live_flow *f = &l->flow[flow];

	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
	f->open = false;
	if (f->told)
		nap_live_order(l, flow, NAP_RECORD_FORGET, &(struct nap_sending){ 0 }, 0);
}

static bool send_record(
	struct nap_live *l, nap_flow flow, const struct nap_sending *what, const struct nap_inet *to)
{
	static const struct nap_inet as_bound;
	struct nap_live_flow *f = &l->flow[flow];
	struct nap_record w = { .type = NAP_RECORD_FLOW, .packet = { .flow = flow, .tag = what->tag } };
	uint8_t buf[NAP_RECORD_SIZE];
	nap_time now = nap_clock();
	bool ok;

	nap_control_stamp(l->control, &w);
	nap_record_write(&w, buf);
	if (f->spec.proto == NAP_TCP)
		ok = f->up && send(f->fd, buf, sizeof(buf), MSG_NOSIGNAL) == (ssize_t)sizeof(buf);
	else if (f->spec.proto == NAP_ICMP)
		ok = nap_socket_echo_send(f->fd, f->local.port, to, buf, sizeof(buf), what->ttl);
	else
		ok = nap_socket_send(f->fd, &as_bound, to, buf, sizeof(buf), what->ttl);
	if (!ok)
		return false;
	nap_tags_add(&f->tags[NAP_CLIENT], what->tag, now);
	f->told = true;
	nap_live_left(l, f, now);
	return true;
}

static bool start_connecting(struct nap_live *l, nap_flow flow, uint32_t tag)
{
	struct nap_live_flow *f = &l->flow[flow];
	struct epoll_event e = { .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP, .data.u32 = flow };
	struct nap_inet to;

	if (f->connecting || f->up || !nap_live_place(l, f, f->spec.place, &to) ||
		!nap_socket_connect(f->fd, &to))
		return false;
	f->connecting = true;
	f->sent = f->received = nap_clock();
	nap_tags_add(&f->tags[NAP_CLIENT], tag, f->sent);
	return epoll_ctl(l->epoll, EPOLL_CTL_ADD, f->fd, &e) == 0;
}

/* To another flow's mapped endpoint; only if that is the address the user called his own. */
static bool hairpin_target(const struct nap_live *l, nap_flow flow, struct nap_inet *to)
{
	if (flow >= l->n_flows || !nap_inet_same_host(&l->flow[flow].mapped, &l->options.public))
		return false;
	*to = l->flow[flow].mapped;
	return true;
}

bool nap_live_flow_send(struct nap_live *l, nap_flow flow, const struct nap_sending *what)
{
	struct nap_live_flow *f = &l->flow[flow];
	struct nap_inet to;

	if (f->fd < 0)
		return false;
	switch (what->act) {
	case NAP_ACT_CONNECT:
		return f->spec.proto == NAP_TCP && start_connecting(l, flow, what->tag);
	case NAP_ACT_FIN:
		if (!f->up || shutdown(f->fd, SHUT_WR))
			return false;
		f->sent = nap_clock();
		f->fin_tag[NAP_CLIENT] = what->tag;
		nap_tags_add(&f->tags[NAP_CLIENT], what->tag, f->sent);
		f->received = f->sent + l->head.slack;
		return true;
	case NAP_ACT_DATA:
		if (what->to != NAP_NO_FLOW)
			return hairpin_target(l, what->to, &to) && send_record(l, flow, what, &to);
		if (f->spec.proto == NAP_TCP)
			return send_record(l, flow, what, NULL);
		return nap_live_place(l, f, what->place, &to) && send_record(l, flow, what, &to);
	default:
		return false;
	}
}

/*
 * A record on a flow's socket: the server's FLOWED of this very flow or, hairpinned, another flow's FLOW. ICMP: an echo
 * that brings a FLOW back is the answer of the server's kernel, no work of the reflector, but it refreshes the boxes.
 */
static void take_record(struct nap_live *l, nap_flow flow, const uint8_t *buf, size_t n,
	const struct nap_inet *from, const struct nap_arrival *a)
{
	struct nap_live_flow *f = &l->flow[flow];
	struct nap_probe_event *e;
	struct nap_record w;
	bool echo = f->spec.proto == NAP_ICMP;
	int place = f->spec.proto == NAP_TCP ? (int)f->spec.place
		    : echo ? (nap_inet_same_host(from, &l->options.server) ? NAP_AT_MAIN : -1)
			   : nap_live_place_of(l, f, from);

	if (!nap_record_read(buf, n, &w) || !nap_control_ours(l->control, w.association))
		return;
	if (echo && place >= 0 && w.type == NAP_RECORD_FLOW && w.packet.flow == flow) {
		f->received = nap_time_max(f->received, a->at);
		return;
	}
	if (w.type == NAP_RECORD_FLOW ? echo || !l->options.public.family || w.packet.flow >= l->n_flows
				      : w.type != NAP_RECORD_FLOWED || w.packet.flow != flow || place < 0)
		return;
	e = nap_live_note(l, flow, NAP_GOT_PACKET, NAP_CLIENT, a->at);
	e->tag = w.packet.tag;
	e->ttl = a->ttl;
	e->seen = nap_local_endpoint(&l->local, from);
	if (w.type == NAP_RECORD_FLOW) {
		e->sent = nap_tags_time(&l->flow[w.packet.flow].tags[NAP_CLIENT], w.packet.tag);
		return;
	}
	e->place = (uint8_t)place;
	e->sent = nap_live_heard(l, f, e->tag, a->at);
}

static void take_errors(struct nap_live *l, nap_flow flow, nap_time now)
{
	struct nap_icmp_error err;

	for (int i = 0; i < NAP_SOCKET_BATCH && nap_socket_error(l->flow[flow].fd, &err); i++) {
		struct nap_probe_event *e = nap_live_note(l, flow, NAP_GOT_ICMP, NAP_CLIENT, now);
		int place = nap_live_place_of(l, &l->flow[flow], &err.to);

		e->place = place < 0 ? 0 : (uint8_t)place;
		e->icmp_type = err.type;
		e->icmp_code = err.code;
		e->ttl = err.ttl;
		e->seen = nap_local_endpoint(&l->local, &err.offender);
	}
}

static ssize_t receive(
	const struct nap_live_flow *f, uint8_t *buf, struct nap_inet *from, struct nap_arrival *a)
{
	return f->spec.proto == NAP_ICMP ? nap_socket_echo_receive(f->fd, buf, NAP_RECORD_SIZE, from, a)
					 : nap_socket_receive(f->fd, buf, NAP_RECORD_SIZE, from, a);
}

static void datagrams_ready(struct nap_live *l, nap_flow flow, nap_time now)
{
	uint8_t buf[NAP_RECORD_SIZE + 1];
	struct nap_inet from;
	struct nap_arrival a;
	ssize_t n;

	take_errors(l, flow, now);
	for (int i = 0; i < NAP_SOCKET_BATCH && (n = receive(&l->flow[flow], buf, &from, &a)) >= 0; i++) {
		nap_live_clock(l, a.at);
		take_record(l, flow, buf, (size_t)n, &from, &a);
	}
}

/* The end of a connection; its socket is not watched any more. */
static void end(struct nap_live *l, nap_flow flow, enum nap_got what, nap_time now)
{
	struct nap_live_flow *f = &l->flow[flow];

	struct nap_probe_event *e = nap_live_note(l, flow, what, NAP_CLIENT, now);

	e->place = f->spec.place;
	if (what == NAP_GOT_FIN)
		e->tag = f->fin_tag[NAP_SERVER];
	epoll_ctl(l->epoll, EPOLL_CTL_DEL, f->fd, NULL);
	if (what == NAP_GOT_FIN) {
		e->sent = nap_live_heard(l, f, e->tag, now);
		return;
	}
	f->up = f->connecting = false;
	close(f->fd);
	f->fd = -1;
}

static void connected(struct nap_live *l, nap_flow flow, nap_time now)
{
	struct nap_live_flow *f = &l->flow[flow];
	struct epoll_event watch = { .events = EPOLLIN | EPOLLRDHUP, .data.u32 = flow };
	struct nap_probe_event *e;
	int err = 0;
	socklen_t n = sizeof(err);

	take_errors(l, flow, now);
	if (getsockopt(f->fd, SOL_SOCKET, SO_ERROR, &err, &n) || err) {
		end(l, flow, NAP_GOT_FAILED, now);
		return;
	}
	f->connecting = false;
	f->up = true;
	epoll_ctl(l->epoll, EPOLL_CTL_MOD, f->fd, &watch);
	e = nap_live_note(l, flow, NAP_GOT_OPEN, NAP_CLIENT, now);
	e->place = f->spec.place;
	e->tag = nap_tags_last(&f->tags[NAP_CLIENT]);
	send_record(l, flow, &(struct nap_sending){ .tag = e->tag }, NULL); /* which flow this is */
}

static void tcp_ready(struct nap_live *l, nap_flow flow, nap_time now)
{
	struct nap_live_flow *f = &l->flow[flow];
	ssize_t n = recv(f->fd, f->buf + f->have, sizeof(f->buf) - f->have, 0);
	int why = errno; /* reading the queue of errors changes it */
	struct nap_inet from = { 0 };

	if (n == 0) {
		end(l, flow, NAP_GOT_FIN, now);
	} else if (n < 0 && why != EAGAIN) {
		take_errors(l, flow, now);
		end(l, flow, why == ECONNRESET || why == EPIPE ? NAP_GOT_RST : NAP_GOT_FAILED, now);
	} else if (n > 0) {
		f->have += (uint32_t)n;
		if (f->have < sizeof(f->buf))
			return;
		f->have = 0;
		nap_live_place(l, f, f->spec.place, &from);
		take_record(l, flow, f->buf, sizeof(f->buf), &from, &(struct nap_arrival){ .at = now });
	}
}

void nap_live_flow_ready(struct nap_live *l, nap_flow flow, uint32_t events)
{
	struct nap_live_flow *f = &l->flow[flow];
	nap_time now = nap_clock();

	if (f->fd < 0)
		return;
	if (f->spec.proto != NAP_TCP)
		datagrams_ready(l, flow, now);
	else if (f->connecting)
		connected(l, flow, now);
	else if (events)
		tcp_ready(l, flow, now);
}

/* TCP tells its last packets only through the kernel, in milliseconds ago. */
static void tcp_activity(struct nap_live *l, const struct nap_live_flow *f, struct nap_flow_activity *a)
{
	struct nap_stack_told told;
	nap_time last;

	if (f->fd < 0 || !nap_stack_ask(f->fd, &told))
		return;
	a->settled = a->settled && told.settled;
	if (!f->up)
		return;
	a->repeats = told.repeats;
	a->heard = told.heard;
	last = nap_clock() - told.quiet;
	if (last >
		a->sent) { /* the other end's packet, and our acknowledgement of it at once or 40 ms later */
		a->sent = last;
		a->received = last + 40 * NAP_MS + l->head.slack + nap_control_rtt(l->control) / 2;
	}
}

struct nap_flow_activity nap_live_flow_activity(struct nap_live *l, nap_flow flow)
{
	const struct nap_live_flow *f = &l->flow[flow];
	struct nap_flow_activity a = { f->sent, f->received, !nap_control_busy(l->control, flow), 0, 0 };

	if (f->spec.proto == NAP_TCP && !f->spec.raw)
		tcp_activity(l, f, &a);
	return a;
}
