/* SPDX-License-Identifier: BSD-2-Clause */
#include "text/groups.h"

#include <string.h>

#include "text/input_error.h"
#include "text/loader.h"

const struct nap_param nap_choice_profile[] = {
	{ "profile", NAP_P_TEXT, 0, "", NULL, NULL, NULL,
		"The profile whose values hold where the group sets none; `natnap profiles` lists them. A "
		"name with a slash is "
		"a file, relative to this one." },
	NAP_PARAM_END
};

const struct nap_param nap_choice_client[] = {
	{ "application", NAP_P_TEXT, 0, "", NULL, NULL, NULL,
		"The application profile: transport, sizes and times that hold where the group sets none; "
		"`natnap profiles application` lists them." },
	{ "policy", NAP_P_TEXT, 0, "none", NULL, NULL, NULL,
		"The keepalive policy; `natnap help policy` lists them. Its own keys stand in this group "
		"too." },
	{ "stack", NAP_P_TEXT, 0, "", NULL, NULL, NULL,
		"The profile of the client's host: what its TCP is like where neither the group nor the "
		"application says; "
		"`natnap profiles stack` lists them. Without one: Linux of today." },
	NAP_PARAM_END
};

const struct nap_param nap_choice_server[] = { { "stack", NAP_P_TEXT, 0, "", NULL, NULL, NULL,
						       "The profile of the server's host, as in [client]. "
						       "What [client] itself says of TCP holds for both "
						       "ends." },
	NAP_PARAM_END };

/* ---- where a scenario keeps what its groups say ------------------------------------------------------------------- */

/* A group that there is once: its sections are anywhere in the scenario. */
static const void *scenario_itself(const struct nap_scenario *s, unsigned i, const char **name)
{
	*name = NULL;
	return i == 0 ? s : NULL;
}

/* Without [battery] there is none, and its capacity is 0. */
static const void *battery_item(const struct nap_scenario *s, unsigned i, const char **name)
{
	return s->battery.capacity_mah > 0.0 ? scenario_itself(s, i, name) : NULL;
}

/* Without [device] its defaults hold: they matter only in Doze. */
static const void *device_item(const struct nap_scenario *s, unsigned i, const char **name)
{
	return s->has_device || s->program.doze != NAP_DOZE_NO ? scenario_itself(s, i, name) : NULL;
}

static const void *network_item(const struct nap_scenario *s, unsigned i, const char **name)
{
	if (i >= s->n_networks)
		return NULL;
	*name = s->network[i].name;
	return &s->network[i];
}

static const void *peer_item(const struct nap_scenario *s, unsigned i, const char **name)
{
	return s->peer.there ? scenario_itself(s, i, name) : NULL;
}

static const void *middlebox_item(const struct nap_scenario *s, unsigned i, const char **name)
{
	if (i >= s->n_middleboxes)
		return NULL;
	*name = s->middlebox[i].name;
	return &s->middlebox[i];
}

/* Of a radio the rows are kept, as they were before it was compiled. */
static const void *radio_item(const struct nap_scenario *s, unsigned i, const char **name)
{
	*name = NULL;
	return i == 0 ? &nap_scenario_radio_rows(s)->radio : NULL;
}

