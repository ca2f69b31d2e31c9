/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>

#include "replay/cost.h"
#include "report/replay_report.h"

/* Never: an empty field. */
static void put_when(struct nap_csv_writer *w, nap_time t)
{
	if (t == NAP_NEVER)
		nap_csv_put(w, "");
	else
		nap_csv_put_time(w, t);
}

void nap_replay_csv_flows(struct nap_csv_writer *w, const struct nap_scenario *sc)
{
	static const char *const head[] = { "flow", "proto", "device", "remote", "begun_s", "last_s",
		"packets_up", "packets_down", "bytes_up", "bytes_down", "energy_j", "radio_promotions",
		"dormancy_lost_s", "longest_gap_s", "keepalive", "keepalive_period_s", "keepalive_jitter_s",
		"keepalives", "keepalive_bytes", "keepalive_energy_j", "used_after_cut_at_s",
		"packets_cut_up", "packets_cut_down", "reachable_fraction", NULL };

	nap_csv_begin(w, NULL);
	for (int i = 0; head[i]; i++)
		nap_csv_put(w, head[i]);
	for (uint32_t k = 0; k < sc->n_path_middleboxes; k++) {
		nap_csv_put_format(w, "%s.cut_at_s", sc->middlebox[k].name);
		nap_csv_put_format(w, "%s.cuts", sc->middlebox[k].name);
	}
	nap_csv_end(w);
}

static void put_keepalive(struct nap_csv_writer *w, const struct nap_keepalive *k)
{
	if (k->kind == NAP_KEEPALIVE_NONE) {
		for (int i = 0; i < 6; i++)
			nap_csv_put(w, "");
		return;
	}
	nap_csv_put(w, nap_keepalive_words[k->kind]);
	put_when(w, k->period);
	put_when(w, k->jitter);
	nap_csv_put_int(w, (int64_t)k->n);
	nap_csv_put_int(w, (int64_t)k->bytes);
	nap_csv_put_number(w, nap_cost_joules(k->paid));
}

void nap_replay_csv_flow(struct nap_csv_writer *w, const struct nap_scenario *sc, const struct nap_flow *f)
{
	g_autofree char *proto = nap_replay_proto(f->proto), *device = nap_replay_end(f->ip[0], f->port[0]),
			*remote = nap_replay_end(f->ip[1], f->port[1]);

	nap_csv_put_int(w, (int64_t)f->number);
	nap_csv_put(w, proto);
	nap_csv_put(w, device);
	nap_csv_put(w, remote);
	nap_csv_put_time(w, f->begun);
	nap_csv_put_time(w, f->last);
	nap_csv_put_int(w, (int64_t)f->packets[1]);
	nap_csv_put_int(w, (int64_t)f->packets[0]);
	nap_csv_put_int(w, (int64_t)f->bytes[1]);
	nap_csv_put_int(w, (int64_t)f->bytes[0]);
	nap_csv_put_number(w, nap_cost_joules(f->paid));
	nap_csv_put_int(w, (int64_t)f->promotions);
	nap_csv_put_time(w, f->connected);
	nap_csv_put_time(w, f->longest_gap);
	put_keepalive(w, &f->keepalive);
	put_when(w, f->used);
	nap_csv_put_int(w, (int64_t)f->after[1]);
	nap_csv_put_int(w, (int64_t)f->after[0]);
	nap_csv_put_number(w, nap_replay_reachable(f));
	for (uint32_t k = 0; k < sc->n_path_middleboxes; k++) {
		put_when(w, f->hop[k].cut_at);
		nap_csv_put_int(w, f->hop[k].cuts);
	}
	nap_csv_end(w);
}

void nap_replay_csv_bursts(struct nap_csv_writer *w)
{
	static const char *const head[] = { "begun_s", "last_s", "packets", "bytes", "energy_j",
		"radio_promotions", "flow", "by", NULL };

	nap_csv_begin(w, head);
}

