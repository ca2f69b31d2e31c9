/* SPDX-License-Identifier: BSD-2-Clause */
#include "text/units.h"

#include "text/quantity.h"

#include <glib.h>

const struct whole_unit unit_times[] = { { "d", UINT64_C(86400000000000), false },
	{ "h", UINT64_C(3600000000000), false }, { "min", UINT64_C(60000000000), false },
	{ "m", UINT64_C(60000000000), true }, { "s", 1000000000, false }, { "ms", 1000000, false },
	{ "us", 1000, false }, { "\302\265s", 1000, true }, { "ns", 1, false }, { NULL, 0, false } };

const struct whole_unit unit_bytes[] = { { "GB", 1000000000, false }, { "MB", 1000000, false },
	{ "kB", 1000, false }, { "GiB", 1073741824, true }, { "MiB", 1048576, true }, { "KiB", 1024, true },
	{ "B", 1, false }, { NULL, 0, false } };

const struct real_unit unit_none[] = { { "", 0, 1, false }, { NULL, 0, 0, false } };
static const struct real_unit share_units[] = { { "%", -2, 1, false }, { NULL, 0, 0, false } };
static const struct real_unit power_units[] = { { "mW", 0, 1, false }, { "W", 3, 1, false },
	{ "uW", -3, 1, false }, { "nW", -6, 1, false }, { "kW", 6, 1, false }, { NULL, 0, 0, false } };
static const struct real_unit current_units[] = { { "mA", 0, 1, false }, { "A", 3, 1, false },
	{ "uA", -3, 1, false }, { "nA", -6, 1, false }, { NULL, 0, 0, false } };
static const struct real_unit voltage_units[] = { { "V", 0, 1, false }, { "mV", -3, 1, false },
	{ NULL, 0, 0, false } };
static const struct real_unit charge_units[] = { { "mAh", 0, 1, false }, { "Ah", 3, 1, false },
	{ "uAh", -3, 1, false }, { "C", 0, 1 / 3.6, true }, { "mC", -3, 1 / 3.6, true },
	{ "uC", -6, 1 / 3.6, true }, { NULL, 0, 0, false } };
static const struct real_unit energy_units[] = { { "mJ", 0, 1, false }, { "J", 3, 1, false },
	{ "uJ", -3, 1, false }, { "kJ", 6, 1, false }, { "Wh", 5, 36, false }, { "mWh", 2, 36, false },
	{ NULL, 0, 0, false } };
static const struct real_unit bitrate_units[] = { { "bit/s", 0, 1, false }, { "kbit/s", 3, 1, false },
	{ "Mbit/s", 6, 1, false }, { "Gbit/s", 9, 1, false }, { "bps", 0, 1, true }, { "kbps", 3, 1, true },
	{ "Mbps", 6, 1, true }, { "Gbps", 9, 1, true }, { NULL, 0, 0, false } };
static const struct real_unit slope_units[] = { { "mW/Mbps", 0, 1, false }, { "W/Mbps", 3, 1, false },
	{ "uW/kbps", 0, 1, false }, { "mW/kbps", 3, 1, false }, { NULL, 0, 0, false } };

static const struct real_unit frequency_units[] = { { "Hz", 0, 1, false }, { "kHz", 3, 1, false },
	{ "MHz", 6, 1, false }, { "GHz", 9, 1, false }, { NULL, 0, 0, false } };
static const struct real_unit level_units[] = { { "dBm", 0, 1, false }, { NULL, 0, 0, false } };
/* What a volt makes an energy: mC (mA s), and mAh for capacities. */
static const struct real_unit effort_charge_units[] = { { "mC", 0, 1, false }, { "C", 3, 1, false },
	{ "uC", -3, 1, false }, { "mAh", 2, 36, false }, { "uAh", -1, 36, false }, { NULL, 0, 0, false } };
static const struct real_unit capacity_units[] = { { "mWh", 0, 1, false }, { "Wh", 3, 1, false },
	{ "kWh", 6, 1, false }, { NULL, 0, 0, false } };

