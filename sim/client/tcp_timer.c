/* SPDX-License-Identifier: BSD-2-Clause */
/* TCP's timers: retransmission, loss probe, keepalive, and when each gives up. */
#include "client/tcp_inside.h"

/* An acknowledgement may be late by a delayed acknowledgement or two ticks of the clock. */
#define PROBE_SLACK (8 * NAP_MS)

#define WHEEL_SLOTS  63 /* Linux' timer wheel (kernel/time/timer.c): waits of so many granules ... */
#define WHEEL_GROWTH 8  /* ... are in one level; the next has granules so many times as long */
#define WHEEL_LEVELS 9

/* As nap_tcp_wheel, of a wheel whose granules are known to begin at a time. */
static nap_time wheel_since(const struct nap_tcp_config *cfg, nap_time since, nap_time now, nap_time at)
{
	nap_time granule = cfg->tick, wait = nap_time_max(at - now, 0);

	if (granule == 0 || at == NAP_NEVER)
		return at;
	wait = (wait + granule - 1) / granule * granule;
	for (int level = 1; level < WHEEL_LEVELS && wait >= WHEEL_SLOTS * granule; level++)
		granule *= WHEEL_GROWTH;
	wait += now - since;
	return nap_time_after(since, (wait / granule + 1) * granule); /* it never fires early */
}

nap_time nap_tcp_wheel(const struct nap_tcp_config *cfg, nap_time now, nap_time at)
{
	return wheel_since(cfg, now, now, at);
}

nap_time nap_tcp_fresh_rto(const struct nap_tcp *t, const struct nap_tcp_config *cfg)
{
	nap_time rto = t->rtt.srtt == 0 ? cfg->rto_initial : nap_tcp_rtt_rto(&t->rtt, cfg->rto_max);

	/* round trips take a little more than a number of ticks, and the kernel rounds up */
	return cfg->tick == 0 ? rto : (rto / cfg->tick + 1) * cfg->tick;
}

/* How long to wait before what was sent last goes again, to find out whether it was lost. */
static nap_time probe_wait(const struct nap_tcp *t, const struct nap_tcp_config *cfg)
{
	nap_time rtt = nap_tcp_rtt_smoothed(&t->rtt);

	if (rtt == 0)
		return cfg->rto_initial;
	return 2 * rtt + (t->n_sent == 1 ? cfg->rto_min : PROBE_SLACK);
}

/* The timer stands at a time-out; a loss probe comes before it where one may go. */
static void arm(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now, nap_time timeout)
{
	bool probes =
		cfg->loss_probe && !nap_tcp_is_opening(t) && t->recovery == NAP_TCP_ORDERLY && t->sacked == 0;

	t->retry = nap_time_max(timeout, now + 1); /* one that has passed meanwhile is due at once */
	t->due = probes ? NAP_TCP_DUE_PROBE : NAP_TCP_DUE_TIMEOUT;
	if (probes && timeout > now)
		t->retry = nap_time_min(timeout, nap_time_after(now, probe_wait(t, cfg)));
	else if (probes)
		t->retry = nap_time_after(now, probe_wait(t, cfg));
	t->retry = nap_tcp_wheel(cfg, now, t->retry);
}

void nap_tcp_arm_sent(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now)
{
	if (t->retry != NAP_NEVER && (t->recovery != NAP_TCP_ORDERLY || t->due == NAP_TCP_DUE_REORDER))
		return; /* the time-out of what went before */
	arm(t, cfg, now, nap_time_after(nap_tcp_segment(t, 0)->sent, t->rto));
}

void nap_tcp_arm_acked(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now)
{
	t->due = NAP_TCP_DUE_TIMEOUT;
	t->retry = NAP_NEVER;
	if (t->n_sent > 0)
		arm(t, cfg, now, nap_time_after(now, t->rto));
}

nap_time nap_tcp_patience(const struct nap_tcp_config *cfg, uint32_t retries)
{
	nap_time sum = 0, rto = nap_time_max(cfg->rto_min, 1);

	for (uint32_t i = 0; i <= retries; i++) {
		sum = nap_time_after(sum, rto);
		rto = nap_time_min(2 * rto, cfg->rto_max);
	}
	return sum;
}

/* How long after the first retransmission the next time-out gives up. */
static nap_time patience(const struct nap_tcp *t, const struct nap_tcp_config *cfg)
{
	if (cfg->user_timeout != NAP_NEVER)
		return cfg->user_timeout;
	if (!t->left)
		return nap_tcp_patience(cfg, cfg->retries);
	return nap_tcp_patience(cfg, t->rto < cfg->rto_max ? cfg->orphan_retries : 0);
}

static bool gives_up(const struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now)
{
	bool late = t->retransmits > 0 && now - t->since >= patience(t, cfg);

	if (t->state == NAP_TCP_SYN_SENT)
		return t->retransmits >= cfg->syn_retries + cfg->syn_linear ||
		       (late && cfg->user_timeout != NAP_NEVER);
	if (t->state == NAP_TCP_SYN_RECEIVED)
		return t->retransmits >= cfg->synack_retries;
	return late;
}

/* Until the next time-out, which comes no later than the user's. */
static nap_time wait(const struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now)
{
	if (cfg->user_timeout == NAP_NEVER)
		return t->rto;
	return nap_time_min(t->rto, nap_time_max(cfg->user_timeout - (now - t->since), 1));
}

