/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory of connections: an end has some while it has one, and for what its program has left. */
#include "client/tcp_inside.h"

/* All that is counted from now is as if it were not there, for whole cycles. */
static const struct nap_tcp_keepalive no_option = { .idle = NAP_NEVER };
const struct nap_tcp nap_tcp_none = { .min_rtt = NAP_NEVER,
	.retry = NAP_NEVER,
	.ack_at = NAP_NEVER,
	.since = NAP_NEVER,
	.keep = NAP_NEVER,
	.probed_at = NAP_NEVER,
	.option = &no_option };

struct nap_tcp_aside *nap_tcp_aside(struct nap_tcp *t)
{
	if (!t->aside)
		t->aside = g_new0(struct nap_tcp_aside, 1);
	return t->aside;
}

void nap_tcp_allot(struct nap_tcp **t)
{
	if (nap_tcp_is_none(*t))
		*t = g_new0(struct nap_tcp, 1);
}

static void let_go(struct nap_tcp **t)
{
	if (nap_tcp_is_none(*t))
		return;
	nap_tcp_clear(*t);
	g_free(*t);
	*t = nap_tcp_nothing();
}

void nap_tcp_release(struct nap_tcp **t)
{
	if ((*t)->state == NAP_TCP_CLOSED && (*t)->pmtu == 0 && !(*t)->may_be_cut && (*t)->pmtu_until == 0)
		let_go(t);
}

void nap_tcp_dismiss(struct nap_tcp **t, struct nap_tcp **left)
{
	let_go(t);
	nap_tcp_forget_left(left);
}

void nap_tcp_forget_left(struct nap_tcp **left)
{
	if (*left)
		nap_tcp_clear(*left);
	g_clear_pointer(left, g_free);
}

void nap_tcp_settle_left(struct nap_tcp **left)
{
	if (*left && (*left)->state == NAP_TCP_CLOSED)
		nap_tcp_forget_left(left);
}

void nap_tcp_leave(struct nap_tcp *t, struct nap_tcp **left)
{
	nap_tcp_forget_left(left);
	*left = g_memdup2(t, sizeof *t);
	t->room = 0;
	t->aside = NULL;
	nap_tcp_clear(t);
}
