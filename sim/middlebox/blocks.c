/* SPDX-License-Identifier: BSD-2-Clause */
#include "middlebox/blocks.h"

#include "middlebox/lifetimes.h"
#include "middlebox/packet_context.h"

static bool dynamic(const struct nap_box *box)
{
	return box->blocks.n && box->config->block_allocation == NAP_BLOCK_DYNAMIC;
}

void nap_blocks_init(struct nap_box *box)
{
	const struct nap_box_config *c = box->config;
	struct blocks *k = &box->blocks;

	k->earliest_empty = k->latest_empty = NONE;
	if (c->kind != NAP_BOX_NAT || c->ports.word != NAP_PORTS_BLOCK)
		return;
	k->per_address = box->ports.count / c->ports.arg;
	k->n = k->per_address * box->addresses.n;
	if (!dynamic(box))
		return;
	k->block = g_new0(struct block, k->n);
	nap_rank_set_init(&k->taken, k->n);
}

void nap_blocks_reset(struct nap_box *box)
{
	struct blocks *k = &box->blocks;

	for (uint32_t i = 0; i < k->n_given; i++) {
		nap_rank_set_remove(&k->taken, k->given[i]);
		k->block[k->given[i]] = (struct block){ 0 };
	}
	k->n_given = 0;
	k->earliest_empty = k->latest_empty = NONE;
}

void nap_blocks_clear(struct nap_box *box)
{
	g_free(box->blocks.block);
	g_free(box->blocks.given);
	nap_rank_set_clear(&box->blocks.taken);
}

uint32_t nap_block_at(const struct nap_box *box, struct nap_endpoint at)
{
	const struct blocks *k = &box->blocks;
	uint32_t a = nap_address_number(box, at.addr), in;

	if (a == NONE || !nap_port_set_has(&box->ports, at.port))
		return NONE;
	in = nap_port_set_rank(&box->ports, at.port) / box->config->ports.arg;
	return in < k->per_address ? a * k->per_address + in : NONE;
}

uint32_t nap_block_rank(const struct nap_box *box, uint32_t b)
{
	return b % box->blocks.per_address * box->config->ports.arg;
}

nap_addr nap_block_address(const struct nap_box *box, uint32_t b)
{
	return box->addresses.addr[b / box->blocks.per_address];
}

/* A block that nobody has on address number a of the box (NONE: on any), each as likely as the others. */
static uint32_t draw(struct nap_box *box, uint32_t a)
{
	const struct blocks *k = &box->blocks;
	uint32_t lo = a == NONE ? 0 : a * k->per_address, hi = a == NONE ? k->n : lo + k->per_address;
	uint32_t n = nap_rank_set_absent(&k->taken, lo, hi);

	return n ? nap_rank_set_find_absent(&k->taken, lo, nap_rng_below(&box->rng, n)) : NONE;
}

static bool empties_before(const struct blocks *k, uint32_t a, uint32_t b)
{
	nap_time x = k->block[a].empty_since, y = k->block[b].empty_since;

	return x != y ? x < y : a < b;
}

/* Into the queue of empty ones; from its end, where nearly every one belongs. */
static void enqueue(struct blocks *k, uint32_t b)
{
	uint32_t before = k->latest_empty, *after;

	while (before != NONE && empties_before(k, b, before))
		before = k->block[before].earlier;
	after = before == NONE ? &k->earliest_empty : &k->block[before].later;
	k->block[b].earlier = before;
	k->block[b].later = *after;
	*(*after == NONE ? &k->latest_empty : &k->block[*after].earlier) = b;
	*after = b;
}

static void dequeue(struct blocks *k, uint32_t b)
{
	uint32_t before = k->block[b].earlier, after = k->block[b].later;

	*(before == NONE ? &k->earliest_empty : &k->block[before].later) = after;
	*(after == NONE ? &k->latest_empty : &k->block[after].earlier) = before;
}

static nap_time lapses_at(const struct nap_box *box, uint32_t b)
{
	return nap_time_after(box->blocks.block[b].empty_since, box->config->block_hold);
}

