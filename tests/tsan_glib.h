/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For scripts/builds tsan: GLib is not compiled for ThreadSanitizer, so it is told here, at each call, what GLib's mutexes
 * and conditions order. Given to the compiler by -include.
 */
#ifndef NATNAP_TESTS_TSAN_GLIB_H
#define NATNAP_TESTS_TSAN_GLIB_H

#include <glib.h>

void __tsan_acquire(void *at);
void __tsan_release(void *at);

static inline gboolean tsan_cond_wait_until(GCond *c, GMutex *m, gint64 end)
{
	gboolean woken;

	__tsan_release(m);
	woken = g_cond_wait_until(c, m, end);
	__tsan_acquire(m);
	return woken;
}

#define g_mutex_lock(m)              (g_mutex_lock(m), __tsan_acquire(m))
#define g_mutex_unlock(m)            (__tsan_release(m), g_mutex_unlock(m))
#define g_cond_wait(c, m)            (__tsan_release(m), g_cond_wait(c, m), __tsan_acquire(m))
#define g_cond_wait_until(c, m, end) tsan_cond_wait_until(c, m, end)
#define g_once_init_enter(p)         (g_once_init_enter(p) ? 1 : (__tsan_acquire((void *)(p)), 0))
#define g_once_init_leave(p, v)                                                                              \
	do {                                                                                                 \
		__tsan_release((void *)(p));                                                                 \
		g_once_init_leave(p, v);                                                                     \
	} while (0)

#endif
