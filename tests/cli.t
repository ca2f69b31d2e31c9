#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The command line: exit statuses, messages with their place, lost output. Prints TAP."""
import csv
import json
import os
import re
import resource
import signal
import struct
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import NATNAP, check, plan  # noqa: E402

os.environ.pop("NATNAP_PROFILES", None)


def run(*args, **kw):
    kw.setdefault("stdout", subprocess.PIPE)
    return subprocess.run([NATNAP, *args], stderr=subprocess.PIPE, timeout=30, **kw)


UNSURE = re.compile(r"^natnap: unsure numbers of profiles: .*\n")  # the one line that a run of unsure profiles begins with


def expect(name, args, status, err=None, out=None):
    """status, and what the two streams must hold; bad input writes nothing to standard output"""
    r = run(*args)
    stdout, stderr = r.stdout.decode("utf-8", "replace"), r.stderr.decode("utf-8", "replace")
    stderr = UNSURE.sub("", stderr)
    good = r.returncode == status
    good = good and (err is None or re.search(err, stderr) is not None)
    good = good and (out is None or re.search(out, stdout) is not None)
    good = good and (status != 2 or stdout == "") and (status != 0 or stderr == "")
    check(name, good, f"status {r.returncode}, stdout {stdout[:200]!r}, stderr {stderr[:400]!r}")


HEAD = b"[scenario]\nduration = 10min\n\n[path]\nmiddleboxes = home\n\n[middlebox home]\nprofile = linux\n\n"
CLIENT = b"[client]\npolicy = fixed\ninterval = 55s\n"

BAD = [  # name, text, message after the file's name
    ("empty file", b"", r": empty"),
    ("unknown key", HEAD + CLIENT + b"intervall = 5s\n",
     r":13: \[client\] intervall: unknown key \(did you mean interval\?\)"),
    ("unknown group", HEAD + b"[clint]\n", r":10: \[clint\]: unknown group \(did you mean client\?\)"),
    ("no unit", HEAD + b"[client]\npolicy = fixed\ninterval = 30\n",
     r":12: \[client\] interval: a time needs a unit: 30s"),
    ("negative", HEAD + b"[client]\npolicy = fixed\ninterval = -5s\n",
     r':12: \[client\] interval: "-5s" must not be negative'),
    ("zero duration", b"[scenario]\nduration = 0s\n",
     r':2: \[scenario\] duration: "0s" is out of range: 1ms to 3650d'),
    ("sweep of a key that is none", HEAD + CLIENT + b"[sweep]\nclient.intervl = 5s; 6s\n",
     r":14: \[sweep\] client.intervl: there is no key intervl in \[client\] \(did you mean interval\?\)"),
    ("bad value late in a sweep", HEAD + CLIENT + b"[sweep]\nclient.interval = 5s; 6s; 7\n",
     r":14: \[client\] interval: a time needs a unit"),
    ("profile that is none", HEAD.replace(b"linux", b"linus"),
     r":8: \[middlebox home\] profile: there is no middlebox profile \"linus\" \(did you mean linux\?\)"),
    ("profile unlike all", HEAD.replace(b"linux", b"quux-9000"),
     r":8: \[middlebox home\] profile: there is no middlebox profile \"quux-9000\"; `natnap profiles middlebox` lists them"),
    ("a list with commas", HEAD.replace(b"= home", b"= home, cgn"),
     r":5: \[path\] middleboxes: home, cgn: a name has letters, digits, - and _ only; a list is written cgn; home"),
    ("duplicate key", HEAD + CLIENT + b"interval = 6s\n", r":13: \[client\] interval stands twice: first at line 12"),
    ("duplicate group", HEAD + CLIENT + b"[path]\n", r":13: \"\[path\]\" stands twice: first at line 4"),
    ("binary garbage", bytes(range(256)) * 64, r":1: not a text file \(byte 0x00\)"),
    ("a program", open(NATNAP, "rb").read(1 << 20), r":1: not a text file"),
    ("not UTF-8", HEAD + b"# \xff\n", r":10: not UTF-8"),
    ("several values where one stands", HEAD + b"[client]\npolicy = fixed\ninterval = 30s; 2min\n",
     r":12: \[client\] interval: \"s; 2min\" after the number: one value stands here; several go into \[sweep\]"),
    ("distribution without its second value", HEAD.replace(b"middleboxes", b"delay = uniform 20ms\nmiddleboxes"),
     r":5: \[path\] delay: write it as uniform LOW HIGH"),
    ("comment behind a value", HEAD + b"[client]\npolicy = fixed\ninterval = 30s # half a minute\n",
     r":12: \[client\] interval: \"s # half a minute\" after the number: .* comments on lines of their own"),
]


