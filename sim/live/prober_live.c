/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/prober_live.h"

#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <gio/gio.h>

#include "live/live.h"
#include "live/reflector.h"
#include "live/sockets.h"

#define CONTROL    UINT32_MAX /* epoll's name of the control socket; of the others, see live.h */
#define HELLO_SPAN (10 * NAP_S)
#define MAX_FLOWS  (UINT32_C(1) << 20)
#define REPEATED                                                                                             \
	(250 * NAP_MS) /* no order takes so long unless it was repeated, or the way is longer: see control.c */
#define STALL     (50 * NAP_MS)  /* no turn takes so long: the process was kept from running */
#define PACE      (5 * NAP_MS)   /* well below what a reflector takes from one address */
#define LEAST_RTO (200 * NAP_MS) /* Linux: added to the round trip, at least */

static nap_time live_now(struct nap_prober *p)
{
	(void)p;
	return nap_clock();
}

nap_time nap_live_clock(struct nap_live *l, nap_time expected)
{
	nap_time now = nap_clock();

	if ((expected && now - expected > STALL) || now - l->awake > STALL)
		l->head.stalls++;
	l->awake = now;
	return now;
}

void nap_live_left(struct nap_live *l, struct nap_live_flow *f, nap_time began)
{
	nap_time now = nap_live_clock(l, began);

	f->sent = began;
	f->received = now + l->head.slack + nap_control_rtt(l->control) / 2;
	nap_control_expect(l->control, now);
}

bool nap_live_place(const struct nap_live *l, const struct nap_live_flow *f, enum nap_server_place place,
	struct nap_inet *out)
{
	bool other_port = place == NAP_AT_OTHER_PORT || place == NAP_AT_OTHER_BOTH;
	bool other_address = place == NAP_AT_OTHER_ADDRESS || place == NAP_AT_OTHER_BOTH;
	uint16_t port = l->ports[other_port ? (f->port ? 0 : 1) : f->port];

	if (!port || (other_address && !(l->head.can & NAP_CAN_OTHER_ADDRESS)))
		return false;
	*out = other_address ? l->options.alternate : l->options.server;
	out->port = port;
	return true;
}

int nap_live_place_of(const struct nap_live *l, const struct nap_live_flow *f, const struct nap_inet *from)
{
	struct nap_inet at;

	for (int place = 0; place < NAP_SERVER_PLACES; place++)
		if (nap_live_place(l, f, (enum nap_server_place)place, &at) && nap_inet_equal(&at, from))
			return place;
	return -1;
}

struct nap_probe_event *nap_live_note(
	struct nap_live *l, nap_flow flow, enum nap_got what, enum nap_end at_end, nap_time at)
{
	struct nap_probe_event *e = g_new0(struct nap_probe_event, 1);

	e->flow = flow;
	e->what = (uint8_t)what;
	e->end = (uint8_t)at_end;
	e->at = at;
	e->sent = NAP_NEVER;
	g_queue_push_tail(&l->events, e);
	return e;
}

nap_time nap_live_heard(struct nap_live *l, struct nap_live_flow *f, uint32_t tag, nap_time at)
{
	nap_time ordered = nap_tags_time(&f->tags[NAP_SERVER], tag);

	f->received = nap_time_max(f->received, at);
	if (ordered == NAP_NEVER)
		return ordered;
	f->sent = nap_time_max(f->sent, ordered);
	return at - ordered < nap_time_max(REPEATED, 4 * l->head.slack) ? ordered : NAP_NEVER;
}

/* enum nap_server_place and the wire's bits */
static const uint8_t to_wire[NAP_SERVER_PLACES] = {
	[NAP_AT_OTHER_PORT] = NAP_RECORD_OTHER_PORT,
	[NAP_AT_OTHER_ADDRESS] = NAP_RECORD_OTHER_ADDRESS,
	[NAP_AT_OTHER_BOTH] = NAP_RECORD_OTHER_PORT | NAP_RECORD_OTHER_ADDRESS,
};
static const uint8_t from_wire[NAP_RECORD_PLACES] = { NAP_AT_MAIN, NAP_AT_OTHER_PORT, NAP_AT_OTHER_ADDRESS,
	NAP_AT_OTHER_BOTH };

