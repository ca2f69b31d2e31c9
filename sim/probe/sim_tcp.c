/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/sim_tcp.h"

static const struct nap_tcp_keepalive no_keepalive = { .idle = NAP_NEVER };

static bool is_closed(const struct nap_tcp *t)
{
	return !t || t->state == NAP_TCP_CLOSED;
}

/* Counts what was sent before. Bare acknowledgements have no numbers of their own. */
static void count_repeats(struct nap_sim_repeats *r, const struct nap_packet *p)
{
	uint32_t end = p->seq + p->len + ((p->flags & (NAP_SYN | NAP_FIN)) != 0);

	if (p->proto != NAP_TCP || p->flags & NAP_RST || end == p->seq)
		return;
	r->n += r->began && (int32_t)(p->seq - r->next) < 0;
	if (!r->began || (int32_t)(end - r->next) > 0)
		r->next = end;
	r->began = true;
}

/* What an end sends after a call of its TCP. */
static void flush(
	struct nap_sim_flow *f, enum nap_end end, struct nap_outbox *out, const struct nap_sim_tcp_io *io)
{
	if (f->tcp[end])
		nap_tcp_flush(f->tcp[end], io->config, io->now, out);
	for (uint32_t i = 0; i < out->n; i++) {
		if (end == NAP_CLIENT)
			count_repeats(&f->repeats, &out->packet[i]);
		io->transmit(io->ctx, end, &out->packet[i]);
	}
}

static struct nap_tcp *fresh(struct nap_sim_flow *f, enum nap_end end)
{
	if (!f->tcp[end])
		f->tcp[end] = g_new0(struct nap_tcp, 1);
	return f->tcp[end];
}

bool nap_sim_tcp_connect(struct nap_sim_flow *f, struct nap_endpoint server, const struct nap_sim_tcp_io *io)
{
	struct nap_outbox out = { .n = 0 };

	if (f->tcp[NAP_CLIENT])
		return false;
	nap_tcp_connect(fresh(f, NAP_CLIENT), io->config, io->now, f->local, server, &no_keepalive);
	flush(f, NAP_CLIENT, &out, io);
	return true;
}

bool nap_sim_tcp_write(struct nap_sim_flow *f, enum nap_end from, uint32_t len, uint32_t tag,
	const struct nap_sim_tcp_io *io)
{
	struct nap_tcp *t = f->tcp[from];
	struct nap_outbox out = { .n = 0 };

	if (!t || (t->state != NAP_TCP_ESTABLISHED && t->state != NAP_TCP_CLOSE_WAIT) || !nap_tcp_room(t))
		return false;
	nap_tcp_write(t, io->config, io->now,
		&(struct nap_tcp_words){
			.cause = NAP_CAUSE_BACKGROUND, .len = len, .tag = tag, .stamp = io->now });
	flush(f, from, &out, io);
	return true;
}

bool nap_sim_tcp_shutdown(
	struct nap_sim_flow *f, enum nap_end from, uint32_t tag, const struct nap_sim_tcp_io *io)
{
	struct nap_outbox out = { .n = 0 };

	if (is_closed(f->tcp[from]))
		return false;
	f->fin_tag[from] = tag;
	nap_tcp_shutdown(f->tcp[from], NAP_CAUSE_BACKGROUND);
	flush(f, from, &out, io);
	return true;
}

/* Does a listening server take p for a new connection? */
static bool opens(const struct nap_sim_flow *f, enum nap_end end, const struct nap_packet *p)
{
	const struct nap_tcp *t = f->tcp[NAP_SERVER];

	return end == NAP_SERVER && p->proto == NAP_TCP && (p->flags & NAP_SYN) && !(p->flags & NAP_ACK) &&
	       (is_closed(t) || !nap_endpoint_equal(t->peer, p->src));
}

/* Tell what an end has noticed. opening: the handshake was under way before. */
static void tell(struct nap_sim_flow *f, enum nap_end end, unsigned events, bool opening,
	const struct nap_packet *p, const struct nap_sim_tcp_io *io)
{
	struct nap_tcp *t = f->tcp[end];
	uint32_t tag = p ? p->tag : 0; /* a timer brings no segment, and neither of those that have one */

	if (events & NAP_TCP_ABORTED) {
		if (p && (p->flags & NAP_RST))
			io->report(io->ctx, end, NAP_GOT_RST, 0);
		if (opening)
			io->report(io->ctx, end, NAP_GOT_FAILED, 0);
	}
	if (events & NAP_TCP_CONNECTED)
		io->report(io->ctx, end, NAP_GOT_OPEN, 0);
	if (events & NAP_TCP_MESSAGE)
		io->report(io->ctx, end, NAP_GOT_PACKET, tag);
	for (struct nap_packet stored; (events & NAP_TCP_MORE) && t && nap_tcp_stored(t, &stored);)
		io->report(io->ctx, end, NAP_GOT_PACKET, stored.tag);
	if (events & NAP_TCP_ENDED)
		io->report(io->ctx, end, NAP_GOT_FIN, f->fin_tag[!end]);
}

void nap_sim_tcp_input(
	struct nap_sim_flow *f, enum nap_end end, const struct nap_packet *p, const struct nap_sim_tcp_io *io)
{
	struct nap_tcp *t = f->tcp[end];
	struct nap_outbox out = { .n = 0 };
	unsigned events = 0;
	bool opening = t && t->state == NAP_TCP_SYN_SENT;

	f->heard += end == NAP_CLIENT && p->proto == NAP_TCP;
	if (opens(f, end, p))
		nap_tcp_accept(fresh(f, end), io->config, io->now, p, &no_keepalive);
	else if (!is_closed(t))
		events = nap_tcp_input(t, io->config, io->now, p, &out);
	else if (p->proto == NAP_TCP)
		nap_tcp_refuse(p, &out);
	flush(f, end, &out, io);
	tell(f, end, events, opening, p, io);
}

void nap_sim_tcp_timer(struct nap_sim_flow *f, const struct nap_sim_tcp_io *io)
{
	for (int end = NAP_CLIENT; end <= NAP_SERVER; end++) {
		struct nap_tcp *t = f->tcp[end];
		struct nap_outbox out = { .n = 0 };
		unsigned events;
		bool opening;

		if (!t || nap_tcp_deadline(t) > io->now)
			continue;
		opening = t->state == NAP_TCP_SYN_SENT;
		events = nap_tcp_timer(t, io->config, io->now, &out);
		flush(f, (enum nap_end)end, &out, io);
		tell(f, (enum nap_end)end, events, opening, NULL, io);
	}
}

nap_time nap_sim_tcp_deadline(const struct nap_sim_flow *f)
{
	nap_time first = NAP_NEVER;

	for (int end = NAP_CLIENT; end <= NAP_SERVER; end++)
		if (f->tcp[end])
			first = nap_time_min(first, nap_tcp_deadline(f->tcp[end]));
	return first;
}
