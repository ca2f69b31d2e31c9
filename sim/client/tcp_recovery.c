/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the peer acknowledges, what is lost for it (RACK, RFC 8985, with three segments overtaking as in RFC 6675), and how
 * recovery goes: proportional rate reduction (RFC 6937), and back as it was where a time-out was none (RFC 4015, 5682).
 */
#include "client/tcp_inside.h"

#define OVERTAKEN  3u            /* segments behind a missing one, from which it is lost at once */
#define PMTU_LASTS (600 * NAP_S) /* Linux, mtu_expires */
#define PMTU_LEAST 552u          /* Linux, min_pmtu */

/* What one acknowledgement brings. */
struct news {
	bool advanced;    /* una has */
	bool latest;      /* a segment sent later than all that had arrived before has arrived */
	bool original;    /* one that went only once, of what a time-out is about */
	bool repeated;    /* of those taken off one went more than once */
	uint32_t arrived; /* segments newly known to have arrived */
	uint32_t lost;    /* and to be lost */
	nap_time rtt;     /* of one that went only once, NAP_NEVER */
	nap_time since;   /* first retransmission when it came */
};

/* By the time stamp that it answers: RFC 7323 4.3. */
static nap_time stamped_rtt(const struct nap_tcp *t, nap_time now, const struct nap_packet *p)
{
	return t->stamps && p->stamps.echo > 0 ? now + 1 - p->stamps.echo : NAP_NEVER;
}

/* Was a segment that ends at end sent after another? */
static bool sent_after(nap_time at, uint32_t end, nap_time other, uint32_t other_end)
{
	return at > other || (at == other && nap_tcp_before(other_end, end));
}

/* A segment has arrived: RFC 8985 6.2 steps 1 and 2. */
static void arrived(struct nap_tcp *t, nap_time now, const struct nap_tcp_segment *s, struct news *news)
{
	nap_time rtt = now - s->sent;

	news->arrived++;
	if (!(s->marks & NAP_TCP_AGAIN)) {
		news->rtt = nap_time_min(
			news->rtt, rtt); /* the last one's: overwritten by the first acknowledged */
		news->original |= nap_tcp_before(s->seq, t->recovered);
	} else if (rtt < t->min_rtt) {
		return; /* it is the earlier one that has */
	}
	if (!sent_after(s->sent, nap_tcp_segment_end(s), t->latest_sent, t->latest))
		return;
	news->latest = true;
	t->latest_sent = s->sent;
	t->latest = nap_tcp_segment_end(s);
	t->latest_rtt = rtt;
}

/* The oldest segment is acknowledged. */
static void pop(
	struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now, struct news *news, nap_time *first)
{
	const struct nap_tcp_segment *s = nap_tcp_segment(t, 0);

	if (s->cause == NAP_CAUSE_PUSH && s->tag > 0)
		t->acked = s->tag;
	if (s->flags & NAP_FIN)
		nap_tcp_fin_acknowledged(t, cfg, now);
	if (!(s->marks & NAP_TCP_SACKED)) {
		arrived(t, now, s, news);
		if (*first == NAP_NEVER)
			*first = now - s->sent;
	}
	news->repeated |= (s->marks & NAP_TCP_AGAIN) != 0;
	nap_tcp_dequeue(t);
}

static void take_off(
	struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now, uint32_t ack, struct news *news)
{
	nap_time first = NAP_NEVER;

	if (!nap_tcp_before(t->una, ack))
		return;
	news->advanced = true;
	t->una = ack;
	while (t->n > 0 && !nap_tcp_before(ack, nap_tcp_segment_end(nap_tcp_segment(t, 0))))
		pop(t, cfg, now, news, &first);
	if (t->n > 0 && nap_tcp_before(nap_tcp_segment(t, 0)->seq, ack))
		nap_tcp_shorten(t, ack);
	if (first != NAP_NEVER) /* else by what came behind a gap */
		news->rtt = first;
	if (news->repeated)
		news->rtt = NAP_NEVER;
}

