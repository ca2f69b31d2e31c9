/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The entry points of natnap_run.h: the first byte says which, the rest is a scenario's text, a profile's name or keys of a box. Whole
 * JSON of the right kind or one reason comes back, whatever the text; a run is kept short and stopped after half a second.
 */
#include "fuzz/fuzz.h"

#include <json-glib/json-glib.h>

#include "natnap_run.h"

#define TEXT                                                                                                 \
	"[scenario]\nduration = 1h\n[path]\nmiddleboxes = nat\n[middlebox nat]\nprofile = linux\n[radio]\n"  \
	"profile = lte-huang-2012\n[client]\napplication = udp\npolicy = fixed\ninterval = 30s\n[server]\n"  \
	"push = poisson 4/h\n[sweep]\nclient.interval = 30s; 5min\n"
#define MOST 8

static const char *const corpus[] = { "r" TEXT, "c" TEXT, "s" TEXT, "S", "plinux", "pcgn-rfc6888",
	"blinux\nudp=45s\nports=random", "bcgn-rfc6888\ncapacity=1\neviction=lru", "t" TEXT };
static const char *const words[] = { "[scenario]\n", "[path]\n", "[client]\n", "[sweep]\n", " = ", "\n",
	"middleboxes = ", "profile = ", "application = ", "policy = ", "interval = ", "30s", "never",
	"uniform ", "empirical /etc/passwd", "duration = 365d", "subscribers = 1000000000",
	"replications = 1000000" };

static bool stop(void *ctx)
{
	return g_get_monotonic_time() > *(const int64_t *)ctx;
}

/* What came back is of this kind: its first words say so, and it can be read. */
static void check_document(const char *text, const char *schema)
{
	g_autoptr(JsonParser) parser = json_parser_new();

	g_assert_nonnull(strstr(text, schema));
	g_assert_true(json_parser_load_from_data(parser, text, -1, NULL));
}

static void ask(char what, const char *text)
{
	static const char *const set[] = { "scenario.duration=10min", "scenario.replications=1",
		"scenario.subscribers=3", NULL };
	int64_t end = g_get_monotonic_time() + G_USEC_PER_SEC / 2;
	struct nap_text_options o = {
		.size = sizeof o, .set = set, .threads = 1, .stop = stop, .ctx = &end, .timeline = what == 't'
	};
	enum nap_text_status status;
	char *out = NULL;

	if (what == 'c')
		status = nap_text_check(text, &o, &out);
	else if (what == 'p')
		status = nap_profile_check(text, &o, &out);
	else if (what == 's' || what == 'S')
		status = nap_text_schema(what == 's' ? text : NULL, &o, &out);
	else
		status = nap_text_run(text, &o, &out);
	g_assert_true(out && *out);
	if (status != NAP_TEXT_REFUSED)
		check_document(out, what == 'c' || what == 'p'   ? "natnap-check/1"
				    : what == 's' || what == 'S' ? "natnap-schema/1"
								 : "natnap-run/1");
	nap_free(out);
}

/* The first line is a profile's name, each further one a key of it. */
static void make_box(const char *text)
{
	g_auto(GStrv) line = g_strsplit(text, "\n", MOST);
	struct nap_made_box *made;
	char *why = NULL;

	if (!line[0])
		return;
	made = nap_made_box_new(line[0], (const char *const *)line + 1, 7, &why);
	g_assert_true((made == NULL) == (why != NULL));
	g_assert_true(!made || nap_made_box_get(made));
	nap_made_box_free(made);
	nap_free(why);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = size ? g_strndup((const char *)data + 1, size - 1) : NULL;

	if (!text)
		return 0;
	if (data[0] == 'b')
		make_box(text);
	else
		ask((char)data[0], text);
	return 0;
}

int main(void)
{
	return fuzz_run(corpus, G_N_ELEMENTS(corpus), words, G_N_ELEMENTS(words));
}
