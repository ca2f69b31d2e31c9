/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/probes.h"

#include <string.h>

#include "io/csvfile.h"

#define IDLE_MAX 86400.0  /* s */
#define RTT_MAX  600000.0 /* ms */

/* The columns, by either of two names. */
enum { IDLE, IDLE_TOO, RTT, RTT_TOO, KEEP, KEEP_TOO, NAMES };
static const char *const names[] = {
	[IDLE] = "interval",
	[IDLE_TOO] = "idle_s",
	[RTT] = "RTT1",
	[RTT_TOO] = "rtt_ms",
	[KEEP] = "KeepOrDrop",
	[KEEP_TOO] = "keep",
	[NAMES] = NULL,
};

/* The column of either name, -1 when there is none. */
static int place_of(const int *where, int name)
{
	return where[name] >= 0 ? where[name] : where[name + 1];
}

static bool read_number(const struct nap_csv *csv, const struct nap_csv_row *row, int column, double max,
	double *out, GError **error)
{
	g_autoptr(GError) why = NULL;

	return nap_csv_number(nap_csv_field(row, column), 0.0, max, out, &why) ||
	       nap_csv_fail(error, csv, row->line, csv->head->field[column], "%s", why->message);
}

static bool read_row(const struct nap_csv *csv, const struct nap_csv_row *row, const int *where,
	struct nap_probe_set *set, GError **error)
{
	int at_idle = place_of(where, IDLE), at_rtt = place_of(where, RTT);
	const char *keep = nap_csv_field(row, place_of(where, KEEP));
	double idle, rtt;

	if ((int)row->n <= at_idle || (int)row->n <= at_rtt)
		return nap_csv_fail(error, csv, row->line, NULL, "%u fields are too few", row->n);
	set->rows++;
	/* a probe that was lost has no round trip */
	if (*nap_csv_field(row, at_rtt) == '\0' || (*keep && g_ascii_strcasecmp(keep, "YEP") != 0)) {
		set->dropped++;
		return true;
	}
	if (!read_number(csv, row, at_idle, IDLE_MAX, &idle, error) ||
		!read_number(csv, row, at_rtt, RTT_MAX, &rtt, error))
		return false;
	if (rtt <= 0.0) {
		set->dropped++;
		return true;
	}
	set->probe[set->n++] = (struct nap_rrc_probe){ idle, rtt / 1e3 };
	return true;
}

static bool read_rows(const struct nap_csv *csv, struct nap_probe_set *set, GError **error)
{
	int where[NAMES];

	nap_csv_columns(csv, names, false, where, NULL);
	for (int i = IDLE; i <= RTT; i += 2)
		if (place_of(where, i) < 0)
			return nap_csv_fail(error, csv, csv->head->line, NULL, "no column %s or %s", names[i],
				names[i + 1]);
	set->probe = g_new(struct nap_rrc_probe, csv->n);
	for (unsigned i = 0; i < csv->n; i++)
		if (!read_row(csv, &csv->row[i], where, set, error))
			return false;
	return true;
}

bool nap_probes_load(const char *path, struct nap_probe_set *set, GError **error)
{
	struct nap_csv *csv = nap_csv_read(path, error);
	bool ok;

	memset(set, 0, sizeof *set);
	ok = csv && read_rows(csv, set, error);
	if (!ok) {
		g_free(set->probe);
		memset(set, 0, sizeof *set);
	}
	nap_csv_free(csv);
	return ok;
}
