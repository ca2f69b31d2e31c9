/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading packet scripts. */
#include "io/packet_script.h"

#include <stddef.h>
#include <string.h>

#include "text/csv.h"
#include "text/address_text.h"
#include "text/input_error.h"
#include "text/quantity.h"
#include "io/textfile.h"
#include "text/setting_text.h"
#include "text/value.h"

const char *const nap_packet_script_columns[] = {
	[NAP_COL_TIME] = "time_s",
	[NAP_COL_SIDE] = "side",
	[NAP_COL_PROTO] = "proto",
	[NAP_COL_SRC] = "src",
	[NAP_COL_DST] = "dst",
	[NAP_COL_FLAGS] = "flags",
	[NAP_COL_SEQ] = "seq",
	[NAP_COL_ACK] = "ack",
	[NAP_COL_WIN] = "win",
	[NAP_COL_LEN] = "len",
	[NAP_COL_WSCALE] = "wscale",
	[NAP_COL_ID] = "id",
	[NAP_COL_TTL] = "ttl",
	[NAP_COL_CSUM] = "csum",
	[NAP_COL_REF] = "ref",
	[NAP_COL_FRAG] = "frag",
	[NAP_COL_IP_ID] = "ip_id",
	[NAP_COL_OFFSET] = "offset",
	[NAP_COL_PAYLOAD] = "payload",
	[NAP_COLS] = NULL,
};

const char *const nap_packet_script_outs[] = {
	[NAP_OUT_VERDICT] = "verdict",
	[NAP_OUT_SRC] = "out_src",
	[NAP_OUT_DST] = "out_dst",
	[NAP_OUT_CLASS] = "class",
	[NAP_OUT_STATE] = "state",
	[NAP_OUT_EXPIRES] = "expires_s",
	[NAP_OUT_ASSURED] = "assured",
	[NAP_OUT_SESSIONS] = "sessions",
	[NAP_OUT_EXPIRED_AT] = "expired_at_s",
	[NAP_OUT_EMITTED] = "emitted",
	[NAP_OUT_IP_ID] = "out_ip_id",
	[NAP_OUT_PIECES] = "pieces",
	[NAP_OUT_PAYLOAD] = "out_payload",
	[NAP_OUTS] = NULL,
};

/* Where the input columns, then the expected ones, are in a line; -1: not there. */
struct columns {
	int where[NAP_COLS + NAP_OUTS];
};

