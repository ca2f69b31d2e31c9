/* SPDX-License-Identifier: BSD-2-Clause */
/* Bounds on what a subscriber has at its end, as text: "reachable >= 99.9%; bindings-lost <= 0; energy <= 300J". */
#ifndef NAP_TEXT_BOUND_TEXT_H
#define NAP_TEXT_BOUND_TEXT_H

#include <stdbool.h>

#include <glib.h>

#include "run/bound.h"
#include "text/arena.h"

bool nap_bounds_parse(const char *text, struct nap_arena *arena, struct nap_bounds *out, GError **error);

/* Text that reads back as the same. Free with g_free. */
char *nap_bounds_format(const struct nap_bounds *bounds);

#endif
