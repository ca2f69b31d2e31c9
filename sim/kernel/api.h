/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the library offers to programs of others. Functions marked NAP_API are the only names that libnatnap.so shows. What
 * stands in a header between a line that says natnap.h between dashes and one of dashes alone goes into the installed
 * natnap.h, in the order of the files that sim/natnap.h names.
 */
#ifndef NAP_KERNEL_API_H
#define NAP_KERNEL_API_H

/* --- natnap.h --- */
#define NAP_API __attribute__((visibility("default")))
/* --- */

/*
 * What nearly every event goes through, the opening of sessions included: the linker puts these functions side by side,
 * so that they share the first cache.
 */
#define NAP_HOT __attribute__((hot))

/* What hardly any event goes through, called from where all do: kept out of that cache. */
#define NAP_COLD __attribute__((cold, noinline))

#endif
