/* SPDX-License-Identifier: BSD-2-Clause */
/* The reflector's sockets and its single-threaded loop. */
#ifndef NAP_LIVE_REFLECTOR_SERVE_H
#define NAP_LIVE_REFLECTOR_SERVE_H

#include <signal.h>

#include <glib.h>

#include "live/reflector.h"

struct nap_reflector_options {
	const struct nap_inet *listen; /* usual addresses, at most one per family; ports are ignored */
	uint32_t n_listen;             /* 0: all addresses of both families */
	struct nap_inet other[2];      /* second addresses, IPv4 and IPv6; family 0: none */
	struct nap_reflector_config
		reflector; /* its ports, raw_port 0: none; addresses and features are set here */
	const char *user;  /* to become after binding, when root */
};

/*
 * Binds everything, drops privileges, then serves until *stop is not 0. False with error set when it cannot begin:
 * nothing is served then. `ready` is called once all sockets are bound and privileges are dropped.
 */
bool nap_reflector_serve(const struct nap_reflector_options *options, const volatile sig_atomic_t *stop,
	void (*ready)(const struct nap_reflector_options *options), struct nap_reflector_counts *counts,
	GError **error);

#endif
