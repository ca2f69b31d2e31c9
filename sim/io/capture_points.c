/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/capture_points.h"

#include <string.h>

#include "text/input_error.h"

/* Middleboxes before the server have it on their inside. */
static bool is_turned(const struct nap_scenario *sc, uint32_t hop)
{
	return hop >= sc->n_path_middleboxes && hop < nap_scenario_path(sc);
}

enum nap_side nap_capture_side(const struct nap_scenario *sc, enum nap_place place, uint32_t hop, bool up)
{
	bool comes = place == NAP_AT_BOX_IN;

	return (up == comes) != is_turned(sc, hop) ? NAP_INSIDE : NAP_OUTSIDE;
}

static void clear_point(void *p)
{
	g_free(((struct nap_capture_point *)p)->name);
}

static void add(GArray *to, enum nap_place place, int hop, enum nap_side side, const char *name)
{
	struct nap_capture_point p = { place, hop, side, NULL };

	p.name = hop < 0 ? g_strdup(name)
			 : g_strdup_printf("%s.%s", name, side == NAP_INSIDE ? "inside" : "outside");
	g_array_append_val(to, p);
}

/* All that there are, in the order in which a packet of the device passes them. */
static GArray *all_points(const struct nap_scenario *sc)
{
	GArray *all = g_array_new(FALSE, FALSE, sizeof(struct nap_capture_point));

	g_array_set_clear_func(all, clear_point);
	add(all, NAP_AT_DEVICE, -1, NAP_INSIDE, "device");
	for (uint32_t i = 0; i < nap_scenario_own_boxes(sc); i++)
		for (int k = 0; k < 2; k++)
			add(all, NAP_AT_BOX_IN, (int)i,
				(k == 0) != is_turned(sc, i) ? NAP_INSIDE : NAP_OUTSIDE,
				sc->middlebox[i].name);
	add(all, NAP_AT_SERVER, -1, NAP_OUTSIDE, "server");
	return all;
}

static bool is_wanted(const struct nap_capture_options *o, const char *name)
{
	if (!o->points || !o->points[0])
		return strcmp(name, "device") == 0;
	return g_strv_contains(o->points, name) || g_strv_contains(o->points, "all");
}

static bool check(const struct nap_capture_options *o, const GArray *all, GError **error)
{
	for (uint32_t k = 0; o->points && o->points[k]; k++) {
		bool known = strcmp(o->points[k], "all") == 0;
		g_autoptr(GString) names = g_string_new("all");

		for (guint i = 0; i < all->len; i++) {
			const char *name = g_array_index(all, struct nap_capture_point, i).name;

			known |= strcmp(o->points[k], name) == 0;
			g_string_append_printf(names, ", %s", name);
		}
		if (!known)
			return nap_fail(
				error, "--pcap-at %s: no such point; there are %s", o->points[k], names->str);
	}
	return true;
}

bool nap_capture_points_check(const struct nap_capture_options *o, GError **error)
{
	g_autoptr(GArray) all = all_points(o->scenario);

	return check(o, all, error);
}

GArray *nap_capture_points(const struct nap_capture_options *o, GError **error)
{
	GArray *all = all_points(o->scenario);

	if (!check(o, all, error)) {
		g_array_unref(all);
		return NULL;
	}
	for (guint i = all->len; i-- > 0;)
		if (!is_wanted(o, g_array_index(all, struct nap_capture_point, i).name))
			g_array_remove_index(all, i);
	return all;
}
