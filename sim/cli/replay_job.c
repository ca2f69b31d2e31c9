/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/replay_job.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "cli/progress.h"
#include "text/input_error.h"

enum { AT_ONCE = 1 << 14 /* frames between two looks at the clock */ };

/* ---- the scenario ----------------------------------------------------------------------------------------------------------- */

/* An override that stays as long as the job; text is "GROUP.KEY=VALUE". */
static bool add_override(struct nap_replay_job *j, const char *text, GError **error)
{
	struct nap_override o;

	if (!nap_override_parse(text, &o, error))
		return false;
	g_array_append_val(j->overrides, o);
	return true;
}

/* What the scenario sweeps itself has its first values, as the capture of a run has. */
static bool settle_own_sweep(struct nap_replay_job *j, GError **error)
{
	struct nap_override *n = (struct nap_override *)(void *)j->overrides->data;

	j->own = nap_sweep_new(j->document, n, j->overrides->len, error);
	if (!j->own)
		return false;
	for (size_t i = 0; i < j->own->n_axes; i++) {
		const struct nap_axis *a = &j->own->axis[i];
		g_autofree char *text = g_strdup_printf("%s=%s", a->name, a->value[0]);

		if (!add_override(j, text, error))
			return false;
	}
	return true;
}

/* Points with another policy, or another value of one. */
static void note_rewrites(struct nap_replay_job *j)
{
	bool any = false;

	for (size_t k = 0; k < j->sweep->n_axes; k++)
		any |= strcmp(j->sweep->axis[k].group, "client") == 0;
	j->rewrites = g_new0(bool, j->sweep->n_points);
	j->rewrite = g_new0(struct nap_rewrite *, j->sweep->n_points);
	for (size_t i = 0; i < j->sweep->n_points; i++) {
		j->rewrites[i] = any;
		j->n_rewrites += any;
	}
}

static bool load_what_if(struct nap_replay_job *j, GError **error)
{
	size_t n;

	for (char **w = j->options->what_if; *w; w++) {
		g_autofree char *row = g_strconcat("sweep.", *w, NULL);

		if (!strchr(*w, '='))
			return nap_fail(error, "--what-if: %s: GROUP.KEY=VALUE; VALUE ... is wanted", *w);
		if (!add_override(j, row, error))
			return false;
	}
	j->sweep = nap_sweep_new(
		j->document, (struct nap_override *)(void *)j->overrides->data, j->overrides->len, error);
	if (!j->sweep)
		return false;
	n = j->sweep->n_points;
	j->point = g_new0(struct nap_scenario *, n);
	j->branch = g_new0(struct nap_replay *, n);
	j->what_if = g_new0(struct nap_what_if, n);
	j->values = g_new0(const char **, n);
	j->names = g_new0(const char *, j->sweep->n_axes + 1);
	for (size_t k = 0; k < j->sweep->n_axes; k++)
		j->names[k] = j->sweep->axis[k].name;
	note_rewrites(j);
	if (j->n_rewrites > 0 && strcmp(j->path, "-") == 0)
		return nap_fail(error, "--what-if: for another policy the trace is read twice: a file is "
				       "wanted, not standard input");
	for (size_t i = 0; i < n; i++) {
		g_autofree struct nap_override *values = g_new0(struct nap_override, j->sweep->n_axes);

		j->point[i] = nap_sweep_scenario(j->sweep, j->document,
			(struct nap_override *)(void *)j->overrides->data, j->overrides->len, i, error);
		if (!j->point[i])
			return false;
		nap_sweep_point(j->sweep, i, values);
		j->values[i] = g_new0(const char *, j->sweep->n_axes);
		for (size_t k = 0; k < j->sweep->n_axes; k++)
			j->values[i][k] = values[k].text;
	}
	return true;
}

bool nap_replay_job_load(struct nap_replay_job *j, GError **error)
{
	const struct nap_replay_options *o = j->options;

	j->overrides = g_array_new(FALSE, FALSE, sizeof(struct nap_override));
	j->document = nap_document_load(o->scenario, error);
	if (!j->document)
		return false;
	for (char **set = o->set; set && *set; set++)
		if (!add_override(j, *set, error))
			return false;
	if (!settle_own_sweep(j, error))
		return false;
	j->scenario = nap_scenario_new(
		j->document, (struct nap_override *)(void *)j->overrides->data, j->overrides->len, error);
	return j->scenario && (!o->what_if || load_what_if(j, error));
}

/* ---- the capture -------------------------------------------------------------------------------------------------------------- */

static bool read_ip(const char *text, struct nap_ip *out)
{
	uint8_t a[16];

	if (inet_pton(AF_INET, text, a) == 1) {
		*out = nap_ip_of(NAP_ADDR(a[0], a[1], a[2], a[3]));
		return true;
	}
	if (inet_pton(AF_INET6, text, a) != 1)
		return false;
	*out = (struct nap_ip){ 0, 0 };
	for (int i = 0; i < 8; i++) {
		out->high = out->high << 8 | a[i];
		out->low = out->low << 8 | a[8 + i];
	}
	return true;
}

