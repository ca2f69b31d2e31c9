/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/sockets.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <linux/errqueue.h>
#include <linux/filter.h>

#include <gio/gio.h>

#define RECEIVE_BUFFER (1 << 22)

nap_time nap_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (nap_time)t.tv_sec * NAP_S + t.tv_nsec;
}

nap_time nap_clock_from_real(nap_time real)
{
	nap_time before, after, ago;
	struct timespec t;
	int tries = 0;

	do { /* again when something came between the readings */
		before = nap_clock();
		clock_gettime(CLOCK_REALTIME, &t);
		after = nap_clock();
	} while (after - before > 50 * NAP_US && ++tries < 8);
	ago = (nap_time)t.tv_sec * NAP_S + t.tv_nsec - real;
	return ago >= 0 && ago < NAP_MIN ? before - ago
					 : before; /* anything else: the real-time clock was set */
}

void nap_random_bytes(void *out, size_t n)
{
	if (getrandom(out, n, 0) != (ssize_t)n)
		g_error("the kernel gives no random bytes: %s", g_strerror(errno));
}

static int failed(int fd, const char *what, const struct nap_inet *at, GError **error)
{
	int saved = errno;
	g_autofree char *where = nap_inet_string(at);

	if (fd >= 0)
		close(fd);
	g_set_error(error, G_IO_ERROR, (gint)g_io_error_from_errno(saved), "%s %s: %s", what, where,
		g_strerror(saved));
	return -1;
}

static bool option(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof(value)) == 0;
}

static int open_socket(const struct nap_inet *at, int type)
{
	int fd = socket(at->family == 6 ? AF_INET6 : AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd >= 0 && at->family == 6)
		option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	return fd;
}

static bool bind_to(int fd, const struct nap_inet *at)
{
	struct sockaddr_storage ss;
	socklen_t n = nap_inet_to_sockaddr(at, &ss);

	return bind(fd, (struct sockaddr *)&ss, n) == 0;
}

static void want_errors(int fd, uint8_t family)
{
	if (family == 6)
		option(fd, IPPROTO_IPV6, IPV6_RECVERR, 1);
	else
		option(fd, IPPROTO_IP, IP_RECVERR, 1);
}

void nap_socket_tell_all(int fd, uint8_t family)
{
	if (family == 6) {
		option(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
		option(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1);
	} else {
		option(fd, IPPROTO_IP, IP_PKTINFO, 1);
		option(fd, IPPROTO_IP, IP_RECVTTL, 1);
	}
	want_errors(fd, family);
	option(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1);
}

int nap_socket_udp(const struct nap_inet *at, GError **error)
{
	int fd = open_socket(at, SOCK_DGRAM);

	if (fd < 0 || !bind_to(fd, at))
		return failed(fd, "UDP", at, error);
	nap_socket_tell_all(fd, at->family);
	option(fd, SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER); /* as much of it as the system allows */
	return fd;
}

int nap_socket_listen(const struct nap_inet *at, bool drop_all, GError **error)
{
	struct sock_filter nothing = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog program = { .len = 1, .filter = &nothing };
	int fd = open_socket(at, SOCK_STREAM);

	if (fd < 0 || !option(fd, SOL_SOCKET, SO_REUSEADDR, 1) || !bind_to(fd, at))
		return failed(fd, "TCP", at, error);
	if (drop_all && setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)))
		return failed(fd, "TCP", at, error);
	option(fd, IPPROTO_TCP, TCP_SYNCNT, 1); /* SYN/ACKs to who may be spoofed: one, and one copy */
	if (listen(fd, 128))
		return failed(fd, "TCP", at, error);
	return fd;
}

int nap_socket_tcp(const struct nap_inet *at, bool share_port, GError **error)
{
	int fd = open_socket(at, SOCK_STREAM);

	if (fd < 0)
		return failed(fd, "TCP", at, error);
	if (share_port &&
		(!option(fd, SOL_SOCKET, SO_REUSEADDR, 1) || !option(fd, SOL_SOCKET, SO_REUSEPORT, 1)))
		return failed(fd, "TCP", at, error);
	if (!bind_to(fd, at))
		return failed(fd, "TCP", at, error);
	option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	want_errors(fd, at->family);
	return fd;
}

