/* SPDX-License-Identifier: BSD-2-Clause */
/* For tests: a prober that opens nothing and whose clock stands still, for discoveries that only keep findings. */
#ifndef NAP_TESTS_IDLE_PROBER_H
#define NAP_TESTS_IDLE_PROBER_H

#include "probe/prober.h"

static inline nap_time idle_now(struct nap_prober *p)
{
	(void)p;
	return 0;
}

static inline nap_flow idle_open(struct nap_prober *p, const struct nap_flow_spec *spec)
{
	(void)p;
	(void)spec;
	return NAP_NO_FLOW;
}

static const struct nap_prober_ops idle_ops = { .now = idle_now, .open = idle_open };
static struct nap_prober idle_prober = { .ops = &idle_ops, .max_flows = 1, .can = NAP_CAN_TCP };

#endif
