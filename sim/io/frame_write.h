/* SPDX-License-Identifier: BSD-2-Clause */
/* One simulated packet as bytes: IPv4, the transport header with its options and checksums, the payload as payload.h says it. */
#ifndef NAP_IO_FRAME_WRITE_H
#define NAP_IO_FRAME_WRITE_H

#include <stdbool.h>

#include "io/payload.h"

#define NAP_FRAME_MAX 65535

/* Returns how many of to's NAP_FRAME_MAX bytes it takes: those that the model counts (nap_packet_bytes). */
size_t nap_frame_write(uint8_t *to, const struct nap_speech *what);

#endif