static bool read_devices(const struct nap_replay_job *j, struct nap_ip *device, uint32_t *n, GError **error)
{
	*n = 0;
	for (char **d = j->options->device; d && *d; d++) {
		if (*n == NAP_TRACE_DEVICES)
			return nap_fail(error, "--device: at most %d addresses", NAP_TRACE_DEVICES);
		if (!read_ip(*d, &device[(*n)++])) {
			g_autofree char *shown = nap_shown(*d);

			return nap_fail(error, "--device: %s is no address", shown);
		}
	}
	return true;
}

static void write_row(struct nap_replay_rows *rows)
{
	fwrite(rows->line.text->str, 1, rows->line.text->len, nap_outfile_stream(rows->out));
	g_string_truncate(rows->line.text, 0);
}

static void on_flow(void *ctx, const struct nap_flow *f)
{
	struct nap_replay_job *j = ctx;

	nap_replayed_flow(&j->replayed, f);
	if (j->n_rewrites > 0 && f->keepalive.kind != NAP_KEEPALIVE_NONE) {
		struct nap_kept_flow kept = nap_kept_flow_of(f);

		g_array_append_val(j->kept, kept);
	}
	if (!j->flows.out)
		return;
	nap_replay_csv_flow(&j->flows.line, nap_scenario_of(j->scenario, 0, 0), f);
	write_row(&j->flows);
}

static void on_burst(void *ctx, const struct nap_burst *b)
{
	struct nap_replay_job *j = ctx;

	nap_replayed_burst(&j->replayed, b);
	if (!j->bursts.out)
		return;
	nap_replay_csv_burst(&j->bursts.line, b);
	write_row(&j->bursts);
}

static void on_packet(void *ctx, const struct nap_trace_packet *p)
{
	struct nap_replay_job *j = ctx;

	nap_replay_packet(j->replay, p);
	for (size_t i = 0; j->sweep && i < j->sweep->n_points; i++)
		if (!j->rewrites[i])
			nap_replay_packet(j->branch[i], p);
}

/* Of the second reading. */
static void on_packet_again(void *ctx, const struct nap_trace_packet *p)
{
	struct nap_replay_job *j = ctx;

	for (size_t i = 0; i < j->sweep->n_points; i++)
		if (j->rewrites[i])
			nap_rewrite_packet(j->rewrite[i], p);
}

struct reading {
	struct nap_trace *trace;
	int link;
};

static void on_frame(void *ctx, const struct nap_captured *c)
{
	struct reading *r = ctx;

	nap_trace_frame(r->trace, c->s, c->ns, r->link, c->data, c->captured, c->wire);
}

/* Frames to trace until the end, Ctrl-C or damage; why not until the end, or NULL. */
static char *read_all(struct nap_capture_in *in, struct nap_trace *trace, const volatile sig_atomic_t *stop)
{
	struct reading r = { trace, nap_capture_in_link(in) };
	struct nap_progress progress;
	enum nap_read got = NAP_READ_MORE;
	GError *error = NULL;
	char *broken = NULL;

	nap_progress_begin(&progress);
	while (got == NAP_READ_MORE && !*stop) {
		uint64_t all, done;

		got = nap_capture_in_read(in, AT_ONCE, on_frame, &r, &error);
		done = nap_capture_in_done(in, &all);
		if (all > 0)
			nap_progress_show(&progress, done, all);
	}
	nap_progress_end(&progress);
	if (got == NAP_READ_BROKEN) {
		broken = g_strdup(error->message);
		g_error_free(error);
	} else if (got == NAP_READ_MORE) {
		broken = g_strdup_printf("interrupted after %" G_GUINT64_FORMAT " frames", trace->frames);
	}
	nap_trace_end(trace);
	return broken;
}

/* The trace once more, its keepalives taken out, another policy's put in. */
static bool read_again(struct nap_replay_job *j, const volatile sig_atomic_t *stop, GError **error)
{
	struct nap_capture_in *in;
	struct nap_trace again;
	char *broken;

	if (j->n_rewrites == 0 || *stop)
		return true;
	in = nap_capture_in_open(j->path, error);
	if (!in)
		return false;
	for (size_t i = 0; i < j->sweep->n_points; i++) {
		const struct nap_scenario *sc = j->what_if[i].sc;

		j->rewrite[i] = nap_rewrite_new((const struct nap_kept_flow *)(void *)j->kept->data,
			j->kept->len, sc->policy, sc->policy_config, sc->general.seed, nap_replay_packet,
			j->branch[i]);
	}
	nap_trace_init(
		&again, j->trace.device, j->trace.devices, j->scenario->general.duration, on_packet_again, j);
	broken = read_all(in, &again, stop);
	if (!j->broken)
		j->broken = g_steal_pointer(&broken);
	g_free(broken);
	nap_trace_clear(&again);
	nap_capture_in_close(in);
	for (size_t i = 0; i < j->sweep->n_points; i++)
		nap_rewrite_finish(j->rewrite[i]);
	return true;
}

static bool open_rows(struct nap_replay_rows *rows, const char *dir, const char *name, GError **error)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);

	rows->out = nap_outfile_open(path, error);
	return rows->out != NULL;
}

