/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/segment.h"

#include "net/packet.h"

/* Sequence numbers that a segment takes up: RFC 9293 3.4. */
static uint32_t span(const struct nap_segment *s)
{
	return s->len + (s->flags & NAP_SYN ? 1u : 0u) + (s->flags & NAP_FIN ? 1u : 0u);
}

void nap_tcb_send(struct nap_tcb *t, bool again, int32_t shift, struct nap_segment *s)
{
	s->seq = (again ? t->last : t->next) + (uint32_t)shift;
	s->ack = s->flags & NAP_ACK ? t->expected : 0;
	if (again || shift)
		return;
	t->last = t->next;
	t->next += span(s);
}

void nap_tcb_receive(struct nap_tcb *t, const struct nap_segment *s)
{
	if (s->flags & NAP_RST || (t->synchronised && s->seq != t->expected))
		return;
	t->expected = s->seq + span(s);
	t->synchronised = true;
}
