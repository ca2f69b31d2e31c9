/* SPDX-License-Identifier: BSD-2-Clause */
/* What a population asks of its networks over time, as load.csv, and how its NATs' addresses fill, as addresses.csv. */
#ifndef NAP_REPORT_LOAD_H
#define NAP_REPORT_LOAD_H

#include <glib.h>

#include "run/load.h"

/*
 * time_s,promotions_per_s,pages_per_s,signalling_per_s,packets_per_s,keepalive_packet_fraction,pushes_per_s,pushes_lost_fraction,
 * reconnects_per_s: of all subscribers together, for each of NAP_LOAD_ROWS equal intervals of the run, which ends at time_s. A
 * fraction of nothing is empty. Free with g_string_free.
 */
GString *nap_load_csv(const struct nap_scenario *sc, const struct nap_load *l);

/*
 * time_s,middlebox,address,sessions,ports,blocks: for the same intervals and each external address of a shared NAT what lies on it
 * at the interval's end. NULL where there is no such NAT, or all have too many addresses to tell them apart. Free with g_string_free.
 */
GString *nap_addresses_csv(const struct nap_scenario *sc, const struct nap_load *l);

#endif
