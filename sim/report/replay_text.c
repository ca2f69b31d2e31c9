/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>

#include "radio/battery.h"
#include "replay/cost.h"
#include "report/replay_report.h"
#include "report/said_value.h"
#include "report/text_table.h"

enum { SHOWN = 10 /* flows and bursts of the tables */ };

static char *duration_text(nap_time t)
{
	double s = nap_time_seconds(t);

	if (t == NAP_NEVER)
		return g_strdup("-");
	return s < 120.0    ? g_strdup_printf("%.4g s", s)
	       : s < 7200.0 ? g_strdup_printf("%.4g min", s / 60.0)
			    : g_strdup_printf("%.4g h", s / 3600.0);
}

static void add_trace(GString *out, const struct nap_replay_report *r)
{
	const struct nap_trace *t = r->trace;
	g_autofree char *device = t->devices ? nap_replay_ip(t->device[0]) : g_strdup("none found"),
			*span = NULL;

	span = duration_text(r->replayed->sums.duration);
	g_string_append_printf(out, "%s through %s: %" G_GUINT64_FORMAT " packets of %s", r->capture,
		r->scenario, t->packets, device);
	for (uint32_t i = 1; i < t->devices; i++) {
		g_autofree char *more = nap_replay_ip(t->device[i]);

		g_string_append_printf(out, ", %s", more);
	}
	g_string_append_printf(out, "%s, %s\n", t->inferred && t->devices ? " (inferred)" : "", span);
	for (int i = NAP_SKIP_NOT + 1; i < NAP_SKIPS; i++)
		if (t->skipped[i] > 0)
			g_string_append_printf(
				out, "skipped: %" G_GUINT64_FORMAT " %s\n", t->skipped[i], nap_skip_words[i]);
	if (t->back > 0)
		g_string_append_printf(out,
			"%" G_GUINT64_FORMAT " frames were earlier than the one before: taken as then\n",
			t->back);
	if (t->steps > 0)
		g_string_append_printf(out,
			"the clock was set back %" G_GUINT64_FORMAT " times: it goes on from there\n",
			t->steps);
}

static char *energy_text(double joules)
{
	return nap_said_value("energy_j", joules, (double)NAN, (double)NAN, (double)NAN);
}

static void add_share(GString *out, const char *what, double joules, double all)
{
	g_autofree char *said = energy_text(joules);

	if (joules != 0.0)
		g_string_append_printf(
			out, "  %-12s %12s  %5.1f %%\n", what, said, all > 0.0 ? 100.0 * joules / all : 0.0);
}

/* The first line: what the trace cost, and what was cut of it. */
static void add_verdict(GString *out, const struct nap_scenario *sc, const struct nap_replay_sums *s)
{
	double all = s->energy.total / 1e3, keepalives = nap_replay_joules(s, NAP_SEEN_KEEPALIVE),
	       mw = s->duration > 0 ? s->energy.total / nap_time_seconds(s->duration) : 0.0;
	g_autofree char *said = energy_text(all),
			*day = nap_digits_text(nap_battery_percent_per_day(&sc->battery, mw), 3);

	g_string_append_printf(out, "The trace costs %s", said);
	if (mw > 0.0 && sc->battery.capacity_mah > 0.0)
		g_string_append_printf(out, ", %s %% of the battery a day", day);
	if (all > 0.0)
		g_string_append_printf(out, ", %.0f %% of it for keepalives", 100.0 * keepalives / all);
	if (sc->n_path_middleboxes > 0)
		g_string_append_printf(out,
			"; middleboxes would have cut %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
			" flows, %" G_GUINT64_FORMAT " of them used after that",
			s->flows_cut, s->flows, s->flows_used_after);
	g_string_append(out, ".\n\n");
}

