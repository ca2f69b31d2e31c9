/* SPDX-License-Identifier: BSD-2-Clause */
/* ICMP echo over sockets: RFC 792; RFC 4443 4.1 and 4.2 for IPv6. */
#include "live/sockets.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <netinet/in.h>
#include <linux/filter.h>

#include <gio/gio.h>

#define HEADER    8
#define MOST_DATA 256

/* Message types by family. */
static uint8_t request(uint8_t family)
{
	return family == 6 ? 128 : 8;
}

static uint8_t reply(uint8_t family)
{
	return family == 6 ? 129 : 0;
}

/* A raw socket hears all of ICMP: keep the replies to this identifier. */
static bool listen_to(int fd, uint8_t family, uint16_t id)
{
	struct sock_filter code[] = {
		/* the length of the IP header, which raw sockets of IPv6 are not given */
		family == 6 ? (struct sock_filter)BPF_STMT(BPF_LDX | BPF_IMM, 0)
			    : (struct sock_filter)BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),
		BPF_STMT(BPF_LD | BPF_B | BPF_IND, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, reply(family), 0, 3),
		BPF_STMT(BPF_LD | BPF_H | BPF_IND, 4),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, id, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog program = { .len = G_N_ELEMENTS(code), .filter = code };

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) == 0;
}

int nap_socket_echo(const struct nap_inet *at, bool raw, GError **error)
{
	bool v6 = at->family == 6;
	int kind = raw ? SOCK_RAW : SOCK_DGRAM,
	    fd = socket(v6 ? AF_INET6 : AF_INET, kind | SOCK_NONBLOCK | SOCK_CLOEXEC,
		    v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
	struct sockaddr_storage ss;
	socklen_t n = nap_inet_to_sockaddr(at, &ss);

	if (fd < 0 || bind(fd, (struct sockaddr *)&ss, n) || (raw && !listen_to(fd, at->family, at->port))) {
		g_set_error(error, G_IO_ERROR, (gint)g_io_error_from_errno(errno), "ICMP echo: %s",
			g_strerror(errno));
		if (fd >= 0)
			close(fd);
		return -1;
	}
	nap_socket_tell_all(fd, at->family);
	return fd;
}

/* RFC 1071, over a message of even length. */
static uint16_t checksum(const uint8_t *p, size_t n)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < n; i += 2)
		sum += (uint32_t)(p[i] << 8 | p[i + 1]);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

bool nap_socket_echo_send(
	int fd, uint16_t id, const struct nap_inet *to, const uint8_t *data, size_t n, int ttl)
{
	static const struct nap_inet as_bound;
	uint8_t m[HEADER + MOST_DATA] = { request(to->family), [4] = (uint8_t)(id >> 8), [5] = (uint8_t)id,
		[6] = NAP_ECHO_SEQUENCE >> 8, [7] = NAP_ECHO_SEQUENCE };
	struct nap_inet host = *to;
	uint16_t sum;

	if (n > MOST_DATA)
		return false;
	host.port = 0;
	memcpy(m + HEADER, data, n);
	if (to->family == 4) { /* else it covers addresses, and the kernel writes it */
		sum = checksum(m, (HEADER + n + 1) / 2 * 2); /* m ends in zeros */
		m[2] = (uint8_t)(sum >> 8);
		m[3] = (uint8_t)sum;
	}
	return nap_socket_send(fd, &as_bound, &host, m, HEADER + n, ttl);
}

const uint8_t *nap_echo_data(const uint8_t *m, size_t n, uint8_t family, bool raw, size_t *n_data)
{
	size_t head = raw && family == 4 && n > 0 ? (size_t)(m[0] & 15) * 4 : 0;

	if (n < head + HEADER || m[head] != reply(family))
		return NULL;
	*n_data = n - head - HEADER;
	return m + head + HEADER;
}

ssize_t nap_socket_echo_receive(
	int fd, uint8_t *buf, size_t cap, struct nap_inet *from, struct nap_arrival *a)
{
	uint8_t m[60 + HEADER + MOST_DATA + 1];
	const uint8_t *data;
	int kind = 0;
	socklen_t size = sizeof(kind);
	ssize_t n = nap_socket_receive(fd, m, sizeof(m) - 1, from, a);
	size_t n_data;

	if (n < 0 || getsockopt(fd, SOL_SOCKET, SO_TYPE, &kind, &size))
		return -1;
	if ((size_t)n > sizeof(m) - 1 ||
		!(data = nap_echo_data(m, (size_t)n, from->family, kind == SOCK_RAW, &n_data)))
		return 0; /* nothing of ours, and not the end of the queue */
	from->port = 0;
	memcpy(buf, data, MIN(n_data, cap));
	return (ssize_t)(n_data > cap ? cap + 1 : n_data);
}
