/* SPDX-License-Identifier: BSD-2-Clause */
/* Packet scripts: whatever the text, it is refused with a place, or plays on a box to as many results as it has rows. */
#include "fuzz/fuzz.h"

#include "io/scenario.h"
#include "io/packet_script.h"

static const char *const corpus[] = {
	"time_s,side,proto,src,dst,flags,seq,ack,win,len\n"
	"0,inside,tcp,10.0.0.2:4000,192.0.2.1:80,S,99,0,65535,0\n"
	"0.02,outside,tcp,192.0.2.1:80,map:0,SA,499,100,65535,0\n"
	"0.04,inside,tcp,10.0.0.2:4000,192.0.2.1:80,A,100,500,65535,0\n"
	"1,outside,tcp,192.0.2.1:80,map:0,RA,500,100,65535,0\n",
	"time_s,side,proto,src,dst,len,ref,expect_verdict,expect_sessions\n"
	"0,inside,udp,10.0.0.2:4000,192.0.2.1:53,20,,pass,1\n"
	"1,outside,udp,192.0.2.1:53,map:0,20,,pass,1\n"
	"40,outside,udp,192.0.2.9:53,map:0,20,,drop,\n"
	"41,,watch,,,,0,,\n"
	"42,,delete,,,,0,,0\n"
	"43,,flush,,,,,,\n",
	"time_s,side,proto,src,dst,flags,id,ttl,csum,ref,frag,ip_id,offset,len,payload\n"
	"0,inside,icmp,10.0.0.2,192.0.2.1,8/0,7,64,,,,,,8,\n"
	"0,inside,udp,10.0.0.2:4000,192.0.2.1:53,,,,,,df,,,1400,command\n"
	"1,inside,udp,10.0.0.2:4000,192.0.2.1:53,,,,,,more,6,0,1472,10.0.0.2:99\n"
	"1,inside,udp,10.0.0.2,192.0.2.1,,,,,,last,6,1480,600,\n"
	"2,outside,icmp,192.0.2.1,map:1,3/3,,1,,1,,,,,\n"
	"3,,set,,,,,,,,,,,,udp-stream = 5s\n",
};

static const char *const words[] = { ",", "\n", "\"", "map:1", "map:99999999999", "map:-1", ":65536", "tcp",
	"udp", "icmp", "11/0", "3/4", "gre", "outside", "inside", "watch", "flush", "delete", "set", "more",
	"last", "df-more", "65535", "4294967296", "-1", "1e308", "nan", "SAFRPU", "expect_verdict", "time_s",
	"0.0.0.0:0", "255.255.255.255:0", "ref", "[::1]:1", "#", "udp-stream = 0s", "capacity = 1", "never",
	"bad" };

/* Boxes that do as much with a packet as can be done. */
static const char *const boxes[] = { "profile = linux\nfragments = reassemble\nalg = ftp\n",
	"profile = cgn-rfc6888\n", "profile = cisco-asa\nmtu = 1280\n" };

static struct nap_scenario *scenario(const char *box)
{
	g_autofree char *text = g_strdup_printf(
		"[scenario]\nduration = 1h\nseed = 1\n[path]\nmiddleboxes = box\n[middlebox box]\n%s", box);
	GError *error = NULL;
	struct nap_document *d = nap_document_new("box", NULL, text, strlen(text), &error);
	struct nap_scenario *sc = d ? nap_scenario_new(d, NULL, 0, &error) : NULL;

	if (!sc)
		g_error("%s", error->message);
	nap_document_free(d);
	return sc;
}

static unsigned played;

static void play(const struct nap_packet_script *script, const char *box)
{
	struct nap_scenario *sc = scenario(box);
	struct nap_box *b = nap_box_new(&sc->middlebox[0].box, nap_rng_stream(1, 0, 0, NAP_RNG_PORTS), 64);
	GArray *results = nap_packet_script_play(script, b);

	g_assert_cmpuint(results->len, ==, script->rows->len);
	for (guint i = 0; i < results->len; i++)
		for (int out = 0; out < NAP_OUTS; out++)
			g_free(nap_packet_script_cell(
				&g_array_index(script->rows, struct nap_packet_script_row, i),
				&g_array_index(results, struct nap_packet_script_result, i),
				(enum nap_packet_script_out)out));
	played++;
	nap_packet_script_results_free(results);
	nap_box_free(b);
	nap_scenario_free(sc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	g_autoptr(GError) error = NULL;
	struct nap_packet_script *script = nap_packet_script_parse("fuzz.csv", text, &error);

	g_assert_true((script == NULL) == (error != NULL));
	if (error && !g_str_has_prefix(error->message, "fuzz.csv:"))
		g_error("a refusal without its place: %s", error->message);
	if (script)
		play(script, boxes[size % G_N_ELEMENTS(boxes)]);
	nap_packet_script_free(script);
	return 0;
}

/* Damage to what is refused anyway would show little. */
static void check_corpus(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(corpus); i++) {
		GError *error = NULL;
		struct nap_packet_script *script = nap_packet_script_parse("corpus.csv", corpus[i], &error);

		if (!script)
			g_error("%s", error->message);
		nap_packet_script_free(script);
	}
}

int main(void)
{
	check_corpus();
	if (fuzz_run(corpus, G_N_ELEMENTS(corpus), words, G_N_ELEMENTS(words)))
		return 1;
	printf("fuzz_script: %u were scripts, and played\n", played);
	return 0;
}
