/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Captures: whatever the bytes, each frame is counted once, as a packet or by the reason why not; what is replayed costs a finite
 * energy, which flows, updates and rest share; files are read, or refused with their name. An input is a link layer's number,
 * then frames: two bytes of length, one of the time since the one before; the same bytes are also tried as a file.
 */
#include "fuzz/fuzz.h"

#include <glib/gstdio.h>
#include <math.h>

#include "io/pcap_read.h"
#include "io/scenario.h"
#include "replay/cost.h"
#include "replay/rewrite.h"
#include "replay_trace.h"

static const uint8_t links[] = { NAP_LINK_ETHERNET, NAP_LINK_RAW, NAP_LINK_NULL, NAP_LINK_LOOP, NAP_LINK_PPP,
	NAP_LINK_PPPOE, NAP_LINK_WLAN, NAP_LINK_COOKED, NAP_LINK_RADIOTAP, NAP_LINK_IPV4, NAP_LINK_IPV6,
	NAP_LINK_COOKED2 - 256, 0 };

static int link_of(uint8_t n)
{
	uint8_t link = links[n % G_N_ELEMENTS(links)];

	return link == NAP_LINK_COOKED2 - 256 ? NAP_LINK_COOKED2 : link;
}

static const char scenario[] =
	"[scenario]\nduration = 24h\n[path]\nmiddleboxes = home; carrier\ndelay = 20ms\n[middlebox "
	"home]\nprofile = "
	"linux\nfragments = reassemble\n[middlebox carrier]\nprofile = cgn-rfc6888\n[radio]\nprofile = "
	"nb-iot-psm\n";

static struct nap_scenario *sc;
static uint64_t played, packets;

struct both {
	struct nap_replay *replay;
	struct nap_rewrite *rewrite;
};

static void on_packet(void *ctx, const struct nap_trace_packet *p)
{
	struct both *b = ctx;

	nap_replay_packet(b->replay, p);
	nap_rewrite_packet(b->rewrite, p);
}

struct seen {
	struct nap_wide paid;
	GArray *kept;
};

static void on_flow(void *ctx, const struct nap_flow *f)
{
	struct seen *s = ctx;
	struct nap_kept_flow kept = nap_kept_flow_of(f);

	s->paid = nap_wide_sum(s->paid, f->paid);
	g_array_append_val(s->kept, kept);
	g_assert_cmpint(f->last, >=, f->begun);
	g_assert_cmpint(f->unreachable, >=, 0);
}

static uint64_t skipped(const struct nap_trace *t)
{
	uint64_t n = 0;

	for (int i = 0; i < NAP_SKIPS; i++)
		n += t->skipped[i];
	return n;
}

/* The frames of an input, to t. */
static void feed(struct nap_trace *t, const uint8_t *data, size_t size)
{
	int64_t ns = INT64_C(1700000000) * NAP_S;
	int link = size ? link_of(data[0]) : 0;

	for (size_t i = 1; i + 3 <= size;) {
		uint32_t n = (uint32_t)(data[i] << 8 | data[i + 1]) % 512, wire = n + (data[i + 2] & 7);

		ns += (INT64_C(1) << (data[i + 2] % 46)) - (data[i + 2] == 255 ? NAP_DAY : 0);
		i += 3;
		n = (uint32_t)MIN(n, size - i);
		{ /* exactly so many bytes, for who watches memory */
			g_autofree uint8_t *frame = g_memdup2(data + i, n);

			nap_trace_frame(t, ns / NAP_S, ns % NAP_S, link, frame, n, wire);
		}
		i += n;
	}
}

