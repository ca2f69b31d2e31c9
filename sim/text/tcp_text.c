/* SPDX-License-Identifier: BSD-2-Clause */
#include "text/tcp_text.h"

#include "client/app.h"
#include "text/value.h"

void nap_tcp_config_init(struct nap_tcp_config *config)
{
	const size_t first = offsetof(struct nap_app_config, tcp);
	g_autoptr(GError) error = NULL;

	for (const struct nap_param *row = nap_stack_params; row->key; row++) {
		if (row->offset < first || row->offset >= first + sizeof *config)
			continue;
		if (!nap_value_parse(
			    row, row->def, NULL, NULL, (char *)config + (row->offset - first), &error))
			g_error("default %s of key %s: %s", row->def, row->key, error->message);
	}
}
