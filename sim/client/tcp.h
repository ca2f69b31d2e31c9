/* SPDX-License-Identifier: BSD-2-Clause */
/* One end of a TCP connection as far as keepalives need it. One application message is one segment. */
#ifndef NAP_CLIENT_TCP_H
#define NAP_CLIENT_TCP_H

#include "client/outbox.h"

struct nap_tcp {
	uint8_t state;
};

#endif