uint32_t nap_block_give(struct nap_box *box, uint32_t subscriber, nap_addr address, nap_time now)
{
	struct nap_endpoint first = { address, box->config->port_range.lo };
	struct subscriber *sub = &box->subscriber[subscriber];
	struct blocks *k = &box->blocks;
	uint32_t b = draw(box, address ? nap_block_at(box, first) / k->per_address : NONE);

	if (b == NONE)
		return NONE;
	nap_rank_set_add(&k->taken, b);
	if (k->n_given == k->given_size) {
		k->given_size = k->given_size ? k->given_size * 2 : 16;
		k->given = g_renew(uint32_t, k->given, k->given_size);
	}
	k->block[b] = (struct block){ .subscriber = subscriber,
		.next = sub->first_block,
		.prev = NONE,
		.place = k->n_given,
		.since = now,
		.empty_since = now };
	k->given[k->n_given++] = b;
	if (sub->first_block != NONE)
		k->block[sub->first_block].prev = b;
	sub->first_block = b;
	sub->blocks++;
	enqueue(k, b);
	nap_lifetime_set(box, LIFE_BLOCKS, 0, lapses_at(box, b));
	box->counts.log_records++;
	box->counts.blocks_live++;
	if (box->counts.blocks_live > box->counts.blocks_peak)
		box->counts.blocks_peak = box->counts.blocks_live;
	return b;
}

/* The block that a port in use is counted in, NONE: none is given and taken back. */
static uint32_t counted_in(const struct nap_box *box, struct nap_endpoint at)
{
	uint32_t b = dynamic(box) ? nap_block_at(box, at) : NONE;

	g_assert(b == NONE || nap_rank_set_has(&box->blocks.taken, b));
	return b;
}

bool nap_block_use(struct nap_box *box, struct nap_endpoint at)
{
	uint32_t b = counted_in(box, at);

	if (b != NONE && box->blocks.block[b].ports++ == 0)
		dequeue(&box->blocks, b);
	return b != NONE;
}

void nap_block_free(struct nap_box *box, struct nap_endpoint at, nap_time when)
{
	uint32_t b = counted_in(box, at);

	if (b == NONE || --box->blocks.block[b].ports)
		return;
	box->blocks.block[b].empty_since = when;
	enqueue(&box->blocks, b);
	nap_lifetime_set(box, LIFE_BLOCKS, 0, lapses_at(box, b));
}

static void tell(const struct nap_box *box, const struct block *b, nap_time end)
{
	static const struct nap_endpoint any = { 0, 0 };
	struct nap_box_flow whose = nap_owner_flow(box->subscriber[b->subscriber].inside, any, 0);

	whose.mapped.addr = nap_block_address(box, (uint32_t)(b - box->blocks.block));
	if (box->ended)
		box->ended(box->ended_ctx, NAP_ENDED_BLOCK, b->since, end, &whose);
}

static void take_back(struct nap_box *box, uint32_t b, nap_time when)
{
	struct blocks *k = &box->blocks;
	struct block *old = &k->block[b];
	struct subscriber *sub = &box->subscriber[old->subscriber];
	uint32_t last = k->given[--k->n_given];

	if (old->ports == 0)
		dequeue(k, b);
	*(old->prev == NONE ? &sub->first_block : &k->block[old->prev].next) = old->next;
	if (old->next != NONE)
		k->block[old->next].prev = old->prev;
	sub->blocks--;
	k->given[old->place] = last;
	k->block[last].place = old->place;
	nap_rank_set_remove(&k->taken, b);
	tell(box, old, when);
	box->counts.blocks_live--;
	box->counts.log_records++;
}

static nap_time blocks_due(const struct nap_box *box, uint32_t zero)
{
	const struct blocks *k = &box->blocks;

	(void)zero;
	return k->earliest_empty == NONE ? NAP_NEVER : lapses_at(box, k->earliest_empty);
}

static void blocks_lapse(struct nap_box *box, uint32_t zero, nap_time when)
{
	(void)zero;
	take_back(box, box->blocks.earliest_empty, when);
}

const struct lifetime_kind nap_blocks_lifetime = { blocks_due, blocks_lapse };

void nap_blocks_take_back(struct nap_box *box, nap_time now)
{
	while (box->blocks.n_given > 0)
		take_back(box, box->blocks.given[box->blocks.n_given - 1], now);
}

void nap_blocks_tell(const struct nap_box *box)
{
	const struct blocks *k = &box->blocks;

	for (uint32_t i = 0; i < k->n_given; i++)
		tell(box, &k->block[k->given[i]], NAP_NEVER);
}
