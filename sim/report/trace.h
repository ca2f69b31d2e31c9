/* SPDX-License-Identifier: BSD-2-Clause */
/* What both ends of one subscriber send, get and notice, packet by packet, as a CSV file. */
#ifndef NAP_REPORT_TRACE_H
#define NAP_REPORT_TRACE_H

#include <stdbool.h>

#include <glib.h>

#include "path/subscriber.h"

struct nap_trace;

/* Open PATH and write the head line; NULL with "PATH: why". */
struct nap_trace *nap_trace_open(const char *path, GError **error);

/* Fill *o so that it writes into t; what o already watches is lost. */
void nap_trace_observe(struct nap_trace *t, struct nap_observer *o);

/* Finish: the file appears under its name, complete; false with "PATH: why" when any write failed: it does not appear. */
bool nap_trace_close(struct nap_trace *t, GError **error);

/* Give up: no file appears. Accepts NULL. */
void nap_trace_abandon(struct nap_trace *t);

#endif
