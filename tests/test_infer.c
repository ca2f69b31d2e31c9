/* SPDX-License-Identifier: BSD-2-Clause */
/* Inference of a radio: the open RRC-probe measurements, and simulated probes of every shipped profile. */
#include <glib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "io/probes.h"
#include "long.h"
#include "io/device.h"
#include "report/inferred_radio.h"
#include "radio/infer.h"
#include "radio/radio.h"

#define MEASURED "scenarios/figures/sigcomm2021-rtt/measured/"

static struct nap_inference infer(struct nap_rrc_probe *probe, size_t n)
{
	struct nap_inference found;

	g_assert_true(nap_radio_infer(&found, probe, n, nap_rng_stream(1, 0, 0, NAP_RNG_SEARCH)));
	return found;
}

static const struct nap_level *last_level(const struct nap_inference *found)
{
	return &found->level[found->n_levels - 1];
}

/* The authors' annotated end of RRC_CONNECTED; cycles and idle floor as fitted to the same data elsewhere. */
static const struct measured {
	const char *file;
	double connected_until, cdrx_cycle, idle_floor;
} measured[] = {
	{ "RASPBERRY_670_TMobile_NSA.csv", 10.2, 0.320, 0.398 },
	{ "RASPBERRY_670_Verizon_NSAlow.csv", 10.2, 0.320, 0.3745 },
	{ "SALMONBERRY_299_TMobile_4G.csv", 5.0, 0.080, 0.310 },
	{ "SALMONBERRY_299_Verizon_NSAmmwave.csv", 11.2, 0.080, 0.3007 },
};

static void test_measured(const void *row)
{
	const struct measured *m = row;
	g_autofree char *path = g_strconcat(MEASURED, m->file, NULL);
	struct nap_probe_set set;
	struct nap_inference found;
	GError *error = NULL;

	if (!nap_probes_load(path, &set, &error))
		g_error("%s", error->message);
	found = infer(set.probe, set.n);
	g_test_message("%s: idle from %.2f s [%.2f, %.2f]", m->file, last_level(&found)->from.value,
		last_level(&found)->from.lo, last_level(&found)->from.hi);
	/* where both states answer by turns for a second (mmWave) the annotation must lie in the interval */
	g_assert_cmpfloat(last_level(&found)->from.lo, <=, m->connected_until);
	g_assert_cmpfloat(last_level(&found)->from.hi, >=, m->connected_until);
	if (m->connected_until < 11)
		g_assert_cmpfloat_with_epsilon(
			last_level(&found)->from.value, m->connected_until, 0.1 + 1e-9);
	g_assert_cmpfloat_with_epsilon(last_level(&found)->cycle, 1.28, 0.005);
	g_assert_cmpfloat_with_epsilon(found.level[found.n_levels - 2].cycle, m->cdrx_cycle, 0.001);
	g_assert_cmpfloat_with_epsilon(last_level(&found)->floor.value, m->idle_floor, 0.060);
	g_assert_cmpuint(found.outliers * 20, <, found.probes);
	g_free(set.probe);
}

/* Outliers and losses must not move the timers. */
static void test_robust(void)
{
	struct nap_probe_set set;
	struct nap_inference clean, spoilt;
	struct nap_rng rng = nap_rng_stream(7, 0, 0, NAP_RNG_LOSS);
	GError *error = NULL;

	if (!nap_probes_load(MEASURED "SALMONBERRY_299_TMobile_4G.csv", &set, &error))
		g_error("%s", error->message);
	clean = infer(set.probe, set.n);
	for (size_t i = 0; i < set.n; i++) {
		if (nap_rng_unit(&rng) < 0.1)
			set.probe[i].rtt = nap_rng_unit(&rng) * 8.0;
	}
	spoilt = infer(set.probe, set.n);
	g_assert_cmpfloat_with_epsilon(
		last_level(&spoilt)->from.value, last_level(&clean)->from.value, 0.1 + 1e-9);
	g_assert_cmpfloat_with_epsilon(last_level(&spoilt)->cycle, 1.28, 0.005);
	g_free(set.probe);
}

/* ---- simulated ---- */

enum { REPEATS = 4 };

static size_t simulate(const struct nap_radio_tech *t, double until, struct nap_rrc_probe *probe)
{
	struct nap_rng rng = nap_rng_stream(5, 0, 0, NAP_RNG_RADIO),
		       phase = nap_rng_stream(5, 0, 0, NAP_RNG_PHASE);
	size_t n = 0;

	for (int step = 0; step * 0.1 <= until; step++) {
		for (int k = 0; k < REPEATS; k++) {
			nap_time start = (nap_time)(nap_rng_unit(&phase) * 3600e9);
			double rtt = nap_radio_probe(t, start, step * 100 * NAP_MS, 64, 50 * NAP_MS, &rng);

			/* clocks and queues */
			if (rtt > 0)
				probe[n++] = (struct nap_rrc_probe){ step * 0.1,
					rtt + 0.004 * nap_rng_unit(&phase) };
		}
	}
	return n;
}

