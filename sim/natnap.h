/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libnatnap: middleboxes (NATs, CGNs, firewalls), radios that sleep, and whole scenarios of clients with their keepalives, for
 * other simulators and tests. No file, clock, socket or foreign randomness: time (integer nanoseconds) and random streams
 * are arguments, and equal arguments give equal results to the bit, on every machine. What one object holds is its own: any number
 * of threads may each use objects of their own.
 *
 *   a middlebox   nap_box_config_init, _profile, _set; nap_box_new, nap_box_input      (examples/embed_box.c)
 *   a radio       nap_scenario_parse, nap_scenario_radio; nap_radio_init, _send, ...   (examples/embed_radio.c)
 *   a scenario    nap_scenario_parse; nap_replicate, nap_replication_metric            (examples/embed_run.c)
 *
 * The header needs C11 or C++11 and nothing else; the library itself needs GLib. In the sources sim/natnap.h is its plan, where
 * a line that includes a file of the project stands for what is marked in it (sim/kernel/api.h).
 */
#ifndef NATNAP_H
#define NATNAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#include "kernel/api.h"
#include "kernel/time.h"
#include "kernel/rng.h"
#include "net/packet.h"

/* ---- middleboxes ---------------------------------------------------------------------------------------------- */

struct nap_box_config;

#include "middlebox/box_config.h"

/* Its inside is the library's: by its keys no value can be forgotten, as one left at zero would be. */
struct nap_box_config {
	uint64_t inside[NAP_BOX_CONFIG_WORDS];
};

#include "text/box_text.h"
#include "middlebox/box.h"

/* ---- scenarios ------------------------------------------------------------------------------------------------ */

#include "text/embed.h"
#include "text/scenario.h"
#include "run/replicate.h"

/* ---- radios --------------------------------------------------------------------------------------------------- */

struct nap_meter; /* what a radio did; one may serve many radios of one kind */

#include "radio/radio.h"
#include "radio/meter.h"

#ifdef __cplusplus
}
#endif

#endif
