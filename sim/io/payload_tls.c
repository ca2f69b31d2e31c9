/* SPDX-License-Identifier: BSD-2-Clause */
/* TLS and DTLS: hellos that can be read, and records of noise. */
#include <string.h>

#include <glib.h>

#include "client/message.h"
#include "io/frame_bytes.h"
#include "io/payload_inside.h"

enum { CHANGE_CIPHER = 20, HANDSHAKE = 22, DATA = 23 }; /* content types, RFC 8446 B.1 */
enum { CLIENT_HELLO = 1, SERVER_HELLO = 2, HELLO_VERIFY = 3 };
enum { RECORD = 5, RECORD_MAX = 16384, DTLS_RECORD = 13, CCS = 6 };

static void put24(uint8_t *to, uint32_t v)
{
	to[0] = (uint8_t)(v >> 16);
	nap_put16(to + 1, v & 0xffff);
}

/* ---- hellos ---------------------------------------------------------------------------------------------------------- */

struct hello {
	bool client, dtls, v13;
};

static uint8_t *put_header(uint8_t *to, uint8_t type, uint32_t body, bool dtls)
{
	to[0] = type;
	put24(to + 1, body);
	if (!dtls)
		return to + 4;
	memset(to + 4, 0, 5); /* message 0, from its first byte ... */
	put24(to + 9, body);  /* ... to its last */
	return to + 12;
}

/* The extension supported_versions, TLS 1.3 or DTLS 1.3 alone. */
static uint8_t *put_versions(uint8_t *to, const struct hello *h)
{
	nap_put16(to, 43);
	nap_put16(to + 2, h->client ? 3 : 2);
	to += 4;
	if (h->client)
		*to++ = 2;
	nap_put16(to, h->dtls ? 0xfefc : 0x0304);
	return to + 2;
}

static uint8_t *put_suites(uint8_t *to, const struct hello *h)
{
	uint16_t suite = h->v13 ? 0x1301 : 0xc02f;

	if (!h->client) {
		nap_put16(to, suite);
		to[2] = 0; /* no compression */
		return to + 3;
	}
	if (h->dtls)
		*to++ = 0; /* no cookie */
	nap_put16(to, 2);
	nap_put16(to + 2, suite);
	nap_put16(to + 4, 0x100); /* compressions: one, none */
	return to + 6;
}

static uint32_t hello_least(const struct hello *h)
{
	uint32_t suites = h->client ? 6u + h->dtls : 3u, versions = !h->v13 ? 0u : h->client ? 7u : 6u;

	return (h->dtls ? 12u : 4u) + 2 + 32 + 1 + suites + 2 + versions;
}

/* A hello of n bytes with its header: what is over goes into padding (RFC 7685), up to 3 bytes into the session's name. */
static bool put_hello(uint8_t *to, uint32_t n, const struct hello *h, const struct nap_speech *what)
{
	uint32_t least = hello_least(h), over = n - least, session = over < 4 ? over : 0;
	uint8_t *at, *end = to + n;

	if (n < least)
		return false;
	at = put_header(to, h->client ? CLIENT_HELLO : SERVER_HELLO, n - (h->dtls ? 12 : 4), h->dtls);
	nap_put16(at, h->dtls ? 0xfefd : 0x0303);
	nap_payload_noise(at + 2, 32, what);
	at += 34;
	*at++ = (uint8_t)session;
	nap_payload_noise(at, session, what);
	at = put_suites(at + session, h);
	nap_put16(at, (uint32_t)(end - at - 2));
	at += 2;
	if (h->v13)
		at = put_versions(at, h);
	if (at < end) {
		nap_put16(at, 21);
		nap_put16(at + 2, (uint32_t)(end - at - 4));
		memset(at + 4, 0, (size_t)(end - at - 4));
	}
	return true;
}

/* ---- TLS --------------------------------------------------------------------------------------------------------------- */

static void put_record_header(uint8_t *to, uint8_t type, uint32_t body)
{
	to[0] = type;
	nap_put16(to + 1, 0x0303);
	nap_put16(to + 3, body);
}

/* The last bytes of a header that begins in an earlier segment, or the first of one that ends in a later one. */
static uint32_t put_part(uint8_t *to, uint32_t n, uint8_t type, struct nap_stream *s)
{
	const uint8_t header[] = { type, 3, 3, 0 };
	uint32_t said = 0;

	while (said < n && s->head < sizeof header)
		to[said++] = header[s->head++];
	if (said == n)
		return said;
	s->head = 0;
	s->body = n - said > 1 ? MIN(n - said - 1, 255) : 16;
	to[said++] = (uint8_t)s->body;
	return said;
}

/* Records that fill n bytes, or go on in the next segment where these are too few. */
static void put_records(uint8_t *to, uint32_t n, uint8_t type, const struct nap_speech *what)
{
	struct nap_stream *s = what->stream;

	while (n > 0) {
		uint32_t said;

		if (s->body > 0) {
			said = MIN(s->body, n);
			nap_payload_noise(to, said, what);
			if (type == HANDSHAKE)
				to[0] = 0xff; /* no handshake message's type: encrypted */
			s->body -= said;
		} else if (s->head == 0 && n > RECORD) {
			said = RECORD;
			s->body = MIN(n - RECORD, RECORD_MAX);
			put_record_header(to, type, s->body);
		} else {
			said = put_part(to, n, type, s);
		}
		to += said;
		n -= said;
	}
}

