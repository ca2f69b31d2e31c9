/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests that look along the path: who answers at expiry, how far a keepalive must go. Private to tests*.c. */
#ifndef NAP_DISCOVERY_TESTS_PATH_H
#define NAP_DISCOVERY_TESTS_PATH_H

#include "discovery/finding.h"
#include "discovery/trial.h"

extern const struct nap_procedure nap_script_udp_expiry, nap_procedure_tcp_expiry,
	nap_procedure_tcp_expiry_sockets, nap_script_refresh_ttl, nap_script_path, nap_script_closing_expiry;

/* struct nap_test.judge of the first three: what either end's packet met, and from which hop that came. */
void nap_judge_expiry(const struct nap_trial_result *r, struct nap_finding *f);

/* The same of tcp-after-expiry, whose word is who goes on and is answered by a RST: rst-both, rst-inside ..., silence, create. */
void nap_judge_after_expiry(const struct nap_trial_result *r, struct nap_finding *f);

#endif
