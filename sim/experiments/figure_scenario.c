/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whole scenarios behind a figure's series. Metrics are those of a run, and some that are read off what the first
 * subscriber and its server did:
 *   last_interval_s   the last interval: from the keepalive or opening before to the last keepalive
 *   ladder_s          the last answered keepalive before the first binding lost; none lost: as many beats of the
 *		   interval that stays as the one before had
 *   window_start_s    x: 1, 2 ...: where keepalives begin again after a gap (of more than twice the interval asked for)
 *   window_length_s   x: likewise: how long they go on
 *   alarm_delay_s     x: time: how long an alarm that is due then waits for the next keepalive
 *   device_sent_s     x: 1, 2 ...: when the device sent its first, second ... packet, since its first
 *   server_sent_s     x: likewise: when the server did, since the device's first
 *   server_ended_s    when the server's flow ended, since the device's first packet
 */
#include <math.h>
#include <string.h>

#include "client/outbox.h"
#include "parallel/campaign.h"
#include "experiments/figure_work.h"
#include "report/results.h"

#define ALARM_STEP (30 * NAP_S) /* between the alarms of alarm_delay_s */

/* What the first subscriber did. */
struct seen {
	GArray *keepalive; /* nap_time of each */
	GArray *before;    /* nap_time of the keepalive or opening before it */
	nap_time last, first_loss;
	GArray *sent[2]; /* nap_time of each packet that the device, the server sent */
	nap_time ended;  /* the server's flow; NAP_NEVER: it did not */
};

static void on_packet(
	void *ctx, nap_time now, enum nap_place point, int hop, bool up, const struct nap_packet *packet)
{
	struct seen *s = ctx;

	(void)hop;
	(void)packet;
	if (point == (up ? NAP_AT_DEVICE : NAP_AT_SERVER))
		g_array_append_val(s->sent[!up], now);
}

static void on_server_note(void *ctx, nap_time now, uint32_t notes)
{
	struct seen *s = ctx;

	if (notes & NAP_NOTE_FLOW_ENDED)
		s->ended = nap_time_min(s->ended, now);
}

static void on_note(void *ctx, nap_time now, uint32_t notes)
{
	struct seen *s = ctx;

	if (notes == 0)
		s->first_loss = nap_time_min(s->first_loss, now);
	if (notes & (NAP_NOTE_KEEPALIVE | NAP_NOTE_TCP_PROBE)) {
		g_array_append_val(s->keepalive, now);
		g_array_append_val(s->before, s->last);
	}
	if (notes & (NAP_NOTE_KEEPALIVE | NAP_NOTE_TCP_PROBE | NAP_NOTE_OPENED))
		s->last = now;
}

static nap_time time_at(const GArray *times, guint i)
{
	return g_array_index(times, nap_time, i);
}

static nap_time interval_at(const struct seen *s, guint i)
{
	return time_at(s->keepalive, i) - time_at(s->before, i);
}

static double last_interval(const struct seen *s)
{
	return s->keepalive->len ? nap_time_seconds(interval_at(s, s->keepalive->len - 1)) : NAN;
}

static double ladder(const struct seen *s)
{
	guint n = s->keepalive->len, i, rung = 0;

	if (n == 0)
		return NAN;
	if (s->first_loss != NAP_NEVER) {
		for (i = 0; i < n && time_at(s->keepalive, i) < s->first_loss; i++)
			;
		return i ? nap_time_seconds(time_at(s->keepalive, i - 1)) : NAN;
	}
	for (i = n - 1; i > 0 && interval_at(s, i - 1) == interval_at(s, n - 1); i--)
		;
	while (rung < i && interval_at(s, i - 1 - rung) == interval_at(s, i - 1))
		rung++;
	return i + rung > n || i + rung == 0 ? NAN : nap_time_seconds(time_at(s->keepalive, i + rung - 1));
}

static void add_windows(struct nap_figure_work *w, const struct seen *s, bool length)
{
	unsigned number = 0;
	nap_time start = 0, usual = s->keepalive->len > 1 ? interval_at(s, 1) : 0;

	for (guint i = 1; i < s->keepalive->len; i++) {
		if (interval_at(s, i) <= 2 * usual)
			continue;
		if (number > 0 && length)
			nap_work_add_point(
				w, number, nap_time_seconds(time_at(s->keepalive, i - 1) - start + usual));
		start = time_at(s->keepalive, i);
		number++;
		if (!length)
			nap_work_add_point(w, number, nap_time_seconds(start));
	}
}

static void add_alarms(struct nap_figure_work *w, const struct seen *s)
{
	guint i = 0;

	for (nap_time t = 0; i < s->keepalive->len; t += ALARM_STEP) {
		while (i < s->keepalive->len && time_at(s->keepalive, i) < t)
			i++;
		if (i < s->keepalive->len)
			nap_work_add_point(
				w, nap_time_seconds(t), nap_time_seconds(time_at(s->keepalive, i) - t));
	}
}

