#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""natnap replay on captures of every kind, made here byte by byte: link layers, formats, damage, what-if tables."""
import csv
import gzip
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import tempfile
import time

from tap import NATNAP, check, plan, verdict

DIR = tempfile.mkdtemp(prefix="natnap-replay-")
SCENARIO = os.path.join(DIR, "home.ini")
with open(SCENARIO, "w") as f:
    f.write("[scenario]\nduration = 24h\n[path]\nmiddleboxes = home\n[middlebox home]\nprofile = linux\nudp = 30s\n"
            "[radio]\nprofile = lte-two-state\n[battery]\ncapacity = 3000mAh\nvoltage = 3.8V\n")
START = 1700000000


def path(name):
    return os.path.join(DIR, name)


def replay(trace, *options, stdin=None, scenario=SCENARIO):
    r = subprocess.run([NATNAP, "replay", trace, "--scenario", scenario, *options], input=stdin, capture_output=True, timeout=60)
    return r.returncode, r.stdout.decode(), r.stderr.decode()


def document(trace, *options, stdin=None, scenario=SCENARIO):
    status, out, err = replay(trace, "--json", *options, stdin=stdin, scenario=scenario)
    return json.loads(out) if out else {"status": status, "err": err}


# --- packets -----------------------------------------------------------------------------------------------------------
def ip4(src, dst, proto, body, frag=0, ident=1, total=None):
    n = 20 + len(body) if total is None else total
    return struct.pack("!BBHHHBBH4s4s", 0x45, 0, n, ident, frag, 64, proto, 0, bytes(src), bytes(dst)) + body


def ip6(src, dst, proto, body):
    return struct.pack("!IHBB16s16s", 6 << 28, len(body), proto, 64, bytes(src), bytes(dst)) + body


def udp(sport, dport, n):
    return struct.pack("!HHHH", sport, dport, 8 + n, 0) + bytes(n)


def tcp(sport, dport, flags, seq, ack, n):
    return struct.pack("!HHIIBBHHH", sport, dport, seq, ack, 5 << 4, flags, 65535, 0, 0) + bytes(n)


ME, YOU = (192, 168, 1, 23), (192, 0, 2, 7)
ME6 = bytes.fromhex("20010db8000000000000000000000023")
YOU6 = bytes.fromhex("20010db8000100000000000000000007")


def talk(up, n=10):
    return ip4(ME, YOU, 17, udp(5000, 4500, n)) if up else ip4(YOU, ME, 17, udp(4500, 5000, n))


def talk6(up, n=10, between=b"", first=17):
    body = between + udp(5000, 4500, n) if up else between + udp(4500, 5000, n)
    return ip6(ME6, YOU6, first, body) if up else ip6(YOU6, ME6, first, body)


# --- captures ----------------------------------------------------------------------------------------------------------
def pcap(frames, link=101, nano=False, snap=65535, wire=None, big=False):
    """frames: (seconds since START, bytes)."""
    e = ">" if big else "<"
    out = bytearray(struct.pack(e + "IHHIIII", 0xa1b23c4d if nano else 0xa1b2c3d4, 2, 4, 0, 0, 65535, link))
    for at, data in frames:
        ns = round(at * 1e9)
        part = data[:snap]
        out += struct.pack(e + "IIII", START + ns // 10**9, ns % 10**9 // (1 if nano else 1000), len(part), wire or len(data)) + part
    return bytes(out)


def block(kind, body):
    body += bytes(-len(body) % 4)
    n = 12 + len(body)
    return struct.pack("<II", kind, n) + body + struct.pack("<I", n)


def pcapng(frames, link=101):
    out = block(0x0a0d0d0a, struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1))
    out += block(1, struct.pack("<HHI", link, 0, 0) + struct.pack("<HHBBBBHH", 9, 1, 9, 0, 0, 0, 0, 0))
    for at, data in frames:
        t = START * 10**9 + round(at * 1e9)
        out += block(6, struct.pack("<IIIII", 0, t >> 32, t & 0xffffffff, len(data), len(data)) + data)
    return out


def save(name, data):
    with open(path(name), "wb") as f:
        f.write(data)
    return path(name)


# up at 0, answered at 1, up a minute later: 2 promotions, the binding cut in between
TIMES = [(0, True), (1, False), (61, True)]
PLAIN = [(t, talk(up)) for t, up in TIMES]


def same(d, reference):
    keys = ["energy_j", "radio_promotions", "packets_up", "packets_down", "bytes_up", "bytes_down", "duration_s", "states", "middleboxes"]
    return [f"{k}: {d.get(k)} is not {reference.get(k)}" for k in keys if d.get(k) != reference.get(k)]


