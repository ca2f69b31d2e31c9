/* SPDX-License-Identifier: BSD-2-Clause */
#include "middlebox/port_pool.h"

#include "middlebox/mapping.h"

enum { PART_PORTS = NAP_POOL_PART_WORDS * 64, PATIENCE = 16 };

#define EVEN_PORTS UINT64_C(0x5555555555555555)

void nap_pools_init(struct port_pools *p)
{
	p->patience = PATIENCE;
	nap_index_none(&p->index);
}

void nap_pools_reset(struct port_pools *p)
{
	while (p->n)
		g_free(p->pool[--p->n]);
	nap_index_reset(&p->index);
}

void nap_pools_clear(struct port_pools *p)
{
	nap_pools_reset(p);
	g_free(p->pool);
	nap_index_clear(&p->index);
}

static uint32_t hash(uint8_t proto, nap_addr addr, struct nap_endpoint remote)
{
	return nap_index_hash((uint64_t)addr << 32 | remote.addr, (uint64_t)remote.port << 8 | proto);
}

static struct nap_endpoint whose(const struct nap_box *box, struct nap_endpoint remote)
{
	return box->config->overload ? remote : (struct nap_endpoint){ 0, 0 };
}

struct port_pool *nap_pool_find(
	const struct nap_box *box, uint8_t proto, nap_addr addr, struct nap_endpoint remote)
{
	const struct port_pools *p = &box->pools;
	struct nap_endpoint to = whose(box, remote);
	uint32_t h = hash(proto, addr, to), at = nap_index_first(&p->index, h), i;

	while ((i = nap_index_next(&p->index, h, &at)) != NONE) {
		struct port_pool *pool = p->pool[i];

		if (pool->addr == addr && pool->proto == proto && nap_endpoint_equal(pool->remote, to))
			return pool;
	}
	return NULL;
}

struct port_pool *nap_pool_make(struct nap_box *box, uint8_t proto, nap_addr addr, struct nap_endpoint remote)
{
	struct port_pools *p = &box->pools;
	struct port_pool *pool = g_new0(struct port_pool, 1);

	pool->addr = addr;
	pool->remote = whose(box, remote);
	pool->proto = proto;
	pool->room[0] = pool->room[1] = UINT64_MAX;
	if (p->n == p->size) {
		p->size = p->size ? p->size * 2 : 4;
		p->pool = g_renew(struct port_pool *, p->pool, p->size);
	}
	p->pool[p->n] = pool;
	nap_index_add(&p->index, hash(proto, addr, pool->remote), p->n++);
	return pool;
}

/* Never to be given: a search goes from the lowest port to the highest, and over the gaps. */
static bool between_ranges(const struct nap_box *box, uint16_t port)
{
	return box->ports.n > 1 && !nap_port_set_has(&box->ports, port);
}

static bool is_busy(const struct nap_box *box, const struct port_pool *pool, uint16_t port)
{
	struct nap_endpoint at = { pool->addr, port };
	struct key k = { .local = at, .remote = pool->remote, .proto = pool->proto, .side = NAP_OUTSIDE };

	if (between_ranges(box, port))
		return true;
	if (box->config->overload)
		return nap_table_find(box, &k) != NONE;
	return nap_extport_busy(box, pool->proto, at) || nap_extport_forwarded(box, pool->proto, at);
}

/* Notes which parities a word has to give, and its part. */
static void sum_up(struct port_pool *pool, uint32_t part, uint32_t word)
{
	uint64_t open = ~pool->busy[part][word];
	uint16_t bit = (uint16_t)(1u << word);

	for (int odd = 0; odd < 2; odd++) {
		uint16_t rest = pool->open[odd][part] & (uint16_t)~bit;

		pool->open[odd][part] = open & EVEN_PORTS << odd ? rest | bit : rest;
		pool->room[odd] &= ~(UINT64_C(1) << part);
		pool->room[odd] |= (uint64_t)(pool->open[odd][part] != 0) << part;
	}
}

static void fill_in(const struct nap_box *box, struct port_pool *pool, uint32_t part)
{
	if (pool->known >> part & 1)
		return;
	for (uint32_t i = 0; i < PART_PORTS; i++)
		if (is_busy(box, pool, (uint16_t)(part * PART_PORTS + i)))
			pool->busy[part][i / 64] |= UINT64_C(1) << i % 64;
	for (uint32_t word = 0; word < NAP_POOL_PART_WORDS; word++)
		sum_up(pool, part, word);
	pool->known |= UINT64_C(1) << part;
}

void nap_pool_mark(
	struct nap_box *box, uint8_t proto, struct nap_endpoint at, struct nap_endpoint remote, bool busy)
{
	uint32_t part = at.port / PART_PORTS, word = at.port % PART_PORTS / 64;
	uint64_t bit = UINT64_C(1) << at.port % 64;
	struct port_pool *pool = nap_pool_find(box, proto, at.addr, remote);

	if (!pool || !(pool->known >> part & 1) || between_ranges(box, at.port))
		return;
	if (busy || (!box->config->overload && nap_extport_forwarded(box, proto, at)))
		pool->busy[part][word] |= bit;
	else
		pool->busy[part][word] &= ~bit;
	sum_up(pool, part, word);
}

/* The lowest free port of a part from offset `from` on; PART_PORTS: none. */
static uint32_t next_in_part(
	const struct port_pool *pool, uint32_t part, uint32_t from, enum port_parity parity)
{
	uint32_t even = pool->open[0][part], odd = pool->open[1][part];
	uint32_t words = parity == PORT_ANY ? even | odd : parity == PORT_ODD ? odd : even;
	uint64_t wanted = parity == PORT_ANY ? UINT64_MAX : EVEN_PORTS << parity;
	uint64_t bits = ~pool->busy[part][from / 64] & wanted & UINT64_MAX << from % 64;

	if (bits)
		return from / 64 * 64 + (uint32_t)__builtin_ctzll(bits);
	words &= UINT32_MAX << from / 64 << 1; /* those after */
	if (!words)
		return PART_PORTS;
	bits = ~pool->busy[part][__builtin_ctz(words)] & wanted;
	return (uint32_t)__builtin_ctz(words) * 64 + (uint32_t)__builtin_ctzll(bits);
}

/* The first part from `part` on that may have a port of the parity; NAP_POOL_PARTS: none. */
static uint32_t next_part(const struct port_pool *pool, uint32_t part, enum port_parity parity)
{
	uint64_t room = parity == PORT_ANY ? pool->room[0] | pool->room[1] : pool->room[parity];

	room &= part < NAP_POOL_PARTS ? UINT64_MAX << part : 0;
	return room ? (uint32_t)__builtin_ctzll(room) : NAP_POOL_PARTS;
}

uint32_t nap_pool_next(const struct nap_box *box, struct port_pool *pool, uint32_t from, uint32_t end,
	enum port_parity parity)
{
	while (from < end) {
		uint32_t part = from / PART_PORTS, at;

		fill_in(box, pool, part);
		at = part * PART_PORTS + next_in_part(pool, part, from % PART_PORTS, parity);
		if (at < (part + 1) * PART_PORTS)
			return at < end ? at : NONE;
		from = next_part(pool, part + 1, parity) * PART_PORTS;
	}
	return NONE;
}
