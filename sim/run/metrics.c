/* SPDX-License-Identifier: BSD-2-Clause */
#include "run/metrics.h"

#include <math.h>

/* Mean over subscribers of a tally field. */
#define PER_SUBSCRIBER(metric, field)                                                                        \
	static double metric(const struct nap_scenario *sc, const struct nap_replication *r)                 \
	{                                                                                                    \
		(void)sc;                                                                                    \
		return NAP_TALLIED(r, field) / r->subscribers;                                               \
	}

PER_SUBSCRIBER(keepalives_sent, keepalives)
PER_SUBSCRIBER(packets_up, packets_up)
PER_SUBSCRIBER(packets_down, packets_down)
PER_SUBSCRIBER(bytes_up, bytes_up)
PER_SUBSCRIBER(bytes_down, bytes_down)
PER_SUBSCRIBER(packets_lost, packets_lost)
PER_SUBSCRIBER(pushes_offered, pushes_offered)
PER_SUBSCRIBER(pushes_delivered, pushes_delivered)
PER_SUBSCRIBER(bindings_expired, bindings_expired)
PER_SUBSCRIBER(reconnects, reconnects)
PER_SUBSCRIBER(outages, outages)

/* Mean over subscribers of an energy, mJ to J. */
#define ENERGY(metric, member)                                                                               \
	static double metric(const struct nap_scenario *sc, const struct nap_replication *r)                 \
	{                                                                                                    \
		(void)sc;                                                                                    \
		return r->energy.member / 1e3 / r->subscribers;                                              \
	}

ENERGY(energy_j, total)
ENERGY(energy_promotion_j, promotion)
ENERGY(energy_transfer_j, transfer)
ENERGY(energy_tail_j, tail)
ENERGY(energy_drx_j, drx)
ENERGY(energy_paging_j, paging)
ENERGY(energy_base_j, base)
ENERGY(energy_idle_j, idle)
ENERGY(energy_keepalive_j, cause[NAP_CAUSE_KEEPALIVE])
ENERGY(energy_push_j, cause[NAP_CAUSE_PUSH])
ENERGY(energy_reconnect_j, cause[NAP_CAUSE_RECONNECT])
ENERGY(energy_background_j, cause[NAP_CAUSE_BACKGROUND])

static double average_power_mw(const struct nap_scenario *sc, const struct nap_replication *r)
{
	return r->energy.total / r->subscribers / nap_time_seconds(sc->general.duration);
}

static double battery_percent_per_day(const struct nap_scenario *sc, const struct nap_replication *r)
{
	return sc->battery.capacity_mah > 0.0
		       ? nap_battery_percent_per_day(&sc->battery, average_power_mw(sc, r))
		       : (double)NAN;
}

static double battery_life_h(const struct nap_scenario *sc, const struct nap_replication *r)
{
	return sc->battery.capacity_mah > 0.0 ? nap_battery_life_h(&sc->battery, average_power_mw(sc, r))
					      : (double)NAN;
}

static double radio_promotions(const struct nap_scenario *sc, const struct nap_replication *r)
{
	(void)sc;
	return r->promotions / r->subscribers;
}

static double radio_connected_s(const struct nap_scenario *sc, const struct nap_replication *r)
{
	(void)sc;
	return r->connected_ns / 1e9 / r->subscribers;
}

static double pushes_lost(const struct nap_scenario *sc, const struct nap_replication *r)
{
	return pushes_offered(sc, r) - pushes_delivered(sc, r);
}

static double push_delay_p50_s(const struct nap_scenario *sc, const struct nap_replication *r)
{
	(void)sc;
	return r->push_delay_ns[0] / 1e9;
}

static double push_delay_p95_s(const struct nap_scenario *sc, const struct nap_replication *r)
{
	(void)sc;
	return r->push_delay_ns[1] / 1e9;
}

static double push_delay_p99_s(const struct nap_scenario *sc, const struct nap_replication *r)
{
	(void)sc;
	return r->push_delay_ns[2] / 1e9;
}

static double reachable_fraction(const struct nap_scenario *sc, const struct nap_replication *r)
{
	return NAP_TALLIED(r, reachable_ns) / r->subscribers / (double)sc->general.duration;
}

static double dead_detection_s(const struct nap_scenario *sc, const struct nap_replication *r)
{
	(void)sc;
	return NAP_TALLIED(r, dead_noticed) > 0 ? NAP_TALLIED(r, dead_ns) / NAP_TALLIED(r, dead_noticed) / 1e9
						: (double)NAN;
}