/* Promotion delay, s, that a small packet to the device meets in a state. */
static double promotion(const struct nap_radio_tech *t, unsigned i)
{
	double delay = 0;

	for (unsigned hop = 0; hop < t->n_states; hop++) {
		const struct nap_radio_edge *taken = NULL;

		for (unsigned k = 0; k < t->n_edges && !taken; k++) {
			if (t->edge[k].from == i &&
				(t->edge[k].on == NAP_ON_TRAFFIC || t->edge[k].on == NAP_ON_RECEIVE) &&
				t->edge[k].over[NAP_DOWNLINK] < 64)
				taken = &t->edge[k];
		}
		if (!taken)
			break;
		delay += taken->carries ? 0.0 : (double)taken->delay / 1e9;
		i = taken->to;
	}
	return delay;
}

/* A timer that shows in round trips: when it ends, and the promotion that a packet meets after it, s. */
struct border {
	double at, promotion;
};

/* The borders of a profile where the promotion delay changes by 0.2 s, or the paging cycle by 0.6 s, or more; until: how long probes must be to see them. */
static unsigned known_borders(const struct nap_radio_tech *t, struct border *out, double *until)
{
	struct nap_radio r;
	nap_time exchanged;
	double at;
	unsigned n = 0;

	*until = 0;
	nap_radio_init(&r, t, 0);
	exchanged = nap_radio_send(&r, t, 0, 64, NAP_CAUSE_KEEPALIVE, NULL, NULL);
	at = (double)(MAX(r.since, r.active) - exchanged) / 1e9; /* a leg that is still being added */
	for (unsigned i = r.state, hop = 0;
		t->state[i].idle_edge != NAP_RADIO_NONE && i != t->start && hop < 12; hop++) {
		const struct nap_radio_edge *e = &t->edge[t->state[i].idle_edge];

		at += (double)(e->after + e->delay) / 1e9;
		if (at > 0.3 && at < 50 && t->state[e->to].reachable &&
			(fabs(promotion(t, e->to) - promotion(t, i)) >= 0.2 ||
				t->state[e->to].cycle >= t->state[i].cycle + 600 * NAP_MS)) {
			out[n++] = (struct border){ at, promotion(t, e->to) };
			*until = at + fmin(fmax(6, 3e-9 * (double)t->state[e->to].cycle),
					      20); /* cycles must turn */
		}
		i = e->to;
	}
	return n;
}

/* That which begins nearest to an idle time, NULL when there is one level alone. */
static const struct nap_level *nearest_level(const struct nap_inference *found, double at)
{
	const struct nap_level *nearest = NULL;

	for (unsigned k = 1; k < found->n_levels; k++)
		if (!nearest || fabs(found->level[k].from.value - at) < fabs(nearest->from.value - at))
			nearest = &found->level[k];
	return nearest;
}

/*
 * What a profile is inferred to be is a profile that loads, and whose probes give the same borders again. That a half of the
 * probes of a state was still answered as before is told in its words alone; so is a border that is not sharp.
 */
