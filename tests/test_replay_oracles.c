/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Traces on the radios of published models: the energies that these models' own formulas give. Of the papers' printed results
 * (shared by tables of their authors) each row says how near it is to be.
 */
#include <math.h>

#include "replay_trace.h"

enum part { WHOLE, BUT_THE_PROMOTION };

/* A packet of so many bytes of payload alone. */
static const struct lone {
	const char *radio;
	uint32_t payload;
	enum part part;
	double formula;   /* J, to 1e-6 */
	double published; /* J */
	double within;    /* of what is published: its digits, and windows of DRX counted whole */
} lone[] = {
	/* TailEnder (IMC 2009), table 1: 50 kB; per kB, ramp, tail */
	{ "umts-balasubramanian-2009", 50000 - 28, WHOLE, 0.025 * 50 + 3.5 + 0.62 * 12.5, 12.5, 1e-6 },
	{ "gsm-balasubramanian-2009", 50000 - 28, WHOLE, 0.036 * 50 + 1.7 + 0.25 * 6, 5.0, 1e-6 },
	/* Deng and Balakrishnan (CoNEXT 2012), table 2: tails */
	{ "umts-deng-2012-tmobile", 0, BUT_THE_PROMOTION, 0.445 * 3.2 + 0.343 * 16.3, 7.015, 5e-4 },
	{ "hspa-deng-2012-att", 0, BUT_THE_PROMOTION, 0.916 * 6.2 + 0.659 * 10.4, 12.533, 5e-4 },
	{ "evdo-deng-2012-verizon", 0, BUT_THE_PROMOTION, 1.130 * 9.8, 11.074, 5e-4 },
	{ "lte-deng-2012-verizon", 0, BUT_THE_PROMOTION, 1.325 * 10.2, 13.515, 5e-4 },
	/* ARO's device profiles: promotion, DCH tail of 4 s, FACH tail of 10 s */
	{ "umts-aro-default", 0, WHOLE, 2 * 0.65 + 4 * 1.30 + 10 * 0.30, 9.5, 1e-6 },
	{ "umts-aro-captivate", 0, WHOLE, 2 * 0.51 + 4 * 1.02 + 10 * 0.40, 9.1, 1e-6 },
	{ "umts-aro-inspire", 0, WHOLE, 2 * 0.30 + 4 * 0.60 + 10 * 0.38, 6.8, 1e-6 },
	{ "umts-aro-thrill", 0, WHOLE, 2 * 0.305 + 4 * 0.61 + 10 * 0.25, 5.55, 1e-6 },
	/* promotion, 100 ms, 20 ms and 10 s of DRX with 1 and 250 windows of 2 ms; the packet's own bits */
	{ "lte-aro", 0, WHOLE,
		0.26 * 1.21 + 0.1 * 1.2 + 10.02 * 1.06 + 251 * 0.002 * (1.68 - 1.06) +
			(28 * 8 / 6e6) * (0.43839 * 6 + 1.2),
		11.367, 6e-4 },
	/* Huang et al. (MobiSys 2012), tables 3 and 4: the same, with 1 and 286 windows */
	{ "lte-huang-2012", 0, WHOLE,
		0.2601 * 1.2107 + 0.1 * 1.28804 + 11.476 * 1.06 + 0.001 * (1.6802 - 1.06) +
			286 * 0.0015 * (1.6801 - 1.06) + (28 * 8 / 6e6) * (0.43839 * 6 + 1.28804),
		12.874, 2e-3 },
	{ "wifi-aro", 0, WHOLE, 0.25 * 0.403, 0.10, 1e-3 },
};

static struct nap_replay_sums play(const char *radio, uint32_t payload, uint32_t n, nap_time every)
{
	g_autofree char *text = g_strdup_printf(
		"[scenario]\nduration = 24h\n[path]\ndelay = 20ms\n[radio]\nprofile = %s\n", radio);
	struct t_replay *t = t_begin(text, T_DEVICE, 0);
	struct nap_replay_sums sums;

	for (uint32_t i = 0; i < n; i++)
		t_add(t, i * every, t_udp(true, 5000, payload));
	t_finish(t, NAP_NEVER);
	sums = t->seen.sums;
	t_free(t);
	return sums;
}

static void test_lone(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(lone); i++) {
		const struct lone *o = &lone[i];
		struct nap_replay_sums sums = play(o->radio, o->payload, 1, 0);
		double j = sums.energy.total - (o->part == BUT_THE_PROMOTION ? sums.energy.promotion : 0.0);

		g_test_message("%s: %.6f J", o->radio, j / 1e3);
		g_assert_cmpfloat_with_epsilon(j / 1e3, o->formula, 1e-6);
		g_assert_cmpfloat_with_epsilon(j / 1e3, o->published, o->within);
	}
}

/* LTE's rest: whole paging windows, as many as there are periods. */
static void test_paging(void)
{
	static const struct {
		const char *radio;
		double window_mj, period_s;
	} rows[] = { { "lte-aro", 0.043 * 594, 1.28 }, { "lte-huang-2012", 0.0432 * 594.3, 1.2802 } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct nap_replay_sums sums = play(rows[i].radio, 0, 2, 60 * NAP_MIN);
		double windows = sums.energy.idle / rows[i].window_mj, rest = nap_time_seconds(sums.dwell[0]);

		g_assert_cmpfloat_with_epsilon(windows, round(windows), 1e-6);
		g_assert_cmpfloat_with_epsilon(windows, rest / rows[i].period_s, 1.0);
	}
	/* table 3's mean power at rest, 20.05 mW */
	g_assert_cmpfloat_with_epsilon(rows[1].window_mj / rows[1].period_s, 20.05, 0.01);
}

/* TailEnder, table 1: Wi-Fi that fetches 50 kB each 20 s; the state before the radio leaves lasts a millisecond. */
static void test_wifi(void)
{
	struct nap_replay_sums sums = play("wifi-balasubramanian-2009", 50000 - 28, 2, 20 * NAP_S);

	g_assert_cmpfloat_with_epsilon(sums.energy.total / 1e3, 2 * (0.007 * 50 + 5.9) + 0.05 * 20.001, 1e-6);
}

/* wirelessmoves.com: mail polled each 300 s over UMTS: DCH for 22.5 s, FACH for 105 s; beside it the promotion, whose power is unsure. */
static void test_polling(void)
{
	struct nap_replay_sums sums = play("umts-wirelessmoves-3at", 0, 10, 300 * NAP_S);

	g_assert_cmpfloat_with_epsilon((sums.energy.total - sums.energy.promotion) / 1e3 / (10 * 300),
		(22.5 * 1.5 + 105 * 0.8) / 300, 1e-6);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/replay/oracles/lone", test_lone);
	g_test_add_func("/replay/oracles/paging", test_paging);
	g_test_add_func("/replay/oracles/wifi", test_wifi);
	g_test_add_func("/replay/oracles/polling", test_polling);
	return g_test_run();
}
