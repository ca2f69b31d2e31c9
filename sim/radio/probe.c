/* SPDX-License-Identifier: BSD-2-Clause */
#include "radio/infer.h"
#include "radio/radio.h"

double nap_radio_probe(const struct nap_radio_tech *tech, nap_time start, nap_time idle, uint32_t bytes,
	nap_time path_rtt, struct nap_rng *rng)
{
	struct nap_radio r;
	nap_time exchanged, heard, answered;

	nap_radio_init(&r, tech, start);
	exchanged = nap_radio_send(&r, tech, start, bytes, NAP_CAUSE_KEEPALIVE, rng, NULL);
	heard = nap_radio_receive(&r, tech, exchanged + idle, bytes, NAP_CAUSE_KEEPALIVE, rng, NULL);
	if (heard >= NAP_RADIO_HELD)
		return -1.0;
	answered = nap_radio_send(&r, tech, heard, bytes, NAP_CAUSE_KEEPALIVE, rng, NULL);
	return nap_time_seconds(answered - exchanged - idle + path_rtt);
}
