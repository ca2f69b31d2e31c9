/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages of protocols over TCP, and SIP, which goes over both. */
#include <stdio.h>
#include <string.h>

#include <glib.h>

#include "client/message.h"
#include "io/frame_bytes.h"
#include "io/payload_inside.h"

static bool is_answer(const struct nap_speech *what)
{
	switch (what->packet->message) {
	case NAP_MSG_OPEN_DOWN:
	case NAP_MSG_KEEPALIVE_ANSWER:
	case NAP_MSG_SERVER_ANSWER:
	case NAP_MSG_PUSH_ANSWER:
	case NAP_MSG_LIVENESS_ANSWER:
	case NAP_MSG_REPORT_ANSWER:
	case NAP_MSG_REPORT_ERROR:
	case NAP_MSG_REKEYED:
		return true;
	default:
		return false;
	}
}

/* ---- AMQP 0-9-1 2.3.5 -------------------------------------------------------------------------------------------------- */

/* A heartbeat, or a frame of content. */
static bool put_amqp_frame(uint8_t *to, uint32_t n)
{
	if (n < 8)
		return false;
	to[0] = n == 8 ? 8 : 3;
	nap_put16(to + 1, n > 8);
	nap_put32(to + 3, n - 8);
	memset(to + 7, 'x', n - 8);
	to[n - 1] = 0xce;
	return true;
}

bool nap_payload_amqp(uint8_t *to, uint32_t n, const struct nap_speech *what)
{
	static const uint8_t header[] = { 'A', 'M', 'Q', 'P', 0, 0, 9, 1 };

	if (!what->up || !nap_payload_greets(what) || n < sizeof header)
		return put_amqp_frame(to, n);
	if (n > sizeof header && !put_amqp_frame(to + sizeof header, n - (uint32_t)sizeof header))
		return false;
	memcpy(to, header, sizeof header);
	return true;
}

/* ---- IMAP before TLS (RFC 9051 6.2.1) ------------------------------------------------------------------------------------ */

bool nap_payload_imap(uint8_t *to, uint32_t n, const struct nap_speech *what)
{
	bool last = nap_payload_step(what) == (int)what->app->starttls_round_trips - 1;
	const char *command = last ? " STARTTLS\r\n" : " CAPABILITY\r\n";
	size_t size = strlen(command);

	if (!what->up)
		return nap_payload_text(
			to, n, last ? "tag OK STARTTLS " : "* CAPABILITY IMAP4rev1 STARTTLS ", "\r\n");
	if (n <= size)
		return false;
	memcpy(to + n - size, command, size);
	memset(to, 'a', n - size);
	return true;
}

/* ---- XMPP before TLS (RFC 6120 5.4) -------------------------------------------------------------------------------------- */

bool nap_payload_xmpp(uint8_t *to, uint32_t n, const struct nap_speech *what)
{
	bool last = nap_payload_step(what) == (int)what->app->starttls_round_trips - 1;

	if (last)
		return nap_payload_text(to, n,
			what->up ? "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls' n='"
				 : "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls' n='",
			"'/>");
	if (nap_payload_step(what) > 0)
		return false;
	return what->up ? nap_payload_text(to, n,
				  "<stream:stream xmlns='jabber:client' "
				  "xmlns:stream='http://etherx.jabber.org/streams' to='",
				  "'>")
			: nap_payload_text(to, n,
				  "<stream:stream xmlns='jabber:client' "
				  "xmlns:stream='http://etherx.jabber.org/streams' id='",
				  "'><stream:features><starttls "
				  "xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>");
}

/* ---- Kafka ---------------------------------------------------------------------------------------------------------------- */

/* Requests are SaslHandshake (17), version 0, of a mechanism whose name fills what there is; answers offer one of that length. */
bool nap_payload_kafka(uint8_t *to, uint32_t n, const struct nap_speech *what)
{
	if (n < 16)
		return false;
	memset(to, 'n', n);
	nap_put32(to, n - 4);
	nap_put32(to + 4, what->up ? 17u << 16 : what->stream->count);
	if (what->up) {
		nap_put32(to + 8, what->stream->count);
		nap_put16(to + 12, 0); /* a client without a name */
	} else {
		nap_put16(to + 8, 0); /* no error */
		nap_put32(to + 10, 1);
	}
	nap_put16(to + 14, n - 16);
	return true;
}

/* ---- MQTT 3.1.1 ------------------------------------------------------------------------------------------------------------ */

/* Type and what is left (2.2.3); returns the header's size, 0 where no length of one to three bytes gives n. */
static uint32_t put_mqtt_header(uint8_t *to, uint32_t n, uint8_t type)
{
	for (uint32_t bytes = 1; bytes <= 3; bytes++) {
		uint32_t left = n - 1 - bytes;

		if (n < 1 + bytes || left >> (7 * bytes) != 0 ||
			(bytes > 1 && left >> (7 * (bytes - 1)) == 0))
			continue;
		to[0] = type;
		for (uint32_t i = 0; i < bytes; i++, left >>= 7)
			to[1 + i] = (uint8_t)((left & 0x7f) | (i + 1 < bytes ? 0x80 : 0));
		return 1 + bytes;
	}
	return 0;
}

static bool put_connect(uint8_t *to, uint32_t n)
{
	static const uint8_t say[] = { 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 60 };
	uint32_t head = n >= 14 ? put_mqtt_header(to, n, 0x10) : 0, at = head + sizeof say;

	if (head == 0 || n < at + 2)
		return false;
	memcpy(to + head, say, sizeof say);
	nap_put16(to + at, n - at - 2);
	memset(to + at + 2, 'n', n - at - 2);
	return true;
}

