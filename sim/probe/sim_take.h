/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef NAP_PROBE_SIM_TAKE_H
#define NAP_PROBE_SIM_TAKE_H

#include "probe/sim_prober.h"

/* A packet came to the end of the path. */
void nap_sim_take(struct nap_sim_prober *s, struct nap_sim_arrival *a);

#endif