/* Where there is nothing new to send, what was sent last goes again: its acknowledgement tells what was lost. */
static void send_loss_probe(
	struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now, struct nap_outbox *out)
{
	t->due = NAP_TCP_DUE_TIMEOUT;
	if (t->probed) {
		t->retry = nap_time_max(nap_time_after(nap_tcp_segment(t, 0)->sent, t->rto), now + 1);
		t->retry = nap_tcp_wheel(cfg, now, t->retry);
		return;
	}
	nap_tcp_transmit_segment(t, cfg, t->n_sent < t->n ? t->n_sent : t->n_sent - 1, now, out);
	t->gathers &= t->n_sent < t->n;
	t->probed = true;
	t->probe_end = t->nxt;
	t->retry = nap_tcp_wheel(cfg, now, nap_time_after(now, t->rto));
}

static unsigned retransmit(
	struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now, struct nap_outbox *out)
{
	bool linear = t->state == NAP_TCP_SYN_SENT && t->retransmits < cfg->syn_linear;

	if (gives_up(t, cfg, now))
		return nap_tcp_abort(t);
	nap_tcp_enter_timeout(t, now);
	if (t->retransmits < UINT8_MAX)
		t->retransmits++;
	nap_tcp_mark(t, nap_tcp_segment(t, 0), NAP_TCP_RESENT, 0);
	nap_tcp_transmit_segment(t, cfg, 0, now, out);
	if (t->since == NAP_NEVER)
		t->since = now;
	if (!linear) {
		t->backoff++;
		t->rto = nap_time_min(2 * t->rto, cfg->rto_max);
	}
	t->retry = nap_tcp_wheel(cfg, now, nap_time_after(now, wait(t, cfg, now)));
	return 0;
}

unsigned nap_tcp_revert_backoff(
	struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now, struct nap_outbox *out)
{
	if (t->n == 0 || t->retransmits == 0 || t->backoff == 0)
		return 0;
	t->backoff--;
	t->rto = nap_tcp_fresh_rto(t, cfg);
	for (uint8_t i = 0; i < t->backoff && t->rto < cfg->rto_max; i++)
		t->rto = nap_time_min(2 * t->rto, cfg->rto_max);
	t->retry = nap_time_after(nap_tcp_segment(t, 0)->sent, t->rto);
	if (now < t->retry)
		t->retry = nap_tcp_wheel(cfg, now, t->retry);
	return now >= t->retry ? retransmit(t, cfg, now, out) : 0;
}

/* The keepalive timer's granules follow on from the last first probe, which was its longest wait: periods do not add up. */
static void arm_keep(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now, nap_time at)
{
	t->keep = wheel_since(cfg, t->probed_at == NAP_NEVER ? now : t->probed_at, now, at);
}

/* RFC 1122 4.2.3.6, as Linux does it. */
static unsigned probe(
	struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now, struct nap_outbox *out)
{
	nap_time silent = now - t->heard;
	bool dead;

	if (t->n > 0 || silent < t->option->idle) { /* not while data is outstanding: RFC 9293 MUST-26 */
		arm_keep(t, cfg, now, nap_time_after(t->n > 0 ? now : t->heard, t->option->idle));
		return 0;
	}
	dead = cfg->user_timeout == NAP_NEVER ? t->probes >= t->option->count
					      : t->probes > 0 && silent >= cfg->user_timeout;
	t->ack_cause = NAP_CAUSE_KEEPALIVE;
	if (dead) {
		nap_tcp_transmit(t, cfg, t->nxt, NAP_RST | NAP_ACK, NULL, now, out);
		return nap_tcp_abort(t);
	}
	nap_tcp_transmit(t, cfg, t->nxt - 1, NAP_ACK, NULL, now, out);
	out->notes |= NAP_NOTE_TCP_PROBE;
	if (t->probes++ == 0 && cfg->tick > 0)
		t->probed_at = now;
	arm_keep(t, cfg, now, nap_time_after(now, t->option->interval));
	return 0;
}

static unsigned retry(
	struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now, struct nap_outbox *out)
{
	switch ((enum nap_tcp_due)t->due) {
	case NAP_TCP_DUE_PROBE:
		send_loss_probe(t, cfg, now, out);
		return 0;
	case NAP_TCP_DUE_REORDER:
		nap_tcp_reorder_over(t, cfg, now);
		return 0;
	default:
		return retransmit(t, cfg, now, out);
	}
}

unsigned nap_tcp_timer(
	struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now, struct nap_outbox *out)
{
	unsigned events = 0;

	if (now >= t->ack_at)
		nap_tcp_ack_timer(t, cfg, now);
	if (now >= t->retry)
		events |= retry(t, cfg, now, out);
	if (now < t->keep)
		return events;
	if (t->state == NAP_TCP_FIN_WAIT_2 || t->state == NAP_TCP_TIME_WAIT)
		nap_tcp_abort(t); /* over in the normal way: nothing to tell */
	else
		events |= probe(t, cfg, now, out);
	return events;
}

nap_time nap_tcp_deadline(const struct nap_tcp *t)
{
	return t->state == NAP_TCP_CLOSED ? NAP_NEVER
					  : nap_time_min(t->ack_at, nap_time_min(t->retry, t->keep));
}
