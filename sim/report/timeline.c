/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/timeline.h"

#include <math.h>
#include <stdio.h>

#include "text/csv.h"
#include "report/packet_words.h"

enum kind { STATE, PACKET, NOTE };

struct line {
	nap_time at;
	uint32_t order; /* as told: breaks ties */
	enum kind kind;
	const char *state; /* STATE: the state's or transition's name */
	double power_mw;
	char detail[64];
};

struct nap_timeline {
	const struct nap_radio_tech *tech;
	nap_time duration;
	GArray *line;
};

static struct line *add(struct nap_timeline *t, nap_time at, enum kind kind)
{
	struct line l = { at, t->line->len, kind, "", 0.0, "" };

	g_array_append_val(t->line, l);
	return &g_array_index(t->line, struct line, t->line->len - 1);
}

static void on_change(void *ctx, nap_time at, uint8_t state, uint8_t edge)
{
	struct nap_timeline *t = ctx;
	struct line *l = add(t, at, STATE);

	if (edge == NAP_RADIO_NONE) {
		l->state = t->tech->state[state].name;
		l->power_mw = t->tech->state[state].power_mw;
		return;
	}
	l->state = t->tech->edge[edge].name;
	l->power_mw = t->tech->edge[edge].power_mw;
	g_strlcpy(l->detail, "to ", sizeof l->detail);
	g_strlcat(l->detail, t->tech->state[state].name, sizeof l->detail);
}

static void on_packet(
	void *ctx, nap_time now, enum nap_place place, int hop, bool up, const struct nap_packet *p)
{
	char flags[8];
	struct line *l;

	(void)hop;
	if (place != NAP_AT_DEVICE && place != NAP_AT_LOST)
		return;
	l = add(ctx, now, PACKET);
	nap_packet_flag_letters(p, flags);
	l->state = place == NAP_AT_LOST ? "lost" : up ? "up" : "down";
	snprintf(l->detail, sizeof l->detail, "%s %s%s%uB %s", nap_packet_proto_word(p), flags,
		*flags ? " " : "", nap_packet_bytes(p), nap_packet_cause_word(p));
}

static void on_note(void *ctx, nap_time now, uint32_t notes)
{
	static const struct {
		uint32_t note;
		const char *text;
	} texts[] = { { NAP_NOTE_KEEPALIVE, "keepalive" }, { NAP_NOTE_TCP_PROBE, "tcp-probe" },
		{ NAP_NOTE_OPENED, "opened" }, { NAP_NOTE_DEAD, "dead" }, { NAP_NOTE_RECONNECT, "reconnect" },
		{ NAP_NOTE_CLOSED, "closed" }, { NAP_NOTE_ANSWERED, "answered" },
		{ NAP_NOTE_FAILED, "failed" }, { NAP_NOTE_MET_DEAD, "met-dead" },
		{ NAP_NOTE_RETIRED, "retired" } };

	if (notes == 0)
		add(ctx, now, NOTE)->state = "binding-lost";
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		if (notes & texts[i].note)
			add(ctx, now, NOTE)->state = texts[i].text;
}

/* An end sees that its flow is lost: which, why, and how long after. */
static void on_noticed(void *ctx, nap_time now, bool server, nap_time since, enum nap_loss_why why)
{
	static const char *const words[] = { [NAP_LOST_BINDING] = "binding",
		[NAP_LOST_EVICTED] = "evicted",
		[NAP_LOST_REBOOT] = "reboot",
		[NAP_LOST_ADDRESS] = "address",
		[NAP_LOST_CHANGE] = "change",
		[NAP_LOST_OUTAGE] = "outage",
		[NAP_LOST_MOVE] = "move",
		[NAP_LOST_SERVER] = "server",
		[NAP_LOST_CLIENT] = "client" };
	struct line *l = add(ctx, now, NOTE);

	l->state = server ? "server-noticed" : "client-noticed";
	snprintf(
		l->detail, sizeof l->detail, "%s lost %.3f s ago", words[why], nap_time_seconds(now - since));
}

struct nap_timeline *nap_timeline_new(const struct nap_radio_tech *tech, nap_time duration)
{
	struct nap_timeline *t = g_new0(struct nap_timeline, 1);

	t->tech = tech;
	t->duration = duration;
	t->line = g_array_new(FALSE, FALSE, sizeof(struct line));
	on_change(t, 0, tech->start, NAP_RADIO_NONE);
	return t;
}

void nap_timeline_lasts(struct nap_timeline *t, nap_time duration)
{
	t->duration = duration;
}

void nap_timeline_free(struct nap_timeline *t)
{
	if (!t)
		return;
	g_array_unref(t->line);
	g_free(t);
}

void nap_timeline_observe(struct nap_timeline *t, struct nap_observer *o)
{
	*o = (struct nap_observer){ .ctx = t,
		.packet = on_packet,
		.note = on_note,
		.noticed = on_noticed,
		.radio = { on_change, t } };
}

/* The radio is settled late, so its changes come after packets that followed them. */
static gint by_time(gconstpointer a, gconstpointer b)
{
	const struct line *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

static void put_line(struct nap_csv_writer *w, nap_time at, const char *kind, const char *state,
	double power_mw, const char *detail)
{
	nap_csv_put_time(w, at);
	nap_csv_put(w, kind);
	nap_csv_put(w, state);
	nap_csv_put_digits(w, power_mw, 10);
	nap_csv_put(w, detail);
	nap_csv_end(w);
}

GString *nap_timeline_csv(struct nap_timeline *t)
{
	static const char *const head[] = { "time_s", "kind", "state", "power_mw", "detail", NULL };
	static const char *const kinds[] = { [STATE] = "state", [PACKET] = "packet", [NOTE] = "note" };
	const struct line *last = NULL; /* state that the run ends in */
	struct nap_csv_writer w;

	nap_csv_begin(&w, head);
	g_array_sort(t->line, by_time);
	for (guint i = 0; i < t->line->len; i++) {
		const struct line *l = &g_array_index(t->line, struct line, i);

		if (l->at > t->duration)
			continue;
		put_line(&w, l->at, kinds[l->kind], l->state, l->kind == STATE ? l->power_mw : (double)NAN,
			l->detail);
		last = l->kind == STATE ? l : last;
	}
	put_line(&w, t->duration, "end", last ? last->state : "", last ? last->power_mw : 0.0, "");
	return w.text;
}
