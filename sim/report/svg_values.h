/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What gnuplot draws for a mouse holds a program and texts in its calls. Of it a plain picture is made: the same shapes, and
 * each point that has a value is <g class="value"> with the value as its aria-label.
 */
#ifndef NAP_REPORT_SVG_VALUES_H
#define NAP_REPORT_SVG_VALUES_H

#include <glib.h>

#define NAP_SVG_VALUE "value" /* the class of such a point */

/* The plain picture; NULL where the text is no SVG. Free with g_string_free. */
GString *nap_svg_values(const char *svg, GError **error);

#endif
