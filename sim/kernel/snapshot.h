/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Snapshots by field table: for each struct that whole-cycle skipping compares and moves, rows say what every field is.
 * One function mixes a struct into a number, relative to a moment; one moves its times. A field without a row is a
 * field that skipping does not know of, so nap_fields_flaw finds any byte that no row covers.
 */
#ifndef NAP_KERNEL_SNAPSHOT_H
#define NAP_KERNEL_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "kernel/time.h"

enum nap_field_kind {
	NAP_VALUE, /* compared as it is */
	NAP_AT,    /* a time: compared by its distance from now; NAP_NEVER is itself */
	NAP_UNTIL, /* a time that matters only while it is to come: past ones are alike */
	NAP_BORN,  /* when something began: compared, and moved, only where it is made anew in each cycle */
	NAP_SEQUENCE, /* 32-bit numbers that go on with each cycle: compared by their distance from a base */
	NAP_IGNORE,   /* no say in what comes: counters, indices, scratch, what is set before it is read */
	NAP_PART, /* has a table of its own, or none as skipping does not happen while it holds anything */
};

/* What a SEQUENCE row counts from. */
enum nap_base {
	NAP_BASE_OWN,  /* the next number that this end will send */
	NAP_BASE_PEER, /* the next number that the other end will send */
	NAP_BASE_PUSH, /* the last push offered */
	NAP_BASES
};

struct nap_field {
	uint16_t offset, size; /* bytes; AT, UNTIL, BORN: any number of times, SEQUENCE: of uint32_t */
	uint8_t kind;          /* enum nap_field_kind */
	uint8_t base;          /* SEQUENCE: enum nap_base */
	uint8_t group; /* bits: compared only while the moment has one of them; 0: always. Moved always */
};

/* The table of one struct: rows in order of their offsets. */
struct nap_fields {
	const char *type;
	uint32_t bytes, n;
	const struct nap_field *row;
	void (*clear_padding)(void *object); /* NULL where the compiler cannot say what is padding */
};

/* What a struct is compared relative to. */
struct nap_moment {
	nap_time now;
	uint32_t base[NAP_BASES];
	uint32_t groups;
	bool born; /* compare BORN rows too */
};

#define NAP_FIELD_MORE(type, member, kind_, base_, group_)                                                   \
	{                                                                                                    \
		.offset = offsetof(type, member), .size = sizeof(((type *)0)->member), .kind = (kind_),      \
		.base = (base_), .group = (group_)                                                           \
	}
#define NAP_FIELD(type, member, kind) NAP_FIELD_MORE(type, member, kind, 0, 0)
/* Neighbours of one kind, from first to last; no padding may lie between them unless they are ignored. */
#define NAP_FIELD_SPAN(type, first, last, kind_)                                                             \
	{                                                                                                    \
		.offset = offsetof(type, first),                                                             \
		.size = offsetof(type, last) + sizeof(((type *)0)->last) - offsetof(type, first),            \
		.kind = (kind_)                                                                              \
	}
/* An endpoint, which ends in padding. */
#define NAP_FIELD_ENDPOINT(type, member, kind) NAP_FIELD_SPAN(type, member.addr, member.port, kind)

/* Define the static table `name` of a type from an array of rows. */
#if defined(__has_builtin)
#if __has_builtin(__builtin_clear_padding)
#define NAP_HAS_CLEAR_PADDING 1
#endif
#endif
#ifdef NAP_HAS_CLEAR_PADDING
#define NAP_FIELDS(name, type_, rows)                                                                        \
	static void name##_clear(void *object)                                                               \
	{                                                                                                    \
		__builtin_clear_padding((type_ *)object);                                                    \
	}                                                                                                    \
	static const struct nap_fields name = { #type_, sizeof(type_), sizeof(rows) / sizeof(*(rows)), rows, \
		name##_clear }
#else
#define NAP_FIELDS(name, type_, rows)                                                                        \
	static const struct nap_fields name = { #type_, sizeof(type_), sizeof(rows) / sizeof(*(rows)), rows, \
		NULL }
#endif

/* h with v mixed in. */
static inline uint64_t nap_mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ (h >> 29);
}