void nap_live_order(struct nap_live *l, nap_flow flow, enum nap_record_act act,
	const struct nap_sending *what, uint32_t price)
{
	struct nap_record_order o = { .flow = flow,
		.tag = what->tag,
		.act = (uint8_t)act,
		.place = to_wire[what->place],
		.flags = what->flags,
		.ttl = what->ttl,
		.again = what->again,
		.seq_shift = what->seq_shift,
		.len = (uint16_t)what->len };

	nap_control_order(l->control, nap_clock(), &o, price);
}

static bool order_for(struct nap_live *l, nap_flow flow, const struct nap_sending *what)
{
	struct nap_live_flow *f = &l->flow[flow];
	bool tcp = f->spec.proto == NAP_TCP;

	if (f->spec.raw != (what->act == NAP_ACT_SEGMENT))
		return false;
	nap_tags_add(&f->tags[NAP_SERVER], what->tag, nap_clock());
	switch (what->act) {
	case NAP_ACT_SEGMENT:
		nap_live_order(l, flow, NAP_RECORD_SEGMENT, what, 1);
		return true;
	case NAP_ACT_DATA:
		nap_live_order(l, flow, NAP_RECORD_SEND, what, tcp ? NAP_TCP_PRICE : 1);
		return true;
	case NAP_ACT_FIN:
		f->fin_tag[NAP_SERVER] = what->tag;
		nap_live_order(l, flow, NAP_RECORD_FIN, what, NAP_TCP_PRICE);
		return true;
	default:
		return false;
	}
}

static bool live_send(struct nap_prober *p, nap_flow flow, const struct nap_sending *what)
{
	struct nap_live *l = (struct nap_live *)p;

	g_assert(flow < l->n_flows);
	if (!l->flow[flow].open)
		return false;
	if (what->from == NAP_SERVER)
		return order_for(l, flow, what);
	return l->flow[flow].spec.raw ? nap_live_raw_send(l, flow, what) : nap_live_flow_send(l, flow, what);
}

static int port_index(const struct nap_live *l, uint16_t port)
{
	for (int i = 0; i < NAP_RECORD_PORTS; i++)
		if (l->ports[i] && (l->ports[i] == port || (!port && !i)))
			return i;
	return -1;
}

static nap_flow live_open(struct nap_prober *p, const struct nap_flow_spec *spec)
{
	struct nap_live *l = (struct nap_live *)p;
	int port = port_index(l, spec->server_port);
	struct nap_live_flow *f;

	if (port < 0 || spec->host || l->n_flows == MAX_FLOWS ||
		(spec->proto == NAP_ICMP && !(p->can & NAP_CAN_ECHO)) ||
		(spec->proto != NAP_UDP && spec->proto != NAP_TCP && spec->proto != NAP_ICMP) ||
		(spec->proto == NAP_TCP && !(p->can & (spec->raw ? NAP_CAN_RAW_TCP : NAP_CAN_TCP))))
		return NAP_NO_FLOW;
	if (l->n_flows == l->room) {
		l->room = l->room ? 2 * l->room : 64;
		l->flow = g_renew(struct nap_live_flow, l->flow, l->room);
	}
	f = &l->flow[l->n_flows];
	*f = (struct nap_live_flow){
		.spec = *spec, .fd = -1, .open = true, .port = (uint8_t)port, .opened = nap_clock()
	};
	if (!(spec->raw ? nap_live_raw_open(l, l->n_flows) : nap_live_flow_open(l, l->n_flows)))
		return NAP_NO_FLOW;
	return l->n_flows++;
}

static void live_close(struct nap_prober *p, nap_flow flow)
{
	struct nap_live *l = (struct nap_live *)p;

	g_assert(flow < l->n_flows);
	if (l->flow[flow].open)
		nap_live_flow_close(l, flow);
}

