/* SPDX-License-Identifier: BSD-2-Clause */
/* EXAMPLE profiles: every key of a kind with its meaning, form and default, from the schema tables. */
#include <string.h>

#include "cli/help_text.h"
#include "text/schema.h"
#include "run/scenario.h"

/* What an example sets other than to its default. */
struct sample {
	const char *key, *value;
};

/* A group of an example: its rows, and values for keys that need one. */
struct part {
	const char *group;
	const struct nap_param *rows;
	const struct sample *samples; /* ends with a NULL key */
	bool brief;                   /* only the samples */
};

/* An example: what is said before the first group, then the parts; two parts of one group follow each other. */
struct example {
	const char *head;
	const struct part *parts; /* ends with a NULL group */
};

static const struct sample no_samples[] = { { NULL, NULL } };
static const struct sample own_source[] = { { "source",
						    "my own measurement, which says how, where and when" },
	{ "verified", "yes" }, { NULL, NULL } };
static const struct part middlebox_parts[] = { { "middlebox", nap_box_params, own_source, false },
	{ "middlebox", nap_hop_params, no_samples, false }, { NULL, NULL, NULL, false } };

static const struct sample radio_samples[] = { { "title", "two states: asleep and awake" },
	{ "source", "my own measurement, which says how, where and when" }, { "verified", "yes" },
	{ "technology", "lte" }, { "start", "asleep" }, { NULL, NULL } };
static const struct sample asleep[] = { { "power", "5mW" }, { "cycle", "1.28s" }, { "on-duration", "43ms" },
	{ "on-power", "600mW" }, { NULL, NULL } };
static const struct sample awake[] = { { "connected", "yes" }, { "power", "1W" }, { NULL, NULL } };
static const struct sample wake[] = { { "from", "asleep" }, { "to", "awake" }, { "on", "traffic" },
	{ "delay", "260ms" }, { "power", "1.2W" }, { NULL, NULL } };
static const struct sample sleep_samples[] = { { "from", "awake" }, { "to", "asleep" }, { "on", "idle" },
	{ "after", "10s" }, { NULL, NULL } };
static const struct sample deep[] = { { "power", "1mW" }, { NULL, NULL } };
static const struct sample loud[] = { { "output", "23dBm" }, { "power", "700mW" }, { NULL, NULL } };
static const struct part radio_parts[] = { { "radio", nap_radio_params, radio_samples, false },
	{ "state asleep", nap_radio_state_params, asleep, false },
	{ "state awake", nap_radio_state_params, awake, true },
	{ "edge wake", nap_radio_edge_params, wake, false },
	{ "edge sleep", nap_radio_edge_params, sleep_samples, true },
	{ "sleep deep", nap_radio_sleep_params, deep, false },
	{ "level loud", nap_radio_level_params, loud, false },
	{ "coverage far", nap_radio_coverage_params, no_samples, false }, { NULL, NULL, NULL, false } };

static const struct sample battery_samples[] = { { "title", "a phone's battery" },
	{ "source", "printed on the cell" }, { "verified", "yes" }, { "capacity", "3000mAh" },
	{ "voltage", "3.8V" }, { NULL, NULL } };
static const struct part battery_parts[] = { { "battery", nap_battery_params, battery_samples, false },
	{ NULL, NULL, NULL, false } };

static const struct sample device_samples[] = { { "title", "a phone" },
	{ "source", "my own measurement, which says how, where and when" }, { "verified", "yes" },
	{ "wake-energy", "40mJ" }, { "awake-power", "110mW" }, { "hold", "1s" }, { NULL, NULL } };
static const struct part device_parts[] = { { "device", nap_device_params, device_samples, false },
	{ "device", nap_doze_params, no_samples, false }, { NULL, NULL, NULL, false } };

static const struct sample policy_sample[] = { { "policy", "fixed" }, { NULL, NULL } };
static const struct part application_parts[] = { { "application", nap_app_params, own_source, false },
	{ "application", nap_stack_params, no_samples, false },
	{ "application", nap_program_params, no_samples, false },
	{ "application", nap_choice_client + 1, policy_sample, false }, { NULL, NULL, NULL, false } };

