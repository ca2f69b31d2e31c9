#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""natnap reflect under attack, live on this machine: an honest client is served within 2 s all the while. And what its process may do.
(tests/test_threats_*.c play the attacks in memory, with addresses that a test cannot spoof.) Prints TAP."""
import os
import resource
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from reflect_client import HELLO, POLL, REFUSED, Client, once, record  # noqa: E402
from tap import NATNAP, check, plan  # noqa: E402


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        return min(s.getsockname()[1], 65000)


class Reflector:
    def __init__(self, *args, **more):
        self.port = free_port()
        self.p = subprocess.Popen([NATNAP, "reflect", "--listen", "127.0.0.1", "--port", str(self.port), *args], stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, **more)
        self.said = self.p.stderr.readline()

    def end(self, number=signal.SIGTERM):
        self.p.send_signal(number)
        stdout, self.said_since = self.p.communicate(timeout=20)
        return stdout, self.p.returncode

    def cpu_s(self):
        fields = open(f"/proc/{self.p.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def status(self, name):
        return next(line.split()[1] for line in open(f"/proc/{self.p.pid}/status") if line.startswith(name + ":"))


class Attack(threading.Thread):
    """Does one thing as fast as told until it is over."""

    def __init__(self, port, what, per_s=3000):
        super().__init__(daemon=True)
        self.port, self.what, self.per_s, self.over, self.done = port, what, per_s, threading.Event(), 0

    def run(self):
        begin = time.monotonic()
        while not self.over.is_set():
            while self.done < (time.monotonic() - begin) * self.per_s and not self.over.is_set():
                self.what(self)
                self.done += 1
            time.sleep(0.001)

    def __enter__(self):
        self.start()
        time.sleep(0.5)
        return self

    def __exit__(self, *_):
        self.over.set()
        self.join()


def datagrams(kind, source):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind((source, 0))

    def send(attack):
        try:
            s.sendto(record(kind, attack.done + 1, 1, b"\0\0\0\1" + os.urandom(16) if kind != HELLO else b"", struct.pack(">I", 0)),
                     ("127.0.0.1", attack.port))
        except OSError:
            pass
    return send


def under_attack():
    r = Reflector()
    check("an honest client is served", once(r.port) is not None, r.said)
    for name, kind, source, rate in (("3,000 HELLO a second from another address", HELLO, "127.0.0.9", 3000),
                                     ("2,500 unproven records a second from its own address", POLL, "127.0.0.1", 2500),
                                     ("1,000 HELLO a second from its own address", HELLO, "127.0.0.1", 1000)):
        with Attack(r.port, datagrams(kind, source), rate) as attack:
            took = [once(r.port) for _ in range(3)]
        check(f"{name}: served within 2 s", all(t is not None for t in took) and attack.done > rate / 4, (took, attack.done))
    runs = [once(r.port, "127.0.0.2") for _ in range(20)]
    check("20 runs one after another from one address: a finished one frees its place", all(runs), runs)
    held = [Client(r.port, "127.0.0.3") for _ in range(9)]
    told = [c.served() for c in held]
    kind = held[8].ask(POLL, time.monotonic() + 1)[0]
    check("nine at once from one address: the ninth is told that there is no room", all(told[:8]) and kind == REFUSED, (told, kind))
    out = subprocess.run([NATNAP, "probe", "127.0.0.1", "--port", str(r.port), "--no-raw", "--quick", "--test", "ports"], capture_output=True,
                         timeout=60)
    check("a probe that finds room says nothing of it", out.returncode == 0 and b"room" not in out.stderr, out)
    full = [Client(r.port, "127.0.0.1") for _ in range(8)]
    for c in full:
        c.served()
    out = subprocess.run([NATNAP, "probe", "127.0.0.1", "--port", str(r.port), "--no-raw", "--quick", "--test", "ports"], capture_output=True,
                         timeout=60)
    check("a probe that finds none says so, and ends", out.returncode == 1 and b"no room" in out.stderr and out.stderr.startswith(b"natnap probe: "), out)
    stdout, status = r.end(signal.SIGHUP)
    check("whoever attacks fills no log", len(r.said_since.splitlines()) < 3, r.said_since[:2000])
    check("SIGHUP ends it with its counts", status == 0 and stdout.startswith(b"received "), (stdout, status))


def connections():
    """One address opens all connections it can, and there are fewer descriptors than connections wanted."""
    limit = 80
    r = Reflector(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit)))
    held = []
    for _ in range(4 * limit):
        try:
            held.append(socket.create_connection(("127.0.0.1", r.port), 0.5))
        except OSError:
            break
    before, took = r.cpu_s(), once(r.port, "127.0.0.2")
    time.sleep(1.5)
    spent = r.cpu_s() - before
    check("no descriptor left: it does not spin", spent < 0.5, spent)
    check("no descriptor left: an honest client is served", took is not None)
    for s in held:
        s.close()
    time.sleep(0.3)
    s = socket.create_connection(("127.0.0.1", r.port), 2)
    time.sleep(0.3)
    s.settimeout(0.2)
    try:
        gone = s.recv(1) == b""
    except TimeoutError:
        gone = False
    except ConnectionError:
        gone = True
    check("... and takes connections again when there are some", not gone and r.p.poll() is None)
    r.end()


def process():
    inherited = os.open("/dev/null", os.O_RDONLY)
    os.set_inheritable(inherited, True)
    r = Reflector(pass_fds=[inherited])
    targets = [os.readlink(f"/proc/{r.p.pid}/fd/{fd}") for fd in os.listdir(f"/proc/{r.p.pid}/fd") if int(fd) > 2] \
        if os.geteuid() == 0 else []
    check("no inherited descriptor is open", not any("/dev/null" in t for t in targets), targets)
    check("a filter of system calls, no new privileges, no capability",
          r.status("Seccomp") == "2" and r.status("NoNewPrivs") == "1" and int(r.status("CapEff"), 16) == 0 and
          (os.geteuid() != 0 or int(r.status("CapBnd"), 16) == 0))
    r.end()
    head = subprocess.run(["readelf", "-hdlW", NATNAP], capture_output=True)
    if head.returncode == 0 and b"asan" not in head.stdout:
        check("position-independent, all relocations read-only, no executable stack", b"DYN" in head.stdout and b"BIND_NOW" in head.stdout and
              b"GNU_RELRO" in head.stdout and not any(b"GNU_STACK" in line and b"RWE" in line for line in head.stdout.splitlines()))


under_attack()
connections()
process()
plan()
