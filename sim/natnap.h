/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libnatnap: middleboxes, radios, and clients with their keepalives, as a pure
 * library: plain structs in and out, time and randomness as arguments.
 * `make install` writes this as one header that stands alone.
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

#endif
