/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A run's own capture, replayed through the same scenario: the radio's states, transitions, on-windows and bytes are those of the run
 * to the nanosecond, and so are the boxes' sessions. Where a capture fits two histories of a radio, the replay says so
 * (packets that were "bent"), and comes close.
 */
#include <glib/gstdio.h>
#include <math.h>

#include "io/pcap_read.h"
#include "io/pcap_write.h"
#include "replay_trace.h"
#include "run/run.h"

struct truth {
	struct nap_part part;
	uint64_t packets;
};

static void on_packet(
	void *ctx, nap_time now, enum nap_place place, int hop, bool up, const struct nap_packet *p)
{
	nap_capture_packet(ctx, now, place, hop, up, p);
}

static void run(const struct nap_scenario *sc, const char *path, struct truth *out)
{
	struct nap_capture *c =
		nap_capture_open(path, &(struct nap_capture_options){ sc, NULL, false }, NULL);
	struct nap_observer observer = { .ctx = c, .packet = on_packet };
	struct nap_plan *plan = g_new(struct nap_plan, 1);
	struct nap_workspace *ws;

	g_assert_nonnull(c);
	g_assert_true(nap_plan_make(plan, sc));
	ws = nap_workspace_new(plan, NULL);
	nap_run_job(ws, 0, 0, &observer, &out->part);
	nap_workspace_free(ws);
	g_free(plan);
	g_assert_true(nap_capture_close(c, NULL));
}

static void on_frame(void *ctx, const struct nap_captured *f)
{
	nap_trace_frame(ctx, f->s, f->ns, NAP_LINK_DLT_RAW, f->data, f->captured, f->wire);
}

static void replay(const struct nap_scenario *sc, const char *path, struct nap_replay_sums *out)
{
	static const struct nap_replay_sink none;
	struct nap_replay *r = nap_replay_new(sc, &none, NULL);
	struct nap_capture_in *in = nap_capture_in_open(path, NULL);
	struct nap_trace t;

	g_assert_nonnull(in);
	g_assert_cmpint(nap_capture_in_link(in), ==, NAP_LINK_DLT_RAW);
	nap_trace_init(&t, NULL, 0, sc->general.duration, nap_replay_packet, r);
	while (nap_capture_in_read(in, 1000, on_frame, &t, NULL) == NAP_READ_MORE)
		;
	nap_trace_end(&t);
	g_assert_true(t.simulated);
	nap_replay_finish(r, sc->general.duration, out);
	nap_capture_in_close(in);
	nap_trace_clear(&t);
	nap_replay_free(r);
}

static nap_time dwell(const struct nap_meter *m, unsigned state)
{
	nap_time sum = 0;

	for (unsigned c = 0; c < NAP_CAUSES; c++)
		sum += m->state[state].dwell[c];
	return sum;
}

/* May a packet have waited for the radio to listen, so that nobody knows when a box had it? */
static bool hides(const struct nap_radio_tech *tech)
{
	for (unsigned i = 0; i < tech->n_states; i++)
		if (tech->state[i].cycle > 0)
			return true;
	return false;
}

/* So many roundings there may be. */
static nap_time waited(const struct nap_radio_tech *tech, const struct nap_tally *t)
{
	return hides(tech) ? (nap_time)t->packets_down : 0;
}

static void compare(const struct nap_scenario *sc, const struct truth *a, const struct nap_replay_sums *b)
{
	const struct nap_radio_tech *tech = sc->radio;
	struct nap_energy e = nap_meter_energy(&a->part.meter[0], tech);

	for (unsigned i = 0; i < tech->n_states; i++)
		/* air times of packets that waited together are rounded once in a run */
		g_assert_cmpint(
			llabs(dwell(&a->part.meter[0], i) - b->dwell[i]), <=, waited(tech, &a->part.tally));
	g_assert_cmpuint(nap_meter_promotions(&a->part.meter[0], tech), ==, b->promotions);
	g_assert_cmpfloat_with_epsilon(e.total, b->energy.total, 1e-9 * e.total + 1e-9);
	g_assert_cmpfloat_with_epsilon(e.drx, b->energy.drx, 1e-9 * e.total + 1e-9);
	g_assert_cmpfloat_with_epsilon(e.transfer, b->energy.transfer, 1e-9 * e.total + 1e-9);
	g_assert_cmpfloat_with_epsilon(e.paging, b->energy.paging, 1e-9 * e.total + 1e-9);
	g_assert_cmpuint(a->part.tally.bytes_up, ==, b->bytes[1]);
	g_assert_cmpuint(a->part.tally.bytes_down, ==, b->bytes[0]);
	/* what a box let pass, and the radio lost, is not in the device's capture */
	for (uint32_t k = 0; k < sc->n_middleboxes && a->part.tally.packets_lost == 0; k++) {
		g_assert_cmpuint(a->part.box[k].created, ==, b->hop[k].counts.created);
		g_assert_cmpuint(a->part.box[k].expired, ==, b->hop[k].counts.expired);
		g_assert_cmpuint(a->part.box[k].closed, ==, b->hop[k].counts.closed);
		if (!hides(tech))
			g_assert_cmpuint(a->part.box[k].session_ns, ==,
				b->hop[k].counts.session_ns + b->hop[k].counts.alive_ns);
	}
}

