/* SPDX-License-Identifier: BSD-2-Clause */
/* Datagrams of protocols over UDP. */
#include <string.h>

#include <glib.h>

#include "client/message.h"
#include "io/frame_bytes.h"
#include "io/payload_inside.h"

static const char client_name[] = "natnap-c", server_name[] = "natnap-s"; /* connection and session IDs */

#define ID 8

static void put_id(uint8_t *to, bool client)
{
	memcpy(to, client ? client_name : server_name, ID);
}

/* ---- QUIC (RFC 9000 17) -------------------------------------------------------------------------------------------------- */

/* Long header: Initial of the client's, Handshake of the server's, which no analyser tries to decrypt. */
static uint32_t put_long_header(uint8_t *to, uint32_t n, bool up)
{
	uint32_t at = 5;

	to[0] = up ? 0xc3 : 0xe3;
	nap_put32(to + 1, 1);
	to[at] = ID;
	put_id(to + at + 1, !up);
	at += 1 + ID;
	to[at] = ID;
	put_id(to + at + 1, up);
	at += 1 + ID;
	if (up)
		to[at++] = 0; /* no token */
	nap_put32(to + at, 0x80000000u | (n - at - 4));
	return at + 4;
}

void nap_payload_quic(uint8_t *to, uint32_t n, const struct nap_speech *what)
{
	uint32_t header = 0;

	if (nap_payload_step(what) == 0 && n >= 64) {
		header = put_long_header(to, n, what->up);
	} else if (n > 1 + ID) {
		to[0] = 0x43;
		put_id(to + 1, !what->up);
		header = 1 + ID;
	}
	nap_payload_noise(to + header, n - header, what);
	if (header == 0) /* the fixed bit of a short header */
		to[0] = (uint8_t)(0x40 | (to[0] & 0x3f));
}

/* ---- WireGuard (Donenfeld 5.4) ------------------------------------------------------------------------------------------- */

enum { INITIATION = 148, RESPONSE = 92, EMPTY = 32 };

void nap_payload_wireguard(uint8_t *to, uint32_t n, const struct nap_speech *what)
{
	enum nap_message m = what->packet->message;
	bool handshake =
		nap_payload_step(what) >= 0 || m == NAP_MSG_HANDSHAKE || m == NAP_MSG_HANDSHAKE_ANSWER;

	nap_payload_noise(to, n, what);
	if (n < EMPTY)
		return;
	memset(to, 0, 4);
	to[0] = handshake && n == INITIATION ? 1 : handshake && n == RESPONSE ? 2 : 4;
	put_id(to + 4, !what->up);
	if (to[0] == 4) { /* the counter, the least byte first */
		uint32_t count = GUINT32_TO_LE(what->stream->count);

		memset(to + 8, 0, 8);
		memcpy(to + 8, &count, sizeof count);
	}
}

/* ---- CoAP (RFC 7252 3) --------------------------------------------------------------------------------------------------- */

/* Type, code and what follows: an empty message, or one with a token and text. */
bool nap_payload_coap(uint8_t *to, uint32_t n, const struct nap_speech *what)
{
	enum nap_message m = what->packet->message;
	bool answer = m == NAP_MSG_PUSH_ANSWER || m == NAP_MSG_SERVER_ANSWER, request = what->up && !answer;
	uint32_t token = n <= 12 ? n - 4 : 4;

	if (n < 4)
		return false;
	to[0] = (uint8_t)(0x40 | (n == 4 && !request ? 0x20 : 0) | token);
	to[1] = n == 4 ? 0 : request ? 0x01 : 0x45; /* GET, 2.05 Content */
	nap_put16(to + 2, what->stream->count & 0xffff);
	memset(to + 4, 'n', token);
	if (n <= 4 + token)
		return true;
	to[4 + token] = 0xff;
	memset(to + 5 + token, n == 5 + token ? 0 : 'x', n - 5 - token);
	return n > 5 + token;
}

/* ---- DNS (RFC 1035 4.1) -------------------------------------------------------------------------------------------------- */

/* A question whose name fills what there is, answered by no record. */
bool nap_payload_dns(uint8_t *to, uint32_t n, const struct nap_speech *what)
{
	uint32_t at = 12, name = n - 17; /* header, the root's label, type and class */

	if (n < 12 + 2 + 5 || name > 253)
		return false;
	memset(to, 0, n);
	nap_put16(to, what->stream->count & 0xffff);
	nap_put16(to + 2, what->up ? 0x0100 : 0x8180);
	nap_put16(to + 4, 1);
	while (name > 0) {
		uint32_t label = MIN(name - 1, name == 65 ? 62 : 63);

		to[at] = (uint8_t)label;
		memset(to + at + 1, 'n', label);
		at += 1 + label;
		name -= 1 + label;
	}
	nap_put16(to + n - 4, 1);
	nap_put16(to + n - 2, 1);
	return true;
}

/* ---- IPsec through NATs (RFC 3948, 7296 3.1) ------------------------------------------------------------------------------- */

