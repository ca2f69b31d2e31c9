/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/exchange.h"

#include <stdio.h>

#include "report/packet_words.h"
#include "text/csv.h"

#define LINES 100000 /* the beginning of what is longer: nobody reads more arrows */

struct line {
	nap_time at;
	uint32_t order; /* as told: breaks ties */
	const char *place, *what, *way;
	char detail[48];
};

struct nap_exchange {
	const struct nap_scenario *sc;
	GArray *line;
};

static struct line *add(struct nap_exchange *x, nap_time at, const char *place, const char *what)
{
	struct line l = { at, x->line->len, place, what, "", "" };

	if (x->line->len >= LINES)
		return NULL;
	g_array_append_val(x->line, l);
	return &g_array_index(x->line, struct line, x->line->len - 1);
}

static void on_packet(
	void *ctx, nap_time now, enum nap_place place, int hop, bool up, const struct nap_packet *p)
{
	struct nap_exchange *x = ctx;
	const char *at = hop >= 0 && (uint32_t)hop < x->sc->n_middleboxes ? x->sc->middlebox[hop].name : "";
	const char *what = place == NAP_AT_BOX_IN ? "arrive" : "pass";
	struct line *l;
	char flags[8];

	if (place == NAP_AT_DEVICE || place == NAP_AT_SERVER) {
		at = place == NAP_AT_DEVICE ? "client" : "server";
		what = up == (place == NAP_AT_DEVICE) ? "send" : "take";
	} else if (place == NAP_AT_LOST) {
		what = hop >= 0 ? "drop" : "lost";
	}
	l = add(x, now, at, what);
	if (!l)
		return;
	nap_packet_flag_letters(p, flags);
	l->way = up ? "up" : "down";
	snprintf(l->detail, sizeof l->detail, "%s %s%s%uB %s", nap_packet_proto_word(p), flags,
		*flags ? " " : "", nap_packet_bytes(p), nap_packet_cause_word(p));
}

static void note(struct nap_exchange *x, nap_time now, const char *place, const char *word)
{
	struct line *l = add(x, now, place, "note");

	if (l)
		g_strlcpy(l->detail, word, sizeof l->detail);
}

static void notes_of(struct nap_exchange *x, nap_time now, const char *place, uint32_t notes)
{
	static const struct {
		uint32_t note;
		const char *word;
	} words[] = { { NAP_NOTE_CLOSED, "closed" }, { NAP_NOTE_RESTARTED, "restarted" },
		{ NAP_NOTE_FLOW_ENDED, "flow ended" }, { NAP_NOTE_DEAD, "noticed dead" },
		{ NAP_NOTE_RECONNECT, "reconnects" }, { NAP_NOTE_OPENED, "opened" },
		{ NAP_NOTE_FAILED, "failed" }, { NAP_NOTE_MET_DEAD, "met a dead one" },
		{ NAP_NOTE_RETIRED, "retired" } };

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
		if (notes & words[i].note)
			note(x, now, place, words[i].word);
}

static void on_note(void *ctx, nap_time now, uint32_t notes)
{
	if (notes == 0)
		note(ctx, now, "", "binding lost");
	notes_of(ctx, now, "client", notes);
}

static void on_server_note(void *ctx, nap_time now, uint32_t notes)
{
	notes_of(ctx, now, "server", notes);
}

static void on_change(void *ctx, nap_time at, uint8_t state, uint8_t edge)
{
	struct nap_exchange *x = ctx;
	const struct nap_radio_tech *tech = x->sc->radio;
	struct line *l = add(x, at, "client", "radio");

	if (l)
		g_strlcpy(l->detail, edge == NAP_RADIO_NONE ? tech->state[state].name : tech->edge[edge].name,
			sizeof l->detail);
}

struct nap_exchange *nap_exchange_new(const struct nap_scenario *sc)
{
	struct nap_exchange *x = g_new0(struct nap_exchange, 1);

	x->sc = sc;
	x->line = g_array_new(FALSE, FALSE, sizeof(struct line));
	return x;
}

void nap_exchange_free(struct nap_exchange *x)
{
	if (!x)
		return;
	g_array_unref(x->line);
	g_free(x);
}

void nap_exchange_observe(struct nap_exchange *x, struct nap_observer *o)
{
	*o = (struct nap_observer){ .ctx = x,
		.packet = on_packet,
		.note = on_note,
		.server_note = on_server_note,
		.radio = { on_change, x } };
}

/* The radio is settled late, so its changes come after packets that followed them. */
static gint by_time(gconstpointer a, gconstpointer b)
{
	const struct line *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

GString *nap_exchange_csv(struct nap_exchange *x)
{
	static const char *const head[] = { "time_s", "at", "what", "way", "detail", NULL };
	struct nap_csv_writer w;

	nap_csv_begin(&w, head);
	g_array_sort(x->line, by_time);
	for (guint i = 0; i < x->line->len; i++) {
		const struct line *l = &g_array_index(x->line, struct line, i);

		nap_csv_put_time(&w, l->at);
		nap_csv_put(&w, l->place);
		nap_csv_put(&w, l->what);
		nap_csv_put(&w, l->way);
		nap_csv_put(&w, l->detail);
		nap_csv_end(&w);
	}
	return w.text;
}
