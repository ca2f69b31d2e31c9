/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Simulated packets as a capture file (pcapng, nanoseconds), as if taken at points of the path: an interface each. Payloads are
 * made up (payload.h); comments say where a packet was dropped and that a binding has lapsed.
 */
#ifndef NAP_IO_PCAP_WRITE_H
#define NAP_IO_PCAP_WRITE_H

#include <stdbool.h>

#include <glib.h>

#include "path/subscriber.h"
#include "run/scenario.h"

struct nap_capture;

struct nap_capture_options {
	const struct nap_scenario *scenario; /* the subscriber's; has to stay */
	/* NULL-terminated: device, server, NAME.inside, NAME.outside (of a middlebox), all. NULL or none: device. */
	const char *const *points;
	bool ethernet; /* else frames begin with IP */
};

/* Can these points be had? False with which cannot, and what there is. */
bool nap_capture_points_check(const struct nap_capture_options *o, GError **error);

/* Open PATH; NULL with "PATH: why", or as nap_capture_points_check says. */
struct nap_capture *nap_capture_open(const char *path, const struct nap_capture_options *o, GError **error);

/* What an observer of the path is told. Errors of writing show when it is closed. */
void nap_capture_packet(struct nap_capture *c, nap_time now, enum nap_place place, int hop, bool up,
	const struct nap_packet *p);
void nap_capture_note(struct nap_capture *c, nap_time now, uint32_t notes);

/* Finish: the file appears under its name, complete; false with "PATH: why" when any write failed: it does not appear. */
bool nap_capture_close(struct nap_capture *c, GError **error);

/* Give up: no file appears. Accepts NULL. */
void nap_capture_abandon(struct nap_capture *c);

#endif
