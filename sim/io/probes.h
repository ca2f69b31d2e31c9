/* SPDX-License-Identifier: BSD-2-Clause */
/* Round-trip times after idle gaps, as CSV: the raw files of the RRC-probe study, or two columns. */
#ifndef NAP_IO_PROBES_H
#define NAP_IO_PROBES_H

#include <stddef.h>

#include <glib.h>

#include "radio/infer.h"

struct nap_probe_set {
	struct nap_rrc_probe *probe; /* n of them, in file order */
	size_t n;
	size_t rows;    /* data rows read */
	size_t dropped; /* of these, marked to be dropped (KeepOrDrop other than YEP) or without a round trip */
};

/*
 * Columns by the header's names: idle time `interval` or `idle_s`, in seconds; round trip `RTT1` or `rtt_ms`, in milliseconds;
 * `KeepOrDrop`, if there: YEP or empty keeps. Others are passed over. False with "FILE:LINE: reason". Free set->probe
 * with g_free.
 */
bool nap_probes_load(const char *path, struct nap_probe_set *set, GError **error);

#endif
