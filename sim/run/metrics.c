/* SPDX-License-Identifier: BSD-2-Clause */
#include "run/metrics.h"

#include <math.h>

#include "run/load_metrics.h"
#include "run/peer_metrics.h"
#include "run/workspace.h"

/* Mean over subscribers of a tally field. */
#define PER_SUBSCRIBER(metric, field)                                                                        \
	static double metric(const struct nap_scenario *sc, const struct nap_replication *r)                 \
	{                                                                                                    \
		(void)sc;                                                                                    \
		return NAP_TALLIED(r, field) / r->subscribers;                                               \
	}

PER_SUBSCRIBER(keepalives_sent, keepalives)
PER_SUBSCRIBER(tcp_probes_sent, tcp_probes)
PER_SUBSCRIBER(packets_up, packets_up)
PER_SUBSCRIBER(packets_down, packets_down)
PER_SUBSCRIBER(bytes_up, bytes_up)
PER_SUBSCRIBER(bytes_down, bytes_down)
PER_SUBSCRIBER(background_bytes, background_bytes)
PER_SUBSCRIBER(packets_lost, packets_lost)
PER_SUBSCRIBER(pushes_offered, pushes_offered)
PER_SUBSCRIBER(pushes_delivered, pushes_delivered)
PER_SUBSCRIBER(bindings_expired, bindings_expired)
PER_SUBSCRIBER(reconnects, reconnects)
PER_SUBSCRIBER(outages, outages)
PER_SUBSCRIBER(requests_made, requests)
PER_SUBSCRIBER(connections_opened, opened)
PER_SUBSCRIBER(requests_met_dead, requests_dead)
PER_SUBSCRIBER(pool_waits, pool_waits)

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
ENERGY(energy_update_j, cause[NAP_CAUSE_UPDATE])

ENERGY(energy_processor_j, processor)

/* Over all causes, from the first one's field on. */
#define ALL_CAUSES(r, field) all_causes(&NAP_TALLIED(r, field))

static double all_causes(const double *first)
{
	double sum = 0.0;

	for (int c = 0; c < NAP_CAUSES; c++)
		sum += first[c];
	return sum;
}

static double processor_wakeups(const struct nap_scenario *sc, const struct nap_replication *r)
{
	(void)sc;
	return ALL_CAUSES(r, wakeups) / r->subscribers;
}

static double processor_awake_s(const struct nap_scenario *sc, const struct nap_replication *r)
{
	(void)sc;
	return ALL_CAUSES(r, awake_ns) / 1e9 / r->subscribers;
}

/* Of some kind of subscribers the processor costs something. */
static bool pays_processor(const struct nap_scenario *sc)
{
	bool pays = nap_device_pays(&sc->device);

	for (uint32_t i = 0; i < sc->kinds.n; i++)
		pays |= nap_device_pays(&sc->kinds.kind[i]->device);
	return pays;
}

static double average_power_mw(const struct nap_scenario *sc, const struct nap_replication *r)
{
	return r->energy.total / r->subscribers / nap_time_seconds(nap_measured(sc));
}

static double battery_percent_per_day(const struct nap_scenario *sc, const struct nap_replication *r)
{
	(void)sc;
	return r->battery_percent / r->subscribers;
}

static double battery_life_h(const struct nap_scenario *sc, const struct nap_replication *r)
{
	(void)sc;
	return r->battery_life_h / r->subscribers;
}

static double average_current_ma(const struct nap_scenario *sc, const struct nap_replication *r)
{
	(void)sc;
	return r->current_ma / r->subscribers;
}

static double charge_mah_per_day(const struct nap_scenario *sc, const struct nap_replication *r)
{
	(void)sc;
	return r->mah_per_day / r->subscribers;
}

/* Who writes currents reckons in them. */
static bool in_currents(const struct nap_scenario *sc)
{
	return sc->in_currents;
}

