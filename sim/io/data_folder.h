/* SPDX-License-Identifier: BSD-2-Clause */
/* Where what was installed beside this program lies: wherever the whole was put, or moved to. */
#ifndef NAP_IO_DATA_FOLDER_H
#define NAP_IO_DATA_FOLDER_H

/* PREFIX/share/natnap/NAME, of the PREFIX whose bin holds this program; NULL: it runs from where it was built. g_free it. */
char *nap_data_folder(const char *name);

/* The same for a program at path. */
char *nap_data_folder_of(const char *path, const char *name);

#endif
