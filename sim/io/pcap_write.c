/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/pcap_write.h"

#include <stdio.h>
#include <string.h>

#include "io/capture_points.h"
#include "io/frame_bytes.h"
#include "io/frame_write.h"
#include "io/outfile.h"
#include "io/pcapng.h"

#define WAIT      64 /* frames that wait, so that what becomes of them can be noted */
#define ETHERNET  14
#define LINK_IP   101 /* LINKTYPE_RAW */
#define LINK_ETH  1
#define NAMED_MAX 64

struct frame {
	nap_time at;
	uint32_t interface, n;
	bool up;
	struct nap_packet packet; /* tells it from others */
	uint8_t *data;
	GString *comment; /* or NULL */
};

struct nap_capture {
	struct nap_outfile *out;
	const struct nap_scenario *sc;
	GArray *point;
	bool ethernet;
	GQueue wait;         /* struct frame, the oldest first */
	GString *lapsed;     /* what the next frame is to say, or NULL */
	GHashTable *streams; /* of an interface and a direction: struct nap_stream */
	uint32_t n_named;
	nap_addr named[NAMED_MAX];
	uint8_t frame[ETHERNET + NAP_FRAME_MAX];
};

/* ---- who has an address --------------------------------------------------------------------------------------------- */

static void name(struct nap_capture *c, nap_addr addr, const char *text)
{
	for (uint32_t i = 0; i < c->n_named; i++)
		if (c->named[i] == addr)
			return;
	if (c->n_named == NAMED_MAX)
		return;
	c->named[c->n_named++] = addr;
	nap_pcapng_name(nap_outfile_stream(c->out), addr, text);
}

/* What a packet shows of who has which address. */
static void learn_names(
	struct nap_capture *c, enum nap_place place, int hop, bool up, const struct nap_packet *p)
{
	if (place == NAP_AT_DEVICE && up)
		name(c, p->src.addr, "device");
	if (place == NAP_AT_SERVER && !up)
		name(c, p->src.addr, "server");
	if (place == NAP_AT_BOX_OUT && up && c->sc->middlebox[hop].box.kind == NAP_BOX_NAT)
		name(c, p->src.addr, c->sc->middlebox[hop].name);
}

/* ---- frames ---------------------------------------------------------------------------------------------------------- */

static void free_frame(void *frame)
{
	struct frame *f = frame;

	if (f->comment)
		g_string_free(f->comment, TRUE);
	g_free(f->data);
	g_free(f);
}

static void write_first(struct nap_capture *c)
{
	struct frame *f = g_queue_pop_head(&c->wait);

	nap_pcapng_packet(nap_outfile_stream(c->out), f->interface, f->at, f->data, f->n,
		f->comment ? f->comment->str : NULL);
	free_frame(f);
}

static G_GNUC_PRINTF(2, 3) void comment(GString **on, const char *format, ...)
{
	va_list args;

	if (!*on)
		*on = g_string_new(NULL);
	else
		g_string_append(*on, "; ");
	va_start(args, format);
	g_string_append_vprintf(*on, format, args);
	va_end(args);
}

/* What has been said in p's direction at an interface. */
static struct nap_stream *stream_of(struct nap_capture *c, uint32_t interface, const struct nap_packet *p)
{
	g_autofree char *key = g_strdup_printf(
		"%u %u %x:%u %x:%u", interface, p->proto, p->src.addr, p->src.port, p->dst.addr, p->dst.port);
	struct nap_stream *s = g_hash_table_lookup(c->streams, key);

	if (!s) {
		s = g_new0(struct nap_stream, 1);
		g_hash_table_insert(c->streams, g_steal_pointer(&key), s);
	}
	return s;
}

/* Local addresses: the last byte is 1 for the device's side of a link, 2 for the other. */
static size_t put_ethernet(uint8_t *to, uint32_t interface, bool up)
{
	for (int i = 0; i < 2; i++) {
		uint8_t *mac = to + 6 * i;

		memset(mac, 0, 6);
		mac[0] = 2;
		mac[4] = (uint8_t)interface;
		mac[5] = (i == 1) == up ? 1 : 2;
	}
	nap_put16(to + 12, 0x0800);
	return ETHERNET;
}

static void add_frame(
	struct nap_capture *c, nap_time now, uint32_t interface, bool up, const struct nap_packet *p)
{
	struct nap_speech what = { &c->sc->app, p, up, stream_of(c, interface, p) };
	size_t link = c->ethernet ? put_ethernet(c->frame, interface, up) : 0;
	struct frame *f = g_new(struct frame, 1);

