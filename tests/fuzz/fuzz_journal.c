/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Damaged journals, and journals whose records somebody invented with checksums that are right: read, or refused with a reason;
 * never a crash, nor a replication beyond those that there are. With the checksum wrong nothing is taken. Arguments: rounds, seed.
 */
#include "journal_draw.h"
#include "kernel/rng.h"

#define SUM_BYTES 32

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first is one subscriber whose batches are kept, the other one a few replications. */
static struct journal_case *cases(void)
{
	static struct journal_case c[2];

	if (!c[0].path) {
		c[0] = journal_begin(1, 1);
		c[1] = journal_begin(3, 5);
	}
	return c;
}

static void put_record(GByteArray *file, const uint8_t *data, size_t size)
{
	GChecksum *c = g_checksum_new(G_CHECKSUM_SHA256);
	uint64_t length = size;
	guint8 sum[SUM_BYTES];
	gsize n = sizeof sum;

	g_checksum_update(c, (const guchar *)&length, sizeof length);
	g_checksum_update(c, data, (gssize)size);
	g_checksum_get_digest(c, sum, &n);
	g_checksum_free(c);
	g_byte_array_append(file, (const guint8 *)&length, sizeof length);
	g_byte_array_append(file, data, (guint)size);
	g_byte_array_append(file, sum, sizeof sum);
}

/* What was taken is reported as results are, whatever it says. */
static void report(const struct nap_campaign *c)
{
	struct nap_results *r = nap_results_new(c, NULL, 0, (const char *const *const[]){ NULL });

	g_string_free(nap_results_csv(r), TRUE);
	nap_results_free(r);
}

static uint64_t inputs_taken;

/* The first byte: of which case, and whether the rest is a record's content or all that follows the head. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct journal_case *c = &cases()[size ? data[0] & 1 : 0];
	bool framed = size && data[0] & 2;
	GByteArray *file = g_byte_array_new();
	int64_t taken;

	g_byte_array_append(file, (const guint8 *)c->bytes, (guint)c->head);
	if (framed)
		put_record(file, data + 1, size - 1);
	else if (size)
		g_byte_array_append(file, data + 1, (guint)size - 1);
	journal_write_file(c, file->data, file->len);
	taken = journal_read(c, false, false);
	g_assert_cmpint(taken, <=, c->point.sc->general.replications);
	g_assert_cmpint(taken, >=, 0);
	if (!framed) /* what is taken was written so */
		journal_same(c);
	if (framed && taken > 0)
		report(&c->campaign);
	inputs_taken += taken > 0;
	nap_campaign_clear(&c->campaign);
	g_unlink(c->path);
	g_byte_array_unref(file);
	return 0;
}

/* ---- a plain mutation fuzzer; for libFuzzer: -DFUZZER_LIBRARY -fsanitize=fuzzer ---------------------------------- */

#ifndef FUZZER_LIBRARY

static void damage(GByteArray *b, struct nap_rng *r)
{
	static const uint64_t numbers[] = { 0, 1, 2, 3, 32, 33, 1000, UINT32_MAX, UINT64_MAX,
		UINT64_C(1) << 32, UINT64_C(1) << 61, INT64_MAX };
	guint at = b->len > 1 ? 1 + nap_rng_below(r, b->len - 1) : 0, span;

	if (b->len < 16)
		return;
	span = 1 + nap_rng_below(r, MIN(b->len - at, 64));
	switch (nap_rng_below(r, 5)) {
	case 0:
		b->data[at] = (guint8)nap_rng_next(r);
		break;
	case 1:
		g_byte_array_set_size(b, at);
		break;
	case 2:
		g_byte_array_remove_range(b, at, span);
		break;
	case 3:
		g_byte_array_append(b, b->data + at, span);
		break;
	default: /* a number of the record in the place of one */
		at = 1 + (at - 1) / 8 * 8;
		if (at + 8 <= b->len)
			memcpy(b->data + at, &numbers[nap_rng_below(r, G_N_ELEMENTS(numbers))], 8);
	}
}

int main(int argc, char **argv)
{
	uint64_t rounds = argc > 1 ? g_ascii_strtoull(argv[1], NULL, 10) : 20000;
	uint64_t seed = argc > 2 ? g_ascii_strtoull(argv[2], NULL, 10) : (uint64_t)g_get_real_time();
	struct journal_case *c = cases();

	printf("# seed %" G_GUINT64_FORMAT ", %" G_GUINT64_FORMAT " rounds\n", seed, rounds);
	for (uint64_t i = 0; i < rounds; i++) {
		struct nap_rng r = nap_rng_stream(seed, 0, i, NAP_RNG_SEARCH);
		guint8 kind = (guint8)nap_rng_below(&r, 4);
		const struct journal_case *from = &c[kind & 1];
		GByteArray *b = g_byte_array_new();
		uint64_t length;

		memcpy(&length, from->bytes + from->head, sizeof length);
		g_byte_array_append(b, &kind, 1);
		if (kind & 2)
			g_byte_array_append(
				b, (const guint8 *)from->bytes + from->head + sizeof length, (guint)length);
		else
			g_byte_array_append(b, (const guint8 *)from->bytes + from->head,
				(guint)(from->size - from->head));
		for (uint32_t k = nap_rng_below(&r, 6); k > 0; k--)
			damage(b, &r);
		alarm(20);
		LLVMFuzzerTestOneInput(b->data, b->len);
		g_byte_array_unref(b);
	}
	printf("# %" G_GUINT64_FORMAT " still held a replication that was taken\n", inputs_taken);
	journal_end(&c[0]);
	journal_end(&c[1]);
	return 0;
}

#endif