bool nap_payload_mqtt(uint8_t *to, uint32_t n, const struct nap_speech *what)
{
	uint32_t head;

	if (n == 2) { /* PINGREQ, PINGRESP */
		nap_put16(to, what->up ? 0xc000 : 0xd000);
		return true;
	}
	if (n == 4) { /* PUBACK, CONNACK */
		nap_put16(to, !what->up && nap_payload_greets(what) ? 0x2002 : 0x4002);
		nap_put16(to + 2, !what->up && nap_payload_greets(what) ? 0 : 1);
		return true;
	}
	if (what->up && nap_payload_greets(what) && put_connect(to, n))
		return true;
	head = put_mqtt_header(to, n, 0x30);
	if (head == 0 || n < head + 3)
		return false;
	nap_put16(to + head, 1); /* a topic of one letter */
	memset(to + head + 2, 'n', n - head - 2);
	return true;
}

/* ---- PostgreSQL 55.7 ------------------------------------------------------------------------------------------------------- */

bool nap_payload_postgresql(uint8_t *to, uint32_t n, const struct nap_speech *what)
{
	if (what->up && nap_payload_greets(what) && n >= 16) {
		nap_put32(to, n);
		nap_put32(to + 4, 3u << 16);
		memset(to + 8, 'n', n - 8);
		memcpy(to + 8, "user", 5);
		to[n - 2] = to[n - 1] = 0;
		return true;
	}
	if (n < 5)
		return false;
	memset(to, 'x', n);
	nap_put32(to + 1, n - 1);
	if (what->up) { /* a query, or the end */
		to[0] = n == 5 ? 'X' : 'Q';
		to[n - 1] = n == 5 ? 4 : 0;
		return true;
	}
	to[0] = n == 6 ? 'Z' : 'd'; /* ready, or data */
	if (n == 6)
		to[5] = 'I';
	return true;
}

/* ---- Redis, RESP ----------------------------------------------------------------------------------------------------------- */

/* An array of one string of the length that gives n in all. */
static bool put_command(uint8_t *to, uint32_t n)
{
	for (uint32_t digits = 1; digits <= 4; digits++) {
		char head[24];
		int size;

		if (n < 4 + 1 + digits + 2 + 2)
			return false;
		size = snprintf(head, sizeof head, "*1\r\n$%u\r\n", n - (4 + 1 + digits + 2 + 2));
		if ((uint32_t)size == 4 + 1 + digits + 2)
			return nap_payload_text(to, n, head, "\r\n");
	}
	return false;
}

bool nap_payload_redis(uint8_t *to, uint32_t n, const struct nap_speech *what)
{
	if (n == 14 && what->up)
		return nap_payload_text(to, n, "*1\r\n$4\r\nPING", "\r\n");
	if (n == 7 && !what->up)
		return nap_payload_text(to, n, "+PONG", "\r\n");
	return (what->up && put_command(to, n)) || nap_payload_text(to, n, "+", "\r\n");
}

/* ---- SIP (RFC 3261, RFC 5626 4.4) -------------------------------------------------------------------------------------------- */

bool nap_payload_sip(uint8_t *to, uint32_t n, const struct nap_speech *what)
{
	bool stream = what->packet->proto == NAP_TCP, answer = is_answer(what);

	if (n == 2 || n == 4) {
		memcpy(to, "\r\n\r\n", n);
		return true;
	}
	if (nap_payload_text(to, n,
		    answer ? "SIP/2.0 200 OK\r\nCall-ID: n\r\nCSeq: 1 REGISTER\r\nContent-Length: "
			     "0\r\nServer: "
			   : "REGISTER sip:natnap SIP/2.0\r\nCall-ID: n\r\nCSeq: 1 REGISTER\r\n"
			     "Content-Length: 0\r\nUser-Agent: ",
		    "\r\n\r\n"))
		return true;
	if (!stream && nap_payload_stun(to, n, what))
		return true;
	return nap_payload_text(
		to, n, answer ? "SIP/2.0 200 " : "OPTIONS sip:n SIP/2.0\r\nSubject: ", "\r\n\r\n");
}

/* ---- SSH (RFC 4253 4.2, 6) ------------------------------------------------------------------------------------------------------ */

enum { NEW_KEYS = 21, PACKET_LEAST = 6 };

/* A packet whose length can be read, as in RFC 5647. */
static void put_ssh_packet(uint8_t *to, uint32_t n, uint8_t code, const struct nap_speech *what)
{
	nap_payload_noise(to, n, what);
	if (n < PACKET_LEAST)
		return;
	nap_put32(to, n - 4);
	to[4] = 0; /* no padding */
	to[5] = code;
}

/* Who speaks, at first, and that keys are there; what follows is encrypted. */
bool nap_payload_ssh(uint8_t *to, uint32_t n, const struct nap_speech *what)
{
	uint32_t line = n < 40 + PACKET_LEAST ? n : 40;

	if (!nap_payload_greets(what)) {
		put_ssh_packet(to, n, 0xff, what);
		return true;
	}
	if (!nap_payload_text(to, line, "SSH-2.0-natnap ", "\r\n"))
		return false;
	put_ssh_packet(to + line, n - line, NEW_KEYS, what);
	return true;
}