static void mark_sacked(struct nap_tcp *t, nap_time now, struct nap_sack block, struct news *news)
{
	for (uint32_t i = 0; i < t->n_sent; i++) {
		struct nap_tcp_segment *s = nap_tcp_segment(t, i);

		if (!nap_tcp_before(s->seq, block.to))
			break;
		if (nap_tcp_before(s->seq, block.from) || (s->marks & NAP_TCP_SACKED) ||
			nap_tcp_before(block.to, nap_tcp_segment_end(s)))
			continue;
		arrived(t, now, s, news);
		nap_tcp_mark(t, s, NAP_TCP_SACKED, NAP_TCP_LOST | NAP_TCP_RESENT);
	}
}

/* How long what was overtaken may still come: RFC 8985 6.2 step 4. Links keep the order, so that nothing is ever seen to. */
static nap_time patience(const struct nap_tcp *t)
{
	if (t->recovery != NAP_TCP_ORDERLY || t->sacked >= OVERTAKEN)
		return 0;
	return nap_time_min(t->min_rtt / 4, nap_tcp_rtt_smoothed(&t->rtt));
}

/* Has one arrived that was sent later? Of those of one moment what went again went last. */
static bool overtaken(const struct nap_tcp *t, const struct nap_tcp_segment *s)
{
	if (s->sent == t->latest_sent && (s->marks & NAP_TCP_AGAIN))
		return false;
	return sent_after(t->latest_sent, t->latest, s->sent, nap_tcp_segment_end(s));
}

/* RFC 8985 6.2 step 5: returns until when what is missing may still come, NAP_NEVER: no time-out is needed. */
static nap_time find_lost(struct nap_tcp *t, nap_time now, struct news *news)
{
	nap_time until = NAP_NEVER;

	for (uint32_t i = 0; i < t->n_sent; i++) {
		struct nap_tcp_segment *s = nap_tcp_segment(t, i);
		nap_time end = s->sent + t->latest_rtt + patience(t);
		bool gone = (s->marks & (NAP_TCP_LOST | NAP_TCP_RESENT)) == NAP_TCP_LOST;

		if (gone || (s->marks & NAP_TCP_SACKED) || !overtaken(t, s))
			continue;
		if (now >= end) {
			nap_tcp_mark(t, s, NAP_TCP_LOST, NAP_TCP_RESENT);
			news->lost++;
		} else {
			until = until == NAP_NEVER ? end : nap_time_max(until, end);
		}
	}
	return until;
}

static void begin_recovery(struct nap_tcp *t, enum nap_tcp_recovery kind)
{
	t->prior_thresh = nap_tcp_current_thresh(t);
	t->prior_cwnd = t->cwnd;
	t->ssthresh = nap_tcp_after_loss(t);
	t->grown = t->delivered = t->repaid = 0;
	t->recovery = (uint8_t)kind;
	t->recovered = t->nxt;
	t->probed = false;
}

/* The loss was none: as before (RFC 4015). */
static void undo(struct nap_tcp *t)
{
	t->cwnd = MAX(t->cwnd, t->prior_cwnd);
	t->ssthresh = MAX(t->ssthresh, t->prior_thresh);
	for (uint32_t i = 0; i < t->n_sent; i++)
		nap_tcp_mark(t, nap_tcp_segment(t, i), 0, NAP_TCP_LOST | NAP_TCP_RESENT);
	t->recovery = NAP_TCP_ORDERLY;
	t->retransmits = 0;
}

/* The time stamp answered is one from before the first retransmission: what went first has arrived (RFC 3522). */
static bool was_spurious(const struct nap_tcp *t, const struct nap_packet *p, const struct news *news)
{
	if (news->advanced && t->stamps && p->stamps.echo > 0 && news->since != NAP_NEVER &&
		p->stamps.echo < news->since + 1)
		return true;
	return t->recovery == NAP_TCP_TIMEOUT && news->original; /* RFC 5682 3.1 */
}

