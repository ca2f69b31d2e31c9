/* SPDX-License-Identifier: BSD-2-Clause */
/* Population files, CSV: whatever the text, it is refused with a place, or makes kinds of subscribers. */
#include "fuzz/fuzz.h"
#include "fuzz/fuzz_files.h"

#include "text/scenario.h"

#define SCENARIO                                                                                             \
	"[scenario]\nduration = 1h\nsubscribers = 50\npopulation = people.csv\n[population]\nphone = "       \
	"client.interval\n"                                                                                  \
	"timer = middlebox.nat.udp\nshare = weight\n[path]\nmiddleboxes = nat\n[middlebox nat]\nprofile = "  \
	"linux\n"                                                                                            \
	"[client]\napplication = udp\npolicy = fixed\ninterval = 30s\n"

static const char *const corpus[] = { "phone,timer,share\n30s,60s,3\n1min,2min,1\n",
	"phone,timer\n30s,60s\n\"45s\",\"never\"\n", "share,phone\n0.5,30s\n0.25,90s\n",
	"phone\n10s\n20s\n30s\n" };
static const char *const words[] = { ",", "\n", "\"", "30s", "phone", "timer", "share", "weight", "0", "1e9",
	"never", "\r\n", ";" };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GError) error = NULL;
	struct nap_document *d = nap_document_parse("fuzz", &fuzz_folder, SCENARIO, strlen(SCENARIO), &error);
	struct nap_scenario *s;

	g_assert_no_error(error);
	fuzz_text = (const char *)data;
	fuzz_size = size;
	s = nap_scenario_new(d, NULL, 0, &error);
	g_assert_true((s == NULL) == (error != NULL));
	nap_scenario_free(s);
	nap_document_free(d);
	return 0;
}

int main(void)
{
	return fuzz_run(corpus, G_N_ELEMENTS(corpus), words, G_N_ELEMENTS(words));
}
