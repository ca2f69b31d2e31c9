/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside replay/: from a frame's first byte to its IP header. */
#ifndef NAP_REPLAY_LINK_LAYER_H
#define NAP_REPLAY_LINK_LAYER_H

#include "replay/frame.h"

/* What is left of a frame: n bytes captured at p, of wire bytes. */
struct nap_bytes {
	const uint8_t *p;
	uint32_t n, wire;
};

static inline uint32_t nap_be16(const uint8_t *p)
{
	return (uint32_t)(p[0] << 8 | p[1]);
}

static inline uint32_t nap_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Go n bytes on; false when so many were not captured. */
static inline bool nap_bytes_skip(struct nap_bytes *b, uint32_t n)
{
	if (b->n < n)
		return false;
	b->p += n;
	b->n -= n;
	b->wire -= n;
	return true;
}

/* Strip the link layer: what is left begins with an IP header. */
enum nap_skip nap_link_strip(int link, struct nap_bytes *b, uint8_t *heading);

#endif
