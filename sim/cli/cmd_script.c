/* SPDX-License-Identifier: BSD-2-Clause */
/* natnap script: timed packets through a scenario's first middlebox. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "text/csv.h"
#include "io/json.h"
#include "io/scenario.h"
#include "path/chain.h"
#include "io/packet_script.h"

extern const struct nap_command nap_command_script;

static const char details[] =
	"STEPS.csv has a header; its columns: "
	"time_s,side,proto,src,dst,flags,seq,ack,win,len,wscale,id,ttl,csum,ref,frag,ip_id,offset,payload.\n"
	"  side   inside or outside, where the packet arrives\n"
	"  proto  udp, tcp, icmp, gre, a protocol's number; watch: nothing is sent, "
	"expired_at_s says when the session\n"
	"         of row ref goes if nothing comes before the next row; flush: the box "
	"loses all sessions (a restart, an\n"
	"         interface going down); delete: it loses the session of row ref;\n"
	"         set: a timer, a rule, a quota or the address changes while sessions live, payload key = "
	"value; "
	"down, up: the\n"
	"         link outside\n"
	"  src, dst  address:port as written in the packet (ICMP: address); map:N the "
	"translated source of row N, from 0\n"
	"  flags  TCP: letters of SAFRPU; ICMP: type/code\n"
	"  ref    ICMP errors: the row whose packet is quoted; or none, and payload has the flow: udp "
	"10.0.0.2:5000>198.51.100.7:53\n"
	"  frag   df: may not be fragmented; more: a fragment that others follow; last: the "
	"last one; df-more, df-last\n"
	"  ip_id, offset  fragments: which datagram they are of, bytes of it before this one "
	"(multiples of 8; those with an\n"
	"         offset have no ports, and len counts all that follows the IP header)\n"
	"  payload  what an application gateway would act on: an address:port that it names, or command: an "
	"extension's; ping: nothing\n"
	"           but a ping of a protocol below messages (kind = proxy)\n"
	"Lines that begin with # are comments. Columns expect_verdict, expect_out_src, "
	"expect_out_dst, expect_class,\n"
	"expect_state, expect_expires_s, expect_assured, expect_sessions, "
	"expect_expired_at_s, expect_out_ip_id, expect_pieces,\n"
	"expect_out_payload and expect_emitted say what "
	"should come out (- for nothing, a * at the end for any rest); if something "
	"else does, the exit status is 1.";

static void add_text(JsonBuilder *b, const char *name, const char *text)
{
	nap_json_put_text(b, name, *text ? text : NULL);
}

/* Numbers as numbers where the column holds them. */
static void add_cell(JsonBuilder *b, const char *name, const char *text, bool number)
{
	if (!number || !*text) {
		add_text(b, name, text);
		return;
	}
	if (strchr(text, '.'))
		nap_json_put_number(b, name, g_ascii_strtod(text, NULL));
	else
		nap_json_put_int(b, name, g_ascii_strtoll(text, NULL, 10));
}

static bool is_numeric(enum nap_packet_script_column c)
{
	return c == NAP_COL_TIME || (c >= NAP_COL_SEQ && c <= NAP_COL_TTL) || c == NAP_COL_REF ||
	       c == NAP_COL_IP_ID || c == NAP_COL_OFFSET;
}

