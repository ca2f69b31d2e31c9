#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Attackers of tests/kernel/soak.t, in the NAT's namespace, until a signal; then what was sent is printed.

flood.py spoof DEVICE MAC SERVER PORT VICTIM SEED STEADY BURST: frames with sources that are not there, past netfilter and this
machine's own stack: so many a second, and for SPELL_S of each minute so many.
flood.py greedy SERVER PORT ADDRESS...: real addresses with good cookies that take all sessions, flows and connections they get.
"""
import os
import random
import resource
import signal
import socket
import struct
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from reflect_client import CREDIT, FLOW, HELLO, ORDER, POLL, SIZE, WELCOME, record  # noqa: E402

SPELL_S, MINUTE_S = 5, 60
POOL = 8192  # frames made anew each minute
KINDS = ("greetings of strangers", "records with the client's address", "records of strangers", "rubbish", "SYNs", "ICMP errors")

over = []
for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, lambda *_: over.append(1))


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(">%dH" % (len(data) // 2), data))
    total = (total & 0xffff) + (total >> 16)
    return ~(total + (total >> 16)) & 0xffff


def ipv4(source, to, protocol, payload):
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), random.getrandbits(16), 0, 64, protocol, 0, source, to)
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + payload


def udp(source, to, ports, data):
    return ipv4(source, to, 17, struct.pack(">HHHH", *ports, 8 + len(data), 0) + data)


def syn(source, to, ports):
    segment = struct.pack(">HHIIBBHHH", *ports, random.getrandbits(32), 0, 0x50, 2, 65535, 0, 0)
    sum_of = checksum(source + to + struct.pack(">HH", 6, len(segment)) + segment)
    return ipv4(source, to, 6, segment[:16] + struct.pack(">H", sum_of) + segment[18:])


def unreachable(source, to, port):
    """Says that a datagram of the server did not arrive."""
    inner = udp(to, source, (port, random.randrange(1024, 65536)), bytes(SIZE))[:28]
    message = struct.pack(">BBHI", 3, 3, 0, 0) + inner
    return ipv4(source, to, 1, message[:2] + struct.pack(">H", checksum(message)) + message[4:])


def frame(kind, server, port, victim):
    stranger = bytes((198, 18 | random.getrandbits(1), random.getrandbits(8), random.getrandbits(8)))
    ports, who, cookie = (random.randrange(1024, 65536), port), random.getrandbits(64) | 1, b"\0\0\0\1" + random.randbytes(16)
    if kind == 0:
        return udp(stranger, server, ports, record(HELLO, who, 1))
    if kind == 1:
        return udp(victim, server, ports, record(POLL, who, 1, cookie))
    if kind == 2:
        return udp(stranger, server, ports, record(random.choice((FLOW, ORDER, POLL, CREDIT)), who, 1, cookie, random.randbytes(16)))
    if kind == 3:
        return udp(stranger, server, ports, random.randbytes(random.randrange(2 * SIZE)))
    if kind == 4:
        return syn(stranger, server, ports)
    return unreachable(stranger, server, port)


def spoof(device, mac, server, port, victim, seed, steady, burst):
    s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM)
    to = (device, 0x0800, 0, 0, bytes.fromhex(mac.replace(":", "")))
    server, victim, port = socket.inet_aton(server), socket.inet_aton(victim), int(port)
    random.seed(int(seed))
    sent, begin, due, minute, pool = [0] * len(KINDS), time.monotonic(), 0.0, -1, []
    last = begin
    while not over:
        now = time.monotonic()
        if int((now - begin) / MINUTE_S) != minute:
            minute = int((now - begin) / MINUTE_S)
            pool = [(k, frame(k, server, port, victim)) for k in (random.randrange(len(KINDS)) for _ in range(POOL))]
            last = now = time.monotonic()
        rate = int(burst) if (now - begin) % MINUTE_S < SPELL_S else int(steady)
        # what could not be sent in time is not sent all at once later
        due, last = min(due + (now - last) * rate, 0.1 * rate), now
        while due >= 1:
            kind, data = pool[random.randrange(POOL)]
            try:
                s.sendto(data, to)
                sent[kind] += 1
            except OSError:  # the link is full
                pass
            due -= 1
        time.sleep(0.002)
    print(", ".join("%d %s" % (n, k) for n, k in zip(sent, KINDS)))


def is_over(s):
    """Was the connection closed, or never made?"""
    try:
        return s.recv(SIZE) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


class Greedy:
    """Sessions, flows and connections from one address, as many as it gets."""
    SESSIONS, CONNECTIONS = 10, 64

    def __init__(self, server, port, address):
        self.server, self.port, self.address, self.sent, self.opened, self.held, self.told = server, port, address, 0, 0, [], 0
        self.session = [self.begin() for _ in range(self.SESSIONS)]

    def begin(self):
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.bind((self.address, 0))
        s.connect((self.server, self.port))
        s.setblocking(False)
        return {"socket": s, "who": random.getrandbits(64) | 1, "seq": 0, "cookie": b""}

    def put(self, c, kind, body=b""):
        c["seq"] += 1
        self.sent += 1
        try:
            c["socket"].send(record(kind, c["who"], c["seq"], c["cookie"] if kind != HELLO else b"", body))
        except OSError:
            pass

    def hear(self, c):
        try:
            while True:
                got = c["socket"].recv(2 * SIZE)
                self.told += 1
                if got[4] == WELCOME:
                    c["cookie"] = got[17:37]
        except OSError:
            pass

    def turn(self):
        for c in self.session:
            self.hear(c)
            if not c["cookie"] or random.random() < 0.02:
                self.put(c, HELLO)
            else:
                for _ in range(3):
                    kind = random.choice((FLOW, FLOW, ORDER, POLL))
                    self.put(c, kind, struct.pack(">IIIB", random.getrandbits(32), random.getrandbits(3), 0, 1) if kind == ORDER else
                             struct.pack(">I", random.getrandbits(32)))
        self.connect()

    def connect(self):
        """Connections that say nothing; those that the server closed make room for others."""
        for s in [s for s in self.held if is_over(s)]:
            s.close()
            self.held.remove(s)
        for _ in range(min(8, self.CONNECTIONS - len(self.held))):
            s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            s.bind((self.address, 0))
            s.setblocking(False)
            s.connect_ex((self.server, self.port))
            self.held.append(s)
            self.opened += 1


def greedy(server, port, *addresses):
    resource.setrlimit(resource.RLIMIT_NOFILE, (8192, 8192))
    takers = [Greedy(server, int(port), a) for a in addresses]
    while not over:
        for t in takers:
            t.turn()
        time.sleep(0.2)
    print("%d records of %d addresses with cookies, %d answers, %d connections" % (
        sum(t.sent for t in takers), len(takers), sum(t.told for t in takers), sum(t.opened for t in takers)))


{"spoof": spoof, "greedy": greedy}[sys.argv[1]](*sys.argv[2:])
