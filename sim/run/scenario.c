/* SPDX-License-Identifier: BSD-2-Clause */
#include "run/scenario.h"

/* When it restarts, and for how long, is drawn once for all subscribers of a replication. */
static bool restarts_by_chance(const struct nap_server_config *server)
{
	enum nap_arrivals_kind kind = server->restarts.kind;

	return kind == NAP_ARRIVALS_POISSON || kind == NAP_ARRIVALS_ONOFF || kind == NAP_ARRIVALS_GAPS ||
	       (kind != NAP_ARRIVALS_NONE && server->downtime.kind != NAP_DIST_CONSTANT);
}

struct nap_client_setup nap_scenario_client(const struct nap_scenario *sc)
{
	bool dozes = sc->program.doze != NAP_DOZE_NO && !sc->program.exempt;
	struct nap_client_setup setup = { .app = &sc->app,
		.policy = sc->policy,
		.policy_config = sc->policy_config,
		.program = &sc->program,
		.dozes = dozes ? &sc->doze : NULL };

	setup.plain = nap_client_is_plain(&setup);
	return setup;
}

bool nap_scenario_joins(const struct nap_scenario *sc)
{
	bool joins = restarts_by_chance(&sc->server);

	for (uint32_t i = 0; i < sc->kinds.n; i++)
		joins |= restarts_by_chance(&sc->kinds.kind[i]->server);
	for (uint32_t k = 0; k < sc->n_middleboxes; k++)
		joins |= sc->middlebox[k].box.shared;
	return joins && sc->general.subscribers > 1;
}
