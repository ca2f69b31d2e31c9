#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Paths that misbehave: moves between networks, reboots of middleboxes, bursts of loss, jitter. Prints TAP."""
import json
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import NATNAP, check, plan  # noqa: E402

SCENARIOS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "scenarios")


def run_file(path, *args):
    r = subprocess.run([NATNAP, "run", "--json", *args, path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    assert r.returncode == 0, r.stderr.decode()
    return json.loads(r.stdout)["points"]


BASE = """[scenario]
duration = {duration}
replications = {replications}
[path]
middleboxes = nat
{path}
[middlebox nat]
{nat}
[radio]
profile = lte-huang-2012
[client]
{client}
[server]
{server}
"""


def run(path="", nat="profile = linux", client="application = tcp\npolicy = fixed\ninterval = 5min", server="push = poisson 4/h",
        duration="24h", replications=10):
    with tempfile.TemporaryDirectory() as tmp:
        name = os.path.join(tmp, "s.ini")
        with open(name, "w") as f:
            f.write(BASE.format(path=path, nat=nat, client=client, server=server, duration=duration, replications=replications))
        return run_file(name)[0]


points = {p["client.policy"]: p for p in run_file(os.path.join(SCENARIOS, "moves.ini"))}
check("a policy that remembers networks loses fewer bindings over moves than one that does not",
      points["memory"]["bindings_expired"] < points["binary"]["bindings_expired"] / 3,
      [points[k]["bindings_expired"] for k in ("memory", "binary")])
check("one that knows every timeout loses none on either network", points["oracle"]["bindings_expired"] == 0
      and points["oracle"]["pushes_lost"] == 0, points["oracle"]["bindings_expired"])

NOOP = "application = imap-noop\npolicy = fixed\ninterval = 5min"
loose = run("delay = 40ms", "profile = linux\nreboots = periodic 6h", NOOP)
check("after a reboot a NAT that picks flows up goes on at the next NOOP, without a reconnect",
      loose["reconnects"] == 0 and 0.97 < loose["reachable_fraction"] < 1, loose["reachable_fraction"])
strict = run("delay = 40ms", "profile = linux\ntcp-loose = no\ninvalid = drop\nreboots = periodic 6h", NOOP)
check("one that does not costs each connection", strict["reconnects"] == 3, strict["reconnects"])
check("noticed when the NOOP has had no answer for 30 s: between 30 s and 5 min 30 s", 30 < strict["dead_detection_s"] < 331,
      strict["dead_detection_s"])
check("and no mail is lost by either", strict["pushes_lost"] == 0 and loose["pushes_lost"] == 0)

UDP = "application = udp\npolicy = fixed\ninterval = 25s"
shares = {}
for burst in (1, 20):
    p = run(f"delay = 40ms\nloss = 5%\nloss-burst = {burst}", "tracker = simple\nudp = 1d\nudp-stream = 1d", UDP,
            "push = poisson 60/h")
    shares[burst] = p["pushes_lost"] / p["pushes_offered"]
check("bursts lose the same share as independent losses", all(0.035 < s < 0.065 for s in shares.values()), shares)
STUN = "application = stun\nanswer-tries = 2\nanswer-last = never\npolicy = fixed\ninterval = 25s"
dead = {b: run(f"delay = 40ms\nloss = 5%\nloss-burst = {b}", "profile = linux", STUN)["reconnects"] for b in (1, 20)}
check("but in bursts repetitions fail together: more flows taken for dead", dead[20] > 2 * dead[1] > 0, dead)

p = run("delay = uniform 0s 3s\nloss = 2%", "profile = linux", "application = imap-idle", duration="7d")
check("jitter of seconds and loss: TCP delivers every push, once", abs(p["pushes_lost"]) < 0.5
      and p["pushes_delivered"] <= p["pushes_offered"], p["pushes_lost"])
plan()
