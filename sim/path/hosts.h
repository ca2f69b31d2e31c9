/* SPDX-License-Identifier: BSD-2-Clause */
/* Datagrams in pieces at either end of a path whose boxes cut packets: a host numbers what it sends, and joins what has come. */
#ifndef NAP_PATH_HOSTS_H
#define NAP_PATH_HOSTS_H

#include "path/subscriber.h"

/* Bytes of nap_hosts_of(s); none where nothing is cut. */
size_t nap_hosts_bytes(const struct nap_line *line);

/* The piece of flight *f has come to its end, where it waits for the others, as at any host; true: *f's packet is whole now. */
bool nap_hosts_join(
	struct nap_subscriber *s, const struct nap_line *line, nap_time now, struct nap_flight *f);

/* What is kept is given back. */
void nap_hosts_finish(struct nap_subscriber *s, const struct nap_line *line);

#endif