def bad_scenarios(folder):
    path = os.path.join(folder, "bad.ini")
    for name, text, message in BAD:
        with open(path, "wb") as f:
            f.write(text)
        out = os.path.join(folder, "out")
        expect(name, ["run", path, "--out", out], 2, "^" + re.escape(path) + message)
        check(name + ": nothing written", not os.path.exists(out))
    with open(path, "wb") as f:
        f.truncate(100 << 20)
    begin = time.monotonic()
    expect("100 MB", ["run", path], 2, re.escape(path) + ": too large: more than 8 MiB")
    check("100 MB is refused at once", time.monotonic() - begin < 2)
    for name, text, message in [
            ("90000 states", HEAD + b"[radio]\nprofile = wired\n" + b"".join(b"[state s%d]\n" % i for i in range(90000)),
             "more than 12 states"),
            ("20000 middleboxes", b"[scenario]\nduration = 1h\n[path]\nmiddleboxes = " + b";".join(b"b%d" % i for i in range(20000))
             + b"\n" + b"".join(b"[middlebox b%d]\n" % i for i in range(20000)), "more than 8"),
            ("90000 keys", HEAD + b"[client]\n" + b"".join(b"k%d = 1\n" % i for i in range(90000)), "unknown key")]:
        with open(path, "wb") as f:
            f.write(text)
        begin = time.monotonic()
        expect(name, ["run", path], 2, message)
        check(name + " are refused in bearable time", time.monotonic() - begin < 10)
    expect("no such file", ["run", "/nonexistent.ini"], 2, "^/nonexistent.ini: No such file or directory")
    expect("a folder", ["run", folder], 2, "is a directory")


def outputs(folder):
    path = os.path.join(folder, "good.ini")
    with open(path, "wb") as f:
        f.write(HEAD + CLIENT)
    expect("a good scenario", ["run", path], 0, out="keepalives")
    expect("--set", ["run", path, "--set", "client.interval=5"], 2, r"^--set: \[client\] interval: a time needs a unit")
    blocked = os.path.join(folder, "file")
    open(blocked, "w").close()
    expect("--out that cannot be", ["run", path, "--out", os.path.join(blocked, "x")], 1, re.escape(blocked))
    with open("/dev/full", "wb") as full:
        for args in (["help"], ["--version"], ["profiles"], ["run", path, "--json"]):
            r = run(*args, stdout=full)
            check("full disk: " + args[0], r.returncode == 1 and b"No space left" in r.stderr or
                  b"disk full" in r.stderr and r.returncode == 1, r)
    read, write = os.pipe()
    os.close(read)
    r = run("run", path, stdout=write)
    os.close(write)
    check("closed pipe", r.returncode == -signal.SIGPIPE and b"output" not in r.stderr, r)
    r = run("--version", stdout=None, preexec_fn=lambda: os.close(1))
    check("closed standard output", r.returncode == 1 and b"standard output" in r.stderr, r)


def usage():
    expect("no command", [], 2, "Usage: natnap")
    expect("--help", ["--help"], 0, out="Usage: natnap(.|\n)*profiles")
    expect("--version", ["--version"], 0, out=r"natnap \d+\.\d+(.|\n)*GLib(.|\n)*json-glib(.|\n)*libpcap(.|\n)*libnet(.|\n)*MPI")
    expect("unknown command", ["rnu"], 2, r'unknown command "rnu" \(did you mean run\?\)')
    expect("unknown option", ["--jsn"], 2, r"unknown option")
    expect("unknown option of a command", ["profiles", "--jsno"], 2, r"did you mean --json\?")
    names = re.findall(r"^  ([a-z-]+) ", run("--help").stdout.decode().split("Commands:")[1].split("Options:")[0], re.M)
    for name in names:
        expect(name + " --help", [name, "--help"], 0, out=r"Usage:\n  natnap " + name)


