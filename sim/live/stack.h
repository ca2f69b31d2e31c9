/* SPDX-License-Identifier: BSD-2-Clause */
/* What the host's own TCP tells of a connection (TCP_INFO). */
#ifndef NAP_LIVE_STACK_H
#define NAP_LIVE_STACK_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/time.h"

struct nap_stack_told {
	bool settled;     /* nothing is unacknowledged, and no handshake under way */
	uint32_t repeats; /* packets sent again, the SYN included */
	uint32_t heard;   /* segments received */
	nap_time quiet;   /* since the last acknowledgement or data that was news, to a millisecond */
};

/* Of a socket; false when it does not tell. */
bool nap_stack_ask(int fd, struct nap_stack_told *told);

#endif