/* Packet ends, expiries, promotions and demotions of all subscribers: what a simulator has to work through. */
static double events(const struct nap_scenario *sc, const struct nap_replication *r)
{
	(void)sc;
	return NAP_TALLIED(r, packet_ends) + NAP_TALLIED(r, bindings_expired) + r->radio_events;
}

const struct nap_metric nap_metrics[] = {
	{ "energy_j", "radio energy", energy_j },
	{ "average_power_mw", "mean radio power", average_power_mw },
	{ "battery_percent_per_day", "share of the battery that a day takes", battery_percent_per_day },
	{ "battery_life_h", "from full to cut-off", battery_life_h },
	{ "radio_promotions", "times the radio channel was set up", radio_promotions },
	{ "radio_connected_s", "time with the radio channel up", radio_connected_s },
	{ "keepalives_sent", "keepalives", keepalives_sent },
	{ "packets_up", "packets sent over the radio", packets_up },
	{ "packets_down", "packets received over the radio", packets_down },
	{ "bytes_up", "bytes sent, with IP and transport headers", bytes_up },
	{ "bytes_down", "bytes received, with IP and transport headers", bytes_down },
	{ "pushes_offered", "pushes the server had", pushes_offered },
	{ "pushes_delivered", "pushes that reached the application", pushes_delivered },
	{ "pushes_lost", "pushes offered and not delivered by the end", pushes_lost },
	{ "push_delay_p50_s", "median delay of delivered pushes", push_delay_p50_s },
	{ "push_delay_p95_s", "95th percentile of that delay", push_delay_p95_s },
	{ "push_delay_p99_s", "99th percentile of that delay", push_delay_p99_s },
	{ "reachable_fraction", "share of time in which a push would get through", reachable_fraction },
	{ "bindings_expired", "times the way in lapsed by a middlebox timer", bindings_expired },
	{ "reconnects", "times the client opened its flow anew", reconnects },
	{ "dead_detection_s", "mean time from the loss of a binding to the client's noticing",
		dead_detection_s },
	{ "energy_promotion_j", "energy of setting the channel up", energy_promotion_j },
	{ "energy_transfer_j", "energy of moving bytes", energy_transfer_j },
	{ "energy_tail_j", "energy of waiting in connected states", energy_tail_j },
	{ "energy_drx_j", "energy of listening in connected states", energy_drx_j },
	{ "energy_paging_j", "energy of listening for pages", energy_paging_j },
	{ "energy_base_j", "energy of resting states", energy_base_j },
	{ "energy_idle_j", "paging and base: nobody's doing", energy_idle_j },
	{ "energy_keepalive_j", "energy that keepalives caused", energy_keepalive_j },
	{ "energy_push_j", "energy that pushes and their answers caused", energy_push_j },
	{ "energy_reconnect_j", "energy that opening flows caused", energy_reconnect_j },
	{ "energy_background_j", "energy that all else caused", energy_background_j },
	{ "packets_lost", "packets lost on links and in outages", packets_lost },
	{ "outages", "radio outages", outages },
	{ "events", "of the whole run: packet ends, expiries, radio transitions", events },
	{ NULL, NULL, NULL },
};

/* A private box is reported as the mean over subscribers, a shared one whole. */
static double boxes(const struct nap_replication *r, uint32_t hop)
{
	return isnan(r->shared_peak[hop]) ? r->subscribers : 1.0;
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
	return NAP_BOXED(r, hop, session_ns) / boxes(r, hop) / (double)sc->general.duration;
}

const struct nap_box_metric nap_box_metrics[] = {
	{ "sessions_peak", "most sessions at once", sessions_peak },
	{ "sessions_mean", "sessions, mean over time", sessions_mean },
	{ "ports_peak", "most external ports in use at once", ports_peak },
	{ "sessions_refused", "new sessions refused by table, quota or ports", sessions_refused },
	{ "sessions_evicted", "live sessions thrown out to make room", sessions_evicted },
	{ "sessions_created", "sessions made", sessions_created },
	{ "sessions_expired", "sessions ended by their timer", sessions_expired },
	{ "ports_refused", "new sessions refused for lack of a port", ports_refused },
	{ "blocks_peak", "most port blocks in use at once", blocks_peak },
	{ "log_records", "allocation log records (RFC 6888 REQ-12)", log_records },
	{ "packets_dropped", "packets not passed", packets_dropped },
	{ NULL, NULL, NULL },
};
