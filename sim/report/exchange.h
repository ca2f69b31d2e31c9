/* SPDX-License-Identifier: BSD-2-Clause */
/* What one subscriber's packets meet on their way, in time order, as exchange.csv: ends, middleboxes, losses, states. */
#ifndef NAP_REPORT_EXCHANGE_H
#define NAP_REPORT_EXCHANGE_H

#include <glib.h>

#include "path/subscriber.h"
#include "run/scenario.h"

struct nap_exchange;

/* The scenario must outlive it. */
struct nap_exchange *nap_exchange_new(const struct nap_scenario *sc);
void nap_exchange_free(struct nap_exchange *x); /* accepts NULL */

/* Fill *o so that it writes into x; what o already watches is lost. */
void nap_exchange_observe(struct nap_exchange *x, struct nap_observer *o);

/*
 * time_s,at,what,way,detail: at is client, server or a middlebox' name, "" where a packet is lost between two;
 * what is send, take, arrive, pass, drop, lost, note or radio. Only so many lines as one looks at.
 */
GString *nap_exchange_csv(struct nap_exchange *x);

#endif
