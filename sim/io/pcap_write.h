/* SPDX-License-Identifier: BSD-2-Clause */
/* Simulated packets as a capture file, as if taken on the device: raw IPv4, nanosecond time stamps. */
#ifndef NAP_IO_PCAP_WRITE_H
#define NAP_IO_PCAP_WRITE_H

#include <stdbool.h>

#include <glib.h>

#include "kernel/time.h"
#include "net/packet.h"

struct nap_capture;

/* Open PATH; NULL with "PATH: why". */
struct nap_capture *nap_capture_open(const char *path, GError **error);

/* Append p at now (payload as zeros). Errors show when it is closed. */
void nap_capture_add(struct nap_capture *c, nap_time now, const struct nap_packet *p);

/* Finish: the file appears under its name, complete; false with "PATH: why" when any write failed: it does not appear. */
bool nap_capture_close(struct nap_capture *c, GError **error);

/* Give up: no file appears. Accepts NULL. */
void nap_capture_abandon(struct nap_capture *c);

#endif
