/* SPDX-License-Identifier: BSD-2-Clause */
/* natnap-replay/1. */
#include <math.h>

#include "io/json.h"
#include "radio/battery.h"
#include "replay/cost.h"
#include "report/replay_report.h"

#define MW(s) ((s)->duration > 0 ? (s)->energy.total / nap_time_seconds((s)->duration) : (double)NAN)

static void begin(JsonBuilder *b, const char *name)
{
	json_builder_set_member_name(b, name);
	json_builder_begin_object(b);
}

static void begin_list(JsonBuilder *b, const char *name)
{
	json_builder_set_member_name(b, name);
	json_builder_begin_array(b);
}

/* ---- the trace ------------------------------------------------------------------------------------------------------------ */

static void put_devices(JsonBuilder *b, const struct nap_trace *t)
{
	g_autofree char *first = t->devices ? nap_replay_ip(t->device[0]) : NULL;

	nap_json_put_text(b, "device", first);
	begin_list(b, "device_addresses");
	for (uint32_t i = 0; i < t->devices; i++) {
		g_autofree char *text = nap_replay_ip(t->device[i]);

		json_builder_add_string_value(b, text);
	}
	json_builder_end_array(b);
	nap_json_put_bool(b, "device_inferred", t->inferred);
}

static void put_trace(JsonBuilder *b, const struct nap_trace *t)
{
	put_devices(b, t);
	nap_json_put_count(b, "frames", t->frames);
	nap_json_put_count(b, "packets", t->packets);
	begin(b, "skipped");
	for (int i = NAP_SKIP_NOT + 1; i < NAP_SKIPS; i++)
		nap_json_put_count(b, nap_skip_words[i], t->skipped[i]);
	json_builder_end_object(b);
	nap_json_put_count(b, "time_went_back", t->back);
	nap_json_put_count(b, "clock_set_back", t->steps);
}

/* ---- sums ------------------------------------------------------------------------------------------------------------------- */

static void put_energy(JsonBuilder *b, const struct nap_replay_sums *s)
{
	const struct nap_energy *e = &s->energy;

	nap_json_put_number(b, "energy_j", e->total / 1e3);
	nap_json_put_number(b, "average_power_mw", MW(s));
	nap_json_put_number(b, "energy_promotion_j", e->promotion / 1e3);
	nap_json_put_number(b, "energy_transfer_j", e->transfer / 1e3);
	nap_json_put_number(b, "energy_tail_j", e->tail / 1e3);
	nap_json_put_number(b, "energy_drx_j", e->drx / 1e3);
	nap_json_put_number(b, "energy_paging_j", e->paging / 1e3);
	nap_json_put_number(b, "energy_base_j", e->base / 1e3);
	nap_json_put_number(b, "energy_keepalive_j", nap_replay_joules(s, NAP_SEEN_KEEPALIVE));
	nap_json_put_number(b, "energy_push_j", nap_replay_joules(s, NAP_SEEN_PUSH));
	nap_json_put_number(b, "energy_reconnect_j", nap_replay_joules(s, NAP_SEEN_RECONNECT));
	nap_json_put_number(b, "energy_background_j", nap_replay_joules(s, NAP_SEEN_BACKGROUND));
	nap_json_put_number(b, "energy_update_j", e->cause[NAP_CAUSE_UPDATE] / 1e3);
	nap_json_put_number(b, "energy_idle_j", e->idle / 1e3);
}

static void put_battery(JsonBuilder *b, const struct nap_scenario *sc, const struct nap_replay_sums *s)
{
	bool has = sc->battery.capacity_mah > 0.0;

	nap_json_put_number(b, "battery_percent_per_day",
		has ? nap_battery_percent_per_day(&sc->battery, MW(s)) : (double)NAN);
}

