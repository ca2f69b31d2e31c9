/* SPDX-License-Identifier: BSD-2-Clause */
#include "path/proxy.h"

#include <glib.h>

#include "client/message.h"

#define KEEPALIVE_INTERVAL (75 * NAP_S) /* of the sockets' options: Linux tcp_keepalive_intvl ... */
#define KEEPALIVE_COUNT    9            /* ... and tcp_keepalive_probes */
#define ERROR_BYTES        320          /* HTTP 504 with nginx' own page */

const struct nap_tcp_config nap_proxy_host = {
	.rto_initial = NAP_S,
	.rto_max = 120 * NAP_S,
	.rto_min = 200 * NAP_MS,
	.retries = 15,
	.orphan_retries = 8,
	.syn_retries = 6,
	.syn_linear = 4,
	.synack_retries = 5,
	.fin_timeout = 60 * NAP_S,
	.user_timeout = NAP_NEVER,
	.delayed_ack = 40 * NAP_MS,
	.quick_acks = 16,
	.mss = 1460,
	.initial_window = 10,
	.nodelay = true,
	.ack_read = true,
	.idle_restart = true,
	.timestamps = true,
	.loss_probe = true,
};

/* One connection of the two. */
struct leg {
	struct nap_tcp tcp;
	uint32_t taken;  /* number behind the last message that has gone on to the other leg */
	GArray *waiting; /* struct nap_tcp_words that came from there and found no room; NULL: none ever did */
	bool to_finish;  /* the other end has closed: so does this leg, behind these */
	bool ended;      /* its end has closed its side */
	nap_time used;   /* since when nothing has kept it ... */
	nap_time idle;   /* ... and how long it bears that */
	struct nap_tcp_keepalive option;
};

struct nap_legs {
	struct nap_tcp_config host;
	struct leg leg[2]; /* of who opened; of the other end */
	bool connects;     /* the second one has been begun */
	bool closing;      /* an end is gone, or a timer is over: nothing is passed on any more */
	nap_time
		asked; /* since when nothing came of the other end's answer to a request, NAP_NEVER: it owes none */
	nap_time patience; /* how long that is borne */
	uint32_t request;  /* that one's number */
	uint16_t lane;     /* of the opener's segments */
	uint8_t pings;     /* enum nap_pings */
	uint8_t on_expiry; /* enum nap_on_expiry */
	nap_time since;    /* when its phase began, where that has a timer of its own */
	nap_time opening, connecting, half_closed, closes; /* these timers */
	struct nap_endpoint opener, wanted;
};

struct call {
	struct nap_legs *l;
	nap_time now;
	nap_legs_out_fn out;
	void *ctx;
};

static bool is_over(const struct nap_legs *l, int i)
{
	return l->leg[i].tcp.state == NAP_TCP_CLOSED || l->leg[i].tcp.state == NAP_TCP_TIME_WAIT;
}

static enum nap_legs_phase phase_of(const struct nap_legs *l)
{
	if (l->leg[0].tcp.state == NAP_TCP_SYN_RECEIVED)
		return NAP_LEGS_OPENING;
	if (is_over(l, 0) && (is_over(l, 1) || !l->connects))
		return NAP_LEGS_OVER;
	if (l->closing || (l->leg[0].ended && l->leg[1].ended))
		return NAP_LEGS_CLOSING;
	if (l->leg[1].tcp.state == NAP_TCP_SYN_SENT)
		return NAP_LEGS_CONNECTING;
	return l->leg[0].ended || l->leg[1].ended ? NAP_LEGS_HALF_CLOSED : NAP_LEGS_ESTABLISHED;
}

/* What a leg's TCP wants to send goes. */
static void send(const struct call *k, int i, const struct nap_outbox *out)
{
	for (uint32_t n = 0; n < out->n; n++) {
		struct nap_packet p = out->packet[n];

		if (i == 1)
			p.lane = k->l->lane;
		k->out(k->ctx, i == 1, &p);
	}
}

static void flush(const struct call *k, int i)
{
	struct nap_outbox out = { .n = 0 };

	nap_tcp_flush(&k->l->leg[i].tcp, &k->l->host, k->now, &out);
	send(k, i, &out);
}

