/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/second_port.h"

#include "client/message.h"

#define WAIT  (2 * NAP_S) /* for an answer */
#define TRIES 3
#define SIZE  48 /* bytes of its packets: an IPv6 header and a solicitation's 8 bytes */

static void send(struct nap_endpoint from, struct nap_endpoint to, enum nap_message message,
	const struct nap_second_port *t, nap_time now, struct nap_outbox *out)
{
	*nap_outbox_add(out) = (struct nap_packet){
		.src = from,
		.dst = to,
		.proto = NAP_UDP,
		.cause = NAP_CAUSE_KEEPALIVE,
		.message = (uint8_t)message,
		.len = SIZE,
		.stamp = now,
		.quote = { .src = t->mapped },
	};
}

void nap_second_port_begin(struct nap_second_port *t, nap_time now, nap_time silence,
	struct nap_endpoint self, struct nap_endpoint server, struct nap_outbox *out)
{
	t->silence = silence;
	t->self = self;
	t->mapped = (struct nap_endpoint){ 0, 0 };
	t->uses++;
	t->phase = NAP_SECOND_LEARNING;
	t->tries = 1;
	t->at = now + WAIT;
	send(self, server, NAP_MSG_SECOND_LEARN, t, now, out);
}

enum nap_second_port_outcome nap_second_port_timer(struct nap_second_port *t, nap_time now,
	struct nap_endpoint flow, struct nap_endpoint server, struct nap_outbox *out)
{
	if (t->phase == NAP_SECOND_SILENT) {
		t->phase = NAP_SECOND_ASKING;
		t->tries = 0;
	}
	if (t->tries >= TRIES) {
		enum nap_second_port_outcome outcome =
			t->phase == NAP_SECOND_ASKING ? NAP_SECOND_FAILED : NAP_SECOND_GIVEN_UP;

		t->phase = NAP_SECOND_NONE;
		t->at = NAP_NEVER;
		return outcome;
	}
	t->tries++;
	t->at = now + WAIT;
	if (t->phase == NAP_SECOND_ASKING)
		send(flow, server, NAP_MSG_SECOND_ASK, t, now, out);
	else
		send(t->self, server, NAP_MSG_SECOND_LEARN, t, now, out);
	return NAP_SECOND_OPEN;
}

enum nap_second_port_outcome nap_second_port_input(
	struct nap_second_port *t, nap_time now, const struct nap_packet *p)
{
	if (t->phase == NAP_SECOND_LEARNING && p->message == NAP_MSG_SECOND_LEARNT) {
		t->phase = NAP_SECOND_SILENT;
		t->mapped = p->quote.src;
		/* the silence counts from the packet that was answered, not from the answer */
		t->at = nap_time_max(now + 1, nap_time_after(p->stamp, t->silence));
		return NAP_SECOND_OPEN;
	}
	if (t->phase != NAP_SECOND_ASKING || p->message != NAP_MSG_SECOND_REPLY)
		return NAP_SECOND_OPEN;
	t->phase = NAP_SECOND_NONE;
	t->at = NAP_NEVER;
	return NAP_SECOND_HELD;
}