REFERENCE = document(save("plain.pcap", pcap(PLAIN)))


def test_reference():
    d = REFERENCE
    check("schema", d["schema"] == "natnap-replay/1", d)
    check("device inferred", d["device"] == "192.168.1.23" and d["device_inferred"], d["device"])
    # promotion 0.26 s; connected to 1 s, and 11.576 s on; 61 s: promotion and tail; idle at 11.4 mW between
    connected = (1 - 0.26 + 11.576) + 11.576
    idle = 61 - (1 + 11.576)
    want = 2 * 0.26 * 1.2107 + connected * 1.06 + idle * 0.0114
    check("energy by hand", abs(d["energy_j"] - want) < 1e-6, f"{d['energy_j']} is not {want}")
    check("states", abs(d["states"]["connected"] - connected) < 1e-6 and abs(d["states"]["idle"] - idle) < 1e-6, d["states"])
    f = d["flows"][0]
    check("cut 30 s after the answer", f["cut_at_s"] == {"home": 31} and f["used_after_cut"], f)
    check("energies add up", abs(sum(d[k] for k in ("energy_keepalive_j", "energy_push_j", "energy_reconnect_j", "energy_background_j",
                                                      "energy_update_j", "energy_idle_j")) - d["energy_j"]) < 1e-6, d)
    check("no keepalive of so few", f["keepalive_period_s"] is None and f["keepalive"] is None, f)


# --- link layers -------------------------------------------------------------------------------------------------------
MAC = bytes(12)


def ppp(ip):
    return struct.pack("!H", 0x21) + ip


def sll(up):
    return struct.pack("!HHH8sH", 4 if up else 0, 1, 6, bytes(8), 0x800)


def sll2(up):
    return struct.pack("!HHIHBB8s", 0x800, 0, 1, 1, 4 if up else 0, 6, bytes(8))


def wlan(up, qos=False, distribution=False):
    control = 0x88 if qos else 0x08
    flags = 3 if distribution else 1 if up else 2
    return bytes([control, flags]) + bytes(22) + (bytes(6) if distribution else b"") + (bytes(2) if qos else b"") + \
        bytes.fromhex("aaaa030000000800")


LINKS = {
    "ethernet": (1, lambda up, ip: MAC + b"\x08\x00" + ip + bytes(max(0, 46 - len(ip)))),
    "vlan": (1, lambda up, ip: MAC + bytes.fromhex("810000050800") + ip),
    "qinq": (1, lambda up, ip: MAC + bytes.fromhex("88a80005810000070800") + ip),
    "pppoe": (1, lambda up, ip: MAC + bytes.fromhex("8864") + struct.pack("!BBHH", 0x11, 0, 1, len(ip) + 2) + ppp(ip)),
    "mpls": (1, lambda up, ip: MAC + bytes.fromhex("8847") + struct.pack("!II", 5 << 12 | 64, 6 << 12 | 1 << 8 | 64) + ip),
    "raw": (101, lambda up, ip: ip),
    "ipv4": (228, lambda up, ip: ip),
    "null": (0, lambda up, ip: struct.pack("<I", 2) + ip),
    "loop": (108, lambda up, ip: struct.pack("!I", 2) + ip),
    "ppp": (9, lambda up, ip: b"\xff\x03" + ppp(ip)),
    "ppp compressed": (9, lambda up, ip: b"\x21" + ip),
    "linux cooked": (113, lambda up, ip: sll(up) + ip),
    "linux cooked 2": (276, lambda up, ip: sll2(up) + ip),
    "802.11": (105, lambda up, ip: wlan(up) + ip),
    "802.11 qos": (105, lambda up, ip: wlan(up, qos=True) + ip),
    "802.11 four addresses": (105, lambda up, ip: wlan(up, distribution=True) + ip),
    "radiotap": (127, lambda up, ip: struct.pack("<BBHI", 0, 0, 8, 0) + wlan(up) + ip),
}


