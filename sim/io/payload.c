/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/payload.h"

#include <string.h>

#include <glib.h>

#include "client/message.h"
#include "io/payload_inside.h"

/* Plain protocols by the server's port (IANA's); what has no row, or too few bytes for it, is a line of text. */
static const struct row {
	uint8_t proto;
	uint16_t port;
	bool (*put)(uint8_t *to, uint32_t n, const struct nap_speech *what);
} rows[] = {
	{ NAP_TCP, 22, nap_payload_ssh },
	{ NAP_UDP, 53, nap_payload_dns },
	{ NAP_TCP, 143, nap_payload_imap },
	{ NAP_UDP, 1194, nap_payload_openvpn },
	{ NAP_TCP, 1883, nap_payload_mqtt },
	{ NAP_UDP, 3478, nap_payload_stun },
	{ NAP_UDP, 4500, nap_payload_ipsec },
	{ NAP_TCP, 5060, nap_payload_sip },
	{ NAP_UDP, 5060, nap_payload_sip },
	{ NAP_TCP, 5222, nap_payload_xmpp },
	{ NAP_UDP, 5351, nap_payload_pcp },
	{ NAP_TCP, 5432, nap_payload_postgresql },
	{ NAP_TCP, 5672, nap_payload_amqp },
	{ NAP_UDP, 5683, nap_payload_coap },
	{ NAP_TCP, 6379, nap_payload_redis },
	{ NAP_TCP, 9092, nap_payload_kafka },
};

void nap_payload_noise(uint8_t *to, uint32_t n, const struct nap_speech *what)
{
	uint64_t x = what->packet->seq + 0x9e3779b97f4a7c15 * (what->stream->count + 1);

	for (uint32_t i = 0; i < n; i++) {
		if (i % 8 == 0) { /* splitmix64 */
			x += 0x9e3779b97f4a7c15;
			x ^= x >> 31;
			x *= 0x94d049bb133111eb;
		}
		to[i] = (uint8_t)(x >> (i % 8 * 8));
	}
}

bool nap_payload_text(uint8_t *to, uint32_t n, const char *before, const char *after)
{
	size_t a = strlen(before), b = strlen(after);

	if (n < a + b)
		return false;
	memcpy(to, before, a);
	memset(to + a, 'x', n - a - b);
	memcpy(to + n - b, after, b);
	return true;
}

int nap_payload_step(const struct nap_speech *what)
{
	switch (what->packet->message) {
	case NAP_MSG_OPEN_UP:
	case NAP_MSG_OPEN_DOWN:
	case NAP_MSG_REKEY:
	case NAP_MSG_REKEYED:
		return NAP_OPEN_STEP(what->packet->tag);
	default:
		return -1;
	}
}

bool nap_payload_greets(const struct nap_speech *what)
{
	const struct nap_stream *s = what->stream;

	return what->packet->proto == NAP_TCP ? s->greeting == what->packet->seq : s->count == 0;
}

/* What an application says before STARTTLS. */
static bool is_before_tls(const struct nap_speech *what)
{
	const struct nap_app_config *app = what->app;
	int step = nap_payload_step(what);

	return app->starttls && step >= 0 && (uint32_t)step < app->starttls_round_trips;
}

static void put_plain(uint8_t *to, uint32_t n, const struct nap_speech *what)
{
	const struct nap_packet *p = what->packet;
	uint16_t port = what->up ? p->dst.port : p->src.port;

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		if (rows[i].proto == p->proto && rows[i].port == port && rows[i].put(to, n, what))
			return;
	if (!nap_payload_text(to, n, "natnap ", "\n"))
		memset(to, 'x', n);
}

/* A port mapping is asked for beside the application. */
static bool is_of_the_application(const struct nap_speech *what)
{
	const struct nap_packet *p = what->packet;

	return p->proto == (what->app->transport == NAP_OVER_TCP ? NAP_TCP : NAP_UDP) &&
	       (what->up ? p->dst.port : p->src.port) == what->app->port;
}

static void put(uint8_t *to, uint32_t n, const struct nap_speech *what)
{
	enum nap_tls tls =
		is_of_the_application(what) && !is_before_tls(what) ? what->app->tls : NAP_TLS_NONE;

	switch (tls) {
	case NAP_TLS_NONE:
		put_plain(to, n, what);
		break;
	case NAP_TLS_12:
	case NAP_TLS_13:
		nap_payload_tls(to, n, what);
		break;
	case NAP_DTLS_12:
	case NAP_DTLS_13:
		nap_payload_dtls(to, n, what);
		break;
	case NAP_QUIC:
		nap_payload_quic(to, n, what);
		break;
	case NAP_WIREGUARD:
		nap_payload_wireguard(to, n, what);
		break;
	}
}

void nap_payload_put(uint8_t *to, uint32_t n, const struct nap_speech *what)
{
	struct nap_stream *s = what->stream;
	const struct nap_packet *p = what->packet;

	if (p->proto == NAP_TCP && p->flags & NAP_SYN) {
		*s = (struct nap_stream){ .next = p->seq + 1 };
		return;
	}
	if (n == 0)
		return;
	if (!s->greeted && !is_before_tls(what)) {
		s->greeted = true;
		s->greeting = p->seq;
	}
	put(to, n, what);
	s->count++;
	if (p->proto == NAP_TCP && (int32_t)(p->seq + n - s->next) > 0)
		s->next = p->seq + n;
}
