/* SPDX-License-Identifier: BSD-2-Clause */
/* Captures in: pcap and pcapng as libpcap reads them, also compressed by gzip, also from standard input. */
#ifndef NAP_IO_PCAP_READ_H
#define NAP_IO_PCAP_READ_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

struct nap_capture_in;

/* A frame: captured bytes of wire, at that time of the capture's clock. data lasts until the next one. */
struct nap_captured {
	int64_t s, ns;
	const uint8_t *data;
	uint32_t captured, wire;
};

typedef void (*nap_captured_fn)(void *ctx, const struct nap_captured *frame);

enum nap_read { NAP_READ_MORE, NAP_READ_END, NAP_READ_BROKEN };

/* Open PATH, "-": standard input. NULL with "PATH: why", also for what is no capture. */
struct nap_capture_in *nap_capture_in_open(const char *path, GError **error);
void nap_capture_in_close(struct nap_capture_in *c); /* accepts NULL */

/* libpcap's number of the link layer, and its name. */
int nap_capture_in_link(const struct nap_capture_in *c);
const char *nap_capture_in_link_name(const struct nap_capture_in *c);

/* Up to n frames to fn. NAP_READ_BROKEN with "PATH: packet N: why": those before it have been told. */
enum nap_read nap_capture_in_read(
	struct nap_capture_in *c, int n, nap_captured_fn fn, void *ctx, GError **error);

/* Bytes of the file read, and in all; *all is 0 when nobody knows. */
uint64_t nap_capture_in_done(const struct nap_capture_in *c, uint64_t *all);

#endif
