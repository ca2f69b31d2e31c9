/* SPDX-License-Identifier: BSD-2-Clause */
/* STUN messages (RFC 8489) with the attributes of behaviour discovery (RFC 5780), as far as a prober needs them. */
#ifndef NAP_LIVE_STUN_H
#define NAP_LIVE_STUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "live/inet.h"

#define NAP_STUN_MAX 576 /* bytes of a message read or written */
#define NAP_STUN_ID  12  /* bytes of a transaction id */

enum nap_stun_class {
	NAP_STUN_REQUEST,
	NAP_STUN_INDICATION,
	NAP_STUN_SUCCESS,
	NAP_STUN_ERROR
}; /* RFC 8489 5 */

enum nap_stun_change { NAP_STUN_CHANGE_PORT = 2, NAP_STUN_CHANGE_IP = 4 }; /* RFC 5780 7.2 */

/* A Binding message. Absent attributes are zero. */
struct nap_stun {
	uint8_t klass; /* enum nap_stun_class */
	uint8_t id[NAP_STUN_ID];
	uint8_t change;         /* CHANGE-REQUEST: enum nap_stun_change */
	uint16_t response_port; /* RESPONSE-PORT */
	struct nap_inet mapped; /* XOR-MAPPED-ADDRESS, else MAPPED-ADDRESS */
	struct nap_inet other;  /* OTHER-ADDRESS */
	struct nap_inet origin; /* RESPONSE-ORIGIN */
	uint16_t error;         /* ERROR-CODE: 420 ... */
};

/* Writes m (requests and indications: change and response_port) to buf; returns its length. */
size_t nap_stun_write(const struct nap_stun *m, uint8_t buf[NAP_STUN_MAX]);

/* Reads a Binding message; false, *m untouched, when it is not exactly one. Attributes that are not known are passed over. */
bool nap_stun_read(const uint8_t *buf, size_t n, struct nap_stun *m);

#endif
