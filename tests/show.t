#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""natnap show: values with their origins, points, expected time, warnings; messages and statuses. Prints TAP."""
import json
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import NATNAP, check, plan  # noqa: E402

tmp = tempfile.TemporaryDirectory()


def write(name, text):
    path = os.path.join(tmp.name, name)
    with open(path, "w") as f:
        f.write(text)
    return path


def natnap(*args):
    p = subprocess.run([NATNAP, *args], capture_output=True, text=True, cwd=tmp.name)
    return p.returncode, p.stdout, p.stderr


def shown(*args):
    code, out, err = natnap("show", "--json", *args)
    return json.loads(out) if code == 0 else {"failed": err}


def value(doc, key):
    for v in doc["values"]:
        if v["key"] == key:
            return v["value"], v["origin"], v["where"]
    return None


def warned(doc, text):
    return any(text in w for w in doc["warnings"])


BASE = """[scenario]
duration = 6h
replications = 3
[path]
middleboxes = nat
[middlebox nat]
profile = linux
udp-stream = 3min
[client]
application = udp
policy = fixed
start = uniform 0s 55s
[server]
push = poisson 4/h
[sweep]
client.interval = 30s; 60s
"""
base = write("base.ini", BASE)

# ---- values, origins, points ------------------------------------------------------------------------------------------------

doc = shown("base.ini", "--set", "middlebox.nat.udp=90s")
check("the document names its schema", doc.get("schema") == "natnap-show/1", doc)
check("a key of the file", value(doc, "middlebox.nat.udp-stream") == ("3min", "file", "base.ini:8"), value(doc, "middlebox.nat.udp-stream"))
check("a key of --set", value(doc, "middlebox.nat.udp") == ("90s", "--set", "--set"), value(doc, "middlebox.nat.udp"))
check("a key of a profile", value(doc, "middlebox.nat.tracker")[:2] == ("linux", "profile")
      and value(doc, "middlebox.nat.tracker")[2].startswith("profile middlebox/linux:"), value(doc, "middlebox.nat.tracker"))
check("a swept key", value(doc, "client.interval") == ("30s", "sweep", "base.ini:16"), value(doc, "client.interval"))
check("a default", value(doc, "scenario.seed") == ("1", "default", None), value(doc, "scenario.seed"))
check("keys that choose profiles", value(doc, "middlebox.nat.profile")[:2] == ("linux", "file")
      and value(doc, "client.application")[:2] == ("udp", "file"), doc["values"][:3])
check("a policy is chosen by the file", value(doc, "client.policy") == ("fixed", "file", "base.ini:11"), value(doc, "client.policy"))
keys = [v["key"] for v in doc["values"]]
check("each key once", len(keys) == len(set(keys)) and len(keys) > 200, len(keys))
check("points and runs", (doc["points"], doc["runs"], doc["swept"]) == (2, 6, ["client.interval"]), doc)
check("another point", value(shown("base.ini", "--point", "2"), "client.interval")[0] == "60s")
check("--set of a swept key fixes it", shown("base.ini", "--set", "client.interval=45s")["points"] == 1)

write("mix.ini", BASE.replace("[server]", "[mix]\nmiddlebox.nat.udp = 30s 40%; 60s 60%\n[server]"))
check("where subscribers differ", value(shown("mix.ini"), "middlebox.nat.udp")[:2] == ("30s 40%; 60s 60%", "mix"),
      value(shown("mix.ini"), "middlebox.nat.udp"))
write("kinds.csv", "udp_s,n\n30,1\n60,2\n")
write("table.ini", BASE.replace("replications = 3", "replications = 3\npopulation = kinds.csv")
      + "[population]\nudp_s = middlebox.nat.udp\nn = weight\n")
check("where a table says in what", value(shown("table.ini"), "middlebox.nat.udp")[:2] == ("column udp_s", "population"),
      shown("table.ini").get("failed") or value(shown("table.ini"), "middlebox.nat.udp"))

code, out, err = natnap("show", "base.ini")
check("the text has keys, origins and points", code == 0 and "sweep    base.ini:16" in out and "2 points, 6 runs of 1 subscriber" in out
      and "values of point 1 of 2: client.interval = 30s" in out, out)
check("the text leaves defaults out", "scenario.seed" not in out and "with their defaults (--all)" in out, out)
check("--all has them", "scenario.seed" in natnap("show", "--all", "base.ini")[1])