/* What the server met, as discovery's event. Numbers the server gives are checked, flows and times alike. */
static void take_event(struct nap_live *l, const struct nap_record_event *w, nap_time at)
{
	static const uint8_t got[NAP_RECORD_WHATS] = {
		[NAP_RECORD_GOT_PACKET] = NAP_GOT_PACKET,
		[NAP_RECORD_GOT_OPEN] = NAP_GOT_OPEN,
		[NAP_RECORD_GOT_FIN] = NAP_GOT_FIN,
		[NAP_RECORD_GOT_RST] = NAP_GOT_RST,
		[NAP_RECORD_GOT_ICMP] = NAP_GOT_ICMP,
		[NAP_RECORD_GOT_TIMEOUT] = NAP_GOT_FAILED,
	};
	struct nap_live_flow *f;
	struct nap_probe_event *e;

	if (w->flow >= l->n_flows || !l->flow[w->flow].open)
		return;
	f = &l->flow[w->flow];
	e = nap_live_note(l, w->flow, (enum nap_got)got[w->what], NAP_SERVER, nap_time_max(at, f->opened));
	e->place = from_wire[w->place];
	e->tag = f->spec.raw                     ? nap_tags_marked(&f->tags[NAP_CLIENT], w->tag)
		 : w->what == NAP_RECORD_GOT_FIN ? f->fin_tag[NAP_CLIENT]
						 : w->tag;
	e->flags = w->flags;
	e->icmp_type = w->icmp_type;
	e->icmp_code = w->icmp_code;
	e->ttl = w->ttl;
	e->seen = nap_local_endpoint(&l->local, &w->seen);
	if (w->what == NAP_RECORD_GOT_PACKET || w->what == NAP_RECORD_GOT_OPEN) {
		f->mapped = w->seen;
		e->sent = nap_tags_time(&f->tags[NAP_CLIENT], e->tag);
		if (e->sent != NAP_NEVER)
			e->at = nap_time_max(e->at, e->sent); /* the clocks agree only to within slack */
		if (e->sent == f->sent)
			f->received = e->at;
	}
}

static void order_done(void *ctx, const struct nap_record_order *order, uint8_t result, nap_time at)
{
	struct nap_live *l = ctx;
	struct nap_live_flow *f = &l->flow[order->flow];

	if (order->act == NAP_RECORD_EXPECT && result == NAP_RECORD_OK)
		nap_live_raw_expected(l, order->flow);
	if (result != NAP_RECORD_OK || order->act == NAP_RECORD_FORGET || order->act == NAP_RECORD_EXPECT ||
		at < f->sent)
		return;
	f->sent = nap_time_max(f->sent, nap_time_min(at, nap_tags_time(&f->tags[NAP_SERVER], order->tag)));
	f->received = at + l->head.slack + nap_control_rtt(l->control) / 2;
}

/* NULL: it is not refused. */
static const char *refusal_text(const struct nap_control *c)
{
	switch (nap_control_refused(c)) {
	case NAP_RECORD_FULL:
		return "the server has no room for another probe";
	case NAP_RECORD_OVER:
		return "the server has given this probe's place to another";
	default:
		return NULL;
	}
}

static void control_send(void *ctx, const uint8_t *data, size_t n)
{
	static const struct nap_inet as_routed;
	struct nap_live *l = ctx;

	nap_socket_send(l->control_fd, &as_routed, &l->options.server, data, n, 0);
}

static void control_ready(struct nap_live *l)
{
	uint8_t buf[NAP_RECORD_SIZE + 1];
	struct nap_inet from;
	struct nap_arrival a;
	struct nap_icmp_error err;
	struct nap_record w;
	struct nap_record_event event;
	nap_time at;
	ssize_t n;

	for (int i = 0; i < NAP_SOCKET_BATCH && nap_socket_error(l->control_fd, &err); i++)
		;
	for (int i = 0; i < NAP_SOCKET_BATCH &&
			(n = nap_socket_receive(l->control_fd, buf, NAP_RECORD_SIZE, &from, &a)) >= 0;
		i++) {
		nap_live_clock(l, a.at);
		if (nap_inet_equal(&from, &l->options.server) && nap_record_read(buf, (size_t)n, &w))
			nap_control_input(l->control, a.at, &w);
	}
	l->head.slack = nap_control_slack(l->control);
	l->head.heard = nap_control_heard(l->control);
	l->head.refused = refusal_text(l->control);
	while (nap_control_event(l->control, &event, &at))
		take_event(l, &event, at);
}