/* What has waited goes as far as there is room, then the FIN behind it. */
static void pass_on(const struct call *k, int i)
{
	struct leg *leg = &k->l->leg[i];

	while (leg->waiting && leg->waiting->len > 0 && nap_tcp_room(&leg->tcp) > 0) {
		nap_tcp_write(&leg->tcp, &k->l->host, k->now,
			&g_array_index(leg->waiting, struct nap_tcp_words, 0));
		g_array_remove_index(leg->waiting, 0);
	}
	if (leg->to_finish && (!leg->waiting || leg->waiting->len == 0) &&
		leg->tcp.state != NAP_TCP_SYN_SENT) {
		nap_tcp_shutdown(&leg->tcp, NAP_CAUSE_BACKGROUND);
		leg->to_finish = false;
	}
	flush(k, i);
}

static void write_to(const struct call *k, int i, const struct nap_tcp_words *words)
{
	struct leg *leg = &k->l->leg[i];

	if (!leg->waiting)
		leg->waiting = g_array_new(FALSE, FALSE, sizeof *words);
	g_array_append_val(leg->waiting, *words);
	pass_on(k, i);
}

/* What is passed on keeps both. */
static void keep_both(const struct call *k)
{
	k->l->leg[0].used = k->l->leg[1].used = k->now;
}

/* What the proxy says to a ping itself; NAP_MSG_NONE: it is none, or an answer. */
static enum nap_message answer_to(const struct nap_packet *p)
{
	return p->message == NAP_MSG_KEEPALIVE          ? NAP_MSG_KEEPALIVE_ANSWER
	       : p->message == NAP_MSG_SERVER_KEEPALIVE ? NAP_MSG_SERVER_ANSWER
							: NAP_MSG_NONE;
}

/* A request goes on, or its answer. */
static void note_request(const struct call *k, int i, const struct nap_packet *p)
{
	struct nap_legs *l = k->l;

	if (i == 0 && p->message == NAP_MSG_REPORT) {
		l->asked = k->now;
		l->request = p->tag;
	} else if (i == 1 && p->message == NAP_MSG_REPORT_ANSWER) {
		l->asked = NAP_NEVER;
	}
}

/* A whole message has come by leg i, which p ends. */
static void take_message(const struct call *k, int i, const struct nap_packet *p)
{
	struct nap_legs *l = k->l;
	struct leg *from = &l->leg[i];
	struct nap_tcp_words words = { p->message, p->cause, p->seq + p->len - from->taken, p->tag,
		p->stamp };

	from->taken = p->seq + p->len;
	if (l->closing)
		return;
	if (p->says == NAP_SAYS_PING)
		l->host.pings = true; /* as its own are marked */
	if (p->says == NAP_SAYS_PING && l->pings != NAP_PINGS_COUNT) {
		if (l->pings == NAP_PINGS_ANSWER)
			from->used = k->now;
		words.message = (uint8_t)answer_to(p);
		if (words.message != NAP_MSG_NONE)
			write_to(k, i, &words);
		return;
	}
	keep_both(k);
	note_request(k, i, p);
	write_to(k, !i, &words);
}

/* Nothing is passed on any more; by RST or FIN, or without a word. */
static void end_leg(const struct call *k, int i, enum nap_on_expiry how)
{
	static const uint32_t spared[] = { NAP_EXPIRY_RST_OUTSIDE, NAP_EXPIRY_RST_INSIDE };
	struct nap_outbox out = { .n = 0 };
	struct nap_tcp *t = &k->l->leg[i].tcp;

	if (how == NAP_EXPIRY_FIN)
		nap_tcp_close(t, NAP_CAUSE_BACKGROUND);
	else if (how != NAP_EXPIRY_SILENT && how != spared[i])
		nap_tcp_reset(t, &k->l->host, k->now, NAP_CAUSE_BACKGROUND, &out);
	else
		nap_tcp_clear(t);
	nap_tcp_flush(t, &k->l->host, k->now, &out);
	send(k, i, &out);
}

/* Leg i's connection is gone: reset, or given up. The other one is closed, as a program does whose other socket has failed. */
static void lose(const struct call *k, int i)
{
	struct nap_legs *l = k->l;

	if (l->closing)
		return;
	l->closing = true;
	l->since = k->now;
	if (i == 1 || l->connects)
		end_leg(k, !i, l->on_expiry == NAP_EXPIRY_RST ? NAP_EXPIRY_RST : NAP_EXPIRY_FIN);
}

