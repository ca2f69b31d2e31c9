/* SPDX-License-Identifier: BSD-2-Clause */
/* Internet addresses of either family as one small value, for the live path. */
#ifndef NAP_LIVE_INET_H
#define NAP_LIVE_INET_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct nap_inet {
	uint8_t addr[16]; /* network order; IPv4 uses the first four, the rest is zero */
	uint16_t port;    /* host order */
	uint8_t family;   /* 4 or 6; 0: none */
};

/* From a socket address; an IPv4-mapped IPv6 address becomes IPv4. False when it is neither family or cut short. */
bool nap_inet_from_sockaddr(const struct sockaddr_storage *ss, socklen_t n, struct nap_inet *out);

/* To a socket address; returns its length, 0 when a has no family. */
socklen_t nap_inet_to_sockaddr(const struct nap_inet *a, struct sockaddr_storage *out);

/* A numeric address ("192.0.2.1", "2001:db8::1") with the given port. No name is looked up. */
bool nap_inet_parse(const char *text, uint16_t port, struct nap_inet *out);

bool nap_inet_equal(const struct nap_inet *a, const struct nap_inet *b); /* address and port */
bool nap_inet_same_host(const struct nap_inet *a, const struct nap_inet *b);

/* "192.0.2.1:53", "[2001:db8::1]:53"; without the port when it is 0. Caller frees. */
char *nap_inet_string(const struct nap_inet *a);

/* An ICMP error about a datagram or connection. */
struct nap_icmp_error {
	struct nap_inet to;       /* where the datagram in question was sent */
	struct nap_inet offender; /* who complains; family 0: this host */
	uint8_t type, code;
	uint8_t ttl; /* of the error itself as it arrived, 0: unknown */
};

#endif