static void replay(const uint8_t *data, size_t size, const struct seen *kept, struct seen *out)
{
	struct nap_replay_sink sink = { out, on_flow, NULL }, none = { NULL, NULL, NULL };
	struct nap_replay_sums *sums = g_new0(struct nap_replay_sums, 1);
	struct nap_replay *other = nap_replay_new(sc, &none, NULL);
	struct both b = { nap_replay_new(sc, &sink, NULL),
		nap_rewrite_new((const struct nap_kept_flow *)(void *)kept->kept->data, kept->kept->len,
			sc->policy, sc->policy_config, 1, nap_replay_packet, other) };
	struct nap_trace t;
	double all, shared;

	nap_trace_init(&t, NULL, 0, 0, on_packet, &b);
	feed(&t, data, size);
	nap_trace_end(&t);
	g_assert_cmpuint(t.packets + skipped(&t), ==, t.frames);
	nap_rewrite_finish(b.rewrite);
	nap_replay_finish(other, NAP_NEVER, sums);
	nap_replay_finish(b.replay, NAP_NEVER, sums);
	g_assert_cmpuint(sums->packets[0] + sums->packets[1], ==, t.packets);
	all = (sums->energy.total - sums->energy.idle - sums->energy.cause[NAP_CAUSE_UPDATE]) / 1e3;
	shared = nap_cost_joules(out->paid);
	g_assert_true(isfinite(sums->energy.total) && sums->energy.total >= 0.0);
	if (fabs(all - shared) > 1e-6 + 1e-6 * all)
		g_error("flows cost %.9g J of %.9g J", shared, all);
	played += t.packets > 0;
	packets += t.packets;
	nap_trace_clear(&t);
	nap_rewrite_free(b.rewrite);
	nap_replay_free(b.replay);
	nap_replay_free(other);
	g_free(sums);
}

static void on_frame(void *ctx, const struct nap_captured *c)
{
	nap_trace_frame(ctx, c->s, c->ns, NAP_LINK_RAW, c->data, c->captured, c->wire);
}