bool nap_socket_connect(int fd, const struct nap_inet *to)
{
	struct sockaddr_storage ss;
	socklen_t n = nap_inet_to_sockaddr(to, &ss);

	return connect(fd, (struct sockaddr *)&ss, n) == 0 || errno == EINPROGRESS;
}

bool nap_socket_local(int fd, struct nap_inet *out)
{
	struct sockaddr_storage ss;
	socklen_t n = sizeof(ss);

	return getsockname(fd, (struct sockaddr *)&ss, &n) == 0 && nap_inet_from_sockaddr(&ss, n, out);
}

/* The hop limit of a packet, from a message that carries it; 0 when it does not. */
static uint8_t hop_limit(struct cmsghdr *c)
{
	int ttl = 0;

	if ((c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_TTL) ||
		(c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_HOPLIMIT))
		memcpy(&ttl, CMSG_DATA(c), sizeof(ttl));
	return (uint8_t)CLAMP(ttl, 0, UINT8_MAX);
}

static void arrival(struct msghdr *m, struct nap_arrival *a)
{
	*a = (struct nap_arrival){ .at = nap_clock() };
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			struct in_pktinfo info;

			memcpy(&info, CMSG_DATA(c), sizeof(info));
			a->to.family = 4;
			memcpy(a->to.addr, &info.ipi_addr, 4);
		} else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
			struct in6_pktinfo info;

			memcpy(&info, CMSG_DATA(c), sizeof(info));
			a->to.family = 6;
			memcpy(a->to.addr, &info.ipi6_addr, 16);
		} else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
			struct timespec t;

			memcpy(&t, CMSG_DATA(c), sizeof(t));
			a->at = nap_clock_from_real((nap_time)t.tv_sec * NAP_S + t.tv_nsec);
		} else if (hop_limit(c)) {
			a->ttl = hop_limit(c);
		}
	}
}

ssize_t nap_socket_receive(int fd, uint8_t *buf, size_t cap, struct nap_inet *from, struct nap_arrival *a)
{
	struct sockaddr_storage ss = { 0 };
	_Alignas(struct cmsghdr) char control[256];
	struct iovec iov = { buf, cap };
	struct msghdr m;
	ssize_t n = -1;

	/* a pending ICMP error is reported once here instead of a datagram; errors are read from their own queue */
	for (int attempt = 0; n < 0 && attempt < 16; attempt++) {
		m = (struct msghdr){ .msg_name = &ss,
			.msg_namelen = sizeof(ss),
			.msg_iov = &iov,
			.msg_iovlen = 1,
			.msg_control = control,
			.msg_controllen = sizeof(control) };
		n = recvmsg(fd, &m, MSG_TRUNC);
		if (n < 0 && errno == EAGAIN)
			break;
	}
	if (n < 0 || !nap_inet_from_sockaddr(&ss, m.msg_namelen, from))
		return -1;
	arrival(&m, a);
	return n > (ssize_t)cap ? (ssize_t)cap + 1 : n;
}