/* The opener's handshake is over: now for the other end. */
static void connect_on(const struct call *k)
{
	struct nap_legs *l = k->l;

	l->connects = true;
	l->since = k->now;
	nap_tcp_connect(&l->leg[1].tcp, &l->host, k->now, l->opener, l->wanted, &l->leg[1].option);
	flush(k, 1);
}

/* Messages that became whole with a segment which was not their own. */
static void take_stored(const struct call *k, int i)
{
	struct nap_packet p;

	while (nap_tcp_stored(&k->l->leg[i].tcp, &p)) {
		if (k->l->host.pings && p.cause == NAP_CAUSE_KEEPALIVE)
			p.says = NAP_SAYS_PING;
		take_message(k, i, &p);
	}
}

/* What an operation of leg i's TCP has brought about; p: by that segment. */
static void take_events(const struct call *k, int i, unsigned events, const struct nap_packet *p)
{
	struct nap_legs *l = k->l;

	if (events & NAP_TCP_CONNECTED) {
		l->leg[i].taken = l->leg[i].tcp.rcv;
		if (i == 0)
			connect_on(k);
		else
			keep_both(k);
	}
	if ((events & NAP_TCP_DATA) && p->says != NAP_SAYS_PING && !l->closing) {
		keep_both(k);
		if (i == 1 && l->asked != NAP_NEVER)
			l->asked = k->now;
	}
	if (events & NAP_TCP_MESSAGE)
		take_message(k, i, p);
	take_stored(k, i);
	if (events & NAP_TCP_ENDED) {
		l->leg[i].ended = l->leg[!i].to_finish = true;
		l->since = k->now;
	}
	if (events & NAP_TCP_ABORTED)
		lose(k, i);
	else if (l->connects && !l->closing)
		pass_on(k, !i);
	pass_on(k, i);
}

static struct nap_legs *open(const struct nap_box_config *c, nap_time now, const struct nap_packet *syn,
	nap_legs_out_fn out, void *ctx)
{
	struct nap_legs *l = g_new0(struct nap_legs, 1);
	struct call k = { l, now, out, ctx };

	l->host = nap_proxy_host;
	l->pings = (uint8_t)c->pings;
	l->on_expiry = (uint8_t)c->on_expiry;
	l->lane = syn->lane;
	l->opener = syn->src;
	l->wanted = syn->dst;
	l->since = now;
	l->asked = NAP_NEVER;
	l->patience = c->request_timeout;
	l->opening = c->timer[NAP_TIMER_SYN_SENT];
	l->connecting = c->timer[NAP_TIMER_SYN_RECV];
	l->half_closed = c->timer[NAP_TIMER_HALF_CLOSED];
	l->closes = c->timer[NAP_TIMER_CLOSING];
	for (int i = 0; i < 2; i++) {
		l->leg[i].used = now;
		l->leg[i].idle = nap_box_leg_idle(c, i == 1);
		l->leg[i].option = (struct nap_tcp_keepalive){ i ? c->server_keepalive : c->client_keepalive,
			KEEPALIVE_INTERVAL, KEEPALIVE_COUNT };
	}
	nap_tcp_accept(&l->leg[0].tcp, &l->host, now, syn, &l->leg[0].option);
	flush(&k, 0);
	return l;
}

static bool input(struct nap_legs *l, nap_time now, bool reply, const struct nap_packet *p,
	nap_legs_out_fn out, void *ctx)
{
	struct call k = { l, now, out, ctx };
	struct nap_outbox answers = { .n = 0 };
	struct nap_tcp *t = &l->leg[reply].tcp;
	bool syn = p->proto == NAP_TCP && (p->flags & (NAP_SYN | NAP_ACK | NAP_RST)) == NAP_SYN;
	unsigned events = 0;

	if (syn && !reply && phase_of(l) >= NAP_LEGS_CLOSING)
		return false;
	if (t->state != NAP_TCP_CLOSED)
		events = nap_tcp_input(t, &l->host, now, p, &answers);
	else if (p->proto == NAP_TCP)
		nap_tcp_refuse(p, &answers);
	send(&k, reply, &answers);
	take_events(&k, reply, events, p);
	return true;
}

