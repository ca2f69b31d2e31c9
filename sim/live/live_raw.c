/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The client's raw TCP flows. A listening socket that discards all holds the
 * local port, so that the kernel neither uses it nor answers for it. The server
 * is told of a flow before its first segment, which it then knows by its number.
 */
#include "live/live.h"

#include <sys/epoll.h>

#include "live/sockets.h"

#define ISN_SPACING (UINT32_C(1) << 22) /* above twice the reach by which the reflector tells flows apart */

bool nap_live_raw_start(struct nap_live *l)
{
	const struct nap_record_welcome *w = nap_control_welcome(l->control);
	struct epoll_event e = { .events = EPOLLIN, .data.u32 = NAP_LIVE_SNIFF };
	struct nap_inet main = l->options.server, other = l->options.alternate;
	g_autofree char *a = NULL, *b = NULL, *filter = NULL;

	main.port = other.port = 0;
	a = nap_inet_string(&main);
	b = nap_inet_string(other.family ? &other : &main);
	filter = g_strdup_printf(
		"(tcp and (src host %s or src host %s) and src portrange %u-%u) or icmp or icmp6", a, b,
		w->raw_port, w->raw_port + 1);
	l->raw = nap_raw_open();
	l->sniff = l->raw ? nap_sniff_open(filter) : NULL;
	if (!l->sniff || epoll_ctl(l->epoll, EPOLL_CTL_ADD, nap_sniff_fd(l->sniff), &e)) {
		g_clear_pointer(&l->raw, nap_raw_free);
		g_clear_pointer(&l->sniff, nap_sniff_free);
		return false;
	}
	nap_random_bytes(&l->next_isn, sizeof(l->next_isn));
	return true;
}

static int bind_silent(const struct nap_inet *at)
{
	return nap_socket_listen(at, true, NULL);
}

bool nap_live_raw_open(struct nap_live *l, nap_flow flow)
{
	struct nap_live_flow *f = &l->flow[flow];
	struct nap_record_order o = { .flow = flow, .act = NAP_RECORD_EXPECT, .isn = l->next_isn };

	if (f->spec.same_local) {
		f->local = l->flow[f->spec.like].local;
	} else {
		f->fd = nap_live_bind(l, f, bind_silent);
		if (f->fd < 0)
			return false;
	}
	f->tcb.next = l->next_isn;
	l->next_isn += ISN_SPACING;
	f->told = true;
	nap_control_order(l->control, nap_clock(), &o, 0);
	return true;
}

/* The server's raw endpoint at a place. */
static bool raw_place(const struct nap_live *l, enum nap_server_place place, struct nap_inet *out)
{
	bool other_address = place == NAP_AT_OTHER_ADDRESS || place == NAP_AT_OTHER_BOTH;
	uint16_t port = nap_control_welcome(l->control)->raw_port;

	if (other_address && !(l->head.can & NAP_CAN_OTHER_ADDRESS))
		return false;
	*out = other_address ? l->options.alternate : l->options.server;
	out->port = (uint16_t)(place == NAP_AT_OTHER_PORT || place == NAP_AT_OTHER_BOTH ? port + 1 : port);
	return true;
}

static bool transmit(struct nap_live *l, nap_flow flow, const struct nap_sending *what)
{
	struct nap_live_flow *f = &l->flow[flow];
	struct nap_segment s = { .src = f->local,
		.flags = what->flags,
		.ttl = what->ttl,
		.len = (uint16_t)what->len,
		.window = nap_segment_window(what->tag) };
	nap_time now = nap_clock();

	if (what->len > NAP_SEGMENT_DATA || !raw_place(l, (enum nap_server_place)f->spec.place, &s.dst))
		return false;
	nap_tcb_send(&f->tcb, what->again, what->seq_shift, &s);
	if (!nap_raw_send(l->raw, &s))
		return false;
	nap_tags_add(&f->tags[NAP_CLIENT], what->tag, now);
	nap_live_left(l, f, now);
	return true;
}

bool nap_live_raw_send(struct nap_live *l, nap_flow flow, const struct nap_sending *what)
{
	struct nap_live_flow *f = &l->flow[flow];

	if (what->act != NAP_ACT_SEGMENT)
		return false;
	if (f->expected)
		return transmit(l, flow, what);
	if (f->n_waiting == NAP_LIVE_WAITING)
		return false;
	f->waiting[f->n_waiting++] = *what;
	return true;
}

void nap_live_raw_expected(struct nap_live *l, nap_flow flow)
{
	struct nap_live_flow *f = &l->flow[flow];

	f->expected = true;
	for (uint32_t i = 0; f->open && i < f->n_waiting; i++)
		transmit(l, flow, &f->waiting[i]);
	f->n_waiting = 0;
}

/* The raw flow at a local port; of those that share it, the one that goes to place. */
static nap_flow flow_at(const struct nap_live *l, uint16_t port, int place)
{
	nap_flow best = NAP_NO_FLOW;

	for (nap_flow i = 0; i < l->n_flows; i++) {
		const struct nap_live_flow *f = &l->flow[i];

		if (f->open && f->spec.raw && f->local.port == port &&
			(best == NAP_NO_FLOW || f->spec.place == place))
			best = i;
	}
	return best;
}

static int place_at(const struct nap_live *l, const struct nap_inet *from)
{
	struct nap_inet at;

	for (int place = 0; place < NAP_SERVER_PLACES; place++)
		if (raw_place(l, (enum nap_server_place)place, &at) && nap_inet_equal(&at, from))
			return place;
	return -1;
}

static void take_frame(struct nap_live *l, const struct nap_frame *frame, nap_time now)
{
	const struct nap_segment *s = &frame->segment;
	const struct nap_inet *mine = frame->icmp ? &s->src : &s->dst;
	int place = place_at(l, frame->icmp ? &s->dst : &s->src);
	nap_flow flow = place < 0 || !nap_inet_same_host(mine, &l->local.here)
				? NAP_NO_FLOW
				: flow_at(l, mine->port, place);
	struct nap_live_flow *f;
	struct nap_probe_event *e;

	if (flow == NAP_NO_FLOW || frame->echo) /* a ping's identifier is no port */
		return;
	f = &l->flow[flow];
	e = nap_live_note(l, flow,
		frame->icmp          ? NAP_GOT_ICMP
		: s->flags & NAP_RST ? NAP_GOT_RST
				     : NAP_GOT_PACKET,
		NAP_CLIENT, now);
	e->place = (uint8_t)place;
	e->icmp_type = frame->icmp_type;
	e->icmp_code = frame->icmp_code;
	e->ttl = frame->hops_left;
	e->seen = nap_local_endpoint(&l->local, frame->icmp ? &frame->offender : &s->src);
	if (frame->icmp)
		return;
	nap_tcb_receive(&f->tcb, s);
	e->flags = s->flags;
	e->tag = nap_tags_marked(&f->tags[NAP_SERVER], nap_segment_mark(s->window));
	if (!e->tag)
		return;
	e->sent = nap_live_heard(l, f, e->tag, now);
}

void nap_live_raw_ready(struct nap_live *l)
{
	struct nap_frame frame;

	for (int i = 0; i < NAP_SOCKET_BATCH && nap_sniff_next(l->sniff, &frame); i++) {
		nap_live_clock(l, frame.at);
		take_frame(l, &frame, frame.at);
	}
}