static bool read_head(const struct nap_csv *csv, struct columns *c, GError **error)
{
	const char *known[NAP_COLS + NAP_OUTS + 1] = { NULL };
	char expected[NAP_OUTS][32];

	for (int i = 0; i < NAP_COLS; i++)
		known[i] = nap_packet_script_columns[i];
	for (int i = 0; i < NAP_OUTS; i++) {
		g_snprintf(expected[i], sizeof expected[i], "expect_%s", nap_packet_script_outs[i]);
		known[NAP_COLS + i] = expected[i];
	}
	if (!nap_csv_columns(csv, known, true, c->where, error))
		return false;
	for (int i = 0; i <= NAP_COL_DST; i++)
		if (c->where[i] < 0)
			return nap_csv_fail(
				error, csv, csv->head->line, NULL, "column %s is missing", known[i]);
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

/* What stands in the column proto, besides numbers of protocols. */
static const struct {
	const char *word;
	enum nap_packet_script_what what;
	uint8_t proto;
} protos[] = {
	{ "udp", NAP_SCRIPT_PACKET, NAP_UDP },
	{ "tcp", NAP_SCRIPT_PACKET, NAP_TCP },
	{ "icmp", NAP_SCRIPT_PACKET, NAP_ICMP },
	{ "gre", NAP_SCRIPT_PACKET, NAP_GRE },
	{ "watch", NAP_SCRIPT_WATCH, 0 },
	{ "flush", NAP_SCRIPT_FLUSH, 0 },
	{ "delete", NAP_SCRIPT_DELETE, 0 },
	{ "set", NAP_SCRIPT_SET, 0 },
	{ "down", NAP_SCRIPT_DOWN, 0 },
	{ "up", NAP_SCRIPT_UP, 0 },
};

static bool read_proto(struct nap_packet_script_row *r, GError **error)
{
	const char *words[G_N_ELEMENTS(protos) + 1] = { NULL };
	const char *text = r->cell[NAP_COL_PROTO];
	g_autofree char *shown = nap_shown(text), *hint = NULL;
	uint64_t n;

	for (size_t i = 0; i < G_N_ELEMENTS(protos); i++) {
		words[i] = protos[i].word;
		if (strcmp(text, words[i]) == 0) {
			r->what = protos[i].what;
			r->packet.proto = protos[i].proto;
			return true;
		}
	}
	hint = nap_did_you_mean(text, words);
	if (!nap_count_parse(text, 255, &n, NULL))
		return nap_fail(error, "%s is no protocol%s", shown, hint);
	r->packet.proto = (uint8_t)n;
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
	bool quotes = nap_packet_is_icmp_error(&r->packet), has_quote = quotes && *r->cell[NAP_COL_PAYLOAD];
	bool needed = r->what == NAP_SCRIPT_WATCH || r->what == NAP_SCRIPT_DELETE || (quotes && !has_quote);
	uint64_t n;

	if (!*text)
		return needed ? nap_fail(error, "a row number is needed here%s",
					quotes ? ", or the flow that is quoted in payload" : "")
			      : true;
	if (has_quote)
		return nap_fail(error, "payload has the flow that is quoted: one of both");
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

/* "udp 10.0.0.2:5000>198.51.100.7:53": the packet that an ICMP error quotes, of a flow that no row need have sent. */
static bool read_quote(const char *text, struct nap_quote *quote, GError **error)
{
	g_auto(GStrv) word = g_strsplit(text, " ", 2), end = NULL;
	g_autofree char *shown = nap_shown(text);
	uint64_t proto = 0;
	bool ports;

	for (size_t i = 0; i < G_N_ELEMENTS(protos); i++)
		if (protos[i].what == NAP_SCRIPT_PACKET && strcmp(word[0], protos[i].word) == 0)
			proto = protos[i].proto;
	end = g_strsplit(word[1] ? word[1] : "", ">", 2);
	if ((!proto && !nap_count_parse(word[0], 255, &proto, NULL)) || g_strv_length(end) != 2)
		return nap_fail(error,
			"%s: an ICMP error quotes a flow, as udp 10.0.0.2:5000>198.51.100.7:53", shown);
	ports = proto == NAP_TCP || proto == NAP_UDP;
	quote->proto = (uint8_t)proto;
	if (!read_endpoint(end[0], ports, &quote->src, error) ||
		!read_endpoint(end[1], ports, &quote->dst, error))
		return false;
	if (proto == NAP_ICMP) /* the identifier is that of both */
		quote->dst.port = quote->src.port;
	return true;
}

/* "command", or an endpoint: what an application gateway would act on; of ICMP errors what they quote. */
static bool read_payload(const char *text, struct nap_packet *p, GError **error)
{
	if (!*text)
		return true;
	if (nap_packet_is_icmp_error(p))
		return read_quote(text, &p->quote, error);
	p->says = strcmp(text, "command") == 0 ? NAP_SAYS_COMMAND
		  : strcmp(text, "ping") == 0  ? NAP_SAYS_PING
					       : NAP_SAYS_ENDPOINT;
	return p->says != NAP_SAYS_ENDPOINT || read_endpoint(text, true, &p->quote.src, error);
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
		return nap_setting_parse(r->cell[NAP_COL_PAYLOAD], arena, &r->set, error);
	if (!read_payload(r->cell[NAP_COL_PAYLOAD], &r->packet, error))
		return false;
	*column = NAP_COL_REF;
	return read_ref(r, here, error);
}

static void fill_row(struct nap_packet_script_row *r, const struct columns *c, const struct nap_csv_row *from)
{
	r->line = from->line;
	for (int i = 0; i < NAP_COLS; i++)
		r->cell[i] = g_strdup(nap_csv_field(from, c->where[i]));
	for (int i = 0; i < NAP_OUTS; i++) {
		const char *text = nap_csv_field(from, c->where[NAP_COLS + i]);

		r->expect[i] = *text ? g_strdup(text) : NULL;
	}
}

static bool read_rows(
	struct nap_packet_script *s, const struct nap_csv *csv, const struct columns *c, GError **error)
{
	nap_time before = 0;

	g_array_set_size(s->rows, csv->n);
	for (unsigned i = 0; i < csv->n; i++) {
		struct nap_packet_script_row *r = &g_array_index(s->rows, struct nap_packet_script_row, i);
		g_autoptr(GError) why = NULL;
		int column;

		fill_row(r, c, &csv->row[i]);
		if (!read_row(r, s->arena, (int)i, before, &column, &why))
			return nap_csv_fail(
				error, csv, r->line, nap_packet_script_columns[column], "%s", why->message);
		before = r->time;
	}
	return true;
}

struct nap_packet_script *nap_packet_script_parse(const char *path, const char *text, GError **error)
{
	struct nap_csv *csv = nap_csv_parse(path, text, error);
	struct nap_packet_script *s;
	struct columns columns;

	if (!csv)
		return NULL;
	s = g_new0(struct nap_packet_script, 1);
	s->path = g_strdup(path);
	s->arena = nap_arena_new();
	s->rows = g_array_new(FALSE, TRUE, sizeof(struct nap_packet_script_row));
	if (!read_head(csv, &columns, error) || !read_rows(s, csv, &columns, error)) {
		nap_packet_script_free(s);
		s = NULL;
	}
	nap_csv_free(csv);
	return s;
}

struct nap_packet_script *nap_packet_script_read(const char *path, GError **error)
{
	g_autofree char *text = nap_read_text(path, NAP_TEXT_MAX, NULL, error);

	return text ? nap_packet_script_parse(path, text, error) : NULL;
}

bool nap_packet_script_suits(
	const struct nap_packet_script *s, const struct nap_box_config *config, GError **error)
{
	struct nap_box_config then = *config;
	const char *why = NULL, *key;

	for (guint i = 0; i < s->rows->len && !why; i++) {
		const struct nap_packet_script_row *r =
			&g_array_index(s->rows, struct nap_packet_script_row, i);

		if (r->what != NAP_SCRIPT_SET)
			continue;
		nap_box_config_put(&then, r->set.row, r->set.value);
		why = nap_box_config_check(&then, &key);
		if (why)
			nap_fail(error, "%s:%u: [%s] %s: %s: %s", s->path, r->line,
				nap_packet_script_columns[NAP_COL_PAYLOAD], r->cell[NAP_COL_PAYLOAD], key,
				why);
	}
	return !why;
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
