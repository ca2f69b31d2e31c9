/* SPDX-License-Identifier: BSD-2-Clause */
/* A client and its server, joined directly: to see what the client does about ICMP errors and a lost probe. */
#ifndef NAP_CONFORMANCE_CLIENT_DUT_H
#define NAP_CONFORMANCE_CLIENT_DUT_H

#include <glib.h>

#include "conformance/conformance.h"

/* Judge the scenario's client: appends a struct nap_judgement for each rule. */
void nap_client_dut_judge(const struct nap_scenario *sc, GArray *out);

#endif
