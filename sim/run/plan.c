/* SPDX-License-Identifier: BSD-2-Clause */
/* Deciding how to run a scenario: parts, order, and where subscribers of a shared box could touch one another. */
#include "run/run.h"

#include <string.h>

/* A part's integers stay below 2^62 ns, and there are enough parts to share out. */
static uint32_t choose_part_size(const struct nap_scenario *sc)
{
	uint64_t fits = (UINT64_C(1) << 58) / (uint64_t)sc->general.duration;
	uint64_t share = (sc->general.subscribers + 63) / 64;
	uint64_t size = share < fits ? share : fits;

	return size > 0 ? (uint32_t)size : 1;
}

static uint64_t smaller_limit(uint64_t a, uint64_t b)
{
	return a == 0 ? b : b == 0 ? a : a < b ? a : b;
}

/* Live sessions of a shared box below which nobody can notice anybody else; 0: there is no such number. */
static uint64_t limit_of(const struct nap_box_config *b)
{
	uint64_t limit = smaller_limit(b->capacity, b->adaptive_end > 0 ? b->adaptive_start : 0);

	if (b->kind == NAP_BOX_NAT && b->ports.word == NAP_PORTS_BLOCK && b->ports.arg > 0) {
		/* a subscriber takes whole blocks: at worst each session sits in a block of its own */
		uint64_t blocks = (uint64_t)b->addresses.n *
				  (uint64_t)(b->port_range.hi - b->port_range.lo + 1) / b->ports.arg;

		limit = smaller_limit(limit, blocks);
	} else if (b->kind == NAP_BOX_NAT) {
		limit = smaller_limit(limit,
			(uint64_t)b->addresses.n * (uint64_t)(b->port_range.hi - b->port_range.lo + 1));
	}
	return limit;
}

static bool coupled_from_the_start(const struct nap_plan *plan)
{
	const struct nap_scenario *sc = plan->sc;

	if (sc->general.subscribers == 1 || sc->general.order == NAP_ORDER_SUBSCRIBER)
		return false;
	if (sc->general.order == NAP_ORDER_GLOBAL)
		return true;
	for (uint32_t k = 0; k < sc->n_middleboxes; k++)
		if (plan->limit[k] > 0 && plan->limit[k] < sc->general.subscribers / 4)
			return true; /* it will bind: do not try without */
	return false;
}

static bool is_external(const struct nap_box_config *b, nap_addr a)
{
	for (uint32_t i = 0; i < b->addresses.n; i++)
		if (b->addresses.addr[i] == a)
			return b->kind == NAP_BOX_NAT;
	return false;
}

bool nap_plan_make(struct nap_plan *plan, const struct nap_scenario *sc, const char **why)
{
	memset(plan, 0, sizeof *plan);
	plan->sc = sc;
	if (sc->n_middleboxes > NAP_HOPS_MAX) {
		*why = "more than eight middleboxes on the path";
		return false;
	}
	if (sc->n_networks >= NAP_NETS_MAX) {
		*why = "more than three [network NAME] groups";
		return false;
	}
	*why = nap_client_check(&(struct nap_client_setup){ &sc->app, sc->policy, sc->policy_config });
	if (*why)
		return false;
	for (uint32_t k = 0; k < sc->n_middleboxes; k++)
		if (is_external(&sc->middlebox[k].box, NAP_SERVER_ADDR)) {
			*why = "a middlebox has the server's address, 192.0.2.1, among its own";
			return false;
		}
	plan->part_size = choose_part_size(sc);
	plan->parts = (sc->general.subscribers + plan->part_size - 1) / plan->part_size;
	for (uint32_t k = 0; k < sc->n_middleboxes; k++) {
		if (sc->middlebox[k].box.shared && sc->general.subscribers > 1)
			plan->limit[k] = limit_of(&sc->middlebox[k].box);
		if (sc->middlebox[k].n_draws > 0)
			plan->drawn_hops |= UINT64_C(1) << k;
	}
	plan->global = coupled_from_the_start(plan);
	return true;
}
