#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""natnap run --sensitivity on the command line: documents, files, statuses, messages. Prints TAP."""
import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import NATNAP, check, plan, verdict  # noqa: E402

TEXT = """[scenario]
title = A client behind a NAT
duration = 6h
replications = 2
[path]
middleboxes = nat
[middlebox nat]
tracker = simple
udp = 60s
udp-stream = 60s
[radio]
profile = lte-huang-2012
[battery]
profile = phone-3000mah
[client]
application = udp
policy = fixed
interval = 30s
"""
SWEEP = """[server]
push = poisson 4/h
[sweep]
client.interval = geometric 20s 20min 6
middlebox.nat.udp-stream = 30s; 60s; 2min
middlebox.nat.on-expiry = silent
"""

tmp = tempfile.TemporaryDirectory()


def write(name, text):
    path = os.path.join(tmp.name, name)
    with open(path, "w") as f:
        f.write(text)
    return path


def run(*args, **more):
    r = subprocess.run([NATNAP, "run", *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, **more)
    return r.returncode, r.stdout.decode(), r.stderr.decode()


def document(*args):
    status, out, err = run(*args, "--json")
    return status, json.loads(out) if out else None, err


def of(doc, metric, key):
    """What a document says of a metric and a key."""
    rows = [m for m in doc["metrics"] if m["metric"] == metric][0]["keys"]
    return [r for r in rows if r["key"] == key][0]


def holds(row, index, value):
    """Is the value within the index's interval?"""
    return row[index + "_low"] - 1e-9 <= value <= row[index + "_high"] + 1e-9


plain = write("plain.ini", TEXT)
swept = write("swept.ini", TEXT + SWEEP)
no_radio = write("no-radio.ini", re.sub(r"\[radio\]\n.*\n\[battery\]\n.*\n", "", TEXT))

# ---- a key that does all, one that does nothing ------------------------------------------------------------------------------------

KEYS = "client.interval=20s..20min; middlebox.nat.tcp-established=1min..2h; battery.capacity=2000mAh..4000mAh"
status, doc, err = document(plain, "--sensitivity", KEYS, "--samples", "128")
every = {k["key"]: k for k in doc["keys"]}
interval = of(doc, "energy_j", "client.interval")
capacity = of(doc, "energy_j", "battery.capacity")
tcp = of(doc, "energy_j", "middlebox.nat.tcp-established")
check("the document", status == 0 and doc["schema"] == "natnap-sensitivity/1" and doc["complete"] and doc["seed"] == 1, err)
check("what does all has all of the variance", holds(interval, "first_order", 1.0) and holds(interval, "total", 1.0), interval)
check("... falls as it grows", interval["mu"] < -0.9 * interval["mu_star"], interval)
check("what does nothing is put aside", not every["middlebox.nat.tcp-established"]["matters"] and tcp["mu_star"] == 0
      and tcp["mu_star_high"] == 0 and tcp["total"] is None, tcp)
check("what matters elsewhere alone has an index of 0 here", every["battery.capacity"]["matters"] and not capacity["matters"]
      and holds(capacity, "first_order", 0.0) and holds(capacity, "total", 0.0), capacity)
check("... and one of its own there", of(doc, "battery_percent_per_day", "battery.capacity")["total_low"] > 0.01, doc)
check("mean and deviation", 1000 < doc["metrics"][0]["mean"] < 10000 and doc["metrics"][0]["standard_deviation"] > 1000, doc["metrics"][0])
check("keys are ranked", doc["metrics"][0]["keys"][0]["key"] == "client.interval", doc["metrics"][0])
check("wide ranges are sampled by their logarithm", [every[k]["scale"] for k in sorted(every)] ==
      ["linear", "logarithm", "logarithm"], every)
check("ends of ranges in seconds", every["client.interval"]["from_s"] == 20 and every["client.interval"]["to_s"] == 1200, every)
check("how much there is to do is said before", "128 trajectories" not in err and "32 points, 64 simulations" in err
      and "of 3 keys 2 matter: 512 points for Sobol's indices, 1024 simulations" in err, err)
check("the metrics", [m["metric"] for m in doc["metrics"]] ==
      ["energy_j", "battery_percent_per_day", "reachable_fraction", "radio_promotions"], doc["metrics"])

status, doc, err = document(no_radio, "--sensitivity", "client.interval=20s..20min", "--samples", "32")
check("without a radio: packets", status == 0 and [m["metric"] for m in doc["metrics"]] == ["packets_up", "reachable_fraction"], doc)
status, doc, err = document(no_radio, "--sensitivity", "middlebox.nat.tcp-established=1min..2h", "--samples", "32")
check("nothing matters", status == 0 and doc["rows"] == 0 and not doc["metrics"][0]["varies"], err)
status, doc, err = document(plain, "--sensitivity=client.interval=20s..60s;path.loss=0..5%", "--samples", "16")
check("0 needs no unit", status == 0 and [k["from"] for k in doc["keys"]] == ["20s", "0%"], err)
status, doc, err = document(plain, "--sensitivity", "middlebox.nat.capacity=1..4; client.interval=30s..50s", "--samples", "16")
check("whole numbers", status == 0 and doc["points"] < 4 * 3 + 16 * 3, err)

# ---- what is swept ----------------------------------------------------------------------------------------------------------------

status, doc, err = document(swept, "--sensitivity", "--samples", "32")
check("without keys: the numbers that are swept", status == 0 and [k["key"] for k in doc["keys"]] ==
      ["client.interval", "middlebox.nat.udp-stream"] and doc["where"] == "middlebox.nat.on-expiry = silent", err)
check("pushes lost, where there are pushes", "pushes_lost" in [m["metric"] for m in doc["metrics"]], doc["metrics"])
again = document("--sensitivity", swept, "--samples", "32")[1]
check("before the scenario's name", again == doc, again)
status, doc, err = document(swept, "--sensitivity=client.interval", "--samples", "16")
check("one analysis for each value of what else is swept", status == 0 and doc["schema"] == "natnap-sensitivities/1"
      and [d["where"].split(", ")[0] for d in doc["sensitivities"]] ==
      ["middlebox.nat.udp-stream = " + t for t in ("30s", "60s", "2min")], doc)

# ---- files, threads ---------------------------------------------------------------------------------------------------------------


def files_of(out):
    return {name: open(os.path.join(out, name), "rb").read() for name in sorted(os.listdir(out))}


ASK = ["--sensitivity", "--samples", "64"]
one, three = os.path.join(tmp.name, "one"), os.path.join(tmp.name, "three")
first, second = run(swept, *ASK, "--jobs", "1", "--out", one), run(swept, *ASK, "--jobs", "3", "--out", three)
check("the same for any number of threads", first == second and files_of(one) == files_of(three), first[2])
check("the table", re.search(r"^  client\.interval +20s +20min +by the logarithm$", first[1], re.M)
      and re.search(r"^reachable_fraction: .*\n +key +mu\*", first[1], re.M), first[1])
rows = list(csv.DictReader(open(os.path.join(one, "sensitivity.csv"))))
doc = json.load(open(os.path.join(one, "sensitivity.json")))
check("the CSV says the same as the document", len(rows) == 10 and all(
    float(r["total"]) == of(doc, r["metric"], r["key"])["total"] for r in rows if r["total"]), rows)
if shutil.which("gnuplot"):
    svg = files_of(one).get("tornado.svg", b"").decode()
    check("the figure", svg.startswith("<?xml") and "client.interval" in svg and "reachable_fraction" in svg, svg[:200])
else:
    verdict("the figure", True, directive="SKIP no gnuplot")
bare = os.path.join(tmp.name, "bare")
status, out, err = run(swept, *ASK, "--out", bare, env={**os.environ, "PATH": ""})
check("without gnuplot", status == 0 and "no figure" in err and sorted(os.listdir(bare)) ==
      ["sensitivity.csv", "sensitivity.json"], err)

# ---- stopped ----------------------------------------------------------------------------------------------------------------------

child = subprocess.Popen([NATNAP, "run", swept, "--sensitivity", "--samples", "100000", "--set", "scenario.duration=1d", "--json", "--out", one],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
child.stderr.readline()  # the unsure numbers of its profiles
child.stderr.readline()  # the screening, of few points as there are few levels
child.stderr.readline()  # the second step has begun
child.send_signal(signal.SIGINT)
out, err = (s.decode() for s in child.communicate(timeout=60))
doc = json.loads(out)
check("interrupted: what is known, status 1", child.returncode == 1 and not doc["complete"] and doc["trajectories"] == 6250
      and doc["rows"] < 100000 and "interrupted" in err, f"{child.returncode} {err}")
check("... a whole result stays", json.load(open(os.path.join(one, "sensitivity.json")))["complete"], err)
check("... the part goes beside it", json.load(open(os.path.join(one, "partial", "sensitivity.json"))) == doc, err)

# ---- bad input --------------------------------------------------------------------------------------------------------------------

BAD = [
    ("no such key", [plain, "--sensitivity=client.intervall=1s..2s"], r"--sensitivity \"client\.intervall=1s\.\.2s\": there is no key"),
    ("a key without range or sweep", [plain, "--sensitivity=client.interval"], r"write its range, client\.interval=LO\.\.HI"),
    ("nothing swept", [plain, "--sensitivity"], "the scenario sweeps no numbers"),
    ("a name", [plain, "--sensitivity=client.policy=1..2"], "names have no order"),
    ("a range upside down", [plain, "--sensitivity=client.interval=50s..5s"], "50s is more than 5s"),
    ("a range of one value", [plain, "--sensitivity=client.interval=5s..5s"], "two ends that differ"),
    ("no unit", [plain, "--sensitivity=client.interval=5..50s"], "a time needs a unit"),
    ("an end that the key does not take", [plain, "--sensitivity=client.interval=0s..1h"], r"--sensitivity: \[client\] interval: .*out of range"),
    ("a key twice", [plain, "--sensitivity=client.interval=5s..1h;client.interval=5s..1h"], "stands twice"),
    ("a middlebox that is not there", [plain, "--sensitivity=middlebox.cgn.udp=5s..1h"], r"\[middlebox cgn\] udp: not used"),
    ("too few samples", [swept, "--sensitivity", "--samples", "1"], "--samples takes a number from 2 on"),
    ("samples of nothing", [swept, "--samples", "64"], "goes with --sensitivity"),
    ("two scenarios", [swept, plain, "--sensitivity"], "--sensitivity takes one scenario"),
    ("with a timeline", [swept, "--sensitivity", "--timeline", "--out", bare], "--sensitivity goes with none of"),
    ("no scenario", ["--sensitivity"], "no scenario given"),
]
for name, args, message in BAD:
    status, out, err = run(*args)
    check("bad input: " + name, status == 2 and out == "" and re.search(message, err) is not None, f"{status} {err}")

plan()
