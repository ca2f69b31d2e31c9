/* SPDX-License-Identifier: BSD-2-Clause */
/* What this program is made of. */
#include <link.h>
#include <string.h>

#include <glib.h>
#include <json-glib/json-glib.h>
#include <pcap/pcap.h>

#include "cli/cli.h"
#include "parallel/ranks.h"
#include "run/run.h"

/* The linker's own digest of the program, in its notes; the program itself is the first object. */
static int find_build_id(struct dl_phdr_info *info, size_t size, void *ctx)
{
	(void)size;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &info->dlpi_phdr[i];
		const char *at = (const char *)info->dlpi_addr + part->p_vaddr, *end = at + part->p_memsz;

		while (part->p_type == PT_NOTE && (size_t)(end - at) > sizeof(ElfW(Nhdr))) {
			const ElfW(Nhdr) *note = (const ElfW(Nhdr) *)at;
			const char *name = at + sizeof *note, *id = name + ((note->n_namesz + 3u) & ~3u);

			if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4 && !memcmp(name, "GNU", 4))
				for (unsigned k = 0; k < note->n_descsz; k++)
					g_string_append_printf(ctx, "%02x", (unsigned char)id[k]);
			at = id + ((note->n_descsz + 3u) & ~3u);
		}
	}
	return 1;
}

char *nap_build_text(void)
{
	GString *s = g_string_new(NATNAP_VERSION " ");

	dl_iterate_phdr(find_build_id, s);
	g_string_append_printf(s, " %d %zu %zu %zu", G_BYTE_ORDER, sizeof(struct nap_part),
		sizeof(struct nap_gather), sizeof(struct nap_replication));
	return g_string_free(s, FALSE);
}

char *nap_version_text(void)
{
	return g_strdup_printf("natnap %s\n"
			       "GLib %u.%u.%u\n"
			       "json-glib %s\n"
			       "%s\n"
			       "libnet: %s\n"
			       "MPI: %s\n",
		NATNAP_VERSION, glib_major_version, glib_minor_version, glib_micro_version, JSON_VERSION_S,
		pcap_lib_version(),
		NATNAP_LIBNET ? "yes" : "not built in (no raw packets: probes send by sockets only)",
		nap_ranks_library());
}
