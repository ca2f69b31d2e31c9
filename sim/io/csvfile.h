/* SPDX-License-Identifier: BSD-2-Clause */
/* A CSV file that a user named. */
#ifndef NAP_IO_CSVFILE_H
#define NAP_IO_CSVFILE_H

#include "text/csv.h"

/* Its rows, as nap_csv_parse gives them; NULL with "FILE: reason" or "FILE:LINE: reason". Free with nap_csv_free. */
struct nap_csv *nap_csv_read(const char *path, GError **error);

#endif
