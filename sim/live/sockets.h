/* SPDX-License-Identifier: BSD-2-Clause */
/* Non-blocking sockets for both ends of the live path: opening, datagrams with their addresses, ICMP errors. */
#ifndef NAP_LIVE_SOCKETS_H
#define NAP_LIVE_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "kernel/time.h"
#include "live/inet.h"

/* Packets, and ICMP errors, taken from one socket before others have their turn: whoever floods it must not be all that is heard. */
#define NAP_SOCKET_BATCH 64

/* The monotonic clock. */
nap_time nap_clock(void);

/* n unpredictable bytes from the kernel; ends the program when there are none. */
void nap_random_bytes(void *out, size_t n);

/* What the kernel knows of a packet that came. */
struct nap_arrival {
	struct nap_inet to; /* the address it was sent to; family 0: unknown */
	nap_time
		at; /* when the kernel got it, by the monotonic clock; a process that had to wait for its turn does not age it */
	uint8_t ttl; /* 0: unknown */
};

/*
 * A UDP socket bound to at (port 0: any), that notes each datagram's destination and queues ICMP errors.
 * -1 with error set when it cannot be bound.
 */
int nap_socket_udp(const struct nap_inet *at, GError **error);

/* A listening TCP socket; with drop_all a filter that discards every segment, so that the kernel stays silent. */
int nap_socket_listen(const struct nap_inet *at, bool drop_all, GError **error);

/* A TCP socket bound to at (port 0: any), whose port others that ask for it may share. */
int nap_socket_tcp(const struct nap_inet *at, bool share_port, GError **error);

/* Have arrivals told with their address, hop limit and time, and ICMP errors kept. */
void nap_socket_tell_all(int fd, uint8_t family);

/*
 * A socket for ICMP echo with identifier at->port: of the kind for ordinary users, where the system allows it to this
 * one (net.ipv4.ping_group_range), else (raw) a raw one that hears only replies to this identifier. -1 when neither may be.
 */
int nap_socket_echo(const struct nap_inet *at, bool raw, GError **error);

#define NAP_ECHO_SEQUENCE 1 /* of all requests and replies: no middlebox has reason to mind */

/* An echo request with n bytes of data; ttl 0: as usual. */
bool nap_socket_echo_send(
	int fd, uint16_t id, const struct nap_inet *to, const uint8_t *data, size_t n, int ttl);

/*
 * The data of an echo reply as a socket handed it out: a place in m; NULL when it is something else, or cut short. Raw sockets of
 * IPv4 put the IP header before it.
 */
const uint8_t *nap_echo_data(const uint8_t *m, size_t n, uint8_t family, bool raw, size_t *n_data);

/* The data of one waiting echo reply, as nap_socket_receive: 0 for what is something else. from's port is 0. */
ssize_t nap_socket_echo_receive(
	int fd, uint8_t *buf, size_t cap, struct nap_inet *from, struct nap_arrival *a);

/* Starts connecting; its outcome shows when the socket becomes writable. */
bool nap_socket_connect(int fd, const struct nap_inet *to);

/* What a socket is bound to. */
bool nap_socket_local(int fd, struct nap_inet *out);

/*
 * One waiting datagram: its length (at most cap, longer ones are cut to cap + 1 so that they cannot pass for shorter), or -1.
 */
ssize_t nap_socket_receive(int fd, uint8_t *buf, size_t cap, struct nap_inet *from, struct nap_arrival *a);

/* A time of the kernel's real-time clock, in the near past, by the monotonic one. */
nap_time nap_clock_from_real(nap_time real);

/* From source (family 0: as routed) to `to`; ttl 0: as usual. An old ICMP error waiting on the socket does not count. */
bool nap_socket_send(int fd, const struct nap_inet *source, const struct nap_inet *to, const uint8_t *data,
	size_t n, int ttl);

/* One queued ICMP error of a UDP or TCP socket; false when there is none (left). */
bool nap_socket_error(int fd, struct nap_icmp_error *out);

#endif
