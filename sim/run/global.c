/* SPDX-License-Identifier: BSD-2-Clause */
/* The global order: one queue over all subscribers in time order, for boxes whose limits couple them. */
#include <glib.h>
#include <string.h>

#include "path/reach.h"
#include "kernel/calendar.h"
#include "kernel/pages.h"
#include "middlebox/fetch.h"
#include "run/senders.h"
#include "run/warm.h"
#include "run/workspace.h"

/* What memory is asked for, in this order: places in the queue, subscribers' own, that of their sessions. */
enum { FETCH_ENTRIES, FETCH_SUBSCRIBERS, FETCH_SESSIONS, FETCHES };

enum { LARGE = 1 << 20 };

/* A packet that leaves a shared box on its way to a subscriber who has no part in the current event. */
struct handed {
	uint32_t id, hop;
	enum nap_side side;
	bool foreign;
	struct nap_packet packet;
};

/* A session that a shared box threw out. */
struct victim {
	uint32_t hop;
	struct nap_box_flow flow;
};

/* All boxes of one subscriber, from the client outwards. */
struct chain {
	struct nap_box *box[NAP_HOPS_MAX];
};

/* Everything that lives as long as one replication in the global order. */
struct population {
	struct nap_workspace *ws;
	struct nap_part *parts;
	char *sub;      /* n subscribers, stride bytes each: behind ... */
	size_t account; /* ... so many of them stands its account */
	bool large;     /* they stand in no cache */
	size_t stride;
	struct chain *chain; /* one per subscriber, or one for all when every box is shared */
	uint32_t chains, n;
	struct nap_box *shared[NAP_HOPS_MAX];
	struct nap_calendar queue;
	struct nap_charged *charged;  /* one per part, of each kind */
	uint16_t *kind;               /* of each subscriber; NULL: all alike */
	uint32_t counted;             /* whom the line's counters are pointed at: of ... */
	uint32_t first, within;       /* ... its part so many from the first on; 0 where kinds are mixed */
	struct nap_workspace *counts; /* whose line that is */
	struct nap_charged *charged_here; /* of that part */
	uint64_t fetched[FETCHES];        /* up to which day of the queue each was asked for */
	nap_time alarm;                   /* a shared box does not act by itself before */
	nap_time reading;                 /* when the load is next read, NAP_NEVER: not before the end */
	struct nap_load_reading read;
	const struct nap_observer *observer; /* of subscriber 0, or NULL */
	GArray *handed;                      /* struct handed, of the current event */
	struct victim *victim;               /* of the current event: so many, and room */
	uint32_t victims, room;
	struct nap_senders
		*senders; /* where a box that acts stands behind a shared NAT, which may forget first */
};

static struct nap_subscriber *sub_of(const struct population *c, uint32_t id)
{
	return (struct nap_subscriber *)(void *)(c->sub + id * c->stride);
}

static struct nap_account *account_of(const struct population *c, uint32_t id)
{
	return (struct nap_account *)(void *)(c->sub + id * c->stride + c->account);
}

/* What subscriber id's kind is run with. */
static struct nap_workspace *ws_of(const struct population *c, uint32_t id)
{
	return c->kind ? c->ws->kind[c->kind[id]] : c->ws;
}

static struct nap_line *line_of(const struct population *c, uint32_t id)
{
	return &ws_of(c, id)->line;
}

/* The number of the part that counts for subscriber id. */
static uint32_t part_of(const struct population *c, uint32_t id)
{
	const struct nap_plan *plan = c->ws->plan;

	return (c->kind ? c->kind[id] * plan->parts : 0) + id / plan->part_size;
}

/* Charge what was counted to whom it was counted for. */
static inline void charge(struct population *c)
{
	nap_account_charge(c->counts, c->charged_here, account_of(c, c->counted));
}

/* Point the line's counters at the part of subscriber id. */
static G_NO_INLINE void point_at(struct population *c, uint32_t id)
{
	uint32_t part = part_of(c, id), size = c->ws->plan->part_size;

	c->first = id / size * size;
	c->within = c->kind ? 0 : size;
	c->counts = ws_of(c, id);
	c->charged_here = &c->charged[part];
	c->counts->line.tally = &c->parts[part].tally;
	c->counts->line.meter = c->parts[part].meter;
}

/* What is counted from now on is subscriber id's. */
NAP_HOT static void count_for(struct population *c, uint32_t id)
{
	if (id == c->counted)
		return;
	charge(c);
	c->counted = id;
	if (c->chains > 1)
		nap_line_hold_boxes(line_of(c, id), c->chain[id].box);
	if (G_UNLIKELY(id - c->first >= c->within))
		point_at(c, id);
}

