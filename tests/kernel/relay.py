#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A wire that delays, reorders and loses: frames between two devices of this network namespace.

relay.py A B DELAY_MS SPREAD_MS LOSS: each frame takes a time of its own (normal), or is lost with the chance LOSS.
relay.py --plain DEVICE: its packets leave with whole checksums, as one that a relay reads must.
"""
import array, fcntl, heapq, random, select, socket, struct, sys, time

SIOCETHTOOL = 0x8946
OFFLOADS = (0x17, 0x19, 0x1f, 0x24)  # ETHTOOL_STXCSUM, _SSG, _STSO, _SGSO
ALL = 3                              # ETH_P_ALL


def plain(device):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for command in OFFLOADS:
        value = array.array('B', struct.pack('II', command, 0))
        address, _ = value.buffer_info()
        try:
            fcntl.ioctl(s, SIOCETHTOOL, struct.pack('16sP', device.encode(), address))
        except OSError:
            pass  # this kind of device does not know it


def relay(names, delay, spread, loss):
    ends = []
    for name in names:
        s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL))
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        s.bind((name, ALL))
        s.setblocking(False)
        ends.append(s)
    due, n = [], 0
    while True:
        wait = max(0, due[0][0] - time.monotonic()) if due else None
        for s in select.select(ends, (), (), wait)[0]:
            other = ends[1 - ends.index(s)]
            while True:
                try:
                    frame, about = s.recvfrom(65536)
                except BlockingIOError:
                    break
                if about[2] == socket.PACKET_OUTGOING or random.random() < loss:
                    continue
                n += 1
                heapq.heappush(due, (time.monotonic() + max(0.001, random.gauss(delay, spread)), n, frame, other))
        while due and due[0][0] <= time.monotonic():
            _, _, frame, other = heapq.heappop(due)
            try:
                other.send(frame)
            except OSError:
                pass  # too long, or the device's queue is full: lost


if __name__ == '__main__':
    if sys.argv[1] == '--plain':
        plain(sys.argv[2])
    else:
        relay(sys.argv[1:3], float(sys.argv[3]) / 1000, float(sys.argv[4]) / 1000, float(sys.argv[5]))
