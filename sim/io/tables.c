/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/tables.h"

#include <string.h>

#include <glib.h>

#include "text/schema.h"
#include "run/scenario.h"

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
	NAP_PARAM_END
};

static const struct nap_table fixed[] = {
	{ "scenario", "what is run", nap_general_params, NULL },
	{ "path", "the access link and the middleboxes", nap_path_params, NULL },
	{ "network NAME", "another network that the device moves to", nap_network_params, NULL },
	{ "middlebox NAME", "where its values come from", nap_choice_profile, NULL },
	{ "middlebox NAME", "a NAT, firewall or load balancer", nap_box_params, NULL },
	{ "middlebox NAME", "the link behind it", nap_hop_params, NULL },
	{ "radio", "where its values come from", nap_choice_profile, NULL },
	{ "radio", "the device's radio", nap_radio_params, NULL },
	{ "state NAME", "a state of the radio", nap_radio_state_params, NULL },
	{ "edge NAME", "a transition of the radio", nap_radio_edge_params, NULL },
	{ "battery", "where its values come from", nap_choice_profile, NULL },
	{ "battery", "the device's battery", nap_battery_params, NULL },
	{ "client", "application and keepalive policy", nap_choice_client, NULL },
	{ "client", "what the application says", nap_app_params, NULL },
	{ "server", "what the server sends", nap_server_params, NULL },
};

struct nap_table *nap_tables_new(void)
{
	GArray *all = g_array_new(TRUE, TRUE, sizeof(struct nap_table));

	g_array_append_vals(all, fixed, G_N_ELEMENTS(fixed));
	for (const struct nap_policy *const *p = nap_policies; *p; p++) {
		struct nap_table table = { "client", (*p)->summary, (*p)->params, *p };

		g_array_append_val(all, table);
	}
	return (struct nap_table *)(void *)g_array_free(all, FALSE);
}

/* Is group one of the table's: the same, or "middlebox home" for "middlebox NAME"? */
static bool group_matches(const char *pattern, const char *group)
{
	const char *space = strchr(pattern, ' ');

	if (!space)
		return strcmp(pattern, group) == 0;
	return strncmp(pattern, group, (size_t)(space - pattern) + 1) == 0;
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
