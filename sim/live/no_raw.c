/* SPDX-License-Identifier: BSD-2-Clause */
/* Built without libnet: nothing can be crafted, and nap_raw_open says so. */
#include "live/raw.h"

#include <stddef.h>

struct nap_raw *nap_raw_open(void)
{
	return NULL;
}

void nap_raw_free(struct nap_raw *r)
{
	(void)r;
}

bool nap_raw_send(struct nap_raw *r, const struct nap_segment *s)
{
	(void)r;
	(void)s;
	return false;
}

bool nap_raw_echo_reply(struct nap_raw *r, const struct nap_inet *src, const struct nap_inet *dst,
	const uint8_t *data, size_t n)
{
	(void)r;
	(void)src;
	(void)dst;
	(void)data;
	(void)n;
	return false;
}
