/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packet scripts: a CSV of timed packets, played through one middlebox, each with what became of it. Columns that
 * begin with expect_ say what should become of it: a script with them is a test.
 */
#ifndef NAP_IO_PACKET_SCRIPT_H
#define NAP_IO_PACKET_SCRIPT_H

#include <glib.h>

#include "text/arena.h"
#include "middlebox/box.h"

/* Input columns, in the order in which they are printed. */
enum nap_packet_script_column {
	NAP_COL_TIME,
	NAP_COL_SIDE,
	NAP_COL_PROTO,
	NAP_COL_SRC,
	NAP_COL_DST,
	NAP_COL_FLAGS,
	NAP_COL_SEQ,
	NAP_COL_ACK,
	NAP_COL_WIN,
	NAP_COL_LEN,
	NAP_COL_WSCALE,
	NAP_COL_ID,
	NAP_COL_TTL,
	NAP_COL_CSUM,
	NAP_COL_REF,
	NAP_COL_FRAG,   /* df: may not be fragmented; more, last: a fragment */
	NAP_COL_IP_ID,  /* which datagram it is one of */
	NAP_COL_OFFSET, /* bytes of that before it */
	NAP_COL_PAYLOAD, /* command, or an endpoint that it names; of ICMP errors without ref: the flow quoted */
	NAP_COLS
};

/* Output columns. */
enum nap_packet_script_out {
	NAP_OUT_VERDICT, /* pass, drop, local, rst, icmp, held */
	NAP_OUT_SRC,     /* as it leaves */
	NAP_OUT_DST,
	NAP_OUT_CLASS,      /* new, established, related, invalid, untracked */
	NAP_OUT_STATE,      /* of its session afterwards, as the tracker calls it */
	NAP_OUT_EXPIRES,    /* seconds until the session's timer runs out */
	NAP_OUT_ASSURED,    /* yes, no */
	NAP_OUT_SESSIONS,   /* live ones in the box */
	NAP_OUT_EXPIRED_AT, /* watch: when the session goes, if before the next row */
	NAP_OUT_EMITTED, /* what the box sent of its own since the last row, and its answer to this packet */
	NAP_OUT_IP_ID,   /* as it leaves */
	NAP_OUT_PIECES,  /* sizes and offsets, when it leaves in several */
	NAP_OUT_PAYLOAD, /* as it leaves; masked: made unreadable */
	NAP_OUTS
};

extern const char *const nap_packet_script_columns[NAP_COLS + 1], *const nap_packet_script_outs[NAP_OUTS + 1];

enum nap_packet_script_what {
	NAP_SCRIPT_PACKET,
	NAP_SCRIPT_WATCH,
	NAP_SCRIPT_FLUSH,
	NAP_SCRIPT_DELETE,
	NAP_SCRIPT_SET,
	NAP_SCRIPT_DOWN,
	NAP_SCRIPT_UP
};

struct nap_packet_script_row {
	unsigned line;
	char *cell[NAP_COLS];   /* as written, "" when absent */
	char *expect[NAP_OUTS]; /* NULL: nothing expected; "-": the output must be empty */
	enum nap_packet_script_what what;
	nap_time time;
	enum nap_side side;
	struct nap_packet packet;  /* addresses of map:N still to be put in */
	int map_src, map_dst, ref; /* row numbers, -1 for none */
	struct nap_setting set;    /* a key of the box that changes */
};

struct nap_packet_script {
	char *path;
	GArray *rows; /* struct nap_packet_script_row */
	struct nap_arena *arena;
};

/* Read a script. NULL with "FILE:LINE: [column] reason". */
struct nap_packet_script *nap_packet_script_read(const char *path, GError **error);
/* The same from memory. */
struct nap_packet_script *nap_packet_script_parse(const char *path, const char *text, GError **error);
/* Do the rules that it sets go with the rest of the box' config, one after another? Else false, with the same error. */
bool nap_packet_script_suits(
	const struct nap_packet_script *script, const struct nap_box_config *config, GError **error);
void nap_packet_script_free(struct nap_packet_script *script); /* accepts NULL */

/* What became of a row. */
struct nap_packet_script_result {
	enum nap_verdict verdict;
	bool passed;               /* a packet that went on */
	enum nap_side out_side;    /* where */
	struct nap_packet in, out; /* as it came, as it left */
	enum nap_class klass;
	bool has_session;
	struct nap_session_view session;
	uint32_t id; /* of its session */
	uint64_t sessions;
	nap_time expired_at; /* NAP_NEVER: not before the next row */
	GString *emitted, *pieces;
};

/* Play a script on a box: one result a row. Free the array with nap_packet_script_results_free. */
GArray *nap_packet_script_play(const struct nap_packet_script *script, struct nap_box *box);
void nap_packet_script_results_free(GArray *results);

/* One output cell of a result; "" when it has none. Free with g_free. */
char *nap_packet_script_cell(const struct nap_packet_script_row *row,
	const struct nap_packet_script_result *result, enum nap_packet_script_out out);

/* The first expectation that a result does not meet, as text to free; NULL when all are met. */
char *nap_packet_script_mismatch(
	const struct nap_packet_script_row *row, const struct nap_packet_script_result *result);

#endif
