/* SPDX-License-Identifier: BSD-2-Clause */
/* --set and what it sweeps: a line an override, over one scenario. Each is refused with a reason, or the scenario loads. */
#include "fuzz/fuzz.h"
#include "fuzz/fuzz_files.h"

#include "io/sweep.h"

#define SCENARIO                                                                                             \
	"[scenario]\nduration = 1h\n[path]\nmiddleboxes = nat\n[middlebox nat]\nprofile = "                  \
	"linux\n[radio]\nprofile = "                                                                         \
	"lte-huang-2012\n[battery]\nprofile = phone-3000mah\n[client]\napplication = udp\npolicy = "         \
	"fixed\ninterval = 30s\n"                                                                            \
	"[server]\npush = poisson 4/h\n[sweep]\nclient.interval = geometric 30s 10min 4\n"
#define MOST 16

static const char *const corpus[] = { "client.interval=45s\nmiddlebox.nat.udp=2 * client.interval\n",
	"scenario.seed=9\npath.loss=1%", "sweep.client.interval=10s; 20s; 30s",
	"middlebox.nat.profile=cgn-rfc6888\nmiddlebox.nat.ports=block 64\nscenario.subscribers=100",
	"path.delay=lognormal 40ms 0.5\nserver.push=onoff 5min 1h 30/h",
	"radio.profile=wifi-aro\nclient.policy=none" };
static const char *const words[] = { ".", "=", "\n", "client.", "middlebox.nat.", "path.", "server.",
	"sweep.", "scenario.", "radio.", "interval", "profile", "policy", "uniform 1s 2s",
	"geometric 1s 1h 9", "; ", "never", "30s", "0.1%", "sample=sobol 4" };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	g_auto(GStrv) line = g_strsplit(text, "\n", MOST);
	struct nap_override o[MOST] = { 0 };
	uint32_t n = 0;
	g_autoptr(GError) error = NULL;
	struct nap_document *d = nap_document_parse("fuzz", &fuzz_folder, SCENARIO, strlen(SCENARIO), &error);
	struct nap_scenario *s = NULL;
	struct nap_sweep *sweep = NULL;
	bool ok = true;

	fuzz_text = "value_s\n1\n2\n";
	fuzz_size = strlen(fuzz_text);
	for (; ok && line[n] && *line[n]; n++)
		ok = nap_override_parse(line[n], &o[n], &error);
	s = ok ? nap_scenario_new(d, o, n, &error) : NULL;
	sweep = s ? nap_sweep_new(d, o, n, &error) : NULL;
	g_assert_true((sweep == NULL) == (error != NULL));
	nap_sweep_free(sweep);
	nap_scenario_free(s);
	for (uint32_t i = 0; i < n; i++)
		nap_override_clear(&o[i]);
	nap_document_free(d);
	return 0;
}

int main(void)
{
	return fuzz_run(corpus, G_N_ELEMENTS(corpus), words, G_N_ELEMENTS(words));
}
