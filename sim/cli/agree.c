/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/agree.h"

#include "parallel/ranks.h"
#include "text/input_error.h"

bool nap_all_agree(bool ok, GError **error)
{
	const guint8 mine = ok;
	GByteArray *bytes;
	g_autoptr(GPtrArray) all = NULL;

	if (nap_ranks().n == 1)
		return ok;
	bytes = g_byte_array_append(g_byte_array_new(), &mine, sizeof mine);
	all = nap_ranks_share(bytes);
	g_byte_array_unref(bytes);
	for (guint i = 0; ok && i < all->len; i++)
		if (!*(const guint8 *)g_bytes_get_data(all->pdata[i], NULL))
			return nap_fail(error,
				"natnap: rank %u could not read the scenario or what it names, or open "
				"its files",
				i);
	return ok;
}
