/* SPDX-License-Identifier: BSD-2-Clause */
/* The metrics of one middlebox. */
#include <math.h>

#include "run/load_metrics.h"
#include "run/metrics.h"
#include "run/workspace.h"

static bool can_evict(const struct nap_scenario *sc, uint32_t hop)
{
	return sc->middlebox[hop].box.capacity > 0;
}

/* A private box is reported as the mean over subscribers, a shared one whole. */
static double boxes(const struct nap_replication *r, uint32_t hop)
{
	return isnan(r->shared_peak[hop]) ? r->subscribers : 1.0;
}

static bool has_ports(const struct nap_scenario *sc, uint32_t hop)
{
	return sc->middlebox[hop].box.kind == NAP_BOX_NAT;
}

#define OF_BOX(metric, field)                                                                                \
	static double metric(const struct nap_scenario *sc, const struct nap_replication *r, uint32_t hop)   \
	{                                                                                                    \
		(void)sc;                                                                                    \
		return NAP_BOXED(r, hop, field) / boxes(r, hop);                                             \
	}

OF_BOX(sessions_refused, refused)
OF_BOX(sessions_evicted, evicted)
OF_BOX(sessions_created, created)
OF_BOX(sessions_expired, expired)
OF_BOX(ports_refused, refused_ports)
OF_BOX(log_records, log_records)
OF_BOX(packets_dropped, dropped)

static double sessions_peak(const struct nap_scenario *sc, const struct nap_replication *r, uint32_t hop)
{
	(void)sc;
	return isnan(r->shared_peak[hop]) ? NAP_BOXED(r, hop, peak) / r->subscribers : r->shared_peak[hop];
}

static double ports_peak(const struct nap_scenario *sc, const struct nap_replication *r, uint32_t hop)
{
	(void)sc;
	return isnan(r->shared_ports[hop]) ? NAP_BOXED(r, hop, ports_peak) / r->subscribers
					   : r->shared_ports[hop];
}

static double blocks_peak(const struct nap_scenario *sc, const struct nap_replication *r, uint32_t hop)
{
	(void)sc;
	return isnan(r->shared_blocks[hop]) ? NAP_BOXED(r, hop, blocks_peak) / r->subscribers
					    : r->shared_blocks[hop];
}

static double sessions_mean(const struct nap_scenario *sc, const struct nap_replication *r, uint32_t hop)
{
	return NAP_BOXED(r, hop, session_ns) / boxes(r, hop) / (double)nap_measured(sc);
}

static double log_records_per_s(const struct nap_scenario *sc, const struct nap_replication *r, uint32_t hop)
{
	return log_records(sc, r, hop) / nap_time_seconds(nap_measured(sc));
}

static double log_bytes_per_day(const struct nap_scenario *sc, const struct nap_replication *r, uint32_t hop)
{
	return log_records_per_s(sc, r, hop) * NAP_LOG_RECORD_BYTES * nap_time_seconds(NAP_DAY);
}

/* In the order of subscribers nobody sees a shared box as it is at one time: only births and deaths can be added up. */
#define PEAKS " (a shared box: at 32,768 even times)"
_Static_assert(NAP_OCCUPANCY_BINS == 32768, "PEAKS says so");
_Static_assert(NAP_LOG_RECORD_BYTES == 150, "the help of log_bytes_per_day says so");

const struct nap_metric nap_box_metrics[] = {
	{ "sessions_peak", "most sessions at once" PEAKS, NAP_METRIC_COUNT, NAP_LISTED, .place = 12,
		.head = "sessions peak", .of_box = sessions_peak },
	{ "sessions_mean", "sessions, mean over time", NAP_METRIC_AMOUNT, NAP_LISTED,
		.of_box = sessions_mean },
	{ "ports_peak", "most external ports in use at once" PEAKS, NAP_METRIC_COUNT, NAP_LISTED,
		.possible = has_ports, .of_box = ports_peak },
	{ "sessions_refused", "new sessions refused by table, quota or ports", NAP_METRIC_COUNT,
		NAP_LISTED | NAP_DROPPED_AT_ZERO, .place = 13, .head = "refused",
		.of_box = sessions_refused },
	{ "sessions_evicted", "live sessions thrown out to make room", NAP_METRIC_COUNT,
		NAP_LISTED | NAP_DROPPED_AT_ZERO, .place = 14, .head = "evicted", .possible = can_evict,
		.of_box = sessions_evicted },
	{ "sessions_created", "sessions made", NAP_METRIC_COUNT, NAP_LISTED_SHARED,
		.of_box = sessions_created },
	{ "sessions_expired", "sessions ended by their timer", NAP_METRIC_COUNT, NAP_LISTED_SHARED,
		.of_box = sessions_expired },
	{ "ports_refused", "new sessions refused for lack of a port", NAP_METRIC_COUNT,
		NAP_LISTED_SHARED | NAP_DROPPED_AT_ZERO, .place = 15, .head = "no port",
		.of_box = ports_refused },
	{ "blocks_peak", "most port blocks in use at once" PEAKS, NAP_METRIC_COUNT,
		NAP_LISTED_SHARED | NAP_DROPPED_AT_ZERO, .place = 16, .head = "blocks peak",
		.of_box = blocks_peak },
	{ "log_records", "allocation log records (RFC 6888 REQ-12)", NAP_METRIC_COUNT,
		NAP_LISTED_SHARED | NAP_DROPPED_AT_ZERO, .place = 17, .head = "log records",
		.of_box = log_records },
	{ "log_records_per_s", "the same a second", NAP_METRIC_AMOUNT,
		NAP_LISTED_SHARED | NAP_DROPPED_AT_ZERO, .wanted = nap_load_metric_has_population,
		.of_box = log_records_per_s },
	{ "log_bytes_per_day", "bytes of these records a day, at 150 bytes each (RFC 7422)",
		NAP_METRIC_AMOUNT, NAP_LISTED_SHARED | NAP_DROPPED_AT_ZERO,
		.wanted = nap_load_metric_has_population, .of_box = log_bytes_per_day },
	{ "packets_dropped", "packets not passed", NAP_METRIC_COUNT, NAP_LISTED_SHARED,
		.of_box = packets_dropped },
	{ .name = NULL },
};