static void print_json(const struct nap_packet_script *script, GArray *results)
{
	g_autoptr(JsonBuilder) b = json_builder_new();
	g_autofree char *text = NULL;

	json_builder_begin_object(b);
	add_text(b, "schema", "natnap-script/1");
	json_builder_set_member_name(b, "steps");
	json_builder_begin_array(b);
	for (guint i = 0; i < results->len; i++) {
		const struct nap_packet_script_row *row =
			&g_array_index(script->rows, struct nap_packet_script_row, i);

		json_builder_begin_object(b);
		for (int c = 0; c < NAP_COLS; c++)
			if (*row->cell[c])
				add_cell(b, nap_packet_script_columns[c], row->cell[c],
					is_numeric((enum nap_packet_script_column)c));
		for (int o = 0; o < NAP_OUTS; o++) {
			g_autofree char *cell = nap_packet_script_cell(row,
				&g_array_index(results, struct nap_packet_script_result, i),
				(enum nap_packet_script_out)o);

			if (o == NAP_OUT_ASSURED && *cell) {
				json_builder_set_member_name(b, nap_packet_script_outs[o]);
				json_builder_add_boolean_value(b, strcmp(cell, "yes") == 0);
				continue;
			}
			add_cell(b, nap_packet_script_outs[o], cell,
				o == NAP_OUT_EXPIRES || o == NAP_OUT_SESSIONS || o == NAP_OUT_EXPIRED_AT ||
					o == NAP_OUT_IP_ID);
		}
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
	json_builder_end_object(b);
	text = nap_json_built(b);
	puts(text);
}

static void print_csv(const struct nap_packet_script *script, GArray *results)
{
	struct nap_csv_writer w;

	nap_csv_begin(&w, NULL);
	for (int c = 0; c < NAP_COLS; c++)
		nap_csv_put(&w, nap_packet_script_columns[c]);
	for (int o = 0; o < NAP_OUTS; o++)
		nap_csv_put(&w, nap_packet_script_outs[o]);
	nap_csv_end(&w);
	for (guint i = 0; i < results->len; i++) {
		const struct nap_packet_script_row *row =
			&g_array_index(script->rows, struct nap_packet_script_row, i);

		for (int c = 0; c < NAP_COLS; c++)
			nap_csv_put(&w, row->cell[c]);
		for (int o = 0; o < NAP_OUTS; o++) {
			g_autofree char *cell = nap_packet_script_cell(row,
				&g_array_index(results, struct nap_packet_script_result, i),
				(enum nap_packet_script_out)o);

			nap_csv_put(&w, cell);
		}
		nap_csv_end(&w);
	}
	fputs(w.text->str, stdout);
	g_string_free(w.text, TRUE);
}

/* How many rows came out otherwise than expected, each told. */
static unsigned check(const struct nap_packet_script *script, GArray *results)
{
	unsigned bad = 0;

	for (guint i = 0; i < results->len; i++) {
		const struct nap_packet_script_row *row =
			&g_array_index(script->rows, struct nap_packet_script_row, i);
		g_autofree char *why = nap_packet_script_mismatch(
			row, &g_array_index(results, struct nap_packet_script_result, i));

		if (!why)
			continue;
		fprintf(stderr, "%s:%u: %s\n", script->path, row->line, why);
		bad++;
	}
	return bad;
}

static struct nap_scenario *load(const char *path, GError **error)
{
	struct nap_scenario *sc = nap_scenario_load(path, error);

	if (sc && sc->n_middleboxes == 0) {
		g_set_error(error, g_quark_from_static_string("nap-input-error"), 0,
			"%s: [path] middleboxes: a script needs one", path);
		nap_scenario_free(sc);
		return NULL;
	}
	return sc;
}

/* The scenario's first middlebox as the first subscriber of `run` has it in the first replication. */
static struct nap_box *first_box(const struct nap_scenario *sc)
{
	struct nap_chain_plan plan;

	nap_chain_plan_init(&plan, sc->middlebox, sc->n_middleboxes, nap_scenario_path(sc),
		MAX(sc->general.subscribers, 1), sc->general.seed);
	nap_chain_plan_turn(&plan, sc->n_server_middleboxes);
	return nap_chain_box(&plan, 0, 0, 0, 64);
}

static int run(int argc, char **argv)
{
	int json = 0, status;
	const GOptionEntry entries[] = {
		{ "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print one JSON document", NULL },
		{ NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
	};
	GError *error = NULL;
	struct nap_packet_script *script;
	struct nap_scenario *sc;
	struct nap_box *box;
	GArray *results;

	if (!nap_parse_options(&nap_command_script, entries, details, &argc, &argv, &status))
		return status;
	if (argc != 3)
		return nap_usage_error(&nap_command_script, "needs a scenario and a script");
	sc = load(argv[1], &error);
	if (!sc)
		return nap_input_failed(error);
	script = nap_packet_script_read(argv[2], &error);
	if (!script || !nap_packet_script_suits(script, &sc->middlebox[0].box, &error)) {
		nap_packet_script_free(script);
		nap_scenario_free(sc);
		return nap_input_failed(error);
	}
	box = first_box(sc);
	results = nap_packet_script_play(script, box);
	if (json)
		print_json(script, results);
	else
		print_csv(script, results);
	status = check(script, results) ? NAP_EXIT_FAILED : NAP_EXIT_OK;
	nap_packet_script_results_free(results);
	nap_box_free(box);
	nap_packet_script_free(script);
	nap_scenario_free(sc);
	return status;
}

const struct nap_command nap_command_script = { "script", "SCENARIO STEPS.csv [--json]",
	"pass timed packets through one middlebox", run, false };
