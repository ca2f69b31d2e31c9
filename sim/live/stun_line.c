/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/stun_line.h"

#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "live/sockets.h"

#define PACE                                                                                                 \
	(100 * NAP_MS) /* RFC 5780 5: no more than ten new transactions a second, so none sooner after another */

bool nap_stun_line_init(struct nap_stun_line *l, const struct nap_inet *server, GError **error)
{
	l->head.pace = PACE;
	l->head.slack = NAP_S;
	l->head.max_flows = nap_local_sockets();
	l->head.usual_port = server->port;
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	nap_random_bytes(&l->secret, sizeof(l->secret));
	g_queue_init(&l->events);
	g_queue_init(&l->waiting);
	return nap_local_init(&l->local, server, error);
}

void nap_stun_line_clear(struct nap_stun_line *l)
{
	for (uint32_t i = 0; i < l->n_flows; i++)
		nap_stun_line_close(&l->head, i);
	close(l->epoll);
	nap_local_clear(&l->local);
	g_queue_clear_full(&l->events, g_free);
	g_queue_clear_full(&l->waiting, g_free);
	g_free(l->flow);
}

bool nap_stun_line_stopped(const struct nap_stun_line *l)
{
	return l->stop && *l->stop;
}

void nap_stun_line_forget_events(struct nap_stun_line *l)
{
	g_queue_clear_full(&l->events, g_free);
}

static bool watch(struct nap_stun_line *l, int fd, uint32_t who)
{
	struct epoll_event e = { .events = EPOLLIN, .data.u32 = who };

	return epoll_ctl(l->epoll, EPOLL_CTL_ADD, fd, &e) == 0;
}

static int bind_udp(const struct nap_inet *at)
{
	return nap_socket_udp(at, NULL);
}

