/* SPDX-License-Identifier: BSD-2-Clause */
/* How full the shared middleboxes were over time, as occupancy.csv. */
#ifndef NAP_REPORT_OCCUPANCY_H
#define NAP_REPORT_OCCUPANCY_H

#include <glib.h>

#include "run/load.h"

/* Is there a middlebox in sc whose occupancy is gathered? */
bool nap_occupancy_is_known(const struct nap_scenario *sc);

/*
 * time_s,middlebox,sessions,sessions_peak,opened,ports,blocks,refused,evicted,log_records: for each of NAP_LOAD_ROWS equal intervals
 * of the run, which ends at time_s, and each shared middlebox: sessions at its end, most sessions and sessions opened within it, external
 * ports and blocks of ports in use at its end; sessions refused and thrown out, and log records, within it. Free with g_string_free.
 */
GString *nap_occupancy_csv(const struct nap_scenario *sc, const struct nap_gather *g);

#endif
