/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers and addresses in the elements of a config's lists (box_check.c). Private to middlebox/. */
#ifndef NAP_MIDDLEBOX_PARSE_H
#define NAP_MIDDLEBOX_PARSE_H

#include "net/packet.h"

/* Decimal number up to max at *s; moves *s behind it. */
bool nap_parse_number(const char **s, uint32_t max, uint32_t *out);

/* An IPv4 address, likewise. */
bool nap_parse_address(const char **s, nap_addr *out);

#endif
