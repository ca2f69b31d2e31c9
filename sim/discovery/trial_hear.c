/* SPDX-License-Identifier: BSD-2-Clause */
/* What the ends of a trial are told besides what its steps wait for: resets, ICMP errors. */
#include "discovery/trial_machine.h"

void nap_trial_hear(struct nap_trial *t, const struct nap_probe_event *ev)
{
	struct nap_answer *a = &t->result.answer[t->step];
	struct nap_heard *h = &t->result.heard[ev->end];
	bool mine = t->phase == NAP_PHASE_COPIES && t->spec.procedure->step[t->step].probe.from == ev->end;

	if (ev->what == NAP_GOT_RST) {
		if (!h->rst) {
			h->rst_at = ev->at - t->result.start;
			h->rst_step = (uint8_t)t->step;
			h->rst_ttl = ev->ttl;
			h->rst_from = ev->seen;
		}
		h->rst = true;
		if (mine) {
			a->rst = true;
			a->from = ev->seen;
			a->ttl = ev->ttl;
		}
	} else if (ev->what == NAP_GOT_ICMP) {
		if (!h->icmp) {
			h->icmp_at = ev->at - t->result.start;
			h->icmp_type = ev->icmp_type;
			h->icmp_code = ev->icmp_code;
		}
		h->icmp = true;
		if (mine) {
			a->icmp = true;
			a->icmp_type = ev->icmp_type;
			a->icmp_code = ev->icmp_code;
			a->from = ev->seen;
			a->ttl = ev->ttl;
		}
	}
}
