/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/trace.h"

#include <stdio.h>

#include "text/csv.h"
#include "io/outfile.h"
#include "report/packet_words.h"

struct nap_trace {
	struct nap_outfile *out;
	struct nap_csv_writer line; /* the one in the making */
};

static struct nap_csv_writer *begin_line(struct nap_trace *t, nap_time now, const char *end, const char *what)
{
	nap_csv_put_time(&t->line, now);
	nap_csv_put(&t->line, end);
	nap_csv_put(&t->line, what);
	return &t->line;
}

/* The line is whole: to the file with it. */
static void end_line(struct nap_trace *t)
{
	nap_csv_end(&t->line);
	fputs(t->line.text->str, nap_outfile_stream(t->out));
	g_string_truncate(t->line.text, 0);
}

static void write_packet(
	struct nap_trace *t, nap_time now, const char *end, bool sends, const struct nap_packet *p)
{
	struct nap_csv_writer *w = begin_line(t, now, end, sends ? "send" : "got");
	char flags[8];

	nap_packet_flag_letters(p, flags);
	if (p->proto == NAP_ICMP)
		g_snprintf(flags, sizeof flags, "%u/%u", p->icmp_type, p->icmp_code);
	nap_csv_put(w, nap_packet_proto_word(p));
	nap_csv_put(w, flags);
	nap_csv_put_int(w, p->len);
	nap_csv_put_int(w, p->src.port);
	nap_csv_put_int(w, p->dst.port);
	if (p->proto == NAP_TCP) {
		nap_csv_put_int(w, p->seq);
		nap_csv_put_int(w, p->ack);
	} else {
		nap_csv_put(w, "");
		nap_csv_put(w, "");
	}
	nap_csv_put(w, "");
	end_line(t);
}

static void on_packet(
	void *ctx, nap_time now, enum nap_place place, int hop, bool up, const struct nap_packet *p)
{
	(void)hop;
	if (place == NAP_AT_DEVICE)
		write_packet(ctx, now, "client", up, p);
	if (place == NAP_AT_SERVER)
		write_packet(ctx, now, "server", !up, p);
}

static void write_note(struct nap_trace *t, nap_time now, const char *end, const char *word)
{
	struct nap_csv_writer *w = begin_line(t, now, end, "note");

	for (int i = 0; i < 7; i++) /* what only packets have */
		nap_csv_put(w, "");
	nap_csv_put(w, word);
	end_line(t);
}

static void write_notes(struct nap_trace *t, nap_time now, const char *end, uint32_t notes)
{
	static const struct {
		uint32_t note;
		const char *word;
	} words[] = { { NAP_NOTE_KEEPALIVE, "keepalive" }, { NAP_NOTE_TCP_PROBE, "tcp-probe" },
		{ NAP_NOTE_CLOSED, "closed" }, { NAP_NOTE_RESTARTED, "restarted" },
		{ NAP_NOTE_FLOW_ENDED, "flow-ended" }, { NAP_NOTE_DEAD, "dead" },
		{ NAP_NOTE_RECONNECT, "reconnect" }, { NAP_NOTE_OPENED, "opened" },
		{ NAP_NOTE_DELIVERED, "delivered" }, { NAP_NOTE_ANSWERED, "answered" },
		{ NAP_NOTE_FAILED, "failed" }, { NAP_NOTE_MET_DEAD, "met-dead" },
		{ NAP_NOTE_RETIRED, "retired" } };

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
		if (notes & words[i].note)
			write_note(t, now, end, words[i].word);
}

static void on_note(void *ctx, nap_time now, uint32_t notes)
{
	write_notes(ctx, now, "client", notes);
}

static void on_server_note(void *ctx, nap_time now, uint32_t notes)
{
	write_notes(ctx, now, "server", notes);
}

struct nap_trace *nap_trace_open(const char *path, GError **error)
{
	static const char *const head[] = { "time_s", "end", "what", "proto", "flags", "len", "sport",
		"dport", "seq", "ack", "note", NULL };
	struct nap_outfile *out = nap_outfile_open(path, error);
	struct nap_trace *t;

	if (!out)
		return NULL;
	t = g_new0(struct nap_trace, 1);
	t->out = out;
	nap_csv_begin(&t->line, head);
	fputs(t->line.text->str, nap_outfile_stream(out));
	g_string_truncate(t->line.text, 0);
	return t;
}

void nap_trace_observe(struct nap_trace *t, struct nap_observer *o)
{
	*o = (struct nap_observer){
		.ctx = t, .packet = on_packet, .note = on_note, .server_note = on_server_note
	};
}

bool nap_trace_close(struct nap_trace *t, GError **error)
{
	struct nap_outfile *out = t->out;

	g_string_free(t->line.text, TRUE);
	g_free(t);
	return nap_outfile_close(out, error);
}

void nap_trace_abandon(struct nap_trace *t)
{
	if (!t)
		return;
	nap_outfile_abandon(t->out);
	g_string_free(t->line.text, TRUE);
	g_free(t);
}
