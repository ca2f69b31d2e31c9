#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""docs/profiles.md is what scripts/profile-table prints; a run names the unsure numbers of its profiles. Prints TAP."""
import json
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from tap import NATNAP, check, plan  # noqa: E402

TOP = os.path.dirname(HERE)
tmp = tempfile.TemporaryDirectory()
env = dict(os.environ, NATNAP=NATNAP)
env.pop("NATNAP_PROFILES", None)

# ---- the table ----------------------------------------------------------------------------------------------------------------

made = subprocess.run([os.path.join(TOP, "scripts", "profile-table")], env=env, stdout=subprocess.PIPE, text=True)
with open(os.path.join(TOP, "docs", "profiles.md")) as f:
    there = f.read()
check("docs/profiles.md is fresh: scripts/profile-table > docs/profiles.md", made.returncode == 0 and made.stdout == there)
listed = json.loads(subprocess.run([NATNAP, "profiles", "--json"], env=env, stdout=subprocess.PIPE, text=True).stdout)["profiles"]
check("each profile has a line", all(f"\n| {p['name']} | " in there for p in listed))

# ---- what a run says of its profiles --------------------------------------------------------------------------------------------

SCENARIO = """[scenario]
duration = 10min
[path]
middleboxes = nat
[middlebox nat]
profile = %s
[client]
application = %s
policy = none
"""


def run(name, middlebox, application, *args):
    """Status, standard error, and `unsure` of run.json."""
    path, out = os.path.join(tmp.name, name + ".ini"), os.path.join(tmp.name, name)
    with open(path, "w") as f:
        f.write(SCENARIO % (middlebox, application))
    p = subprocess.run([NATNAP, "run", path, "--out", out, *args], env=env, capture_output=True, text=True)
    with open(os.path.join(out, "run.json")) as f:
        return p.returncode, p.stderr, json.load(f)["unsure"]


code, said, unsure = run("mikrotik", "mikrotik-v7", "udp", "--set", "scenario.replications=2")
check("once on standard error, with its keys", code == 0 and said.count("\n") == 1
      and "middlebox/mikrotik-v7 (udp, udp-stream-after, fragment-limit)" in said, said)
check("and in run.json", unsure == {"middlebox/mikrotik-v7": ["udp", "udp-stream-after", "fragment-limit"]}, unsure)
code, said, unsure = run("own", "mikrotik-v7", "udp", "--set", "middlebox.nat.udp=10s")
check("a key that the scenario sets is not the profile's", unsure == {"middlebox/mikrotik-v7": ["udp-stream-after", "fragment-limit"]}, unsure)
code, said, unsure = run("sure", "rfc-minimum", "udp")
check("nothing where all is sure", code == 0 and said == "" and unsure == {}, (said, unsure))
code, said, unsure = run("fcm", "rfc-minimum", "fcm", "--set", "client.push-size=500B")
check("of applications too", list(unsure) == ["application/fcm"] and "answer-size" in unsure["application/fcm"]
      and "push-size" not in unsure["application/fcm"], (said, unsure))
code, said, unsure = run("swept", "mikrotik-v7", "udp", "--set", "sweep.middlebox.nat.profile=mikrotik-v7; npf; mikrotik-v7")
check("all points of a sweep, each profile once", said.count("\n") == 1 and said.count("mikrotik-v7") == 1
      and list(unsure) == ["middlebox/mikrotik-v7", "middlebox/npf"], (said, unsure))


def ask(*args):
    """Standard error without what tells how many points, and `unsure`, of a command that asks a scenario more than once."""
    path = os.path.join(tmp.name, "asked.ini")
    with open(path, "w") as f:
        f.write((SCENARIO % ("mikrotik-v7", "udp")).replace("policy = none", "policy = fixed\ninterval = 20s"))
    p = subprocess.run([NATNAP, *args[:1], path, *args[1:], "--json"], env=env, capture_output=True, text=True)
    said = [line for line in p.stderr.splitlines() if "unsure" in line]
    return said, json.loads(p.stdout)["unsure"] if p.stdout else None