def help_and_profiles():
    expect("help of a key", ["help", "interval"], 0, out=r"\[client\] interval  \(policy fixed\)\n +a time .*default 119min; 1ms")
    expect("help of a key that application profiles set", ["help", "interval"], 0,
           out=r"Application profiles that set it(.|\n)*fcm\s+28min(.|\n)*mqtt\s+60s")
    expect("never stands where it is taken", ["help", "answer-timeout"], 0, out=r"\(30s, never, 150%")
    expect("and not where it is refused", ["help", "reconnect-max"], 0, out=r"\(30s, 5min, 2h4min\); default 30min; 1s to 1d")
    expect("help of group.key", ["help", "middlebox.home.udp"], 0, out=r"^\[middlebox NAME\] udp\n")
    expect("help of a group", ["help", "server"], 0, out=r"^\[server\]: (.|\n)*\[server\] push\n")
    expect("help of a policy", ["help", "fixed"], 0, out=r"policy fixed: one keepalive every interval")
    expect("help of a word", ["help", "endpoint-independent"], 0, out=r"\[middlebox NAME\] mapping\n")
    expect("help of the policies", ["help", "policy"], 0, out=r"Policies:\n(.|\n)*  none ")
    expect("help of a profile", ["help", "lte-two-state"], 0, out="natnap profiles radio lte-two-state")
    expect("help of nothing", ["help", "intervl"], 2, r"did you mean interval\?")
    expect("help of all", ["help"], 0, out=r"\[scenario\](.|\n)*\[sweep\]")
    expect("the manual page", ["help", "--man"], 0, out=r"^\.TH NATNAP 1(.|\n)*\\-\\-json(.|\n)*\n\.SH EXIT STATUS")
    expect("help as JSON", ["help", "--json", "udp-stream"], 0, out=r'"key" : "udp-stream"')
    expect("profiles", ["profiles"], 0, out=r"^middlebox:\n(.|\n)*  linux (.|\n)*\nradio:\n(.|\n)*battery:\n(.|\n)*application:")
    expect("profiles of a kind", ["profiles", "radio"], 0, out=r"^radio:\n(.|\n)*lte-huang-2012")
    expect("a profile", ["profiles", "middlebox", "linux"], 0, out=r"\[middlebox\](.|\n)*All values(.|\n)*tcp-established = 5d")
    expect("a profile's unsure values", ["profiles", "middlebox", "pf-default"], 0, out=r"\nUnsure: mapping; (.|\n)*\n\? mapping = .*\n(.|\n)*\n  udp = 1min\n")
    expect("a profile that is none", ["profiles", "radio", "lte-huang"], 2, r"there is no radio profile")
    expect("a profile without its kind", ["profiles", "linux"], 2, r"did you mean natnap profiles middlebox linux\?")
    expect("a kind that is none", ["profiles", "radios"], 2, r"did you mean radio\?")


def profile_folder(folder):
    os.makedirs(os.path.join(folder, "p", "middlebox"))
    with open(os.path.join(folder, "p", "middlebox", "linux"), "w") as f:
        f.write("[middlebox]\nsource = mine\nudp = 77s\n")
    own = os.path.join(folder, "p")
    for args in (["--profiles", own, "profiles"], ["profiles", "--profiles=" + own]):
        expect(" ".join(args[:1]) + " with --profiles", [*args, "middlebox", "linux"], 0, out="udp = 77s")
    for name, base in (("snake", "tail"), ("tail", "snake")):
        with open(os.path.join(own, "middlebox", name), "w") as f:
            f.write(f"[middlebox]\nsource = mine\nbase = {base}\n")
    expect("a profile based on itself", ["check", "--profiles", own, "snake"], 2, r"/middlebox/(snake|tail):3: \[middlebox\] base: based on itself")
    expect("--profiles of no folder", ["--profiles", "/nonexistent", "profiles"], 2, r'there is no folder "/nonexistent"')
    expect("--profiles of another folder", ["profiles", "--profiles", os.path.join(own, "middlebox")], 2, "has none of the folders")
    expect("help of a command", ["help", "profiles"], 0, out="natnap profiles --help")


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w") as f:
        f.write(text)
    return path


SWEEP = HEAD.decode() + """[radio]
profile = lte-two-state
[battery]
profile = phone-3000mah
[client]
application = udp
policy = fixed
interval = 60s
[server]
push = poisson 12/h
[sweep]
client.interval = 30s; 60s; 2min
middlebox.home.udp-stream = 45s; 180s
"""


