/* SPDX-License-Identifier: BSD-2-Clause */
/* What stands for an address in the core: an IPv4 address for itself, each IPv6 address of a live flow for a number in 240.0.0.0/4. */
#ifndef NAP_REPLAY_NAMES_H
#define NAP_REPLAY_NAMES_H

#include "replay/frame.h"

struct nap_names;

struct nap_names *nap_names_new(void);
void nap_names_free(struct nap_names *n); /* accepts NULL */

/* Of an address; one without a name gets one that lasts until nap_names_drop has been called as often as nap_names_keep. */
nap_addr nap_names_of(struct nap_names *n, struct nap_ip ip);
void nap_names_keep(struct nap_names *n, struct nap_ip ip);
void nap_names_drop(struct nap_names *n, struct nap_ip ip);

#endif
