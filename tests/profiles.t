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

plan()