/* Waits until `until` at most and takes what came. False when interrupted. */
static bool turn(struct nap_live *l, nap_time until)
{
	struct epoll_event e[64];
	nap_time now = nap_live_clock(l, 0), due = nap_time_min(until, nap_control_deadline(l->control)),
		 span = due - now;
	struct timespec wait = { .tv_sec = MAX(span, 0) / NAP_S, .tv_nsec = MAX(span, 0) % NAP_S };
	int n = epoll_pwait2(l->epoll, e, G_N_ELEMENTS(e), &wait, NULL);

	l->awake = nap_clock(); /* asleep by its own will till now, or till due */
	now = nap_live_clock(l, n > 0 ? 0 : nap_time_max(now, due));
	for (int i = 0; i < n; i++) {
		if (e[i].data.u32 == CONTROL)
			control_ready(l);
		else if (e[i].data.u32 == NAP_LIVE_SNIFF)
			nap_live_raw_ready(l);
		else
			nap_live_flow_ready(l, e[i].data.u32, e[i].events);
	}
	nap_control_advance(l->control, now);
	return n >= 0;
}

static bool live_wait(struct nap_prober *p, nap_time until, struct nap_probe_event *ev)
{
	struct nap_live *l = (struct nap_live *)p;
	struct nap_probe_event *e;

	do {
		e = g_queue_pop_head(&l->events);
		if (e) {
			*ev = *e;
			g_free(e);
			return true;
		}
		if (l->options.stop && *l->options.stop)
			return false;
		if (!turn(l, until) && g_queue_is_empty(&l->events))
			return false;
	} while (!g_queue_is_empty(&l->events) || nap_clock() < until);
	return false;
}

static struct nap_endpoint live_local(struct nap_prober *p, nap_flow flow)
{
	struct nap_live *l = (struct nap_live *)p;

	return nap_local_endpoint(&l->local, &l->flow[flow].local);
}

static void live_name(struct nap_prober *p, nap_addr a, char out[NAP_ADDRESS_TEXT])
{
	nap_local_name(&((struct nap_live *)p)->local, a, out);
}

/* "--option 192.0.2.1: why", or just why, when the server has not told an address. */
static const char *suggest(
	struct nap_live *l, const char *option, struct nap_inet at, const char *why, const char *otherwise)
{
	g_autofree char *text = NULL;

	at.port = 0;
	if (!at.family)
		return otherwise;
	text = nap_inet_string(&at);
	g_snprintf(l->advice, sizeof(l->advice), "%s %s%s", option, text, why);
	return l->advice;
}

/* The server may tell addresses, but only the user may allow that they are sent to. */
static const char *live_advice(struct nap_prober *p, uint32_t lacking)
{
	struct nap_live *l = (struct nap_live *)p;
	const struct nap_record_welcome *w = nap_control_welcome(l->control);

	if (lacking & NAP_CAN_RAW_TCP)
		return w->raw_port ? "root is needed here for crafted segments"
				   : "needs crafted segments: root at both ends, and reflect --raw";
	if (lacking & NAP_CAN_ECHO)
		return w->features & NAP_RECORD_CAN_ECHO
			       ? "this host lets this user send no ICMP echo"
			       : "needs a server that crafts echo replies: reflect --raw";
	if (lacking & NAP_CAN_OTHER_ADDRESS)
		return suggest(l, "--alternate", w->other, " allows to send to the server's second address",
			"needs a server with two addresses: reflect --alternate");
	if (lacking & NAP_CAN_HAIRPIN)
		return suggest(l, "--public", w->seen,
			" allows to send to the address that the server sees this host at, if it is yours",
			NULL);
	return NULL;
}

static struct nap_flow_activity live_activity(struct nap_prober *p, nap_flow flow)
{
	return nap_live_flow_activity((struct nap_live *)p, flow);
}

