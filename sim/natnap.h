/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libnatnap: middleboxes, radios, and clients with their keepalives, as a pure
 * library: plain structs in and out, time and randomness as arguments.
 * `make install` writes this as one header that stands alone; the library needs GLib.
 *
 * Embed one part (nap_box_new, nap_box_input; nap_radio_compile, nap_radio_send) in a simulator of your own, or fill
 * a struct nap_scenario and run it: nap_plan_make, nap_workspace_new, nap_run_part, nap_replication_sum, nap_metrics.
 */
#ifndef NATNAP_H
#define NATNAP_H

#include "kernel/time.h"
#include "kernel/rng.h"
#include "kernel/dist.h"
#include "kernel/arrivals.h"
#include "net/packet.h"
#include "middlebox/box.h"
#include "radio/radio.h"
#include "radio/battery.h"
#include "client/policy.h"
#include "run/metrics.h"
#include "run/run.h"
#include "run/scenario.h"

#endif
