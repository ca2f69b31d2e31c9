/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/raw.h"

#include <string.h>

#include <glib.h>
#include <libnet.h>

#include "live/sockets.h"
#include "net/packet.h"

#define USUAL_TTL 64

struct nap_raw {
	libnet_t *v4, *v6; /* v6 may be NULL */
	uint16_t id;
};

struct nap_raw *nap_raw_open(void)
{
	char why[LIBNET_ERRBUF_SIZE];
	libnet_t *v4 = libnet_init(LIBNET_RAW4, NULL, why);
	struct nap_raw *r;

	if (!v4)
		return NULL;
	r = g_new0(struct nap_raw, 1);
	r->v4 = v4;
	r->v6 = libnet_init(LIBNET_RAW6, NULL, why);
	r->id = (uint16_t)g_random_int();
	return r;
}

void nap_raw_free(struct nap_raw *r)
{
	if (!r)
		return;
	libnet_destroy(r->v4);
	if (r->v6)
		libnet_destroy(r->v6);
	g_free(r);
}

static bool build_ip4(struct nap_raw *r, const struct nap_inet *from, const struct nap_inet *to,
	uint8_t proto, uint16_t len, uint8_t ttl)
{
	uint32_t src, dst;

	memcpy(&src, from->addr, 4);
	memcpy(&dst, to->addr, 4);
	return libnet_build_ipv4((uint16_t)(LIBNET_IPV4_H + len), 0, r->id++, IP_DF, ttl ? ttl : USUAL_TTL,
		       proto, 0, src, dst, NULL, 0, r->v4, 0) >= 0;
}

static bool build_ip6(struct nap_raw *r, const struct nap_inet *from, const struct nap_inet *to,
	uint8_t proto, uint16_t len, uint8_t ttl)
{
	struct libnet_in6_addr src, dst;

	memcpy(&src, from->addr, 16);
	memcpy(&dst, to->addr, 16);
	return libnet_build_ipv6(0, 0, len, proto, ttl ? ttl : USUAL_TTL, src, dst, NULL, 0, r->v6, 0) >= 0;
}

/* The header around what has been built, and away with it; len: bytes behind the header. ttl 0: as usual. */
static bool send_built(struct nap_raw *r, bool built, const struct nap_inet *from, const struct nap_inet *to,
	uint8_t proto, uint16_t len, uint8_t ttl)
{
	bool v6 = to->family == 6;
	libnet_t *l = v6 ? r->v6 : r->v4;
	bool ok = built && (v6 ? build_ip6 : build_ip4)(r, from, to, proto, len, ttl) && libnet_write(l) >= 0;

	libnet_clear_packet(l);
	return ok;
}

/* The library's handle for packets between two hosts, NULL when there is none. */
static libnet_t *handle(const struct nap_raw *r, const struct nap_inet *from, const struct nap_inet *to)
{
	if (from->family != to->family)
		return NULL;
	return to->family == 6 ? r->v6 : to->family == 4 ? r->v4 : NULL;
}

bool nap_raw_send(struct nap_raw *r, const struct nap_segment *s)
{
	static const uint8_t data[NAP_SEGMENT_DATA];
	libnet_t *l = handle(r, &s->src, &s->dst);
	uint16_t len = (uint16_t)(LIBNET_TCP_H + s->len);
	bool ok;

	if (!l || s->len > sizeof(data))
		return false;
	ok = libnet_build_tcp(s->src.port, s->dst.port, s->seq, s->ack, s->flags, s->window, 0, 0, len,
		     s->len ? data : NULL, s->len, l, 0) >= 0;
	return send_built(r, ok, &s->src, &s->dst, NAP_TCP, len, s->ttl);
}

bool nap_raw_echo_reply(struct nap_raw *r, const struct nap_inet *src, const struct nap_inet *dst,
	const uint8_t *data, size_t n)
{
	libnet_t *l = handle(r, src, dst);
	uint8_t copy[NAP_SEGMENT_DATA]; /* libnet does not promise to leave it alone */
	bool v6 = dst->family == 6, ok;

	if (!l || n > sizeof(copy))
		return false;
	memcpy(copy, data, n);
	ok = (v6 ? libnet_build_icmpv6_echo(
			   ICMP6_ECHOREPLY, 0, 0, dst->port, NAP_ECHO_SEQUENCE, copy, (uint32_t)n, l, 0)
		 : libnet_build_icmpv4_echo(
			   ICMP_ECHOREPLY, 0, 0, dst->port, NAP_ECHO_SEQUENCE, copy, (uint32_t)n, l, 0)) >= 0;
	return send_built(
		r, ok, src, dst, v6 ? IPPROTO_ICMPV6 : NAP_ICMP, (uint16_t)(LIBNET_ICMPV4_ECHO_H + n), 0);
}
