/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What simulated payloads would be, as far as an analyser of captures looks: the model has their sizes alone. A table says by the
 * security protocol, else by transport and port, which header a payload begins with; what would be encrypted is noise.
 * Each segment of TCP begins records or messages of its own.
 */
#ifndef NAP_IO_PAYLOAD_H
#define NAP_IO_PAYLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "client/app.h"
#include "net/packet.h"

/* What has been said in a direction; begins as zeros. */
struct nap_stream {
	bool greeted;      /* ciphers, or else the protocol, have begun ... */
	uint32_t greeting; /* ... with the segment of this sequence number */
	uint32_t count;    /* packets */
	uint32_t next;     /* TCP: the sequence number that goes on from here */
	uint32_t head;     /* TLS: so many bytes of a record's header were said, ... */
	uint32_t body;     /* ... or so many of its body are to come */
};

struct nap_speech {
	const struct nap_app_config *app;
	const struct nap_packet *packet;
	bool up; /* from the client? */
	struct nap_stream *stream;
};

/* The n bytes of payload at to. */
void nap_payload_put(uint8_t *to, uint32_t n, const struct nap_speech *what);

#endif