# ---- expected time -----------------------------------------------------------------------------------------------------------

write("long.ini", BASE.replace("duration = 6h", "duration = 60d").replace("replications = 3", "replications = 40")
      .replace("[path]", "[path]\nloss = 1%\ndelay = lognormal 40ms 0.5"))
doc = shown("long.ini", "--jobs", "1")
before = os.times()
natnap("run", "--jobs", "1", "long.ini")
took = os.times().children_user - before.children_user
check("the expected time is about what the run takes", took / 4 < doc["expected_s"] < 4 * took + 0.2, (doc["expected_s"], took))
check("it says what it rests on", "2 of 2 points on trial" in doc["expected_from"], doc["expected_from"])

# ---- warnings ------------------------------------------------------------------------------------------------------------------

quiet = write("quiet.ini", BASE)
check("a sound scenario has none but those of its profile", all("unsure" in w for w in shown("quiet.ini")["warnings"]),
      shown("quiet.ini")["warnings"])
doc = shown("base.ini", "--set", "middlebox.nat.profile=wang-2011-cellular")
check("unsure numbers", warned(doc, "profile middlebox/wang-2011-cellular has numbers that are unsure: "), doc["warnings"])
check("an unsure number that was set is none", not any("udp-stream," in w for w in doc["warnings"]), doc["warnings"])
doc = shown("base.ini", "--set", "client.start=0s", "--set", "scenario.subscribers=50")
check("all start at once", warned(doc, "all 50 subscribers start at the same time"), doc["warnings"])
check("with a warm-up less is to be done", not warned(shown("base.ini", "--set", "client.start=0s", "--set", "scenario.subscribers=50",
      "--set", "scenario.warm-up=1h"), "scenario.warm-up"))
for extra, warns in [([], False), (["--set", "client.start=0s"], True), (["--set", "client.start=0s", "--set", "scenario.warm-up=1h"], False)]:
    err = natnap("run", "base.ini", "--set", "scenario.subscribers=50", *extra)[2]
    check(f"natnap run warns of a burst in the means: {warns}", ("start at the same time, and that is part of the means" in err) == warns, err)
code, out, err = natnap("run", "base.ini", "--set", "scenario.warm-up=6h")
check("a warm-up as long as the run", (code, out, err) == (2, "", "--set: [scenario] warm-up: is not shorter than duration\n"), err)
doc = shown("base.ini", "--set", "client.interval=10min")
check("an interval beyond the timer", warned(doc, "client.interval = 10min is not below middlebox.nat.udp-stream = 3min"), doc["warnings"])
check("a sweep over the timer is no mistake",
      not warned(shown("base.ini", "--set", "sweep.client.interval=1min; 10min"), "not below"))
doc = shown("base.ini", "--set", "scenario.duration=2min")
check("too short for a timer to run out", warned(doc, "nothing can run out"), doc["warnings"])
doc = shown("base.ini", "--set", "scenario.replications=1")
check("one run where chance is at work", warned(doc, "scenario.replications = 1"), doc["warnings"])

SHARED = BASE.replace("profile = linux", "shared = yes\ncapacity = 100\nports = block 512\naddresses = 203.0.113.1") \
    .replace("replications = 3", "subscribers = 1000")
write("shared.ini", SHARED)
doc = shown("shared.ini")
check("a table below the population", warned(doc, "middlebox.nat.capacity: 100 sessions at most for 1000 subscribers"), doc["warnings"])
check("blocks below the population", warned(doc, "middlebox.nat.ports: 126 blocks of ports for 1000 subscribers"), doc["warnings"])
write("ports.ini", SHARED.replace("ports = block 512", "port-range = 1024-1223").replace("capacity = 100\n", ""))
check("ports below the population", warned(shown("ports.ini"), "200 external ports of a protocol for 1000 subscribers"),
      shown("ports.ini")["warnings"])

owners = ["shared.ini", "--set", "middlebox.nat.profile=cgn-rfc7422", "--set", "middlebox.nat.inside-first=100.64.0.0"]
check("blocks that no client owns", warned(shown(*owners), "inside-first = 100.64.0.0: clients, from 10.0.0.2 on, own no block"),
      shown(*owners)["warnings"])
check("or that they own", not warned(shown(*owners[:-1], "middlebox.nat.inside-first=10.0.0.2"), "own no block"))

