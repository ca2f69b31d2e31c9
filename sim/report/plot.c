/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/plot.h"

#include <string.h>

#include "report/plot_kinds.h"
#include "text/input_error.h"

const char *const nap_plot_file_names[NAP_PLOT_FILES] = {
	[NAP_PLOT_SUMMARY] = "summary.csv",
	[NAP_PLOT_FRONT] = "front.csv",
	[NAP_PLOT_CDF] = "cdf.csv",
	[NAP_PLOT_TIMELINE] = "timeline.csv",
	[NAP_PLOT_OCCUPANCY] = "occupancy.csv",
	[NAP_PLOT_LOAD] = "load.csv",
	[NAP_PLOT_SENSITIVITY] = "sensitivity.csv",
	[NAP_PLOT_WHAT_IF] = "what-if.csv",
	[NAP_PLOT_FLOWS] = "flows.csv",
	[NAP_PLOT_ENERGY] = "energy.csv",
	[NAP_PLOT_EXCHANGE] = "exchange.csv",
	[NAP_PLOT_TIMERS] = "timers.csv",
	[NAP_PLOT_BURSTS] = "bursts.csv",
	[NAP_PLOT_VERDICTS] = "verdicts.csv",
};

const struct nap_plot_kind nap_plot_kinds[] = {
	{ "curve", "metrics against a swept key, a line for each value of the others",
		{ NAP_PLOT_SUMMARY, NAP_PLOT_WHAT_IF }, nap_plot_curve,
		NAP_PLOT_TAKES_METRIC | NAP_PLOT_TAKES_X | NAP_PLOT_TAKES_ONLY },
	{ "cliff", "time reachable against a swept time, with the middleboxes' timers marked",
		{ NAP_PLOT_SUMMARY, NAP_PLOT_SUMMARY }, nap_plot_cliff,
		NAP_PLOT_TAKES_X | NAP_PLOT_TAKES_ONLY },
	{ "heat", "a metric over two swept keys, as a map", { NAP_PLOT_SUMMARY, NAP_PLOT_WHAT_IF },
		nap_plot_heat, NAP_PLOT_TAKES_METRIC | NAP_PLOT_TAKES_X | NAP_PLOT_TAKES_ONLY },
	{ "pareto", "energy against reachability, and what no other point beats",
		{ NAP_PLOT_FRONT, NAP_PLOT_SUMMARY }, nap_plot_pareto, NAP_PLOT_TAKES_ONLY },
	{ "cdf", "how a metric is spread over the subscribers", { NAP_PLOT_CDF, NAP_PLOT_CDF }, nap_plot_cdf,
		NAP_PLOT_TAKES_METRIC | NAP_PLOT_TAKES_ONLY },
	{ "timeline", "power and state over time, with packets, losses and reconnections",
		{ NAP_PLOT_TIMELINE, NAP_PLOT_TIMELINE }, nap_plot_timeline, NAP_PLOT_TAKES_SPAN },
	{ "occupancy", "sessions, ports and blocks of shared middleboxes over time",
		{ NAP_PLOT_OCCUPANCY, NAP_PLOT_OCCUPANCY }, nap_plot_occupancy, 0 },
	{ "load", "signalling, packets, lost pushes and reconnections of a population over time",
		{ NAP_PLOT_LOAD, NAP_PLOT_LOAD }, nap_plot_load, 0 },
	{ "sequence", "an exchange between client, middleboxes and server, packet by packet",
		{ NAP_PLOT_EXCHANGE, NAP_PLOT_EXCHANGE }, nap_plot_sequence, NAP_PLOT_TAKES_SPAN },
	{ "policy", "the time from one keepalive to the next, as the policy goes on",
		{ NAP_PLOT_TIMELINE, NAP_PLOT_TIMELINE }, nap_plot_policy, NAP_PLOT_TAKES_SPAN },
	{ "bursts", "energy of each burst of a replay, over time", { NAP_PLOT_BURSTS, NAP_PLOT_BURSTS },
		nap_plot_bursts, 0 },
	{ "timers", "timers that a discovery or a probe found, and their brackets",
		{ NAP_PLOT_TIMERS, NAP_PLOT_TIMERS }, nap_plot_timers, 0 },
	{ "verdicts", "how many requirements of each document are met",
		{ NAP_PLOT_VERDICTS, NAP_PLOT_VERDICTS }, nap_plot_verdicts, 0 },
	{ "tornado", "which keys a metric depends on", { NAP_PLOT_SENSITIVITY, NAP_PLOT_SENSITIVITY },
		nap_plot_tornado, 0 },
	{ "flows", "what each flow of a replayed trace costs, and which a middlebox would have cut",
		{ NAP_PLOT_FLOWS, NAP_PLOT_FLOWS }, nap_plot_flows, 0 },
	{ "energy", "a replayed trace's power over time, and what of it is tails",
		{ NAP_PLOT_ENERGY, NAP_PLOT_ENERGY }, nap_plot_energy, NAP_PLOT_TAKES_SPAN },
	{ NULL, NULL, { 0, 0 }, NULL, 0 },
};

const struct nap_plot_kind *nap_plot_kind_find(const char *name)
{
	for (const struct nap_plot_kind *k = nap_plot_kinds; k->name; k++)
		if (strcmp(k->name, name) == 0)
			return k;
	return NULL;
}

bool nap_plot_make(const struct nap_plot_kind *kind, const struct nap_plot_source *from, struct nap_plot *to,
	GError **error)
{
	const struct nap_csv *csv =
		from->csv[kind->file[0]] ? from->csv[kind->file[0]] : from->csv[kind->file[1]];
	bool either = kind->file[0] != kind->file[1];

	if (!csv)
		return nap_fail(error, "there is no %s%s%s", nap_plot_file_names[kind->file[0]],
			either ? " or " : "", either ? nap_plot_file_names[kind->file[1]] : "");
	if (csv->n == 0)
		return nap_fail(error, "%s has no rows", csv->path);
	*to = (struct nap_plot){ g_string_new(NULL), g_string_new(NULL), g_string_new(NULL) };
	if (kind->draw(from, csv, to, error))
		return true;
	nap_plot_clear(to);
	return false;
}

void nap_plot_clear(struct nap_plot *plot)
{
	GString **part[] = { &plot->script, &plot->data, &plot->left_out };

	for (size_t i = 0; i < G_N_ELEMENTS(part); i++)
		if (*part[i])
			g_string_free(g_steal_pointer(part[i]), TRUE);
}