#define PART_ITEM(function, rows)                                                                            \
	static const void *function(const struct nap_scenario *s, unsigned i, const char **name)             \
	{                                                                                                    \
		const struct nap_radio_rows *r = nap_scenario_radio_rows(s);                                 \
                                                                                                             \
		if (i >= r->n_##rows)                                                                        \
			return NULL;                                                                         \
		*name = r->rows[i].name;                                                                     \
		return &r->rows[i];                                                                          \
	}

PART_ITEM(state_item, states)
PART_ITEM(edge_item, edges)
PART_ITEM(sleep_item, sleeps)
PART_ITEM(level_item, levels)
PART_ITEM(coverage_item, coverages)

#define IN(member)  offsetof(struct nap_scenario, member)
#define BOX(member) offsetof(struct nap_middlebox, member)
#define NET(member) offsetof(struct nap_network, member)

static const char where_from[] = "where its values come from";

const struct nap_group_kind nap_group_kinds[] = {
	{ "scenario", NAP_PROFILE_KINDS, NULL, scenario_itself,
		{ { "what is run", nap_general_params, IN(general) } } },
	{ "path", NAP_PROFILE_KINDS, NULL, scenario_itself,
		{ { "the access link and the middleboxes", nap_path_params, IN(path) } } },
	{ "network NAME", NAP_PROFILE_KINDS, NULL, network_item,
		{ { "another network that the device moves to", nap_network_params, NET(config) } } },
	{ "peer", NAP_PROFILE_KINDS, NULL, peer_item,
		{ { "another client as the program's other end", nap_peer_params, IN(peer.config) } } },
	{ "middlebox NAME", NAP_MIDDLEBOX, "profile", middlebox_item,
		{ { where_from, nap_choice_profile, NAP_NO_FIELD },
			{ "a NAT, firewall or load balancer", nap_box_params, BOX(box) },
			{ "the link behind it", nap_hop_params, BOX(hop) } } },
	{ "radio", NAP_RADIO, "profile", radio_item,
		{ { where_from, nap_choice_profile, NAP_NO_FIELD },
			{ "the device's radio", nap_radio_params, 0 } } },
	{ "state NAME", NAP_RADIO, NULL, state_item,
		{ { "a state of the radio", nap_radio_state_params, 0 } } },
	{ "edge NAME", NAP_RADIO, NULL, edge_item,
		{ { "a transition of the radio", nap_radio_edge_params, 0 } } },
	{ "sleep NAME", NAP_RADIO, NULL, sleep_item,
		{ { "a sleep of the radio between on-windows", nap_radio_sleep_params, 0 } } },
	{ "level NAME", NAP_RADIO, NULL, level_item,
		{ { "an output power of the radio", nap_radio_level_params, 0 } } },
	{ "coverage NAME", NAP_RADIO, NULL, coverage_item,
		{ { "a coverage class of the radio", nap_radio_coverage_params, 0 } } },
	{ "battery", NAP_BATTERY, "profile", battery_item,
		{ { where_from, nap_choice_profile, NAP_NO_FIELD },
			{ "the device's battery", nap_battery_params, IN(battery) } } },
	{ "device", NAP_DEVICE, "profile", device_item,
		{ { where_from, nap_choice_profile, NAP_NO_FIELD },
			{ "the device's processor", nap_device_params, IN(device) },
			{ "when the device's system dozes", nap_doze_params, IN(doze) } } },
	{ "client", NAP_APPLICATION, "application", scenario_itself,
		{ { "application and keepalive policy", nap_choice_client, NAP_NO_FIELD },
			{ "what the application says", nap_app_params, IN(app) },
			{ "what the host's TCP is like", nap_stack_params, IN(app) },
			{ "how the device's system treats it", nap_program_params, IN(program) } } },
	{ "server", NAP_PROFILE_KINDS, NULL, scenario_itself,
		{ { "what the server sends", nap_server_params, IN(server) },
			{ "its host", nap_choice_server, NAP_NO_FIELD } } },
	{ .pattern = NULL },
};

/* Is group one of the pattern's: the same, or "middlebox home" for "middlebox NAME"? */
static bool group_matches(const char *pattern, const char *group)
{
	const char *space = strchr(pattern, ' ');

	if (!space)
		return strcmp(pattern, group) == 0;
	return strncmp(pattern, group, (size_t)(space - pattern) + 1) == 0;
}

const struct nap_group_kind *nap_group_kind_of(const char *group)
{
	for (const struct nap_group_kind *k = nap_group_kinds; k->pattern; k++)
		if (group_matches(k->pattern, group))
			return k;
	return NULL;
}

bool nap_group_is_part(const char *group)
{
	const struct nap_group_kind *k = nap_group_kind_of(group);

	return k && k->profile == NAP_RADIO && strchr(k->pattern, ' ');
}

bool nap_group_is_named(const char *word)
{
	for (const struct nap_group_kind *k = nap_group_kinds; k->pattern; k++) {
		size_t n = strcspn(k->pattern, " ");

		if (k->pattern[n] && strlen(word) == n && strncmp(word, k->pattern, n) == 0)
			return true;
	}
	return false;
}

struct nap_table *nap_tables_new(void)
{
	GArray *all = g_array_new(TRUE, TRUE, sizeof(struct nap_table));

	for (const struct nap_group_kind *k = nap_group_kinds; k->pattern; k++)
		for (unsigned i = 0; i < NAP_SECTIONS_MAX && k->section[i].rows; i++) {
			struct nap_table table = { k->pattern, k->section[i].about, k->section[i].rows,
				NULL };

			g_array_append_val(all, table);
		}
	for (const struct nap_policy *const *p = nap_policies; *p; p++) {
		struct nap_table table = { "client", (*p)->summary, (*p)->params, *p };

		g_array_append_val(all, table);
	}
	return (struct nap_table *)(void *)g_array_free(all, FALSE);
}

const struct nap_param *nap_tables_find(const char *group, const char *key)
{
	g_autofree struct nap_table *all = nap_tables_new();

	for (const struct nap_table *t = all; t->group; t++) {
		const struct nap_param *row =
			group_matches(t->group, group) ? nap_row_find(t->rows, key) : NULL;

		if (row)
			return row;
	}
	return NULL;
}

char *nap_tables_near(const char *group, const char *key)
{
	g_autofree struct nap_table *all = nap_tables_new();
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	for (const struct nap_table *t = all; t->group; t++)
		for (const struct nap_param *row = t->rows; row->key && group_matches(t->group, group); row++)
			g_ptr_array_add(names, (char *)row->key);
	g_ptr_array_add(names, NULL);
	return nap_did_you_mean(key, (const char *const *)names->pdata);
}
