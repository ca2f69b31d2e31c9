/* SPDX-License-Identifier: BSD-2-Clause */
/* The experiments behind a figure's series: packet trains on the radio alone, probes, whole scenarios. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "io/device.h"
#include "text/quantity.h"
#include "radio/battery.h"
#include "radio/infer.h"
#include "radio/radio.h"
#include "experiments/figure_work.h"

#define SEED         1
#define REPEATS_MAX  1000           /* as the schema has it */
#define WARM_UP      3              /* exchanges of a train before it counts */
#define COUNTED      40             /* exchanges that count */
#define AT_REST      (5120 * NAP_S) /* a whole number of paging and DRX cycles */
#define LONE_START   (600 * NAP_S)
#define DAYS_A_YEAR  365.25
#define STATE_METRIC "state_energy_j "
#define CUT_METRIC   "tail_cut_saving_percent"

static struct nap_scenario *load_device(const struct nap_figure_work *w, const char *value, GError **error)
{
	GArray *overrides = g_array_new(FALSE, FALSE, sizeof(struct nap_override));
	struct nap_scenario *device = NULL;

	if (nap_work_make_overrides(w, value, overrides, error))
		device = nap_device_load(w->series->radio, *w->series->battery ? w->series->battery : NULL,
			w->figure->dir, (struct nap_override *)overrides->data, overrides->len, error);
	nap_work_free_overrides(overrides);
	return device;
}

/* ---- trains --------------------------------------------------------------------------------------------------------- */

/* One exchange of the series at now; returns when it is over. */
static nap_time exchange(struct nap_figure_work *w, struct nap_radio *r, const struct nap_radio_tech *tech,
	nap_time now, uint64_t up, struct nap_meter *m)
{
	const struct nap_figure_series *s = w->series;

	if (up > 0)
		now = nap_radio_send(r, tech, now, (uint32_t)up, NAP_CAUSE_KEEPALIVE, &w->rng, m);
	if (s->bytes_down > 0)
		now = nap_radio_receive(
			r, tech, now + s->path_rtt, (uint32_t)s->bytes_down, NAP_CAUSE_KEEPALIVE, &w->rng, m);
	return now;
}

/* What a stretch of radio life tells; the metrics below read it. */
struct stretch {
	struct nap_energy energy; /* mJ */
	double seconds, exchanges;
	const struct nap_meter *meter;
	const struct nap_scenario *device;
	const struct nap_figure_series *series;
};

static double mean_mw(const struct stretch *s)
{
	return s->energy.total / s->seconds;
}

static double get_power(const struct stretch *s)
{
	return mean_mw(s);
}

static double get_current(const struct stretch *s)
{
	return mean_mw(s) / s->series->voltage_v;
}

static double get_energy_each(const struct stretch *s)
{
	return s->energy.total / 1e3 / s->exchanges;
}

static double get_caused_each(const struct stretch *s)
{
	return (s->energy.total - s->energy.idle) / 1e3 / s->exchanges;
}

static double get_energy_day(const struct stretch *s)
{
	return mean_mw(s) * 86.4;
}

static double get_promotion_each(const struct stretch *s)
{
	return s->energy.promotion / 1e3 / s->exchanges;
}

static double get_transfer_each(const struct stretch *s)
{
	return s->energy.transfer / 1e3 / s->exchanges;
}

static double get_tail_each(const struct stretch *s)
{
	return (s->energy.tail + s->energy.drx) / 1e3 / s->exchanges;
}

static double get_idle_each(const struct stretch *s)
{
	return s->energy.idle / 1e3 / s->exchanges;
}

static double get_connected(const struct stretch *s)
{
	return nap_time_seconds(nap_meter_connected(s->meter, s->device->radio)) / s->seconds;
}

static double get_life_years(const struct stretch *s)
{
	return nap_battery_life_h(&s->device->battery, mean_mw(s)) / 24.0 / DAYS_A_YEAR;
}

static double get_life_hours(const struct stretch *s)
{
	return nap_battery_life_h(&s->device->battery, mean_mw(s));
}

