/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The TCP of the simulated prober's ends: handshake, cumulative
 * acknowledgement, go-back-N on a timer that doubles. No congestion control,
 * no windows: a probe is a few bytes.
 */
#include "probe/sim_flow.h"

#define RTO_SYN   NAP_S /* RFC 6298 2.1 */
#define SYN_TRIES 6     /* retransmissions, as Linux tcp_syn_retries */
#define TRIES     15    /* as Linux tcp_retries2 */

static uint32_t span(const struct nap_sim_segment *s)
{
	return s->len + (s->flags & NAP_SYN ? 1 : 0) + (s->flags & NAP_FIN ? 1 : 0);
}

static bool before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

static void acknowledge(struct nap_sim_flow *f, enum nap_end end, const struct nap_sim_tcp_io *io)
{
	struct nap_sim_tcp *t = &f->tcp[end];
	struct nap_sim_segment s = { .seq = t->next, .flags = NAP_ACK };

	io->transmit(io->ctx, end, &s, t->expected);
}

static bool send_segment(struct nap_sim_flow *f, enum nap_end end, uint8_t flags, uint32_t len, uint32_t tag,
	const struct nap_sim_tcp_io *io)
{
	struct nap_sim_tcp *t = &f->tcp[end];
	struct nap_sim_segment s = { .seq = t->next, .len = len, .tag = tag, .flags = flags };

	if (t->n_unacked == NAP_SIM_UNACKED)
		return false;
	t->unacked[t->n_unacked++] = s;
	t->next += span(&s);
	if (t->n_unacked == 1) {
		t->tries = 0;
		t->retransmit = io->now + (flags & NAP_SYN ? RTO_SYN : NAP_SIM_RTO);
	}
	io->transmit(io->ctx, end, &s, t->expected);
	return true;
}

bool nap_sim_tcp_connect(struct nap_sim_flow *f, uint32_t tag, const struct nap_sim_tcp_io *io)
{
	if (f->tcp[NAP_CLIENT].state != NAP_SIM_CLOSED)
		return false;
	f->tcp[NAP_CLIENT].state = NAP_SIM_SYN_SENT;
	return send_segment(f, NAP_CLIENT, NAP_SYN, 0, tag, io);
}

bool nap_sim_tcp_write(struct nap_sim_flow *f, enum nap_end from, uint8_t flags, uint32_t len, uint32_t tag,
	const struct nap_sim_tcp_io *io)
{
	if (f->tcp[from].state != NAP_SIM_OPEN)
		return false;
	return send_segment(f, from, (uint8_t)(flags | NAP_ACK), len, tag, io);
}

static void die(struct nap_sim_flow *f, enum nap_end end)
{
	f->tcp[end].state = NAP_SIM_DEAD;
	f->tcp[end].n_unacked = 0;
	f->tcp[end].retransmit = NAP_NEVER;
}

static void take_ack(struct nap_sim_flow *f, enum nap_end end, uint32_t ack, const struct nap_sim_tcp_io *io)
{
	struct nap_sim_tcp *t = &f->tcp[end];
	uint32_t gone = 0;

	while (gone < t->n_unacked && !before(ack, t->unacked[gone].seq + span(&t->unacked[gone])))
		gone++;
	if (!gone)
		return;
	for (uint32_t i = gone; i < t->n_unacked; i++)
		t->unacked[i - gone] = t->unacked[i];
	t->n_unacked -= gone;
	t->tries = 0;
	t->retransmit = t->n_unacked ? io->now + NAP_SIM_RTO : NAP_NEVER;
}

/* A SYN or SYN/ACK. */
static void take_syn(
	struct nap_sim_flow *f, enum nap_end end, const struct nap_packet *p, const struct nap_sim_tcp_io *io)
{
	struct nap_sim_tcp *t = &f->tcp[end];

	if (end == NAP_SERVER && t->state == NAP_SIM_CLOSED && !(p->flags & NAP_ACK)) {
		t->state = NAP_SIM_SYN_RECEIVED;
		t->expected = p->seq + 1;
		t->synchronised = true;
		send_segment(f, end, NAP_SYN | NAP_ACK, 0, p->tag, io);
	} else if (end == NAP_CLIENT && t->state == NAP_SIM_SYN_SENT && p->flags & NAP_ACK) {
		t->state = NAP_SIM_OPEN;
		t->expected = p->seq + 1;
		t->synchronised = true;
		take_ack(f, end, p->ack, io);
		acknowledge(f, end, io);
		io->report(io->ctx, end, NAP_GOT_OPEN, p->tag);
	} else if (end == NAP_CLIENT && t->state == NAP_SIM_OPEN) {
		acknowledge(f, end, io); /* our ACK of the handshake was lost */
	}
}

void nap_sim_tcp_input(
	struct nap_sim_flow *f, enum nap_end end, const struct nap_packet *p, const struct nap_sim_tcp_io *io)
{
	struct nap_sim_tcp *t = &f->tcp[end];
	uint32_t size = p->len + (p->flags & NAP_FIN ? 1 : 0);

	if (t->state == NAP_SIM_DEAD)
		return;
	if (p->flags & NAP_RST) {
		bool opening = t->state == NAP_SIM_SYN_SENT;

		die(f, end);
		io->report(io->ctx, end, NAP_GOT_RST, 0);
		if (opening)
			io->report(io->ctx, end, NAP_GOT_FAILED, 0);
		return;
	}
	if (p->flags & NAP_SYN) {
		take_syn(f, end, p, io);
		return;
	}
	if (t->state == NAP_SIM_CLOSED || t->state == NAP_SIM_SYN_SENT || !(p->flags & NAP_ACK))
		return;
	if (t->state == NAP_SIM_SYN_RECEIVED && !before(p->ack, t->next)) {
		t->state = NAP_SIM_OPEN;
		io->report(io->ctx, end, NAP_GOT_OPEN, 0);
	}
	take_ack(f, end, p->ack, io);
	if (!size)
		return;
	if (p->seq == t->expected) {
		t->expected += size;
		if (p->len)
			io->report(io->ctx, end, NAP_GOT_PACKET, p->tag);
		if (p->flags & NAP_FIN)
			io->report(io->ctx, end, NAP_GOT_FIN, p->tag);
	}
	acknowledge(f, end, io);
}

static void retransmit(struct nap_sim_flow *f, enum nap_end end, const struct nap_sim_tcp_io *io)
{
	struct nap_sim_tcp *t = &f->tcp[end];
	bool syn = t->unacked[0].flags & NAP_SYN;

	if (++t->tries > (syn ? SYN_TRIES : TRIES)) {
		bool opening = t->state == NAP_SIM_SYN_SENT;

		die(f, end);
		if (opening)
			io->report(io->ctx, end, NAP_GOT_FAILED, 0);
		return;
	}
	t->retransmit = io->now + ((syn ? RTO_SYN : NAP_SIM_RTO) << (t->tries < 9 ? t->tries : 9));
	for (uint32_t i = 0; i < t->n_unacked; i++)
		io->transmit(io->ctx, end, &t->unacked[i], t->expected);
}

void nap_sim_tcp_timer(struct nap_sim_flow *f, const struct nap_sim_tcp_io *io)
{
	for (int end = NAP_CLIENT; end <= NAP_SERVER; end++)
		if (f->tcp[end].retransmit <= io->now)
			retransmit(f, (enum nap_end)end, io);
}

nap_time nap_sim_tcp_deadline(const struct nap_sim_flow *f)
{
	return nap_time_min(f->tcp[NAP_CLIENT].retransmit, f->tcp[NAP_SERVER].retransmit);
}
