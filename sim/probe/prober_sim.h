/* SPDX-License-Identifier: BSD-2-Clause */
/* A prober over a simulated path: both ends are here, the clock is a variable. */
#ifndef NAP_PROBE_PROBER_SIM_H
#define NAP_PROBE_PROBER_SIM_H

#include "probe/prober.h"
#include "probe/sim_path.h"

/* A prober over the path of sc (not copied: must outlive it), able to do all of enum nap_prober_can. Free by ops->free. */
struct nap_prober *nap_prober_sim_new(const struct nap_scenario *sc, uint64_t seed);

/* The path below it. */
struct nap_sim_path *nap_prober_sim_path(struct nap_prober *p);

#endif