/* When the answer that the other end owes has been waited for long enough. */
static nap_time gives_up(const struct nap_legs *l)
{
	return nap_time_after(l->asked, l->patience);
}

/* When the timer of its phase is over. */
static nap_time expires(const struct nap_legs *l)
{
	const struct leg *leg = l->leg;

	switch (phase_of(l)) {
	case NAP_LEGS_OPENING:
		return nap_time_after(l->since, l->opening);
	case NAP_LEGS_CONNECTING:
		return nap_time_after(l->since, l->connecting);
	case NAP_LEGS_ESTABLISHED:
		return nap_time_min(gives_up(l), nap_time_min(nap_time_after(leg[0].used, leg[0].idle),
							 nap_time_after(leg[1].used, leg[1].idle)));
	case NAP_LEGS_HALF_CLOSED:
		return nap_time_after(
			nap_time_max(l->since, nap_time_max(leg[0].used, leg[1].used)), l->half_closed);
	default:
		return nap_time_after(l->since, l->closes);
	}
}

/* Who asked is told, and both connections are closed. */
static void answer_error(const struct call *k)
{
	struct nap_legs *l = k->l;
	struct nap_tcp_words error = { NAP_MSG_REPORT_ERROR, NAP_CAUSE_BACKGROUND, ERROR_BYTES, l->request,
		k->now };

	write_to(k, 0, &error);
	l->closing = true;
	l->since = k->now;
	for (int i = 0; i < 2; i++)
		end_leg(k, i, NAP_EXPIRY_FIN);
}

/* That is so: what has begun is given up, what was idle is ended as on-expiry says, and what is still closing forgotten. */
static void expire(const struct call *k)
{
	struct nap_legs *l = k->l;
	enum nap_legs_phase phase = phase_of(l);
	bool silent = phase == NAP_LEGS_OPENING || phase >= NAP_LEGS_CLOSING;
	enum nap_on_expiry how = silent ? NAP_EXPIRY_SILENT : (enum nap_on_expiry)l->on_expiry;

	if (phase == NAP_LEGS_ESTABLISHED && gives_up(l) <= k->now) {
		answer_error(k);
		return;
	}
	l->closing = true;
	l->since = k->now;
	for (int i = 0; i < 2; i++)
		end_leg(k, i, how);
}

static void timer(struct nap_legs *l, nap_time now, nap_legs_out_fn out, void *ctx)
{
	struct call k = { l, now, out, ctx };

	for (int i = 0; i < 2; i++) {
		struct nap_outbox sent = { .n = 0 };
		unsigned events;

		if (nap_tcp_deadline(&l->leg[i].tcp) > now)
			continue;
		events = nap_tcp_timer(&l->leg[i].tcp, &l->host, now, &sent);
		nap_tcp_flush(&l->leg[i].tcp, &l->host, now, &sent);
		send(&k, i, &sent);
		if (events & NAP_TCP_ABORTED)
			lose(&k, i);
	}
	if (phase_of(l) != NAP_LEGS_OVER && expires(l) <= now)
		expire(&k);
}

static void end(struct nap_legs *l, nap_time now, nap_legs_out_fn out, void *ctx)
{
	expire(&(struct call){ l, now, out, ctx });
}

static struct nap_legs_look look(const struct nap_legs *l)
{
	nap_time ends = expires(l);
	nap_time due = nap_time_min(nap_tcp_deadline(&l->leg[0].tcp), nap_tcp_deadline(&l->leg[1].tcp));

	return (struct nap_legs_look){ phase_of(l), nap_time_min(due, ends), ends };
}

static bool sample(const struct nap_legs *l, bool reply, struct nap_packet *p)
{
	if (phase_of(l) != NAP_LEGS_ESTABLISHED)
		return false;
	*p = nap_tcp_sample(&l->leg[reply].tcp);
	return true;
}

static void clear(struct nap_legs *l)
{
	for (int i = 0; i < 2; i++) {
		nap_tcp_clear(&l->leg[i].tcp);
		if (l->leg[i].waiting)
			g_array_free(l->leg[i].waiting, TRUE);
	}
	g_free(l);
}

const struct nap_termination nap_proxy_termination = {
	.open = open,
	.input = input,
	.timer = timer,
	.end = end,
	.look = look,
	.sample = sample,
	.free = clear,
};
