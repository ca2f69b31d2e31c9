/* SPDX-License-Identifier: BSD-2-Clause */
/* A NAT as Linux makes one, with one timer changed: for how long does the server still reach the client? */
#include <natnap.h>
#include <stdio.h>

int main(void)
{
	struct nap_box_config config;
	struct nap_box *box;
	struct nap_packet out = { .proto = NAP_UDP,
		.src = { NAP_ADDR(10, 0, 0, 2), 5000 },
		.dst = { NAP_ADDR(192, 0, 2, 7), 53 } };
	struct nap_box_effect fx;

	nap_box_config_init(&config);
	nap_box_config_profile(&config, "linux");
	nap_box_config_set(&config, "udp", "45s");
	box = nap_box_new(&config, nap_rng_stream(1, 0, 0, NAP_RNG_PORTS), 16);
	if (!box || nap_box_input(box, 0, NAP_INSIDE, &out, &fx) != NAP_PASS)
		return 1;
	for (nap_time t = 15 * NAP_S; t <= 60 * NAP_S; t += 15 * NAP_S) {
		struct nap_packet in = { .proto = NAP_UDP, .src = out.dst, .dst = out.src };

		printf("after %2d s: %s\n", (int)(t / NAP_S),
			nap_box_open_until(box, t, NAP_OUTSIDE, &in) ? "open" : "closed");
	}
	nap_box_free(box);
	nap_box_config_clear(&config);
	return 0;
}
