/* SPDX-License-Identifier: BSD-2-Clause */
/* A battery: how long it feeds a radio and the rest of the device. */
#ifndef NAP_RADIO_BATTERY_H
#define NAP_RADIO_BATTERY_H

#include "kernel/param.h"
#include "radio/tech.h"
#include "kernel/time.h"

/* Group [battery]. */
struct nap_battery_config {
	const char *title, *source, *note, *unverified; /* "" when absent */
	enum nap_verified verified;
	double capacity_mah;   /* rated */
	double voltage_v;      /* mean voltage over the discharge */
	double self_discharge; /* share of the capacity lost in a month of 30 days */
	double cut_off;        /* share of the capacity left when the device stops */
	double load_mw;        /* all of the device but its radio */
};

extern const struct nap_param nap_battery_params[];

/* Energy when full, mJ. */
double nap_battery_energy(const struct nap_battery_config *b);

/* Percent of the full battery taken in a day by the radio's mean power, the other load and self-discharge. */
double nap_battery_percent_per_day(const struct nap_battery_config *b, double radio_mw);

/* Hours from full to cut-off at the radio's mean power; INFINITY when nothing is drawn. */
double nap_battery_life_h(const struct nap_battery_config *b, double radio_mw);

#endif