static void put_sums(JsonBuilder *b, const struct nap_scenario *sc, const struct nap_replay_sums *s)
{
	nap_json_put_time(b, "duration_s", s->duration);
	nap_json_put_count(b, "packets_up", s->packets[1]);
	nap_json_put_count(b, "packets_down", s->packets[0]);
	nap_json_put_count(b, "bytes_up", s->bytes[1]);
	nap_json_put_count(b, "bytes_down", s->bytes[0]);
	put_energy(b, s);
	put_battery(b, sc, s);
	nap_json_put_count(b, "radio_promotions", s->promotions);
	nap_json_put_time(b, "radio_connected_s", s->connected);
	nap_json_put_count(b, "packets_bent", s->bent);
	nap_json_put_count(b, "packets_asleep", s->asleep);
	nap_json_put_count(b, "packets_unsolicited", s->unsolicited);
	nap_json_put_count(b, "flows_total", s->flows);
	nap_json_put_count(b, "flows_at_once", s->live_peak);
	nap_json_put_count(b, "flows_cut", s->flows_cut);
	nap_json_put_count(b, "flows_used_after_cut", s->flows_used_after);
	nap_json_put_count(b, "flows_with_keepalives", s->flows_kept_alive);
	nap_json_put_count(b, "bursts_total", s->bursts);
}

static void put_states(JsonBuilder *b, const struct nap_scenario *sc, const struct nap_replay_sums *s)
{
	begin(b, "states");
	for (unsigned i = 0; i < sc->radio->n_states; i++) {
		nap_time dwell = 0;

		if (sc->radio->twin_of[i] != i)
			continue;
		for (unsigned k = i; k < sc->radio->n_states; k++)
			dwell += sc->radio->twin_of[k] == i ? s->dwell[k] : 0;
		nap_json_put_time(b, sc->radio->state[i].name, dwell);
	}
	json_builder_end_object(b);
}

static void put_boxes(JsonBuilder *b, const struct nap_scenario *sc, const struct nap_replay_sums *s)
{
	begin(b, "middleboxes");
	for (uint32_t k = 0; k < sc->n_path_middleboxes; k++) {
		const struct nap_replay_hop *h = &s->hop[k];

		begin(b, sc->middlebox[k].name);
		nap_json_put_count(b, "flows_cut", h->cut);
		nap_json_put_count(b, "flows_used_after_cut", h->used_after);
		nap_json_put_count(b, "sessions_created", h->counts.created);
		nap_json_put_count(b, "sessions_expired", h->counts.expired);
		nap_json_put_count(b, "sessions_evicted", h->counts.evicted);
		nap_json_put_count(b, "sessions_closed", h->counts.closed);
		nap_json_put_count(b, "sessions_refused", h->counts.refused);
		nap_json_put_count(b, "sessions_peak", h->counts.peak);
		nap_json_put_count(b, "packets_dropped", h->counts.dropped);
		json_builder_end_object(b);
	}
	json_builder_end_object(b);
}

/* ---- flows and bursts --------------------------------------------------------------------------------------------------- */

static void put_keepalive(JsonBuilder *b, const struct nap_flow *f)
{
	const struct nap_keepalive *k = &f->keepalive;
	bool found = k->kind != NAP_KEEPALIVE_NONE;
	double share = nap_cost_joules(k->paid) / nap_cost_joules(f->paid);

	nap_json_put_time(b, "keepalive_period_s", found ? k->period : NAP_NEVER);
	json_builder_set_member_name(b, "keepalive");
	if (!found) {
		json_builder_add_null_value(b);
		return;
	}
	json_builder_begin_object(b);
	nap_json_put_text(b, "shape", nap_keepalive_words[k->kind]);
	nap_json_put_text(b, "by", k->up ? "device" : "server");
	nap_json_put_text(b, "from", k->after_silence ? "last packet" : "last keepalive");
	nap_json_put_time(b, "jitter_s", k->jitter);
	nap_json_put_count(b, "times", k->n);
	nap_json_put_count(b, "payload_bytes", k->size);
	nap_json_put_count(b, "packets", k->packets);
	nap_json_put_count(b, "bytes", k->bytes);
	nap_json_put_number(b, "energy_j", nap_cost_joules(k->paid));
	nap_json_put_number(b, "energy_share", share);
	json_builder_end_object(b);
}

static void put_cuts(JsonBuilder *b, const struct nap_scenario *sc, const struct nap_flow *f)
{
	begin(b, "cut_at_s");
	for (uint32_t k = 0; k < sc->n_path_middleboxes; k++)
		nap_json_put_time(b, sc->middlebox[k].name, f->hop[k].cut_at);
	json_builder_end_object(b);
	begin(b, "cuts");
	for (uint32_t k = 0; k < sc->n_path_middleboxes; k++)
		nap_json_put_count(b, sc->middlebox[k].name, f->hop[k].cuts);
	json_builder_end_object(b);
	nap_json_put_bool(b, "used_after_cut", f->used < NAP_NEVER);
	nap_json_put_time(b, "used_after_cut_at_s", f->used);
	nap_json_put_count(b, "packets_cut_up", f->after[1]);
	nap_json_put_count(b, "packets_cut_down", f->after[0]);
	nap_json_put_number(b, "reachable_fraction", nap_replay_reachable(f));
}

