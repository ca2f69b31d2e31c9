/* SPDX-License-Identifier: BSD-2-Clause */
#include "text/setting_text.h"

#include <string.h>

#include "middlebox/box.h"
#include "text/changes_text.h"
#include "text/input_error.h"
#include "text/quantity.h"
#include "text/value.h"

static bool are_ports(const char *const *list, GError **error)
{
	for (; *list; list++) {
		uint8_t proto;
		uint16_t port;

		if (!nap_box_port_parse(*list, &proto, &port))
			return nap_fail(error, "%s is no port, like tcp/25", *list);
	}
	return true;
}

static bool are_forwards(const char *const *list, GError **error)
{
	struct nap_box_forward f;

	for (; *list; list++)
		if (!nap_box_forward_parse(*list, &f))
			return nap_fail(error, "%s is no forward, like tcp/8080 > 10.0.0.2:80", *list);
	return true;
}

/* The forms of a value's elements; those of rules are seen with the other keys (nap_box_config_check). */
static bool check_elements(const struct nap_setting *s, const char *shown, GError **error)
{
	if (s->row->offset == offsetof(struct nap_box_config, forwards))
		return are_forwards(*(const char *const *const *)s->value, error);
	if (s->row->offset == offsetof(struct nap_box_config, blocked_ports))
		return are_ports(*(const char *const *const *)s->value, error);
	if (s->row->offset == offsetof(struct nap_box_config, addresses))
		return ((const struct nap_addr_list *)s->value)->n == 1 ||
		       nap_fail(error, "%s: one address", shown);
	return true;
}

bool nap_setting_parse(const char *text, struct nap_arena *arena, struct nap_setting *setting, GError **error)
{
	g_auto(GStrv) parts = g_strsplit(text, "=", 2);
	g_autofree char *shown = nap_shown(text);
	const struct nap_param *row = nap_box_params;
	void *value;

	if (!parts[0] || !parts[1])
		return nap_fail(error, "%s is no key = value", shown);
	g_strstrip(parts[0]);
	while (row->key && strcmp(row->key, parts[0]) != 0)
		row++;
	if (!row->key || !nap_box_may_set(row))
		return nap_fail(error,
			"%s: only kind, timers, port-timers, the switches of tcp-*, checksum, forward, "
			"invalid, input, "
			"reject, forwards, blocked-ports, rules, raw-rules, untranslated, quotas and "
			"addresses change "
			"while sessions live",
			shown);
	value = nap_arena_alloc(arena, nap_value_size(row->type));
	setting->row = row;
	setting->value = value;
	return nap_value_parse(row, g_strstrip(parts[1]), arena, NULL, value, error) &&
	       check_elements(setting, shown, error);
}

static char *replace(char *text, char from, char to)
{
	for (char *p = text; *p; p++)
		*p = *p == from ? to : *p;
	return text;
}

bool nap_settings_parse(const char *text, struct nap_arena *arena, struct nap_settings *out, GError **error)
{
	g_auto(GStrv) parts = g_strsplit(text, ";", -1);
	struct nap_setting *row = nap_arena_alloc(arena, (g_strv_length(parts) + 1) * sizeof *row);
	uint32_t n = 0;

	for (char **part = parts; *part; part++) {
		const char *rest = NULL;

		if (!*replace(g_strstrip(*part), ',', ';'))
			continue;
		if (!nap_change_split(*part, &row[n].at, &rest, error) ||
			!nap_setting_parse(rest, arena, &row[n], error))
			return false;
		if (n > 0 && row[n].at < row[n - 1].at)
			return nap_fail(error, "%s comes before what stands before it", *part);
		n++;
	}
	*out = (struct nap_settings){ row, n };
	return true;
}

char *nap_settings_format(const struct nap_settings *settings)
{
	GString *s = g_string_new(NULL);

	for (uint32_t i = 0; i < settings->n; i++) {
		const struct nap_setting *set = &settings->row[i];
		g_autofree char *at = nap_time_format(set->at);
		g_autofree char *value = replace(nap_value_format(set->row, set->value), ';', ',');

		g_string_append_printf(s, "%s%s: %s = %s", i ? "; " : "", at, set->row->key, value);
	}
	return g_string_free(s, FALSE);
}

struct nap_arrivals nap_settings_times(const struct nap_settings *settings, struct nap_arena *arena)
{
	nap_time *times = nap_arena_alloc(arena, (settings->n + 1) * sizeof *times);
	uint32_t n = 0;

	for (uint32_t i = 0; i < settings->n; i++)
		if (i == 0 || settings->row[i].at != settings->row[i - 1].at)
			times[n++] = settings->row[i].at;
	return (struct nap_arrivals){
		.kind = n ? NAP_ARRIVALS_TIMES : NAP_ARRIVALS_NONE, .n = n, .times = times
	};
}
