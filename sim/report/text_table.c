/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/text_table.h"

#include <math.h>

struct nap_table {
	GPtrArray *cell; /* row by row, heads first */
	guint columns;
	bool *left;
};

struct nap_table *nap_table_new(const char *const *heads)
{
	struct nap_table *t = g_new0(struct nap_table, 1);

	t->cell = g_ptr_array_new_with_free_func(g_free);
	t->columns = g_strv_length((char **)heads);
	t->left = g_new0(bool, t->columns);
	for (guint i = 0; i < t->columns; i++) {
		t->left[i] = heads[i][0] == '<';
		g_ptr_array_add(t->cell, g_strdup(heads[i] + t->left[i]));
	}
	return t;
}

void nap_table_free(struct nap_table *t)
{
	if (!t)
		return;
	g_ptr_array_unref(t->cell);
	g_free(t->left);
	g_free(t);
}

void nap_table_cell(struct nap_table *t, char *text)
{
	g_ptr_array_add(t->cell, text);
}

static glong width_of(const struct nap_table *t, guint column)
{
	glong width = 0;

	for (guint i = column; i < t->cell->len; i += t->columns)
		width = MAX(width, g_utf8_strlen(g_ptr_array_index(t->cell, i), -1));
	return width;
}

GString *nap_table_text(const struct nap_table *t)
{
	GString *s = g_string_new(NULL);
	g_autofree glong *width = g_new(glong, t->columns);

	g_assert(t->columns > 0);
	for (guint i = 0; i < t->columns; i++)
		width[i] = width_of(t, i);
	for (guint i = 0; i < t->cell->len; i++) {
		const char *text = g_ptr_array_index(t->cell, i);
		guint column = i % t->columns;
		int pad = (int)(width[column] - g_utf8_strlen(text, -1));
		bool last = column == t->columns - 1;

		g_string_append_printf(s, "  %*s%s%*s", t->left[column] ? 0 : pad, "", text,
			t->left[column] && !last ? pad : 0, "");
		if (last)
			g_string_append_c(s, '\n');
	}
	return s;
}

char *nap_number_text(double v)
{
	double a = fabs(v);

	if (isnan(v))
		return g_strdup("-");
	if (isinf(v))
		return g_strdup("never");
	if (v == floor(v) && a < 1e15)
		return g_strdup_printf("%.0f", v);
	if (a >= 1000.0)
		return g_strdup_printf("%.0f", v);
	if (a >= 1e-3)
		return g_strdup_printf("%.*f", a >= 100.0 ? 1 : a >= 10.0 ? 2 : a >= 1.0 ? 3 : 4, v);
	return g_strdup_printf("%.3g", v);
}
