/* SPDX-License-Identifier: BSD-2-Clause */
/* When an acknowledgement goes, as Linux has it: at once at the start, with the answer of a program that answers, else late. */
#include "client/tcp_inside.h"

/* What is told apart of how long ago payload came last: Linux' longest time-out. */
#define LATELY (120 * NAP_S)

static uint32_t us_of(nap_time t)
{
	return (uint32_t)(nap_time_min(t, NAP_H) / NAP_US);
}

/* How long ago payload came last; LATELY: as long, or longer. */
static nap_time since_data(const struct nap_tcp *t, nap_time now)
{
	return now < t->lately ? LATELY - (t->lately - now) : LATELY;
}

/* More at once from now on; each full acknowledgement window of them. */
static void more_at_once(struct nap_tcp *t, const struct nap_tcp_config *cfg)
{
	uint32_t most = MIN(cfg->quick_acks, UINT8_MAX);

	if (nap_tcp_own_window(t) < 2u * t->got * most)
		most = MAX(nap_tcp_own_window(t) / (2u * t->got), 2u);
	t->quick = (uint8_t)MAX(t->quick, most);
}

void nap_tcp_ack_quickly(struct nap_tcp *t, const struct nap_tcp_config *cfg)
{
	t->ack_due = true;
	if (!cfg->ack_read)
		return;
	more_at_once(t, cfg);
	t->answers = false;
	t->ato = us_of(cfg->delayed_ack);
}

/* How long acknowledgements wait follows how fast payload comes. */
static void estimate(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now)
{
	uint32_t least = us_of(cfg->delayed_ack), gap = us_of(since_data(t, now));

	if (t->ato == 0) {
		more_at_once(t, cfg);
		t->ato = least;
	} else if (gap <= least / 2) {
		t->ato = t->ato / 2 + least / 2;
	} else if (gap < t->ato) {
		t->ato = MIN(t->ato / 2 + gap, us_of(t->rto));
	} else if (since_data(t, now) >
		   nap_time_min(t->rto, LATELY - 1)) { /* the sender did not begin anew by itself */
		more_at_once(t, cfg);
	}
	t->lately = now + LATELY;
}

static nap_time wait_of(const struct nap_tcp *t, const struct nap_tcp_config *cfg)
{
	nap_time wait = cfg->ack_read ? (nap_time)t->ato * NAP_US : cfg->delayed_ack;
	nap_time rtt = nap_tcp_rtt_smoothed(&t->rtt);

	if (wait > cfg->delayed_ack && rtt > 0)
		wait = nap_time_min(wait, nap_time_max(rtt, cfg->delayed_ack));
	return nap_time_min(wait, 5 * cfg->delayed_ack); /* 40 ms: at most 200 ms */
}

static void later(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now)
{
	nap_time wait = wait_of(t, cfg);

	if (t->ack_at != NAP_NEVER && t->ack_at <= now + wait / 4)
		t->ack_due = true;
	else
		t->ack_at = nap_time_min(t->ack_at, nap_tcp_wheel(cfg, now, now + wait));
}

void nap_tcp_ack_data(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now, uint32_t len)
{
	bool small, many, waits;

	if (cfg->delayed_ack == 0) {
		t->ack_due = true;
		return;
	}
	estimate(t, cfg, now);
	small = len < t->got; /* the program has read it, and waits for no more of it */
	if (!small)
		t->got = (uint16_t)MIN(len, UINT16_MAX);
	many = t->rcv - t->told > t->got;
	waits = t->answers || !cfg->ack_read;
	if (many || (!waits && (t->quick > 0 || small)))
		t->ack_due = true;
	else
		later(t, cfg, now);
}

void nap_tcp_ack_fin(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now)
{
	if (cfg->delayed_ack == 0 || t->state != NAP_TCP_CLOSE_WAIT || t->ack_due) {
		t->ack_due = true;
		return;
	}
	t->answers = true;
	if (t->ato == 0)
		t->ato = us_of(cfg->delayed_ack);
	later(t, cfg, now);
}

void nap_tcp_ack_sent(struct nap_tcp *t, const struct nap_tcp_config *cfg)
{
	bool waited = t->ack_due || (t->ack_at != NAP_NEVER && !t->resume);

	if (t->quick > 0 && waited && --t->quick == 0)
		t->ato = us_of(cfg->delayed_ack);
	t->told = t->rcv;
	t->ack_due = false;
	t->ack_at = NAP_NEVER;
}

void nap_tcp_ack_answered(struct nap_tcp *t, nap_time now)
{
	t->answers |= us_of(since_data(t, now)) < t->ato;
}

void nap_tcp_ack_timer(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now)
{
	if (now < t->ack_at)
		return;
	if (t->resume)
		return; /* what is left goes with the flush that follows */
	t->ack_at = NAP_NEVER;
	if (t->answers)
		t->ato = us_of(cfg->delayed_ack);
	else
		t->ato = MIN(2 * t->ato, us_of(t->rto));
	t->answers = false; /* it has not answered this time */
	t->ack_due = true;
}