/* --- one row ----------------------------------------------------------------------------------------------------- */

/* A field of up to 8 bytes as a number. */
static inline __attribute__((always_inline)) uint64_t nap_field_load(const char *p, size_t bytes)
{
	uint64_t v = 0;

	memcpy(&v, p, bytes);
	return v;
}

/* h with a row's field of object mixed in, relative to m. */
static inline __attribute__((always_inline)) uint64_t nap_field_mix(
	uint64_t h, const struct nap_field *row, const void *object, const struct nap_moment *m)
{
	const char *p = (const char *)object + row->offset;
	uint32_t bytes = row->size;

	if (row->kind >= NAP_IGNORE || (row->group && !(row->group & m->groups)) ||
		(row->kind == NAP_BORN && !m->born))
		return h;
	if (row->kind == NAP_VALUE) {
		for (; bytes > 8; bytes -= 8, p += 8)
			h = nap_mix(h, nap_field_load(p, 8));
		return nap_mix(h, nap_field_load(p, bytes));
	}
	if (row->kind == NAP_SEQUENCE) {
		for (; bytes; bytes -= 4, p += 4) {
			uint32_t number;

			memcpy(&number, p, sizeof number);
			h = nap_mix(h, number - m->base[row->base]);
		}
		return h;
	}
	for (; bytes; bytes -= 8, p += 8) {
		nap_time t = (nap_time)nap_field_load(p, 8);

		if (t != NAP_NEVER)
			t = row->kind == NAP_UNTIL && t < m->now ? 0 : t - m->now;
		h = nap_mix(h, (uint64_t)t);
	}
	return h;
}

/* A row's times later by span. */
static inline __attribute__((always_inline)) void nap_field_move(
	const struct nap_field *row, void *object, nap_time span, bool born)
{
	if (row->kind != NAP_AT && row->kind != NAP_UNTIL && (row->kind != NAP_BORN || !born))
		return;
	for (uint32_t i = 0; i < row->size; i += 8) {
		char *p = (char *)object + row->offset + i;
		nap_time t = (nap_time)nap_field_load(p, 8);

		if (t != NAP_NEVER)
			t += span;
		memcpy(p, &t, sizeof t);
	}
}

/* --- a table ----------------------------------------------------------------------------------------------------- */

/* h with object mixed in, relative to m: equal numbers, equal future. f: its table. */
uint64_t nap_fields_mix(
	uint64_t h, const struct nap_fields *f, const void *object, const struct nap_moment *m);

/*
 * All AT and UNTIL of object are later by span (earlier when it is negative), and born: all BORN; NAP_NEVER stays.
 */
void nap_fields_move(const struct nap_fields *f, void *object, nap_time span, bool born);

/*
 * The same for a table that stands in the same file: unrolled, so that the compiler sees each row and what is left is
 * what one would have written by hand. A mark is taken at each keepalive.
 */
static inline __attribute__((always_inline)) uint64_t nap_rows_mix(
	uint64_t h, const struct nap_fields *f, const void *object, const struct nap_moment *m)
{
#pragma GCC unroll 48
	for (uint32_t i = 0; i < f->n; i++)
		h = nap_field_mix(h, &f->row[i], object, m);
	return h;
}

static inline __attribute__((always_inline)) void nap_rows_move(
	const struct nap_fields *f, void *object, nap_time span, bool born)
{
#pragma GCC unroll 48
	for (uint32_t i = 0; i < f->n; i++)
		nap_field_move(&f->row[i], object, span, born);
}

/*
 * Offset of the first byte that f has wrong: in no row and no padding, in two rows, outside, or padding that is
 * compared; -1 when there is none. Also wrong: rows out of order, sizes that do not fit their kind.
 */
long nap_fields_flaw(const struct nap_fields *f);

#endif
