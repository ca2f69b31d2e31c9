/* SPDX-License-Identifier: BSD-2-Clause */
/* Big-endian fields of frames, and the Internet checksum. */
#ifndef NAP_IO_FRAME_BYTES_H
#define NAP_IO_FRAME_BYTES_H

#include <stddef.h>
#include <stdint.h>

static inline void nap_put16(uint8_t *at, uint32_t v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
}

static inline void nap_put32(uint8_t *at, uint32_t v)
{
	nap_put16(at, v >> 16);
	nap_put16(at + 2, v & 0xffff);
}

/* The Internet checksum (RFC 1071) over n bytes, on top of sum. */
static inline uint16_t nap_checksum(const uint8_t *data, size_t n, uint32_t sum)
{
	for (size_t i = 0; i + 1 < n; i += 2)
		sum += (uint32_t)(data[i] << 8 | data[i + 1]);
	if (n & 1)
		sum += (uint32_t)data[n - 1] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

#endif