static int watched_socket(struct nap_stun_line *l, uint16_t port, uint32_t who, struct nap_inet *at)
{
	int fd = nap_local_bind(&l->local, port, bind_udp, at);

	if (fd >= 0 && watch(l, fd, who))
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

int nap_stun_line_own_socket(struct nap_stun_line *l)
{
	struct nap_inet at;

	return watched_socket(l, 0, NAP_STUN_NOBODY, &at);
}

void nap_stun_line_name(const struct nap_stun_line *l, struct nap_stun *m, uint32_t flow, uint32_t tag)
{
	memcpy(m->id, &l->secret, 4);
	memcpy(m->id + 4, &flow, 4);
	memcpy(m->id + 8, &tag, 4);
}

bool nap_stun_line_named(
	const struct nap_stun_line *l, const struct nap_stun *m, uint32_t *flow, uint32_t *tag)
{
	memcpy(flow, m->id + 4, 4);
	memcpy(tag, m->id + 8, 4);
	return memcmp(m->id, &l->secret, 4) == 0;
}

static bool transmit(struct nap_stun_line *l, const struct nap_stun_request *r, nap_time now)
{
	l->next_free = now + PACE;
	return l->transmit(l, r, now);
}

bool nap_stun_line_submit(struct nap_stun_line *l, const struct nap_stun_request *r)
{
	nap_time now = nap_clock();

	if (g_queue_is_empty(&l->waiting) && now >= l->next_free)
		return transmit(l, r, now);
	if (r->flow != NAP_STUN_NOBODY)
		l->flow[r->flow].waiting++;
	g_queue_push_tail(&l->waiting, g_memdup2(r, sizeof(*r)));
	l->head.backlog = (nap_time)l->waiting.length * PACE;
	return true;
}

static void take_turns(struct nap_stun_line *l)
{
	while (!g_queue_is_empty(&l->waiting) && nap_clock() >= l->next_free) {
		struct nap_stun_request *r = g_queue_pop_head(&l->waiting);

		if (r->flow != NAP_STUN_NOBODY)
			l->flow[r->flow].waiting--;
		transmit(l, r, nap_clock());
		g_free(r);
	}
	l->head.backlog = (nap_time)l->waiting.length * PACE;
}

void nap_stun_line_leaves(
	struct nap_stun_line *l, const struct nap_stun_request *r, nap_time now, nap_time span)
{
	struct nap_stun_flow *f = &l->flow[r->flow];

	nap_tags_add(&f->tags, r->tag, now);
	f->sent = now;
	f->received = now + span + l->head.slack;
}

void nap_stun_line_measure(struct nap_stun_line *l, nap_time took)
{
	l->rtt = l->rtt ? nap_time_min(l->rtt, took) : took;
	l->worst = nap_time_max(took, l->worst - l->worst / 64);
	l->head.slack = l->worst / 2 + NAP_MS;
}

struct nap_probe_event *nap_stun_line_note(
	struct nap_stun_line *l, nap_flow flow, enum nap_end end, int place, uint32_t tag)
{
	struct nap_probe_event *e = g_new0(struct nap_probe_event, 1);

	e->flow = flow;
	e->what = NAP_GOT_PACKET;
	e->end = (uint8_t)end;
	e->place = (uint8_t)place;
	e->tag = tag;
	e->sent = nap_tags_time(&l->flow[flow].tags, tag);
	g_queue_push_tail(&l->events, e);
	return e;
}

bool nap_stun_line_turn(struct nap_stun_line *l, nap_time until)
{
	struct epoll_event e[64];
	nap_time due = g_queue_is_empty(&l->waiting) ? NAP_NEVER : l->next_free,
		 span = nap_time_min(until, due) - nap_clock();
	struct timespec wait = { .tv_sec = MAX(span, 0) / NAP_S, .tv_nsec = MAX(span, 0) % NAP_S };
	int n = epoll_pwait2(l->epoll, e, G_N_ELEMENTS(e), &wait, NULL);

	for (int i = 0; i < n; i++)
		l->ready(l, e[i].data.u32);
	take_turns(l);
	return n >= 0;
}

nap_time nap_stun_line_now(struct nap_prober *p)
{
	(void)p;
	return nap_clock();
}

nap_flow nap_stun_line_open(struct nap_prober *p, const struct nap_flow_spec *spec)
{
	struct nap_stun_line *l = (struct nap_stun_line *)p;
	struct nap_stun_flow *f;

	if (spec->proto != NAP_UDP || spec->host || spec->same_local || l->n_flows == l->most)
		return NAP_NO_FLOW;
	if (l->n_flows == l->room) {
		l->room = l->room ? 2 * l->room : 16;
		l->flow = g_renew(struct nap_stun_flow, l->flow, l->room);
	}
	f = &l->flow[l->n_flows];
	memset(f, 0, sizeof(*f));
	f->fd = watched_socket(l, spec->local_port, l->n_flows, &f->local);
	return f->fd >= 0 ? l->n_flows++ : NAP_NO_FLOW;
}

void nap_stun_line_close(struct nap_prober *p, nap_flow flow)
{
	struct nap_stun_flow *f = &((struct nap_stun_line *)p)->flow[flow];

	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}

bool nap_stun_line_wait(struct nap_prober *p, nap_time until, struct nap_probe_event *ev)
{
	struct nap_stun_line *l = (struct nap_stun_line *)p;

	for (;;) {
		struct nap_probe_event *e = g_queue_pop_head(&l->events);

		if (e) {
			*ev = *e;
			g_free(e);
			return true;
		}
		if (nap_stun_line_stopped(l) || nap_clock() >= until || !l->turn(l, until))
			return false;
	}
}

struct nap_endpoint nap_stun_line_local(struct nap_prober *p, nap_flow flow)
{
	struct nap_stun_line *l = (struct nap_stun_line *)p;

	return nap_local_endpoint(&l->local, &l->flow[flow].local);
}

void nap_stun_line_address(struct nap_prober *p, nap_addr a, char out[NAP_ADDRESS_TEXT])
{
	nap_local_name(&((struct nap_stun_line *)p)->local, a, out);
}

struct nap_flow_activity nap_stun_line_activity(struct nap_prober *p, nap_flow flow)
{
	const struct nap_stun_flow *f = &((struct nap_stun_line *)p)->flow[flow];

	return (struct nap_flow_activity){ f->sent, f->received, !f->waiting, 0, 0 };
}