static void live_free(struct nap_prober *p)
{
	struct nap_live *l = (struct nap_live *)p;

	for (uint32_t i = 0; i < l->n_flows; i++)
		if (l->flow[i].fd >= 0)
			close(l->flow[i].fd);
	if (l->control)
		nap_control_leave(l->control);
	if (l->control_fd >= 0)
		close(l->control_fd);
	close(l->epoll);
	nap_control_free(l->control);
	nap_raw_free(l->raw);
	nap_sniff_free(l->sniff);
	g_queue_clear_full(&l->events, g_free);
	nap_local_clear(&l->local);
	g_free(l->flow);
	g_free(l);
}

static const struct nap_prober_ops live_ops = {
	.now = live_now,
	.open = live_open,
	.close = live_close,
	.send = live_send,
	.wait = live_wait,
	.local = live_local,
	.name = live_name,
	.advice = live_advice,
	.activity = live_activity,
	.free = live_free,
};

static void learn(struct nap_live *l)
{
	const struct nap_record_welcome *w = nap_control_welcome(l->control);

	memcpy(l->ports, w->port, sizeof(l->ports));
	l->ports[0] = l->options.server.port;
	l->head.usual_port = l->ports[0];
	l->head.ports = l->ports + 1;
	while (l->head.n_ports + 1 < NAP_RECORD_PORTS && l->ports[l->head.n_ports + 1])
		l->head.n_ports++;
	l->head.can = NAP_CAN_SEE_ICMP | NAP_CAN_LISTEN;
	if (l->ports[1])
		l->head.can |= NAP_CAN_OTHER_PORT;
	if (w->other.family && nap_inet_same_host(&w->other, &l->options.alternate))
		l->head.can |= NAP_CAN_OTHER_ADDRESS;
	if (w->features & NAP_RECORD_CAN_TCP)
		l->head.can |= NAP_CAN_TCP | NAP_CAN_SAME_LOCAL;
	if (w->features & NAP_RECORD_CAN_ECHO && nap_live_can_echo(l))
		l->head.can |= NAP_CAN_ECHO;
	if (l->options.public.family)
		l->head.can |= NAP_CAN_HAIRPIN;
	if (l->options.raw && w->features & NAP_RECORD_CAN_RAW && w->raw_port && nap_live_raw_start(l))
		l->head.can |= NAP_CAN_RAW_TCP | NAP_CAN_SAME_LOCAL;
	l->head.slack = nap_control_slack(l->control);
	l->head.pace = PACE;
	l->head.retransmit = LEAST_RTO + nap_control_rtt(l->control);
	l->head.max_flows = nap_local_sockets();
	if (l->options.max_flows)
		l->head.max_flows = MIN(l->head.max_flows, l->options.max_flows);
}

static bool greet(struct nap_live *l, GError **error)
{
	nap_time end = nap_clock() + HELLO_SPAN;
	uint64_t association = 0;

	while (!association)
		nap_random_bytes(&association, sizeof(association));
	l->control = nap_control_new(association, nap_clock(), control_send, order_done, l);
	while (!nap_control_answered(l->control) && nap_clock() < end &&
		!(l->options.stop && *l->options.stop))
		turn(l, end);
	if (!nap_control_answered(l->control)) {
		g_autofree char *name = nap_inet_string(&l->options.server);

		if (nap_control_refused(l->control)) {
			g_set_error(error, G_IO_ERROR, G_IO_ERROR_BUSY, "%s: %s: try again later", name,
				refusal_text(l->control));
			return false;
		}
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
			"no reflector answers at %s over UDP: does natnap reflect run there, and may UDP "
			"reach it?",
			name);
		return false;
	}
	learn(l);
	return true;
}

struct nap_prober *nap_prober_live_new(const struct nap_live_options *options, GError **error)
{
	struct nap_live *l = g_new0(struct nap_live, 1);
	struct epoll_event e = { .events = EPOLLIN, .data.u32 = CONTROL };

	l->head.ops = &live_ops;
	l->options = *options;
	l->awake = nap_clock();
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	l->control_fd = -1;
	g_queue_init(&l->events);
	if (nap_local_init(&l->local, &options->server, error))
		l->control_fd = nap_socket_udp(&l->local.here, error);
	if (l->control_fd < 0 || epoll_ctl(l->epoll, EPOLL_CTL_ADD, l->control_fd, &e) || !greet(l, error)) {
		live_free(&l->head);
		return NULL;
	}
	return &l->head;
}
