/* SPDX-License-Identifier: BSD-2-Clause */
/* The kinds of pictures: each fails with a reason where the rows do not allow it. */
#ifndef NAP_REPORT_PLOT_KINDS_H
#define NAP_REPORT_PLOT_KINDS_H

#include "report/plot.h"

#define NAP_PLOT_DRAW(kind)                                                                                  \
	bool nap_plot_##kind(const struct nap_plot_source *from, const struct nap_csv *csv,                  \
		struct nap_plot *to, GError **error)

NAP_PLOT_DRAW(curve);
NAP_PLOT_DRAW(cliff);
NAP_PLOT_DRAW(heat);
NAP_PLOT_DRAW(pareto);
NAP_PLOT_DRAW(cdf);
NAP_PLOT_DRAW(timeline);
NAP_PLOT_DRAW(occupancy);
NAP_PLOT_DRAW(load);
NAP_PLOT_DRAW(sequence);
NAP_PLOT_DRAW(policy);
NAP_PLOT_DRAW(bursts);
NAP_PLOT_DRAW(timers);
NAP_PLOT_DRAW(verdicts);
NAP_PLOT_DRAW(tornado);
NAP_PLOT_DRAW(flows);
NAP_PLOT_DRAW(energy);

#endif
