/* SPDX-License-Identifier: BSD-2-Clause */
/* State files of probe and discover: whatever they hold, they are refused with their name, or what was read holds to its ranges. */
#include "fuzz/fuzz.h"

#include <glib/gstdio.h>

#include "idle_prober.h"
#include "live/state.h"

static const char *const corpus[] = {
	"{\"schema\":\"natnap-probe-state/1\",\"origin\":\"x\",\"findings\":[]}",
};
static const char *const words[] = { "null", "-1", "1e309", "\"\"", "[]", "{}", "99999999999999999999",
	"true", "\"findings\"", "\"origin\"", "\"schema\"", "\"test\"", "\"state\"", "\"udp-3\"",
	"\"alive_ns\"", "\"dead_ns\"", "9223372036854775807", "\"yes\"" };

static char *path_of_file(void)
{
	static char *path;

	if (!path)
		path = g_strdup_printf("%s/natnap-fuzz-state-%d",
			g_access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm", getpid());
	return path;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nap_discovery *d = nap_discovery_new(&idle_prober, &nap_discovery_defaults);
	const char *path = path_of_file();
	g_autoptr(GError) error = NULL;
	FILE *f = fopen(path, "w");

	g_assert_true(f && fwrite(data, 1, size, f) == size && fclose(f) == 0);
	if (!nap_state_load(path, "x", d, &error))
		g_assert_true(error && g_str_has_prefix(error->message, path));
	for (uint32_t k = 0; k < nap_discovery_count(d); k++) {
		const struct nap_finding *finding = nap_discovery_finding(d, k);

		g_assert_true(finding->state <= NAP_FINDING_SKIPPED &&
			      finding->bracket.alive < finding->bracket.dead && finding->error >= 0 &&
			      finding->error <= 1);
	}
	nap_discovery_free(d);
	g_unlink(path);
	return 0;
}

/* The first input is what is written of a discovery that has found nothing yet. */
int main(void)
{
	struct nap_discovery *d = nap_discovery_new(&idle_prober, &nap_discovery_defaults);
	g_autofree char *written = NULL;
	const char *all[2] = { corpus[0], NULL };
	int status = 1;

	if (nap_state_save(path_of_file(), "x", d, NULL) &&
		g_file_get_contents(path_of_file(), &written, NULL, NULL)) {
		all[1] = written;
		status = fuzz_run(all, 2, words, G_N_ELEMENTS(words));
	}
	g_unlink(path_of_file());
	nap_discovery_free(d);
	return status;
}