static double get_percent_a_day(const struct stretch *s)
{
	return nap_battery_percent_per_day(&s->device->battery, mean_mw(s));
}

/* Metric "state_energy_j NAME": what the exchange caused in one state, on-windows included, bytes not. */
static double get_state_each(const struct stretch *s)
{
	const struct nap_radio_tech *tech = s->device->radio;
	const char *name = s->series->metric + strlen(STATE_METRIC);
	struct nap_meter only;

	for (unsigned i = 0; i < tech->n_states; i++) {
		if (strcmp(tech->state[i].name, name) != 0)
			continue;
		memset(&only, 0, sizeof only);
		only.state[i] = s->meter->state[i];
		memset(only.state[i].bytes, 0, sizeof only.state[i].bytes);
		return nap_meter_energy(&only, tech).total / 1e3 / s->exchanges;
	}
	return NAN;
}

static const struct stretch_metric {
	const char *name;
	double (*get)(const struct stretch *s);
} stretch_metrics[] = {
	{ STATE_METRIC, get_state_each },
	{ "average_power_mw", get_power },
	{ "average_current_ma", get_current },
	{ "exchange_energy_j", get_energy_each }, /* all energy, idle too, over the exchanges */
	{ "exchange_caused_j", get_caused_each }, /* without what the idle radio takes */
	{ "exchange_promotion_j", get_promotion_each },
	{ "exchange_transfer_j", get_transfer_each },
	{ "exchange_tail_j", get_tail_each }, /* tail with DRX */
	{ "exchange_idle_j", get_idle_each },
	{ CUT_METRIC, get_caused_each }, /* of these, the share that cut tails save */
	{ "energy_per_day_j", get_energy_day },
	{ "connected_share", get_connected },
	{ "battery_life_years", get_life_years },
	{ "battery_life_h", get_life_hours },
	{ "battery_percent_per_day", get_percent_a_day },
};

static const struct stretch_metric *find_metric(const struct nap_figure_work *w, GError **error)
{
	for (size_t i = 0; i < G_N_ELEMENTS(stretch_metrics); i++) {
		if (strcmp(stretch_metrics[i].name, w->series->metric) == 0 ||
			(stretch_metrics[i].get == get_state_each &&
				g_str_has_prefix(w->series->metric, STATE_METRIC)))
			return &stretch_metrics[i];
	}
	nap_work_fail_series(w, error, "metric", "there is no such metric of trains");
	return NULL;
}

/* Energy of what lies between two readings. */
static struct stretch stretch_between(const struct nap_figure_work *w, const struct nap_scenario *device,
	struct nap_meter *later, const struct nap_meter *earlier, nap_time span, double exchanges)
{
	nap_meter_difference(later, later, earlier, device->radio);
	return (struct stretch){ nap_meter_energy(later, device->radio), nap_time_seconds(span), exchanges,
		later, device, w->series };
}

/* The steady state: COUNTED exchanges after WARM_UP, between two readings at the start of an exchange. */
static double run_train(struct nap_figure_work *w, const struct nap_scenario *device,
	const struct stretch_metric *metric, nap_time interval, uint64_t up)
{
	const struct nap_radio_tech *tech = device->radio;
	struct nap_meter m = { 0 }, before = { 0 }, after = { 0 };
	struct nap_radio r;
	struct stretch s;

	nap_radio_init(&r, tech, 0);
	if (interval == NAP_NEVER) { /* at rest */
		nap_radio_reading(&r, tech, AT_REST, &m, &after);
		s = stretch_between(w, device, &after, &before, AT_REST, 0.0);
		return metric->get(&s);
	}
	for (int i = 0; i < WARM_UP + COUNTED; i++) {
		if (i == WARM_UP)
			nap_radio_reading(&r, tech, i * interval, &m, &before);
		exchange(w, &r, tech, i * interval, up, &m);
	}
	nap_radio_reading(&r, tech, (WARM_UP + COUNTED) * interval, &m, &after);
	s = stretch_between(w, device, &after, &before, COUNTED * interval, COUNTED);
	return metric->get(&s);
}

