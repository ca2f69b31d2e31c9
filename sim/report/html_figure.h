/* SPDX-License-Identifier: BSD-2-Clause */
/* A picture that a program drew as SVG, for inside a page: shapes and text alone, with names that no other picture has. */
#ifndef NAP_REPORT_HTML_FIGURE_H
#define NAP_REPORT_HTML_FIGURE_H

#include <stdbool.h>

#include <glib.h>

/* Append the <svg>; name: what its identifiers begin with; label: what a screen reader says. False where it is no SVG. */
bool nap_html_svg(GString *html, const char *svg, const char *name, const char *label);

#endif
