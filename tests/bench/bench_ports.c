/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a choice of external ports costs: a NAT in which sessions open and lapse all the time, by scheme of allocation
 * and by how full it is. Blocks beside random ports, pools that are used up, many devices that start at once. Prints ns
 * per decision with ten thousand and with a hundred thousand live sessions, and the ratios. Fails when a decision gets
 * more than four times as dear by the tenfold size: caches alone cost up to three, a walk over what is idle ten.
 */
#include <stdio.h>
#include <time.h>

#include "../box_test.h"

enum { SMALL = 10000, LARGE = 100000, REPEATS = 2, HOST_FLOWS = 10, PORTS_AN_ADDRESS = 50000 };
static const double GROWTH = 4.0;

struct load {
	const char *name, *keys;
	uint32_t room; /* percent: ports there are for a hundred sessions; 0: a block pool for all hosts */
	bool at_once;  /* all devices start in one moment, twice as many as there is room for */
	bool for_refusals; /* sessions stay; what is timed are those that come too late */
};

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* A carrier's NAT with as many addresses and ports as the load wants for so many sessions. */
static struct nap_scenario *scenario_of(const struct load *l, uint32_t sessions)
{
	uint32_t ports = sessions / 100 * l->room;
	uint32_t addresses = (ports + PORTS_AN_ADDRESS - 1) / PORTS_AN_ADDRESS;
	g_autoptr(GString) list = g_string_new("");
	g_autofree char *keys = NULL;

	for (uint32_t i = 0; i < addresses; i++)
		g_string_append_printf(list, "203.0.%u.%u;", 113 + i / 250, 1 + i % 250);
	keys = g_strdup_printf("tracker = simple\nudp = 300s\nudp-stream = 300s\npooling = arbitrary\n"
			       "addresses = %s\nport-range = 1024-%u\n%s",
		list->str, 1023 + ports / addresses, l->keys);
	return box_scenario(keys);
}

static bool open_flow(struct nap_box *box, nap_time now, uint32_t i)
{
	struct nap_packet p = udp_packet(NAP_ADDR(100, 64, 0, 0) + i / HOST_FLOWS,
		(uint16_t)(10000 + i % HOST_FLOWS), NAP_ADDR(203, 0, 113, 200), 443);
	struct nap_box_effect fx;

	return nap_box_input(box, now, NAP_INSIDE, &p, &fx) == NAP_PASS;
}

/* ns a decision; *refused: how many of a hundred were refused. */
static double measure(
	const struct load *l, const struct nap_scenario *sc, uint32_t sessions, uint32_t *refused)
{
	struct nap_box *box = box_of(sc, 1);
	uint32_t decisions = l->at_once ? sessions * 2 : SMALL * 2, opened = 0, flow = 0;
	nap_time now = 0, gap = l->at_once ? 0 : 300 * NAP_S / sessions;
	double t0;

	for (uint32_t i = 0; i < sessions && !l->at_once; i++)
		open_flow(box, now += gap, flow++);
	if (l->for_refusals) {
		gap = 0;
		for (uint32_t i = 0; i < SMALL / 10; i++) /* the pool is known to be empty then */
			open_flow(box, now, flow++);
	}
	t0 = seconds();
	for (uint32_t i = 0; i < decisions; i++)
		opened += open_flow(box, now += gap, flow++);
	t0 = (seconds() - t0) / decisions * 1e9;
	*refused = (uint32_t)((uint64_t)(decisions - opened) * 100 / decisions);
	nap_box_free(box);
	return t0;
}

static double best_of(const struct load *l, uint32_t sessions, uint32_t *refused)
{
	struct nap_scenario *sc = scenario_of(l, sessions);
	double best = 1e9;

	for (int k = 0; k < REPEATS; k++) { /* machines are noisy */
		double ns = measure(l, sc, sessions, refused);

		best = ns < best ? ns : best;
	}
	nap_scenario_free(sc);
	return best;
}

int main(int argc, char **argv)
{
	static const struct load loads[] = {
		{ "random ports, half of them free", "ports = random\n", 200, false, false },
		{ "random ports, one of a hundred free", "ports = random\n", 101, false, false },
		{ "random ports, overloaded, the same",
			"ports = random\nmapping = address-and-port-dependent\noverload = yes\n", 101, false,
			false },
		{ "random ports, parity kept, the same", "ports = random\nparity = yes\n", 101, false,
			false },
		{ "sequential ports, the same", "ports = sequential\n", 101, false, false },
		{ "blocks of 512", "ports = block 512\n", 8000, false, false },
		{ "blocks of 64", "ports = block 64\n", 800, false, false },
		{ "no port left", "ports = random\n", 100, false, true },
		{ "no port left, overloaded",
			"ports = random\nmapping = address-and-port-dependent\noverload = yes\n", 100, false,
			true },
		{ "no port left, a tenth held down",
			"ports = random\nport-hold-down = 10min\nduration-limit = 270s\n", 100, false, true },
		{ "no block left", "ports = block 16\n", 120, false, true },
		{ "all start at once, half in vain", "ports = random\n", 100, true, false },
		{ "the same, blocks of 16", "ports = block 16\n", 160, true, false },
	};
	double plain = 0, dearest = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("# a port is chosen (and one comes free, or none is left): ns a decision, of random ports = "
	       "1\n");
	for (size_t i = 0; i < G_N_ELEMENTS(loads); i++) {
		uint32_t refused = 0;
		double small, large;

		if (argc > 1 && !g_pattern_match_simple(argv[1], loads[i].name))
			continue;
		small = best_of(&loads[i], SMALL, &refused);
		large = best_of(&loads[i], LARGE, &refused);
		plain = plain > 0 ? plain : large;
		dearest = large / small > dearest ? large / small : dearest;
		printf("%-38s 1e4 sessions %8.1f  1e5 sessions %8.1f  grows %5.2f  of random %6.2f  refused "
		       "%3u%%\n",
			loads[i].name, small, large, large / small, large / plain, refused);
	}
	if (dearest > GROWTH)
		printf("a decision grew %.2f times as dear, more than %.1f\n", dearest, GROWTH);
	return dearest > GROWTH;
}
