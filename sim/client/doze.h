/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When a mobile operating system lets alarms go off: Android's Doze, whose
 * idle periods grow, with maintenance windows between them, from when the
 * device was last used.
 */
#ifndef NAP_CLIENT_DOZE_H
#define NAP_CLIENT_DOZE_H

#include "kernel/time.h"

enum nap_doze { NAP_DOZE_NO, NAP_DOZE_LIGHT, NAP_DOZE_DEEP };

/* The earliest time not before t at which an alarm may go off, the device being unused since. */
nap_time nap_doze_allowed(enum nap_doze kind, nap_time since, nap_time t);

#endif