static void check_again(
	const char *name, const struct nap_inference *found, double until, struct nap_rrc_probe *probe)
{
	g_autofree char *folder = g_dir_make_tmp("natnap-inferred-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "inferred", NULL);
	g_autofree char *text = nap_inferred_profile(name, found);
	GError *error = NULL;
	struct nap_scenario *s;
	struct nap_inference again;

	g_assert_null(strstr(text, "verified = yes"));
	g_assert_nonnull(strstr(text, "technology = unknown"));
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	s = nap_device_load(path, NULL, folder, NULL, 0, &error);
	if (!s)
		g_error("%s: %s", name, error->message);
	again = infer(probe, simulate(s->radio, until, probe));
	for (unsigned k = 1; k < found->n_levels; k++) {
		const struct nap_level *is = nearest_level(&again, found->level[k].from.value);

		if (found->level[k].unsure)
			continue;
		g_assert_nonnull(is);
		g_test_message(
			"%s: again from %.3f s [%.3f, %.3f]", name, is->from.value, is->from.lo, is->from.hi);
		g_assert_true(is->unsure || (is->from.lo <= found->level[k].from.value + 1e-6 &&
						    is->from.hi >= found->level[k].from.value - 1e-6));
	}
	nap_scenario_free(s);
	g_remove(path);
	g_rmdir(folder);
}

/* The timers that show must come back within a step of the probes, and the promotion delays within their intervals. */
static void test_simulated(const void *name)
{
	GError *error = NULL;
	struct nap_scenario *s = nap_device_load(name, NULL, ".", NULL, 0, &error);
	struct nap_rrc_probe *probe = g_new(struct nap_rrc_probe, 20000);
	struct border border[12];
	struct nap_inference found = { .n_levels = 0 };
	double until;
	unsigned n;

	if (!s)
		g_error("%s", error->message);
	n = known_borders(s->radio, border, &until);
	if (n > 0)
		found = infer(probe, simulate(s->radio, until, probe));
	for (unsigned i = 0; i < n; i++) {
		const struct nap_level *nearest = nearest_level(&found, border[i].at);

		g_assert_nonnull(nearest);
		g_test_message("%s: timer ends at %.3f s, found at %.3f s [%.3f, %.3f]; promotion %.3f s, "
			       "found %.3f s [%.3f, %.3f]",
			(const char *)name, border[i].at, nearest->from.value, nearest->from.lo,
			nearest->from.hi, border[i].promotion, nearest->delay.value, nearest->delay.lo,
			nearest->delay.hi);
		g_assert_cmpfloat(nearest->from.lo, <=, border[i].at + 1e-6);
		g_assert_cmpfloat(nearest->from.hi, >=, border[i].at - 0.1 - 1e-6);
		/* round trips of states whose waits overlap, at any phase, tell the border less sharply */
		g_assert_cmpfloat_with_epsilon(
			nearest->from.value, border[i].at, (nearest->even ? 0.5 : 0.1) + 1e-6);
		if (!nearest->even) {
			g_assert_cmpfloat(nearest->delay.lo, <=, border[i].promotion + 0.02);
			g_assert_cmpfloat(nearest->delay.hi, >=, border[i].promotion - 0.02);
		}
	}
	if (n > 0)
		check_again(name, &found, until, probe);
	nap_scenario_free(s);
	g_free(probe);
}

/* A state of a second or two that answers a share of the probes, the one before the others; true when both its ends are found. */
static bool finds_short(uint32_t draw)
{
	static const double from[] = { 4, 6, 8, 10, 11 }, lengths[] = { 1.5, 2, 3, 4 },
			    shares[] = { 0.3, 0.5, 0.7 };
	struct nap_rng r = nap_rng_stream(7, draw, 0, NAP_RNG_PHASE);
	struct nap_rrc_probe probe[20 * 119];
	double begin = from[nap_rng_below(&r, 5)], end = begin + lengths[nap_rng_below(&r, 4)];
	double share = shares[nap_rng_below(&r, 3)], slow = 0.08 + 0.06 * nap_rng_unit(&r);
	struct nap_inference found;
	bool first = false, second = false;
	size_t n = 0;

	for (int rep = 0; rep < 20; rep++)
		for (int k = 1; k < 120; k++) {
			double idle = k * 0.25, noise = 0.006 * (nap_rng_unit(&r) - 0.5);
			bool fast = idle < begin || (idle < end && nap_rng_unit(&r) < share);

			probe[n++] = (struct nap_rrc_probe){ idle,
				noise + (fast                ? 0.04
						: idle < end ? slow
							     : 0.35 + 0.32 * nap_rng_unit(&r)) };
		}
	found = infer(probe, n);
	for (unsigned k = 1; k < found.n_levels; k++) {
		first |= fabs(found.level[k].from.value - begin) < 0.3;
		second |= fabs(found.level[k].from.value - end) < 0.3;
	}
	return first && second;
}

/* As RRC_INACTIVE of stand-alone 5G: two steps close together, between which some probes are answered as before. */
static void test_short(void)
{
	uint32_t good = 0;

	for (uint32_t i = 0; i < 30; i++)
		good += finds_short(i);
	g_assert_cmpuint(good, >=, 28);
}

/*
 * From a timer to the last probe 40 of 100 are answered as before, the others 45 ms later, and all gaps are multiples of 40 ms: a cycle
 * of which nothing but one phase was seen explains both.
 */
static bool finds_mix(uint32_t seed)
{
	struct nap_rrc_probe probe[1000];
	struct nap_rng r = nap_rng_stream(seed, 0, 0, NAP_RNG_RADIO);
	struct nap_inference found;
	size_t n = 0;

	for (uint32_t i = 0; i <= 150; i++)
		for (uint32_t k = 0; k < 3; k++, n++) {
			probe[n].idle = 0.2 * i;
			probe[n].rtt =
				(i < 50 || nap_rng_unit(&r) < 0.4 ? 0.045 : 0.090) + 0.003 * nap_rng_unit(&r);
		}
	found = infer(probe, n);
	return found.n_levels == 2 && found.level[1].from.lo <= 10.0 && found.level[1].from.hi >= 10.0 &&
	       fabs(found.level[1].before - 0.4) < 0.2 && fabs(found.level[1].delay.value - 0.045) < 0.005;
}

static void test_mix(void)
{
	uint32_t good = 0;

	for (uint32_t seed = 0; seed < 6; seed++)
		good += finds_mix(seed);
	g_assert_cmpuint(good, >=, 6);
}

static void test_too_few(void)
{
	struct nap_rrc_probe few[30];
	struct nap_inference found;

	for (int i = 0; i < 30; i++)
		few[i] = (struct nap_rrc_probe){ i % 3, 0.1 };
	g_assert_false(nap_radio_infer(&found, few, 30, nap_rng_stream(1, 0, 0, NAP_RNG_SEARCH)));
	g_assert_false(nap_radio_infer(&found, few, 3, nap_rng_stream(1, 0, 0, NAP_RNG_SEARCH)));
}

static void check_refused(const char *text, const char *why)
{
	g_autofree char *path = g_build_filename(g_get_tmp_dir(), "natnap-probes-XXXXXX", NULL);
	struct nap_probe_set set;
	GError *error = NULL;
	int fd = g_mkstemp(path);

	g_assert_cmpint(fd, >=, 0);
	g_close(fd, NULL);
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	g_assert_false(nap_probes_load(path, &set, &error));
	g_assert_nonnull(strstr(error->message, why));
	g_clear_error(&error);
	g_remove(path);
}

static void test_bad_files(void)
{
	check_refused("", ":1: there is no header line");
	check_refused("x,RTT1\n1,2\n", "no column interval");
	check_refused("interval,x\n1,2\n", "no column RTT1");
	check_refused("interval,RTT1\n1,2\nx,3\n", ":3: [interval] \"x\" is not a number");
	check_refused("interval,RTT1\n-1,2\n", ":2: [interval] \"-1\" is out of range");
	check_refused("interval,RTT1\n1,nan\n", ":2: [RTT1] \"nan\" is not a number");
	check_refused("interval,RTT1\n1\n", ":2: 1 fields are too few");
}

/* A timer that runs out anywhere between 8 and 12 s is no third state: two levels, and it is said that the border is not sharp. */
static void test_smear(void)
{
	for (uint64_t seed = 1; seed <= 6; seed++) {
		struct nap_rng rng = nap_rng_stream(seed, 0, 0, NAP_RNG_SEARCH);
		struct nap_rrc_probe probe[600];
		struct nap_inference found;

		for (size_t i = 0; i < G_N_ELEMENTS(probe); i++) {
			double idle = 0.5 + 0.25 * (double)(i % 75);
			bool late = idle > 8.0 + 4.0 * nap_rng_unit(&rng);

			probe[i] = (struct nap_rrc_probe){ idle,
				(late ? 0.5 : 0.05) + 0.01 * nap_rng_unit(&rng) };
		}
		found = infer(probe, G_N_ELEMENTS(probe));
		g_assert_cmpuint(found.n_levels, ==, 2);
		g_assert_true(last_level(&found)->unsure);
		g_assert_cmpfloat(last_level(&found)->from.lo, <=, 9.0);
		g_assert_cmpfloat(last_level(&found)->from.hi, >=, 11.0);
	}
}

int main(int argc, char **argv)
{
	/* of each kind of radio, and of the ways in which states follow one another */
	static const char *const usual[] = { "cdma2000-1x", "evdo-deng-2012-verizon", "umts-fast-dormancy",
		"hspa-ura-pch-2012", "lte-two-state", "nb-iot-psm", "nr-sa-tmobile-2021", "wifi-adaptive-psm",
		"wired", NULL };
	g_auto(GStrv) names = nap_profile_names(NAP_RADIO);

	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(measured); i++) {
		g_autofree char *path = g_strconcat("/infer/measured/", measured[i].file, NULL);

		g_test_add_data_func(path, &measured[i], test_measured);
	}
	g_test_add_func("/infer/robust", test_robust);
	g_test_add_func("/infer/short", test_short);
	g_test_add_func("/infer/mix", test_mix);
	g_test_add_func("/infer/smear", test_smear);
	g_test_add_func("/infer/too-few", test_too_few);
	g_test_add_func("/infer/bad-files", test_bad_files);
	for (char **name = names; *name; name++) {
		g_autofree char *path = g_strconcat("/infer/simulated/", *name, NULL);

		if (is_tested(*name, usual))
			g_test_add_data_func(path, *name, test_simulated);
	}
	return g_test_run();
}