	*f = (struct frame){ now, interface, 0, up, *p, NULL, c->lapsed };
	c->lapsed = NULL;
	f->n = (uint32_t)(link + nap_frame_write(c->frame + link, &what));
	f->data = g_memdup2(c->frame, f->n);
	g_queue_push_tail(&c->wait, f);
	if (c->wait.length > WAIT)
		write_first(c);
}

/* ---- what becomes of them ---------------------------------------------------------------------------------------------- */

/* The same packet, though its addresses may have been translated on the way? */
static bool is_same(const struct frame *f, bool up, const struct nap_packet *p)
{
	const struct nap_packet *q = &f->packet;

	return f->up == up && q->proto == p->proto && q->ip_id == p->ip_id && q->len == p->len &&
	       q->seq == p->seq && q->ack == p->ack && q->flags == p->flags && q->ip_frag == p->ip_frag;
}

static void note_loss(struct nap_capture *c, nap_time now, int hop, bool up, const struct nap_packet *p)
{
	for (GList *l = c->wait.tail; l; l = l->prev) {
		struct frame *f = l->data;

		if (!is_same(f, up, p))
			continue;
		if (hop >= 0)
			comment(&f->comment, "stopped by middlebox %s at %.9f s", c->sc->middlebox[hop].name,
				nap_time_seconds(now));
		else
			comment(&f->comment, "lost on its way %s, at %.9f s",
				up ? "to the server" : "to the device", nap_time_seconds(now));
		return;
	}
}

void nap_capture_note(struct nap_capture *c, nap_time now, uint32_t notes)
{
	if (notes == 0)
		comment(&c->lapsed, "the binding lapsed at %.9f s", nap_time_seconds(now));
}

static bool is_at(const struct nap_capture *c, const struct nap_capture_point *point, enum nap_place place,
	int hop, bool up)
{
	bool at_box = place == NAP_AT_BOX_IN || place == NAP_AT_BOX_OUT || place == NAP_AT_BOX_SAYS;

	if (!at_box)
		return point->place == place;
	return point->place == NAP_AT_BOX_IN && point->hop == hop &&
	       point->side == nap_capture_side(c->sc, place, (uint32_t)hop, up);
}

void nap_capture_packet(struct nap_capture *c, nap_time now, enum nap_place place, int hop, bool up,
	const struct nap_packet *p)
{
	if (place == NAP_AT_LOST) {
		note_loss(c, now, hop, up, p);
		return;
	}
	learn_names(c, place, hop, up, p);
	for (guint i = 0; i < c->point->len; i++)
		if (is_at(c, &g_array_index(c->point, struct nap_capture_point, i), place, hop, up))
			add_frame(c, now, i, up, p);
}

/* ---- the file ---------------------------------------------------------------------------------------------------------- */

struct nap_capture *nap_capture_open(const char *path, const struct nap_capture_options *o, GError **error)
{
	GArray *points = nap_capture_points(o, error);
	struct nap_outfile *out = points ? nap_outfile_open(path, error) : NULL;
	struct nap_capture *c;

	if (!out) {
		g_clear_pointer(&points, g_array_unref);
		return NULL;
	}
	c = g_new0(struct nap_capture, 1);
	c->out = out;
	c->sc = o->scenario;
	c->ethernet = o->ethernet;
	c->point = points;
	c->streams = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	nap_pcapng_section(nap_outfile_stream(out), "natnap");
	for (guint i = 0; i < points->len; i++) {
		const char *text = g_array_index(points, struct nap_capture_point, i).name;
		g_autofree char *description = g_strdup_printf("simulated, at %s", text);

		nap_pcapng_interface(
			nap_outfile_stream(out), o->ethernet ? LINK_ETH : LINK_IP, text, description);
	}
	return c;
}

/* What the capture holds beside its file. */
static struct nap_outfile *release(struct nap_capture *c)
{
	struct nap_outfile *out = c->out;

	g_queue_clear_full(&c->wait, free_frame);
	if (c->lapsed)
		g_string_free(c->lapsed, TRUE);
	g_hash_table_unref(c->streams);
	g_array_unref(c->point);
	g_free(c);
	return out;
}

bool nap_capture_close(struct nap_capture *c, GError **error)
{
	struct frame *last = g_queue_peek_tail(&c->wait);

	if (c->lapsed && last)
		comment(&last->comment, "after it %s", c->lapsed->str);
	while (c->wait.length > 0)
		write_first(c);
	return nap_outfile_close(release(c), error);
}

void nap_capture_abandon(struct nap_capture *c)
{
	if (c)
		nap_outfile_abandon(release(c));
}
