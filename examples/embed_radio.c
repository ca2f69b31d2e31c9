/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What does a keepalive cost the radio? An hour of LTE without any, and with one every 5 minutes. By hand: 3600 s x 594.3 mW x
 * 43.2 / 1280.2 of idling; each of the 11 adds 0.31 J (promotion), 0.13 (100 ms active), 0.02 (short DRX) and 12.41 J (long
 * DRX for 11.456 s), less 11.8 s of idling.
 */
#include <natnap.h>
#include <stdio.h>

/* Energy of an hour, mJ, with a packet of 60 bytes every gap. */
static double hour(const struct nap_radio_tech *tech, nap_time gap)
{
	struct nap_meter *meter = nap_meter_new();
	struct nap_rng rng = nap_rng_stream(1, 0, 0, NAP_RNG_RADIO);
	struct nap_radio radio;
	double mj;

	nap_radio_init(&radio, tech, 0);
	for (nap_time t = gap; t < NAP_H; t += gap)
		nap_radio_send(&radio, tech, t, 60, NAP_CAUSE_KEEPALIVE, &rng, meter);
	nap_radio_close(&radio, tech, NAP_H, meter);
	mj = nap_meter_energy(meter, tech).total;
	nap_meter_free(meter);
	return mj;
}

int main(void)
{
	char *why;
	struct nap_scenario *sc =
		nap_scenario_parse("[scenario]\nduration = 1h\n[radio]\nprofile = lte-huang-2012\n", &why);

	if (!sc) {
		fprintf(stderr, "%s\n", why);
		nap_free(why);
		return 1;
	}
	printf("idle %.1f J, with keepalives %.1f J\n", hour(nap_scenario_radio(sc), NAP_H) / 1000,
		hour(nap_scenario_radio(sc), 5 * NAP_MIN) / 1000);
	nap_scenario_free(sc);
	return 0;
}
