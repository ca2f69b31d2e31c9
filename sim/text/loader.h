/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files that fill scenarios share; nobody else includes this. */
#ifndef NAP_TEXT_LOADER_H
#define NAP_TEXT_LOADER_H

#include "text/arena.h"
#include "text/scenario.h"
#include "text/schema.h"

/* A radio as its rows say it, before it is compiled. All zero without [radio]. */
struct nap_radio_rows {
	struct nap_radio_row radio;
	struct nap_radio_state_row *states;
	struct nap_radio_edge_row *edges;
	struct nap_radio_sleep_row *sleeps;
	struct nap_radio_level_row *levels;
	struct nap_radio_coverage_row *coverages;
	unsigned n_states, n_edges, n_sleeps, n_levels, n_coverages;
};

struct nap_loader {
	const struct nap_document *document;
	const struct nap_override *overrides;
	size_t n_overrides;
	struct nap_scenario *scenario;
	struct nap_radio_rows *radio;
	struct nap_arena *arena;
	struct nap_profile_cache *cache;
	GPtrArray *profiles; /* struct nap_profile: used so far */
	GHashTable *origins; /* where values are from, as in struct nap_schema */
	double voltage_v;    /* that currents of the device are at; 0: not told */
};

/* All that sets keys of one group: profiles (base first), the document's group, the overrides. */
struct nap_stack {
	const char *group;                 /* "middlebox home" */
	const char *where;                 /* the document's group, or the document */
	GPtrArray *layers;                 /* const struct nap_group *, some may be NULL */
	const struct nap_profile *profile; /* NULL: none chosen */
};

/* nap_scenario_new with profiles from a cache, which must live as long as this call only. */
struct nap_scenario *nap_scenario_new_cached(const struct nap_document *document,
	const struct nap_override *overrides, size_t n, struct nap_profile_cache *cache, GError **error);

/* The overrides of a group as a group of their own; NULL when there are none. */
const struct nap_group *nap_loader_overrides(const struct nap_loader *l, const char *group);

/*
 * Gather what sets a group's keys; choice is the key that names a profile of the given kind, NULL for groups without
 * profiles. False when that profile cannot be had. Clear with nap_stack_clear.
 */
bool nap_loader_stack(struct nap_loader *l, const char *group, const char *choice, enum nap_profile_kind kind,
	struct nap_stack *out, GError **error);
void nap_stack_clear(struct nap_stack *stack);

/* The profile that an entry of a group asks for, kept for the scenario's life; NULL when it cannot be had. */
const struct nap_profile *nap_loader_profile(struct nap_loader *l, const char *group,
	const struct nap_entry *entry, enum nap_profile_kind kind, GError **error);

/* A schema of the stack, ready but for bindings and what is special. */
struct nap_schema nap_loader_schema(const struct nap_loader *l, const struct nap_stack *stack);

/* Fill scenario->radio, and l->radio, from [radio] and its parts ([state NAME], [edge NAME] ...), or with a radio that is always on and free. */
bool nap_loader_radio(struct nap_loader *l, GError **error);

/* A radio from a profile alone, for a group of the document at where that names it by its key radio. */
bool nap_loader_radio_profile(struct nap_loader *l, const char *name, const char *group, const char *where,
	struct nap_radio_tech **out, GError **error);

/* The rows that a scenario of nap_scenario_new was made from; for nap_scenario_values. */
const struct nap_radio_rows *nap_scenario_radio_rows(const struct nap_scenario *scenario);

/*
 * Make powers of currents and energies of charges among base's fields, at the device's voltage. False where there is none, with the
 * place of the key in layers.
 */
bool nap_loader_volts(const struct nap_loader *l, const struct nap_layers *layers, const char *group,
	const struct nap_param *rows, void *base, GError **error);

/* Fill scenario->device and doze from [device]; after the radio, which may tell the voltage. */
bool nap_loader_device(struct nap_loader *l, GError **error);

/* Fill scenario->app, policy and policy_config from [client]. */
bool nap_loader_client(struct nap_loader *l, GError **error);

#endif
