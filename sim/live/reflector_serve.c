/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/reflector_serve.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <gio/gio.h>

#include "live/confine.h"
#include "live/privilege.h"
#include "live/raw.h"
#include "live/sniff.h"
#include "live/sockets.h"

enum kind { UDP, LISTEN, CONN, RAW };

/* One bound socket: which place it is. */
struct sock {
	int fd;
	enum kind kind;
	uint8_t port, alt, family;
};

#define MAX_SOCKS                                                                                            \
	(4 * (2 * NAP_RECORD_PORTS + 2)) /* two families, two addresses; UDP and TCP on each port, two raw */

struct server {
	struct nap_reflector *reflector;
	struct nap_reflector_config config;
	struct sock sock[MAX_SOCKS];
	uint32_t n_socks;
	int *conn;       /* file descriptor of each connection, -1 */
	nap_time *since; /* when each was accepted */
	bool *half;      /* the far side has closed */
	int epoll;
	int spare;           /* a descriptor to give away when there are no more */
	struct nap_raw *raw; /* with sniff: both or neither */
	struct nap_sniff *sniff;
};

static bool send_datagram(void *ctx, const struct nap_reflect_path *to, const uint8_t *data, size_t n)
{
	struct server *s = ctx;

	if (to->echo)
		return s->raw && nap_raw_echo_reply(s->raw, &to->local, &to->remote, data, n);
	for (uint32_t i = 0; i < s->n_socks; i++) {
		const struct sock *k = &s->sock[i];

		if (k->kind == UDP && k->port == to->port && k->alt == to->alt &&
			k->family == to->remote.family)
			return nap_socket_send(k->fd, &to->local, &to->remote, data, n, 0);
	}
	return false;
}

static bool send_stream(void *ctx, int32_t conn, const uint8_t *data, size_t n)
{
	struct server *s = ctx;

	return s->conn[conn] >= 0 && send(s->conn[conn], data, n, MSG_NOSIGNAL) == (ssize_t)n;
}

static bool finish_stream(void *ctx, int32_t conn)
{
	struct server *s = ctx;

	return s->conn[conn] >= 0 && shutdown(s->conn[conn], SHUT_WR) == 0;
}

static void drop_stream(void *ctx, int32_t conn, bool reset)
{
	struct server *s = ctx;
	struct linger hard = { .l_onoff = 1, .l_linger = 0 };

	if (s->conn[conn] < 0)
		return;
	if (reset)
		setsockopt(s->conn[conn], SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	close(s->conn[conn]);
	s->conn[conn] = -1;
}

static bool send_segment(void *ctx, const struct nap_segment *segment)
{
	struct server *s = ctx;

	return nap_raw_send(s->raw, segment);
}

static void raw_ready(struct server *s, nap_time now)
{
	struct nap_frame frame;

	for (int i = 0; i < NAP_SOCKET_BATCH && nap_sniff_next(s->sniff, &frame); i++)
		nap_reflector_frame(s->reflector, now, &frame);
}

/* Crafting and watching on a raw port and the next. */
static bool open_raw(struct server *s, uint16_t port, GError **error)
{
	g_autofree char *filter =
		g_strdup_printf("(tcp and dst portrange %u-%u) or icmp or icmp6", port, port + 1);

	s->raw = nap_raw_open();
	s->sniff = s->raw ? nap_sniff_open(filter) : NULL;
	if (s->sniff)
		return true;
	g_clear_pointer(&s->raw, nap_raw_free);
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
		"crafted segments need root (or CAP_NET_RAW) and a natnap that was built with libnet");
	return false;
}

static bool watch(struct server *s, int fd, enum kind kind, uint32_t index, uint32_t events)
{
	struct epoll_event e = { .events = events, .data.u64 = (uint64_t)kind << 32 | index };

	return epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &e) == 0;
}

static bool add_socket(
	struct server *s, enum kind kind, struct nap_inet at, uint8_t port, uint8_t alt, GError **error)
{
	struct sock *k = &s->sock[s->n_socks];

	at.port = kind == RAW ? (uint16_t)(s->config.raw_port + port) : s->config.port[port];
	*k = (struct sock){ .kind = kind, .port = port, .alt = alt, .family = at.family };
	k->fd = kind == UDP ? nap_socket_udp(&at, error) : nap_socket_listen(&at, kind == RAW, error);
	if (k->fd < 0)
		return false;
	s->n_socks++;
	/* a silent socket only keeps the kernel from answering for its port */
	return kind == RAW || watch(s, k->fd, kind, s->n_socks - 1, EPOLLIN);
}

/* All sockets of one address. A wildcard address of a family this machine lacks is passed over. */
static bool add_address(
	struct server *s, const struct nap_inet *at, uint8_t alt, bool optional, GError **error)
{
	for (uint8_t i = 0; i < NAP_RECORD_PORTS && s->config.port[i]; i++) {
		g_autoptr(GError) why = NULL;

		if (!add_socket(s, UDP, *at, i, alt, &why)) {
			if (optional && !i)
				return true;
			g_propagate_error(error, g_steal_pointer(&why));
			return false;
		}
		if (!add_socket(s, LISTEN, *at, i, alt, error))
			return false;
	}
	return !s->config.raw_port ||
	       (add_socket(s, RAW, *at, 0, alt, error) && add_socket(s, RAW, *at, 1, alt, error));
}

