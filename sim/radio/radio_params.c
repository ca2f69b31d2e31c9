/* SPDX-License-Identifier: BSD-2-Clause */
/* Schema rows of radio and battery profiles. */
#include "radio/battery.h"
#include "radio/tech.h"

static const char *const technologies[] = { [NAP_RADIO_GSM] = "gsm",
	[NAP_RADIO_CDMA] = "cdma",
	[NAP_RADIO_UMTS] = "umts",
	[NAP_RADIO_LTE] = "lte",
	[NAP_RADIO_LTE_M] = "lte-m",
	[NAP_RADIO_NB_IOT] = "nb-iot",
	[NAP_RADIO_NR_NSA] = "nr-nsa",
	[NAP_RADIO_NR_SA] = "nr-sa",
	[NAP_RADIO_WIFI] = "wifi",
	[NAP_RADIO_WIRED] = "wired",
	NULL };
static const char *const verified[] = { [NAP_VERIFIED_YES] = "yes",
	[NAP_VERIFIED_SECONDARY] = "secondary",
	[NAP_VERIFIED_MEMORY] = "memory",
	NULL };
static const char *const triggers[] = { [NAP_ON_IDLE] = "idle",
	[NAP_ON_SEND] = "send",
	[NAP_ON_RECEIVE] = "receive",
	[NAP_ON_TRAFFIC] = "traffic",
	NULL };
static const char *const reaches[] = { [NAP_REACH_YES] = "yes", [NAP_REACH_NO] = "no", NULL };
static const char *const locks[] = { [NAP_LOCK_ENTRY] = "entry",
	[NAP_LOCK_EXCHANGE] = "exchange",
	[NAP_LOCK_ABSOLUTE] = "absolute",
	[NAP_LOCK_RANDOM] = "random",
	NULL };

#define AT(field) offsetof(struct nap_radio_row, field)
const struct nap_param nap_radio_params[] = { { "title", NAP_P_TEXT, AT(title), "", NULL, NULL, NULL,
						      "One line that says what was measured or specified." },
	{ "source", NAP_P_TEXT, AT(source), NULL, NULL, NULL, NULL,
		"Where the values come from: paper and table, program and commit, standard and clause." },
	{ "note", NAP_P_TEXT, AT(note), "", NULL, NULL, NULL,
		"What a reader must know to use the profile well." },
	{ "verified", NAP_P_WORD, AT(verified), NULL, NULL, NULL, verified,
		"yes: all values seen in the source itself; secondary: seen in a text that quotes it; "
		"memory: some values are recalled, named under unverified." },
	{ "unverified", NAP_P_TEXT, AT(unverified), "", NULL, NULL, NULL,
		"Which values were recalled, assumed or derived." },
	{ "technology", NAP_P_WORD, AT(technology), NULL, NULL, NULL, technologies,
		"Family of the radio; descriptive." },
	{ "start", NAP_P_TEXT, AT(start), NULL, NULL, NULL, NULL,
		"Name of the state that the radio rests in." },
	{ "buffer-packets", NAP_P_UINT, AT(buffer_packets), "0", NULL, NULL, NULL,
		"Packets that the network holds for a device that is not reachable (PSM); further ones are "
		"dropped." },
	{ "buffer-time", NAP_P_TIME, AT(buffer_time), "never", "0s", NULL, NULL,
		"How long the network holds a packet for a device that sleeps (eDRX, PSM); never: without "
		"limit." },
	NAP_PARAM_END };
#undef AT

#define AT(field) offsetof(struct nap_radio_state_row, field)
const struct nap_param nap_radio_state_params[] = {
	{ "power", NAP_P_POWER, AT(power_mw), NULL, "0mW", NULL, NULL,
		"Power in the state while nothing else goes on: sleep power between on-windows, base power "
		"of the tail." },
	{ "connected", NAP_P_BOOL, AT(connected), "no", NULL, NULL, NULL,
		"Is the user plane up, so that packets flow without a promotion?" },
	{ "reachable", NAP_P_WORD, AT(reachable), "yes", NULL, NULL, reaches,
		"Can the network reach the device? no: power saving mode (TS 23.401 4.3.22)." },
	{ "cycle", NAP_P_TIME, AT(cycle), "0s", "0s", "3h", NULL,
		"DRX or paging cycle: downlink packets wait for the next on-window; 0s: the device listens "
		"all the time." },
	{ "on-duration", NAP_P_TIME, AT(on_duration), "0s", "0s", "3h", NULL,
		"Length of the on-window of each cycle; for eDRX the paging time window." },
	{ "on-power", NAP_P_POWER, AT(on_power_mw), "0mW", "0mW", NULL, NULL,
		"Power in the on-window, in place of power; 0mW: the same as power." },
	{ "cycle-energy", NAP_P_ENERGY, AT(cycle_energy_mj), "0mJ", "0mJ", NULL, NULL,
		"Energy of each cycle besides: waking up and falling asleep (TR 38.840 8.1)." },
	{ "phase", NAP_P_TIME, AT(phase), "0s", "0s", NULL, NULL,
		"Where the on-window begins, counted as lock says." },
	{ "lock", NAP_P_WORD, AT(lock), "entry", NULL, NULL, locks,
		"What the cycle is counted from: entry into the state, end of the last exchange, absolute "
		"time; random: each packet waits uniformly 0 to cycle." },
	{ "uplink-rate", NAP_P_BITRATE, AT(rate_bps[NAP_UPLINK]), "0bit/s", "0bit/s", NULL, NULL,
		"Rate of sending; 0bit/s: takes no time." },
	{ "downlink-rate", NAP_P_BITRATE, AT(rate_bps[NAP_DOWNLINK]), "0bit/s", "0bit/s", NULL, NULL,
		"Rate of receiving; 0bit/s: takes no time." },
	{ "uplink-power", NAP_P_POWER, AT(transfer_mw[NAP_UPLINK]), "0mW", "0mW", NULL, NULL,
		"Power while sending, in place of power; 0mW: the same as power." },
	{ "downlink-power", NAP_P_POWER, AT(transfer_mw[NAP_DOWNLINK]), "0mW", "0mW", NULL, NULL,
		"Power while receiving, in place of power; 0mW: the same as power." },
	{ "uplink-slope", NAP_P_SLOPE, AT(slope_mw_per_mbps[NAP_UPLINK]), "0mW/Mbps", NULL, NULL, NULL,
		"Power added per Mbit/s sent (alpha_u of Huang 2012): energy per bit, whatever the rate." },
	{ "downlink-slope", NAP_P_SLOPE, AT(slope_mw_per_mbps[NAP_DOWNLINK]), "0mW/Mbps", NULL, NULL, NULL,
		"Power added per Mbit/s received (alpha_d of Huang 2012)." },
	{ "uplink-kb-energy", NAP_P_ENERGY, AT(kb_energy_mj[NAP_UPLINK]), "0mJ", "0mJ", NULL, NULL,
		"Energy added per 1000 bytes sent." },
	{ "downlink-kb-energy", NAP_P_ENERGY, AT(kb_energy_mj[NAP_DOWNLINK]), "0mJ", "0mJ", NULL, NULL,
		"Energy added per 1000 bytes received." },
	NAP_PARAM_END
};
#undef AT