/* The same bytes as a file. */
static void read_file(const uint8_t *data, size_t size)
{
	g_autofree char *path = g_strdup_printf("%s/natnap-fuzz-replay-%d", g_get_tmp_dir(), (int)getpid());
	g_autoptr(GError) error = NULL;
	struct nap_capture_in *in;
	enum nap_read got = NAP_READ_MORE;
	struct nap_replay_sums *sums = g_new0(struct nap_replay_sums, 1);
	struct nap_replay *r = nap_replay_new(sc, &(struct nap_replay_sink){ NULL, NULL, NULL }, NULL);
	struct nap_trace t;

	g_assert_true(g_file_set_contents(path, (const char *)data, (gssize)size, NULL));
	nap_trace_init(&t, NULL, 0, 0, nap_replay_packet, r);
	in = nap_capture_in_open(path, &error);
	while (in && got == NAP_READ_MORE)
		got = nap_capture_in_read(in, 100, on_frame, &t, &error);
	g_assert_true(got != NAP_READ_BROKEN || error);
	if (error && !g_str_has_prefix(error->message, path))
		g_error("a refusal without its file: %s", error->message);
	nap_trace_end(&t);
	nap_replay_finish(r, NAP_NEVER, sums);
	nap_capture_in_close(in);
	nap_trace_clear(&t);
	nap_replay_free(r);
	g_free(sums);
	g_unlink(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seen first = { .kept = g_array_new(FALSE, FALSE, sizeof(struct nap_kept_flow)) },
		    second = first;

	if (!sc)
		sc = h_scenario(scenario);
	second.kept = g_array_new(FALSE, FALSE, sizeof(struct nap_kept_flow));
	replay(data, size, &second, &first);
	replay(data, size, &first, &second);
	if (size % 16 == 0)
		read_file(data, size);
	g_array_unref(first.kept);
	g_array_unref(second.kept);
	return 0;
}

/* ---- corpus --------------------------------------------------------------------------------------------------------------- */

static void add(GString *s, const void *link, uint32_t n_link, const struct t_frame *f, uint8_t dt)
{
	uint32_t n = n_link + f->n;

	g_string_append_c(s, (char)(n >> 8));
	g_string_append_c(s, (char)n);
	g_string_append_c(s, (char)dt);
	g_string_append_len(s, link, n_link);
	g_string_append_len(s, (const char *)f->data, f->n);
}

static struct t_frame some(uint32_t i)
{
	static const uint8_t flags[] = { NAP_SYN, NAP_SYN | NAP_ACK, NAP_ACK, NAP_ACK | NAP_PSH,
		NAP_ACK | NAP_FIN, NAP_ACK | NAP_RST };
	struct t_frame f =
		i % 3 ? t_tcp(i & 1, (uint16_t)(5000 + i % 3), flags[i / 2 % 6], i * 10, i * 9, i % 40)
		      : t_udp(i & 1, 6000, i % 90);

	if (i % 11 == 0)
		t_put16(f.data + 6, i % 2 ? 0x2000 : 0x0005); /* a fragment */
	if (i % 13 == 0) {
		f.data[9] = NAP_ICMP;
		f.data[20] = i % 2 ? 3 : 8;
	}
	return f;
}

static GString *input(uint32_t which)
{
	static const uint8_t before[][24] = { { [12] = 8 }, { 0 }, { 2 }, { 0, 0, 0, 2 },
		{ 0xff, 3, 0, 0x21 }, { 0x11, 0, 0, 1, 0, 80, 0, 0x21 }, { 0 }, { 0, 4, 0, 1, [14] = 8 } };
	static const uint32_t n[] = { 14, 0, 4, 4, 4, 8, 0, 16 };
	GString *s = g_string_new(NULL);
	uint32_t kind = which % G_N_ELEMENTS(n);

	g_string_append_c(s, (char)kind);
	for (uint32_t i = 0; i < 60; i++) {
		struct t_frame f = some(i * 7 + which);

		add(s, before[kind], n[kind], &f, (uint8_t)(i % 5 ? 27 : 35));
	}
	return s;
}

/* A capture file: what the reader must get through. */
static GString *file(bool ng)
{
	const uint32_t head[] = { 0xa1b2c3d4, 4 << 16 | 2, 0, 0, 65535, 101 };
	const uint32_t section[] = { 0x0a0d0d0a, 28, 0x1a2b3c4d, 1, 0xffffffff, 0xffffffff, 28, 1, 20, 101, 0,
		20 };
	GString *s = g_string_new_len(
		ng ? (const char *)section : (const char *)head, ng ? sizeof section : sizeof head);

	for (uint32_t i = 0; i < 20; i++) {
		struct t_frame f = some(i);
		uint32_t padded = (f.n + 3) & ~3u, record[] = { 6, 32 + padded, 0, 0, i * 1000000, f.n, f.n },
			 plain[] = { i, 0, f.n, f.n };

		g_string_append_len(s, ng ? (const char *)record : (const char *)plain,
			ng ? sizeof record : sizeof plain);
		g_string_append_len(s, (const char *)f.data, ng ? padded : f.n);
		if (ng)
			g_string_append_len(s, (const char *)&record[1], 4);
	}
	while (s->len % 16)
		g_string_append_c(s, 0);
	return s;
}

int main(void)
{
	static const char *const words[] = { "\x45\x00\x00\x1c", "\x60", "\x81\x00\x88\xa8",
		"\xff\xff\xff\xff", "\x86\xdd", "\x08\x00", "\x2c", "\x3a" };
	const char *seed_text = g_getenv("FUZZ_SEED"), *runs_text = g_getenv("FUZZ_RUNS");
	uint64_t seed = seed_text ? g_ascii_strtoull(seed_text, NULL, 10) : (uint64_t)g_get_real_time();
	uint64_t runs = runs_text ? g_ascii_strtoull(runs_text, NULL, 10) : FUZZ_RUNS_DEFAULT / 2;

	printf("# FUZZ_SEED=%" G_GUINT64_FORMAT " FUZZ_RUNS=%" G_GUINT64_FORMAT "\n", seed, runs);
	fflush(stdout);
	for (uint64_t i = 0; i < runs; i++) {
		struct nap_rng r = nap_rng_stream(seed, 0, i, NAP_RNG_APP);
		uint32_t which = fuzz_below(&r, 12);
		GString *s = which < 10 ? input(which) : file(which == 10);
		unsigned changes = i < 24 ? 0 : 1 + fuzz_below(&r, 1u << fuzz_below(&r, 7));

		while (changes--)
			fuzz_mutate(s, words, G_N_ELEMENTS(words), &r);
		if (which >= 10)
			g_string_set_size(s, s->len & ~(gsize)15);
		alarm(FUZZ_HANG_S);
		LLVMFuzzerTestOneInput((const uint8_t *)s->str, s->len);
		g_string_free(s, TRUE);
	}
	printf("fuzz_replay: %" G_GUINT64_FORMAT " replays of %" G_GUINT64_FORMAT " packets\n", played,
		packets);
	nap_scenario_free(sc);
	return 0;
}
