/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Schema rows: one row per key of a scenario or profile. Parser, range check,
 * `natnap help KEY`, the manual page and error messages all read these rows;
 * nothing else in the program knows the name of a key.
 */
#ifndef NAP_KERNEL_PARAM_H
#define NAP_KERNEL_PARAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/arrivals.h"
#include "kernel/dist.h"
#include "kernel/time.h"

/* What a value is; beside it: how it is written -> the C type at row.offset. */
enum nap_param_type {
	NAP_P_TIME,      /* 30s, 2h4m, never -> nap_time */
	NAP_P_DIST_TIME, /* 40ms, uniform 20ms 60ms, lognormal 40ms 0.5, empirical FILE -> struct nap_dist (ns) */
	NAP_P_SPAN,      /* 30s, never, 150% (of the client's interval) -> struct nap_span */
	NAP_P_WAIT, /* the same, or a distribution that each wait is drawn from: uniform 2s 3s -> struct nap_wait */
	NAP_P_ARRIVALS, /* none, poisson 4/h, periodic 10min, onoff ..., times FILE -> struct nap_arrivals */
	NAP_P_UINT,     /* 10 -> uint32_t */
	NAP_P_UINT64,   /* 10 -> uint64_t */
	NAP_P_REAL,     /* 0.5 -> double */
	NAP_P_SHARE,    /* 0.1% -> double, 0.001 */
	NAP_P_BOOL,     /* yes, no -> bool */
	NAP_P_WORD,     /* one of row.words -> uint32_t, its index */
	NAP_P_WORD_ARG, /* one of row.words; a word that ends in " N" takes a number -> struct nap_word_arg */
	NAP_P_POWER,    /* 620mW, 1.2W, 75uW -> double, mW */
	NAP_P_CURRENT,  /* 20mA, 75uA -> double, mA */
	NAP_P_VOLTAGE,  /* 3.8V -> double, V */
	NAP_P_CHARGE,   /* 3000mAh, 1.2Ah -> double, mAh */
	NAP_P_ENERGY,   /* 12J, 450mJ, 5Wh -> double, mJ */
	NAP_P_BYTES,    /* 64B, 2kB, 1MB (SI) -> uint64_t */
	NAP_P_BITRATE,  /* 6Mbit/s -> double, bit/s */
	NAP_P_SLOPE,    /* 438.39mW/Mbps -> double, mW per Mbit/s */
	NAP_P_FREQUENCY,  /* 20MHz -> double, Hz */
	NAP_P_LEVEL,      /* 23dBm -> double, dBm */
	NAP_P_DRAIN,      /* 620mW or 20mA -> struct nap_electric, mW and mA */
	NAP_P_EFFORT,     /* 450mJ or 12mC -> struct nap_electric, mJ and mC */
	NAP_P_CAPACITY,   /* 3000mAh or 5Wh -> struct nap_electric, mWh and mAh */
	NAP_P_TEXT,       /* anything -> const char * */
	NAP_P_LIST,       /* a; b; c -> const char *const *, NULL-terminated */
	NAP_P_ADDRESSES,  /* 203.0.113.1; 203.0.113.8-203.0.113.15; 198.51.100.0/28 -> struct nap_addr_list */
	NAP_P_PORT_RANGE, /* 1024-65535; or several, upwards: 1024-2047; 5120-6143 -> struct nap_port_ranges */
	NAP_P_TIMERS,     /* 53: 10s; 443: 5min (per destination port) -> struct nap_port_timers */
	NAP_P_CHANGES, /* 31s: 500ms; 71s: uniform 10ms 20ms (times from then on) -> struct nap_dist_changes */
	NAP_P_SETTINGS, /* 35s: rules = drop inside; 1h: udp = 30s (a middlebox' keys) -> struct nap_settings */
	NAP_P_BOUNDS,   /* reachable >= 99%; bindings-lost <= 0 -> struct nap_bounds (run/bound.h) */
	NAP_P_TYPES
};

/* A time, or a share of the client's interval: then time is made from it when all keys are read. */
struct nap_span {
	nap_time time;
	double of; /* 1.5: one and a half times the interval; 0: time stands by itself */
};

/* A span, or what each wait is drawn from: then time is the mean, and dist is not constant. */
struct nap_wait {
	struct nap_span span;
	struct nap_dist dist;
};

/*
 * A power, an energy or a capacity; or the current or the charge that it is at some voltage. As it was written in one of the two;
 * value is made from per_volt when the voltage is known.
 */
struct nap_electric {
	double value;    /* mW, mJ, mWh */
	double per_volt; /* mA, mC, mAh; 0: it was not written so */
};

struct nap_word_arg {
	uint32_t word; /* index into row.words */
	uint32_t arg;  /* the number, 0 when the word takes none */
};

struct nap_addr_list {
	const uint32_t *addr; /* nap_addr; belongs to the scenario */
	uint32_t n;
};

struct nap_port_range {
	uint16_t lo, hi; /* both inside the range */
};

/* One range, or several (port sets, RFC 7597). */
struct nap_port_ranges {
	uint16_t lo, hi;                    /* the lowest port and the highest */
	const struct nap_port_range *range; /* of several: each, upwards, none in another */
	uint32_t n;                         /* how many; 0: the one from lo to hi */
};

struct nap_port_timers {
	const struct nap_port_timer {
		uint16_t port;
		uint8_t proto; /* 0: any, else IPPROTO_*: written udp/53 */
		nap_time unreplied, replied;
	} * row;
	uint32_t n;
};

struct nap_param;

/* Keys of a middlebox that take other values at given times, in their order. */
struct nap_settings {
	const struct nap_setting {
		nap_time at;
		const struct nap_param *row; /* which key ... */
		const void *value;           /* ... and what it is from then on, of the row's type */
	} * row;
	uint32_t n;
};

/* One key. All values as text in the scenario's own notation; min and max NULL: unbounded. */
struct nap_param {
	const char *key;
	enum nap_param_type type;
	size_t offset;            /* of the field in the struct the table describes */
	const char *def;          /* default; NULL: the key is required */
	const char *min, *max;    /* inclusive bounds */
	const char *const *words; /* NAP_P_WORD, NAP_P_WORD_ARG: NULL-terminated, in index order */
	const char *help;         /* one or two sentences, with the RFC section where there is one */
};

#define NAP_PARAM_END                                                                                        \
	{                                                                                                    \
		NULL, NAP_P_TYPES, 0, NULL, NULL, NULL, NULL, NULL                                           \
	}

#endif
