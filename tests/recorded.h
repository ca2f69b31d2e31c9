/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a method found, line by line, beside what was recorded when that was last looked at (tests/recorded/): for methods that have no
 * one right answer, in addition to tests of what must be true of any. NATNAP_RECORD=1 writes the file anew; a change of it is a change
 * of numbers, and belongs into the changelog.
 */
#ifndef NAP_TESTS_RECORDED_H
#define NAP_TESTS_RECORDED_H

#include <string.h>

#include <glib.h>

/* Fails at the first line that is another; a line that does not begin with a blank is a heading. */
static inline void recorded_compare(const char *file, const char *now, const char *recorded)
{
	g_auto(GStrv) a = g_strsplit(now, "\n", -1), b = g_strsplit(recorded, "\n", -1);
	guint n = g_strv_length(a), m = g_strv_length(b);
	const char *heading = "";

	for (guint i = 0; i < MAX(n, m); i++) {
		const char *x = i < n ? a[i] : "", *y = i < m ? b[i] : "";

		heading = *x && *x != ' ' ? x : heading;
		if (strcmp(x, y) == 0)
			continue;
		g_test_message("%s:%u: %s\n  was %s\n  is  %s", file, i + 1, heading, y, x);
		g_test_fail();
		return;
	}
}

static inline void recorded_check(const char *name, const char *now)
{
	g_autofree char *file = g_strdup_printf("tests/recorded/%s.txt", name), *recorded = NULL;

	if (g_getenv("NATNAP_RECORD")) {
		g_assert_true(g_file_set_contents(file, now, -1, NULL));
		return;
	}
	g_assert_true(g_file_get_contents(file, &recorded, NULL, NULL));
	recorded_compare(file, now, recorded);
}

/* So many cases PATH/0 ..., each with its number as data: what is long is recorded in parts, which tell which of them is another. */
static inline void recorded_add_parts(const char *path, guint parts, GTestDataFunc test)
{
	for (guint i = 0; i < parts; i++) {
		g_autofree char *part = g_strdup_printf("%s/%u", path, i);

		g_test_add_data_func(part, GUINT_TO_POINTER(i), test);
	}
}

#endif
