/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/probes.h"

#include <math.h>
#include <string.h>

#include "text/input_error.h"
#include "io/textfile.h"

#define IDLE_MAX 86400.0  /* s */
#define RTT_MAX  600000.0 /* ms */

/* Where the columns are; -1: not there. */
struct columns {
	int idle, rtt, keep;
};

static int find_column(char **names, const char *a, const char *b)
{
	for (int i = 0; names[i]; i++) {
		const char *name = g_strstrip(names[i]);

		if (g_ascii_strcasecmp(name, a) == 0 || (b && g_ascii_strcasecmp(name, b) == 0))
			return i;
	}
	return -1;
}

static bool read_header(const char *path, const char *line, struct columns *c, GError **error)
{
	g_auto(GStrv) names = g_strsplit(line, ",", 64);

	c->idle = find_column(names, "interval", "idle_s");
	c->rtt = find_column(names, "RTT1", "rtt_ms");
	c->keep = find_column(names, "KeepOrDrop", "keep");
	if (c->idle < 0)
		return nap_fail(error, "%s:1: no column interval or idle_s", path);
	if (c->rtt < 0)
		return nap_fail(error, "%s:1: no column RTT1 or rtt_ms", path);
	return true;
}

static bool read_number(const char *path, unsigned line, const char *what, const char *text, double max,
	double *out, GError **error)
{
	g_autofree char *shown = nap_shown(text);
	char *end;

	*out = g_ascii_strtod(text, &end);
	if (end == text || *end != '\0' || !isfinite(*out))
		return nap_fail(error, "%s:%u: %s is not a number: %s", path, line, what, shown);
	if (*out < 0.0 || *out > max)
		return nap_fail(
			error, "%s:%u: %s is out of range: %s (0 to %g)", path, line, what, shown, max);
	return true;
}

static bool read_row(const char *path, unsigned line, const char *text, const struct columns *c,
	struct nap_probe_set *set, GError **error)
{
	g_auto(GStrv) fields = g_strsplit(text, ",", 64);
	int n = (int)g_strv_length(fields);
	double idle, rtt;
	const char *keep;

	if (n <= c->idle || n <= c->rtt)
		return nap_fail(error, "%s:%u: %d fields are too few", path, line, n);
	for (int i = 0; i < n; i++)
		g_strstrip(fields[i]);
	set->rows++;
	keep = c->keep >= 0 && c->keep < n ? fields[c->keep] : "";
	/* a probe that was lost has no round trip */
	if (*fields[c->rtt] == '\0' || (*keep && g_ascii_strcasecmp(keep, "YEP") != 0)) {
		set->dropped++;
		return true;
	}
	if (!read_number(path, line, "the idle time", fields[c->idle], IDLE_MAX, &idle, error) ||
		!read_number(path, line, "the round trip", fields[c->rtt], RTT_MAX, &rtt, error))
		return false;
	if (rtt <= 0.0) {
		set->dropped++;
		return true;
	}
	set->probe[set->n++] = (struct nap_rrc_probe){ idle, rtt / 1e3 };
	return true;
}

bool nap_probes_load(const char *path, struct nap_probe_set *set, GError **error)
{
	g_autofree char *text = nap_read_text(path, NAP_TEXT_MAX, NULL, error);
	g_auto(GStrv) lines = NULL;
	struct columns columns;

	memset(set, 0, sizeof *set);
	if (!text)
		return false;
	lines = g_strsplit(text, "\n", -1);
	if (!read_header(path, lines[0] ? lines[0] : "", &columns, error))
		return false;
	set->probe = g_new(struct nap_rrc_probe, g_strv_length(lines));
	for (unsigned i = 1; lines[i]; i++) {
		g_strchomp(lines[i]);
		if (*lines[i] && !read_row(path, i + 1, lines[i], &columns, set, error)) {
			g_free(set->probe);
			memset(set, 0, sizeof *set);
			return false;
		}
	}
	return true;
}
