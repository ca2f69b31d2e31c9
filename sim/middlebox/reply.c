/* SPDX-License-Identifier: BSD-2-Clause */
#include "middlebox/reply.h"

struct nap_packet nap_reply_rst(const struct nap_packet *p)
{
	struct nap_packet r = { .src = p->dst,
		.dst = p->src,
		.proto = NAP_TCP,
		.flags = NAP_RST,
		.cause = p->cause,
		.tag = p->tag };

	if (p->flags & NAP_ACK) {
		r.seq = p->ack;
	} else {
		r.flags |= NAP_ACK;
		r.ack = p->seq + p->len + (p->flags & NAP_SYN ? 1 : 0) + (p->flags & NAP_FIN ? 1 : 0);
	}
	return r;
}

struct nap_packet nap_reply_keepalive(const struct nap_packet *p)
{
	return (struct nap_packet){ .src = p->dst,
		.dst = p->src,
		.proto = NAP_TCP,
		.flags = NAP_ACK,
		.seq = p->ack,
		.ack = p->seq + 1,
		.win = p->win,
		.cause = p->cause };
}

struct nap_packet nap_reply_icmp(
	const struct nap_box *box, enum nap_side side, const struct nap_packet *p, uint8_t type, uint8_t code)
{
	struct nap_packet r = { .src = { p->dst.addr, 0 },
		.dst = { p->src.addr, 0 },
		.proto = NAP_ICMP,
		.icmp_type = type,
		.icmp_code = code };

	if (side == NAP_INSIDE && box->config->inside_address.n)
		r.src.addr = box->config->inside_address.addr[0];
	r.cause = p->cause;
	r.tag = p->tag;
	r.len = 28; /* the quoted header and 8 bytes (RFC 792) */
	r.quote = (struct nap_quote){ p->proto, p->src, p->dst };
	return r;
}

/* A segment of s as the other end would send it to the one on side, with the numbers that end expects next. */
static struct nap_packet segment_to(
	const struct nap_box *box, const struct session *s, enum nap_side side, uint8_t flags)
{
	struct nap_endpoint inside = { s->inside, s->inside_port }, mapped = { s->mapped, s->mapped_port },
			    remote = { s->remote, s->remote_port };
	struct nap_packet p = { .proto = NAP_TCP, .flags = flags };
	bool to_opener = (side == NAP_OUTSIDE) == ((s->flags & SF_FROM_OUTSIDE) != 0);

	p.src = side == NAP_INSIDE ? remote : mapped;
	p.dst = side == NAP_INSIDE ? inside : remote;
	if (s->window != NONE) {
		p.seq = box->window[s->window]
				.side[to_opener]
				.end; /* what the sender in whose name we speak sent last */
		p.ack = box->window[s->window].side[!to_opener].end;
	}
	return p;
}

void nap_reply_emit(struct nap_box *box, enum nap_side side, const struct nap_packet *p, nap_time now,
	const struct nap_box_flow *about)
{
	struct emission e = { .at = now, .side = side, .has_flow = about, .packet = *p };

	if (about)
		e.about = *about;
	g_array_append_val(box->outbox, e);
}

void nap_reply_expiry(struct nap_box *box, const struct session *s, nap_time now)
{
	static const uint32_t spared[] = {
		[NAP_INSIDE] = NAP_EXPIRY_RST_OUTSIDE, [NAP_OUTSIDE] = NAP_EXPIRY_RST_INSIDE
	};
	struct nap_box_flow about = nap_session_flow(s);

	for (int side = NAP_INSIDE; side <= NAP_OUTSIDE; side++) {
		struct nap_packet p = segment_to(box, s, (enum nap_side)side,
			box->config->on_expiry == NAP_EXPIRY_FIN ? NAP_FIN | NAP_ACK : NAP_RST | NAP_ACK);

		if (box->config->on_expiry != spared[side])
			nap_reply_emit(box, (enum nap_side)side, &p, now, &about);
	}
}

void nap_reply_probe(struct nap_box *box, const struct session *s, nap_time now)
{
	struct nap_box_flow about = nap_session_flow(s);

	for (int side = NAP_INSIDE; side <= NAP_OUTSIDE; side++) {
		struct nap_packet p = segment_to(box, s, (enum nap_side)side, NAP_ACK);

		p.seq--;
		p.cause = NAP_CAUSE_KEEPALIVE;
		nap_reply_emit(box, (enum nap_side)side, &p, now, &about);
	}
}
