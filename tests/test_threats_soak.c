/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A long time under flood, in memory by a clock of its own: strangers, spoofed records, greedy clients with good cookies and rubbish, a
 * hundred a second and for a second of each minute 30,000. A client that stays is answered whenever it asks, newcomers are
 * served within 2 s, and memory does not grow. Ten minutes; make check-long plays a day and a night.
 */
#include <stdio.h>
#include <unistd.h>

#include "kernel/rng.h"
#include "long.h"
#include "reflector_stage.h"

#define GREEDY 64    /* attackers who prove their addresses */
#define BURST  30000 /* attacks a second: more than the server takes of all together */

struct soak {
	struct stage s;
	struct nap_rng rng;
	struct client greedy[GREEDY];
	struct client stays;
	uint64_t attacks;
	uint32_t asked, answered, came, served;
	nap_time slowest; /* of newcomers */
};

static size_t resident(void)
{
	unsigned long pages = 0, all = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	g_assert_nonnull(f);
	g_assert_cmpint(fscanf(f, "%lu %lu", &all, &pages), ==, 2);
	fclose(f);
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

/* What is sent from here on; true: the last is of that type and to that client. */
static bool told(struct soak *k, const struct client *c, uint8_t type)
{
	for (guint i = 0; i < k->s.sent->len; i++) {
		const struct sent *one = &g_array_index(k->s.sent, struct sent, i);
		struct nap_record w;

		if (nap_inet_equal(&one->to.remote, &c->at) &&
			nap_record_read(one->data, NAP_RECORD_SIZE, &w) && w.type == type)
			return true;
	}
	return false;
}

/* A greedy one greets again where it has no cookie yet, else opens flows, orders and polls. */
static void be_greedy(struct soak *k)
{
	uint32_t i = nap_rng_below(&k->rng, GREEDY);
	struct client *c = &k->greedy[i];
	struct nap_record w, hello = { .type = NAP_RECORD_HELLO, .association = k->attacks + GREEDY };

	if (nap_rng_below(&k->rng, 20) == 0) {
		c->at = host(0x100000 | i << 4, (uint16_t)nap_rng_next(&k->rng));
		g_array_set_size(k->s.sent, 0);
		put(&k->s, &c->at, &hello);
		if (told(k, c, NAP_RECORD_WELCOME)) {
			c->cookie = last(&k->s);
			c->seq = 1;
		}
		return;
	}
	switch (nap_rng_below(&k->rng, 3)) {
	case 0:
		w = flow_record(c, (uint32_t)nap_rng_next(&k->rng));
		break;
	case 1:
		w = order_record(c, (uint32_t)nap_rng_next(&k->rng) % 8, NAP_RECORD_SEND);
		break;
	default:
		w = signed_record(c, NAP_RECORD_POLL);
	}
	put(&k->s, &c->at, &w);
}

static void attack(struct soak *k)
{
	struct nap_record w = { .type = NAP_RECORD_POLL, .association = k->attacks, .seq = 1, .epoch = 1 };
	struct nap_inet at = host(nap_rng_below(&k->rng, 1 << 24), (uint16_t)nap_rng_next(&k->rng));
	struct nap_reflect_path path = { .remote = at, .conn = -1 };
	uint8_t rubbish[NAP_RECORD_SIZE];

	k->attacks++;
	switch (nap_rng_below(&k->rng, 4)) {
	case 0: /* a stranger */
		w = (struct nap_record){ .type = NAP_RECORD_HELLO, .association = k->attacks };
		put(&k->s, &at, &w);
		break;
	case 1: /* the address of the one that stays */
		put(&k->s, &k->stays.at, &w);
		break;
	case 2:
		be_greedy(k);
		break;
	default:
		for (size_t i = 0; i < sizeof(rubbish); i++)
			rubbish[i] = (uint8_t)nap_rng_next(&k->rng);
		nap_reflector_datagram(
			k->s.r, k->s.now, &path, rubbish, nap_rng_below(&k->rng, sizeof(rubbish) + 1));
	}
	g_array_set_size(k->s.sent, 0);
}

/* For so long, so many attacks a second. */
static void endure(struct soak *k, nap_time span, uint32_t rate)
{
	uint32_t n = (uint32_t)(span * rate / NAP_S);

	for (uint32_t i = 0; i < n; i++, k->s.now += NAP_S / rate)
		attack(k);
	nap_reflector_tick(k->s.r, k->s.now);
	g_array_set_size(k->s.sent, 0);
}

/* Opens a flow (again), and the server sends what is ordered there. */
static bool is_served(struct soak *k, struct client *c)
{
	struct nap_record flow = flow_record(c, 3), order = order_record(c, 3, NAP_RECORD_SEND);

	put(&k->s, &c->at, &flow);
	say(&k->s, c, NAP_RECORD_CREDIT);
	g_array_set_size(k->s.sent, 0);
	put(&k->s, &c->at, &order);
	return told(k, c, NAP_RECORD_DONE) && last(&k->s).done.result == NAP_RECORD_OK;
}

/* Renews its cookie, and is served. */
static void ask(struct soak *k)
{
	bool renewed;

	say(&k->s, &k->stays, NAP_RECORD_HELLO);
	renewed = told(k, &k->stays, NAP_RECORD_WELCOME);
	if (renewed)
		k->stays.cookie = last(&k->s);
	k->asked++;
	k->answered += renewed && is_served(k, &k->stays);
	g_array_set_size(k->s.sent, 0);
}

/* One whom nobody knows greets every 150 ms. */
static void come(struct soak *k)
{
	struct client c = { .at = host(0x200000 + k->came++, 4000) };
	struct nap_record hello = { .type = NAP_RECORD_HELLO, .association = UINT64_MAX - k->came };
	nap_time begin = k->s.now;

	while (k->s.now - begin < 2 * NAP_S) {
		put(&k->s, &c.at, &hello);
		if (told(k, &c, NAP_RECORD_WELCOME)) {
			c.cookie = last(&k->s);
			c.seq = 1;
			k->served += is_served(k, &c);
			k->slowest = MAX(k->slowest, k->s.now - begin);
			return;
		}
		endure(k, 150 * NAP_MS, BURST);
	}
}

static void test_soak(void)
{
	struct soak k = { .rng = nap_rng_stream(20, 0, 0, NAP_RNG_SEARCH) };
	uint32_t minutes = how_many(10, 24 * 60);
	size_t before = 0;

	set_up(&k.s);
	k.stays = welcome(&k.s, host(7, 4000), 1);
	for (uint32_t minute = 0; minute < minutes; minute++) {
		if (minute == minutes / 2)
			before = resident(); /* each table has been full by now */
		endure(&k, NAP_S / 2, BURST);
		come(&k);
		endure(&k, NAP_S / 2, BURST);
		for (int i = 0; i < 6; i++) {
			ask(&k);
			endure(&k, 9 * NAP_S, 100);
		}
	}
	g_test_message("%u min, %" G_GUINT64_FORMAT
		       " attacks, %u of %u asked answered, %u of %u newcomers served, the slowest in %.2f s, "
		       "memory %+.1f kB",
		minutes, k.attacks, k.answered, k.asked, k.served, k.came, (double)k.slowest / NAP_S,
		((double)resident() - (double)before) / 1024);
	g_assert_cmpuint(k.answered, ==, k.asked);
	g_assert_cmpuint(k.served, ==, k.came);
	g_assert_true(!MEMORY_TELLS || resident() <= before + 256 * 1024);
	tear_down(&k.s);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/threats/soak", test_soak);
	return g_test_run();
}