/* One exchange from rest; all that it caused, until the radio rests again or an hour has passed. */
static double run_lone(struct nap_figure_work *w, const struct nap_scenario *device,
	const struct stretch_metric *metric, uint64_t up)
{
	const struct nap_radio_tech *tech = device->radio;
	struct nap_meter m = { 0 }, before = { 0 }, after = { 0 };
	struct nap_radio r;
	struct stretch s;

	nap_radio_init(&r, tech, 0);
	nap_radio_settle(&r, tech, LONE_START, &m);
	nap_radio_reading(&r, tech, LONE_START, &m, &before);
	exchange(w, &r, tech, LONE_START, up, &m);
	nap_radio_reading(&r, tech, LONE_START + NAP_H, &m, &after);
	s = stretch_between(w, device, &after, &before, NAP_H, 1.0);
	return metric->get(&s);
}

/* Percent of what exchanges cause that an oracle saves which ends every tail 1 ms after the last packet. */
static double run_cut(struct nap_figure_work *w, const struct nap_scenario *device,
	const struct stretch_metric *caused, nap_time interval, uint64_t up)
{
	struct nap_scenario cut = *device;
	struct nap_radio_tech tech = *device->radio;

	for (unsigned i = 0; i < tech.n_edges; i++) {
		if (tech.edge[i].on == NAP_ON_IDLE && tech.state[tech.edge[i].from].connected)
			tech.edge[i].after = NAP_MS;
	}
	cut.radio = &tech;
	return 100 *
	       (1 - run_train(w, &cut, caused, interval, up) / run_train(w, device, caused, interval, up));
}

static double run_one(struct nap_figure_work *w, const struct nap_scenario *device,
	const struct stretch_metric *metric, nap_time interval, uint64_t up)
{
	if (strcmp(w->series->metric, CUT_METRIC) == 0)
		return run_cut(w, device, metric, interval, up);
	return w->series->experiment == NAP_EXPERIMENT_TRAIN ? run_train(w, device, metric, interval, up)
							     : run_lone(w, device, metric, up);
}

static bool simulate_train(struct nap_figure_work *w, GError **error)
{
	const struct nap_figure_series *s = w->series;
	const struct stretch_metric *metric = find_metric(w, error);

	if (!metric)
		return false;
	for (const char *const *value = s->values; *value; value++) {
		struct nap_scenario *device = load_device(w, *value, error);
		nap_time interval = s->interval;
		uint64_t up = s->bytes_up;
		bool ok = device != NULL;

		if (strcmp(s->x, "interval") == 0)
			ok = ok && nap_time_parse(*value, &interval, error);
		else if (strcmp(s->x, "bytes") == 0)
			ok = ok && nap_bytes_parse(*value, &up, error);
		else if (!strchr(s->x, '.'))
			ok = ok &&
			     nap_work_fail_series(w, error, "x", "a train sweeps interval, bytes or a key");
		if (ok)
			nap_work_add_point(
				w, nap_work_axis_number(*value), run_one(w, device, metric, interval, up));
		nap_scenario_free(device);
		if (!ok)
			return false;
	}
	return true;
}

/* ---- power over time -------------------------------------------------------------------------------------------------- */

