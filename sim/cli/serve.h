/* SPDX-License-Identifier: BSD-2-Clause */
/* One page for a browser on this machine. */
#ifndef NAP_CLI_SERVE_H
#define NAP_CLI_SERVE_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

/*
 * Offer the page on 127.0.0.1 alone, port 0: a free one; print its address, and answer until an interrupt. False with a reason when
 * the port cannot be had.
 */
bool nap_serve_page(const char *page, size_t length, uint16_t port, GError **error);

#endif