static uint32_t owner_of(
	const struct population *c, uint32_t hop, nap_time now, const struct nap_box_flow *flow)
{
	/* between shared boxes there may stand a subscriber's own; then the address says whose, and no box is asked */
	return nap_chain_owner(&c->ws->line.chain, c->chain[0].box, hop, now, flow);
}

/* Its memory will be wanted soon: large populations stand in no cache. */
static inline void fetch_subscriber(struct population *c, uint32_t id)
{
	if (id >= c->n)
		return;
	for (size_t i = 0; i < c->stride; i += 64)
		__builtin_prefetch(c->sub + id * c->stride + i, 1);
}

NAP_COLD static void more_room(struct population *c)
{
	c->room = c->room ? 2 * c->room : 16;
	c->victim = g_renew(struct victim, c->victim, c->room);
}

NAP_HOT void nap_population_evicted(struct population *c, uint32_t hop, const struct nap_box_flow *whose)
{
	if (c->victims == c->room)
		more_room(c);
	c->victim[c->victims++] = (struct victim){ hop, *whose };
	if (c->large && hop == 0) /* where no box is asked, which may be at work just now */
		fetch_subscriber(c, owner_of(c, hop, 0, whose));
}

/* After an event: the victims' way in is settled and looked at again. */
static G_NO_INLINE void attend_victims(struct population *c, nap_time now)
{
	for (uint32_t i = 0; i < c->victims; i++) {
		const struct victim *v = &c->victim[i];
		uint32_t id = owner_of(c, v->hop, now, &v->flow);

		if (id == NAP_NOBODY)
			continue; /* an inner box had forgotten it: its owner has lost it already */
		count_for(c, id);
		nap_reach_settle(sub_of(c, id), line_of(c, id), now);
		nap_reach_evicted(sub_of(c, id), line_of(c, id), now);
	}
	c->victims = 0;
}

static void hand_over(
	void *ctx, uint32_t id, uint32_t hop, enum nap_side side, bool foreign, const struct nap_packet *p)
{
	struct population *c = ctx;
	struct handed d = { id, hop, side, foreign, *p };

	g_array_append_val(c->handed, d);
}

/* After an event: what was handed sets out on its way, each packet for its own subscriber. */
static G_NO_INLINE void send_handed(struct population *c, nap_time now)
{
	for (guint i = 0; i < c->handed->len; i++) { /* which may hand over more */
		struct handed d = g_array_index(c->handed, struct handed, i);
		struct nap_subscriber *s = sub_of(c, d.id);

		count_for(c, d.id);
		nap_subscriber_emit(s, line_of(c, d.id), now, d.hop, d.side, d.foreign, &d.packet);
		nap_calendar_move(&c->queue, d.id, nap_subscriber_next(s, line_of(c, d.id)));
	}
	if (c->handed->len)
		g_array_set_size(c->handed, 0);
}

struct emission {
	struct population *c;
	uint32_t hop;
};

static void on_emit(void *ctx, enum nap_side side, const struct nap_packet *p, nap_time now,
	const struct nap_box_flow *about)
{
	struct emission *e = ctx;
	uint32_t id = NAP_NOBODY;

	if (!about) /* the answer to a held SYN: no server of a run sends any */
		return;
	if (e->c->senders)
		id = nap_senders_find(e->c->senders, e->hop, about);
	if (id == NAP_NOBODY)
		id = owner_of(e->c, e->hop, now, about);
	if (id != NAP_NOBODY)
		hand_over(e->c, id, e->hop, side, false, p);
}

static void on_comes(void *ctx, uint32_t id, uint32_t hop, const struct nap_packet *p)
{
	const struct population *c = ctx;

	nap_senders_note(c->senders, id, hop, p);
}

/* Who owns a flow is asked of the NATs before the box; does one that acts by itself stand behind a shared one? */
static bool owners_may_be_forgotten(const struct nap_line *line)
{
	for (uint32_t n = 0; line->boxes_act && n < line->n_nets; n++) {
		bool behind = false;

		for (uint32_t i = 0; i < line->net[n].n_hops; i++) {
			uint32_t k = nap_net_hop(&line->net[n], i);

			if (behind && line->chain.shared[k])
				return true;
			behind |= line->chain.shared[k] && line->chain.middlebox[k].box.kind == NAP_BOX_NAT;
		}
	}
	return false;
}

