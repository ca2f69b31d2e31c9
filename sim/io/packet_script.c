/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading packet scripts. */
#include "io/packet_script.h"

#include <string.h>

#include "text/address_text.h"
#include "text/input_error.h"
#include "text/quantity.h"
#include "io/textfile.h"
#include "text/value.h"

enum { MAX_FIELDS = 64 };

const char *const nap_packet_script_columns[NAP_COLS + 1] = { "time_s", "side", "proto", "src", "dst",
	"flags", "seq", "ack", "win", "len", "wscale", "id", "ttl", "csum", "ref", "frag", "ip_id", "offset",
	"payload", NULL };
const char *const nap_packet_script_outs[NAP_OUTS + 1] = { "verdict", "out_src", "out_dst", "class", "state",
	"expires_s", "assured", "sessions", "expired_at_s", "emitted", "out_ip_id", "pieces", "out_payload",
	NULL };

/* What the fields of a line are: an input column, or NAP_COLS + an output column that is expected. */
struct header {
	unsigned field[MAX_FIELDS];
	unsigned n;
};

static int index_of(const char *const *words, const char *word)
{
	for (int i = 0; words[i]; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	return -1;
}

static char **split(const char *line)
{
	char **fields = g_strsplit(line, ",", -1);

	for (char **f = fields; *f; f++)
		g_strstrip(*f);
	return fields;
}

static bool read_header(const char *line, struct header *h, GError **error)
{
	g_auto(GStrv) fields = split(line);
	bool seen[NAP_COLS + NAP_OUTS] = { false };

	h->n = 0;
	for (char **f = fields; *f; f++) {
		bool expected = g_str_has_prefix(*f, "expect_");
		int i = expected ? index_of(nap_packet_script_outs, *f + 7)
				 : index_of(nap_packet_script_columns, *f);
		g_autofree char *shown = nap_shown(*f),
				*hint = nap_did_you_mean(*f, nap_packet_script_columns);

		if (i < 0)
			return nap_fail(error, "unknown column %s%s", shown, hint);
		i += expected ? NAP_COLS : 0;
		if (seen[i] || h->n == MAX_FIELDS)
			return nap_fail(error, "column %s twice", shown);
		seen[i] = true;
		h->field[h->n++] = (unsigned)i;
	}
	for (int i = 0; i <= NAP_COL_DST; i++)
		if (!seen[i])
			return nap_fail(error, "column %s is missing", nap_packet_script_columns[i]);
	return true;
}

static bool read_number(const char *text, uint64_t max, uint64_t *out, GError **error)
{
	*out = 0;
	return !*text || nap_count_parse(text, max, out, error);
}

/* "map:3": the row number, below the present one. */
static bool read_map(const char *text, int here, int *row, GError **error)
{
	uint64_t n;

	if (!g_str_has_prefix(text, "map:"))
		return true;
	if (!nap_count_parse(text + 4, UINT32_MAX, &n, error))
		return false;
	if (n >= (uint64_t)here)
		return nap_fail(error, "row %" G_GUINT64_FORMAT " is not above this one", n);
	*row = (int)n;
	return true;
}

/* "10.0.0.2:5000", or the address alone. */
static bool read_endpoint(const char *text, bool with_port, struct nap_endpoint *out, GError **error)
{
	const char *s = text;
	uint64_t port = 0;
	g_autofree char *shown = nap_shown(text);

	if (!nap_address_scan(&s, &out->addr))
		return nap_fail(error, "%s is no IPv4 address", shown);
	if (*s == ':' && !nap_count_parse(s + 1, 65535, &port, error))
		return false;
	if (*s && *s != ':')
		return nap_fail(error, "%s is no address:port", shown);
	if (with_port && *s != ':')
		return nap_fail(error, "%s lacks a port", shown);
	out->port = (uint16_t)port;
	return true;
}

static bool read_flags(struct nap_packet_script_row *r, GError **error)
{
	static const char letters[] = "FSRPAU";
	const char *text = r->cell[NAP_COL_FLAGS];
	struct nap_packet *p = &r->packet;
	g_autofree char *shown = nap_shown(text);
	uint64_t type, code;
	g_auto(GStrv) parts = NULL;

	if (p->proto == NAP_TCP) {
		for (const char *c = strcmp(text, "-") == 0 ? "" : text; *c; c++) {
			if (!strchr(letters, *c))
				return nap_fail(error, "%s: flags are letters of SAFRPU", shown);
			p->flags |= (uint8_t)(1u << (strchr(letters, *c) - letters));
		}
		return true;
	}
	if (p->proto != NAP_ICMP)
		return *text ? nap_fail(error, "only tcp and icmp have flags") : true;
	parts = g_strsplit(text, "/", 2);
	if (!parts[0] || !parts[1] || !nap_count_parse(parts[0], 255, &type, NULL) ||
		!nap_count_parse(parts[1], 255, &code, NULL))
		return nap_fail(error, "%s: must be type/code", shown);
	p->icmp_type = (uint8_t)type;
	p->icmp_code = (uint8_t)code;
	return true;
}

static bool read_proto(struct nap_packet_script_row *r, GError **error)
{
	static const char *const words[] = { "udp", "tcp", "icmp", "gre", "watch", "flush", "delete", "set",
		"down", "up", NULL };
	static const uint8_t protos[] = { NAP_UDP, NAP_TCP, NAP_ICMP, NAP_GRE };
	const char *text = r->cell[NAP_COL_PROTO];
	int i = index_of(words, text);
	uint64_t n;
	g_autofree char *shown = nap_shown(text), *hint = nap_did_you_mean(text, words);

	if (i >= 4) {
		r->what = (enum nap_packet_script_what)(NAP_SCRIPT_WATCH + i - 4);
		return true;
	}
	if (i >= 0)
		r->packet.proto = protos[i];
	else if (nap_count_parse(text, 255, &n, NULL))
		r->packet.proto = (uint8_t)n;
	else
		return nap_fail(error, "%s is no protocol%s", shown, hint);
	return true;
}

/* "df", "more", "last", "df-more", "df-last", "": the flags of the IP header. */
static bool read_frag(const char *text, struct nap_packet *p, GError **error)
{
	static const struct {
		const char *word;
		uint16_t flags;
		bool offset, none; /* it needs one, can have none */
	} words[] = { { "", 0, false, true }, { "df", NAP_DF, false, true }, { "more", NAP_MF, false, false },
		{ "last", 0, true, false }, { "df-more", NAP_DF | NAP_MF, false, false },
		{ "df-last", NAP_DF, true, false } };

	for (unsigned i = 0; i < G_N_ELEMENTS(words); i++) {
		if (strcmp(words[i].word, text) != 0)
			continue;
		if (words[i].offset && !p->ip_frag)
			return nap_fail(error, "the last fragment needs an offset");
		if (words[i].none && p->ip_frag)
			return nap_fail(error, "one with an offset is more or last");
		p->ip_frag |= words[i].flags;
		return true;
	}
	return nap_fail(error, "must be df, more, last, df-more or df-last");
}

/* The numbers of a row; *column: the one at fault. */
static bool read_numbers(struct nap_packet_script_row *r, int *column, GError **error)
{
	static const struct {
		int column;
		uint64_t max;
	} limits[] = { { NAP_COL_SEQ, UINT32_MAX }, { NAP_COL_ACK, UINT32_MAX }, { NAP_COL_WIN, 65535 },
		{ NAP_COL_LEN, 65535 }, { NAP_COL_WSCALE, 14 }, { NAP_COL_ID, 65535 }, { NAP_COL_TTL, 255 },
		{ NAP_COL_IP_ID, 65535 }, { NAP_COL_OFFSET, 65528 } };
	uint64_t v[G_N_ELEMENTS(limits)] = { 0 };
	struct nap_packet *p = &r->packet;

	for (unsigned i = 0; i < G_N_ELEMENTS(limits); i++) {
		*column = limits[i].column;
		if (!read_number(r->cell[*column], limits[i].max, &v[i], error))
			return false;
	}
	p->seq = (uint32_t)v[0];
	p->ack = (uint32_t)v[1];
	p->win = (uint16_t)v[2];
	p->len = (uint32_t)v[3];
	p->wscale = (uint8_t)(*r->cell[NAP_COL_WSCALE] ? v[4] + 1 : 0);
	if (p->proto == NAP_ICMP)
		p->src.port = p->dst.port = (uint16_t)v[5];
	p->ttl = (uint8_t)v[6];
	*column = NAP_COL_CSUM;
	if (*r->cell[NAP_COL_CSUM] && strcmp(r->cell[NAP_COL_CSUM], "ok") != 0 &&
		strcmp(r->cell[NAP_COL_CSUM], "bad") != 0)
		return nap_fail(error, "must be ok or bad");
	p->bad_csum = strcmp(r->cell[NAP_COL_CSUM], "bad") == 0;
	p->ip_id = (uint16_t)v[7];
	if (v[8] % 8)
		return (*column = NAP_COL_OFFSET), nap_fail(error, "must be a multiple of 8");
	p->ip_frag = (uint16_t)(v[8] / 8);
	*column = NAP_COL_FRAG;
	return read_frag(r->cell[NAP_COL_FRAG], p, error);
}

static bool read_ref(struct nap_packet_script_row *r, int here, GError **error)
{
	const char *text = r->cell[NAP_COL_REF];
	bool needed = r->what == NAP_SCRIPT_WATCH || r->what == NAP_SCRIPT_DELETE ||
		      nap_packet_is_icmp_error(&r->packet);
	uint64_t n;

	if (!*text)
		return needed ? nap_fail(error, "a row number is needed here") : true;
	if (!nap_count_parse(text, UINT32_MAX, &n, error))
		return false;
	if (n >= (uint64_t)here)
		return nap_fail(error, "row %" G_GUINT64_FORMAT " is not above this one", n);
	r->ref = (int)n;
	return true;
}

static bool read_side(struct nap_packet_script_row *r, GError **error)
{
	const char *text = r->cell[NAP_COL_SIDE];

	r->side = strcmp(text, "outside") == 0 ? NAP_OUTSIDE : NAP_INSIDE;
	if (strcmp(text, "inside") == 0 || strcmp(text, "outside") == 0 ||
		(!*text && r->what != NAP_SCRIPT_PACKET))
		return true;
	return nap_fail(error, "must be inside or outside");
}

static bool read_time(struct nap_packet_script_row *r, nap_time before, GError **error)
{
	g_autofree char *text = g_strconcat(r->cell[NAP_COL_TIME], "s", NULL);

	if (!nap_time_parse(text, &r->time, error))
		return false;
	return r->time >= before || nap_fail(error, "goes back in time");
}

/* "command", or an endpoint: what an application gateway would act on. */
static bool read_payload(const char *text, struct nap_packet *p, GError **error)
{
	if (!*text)
		return true;
	p->says = strcmp(text, "command") == 0 ? NAP_SAYS_COMMAND : NAP_SAYS_ENDPOINT;
	if (nap_packet_is_icmp_error(p))
		return nap_fail(error, "ICMP errors quote a packet, they say nothing");
	return p->says == NAP_SAYS_COMMAND || read_endpoint(text, true, &p->quote.src, error);
}

/* "udp-stream = 5s": a key that may change while sessions live. */
static bool read_setting(
	const char *text, struct nap_arena *arena, struct nap_packet_script_setting *set, GError **error)
{
	g_auto(GStrv) parts = g_strsplit(text, "=", 2);
	g_autofree char *shown = nap_shown(text);

	if (!parts[0] || !parts[1])
		return nap_fail(error, "%s is no key = value", shown);
	g_strstrip(parts[0]);
	for (set->row = nap_box_params; set->row->key; set->row++)
		if (strcmp(set->row->key, parts[0]) == 0)
			break;
	if (!set->row->key || !nap_box_may_set(set->row))
		return nap_fail(error,
			"%s: only timers, the switches of tcp-*, forward, invalid, input, reject and "
			"addresses change "
			"while sessions live",
			shown);
	return nap_value_parse(set->row, g_strstrip(parts[1]), arena, NULL, &set->value, error) &&
	       (set->row->type != NAP_P_ADDRESSES || set->value.addresses.n == 1 ||
		       nap_fail(error, "%s: one address", shown));
}

/* The meaning of a row's cells; *column: the one at fault. */
static bool read_row(struct nap_packet_script_row *r, struct nap_arena *arena, int here, nap_time before,
	int *column, GError **error)
{
	bool ports;

	r->map_src = r->map_dst = r->ref = -1;
	*column = NAP_COL_TIME;
	if (!read_time(r, before, error))
		return false;
	*column = NAP_COL_PROTO;
	if (!read_proto(r, error))
		return false;
	*column = NAP_COL_SIDE;
	if (!read_side(r, error))
		return false;
	if (r->what == NAP_SCRIPT_PACKET) {
		if (!read_numbers(r, column, error))
			return false;
		ports = (r->packet.proto == NAP_TCP || r->packet.proto == NAP_UDP) &&
			!nap_packet_is_later_fragment(&r->packet);
		*column = NAP_COL_SRC;
		if (!read_map(r->cell[NAP_COL_SRC], here, &r->map_src, error) ||
			(r->map_src < 0 &&
				!read_endpoint(r->cell[NAP_COL_SRC], ports, &r->packet.src, error)))
			return false;
		*column = NAP_COL_DST;
		if (!read_map(r->cell[NAP_COL_DST], here, &r->map_dst, error) ||
			(r->map_dst < 0 &&
				!read_endpoint(r->cell[NAP_COL_DST], ports, &r->packet.dst, error)))
			return false;
		*column = NAP_COL_FLAGS;
		if (!read_flags(r, error))
			return false;
		if (r->packet.proto == NAP_ICMP && *r->cell[NAP_COL_ID]) {
			*column = NAP_COL_ID;
			r->packet.src.port = r->packet.dst.port =
				(uint16_t)g_ascii_strtoull(r->cell[NAP_COL_ID], NULL, 10);
		}
	}
	*column = NAP_COL_PAYLOAD;
	if (r->what == NAP_SCRIPT_SET)
		return read_setting(r->cell[NAP_COL_PAYLOAD], arena, &r->set, error);
	if (!read_payload(r->cell[NAP_COL_PAYLOAD], &r->packet, error))
		return false;
	*column = NAP_COL_REF;
	return read_ref(r, here, error);
}

static bool fill_row(
	struct nap_packet_script_row *r, const struct header *h, const char *line, GError **error)
{
	g_auto(GStrv) fields = split(line);
	unsigned n = g_strv_length(fields);

	for (int c = 0; c < NAP_COLS; c++)
		r->cell[c] = NULL;
	if (n > h->n)
		return nap_fail(error, "more fields than columns");
	for (unsigned i = 0; i < n; i++) {
		if (h->field[i] < NAP_COLS)
			r->cell[h->field[i]] = g_strdup(fields[i]);
		else if (*fields[i])
			r->expect[h->field[i] - NAP_COLS] = g_strdup(fields[i]);
	}
	for (int c = 0; c < NAP_COLS; c++)
		if (!r->cell[c])
			r->cell[c] = g_strdup("");
	return true;
}

static bool is_blank(const char *line)
{
	line += strspn(line, " \t\r");
	return !*line || *line == '#';
}

struct nap_packet_script *nap_packet_script_parse(const char *path, const char *text, GError **error)
{
	struct nap_packet_script *s = g_new0(struct nap_packet_script, 1);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	struct header h = { .n = 0 };
	nap_time before = 0;

	s->path = g_strdup(path);
	s->arena = nap_arena_new();
	s->rows = g_array_new(FALSE, TRUE, sizeof(struct nap_packet_script_row));
	for (unsigned i = 0; lines[i]; i++) {
		g_autoptr(GError) why = NULL;
		struct nap_packet_script_row *r;
		int column = -1;

		if (is_blank(lines[i]))
			continue;
		if (h.n == 0) {
			if (read_header(lines[i], &h, &why))
				continue;
		} else {
			g_array_set_size(s->rows, s->rows->len + 1);
			r = &g_array_index(s->rows, struct nap_packet_script_row, s->rows->len - 1);
			r->line = i + 1;
			if (fill_row(r, &h, lines[i], &why) &&
				read_row(r, s->arena, (int)s->rows->len - 1, before, &column, &why)) {
				before = r->time;
				continue;
			}
		}
		if (column >= 0)
			nap_fail(error, "%s:%u: [%s] %s", path, i + 1, nap_packet_script_columns[column],
				why->message);
		else
			nap_fail(error, "%s:%u: %s", path, i + 1, why->message);
		nap_packet_script_free(s);
		return NULL;
	}
	if (h.n)
		return s;
	nap_fail(error, "%s:1: there is no header line", path);
	nap_packet_script_free(s);
	return NULL;
}

struct nap_packet_script *nap_packet_script_read(const char *path, GError **error)
{
	g_autofree char *text = nap_read_text(path, NAP_TEXT_MAX, NULL, error);

	return text ? nap_packet_script_parse(path, text, error) : NULL;
}

void nap_packet_script_free(struct nap_packet_script *s)
{
	if (!s)
		return;
	for (guint i = 0; i < s->rows->len; i++) {
		struct nap_packet_script_row *r = &g_array_index(s->rows, struct nap_packet_script_row, i);

		for (int c = 0; c < NAP_COLS; c++)
			g_free(r->cell[c]);
		for (int o = 0; o < NAP_OUTS; o++)
			g_free(r->expect[o]);
	}
	g_array_free(s->rows, TRUE);
	nap_arena_free(s->arena);
	g_free(s->path);
	g_free(s);
}
