/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/inferred_radio.h"

#include "io/json.h"

/*
 * A level is a state without user plane when leaving it takes a promotion, or when it is paged no more often than
 * every 640 ms, which no connected state does.
 */
static bool is_connected(const struct nap_level *l)
{
	return l->delay.value < 0.100 && l->cycle < 0.6;
}

/* connected, connected-2, idle, idle-2 ... Free with g_free. */
static char *state_name(const struct nap_inference *found, unsigned k)
{
	bool connected = is_connected(&found->level[k]);
	const char *kind = connected ? "connected" : "idle";
	unsigned number = 1;

	for (unsigned i = 0; i < k; i++)
		number += is_connected(&found->level[i]) == connected;
	return number == 1 ? g_strdup(kind) : g_strdup_printf("%s-%u", kind, number);
}

/* The timer that leads from level k to the next, its interval the border's. */
static struct nap_estimate timer(const struct nap_inference *found, unsigned k)
{
	const struct nap_estimate *from = &found->level[k + 1].from;
	double begin = found->level[k].from.value;

	return (struct nap_estimate){ from->value - begin, MAX(from->lo - begin, 0.0), from->hi - begin };
}

static void table_row(GString *out, const struct nap_inference *found, unsigned k)
{
	const struct nap_level *l = &found->level[k];
	g_autofree char *state = state_name(found, k);

	g_string_append_printf(out, "%-12s %7.2f  %6.2f .. %6.2f%c %12.1f  %6.1f .. %6.1f", state,
		l->from.value, l->from.lo, l->from.hi, l->unsure ? '?' : ' ', l->floor.value * 1e3,
		l->floor.lo * 1e3, l->floor.hi * 1e3);
	if (is_connected(l))
		g_string_append_printf(out, "  %12s  %16s", "-", "-");
	else
		g_string_append_printf(out, "  %12.1f  %6.1f .. %6.1f", l->delay.value * 1e3,
			l->delay.lo * 1e3, l->delay.hi * 1e3);
	if (l->even)
		g_string_append_printf(out, "  %8.1f  %7s", l->cycle * 1e3, "any");
	else if (l->cycle > 0.0)
		g_string_append_printf(out, "  %8.1f  %7.3f", l->cycle * 1e3, l->phase);
	else
		g_string_append_printf(out, "  %8s  %7s", "-", "-");
	g_string_append_printf(out, "  %9.0f  %6zu\n", l->spread * 1e3, l->probes);
}

char *nap_inferred_table(const char *name, const struct nap_probe_set *set, const struct nap_inference *found)
{
	GString *out = g_string_new(NULL);

	g_string_append_printf(out, "%s: %zu probes, %zu used, %zu outliers, %u state%s\n", name, set->rows,
		found->probes, found->outliers, found->n_levels, found->n_levels == 1 ? "" : "s");
	g_string_append(out, "state         from_s      interval     rtt_floor_ms      interval"
			     "      promotion_ms      interval      cycle_ms  phase_s  spread_ms  probes\n");
	for (unsigned k = 0; k < found->n_levels; k++)
		table_row(out, found, k);
	for (unsigned k = 1; k < found->n_levels; k++) {
		const struct nap_level *l = &found->level[k];

		if (l->unsure)
			g_string_append_printf(out,
				"? from %.2f s to %.2f s both states answer by turns: no sharp timer is "
				"known to "
				"lie there\n",
				l->from.lo, l->from.hi);
		if (l->before > 0.0)
			g_string_append_printf(out,
				"from %.2f s on %.0f %% of the probes are still answered as in the state "
				"before\n",
				l->from.value, l->before * 100);
	}
	return g_string_free(out, FALSE);
}

static void write_state(GString *out, const struct nap_level *l, const char *state)
{
	g_string_append_printf(out, "\n# round trips from %.1f ms (95%%: %.1f to %.1f)\n",
		l->floor.value * 1e3, l->floor.lo * 1e3, l->floor.hi * 1e3);
	if (l->before > 0.0)
		g_string_append_printf(out,
			"# %.0f %% of the probes were still answered as in the state before\n",
			l->before * 100);
	g_string_append_printf(out, "[state %s]\npower = 0mW\n", state);
	if (is_connected(l))
		g_string_append(out, "connected = yes\n");
	/* how long a window is does not show in round trips: 1 ms, the least there is */
	if (l->even && l->cycle >= 0.001)
		g_string_append_printf(
			out, "cycle = %.1fms\non-duration = 1ms\nlock = random\n", l->cycle * 1e3);
	else if (l->cycle > 0.0 && !l->even)
		g_string_append_printf(out,
			"cycle = %.1fms\non-duration = 1ms\nlock = exchange\nphase = %.1fms\n",
			l->cycle * 1e3, MIN(l->phase, l->cycle - 0.0001) * 1e3);
}