/* Of the shared boxes, when the first acts by itself: by nap_box_deadline, or only not before then, by nap_box_quiet_until. */
static inline nap_time alarm_of(const struct population *c, nap_time (*ask)(const struct nap_box *))
{
	nap_time first = NAP_NEVER;

	for (uint32_t k = 0; c->ws->line.boxes_act && k < c->ws->line.n_hops; k++)
		if (c->shared[k])
			first = nap_time_min(first, ask(c->shared[k]));
	return first;
}

/* What follows for others from an event at now. */
static inline void follow_up(struct population *c, nap_time now)
{
	if (c->handed->len > 0)
		send_handed(c, now);
	if (c->victims > 0)
		attend_victims(c, now);
	c->alarm = alarm_of(c, nap_box_quiet_until);
}

/* Shared boxes act before anybody's own event of the same time. */
static void act(struct population *c)
{
	nap_time now = c->alarm;

	for (uint32_t k = 0; k < c->ws->line.n_hops; k++) {
		struct emission e = { c, k };

		if (c->shared[k] && nap_box_deadline(c->shared[k]) <= now)
			nap_box_advance(c->shared[k], now, on_emit, &e);
	}
	follow_up(c, now);
}

static void make_boxes(struct population *c)
{
	struct nap_workspace *ws = c->ws;
	const struct nap_chain_plan *plan = &ws->line.chain;
	bool all_shared = true;

	for (uint32_t k = 0; k < plan->n_hops; k++)
		all_shared &= plan->shared[k];
	c->chains = all_shared ? 1 : c->n;
	c->chain = g_new0(struct chain, c->chains);
	for (uint32_t k = 0; k < plan->n_hops; k++)
		if (plan->shared[k]) {
			c->shared[k] = nap_chain_box(plan, ws->line.replication, k, NAP_NOBODY, c->n);
			nap_workspace_watch(ws, c->shared[k], k);
			ws->watch[k].population = c;
		}
	for (uint32_t i = 0; i < c->chains; i++)
		for (uint32_t k = 0; k < plan->n_hops; k++)
			c->chain[i].box[k] = c->shared[k] ? c->shared[k]
							  : nap_chain_box_of_many(&line_of(c, i)->chain,
								    ws->line.replication, k, i, 4);
}

static void free_boxes(struct population *c)
{
	for (uint32_t i = 0; i < c->chains; i++) {
		for (uint32_t k = 0; k < NAP_HOPS_MAX; k++)
			if (!c->shared[k])
				nap_box_free(c->chain[i].box[k]);
	}
	for (uint32_t k = 0; k < NAP_HOPS_MAX; k++)
		nap_box_free(c->shared[k]);
	g_free(c->chain);
}

/* Are the meters of all parts billed, each for its kind? */
static void bill_all(struct population *c, bool on)
{
	const struct nap_plan *plan = c->ws->plan;

	for (uint32_t i = 0; i < nap_plan_parts(plan); i++)
		nap_account_bill(c->kind ? c->ws->kind[i / plan->parts] : c->ws, c->parts[i].meter, on);
}

static void start_all(struct population *c)
{
	const struct nap_plan *plan = c->ws->plan;

	c->account = nap_subscriber_bytes(&c->ws->line);
	for (uint32_t k = 0; k < plan->kinds; k++)
		c->account = MAX(c->account, nap_subscriber_bytes(&c->ws->kind[k]->line));
	c->stride = c->account + sizeof(struct nap_account);
	c->sub = nap_pages_new(c->n * c->stride);
	c->large = c->n * c->stride > LARGE;
	c->charged = g_new0(struct nap_charged, nap_plan_parts(plan));
	point_at(c, 0);
	nap_line_hold_boxes(&c->ws->line, c->chain[0].box);
	for (uint32_t k = 0; k < plan->kinds; k++)
		nap_line_hold_boxes(&c->ws->kind[k]->line, c->chain[0].box);
	bill_all(c, true);
	nap_calendar_init(&c->queue, c->n);
	for (uint32_t i = 0; i < c->n; i++) {
		c->parts[part_of(c, i)].subscribers++;
		*account_of(c, i) = (struct nap_account){ 0 };
		count_for(c, i);
		nap_subscriber_init(sub_of(c, i), line_of(c, i), i);
		nap_calendar_add(&c->queue, nap_subscriber_next(sub_of(c, i), line_of(c, i)), i);
	}
	nap_calendar_order(&c->queue);
}

