#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Ends as real programs: each recording of tests/ends played, its facts measured on `natnap run --trace FILE`. Prints TAP.

A recording holds what a real program did behind a real NAT (`expect`: facts, each with its tolerance and the measure of
ends/measures.py that gave it) and the scenario that a user would write for it (`natnap`).
"""
import csv
import glob
import json
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import NATNAP, check, plan  # noqa: E402

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "ends")
sys.path.insert(0, HERE)
import measures  # noqa: E402

HEAD = "time_s,end,what,proto,flags,len,sport,dport,seq,ack,note"
OTHER = {"client": "server", "server": "client"}


def write(folder, files):
    for name, text in files.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
            f.write(text)


def run(*args):
    return subprocess.run([NATNAP, "run", *args], capture_output=True, text=True, timeout=60, check=False)


def read_trace(path):
    """What both ends saw, and what they noticed."""
    seen, events = {"client": [], "server": []}, []
    with open(path, newline="", encoding="utf-8") as f:
        for row in csv.DictReader(f):
            t, end = float(row["time_s"]), row["end"]
            if row["what"] == "note":
                events.append({"t": t, "who": end, "what": row["note"]})
                continue
            sender = "nat" if row["proto"] == "icmp" else end if row["what"] == "send" else OTHER[end]
            numbers = {k: int(row[k] or 0) for k in ("len", "sport", "dport", "seq", "ack")}
            seen[end].append({"t": t, "from": sender, "proto": row["proto"], "flags": row["flags"], **numbers})
    return measures.Seen(seen["client"], seen["server"], events, True)


def agree(real, ours, tolerance):
    if real is None or ours is None:
        return real == ours
    if isinstance(real, list):
        return len(real) == len(ours) and all(agree(a, b, tolerance) for a, b in zip(real, ours))
    room = abs(real) * float(tolerance[:-1]) / 100 + 0.03 if tolerance.endswith("%") else float(tolerance)
    return abs(real - ours) <= room + 1e-9


def play(recording):
    """The facts that differ, a line each."""
    with tempfile.TemporaryDirectory() as folder:
        write(folder, {"scenario.ini": recording["natnap"]["scenario"], **recording["natnap"]["files"]})
        r = run(f"{folder}/scenario.ini", "--trace", f"{folder}/trace.csv")
        if r.returncode:
            return [r.stderr.strip()]
        seen = read_trace(f"{folder}/trace.csv")
    bad = []
    for fact in recording["expect"]:
        ours = getattr(measures, fact["measure"])(seen, **{**fact["args"], **fact.get("sim_args", {})})
        if not agree(fact["value"], ours, fact["tolerance"]):
            bad.append(f"{fact['fact']}: really {fact['value']} (+- {fact['tolerance']}), natnap {ours}")
    return bad


KEEPALIVES = """[scenario]
duration = 10min
subscribers = 2
replications = 2

[path]
middleboxes = home
delay = 10ms

[middlebox home]
profile = linux

[client]
application = tcp
policy = fixed
interval = 1min

[server]
push = periodic 4min
"""


def check_trace():
    """The file itself: its head, no cycles stepped over, only the first subscriber, whole or not at all."""
    with tempfile.TemporaryDirectory() as folder:
        write(folder, {"a.ini": KEEPALIVES, "bad.ini": KEEPALIVES + "no-such-key = 1\n"})
        r = run(f"{folder}/a.ini", "--trace", f"{folder}/a.csv")
        check("a trace is written", r.returncode == 0, r.stderr)
        with open(f"{folder}/a.csv", encoding="utf-8") as f:
            lines = f.read().splitlines()
        check("with the columns of the contract", lines[0] == HEAD and all(x.count(",") == 10 for x in lines), lines[0])
        seen = read_trace(f"{folder}/a.csv")
        times = [float(x.split(",")[0]) for x in lines[1:]]
        check("in the order of time", times == sorted(times))
        data = measures.select(seen, kind="data", max_len=1, conn=0)
        check("each keepalive stands there: no cycles are stepped over", len([p for p in data if p["len"] == 1]) >= 9, data)
        check("one SYN: of one subscriber alone", measures.count(seen, kind="syn") == 1)
        check("what the client noticed", {"keepalive", "opened", "delivered"} <= {e["what"] for e in seen.events}, seen.events)
        plain = run(f"{folder}/a.ini", "--json").stdout
        check("the numbers are those without it", run(f"{folder}/a.ini", "--json", "--trace", f"{folder}/b.csv").stdout == plain)
        r = run(f"{folder}/bad.ini", "--trace", f"{folder}/bad.csv")
        check("a bad scenario leaves no file", r.returncode == 2 and not os.path.exists(f"{folder}/bad.csv"), r.stderr)
        check("nor anything beside it", sorted(os.listdir(folder)) == ["a.csv", "a.ini", "b.csv", "bad.ini"], os.listdir(folder))
        r = run(f"{folder}/a.ini", f"{folder}/bad.ini", "--trace", f"{folder}/bad.csv")
        check("one scenario at a time", r.returncode == 2 and "--trace takes one scenario" in r.stderr, r.stderr)
        r = run(f"{folder}/a.ini", "--trace", f"{folder}/none/a.csv")
        check("where it cannot be written, that is said", r.returncode == 1 and "none/a.csv" in r.stderr, r.stderr)


def main():
    check_trace()
    for path in sorted(glob.glob(f"{HERE}/*.json")):
        with open(path, encoding="utf-8") as f:
            recording = json.load(f)
        bad = play(recording)
        check(f"{recording['name']}: {recording['about']}", not bad, "\n".join(bad))
    plan()


main()
