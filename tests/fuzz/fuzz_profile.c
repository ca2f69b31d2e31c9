/* SPDX-License-Identifier: BSD-2-Clause */
/* Profile files of every kind: whatever the text, it is refused with a place, or is a profile. */
#include "fuzz/fuzz.h"
#include "fuzz/fuzz_files.h"

#include "text/profile.h"

static const char *const corpus[] = {
	"0[middlebox]\ntitle = t\nsource = s\nverified = memory\nkind = nat\nudp = 30s\nudp-stream = "
	"180s\nports = block 512\n"
	"mapping = endpoint-independent\nfiltering = address-dependent\ntcp-established = uniform 1h 2h\n",
	"1[radio]\ntitle = t\nsource = s\nverified = yes\nstart = idle\n[state idle]\npower = 1mW\n[state "
	"on]\npower = 1W\nconnected = yes\n"
	"[edge up]\nfrom = idle\nto = on\non = traffic\ndelay = 1s\npower = 1W\n[edge down]\nfrom = on\nto = "
	"idle\non = idle\nafter = 10s\n",
	"2[battery]\ntitle = t\nsource = s\nverified = yes\ncapacity = 3000mAh\nvoltage = 3.8V\n",
	"3[application]\ntitle = t\nsource = s\nverified = yes\ntransport = tcp\nport = 443\npush-size = "
	"100B\n",
	"1[radio]\nbase = lte-huang-2012\n[state idle]\npower = 2mW\n",
};

static const char *const words[] = { "[state ", "[edge ", "]\n", " = ", "\n", "never", "uniform 1s 2s",
	"base = ", "power = ", "after = ", "delay = ", "from = ", "to = ", "on = traffic", "on = idle",
	"cycle = ", "source = ", "verified = " };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum nap_profile_kind kind = (enum nap_profile_kind)(size ? data[0] % NAP_PROFILE_KINDS : 0);
	g_autoptr(GError) error = NULL;
	struct nap_profile *p;

	fuzz_text = (const char *)data + (size > 0);
	fuzz_size = size - (size > 0);
	p = nap_profile_open(kind, "./fuzzed", &fuzz_folder, &error);
	g_assert_true((p == NULL) == (error != NULL));
	g_assert_true(error == NULL || *error->message);
	nap_profile_free(p);
	return 0;
}

int main(void)
{
	return fuzz_run(corpus, G_N_ELEMENTS(corpus), words, G_N_ELEMENTS(words));
}