static bool add_all(struct server *s, const struct nap_reflector_options *o, GError **error)
{
	static const struct nap_inet any[2] = { { .family = 4 }, { .family = 6 } };
	bool wild = o->n_listen == 0;
	uint32_t n = wild ? 2 : o->n_listen;

	/* a second address is bound before the wildcard would take its port */
	for (uint32_t i = 0; i < 2; i++)
		if (o->other[i].family && !add_address(s, &o->other[i], 1, false, error))
			return false;
	for (uint32_t i = 0; i < n; i++)
		if (!add_address(s, wild ? &any[i] : &o->listen[i], 0, wild && i == 1, error))
			return false;
	return true;
}

/* No descriptor is left: the first in the queue is turned away, as it would wake this process for ever. */
static void turn_away(struct server *s, const struct sock *k)
{
	int fd;

	close(s->spare);
	fd = accept4(k->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd >= 0)
		close(fd);
	s->spare = fcntl(s->epoll, F_DUPFD_CLOEXEC, 0);
}

static void accept_all(struct server *s, const struct sock *k, nap_time now)
{
	for (int i = 0; i < NAP_SOCKET_BATCH; i++) {
		struct sockaddr_storage ss;
		socklen_t len = sizeof(ss);
		struct nap_reflect_path path = { .port = k->port, .alt = k->alt, .conn = -1 };
		int fd = accept4(k->fd, (struct sockaddr *)&ss, &len, SOCK_NONBLOCK | SOCK_CLOEXEC), one = 1;
		unsigned patience = NAP_TCP_PATIENCE_MS;
		int32_t conn;

		if (fd < 0 && (errno == EMFILE || errno == ENFILE)) {
			turn_away(s, k);
			continue;
		}
		if (fd < 0)
			return;
		if (!nap_inet_from_sockaddr(&ss, len, &path.remote) ||
			(conn = nap_reflector_accept(s->reflector, now, &path)) < 0) {
			close(fd);
			continue;
		}
		setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &patience, sizeof(patience));
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		s->conn[conn] = fd;
		s->since[conn] = now;
		s->half[conn] = false;
		if (!watch(s, fd, CONN, (uint32_t)conn, EPOLLIN | EPOLLRDHUP)) {
			nap_reflector_closed(s->reflector, conn);
			drop_stream(s, conn, true);
		}
	}
}

static void conn_ended(struct server *s, int32_t conn, nap_time now, enum nap_record_what what)
{
	struct epoll_event e = { .events = 0, .data.u64 = (uint64_t)CONN << 32 | (uint32_t)conn };

	s->half[conn] = nap_reflector_ended(s->reflector, now, conn, what);
	if (s->half[conn])
		epoll_ctl(s->epoll, EPOLL_CTL_MOD, s->conn[conn],
			&e); /* half-closed: only its end is of interest now */
	else
		drop_stream(s, conn, false);
}

/* Of a half-closed connection nothing more can come but its end: an error, or that this side has closed as well. */
static void half_closed_ready(struct server *s, int32_t conn, nap_time now)
{
	int err = 0;
	socklen_t n = sizeof(err);

	if (getsockopt(s->conn[conn], SOL_SOCKET, SO_ERROR, &err, &n) == 0 && err) {
		conn_ended(s, conn, now, err == ETIMEDOUT ? NAP_RECORD_GOT_TIMEOUT : NAP_RECORD_GOT_RST);
		return;
	}
	nap_reflector_closed(s->reflector, conn);
	drop_stream(s, conn, false);
}

static void conn_ready(struct server *s, int32_t conn, nap_time now)
{
	uint8_t buf[16 * NAP_RECORD_SIZE];
	ssize_t n;

	if (s->conn[conn] < 0)
		return;
	if (s->half[conn]) {
		half_closed_ready(s, conn, now);
		return;
	}
	n = recv(s->conn[conn], buf, sizeof(buf), 0);
	if (n > 0 && !nap_reflector_stream(s->reflector, now, conn, buf, (size_t)n))
		drop_stream(s, conn, true);
	else if (n == 0)
		conn_ended(s, conn, now, NAP_RECORD_GOT_FIN);
	else if (n < 0 && errno != EAGAIN)
		conn_ended(s, conn, now, errno == ETIMEDOUT ? NAP_RECORD_GOT_TIMEOUT : NAP_RECORD_GOT_RST);
}

static void udp_ready(struct server *s, const struct sock *k, nap_time now)
{
	uint8_t buf[NAP_RECORD_SIZE + 1];
	struct nap_icmp_error e;
	struct nap_reflect_path path = { .port = k->port, .alt = k->alt, .conn = -1 };

	for (int i = 0; i < NAP_SOCKET_BATCH && nap_socket_error(k->fd, &e); i++)
		nap_reflector_icmp(s->reflector, now, &e);
	for (int i = 0; i < NAP_SOCKET_BATCH; i++) {
		struct nap_arrival a;
		ssize_t n = nap_socket_receive(k->fd, buf, NAP_RECORD_SIZE, &path.remote, &a);

		if (n < 0)
			return;
		path.local = a.to;
		path.arrived = a.at;
		path.ttl = a.ttl;
		nap_reflector_datagram(s->reflector, now, &path, buf, (size_t)n);
	}
}

