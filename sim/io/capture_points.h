/* SPDX-License-Identifier: BSD-2-Clause */
/* Where on a path a capture may be taken. */
#ifndef NAP_IO_CAPTURE_POINTS_H
#define NAP_IO_CAPTURE_POINTS_H

#include "io/pcap_write.h"

struct nap_capture_point {
	enum nap_place place; /* NAP_AT_DEVICE, NAP_AT_SERVER; NAP_AT_BOX_IN: a side of a middlebox */
	int hop;
	enum nap_side side;
	char *name;
};

/* Elements struct nap_capture_point, from the device outwards, each once; NULL with what is wrong. */
GArray *nap_capture_points(const struct nap_capture_options *o, GError **error);

/* Which side of its middlebox a packet is seen on. */
enum nap_side nap_capture_side(const struct nap_scenario *sc, enum nap_place place, uint32_t hop, bool up);

#endif
