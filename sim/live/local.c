/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/local.h"

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <gio/gio.h>

#include "live/sockets.h"

#define PORT_LO      49152
#define PORT_HI      65535
#define ATTEMPTS     64
#define SPARE_FILES  64
#define MOST_FLOWS   4096
#define MOST_HANDLES 4096

bool nap_local_init(struct nap_local *l, const struct nap_inet *server, GError **error)
{
	struct nap_inet any = { .family = server->family };
	struct sockaddr_storage ss;
	socklen_t n = nap_inet_to_sockaddr(server, &ss);
	int fd;
	bool ok;

	memset(l, 0, sizeof(*l));
	l->handles = g_array_new(FALSE, FALSE, sizeof(struct nap_inet));
	fd = nap_socket_udp(&any, error);
	if (fd < 0)
		return false;
	ok = connect(fd, (struct sockaddr *)&ss, n) == 0 && nap_socket_local(fd, &l->here);
	close(fd);
	l->here.port = 0;
	if (!ok) {
		g_autofree char *address = nap_inet_string(server);

		g_set_error(error, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE, "no route to the server at %s",
			address);
	}
	return ok;
}

void nap_local_clear(struct nap_local *l)
{
	g_clear_pointer(&l->handles, g_array_unref);
}

static bool used(const struct nap_local *l, uint16_t port)
{
	return l->used[port / 8] >> port % 8 & 1;
}

int nap_local_bind(
	struct nap_local *l, uint16_t port, int (*bind_at)(const struct nap_inet *at), struct nap_inet *at)
{
	int fd = -1;

	*at = l->here;
	at->port = port;
	if (port)
		return bind_at(at);
	for (int i = 0; i < ATTEMPTS && fd < 0; i++) {
		uint16_t draw;

		nap_random_bytes(&draw, sizeof(draw));
		at->port = (uint16_t)(PORT_LO + draw % (PORT_HI - PORT_LO + 1));
		if (!used(l, at->port))
			fd = bind_at(at);
	}
	if (fd >= 0)
		l->used[at->port / 8] |= (uint8_t)(1u << at->port % 8);
	return fd;
}

struct nap_endpoint nap_local_endpoint(struct nap_local *l, const struct nap_inet *a)
{
	struct nap_endpoint e = { 0, a->port };

	if (a->family == 4) {
		e.addr = NAP_ADDR(a->addr[0], a->addr[1], a->addr[2], a->addr[3]);
	} else if (a->family == 6) {
		guint i = 0;

		while (i < l->handles->len &&
			!nap_inet_same_host(&g_array_index(l->handles, struct nap_inet, i), a))
			i++;
		if (i == l->handles->len && i < MOST_HANDLES) /* a lying server could name ever new ones */
			g_array_append_val(l->handles, *a);
		e.addr = NAP_ADDR(240, 0, 0, 0) + i;
	}
	return e;
}

uint32_t nap_local_sockets(void)
{
	struct rlimit files = { 0 };

	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	return files.rlim_cur > SPARE_FILES + MOST_FLOWS
		       ? MOST_FLOWS
		       : (uint32_t)MAX(files.rlim_cur, 2 * SPARE_FILES) - SPARE_FILES;
}

void nap_local_name(const struct nap_local *l, nap_addr a, char out[NAP_ADDRESS_TEXT])
{
	struct nap_inet at = { .family = 4,
		.addr = { (uint8_t)(a >> 24), (uint8_t)(a >> 16), (uint8_t)(a >> 8), (uint8_t)a } };
	g_autofree char *text = NULL;

	if (a - NAP_ADDR(240, 0, 0, 0) < l->handles->len) {
		at = g_array_index(l->handles, struct nap_inet, a - NAP_ADDR(240, 0, 0, 0));
		at.port = 0;
	}
	text = nap_inet_string(&at);
	g_strlcpy(out, text, NAP_ADDRESS_TEXT);
}