static uint32_t put_change_cipher(uint8_t *to)
{
	put_record_header(to, CHANGE_CIPHER, 1);
	to[RECORD] = 1;
	return CCS;
}

/* How much of a first segment is hello: in TLS 1.3 the rest of the server's is encrypted. */
static uint32_t hello_size(uint32_t n, const struct hello *h)
{
	uint32_t least = hello_least(h);

	return h->client || !h->v13 || n < RECORD + least + CCS + RECORD + 1 ? n - RECORD : least;
}

static bool greet(uint8_t *to, uint32_t n, const struct nap_speech *what)
{
	const struct hello h = { what->up, false, what->app->tls == NAP_TLS_13 };
	uint32_t size = n > RECORD ? hello_size(n, &h) : 0, said = RECORD + size;

	if (size == 0 || !put_hello(to + RECORD, size, &h, what))
		return false;
	put_record_header(to, HANDSHAKE, size);
	if (said < n)
		said += put_change_cipher(to + said);
	put_records(to + said, n - said, DATA, what);
	return true;
}

/* Of TLS 1.2: before it the keys are being agreed upon. */
static bool makes_keys(const struct nap_speech *what)
{
	const struct nap_app_config *app = what->app;
	uint32_t first = app->starttls ? app->starttls_round_trips : 0;

	return app->tls == NAP_TLS_12 && nap_payload_step(what) == (int)first + 1;
}

void nap_payload_tls(uint8_t *to, uint32_t n, const struct nap_speech *what)
{
	struct nap_stream *s = what->stream, before = *s;
	bool goes_on = what->packet->seq == s->next;
	uint32_t said = 0;

	if (!goes_on)
		s->head = s->body = 0;
	if (!nap_payload_greets(what) || !greet(to, n, what)) {
		bool keys = s->head == 0 && s->body == 0 && makes_keys(what) && n > CCS;

		if (keys)
			said = put_change_cipher(to);
		put_records(to + said, n - said, keys ? HANDSHAKE : DATA, what);
	}
	if (!goes_on && (int32_t)(what->packet->seq + n - before.next) <= 0)
		*s = before; /* said again: nothing new has begun */
}

/* ---- DTLS -------------------------------------------------------------------------------------------------------------- */

static uint32_t put_dtls_header(
	uint8_t *to, uint8_t type, uint16_t epoch, uint32_t body, const struct nap_speech *what)
{
	to[0] = type;
	nap_put16(to + 1, 0xfefd);
	nap_put16(to + 3, epoch);
	nap_put16(to + 5, 0);
	nap_put32(to + 7, what->stream->count);
	nap_put16(to + 11, body);
	return DTLS_RECORD;
}

/* RFC 6347 4.2.1: version, and a cookie that fills what there is. */
static bool put_hello_verify(uint8_t *to, uint32_t n, const struct nap_speech *what)
{
	uint8_t *at;

	if (n < 12 + 3 || n > 12 + 3 + 255)
		return false;
	at = put_header(to, HELLO_VERIFY, n - 12, true);
	nap_put16(at, 0xfefd);
	at[2] = (uint8_t)(n - 12 - 3);
	nap_payload_noise(at + 3, at[2], what);
	return true;
}

/* Steps of an opening that can be read: all of DTLS 1.3, but the last of DTLS 1.2's three. */
static bool put_dtls_hello(uint8_t *to, uint32_t n, const struct nap_speech *what)
{
	const struct hello h = { what->up, true, what->app->tls == NAP_DTLS_13 };
	int step = nap_payload_step(what);

	if (step < 0 || step > 1)
		return false;
	return step == 0 && !what->up && !h.v13 ? put_hello_verify(to, n, what) : put_hello(to, n, &h, what);
}

void nap_payload_dtls(uint8_t *to, uint32_t n, const struct nap_speech *what)
{
	if (n <= DTLS_RECORD) {
		nap_payload_noise(to, n, what);
		return;
	}
	if (put_dtls_hello(to + DTLS_RECORD, n - DTLS_RECORD, what)) {
		put_dtls_header(to, HANDSHAKE, 0, n - DTLS_RECORD, what);
		return;
	}
	while (n > DTLS_RECORD) {
		uint32_t body = MIN(n - DTLS_RECORD, RECORD_MAX);

		if (n - DTLS_RECORD - body <= DTLS_RECORD &&
			n - DTLS_RECORD > body) /* room for the last one */
			body -= DTLS_RECORD;
		put_dtls_header(to, DATA, 1, body, what);
		nap_payload_noise(to + DTLS_RECORD, body, what);
		to += DTLS_RECORD + body;
		n -= DTLS_RECORD + body;
	}
}
