/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The congestion window: slow start, cubic (RFC 9438) in Linux' integers, and what idleness makes of it. HyStart is left
 * out: messages of flows that are kept alive end before it would.
 */
#include "client/tcp_inside.h"

/* Congestion avoidance since the last loss. */
struct nap_tcp_epoch {
	nap_time start, counted; /* when it began; when count was reckoned */
	uint32_t k;              /* when the window is where it was before the loss: 1/1024 s from start */
	uint32_t origin;         /* and how large that was */
	uint32_t count;          /* the window grows by one for so many segments acknowledged ... */
	uint32_t window;         /* ... at this window */
	uint32_t acked, reno;    /* what Reno's window would be, and segments towards its next step */
};

#define SCALE      1024u /* of shares, and of a second */
#define BETA       717u  /* what a loss leaves of the window, in SCALE */
#define CUBE_SCALE 410u  /* C = 0.4 */
#define CUBE_SHIFT 40
#define FRIENDLY                                                                                             \
	15u /* 8 (SCALE + BETA) / 3 / (SCALE - BETA): a Reno flow's window grows by one for so many eighths */

static uint32_t cube_root(uint64_t x)
{
	uint64_t root = 0;

	for (int bit = 20; bit >= 0; bit--) {
		uint64_t next = root | UINT64_C(1) << bit;

		if (next * next * next <= x)
			root = next;
	}
	return (uint32_t)root;
}

void nap_tcp_epoch_clear(struct nap_tcp *t)
{
	if (t->aside)
		g_clear_pointer(&t->aside->epoch, g_free);
}

uint16_t nap_tcp_current_thresh(const struct nap_tcp *t)
{
	return t->recovery == NAP_TCP_FAST
		       ? t->ssthresh
		       : (uint16_t)MAX(t->ssthresh, (uint32_t)t->cwnd / 2 + (uint32_t)t->cwnd / 4);
}

uint16_t nap_tcp_after_loss(struct nap_tcp *t)
{
	nap_tcp_epoch_clear(t);
	t->last_max = t->cwnd < t->last_max ? (uint16_t)(t->cwnd * (SCALE + BETA) / (2 * SCALE)) : t->cwnd;
	return (uint16_t)MAX(t->cwnd * BETA / SCALE, 2);
}

static void begin_epoch(struct nap_tcp *t, nap_time now, uint32_t acked)
{
	struct nap_tcp_epoch *e = nap_tcp_aside(t)->epoch = g_new0(struct nap_tcp_epoch, 1);

	e->start = now;
	e->acked = acked;
	e->reno = t->cwnd;
	e->origin = MAX(t->last_max, t->cwnd);
	e->k = cube_root((UINT64_C(1) << CUBE_SHIFT) / CUBE_SCALE * (uint64_t)(e->origin - t->cwnd));
}

/* Of how many acknowledgements the window grows by one, by the cubic. */
static uint32_t by_cubic(const struct nap_tcp *t, const struct nap_tcp_epoch *e, nap_time now)
{
	uint64_t at = (uint64_t)(now - e->start + t->min_rtt) * SCALE / NAP_S;
	uint64_t off = at < e->k ? e->k - at : at - e->k;
	uint64_t by = off < 1u << 18 ? (CUBE_SCALE * off * off * off) >> CUBE_SHIFT : UINT16_MAX;
	uint64_t target = at < e->k ? e->origin - MIN(by, e->origin) : e->origin + by;
	uint32_t count = target > t->cwnd ? t->cwnd / (uint32_t)(target - t->cwnd) : 100u * t->cwnd;

	return t->last_max == 0 ? MIN(count, 20) : count;
}

static uint32_t cubic_count(struct nap_tcp *t, nap_time now, uint32_t acked)
{
	struct nap_tcp_epoch *e = nap_tcp_epoch_of(t);
	uint32_t step;

	if (!e) {
		begin_epoch(t, now, acked);
		e = nap_tcp_epoch_of(t);
		e->count = by_cubic(t, e, now);
	} else {
		e->acked += acked;
		if (e->window == t->cwnd && now - e->counted <= NAP_S / 32)
			return e->count;
		e->count = by_cubic(t, e, now);
	}
	e->window = t->cwnd;
	e->counted = now;
	step = t->cwnd * FRIENDLY / 8;
	while (e->acked > step) {
		e->acked -= step;
		e->reno++;
	}
	if (e->reno > t->cwnd)
		e->count = MIN(e->count, t->cwnd / (e->reno - t->cwnd));
	e->count = MAX(e->count, 2);
	return e->count;
}

/* Could more have gone, had the window been larger? */
static bool is_limited(const struct nap_tcp *t)
{
	return t->limited || (t->cwnd < t->ssthresh && t->cwnd < 2u * t->max_out);
}

void nap_tcp_grow(struct nap_tcp *t, nap_time now, uint32_t acked)
{
	uint32_t count, cwnd = t->cwnd;

	if (acked == 0 || !is_limited(t))
		return;
	if (cwnd < t->ssthresh) {
		uint32_t to = MIN(cwnd + acked, t->ssthresh);

		acked -= to - cwnd;
		cwnd = to;
	}
	t->cwnd = (uint16_t)MIN(cwnd, UINT16_MAX - 1);
	if (acked == 0)
		return;
	count = cubic_count(t, now, acked);
	if (t->grown >= count) {
		t->grown = 0;
		cwnd++;
	}
	acked += t->grown;
	cwnd += acked / count;
	t->grown = (uint16_t)(acked % count);
	t->cwnd = (uint16_t)MIN(cwnd, UINT16_MAX - 1);
}

void nap_tcp_note_use(struct nap_tcp *t)
{
	uint32_t out = MIN(t->n_sent, UINT16_MAX);
	bool limited = nap_tcp_in_flight(t) >= t->cwnd;

	if (!nap_tcp_before(t->una, t->usage) || limited || (!t->limited && out > t->max_out)) {
		t->limited = limited;
		t->max_out = (uint16_t)out;
		t->usage = t->nxt;
	}
}

/* The window after so long an idleness: half for each time-out, down to what it begins with. */
static uint16_t after_idle(const struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time idle)
{
	uint16_t cwnd = t->cwnd, least = (uint16_t)MIN(cwnd, cfg->initial_window);

	for (idle -= t->rto; idle > 0 && cwnd > least; idle -= t->rto)
		cwnd /= 2;
	return MAX(cwnd, least);
}

bool nap_tcp_is_wide(const struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now)
{
	return cfg->idle_restart && t->wrote > 0 &&
	       (after_idle(t, cfg, now - t->wrote) > cfg->initial_window ||
		       nap_tcp_current_thresh(t) != t->ssthresh);
}

void nap_tcp_after_idle(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now)
{
	nap_time idle = now - t->wrote;
	struct nap_tcp_epoch *epoch = nap_tcp_epoch_of(t);

	if (epoch) /* the cubic's time stands still meanwhile */
		epoch->start = nap_time_min(epoch->start + idle, now);
	if (!cfg->idle_restart || t->wrote == 0 || idle <= t->rto)
		return;
	t->ssthresh = nap_tcp_current_thresh(t);
	t->cwnd = after_idle(t, cfg, idle);
}
