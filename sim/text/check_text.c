/* SPDX-License-Identifier: BSD-2-Clause */
#include "text/check_text.h"

#include <string.h>

#include "text/input_error.h"

static unsigned line_of(const char *data, size_t at)
{
	unsigned line = 1;

	for (size_t i = 0; i < at; i++)
		line += data[i] == '\n';
	return line;
}

/* Index of the first byte that no text holds: controls but tab, line feed, carriage return. */
static size_t find_control(const char *data, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)data[i];

		if ((c < ' ' && c != '\t' && c != '\n' && c != '\r') || c == 0x7f)
			return i;
	}
	return size;
}

char *nap_check_text(const char *name, const char *data, size_t size, size_t *length, GError **error)
{
	size_t at = find_control(data, size);
	const char *end;

	if (at < size) {
		nap_fail(error, "%s:%u: not a text file (byte 0x%02x)", name, line_of(data, at),
			(unsigned)(unsigned char)data[at]);
		return NULL;
	}
	if (!g_utf8_validate_len(data, size, &end)) {
		nap_fail(error, "%s:%u: not UTF-8 text (byte 0x%02x)", name,
			line_of(data, (size_t)(end - data)), (unsigned)(unsigned char)*end);
		return NULL;
	}
	if (size >= 3 && memcmp(data, "\357\273\277", 3) == 0) {
		data += 3;
		size -= 3;
	}
	if (length)
		*length = size;
	return g_strndup(data, size);
}