ALL, REST = ["udp", "udp-stream-after", "fragment-limit"], ["udp-stream-after", "fragment-limit"]
for name, args, left in (
        ("natnap tune", ("tune", "--over", "client.interval=2s..40s"), ALL),
        ("natnap tune, a key that it tunes is not the profile's", ("tune", "--over", "middlebox.nat.udp=2s..40s"), REST),
        ("natnap tune with a key set", ("tune", "--over", "client.interval=2s..40s", "--set", "middlebox.nat.udp=10s"), REST),
        ("natnap run --sensitivity", ("run", "--sensitivity", "client.interval=2s..40s", "--samples", "16"), ALL),
        ("natnap run --sensitivity, a key that it varies", ("run", "--sensitivity", "middlebox.nat.udp=2s..40s", "--samples", "16"), REST)):
    said, unsure = ask(*args)
    check(f"{name}: in one line", said == [f"natnap: unsure numbers of profiles: middlebox/mikrotik-v7 ({', '.join(left)})"], said)
    check(f"{name}: in the document", unsure == {"middlebox/mikrotik-v7": left}, unsure)
said, unsure = ask("tune", "--over", "client.interval=2s..40s", "--set", "sweep.middlebox.nat.profile=mikrotik-v7; npf")
check("natnap tune: all points of what else is swept, each profile once", len(said) == 1 and said[0].count("mikrotik-v7") == 1
      and list(unsure or {}) == ["middlebox/mikrotik-v7", "middlebox/npf"], (said, unsure))
said, unsure = ask("tune", "--over", "client.interval=2s..40s", "--set", "middlebox.nat.profile=rfc-minimum")
check("natnap tune: nothing where all is sure", said == [] and unsure == {}, (said, unsure))

# ---- applications ----------------------------------------------------------------------------------------------------------------

with open(os.path.join(TOP, "docs", "applications.md")) as f:
    page = f.read()
with open(os.path.join(TOP, "scenarios", "applications.ini")) as f:
    swept = f.read().split("client.application = ")[-1].strip().split("; ")
names = [p["name"] for p in listed if p["kind"] == "application" and p["name"] not in ("udp", "tcp", "jdbc-hikari")]
check("applications.ini runs each application but a pool", sorted(swept) == sorted(names), set(swept) ^ set(names))
FORMATS = (("battery_percent_per_day", ".1f"), ("keepalives_sent", ".0f"), ("reachable_fraction", ".4f"), ("bindings_expired", ".1f"),
           ("reconnects", ".1f"), ("pushes_lost", ".1f"), ("push_delay_p95_s", ".2f"))
ran = json.loads(subprocess.run([NATNAP, "run", os.path.join(TOP, "scenarios", "applications.ini"), "--json"], env=env,
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True).stdout)["points"]
rows = [" | ".join([f"| {p['client.application']}"] + [format(p[m], f) for m, f in FORMATS]) + " |" for p in ran]
check("docs/applications.md has what each comes to", [line for line in page.splitlines() if line.startswith("| ")][1:] == rows,
      "\n".join(sorted(set(rows) ^ {line for line in page.splitlines() if line.startswith("| ")})))
costs = ", ".join(f"{p['client.application']} {p['battery_percent_per_day']:.1f}"
                  for p in sorted(ran, key=lambda p: float(format(p["battery_percent_per_day"], ".1f"))))
check("the page has what each takes of the battery, by order",
      f"What each of {len(rows)} applications costs" in page and costs + "." in " ".join(page.split()), costs)

warned = []
for name in names:
    p = subprocess.run([NATNAP, "show", "-", "--json"], input=f"[scenario]\nduration = 1h\n[client]\napplication = {name}\n", env=env,
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=True)
    warned += [w for w in p.stderr.splitlines() + [str(w) for w in json.loads(p.stdout)["warnings"]] if "contradicts" in w]
check("no shipped application contradicts itself", len(names) > 30 and not warned, warned)

REDIS = """[scenario]
duration = 1h
[path]
middleboxes = fw
[middlebox fw]
kind = firewall
tracker = simple
tcp-established = %s
[client]
application = redis
"""


def reachable(timer, *args):
    path = os.path.join(tmp.name, "redis.ini")
    with open(path, "w") as f:
        f.write(REDIS % timer)
    p = subprocess.run([NATNAP, "run", path, "--json", *args], env=env, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(p.stdout)["points"][0]["reachable_fraction"]


check("Redis' server keeps its subscribers behind 310 s, not behind 290 s", reachable("310s") == 1.0 and reachable("290s") < 0.15,
      (reachable("310s"), reachable("290s")))
check("unless it is told otherwise", reachable("310s", "--set", "server.tcp-keepalive=20min") < 0.15, reachable("310s"))
plan()