/* RFC 6937: the window while fast recovery lasts. */
static void reduce(struct nap_tcp *t, const struct news *news)
{
	uint32_t out = nap_tcp_in_flight(t), may;

	if (news->arrived == 0)
		return;
	t->delivered = (uint16_t)MIN(t->delivered + news->arrived, UINT16_MAX);
	if (out > t->ssthresh) {
		uint32_t due = ((uint32_t)t->ssthresh * t->delivered + t->prior_cwnd - 1u) / t->prior_cwnd;

		may = due > t->repaid ? due - t->repaid : 0;
	} else {
		may = t->delivered > t->repaid ? (uint32_t)(t->delivered - t->repaid) : 0;
		may = MAX(may, news->arrived);
		if (news->advanced && news->lost == 0)
			may++;
		may = MIN(may, t->ssthresh - out);
	}
	may = MAX(may, t->repaid ? 0u : 1u);
	t->cwnd = (uint16_t)MIN(out + may, UINT16_MAX - 1);
}

/* A tail loss was mended by its probe: that is a loss like any other (RFC 8985 7.4.2). A duplicate says that there was none. */
static void judge_probe(struct nap_tcp *t, const struct nap_packet *p, const struct news *news)
{
	if (!t->probed || nap_tcp_before(p->ack, t->probe_end))
		return;
	if (nap_tcp_before(t->probe_end, p->ack)) {
		t->probed = false;
		if (t->recovery == NAP_TCP_ORDERLY)
			t->cwnd = t->ssthresh = nap_tcp_after_loss(t);
	} else if (!news->advanced && news->arrived == 0 && p->len == 0) {
		t->probed = false;
	}
}

static void recover(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now,
	const struct nap_packet *p, struct news *news)
{
	nap_time until = NAP_NEVER;

	if (t->recovery != NAP_TCP_ORDERLY && (news->advanced || news->arrived > 0) &&
		was_spurious(t, p, news))
		undo(t);
	if (t->recovery != NAP_TCP_ORDERLY && !nap_tcp_before(t->una, t->recovered)) {
		if (t->recovery == NAP_TCP_FAST)
			t->cwnd = t->ssthresh;
		t->recovery = NAP_TCP_ORDERLY;
	}
	if (t->sacked > 0 || t->recovery != NAP_TCP_ORDERLY)
		until = find_lost(t, now, news);
	if (t->recovery == NAP_TCP_ORDERLY && t->lost > 0)
		begin_recovery(t, NAP_TCP_FAST);
	if (t->recovery == NAP_TCP_FAST)
		reduce(t, news);
	else if (news->advanced)
		nap_tcp_grow(t, now, news->arrived);
	if (until != NAP_NEVER) {
		t->retry = nap_tcp_wheel(cfg, now, until);
		t->due = NAP_TCP_DUE_REORDER;
	}
}

/* What the round trip was; the time-out begins anew by it. Unknown, it stays as it is, backed off: Karn, RFC 6298 5. */
static void measure(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time rtt)
{
	if (rtt == NAP_NEVER)
		return;
	t->min_rtt = nap_time_min(t->min_rtt, rtt);
	nap_tcp_rtt_sample(&t->rtt, rtt, cfg->rto_min, t->una, t->nxt);
	t->rto = nap_tcp_fresh_rto(t, cfg);
	t->backoff = 0;
}

bool nap_tcp_take_ack(
	struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now, const struct nap_packet *p)
{
	struct news news;

	if (nap_tcp_before(p->ack, t->una) || nap_tcp_before(t->nxt, p->ack))
		return false;
	t->peer_window = p->flags & NAP_SYN ? p->win : (uint32_t)p->win << NAP_TCP_SCALE;
	if (t->n_sent == 0 && !t->probed)
		return false;
	news = (struct news){ .rtt = NAP_NEVER, .since = t->since };
	take_off(t, cfg, now, p->ack, &news);
	if (p->len == 0 && p->sack.from != p->sack.to && t->n_sent > 0)
		mark_sacked(t, now, p->sack, &news);
	if (news.advanced && news.rtt == NAP_NEVER)
		news.rtt = stamped_rtt(t, now, p);
	measure(t, cfg, news.rtt);
	if (news.advanced)
		t->retransmits = 0;
	judge_probe(t, p, &news);
	if (news.advanced || (news.arrived > 0 && news.latest))
		nap_tcp_arm_acked(t, cfg, now);
	if (t->recovery != NAP_TCP_ORDERLY || t->sacked > 0)
		recover(t, cfg, now, p, &news);
	else if (news.advanced && !nap_tcp_is_opening(t))
		nap_tcp_grow(t, now, news.arrived);
	if (news.advanced && t->recovery == NAP_TCP_ORDERLY)
		t->since = NAP_NEVER;
	return news.advanced;
}