#define AT(field) offsetof(struct nap_radio_edge_row, field)
const struct nap_param nap_radio_edge_params[] = { { "from", NAP_P_TEXT, AT(from), NULL, NULL, NULL, NULL,
							   "State that the edge leaves." },
	{ "to", NAP_P_TEXT, AT(to), NULL, NULL, NULL, NULL, "State that it enters." },
	{ "on", NAP_P_WORD, AT(on), NULL, NULL, NULL, triggers,
		"What makes it be taken: idle (a timer), send, receive, traffic (either). The first edge of "
		"a state that applies is taken." },
	{ "after", NAP_P_DIST_TIME, AT(after), "0s", "0s", NULL, NULL,
		"on = idle: inactivity timer, from the last activity or, if later, from entry into the "
		"state." },
	{ "delay", NAP_P_DIST_TIME, AT(delay), "0s", "0s", NULL, NULL,
		"How long the transition takes; packets wait for its end unless carries = yes." },
	{ "power", NAP_P_POWER, AT(power_mw), "0mW", "0mW", NULL, NULL, "Power during the transition." },
	{ "energy", NAP_P_ENERGY, AT(energy_mj), "0mJ", "0mJ", NULL, NULL,
		"Energy of each transition besides power over delay." },
	{ "over-uplink", NAP_P_BYTES, AT(over[NAP_UPLINK]), "0B", NULL, NULL, NULL,
		"Taken for sending only when more than this waits in the uplink buffer (RLC threshold, Qian "
		"2010); 0B: any packet." },
	{ "over-downlink", NAP_P_BYTES, AT(over[NAP_DOWNLINK]), "0B", NULL, NULL, NULL,
		"The same for the downlink buffer." },
	{ "carries", NAP_P_BOOL, AT(carries), "no", NULL, NULL, NULL,
		"Do packets flow during the transition (a second leg that is added while the first "
		"carries)?" },
	NAP_PARAM_END };
#undef AT

#define AT(field) offsetof(struct nap_battery_config, field)
const struct nap_param nap_battery_params[] = { { "title", NAP_P_TEXT, AT(title), "", NULL, NULL, NULL,
							"One line that says which battery it is." },
	{ "source", NAP_P_TEXT, AT(source), "", NULL, NULL, NULL, "Where the values come from." },
	{ "note", NAP_P_TEXT, AT(note), "", NULL, NULL, NULL,
		"What a reader must know to use the profile well." },
	{ "verified", NAP_P_WORD, AT(verified), "yes", NULL, NULL, verified,
		"yes: all values seen in the source; secondary: in a text that quotes it; memory: some "
		"recalled, named under unverified." },
	{ "unverified", NAP_P_TEXT, AT(unverified), "", NULL, NULL, NULL,
		"Which values were recalled, assumed or derived." },
	{ "capacity", NAP_P_CHARGE, AT(capacity_mah), NULL, "0.001mAh", NULL, NULL, "Rated capacity." },
	{ "voltage", NAP_P_VOLTAGE, AT(voltage_v), NULL, "0.1V", "1000V", NULL,
		"Mean voltage over the discharge: capacity x voltage is the energy." },
	{ "self-discharge", NAP_P_SHARE, AT(self_discharge), "0%", "0%", "100%", NULL,
		"Share of the capacity lost in a month of 30 days, taken as a constant drain." },
	{ "cut-off", NAP_P_SHARE, AT(cut_off), "0%", "0%", "99%", NULL,
		"Share of the capacity left when the device stops." },
	{ "load", NAP_P_POWER, AT(load_mw), "0mW", "0mW", NULL, NULL,
		"Mean power of all of the device but its radio." },
	NAP_PARAM_END };
#undef AT
