/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/csvfile.h"

#include "io/textfile.h"

struct nap_csv *nap_csv_read(const char *path, GError **error)
{
	g_autofree char *text = nap_read_text(path, NAP_TEXT_MAX, NULL, error);

	return text ? nap_csv_parse(path, text, error) : NULL;
}
