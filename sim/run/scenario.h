/* SPDX-License-Identifier: BSD-2-Clause */
/* A scenario as the core sees it: plain structs, filled by the loader in io/ from key files and profiles. */
#ifndef NAP_RUN_SCENARIO_H
#define NAP_RUN_SCENARIO_H

#include "client/app.h"
#include "client/client.h"
#include "client/doze.h"
#include "client/policy.h"
#include "client/server.h"
#include "kernel/param.h"
#include "middlebox/box.h"
#include "path/path_config.h"
#include "peer/peer_config.h"
#include "radio/battery.h"
#include "radio/device.h"
#include "radio/radio.h"
#include "run/bound.h"
#include "run/kinds.h"

/* How subscribers are run; all orders give the same integers. */
enum nap_order {
	NAP_ORDER_AUTO,       /* independent where nothing couples them */
	NAP_ORDER_SUBSCRIBER, /* one subscriber after another, each to the end */
	NAP_ORDER_GLOBAL,     /* one queue over all, in time order */
};

/* How subscribers take rows of a population's table. */
enum nap_population_order {
	NAP_POPULATION_DRAWN,      /* each draws one, by the rows' weights */
	NAP_POPULATION_ENUMERATED, /* by their number, each row its share of them */
};

/* Group [scenario]. */
struct nap_general_config {
	const char *title;
	nap_time duration, warm_up; /* what is counted in warm_up, its beginning, is taken off */
	uint64_t seed;
	uint32_t replications, subscribers;
	enum nap_order order;
	bool skip;              /* step over whole cycles that repeat exactly */
	const char *population; /* a table of kinds of subscribers; "": none */
	enum nap_population_order population_order;
	struct nap_bounds bounds; /* how many subscribers keep to them is counted */
};

extern const struct nap_param nap_general_params[];

/* One [network NAME]. */
struct nap_network {
	const char *name;
	struct nap_network_config config;
	struct nap_radio_tech *radio;
	uint32_t first, n; /* its middleboxes: so many of nap_scenario.middlebox, from there on */
};

/* [peer]: the program's other end is another client. */
struct nap_peer {
	bool there; /* is there such a group? */
	struct nap_peer_config config;
	struct nap_radio_tech *radio;
	uint32_t first, n; /* its own middleboxes, as in struct nap_network */
	uint32_t joint;    /* the middlebox of the path behind which both are; NAP_HOPS_MAX: none */
};

struct nap_scenario {
	struct nap_general_config general;
	struct nap_path_config path;
	struct nap_middlebox *middlebox; /* from the client outwards */
	uint32_t n_middleboxes;
	uint32_t n_path_middleboxes;   /* of these, those of [path]; they come first ... */
	uint32_t n_server_middleboxes; /* ... and then those before the server, the outermost first */
	struct nap_network *network;   /* where the device moves to, in the scenario's order */
	uint32_t n_networks;
	struct nap_peer peer;
	struct nap_radio_tech *radio;
	struct nap_battery_config battery;
	struct nap_device_config device; /* [device]: its processor ... */
	struct nap_doze_config doze;     /* ... and when its system dozes */
	bool has_device;                 /* is there such a group? */
	double voltage_v; /* that currents of the device are at: of the battery, else of the radio; 0: not told */
	bool in_currents;          /* something that the device draws is written as a current or a charge */
	struct nap_app_config app; /* [client]: the application's profile, with overrides */
	const struct nap_policy *policy; /* [client] policy */
	void *policy_config;             /* policy->config_size bytes, filled by policy->params */
	struct nap_program program;      /* [client]: how the device's system treats it */
	struct nap_server_config server;
	struct nap_kinds
		kinds; /* of subscribers, where they are not all alike: each as the scenario would be for it alone */
	const char *const *warnings; /* what in it contradicts itself, a line each; NULL-terminated */
};

/* All middleboxes between a client on the path's own network and the server: so many, from the first on. */
static inline uint32_t nap_scenario_path(const struct nap_scenario *sc)
{
	return sc->n_path_middleboxes + sc->n_server_middleboxes;
}

/* Is there a way in whose time can be told? That of what is pushed: a pool of connections to which nothing is has none. */
static inline bool nap_scenario_has_way_in(const struct nap_scenario *sc)
{
	return !nap_app_pools(&sc->app) || sc->server.push.kind != NAP_ARRIVALS_NONE;
}

/* The time that results are about. */
static inline nap_time nap_measured(const struct nap_scenario *sc)
{
	return sc->general.duration - sc->general.warm_up;
}

/* The outermost middlebox of the client's way: so many less one; the peer's own do not count. */
static inline uint32_t nap_scenario_own_boxes(const struct nap_scenario *sc)
{
	return sc->n_middleboxes - sc->peer.n;
}

/* The client's end as the scenario says it; *sc has to stay. */
struct nap_client_setup nap_scenario_client(const struct nap_scenario *sc);

/*
 * Does chance befall several subscribers of a replication at once, at a middlebox that they share or by restarts of their one
 * server? Then only whole replications are independent.
 */
bool nap_scenario_joins(const struct nap_scenario *sc);

#endif
