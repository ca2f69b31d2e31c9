/* SPDX-License-Identifier: BSD-2-Clause */
/* The middleboxes' timers of a run, from the scenario that its document holds. */
#ifndef NAP_CLI_PLOT_TIMERS_H
#define NAP_CLI_PLOT_TIMERS_H

#include "report/plot.h"

/* struct nap_plot_timer of the folder's run.json: those that end an idle flow of its transport. Empty where it cannot be told. */
GArray *nap_plot_timers_read(const char *dir);

#endif