/* Ancillary data: from which address and with which hop limit. */
static size_t sending(char *control, const struct nap_inet *source, int family, int ttl)
{
	struct cmsghdr *c = (struct cmsghdr *)control;
	size_t used = 0;

	if (source->family == 4) {
		struct in_pktinfo info = { 0 };

		memcpy(&info.ipi_spec_dst, source->addr, 4);
		c->cmsg_level = IPPROTO_IP;
		c->cmsg_type = IP_PKTINFO;
		c->cmsg_len = CMSG_LEN(sizeof(info));
		memcpy(CMSG_DATA(c), &info, sizeof(info));
		used += CMSG_SPACE(sizeof(info));
	} else if (source->family == 6) {
		struct in6_pktinfo info = { 0 };

		memcpy(&info.ipi6_addr, source->addr, 16);
		c->cmsg_level = IPPROTO_IPV6;
		c->cmsg_type = IPV6_PKTINFO;
		c->cmsg_len = CMSG_LEN(sizeof(info));
		memcpy(CMSG_DATA(c), &info, sizeof(info));
		used += CMSG_SPACE(sizeof(info));
	}
	if (ttl) {
		c = (struct cmsghdr *)(control + used);
		c->cmsg_level = family == 6 ? IPPROTO_IPV6 : IPPROTO_IP;
		c->cmsg_type = family == 6 ? IPV6_HOPLIMIT : IP_TTL;
		c->cmsg_len = CMSG_LEN(sizeof(ttl));
		memcpy(CMSG_DATA(c), &ttl, sizeof(ttl));
		used += CMSG_SPACE(sizeof(ttl));
	}
	return used;
}

bool nap_socket_send(int fd, const struct nap_inet *source, const struct nap_inet *to, const uint8_t *data,
	size_t n, int ttl)
{
	struct sockaddr_storage ss;
	_Alignas(struct cmsghdr) char control[128] = { 0 };
	struct iovec iov = { (void *)(uintptr_t)data, n };
	struct msghdr m = { .msg_name = &ss,
		.msg_namelen = nap_inet_to_sockaddr(to, &ss),
		.msg_iov = &iov,
		.msg_iovlen = 1 };

	m.msg_controllen = sending(control, source, to->family, ttl);
	m.msg_control = m.msg_controllen ? control : NULL;
	for (int attempt = 0; attempt < 4; attempt++) {
		if (sendmsg(fd, &m, 0) == (ssize_t)n)
			return true;
		if (errno == EAGAIN || errno == ENOBUFS || errno == EINVAL || errno == EACCES ||
			errno == EPERM)
			return false;
	}
	return false;
}

/* The ICMP error in a control message; false when there is none. */
static bool icmp_error(struct cmsghdr *c, struct nap_icmp_error *out)
{
	struct {
		struct sock_extended_err ee;
		struct sockaddr_storage offender;
	} got = { 0 };
	bool v4 = c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR;
	bool v6 = c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR;
	size_t n = c->cmsg_len - CMSG_LEN(0);

	if (!v4 && !v6)
		return false;
	memcpy(&got.ee, CMSG_DATA(c), MIN(n, sizeof(got.ee)));
	if (n > sizeof(got.ee))
		memcpy(&got.offender, CMSG_DATA(c) + sizeof(got.ee),
			MIN(n - sizeof(got.ee), sizeof(got.offender)));
	if (got.ee.ee_origin != SO_EE_ORIGIN_ICMP && got.ee.ee_origin != SO_EE_ORIGIN_ICMP6)
		return false;
	out->type = got.ee.ee_type;
	out->code = got.ee.ee_code;
	nap_inet_from_sockaddr(&got.offender, sizeof(got.offender), &out->offender);
	return true;
}

bool nap_socket_error(int fd, struct nap_icmp_error *out)
{
	struct sockaddr_storage ss = { 0 };
	_Alignas(struct cmsghdr) char control[512];
	uint8_t quoted[64];
	struct iovec iov = { quoted, sizeof(quoted) };

	for (;;) {
		struct msghdr m = { .msg_name = &ss,
			.msg_namelen = sizeof(ss),
			.msg_iov = &iov,
			.msg_iovlen = 1,
			.msg_control = control,
			.msg_controllen = sizeof(control) };
		struct nap_icmp_error e = { 0 };
		bool found = false;

		if (recvmsg(fd, &m, MSG_ERRQUEUE) < 0)
			return false;
		for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
			found = icmp_error(c, &e) || found;
			e.ttl = hop_limit(c) ? hop_limit(c) : e.ttl;
		}
		if (!found)
			continue;
		nap_inet_from_sockaddr(&ss, m.msg_namelen, &e.to);
		*out = e;
		return true;
	}
}
