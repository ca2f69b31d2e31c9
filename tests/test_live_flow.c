/* SPDX-License-Identifier: BSD-2-Clause */
/* A live prober's TCP flow over loopback: what its end is called. */
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib.h>

#include "live/live.h"
#include "live/sockets.h"

static void discard(void *ctx, const uint8_t *data, size_t n)
{
	(void)ctx;
	(void)data;
	(void)n;
}

static struct nap_live *prober(const struct nap_inet *server)
{
	struct nap_live *l = g_new0(struct nap_live, 1);

	l->options.server = *server;
	l->ports[0] = server->port;
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	l->control = nap_control_new(1, nap_clock(), discard, NULL, l);
	g_queue_init(&l->events);
	g_assert_true(nap_local_init(&l->local, server, NULL));
	l->flow = g_new0(struct nap_live_flow, 1);
	l->n_flows = 1;
	l->flow[0] = (struct nap_live_flow){ .spec = { .proto = NAP_TCP }, .fd = -1, .open = true };
	g_assert_true(nap_live_flow_open(l, 0));
	return l;
}

static void prober_free(struct nap_live *l)
{
	if (l->flow[0].fd >= 0)
		close(l->flow[0].fd);
	close(l->epoll);
	nap_control_free(l->control);
	nap_local_clear(&l->local);
	g_queue_clear_full(&l->events, g_free);
	g_free(l->flow);
	g_free(l);
}

/* The next event of the flow's socket; loopback is never late. */
static enum nap_got next(struct nap_live *l)
{
	struct nap_probe_event *ev;
	enum nap_got what;

	while (!(ev = g_queue_pop_head(&l->events))) {
		struct epoll_event e;

		g_assert_cmpint(epoll_wait(l->epoll, &e, 1, 10000), ==, 1);
		nap_live_flow_ready(l, e.data.u32, e.events);
	}
	what = (enum nap_got)ev->what;
	g_free(ev);
	return what;
}

/* A server that closes in one way or another. */
static void ends_as(bool reset, enum nap_got want)
{
	struct nap_inet here = { .family = 4, .addr = { 127, 0, 0, 1 } };
	struct linger hard = { .l_onoff = 1, .l_linger = 0 };
	int listener = nap_socket_listen(&here, false, NULL), peer;
	struct nap_sending connect = { .act = NAP_ACT_CONNECT, .tag = 1, .to = NAP_NO_FLOW };
	struct nap_live *l;

	g_assert_true(nap_socket_local(listener, &here));
	l = prober(&here);
	g_assert_true(nap_live_flow_send(l, 0, &connect));
	g_assert_cmpint(next(l), ==, NAP_GOT_OPEN);
	peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	g_assert_cmpint(peer, >=, 0);
	if (reset)
		g_assert_cmpint(setsockopt(peer, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard)), ==, 0);
	else
		g_assert_cmpint(shutdown(peer, SHUT_WR), ==, 0);
	if (reset)
		close(peer);
	g_assert_cmpint(next(l), ==, want);
	if (!reset)
		close(peer);
	prober_free(l);
	close(listener);
}

static void test_reset(void)
{
	ends_as(true, NAP_GOT_RST);
}

static void test_fin(void)
{
	ends_as(false, NAP_GOT_FIN);
}

/* Nobody listens: the handshake fails. */
static void test_refused(void)
{
	struct nap_inet here = { .family = 4, .addr = { 127, 0, 0, 1 } };
	struct nap_sending connect = { .act = NAP_ACT_CONNECT, .tag = 1, .to = NAP_NO_FLOW };
	int bound = nap_socket_tcp(&here, false, NULL); /* holds a port without listening */
	struct nap_live *l;

	g_assert_true(nap_socket_local(bound, &here));
	l = prober(&here);
	g_assert_true(nap_live_flow_send(l, 0, &connect));
	g_assert_cmpint(next(l), ==, NAP_GOT_FAILED);
	prober_free(l);
	close(bound);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/live/flow/reset", test_reset);
	g_test_add_func("/live/flow/fin", test_fin);
	g_test_add_func("/live/flow/refused", test_refused);
	return g_test_run();
}
