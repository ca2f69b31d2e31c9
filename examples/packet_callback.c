/* SPDX-License-Identifier: BSD-2-Clause */
/* One box behind another simulator's packet callback: what a node of Shadow or ns-3 calls for each packet it forwards. */
#include <natnap.h>
#include <natnap_run.h>
#include <stdio.h>

/* The simulator's packet and clock stand here; side says on which interface of the box it came in. True: send it on, rewritten. */
static bool forward(struct nap_made_box *nat, nap_time now, enum nap_side side, struct nap_packet *p)
{
	struct nap_box_effect effect;

	return nap_box_input(nap_made_box_get(nat), now, side, p, &effect) == NAP_PASS;
}

int main(void)
{
	const char *const set[] = { "udp=45s", NULL };
	char *why;
	struct nap_made_box *nat = nap_made_box_new("linux", set, 1, &why);
	struct nap_packet out = { .proto = NAP_UDP,
		.src = { NAP_ADDR(10, 0, 0, 2), 5000 },
		.dst = { NAP_ADDR(192, 0, 2, 7), 53 } };

	if (!nat) {
		fprintf(stderr, "%s\n", why);
		nap_free(why);
		return 1;
	}
	printf("out: %s", forward(nat, 0, NAP_INSIDE, &out) ? "passes" : "stays");
	for (nap_time t = 30 * NAP_S; t <= 90 * NAP_S; t += 60 * NAP_S) {
		struct nap_packet in = { .proto = NAP_UDP, .src = out.dst, .dst = out.src };

		printf("; in after %d s: %s", (int)(t / NAP_S),
			forward(nat, t, NAP_OUTSIDE, &in) ? "passes" : "stays");
	}
	printf("\n");
	nap_made_box_free(nat);
	return 0;
}
