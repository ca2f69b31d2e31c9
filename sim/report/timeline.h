/* SPDX-License-Identifier: BSD-2-Clause */
/* What one device did, in time order, as timeline.csv: radio states, packets, and what the client noticed. */
#ifndef NAP_REPORT_TIMELINE_H
#define NAP_REPORT_TIMELINE_H

#include <glib.h>

#include "path/subscriber.h"

struct nap_timeline;

struct nap_timeline *nap_timeline_new(const struct nap_radio_tech *tech, nap_time duration);
/* It lasts so long after all: for whose end is not known when it begins. */
void nap_timeline_lasts(struct nap_timeline *t, nap_time duration);
void nap_timeline_free(struct nap_timeline *t);

/* Fill *o so that it writes into t; what o already watches is lost. */
void nap_timeline_observe(struct nap_timeline *t, struct nap_observer *o);

/* time_s,kind,state,power_mw,detail: a line for the start, each change, packet and notice, and the end. */
GString *nap_timeline_csv(struct nap_timeline *t);

#endif
