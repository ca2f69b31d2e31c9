#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""natnap replay on what real programs say: the kernel's own TCP keepalives, mosquitto's PINGREQ, ssh's ServerAliveInterval,
WireGuard's PersistentKeepalive, QUIC's PING, a UDP keepalive. Two hosts in network namespaces, a capture on the first one's
interface, and each keepalive found with its true period and shape. Needs root; what is not installed is skipped.

replay.t --record FILE PERIOD SECONDS only records (scenarios/captures/programs.pcap.gz: 10 250). QUIC_ENDS names quic_ends.go, compiled
(GO111MODULE=off GOPATH=/usr/share/gocode go build quic_ends.go, with golang-github-lucas-clemente-quic-go-dev)."""
import ctypes
import gzip
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from tap import NATNAP, check, plan, verdict

CLIENT, SERVER = "10.77.0.2", "10.77.0.1"
CLONE_NEWNET = 0x40000000
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
SNAP = 128
FOLDER = tempfile.mkdtemp(prefix="natnap-replay-kernel-")
QUIC = os.environ.get("QUIC_ENDS", "")
BROKER = shutil.which("mosquitto", path=os.environ["PATH"] + ":/usr/sbin")
WG = {end: f"nn{end}{os.getpid() % 100000}" for end in "cs"}


def ip(*words):
    subprocess.run(["ip", *words], check=True)


def have(*programs):
    return all(shutil.which(p) for p in programs)


def there(name):
    return os.path.join(FOLDER, name)


# --- programs: what serves on the far host, what speaks on this one, every so many seconds --------------------------------------
def serve_plain():
    """Answers nothing by itself but what the kernel does, and UDP."""
    tcp = socket.create_server((SERVER, 7000))
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind((SERVER, 7001))
    keep = []
    threading.Thread(target=lambda: [keep.append(tcp.accept()) for _ in range(9)], daemon=True).start()
    while True:
        data, peer = udp.recvfrom(2000)
        udp.sendto(data, peer)


def speak_tcp(period):
    s = socket.create_connection((SERVER, 7000))
    s.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL):
        s.setsockopt(socket.IPPROTO_TCP, option, period)
    return s


def speak_udp(period):
    u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    u.connect((SERVER, 7001))

    def run():
        while True:
            u.send(bytes(20))
            time.sleep(period)

    threading.Thread(target=run, daemon=True).start()
    return u


def serve_mqtt():
    with open(there("m.conf"), "w") as f:
        f.write(f"listener 1883 {SERVER}\nallow_anonymous true\nlog_type none\n")
    subprocess.Popen([BROKER, "-c", there("m.conf")], **QUIET)


def speak_mqtt(period):
    return subprocess.Popen(["mosquitto_sub", "-h", SERVER, "-p", "1883", "-t", "x", "-k", str(period)], **QUIET)


def serve_ssh():
    """Root's folder is another one there, so that nothing of this machine's is touched."""
    subprocess.Popen(["unshare", "-m", "sh", "-c", f"mount -t tmpfs -o mode=700 none /root && mkdir -m 700 /root/.ssh && "
                      f"cp {there('key.pub')} /root/.ssh/authorized_keys && chmod 600 /root/.ssh/authorized_keys && "
                      f"exec dropbear -F -E -s -p {SERVER}:22 -r {there('host')} -P {there('pid')}"], **QUIET)


def prepare_ssh():
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", there("key")], check=True, **QUIET)
    subprocess.run(["dropbearkey", "-t", "ed25519", "-f", there("host")], check=True, **QUIET)


def speak_ssh(period):
    return subprocess.Popen(["ssh", "-N", "-F", "none", "-i", there("key"), "-o", f"ServerAliveInterval={period}", "-o", "BatchMode=yes", "-o",
                             "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", f"root@{SERVER}"], **QUIET)


def prepare_wireguard():
    for end in "cs":
        key = subprocess.run(["wg", "genkey"], check=True, capture_output=True, text=True).stdout
        with open(there(end), "w") as f:
            f.write(key)
        public = subprocess.run(["wg", "pubkey"], input=key, check=True, capture_output=True, text=True).stdout
        with open(there(end + ".pub"), "w") as f:
            f.write(public)


def wireguard(end, peer, *more):
    with open(there(peer + ".pub")) as f:
        public = f.read().strip()
    p = subprocess.Popen(["wireguard-go", "-f", WG[end]], env={**os.environ, "WG_I_PREFER_BUGGY_USERSPACE_TO_POLISHED_KMOD": "1"}, **QUIET)
    time.sleep(1)
    subprocess.run(["wg", "set", WG[end], "listen-port", "51820", "private-key", there(end), "peer", public, "allowed-ips", "10.78.0.0/24",
                    *more], check=True)
    ip("link", "set", WG[end], "up")
    return p


def serve_wireguard():
    wireguard("s", "c")


def speak_wireguard(period):
    return wireguard("c", "s", "endpoint", SERVER + ":51820", "persistent-keepalive", str(period))


def serve_quic():
    subprocess.Popen([QUIC, "server", SERVER + ":443", "60s"], **QUIET)


def speak_quic(period):
    return subprocess.Popen([QUIC, "client", SERVER + ":443", f"{period}s"], **QUIET)


def nothing():
    pass


# port, what it is, shape of the keepalive, is it installed, prepare, serve, speak
PROGRAMS = [
    (7000, "the kernel's TCP keepalive", "tcp-probe", True, nothing, nothing, speak_tcp),
    (7001, "a datagram", "udp-payload", True, nothing, nothing, speak_udp),
    (1883, "mosquitto", "tcp-payload", have("mosquitto_sub") and BROKER, nothing, serve_mqtt, speak_mqtt),
    (22, "ssh ServerAliveInterval", "tcp-payload", have("ssh", "ssh-keygen", "dropbear", "dropbearkey", "unshare"), prepare_ssh, serve_ssh,
     speak_ssh),
    (51820, "WireGuard PersistentKeepalive", "udp-payload", have("wireguard-go", "wg") and os.path.exists("/dev/net/tun"),
     prepare_wireguard, serve_wireguard, speak_wireguard),
    (443, "QUIC (quic-go)", "udp-payload", os.access(QUIC, os.X_OK), nothing, serve_quic, speak_quic),
]
HERE = [p for p in PROGRAMS if p[3]]


# --- two hosts, and what passes between them ---------------------------------------------------------------------------------
def record(out, listening, stop):
    """IPv4 on the interface, as a capture of Ethernet, the beginning of each frame."""
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    s.bind(("client0", 0))
    s.settimeout(0.2)
    listening.set()
    with open(out, "wb") as f:
        f.write(struct.pack("<IHHIIII", 0xa1b23c4d, 2, 4, 0, 0, SNAP, 1))
        while not stop.is_set():
            try:
                data = s.recv(262144)
            except TimeoutError:
                continue
            ns = time.clock_gettime_ns(time.CLOCK_REALTIME)
            if data[12:14] == b"\x08\0":
                f.write(struct.pack("<IIII", ns // 10**9, ns % 10**9, len(data[:SNAP]), len(data)) + data[:SNAP])


def host():
    """A process in a namespace of its own, with the far end of the link and what serves there."""
    ready, write = os.pipe()
    go, release = os.pipe()
    pid = os.fork()
    if pid:
        os.read(ready, 1)
        return pid, release
    os.setpgid(0, 0)
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET):
        os._exit(1)
    os.write(write, b"x")
    os.read(go, 1)
    ip("link", "set", "server0", "up")
    ip("link", "set", "lo", "up")
    ip("address", "add", SERVER + "/24", "dev", "server0")
    for program in HERE:
        program[5]()
    serve_plain()
    return None


def capture(file, period, seconds):
    """All programs at once for so long. False: no namespaces here."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET):
        return False
    for program in HERE:
        program[4]()
    pid, release = host()
    speaking = []
    try:
        ip("link", "add", "client0", "type", "veth", "peer", "name", "server0", "netns", str(pid))
        os.write(release, b"x")
        ip("link", "set", "client0", "up")
        ip("address", "add", CLIENT + "/24", "dev", "client0")
        time.sleep(3)
        listening, stop = threading.Event(), threading.Event()
        recorder = threading.Thread(target=record, args=(file, listening, stop))
        recorder.start()
        listening.wait()  # the first packets tell who opened
        speaking = [program[6](period) for program in HERE]
        time.sleep(seconds)
        stop.set()
        recorder.join()
    finally:
        for p in speaking:
            if isinstance(p, subprocess.Popen):
                p.terminate()
        os.killpg(pid, signal.SIGKILL)
    return True