for key, why in [("middlebox.nat.tcp-half-closed=5min", "tracker is linux"), ("middlebox.nat.udp-single=5s", "tracker is linux"),
                 ("middlebox.nat.tcp-established=5min", "the client speaks UDP"), ("middlebox.nat.hash-buckets=5", None),
                 ("client.user-timeout=30s", "the client speaks UDP"), ("client.max-ack-delay=5ms", "tls is none"),
                 ("path.loss-burst=3", "loss is 0%"), ("path.outage-length=1min", "outages is none"),
                 ("server.downtime=1min", "restarts is none"), ("middlebox.nat.pcp-minimum=1min", "pcp is none"),
                 ("middlebox.nat.probe-count=3", "probe-interval is 0s"), ("middlebox.nat.block-hold=1min", "ports is preserve"),
                 ("client.push-size=1kB", None),
                 ("middlebox.nat.inside-first=10.0.0.2", "block-allocation is dynamic")]:
    doc = shown("base.ini", "--set", key)
    name = key.split("=")[0]
    if why:
        check(f"{name} has no effect", warned(doc, f"{name} has no effect here: {why}"), doc.get("warnings", doc))
    else:
        check(f"{name} has its effect", not warned(doc, f"{name} has no effect"), doc.get("warnings", doc))
check("on-miss under linux: it is read", not warned(shown("base.ini", "--set", "middlebox.nat.on-miss=rst", "--set",
      "client.transport=tcp", "--set", "client.application=tcp"), "on-miss has no effect"))
check("keys that are read are not named", not warned(shown("base.ini", "--set", "middlebox.nat.tcp-loose=no",
      "--set", "client.application=tcp", "--set", "client.transport=tcp"), "tcp-loose has no effect"))
check("swept keys without effect", warned(shown("base.ini", "--set", "sweep.middlebox.nat.tcp-established=5min; 10min"),
      "middlebox.nat.tcp-established has no effect"))

doc = shown("base.ini", "--set", "middlebox.nat.kind=firewall", "--set", "middlebox.nat.hairpin=no")
check("a key of NATs on a firewall", warned(doc, "middlebox.nat.hairpin has no effect here: kind is firewall"), doc["warnings"])
code, _, err = natnap("run", "base.ini", "--set", "middlebox.nat.kind=firewall", "--set", "middlebox.nat.hairpin=no")
check("and when it is run", "middlebox.nat.hairpin has no effect here: kind is firewall" in err, err)

# ---- keys that the tracker never reads: here and in run, with the one that it reads -------------------------------------------

UNREAD = BASE.replace("profile = linux", "profile = rfc-recommended").replace("duration = 6h", "duration = 10min")
for key, tracker, instead in [("tcp-close=10s", "rfc7857", "tcp-trans"), ("tcp-fin-wait=5s", "simple", "tcp-half-closed"),
                              ("tcp-trans=5s", "linux", "tcp-close"), ("tcp-loose=no", "simple", "on-miss")]:
    write("unread.ini", UNREAD)
    name, sets = key.split("=")[0], ["--set", f"middlebox.nat.{key}", "--set", f"middlebox.nat.tracker={tracker}"]
    text = f"--set: middlebox.nat.{name} has no effect here: tracker is {tracker}, which reads {instead}"
    check(f"{name} under {tracker}: show", warned(shown("unread.ini", *sets), text), shown("unread.ini", *sets).get("warnings"))
    code, _, err = natnap("run", "unread.ini", *sets)
    check(f"{name} under {tracker}: run", code == 0 and err.count(f"natnap: warning: {text}") == 1, err)
code, _, err = natnap("run", "unread.ini", "--set", "middlebox.nat.tcp-close=10s", "--set", "sweep.middlebox.nat.tracker=rfc7857; simple")
check("run: a key that one point reads", code == 0 and "has no effect" not in err, err)

# ---- bad usage -------------------------------------------------------------------------------------------------------------------

check("no scenario", natnap("show")[0] == 2)
check("no such file", natnap("show", "none.ini")[0] == 2)
check("no such point", natnap("show", "base.ini", "--point", "3")[::2] == (2, "natnap show: --point 3: there are 2 points\nTry: natnap show --help\n"))
check("a bad value has its place", natnap("show", "base.ini", "--set", "client.interval=5")[2].startswith("--set: [client] interval: "))
plan()
