/* SPDX-License-Identifier: BSD-2-Clause */
/* Where TCP's numbers begin means nothing: all later by as much, even across the end of 32 bits, every packet fares the same. */
#include "box_traffic.h"

enum { SCRIPTS = 600 };

static void test_later(void)
{
	/* random traffic's connections begin at 1000, 6000 and 11000: they cross the end, or the middle; none is at 0, which the
	   kernel takes for nothing */
	static const uint32_t later[] = { -1050u, -1150u, -6050u, -6150u, -11050u, 0x80000000u - 1050u,
		0x80000000u - 6050u, 0x80000000u - 1u, 123456789u };
	struct nap_scenario *sc = box_scenario("addresses = 203.0.113.1\n");

	for (uint32_t k = 0; k < SCRIPTS; k++) {
		struct nap_box_config c = sc->middlebox[0].box;
		struct nap_rng r = nap_rng_stream(63, k, 0, NAP_RNG_PHASE);
		uint64_t plain;
		const char *key;

		box_vary(&c, &r);
		c.kind = k % 5 == 0 ? NAP_BOX_FIREWALL : k % 5 == 1 ? NAP_BOX_PROXY : NAP_BOX_NAT;
		c.reset_check = nap_rng_below(&r, 3) == 0;
		c.incoming_syn_hold = nap_rng_below(&r, 3) == 0 ? 6 * NAP_S : 0;
		if (nap_box_config_check(&c, &key))
			continue;
		plain = traffic_digest_of(traffic_box(&c, k), &c, k, true, 5000000);
		/* the kernel's tracker compares with ends of 0 that it has not learnt yet: there the end of 32 bits can be told */
		for (size_t i = c.tracker == NAP_TRACK_LINUX ? 5 : 0; i < G_N_ELEMENTS(later); i++)
			if (traffic_digest_of(traffic_box(&c, k), &c, k, true, later[i]) != plain) {
				g_test_message("box %u (kind %u, tracker %u): numbers later by %u", k, c.kind,
					c.tracker, later[i]);
				g_test_fail();
			}
	}
	nap_scenario_free(sc);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/box/numbers-later", test_later);
	return g_test_run();
}
