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
	struct nap_electric capacity; /* rated, as it was written */
	double capacity_mah;          /* the same; 0: there is no battery */
	double voltage_v;             /* mean voltage over the discharge */
	double self_discharge;        /* share of the capacity lost in a month of 30 days */
	double cut_off;               /* share of the capacity left when the device stops */
	struct nap_electric load;     /* all of the device but its radio */
};

extern const struct nap_param nap_battery_params[];

/*
 * What a current is as a power, a charge as an energy, at the battery's voltage: all keys of *b are read. A battery's charge is
 * what its device draws, whatever its voltage does meanwhile, so that life by charge and life by energy are the same.
 */
void nap_battery_settle(struct nap_battery_config *b);

/* Energy when full, mJ. */
double nap_battery_energy(const struct nap_battery_config *b);

/* Percent of the full battery taken in a day by the radio's mean power, the other load and self-discharge. */
double nap_battery_percent_per_day(const struct nap_battery_config *b, double radio_mw);

/* Hours from full to cut-off at the radio's mean power; INFINITY when nothing is drawn. */
double nap_battery_life_h(const struct nap_battery_config *b, double radio_mw);

/* mAh that a day takes of it, with load and self-discharge. */
double nap_battery_mah_per_day(const struct nap_battery_config *b, double radio_mw);

#endif
