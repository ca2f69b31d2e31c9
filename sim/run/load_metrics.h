/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside run/: metrics of what a population behind shared middleboxes asks of its networks, as rates of all subscribers together. */
#ifndef NAP_RUN_LOAD_METRICS_H
#define NAP_RUN_LOAD_METRICS_H

#include "run/run.h"

/* Is there a population that shares a middlebox? And does its radio's profile tell its signalling? */
bool nap_load_metric_has_population(const struct nap_scenario *sc);
bool nap_load_metric_has_signalling(const struct nap_scenario *sc);

double nap_load_metric_promotions_per_s(const struct nap_scenario *sc, const struct nap_replication *r);
double nap_load_metric_pages_per_s(const struct nap_scenario *sc, const struct nap_replication *r);
double nap_load_metric_signalling_per_s(const struct nap_scenario *sc, const struct nap_replication *r);

/* Bytes of a log record of a port or block given or taken back: 5 MB for 33,000 connections (RFC 7422, section 2). */
#define NAP_LOG_RECORD_BYTES 150

#endif