def result_files(folder):
    path = write(folder, "sweep.ini", SWEEP.replace("duration = 10min", "duration = 6h\nreplications = 3"))
    out = os.path.join(folder, "deep", "er")
    expect("--out and --timeline", ["run", path, "--out", out, "--timeline"], 0, out=r"recommended interval(.|\n)*45s")
    check("files of a run, and no others", sorted(os.listdir(out)) == ["cdf.csv", "run.json", "summary.csv", "timeline.csv"], os.listdir(out))
    rows = list(csv.DictReader(open(os.path.join(out, "summary.csv"), newline="")))
    doc = json.load(open(os.path.join(out, "run.json")))
    check("a row a point", len(rows) == 6 and len(doc["points"]) == 6, rows)
    check("swept values, as text and in seconds", [(r["client.interval"], r["middlebox.home.udp-stream_s"]) for r in rows][:3] ==
          [("30s", "45"), ("30s", "180"), ("60s", "45")], rows[:3])
    same = all(r[k] == "" and p[k] is None or float(r[k]) == p[k] for r, p in zip(rows, doc["points"])
               for k in r if isinstance(p[k], (float, type(None))))
    check("summary.csv and run.json hold the same numbers", same)
    check("provenance", doc["schema"] == "natnap-run/1" and doc["scenario"]["text"] == open(path).read() and doc["seed"] == 1 and
          "middlebox/linux" in doc["profiles"] and len(doc["scenario"]["sha256"]) == 64, doc.keys())
    head = open(os.path.join(out, "summary.csv")).readline().strip().split(",")
    check("each metric has its half-width", all(h + "_ci95" in head for h in ("energy_j", "reachable_fraction", "sessions_peak", "events")), head)
    again = os.path.join(folder, "again")
    run("run", path, "--out", again, "--jobs", "3", "--timeline")
    check("the same bytes with three threads", all(open(os.path.join(a, n), "rb").read() == open(os.path.join(out, n), "rb").read()
          for a in (again,) for n in os.listdir(out)))
    r = run("run", path, "--json")
    check("--json is what run.json holds", r.returncode == 0 and json.loads(r.stdout) == doc)
    lines = list(csv.reader(open(os.path.join(out, "timeline.csv"), newline="")))
    times = [float(x[0]) for x in lines[1:]]
    check("timeline.csv: in order, whole, to the end", len(lines) > 100 and all(len(x) == len(lines[0]) for x in lines) and
          times == sorted(times) and times[-1] == 6 * 3600, lines[:3])


def occupancy(folder):
    text = SWEEP[:SWEEP.index("[sweep]")].replace("profile = linux", "profile = linux\nshared = yes\ncapacity = 30\neviction = lru")
    path = write(folder, "shared.ini", text.replace("duration = 10min", "duration = 2h\nsubscribers = 40"))
    out = [os.path.join(folder, "shared", jobs) for jobs in "13"]
    for jobs, where in zip("13", out):
        run("run", path, "--out", where, "--timeline", "--jobs", jobs)
    rows = list(csv.DictReader(open(os.path.join(out[0], "occupancy.csv"), newline="")))
    summary = list(csv.DictReader(open(os.path.join(out[0], "summary.csv"), newline="")))[0]
    check("occupancy.csv: the run in 256 parts", len(rows) == 256 and float(rows[-1]["time_s"]) == 7200 and {r["middlebox"] for r in rows} == {"home"}, rows[-1:])
    check("its peak and its openings are the summary's", max(int(r["sessions_peak"]) for r in rows) == float(summary["sessions_peak"]) == 30 and
          sum(int(r["opened"]) for r in rows) == float(summary["sessions_created"]), summary)
    meters = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "scenarios", "carrier-meters.ini")
    both = [json.loads(run("run", meters, "--json", "--set", "middlebox.carrier.udp-stream=2min", "--set", "scenario.order=" + order).stdout)["points"]
            for order in ("auto", "global")]
    expect("an order that a shared carrier forbids", ["run", meters, "--set", "scenario.order=subscriber"], 2,
           r"--set: \[scenario\] order: subscriber is not possible: .*carrier")
    forced = write(folder, "forced.ini", "[scenario]\nduration = 1h\nsubscribers = 9\norder = subscriber\n[path]\nmiddleboxes = a\n"
                   "[middlebox a]\nshared = yes\naddresses = 192.0.2.1\n[client]\napplication = udp\npolicy = fixed\ninterval = 30s\n")
    expect("a middlebox with the server's address is told with its place", ["run", forced], 2,
           r"forced\.ini:9: \[middlebox a\] addresses: the server's address")
    expect("and so is an order that is not right", ["run", forced, "--set", "middlebox.a.addresses=203.0.113.1"], 2,
           r"forced\.ini:4: \[scenario\] order: subscriber is not possible: .*a: they share its external ports")
    check("a carrier's blocks are those in use at once, whatever the order", both[0] == both[1] and
          both[0][0]["blocks_peak"] == both[0][0]["sessions_peak"] < 200, [p[0]["blocks_peak"] for p in both])
    check("the same bytes with three threads", len({open(os.path.join(o, "occupancy.csv")).read() for o in out}) == 1)
    load_adds_up(folder)