const struct type_info unit_types[NAP_P_TYPES] = {
	[NAP_P_TIME] = { "a time", "ns us ms s min h d", "30s, 5min, 2h4min, never", NULL },
	[NAP_P_DIST_TIME] = { "a time or a distribution of times", "ns us ms s min h d",
		"40ms, uniform 20ms 60ms, exponential 1s, normal 40ms 5ms, lognormal 40ms 0.5, pareto 10ms "
		"1.5, "
		"weibull 40ms 2, empirical FILE",
		NULL },
	[NAP_P_SPAN] = { "a time or a share of the interval", "ns us ms s min h d %",
		"30s, never, 150% (of the client's interval)", NULL },
	[NAP_P_WAIT] = { "a time, a share of the interval, or a distribution of times",
		"ns us ms s min h d %",
		"30s, never, 150% (of the client's interval), uniform 2s 3s, lognormal 2s 0.5", NULL },
	[NAP_P_ARRIVALS] = { "arrivals", "/s /min /h /d",
		"none, poisson 4/h, periodic 10min, onoff 5min 1h 30/h (mean on, mean off, rate while on), "
		"times FILE, gaps weibull 1d 0.7 (any distribution); poisson 4/h daily 1 2 3 (weights of "
		"equal "
		"spans of the day, or FILE COLUMN)",
		NULL },
	[NAP_P_UINT] = { "a whole number", "", "1, 250", NULL },
	[NAP_P_UINT64] = { "a whole number", "", "1, 250", NULL },
	[NAP_P_REAL] = { "a number", "", "0.5, 2", unit_none },
	[NAP_P_SHARE] = { "a share", "%", "0.1%, 50%", share_units },
	[NAP_P_BOOL] = { "yes or no", "", "yes, no", NULL },
	[NAP_P_WORD] = { "a word", "", "", NULL },
	[NAP_P_WORD_ARG] = { "a word", "", "", NULL },
	[NAP_P_POWER] = { "a power", "nW uW mW W kW", "620mW, 1.2W", power_units },
	[NAP_P_CURRENT] = { "a current", "nA uA mA A", "20mA, 75uA", current_units },
	[NAP_P_VOLTAGE] = { "a voltage", "mV V", "3.8V", voltage_units },
	[NAP_P_CHARGE] = { "a charge", "uAh mAh Ah uC mC C", "3000mAh", charge_units },
	[NAP_P_ENERGY] = { "an energy", "uJ mJ J kJ mWh Wh", "450mJ, 12J", energy_units },
	[NAP_P_BYTES] = { "a size", "B kB MB GB KiB MiB GiB", "64B, 2kB", NULL },
	[NAP_P_BITRATE] = { "a bit rate", "bit/s kbit/s Mbit/s Gbit/s", "6Mbit/s", bitrate_units },
	[NAP_P_SLOPE] = { "a power per bit rate", "mW/Mbps W/Mbps", "438.39mW/Mbps", slope_units },
	[NAP_P_FREQUENCY] = { "a frequency", "Hz kHz MHz GHz", "20MHz", frequency_units },
	[NAP_P_LEVEL] = { "a level", "dBm", "23dBm", level_units },
	[NAP_P_DRAIN] = { "a power or a current", "nW uW mW W kW nA uA mA A", "620mW, 1.2W, 20mA, 75uA",
		power_units, current_units },
	[NAP_P_EFFORT] = { "an energy or a charge", "uJ mJ J kJ mWh Wh uC mC C uAh mAh", "450mJ, 12J, 100mC",
		energy_units, effort_charge_units },
	[NAP_P_CAPACITY] = { "a charge or an energy", "uAh mAh Ah mWh Wh kWh", "3000mAh, 5Wh", capacity_units,
		charge_units },
	[NAP_P_TEXT] = { "a text", "", "", NULL },
	[NAP_P_LIST] = { "a list", "", "home; carrier", NULL },
	[NAP_P_ADDRESSES] = { "IPv4 addresses", "", "203.0.113.1; 203.0.113.8-203.0.113.15; 198.51.100.0/28",
		NULL },
	[NAP_P_PORT_RANGE] = { "port ranges", "", "1024-2047; 5120-6143", NULL },
	[NAP_P_TIMERS] = { "timers of ports", "ns us ms s min h d",
		"53: 10s; tcp/443: 5min; udp/4500: 30s 5min", NULL },
	[NAP_P_CHANGES] = { "times that change", "ns us ms s min h d", "10min: 500ms; 2h: uniform 20ms 60ms",
		NULL },
	[NAP_P_SETTINGS] = { "keys that change", "", "35s: rules = drop inside; 1h: udp = 30s", NULL },
	[NAP_P_BOUNDS] = { "bounds", "", "reachable >= 99.9%; bindings-lost <= 0; energy <= 300J", NULL },
};

const char *nap_time_unit(size_t i, double *seconds)
{
	const struct whole_unit *u = unit_times;

	for (; u->name && (u->alias || i > 0); u++)
		i -= !u->alias;
	if (u->name)
		*seconds = (double)u->scale / (double)NAP_S;
	return u->name;
}

char *nap_time_said(nap_time t)
{
	nap_time s = t / NAP_S;
	GString *text;

	if (t % NAP_S != 0 || s < 120 || s >= 86400)
		return nap_time_format(t);
	text = g_string_new(NULL);
	if (s >= 3600)
		g_string_append_printf(text, "%" G_GINT64_FORMAT "h", s / 3600);
	if (s / 60 % 60 > 0)
		g_string_append_printf(text, "%" G_GINT64_FORMAT "min", s / 60 % 60);
	if (s % 60 > 0)
		g_string_append_printf(text, "%" G_GINT64_FORMAT "s", s % 60);
	return g_string_free(text, FALSE);
}
