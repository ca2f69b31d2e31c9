/* SPDX-License-Identifier: BSD-2-Clause */
/* What a process that only serves on open sockets needs of the kernel, and no more. */
#ifndef NAP_LIVE_CONFINE_H
#define NAP_LIVE_CONFINE_H

#include <stdbool.h>

#include <glib.h>

/*
 * From now on this process can open no file (Landlock) and make no call but those on what is open, on time and memory (seccomp): others
 * fail with EPERM. For good, in all threads that come. Needs no privilege, but no_new_privs or it. A kernel that lacks one of the two is
 * passed over; false with a reason where the kernel refuses.
 */
bool nap_confine(GError **error);

/* Close all descriptors above standard error, which who started this process left open. */
void nap_close_inherited(void);

#endif
