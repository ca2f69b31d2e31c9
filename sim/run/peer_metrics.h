/* SPDX-License-Identifier: BSD-2-Clause */
/* What is counted of a way to another client ([peer]): values of the table in metrics.c. */
#ifndef NAP_RUN_PEER_METRICS_H
#define NAP_RUN_PEER_METRICS_H

#include "run/metrics.h"

/* Is there a peer? */
bool nap_peer_metric_has_peer(const struct nap_scenario *sc);

double nap_peer_metric_openings(const struct nap_scenario *sc, const struct nap_replication *r);
double nap_peer_metric_checks_sent(const struct nap_scenario *sc, const struct nap_replication *r);
double nap_peer_metric_punch_time_s(const struct nap_scenario *sc, const struct nap_replication *r);
double nap_peer_metric_punch_packets(const struct nap_scenario *sc, const struct nap_replication *r);
double nap_peer_metric_opened_ways(const struct nap_scenario *sc, const struct nap_replication *r);
double nap_peer_metric_punch_success_fraction(const struct nap_scenario *sc, const struct nap_replication *r);
double nap_peer_metric_direct_fraction(const struct nap_scenario *sc, const struct nap_replication *r);
double nap_peer_metric_relayed_fraction(const struct nap_scenario *sc, const struct nap_replication *r);

/* What the ratios are of. */
double nap_peer_metric_all_openings(const struct nap_scenario *sc, const struct nap_replication *r);

#endif