def test_contract():
    """The names that the outside contract gives the document; all else is beside them."""
    _, out, _ = replay(path("plain.pcap"), "--json", "--what-if", "middlebox.home.udp=30s; 90s")
    d = json.loads(out)
    top = ["schema", "device", "packets", "skipped", "duration_s", "energy_j", "radio_promotions", "states", "flows", "bursts", "what_if"]
    r = subprocess.run([NATNAP, "run", SCENARIO, "--replications", "1", "--json"], capture_output=True)
    top += [k for k in json.loads(r.stdout)["points"][0] if k.startswith("energy_") and k.endswith("_j")]
    check("the document's names, and each energy of run", "energy_keepalive_j" in top and not [k for k in top if k not in d],
          [k for k in top if k not in d])
    flow = ["proto", "ends", "packets", "bytes", "energy_j", "longest_gap_s", "keepalive_period_s", "cut_at_s", "used_after_cut",
            "dormancy_lost_s", "reachable_fraction"]
    check("a flow's names", not [k for k in flow if k not in d["flows"][0]], d["flows"][0])
    check("its ends, the device's first", d["flows"][0]["ends"] == ["192.168.1.23:5000", "192.0.2.7:4500"], d["flows"][0])
    check("a row each", [w["middlebox.home.udp"] for w in d["what_if"]] == ["30s", "90s"], d["what_if"])
    by_radio = document(path("plain.pcap"), "--set", "radio.profile=wired")
    # 0.26 s each
    check("states by name; with promotions they make the duration", abs(sum(d["states"].values()) + 2 * 0.26 - d["duration_s"]) < 1e-6 and
          d["states"].keys() != by_radio["states"].keys(), (d["states"], by_radio["states"]))


def test_links():
    for name, (link, wrap) in LINKS.items():
        d = document(save("link.pcap", pcap([(t, wrap(up, talk(up))) for t, up in TIMES], link)))
        check(f"link layer {name}", not same(d, REFERENCE), same(d, REFERENCE) or d)
        d = document(save("link.pcapng", pcapng([(t, wrap(up, talk(up))) for t, up in TIMES], link)))
        check(f"link layer {name}, pcapng", not same(d, REFERENCE), same(d, REFERENCE) or d)
    status, out, err = replay(save("usb.pcap", pcap(PLAIN, 220)))
    check("another link layer is refused by name", status == 2 and "link layer" in err and not out, err)


def test_formats():
    check("nanoseconds", not same(document(save("n.pcap", pcap(PLAIN, nano=True))), REFERENCE))
    check("the other byte order", not same(document(save("b.pcap", pcap(PLAIN, big=True))), REFERENCE))
    data = pcap(PLAIN)
    check("gzip", not same(document(save("z.pcap.gz", gzip.compress(data))), REFERENCE))
    two = gzip.compress(data[:60]) + gzip.compress(data[60:])
    check("gzip in two members", not same(document(save("z2.pcap.gz", two)), REFERENCE))
    check("standard input", not same(document("-", stdin=data), REFERENCE))
    check("gzip on standard input", not same(document("-", stdin=gzip.compress(data)), REFERENCE))
    check("pcapng on standard input", not same(document("-", stdin=pcapng(PLAIN)), REFERENCE))
    cut = document(save("snap.pcap", pcap([(t, talk(up, 500)) for t, up in TIMES], snap=30)))
    check("a snaplen of 30 bytes counts whole lengths", cut["bytes_up"] == 2 * 528 and cut["bytes_down"] == 528, cut)


def test_ip():
    plain = document(save("six.pcap", pcap([(t, talk6(up)) for t, up in TIMES])))
    check("IPv6", plain["device"] == "2001:db8::23" and plain["bytes_up"] == 2 * 58 and plain["flows"][0]["used_after_cut"], plain)
    hops = bytes([60, 0, 1, 4, 0, 0, 0, 0])
    options = bytes([17, 1]) + bytes(14)
    d = document(save("ext.pcap", pcap([(t, talk6(up, between=hops + options, first=0)) for t, up in TIMES])))
    check("extension headers", d["flows"][0]["remote"] == "[2001:db8:1::7]:4500" and d["flows_total"] == 1, d)
    parts = [(0, ip4(ME, YOU, 17, udp(5000, 4500, 1480 - 8), frag=0x2000, ident=9, total=1500)),
             (0.001, ip4(ME, YOU, 17, bytes(100), frag=185, ident=9)), (0.002, talk(False))]
    d = document(save("frag.pcap", pcap(parts)))
    check("fragments are of one flow", d["flows_total"] == 1 and d["bytes_up"] == 1620, d)
    six = bytes([17, 0]) + struct.pack("!HI", 0 << 3 | 1, 77)
    later = bytes([17, 0]) + struct.pack("!HI", 100 << 3, 77)
    parts = [(0, ip6(ME6, YOU6, 44, six + udp(5000, 4500, 792))), (0.001, ip6(ME6, YOU6, 44, later + bytes(50)))]
    d = document(save("frag6.pcap", pcap(parts)), "--device", "2001:db8::23")
    check("fragments of IPv6, too", d["flows_total"] == 1 and d["packets_up"] == 2, d)
    error = struct.pack("!BBHI", 3, 3, 0, 0) + ip4(ME, YOU, 17, udp(5000, 4500, 0))
    d = document(save("icmp.pcap", pcap(PLAIN + [(62, ip4(YOU, ME, 1, error))])))
    check("an ICMP error is of the flow that it quotes", d["flows_total"] == 1 and d["packets_down"] == 2, d)
    d = document(save("tso.pcap", pcap([(0, ip4(ME, YOU, 6, tcp(5000, 443, 16, 1, 1, 3000), total=0))])))
    check("a length that the network card was to fill in", d["bytes_up"] == 3040, d)