static void put_flow(JsonBuilder *b, const struct nap_scenario *sc, const struct nap_flow *f)
{
	g_autofree char *proto = nap_replay_proto(f->proto), *device = nap_replay_end(f->ip[0], f->port[0]),
			*remote = nap_replay_end(f->ip[1], f->port[1]);

	json_builder_begin_object(b);
	nap_json_put_count(b, "number", f->number);
	nap_json_put_text(b, "proto", proto);
	nap_json_put_text(b, "device", device);
	nap_json_put_text(b, "remote", remote);
	begin_list(b, "ends");
	json_builder_add_string_value(b, device);
	json_builder_add_string_value(b, remote);
	json_builder_end_array(b);
	nap_json_put_time(b, "begun_s", f->begun);
	nap_json_put_time(b, "last_s", f->last);
	nap_json_put_count(b, "packets", f->packets[0] + f->packets[1]);
	nap_json_put_count(b, "bytes", f->bytes[0] + f->bytes[1]);
	nap_json_put_number(b, "energy_j", nap_cost_joules(f->paid));
	nap_json_put_count(b, "radio_promotions", f->promotions);
	nap_json_put_time(b, "dormancy_lost_s", f->connected);
	nap_json_put_time(b, "longest_gap_s", f->longest_gap);
	put_keepalive(b, f);
	put_cuts(b, sc, f);
	json_builder_end_object(b);
}

static void put_burst(JsonBuilder *b, const struct nap_burst *u)
{
	json_builder_begin_object(b);
	nap_json_put_time(b, "begun_s", u->begun);
	nap_json_put_time(b, "last_s", u->last);
	nap_json_put_count(b, "packets", u->packets);
	nap_json_put_count(b, "bytes", u->bytes);
	nap_json_put_number(b, "energy_j", nap_cost_joules(u->paid));
	nap_json_put_count(b, "radio_promotions", u->promotions);
	nap_json_put_count(b, "flow", u->flow);
	nap_json_put_text(b, "by", u->up ? "device" : "server");
	json_builder_end_object(b);
}

static void put_what_if(JsonBuilder *b, const struct nap_replay_report *r)
{
	begin_list(b, "what_if");
	for (uint32_t i = 0; i < r->n_what_if; i++) {
		const struct nap_what_if *w = &r->what_if[i];

		json_builder_begin_object(b);
		for (uint32_t k = 0; r->names[k]; k++)
			nap_json_put_text(b, r->names[k], w->value[k]);
		put_sums(b, w->sc, &w->sums);
		put_boxes(b, w->sc, &w->sums);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
}

JsonNode *nap_replay_json(const struct nap_replay_report *r)
{
	g_autoptr(JsonBuilder) b = json_builder_new();
	const struct nap_replayed *d = r->replayed;

	json_builder_begin_object(b);
	nap_json_put_text(b, "schema", "natnap-replay/1");
	nap_json_put_text(b, "program", "natnap " NATNAP_VERSION);
	nap_json_put_text(b, "trace", r->capture);
	nap_json_put_text(b, "scenario", r->scenario);
	nap_json_put_text(b, "broken", r->broken);
	put_trace(b, r->trace);
	put_sums(b, d->sc, &d->sums);
	put_states(b, d->sc, &d->sums);
	put_boxes(b, d->sc, &d->sums);
	begin_list(b, "flows");
	for (guint i = 0; i < d->flows->len; i++)
		put_flow(b, d->sc, d->flows->pdata[i]);
	json_builder_end_array(b);
	begin_list(b, "bursts");
	for (guint i = 0; i < d->bursts->len; i++)
		put_burst(b, &g_array_index(d->bursts, struct nap_burst, i));
	json_builder_end_array(b);
	put_what_if(b, r);
	json_builder_end_object(b);
	return json_builder_get_root(b);
}