static void count_boxes(struct population *c)
{
	const struct nap_plan *plan = c->ws->plan;

	for (uint32_t k = 0; k < plan->sc->n_middleboxes; k++) {
		if (c->shared[k]) {
			nap_workspace_count_box(c->ws, c->shared[k], k, &c->parts[0]);
			continue;
		}
		for (uint32_t i = 0; i < c->n; i++)
			nap_workspace_count_box(c->ws, c->chain[i].box[k], k, &c->parts[part_of(c, i)]);
	}
}

/* That something befalls a shared box, whoever's event it is, all know. */
static void share_befell(struct population *c, struct nap_line *line, bool before)
{
	nap_time *all = c->ws->line.befell;

	if (line->n_befalls > 0 && line != &c->ws->line)
		memcpy(before ? line->befell : all, before ? all : line->befell, sizeof line->befell);
}

/* The same for what its flow has in the first middlebox. */
static inline void fetch_session(const struct population *c, uint32_t id)
{
	const struct nap_line *line = line_of(c, id);
	const struct nap_subscriber *s = sub_of(c, id);
	const struct nap_net *net = nap_net_of(s, line);

	if (net->n_hops > 0 && c->shared[nap_net_hop(net, 0)])
		nap_box_fetch(c->shared[nap_net_hop(net, 0)],
			line->client.app->transport == NAP_OVER_UDP ? NAP_UDP : NAP_TCP,
			nap_client_of(s)->self, nap_client_of(s)->peer);
}

/* One step of what is fetched for those who are due on a day. */
static inline void fetch_day(struct population *c, int what, uint64_t day)
{
	uint32_t id = nap_calendar_on(&c->queue, day);

	if (id == UINT32_MAX)
		return;
	if (what == FETCH_ENTRIES) {
		nap_calendar_fetch(&c->queue, id);
		return;
	}
	for (; id != UINT32_MAX; id = nap_calendar_beside(&c->queue, id))
		if (what == FETCH_SUBSCRIBERS)
			fetch_subscriber(c, id);
		else
			fetch_session(c, id);
}

/* Memory of those who are due in a few days is fetched while others have their turn. */
NAP_HOT static void fetch_ahead(struct population *c)
{
	static const uint64_t ahead[FETCHES] = { 16, 8, 4 };
	uint64_t today = nap_calendar_today(&c->queue);

	for (int what = 0; what < FETCHES - !c->large; what++) {
		for (uint64_t day = MAX(c->fetched[what], today); day < today + ahead[what]; day++)
			fetch_day(c, what, day);
		c->fetched[what] = today + ahead[what];
	}
}

/* What follows is subscriber id's doing: the first one's is watched. */
NAP_HOT static void watch_for(struct population *c, struct nap_line *line, uint32_t id)
{
	if (!c->observer)
		return;
	line->observer = id == 0 ? c->observer : NULL;
	nap_workspace_observe(line->meter, line->observer);
}

/* What all have counted since the last reading of the load. */
static void read_load(struct population *c)
{
	const struct nap_plan *plan = c->ws->plan;
	struct nap_load_counts now = { 0 };

	for (uint32_t i = 0; i < nap_plan_parts(plan); i++)
		nap_load_count(
			&now, c->kind ? &c->ws->kind[i / plan->parts]->line : &c->ws->line, &c->parts[i]);
	nap_load_read(c->ws->load, &c->read, &now, c->shared, c->ws->line.duration);
	c->reading = nap_load_until(c->ws->load, &c->read);
}

/* An interval of the load is over: radios' demotions that are due belong to it. */
static void end_interval(struct population *c)
{
	for (uint32_t i = 0; i < c->n; i++) {
		struct nap_line *line = line_of(c, i);
		struct nap_subscriber *s = sub_of(c, i);

		count_for(c, i);
		watch_for(c, line, i);
		nap_radio_settle(&s->radio, nap_tech_of(s, line), c->reading - 1, nap_meter_of(s, line));
	}
	read_load(c);
}

