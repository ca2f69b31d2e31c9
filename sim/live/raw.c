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

static bool build_ip4(struct nap_raw *r, const struct nap_segment *s)
{
	uint32_t src, dst;

	memcpy(&src, s->src.addr, 4);
	memcpy(&dst, s->dst.addr, 4);
	return libnet_build_ipv4((uint16_t)(LIBNET_IPV4_H + LIBNET_TCP_H + s->len), 0, r->id++, IP_DF,
		       s->ttl ? s->ttl : USUAL_TTL, NAP_TCP, 0, src, dst, NULL, 0, r->v4, 0) >= 0;
}

static bool build_ip6(struct nap_raw *r, const struct nap_segment *s)
{
	struct libnet_in6_addr src, dst;

	memcpy(&src, s->src.addr, 16);
	memcpy(&dst, s->dst.addr, 16);
	return libnet_build_ipv6(0, 0, (uint16_t)(LIBNET_TCP_H + s->len), NAP_TCP,
		       s->ttl ? s->ttl : USUAL_TTL, src, dst, NULL, 0, r->v6, 0) >= 0;
}

bool nap_raw_send(struct nap_raw *r, const struct nap_segment *s)
{
	static const uint8_t data[NAP_SEGMENT_DATA];
	libnet_t *l = s->dst.family == 6 ? r->v6 : r->v4;
	bool ok;

	if (!l || s->src.family != s->dst.family || s->len > sizeof(data))
		return false;
	ok = libnet_build_tcp(s->src.port, s->dst.port, s->seq, s->ack, s->flags, s->window, 0, 0,
		     (uint16_t)(LIBNET_TCP_H + s->len), s->len ? data : NULL, s->len, l, 0) >= 0;
	ok = ok && (s->dst.family == 6 ? build_ip6(r, s) : build_ip4(r, s));
	ok = ok && libnet_write(l) >= 0;
	libnet_clear_packet(l);
	return ok;
}

bool nap_raw_echo_reply(struct nap_raw *r, const struct nap_inet *src, const struct nap_inet *dst,
	const uint8_t *data, size_t n)
{
	uint32_t from, to;
	bool ok;

	if (src->family != 4 || dst->family != 4 || n > NAP_SEGMENT_DATA)
		return false;
	memcpy(&from, src->addr, 4);
	memcpy(&to, dst->addr, 4);
	ok = libnet_build_icmpv4_echo(
		     ICMP_ECHOREPLY, 0, 0, dst->port, NAP_ECHO_SEQUENCE, data, (uint32_t)n, r->v4, 0) >= 0;
	ok = ok && libnet_build_ipv4((uint16_t)(LIBNET_IPV4_H + LIBNET_ICMPV4_ECHO_H + n), 0, r->id++, IP_DF,
			   USUAL_TTL, NAP_ICMP, 0, from, to, NULL, 0, r->v4, 0) >= 0;
	ok = ok && libnet_write(r->v4) >= 0;
	libnet_clear_packet(r->v4);
	return ok;
}