/* IKE behind four zeros: all in one encrypted payload. */
static void put_ike(uint8_t *to, uint32_t n, const struct nap_speech *what)
{
	uint8_t *ike = to + 4;

	memset(to, 0, 4 + 28 + 4);
	put_id(ike, true);
	put_id(ike + 8, false);
	ike[16] = 46; /* the next payload: encrypted */
	ike[17] = 0x20;
	ike[18] = nap_payload_step(what) >= 0 ? 35 : 37; /* IKE_AUTH, INFORMATIONAL */
	ike[19] = (uint8_t)((what->up ? 8 : 0) | (what->packet->message == NAP_MSG_OPEN_DOWN ? 0x20 : 0));
	nap_put32(ike + 20, what->stream->count);
	nap_put32(ike + 24, n - 4);
	nap_put16(ike + 30, n - 4 - 28);
	nap_payload_noise(ike + 32, n - 36, what);
}

bool nap_payload_ipsec(uint8_t *to, uint32_t n, const struct nap_speech *what)
{
	enum nap_message m = what->packet->message;
	bool ike = nap_payload_step(what) >= 0 || m == NAP_MSG_LIVENESS || m == NAP_MSG_LIVENESS_ANSWER ||
		   m == NAP_MSG_MOVED || m == NAP_MSG_BYE;

	if (n == 1) {
		to[0] = 0xff;
		return true;
	}
	if (n < 8)
		return false;
	if (ike && n >= 4 + 28 + 8) {
		put_ike(to, n, what);
		return true;
	}
	nap_put32(to, what->up ? 0x6e61746eu : 0x61706e61u);
	nap_put32(to + 4, what->stream->count + 1);
	nap_payload_noise(to + 8, n - 8, what);
	return true;
}

/* ---- OpenVPN --------------------------------------------------------------------------------------------------------------- */

/* The opcode is in the upper five bits of the first byte. */
enum { RESET_CLIENT = 7 << 3, RESET_SERVER = 8 << 3, CONTROL = 4 << 3, VPN_DATA = 6 << 3, RESET_SIZE = 14 };

bool nap_payload_openvpn(uint8_t *to, uint32_t n, const struct nap_speech *what)
{
	bool control = nap_payload_step(what) >= 0 && n >= RESET_SIZE;

	nap_payload_noise(to, n, what);
	to[0] = VPN_DATA;
	if (!control)
		return true;
	to[0] = n > RESET_SIZE ? CONTROL : what->up ? RESET_CLIENT : RESET_SERVER;
	put_id(to + 1, what->up);
	to[9] = 0; /* acknowledges nothing */
	nap_put32(to + 10, what->stream->count);
	return true;
}

/* ---- PCP (RFC 6887 7, 11.1) -------------------------------------------------------------------------------------------------- */

bool nap_payload_pcp(uint8_t *to, uint32_t n, const struct nap_speech *what)
{
	if (n != 24 + 36)
		return false;
	memset(to, 0, n);
	to[0] = 2;
	to[1] = what->up ? 1 : 0x81;
	nap_put32(to + 4, 7200);
	if (what->up) { /* who asks, as an address of IPv6 */
		nap_put16(to + 18, 0xffff);
		nap_put32(to + 20, what->packet->src.addr);
	}
	memcpy(to + 24, "natnap-nonce", 12);
	to[36] = NAP_UDP;
	nap_put16(to + 40, what->app->port);
	nap_put16(to + 42, what->app->port);
	nap_put16(to + 54, 0xffff);
	return true;
}

/* ---- STUN (RFC 8489 5) --------------------------------------------------------------------------------------------------------- */

enum { STUN_HEADER = 20, SOFTWARE = 0x8022, XOR_MAPPED = 0x0020, MAPPED_SIZE = 12 };

#define COOKIE 0x2112a442u

static uint32_t put_mapped(uint8_t *to, struct nap_endpoint mapped)
{
	nap_put16(to, XOR_MAPPED);
	nap_put16(to + 2, 8);
	nap_put16(to + 4, 1); /* IPv4 */
	nap_put16(to + 6, mapped.port ^ (COOKIE >> 16));
	nap_put32(to + 8, mapped.addr ^ COOKIE);
	return MAPPED_SIZE;
}

/* A binding request or its answer; the rest is the program's name. */
bool nap_payload_stun(uint8_t *to, uint32_t n, const struct nap_speech *what)
{
	const struct nap_packet *p = what->packet;
	bool answer = p->message == NAP_MSG_KEEPALIVE_ANSWER || p->message == NAP_MSG_OPEN_DOWN ||
		      p->message == NAP_MSG_SERVER_ANSWER;
	uint32_t at = STUN_HEADER;

	if (n < STUN_HEADER || n % 4 != 0)
		return false;
	memset(to, 0, n);
	nap_put16(to, answer ? 0x0101 : 0x0001);
	nap_put16(to + 2, n - STUN_HEADER);
	nap_put32(to + 4, COOKIE);
	memcpy(to + 8, "natnap", 6);
	nap_put32(to + 16, what->stream->count);
	if (answer && n >= at + MAPPED_SIZE)
		at += put_mapped(to + at, p->quote.src.addr ? p->quote.src : p->dst);
	if (n >= at + 4) {
		nap_put16(to + at, SOFTWARE);
		nap_put16(to + at + 2, n - at - 4);
		memset(to + at + 4, 'n', n - at - 4);
	}
	return true;
}