def load_adds_up(folder):
    """load.csv, addresses.csv and occupancy.csv over all intervals are the summary's counts, in either order, cycles stepped over or not."""
    path = write(folder, "load.ini", """[scenario]
duration = 3h
subscribers = 60
[path]
middleboxes = nat
loss = 0.5%
[middlebox nat]
shared = yes
addresses = 198.51.100.0/31
ports = block 2048
block-allocation = deterministic
inside-first = 10.0.0.2
udp = 60s
udp-stream = 60s
sessions-per-subscriber = 1
[radio]
profile = lte-huang-2012
[client]
application = udp
policy = fixed
start = uniform 0s 90s
[server]
push = poisson 4/h daily 1 3
[mix]
client.interval = 45s 70%; 90s 30%
""")
    bytes_of = []
    for key in ("order=subscriber", "order=global", "skip=no"):
        where = os.path.join(folder, "load", key)
        r = run("run", path, "--set", "scenario." + key, "--out", where, "--timeline", "--jobs", "2")
        bytes_of.append([open(os.path.join(where, f)).read() if r.returncode == 0 else r.stderr
                         for f in ("load.csv", "addresses.csv", "occupancy.csv", "timeline.csv", "summary.csv")])
    check("load over time: the same bytes in either order, cycles stepped over or not", bytes_of[0] == bytes_of[1] == bytes_of[2], bytes_of[0][0])
    load, addresses, full, _, summary = [list(csv.DictReader(text.splitlines())) for text in bytes_of[0]]
    ends = [0] + [float(r["time_s"]) for r in load]
    wide = [b - a for a, b in zip(ends, ends[1:])]
    sums = {k: sum(float(r[k]) * w for r, w in zip(load, wide)) for k in load[0] if k.endswith("_per_s")}
    means = {"promotions_per_s": "radio_promotions", "pages_per_s": "radio_pages", "signalling_per_s": "signalling_messages",
             "pushes_per_s": "pushes_offered", "reconnects_per_s": "reconnects"}
    wrong = {k: (sums[k], 60 * float(summary[0][m])) for k, m in means.items() if abs(sums[k] - 60 * float(summary[0][m])) > 0.01}
    check("load.csv adds up to the summary", not wrong and sums["signalling_per_s"] > 0 and len(load) == 256 and
          abs(sums["packets_per_s"] - 60 * (float(summary[0]["packets_up"]) + float(summary[0]["packets_down"]))) < 0.01, wrong)
    check("and the rates of the summary are its means", all(abs(sums[k] / 10800 - float(summary[0][k])) < 1e-6 for k in
                                                            ("promotions_per_s", "pages_per_s", "signalling_per_s")), summary)
    of = {}
    for r in addresses:
        of[r["time_s"]] = [a + int(r[k]) for a, k in zip(of.get(r["time_s"], [0, 0]), ("sessions", "ports"))]
    check("addresses.csv: what lies on both together is in occupancy.csv", len({r["address"] for r in addresses}) == 2 and
          all(of[r["time_s"]] == [int(r["sessions"]), int(r["ports"])] for r in full), addresses[-2:])
    check("what is refused, and logged, is told by the interval", sum(int(r["refused"]) for r in full) == float(summary[0]["sessions_refused"]) and
          sum(int(r["log_records"]) for r in full) == float(summary[0]["log_records"]), full[-1])


def pcap(folder):
    path = write(folder, "tcp.ini", SWEEP[:SWEEP.index("[sweep]")].replace("= udp", "= tcp").replace("duration = 10min", "duration = 2h"))
    file = os.path.join(folder, "a.pcap")
    r = run("run", path, "--pcap", file, "--json")
    point = json.loads(r.stdout)["points"][0]
    data = open(file, "rb").read()
    magic, section, order = struct.unpack("<III", data[:12])
    check("pcap is pcapng", (magic, order) == (0x0a0d0d0a, 0x1a2b3c4d), (hex(magic), hex(order)))
    at, last, n, bad, ports, up, links = section, 0, 0, [], set(), 0, []
    while at < len(data):
        kind, size = struct.unpack("<II", data[at:at + 8])
        body, at = data[at + 8:at + size - 4], at + size
        if kind == 1:
            links.append((struct.unpack("<H", body[:2])[0], b"device" in body, b"\x09\0\x01\0\x09" in body))
        if kind != 6:
            continue
        _, high, low, cap, full = struct.unpack("<5I", body[:20])
        p, n, stamp = body[20:20 + cap], n + 1, high << 32 | low
        total = sum(struct.unpack(">10H", p[:20]))
        total = (total & 0xffff) + (total >> 16)
        if p[0] != 0x45 or p[9] != 6 or struct.unpack(">H", p[2:4])[0] != full or (total & 0xffff) + (total >> 16) != 0xffff or stamp < last:
            bad.append(n)
        last = stamp
        up += p[12] == 10
        ports.add(struct.unpack(">HH", p[20:24]))
    check("one interface, the device's, raw IP in nanoseconds", links == [(101, True, True)], links)
    check("pcap records: IPv4, TCP, length, header checksum, time order", not bad and at == len(data), bad[:10])
    check("pcap holds what the device sent and received", (up, n - up) == (point["packets_up"], point["packets_down"]), (n, up, point["packets_up"]))
    check("pcap: one flow, both ways", len(ports) == 2, ports)
    expect("--pcap of two", ["run", path, path, "--pcap", file], 2, "--pcap takes one scenario")
    expect("--pcap to a full disk", ["run", path, "--pcap", "/dev/full"], 1, "^/dev/full: ", out="energy_j")


