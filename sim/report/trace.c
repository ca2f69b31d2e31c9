/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/trace.h"

#include <stdio.h>

#include "io/outfile.h"
#include "report/packet_words.h"

struct nap_trace {
	struct nap_outfile *out;
};

static FILE *begin_line(const struct nap_trace *t, nap_time now, const char *end, const char *what)
{
	FILE *f = nap_outfile_stream(t->out);

	fprintf(f, "%" G_GINT64_FORMAT ".%09d,%s,%s,", now / NAP_S, (int)(now % NAP_S), end, what);
	return f;
}

static void write_packet(
	const struct nap_trace *t, nap_time now, const char *end, bool sends, const struct nap_packet *p)
{
	FILE *f = begin_line(t, now, end, sends ? "send" : "got");
	char flags[8];

	nap_packet_flag_letters(p, flags);
	if (p->proto == NAP_ICMP)
		g_snprintf(flags, sizeof flags, "%u/%u", p->icmp_type, p->icmp_code);
	fprintf(f, "%s,%s,%u,%u,%u,", nap_packet_proto_word(p), flags, p->len, p->src.port, p->dst.port);
	if (p->proto == NAP_TCP)
		fprintf(f, "%u,%u,\n", p->seq, p->ack);
	else
		fputs(",,\n", f);
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

static void write_notes(const struct nap_trace *t, nap_time now, const char *end, uint32_t notes)
{
	static const struct {
		uint32_t note;
		const char *word;
	} words[] = { { NAP_NOTE_KEEPALIVE, "keepalive" }, { NAP_NOTE_CLOSED, "closed" },
		{ NAP_NOTE_FLOW_ENDED, "flow-ended" }, { NAP_NOTE_DEAD, "dead" },
		{ NAP_NOTE_RECONNECT, "reconnect" }, { NAP_NOTE_OPENED, "opened" },
		{ NAP_NOTE_DELIVERED, "delivered" } };

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
		if (notes & words[i].note)
			fprintf(begin_line(t, now, end, "note"), ",,,,,,,%s\n", words[i].word);
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
	struct nap_outfile *out = nap_outfile_open(path, error);
	struct nap_trace *t;

	if (!out)
		return NULL;
	t = g_new0(struct nap_trace, 1);
	t->out = out;
	fputs("time_s,end,what,proto,flags,len,sport,dport,seq,ack,note\n", nap_outfile_stream(out));
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

	g_free(t);
	return nap_outfile_close(out, error);
}

void nap_trace_abandon(struct nap_trace *t)
{
	if (!t)
		return;
	nap_outfile_abandon(t->out);
	g_free(t);
}
