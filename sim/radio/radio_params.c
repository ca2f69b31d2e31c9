/* SPDX-License-Identifier: BSD-2-Clause */
/* Schema rows of radio and battery profiles. */
#include "radio/battery.h"
#include "radio/provenance.h"
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
	[NAP_RADIO_UNKNOWN] = "unknown",
	NULL };
const char *const nap_verified_words[] = { [NAP_VERIFIED_YES] = "yes",
	[NAP_VERIFIED_SECONDARY] = "secondary",
	[NAP_VERIFIED_MEMORY] = "memory",
	[NAP_VERIFIED_INFERRED] = "inferred",
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
const struct nap_param nap_radio_params[] = {
	NAP_PROVENANCE_ROWS("One line that says what was measured or specified.", NULL, NULL),
	{ "technology", NAP_P_WORD, AT(technology), NULL, NULL, NULL, technologies,
		"Family of the radio; descriptive. Round trips do not tell it: unknown." },
	{ "start", NAP_P_TEXT, AT(start), NULL, NULL, NULL, NULL,
		"Name of the state that the radio rests in." },
	{ "page-messages", NAP_P_UINT, AT(page_messages), "0", "0", "1000", NULL,
		"Signalling messages, on all interfaces, of a page: the network has a packet for a device "
		"whose user plane is down (TS 23.401 5.3.4.3)." },
	{ "buffer-packets", NAP_P_UINT, AT(buffer_packets), "0", NULL, NULL, NULL,
		"Packets that the network holds for a device that is not reachable (PSM); further ones are "
		"dropped." },
	{ "buffer-time", NAP_P_TIME, AT(buffer_time), "never", "0s", NULL, NULL,
		"How long the network holds a packet for a device that sleeps (eDRX, PSM); never: without "
		"limit." },
	{ "voltage", NAP_P_VOLTAGE, AT(voltage_v), "0V", NULL, "1000V", NULL,
		"Voltage that currents of this radio are turned into powers by where there is no [battery] "
		"to tell it; 0V: not told." },
	{ "release-assistance", NAP_P_TIME, AT(release_assistance), "never", "1ms", NULL, NULL,
		"How long after its last packet the network releases a device that has said that nothing "
		"will follow, or that one answer will, once that has come (NAS: TS 24.301 9.9.4.25; MAC: TS "
		"36.321 5.4.5, 6.1.3.1); never: it goes by its inactivity timer alone. What the device says "
		"is [client] release-assistance." },
	{ "coverage", NAP_P_TEXT, AT(coverage), "", NULL, NULL, NULL,
		"The [coverage NAME] that the device is in: what is repeated how often. Empty: nothing is." },
	{ "bandwidth", NAP_P_FREQUENCY, AT(bandwidth_hz), "0Hz", "0Hz", NULL, NULL,
		"Bandwidth that the device receives; 0Hz: that of the profile's powers." },
	{ "reference-bandwidth", NAP_P_FREQUENCY, AT(reference_bandwidth_hz), "0Hz", "0Hz", NULL, NULL,
		"Bandwidth that the profile's receiving powers are of; 0Hz: they do not depend on it." },
	{ "bandwidth-floor", NAP_P_SHARE, AT(bandwidth_floor), "100%", "0%", "100%", NULL,
		"Share of a receiving power that is there at any bandwidth; the rest goes with it (TR 38.840 "
		"8.1.3)." },
	{ "receive-least", NAP_P_DRAIN, AT(receive_least), "0mW", "0mW", NULL, NULL,
		"No bandwidth brings a receiving power below this." },
	{ "antennas", NAP_P_UINT, AT(antennas), "0", "0", "64", NULL,
		"Antennas that the device receives with; 0: as many as the profile's powers are of." },
	{ "reference-antennas", NAP_P_UINT, AT(reference_antennas), "0", "0", "64", NULL,
		"Antennas that the profile's receiving powers are of; 0: they do not depend on them." },
	{ "antenna-halving", NAP_P_SHARE, AT(antenna_halving), "100%", "1%", "100%", NULL,
		"What half the antennas make of a receiving power (TR 38.840 8.1.3: 70 %)." },
	{ "output", NAP_P_LEVEL, AT(output_dbm), "0dBm", "0dBm", "60dBm", NULL,
		"Output power of sending, where the radio has [level NAME]s: between two of them the power "
		"drawn rises evenly in dBm." },
	NAP_PARAM_END
};
#undef AT

#define AT(field) offsetof(struct nap_radio_state_row, field)
const struct nap_param nap_radio_state_params[] = {
	{ "power", NAP_P_DRAIN, AT(power), NULL, "0mW", NULL, NULL,
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
	{ "on-power", NAP_P_DRAIN, AT(on_power), "0mW", "0mW", NULL, NULL,
		"Power in the on-window, in place of power; 0mW: the same as power." },
	{ "cycle-energy", NAP_P_EFFORT, AT(cycle_energy), "0mJ", "0mJ", NULL, NULL,
		"Energy of each cycle besides: waking up and falling asleep (TR 38.840 8.1)." },
	{ "sleeps", NAP_P_BOOL, AT(sleeps), "no", NULL, NULL, NULL,
		"Between on-windows, does the device fall into the [sleep NAME] of the radio that costs "
		"least in the gap and has the time in it? power is then that of the on-window." },
	{ "phase", NAP_P_TIME, AT(phase), "0s", "0s", NULL, NULL,
		"Where the on-window begins, counted as lock says." },
	{ "lock", NAP_P_WORD, AT(lock), "entry", NULL, NULL, locks,
		"What the cycle is counted from: entry into the state, end of the last exchange, absolute "
		"time; random: each packet waits uniformly 0 to cycle." },
	{ "uplink-rate", NAP_P_BITRATE, AT(rate_bps[NAP_UPLINK]), "0bit/s", "0bit/s", NULL, NULL,
		"Rate of sending; 0bit/s: takes no time." },
	{ "downlink-rate", NAP_P_BITRATE, AT(rate_bps[NAP_DOWNLINK]), "0bit/s", "0bit/s", NULL, NULL,
		"Rate of receiving; 0bit/s: takes no time." },
	{ "uplink-power", NAP_P_DRAIN, AT(transfer[NAP_UPLINK]), "0mW", "0mW", NULL, NULL,
		"Power while sending, in place of power; 0mW: the same as power." },
	{ "downlink-power", NAP_P_DRAIN, AT(transfer[NAP_DOWNLINK]), "0mW", "0mW", NULL, NULL,
		"Power while receiving, in place of power; 0mW: the same as power." },
	{ "uplink-slope", NAP_P_SLOPE, AT(slope_mw_per_mbps[NAP_UPLINK]), "0mW/Mbps", NULL, NULL, NULL,
		"Power added per Mbit/s sent (alpha_u of Huang 2012): energy per bit, whatever the rate." },
	{ "downlink-slope", NAP_P_SLOPE, AT(slope_mw_per_mbps[NAP_DOWNLINK]), "0mW/Mbps", NULL, NULL, NULL,
		"Power added per Mbit/s received (alpha_d of Huang 2012)." },
	{ "uplink-kb-energy", NAP_P_EFFORT, AT(kb_energy[NAP_UPLINK]), "0mJ", "0mJ", NULL, NULL,
		"Energy added per 1000 bytes sent." },
	{ "downlink-kb-energy", NAP_P_EFFORT, AT(kb_energy[NAP_DOWNLINK]), "0mJ", "0mJ", NULL, NULL,
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
	{ "power", NAP_P_DRAIN, AT(power), "0mW", "0mW", NULL, NULL, "Power during the transition." },
	{ "energy", NAP_P_EFFORT, AT(energy), "0mJ", "0mJ", NULL, NULL,
		"Energy of each transition besides power over delay." },
	{ "over-uplink", NAP_P_BYTES, AT(over[NAP_UPLINK]), "0B", NULL, NULL, NULL,
		"Taken for sending only when more than this waits in the uplink buffer (RLC threshold, Qian "
		"2010); 0B: any packet." },
	{ "over-downlink", NAP_P_BYTES, AT(over[NAP_DOWNLINK]), "0B", NULL, NULL, NULL,
		"The same for the downlink buffer." },
	{ "carries", NAP_P_BOOL, AT(carries), "no", NULL, NULL, NULL,
		"Do packets flow during the transition (a second leg that is added while the first "
		"carries)?" },
	{ "messages", NAP_P_UINT, AT(messages), "0", "0", "1000", NULL,
		"Signalling messages that the transition takes, on the air and in the network (TS 23.401 "
		"5.3.4.1, 5.3.5; TS 23.502 4.2.3.2, 4.2.6): what setting up a channel costs the network." },
	NAP_PARAM_END };
#undef AT

#define AT(field) offsetof(struct nap_radio_sleep_row, field)
const struct nap_param nap_radio_sleep_params[] = { { "power", NAP_P_DRAIN, AT(power), NULL, "0mW", NULL,
							    NULL, "Power in this sleep." },
	{ "energy", NAP_P_EFFORT, AT(energy), "0mJ", "0mJ", NULL, NULL,
		"Energy of falling into it and waking up, besides (TR 38.840 table 19)." },
	{ "time", NAP_P_TIME, AT(time), "0s", "0s", NULL, NULL,
		"How long falling into it and waking up take: a shorter gap has no room for it." },
	NAP_PARAM_END };
#undef AT

#define AT(field) offsetof(struct nap_radio_level_row, field)
const struct nap_param nap_radio_level_params[] = { { "output", NAP_P_LEVEL, AT(output_dbm), NULL, "0dBm",
							    "60dBm", NULL, "Output power of sending." },
	{ "power", NAP_P_DRAIN, AT(power), NULL, "0mW", NULL, NULL, "Power drawn while sending at it." },
	NAP_PARAM_END };
#undef AT

#define AT(field) offsetof(struct nap_radio_coverage_row, field)
const struct nap_param nap_radio_coverage_params[] = {
	{ "uplink-repetitions", NAP_P_UINT, AT(repetitions[NAP_UPLINK]), "1", "1", "2048", NULL,
		"How often what is sent goes over the air (NPUSCH: TS 36.213 16.5.1.1, up to 128; PUSCH of "
		"LTE-M: up to 2048)." },
	{ "downlink-repetitions", NAP_P_UINT, AT(repetitions[NAP_DOWNLINK]), "1", "1", "2048", NULL,
		"How often what is received does (NPDSCH: TS 36.213 16.4.1.3, up to 2048)." },
	{ "access-repetitions", NAP_P_UINT, AT(access), "1", "1", "2048", NULL,
		"How many times as long setting a connection up takes, and a periodic update (NPRACH: TS "
		"36.211 10.1.6, up to 128; the messages after it)." },
	{ "paging-repetitions", NAP_P_UINT, AT(paging), "1", "1", "2048", NULL,
		"How many times as long the on-window is in states without user plane (NPDCCH: TS 36.213 "
		"16.6)." },
	NAP_PARAM_END
};
#undef AT

#define AT(field) offsetof(struct nap_battery_config, field)
const struct nap_param nap_battery_params[] = { NAP_PROVENANCE_ROWS(
							"One line that says which battery it is.", "", "yes"),
	{ "capacity", NAP_P_CAPACITY, AT(capacity), NULL, "0.001mAh", NULL, NULL,
		"Rated capacity, as charge or as energy." },
	{ "voltage", NAP_P_VOLTAGE, AT(voltage_v), NULL, "0.1V", "1000V", NULL,
		"Mean voltage over the discharge: capacity x voltage is the energy, and currents x voltage "
		"are "
		"powers." },
	{ "self-discharge", NAP_P_SHARE, AT(self_discharge), "0%", "0%", "100%", NULL,
		"Share of the capacity lost in a month of 30 days, taken as a constant drain." },
	{ "cut-off", NAP_P_SHARE, AT(cut_off), "0%", "0%", "99%", NULL,
		"Share of the capacity left when the device stops." },
	{ "load", NAP_P_DRAIN, AT(load), "0mW", "0mW", NULL, NULL,
		"Mean power of all of the device but its radio, or its mean current." },
	NAP_PARAM_END };
#undef AT