void nap_replay_csv_burst(struct nap_csv_writer *w, const struct nap_burst *b)
{
	nap_csv_put_time(w, b->begun);
	nap_csv_put_time(w, b->last);
	nap_csv_put_int(w, (int64_t)b->packets);
	nap_csv_put_int(w, (int64_t)b->bytes);
	nap_csv_put_number(w, nap_cost_joules(b->paid));
	nap_csv_put_int(w, (int64_t)b->promotions);
	nap_csv_put_int(w, (int64_t)b->flow);
	nap_csv_put(w, b->up ? "device" : "server");
	nap_csv_end(w);
}

GString *nap_replay_csv_what_if(const struct nap_replay_report *r)
{
	static const char *const head[] = { "energy_j", "energy_keepalive_j", "radio_promotions",
		"radio_connected_s", "packets_up", "packets_down", "flows_cut", "flows_used_after_cut",
		NULL };
	struct nap_csv_writer w;

	nap_csv_begin(&w, NULL);
	for (uint32_t k = 0; r->names[k]; k++)
		nap_csv_put(&w, r->names[k]);
	for (int i = 0; head[i]; i++)
		nap_csv_put(&w, head[i]);
	nap_csv_end(&w);
	for (uint32_t i = 0; i < r->n_what_if; i++) {
		const struct nap_replay_sums *s = &r->what_if[i].sums;

		for (uint32_t k = 0; r->names[k]; k++)
			nap_csv_put(&w, r->what_if[i].value[k]);
		nap_csv_put_number(&w, s->energy.total / 1e3);
		nap_csv_put_number(&w, nap_replay_joules(s, NAP_SEEN_KEEPALIVE));
		nap_csv_put_int(&w, (int64_t)s->promotions);
		nap_csv_put_time(&w, s->connected);
		nap_csv_put_int(&w, (int64_t)s->packets[1]);
		nap_csv_put_int(&w, (int64_t)s->packets[0]);
		nap_csv_put_int(&w, (int64_t)s->flows_cut);
		nap_csv_put_int(&w, (int64_t)s->flows_used_after);
		nap_csv_end(&w);
	}
	return w.text;
}

/* A bin from its end's and its beginning's sums. */
static void put_bin(struct nap_csv_writer *w, nap_time from, nap_time to, const struct nap_series_sum *before,
	const struct nap_series_sum *upto)
{
	const struct nap_energy *a = &before->energy, *b = &upto->energy;
	const double mj[] = { b->total - a->total, b->promotion - a->promotion, b->transfer - a->transfer,
		b->tail - a->tail, b->drx - a->drx, b->idle - a->idle };

	nap_csv_put_time(w, from);
	nap_csv_put_digits(w, mj[0] * 1e9 / (double)(to - from), 10);
	for (size_t i = 0; i < G_N_ELEMENTS(mj); i++)
		nap_csv_put_digits(w, mj[i] / 1e3, 10);
	nap_csv_put_time(w, upto->connected - before->connected);
	for (int up = 1; up >= 0; up--)
		nap_csv_put_int(w, (int64_t)(upto->packets[up] - before->packets[up]));
	for (int up = 1; up >= 0; up--)
		nap_csv_put_int(w, (int64_t)(upto->bytes[up] - before->bytes[up]));
	nap_csv_end(w);
}

GString *nap_replay_csv_energy(const struct nap_replay_report *r)
{
	static const char *const head[] = { "time_s", "average_power_mw", "energy_j", "energy_promotion_j",
		"energy_transfer_j", "energy_tail_j", "energy_drx_j", "energy_idle_j", "radio_connected_s",
		"packets_up", "packets_down", "bytes_up", "bytes_down", NULL };
	const struct nap_replay_sums *all = &r->replayed->sums;
	const struct nap_series *s = r->series;
	struct nap_series_sum before = { 0 }, end = { all->energy, all->connected,
		{ all->packets[0], all->packets[1] }, { all->bytes[0], all->bytes[1] } };
	struct nap_csv_writer w;

	nap_csv_begin(&w, head);
	for (uint32_t i = 0; i < s->n; i++) {
		put_bin(&w, i * s->width, (i + 1) * s->width, &before, &s->upto[i]);
		before = s->upto[i];
	}
	if (s->n * s->width < all->duration)
		put_bin(&w, s->n * s->width, all->duration, &before, &end);
	return w.text;
}
