# SPDX-License-Identifier: BSD-2-Clause
"""An honest client of natnap reflect, as small as can be, and the records it sends (sim/live/record.h)."""
import os
import socket
import struct
import time

SIZE, HELLO, FLOW, ORDER, POLL, CREDIT, WELCOME, DONE, IDLE, REFUSED = 128, 1, 2, 3, 4, 5, 0x81, 0x83, 0x85, 0x86
MAGIC = 0x4e415001


def record(kind, association, seq, cookie=b"", body=b""):
    return (struct.pack(">IBQI", MAGIC, kind, association, seq) + cookie.ljust(20, b"\0") + body).ljust(SIZE, b"\0")


class Client:
    """Gets a cookie, polls; from an address of its own."""

    def __init__(self, port, source="127.0.0.1", server="127.0.0.1"):
        self.s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.s.bind((source, 0))
        self.s.connect((server, port))
        self.association, self.seq, self.cookie = int.from_bytes(os.urandom(8), "big") or 1, 0, b""

    def ask(self, kind, end, body=b""):
        """The answer's type and body; None: there was none until then. Asked again every 150 ms."""
        while time.monotonic() < end:
            self.seq += 1
            self.s.settimeout(0.15)
            try:
                self.s.send(record(kind, self.association, self.seq, self.cookie, body))
                while True:
                    got = self.s.recv(2 * SIZE)
                    if struct.unpack(">Q", got[5:13])[0] == self.association:
                        return got[4], got
            except (TimeoutError, ConnectionError):
                pass
        return None, b""

    def served(self, patience=2.0):
        """How long it took to be greeted and answered, None: longer than that. The time of this machine's others is not the server's."""
        begin = time.monotonic()
        kind, got = self.ask(HELLO, begin + patience)
        if kind != WELCOME:
            return None
        self.cookie = got[17:37]
        kind, _ = self.ask(POLL, begin + patience)
        return time.monotonic() - begin if kind == IDLE else None

    def leave(self):
        self.seq += 1
        self.s.send(record(ORDER, self.association, self.seq, self.cookie, struct.pack(">IIIB", 1, 0, 0, 7)))
        self.s.close()


def once(port, source="127.0.0.1", server="127.0.0.1"):
    """One that is served, and leaves."""
    c = Client(port, source, server)
    took = c.served()
    if took is not None:
        c.leave()
    return took
