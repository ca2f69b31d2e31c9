/* SPDX-License-Identifier: BSD-2-Clause */
/* Built without MPI: one process. */
#include "parallel/ranks.h"

bool nap_ranks_begin(const char *build, const char **why)
{
	(void)build;
	(void)why;
	return true;
}

void nap_ranks_end(void)
{
}

void nap_ranks_part(void)
{
}

struct nap_ranks nap_ranks(void)
{
	return (struct nap_ranks){ 0, 1, 1 };
}

GPtrArray *nap_ranks_share(const GByteArray *mine)
{
	GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);

	g_ptr_array_add(all, g_bytes_new(mine->data, mine->len));
	return all;
}

const char *nap_ranks_library(void)
{
	return "not built in (make MPI=1)";
}
