#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""natnap replay on what real programs say: the kernel's own TCP keepalives, mosquitto's PINGREQ, a UDP keepalive. Two hosts in network
namespaces, a capture on the first one's interface, and each keepalive found with its true period and shape. Needs root."""
import ctypes
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

SECONDS = 34
CLIENT, SERVER = "10.77.0.2", "10.77.0.1"
CLONE_NEWNET = 0x40000000


def ip(*words):
    subprocess.run(["ip", *words], check=True)


def record(out, stop):
    """Everything on the interface, as a capture of Ethernet."""
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    s.bind(("client0", 0))
    s.settimeout(0.2)
    with open(out, "wb") as f:
        f.write(struct.pack("<IHHIIII", 0xa1b23c4d, 2, 4, 0, 0, 262144, 1))
        while not stop.is_set():
            try:
                data = s.recv(262144)
            except TimeoutError:
                continue
            ns = time.clock_gettime_ns(time.CLOCK_REALTIME)
            f.write(struct.pack("<IIII", ns // 10**9, ns % 10**9, len(data), len(data)) + data)


def enter(pid):
    with open(f"/proc/{pid}/ns/net") as f:
        if ctypes.CDLL(None, use_errno=True).setns(f.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")


def serve():
    """The other host: answers nothing by itself but what the kernel does."""
    tcp = socket.create_server((SERVER, 7000))
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind((SERVER, 7001))
    keep = []
    threading.Thread(target=lambda: [keep.append(tcp.accept()) for _ in range(9)], daemon=True).start()
    while True:
        data, peer = udp.recvfrom(2000)
        udp.sendto(data, peer)


def mqtt_client():
    """A client with a keep alive of 5 s that says nothing else."""
    program = shutil.which("mosquitto_sub")
    if program:
        return subprocess.Popen([program, "-h", SERVER, "-p", "1883", "-t", "x", "-k", "5"])

    def run():
        s = socket.create_connection((SERVER, 1883))
        s.sendall(bytes([0x10, 14, 0, 4]) + b"MQTT" + bytes([4, 2, 0, 5, 0, 2]) + b"nn")
        s.recv(100)
        while True:
            time.sleep(5)
            s.sendall(b"\xc0\x00")
            s.recv(100)

    threading.Thread(target=run, daemon=True).start()
    return None


def talk():
    s = socket.create_connection((SERVER, 7000))
    s.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL):
        s.setsockopt(socket.IPPROTO_TCP, option, 4)
    u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    u.connect((SERVER, 7001))
    client = mqtt_client()
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        u.send(bytes(20))
        time.sleep(3)
    return s, u, client


def host():
    """A process in a namespace of its own, with the far end of the link and what serves there."""
    ready, write = os.pipe()
    go, release = os.pipe()
    pid = os.fork()
    if pid:
        os.read(ready, 1)
        return pid, release
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET):
        os._exit(1)
    os.write(write, b"x")
    os.read(go, 1)
    ip("link", "set", "server0", "up")
    ip("link", "set", "lo", "up")
    ip("address", "add", SERVER + "/24", "dev", "server0")
    broker = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
    if os.path.exists(broker):
        conf = tempfile.NamedTemporaryFile("w", suffix=".conf", delete=False)
        conf.write(f"listener 1883 {SERVER}\nallow_anonymous true\nlog_type none\n")
        conf.close()
        subprocess.Popen([broker, "-c", conf.name], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    serve()
    return None


def main():
    if os.geteuid() != 0 or not shutil.which("ip"):
        verdict("real programs", True, directive="SKIP needs root and ip")
        plan()
        return
    folder = tempfile.mkdtemp(prefix="natnap-replay-kernel-")
    capture, scenario = os.path.join(folder, "a.pcap"), os.path.join(folder, "s.ini")
    with open(scenario, "w") as f:
        f.write("[scenario]\nduration = 1h\n[path]\nmiddleboxes = home\n[middlebox home]\nprofile = linux\n[radio]\nprofile = wifi-aro\n")
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET):
        verdict("real programs", True, directive="SKIP no namespaces here")
        plan()
        return
    pid, release = host()
    try:
        os.setpgid(pid, pid)
        ip("link", "add", "client0", "type", "veth", "peer", "name", "server0", "netns", str(pid))
        os.write(release, b"x")
        ip("link", "set", "client0", "up")
        ip("address", "add", CLIENT + "/24", "dev", "client0")
        time.sleep(1.5)
        stop = threading.Event()
        recorder = threading.Thread(target=record, args=(capture, stop))
        recorder.start()
        kept = talk()
        stop.set()
        recorder.join()
        if kept[2]:
            kept[2].terminate()
    finally:
        os.killpg(pid, signal.SIGKILL)
    r = subprocess.run([NATNAP, "replay", capture, "--scenario", scenario, "--json"], capture_output=True, text=True)
    d = json.loads(r.stdout)
    flows = {f["remote"].split(":")[-1]: f for f in d["flows"]}
    check("the device is found", d["device"] == CLIENT, r.stderr)
    for port, period, shape in (("7000", 4, "tcp-probe"), ("7001", 3, "udp-payload"), ("1883", 5, "tcp-payload")):
        f = flows.get(port)
        if port == "1883" and not f:
            verdict("mosquitto", True, directive="SKIP no mosquitto")
            continue
        check(f"port {port}: {shape} each {period} s", f["keepalive"] and f["keepalive"]["shape"] == shape and
              abs(f["keepalive_period_s"] - period) < 0.15 * period, f)
    plan()


main()
