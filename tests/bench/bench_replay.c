/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets of a capture replayed per second, through a radio and one middlebox: from memory, and from a file that is in the page cache. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <glib/gstdio.h>

#include "io/pcap_read.h"
#include "replay/replay.h"
#include "text/embed.h"

enum { FLOWS = 256, PACKETS = 2000000, FRAME = 14 + 20 + 8 + 32, GOAL = 5000000 };

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void put16(uint8_t *at, uint32_t v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
}

/* Ethernet, IPv4, UDP: packet i of one of the flows, up and down in turn, in runs of eight as downloads have them. */
static void frame_of(uint64_t i, uint8_t f[FRAME])
{
	uint32_t flow = (uint32_t)((i / 8 * UINT64_C(2654435761)) % FLOWS);
	bool up = i % 2 == 0;
	uint8_t *ip = f + 14, device[4] = { 192, 168, 1, 2 },
		server[4] = { 192, 0, 2, (uint8_t)(7 + flow % 7) };

	memset(f, 0, FRAME);
	put16(f + 12, 0x0800);
	ip[0] = 0x45;
	put16(ip + 2, FRAME - 14);
	ip[8] = 64;
	ip[9] = 17;
	memcpy(ip + 12, up ? device : server, 4);
	memcpy(ip + 16, up ? server : device, 4);
	put16(ip + 20, up ? 10000 + flow : 443);
	put16(ip + 22, up ? 443 : 10000 + flow);
	put16(ip + 24, 40);
}

static struct nap_scenario *scenario(const char *radio)
{
	g_autofree char *text = g_strdup_printf(
		"[scenario]\ntitle = bench\nduration = 1h\n[path]\nmiddleboxes = b\ndelay = 20ms\n"
		"[middlebox b]\nprofile = linux\n[radio]\nprofile = %s\n",
		radio);
	char *why = NULL;
	struct nap_scenario *sc = nap_scenario_parse(text, &why);

	if (!sc)
		g_error("%s", why);
	return sc;
}

static double from_memory(const char *radio)
{
	static const struct nap_replay_sink none;
	struct nap_scenario *sc = scenario(radio);
	struct nap_replay *r = nap_replay_new(sc, &none, NULL);
	struct nap_ip device = nap_ip_of(NAP_ADDR(192, 168, 1, 2));
	uint8_t(*frame)[FRAME] = g_malloc((size_t)FLOWS * 16 * FRAME);
	struct nap_replay_sums *sums = g_new(struct nap_replay_sums, 1);
	struct nap_trace t;
	double begun, spent;

	for (uint64_t i = 0; i < FLOWS * 16; i++)
		frame_of(i, frame[i]);
	nap_trace_init(&t, &device, 1, 0, nap_replay_packet, r);
	begun = seconds();
	for (uint64_t i = 0; i < PACKETS; i++)
		nap_trace_frame(&t, (int64_t)(1000 + i / 2000), (int64_t)(i % 2000) * 500000, 1,
			frame[i % (FLOWS * 16)], FRAME, FRAME);
	spent = seconds() - begun;
	nap_trace_end(&t);
	nap_replay_finish(r, NAP_NEVER, sums);
	g_assert_cmpuint(sums->packets[0] + sums->packets[1], ==, PACKETS);
	g_assert_cmpuint(sums->flows, <=, FLOWS);
	nap_trace_clear(&t);
	nap_replay_free(r);
	nap_scenario_free(sc);
	g_free(frame);
	g_free(sums);
	return PACKETS / spent;
}

static char *write_capture(void)
{
	char *path = g_build_filename(g_get_tmp_dir(), "natnap-bench-replay.pcap", NULL);
	const uint32_t head[6] = { 0xa1b23c4d, 4 << 16 | 2, 0, 0, 65535, 1 };
	FILE *f = fopen(path, "wb");

	g_assert_nonnull(f);
	fwrite(head, sizeof head, 1, f);
	for (uint64_t i = 0; i < PACKETS; i++) {
		const uint32_t record[4] = { (uint32_t)(1000 + i / 2000), (uint32_t)(i % 2000) * 500000,
			FRAME, FRAME };
		uint8_t frame[FRAME];

		frame_of(i, frame);
		fwrite(record, sizeof record, 1, f);
		fwrite(frame, sizeof frame, 1, f);
	}
	fclose(f);
	return path;
}

static void on_frame(void *ctx, const struct nap_captured *c)
{
	nap_trace_frame(ctx, c->s, c->ns, 1, c->data, c->captured, c->wire);
}

static double from_file(const char *radio)
{
	static const struct nap_replay_sink none;
	struct nap_scenario *sc = scenario(radio);
	struct nap_replay *r = nap_replay_new(sc, &none, NULL);
	g_autofree char *path = write_capture();
	struct nap_capture_in *in = nap_capture_in_open(path, NULL);
	double begun = seconds(), spent;
	struct nap_trace t;

	g_assert_nonnull(in);
	nap_trace_init(&t, NULL, 0, 0, nap_replay_packet, r);
	while (nap_capture_in_read(in, 16384, on_frame, &t, NULL) == NAP_READ_MORE)
		;
	nap_trace_end(&t);
	spent = seconds() - begun;
	g_assert_cmpuint(t.packets, ==, PACKETS);
	nap_capture_in_close(in);
	nap_trace_clear(&t);
	nap_replay_free(r);
	nap_scenario_free(sc);
	g_unlink(path);
	return PACKETS / spent;
}

static void report(const char *what, const char *radio, double rate)
{
	printf("replay: %-12s %-16s %6.2f million packets/s%s\n", what, radio, rate / 1e6,
		rate < GOAL ? " (goal: 5)" : "");
}

int main(void)
{
	static const char *const radios[] = { "lte-two-state", "lte-huang-2012", "wifi-aro" };

	for (size_t i = 0; i < G_N_ELEMENTS(radios); i++) {
		report("from memory", radios[i], from_memory(radios[i]));
		report("from a file", radios[i], from_file(radios[i]));
	}
	return 0;
}