/* values: "FROM; TO; STEP": mean power in each step; time 0 is the exchange. */
static bool simulate_pulse(struct nap_figure_work *w, GError **error)
{
	const char *const *v = w->series->values;
	struct nap_scenario *device = load_device(w, NULL, error);
	struct nap_meter *m = g_new0(struct nap_meter, 1), *a = g_new0(struct nap_meter, 1),
			 *b = g_new0(struct nap_meter, 1);
	nap_time from, to, step;
	struct nap_radio r;
	bool ok = device && g_strv_length((char **)v) == 3 && nap_time_parse(v[0], &from, error) &&
		  nap_time_parse(v[1], &to, error) && nap_time_parse(v[2], &step, error);

	if (ok && (step <= 0 || to / step > 100000))
		ok = nap_work_fail_series(w, error, "values", "FROM; TO; STEP with at most 100000 steps");
	if (ok) {
		const struct nap_radio_tech *tech = device->radio;

		nap_radio_init(&r, tech, 0);
		nap_radio_settle(&r, tech, LONE_START - from, m);
		nap_radio_reading(&r, tech, LONE_START - from, m, a);
		for (nap_time t = -from; t < to; t += step) {
			if (t <= 0 && t + step > 0)
				exchange(w, &r, tech, LONE_START, w->series->bytes_up, m);
			nap_radio_reading(&r, tech, LONE_START + t + step, m, b);
			nap_work_add_point(w, nap_time_seconds(t + step / 2),
				(nap_meter_energy(b, tech).total - nap_meter_energy(a, tech).total) /
					nap_time_seconds(step));
			memcpy(a, b, sizeof *a);
		}
	}
	if (!ok && error && !*error)
		nap_work_fail_series(w, error, "values", "FROM; TO; STEP are needed");
	g_free(m);
	g_free(a);
	g_free(b);
	nap_scenario_free(device);
	return ok;
}

/* ---- probes ----------------------------------------------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* values: "FROM; TO; STEP" of idle times. Metric rtt_ms: their medians; idle_from_s: what inference makes of them all. */
static bool simulate_probe(struct nap_figure_work *w, GError **error)
{
	const struct nap_figure_series *s = w->series;
	struct nap_scenario *device = load_device(w, NULL, error);
	g_autoptr(GArray) probes = g_array_new(FALSE, FALSE, sizeof(struct nap_rrc_probe));
	double rtts[REPEATS_MAX];
	struct nap_rng phase = nap_rng_stream(SEED, 0, w->index, NAP_RNG_PHASE);
	nap_time from = 0, to = 0, step = 0;
	bool curve = strcmp(s->metric, "rtt_ms") == 0;
	bool ok = device && g_strv_length((char **)s->values) == 3 &&
		  nap_time_parse(s->values[0], &from, error) && nap_time_parse(s->values[1], &to, error) &&
		  nap_time_parse(s->values[2], &step, error) && step > 0;

	for (nap_time idle = from; ok && idle <= to; idle += step) {
		unsigned n = 0;

		for (unsigned k = 0; k < s->repeats; k++) {
			nap_time start = (nap_time)(nap_rng_unit(&phase) * 3600e9);
			struct nap_rrc_probe p = { nap_time_seconds(idle),
				nap_radio_probe(device->radio, start, idle, (uint32_t)s->bytes_up,
					s->path_rtt, &w->rng) };

			if (p.rtt < 0.0)
				continue;
			g_array_append_val(probes, p);
			rtts[n++] = p.rtt * 1e3;
		}
		qsort(rtts, n, sizeof *rtts, by_value);
		if (n > 0 && curve)
			nap_work_add_point(w, nap_time_seconds(idle), rtts[n / 2]);
	}
	if (ok && !curve) {
		struct nap_inference found;

		ok = nap_radio_infer(&found, (struct nap_rrc_probe *)probes->data, probes->len,
			     nap_rng_stream(SEED, 0, w->index, NAP_RNG_SEARCH)) &&
		     found.n_levels > 1;
		if (ok)
			nap_work_add_point(w, 0.0, found.level[found.n_levels - 1].from.value);
	}
	nap_scenario_free(device);
	if (!ok && error && !*error)
		nap_work_fail_series(w, error, "values", "FROM; TO; STEP are needed, and enough of them");
	return ok;
}

GArray *nap_figure_simulate(const struct nap_figure *figure, GError **error)
{
	static bool (*const run[])(struct nap_figure_work *, GError **) = { simulate_probe, simulate_train,
		simulate_train, simulate_pulse, nap_figure_scenario };
	GArray *points = g_array_new(FALSE, FALSE, sizeof(struct nap_figure_point));

	for (unsigned i = 0; i < figure->n_series; i++) {
		struct nap_figure_work w = { figure, &figure->series[i], i, points,
			nap_rng_stream(SEED, 0, i, NAP_RNG_RADIO) };

		if (!run[w.series->experiment](&w, error)) {
			g_array_unref(points);
			return NULL;
		}
	}
	return points;
}