static const struct part stack_parts[] = { { "stack", nap_app_params, own_source, true },
	{ "stack", nap_stack_params, no_samples, false }, { NULL, NULL, NULL, false } };

static const struct example examples[NAP_PROFILE_KINDS] = {
	[NAP_MIDDLEBOX] = { "# Where values come from: the vendor's manual (say which section), the source "
			    "of the program (which file), a\n"
			    "# sysctl dump (the timers have the names of "
			    "net.netfilter.nf_conntrack_*_timeout_*), or measurement with natnap\n"
			    "# probe. A population of devices is a profile with distributions: udp = "
			    "lognormal 90s 0.6, or udp = empirical FILE\n"
			    "# (a file beside the profile); each simulated box then draws its own value.\n",
		middlebox_parts },
	[NAP_RADIO] = { "# A radio is a table: states with a power, and edges between them, taken by traffic "
			"or after idleness. Where values\n"
			"# come from: a power meter on the device, the operator's timers, round trips after "
			"growing idle gaps (natnap\n"
			"# infer-radio finds the timers from them), or a paper's table.\n",
		radio_parts },
	[NAP_BATTERY] = { "# Where values come from: the print on the cell, its data sheet, and a power "
			  "meter for the load of all but the radio.\n",
		battery_parts },
	[NAP_DEVICE] = { "# Where values come from: a power meter on the device while single packets wake "
			 "it, and the system's "
			 "own times (Android:\n"
			 "# adb shell dumpsys deviceidle prints them).\n",
		device_parts },
	[NAP_APPLICATION] = { "# Where values come from: the protocol's text for what is sent when, and a "
			      "packet capture for the sizes (payload above\n"
			      "# UDP or TCP, TLS records included). A profile may also choose a keepalive "
			      "policy and set its keys (natnap help\n"
			      "# policy lists them); a scenario that chooses another policy passes over "
			      "those.\n",
		application_parts },
	[NAP_STACK] = { "# Where values come from: the kernel's source (which file), its documentation, or a "
			"packet "
			"capture of its timers.\n",
		stack_parts },
};

static const char *sample_of(const struct part *part, const char *key)
{
	for (const struct sample *s = part->samples; s->key; s++)
		if (strcmp(s->key, key) == 0)
			return s->value;
	return NULL;
}

/* Text as comment lines. */
static void append_comment(GString *out, const char *text)
{
	g_autofree char *wrapped = nap_help_wrap(text, "# ");

	g_string_append(out, wrapped);
}

static void append_key(GString *out, const struct part *part, const struct nap_param *row)
{
	g_autofree char *type = nap_help_type(row);
	const char *value = sample_of(part, row->key);

	if (part->brief && !value)
		return;
	if (!part->brief) {
		g_string_append_c(out, '\n');
		append_comment(out, row->help);
		append_comment(out, type);
	}
	if (!value)
		value = row->def;
	g_string_append_printf(out, "%s%s =%s%s\n", value && *value ? "" : "# ", row->key,
		value && *value ? " " : "", value ? value : "");
}

char *nap_help_example(enum nap_profile_kind kind)
{
	GString *out = g_string_new(NULL);
	const char *name = nap_profile_kinds[kind], *group = "";

	g_string_append_printf(out,
		"# Every key of a %s profile: its meaning, its form and default. To make one, copy this file "
		"to NAME beside it, keep\n"
		"# the keys that differ from the defaults, and run natnap profiles %s NAME, which checks it "
		"and shows all values.\n%s",
		name, name, examples[kind].head);
	for (const struct part *part = examples[kind].parts; part->group; part++) {
		if (strcmp(group, part->group) != 0)
			g_string_append_printf(out, "\n[%s]\n", part->group);
		if (!*group) {
			g_string_append(out, "\n# Another profile of this kind, whose values hold where this "
					     "one sets none.\n# base =\n");
		}
		group = part->group;
		for (const struct nap_param *row = part->rows; row->key; row++)
			append_key(out, part, row);
	}
	return g_string_free(out, FALSE);
}