# --- damage ------------------------------------------------------------------------------------------------------------
def test_damage():
    status, out, err = replay(save("not.pcap", b"this is no capture at all, but a text"))
    check("no capture: status 2 and why", status == 2 and "no capture" in err and not out, (status, err))
    status, out, err = replay(save("empty", b""))
    check("an empty file: status 2", status == 2 and err, (status, err))
    status, out, err = replay(path("absent.pcap"))
    check("no file: status 2", status == 2 and "absent.pcap" in err, err)
    data = pcap(PLAIN)
    status, out, err = replay(save("short.pcap", data[:-7]), "--json")
    d = json.loads(out)
    check("broken off in a packet: its number, status 1, the rest", status == 1 and "packet 3" in err and d["packets"] == 2, (err, out))
    check("and the document says so", "packet 3" in d["broken"], d["broken"])
    status, out, err = replay(save("short.gz", gzip.compress(pcap(PLAIN * 50))[:-40]), "--json")
    check("broken gzip: status 1 or 2 and a message", status in (1, 2) and err, (status, err))
    status, out, err = replay(save("none.pcap", pcap([])))
    check("a capture without packets: said, status 1", status == 1 and "no packet" in err, (status, err))
    odd = [(0, talk(True)), (1, b""), (2, b"\x45"), (3, b"\x60" + bytes(10)), (4, ip4(ME, YOU, 17, b"\0\0", total=10)),
           (5, ip4(ME, YOU, 6, b"\0\1", total=60)), (6, b"\x10" * 60), (7, ip4((10, 1, 1, 1), (10, 1, 1, 2), 17, udp(1, 2, 3))), (8, talk(True))]
    d = document(save("odd.pcap", pcap(odd)), "--device", "192.168.1.23")
    check("frames of no use are counted by reason", d["skipped"] == {"not-ip": 1, "truncated": 4, "malformed": 1, "not-the-device": 1,
                                                                     "time-stamp": 0} and d["packets"] == 2 and d["frames"] == 9, d["skipped"])
    huge = pcap([(0, talk(True))], wire=0xffffffff)
    d = document(save("huge.pcap", huge))
    check("4 GB on the wire, says the frame: the header is believed", d.get("bytes_up") == 38, d)
    once = [(25 * i, talk(True, 32)) for i in range(12)]
    d, twice = document(save("once.pcap", pcap(once))), document(save("twice.pcap", pcap([f for f in once for _ in (0, 1)])))
    k, k2 = d["flows"][0]["keepalive"], twice["flows"][0]["keepalive"]
    check("each frame twice: twice the packets, the same keepalives, and the radio as long up", twice["packets"] == 24 and
          (k2["times"], k2["packets"]) == (k["times"], 24) and abs(twice["energy_j"] - d["energy_j"]) < 1e-6, (k, k2))
    back = [(100, talk(True)), (99.9, talk(False)), (101, talk(True)), (0, talk(True)), (5, talk(True))]
    d = document(save("back.pcap", pcap(back)))
    check("time that goes back", (d["time_went_back"], d["clock_set_back"], d["packets"]) == (1, 1, 5), d)
    check("and on from there", [round(b["begun_s"], 6) for b in d["bursts"]] == [0, 6], d["bursts"])


def test_usage():
    for options, word in (([], "no trace"), (["x"], "--scenario"), (["x", "y", "--scenario", SCENARIO], "one trace")):
        r = subprocess.run([NATNAP, "replay", *options], capture_output=True, text=True)
        check(f"usage: {word}", r.returncode == 2 and word in r.stderr, r.stderr)
    status, _, err = replay(path("plain.pcap"), "--device", "home")
    check("--device takes an address", status == 2 and "--device" in err, err)
    status, _, err = replay(path("plain.pcap"), "--what-if", "radio.profil=lte-aro")
    check("--what-if: an unknown key", status == 2 and "profil" in err, err)
    status, _, err = replay(path("plain.pcap"), "--what-if", "radio.profile=lte-aroo")
    check("--what-if: a bad value", status == 2 and "lte-aroo" in err, err)