static double radio_promotions(const struct nap_scenario *sc, const struct nap_replication *r)
{
	(void)sc;
	return r->promotions / r->subscribers;
}

static double radio_pages(const struct nap_scenario *sc, const struct nap_replication *r)
{
	(void)sc;
	return r->pages / r->subscribers;
}

static double packets(const struct nap_scenario *sc, const struct nap_replication *r)
{
	(void)sc;
	return r->packets;
}

static double keepalive_packet_fraction(const struct nap_scenario *sc, const struct nap_replication *r)
{
	(void)sc;
	return r->keepalive_packets / r->packets;
}

static double radio_connected_s(const struct nap_scenario *sc, const struct nap_replication *r)
{
	(void)sc;
	return r->connected_ns / 1e9 / r->subscribers;
}

/* Times that the network lost the device: it fell asleep, or out of coverage. */
static double device_unreachable(const struct nap_scenario *sc, const struct nap_replication *r)
{
	(void)sc;
	return (r->sleeps + NAP_TALLIED(r, out_times)) / r->subscribers;
}

static double device_asleep_s(const struct nap_scenario *sc, const struct nap_replication *r)
{
	(void)sc;
	return r->asleep_ns / 1e9 / r->subscribers;
}

static double out_of_coverage_s(const struct nap_scenario *sc, const struct nap_replication *r)
{
	(void)sc;
	return NAP_TALLIED(r, out_ns) / 1e9 / r->subscribers;
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

/* Nobody notices the loss of a request that is not answered: then it is what has not arrived by the end. */
static double requests_failed(const struct nap_scenario *sc, const struct nap_replication *r)
{
	if (nap_app_is_answered(&sc->app))
		return NAP_TALLIED(r, requests_failed) / r->subscribers;
	/* of those under way when a warm-up ended more may arrive than were made after it */
	return fmax(NAP_TALLIED(r, requests) - NAP_TALLIED(r, requests_done), 0.0) / r->subscribers;
}

static double request_delay_p50_s(const struct nap_scenario *sc, const struct nap_replication *r)
{
	(void)sc;
	return r->request_delay_ns[0] / 1e9;
}

static double request_delay_p95_s(const struct nap_scenario *sc, const struct nap_replication *r)
{
	(void)sc;
	return r->request_delay_ns[1] / 1e9;
}

static double request_delay_p99_s(const struct nap_scenario *sc, const struct nap_replication *r)
{
	(void)sc;
	return r->request_delay_ns[2] / 1e9;
}

/* Does the application of some kind of subscriber make requests? */
static bool makes_requests(const struct nap_scenario *sc)
{
	bool some = nap_app_requests(&sc->app);

	for (uint32_t k = 0; k < sc->kinds.n; k++)
		some |= nap_app_requests(&sc->kinds.kind[k]->app);
	return some;
}

/* Has some kind of subscriber a pool of connections? */
static bool pools(const struct nap_scenario *sc)
{
	return nap_app_pools(&sc->app);
}

static double reachable_fraction(const struct nap_scenario *sc, const struct nap_replication *r)
{
	return NAP_TALLIED(r, reachable_ns) / r->subscribers / (double)nap_measured(sc);
}

static double dead_detection_s(const struct nap_scenario *sc, const struct nap_replication *r)
{
	(void)sc;
	return NAP_TALLIED(r, dead_noticed) > 0 ? NAP_TALLIED(r, dead_ns) / NAP_TALLIED(r, dead_noticed) / 1e9
						: (double)NAN;
}

static double dead_noticed(const struct nap_scenario *sc, const struct nap_replication *r)
{
	(void)sc;
	return NAP_TALLIED(r, dead_noticed);
}

static double server_noticed(const struct nap_scenario *sc, const struct nap_replication *r)
{
	(void)sc;
	return NAP_TALLIED(r, server_noticed);
}

static double server_detection_s(const struct nap_scenario *sc, const struct nap_replication *r)
{
	(void)sc;
	return NAP_TALLIED(r, server_noticed) > 0
		       ? NAP_TALLIED(r, server_dead_ns) / NAP_TALLIED(r, server_noticed) / 1e9
		       : (double)NAN;
}

/* Packet ends, expiries, promotions and demotions of all subscribers: what a simulator has to work through. */
static double events(const struct nap_scenario *sc, const struct nap_replication *r)
{
	(void)sc;
	return NAP_TALLIED(r, packet_ends) + NAP_TALLIED(r, bindings_expired) + r->radio_events;
}

/* ---- what cannot be: a zero that is certain, not only not seen ---------------------------------------------------- */

static bool has_pushes(const struct nap_scenario *sc, uint32_t hop)
{
	(void)hop;
	return sc->server.push.kind != NAP_ARRIVALS_NONE;
}

static bool has_background(const struct nap_scenario *sc)
{
	return sc->app.background.kind != NAP_ARRIVALS_NONE;
}

static bool has_outages(const struct nap_scenario *sc, uint32_t hop)
{
	(void)hop;
	return sc->path.outages.kind != NAP_ARRIVALS_NONE;
}

static bool has_losses(const struct nap_scenario *sc, uint32_t hop)
{
	double loss = sc->path.loss;

	for (uint32_t k = 0; k < sc->n_middleboxes; k++)
		loss += sc->middlebox[k].hop.loss;
	for (uint32_t k = 0; k < sc->n_networks; k++)
		loss += sc->network[k].config.loss;
	return loss > 0.0 || sc->n_networks > 0 || has_outages(sc, hop);
}

/* Can the network lose a device of this radio; does it tell the network now and then that it is there? */
static bool sleeps(const struct nap_radio_tech *tech)
{
	for (unsigned i = 0; i < tech->n_states; i++)
		if (!tech->state[i].reachable)
			return true;
	return false;
}

static bool updates(const struct nap_radio_tech *tech)
{
	for (unsigned i = 0; i < tech->n_edges; i++)
		if (tech->edge[i].update)
			return true;
	return false;
}

/* Does that hold for the radio of some network? */
static bool some_radio(const struct nap_scenario *sc, bool (*is)(const struct nap_radio_tech *tech))
{
	bool some = is(sc->radio);

	for (uint32_t k = 0; k < sc->n_networks; k++)
		some |= is(sc->network[k].radio);
	return some;
}

static bool sets_up(const struct nap_radio_tech *tech)
{
	return tech->n_edges > 0;
}

/* A radio that is always there, as of what hangs on a wire, has nothing to set up. */
static bool has_promotions(const struct nap_scenario *sc, uint32_t hop)
{
	(void)hop;
	return some_radio(sc, sets_up);
}

static bool signals(const struct nap_radio_tech *tech)
{
	return tech->signals;
}

static bool has_signalling(const struct nap_scenario *sc)
{
	return some_radio(sc, signals);
}

/* Of a radio whose profile does not tell, nothing is known: not that it takes none. */
static double signalling_messages(const struct nap_scenario *sc, const struct nap_replication *r)
{
	return has_signalling(sc) ? r->signalling / r->subscribers : (double)NAN;
}

static bool can_sleep(const struct nap_scenario *sc, uint32_t hop)
{
	(void)hop;
	return some_radio(sc, sleeps);
}

static bool has_updates(const struct nap_scenario *sc, uint32_t hop)
{
	(void)hop;
	return some_radio(sc, updates);
}

static bool can_go_out(const struct nap_scenario *sc, uint32_t hop)
{
	return has_outages(sc, hop) || sc->n_networks > 0;
}

static bool can_be_away(const struct nap_scenario *sc, uint32_t hop)
{
	return can_sleep(sc, hop) || can_go_out(sc, hop);
}

/* Has the client a policy that sends any? */
static bool has_keepalives(const struct nap_scenario *sc, uint32_t hop)
{
	(void)hop;
	return strcmp(sc->policy->name, "none") != 0;
}

/* Does the client's TCP probe by itself? */
static bool has_probes(const struct nap_scenario *sc, uint32_t hop)
{
	(void)hop;
	return sc->app.transport == NAP_OVER_TCP &&
	       (sc->policy->wire == NAP_WIRE_TCP_OPTION || sc->app.tcp_keepalive.idle != NAP_NEVER);
}

/* Does anything random touch the way in? Sources that only shift it, such as a radio's promotions, are not asked for. */
static bool reach_varies(const struct nap_scenario *sc, uint32_t hop)
{
	enum nap_arrivals_kind push = sc->server.push.kind;
	bool varies = has_losses(sc, hop) || push == NAP_ARRIVALS_POISSON || push == NAP_ARRIVALS_ONOFF ||
		      sc->path.icmp.kind != NAP_ARRIVALS_NONE || sc->path.delay.kind != NAP_DIST_CONSTANT ||
		      nap_dist_changes_draw(&sc->path.delay_changes);

	for (uint32_t k = 0; k < sc->n_middleboxes; k++) {
		const struct nap_middlebox *m = &sc->middlebox[k];

		varies |= m->n_draws > 0 || nap_hop_is_befallen(&m->hop) ||
			  m->hop.delay.kind != NAP_DIST_CONSTANT ||
			  (nap_middlebox_is_shared(&sc->middlebox[k], sc->general.subscribers) &&
				  sc->general.subscribers > 1);
	}
	return varies;
}

/* ---- the table ------------------------------------------------------------------------------------------------------ */

const struct nap_metric nap_metrics[] = {
	{ "energy_j", "energy of the radio, and of the processor where [device] says what it costs",
		NAP_METRIC_AMOUNT, NAP_LISTED, .value = energy_j },
	{ "average_power_mw", "its mean power", NAP_METRIC_AMOUNT, NAP_LISTED, .place = 3, .head = "mean mW",
		.value = average_power_mw },
	{ "battery_percent_per_day", "share of the battery that a day takes", NAP_METRIC_AMOUNT, NAP_LISTED,
		.place = 1, .head = "battery %/day", .value = battery_percent_per_day },
	{ "battery_life_h", "from full to cut-off", NAP_METRIC_AMOUNT, NAP_LISTED, .value = battery_life_h },
	{ "average_current_ma", "mean current of the radio at the device's voltage", NAP_METRIC_AMOUNT,
		NAP_LISTED, .place = 3, .head = "mean mA", .wanted = in_currents,
		.value = average_current_ma },
	{ "charge_mah_per_day",
		"charge that a day takes: radio, and of a battery its load and self-discharge",
		NAP_METRIC_AMOUNT, NAP_LISTED, .place = 3, .head = "mAh/day", .wanted = in_currents,
		.value = charge_mah_per_day },
	{ "processor_wakeups", "times a packet or alarm of the client woke the device's processor",
		NAP_METRIC_COUNT, NAP_LISTED, .place = 18, .head = "wake-ups", .wanted = pays_processor,
		.value = processor_wakeups },
	{ "processor_awake_s", "time that it was awake for these", NAP_METRIC_AMOUNT, NAP_LISTED,
		.wanted = pays_processor, .value = processor_awake_s },
	{ "energy_processor_j", "energy of the processor's wake-ups and time awake", NAP_METRIC_AMOUNT,
		NAP_LISTED, .place = 19, .head = "processor J", .wanted = pays_processor,
		.value = energy_processor_j },
	{ "radio_promotions", "times the radio channel was set up", NAP_METRIC_COUNT, NAP_LISTED, .place = 5,
		.head = "promotions", .possible = has_promotions, .value = radio_promotions },
	{ "radio_pages", "times that the network paged the device", NAP_METRIC_COUNT, NAP_LISTED,
		.wanted = has_signalling, .value = radio_pages },
	{ "signalling_messages", "messages of signalling that setting up, releasing and paging took",
		NAP_METRIC_COUNT, NAP_LISTED, .wanted = has_signalling, .value = signalling_messages },
	{ "promotions_per_s", "times a second that a radio channel is set up, all subscribers together",
		NAP_METRIC_AMOUNT, NAP_LISTED, .wanted = nap_load_metric_has_population,
		.value = nap_load_metric_promotions_per_s },
	{ "pages_per_s", "pages a second, all subscribers together", NAP_METRIC_AMOUNT, NAP_LISTED,
		.wanted = nap_load_metric_has_signalling, .value = nap_load_metric_pages_per_s },
	{ "signalling_per_s", "messages of signalling a second, all subscribers together", NAP_METRIC_AMOUNT,
		NAP_LISTED, .wanted = nap_load_metric_has_signalling,
		.value = nap_load_metric_signalling_per_s },
	{ "radio_connected_s", "time with the radio channel up", NAP_METRIC_AMOUNT, NAP_LISTED,
		.possible = has_promotions, .value = radio_connected_s },
	{ "keepalives_sent", "keepalives of the client's policy", NAP_METRIC_COUNT, NAP_LISTED, .place = 4,
		.head = "keepalives", .possible = has_keepalives, .value = keepalives_sent },
	{ "tcp_probes_sent", "keepalive probes of the client's TCP itself, by its socket's option",
		NAP_METRIC_COUNT, NAP_LISTED, .possible = has_probes, .value = tcp_probes_sent },
	{ "packets_up", "packets sent over the radio", NAP_METRIC_COUNT, NAP_LISTED, .value = packets_up },
	{ "packets_down", "packets received over the radio", NAP_METRIC_COUNT, NAP_LISTED,
		.value = packets_down },
	{ "keepalive_packet_fraction", "share of all these packets that are keepalives or answers to them",
		NAP_METRIC_RATIO, NAP_LISTED, .value = keepalive_packet_fraction, .weight = packets },
	{ "bytes_up", "bytes sent, with IP and transport headers", NAP_METRIC_AMOUNT, NAP_LISTED,
		.value = bytes_up },
	{ "bytes_down", "bytes received, with IP and transport headers", NAP_METRIC_AMOUNT, NAP_LISTED,
		.value = bytes_down },
	{ "background_bytes",
		"bytes of the device's other applications (background), which are in none of these",
		NAP_METRIC_AMOUNT, NAP_LISTED, .wanted = has_background, .value = background_bytes },
	{ "pushes_offered", "pushes the server had", NAP_METRIC_COUNT, NAP_LISTED | NAP_DROPPED_AT_ZERO,
		.place = 6, .head = "pushes", .possible = has_pushes, .value = pushes_offered },
	{ "pushes_delivered", "pushes that reached the application", NAP_METRIC_COUNT, NAP_LISTED,
		.possible = has_pushes, .value = pushes_delivered },
	{ "pushes_lost", "pushes offered and not delivered by the end", NAP_METRIC_COUNT,
		NAP_LISTED | NAP_DROPPED_AT_ZERO, .place = 7, .head = "lost", .possible = has_pushes,
		.value = pushes_lost },
	{ "push_delay_p50_s", "median delay of delivered pushes", NAP_METRIC_AMOUNT, NAP_LISTED,
		.value = push_delay_p50_s },
	{ "push_delay_p95_s", "95th percentile of that delay", NAP_METRIC_AMOUNT,
		NAP_LISTED | NAP_DROPPED_AT_ZERO, .place = 8, .head = "delay p95 s",
		.value = push_delay_p95_s },
	{ "push_delay_p99_s", "99th percentile of that delay", NAP_METRIC_AMOUNT, NAP_LISTED,
		.value = push_delay_p99_s },
	{ "requests_made", "requests of the client's application (report)", NAP_METRIC_COUNT, NAP_LISTED,
		.place = 20, .head = "requests", .wanted = makes_requests, .value = requests_made },
	{ "requests_failed",
		"of these given up, or not kept as too many waited; without answers: not arrived by the end",
		NAP_METRIC_COUNT, NAP_LISTED, .place = 2, .head = "failed", .wanted = makes_requests,
		.value = requests_failed },
	{ "requests_met_dead",
		"times a request went over a flow that was dead already, and came to nothing there",
		NAP_METRIC_COUNT, NAP_LISTED, .place = 2, .head = "met dead", .wanted = makes_requests,
		.value = requests_met_dead },
	{ "connections_opened", "flows that the client opened to the end", NAP_METRIC_COUNT, NAP_LISTED,
		.place = 24, .head = "opened", .wanted = makes_requests, .value = connections_opened },
	{ "pool_waits", "requests for which no connection of the pool was idle", NAP_METRIC_COUNT, NAP_LISTED,
		.place = 25, .head = "pool waits", .wanted = pools, .value = pool_waits },
	{ "request_delay_p50_s",
		"median time from the making of a request to its answer (without answers: to its arrival)",
		NAP_METRIC_AMOUNT, NAP_LISTED, .wanted = makes_requests, .value = request_delay_p50_s },
	{ "request_delay_p95_s", "95th percentile of that time", NAP_METRIC_AMOUNT, NAP_LISTED, .place = 23,
		.head = "answered p95 s", .wanted = makes_requests, .value = request_delay_p95_s },
	{ "request_delay_p99_s", "99th percentile of that time", NAP_METRIC_AMOUNT, NAP_LISTED,
		.wanted = makes_requests, .value = request_delay_p99_s },
	{ "reachable_fraction", "share of time in which a push would get through", NAP_METRIC_SHARE,
		NAP_LISTED, .place = 2, .head = "reachable", .possible = reach_varies,
		.wanted = nap_scenario_has_way_in, .value = reachable_fraction },
	{ "direct_fraction", "share of time in which the client's packets go directly to the peer",
		NAP_METRIC_SHARE, NAP_LISTED, .place = 25, .head = "direct",
		.wanted = nap_peer_metric_has_peer, .value = nap_peer_metric_direct_fraction },
	{ "relayed_fraction", "share of time in which they go over the relay", NAP_METRIC_SHARE, NAP_LISTED,
		.place = 26, .head = "relayed", .wanted = nap_peer_metric_has_peer,
		.value = nap_peer_metric_relayed_fraction },
	{ "punch_attempts", "openings of a direct way begun", NAP_METRIC_COUNT, NAP_LISTED, .place = 27,
		.head = "openings", .wanted = nap_peer_metric_has_peer, .value = nap_peer_metric_openings },
	{ "punch_success_fraction", "share of them that found one", NAP_METRIC_RATIO, NAP_LISTED, .place = 28,
		.head = "found", .wanted = nap_peer_metric_has_peer,
		.value = nap_peer_metric_punch_success_fraction, .weight = nap_peer_metric_all_openings },
	{ "punch_time_s", "mean time from the beginning of one to the direct way, where it was found",
		NAP_METRIC_RATIO, NAP_LISTED, .place = 29, .head = "opening s",
		.wanted = nap_peer_metric_has_peer, .value = nap_peer_metric_punch_time_s,
		.weight = nap_peer_metric_opened_ways },
	{ "punch_packets", "packets that the client sent for it, mean", NAP_METRIC_RATIO, NAP_LISTED,
		.wanted = nap_peer_metric_has_peer, .value = nap_peer_metric_punch_packets,
		.weight = nap_peer_metric_opened_ways },
	{ "peer_checks_sent",
		"checks of the way in use, and packets that keep the relay's allocation, permission and "
		"binding",
		NAP_METRIC_COUNT, NAP_LISTED, .place = 30, .head = "checks",
		.wanted = nap_peer_metric_has_peer, .value = nap_peer_metric_checks_sent },
	{ "bindings_expired", "times the way in lapsed by a middlebox timer", NAP_METRIC_COUNT,
		NAP_LISTED | NAP_DROPPED_AT_ZERO, .place = 9, .head = "expired",
		.wanted = nap_scenario_has_way_in, .value = bindings_expired },
	{ "device_unreachable", "times the device fell asleep (PSM) or out of coverage: no binding's fault",
		NAP_METRIC_COUNT, NAP_LISTED, .possible = can_be_away, .value = device_unreachable },
	{ "device_asleep_s", "time asleep where the network cannot reach it", NAP_METRIC_AMOUNT, 0,
		.possible = can_sleep, .value = device_asleep_s },
	{ "out_of_coverage_s", "time in outages and between networks", NAP_METRIC_AMOUNT, 0,
		.possible = can_go_out, .value = out_of_coverage_s },
	{ "reconnects", "times the client opened its flow anew", NAP_METRIC_COUNT,
		NAP_LISTED | NAP_DROPPED_AT_ZERO, .place = 10, .head = "reconnects", .value = reconnects },
	{ "dead_detection_s",
		"mean time from the loss of a flow (binding, outage, server) to the client's noticing",
		NAP_METRIC_RATIO, NAP_LISTED | NAP_DROPPED_AT_ZERO, .place = 11, .head = "noticed after s",
		.value = dead_detection_s, .weight = dead_noticed },
	{ "server_detection_s", "the same to the server's noticing", NAP_METRIC_RATIO, NAP_LISTED,
		.value = server_detection_s, .weight = server_noticed },
	{ "energy_promotion_j", "energy of setting the channel up", NAP_METRIC_AMOUNT, 0,
		.value = energy_promotion_j },
	{ "energy_transfer_j", "energy of moving bytes", NAP_METRIC_AMOUNT, 0, .value = energy_transfer_j },
	{ "energy_tail_j", "energy of waiting in connected states", NAP_METRIC_AMOUNT, 0,
		.value = energy_tail_j },
	{ "energy_drx_j", "energy of listening in connected states", NAP_METRIC_AMOUNT, 0,
		.value = energy_drx_j },
	{ "energy_paging_j", "energy of listening for pages", NAP_METRIC_AMOUNT, 0,
		.value = energy_paging_j },
	{ "energy_base_j", "energy of resting states", NAP_METRIC_AMOUNT, 0, .value = energy_base_j },
	{ "energy_idle_j", "paging and base: nobody's doing", NAP_METRIC_AMOUNT, 0, .value = energy_idle_j },
	{ "energy_keepalive_j", "energy that keepalives caused", NAP_METRIC_AMOUNT, 0,
		.value = energy_keepalive_j },
	{ "energy_push_j", "energy that pushes and their answers caused", NAP_METRIC_AMOUNT, 0,
		.value = energy_push_j },
	{ "energy_reconnect_j", "energy that opening flows caused", NAP_METRIC_AMOUNT, 0,
		.value = energy_reconnect_j },
	{ "energy_background_j", "energy that all else caused", NAP_METRIC_AMOUNT, 0,
		.value = energy_background_j },
	{ "energy_update_j", "energy of periodic tracking area updates", NAP_METRIC_AMOUNT, 0,
		.possible = has_updates, .value = energy_update_j },
	{ "packets_lost", "packets lost on links and in outages", NAP_METRIC_COUNT, NAP_LISTED,
		.possible = has_losses, .value = packets_lost },
	{ "outages", "radio outages", NAP_METRIC_COUNT, NAP_LISTED, .possible = has_outages,
		.value = outages },
	{ .name = NULL },
};

const struct nap_metric nap_metric_events = { "events",
	"packet ends, expiries and radio transitions of the whole run", NAP_METRIC_COUNT, NAP_LISTED,
	.value = events };