def main():
    if sys.argv[1:2] == ["--record"]:
        file, period, seconds = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
        capture(there("a.pcap"), period, seconds)
        with open(there("a.pcap"), "rb") as f, open(file, "wb") as out:
            out.write(gzip.compress(f.read(), mtime=0))
        return
    if os.geteuid() != 0 or not have("ip"):
        verdict("real programs", True, directive="SKIP needs root and ip")
        plan()
        return
    period = 5
    with open(there("s.ini"), "w") as f:
        f.write("[scenario]\nduration = 1h\n[path]\nmiddleboxes = home\n[middlebox home]\nprofile = linux\n[radio]\nprofile = wifi-aro\n")
    if not capture(there("a.pcap"), period, 40):
        verdict("real programs", True, directive="SKIP no namespaces here")
        plan()
        return
    r = subprocess.run([NATNAP, "replay", there("a.pcap"), "--scenario", there("s.ini"), "--json"], capture_output=True, text=True)
    d = json.loads(r.stdout)
    flows = {f["remote"].split(":")[-1]: f for f in d["flows"]}
    check("the device is found", d["device"] == CLIENT, r.stderr)
    for port, name, shape, installed, *_ in PROGRAMS:
        f = flows.get(str(port))
        if not installed:
            verdict(name, True, directive="SKIP not installed")
            continue
        check(f"{name}: {shape} each {period} s", f and f["keepalive"] and f["keepalive"]["shape"] == shape and
              abs(f["keepalive_period_s"] - period) < 0.15 * period, f)
    plan()


try:
    main()
finally:
    shutil.rmtree(FOLDER, ignore_errors=True)
