/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/procedure.h"

uint32_t nap_procedure_steps(const struct nap_procedure *s)
{
	uint32_t n = 0;

	while (n < NAP_PROCEDURE_STEPS && s->step[n].what != NAP_DO_END)
		n++;
	return n;
}

uint32_t nap_procedure_question(const struct nap_procedure *s)
{
	uint32_t i = 0, n = nap_procedure_steps(s);

	while (i < n && s->step[i].what != NAP_DO_ASK)
		i++;
	return i;
}

static uint32_t place_needs(uint8_t place)
{
	return place == NAP_AT_MAIN         ? 0u
	       : place == NAP_AT_OTHER_PORT ? NAP_CAN_OTHER_PORT
					    : NAP_CAN_OTHER_ADDRESS;
}

static uint32_t flow_needs(const struct nap_flow_spec *f)
{
	uint32_t needs = place_needs(f->place);

	if (f->proto == NAP_TCP)
		needs |= f->raw ? NAP_CAN_RAW_TCP : NAP_CAN_TCP;
	if (f->proto == NAP_ICMP)
		needs |= NAP_CAN_ECHO;
	if (f->host)
		needs |= NAP_CAN_HOSTS;
	if (f->same_local)
		needs |= NAP_CAN_SAME_LOCAL;
	if (f->server_port)
		needs |= NAP_CAN_ANY_PORT;
	return needs;
}

uint32_t nap_procedure_needs(const struct nap_procedure *s)
{
	uint32_t needs = 0;

	for (uint32_t i = 0; i < nap_procedure_steps(s); i++) {
		const struct nap_step *step = &s->step[i];

		if (step->what != NAP_DO_SEND && step->what != NAP_DO_ASK && step->what != NAP_DO_TELL)
			continue;
		needs |= flow_needs(&s->flow[step->flow]) | place_needs(step->probe.place);
		if (step->to)
			needs |= NAP_CAN_HAIRPIN;
		if (step->probe.fragment || step->probe.df || step->probe.ip_id)
			needs |= NAP_CAN_FRAGMENT;
		if (step->probe.says)
			needs |= NAP_CAN_SAY;
		if (step->probe.act == NAP_ACT_MAP)
			needs |= NAP_CAN_MAP;
		if (step->probe.act == NAP_ACT_ICMP)
			needs |= NAP_CAN_SEND_ICMP;
	}
	return needs;
}
