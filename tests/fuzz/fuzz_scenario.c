/* SPDX-License-Identifier: BSD-2-Clause */
/* Scenarios: whatever the text, it is refused with a place, or loads and, written back, loads to the same. */
#include "fuzz/fuzz.h"

#include "io/sweep.h"
#include "io/values.h"

static const char *const corpus[] = {
	"[scenario]\ntitle = t\nduration = 24h\nseed = 1\nreplications = 10\n[path]\nmiddleboxes = home; "
	"carrier\ndelay = lognormal 40ms 0.5\n"
	"loss = 0.1%\n[middlebox home]\nprofile = linux\ntcp-established = uniform 1h 2h\n[middlebox "
	"carrier]\nprofile = cgn-rfc6888\n"
	"ports = block 512\naddresses = 203.0.113.1; 203.0.113.8-203.0.113.15\nport-range = "
	"1024-65535\n[radio]\nprofile = lte-huang-2012\n"
	"[battery]\ncapacity = 3000mAh\nvoltage = 3.8V\n[client]\napplication = imap-idle\npolicy = "
	"fixed\ninterval = 29min\n"
	"[server]\npush = poisson 4/h\n[sweep]\nclient.interval = geometric 30s 60min "
	"5\nmiddlebox.home.tcp-established = 5min; 2h4m\n",
	"[scenario]\nduration = 1h\n[radio]\nstart = idle\n[state idle]\npower = 1mW\n[state on]\npower = "
	"1W\nconnected = yes\n"
	"[edge up]\nfrom = idle\nto = on\non = traffic\ndelay = 1s\npower = 1W\n[edge down]\nfrom = on\nto = "
	"idle\non = idle\nafter = 10s\n",
	"[scenario]\nduration = 1h\nwarm-up = 10min\n[path]\nmiddleboxes = nat\n[middlebox nat]\nprofile = "
	"linux\n"
	"[client]\npolicy = fixed\n[sweep]\nsample = sobol 4\nclient.interval & path.loss = 30s & 0%; 60s & "
	"1%\n"
	"middlebox.nat.udp = 2 * client.interval + 5s\nmiddlebox.nat.udp-stream = geometric 30s 10min\n"
	"client.answer-tries = linear 1 4\nmiddlebox.nat.tcp-close = middlebox.nat.udp\n",
	"[scenario]\nduration = 1h\n[client]\npolicy = none\n[server]\npush = onoff 5min 1h "
	"30/h\nidle-timeout = never\n",
};

static const char *const words[] = { "[", "]", "=", "\n", ";", "#", "never", "0s", "-", "1e9", "%",
	"geometric ", "linear ", "empirical ", "uniform ", "profile = ", "state ", "edge ", "middlebox ",
	"99999999999999999999", "\\", "\\n", "\\t", "\xc2\xb5", "base = ", "block ", "/", " & ", " * ", " + ",
	"sample = sobol ", "sample = latin-hypercube ", "client.interval" };

static char *written(const struct nap_scenario *s)
{
	GPtrArray *values = nap_scenario_values(s);
	char *text = nap_values_text(values);

	g_ptr_array_unref(values);
	return text;
}

static void check_round_trip(const struct nap_scenario *s)
{
	g_autofree char *text = written(s), *again = NULL;
	g_autoptr(GError) error = NULL;
	struct nap_document *d = nap_document_new("written", NULL, text, strlen(text), &error);
	struct nap_scenario *back = d ? nap_scenario_new(d, NULL, 0, &error) : NULL;

	if (!back)
		g_error("%s\n%s", error->message, text);
	again = written(back);
	g_assert_cmpstr(text, ==, again);
	nap_scenario_free(back);
	nap_document_free(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GError) error = NULL, sweep_error = NULL;
	struct nap_document *d = nap_document_new("fuzz", "/nonexistent", (const char *)data, size, &error);
	struct nap_scenario *s = d ? nap_scenario_new(d, NULL, 0, &error) : NULL;
	struct nap_sweep *sweep = s ? nap_sweep_new(d, NULL, 0, &sweep_error) : NULL;

	g_assert((s != NULL) == (error == NULL));
	g_assert(error == NULL || strchr(error->message, ':'));
	if (s) {
		check_round_trip(s);
		g_assert((sweep != NULL) == (sweep_error == NULL));
	}
	nap_sweep_free(sweep);
	nap_scenario_free(s);
	nap_document_free(d);
	return 0;
}

int main(void)
{
	return fuzz_run(corpus, G_N_ELEMENTS(corpus), words, G_N_ELEMENTS(words));
}
