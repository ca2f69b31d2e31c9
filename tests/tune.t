#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""natnap tune and the recommendation of natnap run on the command line: documents, files, statuses, messages. Prints TAP."""
import csv
import json
import os
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import NATNAP, check, plan  # noqa: E402

TEXT = """[scenario]
duration = 6h
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
[server]
push = poisson 4/h
"""
CARRIER = """[scenario]
duration = 6h
subscribers = 200
[path]
middleboxes = cgn
[middlebox cgn]
profile = cgn-rfc6888
addresses = 203.0.113.1
port-range = 1024-1087
ports = random
udp = 2min
udp-stream = 2min
[client]
application = udp
policy = on-need
need = 20min
start = exponential 20min
"""

tmp = tempfile.TemporaryDirectory()


def write(name, text):
    path = os.path.join(tmp.name, name)
    with open(path, "w") as f:
        f.write(text)
    return path


def run(*args):
    r = subprocess.run([NATNAP, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    return r.returncode, r.stdout.decode(), r.stderr.decode()


def document(*args):
    status, out, err = run("tune", *args, "--json")
    return status, json.loads(out) if out else None, err


plain = write("plain.ini", TEXT)
carrier = write("carrier.ini", CARRIER)

# ---- the document ------------------------------------------------------------------------------------------------------------------

status, doc, err = document(plain)
best = doc["recommended"]
check("schema and status", status == 0 and doc["schema"] == "natnap-tune/1", f"{status} {err}")
check("unsure numbers in one line and nothing else", re.fullmatch(r"natnap: unsure numbers of profiles: .*\n", err)
      and sorted(doc["unsure"]) == ["battery/phone-3000mah", "radio/lte-huang-2012"] and all(p in err for p in doc["unsure"]), err)
check("targets as asked", doc["targets"]["reachable"] == 0.999 and doc["targets"]["bindings_lost_per_day"] == 0
      and doc["targets"]["minimise"] == "energy", doc["targets"])
check("values as text and in seconds", best["values"] == {"client.interval": "58s", "client.interval_s": 58.0}, best["values"])
check("metrics beside their intervals", all(m in best and m + "_ci95" in best for m in
      ("energy_j", "reachable_fraction", "battery_percent_per_day", "radio_promotions")), list(best)[:8])
check("no binding lost", best["bindings_expired"] == 0.0, best["bindings_expired"])
check("confidence and margin", 0 < best["violation_probability"] <= 0.05 and best["margin_s"] >= 1.2
      and 0 <= best["neighbour_better_probability"] <= 1, best)
check("longer intervals are cheaper, but miss the targets: they are no rivals", best["neighbour_better_probability"] < 0.1, best)
check("front has keys and metrics", len(doc["front"]) > 2 and all("client.interval" in r and "client.interval_s" in r
      and "energy_j" in r for r in doc["front"]), doc["front"][:1])
check("front holds the recommended value", any(r["client.interval"] == "58s" for r in doc["front"]))
costs = [r["energy_j"] for r in doc["front"]]
check("front rises in energy", costs == sorted(costs), costs)
check("each target's cost", {v["target"] for v in doc["variants"]} == {"reachable", "bindings-lost"}, doc["variants"])
again = document(plain)[1]
check("the same again, whatever the threads", document(plain, "-j", "1")[1] == again == doc)
check("another seed is another search", document(plain, "--seed", "7")[1]["recommended"]["energy_j"] != best["energy_j"])

# ---- files --------------------------------------------------------------------------------------------------------------------------

folder = os.path.join(tmp.name, "out")
status, out, err = run("tune", plain, "--out", folder)
with open(os.path.join(folder, "front.csv")) as f:
    rows = list(csv.DictReader(f))
with open(os.path.join(folder, "tune.json")) as f:
    written = json.load(f)
check("files hold what is printed", status == 0 and written["front"] == doc["front"] and len(rows) == len(doc["front"])
      and [float(r["energy_j"]) for r in rows] == costs, err)
check("text names the value", "recommended: client.interval = 58s" in out and "what each target costs" in out and "(as asked)" in out, out)

# ---- targets ------------------------------------------------------------------------------------------------------------------------

allowed = document(plain, "--bindings-lost", "any", "--reachable", "50%")[1]["recommended"]
check("allowed losses make it longer", allowed["client.interval_s"] > 60 if "client.interval_s" in allowed
      else allowed["values"]["client.interval_s"] > 60, allowed["values"])
fewest = document(plain, "--minimise", "packets")[1]
check("packets instead of energy", fewest["targets"]["minimise"] == "packets"
      and fewest["recommended"]["values"]["client.interval_s"] > 55, fewest["recommended"]["values"])
both = document(plain, "--minimise", "energy + 0.5packets")[1]
check("a weighted sum", both["targets"]["minimise"] == "energy + 0.5 packets"
      and both["recommended"]["values"]["client.interval_s"] > 55, both["targets"])
no_radio = write("no-radio.ini", re.sub(r"\[radio\].*?(?=\[client\])", "", TEXT, flags=re.S))
without = document(no_radio)[1]
check("without radio and battery packets are least", without["targets"]["minimise"] == "packets"
      and without["recommended"]["values"]["client.interval_s"] > 55, without["targets"])
margin = document(plain, "--margin", "20%")[1]["recommended"]
check("a wider margin", 45 <= margin["values"]["client.interval_s"] <= 48 and margin["margin_s"] >= 11, margin["values"])
users = document(plain, "--users", "90%", "--reachable", "99%", "--set", "scenario.subscribers=20", "--set",
                 "middlebox.nat.udp=uniform 30s 90s", "--set", "middlebox.nat.udp-stream=uniform 30s 90s",
                 "--set", "server.push=none")[1]
at = users["recommended"]["values"]["client.interval_s"]
check("nine of ten users, timers uniform from 30 s to 90 s: below 36 s", 31 < at <= 36, at)
write("boxes.csv", "name,udp,weight\nfew,40s,2\nmany,3min,98\n")
kinds = write("kinds.ini", TEXT.replace("[path]", "subscribers = 50\npopulation = boxes.csv\npopulation-order = enumerated\n"
              "[population]\nudp = middlebox.nat.udp; middlebox.nat.udp-stream\nweight = weight\n[path]").replace("udp = 60s\nudp-stream = 60s\n", ""))
most = document(kinds, "--users", "95%")[1]["recommended"]["values"]["client.interval_s"]
all_of_them = document(kinds)[1]["recommended"]["values"]["client.interval_s"]
check("a table of boxes: two of a hundred may be left out, or none", 171 <= most <= 176.4 and 38 <= all_of_them <= 39.2,
      (most, all_of_them))
late = document(plain, "--push-delay", "p95<=1ms")
check("a bound on delay", late[0] == 1 and late[1]["recommended"] is None
      and late[1]["reason"].startswith("push-delay <= 0.0010 s is out of reach"), late[1].get("reason"))

# ---- nothing meets them ---------------------------------------------------------------------------------------------------------------

status, none, err = document(plain, "--over", "client.interval=2min..1h")
check("none: status 1, null and a reason", status == 1 and none["recommended"] is None and "out of reach" in none["reason"], none)
check("none: nearest values and what they miss", none["nearest"]["values"]["client.interval_s"] >= 120
      and none["nearest"]["misses"][0]["value"] is not None, none["nearest"])
status, out, err = run("tune", plain, "--over", "client.interval=2min..1h")
check("none: said in words", status == 1 and "recommended: none: " in out and "nearest value" in out, out)
status, none, err = document(plain, "--battery", "1%")
check("battery out of reach", status == 1 and none["reason"].startswith("battery <= 1 % is out of reach"), none["reason"])

busy = document(plain, "--set", "server.push=none", "--set", "client.background=poisson 30/h")[1]["recommended"]
sure = document(plain, "--set", "server.push=none")[1]["recommended"]
check("nothing random: certain; traffic of others: not", sure["violation_probability"] == 0
      and (busy is None or busy["violation_probability"] > 0), sure["violation_probability"])
one = document(plain, "--over", "client.interval=30s..30s")
check("one value alone", one[0] == 0 and one[1]["recommended"]["values"]["client.interval"] == "30s", one[2])

# ---- several keys, sweeps, policies -----------------------------------------------------------------------------------------------------

two = document(plain, "--over", "client.interval=10s..5min", "--over", "client.keepalive-size=1B..100B")[1]
check("two keys", two["recommended"]["values"]["client.interval_s"] > 55
      and two["recommended"]["values"]["client.keepalive-size"] == "1B", two["recommended"]["values"])
swept = write("swept.ini", TEXT + "[sweep]\nmiddlebox.nat.udp = 40s; 60s\nclient.interval = 20s; 3min\n")
status, several, err = document(swept)
check("once for each point of what else is swept", several["schema"] == "natnap-tunes/1"
      and [t["where"] for t in several["tunes"]] == ["middlebox.nat.udp = 40s", "middlebox.nat.udp = 60s"]
      and several["tunes"][0]["recommended"]["values"]["client.interval_s"] < 40, several.get("tunes"))
ranked = document(plain, "--compare-policies", "-r", "8")[1]["policies"]
met = [p for p in ranked if p["reason"] is None]
check("policies by their cost, then those that fail", len(ranked) > 15 and ranked[:len(met)] == met
      and [p["energy_j"] for p in met] == sorted(p["energy_j"] for p in met), [p["policy"] for p in ranked])
check("oracle before fixed, none at the end with its reason", [p["policy"] for p in met].index("oracle")
      < [p["policy"] for p in met].index("fixed") and "out of reach" in
      next(p["reason"] for p in ranked if p["policy"] == "none"), [p["policy"] for p in ranked])
check("a policy that the scenario does not take", "over UDP" in
      next(p["reason"] for p in ranked if p["policy"] == "tcp-keepalive"))

# ---- the question turned round --------------------------------------------------------------------------------------------------------

status, solved, err = document(carrier, "--solve", "middlebox.cgn.addresses=1..8", "--blocking", "5%", "--set",
                               "middlebox.cgn.port-range=1024-1039")
value = solved["recommended"]["values"]["middlebox.cgn.addresses"]
check("smallest number of addresses", status == 0 and value == "203.0.113.1-203.0.113.4", value)
status, solved, err = document(carrier, "--solve", "middlebox.cgn.udp=1s..20min", "--blocking", "1%", "--set",
                               "middlebox.cgn.capacity=30")
again = document(carrier, "--solve", "middlebox.cgn.addresses", "--blocking", "5%", "--set", "scenario.duration=2h")
check("a solved key needs no range", again[0] == 0 and again[1]["recommended"]["values"]["middlebox.cgn.addresses"], again)
check("longest time", status == 0 and 60 < solved["recommended"]["values"]["middlebox.cgn.udp_s"] < 240,
      solved["recommended"])

# ---- bad input --------------------------------------------------------------------------------------------------------------------------

BAD = [
    ("no scenario", [], "no scenario given"),
    ("two scenarios", [plain, plain], "takes one scenario"),
    ("unknown option", [plain, "--overr", "x"], r"did you mean --over\?"),
    ("no such key", [plain, "--over", "client.intervl=1s..2s"], r'--over "client.intervl=1s..2s": there is no key "intervl" in that group'),
    ("a policy without an interval", [plain, "--set", "client.policy=none"], "policy none has no interval to tune"),
    ("a name", [plain, "--over", "client.policy"], "client.policy is a name, and names have no order"),
    ("a word", [plain, "--over", "middlebox.nat.refresh=1..2"], "cannot be tuned: only numbers can"),
    ("arrivals", [plain, "--over", "server.push=1/h..2/h"], "cannot be tuned"),
    ("a key of the run", [plain, "--over", "scenario.seed=1..5"], "scenario.seed is of the run"),
    ("no range", [plain, "--over", "middlebox.nat.udp"], "write its range, middlebox.nat.udp=LO..HI"),
    ("half a range", [plain, "--over", "client.interval=5s"], r"write the range as LO\.\.HI"),
    ("a range upside down", [plain, "--over", "client.interval=50s..5s"], "50s is more than 5s"),
    ("no unit", [plain, "--over", "client.interval=5..50s"], "a time needs a unit"),
    ("an end that the key does not take", [plain, "--over", "client.interval=0s..1h"], r"--over: \[client\] interval: .*out of range"),
    ("a key twice", [plain, "--over", "client.interval=5s..1h", "--over", "client.interval=5s..1h"], "stands twice"),
    ("no share", [plain, "--reachable", "99"], "--reachable: "),
    ("more than all", [plain, "--users", "101%"], "--users: 101% is more than 100 %"),
    ("none of the users", [plain, "--users", "0%"], "--users: 0% of the users is met by anything"),
    ("no time at all", [plain, "--push-delay", "p95<=0s"], "--push-delay: no push comes in 0s"),
    ("fewer losses than none", [plain, "--bindings-lost", "-3/d"], "--bindings-lost: \"-3/d\" must not be negative"),
    ("a table without end as the smallest", [carrier, "--solve", "middlebox.cgn.capacity=0..9", "--blocking", "1%"],
     "--solve: middlebox.cgn.capacity of 0 is no limit: begin with 1"),
    ("delay in no form", [plain, "--push-delay", "5s"], "p95<=TIME"),
    ("delay without pushes", [plain, "--push-delay", "p95<=5s", "--set", "server.push=none"], "the scenario has no pushes"),
    ("battery without one", [no_radio, "--battery", "5%"], r"--battery: the scenario has no \[battery\]"),
    ("what is no cost", [plain, "--minimise", "money"], "money is none of energy, packets, signalling"),
    ("a weight that is none", [plain, "--minimise", "energy + -1packets"], "--minimise: "),
    ("no weight at all", [plain, "--minimise", "0energy"], "nothing has a weight"),
    ("a margin of all", [plain, "--margin", "100%"], "--margin: 100% must be below 100%"),
    ("bindings in no form", [plain, "--bindings-lost", "few"], "--bindings-lost: "),
    ("solve without blocking", [carrier, "--solve", "middlebox.cgn.capacity"], "--blocking 0.1%"),
    ("blocking without solve", [carrier, "--blocking", "1%"], "--solve KEY"),
    ("solve of the client's", [carrier, "--solve", "client.need=1s..1h", "--blocking", "1%"], "is no key of a middlebox"),
    ("a scenario that is none", [os.path.join(tmp.name, "nothing.ini")], "nothing.ini"),
]
for name, args, message in BAD:
    status, out, err = run("tune", *args)
    check("bad input: " + name, status == 2 and out == "" and re.search(message, err) is not None, f"{status} {err}")

# ---- natnap run ---------------------------------------------------------------------------------------------------------------------------

SWEEP = ["-r", "10", "--set", "sweep.client.interval=20s; 55s; 65s; 5min"]
status, out, err = run("run", plain, *SWEEP)
check("run names no interval that lost a binding", re.search(r"everywhere +55s ", out) is not None, out)
status, out, err = run("run", plain, *SWEEP, "--bindings-lost", "any", "--reachable", "90%")
check("run: targets as options", re.search(r"everywhere +65s ", out) is not None, out[-400:])
status, out, err = run("run", plain, "-r", "10", "--set", "sweep.client.interval=65s; 5min")
check("run: none of those swept, and why", "none of those swept" in out and "the nearest is 65s: it has" in out, out[-400:])
status, out, err = run("run", plain, *SWEEP, "--json")
said = json.loads(out)["recommended"]
check("run --json", said[0]["met"] and said[0]["client.interval"] == "55s" and said[0]["violation_probability"] > 0, said)
status, out, err = run("run", plain, "-r", "10", "--set", "sweep.client.interval=20s; 59.5s; 60.5s")
check("run keeps the margin below one that fails", re.search(r"everywhere +20s ", out) is not None, out[-400:])
status, out, err = run("run", plain, "--reachable", "2")
check("run: a bad target", status == 2 and "--reachable: " in err, err)

# ---- pools ---------------------------------------------------------------------------------------------------------------------------

pool = write("pool.ini", """[scenario]
duration = 1h
[client]
application = tcp
policy = fixed
interval = 5min
pool-most = 2
pool-least = 2
""")
status, out, err = run("tune", pool)
check("targets are of one flow, not of a pool", status == 2 and err.count("\n") == 1 and "[client] pool-most: " in err, err)
status, out, err = run("run", pool, "--set", "sweep.client.interval=1min; 5min")
check("and run recommends nothing for one", status == 0 and "recommended" not in out, out)

plan()