def headline(folder):
    """A sweep in which no radio spends anything is told by what went wrong."""
    path = write(folder, "pool.ini", "[scenario]\nduration = 6h\n[path]\nmiddleboxes = fw\n[middlebox fw]\nkind = firewall\ntracker = simple\n"
                 "tcp-established = 5min\n[client]\napplication = tcp\nreport = periodic 8min\nreport-answer = 100B\n"
                 "[sweep]\nclient.tcp-keepalive = never; 2min\n")
    r = run("run", path)
    said = re.match(r"Of 2 points fewest requests (?:fail|meet a dead connection), 0 %, with client.tcp-keepalive = 2min; "
                    r"most, [1-9][\d.]* %, with client.tcp-keepalive = never\.\n", r.stdout.decode())
    check("a sweep without a radio is told by what went wrong", r.returncode == 0 and said, r)


def several(folder):
    a = write(folder, "one.ini", SWEEP[:SWEEP.index("[sweep]")])
    b = write(folder, "two.ini", SWEEP[:SWEEP.index("[sweep]")].replace("interval = 60s", "interval = 90s"))
    os.makedirs(os.path.join(folder, "sub"), exist_ok=True)
    c = write(os.path.join(folder, "sub"), "one.ini", SWEEP)
    out = os.path.join(folder, "several")
    expect("two scenarios", ["run", a, b, "--out", out], 0, out=r"scenario .*\n +one .*\n +two ")
    check("a folder each", sorted(os.listdir(out)) == ["one", "two"] and os.path.exists(os.path.join(out, "two", "summary.csv")))
    doc = json.loads(run("run", a, b, "--json").stdout)
    check("two as JSON: one document", doc["schema"] == "natnap-runs/1" and len(doc["runs"]) == 2, doc.keys())
    other = os.path.join(folder, "clash")
    expect("two of one name", ["run", a, c, "--out", other], 2, "one.ini and .*one.ini would both be written to one")
    check("two of one name: nothing written", not os.path.exists(other))
    bad = write(folder, "bad2.ini", "[scenario]\nduration = 1h\nfoo = 1\n")
    expect("a bad one among good ones", ["run", a, bad, "--out", other], 2, r"bad2.ini:3: \[scenario\] foo")
    check("a bad one among good ones: nothing written", not os.path.exists(other))
    for option in ("--jobs", "--replications"):
        for value in ("0", "-1", "x"):
            expect(f"{option} {value}", ["run", a, option, value], 2)
    expect("--seed", ["run", a, "--seed", "-1"], 2, "seed")
    crowd = write(folder, "crowd.ini", "[scenario]\nduration = 1h\nsubscribers = 100000000\norder = global\n" + CLIENT.decode())
    if os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGESIZE") < 30e9:
        expect("more subscribers than memory", ["run", crowd], 2, r"crowd\.ini:3: \[scenario\] subscribers: the global order keeps every subscriber in memory")
    grid = write(folder, "grid.ini", SWEEP.replace("30s; 60s; 2min", "linear 1s 1h 1000000000"))
    expect("a sweep without end", ["run", grid], 2, r"\[sweep\] client.interval: 1000000000 is too large: at most 10000")
    expect("--timeline without --out", ["run", a, "--timeline"], 2, "--timeline needs --out")


