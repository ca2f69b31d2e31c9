/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/inet.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include <glib.h>

bool nap_inet_from_sockaddr(const struct sockaddr_storage *ss, socklen_t n, struct nap_inet *out)
{
	struct nap_inet a = { 0 };

	if (ss->ss_family == AF_INET && n >= sizeof(struct sockaddr_in)) {
		const struct sockaddr_in *in = (const struct sockaddr_in *)ss;

		a.family = 4;
		a.port = ntohs(in->sin_port);
		memcpy(a.addr, &in->sin_addr, 4);
	} else if (ss->ss_family == AF_INET6 && n >= sizeof(struct sockaddr_in6)) {
		const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)ss;
		bool mapped = IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr);

		a.family = mapped ? 4 : 6;
		a.port = ntohs(in6->sin6_port);
		if (mapped)
			memcpy(a.addr, in6->sin6_addr.s6_addr + 12, 4);
		else
			memcpy(a.addr, &in6->sin6_addr, 16);
	} else {
		return false;
	}
	*out = a;
	return true;
}

socklen_t nap_inet_to_sockaddr(const struct nap_inet *a, struct sockaddr_storage *out)
{
	memset(out, 0, sizeof(*out));
	if (a->family == 4) {
		struct sockaddr_in *in = (struct sockaddr_in *)out;

		in->sin_family = AF_INET;
		in->sin_port = htons(a->port);
		memcpy(&in->sin_addr, a->addr, 4);
		return sizeof(*in);
	}
	if (a->family == 6) {
		struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)out;

		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(a->port);
		memcpy(&in6->sin6_addr, a->addr, 16);
		return sizeof(*in6);
	}
	return 0;
}

bool nap_inet_parse(const char *text, uint16_t port, struct nap_inet *out)
{
	struct nap_inet a = { .port = port };

	if (inet_pton(AF_INET, text, a.addr) == 1)
		a.family = 4;
	else if (inet_pton(AF_INET6, text, a.addr) == 1)
		a.family = 6;
	else
		return false;
	*out = a;
	return true;
}

bool nap_inet_same_host(const struct nap_inet *a, const struct nap_inet *b)
{
	return a->family == b->family && memcmp(a->addr, b->addr, sizeof(a->addr)) == 0;
}

bool nap_inet_equal(const struct nap_inet *a, const struct nap_inet *b)
{
	return nap_inet_same_host(a, b) && a->port == b->port;
}

char *nap_inet_string(const struct nap_inet *a)
{
	char text[INET6_ADDRSTRLEN] = "none";

	if (a->family)
		inet_ntop(a->family == 4 ? AF_INET : AF_INET6, a->addr, text, sizeof(text));
	if (!a->port)
		return g_strdup(text);
	return g_strdup_printf(a->family == 6 ? "[%s]:%u" : "%s:%u", text, a->port);
}
