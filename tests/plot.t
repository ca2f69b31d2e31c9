#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""natnap plot and run --plot: each kind of picture on a small run, what its script and data hold, bad input. Prints TAP."""
import csv
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import NATNAP, check, plan, verdict  # noqa: E402

TEXT = """[scenario]
title = A client's "NAT" & <box>
duration = 6h
replications = 3
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
"""
SHARED = TEXT.replace("[scenario]", "[scenario]\nsubscribers = 30").replace("udp = 60s", "udp = 60s\nshared = yes") + SWEEP

HAS_GNUPLOT = shutil.which("gnuplot") is not None
tmp = tempfile.TemporaryDirectory()
start = {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF"}


def write(name, text):
    path = os.path.join(tmp.name, name)
    with open(path, "w") as f:
        f.write(text)
    return path


def folder(name, **files):
    path = os.path.join(tmp.name, name)
    os.makedirs(path, exist_ok=True)
    for file, text in files.items():
        write(os.path.join(name, file.replace("_", "-") + ".csv"), text)
    return path


def natnap(*args, **more):
    r = subprocess.run([NATNAP, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, **more)
    return r.returncode, r.stdout.decode(), r.stderr.decode()


def content(*path):
    with open(os.path.join(*path), "rb") as f:
        return f.read()


def blocks(path):
    """The data of a picture as gnuplot sees it: blocks of rows of words."""
    found, rows = [], []
    for line in content(path).decode().split("\n") + ["", ""]:
        line = re.sub(r"(^| )#.*", "", line)
        rows.append(line.split())
        if rows[-2:] == [[], []]:
            rows = [r for r in rows if r]
            found += [rows] if rows else []
            rows = []
    return found


def kind(name, run, args=()):
    """Draw it: script, data, and, where gnuplot is, an image."""
    status, out, err = natnap("plot", run, name, *args)
    path = os.path.join(run, f"{name}.svg")
    image = os.path.exists(path) and content(path).startswith(start["svg"])
    script = content(run, f"{name}.gp").decode() if os.path.exists(os.path.join(run, f"{name}.gp")) else ""
    if HAS_GNUPLOT:
        check(f"{name}: an image", status == 0 and out == path + "\n" and image and len(content(path)) > 2000, out + err)
    else:
        check(f"{name}: it names gnuplot", status == 1 and "gnuplot" in err and script, out + err)
    return script, blocks(os.path.join(run, f"{name}.dat")), err


# ---- what commands write -----------------------------------------------------------------------------------------------------

run = os.path.join(tmp.name, "run")
status, out, err = natnap("run", write("swept.ini", TEXT + SWEEP), "--out", run, "--timeline")
rows = list(csv.DictReader(open(os.path.join(run, "summary.csv"))))
check("a run to draw", status == 0 and len(rows) == 18, err)
status, out, err = natnap("plot", run, "--list")
check("--list says which kinds it allows", status == 0 and [line.split()[0] for line in out.splitlines()] ==
      ["curve", "cliff", "heat", "pareto", "cdf", "timeline", "policy"], out)
check("and why not the others", "not tornado: there is no sensitivity.csv" in err and "not occupancy: " in err, err)
check("--list writes nothing", not [f for f in os.listdir(run) if f.endswith((".gp", ".dat", ".svg"))], os.listdir(run))

script, data, err = kind("curve", run)
names = ["30s", "60s", "2min"]
check("curve: two panels of three lines", len(data) == 6 and all(len(b) == 6 for b in data), data)
for line, timer in enumerate(names):
    mine = [r for r in rows if r["middlebox.nat.udp-stream"] == timer]
    near = all(abs(float(b[1]) - float(r["battery_percent_per_day"])) < 1e-6 * float(b[1]) and
               abs(float(b[3]) - float(b[1]) - float(r["battery_percent_per_day_ci95"])) < 1e-5
               for r, b in zip(mine, data[line]))
    shares = all(abs(float(b[1]) - 100 * float(r["reachable_fraction"])) < 1e-5 for r, b in zip(mine, data[3 + line]))
    check(f"curve: the rows of {timer}, in the axis' units", near and shares, data[line])
check("curve: the axis is logarithmic, in times that people say", "set logscale x" in script and "'1 min'" in script, script)
check("curve: units and labels", "battery (% a day)" in script and "reachable (%)" in script and all(f"'{n}'" in script for n in names),
      script)
check("curve: the title as it is", """set label 'A client''s "NAT" & <box>'""" in script, script[:900])
script, data, err = kind("curve", run, ["--metric", "pushes_lost/pushes_offered", "--only", "middlebox.nat.udp-stream=60s"])
mine = [r for r in rows if r["middlebox.nat.udp-stream"] == "60s"]
check("curve: a quotient of one line", len(data) == 1 and all(
    abs(float(b[1]) - float(r["pushes_lost"]) / float(r["pushes_offered"])) < 1e-6 for r, b in zip(mine, data[0])), data)
script, data, err = kind("curve", run, ["--x", "middlebox.nat.udp-stream", "--only", "client.interval=20min"])
check("curve: the other key along the axis", [b[0] for b in data[0]] == ["30", "60", "120"] or
      [float(b[0]) for b in data[0]] == [0.5, 1, 2], data)

script, data, err = kind("cliff", run)
check("cliff: each timer stands where it is", all(re.search(rf"set arrow from first {at}, graph 0 to", script)
                                                for at in ("0\\.5", "1", "2")), script)
check("cliff: one that is not swept too, and the swept one not twice", "'nat.udp 1min'" in script and script.count("'nat.udp-stream ") == 3, script)
script, data, err = kind("heat", run)
cells = {(int(c[0]), int(c[1])): float(c[2]) for c in data[0]}
check("heat: a cell for each point", len(cells) == 18 and all(
    abs(cells[x, y] - 100 * float(next(r for r in rows if r["middlebox.nat.udp-stream"] == timer and
                                       r["client.interval"] == interval)["reachable_fraction"])) < 1e-5
    for y, timer in enumerate(names) for x, interval in enumerate(list(dict.fromkeys(r["client.interval"] for r in rows)))), cells)
script, data, err = kind("pareto", run)
points, front = [[tuple(map(float, p[:2])) for p in b] for b in data[:2]]
beaten = {p for p in points for q in points if q[0] <= p[0] and q[1] >= p[1] and q != p}
check("pareto: the front is what no other point beats", len(points) == 18 and set(front) == set(points) - beaten and front == sorted(front),
      data)
script, data, err = kind("cdf", run, ["--metric", "energy_j", "--only", "middlebox.nat.udp-stream=60s"])
check("cdf: a line for each point, from 0 to 100 %", len(data) == 6 and all(b[0][1] == "0" and b[-1][1] == "100" for b in data) and
      all(float(p[0]) <= float(q[0]) for b in data for p, q in zip(b, b[1:])), data)
script, data, err = kind("timeline", run, ["--from", "10s", "--to", "2min"])
check("timeline: the window", float(data[0][0][0]) == 10 and float(data[0][-1][1]) == 120 and
      all(p[1] == q[0] for p, q in zip(data[0], data[0][1:])), data[0])
check("timeline: the packets in it", [float(p[0]) for p in data[2]] == [
    float(r["time_s"]) for r in csv.DictReader(open(os.path.join(run, "timeline.csv")))
    if r["kind"] == "packet" and r["state"] == "up" and 10 <= float(r["time_s"]) <= 120], data[2])
script, data, err = kind("timeline", run)
check("timeline: a part of a long one, said so", "--from and --to choose" in err, err)
late = os.path.join(tmp.name, "late")
natnap("run", write("late.ini", TEXT), "--out", late, "--timeline", "-r", "1", "--set", "client.start=50min")
script, data, err = kind("timeline", late)
check("timeline: of a client that starts late a part in which something is", float(data[0][0][0]) == 3000 and len(data[0]) > 10, data[0][:2])



def inset_of(folder_of, *args):
    """What the panel of one keepalive says: its title, its stretches (from, to, power), is it tied to the panel above."""
    script, data, err = kind("timeline", folder_of, list(args))
    title = re.search(r"set label '(One keepalive|A keepalive, and what followed), at ([\d.]+) (\w+)(.*?): ([\d.]+) m?J in ", script)
    own = data[int(script.rsplit("plot data index ", 1)[1].split()[0])] if title else []
    return title, [[float(x) for x in row[:3]] for row in own], "set object 1 polygon" in script


calm = os.path.join(tmp.name, "calm")
natnap("run", write("calm.ini", TEXT), "--out", calm, "--timeline", "-r", "1")
title, spans, tied = inset_of(calm)
inner = spans[1:-1]
check("timeline: one keepalive by itself, from rest to rest, at more power between", title and title[1] == "One keepalive" and
      spans[0][2] == spans[-1][2] < min(s[2] for s in inner) and inner[0][0] == 0 and tied, f"{title and title[0]} {spans}")
joules = sum((to - begun) * power for begun, to, power in inner) / 1e3
check("timeline: and its energy", abs(joules - float(title[5])) < 0.006 * joules, f"{joules} {title[0]}")
whole = [[float(x) for x in row[:3]] for row in blocks(os.path.join(calm, "timeline.dat"))[0]]
at = float(title[2])
check("timeline: at the time that it names the radio wakes", any(abs(to - at) < 0.06 and power == spans[0][2] for _, to, power in whole), f"{at} {whole[:4]}")
title, spans, tied = inset_of(calm, "--from", "1s", "--to", "20s")
check("timeline: not tied to a part that has none", title and not tied and "(not drawn above)" in title[0], title and title[0])
rows_of = "time_s,kind,state,power_mw,detail\n0,state,idle,1,\n10,packet,up,,udp 60B %s\n10,state,wake,900,to on\n11,state,on,500,\n" \
          "12,%s\n20,state,idle,1,\n500,end,,,\n"
for name, said, what, other in [("alone", "One keepalive", "keepalive", "packet,down,,udp 60B keepalive"),
                                ("a loss", "A keepalive, and what followed", "keepalive", "packet,lost,,udp 60B keepalive"),
                                ("another's packet", "A keepalive, and what followed", "keepalive", "packet,down,,udp 60B push"),
                                ("no keepalive", None, "push", "packet,down,,udp 60B push")]:
    title, spans, tied = inset_of(folder("inset", timeline=rows_of % (what, other)))
    check(f"timeline: {name}", (title and title[1]) == said, title and title[0])
title, spans, tied = inset_of(folder("inset", timeline=rows_of % ("keepalive", "note,answered,,")), "--from", "5s", "--to", "25s")
check("timeline: where the view shows it large it is not shown again", not title, title and title[0])

lossy = os.path.join(tmp.name, "lossy")
here = os.path.dirname(os.path.abspath(__file__))
status, out, err = natnap("run", os.path.join(here, "../scenarios/figures/timeline.ini"), "--out", lossy, "--timeline", "--plot")
if status == 0:
    check("run --plot draws what there is", HAS_GNUPLOT and content(lossy, "timeline.svg").startswith(start["svg"]) and "timeline.svg" in err, err)
    check("and what was lost is named", b"'flow lost (reboot)'" in content(lossy, "timeline.gp"), content(lossy, "timeline.gp").decode())
else:
    check("run --plot: without gnuplot it fails, and says so", not HAS_GNUPLOT and "gnuplot" in err, err)

shared = os.path.join(tmp.name, "shared")
status, out, err = natnap("run", write("shared.ini", SHARED), "--out", shared, "--timeline", "-r", "1")
script, data, err = kind("occupancy", shared)
said = list(csv.DictReader(open(os.path.join(shared, "occupancy.csv"))))
check("occupancy: its rows", len(data[0]) == len(said) and [float(b[1]) for b in data[0]] == [float(r["sessions"]) for r in said], data[0][:3])
script, data, err = kind("load", shared)
said = list(csv.DictReader(open(os.path.join(shared, "load.csv"))))
check("load: a panel for what there is, signalling first", len(data[0]) == len(said) and
      all(abs(float(b[1]) - float(r["signalling_per_s"])) < 1e-6 for b, r in zip(data[0], said)), data[0][:3])

tuned = os.path.join(tmp.name, "tuned")
natnap("tune", write("tuned.ini", TEXT + SWEEP), "--out", tuned, "-r", "8", "--reachable", "99%")
script, data, err = kind("pareto", tuned)
check("pareto: a front for each point of the sweep", all(f"middlebox.nat.udp-stream = {t}" in script for t in names), script)
sens = os.path.join(tmp.name, "sens")
natnap("run", write("sens.ini", TEXT + SWEEP), "--out", sens, "--sensitivity", "--samples", "16", "-r", "1")
script, data, err = kind("tornado", sens)
said = list(csv.DictReader(open(os.path.join(sens, "sensitivity.csv"))))
check("tornado: a bar for each index", sum(len(b) for b in data) == sum(r["total"] != "" for r in said) > 0, data)
check("tornado: its metrics and keys", all(f"'{r['metric']}'" in script and f"'{r['key']}'" in script for r in said if float(r["mu_star"]) > 0),
      script)

# ---- formats, and the files beside -----------------------------------------------------------------------------------------------

if HAS_GNUPLOT:
    for form, magic in start.items():
        status, out, err = natnap("plot", run, "curve", "--format", form)
        check(f"--format {form}", status == 0 and content(run, f"curve.{form}").startswith(magic), err)
    before = content(run, "curve.svg")
    os.remove(os.path.join(run, "curve.svg"))
    again = subprocess.run(["gnuplot", "curve.gp"], cwd=run, stderr=subprocess.PIPE)
    check("the script draws the same by itself", again.returncode == 0 and not again.stderr and content(run, "curve.svg") == before, again.stderr)
    status, out, err = natnap("plot", run)
    check("without a kind the first that fits", status == 0 and out == os.path.join(run, "curve.svg") + "\n", out + err)
    check("nothing temporary stays", not [f for f in os.listdir(run) if "part" in f], os.listdir(run))
else:
    verdict("formats", True, directive="SKIP no gnuplot")
bare = folder("bare", summary=content(run, "summary.csv").decode())
status, out, err = natnap("plot", bare, "curve", env={**os.environ, "PATH": ""})
check("without gnuplot the script is written, status 1", status == 1 and "gnuplot" in err and sorted(os.listdir(bare)) ==
      ["curve.dat", "curve.gp", "summary.csv"], err)

# ---- words as values, gaps, many lines -----------------------------------------------------------------------------------------

worded = os.path.join(tmp.name, "worded")
natnap("run", write("worded.ini", TEXT), "--out", worded, "-r", "1", "--set", "scenario.duration=1h", "--set", "sweep.radio.profile=" +
       "; ".join(["lte-huang-2012", "lte-tmobile-2021", "nr-sa-tmobile-2021"]))
check("texts along an axis that have room stand", "rotate by" not in kind("curve", worded)[0])
natnap("run", write("worded.ini", TEXT), "--out", worded, "-r", "1", "--set", "scenario.duration=1h", "--set", "sweep.radio.profile=" +
       "; ".join(["lte-huang-2012", "lte-tmobile-2021", "nr-sa-tmobile-2021", "nr-nsa-tmobile-2021", "lte-verizon-2021", "hspa-ura-pch-2012"]))
check("those that have none are turned", "set xtics scale 0 rotate by 45 right ('lte-huang-2012' 0" in kind("curve", worded)[0])
HEAD = "client.policy,client.interval,client.interval_s,replications,energy_j,energy_j_ci95,reachable_fraction,reachable_fraction_ci95\n"
words = folder("words", summary=HEAD + "fixed,1min,60,2,10,1,0.9,0.01\noracle,1min,60,2,20,1,0.8,0.01\n")
script, data, err = kind("curve", words)
check("values that are words stand side by side", "'fixed' 0, 'oracle' 1" in script and "yerrorbars" in script, script)
gaps = folder("gaps", summary=HEAD + "a,1min,60,2,10,,0.9,\na,2min,120,2,,,0.8,\na,5min,300,2,30,,0.7,\n")
script, data, err = kind("curve", gaps)
check("a value that is not known leaves a gap", [len(b) for b in data] == [2, 3] and b"\n\n5 30 " in content(gaps, "curve.dat"), data)
many = folder("many", summary=HEAD + "".join(f"p{p},{t}s,{t},2,{p}{t},,0.9,\n" for p in range(20) for t in (10, 20, 30)))
script, data, err = kind("curve", many)
check("of too many lines some are drawn, said so", len(data) == 12 and "6 of 20 lines" in err, err)
TWO = "client.doze,client.interval,client.interval_s,client.offload,replications,energy_j,energy_j_ci95,push_delay_p95_s\n"
grid = folder("grid", summary=TWO + "".join(f"{d},{t}s,{t},{o},2,1{t},,{w}\n" for d in ("no", "both") for o in ("yes", "no")
                                            for t, w in ((10, 1), (20, 4000))))
script, data, err = kind("curve", grid, ["--metric", "energy_j", "--metric", "push_delay_p95_s"])
check("a label has the values of all keys, and which key each is of", all(f"'doze {d}, offload {o}'" in script for d in ("no", "both")
                                                                        for o in ("yes", "no")), script)
check("the words above say what labels are of", "'lines: client.doze, client.offload'" in script, script)
script, data, err = kind("curve", grid, ["--x", "client.doze", "--only", "client.interval=10s"])
check("one key needs no name on each line", "'yes'" in script and "'lines: client.offload'" in script, script)
changes = folder("changes", summary=TWO + "".join(f"{d},{t}s,{t},{o},2,1{t},,1\n" for d, o in (("no", "no"), ("both", "no"), ("no", "yes"))
                                                  for t in (10, 20)))
script, data, err = kind("curve", changes)
check("where not all combinations are, a label says what it changes", all(
    word in script for word in ("'unchanged'", "'doze both'", "'offload yes'", "'lines: changes from doze no, offload no'")), script)
wide = folder("wide", summary="client.interval,client.interval_s,replications," + ",".join(f"m{i}" for i in range(600)) + ",energy_j\n" +
              "".join(f"{t}s,{t},1," + "1," * 600 + f"{t}\n" for t in (10, 20)))
kind("curve", wide, ["--metric", "energy_j"])
what = folder("what", what_if="middlebox.home.udp,energy_j,energy_keepalive_j,flows_cut\n30s,100,10,3\n1min,110,12,2\n5min,120,15,0\n")
script, data, err = kind("curve", what)
check("what-if lists are curves too", [float(b[1]) for b in data[0]] == [100, 110, 120], data)

FLOWS = ("flow,proto,device,remote,energy_j,keepalive_period_s,keepalive_energy_j,used_after_cut_at_s,home.cut_at_s,carrier.cut_at_s\n"
         "0,tcp,a:1,b:993,20,1740,15,1800,,1500\n1,udp,a:2,b:51820,180,25,170,,,\n2,udp,a:3,b:53,0,,,,30,\n")
flows = folder("flows", flows=FLOWS)
script, data, err = kind("flows", flows)
check("flows: the dearest first, keepalives and all", [[float(x) for x in b[:3]] for b in data[0]] == [[0, 170, 180], [1, 15, 20], [2, 0, 0]], data)
check("flows: what is said of each", "'90 %, alive by 25 s'" in script and "'10 %, alive by 29 min, cut at 25 min by carrier, used after'" in script
      and "'0 %, cut at 0.5 min by home'" in script and "'udp b:51820' 0" in script, script)
energy = folder("energy", energy="time_s,average_power_mw,energy_j,energy_promotion_j,energy_transfer_j,energy_tail_j,energy_drx_j,energy_idle_j\n"
                "0,1000,2,0.5,0.25,1,0.125,0.125\n2,500,0.5,0,0,0,0,0.5\n")
script, data, err = kind("energy", energy)
check("energy: parts of the power one on the other", [[float(x) for x in b] for b in data[0]] ==
      [[0, 2, 62.5, 312.5, 812.5, 875, 1000], [2, 3, 500, 500, 500, 500, 500]], data)

# ---- an exchange, a policy, a replay, a discovery, a check ---------------------------------------------------------------------

events = os.path.join(tmp.name, "events")
status, out, err = natnap("run", write("one.ini", TEXT), "--out", events, "--exchange", "--timeline", "--set", "client.interval=100s", "--set",
                          "server.push=poisson 30/h")
check("--exchange writes a file", status == 0 and content(events, "exchange.csv").startswith(b"time_s,at,what,way,detail\n"), err)
line = list(csv.DictReader(open(os.path.join(events, "exchange.csv"))))
sent = sum(r["at"] == "client" and r["what"] == "send" for r in line)
came = sum(r["at"] == "nat" and r["what"] == "arrive" and r["way"] == "up" for r in line)
left = sum(r["at"] == "nat" and r["what"] in ("pass", "drop") and r["way"] == "up" for r in line)
check("all that is sent comes to the middlebox, and leaves it or is dropped there", sent == came == left > 100, f"{sent} {came} {left}")
dropped = [float(r["time_s"]) for r in line if r["what"] == "drop"]
lost = [float(r["time_s"]) for r in csv.DictReader(open(os.path.join(events, "timeline.csv"))) if r["kind"] == "packet" and r["state"] == "lost"]
check("what it drops is what the timeline has lost", dropped == lost and dropped, f"{dropped[:3]} {lost[:3]}")
script, data, err = kind("sequence", events)
check("a sequence names its places in their order", re.findall(r"set label '(\w+)' at first \d, first -0.35", script) == ["client", "nat", "server"],
      script)
check("its arrows go between neighbours", data[0] and all(abs(float(r[2])) == 1 and float(r[3]) > 0 for r in data[0]), data[0][:3])
check("it begins a little before the first packet that is lost", "dropped here" in content(events, "sequence.dat").decode() and "--from" in err, err)
script, data, err = kind("sequence", events, ["--from", "1h", "--to", "3700s"])
check("or where it is told to", "3600.000 s" in content(events, "sequence.dat").decode(), content(events, "sequence.dat")[-300:])
script, data, err = kind("policy", events)
check("a fixed policy is a flat line", {r[1] for r in data[0]} == {"100"} and "nat.udp" in script, data[0][:3])
check("timers that are equal share a line", re.findall(r"set label '(nat[^']*)'", script) == ["nat.udp 1min, nat.udp-stream 1min"], script)
replayed = folder("replayed")
write("replayed/flows.csv", "flow,proto,device,remote,energy_j,keepalive_energy_j,keepalive_period_s,used_after_cut_at_s\n"
      "0,udp,10.0.0.2:1,192.0.2.1:53,10,4,25,\n1,tcp,10.0.0.2:2,192.0.2.1:993,90,,,7\n")
write("replayed/bursts.csv", "begun_s,last_s,packets,bytes,energy_j,radio_promotions,flow,by\n0,1,3,200,12,1,0,device\n60,61,2,100,9,1,1,server\n")
script, data, err = kind("bursts", replayed)
check("bursts have their flow's colour", len({r[2] for r in data[0]}) == 2 and "tcp 192.0.2.1:993" in script, data)
check("and tell their values", '"60 s, tcp 192.0.2.1:993: 2 packets, 9 J, by the server"' in content(replayed, "bursts.dat").decode(),
      content(replayed, "bursts.dat"))
found, judged = os.path.join(tmp.name, "found"), os.path.join(tmp.name, "judged")
status, out, err = natnap("discover", os.path.join(tmp.name, "one.ini"), "--test", "udp-1", "--out", found)
row = list(csv.DictReader(open(os.path.join(found, "timers.csv"))))
check("discover --out", status == 0 and sorted(os.listdir(found)) == ["discovery.json", "timers.csv"] and
      float(row[0]["alive_at_s"]) < 60 <= float(row[0]["dead_at_s"]), err + str(row))
script, data, err = kind("timers", found)
check("bars of a plain axis begin at 0", "\nset logscale x\n" in script or "set xrange [0:" in script, script)
check("a bracket", len(data[0]) == len(row) and float(data[0][0][1]) < float(data[0][0][2]) and " to " in script, data)
status, out, err = natnap("check", "linux", "--out", judged, "--json")
row = list(csv.DictReader(open(os.path.join(judged, "verdicts.csv"))))
broken = sum(r["level"] == "MUST" and r["verdict"] == "violates" for r in row)
check("check --out", sorted(os.listdir(judged)) == ["check.json", "verdicts.csv"] and json.loads(out)["must_violations"] == broken > 0, err)
script, data, err = kind("verdicts", judged)
check("all verdicts are counted", sum(int(r[2]) - int(r[1]) for r in data[0]) == len(row), data)
lines = folder("lines")
write("lines/verdicts.csv", "subject,id,document,section,level,verdict,text,observed\n\"it's\nb\",1,R,1,MUST,meets,,\n")
script, data, err = kind("verdicts", lines)
check("a line's end in a text is a blank", "'it''s b, R' 1" in script, script)
if HAS_GNUPLOT:
    before = {name: content(events, name) for name in ("sequence.svg", "policy.svg")}
    for name in before:
        natnap("plot", events, name[:-4], *(["--from", "1h", "--to", "3700s"] if name == "sequence.svg" else []))
    check("the same bytes again", before == {name: content(events, name) for name in before})
status, out, err = natnap("run", os.path.join(tmp.name, "one.ini"), "--exchange")
check("--exchange without --out", status == 2 and "--exchange needs --out" in err, err)

# ---- what cannot be drawn --------------------------------------------------------------------------------------------------------

one = folder("one", summary=HEAD + "fixed,1min,60,2,10,1,0.9,0.01\n")
empty = folder("empty")
bad = folder("bad", summary=HEAD.replace("_s,", "_s,x\"") + "fixed\n")
nothing = folder("nothing", summary=HEAD + "a,1min,60,2,,,,\na,2min,120,2,,,,\n")
headless = folder("headless", summary="a,b\n1,2\n")
norows = folder("norows", summary=HEAD)
for name, args, said in [
        ("no folder", [], "no folder given"),
        ("a folder that is not there", [os.path.join(tmp.name, "none")], "there is no such folder"),
        ("a file", [os.path.join(run, "summary.csv")], "it is no folder"),
        ("a folder without results", [empty], "nothing in it to draw"),
        ("a kind that is not there", [run, "curves"], "did you mean curve?"),
        ("a kind that does not fit", [run, "tornado"], "there is no sensitivity.csv"),
        ("a format that is not there", [run, "curve", "--format", "gif"], "svg, pdf or png"),
        ("one point", [one, "curve"], "one point"), ("one point, no kind named", [one], "one point"),
        ("no value", [nothing, "curve", "--metric", "energy_j"], "no value in any row"), ("no value at all", [nothing], "name one"),
        ("columns of another program", [headless], "its columns are not known"),
        ("no rows", [norows], "has no rows"),
        ("a metric that is not there", [run, "curve", "--metric", "energy"], "did you mean energy_j?"),
        ("a key that is not there", [run, "curve", "--x", "client.intervall"], "did you mean client.interval?"),
        ("a value that is not there", [run, "curve", "--only", "client.interval=3s"], "no row has client.interval=3s"),
        ("--only without a value", [run, "curve", "--only", "client.interval"], "KEY=VALUE"),
        ("a map of one key", [run, "heat", "--only", "client.interval=20s"], "two keys must be swept"),
        ("a time without its unit", [run, "timeline", "--from", "10"], "--from 10: "),
        ("a window after the end", [run, "timeline", "--from", "7h"], "it ends at 21600 s"),
        ("a metric's slip, and no kind", [run, "--metric", "reachable"], "(did you mean reachable_fraction?)"),
        ("a metric for a kind that has its own", [run, "cliff", "--metric", "energy_j"], "--metric is not for a cliff"),
        ("a span for points", [run, "curve", "--from", "1h"], "--from, --to is not for a curve"),
        ("a broken file", [bad], "summary.csv")]:
    status, out, err = natnap("plot", *args)
    check(f"{name}: status 2, and why", status == 2 and said in err and not out, f"{status} {out}{err}")
status, out, err = natnap("run", write("no.ini", TEXT), "--plot")
check("run --plot without --out", status == 2 and "--out DIR" in err, err)
# ---- values for who points at them ---------------------------------------------------------------------------------------------
scripts = {}
for path in glob.glob(os.path.join(tmp.name, "**", "*.gp"), recursive=True):
    with open(path) as f:
        scripts.setdefault(os.path.basename(path)[:-3], []).append(f.read())
for kind in ("curve", "cdf", "timeline", "occupancy", "load", "tornado", "heat", "pareto"):
    check(f"{kind}: its points tell their values", kind in scripts and all("labels hypertext" in s for s in scripts[kind]),
          [s for s in scripts.get(kind, []) if "labels hypertext" not in s][:1])
# ---- a unit stands once ------------------------------------------------------------------------------------------------------


def named_twice(script):
    """Names of axes with a unit, whose tics say units themselves."""
    names, tics, twice = {}, {}, []
    for line in script.splitlines():
        if m := re.match(r"(?:un)?set ([xy])label *(.*)", line):
            names[m[1]] = m[2]
        if m := re.match(r"set ([xy])tics (?:scale \S+ )?(.*)", line):
            tics[m[1]] = m[2]
        if line.startswith("plot "):
            twice += [names[which] for which in tics if re.search(r"'[\d.]+ (ms|s|min|h|d|y)'", tics[which]) and
                      re.search(r" \((ms|s|min|h|days)\)", names.get(which, ""))]
    return twice


TREE = os.path.join(here, "..")
drawn = [os.path.relpath(p, TREE) for p in glob.glob(os.path.join(TREE, "results", "**", "*.gp"), recursive=True)]
check("an axis whose tics say their units names none", not any(
    named_twice(s) for all_of_kind in scripts.values() for s in all_of_kind) and named_twice("set xlabel 'a (min)'\nset xtics ('1 min' 1)\nplot 1"),
      [(k, named_twice(s)) for k, each in scripts.items() for s in each if named_twice(s)])
check("nor in the committed pictures", len(drawn) > 30 and not any(named_twice(content(TREE, p).decode()) for p in drawn),
      [(p, named_twice(content(TREE, p).decode())) for p in drawn if named_twice(content(TREE, p).decode())])
plan()
