#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""natnap run --pcap, read by another program, tshark: it names each application's protocol, finds nothing malformed and no wrong
checksum, and counts what the run counts. What needs no tshark is tested without."""
import json
import os
import re
import shutil
import struct
import subprocess
import tempfile

from tap import NATNAP, check, plan, verdict

DIR = tempfile.mkdtemp(prefix="natnap-pcap-")
TSHARK = shutil.which("tshark")
INI = """[scenario]
duration = {duration}
[path]
middleboxes = home; carrier
delay = 20ms
loss = {loss}
[middlebox home]
profile = linux
[middlebox carrier]
profile = cgn-rfc6888
[radio]
profile = wifi-aro
[client]
{client}
"""
PUSH = "[server]\npush = poisson 120/h\n"

# what tshark calls each application; the client's keys where the profile alone would not do
NAMES = {
    "activesync": "tls", "amqp": "amqp", "apns": "tls", "coap-observe": "coap", "dtls": "dtls", "dtls-cid": "dtls", "fcm": "tls", "gotify": "tls",
    "grpc": "tls", "http2": "tls", "ikev2-strongswan": "isakmp", "imap-idle": "tls", "imap-noop": "tls", "imap-starttls": "imap",
    "ipsec-natt": "esp", "jdbc-hikari": "pgsql", "kafka": "kafka", "libp2p-quic": "quic", "lwm2m-queue": "dtls", "microg-push": "tls",
    "mqtt": "tls", "nats": "tls", "ntfy": "tls", "ntfy-websocket": "tls", "openvpn": "openvpn", "openvpn-10-120": "openvpn", "postgresql": "pgsql",
    "pushy": "tls", "quic": "quic", "quic-go": "quic", "redis": "resp", "signal": "tls", "sip-outbound-tcp": "sip",
    "sip-outbound-udp": "sip", "ssh": "ssh", "stun": "stun", "submission": "smtp", "tailscale": "wg", "tcp": "data", "udp": "udpencap",
    "webrtc-consent": "stun", "webrtc-ice": "stun", "websocket": "tls", "wireguard": "wg", "xmpp": "xmpp",
    "mqtt\ntls = none\nport = 1883\nkeepalive-size = 2B\nkeepalive-answer = 2B\nanswer-size = 4B": "mqtt",
    "udp\nport = 53\nkeepalive-size = 40B\npush-size = 80B\nanswer-size = 60B": "dns",
    "udp\npolicy = pcp": "portcontrol",
}
# tshark takes NATS' port for GSM over IP, whatever is said there, unless told otherwise
DECODE_AS = ["-d", "tcp.port==4222,tls"]


def scenario(name, client, duration="10min", loss="1%", push=PUSH):
    path = os.path.join(DIR, name + ".ini")
    with open(path, "w") as f:
        f.write(INI.format(duration=duration, loss=loss, client=client) + push)
    return path


def run(path, *options):
    r = subprocess.run([NATNAP, "run", path, *options], capture_output=True, text=True)
    return r.returncode, r.stdout, r.stderr


def tshark(file, *options):
    r = subprocess.run([TSHARK, "-n", "-r", file, *DECODE_AS, "-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-o",
                        "udp.check_checksum:TRUE", *options], capture_output=True, text=True)
    return r.stdout


def fields(file, *names):
    lines = tshark(file, "-T", "fields", *[w for n in names for w in ("-e", n)]).split("\n")
    return [dict(zip(names, line.split("\t"))) for line in lines if line]


def packets(file):
    """(interface, time in ns, bytes, comment) of each packet, and the interfaces' names: read here, by the format's words."""
    data, at, names, out = open(file, "rb").read(), 0, [], []

    def options(body):
        found = {}
        while len(body) >= 4 and body[:2] != b"\0\0":
            code, n = struct.unpack("<HH", body[:4])
            found[code] = body[4:4 + n]
            body = body[4 + (n + 3) // 4 * 4:]
        return found

    while at < len(data):
        kind, n = struct.unpack("<II", data[at:at + 8])
        assert data[at + n - 4:at + n] == struct.pack("<I", n), "both lengths of a block are the same"
        body = data[at + 8:at + n - 4]
        if kind == 1:
            names.append(options(body[8:])[2].decode())
        if kind == 6:
            interface, high, low, caught, _ = struct.unpack("<5I", body[:20])
            comment = options(body[20 + (caught + 3) // 4 * 4:]).get(1)
            out.append((interface, high << 32 | low, body[20:20 + caught], comment.decode() if comment else None))
        at += n
    return names, out


def test_points():
    ini, file = scenario("points", "application = udp\npolicy = fixed\ninterval = 20s\npush-size = 2kB", loss="0%"), os.path.join(DIR, "p.pcapng")
    status, _, err = run(ini, "--pcap", file, "--pcap-at", "all")
    names, got = packets(file)
    check("an interface a point, from the device outwards", names ==
          ["device", "home.inside", "home.outside", "carrier.inside", "carrier.outside", "server"], (names, err))
    counts = [sum(1 for p in got if p[0] == i) for i in range(6)]
    check("without losses all points see as many packets", min(counts) == max(counts) > 40, counts)
    sources = [{p[2][12:16] for p in got if p[0] == i} for i in range(6)]
    check("a NAT changes addresses between its sides", sources[1] != sources[2] and sources[2] == sources[3] and
          sources[3] != sources[4] and sources[4] == sources[5], sources)
    run(ini, "--pcap", file, "--pcap-at", "home.outside", "--pcap-at", "server", "--pcap-ethernet")
    names, two = packets(file)
    check("some points, as Ethernet", names == ["home.outside", "server"] and all(p[2][12:14] == b"\x08\0" for p in two), names)
    check("the same packets below it", [p[2][14:] for p in two if p[0] == 0] == [p[2] for p in got if p[0] == 2])
    status, _, err = run(ini, "--pcap", file, "--pcap-at", "house.inside")
    check("an unknown point: what there is", status == 2 and "house.inside" in err and "carrier.outside" in err, err)
    status, _, err = run(ini, "--pcap-at", "all")
    check("--pcap-at alone: usage", status == 2 and "--pcap FILE" in err, err)


def test_comments():
    ini, file = scenario("cut", "application = udp\npolicy = fixed\ninterval = 20min", "2h", "5%"), os.path.join(DIR, "c.pcapng")
    status, out, _ = run(ini, "--pcap", file, "--pcap-at", "all", "--json")
    point = json.loads(out)["points"][0]
    names, got = packets(file)
    comments = [(names[p[0]], p[1], p[3]) for p in got if p[3]]
    dropped = [c for c in comments if "stopped by middlebox" in c[2]]
    check("a packet that a middlebox stops says so where it was seen last",
          dropped and all(c[0] == "carrier.outside" and "carrier" in c[2] or c[0] == "home.outside" and "home" in c[2]
                          for c in dropped), dropped[:5])
    check("all of them, and those that end at one otherwise", len(dropped) >= point["packets_dropped"] > 0,
          (len(dropped), point["packets_dropped"]))
    lost = sum(c[2].count("lost on its way") for c in comments)
    check("and so does one that is lost: all of them", lost == point["packets_lost"] > 0, (lost, point["packets_lost"]))
    lapsed = sum(c[2].count("binding lapsed at") for c in comments)
    check("a binding that lapsed is told at the next packet", lapsed == point["bindings_expired"] > 0, (lapsed, point["bindings_expired"]))


def test_names():
    shipped = {n for n in os.listdir("scenarios/profiles/application") if n != "EXAMPLE"}
    check("each application is here", shipped == {n for n in NAMES if "\n" not in n}, shipped ^ set(NAMES))
    every = os.path.join(DIR, "every.pcapng")
    with open(every, "wb") as whole:  # sections of one file: tshark starts once
        for i, client in enumerate(NAMES):
            file, pool = os.path.join(DIR, "a.pcapng"), client == "jdbc-hikari"
            ini = scenario("names", "application = " + client + ("\nreport = poisson 60/h" if pool else ""), push="" if pool else PUSH)
            status, _, err = run(ini, "--pcap", file, "--seed", str(i + 1), "--pcap-ethernet")
            if status:
                check(client, False, err)
                continue
            whole.write(open(file, "rb").read())
    if not TSHARK:
        verdict("names of protocols", True, directive="SKIP no tshark")
        return
    rows = fields(every, "frame.section_number", "frame.protocols", "_ws.malformed", "_ws.expert.message", "_ws.col.Info")
    bad = [r for r in rows if r["_ws.malformed"] or "Malformed" in r["_ws.col.Info"] or "does not end at" in r["_ws.expert.message"]]
    check("nothing is malformed", not bad, bad[:5])
    sums = [r for r in rows if re.search(r"[Bb]ad checksum|checksum.*incorrect", r["_ws.expert.message"])]
    check("every checksum is right", not sums, sums[:5])
    found = {}
    for r in rows:
        found.setdefault(int(r["frame.section_number"]), set()).update(r["frame.protocols"].split(":"))
    wrong = [(c.split("\n"), sorted(found.get(i + 1, ()))) for i, c in enumerate(NAMES) if NAMES[c] not in found.get(i + 1, ())]
    check("every protocol has its name", not wrong, wrong)


def test_counts():
    if not TSHARK:
        verdict("tshark's conversations", True, directive="SKIP no tshark")
        return
    for client in ("application = quic", "application = imap-idle"):
        ini, file = scenario("counts", client, "1h"), os.path.join(DIR, "n.pcapng")
        _, out, _ = run(ini, "--pcap", file, "--json")
        point = json.loads(out)["points"][0]
        lines = [l.split() for l in tshark(file, "-q", "-z", "conv,ip").split("\n") if "<->" in l]
        # A <-> B | frames bytes (A <- B) | frames bytes (A -> B) | ...; bytes with their unit
        text = tshark(file, "-q", "-z", f"io,stat,0,ip.src==10.0.0.2,ip.dst==10.0.0.2")
        got = [int(x) for x in re.findall(r"\d+", [l for l in text.split("\n") if "<>" in l][-1].split("|", 2)[2])]
        want = [point[k] for k in ("packets_up", "bytes_up", "packets_down", "bytes_down")]
        check(f"{client}: packets and bytes each way are the run's", got == want, (got, want))
        check(f"{client}: one conversation with as many frames", len(lines) == 1 and
              str(int(want[0] + want[2])) in lines[0], (lines, want))


test_points()
test_comments()
test_names()
test_counts()
plan()