# --- results -----------------------------------------------------------------------------------------------------------
def test_what_if():
    d = document(path("plain.pcap"), "--what-if", "radio.profile=lte-two-state; wifi-aro", "--what-if", "middlebox.home.udp=30s; 90s")
    rows = [(r["radio.profile"], r["middlebox.home.udp"], r["flows_cut"], r["flows_used_after_cut"]) for r in d["what_if"]]
    check("all combinations", rows == [("lte-two-state", "30s", 1, 1), ("lte-two-state", "90s", 0, 0), ("wifi-aro", "30s", 1, 1),
                                       ("wifi-aro", "90s", 0, 0)], rows)
    check("the same scenario, the same numbers", not same(d["what_if"][0] | {"states": d["states"]}, d), d["what_if"][0])
    check("Wi-Fi by hand", abs(d["what_if"][2]["energy_j"]
                               - (3 * 0.25 * 0.403 + (61.25 - 0.75) * 0.02)) < 1e-6, d["what_if"][2]["energy_j"])
    status, out, _ = replay(path("plain.pcap"), "--what-if", "middlebox.home.udp=30s; 90s")
    check("as a table", "what if" in out and out.rstrip().splitlines()[-1].split()[0] == "90s", out)


def test_policies():
    """Another policy in a run's own capture: what a run with that policy comes to."""
    ini, pcap_path = path("run.ini"), path("run.pcap")
    text = ("[scenario]\nduration = 6h\nseed = 5\n[path]\nmiddleboxes = home\ndelay = 20ms\n[middlebox home]\nprofile = linux\n"
            "udp = 60s\n[radio]\nprofile = lte-huang-2012\n[client]\napplication = udp\npolicy = fixed\ninterval = 55s\n"
            "[server]\npush = poisson 4/h\n")
    with open(ini, "w") as f:
        f.write(text)

    def energy(*options):
        r = subprocess.run([NATNAP, "run", ini, "--json", *options], capture_output=True, text=True, check=True)
        return json.loads(r.stdout)["points"][0]["energy_j"]

    recorded = energy("--pcap", pcap_path)
    d = document(pcap_path, "--what-if", "client.interval=20s; 55s; 110s", scenario=ini)
    check("as recorded", abs(d["energy_j"] - recorded) < 1e-9 * recorded, d["energy_j"])
    for row in d["what_if"]:
        want = energy("--set", f"client.interval={row['client.interval']}")
        check(f"another interval, {row['client.interval']}: within 1 % of a run with it", abs(row["energy_j"] - want) < 0.01 * want,
              (row["energy_j"], want))
    d = document(pcap_path, "--what-if", "client.policy=none; fixed", scenario=ini)
    none, fixed = d["what_if"]
    check("no keepalives: pushes alone", none["packets_up"] + none["packets_down"] < 0.15 * (d["packets_up"] + d["packets_down"]), none)
    check("and the binding is lost", none["flows_used_after_cut"] == 1 and fixed["flows_cut"] == 0, (none, fixed))
    status, _, err = replay("-", "--what-if", "client.interval=20s", stdin=b"", scenario=ini)
    check("standard input cannot be read twice", status == 2 and "twice" in err, err)


def test_capture():
    """The capture of the repository, and what its story says."""
    d = document("scenarios/captures/phone-6h.pcap.gz", scenario="scenarios/replay-phone.ini")
    periods = sorted(f["keepalive_period_s"] for f in d["flows"])
    check("three applications by their periods", periods == [25, 240, 1740], periods)
    dearest = max(d["flows"], key=lambda f: f["energy_j"])
    check("the tunnel costs the most", dearest["remote"].endswith(":51820") and dearest["energy_j"] > 0.8 * d["energy_j"], dearest)
    cut = [f["remote"] for f in d["flows"] if f["used_after_cut"]]
    check("a timeout of 20 min cuts the mailbox, and nothing else", cut == ["192.0.2.1:993"], cut)


def test_stories():
    """What docs/replay.md shows of it, and results/replay-phone."""
    out = path("story")
    status, text, _ = replay("scenarios/captures/phone-6h.pcap.gz", "--out", out, "--what-if",
                             "middlebox.carrier.tcp-established=5min; 20min; 30min; 2h4m", scenario="scenarios/replay-phone.ini")
    page = open("docs/replay.md").read()
    missing = [line for line in text.splitlines() if line.strip() and line not in page and line != "what if"]
    check("the page shows what is printed", status == 0 and not missing, missing)
    for name in ("flows.csv", "what-if.csv"):
        check(f"results/replay-phone/{name} is what is written",
              open(os.path.join(out, name)).read() == open(f"results/replay-phone/{name}").read())


