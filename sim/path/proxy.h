/* SPDX-License-Identifier: BSD-2-Clause */
/* The ends of a proxy's connections (kind = proxy): TCP of a Linux host at both its legs, and what goes from one to the other. */
#ifndef NAP_PATH_PROXY_H
#define NAP_PATH_PROXY_H

#include "client/tcp.h"
#include "middlebox/box.h"

extern const struct nap_termination nap_proxy_termination;

/* Its host: what keys of a stack have where nothing is said. */
extern const struct nap_tcp_config nap_proxy_host;

#endif