def full_disk(folder):
    """A disk that takes only so many bytes: nothing of a file that did not fit stays, the table is shown all the same."""
    path = write(folder, "full.ini", SWEEP.replace("duration = 10min", "duration = 1h"))
    disk, mounted = os.path.join(folder, "disk"), False
    os.makedirs(disk)
    if os.geteuid() == 0:
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", disk], stderr=subprocess.DEVNULL).returncode == 0

    def limit():
        if not mounted:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    try:
        r = run("run", path, "--out", os.path.join(disk, "x"), preexec_fn=limit)
        left = [os.path.join(d, f) for d, _, files in os.walk(disk) for f in files]
        # the journal stays, so that --resume can write them where there is room
        whole = all(open(f, "rb").read().endswith(b"\n") and f.endswith(".csv") for f in left if os.path.basename(f) != "natnap.journal")
        check("full disk: exit status, reason, table", r.returncode == 1 and re.search(rb"run\.json: (No space left|File too large)|summary.csv: (No space|File too)", r.stderr) and
              b"battery" in r.stdout, r)
        check("full disk: no half file", whole, left)
    finally:
        if mounted:
            subprocess.run(["umount", disk])


def interrupted(folder):
    base = HEAD.decode().replace("duration = 10min", "duration = 24h\nreplications = %d").replace("middleboxes", "loss = 1%%\nmiddleboxes")
    text = base + "[client]\napplication = udp\npolicy = fixed\ninterval = %s\n[server]\npush = poisson 60/h\n"
    path, out = write(folder, "long.ini", text % (50000, "10s")), os.path.join(folder, "part")
    for number in (signal.SIGINT, signal.SIGTERM):
        p = subprocess.Popen([NATNAP, "run", path, "--out", out, "--force"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(0.7)
        p.send_signal(number)
        begin = time.monotonic()
        stdout, stderr = p.communicate(timeout=20)
        took = time.monotonic() - begin
        missing = re.search(rb"interrupted: (\d+) replications are missing", stderr)
        rows = list(csv.DictReader(open(os.path.join(out, "summary.csv"), newline="")))
        doc = json.load(open(os.path.join(out, "run.json")))
        name = signal.Signals(number).name
        check(f"{name}: status 1, what is missing, soon", p.returncode == 1 and missing and took < 5, (p.returncode, stderr, took))
        check(f"{name}: complete partial results", missing and int(rows[0]["replications"]) + int(missing[1]) == 50000 and
              doc["replications_missing"] == int(missing[1]) and b"keepalives_sent" in stdout and
              (rows[0]["energy_j"] != "") == (int(rows[0]["replications"]) > 0), (rows[0]["replications"], missing))
        check(f"{name}: no other files", sorted(os.listdir(out)) == ["cdf.csv", "natnap.journal", "run.json", "summary.csv"], os.listdir(out))
    partial_beside_whole(folder, path)
    one = write(folder, "huge.ini", text.replace("duration = 24h", "duration = 3650d") % (1, "1s"))
    p = subprocess.Popen([NATNAP, "run", one], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(0.5)
    p.send_signal(signal.SIGINT)
    begin = time.monotonic()
    stdout, stderr = p.communicate(timeout=20)
    check("Ctrl-C in the middle of one long replication", p.returncode == 1 and b"interrupted: 1 replications" in stderr and
          time.monotonic() - begin < 5, stderr)
    p = subprocess.Popen([NATNAP, "run", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(0.3)
    p.stdout.close()
    p.send_signal(signal.SIGINT)
    status = p.wait(timeout=20)
    said = p.stderr.read()
    check("nobody reads the results", status == -signal.SIGPIPE and b"interrupted" in said and b"output" not in said, (status, said))


def cut_short(*args):
    """Run with these arguments, interrupt it, return what it says on standard error."""
    p = subprocess.Popen([NATNAP, "run", *args], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    time.sleep(0.7)
    p.send_signal(signal.SIGINT)
    return p.communicate(timeout=20)[1]


def bytes_of(folder):
    return {name: open(os.path.join(folder, name), "rb").read() for name in os.listdir(folder)
            if name not in ("partial", "natnap.journal")}


def partial_beside_whole(folder, path):
    """path: 50000 replications. A whole result stays as it is when its rerun is interrupted."""
    out, pcap = os.path.join(folder, "whole"), os.path.join(folder, "whole.pcap")
    check("a whole run", run("run", path, "--replications", "2", "--out", out, "--timeline", "--pcap", pcap).returncode == 0)
    before = bytes_of(out)
    message = cut_short(path, "--out", out, "--timeline")
    doc = json.load(open(os.path.join(out, "partial", "run.json")))
    check("an interrupted rerun leaves the whole result", bytes_of(out) == before and sorted(before) == ["cdf.csv", "run.json", "summary.csv", "timeline.csv"],
          sorted(bytes_of(out)))
    check("and writes its own beside it, and says so", doc["replications_missing"] > 0 and b"whole/partial" in message, message)
    check("again", b"whole/partial" in cut_short(path, "--out", out, "--timeline", "--force") and bytes_of(out) == before)
    os.remove(os.path.join(out, "run.json"))
    before = bytes_of(out)
    check("a summary of which nothing else is known stays too", b"whole/partial" in cut_short(path, "--out", out, "--force") and bytes_of(out) == before)
    check("a whole rerun takes the place", run("run", path, "--replications", "3", "--out", out, "--force").returncode == 0 and
          json.load(open(os.path.join(out, "run.json")))["replications"] == 3)
    check("and what was partial goes", not os.path.exists(os.path.join(out, "partial")), os.listdir(out))
    long = write(folder, "long-first.ini", open(path).read().replace("duration = 24h", "duration = 3650d"))
    with open(pcap, "rb") as f:
        before = f.read()
    message = cut_short(long, "--replications", "1", "--pcap", pcap)
    with open(pcap, "rb") as f:
        check("a capture that was not finished leaves the one that was", f.read() == before and b"whole.pcap" in message, message)


def anywhere(folder):
    os.makedirs(os.path.join(folder, "own"))
    write(os.path.join(folder, "own"), "mine", "[middlebox]\nsource = mine\nudp = 33s\nudp-stream = 33s\n")
    path = write(folder, "rel.ini", HEAD.decode().replace("profile = linux", "profile = own/mine") + CLIENT.decode())
    for cwd, name in ((folder, "rel.ini"), ("/", path), (os.path.join(folder, "own"), "../rel.ini")):
        r = run("run", name, "--json", cwd=cwd)
        check("from " + ("/" if cwd == "/" else os.path.relpath(cwd, folder)), r.returncode == 0 and
              json.loads(r.stdout)["points"][0]["bindings_expired"] > 0, r)


def digits(folder):
    """Names of files may begin with a digit, for scenarios as for the files that keys name; what reads as a value is one."""
    folder = os.path.join(folder, "digits")
    os.mkdir(folder)
    for name, text in (("12", HEAD + CLIENT), ("3times.csv", b"60s\n120s\n"), ("5min", b"1s\n")):
        with open(os.path.join(folder, name), "wb") as f:
            f.write(text)

    def pushes(value):
        r = run("run", "12", "--json", "--set", f"server.push=times {value}", cwd=folder)
        return json.loads(r.stdout)["points"][0]["pushes_offered"] if r.returncode == 0 else r.stderr.decode()

    got = [pushes(x) for x in ("3times.csv", "5min", "./5min", "4times.csv")]
    check("files whose names begin with digits", got[:3] == [2, 1, 1] and "unknown unit" in got[3], got)
    r = run("run", "12", "--json", "--set", "path.delay=empirical 3times.csv", cwd=folder)
    check("of distributions too", r.returncode == 0, r.stderr)


WEEK = b"""[scenario]
duration = 7d
[path]
middleboxes = nat
delay = 20ms
[middlebox nat]
tracker = simple
udp = 10min
udp-stream = 10min
tcp-established = 10min
[radio]
profile = lte-two-state
[server]
push = poisson 1/h
"""


def skipping(folder):
    """Every policy over a week: whole cycles stepped over or not, the same bytes."""
    path = os.path.join(folder, "week.ini")
    with open(path, "wb") as f:
        f.write(WEEK)
    names = re.findall(r"^  ([a-z0-9-]+) ", run("help", "policy").stdout.decode().split("Policies:")[1], re.M)
    check("there are policies", len(names) > 15, names)
    for name in names:
        got = []
        for skip in ("yes", "no"):
            out = os.path.join(folder, f"week-{name}-{skip}")
            application = "tcp" if name == "tcp-keepalive" else "stun"
            r = run("run", path, "--out", out, "--set", f"client.application={application}", "--set", f"client.policy={name}", "--set", f"scenario.skip={skip}")
            with open(os.path.join(out, "summary.csv"), "rb") as f:
                got.append(f.read() + r.stdout.replace(out.encode(), b""))
        check(f"a week of {name}: skipping changes no byte", got[0] == got[1] and len(got[0]) > 1000, got)


with tempfile.TemporaryDirectory() as tmp:
    usage()
    help_and_profiles()
    profile_folder(tmp)
    bad_scenarios(tmp)
    outputs(tmp)
    result_files(tmp)
    occupancy(tmp)
    pcap(tmp)
    headline(tmp)
    several(tmp)
    full_disk(tmp)
    interrupted(tmp)
    anywhere(tmp)
    digits(tmp)
    skipping(tmp)
plan()