static void write_edges(GString *out, const struct nap_inference *found, unsigned k)
{
	const struct nap_level *l = &found->level[k];
	g_autofree char *state = state_name(found, k), *first = state_name(found, 0);

	if (k + 1 < found->n_levels) {
		g_autofree char *next = state_name(found, k + 1);
		struct nap_estimate t = timer(found, k);

		g_string_append_printf(out,
			"\n# interval: %.2f s to %.2f s%s\n"
			"[edge %s-ends]\nfrom = %s\nto = %s\non = idle\nafter = %.0fms\n",
			t.lo, t.hi, found->level[k + 1].unsure ? ", unsure" : "", state, state, next,
			t.value * 1e3);
	}
	if (k == 0)
		return;
	if (is_connected(l))
		g_string_append_printf(
			out, "\n[edge %s-resumes]\nfrom = %s\nto = %s\non = traffic\n", state, state, first);
	else
		g_string_append_printf(out,
			"\n# 95%%: %.1f ms to %.1f ms\n"
			"[edge %s-promotion]\nfrom = %s\nto = %s\non = traffic\ndelay = %.1fms\n",
			MAX(l->delay.lo, 0) * 1e3, l->delay.hi * 1e3, state, state, first,
			MAX(l->delay.value, 0) * 1e3);
}

/* Timers that are not known to be sharp, named as further items of `unverified`. */
static void write_unsure(GString *out, const struct nap_inference *found)
{
	for (unsigned k = 1; k < found->n_levels; k++) {
		g_autofree char *state = state_name(found, k - 1);

		if (found->level[k].unsure)
			g_string_append_printf(out, "; timer of edge %s-ends", state);
	}
}

char *nap_inferred_profile(const char *name, const struct nap_inference *found)
{
	GString *out = g_string_new(NULL);
	g_autofree char *rest = state_name(found, found->n_levels - 1);

	g_string_append_printf(out,
		"# Radio inferred from round-trip times after idle gaps.\n"
		"[radio]\ntitle = inferred from %s\nsource = natnap infer-radio, %zu probes of %s\n"
		"verified = inferred\nunverified = technology and the power of all states: round trips do "
		"not show "
		"them",
		name, found->probes, name);
	write_unsure(out, found);
	g_string_append_printf(out,
		"\nnote = The path takes %.1f ms of each round trip.\ntechnology = unknown\nstart = %s\n",
		found->level[0].floor.value * 1e3, rest);
	for (unsigned k = 0; k < found->n_levels; k++) {
		g_autofree char *state = state_name(found, k);

		write_state(out, &found->level[k], state);
	}
	for (unsigned k = 0; k < found->n_levels; k++)
		write_edges(out, found, k);
	return g_string_free(out, FALSE);
}

static void add_estimate(JsonBuilder *b, const char *name, struct nap_estimate e)
{
	json_builder_set_member_name(b, name);
	json_builder_begin_object(b);
	nap_json_put_number(b, "value", e.value);
	nap_json_put_number(b, "lo", e.lo);
	nap_json_put_number(b, "hi", e.hi);
	json_builder_end_object(b);
}

static void add_level(JsonBuilder *b, const struct nap_inference *found, unsigned k)
{
	const struct nap_level *l = &found->level[k];
	g_autofree char *state = state_name(found, k);

	json_builder_begin_object(b);
	nap_json_put_text(b, "state", state);
	json_builder_set_member_name(b, "connected");
	json_builder_add_boolean_value(b, is_connected(l));
	add_estimate(b, "from_s", l->from);
	if (k + 1 < found->n_levels)
		add_estimate(b, "timer_s", timer(found, k));
	add_estimate(b, "rtt_floor_s", l->floor);
	if (!is_connected(l))
		add_estimate(b, "promotion_s", l->delay);
	nap_json_put_number(b, "cycle_s", l->cycle);
	json_builder_set_member_name(b, "unsure");
	json_builder_add_boolean_value(b, l->unsure);
	nap_json_put_number(b, "still_before", l->before);
	json_builder_set_member_name(b, "locked");
	json_builder_add_boolean_value(b, l->cycle > 0.0 && !l->even);
	nap_json_put_number(b, "phase_s", l->phase);
	nap_json_put_number(b, "spread_s", l->spread);
	nap_json_put_count(b, "probes", l->probes);
	nap_json_put_count(b, "outliers", l->outliers);
	json_builder_end_object(b);
}

char *nap_inferred_json(const char *name, const struct nap_probe_set *set, const struct nap_inference *found)
{
	g_autoptr(JsonBuilder) b = json_builder_new();
	g_autofree char *profile = nap_inferred_profile(name, found);

	json_builder_begin_object(b);
	nap_json_put_text(b, "schema", "natnap-infer-radio/1");
	nap_json_put_text(b, "probes_file", name);
	nap_json_put_count(b, "rows", set->rows);
	nap_json_put_count(b, "dropped", set->dropped);
	nap_json_put_count(b, "probes", found->probes);
	nap_json_put_count(b, "outliers", found->outliers);
	json_builder_set_member_name(b, "states");
	json_builder_begin_array(b);
	for (unsigned k = 0; k < found->n_levels; k++)
		add_level(b, found, k);
	json_builder_end_array(b);
	nap_json_put_text(b, "profile", profile);
	json_builder_end_object(b);
	return nap_json_built(b);
}
