/* SPDX-License-Identifier: BSD-2-Clause */
/* What this program is made of. */
#include <glib.h>
#include <gsl/gsl_version.h>
#include <json-glib/json-glib.h>
#include <pcap/pcap.h>

#include "cli/cli.h"
#include "parallel/ranks.h"

char *nap_version_text(void)
{
	return g_strdup_printf("natnap %s\n"
			       "GLib %u.%u.%u\n"
			       "GSL %s\n"
			       "json-glib %s\n"
			       "%s\n"
			       "libnet: %s\n"
			       "MPI: %s\n",
		NATNAP_VERSION, glib_major_version, glib_minor_version, glib_micro_version, gsl_version,
		JSON_VERSION_S, pcap_lib_version(),
		NATNAP_LIBNET ? "yes" : "not built in (no raw packets: probes send by sockets only)",
		nap_ranks_library());
}
