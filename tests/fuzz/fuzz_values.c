/* SPDX-License-Identifier: BSD-2-Clause */
/* Values of every type: whatever the text, it is refused with a reason, or written back it reads to the same. */
#include "fuzz/fuzz.h"

#include "text/value.h"

static const char *const corpus[] = { "30s", "2h4min", "1.5h", "never", "uniform 20ms 60ms",
	"lognormal(40ms, 0.5)", "empirical 1ms 2ms", "poisson 4/h", "periodic 10min", "onoff 5min 1h 30/h",
	"times 1h 2h", "250", "0.5", "0.1%", "yes", "block 512", "620mW", "75uA", "3.8V", "3000mAh", "450mJ",
	"64B", "6Mbit/s", "438.39mW/Mbps", "a; b; c",
	"203.0.113.1; 203.0.113.8-203.0.113.15; 198.51.100.0/28", "1024-65535",
	"53: 10s; udp/4500: 30s 5min" };

static const char *const words[] = { "s", "ms", "h", "min", "9", "e9", ".", "-", "/", ";", ":", "(", ")", ",",
	" ", "%", "W", "B", "/h", "uniform ", "empirical ", "times ", "never", "18446744073709551616",
	"1e-320", "inf", "nan" };

static const char *const word_list[] = { "no", "yes", "block N", NULL };

/* One type: a value that is taken must survive writing and reading. */
static void try_type(enum nap_param_type type, const char *text)
{
	const struct nap_param row = { "key", type, 0, NULL, NULL, NULL, word_list, "" };
	struct nap_arena *arena = nap_arena_new();
	max_align_t field[8] = { 0 }, again[8] = { 0 };
	g_autoptr(GError) error = NULL;

	if (nap_value_parse(&row, text, arena, NULL, field, &error)) {
		g_autofree char *written = nap_value_format(&row, field), *back = NULL;

		if (!nap_value_parse(&row, written, arena, NULL, again, &error))
			g_error("%s is written %s: %s", text, written, error->message);
		back = nap_value_format(&row, again);
		g_assert_cmpstr(written, ==, back);
	} else {
		g_assert(error && *error->message);
	}
	nap_arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);

	for (int type = 0; type < NAP_P_TYPES; type++)
		try_type((enum nap_param_type)type, text);
	return 0;
}

int main(void)
{
	return fuzz_run(corpus, G_N_ELEMENTS(corpus), words, G_N_ELEMENTS(words));
}
