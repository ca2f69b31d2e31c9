/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests with segments far outside of a connection's window: RFC 5382 section 9. Private to tests*.c. */
#ifndef NAP_DISCOVERY_TESTS_STRAY_H
#define NAP_DISCOVERY_TESTS_STRAY_H

#include "discovery/finding.h"
#include "discovery/trial.h"

#define NAP_STRAY_WAIT (15 * NAP_S) /* Linux forgets 10 s after a RST that it believes */

extern const struct nap_procedure nap_script_stray_rst, nap_script_stray_data;

/*
 * struct nap_test.judge of them: did the RST end the connection, did the data refresh it? Unsure where the pause after the RST (the
 * trial's gap) outlives a connection, or is too short to say.
 */
void nap_judge_stray_rst(const struct nap_trial_result *r, struct nap_finding *f);
void nap_judge_stray_data(const struct nap_trial_result *r, struct nap_finding *f);

#endif
