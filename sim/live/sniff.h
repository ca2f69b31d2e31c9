/* SPDX-License-Identifier: BSD-2-Clause */
/* Watching: arriving frames that match a filter, by libpcap. */
#ifndef NAP_LIVE_SNIFF_H
#define NAP_LIVE_SNIFF_H

#include "live/frame.h"

struct nap_sniff;

/* All interfaces, arriving frames only. NULL when this process may not, or the filter is not understood. Free accepts NULL. */
struct nap_sniff *nap_sniff_open(const char *filter);
void nap_sniff_free(struct nap_sniff *s);

/* Becomes readable when a frame is waiting. */
int nap_sniff_fd(const struct nap_sniff *s);

/* The next waiting frame that nap_frame_read takes; false when there is none, or many came that are of no interest. */
bool nap_sniff_next(struct nap_sniff *s, struct nap_frame *out);

#endif