/* Returns whether it was the same; else it is near. */
static bool play(const char *text, bool whole)
{
	struct nap_scenario *sc = h_scenario(text);
	g_autofree char *path = g_strdup_printf("%s/natnap-replay-%d.pcap", g_get_tmp_dir(), (int)getpid());
	struct truth *a = g_new0(struct truth, 1);
	struct nap_replay_sums *b = g_new0(struct nap_replay_sums, 1);
	bool same;

	g_test_message("%s", text);
	run(sc, path, a);
	replay(sc, path, b);
	g_unlink(path);
	same = b->bent == 0 && b->asleep == 0;
	if (whole || same) {
		if (b->bent || b->asleep)
			g_error("%" G_GUINT64_FORMAT " packets bent:\n%s", b->bent, text);
		compare(sc, a, b);
	} else {
		double e = nap_meter_energy(&a->part.meter[0], sc->radio).total;

		g_assert_cmpfloat_with_epsilon(b->energy.total, e, 0.02 * e + 1e-9);
	}
	g_free(a);
	g_free(b);
	nap_scenario_free(sc);
	return same;
}

/* Keepalives alone on every radio that hears nothing of what the client says besides packets: always the same. */
static void test_radios(void)
{
	g_auto(GStrv) names = nap_profile_names(NAP_RADIO);

	for (char **n = names; *n; n++) {
		g_autofree char *text = NULL;

		if (strstr(*n, "rai"))
			continue;
		text = g_strdup_printf("[scenario]\nduration = 3h\n[path]\nmiddleboxes = home\ndelay = "
				       "30ms\n[middlebox home]\nprofile = "
				       "linux\n[radio]\nprofile = %s\n[client]\napplication = udp\npolicy = "
				       "fixed\ninterval = "
				       "55s\n[server]\npush = poisson 4/h\n",
			*n);
		play(text, true);
	}
}

/* Anything: applications, intervals beyond timers, two boxes, pushes. */
static void test_random(void)
{
	static const char
		*const apps[] = { "udp", "tcp", "imap-idle", "mqtt", "xmpp", "fcm" },
		       *const radios[] = { "lte-huang-2012", "lte-aro", "lte-two-state", "nr-xu-2020",
			       "wifi-aro", "umts-huang-2012", "nb-iot-bg96", "lte-m-edrx", "lte-edrx-psm",
			       "gprs-ready-timer", "wifi-adaptive-psm", "wired" },
		       *const intervals[] = { "20s", "55s", "65s", "130s", "10min" },
		       *const delays[] = { "0s", "40ms", "7ms" }, *const timers[] = { "1h", "5min", "2min" },
		       *const pushes[] = { "1/h", "10/h", "60/h" };
	struct nap_rng r = nap_rng_stream(18, 0, 0, NAP_RNG_APP);
	unsigned same = 0, all = 60;

#define PICK(list) list[nap_rng_below(&r, G_N_ELEMENTS(list))]
	for (unsigned i = 0; i < all; i++) {
		const char *access = PICK(delays), *between = PICK(delays), *home = PICK(timers),
			   *carrier = PICK(timers), *radio = PICK(radios), *app = PICK(apps),
			   *interval = PICK(intervals), *push = PICK(pushes);
		g_autofree char *text = g_strdup_printf(
			"[scenario]\nduration = 2h\nseed = %u\n[path]\nmiddleboxes = home; "
			"carrier\ndelay = %s\n[middlebox home]\nprofile = linux\nlink-delay = "
			"%s\ntcp-established = %s\n[middlebox carrier]\nprofile = linux\nudp-stream = "
			"60s\ntcp-established = %s\n[radio]\nprofile = %s\n[client]\napplication = "
			"%s\ninterval = %s\npolicy = fixed\n[server]\npush = poisson %s\n",
			i, access, between, home, carrier, radio, app, interval, push);

		same += play(text, false);
	}
#undef PICK
	g_test_message("%u of %u the same to the nanosecond", same, all);
	g_assert_cmpuint(same, >=, all * 5 / 6);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/replay-run/radios", test_radios);
	g_test_add_func("/replay-run/random", test_random);
	return g_test_run();
}
