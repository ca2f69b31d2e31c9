/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Conditions that a radio works under: how wide it listens and with how many antennas, how loud it sends, how often all is
 * repeated, and which sleep a gap has room for. All is settled before a run, so that the interpreter knows of none of it.
 */
#include "radio/conditions.h"

#include <math.h>

#include <glib.h>

static bool refuse(char **reason, char *text)
{
	*reason = text;
	return false;
}

/* The class that the device is in, NULL where nothing is repeated; refused when there is none of that name. */
static const struct nap_radio_coverage_row *coverage_of(const struct nap_radio_row *radio)
{
	for (unsigned i = 0; i < radio->n_coverages; i++)
		if (g_strcmp0(radio->coverages[i].name, radio->coverage) == 0)
			return &radio->coverages[i];
	return NULL;
}

/* Is n what halving comes to, from all on? */
static bool halves(unsigned all, unsigned n)
{
	while (all > n && all % 2 == 0)
		all /= 2;
	return all == n;
}

bool conditions_check(const struct nap_radio_row *radio, char **reason)
{
	if (radio->coverage && *radio->coverage && !coverage_of(radio))
		return refuse(reason,
			g_strdup_printf("[radio] coverage: there is no [coverage %s]", radio->coverage));
	if (radio->bandwidth_hz > 0.0 && radio->reference_bandwidth_hz <= 0.0)
		return refuse(reason,
			g_strdup("[radio] bandwidth: reference-bandwidth must say what the powers are of"));
	if (radio->antennas > 0 && radio->reference_antennas == 0)
		return refuse(reason,
			g_strdup("[radio] antennas: reference-antennas must say what the powers are of"));
	if (radio->antennas > 0 && !halves(radio->reference_antennas, radio->antennas))
		return refuse(reason, g_strdup_printf("[radio] antennas: %u is not %u halved once or more",
					      radio->antennas, radio->reference_antennas));
	for (unsigned i = 0; i < radio->n_levels; i++)
		for (unsigned k = 0; k < i; k++)
			if (radio->levels[i].output_dbm == radio->levels[k].output_dbm)
				return refuse(
					reason, g_strdup_printf("[level %s] output: is that of [level %s]",
							radio->levels[i].name, radio->levels[k].name));
	return true;
}

/* TR 38.840 8.1.3: 0.4 + 0.6 (X - 20) / 80 of X MHz is a quarter, and three quarters of X / 100. */
static double received_power(double mw, const struct nap_radio_row *radio)
{
	double scale = 1.0;

	if (radio->bandwidth_hz > 0.0)
		scale = radio->bandwidth_floor +
			(1.0 - radio->bandwidth_floor) * radio->bandwidth_hz / radio->reference_bandwidth_hz;
	mw = fmax(mw * scale, fmin(mw, radio->receive_least.value));
	for (unsigned n = radio->reference_antennas; radio->antennas > 0 && n > radio->antennas; n /= 2)
		mw *= radio->antenna_halving;
	return mw;
}

/* Power of sending at the radio's output: between the nearest two levels, beyond the outer ones as at these. */
static double sending_power(const struct nap_radio_row *radio)
{
	const struct nap_radio_level_row *below = NULL, *above = NULL;
	double dbm = radio->output_dbm;

	for (unsigned i = 0; i < radio->n_levels; i++) {
		const struct nap_radio_level_row *l = &radio->levels[i];

		if (l->output_dbm <= dbm && (!below || l->output_dbm > below->output_dbm))
			below = l;
		if (l->output_dbm >= dbm && (!above || l->output_dbm < above->output_dbm))
			above = l;
	}
	if (!above || below == above)
		return below ? below->power.value : 0.0;
	if (!below)
		return above->power.value;
	return below->power.value + (above->power.value - below->power.value) * (dbm - below->output_dbm) /
					    (above->output_dbm - below->output_dbm);
}

/* A gap in a sleep, mJ. */
static double cost_of(const struct nap_radio_sleep_row *s, nap_time gap)
{
	return s->power.value * (double)gap * 1e-9 + s->energy.value;
}

/* The gap between on-windows has one length: the sleep that costs least among those that have the time in it. */
static bool choose_sleep(struct nap_radio_state_row *s, const struct nap_radio_row *radio, char **reason)
{
	nap_time gap = s->cycle - s->on_duration;
	const struct nap_radio_sleep_row *best = NULL;

	if (s->cycle == 0)
		return refuse(reason, g_strdup_printf("[state %s] sleeps: needs a cycle", s->name));
	if (s->on_power.value > 0.0)
		return refuse(reason,
			g_strdup_printf(
				"[state %s] on-power: with sleeps, power is that of the on-window", s->name));
	for (unsigned i = 0; i < radio->n_sleeps; i++) {
		const struct nap_radio_sleep_row *k = &radio->sleeps[i];

		if (k->time <= gap && (!best || cost_of(k, gap) < cost_of(best, gap)))
			best = k;
	}
	s->on_power = s->power;
	if (!best || gap <= 0 || cost_of(best, gap) >= s->power.value * (double)gap * 1e-9)
		return true; /* it had better stay awake */
	s->power = best->power;
	s->cycle_energy.value += best->energy.value;
	return true;
}

bool conditions_of_state(struct nap_radio_state_row *s, const struct nap_radio_row *radio, char **reason)
{
	const struct nap_radio_coverage_row *c = coverage_of(radio);
	bool listens = s->cycle == 0 || s->sleeps; /* power is one of receiving, not of a sleep */

	if (radio->bandwidth_hz > 0.0 || radio->antennas > 0) {
		if (listens)
			s->power.value = received_power(s->power.value, radio);
		s->on_power.value = received_power(s->on_power.value, radio);
		s->transfer[NAP_DOWNLINK].value = received_power(s->transfer[NAP_DOWNLINK].value, radio);
	}
	if (radio->n_levels > 0 && s->transfer[NAP_UPLINK].value > 0.0)
		s->transfer[NAP_UPLINK].value = sending_power(radio);
	if (c) {
		for (unsigned link = 0; link < NAP_LINKS; link++)
			s->rate_bps[link] /= c->repetitions[link];
		if (!s->connected)
			s->on_duration = nap_time_min(s->on_duration * (nap_time)c->paging, s->cycle);
	}
	return !s->sleeps || choose_sleep(s, radio, reason);
}

/* Make what is drawn so many times as large; a file's values stay what they are. */
static bool stretch(struct nap_dist *d, double times)
{
	if (d->kind == NAP_DIST_EMPIRICAL)
		return times == 1.0;
	d->a *= times;
	if (d->kind == NAP_DIST_UNIFORM || d->kind == NAP_DIST_NORMAL)
		d->b *= times;
	return true;
}

bool conditions_of_edge(
	struct nap_radio_edge_row *e, const struct nap_radio_row *radio, bool promotes, char **reason)
{
	const struct nap_radio_coverage_row *c = coverage_of(radio);

	if (c && promotes && !stretch(&e->delay, c->access))
		return refuse(reason,
			g_strdup_printf("[edge %s] delay: what a file says cannot be repeated %u times",
				e->name, c->access));
	return true;
}