void nap_tcp_enter_timeout(struct nap_tcp *t, nap_time now)
{
	if (nap_tcp_is_opening(t))
		return;
	if (t->recovery != NAP_TCP_TIMEOUT || t->retransmits == 0) {
		begin_recovery(t, NAP_TCP_TIMEOUT);
		t->last_max = 0;
	}
	t->probed = false;
	for (uint32_t i = 0; i < t->n_sent; i++) {
		struct nap_tcp_segment *s = nap_tcp_segment(t, i);
		bool lately = i > 0 && t->latest_rtt > 0 && s->sent + t->latest_rtt > now;

		if (!(s->marks & NAP_TCP_SACKED) && !lately)
			nap_tcp_mark(t, s, NAP_TCP_LOST, NAP_TCP_RESENT);
	}
	t->cwnd = (uint16_t)(nap_tcp_in_flight(t) + 1);
}

void nap_tcp_reorder_over(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now)
{
	struct news news = { .rtt = NAP_NEVER, .since = t->since };

	(void)find_lost(t, now, &news);
	if (t->lost > 0 && t->recovery == NAP_TCP_ORDERLY)
		begin_recovery(t, NAP_TCP_FAST);
	if (news.lost > 0 && t->recovery == NAP_TCP_FAST) {
		news.arrived = t->delivered == 0; /* the first one goes */
		reduce(t, &news);
	}
	nap_tcp_arm_acked(t, cfg, now);
}

void nap_tcp_set_mss(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now)
{
	uint32_t mss = MIN(cfg->mss, t->peer_mss > 0 ? t->peer_mss : cfg->mss);
	bool smaller;

	if (t->pmtu > 0 && now >= t->pmtu_until) {
		t->pmtu = 0;
		t->may_be_cut = false;
	}
	if (t->pmtu > 0)
		mss = MIN(mss, t->pmtu - NAP_TCP_HEADERS);
	mss -= t->stamps ? 12 : 0;
	smaller = mss < t->mss;
	t->mss = (uint16_t)mss;
	if (smaller && t->n > 0)
		nap_tcp_recut(t);
}

/* Sizes that links have (RFC 1191 7.1), for routers that do not say what theirs is. */
static uint32_t plateau_below(uint32_t bytes)
{
	static const uint16_t plateaus[] = { 32000, 17914, 8166, 4352, 2002, 1492, 1006, 552 };

	for (size_t i = 0; i < G_N_ELEMENTS(plateaus); i++)
		if (plateaus[i] < bytes)
			return plateaus[i];
	return PMTU_LEAST;
}

void nap_tcp_too_big(struct nap_tcp *t, const struct nap_tcp_config *cfg, nap_time now, uint32_t mtu)
{
	mtu = mtu > 0 ? mtu : plateau_below(t->mss + NAP_TCP_HEADERS);
	if (t->pmtu > 0 && mtu >= t->pmtu)
		return;
	t->pmtu = (uint16_t)MAX(mtu, PMTU_LEAST);
	t->may_be_cut = mtu < PMTU_LEAST;
	t->pmtu_until = now + PMTU_LASTS;
	for (uint32_t i = 0; i < t->n_sent; i++) {
		struct nap_tcp_segment *s = nap_tcp_segment(t, i);
		uint32_t most = t->pmtu - NAP_TCP_HEADERS - (t->stamps ? 12 : 0);

		if (s->len > most && !(s->marks & NAP_TCP_SACKED))
			nap_tcp_mark(t, s, NAP_TCP_LOST, NAP_TCP_RESENT);
	}
	nap_tcp_set_mss(t, cfg, now);
	if (t->lost == 0 || t->recovery != NAP_TCP_ORDERLY)
		return;
	t->recovery = NAP_TCP_TIMEOUT; /* nothing of it is congestion */
	t->recovered = t->nxt;
	t->prior_cwnd = t->cwnd;
	t->prior_thresh = t->ssthresh;
}
