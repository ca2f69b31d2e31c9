/* SPDX-License-Identifier: BSD-2-Clause */
/* The looks of a report's page, and what its tables do: texts that stand in the page itself. */
#ifndef NAP_REPORT_HTML_PAGE_H
#define NAP_REPORT_HTML_PAGE_H

extern const char nap_html_style[], nap_html_script[];

#endif