/* The next event of a subscriber, or of a shared box: false when none is left before the end. */
static bool take_next(struct population *c)
{
	struct nap_heap_entry next = nap_calendar_next(&c->queue);
	nap_time now = next.at;
	uint32_t id = next.id;
	struct nap_line *line = line_of(c, id);
	struct nap_subscriber *s = sub_of(c, id);
	enum nap_timer_id what;

	if (c->alarm <= now) /* only now it matters when exactly, which is a search in the boxes' wheels */
		c->alarm = alarm_of(c, nap_box_deadline);
	if (c->reading < line->duration && nap_time_min(c->alarm, now) >= c->reading) {
		end_interval(c);
		return true;
	}
	if (nap_time_min(c->alarm, now) >= line->duration || nap_workspace_stopped(c->ws))
		return false;
	if (c->alarm <= now) {
		act(c);
		return true;
	}
	fetch_ahead(c);
	count_for(c, id);
	watch_for(c, line, id);
	share_befell(c, line, true);
	what = nap_subscriber_due(s, line, &now);
	nap_subscriber_take(s, line, what, now);
	share_befell(c, line, false);
	nap_calendar_move(&c->queue, id, nap_subscriber_next(s, line));
	follow_up(c, now);
	return true;
}

/* Ready a workspace, that of all or of one kind. */
static void begin(struct population *c, struct nap_workspace *ws, uint32_t replication)
{
	nap_workspace_begin(ws, replication, NULL);
	ws->line.cycles = NULL;
	ws->line.hand_over = hand_over;
	ws->line.hand_over_ctx = c;
	ws->line.comes = c->senders ? on_comes : NULL;
	ws->line.looks_ahead |= c->senders != NULL;
}

static void end(struct nap_workspace *ws)
{
	nap_flights_clear(&ws->line.flights);
	nap_line_hold_boxes(&ws->line, ws->box);
	ws->line.hand_over = NULL;
	ws->line.comes = NULL;
}

static void begin_all(struct population *c, uint32_t replication)
{
	const struct nap_plan *plan = c->ws->plan;

	if (owners_may_be_forgotten(&c->ws->line))
		c->senders = nap_senders_new();
	begin(c, c->ws, replication);
	for (uint32_t k = 0; k < plan->kinds; k++)
		begin(c, c->ws->kind[k], replication);
	c->kind = plan->kinds ? g_new(uint16_t, c->n) : NULL;
	for (uint32_t i = 0; i < c->n && c->kind; i++)
		c->kind[i] = (uint16_t)nap_kind_of(plan->sc, replication, i);
	c->handed = g_array_new(FALSE, FALSE, sizeof(struct handed));
	make_boxes(c);
	start_all(c);
	c->reading = nap_load_counts_now(c->ws) ? nap_load_until(c->ws->load, &c->read) : NAP_NEVER;
	c->alarm = alarm_of(c, nap_box_quiet_until);
}

/* What a subscriber counted, less its warm-up, is added to what is told of all. */
static void close_account(struct population *c, uint32_t id)
{
	struct nap_workspace *ws = ws_of(c, id);
	const struct nap_scenario *sc = ws->plan->sc;
	struct nap_tally *tally = &c->parts[part_of(c, id)].tally;

	if (nap_warm_account(ws->warm, account_of(c, id), sc, tally))
		nap_each_add(&ws->each, sc, account_of(c, id));
}

static void finish_all(struct population *c)
{
	for (uint32_t i = 0; i < c->n; i++) {
		count_for(c, i);
		watch_for(c, line_of(c, i), i);
		nap_subscriber_finish(sub_of(c, i), line_of(c, i));
	}
	charge(c);
	bill_all(c, false);
	for (uint32_t i = 0; i < c->n; i++)
		close_account(c, i);
	count_boxes(c);
	if (nap_load_counts_now(c->ws))
		read_load(c);
}

static void free_all(struct population *c)
{
	struct nap_workspace *ws = c->ws;

	free_boxes(c);
	for (uint32_t k = 0; k < ws->line.n_hops; k++)
		ws->watch[k].population = NULL; /* the workspace may run parts next */
	nap_calendar_clear(&c->queue);
	end(ws);
	for (uint32_t k = 0; k < ws->plan->kinds; k++)
		end(ws->kind[k]);
	g_free(c->sub);
	g_free(c->charged);
	g_free(c->kind);
	g_array_unref(c->handed);
	g_free(c->victim);
	nap_senders_free(c->senders);
}

NAP_HOT void nap_run_global(struct nap_workspace *ws, uint32_t replication,
	const struct nap_observer *observer, struct nap_part *out)
{
	struct population c = {
		.ws = ws, .parts = out, .n = ws->plan->sc->general.subscribers, .observer = observer
	};

	memset(out, 0, nap_plan_parts(ws->plan) * sizeof *out);
	begin_all(&c, replication);
	while (take_next(&c))
		;
	finish_all(&c);
	free_all(&c);
}