def test_programs():
    """Recorded from real programs, each told to say something each 10 s (tests/kernel/replay.t --record)."""
    d = document("scenarios/captures/programs.pcap.gz")
    flows = {f["remote"].split(":")[-1]: f for f in d["flows"]}
    check("six programs of one device, found out", (d["device"], d["device_inferred"], len(flows)) == ("10.77.0.2", True, 6), d["device"])
    # TCP's timer runs late by up to a fortieth; each in its own way
    for port, name, shape in (("7000", "the kernel's TCP keepalive", "tcp-probe"), ("7001", "a datagram", "udp-payload"),
                              ("1883", "mosquitto_sub -k 10", "tcp-payload"), ("22", "ssh ServerAliveInterval 10", "tcp-payload"),
                              ("51820", "WireGuard PersistentKeepalive 10", "udp-payload"), ("443", "QUIC, quic-go's KeepAlivePeriod 10 s", "udp-payload")):
        f = flows[port]
        check(f"{name}: its true period", f["keepalive"] and f["keepalive"]["shape"] == shape and f["keepalive"]["by"] == "device" and
              9.99 < f["keepalive_period_s"] < 10.26 and f["keepalive"]["times"] >= 22, f)
    out = path("binned")
    replay("scenarios/captures/phone-6h.pcap.gz", "--out", out, scenario="scenarios/replay-phone.ini")
    rows = list(csv.DictReader(open(os.path.join(out, "energy.csv"))))
    whole = json.load(open(os.path.join(out, "replay.json")))
    check("a long trace has wider bins, not more", len(rows) == 338 and rows[1]["time_s"] == "64.000000000", (len(rows), rows[1]["time_s"]))
    off = {k: sum(float(r[k]) for r in rows) - whole[k] for k in
           ("energy_j", "energy_tail_j", "energy_idle_j", "radio_connected_s", "packets_up", "packets_down", "bytes_down")}
    check("and each column comes to the whole", all(abs(x) < 1e-5 for x in off.values()), off)
    status, text, _ = replay("scenarios/captures/programs.pcap.gz", "--set", "middlebox.home.udp-stream=8s")
    check("a carrier sees which a timer of 8 s would cut", status == 0 and len(re.findall(r"udp .* by home, used after", text)) == 3, text)


def test_files():
    out = path("out")
    status, text, err = replay(path("plain.pcap"), "--out", out, "--timeline", "--what-if", "middlebox.home.udp=30s; 90s")
    names = sorted(os.listdir(out))
    check("files", names == ["bursts.csv", "energy.csv", "flows.csv", "replay.json", "timeline.csv", "what-if.csv"], (names, err))
    flows = list(csv.DictReader(open(os.path.join(out, "flows.csv"))))
    check("flows.csv", len(flows) == 1 and flows[0]["home.cut_at_s"] == "31.000000000" and flows[0]["packets_up"] == "2", flows)
    bursts = list(csv.DictReader(open(os.path.join(out, "bursts.csv"))))
    check("bursts.csv", [float(b["begun_s"]) for b in bursts] == [0, 61], bursts)
    check("bursts and flow cost the same", abs(sum(float(b["energy_j"]) for b in bursts) - float(flows[0]["energy_j"])) < 1e-9, bursts)
    line = list(csv.DictReader(open(os.path.join(out, "timeline.csv"))))
    check("timeline.csv as run has it", [l["state"] for l in line if l["kind"] == "state"] ==
          ["idle", "promotion", "connected", "idle", "promotion", "connected", "idle"] and line[-1]["kind"] == "end", line)
    check("with the binding that was lost", any(l["kind"] == "note" and l["state"] == "binding-lost" for l in line), line)
    bins = [{k: float(v) for k, v in row.items()} for row in csv.DictReader(open(os.path.join(out, "energy.csv")))]
    check("energy.csv: bins of a second, whose energies and packets add up", len(bins) == 73 and
          abs(sum(b["energy_j"] for b in bins) - REFERENCE["energy_j"]) < 1e-6 and sum(b["packets_up"] for b in bins) == 2 and
          [b["time_s"] for b in bins] == list(range(73)), (len(bins), sum(b["energy_j"] for b in bins)))
    # up to 0.26 s the promotion, then connected; at rest from 12.576 s to 61 s
    want = [0.26 * 1210.7 + 0.74 * 1060, 1060, 0.576 * 1060 + 0.424 * 11.4, 11.4, 0.26 * 1210.7 + 0.74 * 1060]
    got = [bins[i]["average_power_mw"] for i in (0, 5, 12, 30, 61)]
    check("and are by hand", all(abs(a - b) < 1e-6 for a, b in zip(want, got)), (want, got))
    check("replay.json is what --json prints", json.load(open(os.path.join(out, "replay.json")))["energy_j"] == REFERENCE["energy_j"])