/* Since when times of packets count; NAP_NEVER: the device sent none. */
static nap_time first_sent(const struct seen *s)
{
	return s->sent[0]->len ? time_at(s->sent[0], 0) : NAP_NEVER;
}

static void add_sent(struct nap_figure_work *w, const struct seen *s, bool server)
{
	const GArray *sent = s->sent[server];

	for (guint i = 0; first_sent(s) != NAP_NEVER && i < sent->len; i++)
		nap_work_add_point(w, i + 1, nap_time_seconds(time_at(sent, i) - first_sent(s)));
}

static double ended(const struct seen *s)
{
	return s->ended == NAP_NEVER || first_sent(s) == NAP_NEVER
		       ? NAN
		       : nap_time_seconds(s->ended - first_sent(s));
}

/* Is the metric one of what a subscriber did? Then its points are added. */
static bool add_seen(struct nap_figure_work *w, const struct seen *s, double x)
{
	const char *metric = w->series->metric;

	if (strcmp(metric, "last_interval_s") == 0)
		nap_work_add_point(w, x, last_interval(s));
	else if (strcmp(metric, "ladder_s") == 0)
		nap_work_add_point(w, x, ladder(s));
	else if (strcmp(metric, "window_start_s") == 0)
		add_windows(w, s, false);
	else if (strcmp(metric, "window_length_s") == 0)
		add_windows(w, s, true);
	else if (strcmp(metric, "alarm_delay_s") == 0)
		add_alarms(w, s);
	else if (strcmp(metric, "device_sent_s") == 0)
		add_sent(w, s, false);
	else if (strcmp(metric, "server_sent_s") == 0)
		add_sent(w, s, true);
	else if (strcmp(metric, "server_ended_s") == 0)
		nap_work_add_point(w, x, ended(s));
	else
		return false;
	return true;
}

/* A metric of the run itself. */
static bool add_metric(
	struct nap_figure_work *w, const struct nap_campaign *campaign, double x, GError **error)
{
	const char *const *const none[] = { NULL };
	struct nap_results *results = nap_results_new(campaign, NULL, 0, none);
	int column = nap_results_column(results, w->series->metric);

	if (column >= 0)
		nap_work_add_point(w, x, results->row[0].mean[column]);
	nap_results_free(results);
	return column >= 0 || nap_work_fail_series(w, error, "metric", "the run has no such metric");
}

static GArray *new_times(void)
{
	return g_array_new(FALSE, FALSE, sizeof(nap_time));
}

static bool run_one(struct nap_figure_work *w, const struct nap_scenario *scenario, double x, GError **error)
{
	struct seen seen = { .keepalive = new_times(),
		.before = new_times(),
		.first_loss = NAP_NEVER,
		.sent = { new_times(), new_times() },
		.ended = NAP_NEVER };
	struct nap_observer observer = {
		.ctx = &seen, .packet = on_packet, .note = on_note, .server_note = on_server_note
	};
	struct nap_point point = { .sc = scenario, .observer = &observer };
	struct nap_campaign campaign = { .point = &point, .n = 1 };
	const char *why;
	uint32_t which;
	bool ok;

	if (!nap_campaign_plan(&campaign, &why, &which)) {
		ok = nap_work_fail_series(w, error, "scenario", why);
	} else {
		nap_campaign_run(&campaign);
		ok = add_seen(w, &seen, x) || add_metric(w, &campaign, x, error);
		nap_campaign_clear(&campaign);
	}
	g_array_unref(seen.keepalive);
	g_array_unref(seen.before);
	g_array_unref(seen.sent[0]);
	g_array_unref(seen.sent[1]);
	return ok;
}

bool nap_figure_scenario(struct nap_figure_work *w, GError **error)
{
	g_autofree char *path = g_build_filename(w->figure->dir, w->series->scenario, NULL);
	struct nap_document *document = nap_document_load(path, error);
	bool ok = document != NULL;

	for (const char *const *value = w->series->values; ok && *value; value++) {
		GArray *overrides = g_array_new(FALSE, FALSE, sizeof(struct nap_override));
		struct nap_scenario *scenario = NULL;

		ok = nap_work_make_overrides(w, *value, overrides, error);
		if (ok)
			scenario = nap_scenario_new(
				document, (struct nap_override *)overrides->data, overrides->len, error);
		ok = scenario && run_one(w, scenario, nap_work_axis_number(*value), error);
		nap_scenario_free(scenario);
		nap_work_free_overrides(overrides);
	}
	nap_document_free(document);
	return ok;
}