static bool open_files(struct nap_replay_job *j, GError **error)
{
	const char *dir = j->options->out;

	if (!dir)
		return true;
	nap_replay_job_sweep_up(j);
	if (!nap_make_folder(dir, error) || !open_rows(&j->flows, dir, "flows.csv", error) ||
		!open_rows(&j->bursts, dir, "bursts.csv", error))
		return false;
	nap_replay_csv_flows(&j->flows.line, nap_scenario_of(j->scenario, 0, 0));
	write_row(&j->flows);
	nap_replay_csv_bursts(&j->bursts.line);
	write_row(&j->bursts);
	return true;
}

static void set_up(struct nap_replay_job *j)
{
	const struct nap_scenario *sc = nap_scenario_of(j->scenario, 0, 0);
	struct nap_replay_sink sink = { j, on_flow, on_burst }, none = { NULL, NULL, NULL };

	nap_replayed_init(&j->replayed, sc);
	j->kept = g_array_new(FALSE, FALSE, sizeof(struct nap_kept_flow));
	if (j->options->timeline) {
		j->timeline = nap_timeline_new(sc->radio, NAP_NEVER);
		nap_timeline_observe(j->timeline, &j->observer);
	}
	j->replay = nap_replay_new(sc, &sink, j->timeline ? &j->observer : NULL);
	if (j->options->out) {
		j->series = g_new0(struct nap_series, 1);
		nap_replay_series(j->replay, j->series);
	}
	for (size_t i = 0; j->sweep && i < j->sweep->n_points; i++) {
		j->what_if[i].value = j->values[i];
		j->what_if[i].sc = nap_scenario_of(j->point[i], 0, 0);
		j->branch[i] = nap_replay_new(j->what_if[i].sc, &none, NULL);
	}
}

/* A scenario's own time is what its capture is replayed over; another one's ends with it. */
static nap_time end_of(const struct nap_replay_job *j, const struct nap_scenario *sc)
{
	bool whole = j->trace.simulated && !j->broken && j->trace.last <= sc->general.duration;

	return whole ? sc->general.duration : NAP_NEVER;
}

bool nap_replay_job_run(struct nap_replay_job *j, const volatile sig_atomic_t *stop, GError **error)
{
	struct nap_ip device[NAP_TRACE_DEVICES];
	struct nap_capture_in *in;
	uint32_t n;

	if (!read_devices(j, device, &n, error))
		return false;
	in = nap_capture_in_open(j->path, error);
	if (!in)
		return false;
	if (!nap_link_is_known(nap_capture_in_link(in))) {
		nap_fail(error, "%s: frames of link layer %s (%d) are not known here", j->path,
			nap_capture_in_link_name(in), nap_capture_in_link(in));
		nap_capture_in_close(in);
		return false;
	}
	if (!open_files(j, error)) {
		j->unwritable = true;
		nap_capture_in_close(in);
		return false;
	}
	set_up(j);
	nap_trace_init(&j->trace, device, n, j->scenario->general.duration, on_packet, j);
	j->broken = read_all(in, &j->trace, stop);
	nap_capture_in_close(in);
	nap_replay_finish(j->replay, end_of(j, j->scenario), &j->replayed.sums);
	nap_replayed_sort(&j->replayed);
	if (!read_again(j, stop, error))
		return false;
	for (size_t i = 0; j->sweep && i < j->sweep->n_points; i++)
		nap_replay_finish(j->branch[i], end_of(j, j->point[i]), &j->what_if[i].sums);
	return true;
}

static void clear_rows(struct nap_replay_rows *rows)
{
	nap_outfile_abandon(rows->out);
	if (rows->line.text)
		g_string_free(rows->line.text, TRUE);
}

void nap_replay_job_clear(struct nap_replay_job *j)
{
	size_t n = j->sweep ? j->sweep->n_points : 0;

	for (size_t i = 0; i < n; i++) {
		nap_replay_free(j->branch ? j->branch[i] : NULL);
		nap_rewrite_free(j->rewrite ? j->rewrite[i] : NULL);
		nap_scenario_free(j->point ? j->point[i] : NULL);
		g_free(j->values ? j->values[i] : NULL);
	}
	nap_replay_free(j->replay);
	nap_replayed_clear(&j->replayed);
	nap_trace_clear(&j->trace);
	nap_timeline_free(j->timeline);
	g_free(j->series);
	clear_rows(&j->flows);
	clear_rows(&j->bursts);
	nap_scenario_free(j->scenario);
	nap_sweep_free(j->sweep);
	nap_sweep_free(j->own);
	for (guint i = 0; j->overrides && i < j->overrides->len; i++)
		nap_override_clear(&g_array_index(j->overrides, struct nap_override, i));
	if (j->overrides)
		g_array_unref(j->overrides);
	if (j->kept)
		g_array_unref(j->kept);
	g_free(j->rewrites);
	g_free(j->rewrite);
	nap_document_free(j->document);
	g_free(j->point);
	g_free(j->branch);
	g_free(j->what_if);
	g_free(j->values);
	g_free(j->names);
	g_free(j->broken);
}