static void sweep_conns(struct server *s, nap_time now)
{
	for (uint32_t i = 0; i < s->config.conns; i++)
		if (s->conn[i] >= 0 && !nap_reflector_keeps(s->reflector, now, (int32_t)i, s->since[i]))
			conn_ended(s, (int32_t)i, now, NAP_RECORD_GOT_TIMEOUT);
}

static void handle(struct server *s, const struct epoll_event *e, nap_time now)
{
	uint32_t index = (uint32_t)e->data.u64;

	switch ((enum kind)(e->data.u64 >> 32)) {
	case UDP:
		udp_ready(s, &s->sock[index], now);
		break;
	case LISTEN:
		accept_all(s, &s->sock[index], now);
		break;
	case CONN:
		conn_ready(s, (int32_t)index, now);
		break;
	case RAW:
		raw_ready(s, now);
		break;
	}
}

static void serve(struct server *s, const volatile sig_atomic_t *stop)
{
	nap_time swept = nap_clock();

	while (!*stop) {
		struct epoll_event e[NAP_SOCKET_BATCH];
		int n = epoll_wait(s->epoll, e, NAP_SOCKET_BATCH, 1000);
		nap_time now = nap_clock();

		for (int i = 0; i < n; i++)
			handle(s, &e[i], now);
		if (now >= nap_reflector_deadline(s->reflector)) {
			uint8_t key[NAP_COOKIE_KEY];

			nap_random_bytes(key, sizeof(key));
			nap_reflector_rotate(s->reflector, now, key);
		}
		if (now - swept >= NAP_S) {
			sweep_conns(s, now);
			nap_reflector_tick(s->reflector, now);
			swept = now;
		}
	}
}

static void set_up(struct server *s, const struct nap_reflector_options *o)
{
	struct rlimit files = { .rlim_cur = 0 };

	s->config = o->reflector;
	s->config.other[0] = o->other[0];
	s->config.other[1] = o->other[1];
	s->config.features = NAP_RECORD_CAN_TCP | (s->raw ? NAP_RECORD_CAN_RAW | NAP_RECORD_CAN_ECHO : 0);
	if (!s->raw)
		s->config.raw_port = 0;
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = MIN(files.rlim_max, (rlim_t)s->config.conns + MAX_SOCKS + 32);
	setrlimit(RLIMIT_NOFILE, &files);
	if (s->config.conns + MAX_SOCKS + 32 > files.rlim_cur)
		s->config.conns = (uint32_t)MAX(files.rlim_cur, MAX_SOCKS + 96) - MAX_SOCKS - 32;
	s->conn = g_new(int, s->config.conns);
	memset(s->conn, 0xff, s->config.conns * sizeof(int));
	s->since = g_new0(nap_time, s->config.conns);
	s->half = g_new0(bool, s->config.conns);
	s->epoll = epoll_create1(EPOLL_CLOEXEC);
	s->spare = fcntl(s->epoll, F_DUPFD_CLOEXEC, 0);
}

static void tear_down(struct server *s)
{
	for (uint32_t i = 0; i < s->n_socks; i++)
		close(s->sock[i].fd);
	for (uint32_t i = 0; i < s->config.conns; i++)
		if (s->conn[i] >= 0)
			close(s->conn[i]);
	close(s->epoll);
	close(s->spare);
	nap_reflector_free(s->reflector);
	nap_raw_free(s->raw);
	nap_sniff_free(s->sniff);
	g_free(s->conn);
	g_free(s->since);
	g_free(s->half);
}

bool nap_reflector_serve(const struct nap_reflector_options *options, const volatile sig_atomic_t *stop,
	void (*ready)(const struct nap_reflector_options *options), struct nap_reflector_counts *counts,
	GError **error)
{
	struct server s = { 0 };
	struct nap_reflector_out out = { send_datagram, send_stream, finish_stream, drop_stream, NULL };
	uint8_t keys[NAP_REFLECTOR_KEYS];
	bool ok;

	if (options->reflector.raw_port && !open_raw(&s, options->reflector.raw_port, error))
		return false;
	set_up(&s, options);
	if (s.raw)
		out.segment = send_segment;
	ok = add_all(&s, options, error) && nap_drop_privileges(options->user, error) && nap_confine(error);
	if (ok) {
		nap_random_bytes(keys, sizeof(keys));
		s.reflector = nap_reflector_new(&s.config, &out, &s, keys, nap_clock());
		if (s.raw)
			watch(&s, nap_sniff_fd(s.sniff), RAW, 0, EPOLLIN);
		ready(options);
		serve(&s, stop);
		nap_reflector_counts(s.reflector, counts);
	}
	tear_down(&s);
	return ok;
}