static void add_energy(GString *out, const struct nap_scenario *sc, const struct nap_replay_sums *s)
{
	double all = s->energy.total / 1e3, seconds = nap_time_seconds(s->duration),
	       mw = s->energy.total / seconds;
	g_autofree char *connected = duration_text(s->connected), *said = energy_text(all),
			*power = nap_digits_text(mw, 4),
			*day = nap_digits_text(nap_battery_percent_per_day(&sc->battery, mw), 4);

	g_string_append_printf(out, "\nenergy %s", said);
	if (s->duration > 0)
		g_string_append_printf(out, ", %s mW", power);
	if (s->duration > 0 && sc->battery.capacity_mah > 0.0)
		g_string_append_printf(out, ", %s %% of the battery a day", day);
	g_string_append_printf(
		out, "; %" G_GUINT64_FORMAT " promotions, %s connected\n", s->promotions, connected);
	add_share(out, "keepalive", nap_replay_joules(s, NAP_SEEN_KEEPALIVE), all);
	add_share(out, "push", nap_replay_joules(s, NAP_SEEN_PUSH), all);
	add_share(out, "reconnect", nap_replay_joules(s, NAP_SEEN_RECONNECT), all);
	add_share(out, "background", nap_replay_joules(s, NAP_SEEN_BACKGROUND), all);
	add_share(out, "update", s->energy.cause[NAP_CAUSE_UPDATE] / 1e3, all);
	add_share(out, "idle", s->energy.idle / 1e3, all);
	if (s->bent > 0)
		g_string_append_printf(out,
			"%" G_GUINT64_FORMAT " packets came sooner than this radio would have brought them\n",
			s->bent);
	if (s->asleep > 0)
		g_string_append_printf(out,
			"%" G_GUINT64_FORMAT
			" packets would have found the device asleep: they cost nothing here\n",
			s->asleep);
}

static void add_states(GString *out, const struct nap_scenario *sc, const struct nap_replay_sums *s)
{
	static const char *const heads[] = { "<state", "time", "share", NULL };
	struct nap_table *t = nap_table_new(heads);
	GString *text;

	for (unsigned i = 0; i < sc->radio->n_states; i++) {
		nap_time dwell = 0;

		for (unsigned k = i; k < sc->radio->n_states; k++)
			dwell += sc->radio->twin_of[k] == i ? s->dwell[k] : 0;
		if (sc->radio->twin_of[i] != i)
			continue;
		nap_table_cell(t, g_strdup(sc->radio->state[i].name));
		nap_table_cell(t, duration_text(dwell));
		nap_table_cell(t, g_strdup_printf("%.2f %%",
					  s->duration ? 100.0 * (double)dwell / (double)s->duration : 0.0));
	}
	text = nap_table_page(t);
	g_string_append_c(out, '\n');
	g_string_append_len(out, text->str, (gssize)text->len);
	g_string_free(text, TRUE);
	nap_table_free(t);
}

static void add_table(GString *out, struct nap_table *t, const char *title)
{
	GString *text = nap_table_page(t);

	g_string_append_printf(out, "\n%s\n%s", title, text->str);
	g_string_free(text, TRUE);
	nap_table_free(t);
}

static gint by_cost(gconstpointer a, gconstpointer b)
{
	const struct nap_flow *const *x = a, *const *y = b;
	double d = nap_cost_joules((*y)->paid) - nap_cost_joules((*x)->paid);

	return d != 0.0 ? (d > 0.0) - (d < 0.0)
			: ((*x)->number > (*y)->number) - ((*x)->number < (*y)->number);
}

static char *keepalive_text(const struct nap_keepalive *k)
{
	g_autofree char *period = duration_text(k->period);

	if (k->kind == NAP_KEEPALIVE_NONE)
		return g_strdup("-");
	return g_strdup_printf("%s, %s x %" G_GUINT64_FORMAT, period, nap_keepalive_words[k->kind], k->n);
}

/* The first cut, and by which box. */
static char *cut_text(const struct nap_scenario *sc, const struct nap_flow *f)
{
	uint32_t first = 0;
	g_autofree char *when = NULL;

	for (uint32_t k = 0; k < sc->n_path_middleboxes; k++)
		if (f->hop[k].cut_at < f->hop[first].cut_at)
			first = k;
	if (f->hop[first].cut_at == NAP_NEVER)
		return g_strdup("-");
	when = duration_text(f->hop[first].cut_at);
	return g_strdup_printf(
		"%s by %s%s", when, sc->middlebox[first].name, f->used < NAP_NEVER ? ", used after" : "");
}

