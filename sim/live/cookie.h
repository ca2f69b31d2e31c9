/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cookies that prove an address without memory: an HMAC over address, association
 * and key epoch. Whoever can show one has received a record there. The port is
 * left out on purpose: the flows of one client behind a NAT have many ports, and
 * a server only ever answers to the port a record came from.
 */
#ifndef NAP_LIVE_COOKIE_H
#define NAP_LIVE_COOKIE_H

#include <stdbool.h>
#include <stdint.h>

#include "live/inet.h"
#include "live/record.h"

#define NAP_COOKIE_KEY 32 /* bytes of a key */

struct nap_cookies {
	uint8_t key[2][NAP_COOKIE_KEY]; /* of epoch and of the epoch before, at index epoch % 2 */
	uint32_t epoch;
};

/* Starts at epoch 1 with key; epoch 0 is never accepted. */
void nap_cookies_init(struct nap_cookies *c, const uint8_t key[NAP_COOKIE_KEY]);

/* A new epoch with a fresh key; cookies of the epoch before are still good, older ones are not. */
void nap_cookies_rotate(struct nap_cookies *c, const uint8_t key[NAP_COOKIE_KEY]);

/* Puts epoch and authenticator for host (its port does not matter) and w->association into w. */
void nap_cookie_sign(const struct nap_cookies *c, const struct nap_inet *host, struct nap_record *w);

/* Does w's cookie prove host? Compares in constant time. */
bool nap_cookie_valid(const struct nap_cookies *c, const struct nap_inet *host, const struct nap_record *w);

#endif
