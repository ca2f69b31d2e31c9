/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/doze.h"

#define TIME(key, field, def, least, help)                                                                   \
	{                                                                                                    \
		key, NAP_P_TIME, offsetof(struct nap_doze_config, field), def, least, "365d", NULL, help     \
	}

/* Defaults: DeviceIdleController of AOSP (base@00185053), the values of phones. */
const struct nap_param nap_doze_params[] = {
	TIME("light-after", light.after, "5min", "0s",
		"Light Doze begins so long after the device was last used (light_after_inactive_to)."),
	TIME("light-idle", light.idle, "5min", "1s",
		"Its first idle period; each is twice the one before (light_idle_to)."),
	TIME("light-idle-max", light.idle_max, "15min", "1s", "Its longest idle period (light_max_idle_to)."),
	TIME("light-window", light.window, "1min", "1s",
		"Its first maintenance window; each is twice the one before "
		"(light_idle_maintenance_min_budget)."),
	TIME("light-window-max", light.window_max, "1min", "1s",
		"Its longest maintenance window; AOSP's maximum of 5 min is for devices with work left "
		"over."),
	TIME("deep-after", deep.after, "3870s", "0s",
		"Deep Doze begins so long after the device was last used (inactive_to, "
		"idle_after_inactive_to, "
		"sensing_to and locating_to together)."),
	TIME("deep-idle", deep.idle, "1h", "1s",
		"Its first idle period; each is twice the one before (idle_to)."),
	TIME("deep-idle-max", deep.idle_max, "6h", "1s", "Its longest idle period (max_idle_to)."),
	TIME("deep-window", deep.window, "5min", "1s",
		"Its first maintenance window; each is twice the one before (idle_pending_to)."),
	TIME("deep-window-max", deep.window_max, "10min", "1s",
		"Its longest maintenance window (max_idle_pending_to)."),
	TIME("while-idle-spacing", alarm_spacing, "9min", "1s",
		"Least time between alarms of a program that may go off in Doze (setAndAllowWhileIdle)."),
	TIME("while-idle-run", alarm_run, "10s", "0s",
		"How long the program may then run and use the network."),
	NAP_PARAM_END
};
#undef TIME

static const char *const doze_words[] = { "no", "light", "deep", "both", NULL };

#define PROGRAM(field) offsetof(struct nap_program, field)

const struct nap_param nap_program_params[] = { { "doze", NAP_P_WORD, PROGRAM(doze), "no", NULL, NULL,
							doze_words,
							"Is the device left alone? In light Doze there is no "
							"network between maintenance windows, so that "
							"pushes come late and keepalives are lost; in deep "
							"Doze alarms and the program wait for them "
							"too. both: light until deep begins, as a phone that "
							"lies still. [device] says when." },
	{ "while-idle", NAP_P_BOOL, PROGRAM(while_idle), "no", NULL, NULL, NULL,
		"May the keepalive's alarm go off in Doze all the same, at most every while-idle-spacing, "
		"for "
		"while-idle-run (setAndAllowWhileIdle)?" },
	{ "exempt", NAP_P_BOOL, PROGRAM(exempt), "no", NULL, NULL, NULL,
		"Does the system withhold nothing from this program in Doze (battery optimisation off, or a "
		"push service of the system)?" },
	{ "offload", NAP_P_BOOL, PROGRAM(offload), "no", NULL, NULL, NULL,
		"Does the modem or network card send the keepalives by itself, the processor asleep and Doze "
		"or not (SocketKeepalive of Android, NAT-T offload)? For UDP keepalives without an answer, "
		"and for TCP's own "
		"probes." },
	{ "wake-lock", NAP_P_TIME, PROGRAM(wake_lock), "0s", "0s", "365d", NULL,
		"The program keeps the processor awake so long after each packet and alarm, but not into "
		"deep "
		"Doze; [device] says what that costs." },
	NAP_PARAM_END };
