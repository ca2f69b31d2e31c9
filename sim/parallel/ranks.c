/* SPDX-License-Identifier: BSD-2-Clause */
/* Over MPI. Only the main thread speaks to it; nothing is reduced there, since sums of energies must be made in order. */
#include "parallel/ranks.h"

#include <mpi.h>
#include <stdlib.h>
#include <string.h>

#define LARGEST (1 << 28) /* bytes at once: counts are int */

static struct nap_ranks ranks = { 0, 1, 1 };
static bool joined;

/* Variables that the launchers of OpenMPI, MPICH and Slurm set. Without one of them MPI would be started for one process. */
static bool was_launched(void)
{
	static const char *const set[] = { "OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMI_RANK", "PMIX_RANK" };

	for (size_t i = 0; i < G_N_ELEMENTS(set); i++)
		if (getenv(set[i]))
			return true;
	return false;
}

static uint32_t count_here(void)
{
	MPI_Comm machine;
	int n = 1;

	MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &machine);
	MPI_Comm_size(machine, &n);
	MPI_Comm_free(&machine);
	return (uint32_t)n;
}

/* Parts are sent as they lie in memory: have all the same build? */
static bool all_the_same(const char *build)
{
	GByteArray *mine = g_byte_array_new();
	g_autoptr(GPtrArray) all = NULL;
	bool same = true;

	g_byte_array_append(mine, (const guint8 *)build, (guint)strlen(build));
	all = nap_ranks_share(mine);
	for (guint i = 1; i < all->len; i++)
		same &= g_bytes_equal(all->pdata[0], all->pdata[i]);
	g_byte_array_unref(mine);
	return same;
}

bool nap_ranks_begin(const char *build, const char **why)
{
	int level = MPI_THREAD_SINGLE, rank = 0, n = 1;

	if (!was_launched())
		return true;
	if (MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &level) != MPI_SUCCESS ||
		level < MPI_THREAD_FUNNELED) {
		*why = "MPI does not start, or knows no threads";
		return false;
	}
	joined = true;
	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	MPI_Comm_size(MPI_COMM_WORLD, &n);
	ranks = (struct nap_ranks){ (uint32_t)rank, (uint32_t)n, count_here() };
	*why = "the ranks are not all of the same build";
	return all_the_same(build);
}

void nap_ranks_end(void)
{
	if (joined)
		MPI_Finalize();
	joined = false;
}

void nap_ranks_part(void)
{
	ranks = (struct nap_ranks){ 0, 1, 1 };
}

struct nap_ranks nap_ranks(void)
{
	return ranks;
}

/* What rank `from` gives; the others' mine is not read. */
static GBytes *hear(int from, const GByteArray *mine)
{
	bool own = (uint32_t)from == ranks.rank;
	uint64_t size = own ? mine->len : 0;
	guint8 *data;

	MPI_Bcast(&size, 1, MPI_UINT64_T, from, MPI_COMM_WORLD);
	data = g_malloc(size);
	if (own && size)
		memcpy(data, mine->data, size);
	for (uint64_t at = 0; at < size; at += LARGEST)
		MPI_Bcast(data + at, (int)MIN(size - at, LARGEST), MPI_BYTE, from, MPI_COMM_WORLD);
	return g_bytes_new_take(data, size);
}

GPtrArray *nap_ranks_share(const GByteArray *mine)
{
	GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);

	for (uint32_t i = 0; i < ranks.n; i++)
		g_ptr_array_add(all, hear((int)i, mine));
	return all;
}

const char *nap_ranks_library(void)
{
#ifdef OPEN_MPI
	return "OpenMPI";
#elif defined MPICH_VERSION
	return "MPICH";
#else
	return "yes";
#endif
}