def test_keepalives():
    frames = []
    for i in range(12):
        frames += [(i * 25, talk(True, 32))]
    frames += [(i * 61 + 7, ip4(ME, YOU, 17, udp(6000, 443, 700 + 90 * i))) for i in range(5)]
    frames.sort(key=lambda f: f[0])
    d = document(save("keep.pcap", pcap(frames)))
    f = {x["device"]: x for x in d["flows"]}["192.168.1.23:5000"]
    check("a keepalive of UDP", f["keepalive_period_s"] == 25 and f["keepalive"]["shape"] == "udp-payload" and f["keepalive"]["times"] == 12, f)
    check("the other flow has none", {x["device"]: x for x in d["flows"]}["192.168.1.23:6000"]["keepalive"] is None)


def test_tls():
    """Keepalives inside TLS: the record's size, whatever it says; between records of other sizes at odd times."""
    frames, seq, ack = [(0, ip4(ME, YOU, 6, tcp(5000, 443, 2, 999, 0, 0))), (0.05, ip4(YOU, ME, 6, tcp(443, 5000, 18, 4999, 1000, 0)))], 1000, 5000

    def record(at, up, n):
        nonlocal seq, ack
        body = b"\x17\x03\x03" + struct.pack("!H", n - 5) + bytes([int(at) * 7 % 251]) * (n - 5)
        ends = (ME, YOU, 5000, 443, seq, ack) if up else (YOU, ME, 443, 5000, ack, seq)
        frames.append((at, ip4(ends[0], ends[1], 6, tcp(ends[2], ends[3], 24, ends[4], ends[5], 0) + body)))
        seq, ack = (seq + n, ack) if up else (seq, ack + n)

    for i in range(15):
        record(60 * i + 30, True, 27)
        record(60 * i + 30.1, False, 27)
        if i % 4 == 1:
            record(60 * i + 37 + 3 * i, False, 700 + 31 * i)
    d = document(save("tls.pcap", pcap(sorted(frames, key=lambda f: f[0]))))
    k = d["flows"][0]["keepalive"]
    check("a keepalive inside TLS, by its record", k and k["shape"] == "tls-record" and abs(d["flows"][0]["keepalive_period_s"] - 60) < 1 and
          k["times"] == 15 and k["by"] == "device", d["flows"][0])
    plain = [(t, f.replace(b"\x17\x03\x03", b"\x16\x03\x03")) for t, f in frames]
    d = document(save("plain-tls.pcap", pcap(sorted(plain, key=lambda f: f[0]))))
    check("what is no record of data is told as payload", d["flows"][0]["keepalive"]["shape"] == "tcp-payload", d["flows"][0])


def test_quick():
    """Recorded where answers come sooner than this radio would bring them: they are answers still, and no pushes."""
    for name, frames in (("udp", [(60 * i + k, talk(not k)) for i in range(3) for k in (0, 0.05)]),
                         ("tcp", [(60 * i + k, ip4(*((YOU, ME) if k else (ME, YOU)), 6, tcp(*((443, 5000, 24, 1 + i, 2 + i) if k else (5000, 443, 24, 1 + i, 1 + i)), 1)))
                                  for i in range(3) for k in (0, 0.05)])):
        d = document(save("quick.pcap", pcap(frames)))
        check(f"{name}: no push, and said", d["energy_push_j"] == 0 and d["energy_background_j"] > 10 and d["packets_bent"] == 3, d)
    crossing = [(0, talk(True)), (60, ip4(ME, YOU, 6, tcp(5000, 443, 24, 1, 1, 5))), (60.05, ip4(YOU, ME, 6, tcp(443, 5000, 24, 1, 1, 100)))]
    d = document(save("cross.pcap", pcap(crossing)))
    check("what has not heard of it was on its way before", d["energy_push_j"] > 5 and d["packets_bent"] == 0, d)


