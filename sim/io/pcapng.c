/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/pcapng.h"

#include <string.h>

#include <glib.h>

#include "io/frame_bytes.h"

/* Block types and option codes. */
enum { SECTION = 0x0a0d0d0a, INTERFACE = 1, NAMES = 4, PACKET = 6 };
enum {
	OPT_END = 0,
	OPT_COMMENT = 1,
	IF_NAME = 2,
	IF_DESCRIPTION = 3,
	SHB_USER_APPLICATION = 4,
	IF_TSRESOL = 9
};
enum { NAME_IPV4 = 1 };

#define SNAP 262144

static void add32(GByteArray *b, uint32_t v)
{
	g_byte_array_append(b, (const uint8_t *)&v, sizeof v);
}

static void add16(GByteArray *b, uint16_t v)
{
	g_byte_array_append(b, (const uint8_t *)&v, sizeof v);
}

/* Up to the next multiple of four. */
static void pad(GByteArray *b)
{
	static const uint8_t zeros[4];

	g_byte_array_append(b, zeros, (4 - b->len % 4) % 4);
}

static void add_option(GByteArray *b, uint16_t code, const void *value, size_t n)
{
	add16(b, code);
	add16(b, (uint16_t)n);
	g_byte_array_append(b, value, (guint)n);
	pad(b);
}

static void add_text(GByteArray *b, uint16_t code, const char *text)
{
	add_option(b, code, text, MIN(strlen(text), UINT16_MAX));
}

static void end_options(GByteArray *b)
{
	add32(b, OPT_END);
}

/* The block whose body is b, which is freed. */
static void write_block(FILE *f, uint32_t type, GByteArray *b)
{
	const uint32_t head[2] = { type, b->len + 12 };

	fwrite(head, sizeof head, 1, f);
	fwrite(b->data, 1, b->len, f);
	fwrite(&head[1], sizeof head[1], 1, f);
	g_byte_array_free(b, TRUE);
}

void nap_pcapng_section(FILE *f, const char *program)
{
	GByteArray *b = g_byte_array_new();

	add32(b, 0x1a2b3c4d);
	add16(b, 1); /* version 1.0 */
	add16(b, 0);
	add32(b, UINT32_MAX); /* of a length that nobody knows yet */
	add32(b, UINT32_MAX);
	add_text(b, SHB_USER_APPLICATION, program);
	end_options(b);
	write_block(f, SECTION, b);
}

void nap_pcapng_interface(FILE *f, uint16_t link, const char *name, const char *description)
{
	GByteArray *b = g_byte_array_new();
	const uint8_t nanoseconds = 9;

	add16(b, link);
	add16(b, 0);
	add32(b, SNAP);
	add_text(b, IF_NAME, name);
	add_text(b, IF_DESCRIPTION, description);
	add_option(b, IF_TSRESOL, &nanoseconds, 1);
	end_options(b);
	write_block(f, INTERFACE, b);
}

void nap_pcapng_name(FILE *f, nap_addr addr, const char *name)
{
	GByteArray *b = g_byte_array_new();
	size_t n = strlen(name) + 1;
	uint8_t where[4];

	nap_put32(where, addr);
	add16(b, NAME_IPV4);
	add16(b, (uint16_t)(sizeof where + n));
	g_byte_array_append(b, where, sizeof where);
	g_byte_array_append(b, (const uint8_t *)name, (guint)n);
	pad(b);
	add32(b, OPT_END); /* of the records; there are no options */
	write_block(f, NAMES, b);
}

void nap_pcapng_packet(
	FILE *f, uint32_t interface, nap_time at, const uint8_t *data, uint32_t n, const char *comment)
{
	GByteArray *b = g_byte_array_new();

	add32(b, interface);
	add32(b, (uint32_t)((uint64_t)at >> 32));
	add32(b, (uint32_t)at);
	add32(b, n);
	add32(b, n);
	g_byte_array_append(b, data, n);
	pad(b);
	if (comment) {
		add_text(b, OPT_COMMENT, comment);
		end_options(b);
	}
	write_block(f, PACKET, b);
}
