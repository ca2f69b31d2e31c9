/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/pcap_read.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gio/gio.h>

#include "io/textfile.h"
#include "text/input_error.h"

#define BUFFER     (1 << 16) /* stays in the second cache */
#define GZIP_FIRST 0x1f      /* no capture begins with it */

struct nap_capture_in {
	char *path;
	FILE *file;
	uint64_t size; /* 0: not known */
	pcap_t *pcap;
	uint64_t frames;
	nap_captured_fn fn;
	void *ctx;
};

/* ---- gzip --------------------------------------------------------------------------------------------------------------- */

struct gunzip {
	FILE *from;
	GConverter *converter;
	size_t first, n; /* of in, not yet used */
	bool end;        /* of the file */
	char in[1 << 16];
};

static void refill(struct gunzip *z)
{
	memmove(z->in, z->in + z->first, z->n);
	z->first = 0;
	z->n += fread(z->in + z->n, 1, sizeof z->in - z->n, z->from);
	z->end = feof(z->from) || ferror(z->from);
}

/* A read function for fopencookie: 0 at the end, -1 when the data are no gzip any more. */
static ssize_t gunzip_read(void *cookie, char *to, size_t room)
{
	struct gunzip *z = cookie;

	for (;;) {
		gsize used = 0, made = 0;
		g_autoptr(GError) error = NULL;
		GConverterResult result;

		if (z->n < sizeof z->in / 2 && !z->end)
			refill(z);
		if (z->n == 0 && z->end)
			return 0;
		result = g_converter_convert(z->converter, z->in + z->first, z->n, to, room,
			z->end ? G_CONVERTER_INPUT_AT_END : G_CONVERTER_NO_FLAGS, &used, &made, &error);
		if (result == G_CONVERTER_ERROR) {
			errno = EIO;
			return -1;
		}
		z->first += used;
		z->n -= used;
		if (result == G_CONVERTER_FINISHED) /* another member may follow */
			g_converter_reset(z->converter);
		if (made > 0)
			return (ssize_t)made;
	}
}

static int gunzip_close(void *cookie)
{
	struct gunzip *z = cookie;

	fclose(z->from);
	g_object_unref(z->converter);
	g_free(z);
	return 0;
}

static FILE *unzipped(FILE *from)
{
	struct gunzip *z = g_new0(struct gunzip, 1);

	z->from = from;
	z->converter = G_CONVERTER(g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP));
	return fopencookie(z, "r", (cookie_io_functions_t){ .read = gunzip_read, .close = gunzip_close });
}

/* ---- opening ------------------------------------------------------------------------------------------------------------ */

static FILE *open_file(struct nap_capture_in *c, GError **error)
{
	struct stat st;
	bool standard = strcmp(c->path, "-") == 0;
	int fd = standard ? STDIN_FILENO : nap_open_input(c->path, error), first;
	FILE *f = standard ? stdin : fd < 0 ? NULL : fdopen(fd, "rb");

	if (fd < 0)
		return NULL;
	if (!f || fstat(fd, &st) != 0) {
		nap_fail(error, "%s: %s", c->path, g_strerror(errno));
		f ? (void)fclose(f) : (void)close(fd);
		return NULL;
	}
	if (S_ISDIR(st.st_mode)) {
		nap_fail(error, "%s: is a directory", c->path);
		fclose(f);
		return NULL;
	}
	c->size = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
	setvbuf(f, NULL, _IOFBF, BUFFER);
	__fsetlocking(f, FSETLOCKING_BYCALLER); /* nobody else reads it */
	c->file = f;
	first = getc(f);
	if (first != EOF)
		ungetc(first, f);
	return first == GZIP_FIRST ? unzipped(f) : f;
}

struct nap_capture_in *nap_capture_in_open(const char *path, GError **error)
{
	struct nap_capture_in *c = g_new0(struct nap_capture_in, 1);
	char why[PCAP_ERRBUF_SIZE] = "";
	FILE *f;

	c->path = g_strdup(path);
	f = open_file(c, error);
	if (!f) {
		nap_capture_in_close(c);
		return NULL;
	}
	c->pcap = pcap_fopen_offline_with_tstamp_precision(f, PCAP_TSTAMP_PRECISION_NANO, why);
	if (!c->pcap) {
		nap_fail(error, "%s: no capture that can be read: %s", path, why);
		fclose(f);
		nap_capture_in_close(c);
		return NULL;
	}
	return c;
}

void nap_capture_in_close(struct nap_capture_in *c)
{
	if (!c)
		return;
	if (c->pcap)
		pcap_close(c->pcap); /* and with it the file */
	g_free(c->path);
	g_free(c);
}

int nap_capture_in_link(const struct nap_capture_in *c)
{
	return pcap_datalink(c->pcap);
}

const char *nap_capture_in_link_name(const struct nap_capture_in *c)
{
	const char *name = pcap_datalink_val_to_name(pcap_datalink(c->pcap));

	return name ? name : "unknown";
}

/* ---- reading ------------------------------------------------------------------------------------------------------------ */

static void on_frame(u_char *user, const struct pcap_pkthdr *h, const u_char *data)
{
	struct nap_capture_in *c = (struct nap_capture_in *)(void *)user;
	struct nap_captured frame = { h->ts.tv_sec, h->ts.tv_usec, data, h->caplen, h->len };

	c->frames++;
	c->fn(c->ctx, &frame);
}

enum nap_read nap_capture_in_read(
	struct nap_capture_in *c, int n, nap_captured_fn fn, void *ctx, GError **error)
{
	int got;

	c->fn = fn;
	c->ctx = ctx;
	got = pcap_dispatch(c->pcap, n, on_frame, (u_char *)c);
	if (got < 0) {
		nap_fail(error, "%s: packet %" G_GUINT64_FORMAT ": %s", c->path, c->frames + 1,
			pcap_geterr(c->pcap));
		return NAP_READ_BROKEN;
	}
	return got == 0 ? NAP_READ_END : NAP_READ_MORE;
}

uint64_t nap_capture_in_done(const struct nap_capture_in *c, uint64_t *all)
{
	long at = c->size ? ftell(c->file) : 0;

	*all = c->size;
	return at > 0 ? (uint64_t)at : 0;
}
