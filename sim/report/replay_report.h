/* SPDX-License-Identifier: BSD-2-Clause */
/* What a replayed trace comes to: as text, as one JSON document, as rows of CSV. */
#ifndef NAP_REPORT_REPLAY_REPORT_H
#define NAP_REPORT_REPLAY_REPORT_H

#include <json-glib/json-glib.h>

#include "replay/replay.h"
#include "text/csv.h"

#define NAP_REPLAY_ROWS 1000 /* flows and bursts that are kept for text and JSON: those that cost the most */

/* One replay of a trace; flows and bursts as they were told. */
struct nap_replayed {
	const struct nap_scenario *sc;
	struct nap_replay_sums sums;
	GPtrArray *flows; /* struct nap_flow, owned */
	GArray *bursts;   /* struct nap_burst */
};

void nap_replayed_init(struct nap_replayed *r, const struct nap_scenario *sc);
void nap_replayed_clear(struct nap_replayed *r);

/* Keep what is told, as far as there is room. */
void nap_replayed_flow(struct nap_replayed *r, const struct nap_flow *f);
void nap_replayed_burst(struct nap_replayed *r, const struct nap_burst *b);

/* All is told: in order of time. */
void nap_replayed_sort(struct nap_replayed *r);

/* A combination of what --what-if lists. */
struct nap_what_if {
	const char *const *value; /* one a list */
	const struct nap_scenario *sc;
	struct nap_replay_sums sums;
};

struct nap_replay_report {
	const char *capture, *scenario; /* files */
	const struct nap_trace *trace;
	const struct nap_series *series; /* NULL: none was asked for */
	const struct nap_replayed *replayed;
	const char *const *names; /* of the lists of --what-if; NULL-terminated */
	const struct nap_what_if *what_if;
	uint32_t n_what_if;
	const char *broken; /* why the trace ends early; NULL: it does not */
};

GString *nap_replay_text(const struct nap_replay_report *r);
JsonNode *nap_replay_json(const struct nap_replay_report *r);

/* flows.csv, bursts.csv, what-if.csv, energy.csv; heads first. */
void nap_replay_csv_flows(struct nap_csv_writer *w, const struct nap_scenario *sc);
void nap_replay_csv_flow(struct nap_csv_writer *w, const struct nap_scenario *sc, const struct nap_flow *f);
void nap_replay_csv_bursts(struct nap_csv_writer *w);
void nap_replay_csv_burst(struct nap_csv_writer *w, const struct nap_burst *b);
GString *nap_replay_csv_what_if(const struct nap_replay_report *r);
GString *nap_replay_csv_energy(const struct nap_replay_report *r);

/* Words and numbers that all of these have. Free with g_free. */
char *nap_replay_ip(struct nap_ip ip);
char *nap_replay_end(struct nap_ip ip, uint16_t port);
char *nap_replay_proto(uint8_t proto);
double nap_replay_reachable(const struct nap_flow *f); /* share of its life; NAN: it has none */
double nap_replay_joules(const struct nap_replay_sums *s, enum nap_purpose_seen seen);

#endif