static void add_flows(GString *out, const struct nap_replayed *d)
{
	static const char *const heads[] = { "<flow", "packets", "energy J", "promotions", "longest gap",
		"keepalives", "cut", "reachable", NULL };
	struct nap_table *t = nap_table_new(heads);
	g_autoptr(GPtrArray) dearest = g_ptr_array_new();
	g_autofree char *title = NULL;

	for (guint i = 0; i < d->flows->len; i++)
		g_ptr_array_add(dearest, d->flows->pdata[i]);
	g_ptr_array_sort(dearest, by_cost);
	for (guint i = 0; i < MIN(dearest->len, SHOWN); i++) {
		const struct nap_flow *f = dearest->pdata[i];
		g_autofree char *proto = nap_replay_proto(f->proto),
				*a = nap_replay_end(f->ip[0], f->port[0]),
				*z = nap_replay_end(f->ip[1], f->port[1]);

		nap_table_cell(t, g_strdup_printf("%s %s > %s", proto, a, z));
		nap_table_cell(t, g_strdup_printf("%" G_GUINT64_FORMAT, f->packets[0] + f->packets[1]));
		nap_table_cell(t, nap_digits_text(nap_cost_joules(f->paid), 4));
		nap_table_cell(t, g_strdup_printf("%" G_GUINT64_FORMAT, f->promotions));
		nap_table_cell(t, duration_text(f->longest_gap));
		nap_table_cell(t, keepalive_text(&f->keepalive));
		nap_table_cell(t, cut_text(d->sc, f));
		nap_table_cell(t, nap_number_text(nap_replay_reachable(f)));
	}
	title = g_strdup_printf("flows: %" G_GUINT64_FORMAT ", the dearest first", d->sums.flows);
	add_table(out, t, title);
}

static void add_boxes(GString *out, const struct nap_scenario *sc, const struct nap_replay_sums *s)
{
	static const char *const heads[] = { "<middlebox", "flows cut", "used after", "sessions", "expired",
		"evicted", "refused", "peak", NULL };
	struct nap_table *t;

	if (sc->n_path_middleboxes == 0)
		return;
	t = nap_table_new(heads);
	for (uint32_t k = 0; k < sc->n_path_middleboxes; k++) {
		const struct nap_replay_hop *h = &s->hop[k];
		const uint64_t n[] = { h->cut, h->used_after, h->counts.created, h->counts.expired,
			h->counts.evicted, h->counts.refused, h->counts.peak };

		nap_table_cell(t, g_strdup(sc->middlebox[k].name));
		for (size_t i = 0; i < G_N_ELEMENTS(n); i++)
			nap_table_cell(t, g_strdup_printf("%" G_GUINT64_FORMAT, n[i]));
	}
	add_table(out, t, "what the middleboxes would have done");
}

static void add_what_if(GString *out, const struct nap_replay_report *r)
{
	static const char *const last[] = { "energy J", "keepalives J", "promotions", "connected", "packets",
		"flows cut", "used after" };
	g_autoptr(GPtrArray) heads = g_ptr_array_new();
	struct nap_table *t;

	if (r->n_what_if == 0)
		return;
	for (uint32_t k = 0; r->names[k]; k++)
		g_ptr_array_add(heads, (char *)r->names[k]);
	for (size_t i = 0; i < G_N_ELEMENTS(last); i++)
		g_ptr_array_add(heads, (char *)last[i]);
	g_ptr_array_add(heads, NULL);
	t = nap_table_new((const char *const *)heads->pdata);
	for (uint32_t i = 0; i < r->n_what_if; i++) {
		const struct nap_replay_sums *s = &r->what_if[i].sums;

		for (uint32_t k = 0; r->names[k]; k++)
			nap_table_cell(t, g_strdup(r->what_if[i].value[k]));
		nap_table_cell(t, g_strdup_printf("%.6g", s->energy.total / 1e3));
		nap_table_cell(t, nap_digits_text(nap_replay_joules(s, NAP_SEEN_KEEPALIVE), 4));
		nap_table_cell(t, g_strdup_printf("%" G_GUINT64_FORMAT, s->promotions));
		nap_table_cell(t, duration_text(s->connected));
		nap_table_cell(t, g_strdup_printf("%" G_GUINT64_FORMAT, s->packets[0] + s->packets[1]));
		nap_table_cell(t, g_strdup_printf("%" G_GUINT64_FORMAT, s->flows_cut));
		nap_table_cell(t, g_strdup_printf("%" G_GUINT64_FORMAT, s->flows_used_after));
	}
	add_table(out, t, "what if");
}

GString *nap_replay_text(const struct nap_replay_report *r)
{
	GString *out = g_string_new(NULL);
	const struct nap_replayed *d = r->replayed;

	add_verdict(out, d->sc, &d->sums);
	add_trace(out, r);
	add_energy(out, d->sc, &d->sums);
	add_states(out, d->sc, &d->sums);
	add_flows(out, d);
	add_boxes(out, d->sc, &d->sums);
	add_what_if(out, r);
	return out;
}
