/* SPDX-License-Identifier: BSD-2-Clause */
/* Arrays of a box whose elements come and go by number. Private to middlebox/. */
#ifndef NAP_MIDDLEBOX_CELLS_H
#define NAP_MIDDLEBOX_CELLS_H

#include "kernel/pages.h"

/* Takes the number of a free element, growing the array when none is; `next` is the field that chains free ones. */
#define NAP_TAKE(box, name, next, id)                                                                        \
	do {                                                                                                 \
		(id) = (box)->free_##name;                                                                   \
		if ((id) != NONE) {                                                                          \
			(box)->free_##name = (box)->name[id].next;                                           \
		} else {                                                                                     \
			if ((box)->name##_high == (box)->name##_size) {                                      \
				(box)->name##_size =                                                         \
					(box)->name##_size ? (box)->name##_size * 2 : (box)->room;           \
				(box)->name = nap_pages_grow((box)->name,                                    \
					(box)->name##_high * sizeof *(box)->name,                            \
					(box)->name##_size * sizeof *(box)->name);                           \
			}                                                                                    \
			(id) = (box)->name##_high++;                                                         \
		}                                                                                            \
	} while (0)

#define NAP_GIVE(box, name, next, id)                                                                        \
	do {                                                                                                 \
		(box)->name[id].next = (box)->free_##name;                                                   \
		(box)->free_##name = (id);                                                                   \
	} while (0)

#endif