def test_devices():
    """A device of both families, inferred and told; which one is said, in the text as in the document."""
    both = save("both.pcap", pcap(sorted(PLAIN + [(t + 0.01, talk6(up)) for t, up in TIMES], key=lambda f: f[0])))
    d = document(both)
    check("both families inferred", d["device_inferred"] and d["flows_total"] == 2 and sum(d["skipped"].values()) == 0, d)
    told = document(both, "--device", "192.168.1.23", "--device", "2001:db8::23")
    check("both told: the same", not told["device_inferred"] and not same(told, d), told)
    one = document(both, "--device", "2001:db8::23")
    check("one told: the other's are not the device's", one["flows_total"] == 1 and one["skipped"]["not-the-device"] == 3, one)
    other = document(both, "--device", "192.0.2.7", "--device", "2001:db8:1::7")
    check("the other end told: up is down", (other["packets_up"], other["packets_down"]) == (d["packets_down"], d["packets_up"]), other)
    texts = [replay(both, *o)[1] for o in ((), ("--device", "192.168.1.23", "--device", "2001:db8::23"))]
    check("said", "(inferred)" in texts[0] and "(inferred)" not in texts[1] and "192.168.1.23" in texts[1], texts)


def flows_in_turn(n):
    """A capture of n flows of four packets, one after another, each closed by both ends: made as it is read."""
    yield pcap([])
    for i in range(n):
        port, at = 1024 + i % 60000, START * 10**6 + i * 20000
        for k, (up, flags, seq, ack) in enumerate(((1, 2, 0, 0), (0, 18, 0, 1), (1, 17, 1, 1), (0, 17, 1, 2))):
            ends = (ME, YOU, port, 443) if up else (YOU, ME, 443, port)
            frame = ip4(ends[0], ends[1], 6, tcp(ends[2], ends[3], flags, seq, ack, 0))
            t = at + 4000 * k
            yield struct.pack("<IIII", t // 10**6, t % 10**6, len(frame), len(frame)) + frame


def test_bounded():
    """Memory follows the flows that live at once (4 min of them after their end), not the capture's length."""
    used = []
    for n in (40000, 160000):
        file = path("many.pcap")
        with open(file, "wb") as f:
            f.writelines(flows_in_turn(n))
        p = subprocess.Popen([NATNAP, "replay", file, "--scenario", SCENARIO, "--json"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        d = json.loads(p.stdout.read())
        _, status, usage = os.wait4(p.pid, 0)
        p.returncode = status
        used.append(usage.ru_maxrss)
        check(f"{n} flows in turn", status == 0 and d["flows_total"] == n and d["packets"] == 4 * n, (status, d["flows_total"]))
    check("four times as many take no more room", used[1] < 1.15 * used[0], used)


def test_progress():
    """On a terminal: the share of bytes read, and how long the rest takes."""
    try:
        master, slave = pty.openpty()
    except OSError as e:
        verdict("progress on a terminal", True, directive=f"SKIP {e}")
        return
    file = path("long.pcap.gz")
    chunk = gzip.compress(pcap([(i * 0.001, talk(i % 2 == 0)) for i in range(50000)])[24:], 5)
    with open(file, "wb") as f:
        f.writelines([gzip.compress(pcap([]))] + [chunk] * 250)
    p = subprocess.Popen([NATNAP, "replay", file, "--scenario", SCENARIO], stdout=subprocess.DEVNULL, stderr=slave)
    os.close(slave)
    seen = b""
    while len(seen) < 4000 and p.poll() is None:
        if select.select([master], [], [], 0.2)[0]:
            seen += os.read(master, 4096)
        if re.search(rb"\d+%  \d+:\d\d left", seen):
            break
    p.send_signal(signal.SIGINT)
    p.wait(20)
    os.close(master)
    os.unlink(file)
    check("progress by bytes, with the remaining time", re.search(rb"\d+%  \d+:\d\d left", seen), seen[-200:])


def test_stop():
    frames = [(i * 0.001, talk(i % 2 == 0)) for i in range(200000)]
    data = pcap(frames)
    p = subprocess.Popen([NATNAP, "replay", "-", "--scenario", SCENARIO, "--json"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE)
    p.stdin.write(data)
    p.stdin.flush()
    time.sleep(0.5)
    p.send_signal(signal.SIGINT)
    p.stdin.close()
    out, err = p.stdout.read(), p.stderr.read().decode()
    d = json.loads(out)
    check("Ctrl-C: what is known, status 1", p.wait(20) == 1 and 0 < d["packets"] <= 200000 and "interrupted" in (d["broken"] or ""), err)


def main():
    test_reference()
    test_contract()
    test_links()
    test_formats()
    test_ip()
    test_damage()
    test_usage()
    test_what_if()
    test_policies()
    test_capture()
    test_stories()
    test_programs()
    test_files()
    test_keepalives()
    test_tls()
    test_quick()
    test_devices()
    test_bounded()
    test_progress()
    test_stop()
    plan()


main()
